"""A flat metre grid for drawing the sample, and the few line operations that drawing needs.

Plain arithmetic on purpose: the same coordinates come out of it on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random

Point = tuple[float, float]

ORIGIN_LON = 116.76
ORIGIN_LAT = 35.56
M_PER_DEGREE_LON = 90_662.0
M_PER_DEGREE_LAT = 110_952.0
SEED = 370812


def dice(part: str) -> Random:
    """Return the random numbers of one `part`, so that a change in one part leaves the others as they are."""
    return Random(f"{SEED}:{part}")


def to_plane(lon: float, lat: float) -> Point:
    """Turn WGS 84 degrees into metres east and north of the origin."""
    return rounded(((lon - ORIGIN_LON) * M_PER_DEGREE_LON, (lat - ORIGIN_LAT) * M_PER_DEGREE_LAT))


def to_degrees(point: Point, digits: int = 7) -> Point:
    """Turn metres into WGS 84 lon and lat degrees, rounded to `digits`."""
    lon = ORIGIN_LON + point[0] / M_PER_DEGREE_LON
    lat = ORIGIN_LAT + point[1] / M_PER_DEGREE_LAT
    return round(lon, digits), round(lat, digits)


def rounded(point: Sequence[float]) -> Point:
    """Round to the decimetre: two lines meet where they name the same rounded point."""
    return round(float(point[0]), 1) + 0.0, round(float(point[1]), 1) + 0.0


def distance_m(a: Point, b: Point) -> float:
    """Return the metres between two points."""
    return math.hypot(b[0] - a[0], b[1] - a[1])


def toward(a: Point, b: Point, metres: float) -> Point:
    """Return the point `metres` from `a` in the direction of `b`."""
    whole = distance_m(a, b) or 1.0
    return rounded((a[0] + (b[0] - a[0]) * metres / whole, a[1] + (b[1] - a[1]) * metres / whole))


def sideways(a: Point, b: Point, share: float, metres: float) -> Point:
    """Return the point at `share` of the way from `a` to `b`, moved `metres` to the left of it."""
    whole = distance_m(a, b) or 1.0
    dx, dy = (b[0] - a[0]) / whole, (b[1] - a[1]) / whole
    return rounded((a[0] + (b[0] - a[0]) * share - dy * metres, a[1] + (b[1] - a[1]) * share + dx * metres))


def parallel(line: Sequence[Point], metres: float) -> list[Point]:
    """Return `line` moved `metres` to its left; for lines that bend gently."""
    moved = []
    for i, here in enumerate(line):
        before, after = line[max(i - 1, 0)], line[min(i + 1, len(line) - 1)]
        step = sideways(before, after, 0.0, metres)
        moved.append(rounded((here[0] + step[0] - before[0], here[1] + step[1] - before[1])))
    return moved


def smooth_ring(points: Sequence[Point], step_m: float) -> list[Point]:
    """Draw a closed Catmull-Rom curve through `points`; it starts and ends at the first one."""
    around = smooth([points[-1], *points, points[0], points[1]], step_m)
    return around[around.index(points[0]) : len(around) - around[::-1].index(points[0])]


def smooth(points: Sequence[Point], step_m: float) -> list[Point]:
    """Draw a Catmull-Rom curve through `points`, with a vertex about every `step_m` metres."""
    curve = [points[0]]
    for i in range(len(points) - 1):
        p1, p2 = points[i], points[i + 1]
        p0 = points[i - 1] if i else (2 * p1[0] - p2[0], 2 * p1[1] - p2[1])
        p3 = points[i + 2] if i + 2 < len(points) else (2 * p2[0] - p1[0], 2 * p2[1] - p1[1])
        steps = max(1, round(distance_m(p1, p2) / step_m))
        for k in range(1, steps + 1):
            x, y = (_catmull_rom(p0[a], p1[a], p2[a], p3[a], k / steps) for a in (0, 1))
            curve.append(rounded((x, y)))
    return curve


def _catmull_rom(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def wavering(points: Sequence[Point], random: Random, *, swing_m: float, step_m: float = 90.0) -> list[Point]:
    """Draw a road through `points` that strays up to `swing_m` metres from the straight line, as built roads do."""
    through = [points[0]]
    for a, b in pairwise(points):
        parts = max(1, round(distance_m(a, b) / 700))
        through += [
            sideways(a, b, k / parts + random.uniform(-0.1, 0.1) / parts, random.gauss(0, swing_m / 2))
            for k in range(1, parts)
        ]
        through.append(b)
    return smooth(through, step_m)
