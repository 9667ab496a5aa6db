"""The table held against the ground: trips that somebody made and timed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from stations.geo.calibration import fit_network_factor, trip_errors
from stations.geo.kernels import UNREACHED
from stations.geo.seats import Seats
from stations.geo.snap import OFF_NETWORK
from stations.geo.table import times_to_stations
from stations.model.keys import TravelMode
from stations.model.region import ModeProfile
from stations.model.trips import (
    WORST_TRIPS,
    Calibration,
    ComparedTrip,
    ModeCalibration,
    NotCompared,
    RefusedTrip,
    Trip,
)
from stations.services.region import Region

MS_PER_MIN = 60_000


def calibrate(trips: Sequence[Trip], region: Region) -> Calibration:
    """Return how the travel times of `region` compare with timed trips, by mode.

    It is a check and changes no setting: whoever finds a fitted speed right sets it in ``region.toml``. The fit takes
    the whole network time to go with the speed of the mode; pieces where an e-bike is pushed do not, quite.
    """
    by_mode = {mode: [trip for trip in trips if trip.mode == mode] for mode in TravelMode}
    found = [one for mode, made in by_mode.items() for one in _compare(made, mode, region)]
    compared = [one for one in found if isinstance(one, ComparedTrip)]
    refused = [one for one in found if isinstance(one, RefusedTrip)]
    return Calibration(
        modes=tuple(
            _summary([one for one in compared if one.trip.mode == mode], profile)
            for mode, profile in region.profile.modes.items()
        ),
        refused=tuple(sorted(refused, key=lambda one: one.trip.row)),
    )


def _compare(trips: Sequence[Trip], mode: TravelMode, region: Region) -> Iterable[ComparedTrip | RefusedTrip]:
    """Put each trip of one mode beside the table's time, or say why that cannot be done."""
    if mode not in region.profile.modes:
        yield from (RefusedTrip(trip, NotCompared.MODE_ABSENT) for trip in trips)
    elif trips:
        seats, _ = region.roads.seat(mode, [trip.lon for trip in trips], [trip.lat for trip in trips])
        extra_ms = region.extra_ms(mode)
        for index, trip in enumerate(trips):
            yield _compare_one(trip, region, seats, index, extra_ms)


def _compare_one(
    trip: Trip, region: Region, seats: Seats, index: int, extra_ms: NDArray[np.int64]
) -> ComparedTrip | RefusedTrip:
    table = region.tables[trip.mode]
    if trip.station_id not in region.number_of:
        return RefusedTrip(trip, NotCompared.STATION_UNKNOWN)
    number = region.number(trip.station_id)
    if table.seats.street[number] == OFF_NETWORK:
        return RefusedTrip(trip, NotCompared.STATION_OFF)
    if seats.street[index] == OFF_NETWORK:
        return RefusedTrip(trip, NotCompared.ORIGIN_OFF)
    table_ms = times_to_stations(region.roads.network, table, seats, index)[number]
    if table_ms == UNREACHED:
        return RefusedTrip(trip, NotCompared.NOT_REACHED)
    # The walks to and from the road are in the table's time; they go with the speed that is fitted for walkers only.
    walks_ms = int(seats.walk_ms[index]) + int(table.seats.walk_ms[number])
    apart_ms = 0 if trip.mode == TravelMode.WALK else walks_ms
    fixed_ms = int(extra_ms[number]) + apart_ms
    return ComparedTrip(trip, (int(table_ms) - apart_ms) / MS_PER_MIN, fixed_ms / MS_PER_MIN)


def _summary(compared: Sequence[ComparedTrip], profile: ModeProfile) -> ModeCalibration:
    observed = np.array([one.trip.minutes for one in compared], dtype=np.float64)
    network = np.array([one.network_min for one in compared], dtype=np.float64)
    fixed = np.array([one.fixed_min for one in compared], dtype=np.float64)
    errors = trip_errors(network + fixed, observed)
    factor = fit_network_factor(network, fixed, observed)
    return ModeCalibration(
        mode=profile.mode,
        trips=len(compared),
        bias_min=errors[0] if errors else None,
        mean_error_min=errors[1] if errors else None,
        fitted_speed_kmh=profile.speed_kmh / factor if factor and not profile.by_road else None,
        fitted_traffic_factor=profile.traffic_factor / factor if factor and profile.by_road else None,
        worst=tuple(sorted(compared, key=lambda one: (-abs(one.error_min), one.trip.row))[:WORST_TRIPS]),
    )
