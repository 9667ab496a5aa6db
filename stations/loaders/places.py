"""Places that people type: communities, villages, landmarks."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from stations.errors import Problem, RefusedListError
from stations.loaders.cells import read_number
from stations.loaders.csv_rows import CsvRows, Row, read_csv_rows
from stations.loaders.text_files import write_text
from stations.model.station import NamedPlace

COLUMNS = ("name", "category", "township", "lon", "lat")


def read_places(path: Path) -> tuple[NamedPlace, ...]:
    """Read the CSV of places, ``name,category,township,lon,lat``, in file order.

    Parameters
    ----------
    path
        UTF-8 or GB18030; WGS 84 degrees. Category and township may be empty.

    Raises
    ------
    FileError
        The file is missing, empty, or not such a list.
    RefusedListError
        Some rows are wrong; it bears all problems by row and column.
    """
    content = read_csv_rows(path, known=COLUMNS)
    missing = missing_columns(content, ("name", "lon", "lat"))
    problems = [*missing, *content.problems]
    places: list[NamedPlace] = []
    for row in content.rows if not missing else ():
        lon, lat, wrong = read_position(row)
        if not row.cells["name"]:
            wrong = (*wrong, Problem("list.empty", row.number, "name", ""))
        problems.extend(wrong)
        if not wrong:
            township = row.cells.get("township") or None
            places.append(NamedPlace(row.cells["name"], row.cells.get("category", ""), township, lon, lat))
    if problems:
        raise RefusedListError("list.refused", path=path, problems=tuple(sorted(problems, key=row_of)))
    return tuple(places)


def write_places(path: Path, places: Sequence[NamedPlace]) -> None:
    """Write places as the CSV that `read_places` reads back unchanged.

    Raises
    ------
    FileError
        The file cannot be written; what was there before stays.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for place in places:
        writer.writerow([place.name, place.category, place.township or "", place.lon, place.lat])
    write_text(path, text.getvalue())


def row_of(problem: Problem) -> int:
    """Return what orders problems by where they are."""
    return problem.row or 0


def missing_columns(content: CsvRows, columns: tuple[str, ...]) -> tuple[Problem, ...]:
    """Return a problem for each of `columns` that the header lacks."""
    return tuple(Problem("list.column_missing", 1, column, None) for column in columns if column not in content.columns)


def read_position(row: Row) -> tuple[float, float, tuple[Problem, ...]]:
    """Return the columns `lon` and `lat` (degrees) and what is wrong with them; they mean nothing if anything is."""
    problems: list[Problem] = []
    degrees = {"lon": 0.0, "lat": 0.0}
    for column, limit in (("lon", 180.0), ("lat", 90.0)):
        number = read_number(row.cells[column])
        if number is None or abs(number) > limit:
            problems.append(Problem("list.number", row.number, column, row.cells[column]))
        else:
            degrees[column] = number
    return degrees["lon"], degrees["lat"], tuple(problems)
