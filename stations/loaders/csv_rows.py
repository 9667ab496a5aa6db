"""A CSV file as rows of named cells."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from stations.errors import FileError, Problem
from stations.loaders.text_files import read_text

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One record; `number` is the one a spreadsheet shows (the header is 1); `cells` are stripped of blanks."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class CsvRows:
    """The header and the rows below it; rows of the wrong length stand in `problems` instead, blank ones nowhere."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_csv_rows(path: Path, *, known: Collection[str]) -> CsvRows:
    """Read a CSV with a header line; separated by commas, or by semicolons or tabs where the header says so.

    Parameters
    ----------
    path
        The file; see `read_text` for its encoding.
    known
        Names of columns, at least one of which must be in the first line.

    Raises
    ------
    FileError
        Missing, empty, not text, a quotation that never ends, no known column in the first line, or one twice.
    """
    text = read_text(path)
    lines = _parse(path, text)
    columns = tuple(cell.strip() for cell in next(lines))
    if not set(known) & set(columns):
        raise FileError("file.no_header", path=path, columns=", ".join(known))
    for column in columns:
        if column and columns.count(column) > 1:
            raise FileError("file.column_twice", path=path, column=column)
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=2):
        cells = [cell.strip() for cell in line]
        if not any(cells):
            continue
        if len(cells) != len(columns):
            counts = (("found", len(cells)), ("expected", len(columns)))
            problems.append(Problem("list.cells", number, None, None, counts))
            continue
        rows.append(Row(number, dict(zip(columns, cells, strict=True))))
    return CsvRows(columns, tuple(rows), tuple(problems))


def read_number(text: str) -> float | None:
    """Return the decimal number that `text` is, `None` for anything else (nan, 1_000, 1,5 and the like)."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _parse(path: Path, text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise FileError("file.csv_broken", path=path, line=reader.line_num) from error


def _delimiter(text: str) -> str:
    header = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=header.count)
