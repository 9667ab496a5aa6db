"""Coverage and catchments of the town, counted by hand (see `Town`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import shapely

from stations.errors import InputError, UnknownThingError
from stations.geo.crs import to_metres
from stations.model.keys import Need, TravelMode
from stations.model.queries import CatchmentQuery, CoverageQuery
from stations.model.region import DemandLayer
from stations.services.catchments import find_catchments
from stations.services.coverage import (
    compare_placed_and_usable,
    find_gaps,
    measure_coverage,
    stations_that_count,
)
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


def test_only_stations_that_let_everybody_in_count_without_registration(region):
    # e is walk_in, h wants a scan, of q it is not known.
    answer = measure_coverage(CoverageQuery(WALK, minutes=6, no_registration=True), region)

    assert [name for name, state in states(answer).items() if state == "covered"] == ["B", "D", "E", "F"]
    assert (answer.stations_counted, answer.stations_unknown) == (2, 1)


def test_unknown_hours_with_an_unknown_way_in_stay_unknown(region):
    # q: neither hours nor way in are known; h is open at noon but wants a scan.
    sure, perhaps = stations_that_count(CoverageQuery(WALK, when=NIGHT, no_registration=True), region)

    assert [one.station_id for one, counts in zip(region.stations, perhaps, strict=True) if counts] == ["q"]
    assert [one.station_id for one, counts in zip(region.stations, sure, strict=True) if counts] == ["e", "g"]


def test_what_is_placed_stands_beside_what_can_be_used(region):
    # Toilet at night: none can be walked to. Within 11 min on paper e has E 0, B D 300, A C 600 s, F 300; h has F 300,
    # C E 600 s, and of F and C it is some milliseconds nearer.
    compared = compare_placed_and_usable(
        CoverageQuery(WALK, minutes=11, needs=(Need.TOILET,), when=NIGHT, no_registration=True), region
    )

    assert (compared.placed.whole.covered, compared.usable.whole.covered) == (600, 0)
    assert sum(one.weight for one in compared.stations) == 600
    assert [(one.station_id, one.why, one.weight, one.weight_alone) for one in compared.stations] == [
        ("e", "lacks_service", 400, 300),
        ("h", "closed", 200, 0),
        ("q", "lacks_service", 0, 0),
    ]


def test_the_range_of_speeds_is_that_of_the_table_at_scaled_cutoffs(region):
    # The town walks 3.6 km/h, the slower speed; at 5.1 a cutoff of 6 min reaches what 8.5 min reach at 3.6.
    answer = measure_coverage(CoverageQuery(WALK, minutes=7.1), region)
    wider = measure_coverage(CoverageQuery(WALK, minutes=7.1 * 5.1 / 3.6), region)

    slower, faster = answer.speed_range
    assert slower == answer.whole
    assert faster.covered == wider.whole.covered == 600
    assert answer.whole.covered == 400
    assert faster.median_min == pytest.approx(answer.whole.median_min * 3.6 / 5.1)


def test_parking_does_not_go_faster(region):
    # E-bike: 18 km/h and 60 s to park. From A to e and C to h 600 m are 120 s; at 12 km/h 180 s, with parking 240 s.
    # D and F have 300 m, E none; B has 900 m, for B-E is for feet.
    def covered(minutes):
        return measure_coverage(CoverageQuery(TravelMode.EBIKE, minutes=minutes), region).speeds.slower.covered

    assert (covered(3.99), covered(4.01)) == (300, 500)


def test_a_speed_that_the_table_cannot_answer_is_told(region):
    # 26 min at 5.1 km/h are 36.8 min of the table, which holds 35.
    answer = measure_coverage(CoverageQuery(WALK, minutes=26), region)

    assert answer.speed_range is None
    assert answer.speeds.slower is not None
    assert answer.speeds.faster is None
    assert answer.speeds.faster_cutoff_min == pytest.approx(26 * 5.1 / 3.6)


def test_a_mode_whose_speed_the_roads_set_has_no_range(region):
    assert measure_coverage(CoverageQuery(TravelMode.CAR, minutes=5), region).speeds is None


def test_a_cutoff_beyond_the_table_is_refused(region):
    low = replace(region, tables={WALK: replace(region.tables[WALK], limit_ms=600_000)})

    assert measure_coverage(CoverageQuery(WALK, minutes=10), low)
    with pytest.raises(InputError, match="cutoff_beyond"):
        measure_coverage(CoverageQuery(WALK, minutes=10.1), low)


def test_a_share_above_98_percent_is_saturated(region):
    answer = measure_coverage(CoverageQuery(WALK, minutes=11), region)

    assert answer.townships[0].covered == answer.townships[0].weight
    assert answer.townships[0].saturated
    assert not answer.whole.saturated  # 600 of 650: 50 are off the roads
    assert answer.whole.off_network == 50


def test_layers_are_chosen_by_name(region):
    shops = (replace(region.demand[1], weight=3.0),)
    layers = {"shops": DemandLayer("shops", "demand-shops.csv", {"zh": "家餐馆", "en": "restaurants"}, "2026")}
    both = replace(
        region,
        profile=replace(region.profile, layers=layers),
        points_of={**region.points_of, "shops": shops},
        _kept={},
    )

    assert [layer.name for layer in both.layers] == ["demand", "shops"]
    assert measure_coverage(CoverageQuery(WALK, minutes=6), both).whole.weight == 650
    assert measure_coverage(CoverageQuery(WALK, minutes=6, layer="demand"), both).whole.weight == 650
    assert measure_coverage(CoverageQuery(WALK, minutes=6, layer="shops"), both).whole.covered == 3
    with pytest.raises(UnknownThingError, match="trucks"):
        measure_coverage(CoverageQuery(WALK, layer="trucks"), both)


def test_without_demand_nothing_is_covered(region):
    empty = replace(region, points_of={}, _kept={})
    answer = measure_coverage(CoverageQuery(WALK), empty)

    assert (answer.whole.weight, answer.whole.covered_share, answer.townships) == (0, None, ())
    assert not answer.whole.saturated
