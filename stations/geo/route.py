"""The way from a place to a station: a walk along the table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.geo.crs import to_degrees
from stations.geo.roads import RoadNetwork
from stations.geo.search import AT_SEED, Reached
from stations.geo.seats import Seats, direct_ms, ways_out
from stations.geo.table import TravelTable


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch along one street, from fraction `start` to fraction `end` (either may be the larger)."""

    street: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Route:
    """The way along the roads: its legs, its time and length, and its line.

    `ms` is the table's time, the walks off the road included; `length_m` is along the roads alone; `line` is float64
    (P, 2), lon and lat in WGS 84 degrees, from road to road.
    """

    legs: tuple[Leg, ...]
    ms: int
    length_m: float
    line: NDArray[np.float64]


def find_route(network: RoadNetwork, table: TravelTable, origin: Seats, index: int, *, station: int) -> Route | None:
    """Return the way from a place on the network to a station; `None` where it is beyond the limit or there is none.

    Every step is read from the table: from a node, the street to take towards the station. Its time equals that of
    `times_to_stations`.
    """
    column = table.columns.column(station)
    walk_ms = int(origin.walk_ms[index])
    street, here = int(origin.street[index]), float(origin.fraction[index])
    choices: list[tuple[int, int | None, int]] = []
    if street == table.seats.street[station]:
        direct = direct_ms(network, table.mode, street, start=here, end=float(table.seats.fraction[station]))
        if direct is not None:
            choices.append((direct + int(table.seats.walk_ms[station]) + walk_ms, None, direct))
    for node, partial_ms in ways_out(network, table.mode, origin, index):
        at = _place(column, node)
        if at is not None:
            choices.append((partial_ms + int(column.ms[at]) + walk_ms, node, partial_ms))
    choices = [choice for choice in choices if choice[0] <= table.limit_ms]
    if not choices:
        return None
    ms, first, partial_ms = min(choices, key=lambda choice: (choice[0], choice[1] is not None, choice[1] or 0))
    if first is None:
        legs = [Leg(street, here, float(table.seats.fraction[station]))]
    else:
        legs = [
            *_between(network, table, street, here, first, partial_ms, leaving=True),
            *_follow(network, table, column, first, station),
        ]
    legs = [leg for leg in legs if leg.start != leg.end]
    return Route(tuple(legs), ms, _length_m(network, legs), _line(network, legs, origin, index))


def _place(column: Reached, node: int) -> int | None:
    at = int(np.searchsorted(column.node, node))
    return at if at < len(column.node) and column.node[at] == node else None


def _between(
    network: RoadNetwork, table: TravelTable, street: int, spot: float, node: int, ms: int, *, leaving: bool
) -> list[Leg]:
    """Return the leg between a spot on a street and a node at its end that costs `ms`; none where that is nothing."""
    if ms == 0:
        return []
    for end, at in ((0.0, network.street_from[street]), (1.0, network.street_to[street])):
        leg = Leg(street, spot, end) if leaving else Leg(street, end, spot)
        if at == node and direct_ms(network, table.mode, street, start=leg.start, end=leg.end) == ms:
            return [leg]
    raise AssertionError("a place is left and reached by the ends that `ways_out` and `ways_in` name")


def _follow(network: RoadNetwork, table: TravelTable, column: Reached, node: int, station: int) -> list[Leg]:
    legs: list[Leg] = []
    while True:
        at = _place(column, node)
        assert at is not None  # the street of a reached node leads to a reached node
        street = int(column.street[at])
        if street == AT_SEED:
            ms = int(column.ms[at]) - int(table.seats.walk_ms[station])
            own, there = int(table.seats.street[station]), float(table.seats.fraction[station])
            return [*legs, *_between(network, table, own, there, node, ms, leaving=False)]
        forward = network.street_from[street] == node and _step_fits(network, table, column, street, at, forward=True)
        legs.append(Leg(street, 0.0, 1.0) if forward else Leg(street, 1.0, 0.0))
        node = int(network.street_to[street] if forward else network.street_from[street])


def _step_fits(
    network: RoadNetwork, table: TravelTable, column: Reached, street: int, at: int, *, forward: bool
) -> bool:
    """Tell whether a street is taken along it: it leads to a node that is nearer by just its cost."""
    costs, ends = (network.forward_ms, network.street_to) if forward else (network.backward_ms, network.street_from)
    then = _place(column, int(ends[street]))
    return then is not None and int(column.ms[then]) + int(costs[table.mode][street]) == int(column.ms[at])


def _length_m(network: RoadNetwork, legs: list[Leg]) -> float:
    return float(sum(abs(leg.end - leg.start) * network.length_m[leg.street] for leg in legs))


def _line(network: RoadNetwork, legs: list[Leg], origin: Seats, index: int) -> NDArray[np.float64]:
    if not legs:
        legs = [Leg(int(origin.street[index]), float(origin.fraction[index]), float(origin.fraction[index]))]
    points = np.concatenate([_shape(network, leg) for leg in legs])
    kept = np.concatenate([[True], (np.diff(points, axis=0) != 0).any(axis=1)])
    if kept.sum() == 1:
        kept[-1] = True  # a line has two ends, also where nothing is to be travelled
    return np.column_stack(to_degrees(points[kept, 0], points[kept, 1], crs=network.crs))


def _shape(network: RoadNetwork, leg: Leg) -> NDArray[np.float64]:
    """Return the x and y (metres) of a leg, in the direction of travel."""
    part = slice(network.shape_offset[leg.street], network.shape_offset[leg.street + 1])
    x, y = network.shape_x[part], network.shape_y[part]
    run = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    low, high = sorted((leg.start * run[-1], leg.end * run[-1]))
    at = np.concatenate([[low], run[(run > low) & (run < high)], [high]])
    points = np.column_stack([np.interp(at, run, x), np.interp(at, run, y)])
    return points if leg.start <= leg.end else points[::-1]
