"""Points of GeoJSON, GeoPackage and KML as tables; their columns are ``lon lat`` and the names of their attributes.

Rows are counted from 1. A file that says it is in another coordinate system than WGS 84 is turned into it.
"""

from __future__ import annotations

import json
import re
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Generator, Iterator, Sequence
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio  # type: ignore[import-untyped] # it ships none
import shapely
from pyogrio.errors import DataLayerError, DataSourceError  # type: ignore[import-untyped] # it ships none
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError

from stations.errors import FileError, Problem
from stations.geo.crs import to_degrees
from stations.loaders.cells import cell_text
from stations.loaders.raw_tables import MOST_ROWS, RawFile, RawRow, RawTable
from stations.loaders.text_files import check_size, read_bytes, read_json
from stations.model.keys import Datum

MOST_TEXT_BYTES = 50_000_000
MOST_GEOPACKAGE_BYTES = 200_000_000
PLACE = ("lon", "lat")

_SQLITE = b"SQLite format 3\0"
_DECLARATION = b"<!DOCTYPE"
_SAME_EARTH = re.compile(r"World Geodetic System 1984|WGS.?84|China 2000|CGCS.?2000|China Geodetic", re.IGNORECASE)
_POINT_LAYERS = ("Point", "Unknown", "None", "GeometryCollection")

Feature = tuple[float | str, float | str, dict[str, str]]
"""Longitude and latitude (or x and y) and the attributes of a point."""


def read_geojson(path: Path, *, datum: Datum) -> RawFile:
    """Read a FeatureCollection of points.

    Parameters
    ----------
    path
        Of at most `MOST_TEXT_BYTES`.
    datum
        What the person said of the coordinates; anything but WGS 84 contradicts a file in metres.

    Raises
    ------
    FileError
        Missing, empty, not text, cut short, not a FeatureCollection, or in a coordinate system that cannot be used.
    """
    check_size(path, most_bytes=MOST_TEXT_BYTES)
    content = read_json(path)
    match content:
        case {"features": list(features)}:
            pass
        case _:
            raise FileError("file.not_geojson", path=path)
    crs = None
    match content:
        case {"crs": {"properties": {"name": str(name)}}}:
            crs = name
    found = [_geojson_feature(feature) for feature in features]
    return RawFile(_one(_table("", found, crs, datum=datum, path=path)))


def read_kml(path: Path) -> RawFile:
    """Read the placemarks of a KML that are points; by the rules of the format they are degrees.

    Raises
    ------
    FileError
        Missing, empty, too large, not KML or cut short, or one that declares entities.
    """
    check_size(path, most_bytes=MOST_TEXT_BYTES)
    content = read_bytes(path)
    if not content.strip():
        raise FileError("file.empty", path=path)
    if _DECLARATION in content.replace(b"\0", b""):  # UTF-16 has a zero in every letter
        raise FileError("list.file_entities", path=path)
    try:
        root = ET.fromstring(content)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise FileError("list.file_not_kml", path=path) from error
    if _local(root) != "kml":
        raise FileError("list.file_not_kml", path=path)
    found = [_placemark(mark) for mark in root.iter() if _local(mark) == "Placemark"]
    return RawFile(_one(_table("", found, None, datum=Datum.WGS84, path=path)))


def read_geopackage(path: Path, *, layer: str | None, datum: Datum) -> RawFile:
    """Read the layers of points of a GeoPackage, each a table.

    Parameters
    ----------
    path
        Of at most `MOST_GEOPACKAGE_BYTES`.
    layer
        The one to read; every layer of points where there is none.
    datum
        As for `read_geojson`.

    Raises
    ------
    FileError
        Missing, empty, too large, not a GeoPackage, without such a layer, or in a coordinate system that cannot be
        used.
    """
    check_size(path, most_bytes=MOST_GEOPACKAGE_BYTES)
    with path.open("rb") as file:
        head = file.read(len(_SQLITE))
    if not head:
        raise FileError("file.empty", path=path)
    if head != _SQLITE:
        raise FileError("list.file_not_geopackage", path=path)
    try:
        with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # of a database that is no GeoPackage
            layers = {str(name): str(kind) for name, kind in pyogrio.list_layers(path)}
    except DataSourceError as error:
        raise FileError("list.file_not_geopackage", path=path) from error
    if layer is not None and layer not in layers:
        raise FileError("list.sheet_unknown", path=path, sheet=layer, sheets=", ".join(layers))
    wanted = [name for name, kind in layers.items() if any(word in kind for word in _POINT_LAYERS)]
    if not wanted and layer is None:
        raise FileError("list.no_points", path=path, sheets=", ".join(layers))
    tables = (_layer(path, name, datum=datum) for name in ([layer] if layer is not None else wanted))
    return RawFile(tables, tuple(layers))


def _layer(path: Path, name: str, *, datum: Datum) -> RawTable:
    try:
        if pyogrio.read_info(path, layer=name)["features"] > MOST_ROWS:
            raise FileError("list.too_many_rows", path=path, most=MOST_ROWS)
        found, _, shapes, values = pyogrio.raw.read(path, layer=name, force_2d=True, datetime_as_string=True)
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise FileError("list.file_damaged", path=path) from error
    columns = [[cell_text(_plain_value(value)) for value in column] for column in values]
    names = [str(field) for field in found["fields"]]
    points = _points(shapes, len(columns[0]) if columns else 0)
    features: list[Feature | None] = [
        None if point is None else (*point, dict(zip(names, row, strict=True)))
        for point, row in zip(points, zip(*columns, strict=True) if columns else [()] * len(points), strict=True)
    ]
    return _table(name, features, found["crs"], datum=datum, path=path, names=names)


def _points(shapes: Any, count: int) -> list[tuple[float, float] | None]:
    if shapes is None:
        return [None] * count
    places = shapely.from_wkb(shapes)
    is_point = (shapely.get_type_id(places) == 0) & ~shapely.is_empty(places)
    x, y = shapely.get_x(places).tolist(), shapely.get_y(places).tolist()
    return [(x[k], y[k]) if is_point[k] else None for k in range(len(places))]


def _plain_value(value: Any) -> object:
    return value.item() if isinstance(value, np.generic) else value


def _table(
    name: str,
    features: Sequence[Feature | None],
    crs: str | None,
    *,
    datum: Datum,
    path: Path,
    names: Sequence[str] = (),
) -> RawTable:
    """Return a table whose rows are `features`; those that are `None` have no point and are told."""
    if len(features) > MOST_ROWS:
        raise FileError("list.too_many_rows", path=path, most=MOST_ROWS)
    is_point = [feature is not None for feature in features]
    numbers = range(1, len(features) + 1)
    found = [feature for feature in features if feature is not None]
    headings = dict.fromkeys((*PLACE, *names))
    for _, _, attributes in found:
        headings.update(dict.fromkeys(attributes))
    notes: tuple[Problem, ...] = ()
    if crs is not None and not _is_plain(crs, path):
        found = _in_degrees(found, crs, datum=datum, path=path)
        notes = (Problem("list.converted", None, None, crs[:60], (("crs", crs[:60]),), refuses=False),)
    return RawTable(
        name,
        list(_rows(compress(numbers, is_point), found, tuple(headings))),
        headings=tuple(headings) if features or names else (),
        problems=tuple(
            Problem("list.geometry", number, "geometry", None)
            for number, there in zip(numbers, is_point, strict=True)
            if not there
        ),
        notes=notes,
    )


def _rows(numbers: Iterator[int], features: Sequence[Feature], headings: tuple[str, ...]) -> Iterator[RawRow]:
    for number, (lon, lat, attributes) in zip(numbers, features, strict=True):
        cells = {**attributes, "lon": cell_text(lon), "lat": cell_text(lat)}
        yield RawRow(number, [cells.get(heading, "") for heading in headings])


def _is_plain(crs: str, path: Path) -> bool:
    """Whether a coordinate system is plain degrees on the earth of WGS 84 (or CGCS2000, the same within a metre)."""
    try:
        known = CRS.from_user_input(crs)
    except CRSError as error:
        raise FileError("list.crs_unknown", path=path, crs=crs[:60]) from error
    earth = known.datum.name if known.datum is not None else known.name
    return known.is_geographic and bool(_SAME_EARTH.search(earth) or "Undefined" in known.name)


def _in_degrees(features: Sequence[Feature], crs: str, *, datum: Datum, path: Path) -> list[Feature]:
    if datum is not Datum.WGS84:
        raise FileError("list.crs_and_datum", path=path, crs=crs[:60], datum=datum)
    try:
        x = np.array([float(east) for east, _, _ in features])
        y = np.array([float(north) for _, north, _ in features])
        lon, lat = to_degrees(x, y, crs=crs)
    except (CRSError, ProjError, ValueError) as error:
        raise FileError("list.crs_unknown", path=path, crs=crs[:60]) from error
    return [(a, b, rest) for a, b, (_, _, rest) in zip(lon.tolist(), lat.tolist(), features, strict=True)]


def _geojson_feature(feature: object) -> Feature | None:
    """Return the point of a feature and its properties as cells; `None` where there is no point."""
    match feature:
        case {"geometry": {"type": "Point", "coordinates": [lon, lat, *_]}, "properties": dict(properties)}:
            attributes = {str(name): _json_cell(value) for name, value in properties.items()}
            return _json_cell(lon), _json_cell(lat), attributes
        case _:
            return None


def _json_cell(value: object) -> str:
    match value:
        case bool() | str() | None:
            return cell_text(value)
        case dict():
            return ";".join(
                str(name) if count is None else f"{name}:{_json_cell(count)}" for name, count in value.items()
            )
        case _:
            return json.dumps(value, ensure_ascii=False)


def _placemark(mark: ET.Element) -> Feature | None:
    attributes: dict[str, str] = {}
    point = None
    for part in mark:
        match _local(part):
            case "name" | "description" | "address" | "phoneNumber" as name:
                attributes["phone" if name == "phoneNumber" else name] = cell_text("".join(part.itertext()))
            case "Point":
                point = next((child.text or "" for child in part if _local(child) == "coordinates"), None)
            case "ExtendedData":
                attributes.update(_extended(part))
    numbers = (point or "").strip().split(",")
    return (numbers[0].strip(), numbers[1].strip(), attributes) if len(numbers) in (2, 3) else None


def _extended(part: ET.Element) -> Iterator[tuple[str, str]]:
    for piece in part.iter():
        if _local(piece) == "SimpleData":
            yield piece.get("name", ""), cell_text(piece.text)
        elif _local(piece) == "Data":
            value = next((child.text for child in piece if _local(child) == "value"), None)
            yield piece.get("name", ""), cell_text(value)


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _one(table: RawTable) -> Generator[RawTable, None, None]:
    yield table
