"""The town inside the ring road: avenues, streets and the blocks between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

import shapely
from shapely import LineString

from data.make_sample import words
from data.make_sample.blocks import Block, Estate, fill_block
from data.make_sample.facts import TOWN_CENTRE
from data.make_sample.plane import Point, dice, distance_m, parallel, rounded, to_plane
from data.make_sample.road import RAIL, Road, road
from data.make_sample.terrain import Terrain

EVERY_NTH_AVENUE = 4
DUAL_HALF_M = 11.0
OLD_TOWN_M = 850.0

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Town:
    """Streets; `gateways` are where avenues end on the ring; parks and estates lie in blocks; metres.

    `gates` are the tags of points that bar the way.
    """

    roads: tuple[Road, ...]
    gateways: tuple[Point, ...]
    estates: tuple[Estate, ...]
    parks: tuple[tuple[str, tuple[Point, ...]], ...]
    gates: Mapping[Point, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Crossings by column and row; avenues by index."""

    nodes: Mapping[Cell, Point]
    columns: int
    rows: int
    avenue_columns: frozenset[int]
    avenue_rows: frozenset[int]


def build_town(terrain: Terrain) -> Town:
    """Draw the street grid, turned and bent a little, then fill its blocks."""
    random = dice("town")
    grid = _draw_grid(terrain, random)
    kept = _keep_edges(grid, terrain, random)
    streets, gateways = _draw_streets(grid, kept, terrain, random)
    roads = list(streets)
    gates: dict[Point, Mapping[str, str]] = {}
    estates: list[Estate] = []
    parks: list[tuple[str, tuple[Point, ...]]] = []
    for block in _blocks(grid, kept, terrain):
        filled = fill_block(block, random, park_names=words.PARKS[len(parks) :])
        roads += filled.roads
        gates.update(filled.gates)
        estates += filled.estates
        parks += filled.parks
    return Town(tuple(roads), tuple(gateways), tuple(estates), tuple(parks), gates)


def _lines(start: float, end: float, centre: float, random: Random) -> list[float]:
    """Return positions of parallel streets, closer together near `centre`."""
    at, lines = start, []
    while at < end:
        lines.append(at)
        sparse = min(1.0, abs(at - centre) / 4000)
        at += random.uniform(150, 215) + sparse * random.uniform(30, 110)
    return lines


def _draw_grid(terrain: Terrain, random: Random) -> _Grid:
    cx, cy = to_plane(*TOWN_CENTRE)
    west, south, east, north = terrain.ring.bounds
    xs = _lines(west - 100, east + 100, cx, random)
    ys = _lines(south - 100, north + 100, cy, random)
    first_x, first_y = random.randrange(EVERY_NTH_AVENUE), random.randrange(EVERY_NTH_AVENUE)
    avenue_columns = frozenset(range(first_x, len(xs), EVERY_NTH_AVENUE))
    avenue_rows = frozenset(range(first_y, len(ys), EVERY_NTH_AVENUE))
    nodes = {}
    for i, x in enumerate(xs):
        for j, y in enumerate(ys):
            loose = 4 if i in avenue_columns or j in avenue_rows else 13
            px, py = _bend(x - cx, y - cy)
            nodes[i, j] = rounded((cx + px + random.gauss(0, loose), cy + py + random.gauss(0, loose)))
    return _Grid(nodes, len(xs), len(ys), avenue_columns, avenue_rows)


def _bend(x: float, y: float) -> Point:
    """Turn the old town one way and the new town the other, and let long streets swing."""
    turn = -0.055 + 0.09 / (1 + math.exp((x + 2300) / 350))
    u = x - turn * y + 45 * math.sin(y / 900 + 0.4) + 18 * math.sin(y / 330)
    v = y + turn * x + 55 * math.sin(x / 1100 + 1.0) + 15 * math.sin(x / 380)
    return u, v


def _keep_edges(grid: _Grid, terrain: Terrain, random: Random) -> set[tuple[Cell, Cell]]:
    """Return the stretches that are built: all of the avenues, of the streets fewer towards the edge of town."""
    centre = to_plane(*TOWN_CENTRE)
    shapely.prepare(terrain.ring)
    kept = set()
    for (i, j), here in grid.nodes.items():
        for nxt, avenue in (((i + 1, j), j in grid.avenue_rows), ((i, j + 1), i in grid.avenue_columns)):
            if nxt not in grid.nodes:
                continue
            missing = 0.06 + 0.40 * min(1.0, max(0.0, distance_m(here, centre) - 1200) / 4200)
            built = avenue or random.random() > missing
            if built and (_within(terrain, here) or _within(terrain, grid.nodes[nxt])):
                kept.add(((i, j), nxt))
    return kept


def _within(terrain: Terrain, point: Point) -> bool:
    return bool(shapely.contains_xy(terrain.ring, *point))


def _draw_streets(
    grid: _Grid, kept: set[tuple[Cell, Cell]], terrain: Terrain, random: Random
) -> tuple[list[Road], list[Point]]:
    roads: list[Road] = []
    gateways: list[Point] = []
    names = _street_names(grid)
    for across in (True, False):
        for index in range(grid.rows if across else grid.columns):
            avenue = index in (grid.avenue_rows if across else grid.avenue_columns)
            for run in _runs(grid, kept, index, across=across):
                inside = _inside_ring(run, terrain, reach_ring=avenue)
                if len(inside) < 2:
                    continue
                if avenue:
                    gateways += [end for end in (inside[0], inside[-1]) if not _deep_inside(terrain, end)]
                roads += _street(inside, index, names[across, index], grid, across=across, avenue=avenue)
    return roads, gateways


def _deep_inside(terrain: Terrain, point: Point) -> bool:
    return terrain.ring.exterior.distance(shapely.Point(point)) > 1.0


def _runs(grid: _Grid, kept: set[tuple[Cell, Cell]], index: int, *, across: bool) -> list[list[Point]]:
    """Return the unbroken runs of one row (`across`) or column."""
    cells = [(k, index) for k in range(grid.columns)] if across else [(index, k) for k in range(grid.rows)]
    runs: list[list[Point]] = []
    for a, b in pairwise(cells):
        if (a, b) not in kept:
            continue
        if runs and runs[-1][-1] == grid.nodes[a]:
            runs[-1].append(grid.nodes[b])
        else:
            runs.append([grid.nodes[a], grid.nodes[b]])
    return runs


def _inside_ring(run: list[Point], terrain: Terrain, *, reach_ring: bool) -> list[Point]:
    """Return the run up to the ring road; a street that is no avenue often ends before it."""
    part = LineString(run).intersection(terrain.ring)
    lines = [line for line in shapely.get_parts(part) if line.geom_type == "LineString"]
    if not lines:
        return []
    points = [rounded(xy) for xy in shapely.get_coordinates(max(lines, key=lambda line: line.length))]
    if not reach_ring:
        ends_on_ring = [not _deep_inside(terrain, end) for end in (points[0], points[-1])]
        points = points[int(ends_on_ring[0] and len(points) % 3 != 0) :]
        points = points[: len(points) - int(ends_on_ring[1] and len(points) % 3 != 1)]
    return points


def _street_names(grid: _Grid) -> dict[tuple[bool, int], str]:
    names = {}
    for across, avenues, high, low in (
        (True, grid.avenue_rows, words.AVENUES_EAST, words.STREETS_EAST),
        (False, grid.avenue_columns, words.AVENUES_NORTH, words.STREETS_NORTH),
    ):
        chosen, others = iter(high), iter(low)
        for index in range(grid.rows if across else grid.columns):
            names[across, index] = next(chosen if index in avenues else others, "")
    return names


def _street(points: list[Point], index: int, name: str, grid: _Grid, *, across: bool, avenue: bool) -> list[Road]:
    """Return one street with its class; the grand avenue has two carriageways, two streets are one-way."""
    middle = sorted(grid.avenue_rows if across else grid.avenue_columns)
    grand = across and avenue and index == middle[len(middle) // 2]
    if grand:
        both = (parallel(points, -DUAL_HALF_M), list(reversed(parallel(points, DUAL_HALF_M))))
        made = [road(line, "primary", name, oneway="yes", maxspeed="60") for line in both]
    elif avenue:
        highway = "secondary" if index % (2 * EVERY_NTH_AVENUE) == middle[0] % (2 * EVERY_NTH_AVENUE) else "tertiary"
        made = [road(points, highway, name, maxspeed="50" if highway == "secondary" else "40")]
    else:
        made = [_side_street(points, index, name, grid, across=across)]
    crosses = frozenset({RAIL}) if avenue and across else frozenset()
    foot_tunnel = {"highway": "footway", "tunnel": "yes", "layer": "-1"}
    if not avenue and across and index % 7 == 3:
        return [replace(line, crosses=frozenset({RAIL}), span_tags=foot_tunnel) for line in made]
    return [replace(line, crosses=crosses) for line in made]


def _side_street(points: list[Point], index: int, name: str, grid: _Grid, *, across: bool) -> Road:
    cx, cy = to_plane(*TOWN_CENTRE)
    middle = points[len(points) // 2]
    central = abs((middle[1] - cy) if across else (middle[0] - cx)) < 700
    if central and not across:
        # neighbours run in turn north and south
        ordered = points if index % 2 else points[::-1]
        return road(ordered, "residential", name, oneway="yes", oneway_bicycle="no" if index % 4 == 1 else "yes")
    if central and abs(middle[1] - cy) < 130:
        return road(points, "pedestrian", name, bicycle="yes" if index % 2 else "no")
    return road(points, "residential" if index % 3 else "unclassified", name)


def _blocks(grid: _Grid, kept: set[tuple[Cell, Cell]], terrain: Terrain) -> list[Block]:
    centre = to_plane(*TOWN_CENTRE)
    inner = terrain.ring.buffer(-60)
    shapely.prepare(inner)
    rail = terrain.railway.buffer(30)
    blocks = []
    for i in range(grid.columns - 1):
        for j in range(grid.rows - 1):
            cells = ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
            corners = tuple(grid.nodes[cell] for cell in cells)
            if not all(shapely.contains_xy(inner, *corner) for corner in corners):
                continue
            sides = ((cells[0], cells[1]), (cells[1], cells[2]), (cells[3], cells[2]), (cells[0], cells[3]))
            block = Block(
                corners,
                streets=tuple(side in kept for side in sides),
                old=distance_m(corners[0], centre) < OLD_TOWN_M,
                remoteness=min(1.0, max(0.0, distance_m(corners[0], centre) - 1500) / 4000),
                split=rail.intersects(shapely.Polygon(corners)),
            )
            blocks.append(block)
    return blocks
