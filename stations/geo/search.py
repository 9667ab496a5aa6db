"""The search: how long from a seed to every node within a limit, and by which arc.

This is the one place that knows the engine (`kernels`). It answers seeds (up to four ends of streets, with what it
costs to get to each) on arcs of whichever direction it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.geo.arcs import Arcs
from stations.geo.kernels import LEADS_BACK, POOL_FULL, UNREACHED, inherit_owner, search_bounded, take_reached

AT_SEED = -1
"""Next street of a node at which a search began; never leaves `geo`."""
LONGEST_BUCKETS = 1 << 22


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
        self._arcs = arcs
        self._packed = np.column_stack([_marked_heads(arcs), arcs.cost_ms]).ravel()
        self._offset = arcs.offset.astype(np.int32)
        typical_ms = int(np.median(arcs.cost_ms)) if len(arcs.cost_ms) else 1
        self._shift = max(0, typical_ms.bit_length() - 1)
        self._longest_ms = int(arcs.cost_ms.max(initial=0))
        self._ms = np.full(arcs.nodes, UNREACHED, dtype=np.uint32)
        self._via = np.empty(arcs.nodes, dtype=np.int32)
        self._found = np.empty(arcs.nodes, dtype=np.int32)
        self._bucket = np.empty(0, dtype=np.int32)
        self._tail: NDArray[np.int32] | None = None
        self._make_pool(max(4096, len(arcs.head)))

    def reach(self, seed: Seed, *, limit_ms: int) -> Reached:
        """Return the nodes within `limit_ms` (inclusive) of a seed; exact in whole milliseconds."""
        found = self._search(np.array(seed.nodes, np.int32), np.array(seed.cost_ms, np.int64), limit_ms)
        node = np.sort(found)
        ms, street = np.empty(len(node), dtype=np.uint32), np.empty(len(node), dtype=np.int32)
        take_reached(node, self._ms, self._via, self._arcs.street, ms, street)
        return Reached(node, ms, street)

    def nearest(self, seeds: Sequence[Seed], *, limit_ms: int) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
        """Return for every node how long to the nearest of many seeds, and which that is, in one search.

        Returns
        -------
        ms
            uint32 (N,), `UNREACHED` beyond `limit_ms` (inclusive).
        owner
            int32 (N,), number of the seed, -1 beyond the limit.
        """
        node, cost_ms = _starts(seeds)
        number = np.repeat(np.arange(len(seeds), dtype=np.int32), [len(seed.nodes) for seed in seeds])
        found = self._search(node, cost_ms, limit_ms)
        first = np.lexsort((number, cost_ms))[::-1]
        owner = np.full(self._arcs.nodes, -1, dtype=np.int32)
        owner[node[first]] = number[first]  # the cheapest of those that begin at one node is written last
        inherit_owner(found, self._via, self._tails(), owner)
        ms = self._ms.copy()
        owner[ms == UNREACHED] = -1
        self._ms[found] = UNREACHED
        return ms, owner

    def nearest_ms(self, seeds: Sequence[Seed], *, limit_ms: int) -> NDArray[np.uint32]:
        """Return only the times of `nearest`."""
        found = self._search(*_starts(seeds), limit_ms)
        ms = self._ms.copy()
        self._ms[found] = UNREACHED
        return ms

    def _tails(self) -> NDArray[np.int32]:
        """Return the node from which each arc leads away, shape (A,)."""
        if self._tail is None:
            self._tail = np.repeat(np.arange(self._arcs.nodes, dtype=np.int32), np.diff(self._arcs.offset))
        return self._tail

    def _search(self, node: NDArray[np.int32], cost_ms: NDArray[np.int64], limit_ms: int) -> NDArray[np.int32]:
        self._fit_buckets(min(limit_ms, max(self._longest_ms, int(cost_ms.max(initial=0)))))
        while True:
            count = search_bounded(
                self._offset, self._packed, node, cost_ms, np.uint32(limit_ms), self._shift, self._ms, self._via,
                self._bucket, *self._pool, self._found,
            )  # fmt: skip
            if count != POOL_FULL:
                return self._found[:count]
            self._ms[:] = UNREACHED
            self._bucket[:] = -1
            self._make_pool(2 * len(self._pool[0]))

    def _fit_buckets(self, span_ms: int) -> None:
        while span_ms >> self._shift >= LONGEST_BUCKETS:
            self._shift += 1
        needed = 1 << ((span_ms >> self._shift) + 2).bit_length()
        if len(self._bucket) < needed:
            self._bucket = np.full(needed, -1, dtype=np.int32)

    def _make_pool(self, size: int) -> None:
        self._pool = (np.empty(size, np.int32), np.empty(size, np.uint32), np.empty(size, np.int32))


def _starts(seeds: Sequence[Seed]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the nodes at which seeds begin, and their costs, one after the other."""
    node = np.array([n for seed in seeds for n in seed.nodes], dtype=np.int32)
    return node, np.array([ms for seed in seeds for ms in seed.cost_ms], dtype=np.int64)


def _marked_heads(arcs: Arcs) -> NDArray[np.uint32]:
    """Return the heads of all arcs, those marked from which no arc leads on but back to the tail."""
    count = np.diff(arcs.offset)
    tail = np.repeat(np.arange(arcs.nodes, dtype=np.int32), count)
    only = np.full(arcs.nodes, -1, dtype=np.int32)
    only[count == 1] = arcs.head[arcs.offset[:-1][count == 1]]
    leads_back = (count[arcs.head] == 0) | ((count[arcs.head] == 1) & (only[arcs.head] == tail))
    return np.where(leads_back, arcs.head.astype(np.uint32) | LEADS_BACK, arcs.head.astype(np.uint32))
