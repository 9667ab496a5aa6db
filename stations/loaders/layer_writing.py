"""Answers as files for people and other programs, each with the sheet that says how it was made.

No cell is a formula: see `list_writing`. Coordinates are WGS 84 degrees. Points stand in tables as ``lon`` and ``lat``;
areas only in the formats of maps.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio  # type: ignore[import-untyped] # it ships none
import shapely
from numpy.typing import NDArray
from openpyxl import Workbook  # type: ignore[import-untyped] # it ships none
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped] # it ships none
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped] # it ships none
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped] # it ships none

from stations.errors import FileError
from stations.loaders.cells import plain_text_cell
from stations.loaders.list_writing import LONGEST_CELL, text_cell

Cell = str | float | bool | None
_WIDEST_COLUMN = 42
_METHOD = "method"
_LONGEST_SHEET_NAME = 31


@dataclass(frozen=True, slots=True)
class MethodLine:
    """One thing that is to be known of an answer: its stable key, and its name and content in words."""

    key: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class LayerFile:
    """What is written: rows by column with a geometry each (`None` where a row has no place), and the method.

    `headings` and `sheets` (of the rows and of the method) are words for the people who open a workbook;
    `worded` holds the rows as they read them.
    """

    name: str
    columns: Mapping[str, Sequence[Cell]]
    geometry: NDArray[np.object_]
    features: Sequence[Mapping[str, Any]]
    method: Sequence[MethodLine]
    headings: Mapping[str, str]
    worded: Mapping[str, Sequence[Cell]]
    sheets: tuple[str, str]


def csv_text(file: LayerFile) -> str:
    """Return the rows as CSV, with a byte order mark."""
    columns = _with_places(file.columns, file.geometry)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_csv_cell(cell) for cell in row] for row in zip(*columns.values(), strict=True))
    return "\ufeff" + text.getvalue()


def method_text(file: LayerFile) -> str:
    """Return the method as lines of text, with a byte order mark."""
    return "\ufeff" + "".join(f"{line.label}: {line.text}\r\n" for line in file.method)


def csv_zip(file: LayerFile) -> bytes:
    """Return the rows as CSV and the method beside them, in one archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{file.name}.csv", csv_text(file))
        archive.writestr(f"{file.name}-{_METHOD}.txt", method_text(file))
    return content.getvalue()


def geojson_bytes(file: LayerFile) -> bytes:
    """Return a FeatureCollection with the method as a member of its head."""
    method = {line.key: line.text for line in file.method}
    content = {"type": "FeatureCollection", "name": file.name, _METHOD: method, "features": list(file.features)}
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()


def xlsx_bytes(file: LayerFile) -> bytes:
    """Return a workbook of two sheets: the rows in words, and the method.

    Raises
    ------
    FileError
        A text is longer than a cell holds.
    """
    book = Workbook(write_only=True)
    columns = _with_places(file.worded, file.geometry)
    rows = book.create_sheet(file.sheets[0][:_LONGEST_SHEET_NAME])
    rows.freeze_panes = "A2"
    headings = [file.headings.get(name, name) for name in columns]
    _set_widths(rows, headings, columns.values())
    rows.append([_workbook_cell(rows, heading, file) for heading in headings])
    for cells in zip(*columns.values(), strict=True):
        rows.append([_workbook_cell(rows, cell, file) for cell in cells])
    method = book.create_sheet(file.sheets[1][:_LONGEST_SHEET_NAME])
    _set_widths(method, ("", ""), ([line.label for line in file.method], ["一" * _WIDEST_COLUMN]))
    for line in file.method:
        method.append([_workbook_cell(method, text, file) for text in (line.label, line.text)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def geopackage_bytes(file: LayerFile) -> bytes:
    """Return a GeoPackage: a layer of the rows, and a table of the method."""
    placed = [shape for shape in file.geometry if shape is not None]
    kind = placed[0].geom_type if placed else None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{file.name}.gpkg"
        _write_layer(path, file.name, file.columns, shapely.to_wkb(file.geometry) if kind else None, kind)
        lines = [(line.key, line.label, line.text) for line in file.method]
        told = dict(zip(("key", "label", "text"), zip(*lines, strict=True), strict=True))
        _write_layer(path, _METHOD, told, None, None)
        return path.read_bytes()


def _write_layer(
    path: Path, layer: str, columns: Mapping[str, Sequence[Cell]], wkb: Any, kind: str | None
) -> None:  # fmt: skip
    pyogrio.raw.write(
        path,
        wkb,
        field_data=[_field(cells) for cells in columns.values()],
        fields=np.array(list(columns), dtype=object),
        layer=layer,
        geometry_type=kind,
        crs="EPSG:4326" if kind else None,
        driver="GPKG",
        dataset_options={"VERSION": "1.2"},  # which older programs read without a warning
    )


def _field(cells: Sequence[Cell]) -> NDArray[Any]:
    """Return a column as numbers (NaN is written as NULL) where it holds nothing else, else as texts."""
    known = [cell for cell in cells if cell is not None]
    if known and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in known):
        return np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
    return np.array([None if cell is None else _plain(cell) for cell in cells], dtype=object)


def _with_places(columns: Mapping[str, Sequence[Cell]], geometry: NDArray[np.object_]) -> dict[str, Sequence[Cell]]:
    points = [shape for shape in geometry if shape is not None]
    if not points or points[0].geom_type != "Point":
        return dict(columns)
    return {**columns, "lon": shapely.get_x(geometry).tolist(), "lat": shapely.get_y(geometry).tolist()}


def _csv_cell(cell: Cell) -> str | float:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    return "" if cell is None else plain_text_cell(_plain(cell))


def _plain(cell: Cell) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _workbook_cell(sheet: object, cell: Cell, file: LayerFile) -> WriteOnlyCell | float | None:
    if cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool)):
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", _plain(cell))
    if len(text) > LONGEST_CELL:
        values = {"length": len(text), "most": LONGEST_CELL, "value": text[:40]}
        raise FileError("list.cell_too_long", path=f"{file.name}.xlsx", **values)
    return text_cell(sheet, text)


def _set_widths(sheet: Any, headings: Sequence[str], columns: Any) -> None:
    for number, (heading, cells) in enumerate(zip(headings, columns, strict=True)):
        widest = max(map(_width, (heading, *_some(cells))))
        sheet.column_dimensions[get_column_letter(number + 1)].width = min(_WIDEST_COLUMN, widest + 2)


def _some(cells: Sequence[Cell]) -> Iterator[str]:
    yield from (_plain(cell) for cell in cells[:200] if cell is not None)


def _width(text: str) -> int:
    return sum(1 if sign.isascii() else 2 for sign in text)
