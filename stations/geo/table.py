"""The travel-time table of one mode: from every node to every station within the limit, and back.

It holds network time only, the walk between road and entrance included; parking and the walk from gate to door are
the caller's, who knows the station.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stations.geo.arcs import Components, forward_arcs, reversed_arcs
from stations.geo.roads import NO_WAY, RoadNetwork
from stations.geo.search import Reached, Seed, search
from stations.geo.snap import OFF_NETWORK, Snaps
from stations.model.keys import TravelMode

UNREACHED = np.uint32(0xFFFFFFFF)
"""Time of a station that was not reached; never leaves `geo`."""


@dataclass(frozen=True, slots=True)
class StationSeats:
    """Where K stations sit on the roads of one mode: their snaps, and the walk between road and entrance.

    `street` is int32, `OFF_NETWORK` where there is none; `fraction` float64; `walk_ms` uint32 at walking speed;
    `on_main` bool; all of shape (K,).
    """

    street: NDArray[np.int32]
    fraction: NDArray[np.float64]
    walk_ms: NDArray[np.uint32]
    on_main: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """Times in one direction, in two orders: M pairs of node and station within the limit.

    Attributes
    ----------
    column_offset, column_node, column_ms
        Station-major: station k has the pairs ``column_offset[k]:column_offset[k + 1]``, nodes rising. int64 (K + 1,),
        int32 (M,), uint32 (M,).
    row_offset, row_station, row_ms
        Node-major: node n has its pairs likewise, sorted by time and then by station. int64 (N + 1,), int32 (M,),
        uint32 (M,).
    """

    column_offset: NDArray[np.int64]
    column_node: NDArray[np.int32]
    column_ms: NDArray[np.uint32]
    row_offset: NDArray[np.int64]
    row_station: NDArray[np.int32]
    row_ms: NDArray[np.uint32]

    def column(self, station: int) -> Reached:
        """Return the nodes within the limit of `station`, by its number."""
        part = slice(self.column_offset[station], self.column_offset[station + 1])
        return Reached(self.column_node[part], self.column_ms[part])

    def row(self, node: int) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
        """Return the stations within the limit of `node` and their times in milliseconds, soonest first."""
        part = slice(self.row_offset[node], self.row_offset[node + 1])
        return self.row_station[part], self.row_ms[part]


@dataclass(frozen=True, slots=True)
class TravelTable:
    """The table of one mode: `to` the stations and `back` from them, inclusive up to `limit_ms`."""

    mode: TravelMode
    limit_ms: int
    seats: StationSeats
    to: Rows
    back: Rows

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the table as named arrays, to be kept on disk."""
        parts: tuple[tuple[str, StationSeats | Rows], ...] = (
            ("seats", self.seats),
            ("to", self.to),
            ("back", self.back),
        )
        return {f"{part}.{field.name}": getattr(value, field.name) for part, value in parts for field in fields(value)}


def table_from_arrays(mode: TravelMode, limit_ms: int, arrays: dict[str, NDArray[np.generic]]) -> TravelTable:
    """Return the table that `TravelTable.to_arrays` took apart.

    Raises
    ------
    KeyError
        An array is missing.
    """

    def part(name: str, kind: type[StationSeats] | type[Rows]) -> dict[str, Any]:
        return {field.name: arrays[f"{name}.{field.name}"] for field in fields(kind)}

    return TravelTable(
        mode,
        limit_ms,
        seats=StationSeats(**part("seats", StationSeats)),
        to=Rows(**part("to", Rows)),
        back=Rows(**part("back", Rows)),
    )


def seat_stations(snaps: Snaps, *, walk_kmh: float) -> StationSeats:
    """Return the seats of stations snapped to the road, the walk to the road at `walk_kmh`."""
    return StationSeats(snaps.street, snaps.fraction, walk_time_ms(snaps.walk_m, walk_kmh=walk_kmh), snaps.on_main)


def walk_time_ms(walk_m: NDArray[np.float64], *, walk_kmh: float) -> NDArray[np.uint32]:
    """Return the milliseconds that straight metres take at `walk_kmh`, rounded; 0 where metres are nan."""
    return np.rint(np.nan_to_num(walk_m) / walk_kmh * 3600).astype(np.uint32)


def compute_table(
    network: RoadNetwork,
    mode: TravelMode,
    seats: StationSeats,
    *,
    limit_ms: int,
    known: dict[int, tuple[Reached, Reached]],
) -> Iterator[TravelTable | int]:
    """Yield how many stations are done after each, and last the table.

    Parameters
    ----------
    known
        Columns there and back of stations (by number) that need not be computed again.
    """
    count = len(seats.street)
    missing = [k for k in range(count) if k not in known and seats.street[k] != OFF_NETWORK]
    columns = dict(known)
    there = search(
        reversed_arcs(network, mode), [_seed_to(network, mode, seats, k) for k in missing], limit_ms=limit_ms
    )
    back = search(
        forward_arcs(network, mode), [_seed_back(network, mode, seats, k) for k in missing], limit_ms=limit_ms
    )
    for done, (k, *both) in enumerate(zip(missing, there, back, strict=True), start=1):
        columns[k] = (both[0], both[1])
        yield done
    nobody = Reached(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.uint32))
    pairs = [columns.get(k, (nobody, nobody)) for k in range(count)]
    nodes = len(network.node_x)
    yield TravelTable(
        mode,
        limit_ms,
        seats,
        to=_rows([pair[0] for pair in pairs], nodes=nodes),
        back=_rows([pair[1] for pair in pairs], nodes=nodes),
    )


def times_to_stations(network: RoadNetwork, table: TravelTable, origin: StationSeats, index: int) -> NDArray[np.uint32]:
    """Return the milliseconds from a place to every station; `UNREACHED` beyond the limit; shape (K,).

    Parameters
    ----------
    origin
        Seats of places; `index` picks one. Its walk to the road is in the time.
    """
    best = _through_ends(table, table.to, _ways_out(network, table.mode, origin, index))
    _along_one_street(network, table, origin, index, best, to_station=True)
    return _within_limit(best, walk_ms=int(origin.walk_ms[index]), limit_ms=table.limit_ms)


def times_from_stations(
    network: RoadNetwork, table: TravelTable, origin: StationSeats, index: int
) -> NDArray[np.uint32]:
    """Return the milliseconds from every station back to a place; as `times_to_stations`."""
    best = _through_ends(table, table.back, _ways_in(network, table.mode, origin, index))
    _along_one_street(network, table, origin, index, best, to_station=False)
    return _within_limit(best, walk_ms=int(origin.walk_ms[index]), limit_ms=table.limit_ms)


def leading_parts(
    components: Components, network: RoadNetwork, mode: TravelMode, seats: StationSeats
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return which parts of the network lead to which station.

    Returns
    -------
    group
        int32 (K,), row of `leads` for each station; -1 off the network.
    leads
        bool (G, C), whether a part leads to the stations of a group.
    """
    group = np.full(len(seats.street), -1, dtype=np.int32)
    rows: dict[tuple[int, ...], int] = {}
    for k in np.flatnonzero(seats.street != OFF_NETWORK):
        nodes = [node for node, _ in _ways_in(network, mode, seats, int(k))]
        group[k] = rows.setdefault(tuple(sorted(set(components.of_node[nodes].tolist()))), len(rows))
    leads = [np.any([components.leading_to(part) for part in parts], axis=0) for parts in rows]
    return group, np.array(leads, dtype=bool).reshape(len(rows), components.inward.shape[0])


def end_nodes(network: RoadNetwork, mode: TravelMode, origin: StationSeats, index: int) -> tuple[int, ...]:
    """Return the nodes that a place on the network can travel to first, along its own street."""
    return tuple(node for node, _ in _ways_out(network, mode, origin, index))


def _partials(cost_ms: int, fraction: float) -> tuple[int, int]:
    """Split a street's cost at a fraction from its first node: rounded up to there, the rest by subtraction."""
    first = round(fraction * cost_ms)
    return first, cost_ms - first


def _ways_in(network: RoadNetwork, mode: TravelMode, seats: StationSeats, index: int) -> list[tuple[int, int]]:
    """Return (node, ms) pairs: from which ends of its street a place is reached, and how long that takes.

    A place less than half a millisecond from an end is at that end, also where a one-way street leads away from it.
    """
    start, end, along, against = _street(network, mode, int(seats.street[index]))
    ways = []
    if along != NO_WAY:
        first, rest = _partials(along, float(seats.fraction[index]))
        ways += [(start, first)] + [(end, 0)] * (rest == 0)
    if against != NO_WAY:
        first, rest = _partials(against, float(seats.fraction[index]))
        ways += [(end, rest)] + [(start, 0)] * (first == 0)
    return ways


def _ways_out(network: RoadNetwork, mode: TravelMode, seats: StationSeats, index: int) -> list[tuple[int, int]]:
    """Return (node, ms) pairs: which ends of its street a place can travel to; ends as in `_ways_in`."""
    start, end, along, against = _street(network, mode, int(seats.street[index]))
    ways = []
    if along != NO_WAY:
        first, rest = _partials(along, float(seats.fraction[index]))
        ways += [(end, rest)] + [(start, 0)] * (first == 0)
    if against != NO_WAY:
        first, rest = _partials(against, float(seats.fraction[index]))
        ways += [(start, first)] + [(end, 0)] * (rest == 0)
    return ways


def _street(network: RoadNetwork, mode: TravelMode, street: int) -> tuple[int, int, int, int]:
    """Return the two nodes of a street and its cost along and against it."""
    ends = int(network.street_from[street]), int(network.street_to[street])
    return *ends, int(network.forward_ms[mode][street]), int(network.backward_ms[mode][street])


def _seed(ways: list[tuple[int, int]], walk_ms: int) -> Seed:
    return Seed(tuple(node for node, _ in ways), tuple(ms + walk_ms for _, ms in ways))


def _seed_to(network: RoadNetwork, mode: TravelMode, seats: StationSeats, k: int) -> Seed:
    return _seed(_ways_in(network, mode, seats, k), int(seats.walk_ms[k]))


def _seed_back(network: RoadNetwork, mode: TravelMode, seats: StationSeats, k: int) -> Seed:
    return _seed(_ways_out(network, mode, seats, k), int(seats.walk_ms[k]))


def _rows(columns: list[Reached], *, nodes: int) -> Rows:
    sizes = np.array([len(column.node) for column in columns], dtype=np.int64)
    node = np.concatenate([column.node for column in columns] or [np.empty(0, dtype=np.int32)])
    ms = np.concatenate([column.ms for column in columns] or [np.empty(0, dtype=np.uint32)])
    station = np.repeat(np.arange(len(columns), dtype=np.int32), sizes)
    order = np.lexsort((station, ms, node))
    return Rows(
        column_offset=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        column_node=node,
        column_ms=ms,
        row_offset=np.concatenate([[0], np.cumsum(np.bincount(node, minlength=nodes))]).astype(np.int64),
        row_station=station[order],
        row_ms=ms[order],
    )


def _through_ends(table: TravelTable, rows: Rows, ends: list[tuple[int, int]]) -> NDArray[np.uint64]:
    best = np.full(len(table.seats.street), UNREACHED, dtype=np.uint64)
    for node, partial_ms in ends:
        station, ms = rows.row(node)
        best[station] = np.minimum(best[station], ms + np.uint64(partial_ms))
    return best


def _along_one_street(
    network: RoadNetwork,
    table: TravelTable,
    origin: StationSeats,
    index: int,
    best: NDArray[np.uint64],
    *,
    to_station: bool,
) -> None:
    """Lower `best` for the stations on the place's own street: the difference of their partials."""
    street, here = int(origin.street[index]), float(origin.fraction[index])
    for k in np.flatnonzero(table.seats.street == street):
        there = float(table.seats.fraction[k])
        start, end = (here, there) if to_station else (there, here)
        costs = network.forward_ms if start <= end else network.backward_ms
        cost_ms = int(costs[table.mode][street])
        if cost_ms != NO_WAY:
            direct = abs(_partials(cost_ms, end)[0] - _partials(cost_ms, start)[0]) + int(table.seats.walk_ms[k])
            best[k] = min(int(best[k]), direct)
        if start == end and cost_ms == NO_WAY:
            best[k] = min(int(best[k]), int(table.seats.walk_ms[k]))


def _within_limit(best: NDArray[np.uint64], *, walk_ms: int, limit_ms: int) -> NDArray[np.uint32]:
    total = best + np.uint64(walk_ms)
    return np.where(total <= limit_ms, total, UNREACHED).astype(np.uint32)
