"""Timed trips in a town whose times can be worked out by hand (see `Town`)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stations.model.keys import TravelMode
from stations.model.trips import NotCompared, Trip
from stations.services.calibrate import calibrate
from stations.services.region import load_region

WALK, EBIKE, CAR = TravelMode.WALK, TravelMode.EBIKE, TravelMode.CAR
NEAR = 0.002
"""Minutes: coordinates are rounded to a centimetre and a barrier costs 2 ms."""


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


@pytest.fixture
def trip(town):
    def made(row, place, station_id, mode, minutes):
        return Trip(row, *town.places[place], station_id, mode, minutes)

    return made


def of_mode(answer, mode):
    (found,) = [found for found in answer.modes if found.mode == mode]
    return found


@pytest.mark.parametrize(
    ("mode", "place", "station", "network_min", "fixed_min", "why"),
    [
        (WALK, "B", "e", 5, 0, "300 m at 1 m/s"),
        (EBIKE, "B", "e", 3, 1, "B-A-D-E, 900 m at 5 m/s; 60 s to park"),
        (EBIKE, "F", "h", 1, 1, "past the bollard, 300 m; 60 s to park"),
        (CAR, "F", "e", 2.5, 0, "F-C-B-A-D-E, 1500 m at 10 m/s"),
        (CAR, "F", "h", 0.25, 2.5, "150 m at 10 m/s to the bollard, 150 m walked at 1 m/s"),
    ],
)
def test_what_goes_with_the_speed_and_what_does_not(region, trip, mode, place, station, network_min, fixed_min, why):
    answer = calibrate([trip(2, place, station, mode, network_min + fixed_min + 1)], region)
    (compared,) = of_mode(answer, mode).worst

    assert compared.network_min == pytest.approx(network_min, abs=NEAR)
    assert compared.fixed_min == pytest.approx(fixed_min, abs=NEAR)
    assert compared.error_min == pytest.approx(-1, abs=NEAR)


def test_the_walk_to_the_road_goes_with_the_speed_of_walkers_only(region, town):
    # 100 m south of B, which is 100 m from the street A-B-C: 100 s at 1 m/s.
    lon, lat = town.places["B"]
    south = lat - 100 / 111_000
    answer = calibrate([Trip(2, lon, south, "e", WALK, 5), Trip(3, lon, south, "e", EBIKE, 5)], region)
    (walked,), (ridden,) = of_mode(answer, WALK).worst, of_mode(answer, EBIKE).worst

    assert (walked.network_min, walked.fixed_min) == pytest.approx((5 + 100 / 60, 0), abs=0.01)
    assert (ridden.network_min, ridden.fixed_min) == pytest.approx((3, 1 + 100 / 60), abs=0.01)


def test_the_speed_that_fits_comes_back(region, trip):
    answer = calibrate(
        [
            # On foot 2.4 km/h, 1.5 times the computed 5, 5 and 10 minutes.
            trip(2, "B", "e", WALK, 7.5), trip(3, "F", "h", WALK, 7.5), trip(4, "C", "h", WALK, 15),
            # By e-bike 36 km/h, half of the computed 3, 5 and 1 minutes on the road, and 1 minute to park.
            trip(5, "B", "e", EBIKE, 2.5), trip(6, "F", "e", EBIKE, 3.5), trip(7, "F", "h", EBIKE, 1.5),
            # By car half as fast, twice 2.5, 1.5 and 0.25 minutes; the 2.5 minutes past the bollard stay.
            trip(8, "F", "e", CAR, 5), trip(9, "B", "e", CAR, 3), trip(10, "F", "h", CAR, 3),
        ],
        region,
    )  # fmt: skip
    walk, ebike, car = (of_mode(answer, mode) for mode in (WALK, EBIKE, CAR))

    assert answer.refused == ()
    assert walk.fitted_speed_kmh == pytest.approx(2.4, abs=0.01)
    assert ebike.fitted_speed_kmh == pytest.approx(36, abs=0.1)
    assert car.fitted_traffic_factor == pytest.approx(0.5, abs=0.01)
    assert (walk.fitted_traffic_factor, ebike.fitted_traffic_factor, car.fitted_speed_kmh) == (None, None, None)
    assert walk.bias_min == pytest.approx(-(2.5 + 2.5 + 5) / 3, abs=NEAR)
    assert ebike.bias_min == pytest.approx((1.5 + 2.5 + 0.5) / 3, abs=NEAR)


def test_errors_of_both_signs_cancel_in_the_bias_only(region, trip):
    walk = of_mode(calibrate([trip(2, "B", "e", WALK, 4), trip(3, "F", "h", WALK, 8)], region), WALK)

    assert walk.trips == 2
    assert walk.bias_min == pytest.approx((1 - 3) / 2, abs=NEAR)
    assert walk.mean_error_min == pytest.approx((1 + 3) / 2, abs=NEAR)
    assert walk.fitted_speed_kmh is None  # two trips are too few


def test_a_mode_without_a_trip_is_not_measured(region, trip):
    car = of_mode(calibrate([trip(2, "B", "e", WALK, 4)], region), CAR)

    assert (car.trips, car.bias_min, car.mean_error_min, car.worst) == (0, None, None, ())
    assert (car.fitted_speed_kmh, car.fitted_traffic_factor) == (None, None)


def test_the_five_trips_furthest_off_come_first(region, trip):
    observed = [6, 3, 9, 5.5, 11, 1, 4]  # B to e takes 5 minutes on foot
    trips = [trip(row, "B", "e", WALK, minutes) for row, minutes in enumerate(observed, start=2)]

    assert [found.trip.minutes for found in of_mode(calibrate(trips, region), WALK).worst] == [11, 9, 1, 3, 6]


def test_trips_that_cannot_be_compared_are_told_and_left_out(region, trip, town):
    west = town.places["A"][0] - 0.009  # 800 m west of A
    answer = calibrate(
        [
            trip(2, "A", "q", WALK, 9),  # P-Q is an island
            trip(3, "B", "e", WALK, 5),
            Trip(4, west, town.places["A"][1], "e", EBIKE, 9),
            trip(5, "C", "g", CAR, 9),  # behind a private street
            trip(6, "B", "nobody", WALK, 9),
        ],
        region,
    )

    assert [(found.trip.row, found.reason) for found in answer.refused] == [
        (2, NotCompared.NOT_REACHED),
        (4, NotCompared.ORIGIN_OFF),
        (5, NotCompared.STATION_OFF),
        (6, NotCompared.STATION_UNKNOWN),
    ]
    assert [found.trips for found in answer.modes] == [1, 0, 0]


def test_a_mode_that_the_region_does_not_have_is_told(region, trip):
    modes = {mode: profile for mode, profile in region.profile.modes.items() if mode != CAR}
    answer = calibrate([trip(2, "B", "e", CAR, 3)], replace(region, profile=replace(region.profile, modes=modes)))

    assert [found.reason for found in answer.refused] == [NotCompared.MODE_ABSENT]
    assert [found.mode for found in answer.modes] == [WALK, EBIKE]


def test_trips_of_several_modes_do_not_mix(region, trip):
    answer = calibrate([trip(2, "B", "e", WALK, 5), trip(3, "B", "e", EBIKE, 4)], region)

    assert [found.trips for found in answer.modes] == [1, 1, 0]
    assert all(abs(found.bias_min) < NEAR for found in answer.modes if found.bias_min is not None)
