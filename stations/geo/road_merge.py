"""Segments joined to streets where nothing changes at the node between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from stations.geo.road_segments import Segments

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chains:
    """Streets as runs of segments, C of them.

    Attributes
    ----------
    offset
        int64 (C + 1,); chain c runs along ``segment[offset[c]:offset[c + 1]]``.
    segment
        int64 (S,), every segment once.
    reversed
        bool (S,), whether the chain runs along that segment from head to tail.
    """

    offset: Ints
    segment: Ints
    reversed: NDArray[np.bool_]


def merge_segments(cut: Segments) -> Chains:
    """Join segments at nodes of degree two where class, name and rules go on unchanged, whichever way they point.

    A ring without a junction keeps one node, that of the smallest number. Done on arrays: every directed segment
    points to the one that follows it, and pointer doubling finds the end of each run and the steps to it.

    Source: pointer jumping (list ranking) after J. C. Wyllie, The Complexity of Parallel Computations, 1979.
    """
    count = len(cut.tail)
    following = _following(cut)
    arcs = np.arange(2 * count)
    last, steps = _run_ends(following)
    has_previous = np.zeros(2 * count, dtype=np.bool_)
    has_previous[following[following != arcs]] = True
    starts = arcs[~has_previous]
    starts = starts[starts < _turned(last[starts], count)]  # of a run's two directions, one
    chain_of_last = np.full(2 * count, -1)
    chain_of_last[last[starts]] = np.arange(len(starts))
    chain = chain_of_last[last]
    member = np.flatnonzero(chain >= 0)
    order = member[np.lexsort((-steps[member], chain[member]))]
    sizes = np.bincount(chain[order], minlength=len(starts))
    return Chains(
        offset=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), segment=order % count, reversed=order >= count
    )


def _turned(arc: Ints, count: int) -> Ints:
    """Return the same segment in the other direction; arc s runs along segment s, arc s + count against it."""
    return np.where(arc < count, arc + count, arc - count)


def _following(cut: Segments) -> Ints:
    """Return for every directed segment the one that carries it on, itself where its street ends."""
    count = len(cut.tail)
    along, against = cut.rules.directed_ids()
    rule = np.concatenate([along[cut.way], against[cut.way]])
    begin = np.concatenate([cut.tail, cut.head])
    order = np.argsort(begin, kind="stable")
    degree = np.bincount(begin, minlength=len(cut.node_x))
    twos = np.flatnonzero(degree == 2)
    first = (np.cumsum(degree) - degree)[twos]
    one, other = order[first], order[first + 1]
    same = rule[_turned(one, count)] == rule[other]
    kept = _without_ring_nodes(cut, twos[same])
    chosen = same & np.isin(twos, kept)
    one, other = one[chosen], other[chosen]
    following = np.arange(2 * count)
    following[_turned(one, count)] = other
    following[_turned(other, count)] = one
    return following


def _without_ring_nodes(cut: Segments, inner: Ints) -> Ints:
    """Take one node of every ring out of `inner`, the nodes at which streets go on."""
    is_inner = np.zeros(len(cut.node_x), dtype=np.bool_)
    is_inner[inner] = True
    inside = is_inner[cut.tail] & is_inner[cut.head]
    size = len(cut.node_x)
    links = coo_array((np.ones(int(inside.sum()), np.int8), (cut.tail[inside], cut.head[inside])), shape=(size, size))
    parts, label = connected_components(links, directed=False)
    edges = np.bincount(label[cut.tail[inside]], minlength=parts)
    first, nodes = np.unique(label, return_index=True, return_counts=True)[1:]
    is_inner[first[edges == nodes]] = False
    return np.flatnonzero(is_inner)


def _run_ends(following: Ints) -> tuple[Ints, Ints]:
    """Return the last directed segment of each one's run, and how many steps it is away."""
    last = following
    steps = (following != np.arange(len(following))).astype(np.int64)
    while True:
        further = last[last]
        if np.array_equal(further, last):
            return last, steps
        steps = steps + steps[last]
        last = further
