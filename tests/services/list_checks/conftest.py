"""Clean lists, and rows made by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stations.loaders.region import read_profile
from stations.model.keys import Datum, StationKind
from stations.model.listing import ListedStation
from stations.model.station import NamedPlace, Station
from stations.services.list_checks import ListFacts
from tests import checks_table

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def sample_list(tmp_path_factory) -> checks_table.CleanList:
    """The bundled list with the facts of its region."""
    return checks_table.sample_list(tmp_path_factory.mktemp("checked"))


@pytest.fixture(scope="session")
def community_list(sample_list) -> checks_table.CleanList:
    """A station in every community, under its real name."""
    return checks_table.community_list(sample_list)


@pytest.fixture(scope="session")
def bare_facts() -> ListFacts:
    """The bounds of Yanzhou and nothing else: no roads, no places, no outline."""
    return ListFacts(read_profile(ROOT / "data" / "yanzhou"))


@pytest.fixture(scope="session")
def make_row() -> Callable[..., ListedStation]:
    """Return a maker of rows: a station in the middle of Yanzhou but for what is said."""
    return _row


def _row(
    row: int = 2, lon: float = 116.82, lat: float = 35.56, *, datum: Datum = Datum.WGS84, **facts
) -> ListedStation:
    known = {"station_id": f"s{row}", "name": f"站{row}", "kind": StationKind.UNION_POST, **facts}
    station = Station(lon=lon, lat=lat, source_lon=lon, source_lat=lat, source_datum=datum, **known)
    return ListedStation(row, station, id_given=True)


@pytest.fixture(scope="session")
def two_towns(bare_facts) -> ListFacts:
    """Six communities of 东河镇 in a row 500 m apart, six of 西河镇 4 km further west."""
    places = [
        NamedPlace(f"{name}{number}", "community", township, west + 0.0055 * number, 35.56)
        for township, name, west in (("东河镇", "槐庄", 116.80), ("西河镇", "柳庄", 116.72))
        for number in range(6)
    ]
    return ListFacts(bare_facts.profile, places=tuple(places))
