"""Ring, radials and trunk roads; the motorway with its interchanges."""

from __future__ import annotations

from dataclasses import dataclass, replace

import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient
from shapely.ops import substring

from data.make_sample.crossings import Obstacle, cross, cut_out
from data.make_sample.facts import INTERCHANGES, RING_CORNERS, ROUNDABOUTS, read_main_roads
from data.make_sample.plane import Point, dice, distance_m, parallel, rounded, smooth, to_plane, wavering
from data.make_sample.road import EVERYTHING, RAIL, RIVER, Road, road
from data.make_sample.terrain import Terrain

MAXSPEED_KMH = {"trunk": "80", "primary": "60", "secondary": "50"}
CARRIAGEWAY_M = 11.0
ROUNDABOUT_M = 32.0


@dataclass(frozen=True, slots=True)
class Interchange:
    """Ramps of one crossing, and the ground that lanes keep off."""

    ramps: tuple[Road, ...]
    ground: BaseGeometry


def lay_ring(terrain: Terrain) -> list[Road]:
    """Lay the ring road, one road per side of the town."""
    line = LineString(terrain.ring.exterior.coords)
    start, sides = 0.0, []
    for corner, name in RING_CORNERS:
        end = line.project(shapely.Point(to_plane(*corner))) if corner else line.length
        points = shapely.get_coordinates(substring(line, start, end)).tolist()
        sides.append(replace(road(points, "primary", name, maxspeed="60"), crosses=EVERYTHING))
        start = end
    return sides


def lay_main_roads(gateways: list[Point]) -> list[Road]:
    """Lay radials and trunk roads; those from the town start at the nearest of its `gateways`."""
    random = dice("main roads")
    laid = []
    for highway, name, ref, from_town, course in read_main_roads():
        points = [to_plane(*corner) for corner in course]
        if from_town:
            gateway = min(gateways, key=lambda gate: distance_m(gate, points[0]))
            points[0] = gateway
        limit = {"maxspeed": MAXSPEED_KMH[highway]} if highway in MAXSPEED_KMH else {}
        line = wavering(points, random, swing_m=0 if highway == "trunk" else 35)
        overpass = {"bridge": "yes", "layer": "1"} if random.random() < 0.5 else {}
        laid.append(replace(road(line, highway, name, ref=ref, **limit), crosses=EVERYTHING, span_tags=overpass))
    return laid


def lay_motorway(terrain: Terrain) -> list[Road]:
    """Lay both carriageways, each one way, traffic on the right; bridges over rivers and railway."""
    obstacles = (
        *(Obstacle(RIVER, river.wet.buffer(14.0)) for river in terrain.rivers),
        Obstacle(RAIL, terrain.railway.buffer(25.0)),
    )
    bridge = {"bridge": "yes", "layer": "2"}
    laid: list[Road] = []
    for points in carriageways(terrain):
        plain = road(points, "motorway", "示例高速", ref="G1511", oneway="yes", maxspeed="120", bicycle="no", foot="no")
        plain = replace(plain, crosses=EVERYTHING, span_tags=bridge)
        laid += [replace(piece, lifted=True) for piece in cross(plain, obstacles)]
    return laid


def lay_greenway(terrain: Terrain) -> list[Road]:
    """Lay a path for feet and bicycles along the river below the town, on the bank of the town."""
    course = terrain.rivers[0].course
    town_side = parallel(course, -100.0)
    reach = terrain.island.buffer(500)
    near_town = [
        p for p in town_side if terrain.ring.distance(shapely.Point(p)) < 1900 and not reach.contains(shapely.Point(p))
    ]
    runs: list[list[Point]] = []
    for point in near_town:
        if runs and distance_m(runs[-1][-1], point) < 300:
            runs[-1].append(point)
        else:
            runs.append([point])
    return [road(run, "cycleway", "泗河绿道", foot="yes") for run in runs if len(run) > 5]


def carriageways(terrain: Terrain) -> tuple[list[Point], list[Point]]:
    """Return the eastbound and the westbound line of the motorway."""
    middle = list(terrain.motorway)
    return parallel(middle, -CARRIAGEWAY_M), list(reversed(parallel(middle, CARRIAGEWAY_M)))


def lay_interchanges(terrain: Terrain, main_roads: list[Road]) -> list[Interchange]:
    """Lay four ramps where each of the chosen roads goes over the motorway."""
    by_name = {laid.tags["name"]: laid for laid in main_roads}
    return [_interchange(terrain, LineString(by_name[name].points)) for name in INTERCHANGES]


def _interchange(terrain: Terrain, crossing: LineString) -> Interchange:
    ramps = []
    for points in carriageways(terrain):
        line = LineString(points)
        met = shapely.Point(shapely.get_coordinates(line.intersection(crossing))[0])
        at, over = line.project(met), crossing.project(met)
        right = _side_of(line, at, crossing, over)
        foot = crossing.interpolate(over + right * 190.0)
        for sign in (-1.0, 1.0):
            vertex = _nearest_vertex(points, line.interpolate(at + sign * 520.0))
            by = line.interpolate(at + sign * 230.0)
            bend = ((by.x * 0.62 + foot.x * 0.38), (by.y * 0.62 + foot.y * 0.38))
            curve = smooth([vertex, rounded(bend), rounded((foot.x, foot.y))], 60.0)
            curve = curve if sign < 0 else curve[::-1]
            ramp = road(curve, "motorway_link", oneway="yes", maxspeed="40", bicycle="no", foot="no")
            ramps.append(replace(ramp, crosses=EVERYTHING))
    ground = shapely.union_all([LineString(ramp.points) for ramp in ramps]).convex_hull.buffer(25.0)
    return Interchange(tuple(ramps), ground)


def _side_of(line: LineString, at: float, crossing: LineString, over: float) -> float:
    """Return +1 where the crossing road leaves to the right of the carriageway, else -1."""
    a, b = line.interpolate(at - 5), line.interpolate(at + 5)
    c, d = crossing.interpolate(over), crossing.interpolate(over + 50)
    turn = (b.x - a.x) * (d.y - c.y) - (b.y - a.y) * (d.x - c.x)
    return -1.0 if turn > 0 else 1.0


def _nearest_vertex(points: list[Point], wanted: shapely.Point) -> Point:
    return min(points, key=lambda point: distance_m(point, (wanted.x, wanted.y)))


def lay_roundabouts(roads: list[Road]) -> list[Road]:
    """Put a roundabout on each of the chosen crossings: the roads end at its rim."""
    for centre in (to_plane(*place) for place in ROUNDABOUTS):
        disc = shapely.Point(centre).buffer(ROUNDABOUT_M, quad_segs=6)
        rim = [rounded(xy) for xy in shapely.get_coordinates(orient(disc, 1.0).exterior)]
        circle = road(rim, "secondary", junction="roundabout", oneway="yes")
        roads = [*cut_out(roads, disc), circle]
    return roads
