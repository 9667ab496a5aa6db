"""Compiled loops that draw catchments: times to pieces of street, those to a raster, the raster to rings."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from stations.geo.roads import NO_WAY

HAIR = 0.001
"""How near to a point of the grid a thinned line may pass, in cells."""
HAIR_M = np.float32(0.01)
"""How far every value of a field lies from 0 at least, so that a line never passes through a point of the grid."""


@njit(cache=True, nogil=True)
def find_reached(
    street_from: NDArray[np.int32],
    street_to: NDArray[np.int32],
    along_ms: NDArray[np.uint32],
    against_ms: NDArray[np.uint32],
    times: NDArray[np.float64],
    cutoff_ms: float,
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """Return the pieces of street that are left through an end in time: street, start, end.

    Where what is left through the one end meets what is left through the other, the street is one piece.
    """
    streets = street_from.shape[0]
    street, start, end = np.empty(2 * streets, dtype=np.int32), np.empty(2 * streets), np.empty(2 * streets)
    count = 0
    for s in range(streets):
        head, tail = -1.0, 2.0
        left_ms = cutoff_ms - times[street_from[s]]
        if left_ms >= 0.0 and against_ms[s] != NO_WAY:
            head = min(1.0, left_ms / against_ms[s])
        left_ms = cutoff_ms - times[street_to[s]]
        if left_ms >= 0.0 and along_ms[s] != NO_WAY:
            tail = max(0.0, 1.0 - left_ms / along_ms[s])
        if head >= tail:
            head, tail = 1.0, 2.0
        if head >= 0.0:
            street[count], start[count], end[count] = s, 0.0, head
            count += 1
        if tail <= 1.0:
            street[count], start[count], end[count] = s, tail, 1.0
            count += 1
    return street[:count].copy(), start[:count].copy(), end[:count].copy()


@njit(cache=True, nogil=True)
def find_rest(
    street: NDArray[np.int32],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    along_ms: NDArray[np.uint32],
    against_ms: NDArray[np.uint32],
    length_m: NDArray[np.float64],
    shape_offset: NDArray[np.int64],
    shape_x: NDArray[np.float64],
    shape_y: NDArray[np.float64],
    left: float,
    bottom: float,
    right: float,
    top: float,
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """Return what pieces, sorted by street and start, leave of the streets that may be used and may touch a box."""
    pieces, room = street.shape[0], street.shape[0] + length_m.shape[0]
    rest_street, rest_start, rest_end = np.empty(room, dtype=np.int32), np.empty(room), np.empty(room)
    count, piece = 0, 0
    for s in range(length_m.shape[0]):
        usable = ((along_ms[s] != NO_WAY) | (against_ms[s] != NO_WAY)) & (length_m[s] > 0.0)
        at = 0.0
        while piece < pieces and street[piece] == s:
            rest_street[count], rest_start[count], rest_end[count] = s, at, start[piece]
            count += usable & (start[piece] > at)
            at = max(at, end[piece])
            piece += 1
        x, y, far_m = shape_x[shape_offset[s]], shape_y[shape_offset[s]], length_m[s]
        near = (x + far_m > left) & (x - far_m < right) & (y + far_m > bottom) & (y - far_m < top)
        rest_street[count], rest_start[count], rest_end[count] = s, at, 1.0
        count += near & usable & (at < 1.0)  # without a branch, which would be guessed wrong too often
    return rest_street[:count].copy(), rest_start[:count].copy(), rest_end[:count].copy()


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
        length, whole = 0.0, start[piece] == 0.0 and end[piece] == 1.0
        if not whole:
            for p in range(first, last):
                length += np.hypot(shape_x[p + 1] - shape_x[p], shape_y[p + 1] - shape_y[p])
        low, high = start[piece] * length, end[piece] * length
        run = 0.0
        for p in range(first, last):
            a, b = 0.0, 1.0
            step_x, step_y = shape_x[p + 1] - shape_x[p], shape_y[p + 1] - shape_y[p]
            if not whole:
                step = np.hypot(step_x, step_y)
                before, run = run, run + step
                if run < low or before > high:
                    continue
                a = 0.0 if step == 0.0 else max(0.0, (low - before) / step)
                b = 1.0 if step == 0.0 else min(1.0, (high - before) / step)
            segments[count, 0] = shape_x[p] + a * step_x
            segments[count, 1] = shape_y[p] + a * step_y
            segments[count, 2] = shape_x[p] + b * step_x
            segments[count, 3] = shape_y[p] + b * step_y
            count += 1
    return segments[:count]


@njit(cache=True, nogil=True)
def spread_distance(
    segments: NDArray[np.float64],
    left: float,
    bottom: float,
    cell_m: float,
    within_m: float,
    square: NDArray[np.float32],
) -> None:
    """Lower `square` (rows from the bottom) to the squared metres from grid points to the nearest segment.

    Only grid points within `within_m` of a segment's box are looked at; the others keep what they hold.
    """
    rows, columns = square.shape
    at_x = (np.arange(columns) * cell_m).astype(np.float32)
    for s in range(segments.shape[0]):
        x0, y0, x1, y1 = segments[s, 0] - left, segments[s, 1] - bottom, segments[s, 2] - left, segments[s, 3] - bottom
        first_column = max(0, int(np.ceil((min(x0, x1) - within_m) / cell_m)))
        last_column = min(columns - 1, int(np.floor((max(x0, x1) + within_m) / cell_m)))
        first_row = max(0, int(np.ceil((min(y0, y1) - within_m) / cell_m)))
        last_row = min(rows - 1, int(np.floor((max(y0, y1) + within_m) / cell_m)))
        along_x, along_y, origin_x = np.float32(x1 - x0), np.float32(y1 - y0), np.float32(x0)
        norm = along_x * along_x + along_y * along_y
        per_norm = np.float32(0.0) if norm == 0.0 else np.float32(1.0) / norm
        points_x = at_x[first_column : last_column + 1]
        for row in range(first_row, last_row + 1):
            off_y = np.float32(row * cell_m - y0)
            points = square[row, first_column : last_column + 1]
            for i in range(points.shape[0]):  # without a branch, so that several are done at once
                off_x = points_x[i] - origin_x
                share = (off_x * along_x + off_y * along_y) * per_norm
                share = min(max(share, np.float32(0.0)), np.float32(1.0))
                gap_x, gap_y = off_x - share * along_x, off_y - share * along_y
                points[i] = min(points[i], gap_x * gap_x + gap_y * gap_y)


@njit(cache=True, nogil=True)
def take_field(reached: NDArray[np.float32], rest: NDArray[np.float32], reach_m: float, nearer: float) -> None:
    """Turn `reached` into the metres by which points lie outside an area, negative inside it and never 0.

    Outside is what lies further than `reach_m` from the reached, or `nearer` times nearer to the rest than to the
    reached; both are given as squared metres.
    """
    reach, times_nearer = np.float32(reach_m), np.float32(nearer)
    for row in range(reached.shape[0]):
        field, other = reached[row], rest[row]
        for i in range(field.shape[0]):
            near = np.sqrt(field[i])
            outside = near - min(reach, times_nearer * np.sqrt(other[i]))
            field[i] = max(outside, HAIR_M) if outside > np.float32(0.0) else min(outside, -HAIR_M)


@njit(cache=True, nogil=True)
def trace_rings(field: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]]:
    """Return the rings round the areas where a field (rows from the bottom) is negative.

    Marching squares (W. E. Lorensen and H. E. Cline 1987, in the plane), the area always to the left. Areas that meet
    in a corner only are kept apart. A ring that is first met, row by row, on the way into an area goes round it; one
    met on the way out goes round a hole in it, and the ring met before tells in which.

    Parameters
    ----------
    field
        float32 (rows, columns), nowhere 0 and positive in the outermost rows and columns.

    Returns
    -------
    points
        float64 (P, 2), column and row, one of them whole and the other never; the last point of a ring is its first.
    ring
        int32 (P,), the ring of every point, rising.
    area
        int32 (R,), the area of every ring; the first ring of an area goes round it, the others round its holes.
    """
    columns = field.shape[1]
    flat = field.ravel()
    crossings = 0
    for i in range(flat.shape[0] - columns):
        crossings += ((flat[i] < 0) != (flat[i + 1] < 0)) + ((flat[i] < 0) != (flat[i + columns] < 0))
    most_rings = crossings // 4  # a ring has four points at least
    points, ring = np.empty((crossings + most_rings, 2)), np.empty(crossings + most_rings, dtype=np.int32)
    area = np.empty(most_rings, dtype=np.int32)
    ring_across = np.zeros(flat.shape[0], dtype=np.int32)  # one more than the ring between a point and the next
    count, rings, areas, before = 0, 0, 0, 0
    for i in range(flat.shape[0] - 1):
        enters = flat[i + 1] < 0
        if (flat[i] < 0) == enters:
            continue
        if ring_across[i] > 0:
            before = ring_across[i] - 1
            continue
        area[rings] = areas if enters else area[before]
        areas += enters
        inner, outer, ahead = (i + 1, i, -columns) if enters else (i, i + 1, columns)
        first_inner, first_outer, first = inner, outer, count
        while count == first or inner != first_inner or outer != first_outer:
            aside = outer - inner
            share = flat[inner] / (flat[inner] - flat[outer])
            row = inner // columns
            x, y = float(inner - row * columns), float(row)
            if abs(aside) == 1:
                x += share * aside
                ring_across[min(inner, outer)] = rings + 1
            else:
                y += share * (aside // columns)
            points[count, 0], points[count, 1], ring[count] = x, y, rings
            count += 1
            if flat[inner + ahead] > 0:  # to the left
                outer, ahead = inner + ahead, -aside
            elif flat[outer + ahead] < 0:  # to the right
                inner, ahead = outer + ahead, aside
            else:
                inner, outer = inner + ahead, outer + ahead
        points[count], ring[count] = points[first], rings
        count += 1
        before = rings
        rings += 1
    return points[:count], ring[:count], area[:rings]


@njit(cache=True, nogil=True)
def thin_rings(points: NDArray[np.float64], ring: NDArray[np.int32], tolerance: float) -> NDArray[np.bool_]:
    """Return which points of the rings that `trace_rings` gives suffice to draw them within a tolerance, in cells.

    A point is left out only if the line without it goes through the same edge of the grid, between the same two points
    of the grid, so rings that neither touched nor crossed do not do so afterwards. From every point kept, the cone of
    directions that pass all edges so far is narrowed until it is empty (H. Imai and M. Iri 1988); the last point that
    lay in it is kept next.
    """
    kept = np.zeros(points.shape[0], dtype=np.bool_)
    anchor = 0
    while anchor < points.shape[0]:
        kept[anchor] = True
        x0, y0 = points[anchor]
        right_x, right_y, left_x, left_y = 0.0, 0.0, 0.0, 0.0
        following = anchor + 1
        for i in range(anchor + 1, points.shape[0]):
            if ring[i] != ring[anchor]:
                break
            x, y = points[i, 0] - x0, points[i, 1] - y0
            first = i == anchor + 1
            if right_x * y >= right_y * x and x * left_y >= y * left_x:
                following = i
            if points[i, 1] == np.floor(points[i, 1]):
                low, high = _gate(points[i, 0], tolerance)
                a_x, a_y, b_x, b_y = low - x0, y, high - x0, y
            else:
                low, high = _gate(points[i, 1], tolerance)
                a_x, a_y, b_x, b_y = x, low - y0, x, high - y0
            if a_x * b_y < a_y * b_x:
                a_x, a_y, b_x, b_y = b_x, b_y, a_x, a_y
            if first or right_x * a_y > right_y * a_x:
                right_x, right_y = a_x, a_y
            if first or b_x * left_y > b_y * left_x:
                left_x, left_y = b_x, b_y
            if right_x * left_y < right_y * left_x:
                break
        anchor = following
    return kept


@njit(cache=True, nogil=True)
def _gate(at: float, tolerance: float) -> tuple[float, float]:
    """Return between which values a line may pass an edge of the grid instead of at one point of it."""
    edge = np.floor(at)
    return min(at, max(at - tolerance, edge + HAIR)), max(at, min(at + tolerance, edge + 1.0 - HAIR))


def warm_up_drawing() -> None:
    """Compile every loop of drawing for the kinds of arrays that it is given, or load what was compiled before.

    What comes from a memory-mapped file cannot be written to, which to numba is a kind of its own.
    """
    node, cost_ms, times, length_m = np.zeros(1, dtype=np.int32), np.ones(1, dtype=np.uint32), np.zeros(2), np.ones(1)
    shapes = np.array([0, 2], dtype=np.int64), np.array([0.0, 1.0]), np.array([0.0, 1.0])
    for fixed in (False, True):
        for array in (node, cost_ms, length_m, *shapes):
            array.flags.writeable = not fixed
        pieces = find_reached(node, node, cost_ms, cost_ms, times, 1.0)
        find_rest(*pieces, cost_ms, cost_ms, length_m, *shapes, 0.0, 0.0, 1.0, 1.0)
        segments = clip_pieces(*pieces, *shapes)
    field = np.ones((3, 3), dtype=np.float32)
    spread_distance(segments, 0.0, 0.0, 1.0, 1.0, field)
    take_field(field, field.copy(), 0.5, 1.5)
    points, ring, _ = trace_rings(field)
    thin_rings(points, ring, 1.0)
