"""Writes the network and the base map as OpenStreetMap data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import osmium
from shapely import Polygon

from data.make_sample.crossings import Obstacle, cross
from data.make_sample.facts import MADE_FOR
from data.make_sample.landmarks import Place
from data.make_sample.network import Network
from data.make_sample.plane import Point, to_degrees
from data.make_sample.road import RIVER, Road
from data.make_sample.terrain import Terrain

Line = tuple[Sequence[Point], Mapping[str, str]]

STAMP = datetime.fromisoformat(f"{MADE_FOR}T00:00:00").replace(tzinfo=UTC)
PLACE_TAGS: Mapping[str, Mapping[str, str]] = {
    "railway_station": {"railway": "station"},
    "hospital": {"amenity": "hospital"},
    "bus_station": {"amenity": "bus_station"},
    "market": {"amenity": "marketplace"},
    "school": {"amenity": "school"},
    "square": {"place": "square"},
    "mall": {"shop": "mall"},
    "government": {"amenity": "townhall"},
    "library": {"amenity": "library"},
    "toll_station": {"barrier": "toll_booth"},
    "island": {"place": "islet"},
}


def write_osm(path: Path, terrain: Terrain, network: Network, places: Sequence[Place]) -> None:
    """Write a `.osm.pbf`: nodes, then ways, ids ascending, one fixed time stamp; the same bytes every time."""
    ground = _base_map(terrain, network)
    points = sorted({("road", point) for line in network.roads for point in line.points})
    points += sorted({("ground", point) for line, _ in ground for point in line})
    ids = {point: number for number, point in enumerate(points, start=1)}
    path.unlink(missing_ok=True)
    # uncompressed: the bytes then depend on no version of a compression library
    header = osmium.io.Header()
    header.set("generator", "data/make_sample")
    file = osmium.io.File(str(path), "pbf,pbf_compression=none")
    with osmium.SimpleWriter(file, header=header) as writer:
        for (layer, point), number in ids.items():
            _add_node(writer, number, point, network.gates.get(point, {}) if layer == "road" else {})
        for number, (point, tags) in enumerate(_named_points(network, places), start=len(ids) + 1):
            _add_node(writer, number, point, tags)
        lines: list[tuple[str, Sequence[Point], Mapping[str, str]]] = []
        lines += [("road", line.points, line.tags) for line in network.roads]
        lines += [("ground", corners, tags) for corners, tags in ground]
        for number, (layer, corners, tags) in enumerate(lines, start=1):
            _add_way(writer, number, [ids[layer, point] for point in corners], tags)


def _add_node(writer: osmium.SimpleWriter, number: int, point: Point, tags: Mapping[str, str]) -> None:
    node = osmium.osm.mutable.Node(
        id=number, version=1, timestamp=STAMP, location=to_degrees(point), tags=dict(sorted(tags.items()))
    )
    writer.add_node(node)


def _add_way(writer: osmium.SimpleWriter, number: int, refs: Iterable[int], tags: Mapping[str, str]) -> None:
    way = osmium.osm.mutable.Way(
        id=number, version=1, timestamp=STAMP, nodes=list(refs), tags=dict(sorted(tags.items()))
    )
    writer.add_way(way)


def _base_map(terrain: Terrain, network: Network) -> list[Line]:
    """Return water, railway, parks and built-up ground."""
    lines: list[Line] = []
    for river in terrain.rivers:
        lines.append((river.course, {"waterway": "river", "name": river.name}))
        lines += [(_ring(piece), {"natural": "water", "water": "river", "name": river.name}) for piece in river.water]
    lines += [(_ring(half), {"natural": "water", "water": "lake", "name": "兴隆湖"}) for half in terrain.lake]
    rivers = [Obstacle(RIVER, river.wet.buffer(10)) for river in terrain.rivers]
    rails = Road(tuple(_points(terrain.railway.coords)), {"railway": "rail", "name": "示例铁路"}, frozenset({RIVER}))
    lines += [(piece.points, piece.tags) for piece in cross(replace(rails), rivers)]
    for name, corners in network.town.parks:
        lines.append(([*corners, corners[0]], {"leisure": "park", "name": f"{name}（示例）"}))
    lines.append((_ring(terrain.ring), {"landuse": "residential", "name": "兖州城区"}))
    lines += [([*one.outline, one.outline[0]], {"landuse": "residential"}) for one in network.villages]
    return lines


def _points(coordinates: Iterable[Sequence[float]]) -> list[Point]:
    return [(float(x), float(y)) for x, y in coordinates]


def _ring(shape: Polygon) -> list[Point]:
    return _points(shape.exterior.coords)


def _named_points(network: Network, places: Sequence[Place]) -> list[tuple[Point, Mapping[str, str]]]:
    """Return the tags of places; parks, bridges and lakes are drawn as what they are."""
    urban = {(one.name, one.township) for one in network.communities if one.urban}
    named: list[tuple[Point, Mapping[str, str]]] = []
    for place in places:
        if place.category == "township":
            named.append((place.at, {"place": "town", "name": place.name}))
        elif place.category == "community":
            kind = "suburb" if (place.name, place.township) in urban else "village"
            named.append((place.at, {"place": kind, "name": place.name}))
        elif place.category in PLACE_TAGS:
            named.append((place.at, {**PLACE_TAGS[place.category], "name": place.name}))
    return named
