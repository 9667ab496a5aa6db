"""What lies beneath a printed map, in metres and ready to be cut to a frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from stations.geo.basemap import LAYERS, POLYGON_LAYERS, RANKS, BaseMap, Shapes, road_ranks
from stations.geo.crs import to_metres
from stations.geo.roads import RoadNetwork
from stations.geo.snap import street_lines

Lines = NDArray[np.object_]
_SEA_PROBE_M = 0.5
_SEA_BEYOND, _MOST_BEYOND_M = 0.02, 2000.0
"""How far the sea is drawn beyond the roads: a share of their extent, and metres at most."""
_TORN_M = 60.0
"""A coast that ends farther than this within the data is not known to its end, and bounds no sea."""
_SURE_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class NamedLines:
    """Lines of one name: roads of a rank, or a layer of `LAYERS`; unbroken pieces, metres."""

    name: str
    rank: str
    lines: Lines


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A place that is written on the map: its OSM ``place`` kind, metres."""

    name: str
    kind: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PaperBase:
    """Roads, water and names of a region, in metres of `crs`.

    Attributes
    ----------
    roads
        Unbroken lines by the ranks of `RANKS`.
    areas
        Polygons by the names of `POLYGON_LAYERS`; the sea is among the water.
    lines
        Lines by the names of the other layers; the coastline has land to its left, as OSM draws it.
    names, points
        What is written along lines, and at points.
    extent
        West, south, east, north of the roads; zeros where there is none.
    """

    crs: str
    roads: Mapping[str, Lines]
    areas: Mapping[str, Lines]
    lines: Mapping[str, Lines]
    names: tuple[NamedLines, ...]
    points: tuple[NamedPoint, ...]
    extent: tuple[float, float, float, float]


def prepare_base(network: RoadNetwork, basemap: BaseMap) -> PaperBase:
    """Return a region's base map in metres of the network's projection; lines of one rank are joined end to end."""
    streets = street_lines(network)
    ranks = road_ranks(network)
    shapes = {name: _lines(basemap.layers[name], network.crs) for name in LAYERS}
    areas = {name: _polygons(shapes[name]) for name in LAYERS if name in POLYGON_LAYERS}
    water = np.array(sea(shapes["coastline"], _extent(network)), dtype=np.object_)
    x, y = to_metres(basemap.place_lon, basemap.place_lat, crs=network.crs)
    points = zip(basemap.place_names, basemap.place_kinds, x.tolist(), y.tolist(), strict=True)
    return PaperBase(
        crs=network.crs,
        roads={rank: _merged(streets[ranks == number]) for number, rank in enumerate(RANKS)},
        areas={**areas, "water": np.concatenate([areas["water"], water])},
        lines={name: _merged(shapes[name]) for name in LAYERS if name not in POLYGON_LAYERS},
        names=(*_road_names(network, streets, ranks), *_layer_names(basemap, shapes)),
        points=tuple(NamedPoint(*point) for point in points),
        extent=_extent(network),
    )


def _extent(network: RoadNetwork) -> tuple[float, float, float, float]:
    x, y = network.shape_x, network.shape_y
    if not len(x):
        return 0.0, 0.0, 0.0, 0.0
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def sea(coastline: Lines, extent: tuple[float, float, float, float]) -> list[shapely.Polygon]:
    """Return the sea about what is known of a region (`extent`: west, south, east, north in metres).

    It is what lies right of the coast, out to a little beyond the extent. A coast that ends within the extent, as it
    does where a way is missing, bounds nothing: no land is flooded by what is not known.
    """
    west, south, east, north = extent
    if east <= west or north <= south:
        return []
    more = min(_SEA_BEYOND * max(east - west, north - south), _MOST_BEYOND_M)
    box = west - more, south - more, east + more, north + more
    cut = shapely.get_parts(shapely.clip_by_rect(_merged(coastline), *box))
    lines = [line for line in cut if line.geom_type == "LineString" and line.length > 1]
    coast = [whole for line in lines if (whole := _to_edge(line, box, more + _TORN_M)) is not None]
    if not coast:
        return []
    edges = shapely.union_all([shapely.box(*box).exterior, *coast])
    rings = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    seaward = np.concatenate([_right_of(line) for line in coast])
    landward = np.concatenate([_right_of(line.reverse()) for line in coast])
    return [ring for ring in rings if _is_sea(_held(ring, seaward), _held(ring, landward))]


def _is_sea(seaward: int, landward: int) -> bool:
    return seaward > 0 and seaward >= _SURE_SHARE * (seaward + landward)


def _to_edge(
    line: shapely.LineString, box: tuple[float, float, float, float], within_m: float
) -> shapely.LineString | None:
    """Return a coast led straight on to the edge of a box; `None` where it ends farther than that from every edge."""
    if line.is_ring:
        return line
    points = shapely.get_coordinates(line)
    first, last = _edge_point(points[0], box), _edge_point(points[-1], box)
    if max(np.abs(first - points[0]).max(), np.abs(last - points[-1]).max()) > within_m:
        return None
    return shapely.LineString(np.vstack([first, points, last]))


def _edge_point(point: NDArray[np.float64], box: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """Return the point of the edge of a box that is nearest to one within."""
    west, south, east, north = box
    x, y = float(point[0]), float(point[1])
    choices = ((x - west, west, y), (east - x, east, y), (y - south, x, south), (north - y, x, north))
    return np.array(min(choices)[1:])


def _held(ring: shapely.Polygon, points: NDArray[np.float64]) -> int:
    return int(shapely.contains_xy(ring, points[:, 0], points[:, 1]).sum())


def _right_of(line: shapely.LineString) -> NDArray[np.float64]:
    """Return a point just right of the middle of each segment."""
    points = shapely.get_coordinates(line)
    along = np.diff(points, axis=0)
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    right = np.column_stack([along[:, 1], -along[:, 0]]) / length
    return np.asarray((points[:-1] + points[1:]) / 2 + right * _SEA_PROBE_M)


def _lines(shapes: Shapes, crs: str) -> Lines:
    if not shapes.names:
        return np.zeros(0, dtype=np.object_)
    x, y = to_metres(shapes.lon, shapes.lat, crs=crs)
    number = np.repeat(np.arange(len(shapes.names)), np.diff(shapes.offset))
    return np.asarray(shapely.linestrings(np.column_stack([x, y]), indices=number))


def _polygons(rings: Lines) -> Lines:
    if not len(rings):
        return rings
    solid = [shapely.Polygon(shapely.get_coordinates(ring)) for ring in rings]
    return np.asarray(shapely.make_valid(np.array(solid, dtype=np.object_)))


def _merged(lines: Lines) -> Lines:
    if not len(lines):
        return lines
    return np.asarray(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines))), dtype=np.object_)


def _road_names(network: RoadNetwork, streets: Lines, ranks: NDArray[np.int64]) -> list[NamedLines]:
    """Return every named road once for each rank that it has."""
    named = np.flatnonzero((network.street_name > 0) & (ranks >= 0))
    if not len(named):
        return []
    order = named[np.lexsort((ranks[named], network.street_name[named]))]
    key = network.street_name[order].astype(np.int64) * len(RANKS) + ranks[order]
    groups = np.split(order, np.flatnonzero(np.diff(key)) + 1)
    return [
        NamedLines(network.names[network.street_name[group[0]]], RANKS[ranks[group[0]]], _merged(streets[group]))
        for group in groups
    ]


def _layer_names(basemap: BaseMap, shapes: Mapping[str, Lines]) -> list[NamedLines]:
    found: list[NamedLines] = []
    for layer in ("waterway", "railway"):
        names = np.array(basemap.layers[layer].names, dtype=np.object_)
        distinct = sorted({str(name) for name in names if name})
        found += [NamedLines(name, layer, _merged(shapes[layer][names == name])) for name in distinct]
    return found
