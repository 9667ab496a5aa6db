"""Gaps of the town as places (see `Town`): who is there, what stands in the way, what helps least."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from stations.hours.timetable import Timetable
from stations.model.keys import EntryMethod, Need, ServiceKey, TravelMode
from stations.model.queries import CoverageQuery
from stations.model.station import DemandPoint
from stations.services.coverage import measure_coverage
from stations.services.gap_places import rank_gaps, rank_unknown
from stations.services.region import load_region
from stations.services.station_arrays import arrange

WALK = TravelMode.WALK
NIGHT = datetime(2026, 11, 16, 3, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


def with_stations(region, **changes):
    """Return the region with some stations changed, by id."""
    stations = tuple(replace(one, **changes.get(one.station_id, {})) for one in region.stations)
    return replace(region, stations=stations, arrays=arrange(stations), _kept={})


def with_demand(region, *points):
    return replace(region, points_of={"demand": points}, _kept={})


def told(places):
    return [(place.name, place.weight, place.nearest_id, place.why, place.remedy.key) for place in places]


def test_gaps_are_named_by_the_nearest_community(region):
    # A and C are 600 m apart, so two gaps; communities stand at A, B and C. C has e and h at 600 s, h a trifle less.
    places = rank_gaps(CoverageQuery(WALK, minutes=6), region)

    assert told(places) == [("A村", 100, "e", "too_far", "new_site"), ("C村", 100, "h", "too_far", "new_site")]
    assert [place.points for place in places] == [(0,), (2,)]
    assert places[0].nearest_min == pytest.approx(10, abs=0.02)
    assert places[0].township == "镇"


def test_no_demand_is_in_two_gaps_and_none_is_left_out(region):
    for minutes in (2, 4, 6, 9):
        query = CoverageQuery(WALK, minutes=minutes, needs=(Need.TOILET,), when=NIGHT)
        answer, gaps, unknown = measure_coverage(query, region), rank_gaps(query, region), rank_unknown(query, region)
        for places, state in ((gaps, "gap"), (unknown, "unknown")):
            points = [point for place in places for point in place.points]
            assert sorted(points) == [number for number, one in enumerate(answer.states) if one == state]
        assert sum(place.weight for place in gaps) == answer.whole.gap
        assert sum(place.weight for place in unknown) == answer.whole.unknown


def test_demand_off_the_network_is_told_apart(region):
    (far,) = rank_unknown(CoverageQuery(WALK, minutes=11), region)

    assert (far.name, far.weight, far.why, far.remedy.key, far.nearest_min) == (
        "A村",
        50,
        "off_network",
        "position",
        None,
    )


def test_a_station_that_is_shut_is_told_and_opening_it_is_the_remedy(region):
    # At night the toilet of h is shut: F, C and E are within 11 min of it. e, open, would serve five of the six, but a
    # service takes more than hours.
    places = rank_gaps(CoverageQuery(WALK, minutes=11, needs=(Need.TOILET,), when=NIGHT), region)

    (place,) = places  # all six are within 300 m of another
    assert (place.weight, place.others) == (600, 2)
    assert (place.nearest_id, place.why) == ("e", "lacks_service")
    assert (place.remedy.key, place.remedy.station_id, place.remedy.weight) == ("hours", "h", 300)


def test_what_is_to_be_changed_at_a_station_is_told_in_full(region, town):
    # Who lives at h has no other station within 5.5 min, and h is shut at night and wants a scan.
    there = with_demand(region, DemandPoint("h", "H", None, *town.places["H"], 7.0))
    query = CoverageQuery(WALK, minutes=5.5, services=(ServiceKey.TOILET,), when=NIGHT)
    (shut,) = rank_gaps(query, there)
    (both,) = rank_gaps(replace(query, no_registration=True), there)
    (scan,) = rank_gaps(replace(query, no_registration=True, when=NIGHT.replace(hour=12)), there)

    assert (shut.why, shut.remedy.key, shut.remedy.station_id, shut.remedy.weight) == ("shut", "hours", "h", 7)
    assert (both.remedy.key, both.remedy.changes) == ("several", ("hours", "registration"))
    assert (scan.why, scan.remedy.key, scan.remedy.station_id) == ("registration", "registration", "h")


def test_unknown_hours_are_to_be_verified(region):
    unsure = with_stations(region, e={"hours": None}, h={"hours": None})
    unsure = replace(unsure, timetable=Timetable(unsure.stations, profile=region.profile, calendar=None))
    by_why = {place.why: place for place in rank_unknown(CoverageQuery(WALK, minutes=6, when=NIGHT), unsure)}

    assert set(by_why) == {"off_network", "unknown_hours"}
    place = by_why["unknown_hours"]  # B, D and E by e, F by both
    assert (place.weight, place.remedy.key, place.remedy.station_id) == (400, "verify", "e")
    assert place.remedy.weight == 400


def test_an_unknown_way_in_is_to_be_verified(region):
    unsure = with_stations(region, e={"entry": EntryMethod.UNKNOWN})
    places = rank_unknown(CoverageQuery(WALK, minutes=6, no_registration=True), unsure)

    assert (places[0].why, places[0].remedy.key, places[0].weight) == ("unknown_entry", "verify", 400)


def test_demand_without_any_way_to_a_station_is_told(region, town):
    # Without q no station stands on the island of P and Q.
    lon, lat = town.places["P"]
    cut_off = with_demand(region, DemandPoint("p", "P", None, lon, lat, 3.0))
    listed = cut_off.arrays.listed.copy()
    listed[cut_off.number("q")] = False
    cut_off = replace(cut_off, arrays=replace(cut_off.arrays, listed=listed))
    (place,) = rank_gaps(CoverageQuery(WALK, minutes=6), cut_off)

    assert (place.why, place.remedy.key, place.nearest_min) == ("no_way", "way", None)
    assert place.nearest_id is not None  # by straight line


def test_a_wide_gap_is_told_by_community(region, monkeypatch):
    monkeypatch.setattr("stations.services.gap_places.WIDEST_M", 500.0)
    places = rank_gaps(CoverageQuery(WALK, minutes=11, needs=(Need.TOILET,), when=NIGHT), region)

    assert {(place.name, place.weight) for place in places} == {("A村", 200), ("B村", 200), ("C村", 200)}


def test_without_demand_there_is_no_gap(region):
    assert rank_gaps(CoverageQuery(WALK), replace(region, points_of={}, _kept={})) == ()
