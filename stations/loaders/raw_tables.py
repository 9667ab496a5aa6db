"""Tables as files have them: rows of text, each with the number it has in its file."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass

from stations.errors import Problem

MOST_ROWS = 1_000_000
"""A table with more rows that are not blank is refused; a spreadsheet holds no more lines either."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: the number a spreadsheet shows (the first line is 1), and its cells, stripped of blanks."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class RawTable:
    """One sheet, layer or text of rows.

    Attributes
    ----------
    name
        Of the sheet or layer; empty where the file has none.
    rows
        Those that are not blank, in their order; they can be gone through once.
    headings
        The names of the columns where the format itself has them; `None` where a row is to be found that holds them.
    ragged
        Whether the rows were written one by one, so that one of another length than the header may have been cut.
    problems
        What could not become a row; each is a row that was read and refused.
    notes
        What is to be told of the whole table; refuses nothing.
    """

    name: str
    rows: Iterable[RawRow]
    headings: tuple[str, ...] | None = None
    ragged: bool = False
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class RawFile:
    """The tables of a file, read one after the other, and the names of all its sheets or layers."""

    tables: Generator[RawTable, None, None]
    sheets: tuple[str, ...] = ()
