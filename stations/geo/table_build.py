"""Compute the table of one mode, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.geo.arcs import Components, forward_arcs, reversed_arcs
from stations.geo.kernels import group_by_node, merge_rows
from stations.geo.roads import RoadNetwork
from stations.geo.search import NOTHING_REACHED, Reached, Searcher, Seed
from stations.geo.seats import Seats, times_to_seat, ways_in, ways_out
from stations.geo.snap import OFF_NETWORK
from stations.geo.table import Columns, Rows, TravelTable
from stations.model.keys import TravelMode

AT_ONCE = 16
"""Stations that are searched in one call; few enough to tell how far it is."""


@dataclass(frozen=True, slots=True)
class Before:
    """A table of the same roads and limit, and which station each of its K stations is now.

    `number` is int32 (K,), rising, -1 for a station that went or moved.
    """

    table: TravelTable
    number: NDArray[np.int32]


def compute_table(
    network: RoadNetwork, mode: TravelMode, seats: Seats, *, limit_ms: int, before: Before | None = None
) -> Iterator[TravelTable | int]:
    """Yield how many stations are done after every few, and last the table.

    Parameters
    ----------
    before
        What need not be computed again.
    """
    kept = _columns_before(before)
    there, back = Searcher(reversed_arcs(network, mode)), Searcher(forward_arcs(network, mode))
    missing = [k for k in np.flatnonzero(seats.street != OFF_NETWORK).tolist() if k not in kept]
    to: dict[int, Reached] = {}
    fro: dict[int, Reached] = {}
    for done in range(0, len(missing), AT_ONCE):
        few = missing[done : done + AT_ONCE]
        to |= zip(
            few, there.reach_each([seed_to(network, mode, seats, k) for k in few], limit_ms=limit_ms), strict=True
        )
        fro |= zip(
            few, back.reach_each([seed_back(network, mode, seats, k) for k in few], limit_ms=limit_ms), strict=True
        )
        yield done + len(few)
    count, nodes = len(seats.street), len(network.node_x)
    to_rows, back_rows = (_rows(_columns(reached, count), nodes=nodes) for reached in (to, fro))
    if before is not None:
        to_rows = _merged(before.table.to, before.number, to_rows)
        back_rows = _merged(before.table.back, before.number, back_rows)
    yield TravelTable(mode, limit_ms, seats, columns=_columns(to | kept, count), to=to_rows, back=back_rows)


def _columns_before(before: Before | None) -> dict[int, Reached]:
    if before is None:
        return {}
    numbers = enumerate(before.number.tolist())
    return {new: before.table.columns.column(old) for old, new in numbers if new >= 0}


def mean_reach(
    network: RoadNetwork, mode: TravelMode, seats: Seats, sample: NDArray[np.int64], *, limit_ms: int
) -> float:
    """Return how many nodes the stations of a sample have within the limit, on average; 0 without any."""
    searcher = Searcher(reversed_arcs(network, mode))
    seeds = [seed_to(network, mode, seats, k) for k in sample.tolist()]
    sizes = [len(reached.node) for reached in searcher.reach_each(seeds, limit_ms=limit_ms)]
    return float(np.mean(sizes)) if sizes else 0.0


def seed_to(network: RoadNetwork, mode: TravelMode, seats: Seats, k: int) -> Seed:
    """Return where a search on reversed arcs begins, to find who reaches a place that sits on the network."""
    return _seed(ways_in(network, mode, seats, k), int(seats.walk_ms[k]))


def seed_back(network: RoadNetwork, mode: TravelMode, seats: Seats, k: int) -> Seed:
    """Return where a search on forward arcs begins, to find what is reached from a place that sits on the network."""
    return _seed(ways_out(network, mode, seats, k), int(seats.walk_ms[k]))


def times_to_seats(
    network: RoadNetwork, mode: TravelMode, places: Seats, seats: Seats, *, searcher: Searcher, limit_ms: int
) -> NDArray[np.float64]:
    """Return the milliseconds from many places to every one of `seats`, each found by one search, as a table has them.

    Parameters
    ----------
    searcher
        Of the reversed arcs of `mode`.

    Returns
    -------
    ndarray of float64
        Shape (P, K); inf beyond the inclusive limit, where there is no way, or to what is off the network; nan from
        a place that is off it.
    """
    found = np.full((len(places.street), len(seats.street)), np.inf)
    seated = np.flatnonzero(seats.street != OFF_NETWORK).tolist()
    for first in range(0, len(seated), AT_ONCE):
        few = seated[first : first + AT_ONCE]
        seeds = [seed_to(network, mode, seats, k) for k in few]
        for k, reached in zip(few, searcher.reach_each(seeds, limit_ms=limit_ms), strict=True):
            times = np.full(len(network.node_x), np.inf)
            times[reached.node] = reached.ms
            found[:, k] = times_to_seat(network, mode, places, seats, k, times)
    found[found > limit_ms] = np.inf
    found[places.street == OFF_NETWORK] = np.nan
    return found


def leading_parts(
    components: Components, network: RoadNetwork, mode: TravelMode, seats: Seats
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
        nodes = [node for node, _ in ways_in(network, mode, seats, int(k))]
        group[k] = rows.setdefault(tuple(sorted(set(components.of_node[nodes].tolist()))), len(rows))
    leads = [np.any([components.leading_to(part) for part in parts], axis=0) for parts in rows]
    return group, np.array(leads, dtype=bool).reshape(len(rows), components.inward.shape[0])


def _seed(ways: list[tuple[int, int]], walk_ms: int) -> Seed:
    return Seed(tuple(node for node, _ in ways), tuple(ms + walk_ms for _, ms in ways))


def _columns(reached: Mapping[int, Reached], count: int) -> Columns:
    """Return the columns of `count` stations, by their numbers; those that are not among them reach nothing."""
    every = [reached.get(k, NOTHING_REACHED) for k in range(count)]
    sizes = [len(column.node) for column in every]
    return Columns(
        offset=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        node=np.concatenate([column.node for column in every] or [NOTHING_REACHED.node]),
        ms=np.concatenate([column.ms for column in every] or [NOTHING_REACHED.ms]),
        street=np.concatenate([column.street for column in every] or [NOTHING_REACHED.street]),
    )


def _rows(columns: Columns, *, nodes: int) -> Rows:
    """Turn columns into rows: sorted by time first (stations stay in order), then grouped by node, order kept."""
    station = np.repeat(np.arange(len(columns.offset) - 1, dtype=np.int32), np.diff(columns.offset))
    counts = np.bincount(columns.node, minlength=nodes)
    offset = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    place = np.empty(len(station), dtype=np.int64)
    group_by_node(columns.node, _stable_order(columns.ms), offset, place)
    return Rows(offset, station[place], columns.ms[place])


def _merged(old: Rows, number: NDArray[np.int32], new: Rows) -> Rows:
    room = len(old.station) + len(new.station)
    offset = np.zeros(len(new.offset), dtype=np.int64)
    station, ms = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.uint32)
    parts = (old.offset, old.station, old.ms, number, new.offset, new.station, new.ms)
    count = merge_rows(*parts, offset, station, ms)
    return Rows(offset, station[:count], ms[:count])


def _stable_order(keys: NDArray[np.uint32] | NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the stable order of keys from 0: by radix on 16 bits at a time, several times faster than by comparing."""
    order = np.argsort(keys.astype(np.uint16), kind="stable")  # the low half
    high = (keys >> 16).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")] if high.any() else order
