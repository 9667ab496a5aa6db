"""Where places sit on the streets of one mode, and which ends of their street they can leave and be reached by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.geo.roads import NO_WAY, RoadNetwork
from stations.geo.snap import OFF_NETWORK, Snaps
from stations.model.keys import TravelMode


@dataclass(frozen=True, slots=True)
class Seats:
    """Where K places sit on the roads of one mode: their snaps, and the walk between road and place.

    `street` is int32, `OFF_NETWORK` where there is none; `fraction` float64; `walk_ms` uint32 at walking speed;
    `on_main` bool; all of shape (K,).
    """

    street: NDArray[np.int32]
    fraction: NDArray[np.float64]
    walk_ms: NDArray[np.uint32]
    on_main: NDArray[np.bool_]


def seat_places(snaps: Snaps, *, walk_kmh: float) -> Seats:
    """Return the seats of places snapped to the road, the walk to the road at `walk_kmh`."""
    return Seats(snaps.street, snaps.fraction, walk_time_ms(snaps.walk_m, walk_kmh=walk_kmh), snaps.on_main)


def walk_time_ms(walk_m: NDArray[np.float64], *, walk_kmh: float) -> NDArray[np.uint32]:
    """Return the milliseconds that straight metres take at `walk_kmh`, rounded; 0 where metres are nan."""
    return np.rint(np.where(np.isnan(walk_m), 0.0, walk_m) / walk_kmh * 3600).astype(np.uint32)


def split_cost(cost_ms: int, fraction: float) -> tuple[int, int]:
    """Split a street's cost at a fraction from its first node: rounded up to there, the rest by subtraction."""
    first = round(fraction * cost_ms)
    return first, cost_ms - first


def ways_in(network: RoadNetwork, mode: TravelMode, seats: Seats, index: int) -> list[tuple[int, int]]:
    """Return (node, ms) pairs: from which ends of its street a place is reached, and how long that takes.

    A place less than half a millisecond from an end is at that end, also where a one-way street leads away from it.
    """
    start, end, along, against = _street(network, mode, int(seats.street[index]))
    ways = []
    if along != NO_WAY:
        first, rest = split_cost(along, float(seats.fraction[index]))
        ways += [(start, first)] + [(end, 0)] * (rest == 0)
    if against != NO_WAY:
        first, rest = split_cost(against, float(seats.fraction[index]))
        ways += [(end, rest)] + [(start, 0)] * (first == 0)
    return ways


def ways_out(network: RoadNetwork, mode: TravelMode, seats: Seats, index: int) -> list[tuple[int, int]]:
    """Return (node, ms) pairs: which ends of its street a place can travel to; ends as in `ways_in`."""
    start, end, along, against = _street(network, mode, int(seats.street[index]))
    ways = []
    if along != NO_WAY:
        first, rest = split_cost(along, float(seats.fraction[index]))
        ways += [(end, rest)] + [(start, 0)] * (first == 0)
    if against != NO_WAY:
        first, rest = split_cost(against, float(seats.fraction[index]))
        ways += [(start, first)] + [(end, 0)] * (rest == 0)
    return ways


def direct_ms(network: RoadNetwork, mode: TravelMode, street: int, *, start: float, end: float) -> int | None:
    """Return what it costs to go from one fraction of a street to another along it; `None` where `mode` may not."""
    costs = network.forward_ms if start <= end else network.backward_ms
    cost_ms = int(costs[mode][street])
    if cost_ms == NO_WAY:
        return 0 if start == end else None
    return abs(split_cost(cost_ms, end)[0] - split_cost(cost_ms, start)[0])


def times_through_ends(
    network: RoadNetwork, mode: TravelMode, seats: Seats, times: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the milliseconds from many places through the ends of their streets, `times` being those of the nodes.

    `ways_out` for all places at once; what lies on a place's own street is not looked at.

    Returns
    -------
    ndarray of float64
        Shape (K,), with each place's walk to the road; inf where no end leads on, nan off the network.
    """
    street = seats.street
    at_start, at_end = times[network.street_from[street]], times[network.street_to[street]]
    along, against = network.forward_ms[mode][street], network.backward_ms[mode][street]
    along_first, against_first = np.rint(seats.fraction * along), np.rint(seats.fraction * against)
    choices = (
        (along != NO_WAY, at_end + (along - along_first)),
        ((along != NO_WAY) & (along_first == 0), at_start),
        (against != NO_WAY, at_start + against_first),
        ((against != NO_WAY) & (against_first == against), at_end),
    )
    best = np.min([np.where(usable, ms, np.inf) for usable, ms in choices], axis=0)
    return np.where(street == OFF_NETWORK, np.nan, best + seats.walk_ms)


def times_to_seat(
    network: RoadNetwork, mode: TravelMode, places: Seats, seats: Seats, index: int, times: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the milliseconds from many places to one of `seats`, `times` being those of the nodes to it.

    Where both are on one street the way along it counts.

    Returns
    -------
    ndarray of float64
        Shape (K,), the walks to the road at both ends in it; inf where there is no way, nan off the network.
    """
    ms = times_through_ends(network, mode, places, times)
    for place in np.flatnonzero(places.street == seats.street[index]):
        start, end = float(places.fraction[place]), float(seats.fraction[index])
        direct = direct_ms(network, mode, int(seats.street[index]), start=start, end=end)
        if direct is not None:
            ms[place] = min(ms[place], direct + int(seats.walk_ms[index]) + int(places.walk_ms[place]))
    return ms


def _street(network: RoadNetwork, mode: TravelMode, street: int) -> tuple[int, int, int, int]:
    """Return the two nodes of a street and its cost along and against it."""
    ends = int(network.street_from[street]), int(network.street_to[street])
    return *ends, int(network.forward_ms[mode][street]), int(network.backward_ms[mode][street])
