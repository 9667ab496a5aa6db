"""From one place to all stations, compiled: the ends of its street, the rows there, and what lies along it."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from stations.geo.search_kernels import UNREACHED

NOT_ALLOWED = 0xFFFFFFFF
"""Cost of a street in a direction that the mode may not take, as `roads.NO_WAY`."""


@njit(cache=True)
def merge_rows(
    node: NDArray[np.int64],
    partial_ms: NDArray[np.int64],
    row_offset: NDArray[np.int64],
    row_station: NDArray[np.int32],
    row_ms: NDArray[np.uint32],
    limit_ms: int,
    best: NDArray[np.uint32],
) -> None:
    """Lower `best` (one value a station) to the least of partial plus row over `node`, where within the limit."""
    for i in range(node.shape[0]):
        for place in range(row_offset[node[i]], row_offset[node[i] + 1]):
            total = partial_ms[i] + row_ms[place]
            if total > limit_ms:
                break
            if total < best[row_station[place]]:
                best[row_station[place]] = total


@njit(cache=True)
def reach_stations(
    street: int,
    fraction: float,
    walk_ms: int,
    first_node: int,
    last_node: int,
    along_ms: int,
    against_ms: int,
    leaving: bool,
    row_offset: NDArray[np.int64],
    row_station: NDArray[np.int32],
    row_ms: NDArray[np.uint32],
    seat_street: NDArray[np.int32],
    seat_fraction: NDArray[np.float64],
    seat_walk_ms: NDArray[np.uint32],
    limit_ms: int,
) -> NDArray[np.uint32]:
    """Return the milliseconds between a place on a street and every station; uint32 (K,), `UNREACHED` beyond the limit.

    Through the ends of its street, as `ways_out` (`leaving`) and `ways_in` name them, and along the street itself to
    the stations that sit on it, as `direct_ms` says.
    """
    best = np.full(seat_street.shape[0], UNREACHED, dtype=np.uint32)
    node, partial_ms = np.empty(4, dtype=np.int64), np.empty(4, dtype=np.int64)
    ends = 0
    # The part of a street before a place is rounded, the rest follows by subtraction.
    if along_ms != NOT_ALLOWED:
        done_ms = int(np.rint(fraction * along_ms))
        ends = _add_ends(node, partial_ms, ends, first_node, last_node, done_ms, along_ms - done_ms, leaving)
    if against_ms != NOT_ALLOWED:
        left_ms = int(np.rint(fraction * against_ms))
        ends = _add_ends(node, partial_ms, ends, last_node, first_node, against_ms - left_ms, left_ms, leaving)
    partial_ms += walk_ms
    merge_rows(node[:ends], partial_ms[:ends], row_offset, row_station, row_ms, limit_ms, best)
    for k in range(seat_street.shape[0]):
        if seat_street[k] == street:
            start, end = (fraction, seat_fraction[k]) if leaving else (seat_fraction[k], fraction)
            cost_ms = along_ms if start <= end else against_ms
            if cost_ms == NOT_ALLOWED and start != end:
                continue
            direct_ms = 0 if start == end else abs(int(np.rint(end * cost_ms)) - int(np.rint(start * cost_ms)))
            total = direct_ms + seat_walk_ms[k] + walk_ms
            if total <= limit_ms and total < best[k]:
                best[k] = total
    return best


@njit(cache=True, nogil=True)
def reach_stations_from_each(
    place: NDArray[np.int64],
    origin_street: NDArray[np.int32],
    origin_fraction: NDArray[np.float64],
    origin_walk_ms: NDArray[np.uint32],
    street_from: NDArray[np.int32],
    street_to: NDArray[np.int32],
    forward_ms: NDArray[np.uint32],
    backward_ms: NDArray[np.uint32],
    row_offset: NDArray[np.int64],
    row_station: NDArray[np.int32],
    row_ms: NDArray[np.uint32],
    seat_street: NDArray[np.int32],
    seat_fraction: NDArray[np.float64],
    seat_walk_ms: NDArray[np.uint32],
    limit_ms: int,
    ms: NDArray[np.uint32],
) -> None:
    """Write to the rows of `ms` (D, K) that `place` names what `reach_stations` returns of each, leaving."""
    for index in place:
        street = origin_street[index]
        ms[index] = reach_stations(
            street, origin_fraction[index], origin_walk_ms[index], street_from[street], street_to[street],
            forward_ms[street], backward_ms[street], True, row_offset, row_station, row_ms,
            seat_street, seat_fraction, seat_walk_ms, limit_ms,
        )  # fmt: skip


@njit(cache=True)
def _add_ends(
    node: NDArray[np.int64],
    partial_ms: NDArray[np.int64],
    ends: int,
    tail: int,
    head: int,
    done_ms: int,
    left_ms: int,
    leaving: bool,
) -> int:
    """Write the ends by which a place on the way from `tail` to `head` is left or reached; return how many there are.

    A place less than half a millisecond from an end is at that end, also where the way leads away from it.
    """
    ahead, behind, ahead_ms, behind_ms = (head, tail, left_ms, done_ms) if leaving else (tail, head, done_ms, left_ms)
    node[ends], partial_ms[ends] = ahead, ahead_ms
    if behind_ms:
        return ends + 1
    node[ends + 1], partial_ms[ends + 1] = behind, 0
    return ends + 2


def warm_up_places() -> None:
    """Compile for the kinds of arrays that tables are made of, or load what was compiled before.

    What comes from a memory-mapped file cannot be written to, which to numba is a kind of its own.
    """
    rows, stations, ms = np.array([0, 1], dtype=np.int64), np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.uint32)
    fraction = np.zeros(1)
    for fixed in (False, True):
        for array in (rows, stations, ms, fraction):
            array.flags.writeable = not fixed
        reach_stations(0, 0.5, 0, 0, 0, 9, 9, True, rows, stations, ms, stations, fraction, ms, 9)
    few, one = np.zeros(1, dtype=np.int64), np.zeros((1, 1), dtype=np.uint32)
    reach_stations_from_each(
        few, stations.copy(), fraction.copy(), ms.copy(), stations, stations, ms, ms,
        rows, stations, ms, stations, fraction, ms, 9, one,
    )  # fmt: skip
