"""Joins drawn roads where they meet, trims what sticks out, and drops what hangs on nothing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import shapely

from data.make_sample.plane import Point, distance_m, rounded
from data.make_sample.road import Road

SAME_NODE_M = 5.0
SNAP_M = 14.0
STUB_M = 16.0

Piece = tuple[int, int]  # road, segment


def join_roads(roads: Sequence[Road]) -> list[Road]:
    """Return the roads with a shared point wherever two on the ground meet."""
    lines = [list(road.points) for road in roads]
    on_ground = [not road.lifted for road in roads]
    _insert_crossings(lines, on_ground)
    _trim_stubs(lines, on_ground)
    _snap_ends(lines, on_ground)
    joined = [replace(road, points=tuple(line)) for road, line in zip(roads, lines, strict=True)]
    return [road for road in joined if len(road.points) > 1]


def _pieces(lines: Sequence[Sequence[Point]], on_ground: Sequence[bool]) -> tuple[list[Piece], shapely.STRtree]:
    pieces = [(r, s) for r, line in enumerate(lines) if on_ground[r] for s in range(len(line) - 1)]
    ends = np.array([(lines[r][s], lines[r][s + 1]) for r, s in pieces])
    return pieces, shapely.STRtree(np.asarray(shapely.linestrings(ends)))


def _insert_crossings(lines: list[list[Point]], on_ground: Sequence[bool]) -> None:
    pieces, tree = _pieces(lines, on_ground)
    first, second = tree.query(tree.geometries, predicate="intersects")
    wanted: dict[Piece, set[Point]] = {}
    for i, j in zip(first.tolist(), second.tolist(), strict=True):
        (ra, sa), (rb, sb) = pieces[i], pieces[j]
        if i >= j or (ra == rb and abs(sa - sb) <= 1):
            continue
        a, b = (lines[ra][sa], lines[ra][sa + 1]), (lines[rb][sb], lines[rb][sb + 1])
        met = _meeting(a, b)
        if met is not None:
            wanted.setdefault((ra, sa), set()).add(met)
            wanted.setdefault((rb, sb), set()).add(met)
    _insert(lines, wanted)


def _meeting(a: tuple[Point, Point], b: tuple[Point, Point]) -> Point | None:
    """Return where two segments cross; a corner that is near wins, so that no two nodes stand side by side."""
    (ax, ay), (bx, by) = a[0], b[0]
    ux, uy = a[1][0] - ax, a[1][1] - ay
    vx, vy = b[1][0] - bx, b[1][1] - by
    turn = ux * vy - uy * vx
    if abs(turn) < 1e-9 * math.hypot(ux, uy) * math.hypot(vx, vy):
        return None
    t = ((bx - ax) * vy - (by - ay) * vx) / turn
    met = rounded((ax + t * ux, ay + t * uy))
    near = [corner for corner in (*a, *b) if distance_m(corner, met) <= SAME_NODE_M]
    return min(near, key=lambda corner: (distance_m(corner, met), corner), default=met)


def _insert(lines: list[list[Point]], wanted: dict[Piece, set[Point]]) -> None:
    """Put the points into their segments, in order along them."""
    by_road: dict[int, list[tuple[int, set[Point]]]] = {}
    for (r, s), points in wanted.items():
        by_road.setdefault(r, []).append((s, points))
    for r, segments in by_road.items():
        for s, points in sorted(segments, reverse=True, key=lambda segment: segment[0]):
            start, end = lines[r][s], lines[r][s + 1]
            new = sorted(points - {start, end}, key=lambda point: (distance_m(start, point), point))
            lines[r][s + 1 : s + 1] = new


def _uses(lines: Iterable[Sequence[Point]]) -> Counter[Point]:
    return Counter(point for line in lines for point in line)


def _trim_stubs(lines: list[list[Point]], on_ground: Sequence[bool]) -> None:
    """Cut what a road sticks out past its last junction by a few metres."""
    uses = _uses(lines)
    for r, line in enumerate(lines):
        if not on_ground[r]:
            continue
        for _ in range(2):
            line.reverse()
            while len(line) > 2 and uses[line[0]] == 1 and _to_junction_m(line, uses) < STUB_M:
                uses[line.pop(0)] -= 1


def _to_junction_m(line: Sequence[Point], uses: Counter[Point]) -> float:
    """Return the metres from the start to the first point that another road shares."""
    gone = 0.0
    for a, b in pairwise(line):
        gone += distance_m(a, b)
        if uses[b] > 1:
            return gone
    return math.inf


def _snap_ends(lines: list[list[Point]], on_ground: Sequence[bool]) -> None:
    """Join a loose end to the road that passes it within `SNAP_M`."""
    uses = _uses(lines)
    pieces, tree = _pieces(lines, on_ground)
    wanted: dict[Piece, set[Point]] = {}
    joins: list[tuple[int, int, Point]] = []
    feet: set[Point] = set()
    for r, line in enumerate(lines):
        for k in (0, -1) if on_ground[r] else ():
            if uses[line[k]] > 1 or line[k] in feet:
                continue
            found = _nearest_other(line[k], r, pieces, tree)
            if found is None:
                continue
            owner, s = pieces[found]
            a, b = lines[owner][s], lines[owner][s + 1]
            foot = rounded(
                shapely.get_coordinates(
                    tree.geometries[found].interpolate(tree.geometries[found].project(shapely.Point(line[k])))
                )[0]
            )
            foot = next((corner for corner in (a, b) if distance_m(corner, foot) <= SAME_NODE_M), foot)
            wanted.setdefault((owner, s), set()).add(foot)
            joins.append((r, k, foot))
            feet.add(foot)
    _insert(lines, wanted)
    for r, k, foot in joins:
        _extend(lines[r], k, foot)


def _nearest_other(end: Point, road: int, pieces: Sequence[Piece], tree: shapely.STRtree) -> int | None:
    near = tree.query(shapely.Point(end), predicate="dwithin", distance=SNAP_M)
    there = shapely.Point(end)
    other = [(tree.geometries[i].distance(there), int(i)) for i in near.tolist() if pieces[i][0] != road]
    return min(other)[1] if other else None


def _extend(line: list[Point], k: int, foot: Point) -> None:
    if line[k] == foot:
        return
    if distance_m(line[k], foot) < 2.0 and len(line) > 2:
        line[k] = foot
    elif k == 0:
        line.insert(0, foot)
    else:
        line.append(foot)


def label_parts(roads: Sequence[Road]) -> list[Point]:
    """Return for each road a point that names the connected part it belongs to."""
    leader: dict[Point, Point] = {}
    for road in roads:
        top = _top(leader, road.points[0])
        for point in road.points[1:]:
            leader[_top(leader, point)] = top
    return [_top(leader, road.points[0]) for road in roads]


def main_part(roads: Sequence[Road], labels: Sequence[Point]) -> Point:
    """Return the label of the part with the most points."""
    sizes: Counter[Point] = Counter()
    for road, label in zip(roads, labels, strict=True):
        sizes[label] += len(road.points)
    return max(sizes, key=lambda label: (sizes[label], label))


def drop_unjoined(roads: Sequence[Road]) -> list[Road]:
    """Return the roads of the largest connected part and those that stand alone on purpose."""
    labels = label_parts(roads)
    main = main_part(roads, labels)
    return [road for road, label in zip(roads, labels, strict=True) if road.alone or label == main]


def _top(leader: dict[Point, Point], point: Point) -> Point:
    path = []
    while leader.get(point, point) != point:
        path.append(point)
        point = leader[point]
    for passed in path:
        leader[passed] = point
    leader.setdefault(point, point)
    return point


def junctions(roads: Iterable[Road]) -> Iterator[Point]:
    """Yield every point where roads meet or end: what stays when points of degree two are merged."""
    degree: Counter[Point] = Counter()
    for road in roads:
        for a, b in pairwise(road.points):
            degree[a] += 1
            degree[b] += 1
    return (point for point, count in degree.items() if count != 2)
