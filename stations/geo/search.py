"""The search: how long from a seed to every node within a limit.

This is the one place that knows the engine. It answers seeds (up to two nodes of a street, with what it costs to get
to each) on arcs of whichever direction it is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from stations.geo.arcs import Arcs

BATCH = 16


@dataclass(frozen=True, slots=True)
class Seed:
    """Where a search starts: nodes, and what it has cost to stand there, in milliseconds."""

    nodes: tuple[int, ...]
    cost_ms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """The nodes within the limit of one seed: int32 (R,) in rising order, and uint32 (R,) milliseconds."""

    node: NDArray[np.int32]
    ms: NDArray[np.uint32]


def search(arcs: Arcs, seeds: Sequence[Seed], *, limit_ms: int) -> Iterator[Reached]:
    """Yield, seed by seed, the nodes within `limit_ms` (inclusive) and their least cost.

    Exact in whole milliseconds: Dijkstra's method (E. W. Dijkstra 1959) by scipy on float64, which holds every whole
    number up to 2**53.
    """
    for start in range(0, len(seeds), BATCH):
        batch = seeds[start : start + BATCH]
        graph = _with_seeds(arcs, batch)
        indices = np.arange(arcs.nodes, arcs.nodes + len(batch))
        # A seed's node lies outside the network: its arcs bear the cost of getting on to it, plus one, since a
        # cost of nothing is no arc to a sparse matrix.
        for times in dijkstra(graph, indices=indices, limit=limit_ms + 1):
            node = np.flatnonzero(np.isfinite(times[: arcs.nodes])).astype(np.int32)
            yield Reached(node, (times[node] - 1).astype(np.uint32))


def _with_seeds(arcs: Arcs, seeds: Sequence[Seed]) -> csr_array:
    ends = np.cumsum([len(seed.nodes) for seed in seeds]) + len(arcs.head)
    offset = np.concatenate([arcs.offset, ends])
    head = np.concatenate([arcs.head, np.array([n for seed in seeds for n in seed.nodes], dtype=np.int32)])
    own = np.array([ms + 1 for seed in seeds for ms in seed.cost_ms], dtype=np.float64)
    cost = np.concatenate([arcs.cost_ms.astype(np.float64), own])
    size = arcs.nodes + len(seeds)
    return csr_array((cost, head, offset), shape=(size, size))
