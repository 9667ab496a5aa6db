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
LEADS_BACK = np.uint32(1 << 31)
HEAD_MASK = np.uint32((1 << 31) - 1)


@njit(cache=True, nogil=True)
def search_bounded(
    offset: NDArray[np.int32],
    arc: NDArray[np.uint32],
    seed_node: NDArray[np.int32],
    seed_ms: NDArray[np.int64],
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
        Arcs in compressed sparse row form; `arc` holds head and cost of every arc in turn. A head marked `LEADS_BACK`
        is a dead end that one can only turn round in, so nothing is looked for beyond it.
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
        if seed_ms[i] > limit_ms or seed_ms[i] >= ms[seed_node[i]]:
            continue
        node, cost = seed_node[i], np.uint32(seed_ms[i])
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
                    head = arc[2 * a] & HEAD_MASK
                    onward = cost + arc[2 * a + 1]
                    if onward <= limit_ms and onward < ms[head]:
                        if ms[head] == UNREACHED:
                            reached[count] = head
                            count += 1
                        ms[head] = onward
                        via[head] = a
                        if arc[2 * a] & LEADS_BACK:
                            continue
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
def take_reached(
    node: NDArray[np.int32],
    ms: NDArray[np.uint32],
    via: NDArray[np.int32],
    arc_street: NDArray[np.int32],
    node_ms: NDArray[np.uint32],
    node_street: NDArray[np.int32],
) -> None:
    """Write the times of nodes and the streets by which they were reached (-1 at a seed); set `ms` of them back."""
    for i in range(node.shape[0]):
        node_ms[i] = ms[node[i]]
        ms[node[i]] = UNREACHED
        node_street[i] = arc_street[via[node[i]]] if via[node[i]] >= 0 else -1


@njit(cache=True, nogil=True)
def inherit_owner(
    reached: NDArray[np.int32], via: NDArray[np.int32], tail: NDArray[np.int32], owner: NDArray[np.int32]
) -> None:
    """Give every reached node the owner of the seed that it was reached from, where the seeds have theirs.

    `via` becomes -1 for every node that is done, so that no way is walked twice.
    """
    for last in reached:
        node = last
        while via[node] >= 0:
            node = tail[via[node]]
        found, node = owner[node], last
        while via[node] >= 0:
            before = tail[via[node]]
            owner[node] = found
            via[node] = -1
            node = before


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
        per_norm = 0.0 if norm == 0.0 else 1.0 / norm
        first_column = max(0, int(np.ceil((min(x0, x1) - within_m - left) / cell_m)))
        last_column = min(columns - 1, int(np.floor((max(x0, x1) + within_m - left) / cell_m)))
        first_row = max(0, int(np.ceil((min(y0, y1) - within_m - bottom) / cell_m)))
        last_row = min(rows - 1, int(np.floor((max(y0, y1) + within_m - bottom) / cell_m)))
        for row in range(first_row, last_row + 1):
            off_y = bottom + row * cell_m - y0
            cells = square[row, first_column : last_column + 1]
            start_x = left + first_column * cell_m - x0
            for i in range(cells.shape[0]):  # without a branch, so that several cells are done at once
                off_x = start_x + i * cell_m
                share = (off_x * along_x + off_y * along_y) * per_norm
                share = 0.0 if share < 0.0 else share
                share = 1.0 if share > 1.0 else share
                gap_x, gap_y = off_x - share * along_x, off_y - share * along_y
                gap = gap_x * gap_x + gap_y * gap_y
                cells[i] = gap if gap < cells[i] else cells[i]


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


@njit(cache=True, nogil=True)
def count_in_cells(
    segments: NDArray[np.float64], left: float, bottom: float, cell_m: float, columns: int, offset: NDArray[np.int64]
) -> None:
    """Write to `offset` where each cell of a grid (by rows) begins in the list that `list_in_cells` writes."""
    for s in range(segments.shape[0]):
        first_column, last_column = _span(segments[s, 0], segments[s, 2], left, cell_m)
        first_row, last_row = _span(segments[s, 1], segments[s, 3], bottom, cell_m)
        for row in range(first_row, last_row + 1):
            for column in range(first_column, last_column + 1):
                offset[row * columns + column + 1] += 1
    for cell in range(offset.shape[0] - 1):
        offset[cell + 1] += offset[cell]


@njit(cache=True, nogil=True)
def list_in_cells(
    segments: NDArray[np.float64],
    left: float,
    bottom: float,
    cell_m: float,
    columns: int,
    offset: NDArray[np.int64],
    listed: NDArray[np.int32],
) -> None:
    """Write to `listed` the segments whose box touches each cell, in the order in which they are given."""
    taken = offset.copy()
    for s in range(segments.shape[0]):
        first_column, last_column = _span(segments[s, 0], segments[s, 2], left, cell_m)
        first_row, last_row = _span(segments[s, 1], segments[s, 3], bottom, cell_m)
        for row in range(first_row, last_row + 1):
            for column in range(first_column, last_column + 1):
                listed[taken[row * columns + column]] = s
                taken[row * columns + column] += 1


@njit(cache=True, nogil=True)
def nearest_segment(
    x: float,
    y: float,
    limit_m: float,
    segments: NDArray[np.float64],
    left: float,
    bottom: float,
    cell_m: float,
    columns: int,
    offset: NDArray[np.int64],
    listed: NDArray[np.int32],
) -> tuple[int, float, float]:
    """Return the segment nearest to a point, how far along it in metres, and the metres to it; -1 beyond the limit.

    Rings of cells are looked at from the point outwards until none further out can hold a nearer segment. Of equal
    distances the first segment is taken.
    """
    rows = (offset.shape[0] - 1) // columns
    own_column, own_row = int(np.floor((x - left) / cell_m)), int(np.floor((y - bottom) / cell_m))
    best, along, best_square = -1, 0.0, limit_m * limit_m * (1 + 1e-9)
    ring = 0
    while (ring - 1) * cell_m <= limit_m and ((ring - 1) * cell_m <= 0 or ((ring - 1) * cell_m) ** 2 <= best_square):
        for row in range(max(0, own_row - ring), min(rows - 1, own_row + ring) + 1):
            step = 1 if abs(row - own_row) == ring else max(1, 2 * ring)
            for column in range(own_column - ring, own_column + ring + 1, step):
                if column < 0 or column >= columns:
                    continue
                for place in range(offset[row * columns + column], offset[row * columns + column + 1]):
                    s = listed[place]
                    run_x, run_y = segments[s, 2] - segments[s, 0], segments[s, 3] - segments[s, 1]
                    norm = run_x * run_x + run_y * run_y
                    off_x, off_y = x - segments[s, 0], y - segments[s, 1]
                    share = 0.0 if norm == 0.0 else (off_x * run_x + off_y * run_y) / norm
                    if share >= 1.0:  # measured from the end itself, so that streets that meet there are equally far
                        share, off_x, off_y = 1.0, x - segments[s, 2], y - segments[s, 3]
                    elif share > 0.0:
                        off_x, off_y = off_x - share * run_x, off_y - share * run_y
                    else:
                        share = 0.0
                    square = off_x * off_x + off_y * off_y
                    if square < best_square or (square == best_square and s < best):
                        best, along, best_square = s, share * np.sqrt(norm), square
        ring += 1
    gap_m = np.sqrt(best_square)
    if best < 0 or gap_m > limit_m:
        return -1, 0.0, np.nan
    return best, along, gap_m


@njit(cache=True, nogil=True)
def _span(a: float, b: float, origin: float, cell_m: float) -> tuple[int, int]:
    """Return the first and the last cell between two coordinates."""
    return int(np.floor((min(a, b) - origin) / cell_m)), int(np.floor((max(a, b) - origin) / cell_m))


@njit(cache=True, nogil=True)
def pick_soonest(
    ms: NDArray[np.uint32],
    extra_ms: NDArray[np.int64],
    allowed: NDArray[np.bool_],
    station: NDArray[np.int64],
    total_ms: NDArray[np.int64],
) -> int:
    """Write the allowed stations of least `ms` plus `extra_ms`, as many as there is room for, soonest first.

    Equal times stay in the order of the stations. Returns how many were written; those `UNREACHED` are not.
    """
    room, count = station.shape[0], 0
    for k in range(ms.shape[0]):
        if ms[k] == UNREACHED or not allowed[k]:
            continue
        total = np.int64(ms[k]) + extra_ms[k]
        if count == room and total >= total_ms[count - 1]:
            continue
        place = count if count < room else room - 1
        while place > 0 and total_ms[place - 1] > total:
            station[place], total_ms[place] = station[place - 1], total_ms[place - 1]
            place -= 1
        station[place], total_ms[place] = k, total
        count = min(count + 1, room)
    return count


def warm_up() -> None:
    """Compile every loop for the kinds of arrays that it is given, or load what was compiled before.

    What comes from a memory-mapped file cannot be written to, which to numba is a kind of its own.
    """
    offset, arc = np.array([0, 1, 1], dtype=np.int32), np.array([1, 5], dtype=np.uint32)
    node, cost = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.uint32)
    ms, scratch = np.full(2, UNREACHED, dtype=np.uint32), np.full(8, -1, dtype=np.int32)
    entries = (scratch.copy(), np.zeros(8, dtype=np.uint32), scratch.copy())
    inherit_owner(node, np.full(2, -1, dtype=np.int32), node, np.zeros(2, dtype=np.int32))
    take_reached(node, ms.copy(), scratch[:2], node, cost.copy(), node.copy())
    search_bounded(
        offset,
        arc,
        node,
        cost.astype(np.int64),
        np.uint32(9),
        2,
        ms,
        scratch[:2].copy(),
        scratch,
        *entries,
        scratch.copy(),
    )
    segments, cells, listed = np.zeros((1, 4)), np.zeros(2, dtype=np.int64), np.zeros(1, dtype=np.int32)
    count_in_cells(segments, 0.0, 0.0, 1.0, 1, cells)
    list_in_cells(segments, 0.0, 0.0, 1.0, 1, cells, listed)
    nearest_segment(0.0, 0.0, 1.0, segments, 0.0, 0.0, 1.0, 1, cells, listed)
    soonest = np.zeros(1, dtype=np.int64)
    pick_soonest(cost, soonest, np.ones(1, dtype=bool), soonest.copy(), soonest.copy())
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
