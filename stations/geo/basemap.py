"""What a map draws beneath its stations, as a small JSON value for browsers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from stations.geo.basemap_shapes import LAYERS, POLYGON_LAYERS, BaseMap, Shapes, empty_basemap
from stations.geo.crs import to_degrees, to_metres
from stations.geo.road_segments import BARRIER_CLASS
from stations.geo.roads import RoadNetwork

__all__ = [
    "LAYERS",
    "POLYGON_LAYERS",
    "RANKS",
    "STEPS_PER_DEGREE",
    "BaseMap",
    "Shapes",
    "empty_basemap",
    "encode_basemap",
    "road_ranks",
]

RANKS = ("path", "minor", "tertiary", "secondary", "primary", "motorway")
"""Drawing ranks of roads, in the order in which they are painted."""

STEPS_PER_DEGREE = 100_000
"""Coordinates are whole numbers of 0.00001 degrees, about 1 m."""

TOLERANCE_M = 3.0
"""How far a simplified line may be from the true one."""

_RANK_OF = {
    "motorway": "motorway",
    "trunk": "motorway",
    "primary": "primary",
    "secondary": "secondary",
    "tertiary": "tertiary",
    "footway": "path",
    "path": "path",
    "steps": "path",
    "cycleway": "path",
    "pedestrian": "path",
    "bridleway": "path",
    "track": "path",
    "corridor": "path",
    "platform": "path",
    "elevator": "path",
}

Lines = NDArray[np.object_]


def encode_basemap(network: RoadNetwork, basemap: BaseMap) -> dict[str, Any]:
    """Return everything a map draws beneath its stations, as a value that JSON can write.

    Lines are simplified to `TOLERANCE_M` by Douglas and Peucker (1973). Coordinates are WGS 84 in steps of 0.00001
    degrees; a line is ``[lon, lat, dlon, dlat, dlon, dlat, ...]``, every point after the first as the difference to
    the one before.

    Returns
    -------
    dict
        ``roads``, lines by the ranks of `RANKS`; ``road_names``, by rank ``[name, lon, lat, angle]``, the angle in
        degrees counter-clockwise from east, over -90 and up to 90, so that text stands upright; every layer of
        `LAYERS` by its name, a list of lines or closed rings; ``places``, a list of ``[name, kind, lon, lat]``.
    """
    lines = _street_lines(network)
    ranks = road_ranks(network)
    of_rank = {rank: ranks == number for number, rank in enumerate(RANKS)}
    areas_and_lines = {
        name: _encoded_shapes(shapes, closed=name in POLYGON_LAYERS, crs=network.crs)
        for name, shapes in basemap.layers.items()
    }
    places = zip(
        basemap.place_names,
        basemap.place_kinds,
        _steps(basemap.place_lon).tolist(),
        _steps(basemap.place_lat).tolist(),
        strict=True,
    )
    return {
        "roads": {rank: _encoded_roads(lines[mine], crs=network.crs) for rank, mine in of_rank.items()},
        "road_names": {
            rank: _labels(lines[mine], network.street_name[mine], network) for rank, mine in of_rank.items()
        },
        **areas_and_lines,
        "places": [list(place) for place in places],
    }


def _steps(degrees: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(degrees * STEPS_PER_DEGREE).astype(np.int64)


def road_ranks(network: RoadNetwork) -> NDArray[np.int64]:
    """Return the place in `RANKS` of every street, shape (S,); -1 for what is not drawn."""
    return np.array([_rank_number(name) for name in network.classes], dtype=np.int64)[network.street_class]


def _rank_number(road_class: str) -> int:
    """Return the rank of a class, -1 for what is not drawn; a slip road is drawn like its road."""
    if road_class == BARRIER_CLASS:
        return -1
    return RANKS.index(_RANK_OF.get(road_class.removesuffix("_link"), "minor"))


def _street_lines(network: RoadNetwork) -> Lines:
    street = np.repeat(np.arange(len(network.street_from)), np.diff(network.shape_offset))
    if not len(street):
        return np.zeros(0, dtype=np.object_)
    return np.asarray(shapely.linestrings(np.column_stack([network.shape_x, network.shape_y]), indices=street))


def _merged(lines: Lines) -> Lines:
    """Join lines end to end where two meet."""
    return np.asarray(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines))), dtype=np.object_)


def _encoded_roads(lines: Lines, *, crs: str) -> list[list[int]]:
    if not len(lines):
        return []
    return _encoded(_merged(lines), crs=crs)


def _encoded_shapes(shapes: Shapes, *, closed: bool, crs: str) -> list[list[int]]:
    if not shapes.names:
        return []
    x, y = to_metres(shapes.lon, shapes.lat, crs=crs)
    number = np.repeat(np.arange(len(shapes.names)), np.diff(shapes.offset))
    encoded = _encoded(np.asarray(shapely.linestrings(np.column_stack([x, y]), indices=number)), crs=crs)
    fewest = 8 if closed else 4  # three corners and the first again, or two points
    return [line for line in encoded if len(line) >= fewest]


def _encoded(lines: Lines, *, crs: str) -> list[list[int]]:
    simple = shapely.simplify(lines, TOLERANCE_M, preserve_topology=False)
    places, number = shapely.get_coordinates(simple, return_index=True)
    lon, lat = to_degrees(places[:, 0], places[:, 1], crs=crs)
    steps = _steps(np.column_stack([lon, lat]))
    moves = np.diff(steps, axis=0, prepend=steps[:1] * 0)
    begins = np.diff(number, prepend=-1) != 0
    moves[begins] = steps[begins]
    kept = begins | moves.any(axis=1)
    moves, begins = moves[kept], begins[kept]
    lines_of_moves = np.split(moves, np.flatnonzero(begins)[1:])
    return [line.ravel().tolist() for line in lines_of_moves if len(line) > 1]


def _labels(lines: Lines, names: NDArray[np.int32], network: RoadNetwork) -> list[list[Any]]:
    """Return one label per name, at the middle of the longest unbroken piece of the street."""
    order = np.argsort(names, kind="stable")
    named = order[names[order] > 0]
    groups = np.split(named, np.flatnonzero(np.diff(names[named])) + 1) if len(named) else []
    pieces = [max(_merged(lines[group]), key=shapely.length) for group in groups]
    if not pieces:
        return []
    half_m = shapely.length(pieces) / 2
    before, middle, after = (
        shapely.get_coordinates(shapely.line_interpolate_point(pieces, half_m * part)) for part in (0.9, 1.0, 1.1)
    )
    lon, lat = to_degrees(middle[:, 0], middle[:, 1], crs=network.crs)
    return [
        [network.names[names[group[0]]], east, north, _upright_angle(*(end - start))]
        for group, east, north, start, end in zip(
            groups, _steps(lon).tolist(), _steps(lat).tolist(), before, after, strict=True
        )
    ]


def _upright_angle(along_x: float, along_y: float) -> int:
    """Return the direction of a line in whole degrees over -90 and up to 90."""
    angle = round(math.degrees(math.atan2(along_y, along_x)))
    return angle - 180 if angle > 90 else angle + 180 if angle <= -90 else angle
