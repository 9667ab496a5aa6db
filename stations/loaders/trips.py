"""Trips that somebody made and timed, to hold the table against."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from stations.errors import FileError, Problem, RefusedListError
from stations.loaders.cells import read_number
from stations.loaders.csv_rows import Row, read_csv_rows
from stations.loaders.list_rows import unprintable
from stations.loaders.places import missing_columns, read_position, row_of
from stations.model.keys import TravelMode
from stations.model.trips import Trip

NEEDED_COLUMNS = ("lon", "lat", "station_id", "mode", "minutes")
COLUMNS = (*NEEDED_COLUMNS, "date", "note")
MOST_MINUTES = 240

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_trips(path: Path) -> tuple[Trip, ...]:
    """Read the CSV of timed trips, ``lon,lat,station_id,mode,minutes`` and perhaps ``date,note``, in file order.

    Parameters
    ----------
    path
        UTF-8 or GB18030; origins in WGS 84 degrees, minutes above 0 and up to `MOST_MINUTES`, ISO days.

    Raises
    ------
    FileError
        The file is missing, empty, has no rows, or is not such a list.
    RefusedListError
        Some rows are wrong; it bears all problems by row and column.
    """
    content = read_csv_rows(path, known=COLUMNS)
    missing = missing_columns(content, NEEDED_COLUMNS)
    problems = [*missing, *content.problems]
    trips: list[Trip] = []
    for row in content.rows if not missing else ():
        trip, wrong = _read_trip(row)
        problems.extend(wrong)
        if trip:
            trips.append(trip)
    if problems:
        raise RefusedListError("trips.refused", path=path, problems=tuple(sorted(problems, key=row_of)))
    if not trips:
        raise FileError("file.no_rows", path=path)
    return tuple(trips)


def _read_trip(row: Row) -> tuple[Trip | None, tuple[Problem, ...]]:
    lon, lat, position_problems = read_position(row)
    problems = list(position_problems)
    station_id, minutes = row.cells["station_id"], read_number(row.cells["minutes"])
    mode = next((mode for mode in TravelMode if mode == row.cells["mode"]), None)
    made_on, date_problems = _read_day(row)
    if not station_id:
        problems.append(Problem("list.empty", row.number, "station_id", ""))
    problems.extend(
        Problem("list.control_character", row.number, column, None)
        for column in ("station_id", "note")
        if unprintable(row.cells.get(column, ""))
    )
    if mode is None:
        allowed = (("allowed", ", ".join(TravelMode)),)
        problems.append(Problem("trips.mode", row.number, "mode", row.cells["mode"], allowed))
    if minutes is None or not 0 < minutes <= MOST_MINUTES:
        most = (("most", MOST_MINUTES),)
        problems.append(Problem("trips.minutes", row.number, "minutes", row.cells["minutes"], most))
    problems.extend(date_problems)
    if problems or mode is None or minutes is None:
        return None, tuple(problems)
    return Trip(row.number, lon, lat, station_id, mode, minutes, made_on, row.cells.get("note", "")), ()


def _read_day(row: Row) -> tuple[date | None, tuple[Problem, ...]]:
    text = row.cells.get("date", "")
    if not text:
        return None, ()
    try:
        if _ISO_DAY.fullmatch(text):
            return date.fromisoformat(text), ()
    except ValueError:  # the form of a day, and no day of the calendar
        pass
    return None, (Problem("list.date", row.number, "date", text),)
