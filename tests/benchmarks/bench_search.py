"""Catchments as sets of nodes, the nearest station of every node, and growth."""

from __future__ import annotations

import time
from collections.abc import Iterator

import networkx as nx
import numpy as np
from numba import njit
from scipy.sparse.csgraph import dijkstra

from stations.geo.arcs import Arcs, as_matrix, reversed_arcs
from stations.geo.kernels import UNREACHED
from stations.geo.search import Searcher, Seed
from tests.benchmarks.networks import EBIKE, LIMIT_MS, STATIONS, main_nodes, network_of, real_names
from tests.benchmarks.ratios import Figure, faster, in_turn, seconds, spread

BATCHES = (1, 2, 4, 8, 16, 32, 160)
FEW = 4
NO_LIMIT_MS = 0xFFFFFFFE


def catchments() -> Iterator[Figure]:
    """Time the node sets of 160 catchments against scipy, a plain breadth-first walk, and networkx."""
    for name in [*real_names(), "grid 1000k"]:
        yield from _catchments_of(name)


def _catchments_of(name: str) -> Iterator[Figure]:
    row = "160 catchments, 3.75 km"
    network = network_of(name)
    arcs, nodes = reversed_arcs(network, EBIKE), main_nodes(network, STATIONS)
    searcher, matrix = Searcher(arcs), as_matrix(arcs)
    sets = _ours(searcher, nodes)
    batch = min(BATCHES, key=lambda size: _scipy_seconds_each(matrix, nodes, size))
    assert all(np.array_equal(a, b) for a, b in zip(sets, _scipy(matrix, nodes, batch), strict=True))
    rounds = 3 if name.startswith("grid") else 15
    outcome = faster(lambda: _ours(searcher, nodes), lambda: _scipy(matrix, nodes, batch), rounds=rounds)
    yield Figure(f"{row}: scipy dijkstra, batches of {batch}", name, outcome, ">= 4")
    walk = in_turn(lambda: seconds(lambda: _ours(searcher, nodes)), lambda: _walk_seconds(arcs, nodes, sets))
    most = "<= 3" if name.startswith("grid") else "<= 2"
    yield Figure(f"{row}: plain breadth-first walk", name, f"{spread(1 / walk)} times slower", most)
    if not name.startswith("grid"):
        graph = _as_networkx(arcs)
        assert set(nx.ego_graph(graph, int(nodes[0]), LIMIT_MS, distance="ms")) == set(sets[0].tolist())
        outcome = faster(
            lambda: _ours(searcher, nodes),
            lambda: [nx.ego_graph(graph, int(n), LIMIT_MS, distance="ms") for n in nodes[:FEW]],
            rounds=3,
            scale=STATIONS / FEW,
        )
        yield Figure(f"{row}: networkx ego_graph ({FEW}, scaled)", name, outcome, "reported")
    yield Figure("nodes of a catchment, mean", name, f"{np.mean([len(s) for s in sets]):.0f} of {arcs.nodes}")


def nearest_of_many() -> Iterator[Figure]:
    """Time the nearest of 160 stations for every node against scipy."""
    for name in [*real_names(), "grid 1000k"]:
        yield from _nearest_of_many_of(name)


def _nearest_of_many_of(name: str) -> Iterator[Figure]:
    network = network_of(name)
    arcs, nodes = reversed_arcs(network, EBIKE), main_nodes(network, STATIONS)
    searcher, matrix, seeds = Searcher(arcs), as_matrix(arcs), [Seed((int(n),), (0,)) for n in nodes]
    ms, _ = searcher.nearest(seeds, limit_ms=NO_LIMIT_MS)
    theirs = dijkstra(matrix, indices=nodes, min_only=True)
    assert np.array_equal(np.where(ms == UNREACHED, np.inf, ms), theirs)
    rounds = 5 if name.startswith("grid") else 25
    outcome = faster(
        lambda: searcher.nearest(seeds, limit_ms=NO_LIMIT_MS),
        lambda: dijkstra(matrix, indices=nodes, min_only=True, return_predecessors=True),
        rounds=rounds,
    )
    yield Figure("nearest of 160, time and which: scipy min_only", name, outcome, ">= 3.5")
    outcome = faster(
        lambda: searcher.nearest(seeds, limit_ms=NO_LIMIT_MS),
        lambda: dijkstra(matrix, indices=nodes, min_only=True),
        rounds=rounds,
    )
    yield Figure("nearest of 160, time and which: scipy min_only, times alone", name, outcome, ">= 3.5")


def growth() -> Iterator[Figure]:
    """Time catchments of the same reach in ever larger grids."""
    works = {}
    for thousands in (68, 300, 1000):
        network = network_of(f"grid {thousands}k")
        searcher = Searcher(reversed_arcs(network, EBIKE))
        nodes = main_nodes(network, STATIONS, margin_m=5000.0)
        works[thousands] = lambda s=searcher, n=nodes: seconds(lambda: _one_by_one(s, n))
    for thousands in (300, 1000):
        outcome = f"{spread(in_turn(works[68], works[thousands]))} times the time"
        yield Figure(f"growth of a catchment, 68k to {thousands}k nodes", "grid", outcome, "<= 2")


def _ours(searcher: Searcher, nodes: np.ndarray) -> list[np.ndarray]:
    seeds = [Seed((node,), (0,)) for node in nodes.tolist()]
    return [reached.node for reached in searcher.reach_each(seeds, limit_ms=LIMIT_MS)]


def _one_by_one(searcher: Searcher, nodes: np.ndarray) -> list[np.ndarray]:
    """Search as `_ours` does, but in the random order of the nodes, so that none profits from a neighbour before it."""
    return [searcher.reach(Seed((node,), (0,)), limit_ms=LIMIT_MS).node for node in nodes.tolist()]


def _scipy(matrix: object, nodes: np.ndarray, batch: int) -> list[np.ndarray]:
    found = []
    for first in range(0, len(nodes), batch):
        rows = dijkstra(matrix, indices=nodes[first : first + batch], limit=LIMIT_MS)
        found += [np.flatnonzero(row != np.inf) for row in rows]
    return found


def _scipy_seconds_each(matrix: object, nodes: np.ndarray, batch: int) -> float:
    some = nodes[: max(batch, 16)]
    return seconds(lambda: _scipy(matrix, some, batch)) / len(some)


def _walk_seconds(arcs: Arcs, nodes: np.ndarray, sets: list[np.ndarray]) -> float:
    """Return how long it takes to walk breadth-first over exactly the nodes of known sets, and to sort each."""
    offset, inside, queue = (
        arcs.offset.astype(np.int32),
        np.zeros(arcs.nodes, dtype=bool),
        np.empty(arcs.nodes, np.int32),
    )
    total = 0.0
    for node, known in zip(nodes, sets, strict=True):
        inside[known] = True
        began = time.thread_time()
        found = np.sort(queue[: _walk(offset, arcs.head, int(node), inside, queue)])
        total += time.thread_time() - began
        assert len(found) == len(known)
    return total


@njit(cache=True)
def _walk(offset, head, start, inside, queue):  # type: ignore[no-untyped-def]
    queue[0] = start
    inside[start] = False
    taken, count = 0, 1
    while taken < count:
        node = queue[taken]
        taken += 1
        for a in range(offset[node], offset[node + 1]):
            if inside[head[a]]:
                inside[head[a]] = False
                queue[count] = head[a]
                count += 1
    return count


def _as_networkx(arcs: Arcs) -> nx.DiGraph:
    graph = nx.DiGraph()
    tail = np.repeat(np.arange(arcs.nodes), np.diff(arcs.offset))
    graph.add_weighted_edges_from(zip(tail.tolist(), arcs.head.tolist(), arcs.cost_ms.tolist(), strict=True), "ms")
    return graph
