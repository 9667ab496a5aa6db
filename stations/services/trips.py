"""The trips of one question: from an origin to every station, back, and on to the next stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.geo.kernels import UNREACHED
from stations.geo.seats import Seats, direct_ms, ways_out
from stations.geo.snap import OFF_NETWORK
from stations.geo.table import times_from_stations, times_to_stations
from stations.geo.table_build import seed_to
from stations.model.answers import NextStop
from stations.model.keys import TravelMode, TravelReason
from stations.model.queries import NearestQuery
from stations.services.region import Region

Times = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Trips:
    """Network milliseconds between one origin and the K stations of a region, uint32 (K,), `UNREACHED` where unknown.

    `there_ms` to the stations, `back_ms` from them to the origin, `onward_ms` from them to the next stop.
    `extra_ms` (int64) is what a station adds to a trip to it, `way_in_ms` to one from it.
    `origin_snap_m` is the walk to the road, `None` off the network.
    """

    there_ms: Times
    back_ms: Times
    onward_ms: Times
    extra_ms: NDArray[np.int64]
    way_in_ms: NDArray[np.int64]
    origin: Seats
    origin_snap_m: float | None
    next_stop: NextStop | None

    @property
    def origin_on_main(self) -> bool:
        """Whether the origin sits on the main part of the network."""
        return bool(self.origin.on_main[0])

    @property
    def home_ms(self) -> Times:
        """From the stations to where one has to be: the next stop where one is named, else the origin."""
        return self.onward_ms if self.next_stop else self.back_ms


def plan_trips(query: NearestQuery, region: Region) -> Trips:
    """Return the trips of a question, looked up in the table; only the way straight to the next stop is searched."""
    mode = query.mode
    origin, snap_m = region.roads.seat_place(mode, query.origin.lon, query.origin.lat)
    there, back = _both_ways(region, mode, origin)
    onward, next_stop = _to_next_stop(query, region, origin)
    return Trips(
        there_ms=there,
        back_ms=back,
        onward_ms=onward,
        extra_ms=region.extra_ms(mode),
        way_in_ms=region.arrays.way_in_ms,
        origin=origin,
        origin_snap_m=snap_m,
        next_stop=next_stop,
    )


def why_untimed(numbers: Sequence[int], trips: Trips, mode: TravelMode, region: Region) -> dict[int, TravelReason]:
    """Return why each of some stations, by number, has no travel time; those that have one are not in it."""
    untimed = [number for number in numbers if trips.there_ms[number] == UNREACHED]
    if not untimed or trips.origin.street[0] == OFF_NETWORK:
        return dict.fromkeys(untimed, TravelReason.OFF_NETWORK)
    group, leads = region.leading(mode)
    nodes = [node for node, _ in ways_out(region.roads.network, mode, trips.origin, 0)]
    reachable = np.asarray(np.any(leads[:, region.roads.components[mode].of_node[nodes]], axis=1))
    return {
        number: TravelReason.OFF_NETWORK
        if group[number] < 0
        else TravelReason.BEYOND_LIMIT
        if reachable[group[number]]
        else TravelReason.NO_WAY
        for number in untimed
    }


def _both_ways(region: Region, mode: TravelMode, place: Seats) -> tuple[Times, Times]:
    network, table = region.roads.network, region.tables[mode]
    if place.street[0] == OFF_NETWORK:
        return _unreached(region), _unreached(region)
    return times_to_stations(network, table, place, 0), times_from_stations(network, table, place, 0)


def _unreached(region: Region) -> Times:
    return np.full(len(region.stations), UNREACHED, dtype=np.uint32)


def _to_next_stop(query: NearestQuery, region: Region, origin: Seats) -> tuple[Times, NextStop | None]:
    if query.next_stop is None:
        return _unreached(region), None
    stop, snap_m = region.roads.seat_place(query.mode, query.next_stop.lon, query.next_stop.lat)
    if stop.street[0] == OFF_NETWORK:
        return _unreached(region), NextStop(None, on_main=False, direct_s=None)
    onward = times_from_stations(region.roads.network, region.tables[query.mode], stop, 0)
    direct = None if origin.street[0] == OFF_NETWORK else _direct_s(region, query.mode, origin, stop)
    return onward, NextStop(snap_m, on_main=bool(stop.on_main[0]), direct_s=direct)


def _direct_s(region: Region, mode: TravelMode, origin: Seats, stop: Seats) -> int | None:
    """Return the seconds from one place to another by one search, as far as the table reaches; else `None`."""
    network, limit_ms = region.roads.network, region.tables[mode].limit_ms
    reached = region.searcher(mode).reach(seed_to(network, mode, stop, 0), limit_ms=limit_ms)
    walk_ms = int(origin.walk_ms[0])
    choices = []
    for node, partial_ms in ways_out(network, mode, origin, 0):
        at = int(np.searchsorted(reached.node, node))
        if at < len(reached.node) and reached.node[at] == node:
            choices.append(partial_ms + int(reached.ms[at]) + walk_ms)
    if origin.street[0] == stop.street[0]:
        street, start, end = int(stop.street[0]), float(origin.fraction[0]), float(stop.fraction[0])
        along = direct_ms(network, mode, street, start=start, end=end)
        choices += [] if along is None else [along + int(stop.walk_ms[0]) + walk_ms]
    best = min(choices, default=None)
    return None if best is None or best > limit_ms else -(-best // 1000)
