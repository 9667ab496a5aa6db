"""Directed arcs of one travel mode, and which of them hang together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from stations.geo.roads import NO_WAY, RoadNetwork
from stations.model.keys import TravelMode


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs of one mode in compressed sparse row form, A arcs over N nodes.

    Of parallel arcs the cheapest is kept, so a pair of nodes has one arc in each direction at most (scipy's search for
    strongly connected parts does not end on a graph with doubles).

    Attributes
    ----------
    offset
        int64 (N + 1,); node n has the arcs ``offset[n]:offset[n + 1]``.
    head
        int32 (A,), the node an arc leads to.
    cost_ms
        uint32 (A,), whole milliseconds.
    street
        int32 (A,), the street that an arc goes along.
    """

    offset: NDArray[np.int64]
    head: NDArray[np.int32]
    cost_ms: NDArray[np.uint32]
    street: NDArray[np.int32]

    @property
    def nodes(self) -> int:
        """How many nodes there are, N."""
        return len(self.offset) - 1


def forward_arcs(network: RoadNetwork, mode: TravelMode) -> Arcs:
    """Return the arcs that `mode` may travel, in the direction of travel."""
    tail, head, cost_ms, street = _usable_arcs(network, mode)
    return _compress(tail, head, cost_ms, street, nodes=len(network.node_x))


def reversed_arcs(network: RoadNetwork, mode: TravelMode) -> Arcs:
    """Return the arcs that `mode` may travel, turned round: searching them from a station finds who can reach it."""
    tail, head, cost_ms, street = _usable_arcs(network, mode)
    return _compress(head, tail, cost_ms, street, nodes=len(network.node_x))


@dataclass(frozen=True, slots=True)
class Components:
    """Parts of a mode's network: C strongly connected parts, and the ways between them.

    Attributes
    ----------
    of_node
        int32 (N,), the part of every node; a node without any arc of the mode is a part of its own.
    main
        The part with most nodes.
    inward
        The condensed network turned round: part to the parts that lead straight into it.
    """

    of_node: NDArray[np.int32]
    main: int
    inward: csr_array

    def leading_to(self, part: int) -> NDArray[np.bool_]:
        """Return for every part whether `part` can be reached from it, itself among them; shape (C,)."""
        reached = np.zeros(self.inward.shape[0], dtype=bool)
        order = breadth_first_order(self.inward, part, directed=True, return_predecessors=False)
        reached[order] = True
        return reached


def find_components(network: RoadNetwork, mode: TravelMode) -> Components:
    """Return the strongly connected parts of the network of `mode`."""
    arcs = forward_arcs(network, mode)
    graph = as_matrix(arcs)
    count, of_node = connected_components(graph, directed=True, connection="strong")
    of_node = of_node.astype(np.int32)
    tail = np.repeat(np.arange(arcs.nodes, dtype=np.int32), np.diff(arcs.offset))
    between = of_node[tail] != of_node[arcs.head]
    source, target = of_node[tail][between], of_node[arcs.head][between]
    inward = csr_array((np.ones(len(source), dtype=np.int8), (target, source)), shape=(count, count))
    return Components(of_node, int(np.bincount(of_node, minlength=1).argmax()), inward)


def usable_streets(network: RoadNetwork, mode: TravelMode) -> NDArray[np.bool_]:
    """Return which streets `mode` may use in either direction; shape (S,)."""
    usable: NDArray[np.bool_] = (network.forward_ms[mode] != NO_WAY) | (network.backward_ms[mode] != NO_WAY)
    return usable


def as_matrix(arcs: Arcs) -> csr_array:
    """Return the arcs as a scipy matrix of float64 milliseconds, exact since they are whole; shape (N, N)."""
    shape = (arcs.nodes, arcs.nodes)
    return csr_array((arcs.cost_ms.astype(np.float64), arcs.head, arcs.offset), shape=shape)


def _usable_arcs(
    network: RoadNetwork, mode: TravelMode
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint32], NDArray[np.int32]]:
    along = np.flatnonzero(network.forward_ms[mode] != NO_WAY).astype(np.int32)
    against = np.flatnonzero(network.backward_ms[mode] != NO_WAY).astype(np.int32)
    tail = np.concatenate([network.street_from[along], network.street_to[against]])
    head = np.concatenate([network.street_to[along], network.street_from[against]])
    cost_ms = np.concatenate([network.forward_ms[mode][along], network.backward_ms[mode][against]])
    return tail, head, cost_ms, np.concatenate([along, against])


def _compress(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    cost_ms: NDArray[np.uint32],
    street: NDArray[np.int32],
    *,
    nodes: int,
) -> Arcs:
    order = np.lexsort((street, cost_ms, head, tail))
    tail, head, cost_ms, street = tail[order], head[order], cost_ms[order], street[order]
    best = tail != head  # a loop leads nowhere new
    best[1:] &= (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    offset = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(tail[best], minlength=nodes), out=offset[1:])
    return Arcs(offset, head[best].astype(np.int32), cost_ms[best], street[best])
