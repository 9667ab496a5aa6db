"""A candidate and a way, in the town whose times can be worked out by hand (see `Town`)."""

from __future__ import annotations

import numpy as np
import pytest

from stations.errors import InputError, UnknownThingError
from stations.geo.kernels import UNREACHED
from stations.model.keys import TravelMode
from stations.model.queries import CatchmentQuery, CutoffQuery, Place, RouteQuery, WhatIfQuery
from stations.services.catchments import find_catchments
from stations.services.region import load_region
from stations.services.route import find_route
from stations.services.what_if import try_candidate

WALK, EBIKE = TravelMode.WALK, TravelMode.EBIKE


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


@pytest.fixture
def candidate(region, town):
    def at(name, mode=WALK, minutes=6.0):
        return try_candidate(WhatIfQuery(Place(*town.places[name]), CutoffQuery(mode, minutes)), region)

    return at


def test_a_candidate_by_hand(candidate):
    # At B: B 0, A C E 300 s, D F 600 s on foot; "far" is off the roads. 100 residents each.
    found = candidate("B")

    assert found.seconds[:6] == pytest.approx([300, 0, 300, 600, 300, 600], abs=1)
    assert np.isnan(found.seconds[6])
    assert found.weight_within == 400


def test_by_e_bike_there_is_parking_and_the_one_way(candidate):
    # To E: from D 300 m, A 600 m, B 900 m, C 1200 m, F 1500 m at 5 m/s, and 60 s to park.
    assert candidate("E", EBIKE).seconds[:6] == pytest.approx([180, 240, 300, 120, 60, 360], abs=1)


@pytest.mark.parametrize("mode", list(TravelMode))
def test_where_a_station_stands_a_candidate_is_that_station(region, mode):
    for number, station in enumerate(region.stations):
        if station.station_id == "g":  # off the roads
            continue
        found = try_candidate(WhatIfQuery(Place(*station.target), CutoffQuery(mode, 6.0)), region)
        times = region.demand_times(mode)
        expected = np.where(times.ms[:, number] == UNREACHED, np.inf, times.ms[:, number].astype(float))
        expected = (expected + region.extra_ms(mode)[number]) / 1000
        (catchment,) = find_catchments(CatchmentQuery(mode, 6.0, (station.station_id,)), region)

        assert np.array_equal(found.seconds[times.on_network], expected[times.on_network])
        assert found.catchment.area.equals(catchment.area)


def test_a_candidate_off_the_roads_is_refused(region, town):
    lon, lat = town.places["A"]
    with pytest.raises(InputError, match="candidate_off"):
        try_candidate(WhatIfQuery(Place(lon - 0.009, lat), CutoffQuery(WALK)), region)


def test_a_way_by_hand(region, town):
    # By e-bike from B to E there is no alley: B-A-D-E, 900 m, 180 s, and 60 s to park.
    answer = find_route(RouteQuery(Place(*town.places["B"]), "e", EBIKE), region)

    assert answer.travel_s == pytest.approx(240, abs=1)
    assert answer.length_m == pytest.approx(900, abs=0.1)
    lon, lat = np.array(answer.line.coords).T
    names = [
        min(town.places, key=lambda name: np.hypot(*(np.array(town.places[name]) - (a, b))))
        for a, b in zip(lon, lat, strict=True)
    ]
    assert names == ["B", "A", "D", "E"]


@pytest.mark.parametrize(("origin", "station"), [("B", "g"), ("B", "q"), ("B", "nobody"), ("P", "e")])
def test_no_way_is_said(region, town, origin, station):
    with pytest.raises(UnknownThingError, match=r"no_route|station_unknown"):
        find_route(RouteQuery(Place(*town.places[origin]), station, WALK), region)
