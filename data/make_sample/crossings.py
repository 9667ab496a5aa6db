"""Cuts roads where they meet a river, the railway or the motorway, and bridges those that may cross."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from data.make_sample.plane import Point, rounded
from data.make_sample.road import MOTORWAY, RAIL, RIVER, Road
from data.make_sample.terrain import Terrain

BANK_M = 14.0
RAIL_HALF_M = 20.0
MOTORWAY_HALF_M = 42.0
SHORTEST_REST_M = 25.0
SPAN_TAGS: Mapping[str, Mapping[str, str]] = {
    RIVER: {"bridge": "yes", "layer": "1"},
    RAIL: {"tunnel": "yes", "layer": "-1"},
    MOTORWAY: {"bridge": "yes", "layer": "1"},
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Ground that only a road which `crosses` its kind gets over; metres."""

    kind: str
    ground: BaseGeometry


def obstacles_of(terrain: Terrain) -> tuple[Obstacle, ...]:
    """Return rivers, railway and motorway with the strip beside them that a bridge spans."""
    rivers = tuple(Obstacle(RIVER, river.wet.buffer(BANK_M)) for river in terrain.rivers)
    return (
        *rivers,
        Obstacle(RAIL, terrain.railway.buffer(RAIL_HALF_M)),
        Obstacle(MOTORWAY, LineString(terrain.motorway).buffer(MOTORWAY_HALF_M)),
    )


def cut_out(roads: Iterable[Road], ground: BaseGeometry) -> list[Road]:
    """Return `roads` without what lies in `ground`."""
    return [rest for road in roads for rest in cross(road, (Obstacle("", ground),))]


def clip_to(roads: Iterable[Road], ground: BaseGeometry) -> list[Road]:
    """Return what lies in `ground` of `roads`."""
    return cut_out(roads, ground.envelope.buffer(20_000.0).difference(ground))


def cross(road: Road, obstacles: Sequence[Obstacle]) -> list[Road]:
    """Return the pieces of a road: on the ground, lifted where it may cross, nothing where it may not."""
    line = LineString(road.points)
    spans = _spans(line, obstacles)
    if not spans:
        return [road]
    pieces: list[Road] = []
    at = 0.0
    for start, end, kinds in spans:
        pieces += _ground(road, line, at, start)
        if kinds <= road.crosses:
            pieces.append(_span(road, line, start, end, kinds))
        at = end
    return pieces + _ground(road, line, at, line.length)


def _spans(line: LineString, obstacles: Sequence[Obstacle]) -> list[tuple[float, float, frozenset[str]]]:
    """Return where the line lies in obstacles, as metres along it; overlapping ones joined."""
    found: list[tuple[float, float, frozenset[str]]] = []
    for obstacle in obstacles:
        if line.intersects(obstacle.ground):
            found += [(a, b, frozenset({obstacle.kind})) for a, b in _inside(line, obstacle.ground)]
    joined: list[tuple[float, float, frozenset[str]]] = []
    for start, end, kinds in sorted(found, key=lambda span: span[:2]):
        if joined and start <= joined[-1][1] + 15.0:
            last = joined.pop()
            start, end, kinds = last[0], max(end, last[1]), kinds | last[2]
        joined.append((start, end, kinds))
    return joined


def _inside(line: LineString, ground: BaseGeometry) -> list[tuple[float, float]]:
    """Return the stretches of `line` in `ground`, found between the points where it meets the edge."""
    edge = [line.project(shapely.Point(xy)) for xy in shapely.get_coordinates(line.intersection(ground.boundary))]
    cuts = sorted({0.0, *edge, line.length})
    stretches: list[tuple[float, float]] = []
    for a, b in pairwise(cuts):
        if not ground.contains(line.interpolate((a + b) / 2)):
            continue
        if stretches and stretches[-1][1] == a:
            a = stretches.pop()[0]
        stretches.append((a, b))
    return stretches


def _ground(road: Road, line: LineString, start: float, end: float) -> list[Road]:
    whole = start == 0.0 and end == line.length
    if end - start < (0.5 if road.crosses else SHORTEST_REST_M) and not whole:
        return []
    return [replace(road, points=_stretch(line, start, end))]


def _span(road: Road, line: LineString, start: float, end: float, kinds: frozenset[str]) -> Road:
    tags = dict(road.tags)
    for kind in sorted(kinds, key=(RAIL, MOTORWAY, RIVER).index):
        if kind != RAIL or len(kinds) == 1:
            tags.update(SPAN_TAGS[kind])
    tags.update(road.span_tags)
    if "bridge" in road.span_tags:
        tags.pop("tunnel", None)
    return replace(road, points=_stretch(line, start, end), tags=tags, lifted=True)


def _stretch(line: LineString, start: float, end: float) -> tuple[Point, ...]:
    points = [rounded(xy) for xy in shapely.get_coordinates(substring(line, start, end))]
    return tuple(point for i, point in enumerate(points) if i == 0 or point != points[i - 1])
