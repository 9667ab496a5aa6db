from __future__ import annotations

from datetime import date

import pytest

from stations.model.changes import Authorship, ChangeKind, StationChange
from stations.model.keys import ClosureReason, Datum, EntryMethod, ServiceKey, StationKind
from stations.model.station import Station
from stations.store.database import open_database
from stations.store.stations import StationStore

ME = Authorship("li", reason="checked on the spot", source="north.xlsx")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request, tmp_path):
    """A database with nothing in it."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path / 'new' / 'stations.sqlite'}"


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def store(database):
    return StationStore(database, "yanzhou")


@pytest.fixture
def me():
    """Who makes the changes of these tests."""
    return ME


@pytest.fixture
def bring():
    """Bring a list as an import does: what it names is added or changed, the others stay."""

    def bring_list(store, stations):
        found = store.compare(stations)
        changes = [*found.added, *found.changed]
        return store.apply(changes, kind=ChangeKind.IMPORT, authorship=ME, expected=found.versions)

    return bring_list


@pytest.fixture
def edit():
    """Change stations one by one: pairs of before and after, `None` for what is not there."""

    def edit_some(store, *pairs):
        changes = [StationChange(before, after) for before, after in pairs]
        return store.apply(changes, kind=ChangeKind.EDIT, authorship=ME)

    return edit_some


@pytest.fixture
def plain():
    """A station of which only what must be known is known."""

    def make(station_id="s1", **changes):
        facts = {
            "name": "示例站 001",
            "kind": StationKind.HUB,
            "lon": 116.8235,
            "lat": 35.5567,
            "source_lon": 116.8235,
            "source_lat": 35.5567,
            "source_datum": Datum.WGS84,
        }
        return Station(station_id, **{**facts, **changes})

    return make


@pytest.fixture
def full():
    """A station of which everything is known."""
    return Station(
        station_id="s9",
        name="兖新苑 9",
        kind=StationKind.DRIVER_HOME,
        lon=116.1 + 0.2,
        lat=35.5567000000001,
        source_lon=116.30499,
        source_lat=35.55640,
        source_datum=Datum.GCJ02,
        township="鼓楼街道",
        address="文化路 1 号",
        services={ServiceKey.REST: 12, ServiceKey.WATER: None, ServiceKey.BED: 0},
        hours="Mo-Fr 08:00-18:00",
        hours_text="工作日",
        follows_workdays=False,
        entry=EntryMethod.DOOR_CODE,
        entrance_lon=116.301,
        entrance_lat=35.557,
        entrance_s=40,
        entrance_hours="24/7",
        ebike_parking=True,
        phone="+86 537 0000000",
        verified_on=date(2026, 3, 15),
        source="north.csv row 9",
        notes="fee: no",
        closed=ClosureReason.MERGED,
        merged_into="s1",
    )
