"""Compiled loops over the rows of a table and over the streets around a place.

Each is compiled once by numba and cached on disk; `warm_up` does so ahead of the first request. The scratch buffers
they work in are the caller's, reused from one call to the next; nothing else is changed in place.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from stations.geo.coverage_kernels import warm_up_coverage
from stations.geo.datum import gcj02_of_place
from stations.geo.drawing_kernels import warm_up_drawing
from stations.geo.nearest import straight_line_m
from stations.geo.place_kernels import warm_up_places
from stations.geo.ranking import warm_up_ranking
from stations.geo.search_kernels import UNREACHED as UNREACHED
from stations.geo.search_kernels import warm_up_search
from stations.geo.siting_kernels import warm_up_siting


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
def merge_rows(
    old_offset: NDArray[np.int64],
    old_station: NDArray[np.int32],
    old_ms: NDArray[np.uint32],
    number: NDArray[np.int32],
    new_offset: NDArray[np.int64],
    new_station: NDArray[np.int32],
    new_ms: NDArray[np.uint32],
    offset: NDArray[np.int64],
    station: NDArray[np.int32],
    ms: NDArray[np.uint32],
) -> int:
    """Write to `offset`, `station` and `ms` the rows of both, sorted by time and then by station; return how many.

    `number` says which one an old station is now, rising, -1 for one that is left out.
    """
    place = 0
    for node in range(offset.shape[0] - 1):
        new, new_end = new_offset[node], new_offset[node + 1]
        for old in range(old_offset[node], old_offset[node + 1]):
            own = number[old_station[old]]
            if own < 0:
                continue
            while new < new_end and (
                new_ms[new] < old_ms[old] or (new_ms[new] == old_ms[old] and new_station[new] < own)
            ):
                station[place], ms[place] = new_station[new], new_ms[new]
                new, place = new + 1, place + 1
            station[place], ms[place] = own, old_ms[old]
            place += 1
        while new < new_end:
            station[place], ms[place] = new_station[new], new_ms[new]
            new, place = new + 1, place + 1
        offset[node + 1] = place
    return place


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


@njit(cache=True)
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


_Segments = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]


@njit(cache=True, nogil=True)
def nearest_segments(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    limit_m: float,
    segments: NDArray[np.float64],
    left: float,
    bottom: float,
    cell_m: float,
    columns: int,
    offset: NDArray[np.int64],
    listed: NDArray[np.int32],
) -> _Segments:
    """Return what `nearest_segment` returns of each of K points, as three arrays of shape (K,)."""
    count = x.shape[0]
    segment, along, gap_m = np.empty(count, np.int64), np.empty(count, np.float64), np.empty(count, np.float64)
    for k in range(count):
        segment[k], along[k], gap_m[k] = nearest_segment(
            x[k], y[k], limit_m, segments, left, bottom, cell_m, columns, offset, listed
        )
    return segment, along, gap_m


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
    """Compile every loop for the kinds of arrays that it is given, or load what was compiled before."""
    warm_up_search()
    cost = np.zeros(1, dtype=np.uint32)
    segments, cells, listed = np.zeros((1, 4)), np.zeros(2, dtype=np.int64), np.zeros(1, dtype=np.int32)
    count_in_cells(segments, 0.0, 0.0, 1.0, 1, cells)
    list_in_cells(segments, 0.0, 0.0, 1.0, 1, cells, listed)
    nearest_segment(0.0, 0.0, 1.0, segments, 0.0, 0.0, 1.0, 1, cells, listed)
    nearest_segments(np.zeros(1), np.zeros(1), 1.0, segments, 0.0, 0.0, 1.0, 1, cells, listed)
    soonest = np.zeros(1, dtype=np.int64)
    pick_soonest(cost, soonest, np.ones(1, dtype=bool), soonest.copy(), soonest.copy())
    rows, stations = np.array([0, 1], dtype=np.int64), np.zeros(1, dtype=np.int32)
    group_by_node(stations, np.zeros(1, dtype=np.int64), rows, np.zeros(1, dtype=np.int64))
    number, of_both = np.array([-1], dtype=np.int32), (rows.copy(), stations.copy(), cost.copy())
    for mapped in (rows, stations, cost):  # a table that was read is not to be written to
        mapped.flags.writeable = False
    merge_rows(rows, stations, cost, number, rows.copy(), stations.copy(), cost.copy(), *of_both)
    warm_up_drawing()
    warm_up_ranking()
    warm_up_coverage()
    warm_up_places()
    warm_up_siting()
    straight_line_m(0.0, 0.0, [0.0], [0.0])
    gcj02_of_place(0.0, 0.0)
