"""Coverage and catchments of the town, counted by hand (see `Town`)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import shapely

from stations.errors import InputError, UnknownThingError
from stations.geo.crs import to_metres
from stations.model.keys import Need, TravelMode
from stations.model.queries import CatchmentQuery, CoverageQuery
from stations.services.catchments import find_catchments
from stations.services.coverage import find_gaps, measure_coverage
from stations.services.region import load_region

WALK = TravelMode.WALK
NIGHT = datetime(2026, 11, 16, 3, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


def states(answer):
    return dict(zip("ABCDEF", answer.states[:6], strict=True))


def test_demand_within_the_cutoff_is_covered(region):
    # On foot to e: E 0, B D F 300 s, A C 600 s. To h: F 300, C 600 s. 100 residents each; "far" (50) is off the roads.
    answer = measure_coverage(CoverageQuery(WALK, minutes=6), region)

    assert states(answer) == {"A": "gap", "B": "covered", "C": "gap", "D": "covered", "E": "covered", "F": "covered"}
    assert (answer.whole.covered, answer.whole.gap, answer.whole.unknown) == (400, 200, 50)
    assert answer.whole.weight == 650
    assert answer.whole.median_min == pytest.approx(5, abs=0.02)
    assert answer.whole.share_within[15] == pytest.approx(600 / 650)
    assert [share.area for share in answer.townships] == ["镇"]
    assert answer.townships[0].weight == 600


def test_a_need_counts_only_the_stations_that_meet_it(region):
    answer = measure_coverage(CoverageQuery(WALK, minutes=6, needs=(Need.TOILET,)), region)

    assert [name for name, state in states(answer).items() if state == "covered"] == ["F"]


def test_at_night_only_what_is_open_counts(region):
    # h is shut at night; q, of unknown hours, stands on the island where nobody lives.
    answer = measure_coverage(CoverageQuery(WALK, minutes=11, needs=(Need.TOILET,), when=NIGHT), region)

    assert set(states(answer).values()) == {"gap"}
    assert (answer.stations_counted, answer.stations_unknown) == (1, 0)


def test_gaps_come_heaviest_first_with_their_minutes(region):
    gaps = find_gaps(measure_coverage(CoverageQuery(WALK, minutes=6), region), region)

    assert [(gap.point.demand_id, round(gap.minutes)) for gap in gaps] == [("A", 10), ("C", 10)]


def test_a_catchment_holds_what_is_reached_and_nothing_else(region, town):
    (catchment,) = find_catchments(CatchmentQuery(WALK, minutes=4, station_ids=("e",)), region)

    # 240 m of every street that leads to E: the middle of B-E is inside, B itself (300 m) is not, with 50 m drawn.
    def inside(name, towards, share):
        (a, b), (c, d) = town.places[name], town.places[towards]
        return catchment.area.contains(shapely.Point(a + share * (c - a), b + share * (d - b)))

    assert inside("E", "B", 0.5)
    assert not inside("E", "B", 1.0)
    assert inside("E", "D", 0.75)
    assert catchment.area.is_valid


def test_all_catchments_joined_hold_each(region):
    (joined,) = find_catchments(CatchmentQuery(WALK, minutes=10), region)
    each = find_catchments(CatchmentQuery(WALK, minutes=10, station_ids=("e", "h", "q")), region)

    assert joined.station_id is None
    union = shapely.union_all([one.area for one in each])
    assert joined.area.symmetric_difference(union).area < 0.02 * union.area


def test_the_catchment_area_is_told_in_square_kilometres(region):
    (catchment,) = find_catchments(CatchmentQuery(WALK, minutes=5, station_ids=("e",)), region)
    x, y = to_metres(*shapely.get_coordinates(catchment.area).T, crs=region.roads.network.crs)

    assert catchment.area_km2 == pytest.approx(shapely.Polygon(zip(x, y, strict=True)).area / 1e6, rel=0.1)


def test_unknown_stations_and_too_many_are_refused(region):
    with pytest.raises(UnknownThingError, match="nobody"):
        find_catchments(CatchmentQuery(WALK, station_ids=("nobody",)), region)
    with pytest.raises(InputError, match="too_many"):
        find_catchments(CatchmentQuery(WALK, station_ids=tuple(str(n) for n in range(21))), region)


@pytest.mark.parametrize("minutes", [0, -3, 31, float("nan"), float("inf")])
def test_cutoffs_out_of_range_are_refused(minutes):
    with pytest.raises(InputError, match="minutes"):
        CoverageQuery(WALK, minutes=minutes)
