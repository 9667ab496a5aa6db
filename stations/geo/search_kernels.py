"""Compiled loops of the search over whole milliseconds.

What the loops compare and pass on are words of 64 bits: a cost in milliseconds in the upper 33, and in the lower 31
(the tag) what it goes with. A whole network is one array of them, so that all there is to know of a node lies side by
side. The record of a node is

* the least cost at which it was reached so far, tagged with how; `NOT_REACHED` when it was not;
* how many arcs lead from it, tagged with the number of the node;
* for every arc what it costs, tagged with the place of the record that it leads to.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from stations.geo.prefetch import prefetch

UNREACHED = np.uint32(0xFFFFFFFF)
NOT_REACHED = np.uint64(0xFFFFFFFFFFFFFFFF)
TAG_BITS = np.uint64(31)
TAG = np.uint64((1 << 31) - 1)
QUEUE_FULL = -1
WORTH_SWEEPING = 1000
"""Nodes for each seed up to which searches go over the most part of a network, so that a sweep of it pays."""

_ONE, _HEADER = np.uint64(1), np.uint64(2)
_RECORD_END = np.uint64(5)
"""Where the record of a crossing of four streets ends; when its turn comes, it is at hand to there."""
_WORD_BITS, _IN_WORD = np.uint64(6), np.uint64(63)
_DE_BRUIJN, _DE_BRUIJN_SHIFT = np.uint64(0x03F79D71B4CB0A89), np.uint64(58)
_BIT_OF = np.argsort([(0x03F79D71B4CB0A89 << bit) % (1 << 64) >> 58 for bit in range(64)]).astype(np.uint64)


@njit(cache=True, nogil=True)
def reach_each(
    seed_offset: NDArray[np.int64],
    seed_node: NDArray[np.int32],
    seed_key: NDArray[np.uint64],
    limit_ms: int,
    width_bits: int,
    place: NDArray[np.uint32],
    street: NDArray[np.int32],
    record: NDArray[np.uint64],
    marks: NDArray[np.uint64],
    queue: NDArray[np.uint64],
    fill: NDArray[np.uint64],
) -> list[tuple[NDArray[np.int32], NDArray[np.uint32], NDArray[np.int32]]]:
    """Return the nodes within a limit of each seed, after how long and by which street each was reached.

    Seed k begins at the nodes ``seed_offset[k]:seed_offset[k + 1]`` of `seed_node`, and so do the keys; see
    `search_bounded` for the rest, and `take_reached` for `street`. When a bucket was full the answer ends before the
    seed that filled it; otherwise the scratch is left as it came.
    """
    found = []
    seeds = seed_offset.shape[0] - 1
    if seeds * WORTH_SWEEPING > place.shape[0]:
        sweep(place, record)
    for k in range(seeds):
        part = slice(seed_offset[k], seed_offset[k + 1])
        count, first, last = search_bounded(
            seed_node[part], seed_key[part], limit_ms, width_bits, False, place, record, marks, queue, fill
        )
        if count == QUEUE_FULL:
            break
        found.append(take_reached(count, first, last, place, street, record, marks))
    return found


@njit(cache=True, nogil=True)
def take_reached(
    count: int,
    first: np.uint64,
    last: np.uint64,
    place: NDArray[np.uint32],
    street: NDArray[np.int32],
    record: NDArray[np.uint64],
    marks: NDArray[np.uint64],
) -> tuple[NDArray[np.int32], NDArray[np.uint32], NDArray[np.int32]]:
    """Return the nodes that a search reached, rising, their times and the streets to them; set the scratch back.

    `street` holds what stands for a seed, and then the street of every arc.
    The marks are read word by word, each lowest bit found by its product with a de Bruijn sequence (C. E. Leiserson,
    H. Prokop and K. H. Randall 1998).
    """
    node, ms, by = np.empty(count, np.int32), np.empty(count, np.uint32), np.empty(count, np.int32)
    done = 0
    for block in range(first >> _WORD_BITS, (last >> _WORD_BITS) + _ONE if count else 0):
        word = marks[block]
        marks[block] = 0
        while word:
            bit = _BIT_OF[((word & (~word + _ONE)) * _DE_BRUIJN) >> _DE_BRUIJN_SHIFT]
            word &= word - _ONE
            number = (block << _WORD_BITS) | bit
            at = np.uint64(place[number])
            node[done], ms[done], by[done] = number, record[at] >> TAG_BITS, street[record[at] & TAG]
            record[at] = NOT_REACHED
            done += 1
    return node, ms, by


@njit(cache=True, nogil=True)
def find_nearest(
    seed_node: NDArray[np.int32],
    seed_key: NDArray[np.uint64],
    limit_ms: int,
    width_bits: int,
    place: NDArray[np.uint32],
    record: NDArray[np.uint64],
    marks: NDArray[np.uint64],
    queue: NDArray[np.uint64],
    fill: NDArray[np.uint64],
    ms: NDArray[np.uint32],
    owner: NDArray[np.int32],
) -> int:
    """Write for every node how long to the nearest seed, and the tag of that seed; the first of equally near ones.

    Nodes beyond the limit get `UNREACHED` and -1. See `search_bounded` for the parameters and what is returned; the
    scratch is left as it came.
    """
    sweep(place, record)
    count, _, _ = search_bounded(seed_node, seed_key, limit_ms, width_bits, True, place, record, marks, queue, fill)
    if count >= 0:
        marks[:] = 0
        for node in range(place.shape[0]):
            at = np.uint64(place[node])
            ms[node] = record[at] >> TAG_BITS
            owner[node] = -1 if record[at] == NOT_REACHED else np.int64(record[at] & TAG)
            record[at] = NOT_REACHED
    return count


@njit(cache=True, nogil=True)
def sweep(place: NDArray[np.uint32], record: NDArray[np.uint64]) -> None:
    """Set every node back; gone through once in order, a network is at hand sooner than in the order of a search."""
    for at in place:
        record[at] = NOT_REACHED


@njit(cache=True, nogil=True)
def search_bounded(
    seed_node: NDArray[np.int32],
    seed_key: NDArray[np.uint64],
    limit_ms: int,
    width_bits: int,
    inherit: bool,
    place: NDArray[np.uint32],
    record: NDArray[np.uint64],
    marks: NDArray[np.uint64],
    queue: NDArray[np.uint64],
    fill: NDArray[np.uint64],
) -> tuple[int, np.uint64, np.uint64]:
    """Find the least cost from the seeds to every node within a limit, inclusive.

    A bounded bucket queue (R. B. Dial 1969) whose buckets are 2**`width_bits` milliseconds wide: entries of one bucket
    come in no order, so a node may be looked at again when a cheaper way to it turns up within the bucket, and an
    entry whose cost is no longer the node's is passed over. Arcs are followed without a branch: whether one leads to
    anything new cannot be foretold, so what it leads to is always written, and kept where it is better.

    Parameters
    ----------
    seed_node, seed_key
        Where to begin: nodes, and what it has cost to stand there, tagged.
    inherit
        Whether a node is tagged as the one it was reached from, or with the number of the arc by which it was, from 1.
    place
        Where the record of each node begins.
    record
        The network; the answer is left here.
    marks
        Scratch of one bit a node, all 0: those of the reached nodes are set.
    queue, fill
        Scratch of a row of entries for each bucket, and how many are in each, all 0; left so. As many buckets as a
        power of two, together wider than the dearest arc and the dearest seed.

    Returns
    -------
    count
        How many nodes were reached, or `QUEUE_FULL` when a bucket was; all scratch is then to be made anew.
    first, last
        Nodes between which all that were reached are.
    """
    around, room = np.uint64(fill.shape[0] - 1), np.uint64(queue.shape[1])
    to_bucket = np.uint64(width_bits) + TAG_BITS
    beyond = (np.uint64(limit_ms) + _ONE) << TAG_BITS
    count, first, last = 0, TAG, np.uint64(0)
    waiting, number = np.uint64(0), NOT_REACHED >> to_bucket
    for i in range(seed_node.shape[0]):
        at = np.uint64(place[seed_node[i]])
        if seed_key[i] < min(record[at], beyond):
            record[at] = seed_key[i]
            number = min(number, seed_key[i] >> to_bucket)
            bucket = (seed_key[i] >> to_bucket) & around
            queue[bucket, fill[bucket]] = (seed_key[i] & ~TAG) | at
            fill[bucket] += _ONE
            waiting += _ONE
            if fill[bucket] == room:
                return QUEUE_FULL, first, last
    while waiting:
        bucket = number & around
        taken = np.uint64(0)
        while taken < fill[bucket]:
            entry = queue[bucket, taken]
            taken += _ONE
            at = entry & TAG
            known = record[at]
            if known >> TAG_BITS != entry >> TAG_BITS:
                continue
            header = record[at + _ONE]
            node = header & TAG
            first, last = min(first, node), max(last, node)
            word, bit = marks[node >> _WORD_BITS], node & _IN_WORD
            count += int(~word >> bit & _ONE)
            marks[node >> _WORD_BITS] = word | _ONE << bit
            ahead = at - _HEADER * node  # how many arcs there are in all records before
            for arc in range(ahead + _ONE, ahead + _ONE + (header >> TAG_BITS)):
                onward = (entry - at) + record[arc + _HEADER * node + _ONE]
                head = onward & TAG
                key = (onward - head) | ((known & TAG) if inherit else arc)
                before = record[head]
                better = (key < before) & (key < beyond)
                record[head] = key if better else before
                target = (onward >> to_bucket) & around
                end = fill[target]
                queue[target, end] = onward
                end += np.uint64(better)
                fill[target] = end
                prefetch(record, head + _RECORD_END)
                waiting += np.uint64(better)
                if end == room:
                    return QUEUE_FULL, first, last
        waiting -= taken
        fill[bucket] = 0
        number += _ONE
    return count, first, last


def warm_up_search() -> None:
    """Compile the loops of the search, or load what was compiled before."""
    node, key, place = np.zeros(1, np.int32), np.zeros(1, np.uint64), np.zeros(1, np.uint32)
    record, marks = np.array([NOT_REACHED, 0], np.uint64), np.zeros(1, np.uint64)
    queue, fill = np.zeros((1, 2), np.uint64), np.zeros(1, np.uint64)
    reach_each(np.array([0, 1]), node, key, 0, 0, place, node, record, marks, queue, fill)
    find_nearest(node, key, 0, 0, place, record, marks, queue, fill, np.zeros(1, np.uint32), node.copy())
