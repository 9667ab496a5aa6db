"""Answers as files for people and other programs, each with the sheet that says how it was made.

No cell is a formula: see `list_writing`. Coordinates are WGS 84 degrees. Points stand in tables as ``lon`` and ``lat``;
areas only in the formats of maps.
"""

from __future__ import annotations

import csv
import io
import json
import math
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
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # type: ignore[import-untyped] # it ships none
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped] # it ships none
from openpyxl.worksheet.properties import PageSetupProperties  # type: ignore[import-untyped] # it ships none

from stations.errors import FileError
from stations.loaders.cells import plain_text_cell
from stations.loaders.list_writing import LONGEST_CELL, put_text, text_cell

Cell = str | float | bool | None
_WIDEST_COLUMN, _LEAST_COLUMN, _METHOD_WIDTH = 42, 9, 56
_METHOD = "method"
_LONGEST_SHEET_NAME = 31
_UPRIGHT_SIGNS, _PAGE_SIGNS, _LINE_HEIGHT = 84, 210, 16
"""Widths that fit on an upright page, and on one across at the smallest type that can be read; points of a line."""
_A4 = 9
"""What workbooks call it."""
_ASKED = ("mode", "cutoff", "hour", "asked", "entry")
"""Lines of the method that tell the question, at the foot of a printed page."""
_FORMATS = {
    "_share": "0.0%_ ", "_min": "0.0_ ", "_minutes": "0.0_ ", "lon": "0.000000_ ", "lat": "0.000000_ ",
    "_km2": "0.000_ ", "_kmh": "0.0_ ",
}  # fmt: skip
"""How numbers are shown, by the unit that their column ends with; a gap keeps them off the text beside them."""
_BOLD, _WRAPPED = Font(name="Calibri", size=11, bold=True), Alignment(wrap_text=True, vertical="top")
_HEADING_FILL = PatternFill("solid", fgColor="FFEFEBE2")
_HEADING_LINE = Border(bottom=Side("thin", color="FF57606A"))


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
    `worded` holds the rows as they read them. Where rows, rather than columns, are of one unit each, `row_units` holds
    it: ``share``, ``minutes``, or another.
    """

    name: str
    columns: Mapping[str, Sequence[Cell]]
    geometry: NDArray[np.object_]
    features: Sequence[Mapping[str, Any]]
    method: Sequence[MethodLine]
    headings: Mapping[str, str]
    worded: Mapping[str, Sequence[Cell]]
    sheets: tuple[str, str]
    row_units: Sequence[str] = ()


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
    """Return a workbook of two sheets, the rows in words and the method, each as wide as a page when it is printed.

    Raises
    ------
    FileError
        A text is longer than a cell holds.
    """
    book = Workbook(write_only=True)
    columns = _with_places(file.worded, file.geometry)
    headings = [file.headings.get(name, name) for name in columns]
    rows = _sheet(book, file, file.sheets[0])
    rows.freeze_panes, rows.print_title_rows, rows.row_dimensions[1].height = "A2", "1:1", 2 * _LINE_HEIGHT
    rows.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(file.geometry) + 1}"
    _fit_to_pages(rows, _set_widths(rows, headings, columns.values()))
    rows.append([_heading_cell(rows, heading) for heading in headings])
    used = [_CellsOfColumn(rows, _number_format(name, cells), file) for name, cells in columns.items()]
    units = file.row_units or (None,) * len(file.geometry)
    for unit, row in zip(units, zip(*columns.values(), strict=True), strict=True):
        rows.append([one.hold(cell, unit) for one, cell in zip(used, row, strict=True)])
    method = _sheet(book, file, file.sheets[1])
    _set_widths(method, ("", ""), ([line.label for line in file.method], ()))
    method.column_dimensions["B"].width = _METHOD_WIDTH
    _fit(method, 1)
    wrapped, wrapped_too = (_CellsOfColumn(method, "", file, alignment=_WRAPPED) for _ in range(2))
    for number, line in enumerate(file.method, start=1):
        method.row_dimensions[number].height = _LINE_HEIGHT * math.ceil(_width(line.text) / (_METHOD_WIDTH - 4) or 1)
        method.append([wrapped.hold(line.label), wrapped_too.hold(line.text)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fit_to_pages(sheet: Any, width: float) -> None:
    """Lay a sheet of `width` signs on as few pages side by side as can be read; the first column stands on each."""
    if width > _UPRIGHT_SIGNS:
        sheet.page_setup.orientation, sheet.print_title_cols = "landscape", "A:A"
        _fit(sheet, math.ceil(width / _PAGE_SIGNS))


def _fit(sheet: Any, pages: int) -> None:
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0


def _sheet(book: Any, file: LayerFile, name: str) -> Any:
    """Return a new sheet that tells on every printed page what it is, of which question, and its number."""
    told = {line.key: (line.label, line.text.replace("&", "&&")) for line in file.method}
    sheet = book.create_sheet(name[:_LONGEST_SHEET_NAME])
    sheet.page_setup.paperSize = _A4
    sample = [told["sample"][0]] if "sample" in told else []
    sheet.oddHeader.left.text = " · ".join([told["region"][1], "&A", *sample])
    sheet.oddHeader.right.text = "&P / &N"
    sheet.oddFooter.left.text = " · ".join(": ".join(told[key]) for key in _ASKED if key in told)
    return sheet


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
    if known and len(known) == len(cells) and all(type(cell) is int for cell in known):
        return np.array(known, dtype=np.int64)
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


class _CellsOfColumn:
    """The cells of a column, one for texts and one for each format of numbers, which every row uses: made slowly."""

    def __init__(self, sheet: object, number_format: str, file: LayerFile, alignment: Alignment | None = None) -> None:
        self._sheet, self._format, self._file = sheet, number_format, file
        self._text, self._numbers = text_cell(sheet, ""), dict[str, WriteOnlyCell]()
        if alignment is not None:
            self._text.alignment = alignment

    def hold(self, cell: Cell, unit: str | None = None) -> WriteOnlyCell | None:
        """Return the cell that holds a value, until the next row; shown by the unit of its row, where that has one."""
        if cell is None:
            return None
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            told = self._format if unit is None else _FORMATS.get(f"_{unit}") or _plain_number([cell])
            if told not in self._numbers:
                self._numbers[told] = WriteOnlyCell(self._sheet)
                self._numbers[told].number_format = told
            self._numbers[told].value = cell
            return self._numbers[told]
        text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", _plain(cell))
        if len(text) > LONGEST_CELL:
            values = {"length": len(text), "most": LONGEST_CELL, "value": text[:40]}
            raise FileError("list.cell_too_long", path=f"{self._file.name}.xlsx", **values)
        put_text(self._text, text)
        return self._text


def _number_format(column: str, cells: Sequence[Cell]) -> str:
    """Return how a workbook shows the numbers of a column, by the unit at the end of its name."""
    for ending, told in _FORMATS.items():
        if column.endswith(ending):
            return told
    return _plain_number(cells)


def _plain_number(cells: Sequence[Cell]) -> str:
    whole = all(float(cell).is_integer() for cell in cells if isinstance(cell, int | float))
    return "#,##0_ " if whole else "#,##0.0_ "


def _heading_cell(sheet: object, text: str) -> WriteOnlyCell:
    cell = text_cell(sheet, text)
    cell.font, cell.fill, cell.border = _BOLD, _HEADING_FILL, _HEADING_LINE
    cell.alignment = _WRAPPED
    return cell


def _set_widths(sheet: Any, headings: Sequence[str], columns: Any) -> float:
    """Make columns as wide as what stands in them, and return it all; a heading may go over two lines."""
    total = 0.0
    for number, (heading, cells) in enumerate(zip(headings, columns, strict=True)):
        widest = max(_LEAST_COLUMN, _width(heading) // 2 + 2, *(_width(cell) + 2 for cell in _some(cells)))
        total += min(_WIDEST_COLUMN, widest)
        sheet.column_dimensions[get_column_letter(number + 1)].width = min(_WIDEST_COLUMN, widest)
    return total


def _some(cells: Sequence[Cell]) -> Iterator[str]:
    yield from (_plain(cell) for cell in cells[:200] if cell is not None)


def _width(text: str) -> int:
    return sum(1 if sign.isascii() else 2 for sign in text)
