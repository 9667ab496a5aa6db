"""Station lists as files: the documented CSV, and GeoJSON with the same names for its properties.

Every row is checked, and everything that is wrong is told by row and column. What `write_station_list` writes,
`read_station_list` reads back unchanged (as WGS 84).

A text cell of a CSV that a spreadsheet would take for a formula (it starts with ``= + - @``, after any number of
apostrophes) is written with one apostrophe before it, and read back with one less. Numbers stay as they are.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stations.errors import FileError, Problem
from stations.loaders.csv_rows import Row, read_csv_rows
from stations.loaders.station_row import COLUMNS, REQUIRED, Area, read_station, write_station
from stations.loaders.text_files import read_json, write_text
from stations.model.keys import Datum
from stations.model.station import Station

MARGIN_M = 5000.0
SAMPLE_COLUMN = "sample"

_NUMBER_COLUMNS = frozenset({"lon", "lat", "source_lon", "source_lat", "entrance_lon", "entrance_lat", "entrance_s"})
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠]")
_ESCAPED_FORMULA = re.compile(r"'+[=+\-@＝＋－＠]")


@dataclass(frozen=True, slots=True)
class StationListReport:
    """What a station list holds: the rows that can be used, and everything that is wrong with the others.

    `rows_read` counts all rows that are not blank. `ignored_columns` are those of the file that mean nothing here.
    """

    stations: tuple[Station, ...]
    problems: tuple[Problem, ...]
    rows_read: int
    ignored_columns: tuple[str, ...] = ()

    @property
    def rows_refused(self) -> int:
        """How many rows cannot be used; one row may have several problems."""
        return self.rows_read - len(self.stations)


@dataclass(frozen=True, slots=True)
class _Listing:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_station_list(path: Path, *, datum: Datum, bounds: tuple[float, float, float, float]) -> StationListReport:
    """Read a station list and check every row of it.

    Parameters
    ----------
    path
        A CSV (UTF-8 or GB18030) or, by its ending ``.geojson`` or ``.json``, a GeoJSON FeatureCollection of points.
        Rows of a GeoJSON are counted from 1.
    datum
        Which earth `lon lat` and `entrance_lon entrance_lat` were written in; never guessed.
    bounds
        West, south, east, north of the region in WGS 84 degrees; a station may stand up to 5 km outside.

    Returns
    -------
    StationListReport
        Stations in file order, in WGS 84. A required column that is missing refuses every row.

    Raises
    ------
    FileError
        The file is missing, empty, not text, cut short, or has no header of a station list.
    """
    geojson = path.suffix.lower() in (".geojson", ".json")
    listing = _read_geojson(path) if geojson else _read_csv(path)
    missing = [column for column in REQUIRED if column not in listing.columns]
    problems = [Problem("list.column_missing", None if geojson else 1, column, None) for column in missing]
    problems.extend(listing.problems)
    stations: list[Station] = []
    first_rows: dict[str, int] = {}
    area = Area.around(bounds, margin_m=MARGIN_M)
    for row in listing.rows:
        station, wrong = read_station(row, datum=datum, area=area, file_name=path.name)
        twice = _told_before(row, first_rows)
        problems.extend([*wrong, *twice])
        if station is not None and not twice and not missing:
            stations.append(station)
    problems.sort(key=lambda problem: problem.row or 0)
    ignored = tuple(column for column in listing.columns if column and column not in (*COLUMNS, SAMPLE_COLUMN))
    return StationListReport(tuple(stations), tuple(problems), len(listing.rows) + len(listing.problems), ignored)


def write_station_list(path: Path, stations: Iterable[Station], *, sample: bool = False) -> None:
    """Write `stations` as CSV or GeoJSON by the ending of `path`; all coordinates are WGS 84.

    Parameters
    ----------
    path
        Ends in ``.csv`` (UTF-8 with byte order mark, which spreadsheets need) or ``.geojson``.
    stations
        In the order in which they are written.
    sample
        Whether these are sample data; then every row of a CSV and the head of a GeoJSON says so.

    Raises
    ------
    FileError
        Another ending, or the file cannot be written; what was there before stays.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        write_text(path, "\ufeff" + _csv_text(stations, sample=sample))
    elif suffix == ".geojson":
        write_text(path, _geojson_text(stations, sample=sample))
    else:
        raise FileError("file.ending", path=path, ending=path.suffix, allowed=".csv, .geojson")


def _told_before(row: Row, first_rows: dict[str, int]) -> tuple[Problem, ...]:
    station_id = row.cells.get("station_id", "")
    if not station_id:
        return ()
    first = first_rows.setdefault(station_id, row.number)
    if first == row.number:
        return ()
    return (Problem("list.id_twice", row.number, "station_id", station_id, (("first", first),)),)


def _read_csv(path: Path) -> _Listing:
    content = read_csv_rows(path, known=REQUIRED)
    rows = (Row(row.number, {column: _unescaped(cell) for column, cell in row.cells.items()}) for row in content.rows)
    return _Listing(content.columns, tuple(rows), content.problems)


def _read_geojson(path: Path) -> _Listing:
    content = read_json(path)
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise FileError("file.not_geojson", path=path)
    rows: list[Row] = []
    problems: list[Problem] = []
    columns = {"lon": None, "lat": None} if features else dict.fromkeys(REQUIRED)
    for number, feature in enumerate(features, start=1):
        cells = _feature_cells(feature)
        if cells is None:
            problems.append(Problem("list.geometry", number, "geometry", None))
            continue
        rows.append(Row(number, cells))
        columns.update(dict.fromkeys(cells))
    complete = tuple(Row(row.number, {column: row.cells.get(column, "") for column in columns}) for row in rows)
    return _Listing(tuple(columns), complete, tuple(problems))


def _feature_cells(feature: object) -> dict[str, str] | None:
    """Return the properties and the point of a feature as cells of a row; `None` where there is no point."""
    match feature:
        case {"geometry": {"type": "Point", "coordinates": [lon, lat, *_]}, "properties": dict(properties)}:
            cells = {str(name): _cell(value) for name, value in properties.items()}
            return {**cells, "lon": _cell(lon), "lat": _cell(lat)}
        case _:
            return None


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value.strip()
        case dict():
            return ";".join(str(name) if count is None else f"{name}:{_cell(count)}" for name, count in value.items())
        case _:
            return json.dumps(value, ensure_ascii=False)


def _csv_text(stations: Iterable[Station], *, sample: bool) -> str:
    text = io.StringIO()
    columns = (*COLUMNS, SAMPLE_COLUMN) if sample else COLUMNS
    writer = csv.DictWriter(text, columns, lineterminator="\r\n", restval="yes")
    writer.writeheader()
    for station in stations:
        cells = write_station(station)
        writer.writerow(
            {column: cell if column in _NUMBER_COLUMNS else _escaped(cell) for column, cell in cells.items()}
        )
    return text.getvalue()


def _geojson_text(stations: Iterable[Station], *, sample: bool) -> str:
    head: dict[str, object] = {"type": "FeatureCollection"}
    if sample:
        head["sample"] = True
    features = [_feature(station) for station in stations]
    return json.dumps({**head, "features": features}, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


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


def _escaped(cell: str) -> str:
    return "'" + cell if _FORMULA.match(cell) else cell


def _unescaped(cell: str) -> str:
    return cell[1:] if _ESCAPED_FORMULA.match(cell) else cell
