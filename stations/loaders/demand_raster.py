"""Demand as the cells of a raster (GeoTIFF), such as a population grid: the values are weights of cells."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio  # type: ignore[import-untyped] # it ships none
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.exceptions import CRSError, ProjError
from rasterio.errors import (  # type: ignore[import-untyped] # it ships none
    NotGeoreferencedWarning,
    RasterioError,
)
from rasterio.windows import Window  # type: ignore[import-untyped] # it ships none

from stations.errors import FileError, Problem
from stations.geo.crs import to_degrees
from stations.model.station import DemandPoint

RASTER_ENDINGS = (".tif", ".tiff")
MOST_CELLS_READ = 50_000_000
MOST_CELLS = 300_000

Bounds = tuple[float, float, float, float]


def read_raster(
    path: Path, *, bounds: Bounds, boundary: shapely.Geometry | None, nodata: float | None = None
) -> tuple[tuple[DemandPoint, ...], tuple[Problem, ...]]:
    """Read the cells whose middle lies in a region and whose value is above 0, with what is to be told of the rest.

    Parameters
    ----------
    path
        Its first band counts. Cells are named by row and column of the file, the first being 1.
    bounds, boundary
        The region, WGS 84 degrees; within `bounds` alone where there is no boundary.
    nodata
        The value of cells of which nothing is known, where the file does not tell; they are left out and counted.

    Raises
    ------
    FileError
        Missing, not a raster, without a coordinate system, not over the region, too fine, with a negative value, or
        without nodata and with a value that looks like one.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # told below
            with rasterio.open(path) as file:
                grid = _read_grid(file, path, bounds, nodata)
    except FileNotFoundError as error:
        raise FileError("file.missing", path=path) from error
    except (RasterioError, OSError) as error:
        raise FileError("file.missing" if not path.exists() else "demand.not_raster", path=path) from error
    inside = _inside(grid, bounds, boundary)
    notes = [*grid.notes, *_about_cells(grid, inside, path)]
    chosen = np.flatnonzero(inside & ~grid.missing & (grid.value > 0))
    if len(chosen) > MOST_CELLS:
        raise FileError("demand.too_many", path=path, most=MOST_CELLS)
    if not len(chosen):
        raise FileError("demand.raster_blank", path=path)
    points = [
        DemandPoint(f"r{row}c{column}", f"r{row}c{column}", None, lon, lat, weight)
        for row, column, lon, lat, weight in zip(
            grid.row[chosen].tolist(), grid.column[chosen].tolist(), grid.lon[chosen].round(7).tolist(),
            grid.lat[chosen].round(7).tolist(), grid.value[chosen].tolist(), strict=True,
        )
    ]  # fmt: skip
    return tuple(points), tuple(notes)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The cells around the region, in one row each: numbers in the file from 1, degrees of the middle, values."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    value: NDArray[np.float64]
    missing: NDArray[np.bool_]
    notes: tuple[Problem, ...]


def _read_grid(file: Any, path: Path, bounds: Bounds, nodata: float | None) -> _Grid:
    if file.crs is None or file.transform.is_degenerate:
        raise FileError("demand.no_crs", path=path)
    if np.dtype(file.dtypes[0]).kind not in "iuf":
        raise FileError("demand.raster_kind", path=path, kind=file.dtypes[0])
    window = _window_over(file, path, bounds)
    values = file.read(1, window=window)
    rows, columns = np.indices(values.shape)
    row, column = rows.ravel() + int(window.row_off), columns.ravel() + int(window.col_off)
    x, y = _applied(file.transform, column + 0.5, row + 0.5)
    lon, lat = to_degrees(x, y, crs=file.crs.to_wkt())
    flat = values.ravel()
    unknown = file.nodata if nodata is None else nodata
    missing = np.isnan(flat) if flat.dtype.kind == "f" else np.zeros(len(flat), dtype=bool)
    if unknown is not None and not math.isnan(unknown):
        missing |= flat == unknown
    notes = [Problem("demand.raster_band", None, None, None, (("bands", file.count),), refuses=False)]
    told = tuple(notes if file.count > 1 else ())
    grid = _Grid(row + 1, column + 1, lon, lat, flat.astype(np.float64), missing, told)
    _check_values(grid, flat.dtype, path, declared=unknown is not None)
    return grid


def _window_over(file: Any, path: Path, bounds: Bounds) -> Window:
    """Return the part of a file that the region lies in, a cell more on each side."""
    west, south, east, north = bounds
    x, y = _applied(file.transform, *np.array([[0, 1, 0, 1], [0, 0, 1, 1]]) * [[file.width], [file.height]])
    try:
        crs = file.crs.to_wkt()
        turn = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        there = turn.transform_bounds(west, south, east, north)
        own = turn.transform_bounds(x.min(), y.min(), x.max(), y.max(), direction="INVERSE")
    except (CRSError, ProjError) as error:
        raise FileError("list.crs_unknown", path=path, crs=str(file.crs)[:60]) from error
    across, down = _applied(~file.transform, np.array(there)[[0, 0, 2, 2]], np.array(there)[[1, 3, 1, 3]])
    if not (np.isfinite(across).all() and np.isfinite(down).all()):
        raise FileError("list.crs_unknown", path=path, crs=str(file.crs)[:60])
    first_column, first_row = max(0, math.floor(across.min()) - 1), max(0, math.floor(down.min()) - 1)
    last_column = min(file.width, math.ceil(across.max()) + 1)
    last_row = min(file.height, math.ceil(down.max()) + 1)
    if first_column >= last_column or first_row >= last_row:
        theirs = ", ".join(f"{side:.3f}" for side in own)
        ours = ", ".join(f"{side:.3f}" for side in (west, south, east, north))
        raise FileError("demand.raster_elsewhere", path=path, theirs=theirs, ours=ours)
    cells = (last_column - first_column) * (last_row - first_row)
    if cells > MOST_CELLS_READ:
        raise FileError("demand.raster_fine", path=path, cells=f"{cells:,}", most=f"{MOST_CELLS_READ:,}")
    return Window(first_column, first_row, last_column - first_column, last_row - first_row)


def _applied(
    transform: Any, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return transform.a * x + transform.b * y + transform.c, transform.d * x + transform.e * y + transform.f


def _check_values(grid: _Grid, kind: np.dtype[Any], path: Path, *, declared: bool) -> None:
    """Refuse values that are no weights, and those that look like an undeclared nodata."""
    known = ~grid.missing
    wrong = known & ((grid.value < 0) | ~np.isfinite(grid.value))
    extreme = float(np.iinfo(kind).max if kind.kind in "iu" else np.finfo(kind).max)
    odd = known & (grid.value == extreme) & (grid.value > 0)
    for key, cells in (("negative", wrong), ("odd", odd)):
        if cells.any() and (key == "negative" or not declared):
            first = int(np.flatnonzero(cells)[0])
            raise FileError(
                "demand.raster_negative" if declared else "demand.raster_no_nodata",
                path=path,
                count=int(cells.sum()),
                value=f"{grid.value[first]:g}",
                row=int(grid.row[first]),
                column=int(grid.column[first]),
                lon=f"{grid.lon[first]:.5f}",
                lat=f"{grid.lat[first]:.5f}",
            )


def _inside(grid: _Grid, bounds: Bounds, boundary: shapely.Geometry | None) -> NDArray[np.bool_]:
    west, south, east, north = bounds
    box = (grid.lon >= west) & (grid.lon <= east) & (grid.lat >= south) & (grid.lat <= north)
    if boundary is None:
        return box
    shapely.prepare(boundary)
    return box & np.asarray(shapely.intersects_xy(boundary, grid.lon, grid.lat))


def _about_cells(grid: _Grid, inside: NDArray[np.bool_], path: Path) -> list[Problem]:
    """Return what is to be told of cells that are not taken: unknown ones inside, and those outside with a weight."""
    notes = []
    if unknown := int((inside & grid.missing).sum()):
        notes.append(Problem("demand.raster_unknown", None, None, None, (("count", unknown),), refuses=False))
    outside = ~inside & ~grid.missing & (grid.value > 0)
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        told = (
            ("count", int(outside.sum())),
            ("weight", f"{grid.value[outside].sum():,.0f}"),
            ("row_of", int(grid.row[first])),
            ("column_of", int(grid.column[first])),
        )
        notes.append(Problem("demand.raster_outside", None, None, None, told, refuses=False))
    return notes
