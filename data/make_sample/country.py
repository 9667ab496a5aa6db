"""Roads between villages, and tracks into the fields."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import shapely
from scipy.spatial import Delaunay, cKDTree
from shapely import LineString

from data.make_sample.crossings import Obstacle, cross
from data.make_sample.noding import label_parts, main_part
from data.make_sample.plane import Point, dice, distance_m, rounded, sideways, smooth, wavering
from data.make_sample.road import EVERYTHING, MOTORWAY, RAIL, RIVER, Road, road
from data.make_sample.terrain import Terrain
from data.make_sample.villages import Village

Edge = tuple[int, int]

LONGEST_M = 4200.0
APART_M = {RIVER: 3800.0, RAIL: 2900.0, MOTORWAY: 1500.0}
RING_REACH_M = 1150.0
TRACKS = 520


def lay_country_roads(
    terrain: Terrain, villages: Sequence[Village], obstacles: Sequence[Obstacle], main_roads: Sequence[Road]
) -> list[Road]:
    """Join neighbouring villages; where that would cross water or rails, only now and then with a bridge."""
    random = dice("country roads")
    edges = _neighbours(villages, random)
    edges = [edge for edge in edges if not _line(villages, edge).intersects(terrain.ring.buffer(60))]
    crossing = _allowed_crossings(villages, edges, obstacles, main_roads)
    shore = shapely.union_all([half.buffer(70) for half in terrain.lake])
    laid = []
    for edge in edges:
        kinds = crossing[edge]
        if kinds is None:
            continue
        between_seats = villages[edge[0]].seat or villages[edge[1]].seat
        points = _course(*_mouths(villages, edge), random)
        if LineString(points).intersects(shore):
            continue
        laid.append(replace(road(points, "tertiary" if between_seats else "unclassified"), crosses=kinds))
    return [*laid, *_to_ring(terrain, villages, random)]


def lay_tracks(terrain: Terrain, country_roads: Sequence[Road]) -> list[Road]:
    """Lay tracks at right angles off country roads, as fields are cut."""
    random = dice("tracks")
    ground = terrain.outline.difference(terrain.ring.buffer(250))
    shapely.prepare(ground)
    long_enough = [line for line in country_roads if len(line.points) > 3]
    tracks: list[Road] = []
    while len(tracks) < TRACKS:
        points = random.choice(long_enough).points
        k = random.randrange(1, len(points) - 1)
        if not shapely.contains_xy(ground, *points[k]):
            continue
        reach = random.choice((-1, 1)) * random.uniform(140, 520)
        middle = sideways(points[k], points[k + 1], 0.0, reach * 0.55)
        end = sideways(points[k], points[k + 1], 0.0, reach)
        bent = rounded((middle[0] + random.gauss(0, 7), middle[1] + random.gauss(0, 7)))
        tracks.append(road([points[k], bent, end], "track", tracktype=f"grade{random.choice('2334')}"))
    return tracks


def _neighbours(villages: Sequence[Village], random: Random) -> list[Edge]:
    """Return pairs of which no third village is nearer to both, and some of the next looser kind.

    The relative neighbourhood graph (Toussaint 1980), and edges of the Gabriel graph at random.
    """
    sites = np.array([village.at for village in villages])
    pairs = {
        tuple(sorted((int(a), int(b))))
        for simplex in Delaunay(sites).simplices
        for a, b in ((simplex[0], simplex[1]), (simplex[1], simplex[2]), (simplex[0], simplex[2]))
    }
    kept = []
    for a, b in sorted(pairs):
        gap = distance_m(villages[a].at, villages[b].at)
        to_a, to_b = np.hypot(*(sites - sites[a]).T), np.hypot(*(sites - sites[b]).T)
        others = np.ones(len(sites), dtype=bool)
        others[[a, b]] = False
        relative = not bool(np.any(np.maximum(to_a, to_b)[others] < gap))
        gabriel = not bool(np.any((to_a**2 + to_b**2)[others] < gap**2))
        if gap < LONGEST_M and (relative or (gabriel and random.random() < 0.33)):
            kept.append((a, b))
    return kept


def _line(villages: Sequence[Village], edge: Edge) -> LineString:
    return LineString([villages[edge[0]].at, villages[edge[1]].at])


def _allowed_crossings(
    villages: Sequence[Village], edges: Sequence[Edge], obstacles: Sequence[Obstacle], main_roads: Sequence[Road]
) -> dict[Edge, frozenset[str] | None]:
    """Return what each edge may cross, `None` for one that is not built.

    A crossing stands at least `APART_M` from the next one of its kind, those of the main roads counted.
    """
    taken: dict[str, list[Point]] = {kind: [] for kind in APART_M}
    for main in main_roads:
        for kind, at in _crossings(LineString(main.points), obstacles):
            taken[kind].append(at)
    allowed: dict[Edge, frozenset[str] | None] = {}
    for edge in sorted(edges, key=lambda edge: distance_m(villages[edge[0]].at, villages[edge[1]].at)):
        met = _crossings(_line(villages, edge), obstacles)
        clear = all(distance_m(at, other) >= APART_M[kind] for kind, at in met for other in taken[kind])
        allowed[edge] = frozenset(kind for kind, _ in met) if clear else None
        for kind, at in met if clear else ():
            taken[kind].append(at)
    return allowed


def _crossings(line: LineString, obstacles: Sequence[Obstacle]) -> list[tuple[str, Point]]:
    met = []
    for obstacle in obstacles:
        if line.intersects(obstacle.ground):
            middle = line.intersection(obstacle.ground).centroid
            met.append((obstacle.kind, (middle.x, middle.y)))
    return met


def _mouths(villages: Sequence[Village], edge: Edge) -> tuple[Point, Point]:
    """Return the ends of main streets that look at each other."""
    a, b = villages[edge[0]], villages[edge[1]]
    pairs = [(one, other) for one in a.mouths for other in b.mouths]
    return min(pairs, key=lambda pair: distance_m(a.at, pair[0]) + distance_m(*pair) + distance_m(pair[1], b.at))


def _course(a: Point, b: Point, random: Random) -> list[Point]:
    """Draw the road: a gentle bend, or along the edges of the fields with a rounded corner."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    if min(abs(dx), abs(dy)) < 260 or random.random() < 0.5:
        return wavering([a, b], random, swing_m=0.05 * math.hypot(dx, dy))
    corner = (b[0], a[1]) if random.random() < 0.5 else (a[0], b[1])
    before, after = _back_from(corner, a), _back_from(corner, b)
    return (
        wavering([a, before], random, swing_m=14)
        + smooth([before, _cut_corner(before, corner, after), after], 40)[1:]
        + wavering([after, b], random, swing_m=14)[1:]
    )


def _back_from(corner: Point, end: Point) -> Point:
    whole = distance_m(corner, end)
    share = min(110.0, whole * 0.45) / whole
    return rounded((corner[0] + (end[0] - corner[0]) * share, corner[1] + (end[1] - corner[1]) * share))


def _cut_corner(before: Point, corner: Point, after: Point) -> Point:
    return rounded([0.26 * before[a] + 0.48 * corner[a] + 0.26 * after[a] for a in (0, 1)])


def _to_ring(terrain: Terrain, villages: Sequence[Village], random: Random) -> list[Road]:
    """Join the villages just outside the ring road to it."""
    rim = terrain.ring.exterior
    joined = []
    for village in villages:
        gap = rim.distance(shapely.Point(village.at))
        if gap > RING_REACH_M or village.seat:
            continue
        mouth = min(village.mouths, key=lambda point: rim.distance(shapely.Point(point)))
        foot = rim.interpolate(rim.project(shapely.Point(mouth)))
        joined.append(road(wavering([mouth, rounded((foot.x, foot.y))], random, swing_m=20), "tertiary"))
    return joined


def name_country_roads(roads: Sequence[Road], villages: Sequence[tuple[Point, str]]) -> list[Road]:
    """Name each road after the villages at its ends, as 颜史路 joins 颜店 and 史村."""
    named = []
    for line in roads:
        ends = [
            min(villages, key=lambda village: distance_m(village[0], end))[1]
            for end in (line.points[0], line.points[-1])
        ]
        heads = [_head(name) for name in ends]
        plain = all(heads) and heads[0] != heads[1] and "name" not in line.tags
        named.append(replace(line, tags={**line.tags, "name": f"{heads[0]}{heads[1]}路"}) if plain else line)
    return named


def _head(name: str) -> str:
    return next((letter for letter in name if letter not in "东西南北前后大小中新老"), "")


def join_lost_villages(roads: Sequence[Road], villages: Sequence[Village], obstacles: Sequence[Obstacle]) -> list[Road]:
    """Return one more road for each group of villages that nothing joins to the rest; with a bridge if need be."""
    random = dice("lost villages")
    labels = label_parts(roads)
    main = main_part(roads, labels)
    open_roads = {"tertiary", "secondary", "primary", "unclassified", "residential"}
    targets = [
        point
        for line, label in zip(roads, labels, strict=True)
        if label == main and line.tags["highway"] in open_roads and not line.lifted
        for point in line.points
    ]
    part_of = {point: label for line, label in zip(roads, labels, strict=True) for point in line.points}
    tree = cKDTree(np.array(targets))
    best: dict[Point, tuple[float, Point, Point]] = {}
    for village in villages:
        for mouth in village.mouths:
            part = part_of.get(mouth, main)
            if part != main:
                cost, target = _nearest_target(mouth, tree, targets, obstacles)
                best[part] = min(best.get(part, (math.inf, mouth, target)), (cost, mouth, target))
    return [
        piece
        for _, mouth, target in best.values()
        for piece in cross(
            replace(road(wavering([mouth, target], random, swing_m=20), "unclassified"), crosses=EVERYTHING), obstacles
        )
    ]


def _nearest_target(
    mouth: Point, tree: cKDTree, targets: Sequence[Point], obstacles: Sequence[Obstacle]
) -> tuple[float, Point]:
    """Return the cheapest road point to build to; a crossing costs as much as three kilometres of road."""
    gaps, found = tree.query(np.array([mouth]), k=range(1, 301, 10))
    tried = {int(k): float(gap) for gap, k in zip(np.ravel(gaps), np.ravel(found), strict=True)}
    costs = []
    for k, gap in tried.items():
        met = _crossings(LineString([mouth, targets[k]]), obstacles)
        costs.append((gap + 3000.0 * len(met), targets[k]))
    return min(costs)
