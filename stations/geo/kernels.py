"""Compiled loops over whole numbers: search, transposition, distance raster.

Each is compiled once by numba and cached on disk; `warm_up` does so ahead of the first request. The scratch buffers
they work in are the caller's, reused from one call to the next; nothing else is changed in place.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

UNREACHED = np.uint32(0xFFFFFFFF)
POOL_FULL = -1


@njit(cache=True, nogil=True)
def search_bounded(
    offset: NDArray[np.int32],
    arc: NDArray[np.uint32],
    seed_node: NDArray[np.int32],
    seed_ms: NDArray[np.uint32],
    limit_ms: np.uint32,
    shift: int,
    ms: NDArray[np.uint32],
    via: NDArray[np.int32],
    bucket: NDArray[np.int32],
    entry_node: NDArray[np.int32],
    entry_ms: NDArray[np.uint32],
    entry_next: NDArray[np.int32],
    reached: NDArray[np.int32],
) -> int:
    """Find the least cost from the seeds to every node within a limit, inclusive.

    A bounded bucket queue (R. B. Dial 1969) whose buckets are 2**`shift` milliseconds wide: entries of one bucket come
    in no order, so a node may be looked at again when a cheaper way to it turns up within the bucket, and an entry
    whose cost is no longer the node's is passed over.

    Parameters
    ----------
    offset, arc
        Arcs in compressed sparse row form; `arc` holds head and cost of every arc in turn.
    ms, via
        Scratch of one value a node, `ms` all `UNREACHED`: the answer is left here, `via` being the arc by which a node
        was reached, -1 at a seed. The caller sets `ms` of the reached nodes back.
    bucket
        Scratch, a power of two long and longer than the dearest arc is wide in buckets, all -1; left as it came.
    entry_node, entry_ms, entry_next
        Scratch of queue entries.
    reached
        The nodes within the limit are written here, in the order in which they were found.

    Returns
    -------
    int
        How many nodes were reached, or `POOL_FULL` when there was no room for another entry; all scratch is then to
        be made anew.
    """
    mask = bucket.shape[0] - 1
    free = -1
    used = 0
    live = 0
    count = 0
    current = np.int64(0x7FFFFFFFFFFF)
    for i in range(seed_node.shape[0]):
        node, cost = seed_node[i], seed_ms[i]
        if cost > limit_ms or cost >= ms[node]:
            continue
        if ms[node] == UNREACHED:
            reached[count] = node
            count += 1
        ms[node] = cost
        via[node] = -1
        number = np.int64(cost >> shift)
        entry_node[used] = node
        entry_ms[used] = cost
        entry_next[used] = bucket[number & mask]
        bucket[number & mask] = used
        used += 1
        live += 1
        current = min(current, number)
    while live > 0:
        place = current & mask
        entry = bucket[place]
        while entry >= 0:
            bucket[place] = entry_next[entry]
            node, cost = entry_node[entry], entry_ms[entry]
            entry_next[entry] = free
            free = entry
            live -= 1
            if ms[node] == cost:
                for a in range(offset[node], offset[node + 1]):
                    head = arc[2 * a]
                    onward = cost + arc[2 * a + 1]
                    if onward <= limit_ms and onward < ms[head]:
                        if ms[head] == UNREACHED:
                            reached[count] = head
                            count += 1
                        ms[head] = onward
                        via[head] = a
                        if free >= 0:
                            taken = free
                            free = entry_next[taken]
                        elif used < entry_node.shape[0]:
                            taken = used
                            used += 1
                        else:
                            return POOL_FULL
                        slot = np.int64(onward >> shift) & mask
                        entry_node[taken] = head
                        entry_ms[taken] = onward
                        entry_next[taken] = bucket[slot]
                        bucket[slot] = taken
                        live += 1
            entry = bucket[place]
        current += 1
    return count


@njit(cache=True, nogil=True)
def group_by_node(
    node: NDArray[np.int32], order: NDArray[np.int64], row_offset: NDArray[np.int64], position: NDArray[np.int64]
) -> None:
    """Write to `position` where each pair of `order` goes when pairs are grouped by node, the order kept in a group."""
    taken = row_offset.copy()
    for place in order:
        position[taken[node[place]]] = place
        taken[node[place]] += 1


@njit(cache=True, nogil=True)
def clip_pieces(
    street: NDArray[np.int32],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    shape_offset: NDArray[np.int64],
    shape_x: NDArray[np.float64],
    shape_y: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the straight segments of pieces of street, from fraction `start` to `end` of each; x0, y0, x1, y1."""
    room = 0
    for piece in range(street.shape[0]):
        room += shape_offset[street[piece] + 1] - shape_offset[street[piece]] - 1
    segments = np.empty((room, 4))
    count = 0
    for piece in range(street.shape[0]):
        first, last = shape_offset[street[piece]], shape_offset[street[piece] + 1] - 1
        length = 0.0
        for p in range(first, last):
            length += np.hypot(shape_x[p + 1] - shape_x[p], shape_y[p + 1] - shape_y[p])
        low, high = start[piece] * length, end[piece] * length
        run = 0.0
        for p in range(first, last):
            step_x, step_y = shape_x[p + 1] - shape_x[p], shape_y[p + 1] - shape_y[p]
            step = np.hypot(step_x, step_y)
            if run + step >= low and run <= high:
                a = 0.0 if step == 0.0 else max(0.0, (low - run) / step)
                b = 1.0 if step == 0.0 else min(1.0, (high - run) / step)
                segments[count, 0] = shape_x[p] + a * step_x
                segments[count, 1] = shape_y[p] + a * step_y
                segments[count, 2] = shape_x[p] + b * step_x
                segments[count, 3] = shape_y[p] + b * step_y
                count += 1
            run += step
    return segments[:count]


@njit(cache=True, nogil=True)
def spread_distance(
    segments: NDArray[np.float64],
    left: float,
    bottom: float,
    cell_m: float,
    within_m: float,
    square: NDArray[np.float64],
) -> None:
    """Lower `square` (rows from the bottom) to the squared metres from cell centres to the nearest segment.

    Only cells within `within_m` of a segment's box are looked at; the others keep what they hold.
    """
    rows, columns = square.shape
    for s in range(segments.shape[0]):
        x0, y0, x1, y1 = segments[s, 0], segments[s, 1], segments[s, 2], segments[s, 3]
        along_x, along_y = x1 - x0, y1 - y0
        norm = along_x * along_x + along_y * along_y
        first_column = max(0, int(np.ceil((min(x0, x1) - within_m - left) / cell_m)))
        last_column = min(columns - 1, int(np.floor((max(x0, x1) + within_m - left) / cell_m)))
        first_row = max(0, int(np.ceil((min(y0, y1) - within_m - bottom) / cell_m)))
        last_row = min(rows - 1, int(np.floor((max(y0, y1) + within_m - bottom) / cell_m)))
        for row in range(first_row, last_row + 1):
            off_y = bottom + row * cell_m - y0
            for column in range(first_column, last_column + 1):
                off_x = left + column * cell_m - x0
                share = 0.0 if norm == 0.0 else (off_x * along_x + off_y * along_y) / norm
                share = min(1.0, max(0.0, share))
                gap_x, gap_y = off_x - share * along_x, off_y - share * along_y
                square[row, column] = min(square[row, column], gap_x * gap_x + gap_y * gap_y)


@njit(cache=True, nogil=True)
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


def warm_up() -> None:
    """Compile every loop for the kinds of arrays that it is given, or load what was compiled before.

    What comes from a memory-mapped file cannot be written to, which to numba is a kind of its own.
    """
    offset, arc = np.array([0, 1, 1], dtype=np.int32), np.array([1, 5], dtype=np.uint32)
    node, cost = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.uint32)
    ms, scratch = np.full(2, UNREACHED, dtype=np.uint32), np.full(8, -1, dtype=np.int32)
    entries = (scratch.copy(), np.zeros(8, dtype=np.uint32), scratch.copy())
    search_bounded(offset, arc, node, cost, np.uint32(9), 2, ms, scratch[:2].copy(), scratch, *entries, scratch.copy())
    rows, stations, times = np.array([0, 1], dtype=np.int64), np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.uint32)
    group_by_node(stations, np.zeros(1, dtype=np.int64), rows, np.zeros(1, dtype=np.int64))
    pieces = np.zeros(1, dtype=np.int32), np.zeros(1), np.ones(1)
    shapes = np.array([0, 2], dtype=np.int64), np.array([0.0, 1.0]), np.array([0.0, 1.0])
    for fixed in (False, True):
        for array in (rows, stations, times, *shapes):
            array.flags.writeable = not fixed
        segments = clip_pieces(*pieces, *shapes)
        spread_distance(segments, 0.0, 0.0, 1.0, 1.0, np.ones((2, 2)))
        at = np.zeros(1, dtype=np.int64)
        merge_rows(at, at, rows, stations, times, 9, np.full(1, UNREACHED, dtype=np.uint32))
