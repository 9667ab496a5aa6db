"""In the water, off every road."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely

from stations.loaders.region import read_profile
from stations.model.keys import Datum
from stations.services.list_checks import ListFacts, check_listing, facts_of
from stations.services.list_checks.facts import water_of
from stations.services.roads import build_roads, load_roads

STEP = 1 / 111_195  # degrees of latitude in a metre


@pytest.fixture(scope="module")
def town_facts(town, tmp_path_factory) -> ListFacts:
    """The town of `tests/conftest.py`: streets 300 m long, A in its south-west corner, B 300 m east, E north of B."""
    profile = read_profile(town.settings.region)
    folder = tmp_path_factory.mktemp("roads")
    list(build_roads(profile, folder))
    return facts_of(profile, load_roads(profile, folder))


def told(rows, facts):
    problems = check_listing(rows, (), facts, datum=Datum.WGS84)
    return [(problem.check, problem.row, dict(problem.values)) for problem in problems]


def test_a_station_beyond_the_snap_limit_of_every_mode_is_told_how_far(town, town_facts, make_row):
    lon, lat = town.places["B"]
    near, far = make_row(2, lon, lat - 240 * STEP), make_row(3, lon, lat - 260 * STEP)

    ((check, row, values),) = told([near, far], town_facts)

    assert (check, row, values["limit_m"]) == ("off_roads", 3, 250)
    assert values["distance_m"] == pytest.approx(260, abs=2)


def test_the_gate_counts_where_there_is_one(town, town_facts, make_row):
    lon, lat = town.places["B"]
    behind = make_row(2, lon, lat - 400 * STEP, entrance_lon=lon, entrance_lat=lat - 200 * STEP)

    assert told([behind], town_facts) == []


def test_a_station_in_the_water_is_told_how_far_from_the_shore(town, town_facts, make_row):
    lon, lat = town.places["A"]
    pond = shapely.box(lon - 0.002, lat + 100 * STEP, lon + 0.002, lat + 200 * STEP)
    facts = replace(town_facts, water=(pond,))
    # The street A-D runs north through the pond, a causeway: 10 m beside it is no water, 60 m is.
    metre = STEP / 0.8141  # of longitude at 35.5 N
    causeway, wet, shore = (
        make_row(row, lon + east * metre, lat + north * STEP)
        for row, east, north in ((2, 10, 150), (3, 60, 150), (4, 60, 103))
    )

    ((check, row, values),) = told([causeway, wet, shore], facts)

    assert (check, row, values["shore_m"]) == ("water", 3, 50)


def test_water_is_read_from_the_encoded_base_map():
    (pond,) = water_of([[11680000, 3550000, 1000, 0, 0, 500, -1000, 0, 0, -500]])

    assert pond.bounds == pytest.approx((116.8, 35.5, 116.81, 35.505))


def test_a_ring_without_area_is_no_water():
    assert water_of([[11680000, 3550000, 10, 0]]) == ()
