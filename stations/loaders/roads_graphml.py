"""Roads from a GraphML file as OSMnx writes it."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError

from stations.errors import FileError
from stations.geo.crs import to_degrees
from stations.geo.raw_roads import Permission, RawRoads
from stations.loaders.access import WayAccess, access_rules
from stations.loaders.way_rows import WayRows

_SPACE = "{http://graphml.graphdrawing.org/xmlns}"
_BLOCK = 65536
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Graph:
    """The file as it stands: attributes of the whole, points by node id, edges with their attributes as text."""

    attributes: dict[str, str]
    points: dict[str, Point]
    edges: list[tuple[str, str, dict[str, str]]]


@dataclass(slots=True)
class _Points:
    """Coordinates gathered one by one, each with its number."""

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)

    def add(self, point: Point) -> int:
        self.x.append(point[0])
        self.y.append(point[1])
        return len(self.x) - 1


def read_graphml(path: Path) -> RawRoads:
    """Read a street graph with the attributes of OSMnx: ``x y`` of nodes; ``highway oneway`` ... of edges.

    The two directed edges of a street that is not one-way become one. Where an attribute is a list, because the
    edge was merged of several ways, a mode may go where every one of them lets it; names are joined by " / ".
    Coordinates are in the ``crs`` the graph names, WGS 84 when it names none.

    Raises
    ------
    FileError
        The file is no GraphML, is cut short, declares a document type, or misses a coordinate.
    """
    graph = _parse(path)
    ways, points = WayRows(rules=access_rules()), _Points()
    number_of = {node: points.add(point) for node, point in graph.points.items()}
    for source, target, tags in _streets(graph, path=path):
        inner = [points.add(point) for point in _bends(tags, path=path)]
        access = _strictest(ways, tags)
        first_class = _values(tags.get("highway", ""))[0]
        name = " / ".join(_values(tags.get("name", "")))
        ways.add(access, road_class=first_class, name=name, nodes=[number_of[source], *inner, number_of[target]])
    lon, lat = _degrees(points, graph.attributes.get("crs", ""), path=path)
    return ways.finished(node_lon=lon, node_lat=lat, way_nodes=np.array(ways.nodes, dtype=np.int64))


def _parse(path: Path) -> _Graph:
    graph = _Graph({}, {}, [])
    names: dict[str, str] = {}
    tag = ""
    try:
        _refuse_doctype(path)
        for _, element in ElementTree.iterparse(path, events=("end",)):
            tag = element.tag.removeprefix(_SPACE)
            _take(tag, element, graph=graph, names=names)
    except FileError:
        raise
    except (ElementTree.ParseError, expat.ExpatError, UnicodeError) as cause:
        raise FileError("roads.not_graphml", path=path, reason=str(cause)) from cause
    except (KeyError, ValueError) as cause:
        raise FileError("roads.graphml_attribute", path=path, reason=str(cause)) from cause
    except LookupError as cause:  # an encoding that nobody knows
        raise FileError("roads.not_graphml", path=path, reason=str(cause)) from cause
    if tag != "graphml":
        raise FileError("roads.not_graphml", path=path, reason=f"<{tag}>")
    return graph


def _take(tag: str, element: ElementTree.Element, *, graph: _Graph, names: dict[str, str]) -> None:
    """Take a finished element of the file; `names` maps the keys of its attributes to their names."""
    if tag == "key":
        names[element.attrib["id"]] = element.attrib["attr.name"]
    elif tag == "data" and names[element.attrib["key"]] == "crs":
        graph.attributes["crs"] = element.text or ""
    elif tag == "node":
        attributes = _attributes(element, names)
        graph.points[element.attrib["id"]] = float(attributes["x"]), float(attributes["y"])
        element.clear()
    elif tag == "edge":
        graph.edges.append((element.attrib["source"], element.attrib["target"], _attributes(element, names)))
        element.clear()


def _refuse_doctype(path: Path) -> None:
    """Refuse a document type before anything is parsed: it is where entities that blow up are declared."""
    prolog_ended = False

    def refuse(*_: object) -> None:
        raise FileError("roads.doctype", path=path)

    def end(*_: object) -> None:
        nonlocal prolog_ended
        prolog_ended = True

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = end
    with path.open("rb") as file:
        while not prolog_ended and (block := file.read(_BLOCK)):
            parser.Parse(block)


def _attributes(element: ElementTree.Element, names: Mapping[str, str]) -> dict[str, str]:
    return {names[child.attrib["key"]]: child.text or "" for child in element.iter(f"{_SPACE}data")}


def _streets(graph: _Graph, *, path: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield every edge, of the two directions of a street only the one that was digitised."""
    seen = set()
    for source, target, tags in sorted(graph.edges, key=lambda edge: edge[2].get("reversed", "False") != "False"):
        for node in (source, target):
            if node not in graph.points:
                raise FileError("roads.graphml_attribute", path=path, reason=f"node {node}")
        if "true" not in tags.get("oneway", "").lower():
            shape = tuple(_bends(tags, path=path))
            same = tuple(sorted((key, value) for key, value in tags.items() if key in _SAME_BOTH_WAYS))
            line = min((source, shape, target), (target, shape[::-1], source))
            if (line, same) in seen:
                continue
            seen.add((line, same))
        yield source, target, tags


_SAME_BOTH_WAYS = access_rules().keys | {"name"}


def _bends(tags: Mapping[str, str], *, path: Path) -> list[Point]:
    """Return the points between the ends of an edge."""
    text = tags.get("geometry", "")
    if not text:
        return []
    try:
        points = shapely.get_coordinates(shapely.from_wkt(text))[1:-1]
    except shapely.errors.GEOSException as cause:
        raise FileError("roads.graphml_attribute", path=path, reason=str(cause)) from cause
    return [(float(x), float(y)) for x, y in points]


def _values(text: str) -> list[str]:
    """Return the values of an attribute, which OSMnx writes as a Python list where there are several."""
    if not text.startswith("["):
        return [text]
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return [text]
    return [str(value) for value in found] or [""]


def _strictest(ways: WayRows, tags: Mapping[str, str]) -> WayAccess:
    """Judge an edge by every combination of its values and keep what all of them allow."""
    keys = [key for key in tags if key in _SAME_BOTH_WAYS and key not in {"name", "maxspeed"}]
    limit = {"maxspeed": ";".join(_values(tags.get("maxspeed", "")))}
    judged = [
        ways.judge(limit | {key: value.lower() for key, value in zip(keys, values, strict=True)})
        for values in itertools.product(*(_values(tags[key]) for key in keys))
    ]
    return WayAccess(
        forward=tuple(Permission(min(each)) for each in zip(*(access.forward for access in judged), strict=True)),
        backward=tuple(Permission(min(each)) for each in zip(*(access.backward for access in judged), strict=True)),
        maxspeed_kmh=judged[0].maxspeed_kmh,
        conditional=any(access.conditional for access in judged),
        unknown=tuple(dict.fromkeys(value for access in judged for value in access.unknown)),
    )


def _degrees(points: _Points, crs: str, *, path: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = np.array(points.x, dtype=np.float64), np.array(points.y, dtype=np.float64)
    if crs.strip().lower() in {"", "epsg:4326", "{'init': 'epsg:4326'}"}:
        return x, y
    try:
        return to_degrees(x, y, crs=crs)
    except CRSError as cause:
        raise FileError("roads.crs_unknown", path=path, crs=crs) from cause
