"""The outline of a region."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import shapely
from shapely.geometry import MultiPolygon, Polygon, shape

from stations.errors import FileError
from stations.loaders.text_files import read_json

# CGCS2000 (EPSG:4490) differs from WGS 84 by centimetres.
_LON_LAT_CRS = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")


def read_boundary(path: Path) -> Polygon | MultiPolygon | None:
    """Return the outline in a GeoJSON file, all its polygons joined, in WGS 84 degrees; `None` without a file.

    Raises
    ------
    FileError
        It is not GeoJSON, holds no valid polygon, or is in other coordinates than WGS 84 degrees.
    """
    if not path.exists():
        return None
    content = read_json(path)
    if not isinstance(content, dict):
        raise FileError("file.not_geojson", path=path)
    _check_crs(path, content)
    try:
        outline = shapely.union_all([shape(geometry) for geometry in _polygons(content)])
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise FileError("file.not_geojson", path=path) from error
    if outline.is_empty or not isinstance(outline, Polygon | MultiPolygon) or not outline.is_valid:
        raise FileError("file.no_polygon", path=path)
    west, south, east, north = outline.bounds
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise FileError("file.not_degrees", path=path, crs=f"{west:.6g} … {east:.6g}, {south:.6g} … {north:.6g}")
    return outline


def _check_crs(path: Path, content: dict[str, object]) -> None:
    match content.get("crs"):
        case None:
            return
        case {"properties": {"name": str(name)}} if name.endswith(_LON_LAT_CRS):
            return
        case other:
            raise FileError("file.not_degrees", path=path, crs=other)


def _polygons(content: dict[str, object]) -> Iterator[dict[str, object]]:
    match content:
        case {"type": "FeatureCollection", "features": list(members)} | {"geometries": list(members)}:
            for member in members:
                yield from _polygons(member)
        case {"type": "Feature", "geometry": dict(geometry)}:
            yield from _polygons(geometry)
        case {"type": "Polygon" | "MultiPolygon"}:
            yield content
