"""The search: how long from a seed to every node within a limit, and by which arc.

This is the one place that knows the engine (`search_kernels`). It answers seeds (up to four ends of streets, with
what it costs to get to each) on arcs of whichever direction it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.geo.arcs import Arcs
from stations.geo.search_kernels import NOT_REACHED, QUEUE_FULL, TAG_BITS, find_nearest, reach_each

AT_SEED = -1
"""Next street of a node at which a search began; never leaves `geo`."""
MOST_BUCKETS = 1 << 12
"""So many at most: where single arcs are very long, buckets get wider instead."""
FIRST_ROOM = 256
"""Entries that a bucket has room for at first; enough for catchments, doubled when a search needs more."""


@dataclass(frozen=True, slots=True)
class Seed:
    """Where a search starts: nodes, and what it has cost to stand there, in milliseconds."""

    nodes: tuple[int, ...]
    cost_ms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """The R nodes within the limit of a seed.

    Attributes
    ----------
    node
        int32 (R,), rising.
    ms
        uint32 (R,).
    street
        int32 (R,), the street by which a node was reached: on reversed arcs, the one to take from it towards the
        seed. `AT_SEED` where the search began.
    """

    node: NDArray[np.int32]
    ms: NDArray[np.uint32]
    street: NDArray[np.int32]


NOTHING_REACHED = Reached(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.int32))


class Searcher:
    """Searches one set of arcs again and again, with one set of scratch buffers; not to be shared between threads."""

    def __init__(self, arcs: Arcs) -> None:
        self._place, self._record = _records(arcs)
        self._street = np.concatenate([np.array([AT_SEED], dtype=np.int32), arcs.street])
        self._marks = np.zeros(arcs.nodes // 64 + 1, dtype=np.uint64)
        self._longest_ms = int(arcs.cost_ms.max(initial=0))
        self._width_bits = int(np.median(arcs.cost_ms)).bit_length() if len(arcs.cost_ms) else 0
        self._make_queue(1, FIRST_ROOM)

    def reach(self, seed: Seed, *, limit_ms: int) -> Reached:
        """Return the nodes within `limit_ms` (inclusive) of a seed, as `reach_each` does for many."""
        return self.reach_each([seed], limit_ms=limit_ms)[0]

    def reach_each(self, seeds: Sequence[Seed], *, limit_ms: int) -> list[Reached]:
        """Return the nodes within `limit_ms` (inclusive) of every seed, each by itself; exact in whole milliseconds.

        Of equally quick ways to a node always the same is taken, whatever was searched before.
        """
        turn = sorted(range(len(seeds)), key=lambda k: seeds[k].nodes)  # neighbours share what is in the cache
        offset, node, key = _starts([seeds[k] for k in turn])
        self._fit_buckets(key, limit_ms)
        found: list[Reached] = []
        while True:
            columns = reach_each(
                offset[len(found) :], node, key, limit_ms, self._width_bits,
                self._place, self._street, self._record, self._marks, *self._queue,
            )  # fmt: skip
            found += [Reached(*column) for column in columns]
            if len(found) == len(seeds):
                return [found[k] for k in np.argsort(turn).tolist()]
            self._make_room()

    def nearest(self, seeds: Sequence[Seed], *, limit_ms: int) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
        """Return for every node how long to the nearest of many seeds, and which that is, in one search.

        Returns
        -------
        ms
            uint32 (N,), `UNREACHED` beyond `limit_ms` (inclusive).
        owner
            int32 (N,), number of the seed, the first of equally near ones; -1 beyond the limit.
        """
        offset, node, key = _starts(seeds)
        self._fit_buckets(key, limit_ms)
        key |= np.repeat(np.arange(len(seeds), dtype=np.uint64), np.diff(offset))
        ms, owner = np.empty(len(self._place), np.uint32), np.empty(len(self._place), np.int32)
        while True:
            count = find_nearest(
                node, key, limit_ms, self._width_bits, self._place, self._record, self._marks, *self._queue, ms, owner
            )
            if count != QUEUE_FULL:
                return ms, owner
            self._make_room()

    def _fit_buckets(self, key: NDArray[np.uint64], limit_ms: int) -> None:
        """Make as many buckets as a search needs at one time: what waits in them lies no more than `span_ms` apart."""
        span_ms = min(limit_ms, max(self._longest_ms, int(key.max(initial=0) >> TAG_BITS)))
        self._width_bits = max(self._width_bits, (span_ms // MOST_BUCKETS).bit_length())
        needed = 1 << ((span_ms >> self._width_bits) + 1).bit_length()
        buckets, room = self._queue[0].shape
        if buckets < needed:
            self._make_queue(needed, room)

    def _make_room(self) -> None:
        """Clean up after a search that found a bucket full, and give every bucket more room."""
        self._record[self._place] = NOT_REACHED
        self._marks[:] = 0
        buckets, room = self._queue[0].shape
        self._make_queue(buckets, 2 * room)

    def _make_queue(self, buckets: int, room: int) -> None:
        self._queue = (np.empty((buckets, room), np.uint64), np.zeros(buckets, np.uint64))


def _starts(seeds: Sequence[Seed]) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint64]]:
    """Return where each seed begins in the list of all their nodes; the nodes; their costs as keys without a tag."""
    offset = np.cumsum([0, *(len(seed.nodes) for seed in seeds)])
    node = np.array([n for seed in seeds for n in seed.nodes], dtype=np.int32)
    return offset, node, np.array([ms for seed in seeds for ms in seed.cost_ms], dtype=np.uint64) << TAG_BITS


def _records(arcs: Arcs) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
    """Return where the record of each node begins, and all records one after the other."""
    count, node = np.diff(arcs.offset), np.arange(arcs.nodes, dtype=np.uint64)
    place = (arcs.offset[:-1] + 2 * np.arange(arcs.nodes)).astype(np.uint32)
    record = np.empty(2 * arcs.nodes + len(arcs.head), dtype=np.uint64)
    record[place] = NOT_REACHED
    record[place + 1] = count.astype(np.uint64) << TAG_BITS | node
    arc = np.arange(len(arcs.head)) + 2 * np.repeat(np.arange(1, arcs.nodes + 1), count)
    record[arc] = arcs.cost_ms.astype(np.uint64) << TAG_BITS | place[arcs.head]
    return place, record
