"""Loose lines joined where they meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

END_TOLERANCE_M = 0.5
"""How far the end of a line may be from what it was meant to touch."""

_CROSSING_TOLERANCE_M = 0.01

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NodedLines:
    """L lines over the nodes that they share.

    `node_x` and `node_y` are float64 (N,), metres; line l runs along the nodes
    ``line_nodes[offset[l]:offset[l + 1]]``, int64.
    """

    node_x: Floats
    node_y: Floats
    offset: Ints
    line_nodes: Ints


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Points to be put into lines, `along_m` from their beginning."""

    line: Ints
    along_m: Floats
    x: Floats
    y: Floats


def node_lines(x: Floats, y: Floats, offset: Ints, *, level: Ints) -> NodedLines:
    """Give lines common nodes where they meet, and new points where they had none there.

    Lines meet at equal points; where the end of one is within `END_TOLERANCE_M` of another, whatever their levels;
    and where they cross or overlap on the same level. Lines of different levels (bridges, tunnels) pass each other.
    A line that crosses itself is not cut there.

    Parameters
    ----------
    x, y
        float64, metres; all points of all lines.
    offset
        int64 (L + 1,); line l has the points ``offset[l]:offset[l + 1]``, two at least.
    level
        int64 (L,), the same number for lines that meet where they cross.
    """
    sizes = np.diff(offset)
    line_of = np.repeat(np.arange(len(sizes)), sizes)
    if not len(sizes):
        return NodedLines(x, y, offset, line_of)
    lines = np.asarray(shapely.linestrings(np.column_stack([x, y]), indices=line_of), dtype=np.object_)
    tree = shapely.STRtree(lines)
    ends = np.unique(np.concatenate([offset[:-1], offset[1:] - 1]))
    touching = _end_cuts(lines, tree, line=line_of[ends], x=x[ends], y=y[ends])
    crossing = _crossing_cuts(lines, tree, level=level)
    all_x = np.concatenate([x, touching.x, crossing.x])
    all_y = np.concatenate([y, touching.y, crossing.y])
    line = np.concatenate([line_of, touching.line, crossing.line])
    along_m = np.concatenate([_measures(x, y, offset), touching.along_m, crossing.along_m])
    is_end = np.zeros(len(all_x), dtype=np.bool_)
    is_end[ends] = True
    is_cut = np.arange(len(all_x)) >= len(x)
    node_of, first = _clusters(all_x, all_y, is_end=is_end, is_cut=is_cut)
    order = np.lexsort((along_m, line))
    new_offset = np.concatenate([[0], np.cumsum(np.bincount(line, minlength=len(sizes)))]).astype(np.int64)
    return NodedLines(all_x[first], all_y[first], new_offset, node_of[order])


def _measures(x: Floats, y: Floats, offset: Ints) -> Floats:
    """Return how far along its line every point stands."""
    steps = np.concatenate([[0.0], np.hypot(np.diff(x), np.diff(y))])
    steps[offset[:-1]] = 0.0
    total = np.cumsum(steps)
    return np.asarray(total - np.repeat(total[offset[:-1]], np.diff(offset)))


def _end_cuts(lines: NDArray[np.object_], tree: shapely.STRtree, *, line: Ints, x: Floats, y: Floats) -> _Cuts:
    points = np.asarray(shapely.points(x, y), dtype=np.object_)
    point, other = tree.query(points, predicate="dwithin", distance=END_TOLERANCE_M)
    foreign = line[point] != other
    point, other = point[foreign], other[foreign]
    along_m = np.asarray(shapely.line_locate_point(lines[other], points[point]))
    inside = (along_m > END_TOLERANCE_M) & (along_m < shapely.length(lines[other]) - END_TOLERANCE_M)
    point, other = point[inside], other[inside]
    return _Cuts(other.astype(np.int64), along_m[inside], x[point], y[point])


def _crossing_cuts(lines: NDArray[np.object_], tree: shapely.STRtree, *, level: Ints) -> _Cuts:
    one, other = tree.query(lines, predicate="intersects")
    meeting = (one < other) & (level[one] == level[other])
    one, other = one[meeting], other[meeting]
    points, pair = shapely.get_coordinates(shapely.intersection(lines[one], lines[other]), return_index=True)
    line = np.concatenate([one[pair], other[pair]]).astype(np.int64)
    x, y = np.tile(points[:, 0], 2), np.tile(points[:, 1], 2)
    return _Cuts(line, np.asarray(shapely.line_locate_point(lines[line], shapely.points(x, y))), x, y)


def _clusters(x: Floats, y: Floats, *, is_end: NDArray[np.bool_], is_cut: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return for every point its node, and for every node its first point."""
    places = np.column_stack([x, y])
    pairs = cKDTree(places).query_pairs(END_TOLERANCE_M, output_type="ndarray")
    a, b = pairs[:, 0], pairs[:, 1]
    apart_m = np.hypot(x[a] - x[b], y[a] - y[b])
    one = is_end[a] | is_end[b] | (apart_m == 0) | ((is_cut[a] | is_cut[b]) & (apart_m <= _CROSSING_TOLERANCE_M))
    links = coo_array((np.ones(int(one.sum()), np.int8), (a[one], b[one])), shape=(len(x), len(x)))
    label = connected_components(links, directed=False)[1]
    first, node_of = np.unique(label, return_index=True, return_inverse=True)[1:]
    return node_of.astype(np.int64), first.astype(np.int64)
