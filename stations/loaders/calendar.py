"""The calendar of days off and make-up workdays from its CSV file."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from stations.errors import FileError, Problem, RefusedListError
from stations.hours.calendar import WorkCalendar

COLUMNS = ("date", "kind", "festival_zh", "festival_en", "notice")
KINDS = ("off", "workday")
_NOTICE_YEAR = re.compile(r"关于(\d{4})年")
# Days off by law in every year: where one is missing the list was cut.
_ALWAYS_OFF = ((1, 1), (5, 1), (10, 1))


def read_calendar(path: Path) -> WorkCalendar:
    """Read a calendar: one row per date, columns ``date,kind,festival_zh,festival_en,notice``, UTF-8.

    `date` is ISO 8601; `kind` is ``off``, or ``workday`` for a make-up workday, which is a Saturday or Sunday.
    `notice` names the year it arranges (关于2026年…): the years so named are confirmed.

    Raises
    ------
    FileError
        The file is missing, is not UTF-8 text, or has no row.
    RefusedListError
        A column is missing, or rows are wrong; it holds every problem, and nothing of the file is used.
    """
    rows = _read_rows(path)
    problems = [problem for number, row in enumerate(rows, start=2) for problem in _row_problems(row, number)]
    if not problems:
        problems = _twice(rows) or _cut(rows)
    if problems:
        raise RefusedListError("hours.calendar_refused", path=path, problems=tuple(problems))
    by_kind = {
        kind: frozenset(date.fromisoformat(row["date"]) for row in rows if row["kind"] == kind) for kind in KINDS
    }
    return WorkCalendar(off=by_kind["off"], makeup=by_kind["workday"], confirmed_years=_confirmed_years(rows))


def _read_rows(path: Path) -> list[Mapping[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            columns = reader.fieldnames or ()
            rows: list[Mapping[str, str]] = list(reader)
    except OSError as error:
        raise FileError("hours.calendar_missing", path=path) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileError("hours.calendar_not_text", path=path) from error
    missing = [column for column in COLUMNS if column not in columns]
    if missing and columns:
        problems = tuple(Problem("hours.calendar_column", 1, column, None) for column in missing)
        raise RefusedListError("hours.calendar_refused", path=path, problems=problems)
    if not rows:
        raise FileError("hours.calendar_empty", path=path)
    return rows


def _row_problems(row: Mapping[str, str], number: int) -> list[Problem]:
    problems = []
    day = _date(row["date"])
    if day is None:
        problems.append(Problem("hours.calendar_date", number, "date", row["date"]))
    if row["kind"] not in KINDS:
        problems.append(Problem("hours.calendar_kind", number, "kind", row["kind"]))
    if row["kind"] == "workday" and day is not None and day.weekday() < 5:
        problems.append(Problem("hours.calendar_workday", number, "date", row["date"]))
    if not _NOTICE_YEAR.search(row["notice"]):
        problems.append(Problem("hours.calendar_notice", number, "notice", row["notice"]))
    return problems


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _twice(rows: list[Mapping[str, str]]) -> list[Problem]:
    seen: dict[str, int] = {}
    problems = []
    for number, row in enumerate(rows, start=2):
        if row["date"] in seen:
            first = (("first_row", seen[row["date"]]),)
            problems.append(Problem("hours.calendar_twice", number, "date", row["date"], first))
        seen.setdefault(row["date"], number)
    return problems


def _cut(rows: list[Mapping[str, str]]) -> list[Problem]:
    off = {row["date"] for row in rows if row["kind"] == "off"}
    due = [date(year, *day).isoformat() for year in sorted(_confirmed_years(rows)) for day in _ALWAYS_OFF]
    return [Problem("hours.calendar_cut", None, "date", day) for day in due if day not in off]


def _confirmed_years(rows: list[Mapping[str, str]]) -> frozenset[int]:
    return frozenset(int(found[1]) for row in rows if (found := _NOTICE_YEAR.search(row["notice"])))
