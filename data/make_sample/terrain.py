"""The ground: outline, rivers with their banks, the lake, the railway."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from data.make_sample.facts import (
    LAKE_CENTRE,
    MOTORWAY,
    NEIGHBOUR_EAST_LON,
    NEIGHBOUR_NORTH_LAT,
    RAILWAY,
    RING,
    RIVER_ISLAND,
    RIVERS,
)
from data.make_sample.plane import Point, parallel, rounded, smooth, smooth_ring, to_plane

BANK_STEP_M = 110.0
ISLAND_LENGTH_M = 620.0
ISLAND_WIDTH_M = 210.0
SURROUNDINGS_M = 900.0


@dataclass(frozen=True, slots=True)
class River:
    """A course and the water as polygons without holes, `wet` joined; metres."""

    name: str
    course: tuple[Point, ...]
    water: tuple[Polygon, ...]
    wet: BaseGeometry


@dataclass(frozen=True, slots=True)
class Terrain:
    """All that roads must mind; metres. `served` is the outline without the two townships of the neighbour."""

    outline: Polygon
    served: BaseGeometry
    rivers: tuple[River, ...]
    island: Polygon
    islet: Polygon
    lake: tuple[Polygon, ...]
    railway: LineString
    motorway: tuple[Point, ...]
    ring: Polygon

    @property
    def surroundings(self) -> Polygon:
        """The outline with a margin: roads do not end at a boundary."""
        return self.outline.buffer(SURROUNDINGS_M)


def read_terrain(outline_file: Path) -> Terrain:
    """Read the outline (GeoJSON, WGS 84) and lay rivers, lake, railway and motorway into it."""
    outline = read_outline(outline_file)
    middle = [to_plane(*corner) for corner in RIVERS[RIVER_ISLAND[0]]]
    course = smooth(middle, BANK_STEP_M)
    island, island_at = _island(course, RIVER_ISLAND[1])
    rivers = tuple(_river(name, island if name == RIVER_ISLAND[0] else None, island_at) for name in RIVERS)
    islet, lake = _lake(to_plane(*LAKE_CENTRE))
    ring = Polygon(smooth_ring([to_plane(*corner) for corner in RING], 80.0))
    return Terrain(
        outline=outline,
        served=outline.difference(_neighbour()),
        rivers=rivers,
        island=island,
        islet=islet,
        lake=lake,
        railway=LineString(smooth([to_plane(*corner) for corner in RAILWAY], 150.0)),
        motorway=tuple(smooth([to_plane(*corner) for corner in MOTORWAY], 150.0)),
        ring=ring,
    )


def read_outline(outline_file: Path) -> Polygon:
    """Read the one polygon of a GeoJSON boundary, in metres of the sample's plane."""
    return Polygon([to_plane(*corner) for corner in read_outline_degrees(outline_file)])


def read_outline_degrees(outline_file: Path) -> list[Point]:
    """Read the outer ring of a GeoJSON boundary, WGS 84 degrees."""
    collection = json.loads(outline_file.read_text(encoding="utf-8"))
    return [(corner[0], corner[1]) for corner in collection["features"][0]["geometry"]["coordinates"][0]]


def as_closed(points: Iterable[Iterable[float]]) -> list[Point]:
    """Return the corners of a ring, rounded, the first one again at the end."""
    corners = [rounded(tuple(point)[:2]) for point in points]
    return corners if corners[0] == corners[-1] else [*corners, corners[0]]


def _neighbour() -> Polygon:
    west_south, east_north = to_plane(116.5, 35.3), to_plane(NEIGHBOUR_EAST_LON, NEIGHBOUR_NORTH_LAT)
    return shapely.box(*west_south, *east_north)


def _island(course: list[Point], share: float) -> tuple[Polygon, int]:
    at = round(share * (len(course) - 1))
    a, b = course[at - 1], course[at + 1]
    heading = math.atan2(b[1] - a[1], b[0] - a[0])
    corners = []
    for k in range(28):
        angle = 2 * math.pi * k / 28
        u = math.cos(angle) * ISLAND_LENGTH_M / 2
        v = math.sin(angle) * ISLAND_WIDTH_M / 2 * (1 + 0.15 * math.cos(angle * 2 + 1))
        x = course[at][0] + u * math.cos(heading) - v * math.sin(heading)
        y = course[at][1] + u * math.sin(heading) + v * math.cos(heading)
        corners.append(rounded((x, y)))
    return Polygon(corners), at


def _river(name: str, island: Polygon | None, island_at: int) -> River:
    course = smooth([to_plane(*corner) for corner in RIVERS[name]], BANK_STEP_M)
    half = [40 + 8.5 * math.sin(i * 0.37) for i in range(len(course))]
    if island is not None:
        half = [h + 150 * math.exp(-(((i - island_at) / 3.2) ** 2)) for i, h in enumerate(half)]
    left = [parallel(course, h)[i] for i, h in enumerate(half)]
    right = [parallel(course, -h)[i] for i, h in enumerate(half)]
    start = island_at % 20 if island is not None else 0
    cuts = sorted({0, *range(start, len(course), 20), len(course) - 1})
    water = []
    for a, b in pairwise(cuts):
        piece: BaseGeometry = Polygon([*left[a : b + 1], *reversed(right[a : b + 1])])
        piece = piece.difference(island) if island is not None else piece
        water.append(Polygon(as_closed(shapely.get_coordinates(piece).tolist())))
    wet = shapely.union_all([piece.buffer(0.2) for piece in water])
    return River(name, tuple(course), tuple(water), wet)


def _lake(centre: Point) -> tuple[Polygon, tuple[Polygon, ...]]:
    corners, shore = [], []
    for k in range(36):
        angle = 2 * math.pi * k / 36
        reach = 420 + 90 * math.sin(2 * angle + 0.6) + 45 * math.sin(5 * angle)
        corners.append(rounded((centre[0] + 1.3 * reach * math.cos(angle), centre[1] + reach * math.sin(angle))))
        shore.append(rounded((centre[0] + 130 * math.cos(angle), centre[1] + 95 * math.sin(angle))))
    # two halves that leave the islet out, so that each is a plain closed way
    islet = Polygon(shore)
    west = Polygon([*corners[9:28], *reversed(shore[9:28])])
    east = Polygon([*corners[27:], *corners[:10], *reversed([*shore[27:], *shore[:10]])])
    return islet, (west, east)
