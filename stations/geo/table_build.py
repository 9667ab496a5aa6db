"""Compute the table of one mode, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stations.geo.arcs import Components, forward_arcs, reversed_arcs
from stations.geo.kernels import group_by_node
from stations.geo.roads import RoadNetwork
from stations.geo.search import NOTHING_REACHED, Reached, Searcher, Seed
from stations.geo.seats import Seats, ways_in, ways_out
from stations.geo.snap import OFF_NETWORK
from stations.geo.table import Columns, Rows, TravelTable
from stations.model.keys import TravelMode

AT_ONCE = 16
"""Stations that are searched in one call; few enough to tell how far it is."""


def compute_table(
    network: RoadNetwork,
    mode: TravelMode,
    seats: Seats,
    *,
    limit_ms: int,
    known: Mapping[int, tuple[Reached, Reached]],
) -> Iterator[TravelTable | int]:
    """Yield how many stations are done after every few, and last the table.

    Parameters
    ----------
    known
        Columns there and back of stations (by number) that need not be computed again.
    """
    pairs = dict(known)
    there, back = Searcher(reversed_arcs(network, mode)), Searcher(forward_arcs(network, mode))
    missing = [k for k in np.flatnonzero(seats.street != OFF_NETWORK).tolist() if k not in known]
    for done in range(0, len(missing), AT_ONCE):
        few = missing[done : done + AT_ONCE]
        to = there.reach_each([seed_to(network, mode, seats, k) for k in few], limit_ms=limit_ms)
        fro = back.reach_each([seed_back(network, mode, seats, k) for k in few], limit_ms=limit_ms)
        pairs.update(zip(few, zip(to, fro, strict=True), strict=True))
        yield done + len(few)
    nobody = (NOTHING_REACHED, NOTHING_REACHED)
    both = [pairs.get(k, nobody) for k in range(len(seats.street))]
    nodes = len(network.node_x)
    columns = _columns([pair[0] for pair in both])
    back_rows = _rows(_columns([pair[1] for pair in both]), nodes=nodes)
    yield TravelTable(mode, limit_ms, seats, columns=columns, to=_rows(columns, nodes=nodes), back=back_rows)


def known_columns(table: TravelTable) -> list[tuple[Reached, Reached]]:
    """Return the columns there and back of every station of a table, as `compute_table` takes them over.

    The way back is kept by node alone; its columns are put together again, without the streets, which it lacks.
    """
    node = np.repeat(np.arange(len(table.back.offset) - 1, dtype=np.int32), np.diff(table.back.offset))
    order = _stable_order(np.asarray(table.back.station))
    count = len(table.seats.street)
    ends = np.searchsorted(table.back.station[order], np.arange(count + 1))
    parts = [order[a:b] for a, b in pairwise(ends)]
    no_street = np.empty(0, dtype=np.int32)
    return [
        (table.columns.column(k), Reached(node[part], np.asarray(table.back.ms)[part], no_street))
        for k, part in enumerate(parts)
    ]


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


def _columns(reached: Sequence[Reached]) -> Columns:
    sizes = [len(column.node) for column in reached]
    return Columns(
        offset=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        node=np.concatenate([column.node for column in reached] or [NOTHING_REACHED.node]),
        ms=np.concatenate([column.ms for column in reached] or [NOTHING_REACHED.ms]),
        street=np.concatenate([column.street for column in reached] or [NOTHING_REACHED.street]),
    )


def _rows(columns: Columns, *, nodes: int) -> Rows:
    """Turn columns into rows: sorted by time first (stations stay in order), then grouped by node, order kept."""
    station = np.repeat(np.arange(len(columns.offset) - 1, dtype=np.int32), np.diff(columns.offset))
    counts = np.bincount(columns.node, minlength=nodes)
    offset = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    place = np.empty(len(station), dtype=np.int64)
    group_by_node(columns.node, _stable_order(columns.ms), offset, place)
    return Rows(offset, station[place], columns.ms[place])


def _stable_order(keys: NDArray[np.uint32] | NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the stable order of keys from 0: by radix on 16 bits at a time, several times faster than by comparing."""
    order = np.argsort(keys.astype(np.uint16), kind="stable")  # the low half
    high = (keys >> 16).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")] if high.any() else order
