"""Where demand is and how much."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

from stations.errors import FileError, Problem, RefusedListError
from stations.loaders.cells import plain, read_number
from stations.loaders.csv_rows import CsvRows, Row, read_csv_rows, read_csv_table
from stations.loaders.demand_features import FEATURE_ENDINGS, heading_row, read_features
from stations.loaders.header import ROWS_SEARCHED, Synonyms, find_header, match_columns
from stations.loaders.place_names import PlaceNames
from stations.loaders.places import missing_columns, read_position, row_of
from stations.loaders.raw_tables import RawFile, RawRow, RawTable
from stations.loaders.sheets import SHEET_ENDINGS, read_sheets
from stations.loaders.text_files import write_text
from stations.model.station import DemandPoint, NamedPlace

PLACE_COLUMNS = ("demand_id", "name", "township", "lon", "lat")
WEIGHT_COLUMNS = ("weight", "residents")
MOST_WEIGHT = 1e12

_OWN_COLUMNS = frozenset({"demand_id", "lon", "lat"})
_TOTALS = frozenset({"合计", "总计", "小计", "共计", "total"})
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_UNITS = re.compile(r"[人户单个名]$")
_EXPECTED = "社区 name, 人口 weight"
_EXPECTED_PLACES = "名称 name, 经度 lon, 纬度 lat"


def read_demand(path: Path, *, places: Sequence[NamedPlace] = (), weight: str | None = "") -> tuple[DemandPoint, ...]:
    """Read how much demand is where, in file order.

    Parameters
    ----------
    path
        A CSV ``demand_id,name,township,lon,lat,residents`` in WGS 84 degrees: the weight is in the column `weight` or
        `residents`, else in the last column, whatever its name; without `demand_id` rows are named by their number.
        Or a CSV or workbook with a column of names and one of numbers (``demand_columns.toml``), perhaps of townships
        and coordinates, below its titles; rows of totals are not demand. Or points or cells of a GeoJSON, GeoPackage
        or Shapefile. What the weight counts is told by ``region.toml``.
    places
        Where the names of a file without coordinates are looked for.
    weight
        The heading of the column of weights, where its name does not tell. `None` where places are all that is meant:
        then no column of weights is looked for, every place weighs 1 and is named by its row.

    Raises
    ------
    FileError
        The file is missing, empty, has no rows, or is not such a list.
    RefusedListError
        Some rows are wrong, or name a place that is not known, or that several may be; it bears all problems by row
        and column.
    """
    if path.suffix.lower() in FEATURE_ENDINGS:
        return _read_features(path, weight)
    weighed, said = weight is not None, {weight: "weight"} if weight else {}
    if path.suffix.lower() in SHEET_ENDINGS:
        raw = read_sheets(path, sheet=None)
    else:
        raw = read_csv_table(path, score=lambda rows: find_header(rows[:ROWS_SEARCHED], _synonyms(), given=said)[1])
        with closing(raw.tables):
            first = next((row for table in raw.tables for row in table.rows), None)
        if first is not None and _OWN_COLUMNS & set(first.cells):
            return _read_own(path, weight)
        raw = read_csv_table(path, score=lambda rows: find_header(rows[:ROWS_SEARCHED], _synonyms(), given=said)[1])
    return _read_tables(path, raw, places, said, weighed=weighed)


def write_demand(path: Path, points: Sequence[DemandPoint]) -> None:
    """Write demand as the CSV that `read_demand` reads back unchanged.

    Raises
    ------
    FileError
        The file cannot be written; what was there before stays.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*PLACE_COLUMNS, "weight"])
    for point in points:
        writer.writerow([point.demand_id, point.name, point.township or "", point.lon, point.lat, point.weight])
    write_text(path, text.getvalue())


def _read_own(path: Path, weight: str | None) -> tuple[DemandPoint, ...]:
    content = read_csv_rows(path, known=PLACE_COLUMNS)
    weight_column = None if weight is None else weight or _weight_column(content)
    missing = missing_columns(content, ("lon", "lat", *([] if weight_column is None else [weight_column])))
    problems = [*missing, *content.problems]
    points: list[DemandPoint] = []
    first_rows: dict[str, int] = {}
    for row in content.rows if not missing else ():
        point, wrong = _read_point(row, weight_column, first_rows)
        points.append(point)
        problems.extend(wrong)
    return _checked(path, points, sorted(problems, key=row_of))


def _checked(path: Path, points: Sequence[DemandPoint], problems: Sequence[Problem]) -> tuple[DemandPoint, ...]:
    if problems:
        raise RefusedListError("list.refused", path=path, problems=tuple(problems))
    if not points:
        raise FileError("file.no_rows", path=path)
    return tuple(points)


def _weight_column(content: CsvRows) -> str:
    named = [column for column in WEIGHT_COLUMNS if column in content.columns]
    last = content.columns[-1]
    return named[0] if named else last if last and last not in PLACE_COLUMNS else WEIGHT_COLUMNS[0]


def _read_point(
    row: Row, weight_column: str | None, first_rows: dict[str, int]
) -> tuple[DemandPoint, tuple[Problem, ...]]:
    lon, lat, problems = read_position(row)
    if weight_column is None:
        name, township = row.cells.get("name", ""), row.cells.get("township") or None
        return DemandPoint(str(row.number), name, township, lon, lat, 1.0), problems
    demand_id, weight = row.cells.get("demand_id", str(row.number)), read_number(row.cells[weight_column])
    if not row.cells[weight_column]:
        problems = (*problems, Problem("list.empty", row.number, weight_column, ""))
    elif weight is None or not 0 <= weight <= MOST_WEIGHT:
        problems = (*problems, Problem("list.weight", row.number, weight_column, row.cells[weight_column]))
    if not demand_id:
        problems = (*problems, Problem("list.empty", row.number, "demand_id", ""))
    elif (first := first_rows.setdefault(demand_id, row.number)) != row.number:
        problems = (*problems, Problem("list.id_twice", row.number, "demand_id", demand_id, (("first", first),)))
    name, township = row.cells.get("name") or demand_id, row.cells.get("township") or None
    return DemandPoint(demand_id, name, township, lon, lat, weight or 0.0), problems


def _synonyms() -> Synonyms:
    return Synonyms.of_file("demand_columns.toml", fields=(*PLACE_COLUMNS, "weight"))


def _read_features(path: Path, weight: str | None) -> tuple[DemandPoint, ...]:
    headings, cells, problems = read_features(path)
    heading_row(headings, path, weight=weight or "")
    fields, known = _fields(headings, {weight: "weight"} if weight else {})
    if weight is not None and "weight" not in fields:
        raise FileError("demand.no_weight", path=path, columns=", ".join(headings[2:]) or "–")
    without = {problem.row for problem in problems}
    reader = _TableReader(PlaceNames(()), weighed=weight is not None)
    told = [*problems]
    for number, row in enumerate(cells, start=1):
        if number not in without:
            named = {"name": "", **{name: row[index] for name, index in fields.items()}}
            named["demand_id"] = named.get("demand_id") or str(number)
            told += reader.take(Row(number, named), known)
    return _checked(path, reader.points, told)


def _fields(headings: Sequence[str], said: Mapping[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    """Return at which place each field stands, and what the file calls it."""
    columns = [column for column in match_columns(headings, _synonyms(), given=said) if column.field]
    return {column.field: column.index for column in columns if column.field}, {
        column.field: column.heading for column in columns if column.field
    }


def _read_tables(
    path: Path, raw: RawFile, places: Sequence[NamedPlace], said: Mapping[str, str], *, weighed: bool
) -> tuple[DemandPoint, ...]:
    reader = _TableReader(PlaceNames(places), weighed=weighed)
    problems: list[Problem] = []
    headers = 0
    with closing(raw.tables):
        for table in raw.tables:
            rows, headings = _rows_by_field(table, said, weighed=weighed)
            headers += bool(headings)
            if headings and said and headings["weight"] not in said:
                raise FileError(
                    "demand.no_column", path=path, column=next(iter(said)), columns=", ".join(headings.values())
                )
            where = (("sheet", table.name),) if len(raw.sheets) > 1 else ()
            for row in rows:
                told = reader.take(row, headings)
                problems.extend(replace(problem, values=(*problem.values, *where)) for problem in told)
    if not headers:
        raise FileError("demand.no_header", path=path, columns=_EXPECTED if weighed else _EXPECTED_PLACES)
    return _checked(path, reader.points, problems)


def _rows_by_field(table: RawTable, said: Mapping[str, str], *, weighed: bool) -> tuple[Iterator[Row], dict[str, str]]:
    """Return the rows below the header of a table by field, and what it calls the fields; none without a header."""
    rows = iter(table.rows)
    first = list(islice(rows, ROWS_SEARCHED))
    place, _ = find_header(first, _synonyms(), given=said)
    fields, headings = _fields(first[place].cells, said) if place is not None else ({}, {})
    needed = {"weight"} if weighed else set()
    if place is None or not ({"name", *needed} <= set(fields) or {"lon", "lat", *needed} <= set(fields)):
        return iter(()), {}
    below = chain(first[place + 1 :], rows)
    return (
        Row(row.number, {"name": "", **{name: _cell(row, index) for name, index in fields.items()}}) for row in below
    ), headings


def _cell(row: RawRow, index: int) -> str:
    return row.cells[index] if index < len(row.cells) else ""


@dataclass(slots=True)
class _TableReader:
    """Turns rows of names and numbers into demand points."""

    names: PlaceNames
    weighed: bool = True
    points: list[DemandPoint] = field(default_factory=list)
    _first_rows: dict[str, int] = field(default_factory=dict)

    def take(self, row: Row, headings: dict[str, str]) -> tuple[Problem, ...]:
        """Read one row; return what is wrong with it."""
        name = row.cells["name"]
        if plain(name).casefold() in _TOTALS:
            return ()
        cells = {**row.cells}
        if self.weighed:
            cells["weight"] = _UNITS.sub("", _THOUSANDS.sub("", plain(cells["weight"])))
        problems: tuple[Problem, ...] = ()
        if not (cells.get("lon") and cells.get("lat")):
            found = self.names.find(name, township=cells.get("township")) if name else ()
            problems = _about_place(row, headings, found)
            if problems:
                return problems
            cells |= {"lon": repr(found[0].lon), "lat": repr(found[0].lat), "name": found[0].name}
            cells |= {"township": found[0].township or ""}
        elif not cells.get("demand_id"):  # two shops of one name are two places where each has its own
            cells["demand_id"] = str(row.number)
        named = not cells.get("demand_id")
        if named:
            cells["demand_id"] = f"{cells.get('township', '')}{cells['name']}"
        weight_column = "weight" if self.weighed else None
        point, told = _read_point(Row(row.number, cells), weight_column, self._first_rows)
        self.points.append(point)
        return tuple(_in_their_words(problem, row, headings, named=named) for problem in told)


def _in_their_words(problem: Problem, row: Row, headings: dict[str, str], *, named: bool) -> Problem:
    """Return a problem with the heading and the cell that the table has."""
    column = headings.get(problem.column or "", headings.get("name", problem.column))
    if problem.key == "list.id_twice" and named:
        return replace(problem, key="list.place_twice", column=column, value=row.cells["name"])
    return replace(problem, column=column, value=row.cells["weight"] if problem.key == "list.weight" else problem.value)


def _about_place(row: Row, headings: dict[str, str], found: Sequence[NamedPlace]) -> tuple[Problem, ...]:
    name = row.cells["name"]
    if not name:
        return (Problem("list.empty", row.number, headings.get("name", headings.get("lon", "lon")), ""),)
    if not found:
        return (Problem("list.place_unknown", row.number, headings["name"], name),)
    if len(found) > 1:
        among = ", ".join(f"{place.township or ''}{place.name}" for place in found[:5])
        return (Problem("list.place_ambiguous", row.number, headings["name"], name, (("among", among),)),)
    return ()
