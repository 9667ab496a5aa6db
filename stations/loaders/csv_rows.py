"""A CSV file as rows of named cells, or as the table that stands in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from stations.errors import FileError, Problem
from stations.loaders.cells import csv_cell
from stations.loaders.raw_tables import MOST_ROWS, RawFile, RawRow, RawTable
from stations.loaders.text_files import check_size, read_text, text_encoding

MOST_BYTES = 200_000_000
LINES_TRIED = 60
DELIMITERS = ",\t;|，"

_PIECE_BYTES = 1 << 20
_CHARACTERS_TRIED = 1 << 18

Score = Callable[[Sequence[RawRow]], int]
"""Tells how many headings are known in the best of some rows."""


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


def read_csv_table(path: Path, *, score: Score) -> RawFile:
    """Read a CSV whose header may stand below titles, row by row; the delimiter is the one that `score` likes best.

    Parameters
    ----------
    path
        UTF-8 or GB18030; of at most `MOST_BYTES` and `MOST_ROWS`. One that has more is refused before it is read.
    score
        As `Score` says.

    Raises
    ------
    FileError
        Missing, empty, not text, too large; while the rows are gone through: a quotation that never ends.
    """
    check_size(path, most_bytes=MOST_BYTES)
    encoding = text_encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _best_delimiter(file.read(_CHARACTERS_TRIED), score)
    rows = _file_rows(path, encoding, delimiter)
    if _lines(path) > MOST_ROWS and any(True for _ in islice(rows, MOST_ROWS, None)):
        raise FileError("list.too_many_rows", path=path, most=MOST_ROWS)
    return RawFile(_one(RawTable("", _file_rows(path, encoding, delimiter), ragged=True)))


def read_pasted_table(text: str, *, path: Path, score: Score) -> RawFile:
    """Read a table that was pasted: tabs from a spreadsheet, or whatever `score` likes best; errors name `path`.

    Raises
    ------
    FileError
        While the rows are gone through: a quotation that never ends.
    """
    lines = io.StringIO(text, newline="")
    return RawFile(_one(RawTable("", _rows(lines, _best_delimiter(text[:_CHARACTERS_TRIED], score), path=path))))


def _parse(path: Path, text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise FileError("file.csv_broken", path=path, line=reader.line_num) from error


def _delimiter(text: str) -> str:
    header = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _one(table: RawTable) -> Generator[RawTable, None, None]:
    yield table


def _best_delimiter(beginning: str, score: Score) -> str:
    def known(delimiter: str) -> int:
        lines = islice(csv.reader(io.StringIO(beginning, newline=""), delimiter=delimiter), LINES_TRIED)
        try:
            return score([RawRow(number, cells) for number, cells in enumerate(lines, start=1) if any(cells)])
        except csv.Error:  # a field of more characters than the library takes
            return 0

    return max(DELIMITERS, key=known)


def _lines(path: Path) -> int:
    """Return how many line ends a file has, at least as many as it has rows, less one."""
    with path.open("rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(_PIECE_BYTES), b""))


def _file_rows(path: Path, encoding: str, delimiter: str) -> Iterator[RawRow]:
    with path.open(encoding=encoding, newline="") as file:
        yield from _rows(file, delimiter, path=path)


def _rows(lines: Iterable[str], delimiter: str, *, path: Path) -> Iterator[RawRow]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for number, line in enumerate(reader, start=1):
            cells = [csv_cell(cell) for cell in line]
            if any(cells):
                yield RawRow(number, cells)
    except csv.Error as error:
        raise FileError("file.csv_broken", path=path, line=reader.line_num) from error
