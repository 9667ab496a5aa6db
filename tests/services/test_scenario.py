"""What-if of coverage, in the town whose times can be worked out by hand (see `Town`)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from stations.errors import InputError, UnknownThingError
from stations.model.keys import Need, TravelMode
from stations.model.queries import CoverageQuery, Place
from stations.model.scenarios import MOST_CHANGED, NewSite, Scenario
from stations.services.demand_here import look_at_demand
from stations.services.gap_places import rank_gaps, sum_remedies
from stations.services.region import load_region
from stations.services.what_if import try_scenario

NIGHT = datetime(2026, 11, 16, 3, tzinfo=ZoneInfo("Asia/Shanghai"))
WALK = CoverageQuery(TravelMode.WALK, 6.0)
TOILET_AT_NIGHT = CoverageQuery(TravelMode.WALK, 6.0, needs=(Need.TOILET,), when=NIGHT)


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


def test_a_candidate_adds_what_only_it_reaches(region, town):
    # e and h reach B D E F; at B a station reaches A B C E too: A and C are new, 100 of 650 each.
    found = try_scenario(WALK, Scenario((NewSite(Place(*town.places["B"])),)), region)

    assert found.share_before == pytest.approx(400 / 650)
    assert found.share_after == pytest.approx(600 / 650)
    assert (found.gained, found.lost) == (200, 0)
    assert found.candidate.weight_within == 400


def test_a_station_switched_off_loses_what_only_it_reaches(region):
    found = try_scenario(WALK, Scenario(without=("e",)), region)

    assert found.candidate is None
    assert found.gained == 0
    assert found.share_before - found.share_after == pytest.approx(found.lost / 650)
    assert found.lost == 300  # F reaches h


def test_hours_change_what_counts_at_the_hour(region):
    # At night h, the only toilet that can be reached, is shut.
    shut = try_scenario(TOILET_AT_NIGHT, Scenario(hours=(("h", "Mo-Fr 08:00-18:00"),)), region)
    open_ = try_scenario(TOILET_AT_NIGHT, Scenario(hours=(("h", "24/7"),)), region)
    off = try_scenario(TOILET_AT_NIGHT, Scenario(without=("h",), hours=(("h", "24/7"),)), region)

    assert (shut.share_after, shut.gained) == (0, 0)
    assert open_.gained == 100
    assert off.gained == 0


def test_longer_hours_help_no_station_that_lacks_the_service(region):
    assert try_scenario(TOILET_AT_NIGHT, Scenario(hours=(("e", "24/7"),)), region).gained == 0


def test_what_cannot_be_tried_is_told(region):
    with pytest.raises(UnknownThingError):
        try_scenario(WALK, Scenario(without=("nobody",)), region)
    with pytest.raises(InputError):
        try_scenario(WALK, Scenario(hours=(("e", "whenever"),)), region)
    with pytest.raises(InputError):
        Scenario(without=tuple(str(number) for number in range(MOST_CHANGED + 1)))


def test_a_spot_tells_its_demand_and_the_nearest_station(region, town):
    place = Place(*town.places["F"])
    found = look_at_demand(WALK, region, place, within_m=100)

    assert (found.weight, found.names, found.station_id) == (100, ("F",), "h")
    assert found.by_state == {"covered": 100, "gap": 0, "unknown": 0}
    assert found.minutes == pytest.approx(5, abs=0.01)
    assert look_at_demand(WALK, region, Place(116.7, 35.5), within_m=100) is None


def test_the_demand_off_the_roads_is_unknown_at_its_spot(region):
    far = next(point for point in region.demand if point.demand_id == "far")
    found = look_at_demand(WALK, region, Place(far.lon, far.lat), within_m=50)

    assert (found.by_state["unknown"], found.minutes, found.station_id) == (50, None, None)


def test_remedies_at_one_station_are_taken_together(region):
    gaps = rank_gaps(TOILET_AT_NIGHT, region)
    sums = sum_remedies([*gaps, *gaps])
    at_stations = [gap for gap in gaps if gap.remedy.station_id]

    assert at_stations
    assert sum(one.places for one in sums) == 2 * len(at_stations)
    assert sum(one.remedy.weight for one in sums) == 2 * sum(gap.remedy.weight for gap in at_stations)
    assert sums == tuple(sorted(sums, key=lambda one: -one.remedy.weight))
