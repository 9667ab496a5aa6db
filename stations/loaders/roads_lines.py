"""Roads from a layer of lines: Shapefile, GeoPackage, FileGDB, GeoJSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio  # type: ignore[import-untyped] # it ships none
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError  # type: ignore[import-untyped] # it ships none
from pyproj.exceptions import CRSError

from stations.errors import FileError
from stations.geo.crs import local_crs, to_degrees, to_metres
from stations.geo.line_noding import node_lines
from stations.geo.raw_roads import RawRoads
from stations.loaders.access import AccessRules, access_rules
from stations.loaders.way_rows import WayRows

_NO_CLASS = "unclassified"
_FALSE_WORDS = frozenset({"", "no", "n", "f", "false", "0", "否", "无"})


@dataclass(frozen=True, slots=True)
class _Layer:
    """Rows of a layer: their geometry and, by column, their values as text."""

    crs: str
    shapes: NDArray[np.object_]
    texts: Mapping[str, list[str]]


def read_lines(path: Path, *, columns: Mapping[str, str]) -> tuple[RawRoads, dict[str, str]]:
    """Read a line layer and join its lines where they meet.

    Parameters
    ----------
    path
        A file that pyogrio opens, in any coordinate system it names.
    columns
        Our names (``class oneway name maxspeed bridge tunnel layer``) to the file's; what is absent is looked for
        by the synonyms of ``access.toml``. ``table`` names the layer where a file holds several, ``encoding`` that
        of a Shapefile's texts (``GBK``) where the file does not tell. Columns that are named like an OSM access
        key (``access``, ``bicycle`` ...) are heeded too.

    Returns
    -------
    RawRoads, dict
        The roads, WGS 84, and which column stood for what. Without a class column every line counts as
        ``unclassified``, like a line whose class is unknown; the counts list the unknown ones.

    Raises
    ------
    FileError
        The file cannot be opened, holds several line layers, names no coordinate system, or lacks a column.
    """
    rules = access_rules()
    layer = _open(path, columns)
    used = _columns_used(layer, columns, rules=rules, path=path)
    x, y, offset, row_of = _points(layer)
    lon, lat = _degrees(x, y, layer.crs, path=path)
    crs = local_crs(float(lon.mean()), float(lat.mean())) if len(lon) else local_crs(0, 0)
    level = np.array([_level(layer, used, row) for row in row_of.tolist()], dtype=np.int64)
    noded = node_lines(*to_metres(lon, lat, crs=crs), offset, level=level)
    ways = WayRows(rules=rules)
    for number, row in enumerate(row_of.tolist()):
        tags = _tags(layer, used, row, rules=rules, ways=ways)
        nodes = noded.line_nodes[noded.offset[number] : noded.offset[number + 1]].tolist()
        ways.add(ways.judge(tags), road_class=tags["highway"], name=tags.get("name", ""), nodes=nodes)
    node_lon, node_lat = to_degrees(noded.node_x, noded.node_y, crs=crs)
    raw = ways.finished(
        node_lon=node_lon,
        node_lat=node_lat,
        way_nodes=np.array(ways.nodes, dtype=np.int64),
        without_shape=len(layer.shapes) - len(np.unique(row_of)),
    )
    return raw, used


def _open(path: Path, columns: Mapping[str, str]) -> _Layer:
    try:
        table = columns.get("table") or _only_line_table(path)
        found, _, shapes, values = pyogrio.raw.read(
            path, layer=table, encoding=columns.get("encoding"), force_2d=True, datetime_as_string=True
        )
    except DataLayerError as cause:
        raise FileError("roads.table_unknown", path=path, table=columns.get("table")) from cause
    except (UnicodeDecodeError, LookupError) as cause:
        raise FileError("roads.encoding", path=path, reason=str(cause)) from cause
    except DataSourceError as cause:
        raise FileError("roads.not_lines", path=path, reason=str(cause)) from cause
    if not found["crs"]:
        raise FileError("roads.no_crs", path=path)
    texts = {name: [_text(value) for value in column] for name, column in zip(found["fields"], values, strict=True)}
    return _Layer(found["crs"], shapely.from_wkb(shapes), texts)


def _only_line_table(path: Path) -> str:
    tables = [(str(name), str(kind)) for name, kind in pyogrio.list_layers(path)]
    lines = [name for name, kind in tables if "LineString" in kind or kind == "Unknown"]
    if not lines:
        raise FileError("roads.no_line_table", path=path, tables=", ".join(name for name, _ in tables))
    if len(lines) > 1:
        raise FileError("roads.many_tables", path=path, tables=", ".join(lines))
    return lines[0]


def _text(value: Any) -> str:
    """Return a cell as OSM would write it: nothing for null, ``1`` for 1.0."""
    if value is None or (isinstance(value, float | np.floating) and math.isnan(value)):
        return ""
    if isinstance(value, float | np.floating):
        return f"{value:g}"
    return str(value).strip()


def _columns_used(layer: _Layer, columns: Mapping[str, str], *, rules: AccessRules, path: Path) -> dict[str, str]:
    here = {name.lower(): name for name in layer.texts}
    used = {}
    for ours, synonyms in rules.lines.columns.items():
        given = columns.get(ours)
        if given and given.lower() not in here:
            raise FileError("roads.column_missing", path=path, column=given, columns=", ".join(layer.texts))
        found = next((here[word] for word in ([given.lower()] if given else synonyms) if word in here), None)
        if found:
            used[ours] = found
    return used


def _points(
    layer: _Layer,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return x, y, where each single line begins among them, and the row each line is of."""
    parts, row = shapely.get_parts(layer.shapes, return_index=True)
    is_line = np.isin(shapely.get_type_id(parts), (1, 2)) & (shapely.get_num_coordinates(parts) >= 2)
    parts, row = parts[is_line], row[is_line]
    places = shapely.get_coordinates(parts)
    offset = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(parts))]).astype(np.int64)
    return places[:, 0], places[:, 1], offset, row.astype(np.int64)


def _degrees(
    x: NDArray[np.float64], y: NDArray[np.float64], crs: str, *, path: Path
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    try:
        lon, lat = to_degrees(x, y, crs=crs)
    except CRSError as cause:
        raise FileError("roads.crs_unknown", path=path, crs=crs) from cause
    wrong = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise FileError("roads.coordinates", path=path, x=f"{x[first]:g}", y=f"{y[first]:g}", crs=crs[:60])
    return lon, lat


def _level(layer: _Layer, used: Mapping[str, str], row: int) -> int:
    """Return on which level a line runs: its ``layer``, else 1 for a bridge and -1 for a tunnel."""

    def text(name: str) -> str:
        return layer.texts[used[name]][row].lower() if name in used else ""

    try:
        given = int(text("layer") or 0)
    except ValueError:
        given = 0
    return given or int(text("bridge") not in _FALSE_WORDS) - int(text("tunnel") not in _FALSE_WORDS)


def _tags(layer: _Layer, used: Mapping[str, str], row: int, *, rules: AccessRules, ways: WayRows) -> dict[str, str]:
    """Return a line's attributes as OSM tags."""
    tags = {key: layer.texts[key][row].lower() for key in layer.texts if key in rules.keys and layer.texts[key][row]}
    given = {name: layer.texts[column][row] for name, column in used.items()}
    road_class = given.get("class", "")
    tags["highway"] = rules.lines.classes.get(road_class, road_class.lower())
    if tags["highway"] not in rules.road_classes and tags["highway"] not in rules.not_roads:
        if "class" in used:
            ways.count_unknown(f"{used['class']}={road_class}")
        tags["highway"] = _NO_CLASS
    direction = given.get("oneway", "").lower()
    tags["oneway"] = rules.lines.oneway.get(direction, direction)
    return tags | {name: given[name] for name in ("name", "maxspeed") if given.get(name)}
