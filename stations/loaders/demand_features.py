"""Demand as points or cells of GeoJSON, GeoPackage or Shapefile, in any coordinate system that the file names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio  # type: ignore[import-untyped] # it ships none
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError  # type: ignore[import-untyped] # it ships none
from pyproj.exceptions import CRSError, ProjError

from stations.errors import FileError, Problem
from stations.geo.crs import to_degrees
from stations.loaders.cells import cell_text
from stations.loaders.text_files import check_size

FEATURE_ENDINGS = (".geojson", ".json", ".gpkg", ".shp")
MOST_BYTES = 500_000_000
MOST_FEATURES = 300_000

Features = tuple[list[str], list[list[str]], tuple[Problem, ...]]
"""Headings, ``lon lat`` first; a row of cells for each feature; and what is wrong with geometries."""


def read_features(path: Path) -> Features:
    """Read the one layer of a file: points as they are, of cells (polygons) a point inside, in WGS 84 degrees.

    A feature without such a geometry has blank coordinates and stands among the problems, by its number from 1.

    Raises
    ------
    FileError
        Missing, empty, too large, not such a file, of several layers, or without a coordinate system that is known.
    """
    check_size(path, most_bytes=MOST_BYTES)
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        if len(layers) != 1:
            raise FileError("demand.layers", path=path, layers=", ".join(layers) or "–")
        if pyogrio.read_info(path, layer=layers[0])["features"] > MOST_FEATURES:
            raise FileError("demand.too_many", path=path, most=MOST_FEATURES)
        found, _, shapes, values = pyogrio.raw.read(path, layer=layers[0], force_2d=True, datetime_as_string=True)
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise FileError("demand.not_features", path=path) from error
    if shapes is None:
        raise FileError("demand.not_features", path=path)
    lon, lat, there = _points(shapely.from_wkb(shapes), found["crs"], path)
    columns = [[cell_text(_plain(value)) for value in column] for column in values]
    places = [
        [repr(x), repr(y)] if known else ["", ""]
        for x, y, known in zip(lon.tolist(), lat.tolist(), there.tolist(), strict=True)
    ]
    rows = [[*place, *(column[number] for column in columns)] for number, place in enumerate(places)]
    wrong = tuple(Problem("demand.geometry", int(number) + 1, None, None) for number in np.flatnonzero(~there).tolist())
    return ["lon", "lat", *(str(name) for name in found["fields"])], rows, wrong


def _points(
    shapes: NDArray[Any], crs: str | None, path: Path
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    kind = shapely.get_type_id(shapes)
    there = np.isin(kind, (0, 3, 6)) & ~shapely.is_empty(shapes)  # points and polygons, also of several parts
    place = np.full(len(shapes), None, dtype=object)
    place[there] = shapely.point_on_surface(shapes[there])
    cells = there & (kind != 0)
    middle = shapely.centroid(shapes[cells])
    place[cells] = np.where(shapely.contains(shapes[cells], middle), middle, place[cells])
    x, y = shapely.get_x(place), shapely.get_y(place)
    if crs is None:
        raise FileError("demand.no_crs", path=path)
    try:
        x[there], y[there] = to_degrees(x[there], y[there], crs=crs)
    except (CRSError, ProjError) as error:
        raise FileError("list.crs_unknown", path=path, crs=crs[:60]) from error
    return x, y, there & np.isfinite(x) & np.isfinite(y)


def _plain(value: Any) -> object:
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, float) and not np.isfinite(plain):
        return None if np.isnan(plain) else str(plain)
    return plain


def heading_row(headings: Sequence[str], path: Path, *, weight: str) -> None:
    """Refuse a column of weights that the file does not have.

    Raises
    ------
    FileError
        `weight` is named and is none of `headings`.
    """
    if weight and weight not in headings:
        raise FileError("demand.no_column", path=path, column=weight, columns=", ".join(filter(None, headings)))
