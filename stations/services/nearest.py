"""The rider's list: which stations can be used soonest."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from stations.geo.kernels import UNREACHED
from stations.geo.nearest import straight_line_m
from stations.geo.seats import Seats, ways_out
from stations.geo.snap import OFF_NETWORK
from stations.geo.table import times_from_stations, times_to_stations
from stations.model.answers import Arrival, FoundStation, NearestAnswer
from stations.model.keys import ArrivalState, TravelReason
from stations.model.queries import NearestQuery
from stations.model.station import Station
from stations.services.region import Region

USABLE = frozenset({ArrivalState.OPEN, ArrivalState.OPENS_LATER})


def find_nearest(query: NearestQuery, region: Region) -> NearestAnswer:
    """Return the stations that fit `query`, the one that can be used soonest first.

    Usable ones come by the moment of use, then those of unknown hours by travel time, then closed ones by travel
    time, then those without a travel time by straight line; ties by `station_id`.
    """
    seats, walk_m = region.roads.seat(query.mode, [query.origin.lon], [query.origin.lat])
    on_network = bool(seats.street[0] != OFF_NETWORK)
    chosen = [number for number, station in enumerate(region.stations) if _fits(station, query)]
    found = [item for item in _look_up(query, region, seats, chosen) if _passes(item, query)]
    found.sort(key=_rank)
    return NearestAnswer(
        query=query,
        found=tuple(found[: query.limit]),
        origin_snap_m=float(walk_m[0]) if on_network else None,
        origin_on_main=bool(seats.on_main[0]),
    )


def _fits(station: Station, query: NearestQuery) -> bool:
    return (
        all(station.meets(need) for need in query.needs)
        and all(service in station.services for service in query.services)
        and (not query.entries or station.entry in query.entries)
    )


def _passes(item: FoundStation, query: NearestQuery) -> bool:
    if query.open_on_arrival and item.arrival.state != ArrivalState.OPEN:
        return False
    never_closes = item.arrival.state == ArrivalState.OPEN and item.arrival.open_until is None
    return never_closes or not query.always_open


def _look_up(query: NearestQuery, region: Region, seats: Seats, chosen: list[int]) -> Iterable[FoundStation]:
    table, extra_ms = region.tables[query.mode], region.extra_ms(query.mode)
    parking_ms = region.profile.modes[query.mode].parking_s * 1000
    unreached = np.full(len(region.stations), UNREACHED)
    on_network = seats.street[0] != OFF_NETWORK
    there = times_to_stations(region.roads.network, table, seats, 0) if on_network else unreached
    back = times_from_stations(region.roads.network, table, seats, 0) if on_network else unreached
    reasons = _reasons(region, query, seats, there)
    straight = straight_line_m(
        query.origin.lon, query.origin.lat, [s.lon for s in region.stations], [s.lat for s in region.stations]
    )
    for number in chosen:
        station = region.stations[number]
        travel_s = _whole_seconds(there[number], int(extra_ms[number]))
        yield FoundStation(
            station=station,
            travel_s=travel_s,
            return_s=_whole_seconds(back[number], int(extra_ms[number]) - parking_ms),
            travel_reason=reasons.get(number),
            straight_line_m=float(straight[number]),
            to_gate=station.to_gate_only,
            arrival=Arrival(ArrivalState.UNKNOWN)
            if travel_s is None
            else region.timetable.arrival(number, when=query.when, travel_s=travel_s),
        )


def _whole_seconds(network_ms: np.uint32, extra_ms: int) -> int | None:
    """Return the seconds of a trip, rounded up so that nobody is promised to be sooner; `None` if not reached."""
    return None if network_ms == UNREACHED else -(-(int(network_ms) + extra_ms) // 1000)


def _reasons(region: Region, query: NearestQuery, seats: Seats, there: NDArray[np.uint32]) -> dict[int, TravelReason]:
    """Return why each station that has no travel time has none, by its number."""
    untimed = np.flatnonzero(there == UNREACHED)
    if not len(untimed):
        return {}
    if seats.street[0] == OFF_NETWORK:
        return dict.fromkeys(untimed.tolist(), TravelReason.OFF_NETWORK)
    group, leads = region.leading(query.mode)
    nodes = [node for node, _ in ways_out(region.roads.network, query.mode, seats, 0)]
    parts = region.roads.components[query.mode].of_node[nodes]
    reachable = np.any(leads[:, parts], axis=1)
    return {
        number: TravelReason.OFF_NETWORK
        if group[number] < 0
        else TravelReason.BEYOND_LIMIT
        if reachable[group[number]]
        else TravelReason.NO_WAY
        for number in untimed.tolist()
    }


def _rank(item: FoundStation) -> tuple[int, float, str]:
    station_id = item.station.station_id
    if item.travel_s is None:
        return 3, item.straight_line_m, station_id
    if item.arrival.state in USABLE and item.arrival.usable_in_s is not None:
        return 0, item.arrival.usable_in_s, station_id
    if item.arrival.state == ArrivalState.UNKNOWN:
        return 1, item.travel_s, station_id
    return 2, item.travel_s, station_id
