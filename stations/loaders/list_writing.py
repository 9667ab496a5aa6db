"""Station lists as files of each format; `station_list.write_station_list` chooses among them.

No cell of a file is a formula. In a CSV a text that a spreadsheet would take for one (it starts with ``= + - @``,
after any number of apostrophes) is written with one apostrophe before it, and read back with one less; in a workbook
every text is marked as text. Numbers stay as they are.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pyogrio  # type: ignore[import-untyped] # it ships none
import shapely
from openpyxl import Workbook  # type: ignore[import-untyped] # it ships none
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped] # it ships none

from stations.errors import FileError
from stations.loaders.cells import plain_text_cell
from stations.loaders.service_words import read_services
from stations.loaders.station_row import COLUMNS, write_station
from stations.loaders.text_files import write_text
from stations.model.keys import ServiceKey
from stations.model.station import Station
from stations.texts import say, words

LONGEST_CELL = 32_767
"""Characters that a cell of a workbook holds."""

_NUMBER_COLUMNS = frozenset({"lon", "lat", "source_lon", "source_lat", "entrance_lon", "entrance_lat", "entrance_s"})
_WOULD_BE_DECODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_WORKBOOK_DIGITS = "%.16g"
_SHEET = "stations"
_SERVICE_SIGN = {"zh": "、", "en": "; "}


def write_csv(path: Path, stations: Sequence[Station], *, sample_column: str | None) -> None:
    """Write UTF-8 with a byte order mark; `sample_column` names the column that marks sample data, if they are."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_columns(sample_column))
    for cells in _rows(stations, sample_column):
        writer.writerow(
            [cell if column in _NUMBER_COLUMNS else plain_text_cell(cell) for column, cell in cells.items()]
        )
    write_text(path, "\ufeff" + text.getvalue())


def write_geojson(path: Path, stations: Sequence[Station], *, sample_column: str | None) -> None:
    """Write a FeatureCollection with plain types; `sample_column` names the member of its head, if it is a sample."""
    head: dict[str, object] = {"type": "FeatureCollection"}
    if sample_column:
        head[sample_column] = True
    content = {**head, "features": [_feature(station) for station in stations]}
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def write_xlsx(path: Path, stations: Sequence[Station], *, sample_column: str | None, lang: str) -> None:
    """Write a workbook of one sheet for people: headings, kinds, services, yes and no in the words of `lang`.

    Coordinates are numbers, all else is text that no spreadsheet takes for more.
    """
    plain_rows = _rows(stations, sample_column)
    rows = [_in_words(station, cells, lang) for station, cells in zip(stations, plain_rows, strict=True)]
    for text in (cell for cells in rows for cell in cells.values()):
        if len(text) > LONGEST_CELL:
            values = {"length": len(text), "most": LONGEST_CELL, "value": text[:40]}
            raise FileError("list.cell_too_long", path=path, **values)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(say(lang, "listing.sheet"))
    sheet.freeze_panes = "A2"
    sheet.append([words(lang).get(f"field.{column}", column) for column in _columns(sample_column)])
    for cells in rows:
        sheet.append([_workbook_cell(sheet, column, cell) for column, cell in cells.items()])
    _replace(path, lambda temporary: book.save(temporary))


def write_geopackage(path: Path, stations: Sequence[Station], *, sample_column: str | None) -> None:
    """Write a layer of points, WGS 84; every attribute is text."""
    rows = list(_rows(stations, sample_column))
    names = [column for column in _columns(sample_column) if column not in ("lon", "lat")]
    places = shapely.points(np.array([[station.lon, station.lat] for station in stations]).reshape(-1, 2))
    values = [np.array([cells[name] for cells in rows], dtype=object) for name in names]

    def write(temporary: Path) -> None:
        pyogrio.raw.write(
            temporary,
            shapely.to_wkb(places),
            field_data=values,
            fields=np.array(names, dtype=object),
            layer=_SHEET,
            geometry_type="Point",
            crs="EPSG:4326",
            driver="GPKG",
        )

    _replace(path, write)


def write_kml(path: Path, stations: Sequence[Station], *, sample_column: str | None) -> None:
    """Write placemarks; what is not the name or the place stands in their extended data."""
    marks = []
    for cells in _rows(stations, sample_column):
        rest = "".join(
            f"<Data name={quoteattr(column)}><value>{escape(cell)}</value></Data>"
            for column, cell in cells.items()
            if column not in ("name", "lon", "lat") and (cell or column == "source")
        )
        marks.append(
            f"<Placemark><name>{escape(cells['name'])}</name><ExtendedData>{rest}</ExtendedData>"
            f"<Point><coordinates>{cells['lon']},{cells['lat']}</coordinates></Point></Placemark>\n"
        )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n'
    write_text(path, head + "".join(marks) + "</Document></kml>\n")


def _columns(sample_column: str | None) -> tuple[str, ...]:
    return (*COLUMNS, sample_column) if sample_column else COLUMNS


def _rows(stations: Sequence[Station], sample_column: str | None) -> list[dict[str, str]]:
    sample = {sample_column: "yes"} if sample_column else {}
    return [{**write_station(station), **sample} for station in stations]


def _in_words(station: Station, cells: Mapping[str, str], lang: str) -> dict[str, str]:
    """Return the cells of a station with what stands for a key in the words of `lang`, which are read back."""
    told = {
        "kind": say(lang, f"kind.{station.kind}"),
        "entry": say(lang, f"entry.{station.entry}"),
        "source_datum": say(lang, f"datum.{station.source_datum}"),
        "closed": say(lang, f"closure.{station.closed}") if station.closed else "",
        "services": _SERVICE_SIGN[lang].join(
            _service_words(service, count, lang) for service, count in station.services.items()
        ),
    }
    for column in ("follows_workdays", "ebike_parking"):
        answer = getattr(station, column)
        told[column] = "" if answer is None else say(lang, "manage.yes" if answer else "manage.no")
    return {**cells, **told}


def _service_words(service: ServiceKey, count: int | None, lang: str) -> str:
    """Return a service as people read it; as its key where the words would not be read back."""
    name = say(lang, f"service.{service}")
    key = f"counted.{service}" if f"counted.{service}" in words(lang) else "counted.other"
    shown = name if count is None else say(lang, key, service=name, count=count)
    reading = read_services(shown)
    if dict(reading.services) == {service: count} and not reading.notes:
        return shown
    return str(service) if count is None else f"{service}:{count}"


def _workbook_cell(sheet: object, column: str, text: str) -> WriteOnlyCell:
    if column in _NUMBER_COLUMNS and text and float(text) == float(_WORKBOOK_DIGITS % float(text)):
        return WriteOnlyCell(sheet, float(text))
    return text_cell(sheet, text)


def text_cell(sheet: object, text: str) -> WriteOnlyCell:
    """Return a cell of a workbook that no spreadsheet takes for more than text."""
    cell = WriteOnlyCell(sheet)
    cell.number_format = "@"  # or a spreadsheet takes it for more, once somebody has edited it
    put_text(cell, text)
    return cell


def put_text(cell: WriteOnlyCell, text: str) -> None:
    """Put another text into a cell that `text_cell` made."""
    cell.value = _WOULD_BE_DECODED.sub("_x005F_", text)
    cell.data_type = "s"  # or the library takes "=…" for a formula


def _feature(station: Station) -> Mapping[str, object]:
    properties: dict[str, object] = {
        column: None if cell == "" and column != "source" else cell for column, cell in write_station(station).items()
    }
    for column in ("source_lon", "source_lat", "entrance_lon", "entrance_lat", "entrance_s"):
        properties[column] = getattr(station, column)
    properties["follows_workdays"] = station.follows_workdays
    properties["ebike_parking"] = station.ebike_parking
    properties["services"] = dict(station.services)
    del properties["lon"], properties["lat"]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [station.lon, station.lat]},
        "properties": properties,
    }


def _replace(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` make a file, and put it in place whole or not at all."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as folder:
            temporary = Path(folder) / path.name
            write(temporary)
            os.replace(temporary, path)
    except OSError as error:
        raise FileError("file.unwritable", path=path, reason=error.strerror) from error
