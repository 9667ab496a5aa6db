"""The tables of one station list, gathered into a listing: headers found, rows read in batches, problems told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, islice
from pathlib import Path

from stations.errors import FileError, Problem
from stations.loaders.cells import datum_said, plain, without_point_zero
from stations.loaders.csv_rows import Score
from stations.loaders.header import ROWS_SEARCHED, Column, Synonyms, column_letters, find_header, match_columns
from stations.loaders.list_rows import ListRow, shown
from stations.loaders.positions import Area, read_positions
from stations.loaders.raw_tables import RawRow, RawTable
from stations.loaders.sheets import SHEET_ENDINGS
from stations.loaders.station_row import COLUMNS, fields_of, station_of
from stations.model.keys import ServiceKey
from stations.model.listing import ColumnMatch, ListedStation, ListOptions, StationListing

SAMPLE_COLUMN = "sample"
"""Marks the rows of a list of sample data; says nothing of a station."""

SAMPLES = 3

_ROWS_AT_ONCE = 4096
_MOST_NAMED = 20
_FEW_CELLS = 2
_REMARK = re.compile(
    r"(?:合\s*计|总\s*计|小\s*计|共\s*计)|(?:注|备注|附注|说明|填表说明|备注说明)\s*[:1-9一]"
    r"|(?:填表|填报|制表|审核|联系|负责|统计|报送)(?:人|单位|日期|时间|电话)\s*:|(?:total|note|notes)\b\s*:?",
    re.IGNORECASE,
)
"""How rows under a table begin that are no stations."""
_DEGREES = ("lon", "lat", "lonlat")
_EXPECTED = "name 名称, lon 经度, lat 纬度"


def headings_known(options: ListOptions) -> Score:
    """Return what tells how many headings of a station list are known in the best of some rows."""
    return lambda rows: find_header(rows[:ROWS_SEARCHED], _synonyms(), given=options.columns)[1]


@dataclass(slots=True)
class _Header:
    """The row of a header (`None` where the format names its columns itself), its cells, and what stands around it."""

    row: int | None
    cells: list[str]
    columns: tuple[Column, ...]
    titles: Sequence[RawRow]
    below: Iterator[RawRow]
    fields: dict[str, Column] = field(init=False)
    headings: dict[str, str] = field(init=False)
    services: tuple[tuple[int, str, ServiceKey], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.fields = {column.field: column for column in self.columns if column.field and column.service is None}
        self.headings = {name: column.heading for name, column in self.fields.items()}
        self.services = tuple(
            (column.index, column.heading, column.service) for column in self.columns if column.service is not None
        )


@dataclass(slots=True)
class ListReader:
    """Gathers what the tables of one file hold; `several` where it has more than one sheet."""

    path: Path
    options: ListOptions
    area: Area
    several: bool
    _stations: list[ListedStation] = field(default_factory=list)
    _problems: list[Problem] = field(default_factory=list)
    _rows_read: int = 0
    _blank: bool = True
    _fields: frozenset[str] | None = None
    _columns: dict[str, ColumnMatch] = field(default_factory=dict)
    _first_rows: dict[str, tuple[str, int]] = field(default_factory=dict)
    _refused_names: set[str] = field(default_factory=set)
    _refused_ids: set[str] = field(default_factory=set)

    def take(self, table: RawTable) -> None:
        """Read one table; one without a header of a station list is passed over, and that is told.

        Raises
        ------
        FileError
            The table cannot be read to its end, or has a column twice.
        """
        self._problems.extend(table.notes)
        header = self._header(table)
        if header is None:
            return
        missing = self._missing(header)
        problems = [*missing, *self._about(header), *table.problems]
        samples = _Samples(header.columns)
        passed: list[RawRow] = []
        below = self._table_rows(header, passed)
        while rows := list(islice(below, _ROWS_AT_ONCE)):
            samples.take(rows)
            self._rows_read += len(rows)
            for listed, told in self._read(rows, header, table):
                problems.extend(told)
                if listed is not None and not missing:
                    self._stations.append(listed)
                elif listed is not None:
                    self._keep_names({"name": listed.station.name, "station_id": listed.station.station_id})
        if passed:
            numbers = ", ".join(str(row.number) for row in sorted(passed, key=lambda row: row.number)[:_MOST_NAMED])
            values = (("count", len(passed)), ("rows", numbers + (" …" if len(passed) > _MOST_NAMED else "")))
            problems.append(Problem("list.rows_passed_over", None, None, None, values, refuses=False))
        self._rows_read += len(table.problems)
        problems.sort(key=lambda problem: problem.row or 0)
        self._problems.extend(self._of_sheet(problem, table) for problem in problems)
        self._add_columns(header, samples)

    def listing(self, sheets: tuple[str, ...]) -> StationListing:
        """Return all that was read.

        Raises
        ------
        FileError
            There was nothing in the file, or no header of a station list.
        """
        if self._blank:
            blank = "list.file_blank" if self.path.suffix.lower() in SHEET_ENDINGS else "file.empty"
            raise FileError(blank, path=self.path)
        if self._fields is None:
            raise FileError("list.no_header", path=self.path, columns=_EXPECTED)
        return StationListing(
            tuple(self._stations),
            tuple(self._problems),
            self._rows_read,
            self._fields,
            tuple(self._columns.values()),
            sheets,
            frozenset(self._refused_names),
            frozenset(self._refused_ids),
        )

    def _header(self, table: RawTable) -> _Header | None:
        rows = iter(table.rows)
        if table.headings is not None:
            self._blank = False
            columns = match_columns(table.headings, _synonyms(), given=self.options.columns)
            header = _Header(None, [], columns, (), rows)
            return header if "name" in header.fields or not self.several else self._passed_over(table)
        first = list(islice(rows, ROWS_SEARCHED))
        self._blank = self._blank and not first
        place, _ = find_header(first, _synonyms(), given=self.options.columns)
        if place is None:
            return self._passed_over(table) if first else None
        row = first[place]
        width = len(row.cells) if table.ragged else max(len(other.cells) for other in first[place:])
        headings = row.cells + [""] * (width - len(row.cells))
        named = [heading or f"#{column_letters(index)}" for index, heading in enumerate(headings)]
        columns = match_columns(named, _synonyms(), given=self.options.columns)
        header = _Header(row.number, row.cells, columns, first[:place], chain(first[place + 1 :], rows))
        return header if {"name", *_DEGREES} & set(header.fields) else self._passed_over(table)

    def _passed_over(self, table: RawTable) -> _Header | None:
        """Tell that a table has no header of a station list, and return none."""
        if self.several:
            values = (("sheet", table.name),)
            self._problems.append(Problem("list.sheet_passed_over", None, None, table.name, values, refuses=False))
        return None

    def _missing(self, header: _Header) -> list[Problem]:
        needed = ("name",) if "lonlat" in header.fields else ("name", "lon", "lat")
        lacking = [column for column in needed if column not in header.fields]
        if not header.columns:  # a list of nothing at all
            lacking = []
        return [Problem("list.column_missing", header.row, column, None) for column in lacking]

    def _table_rows(self, header: _Header, passed: list[RawRow]) -> Iterator[RawRow]:
        """Yield the rows that may be stations; what stands below the table or sums it up goes to `passed`."""
        last: list[RawRow] = []
        for row in header.below:
            if row.cells == header.cells:  # a header is repeated on every printed page
                continue
            if _is_remark(row, header):
                passed.append(row)
            elif _is_bare(row, header):
                last.append(row)
            else:
                yield from last
                last.clear()
                yield row
        passed.extend(last)

    def _keep_names(self, cells: Mapping[str, str]) -> None:
        """Remember what a refused row calls its station."""
        if name := cells.get("name"):
            self._refused_names.add(name)
        if station_id := without_point_zero(plain(cells.get("station_id", ""))):
            self._refused_ids.add(station_id)

    def _about(self, header: _Header) -> Iterator[Problem]:
        """Yield what is to be told of the columns."""
        headings = [column.heading for column in header.columns]
        for column in header.columns:
            field_name, _ = _synonyms().field_of(column.heading)
            taken = header.fields.get(field_name or "")
            if taken is None or column.field is not None or column.by is not None:
                continue
            if headings.count(column.heading) > 1:
                raise FileError("file.column_twice", path=self.path, column=column.heading)
            values = (("taken", taken.heading),)
            yield Problem("list.column_second", header.row, column.heading, None, values, refuses=False)
        places = [column.heading for name, column in header.fields.items() if name.endswith(_DEGREES)]
        for text in (*places, *(cell for row in header.titles for cell in row.cells)):
            said = datum_said(text)
            if said is not None and said is not self.options.datum:
                datums = (("said", said), ("declared", self.options.datum))
                yield Problem("list.datum_said", header.row, text, shown(text), datums, refuses=False)

    def _read(
        self, rows: Sequence[RawRow], header: _Header, table: RawTable
    ) -> Iterator[tuple[ListedStation | None, Sequence[Problem]]]:
        width = len(header.columns)
        whole = [row for row in rows if not table.ragged or _fits(row, width)]
        listed = [_list_row(row, header) for row in whole]
        positions = iter(read_positions(listed, datum=self.options.datum, area=self.area))
        listed_rows = iter(listed)
        where = f"{self.path.name} {table.name}" if self.several else self.path.name
        for row in rows:
            if table.ragged and not _fits(row, width):
                counts = (("found", len(row.cells)), ("expected", width))
                self._keep_names(_cells_at(row, header))
                yield None, (Problem("list.cells", row.number, None, None, counts),)
                continue
            record = next(listed_rows)
            station, told = station_of(record, next(positions), source=f"{where} row {row.number}")
            twice = self._told_before(record, table)
            told = (*told, *twice, *_outside_table(row, width))
            if station is None or twice:
                self._keep_names(record.cells)
                yield None, told
            else:
                yield ListedStation(row.number, station, bool(station.station_id), table.name), told

    def _told_before(self, row: ListRow, table: RawTable) -> tuple[Problem, ...]:
        station_id = row.cells.get("station_id", "")
        if not station_id:
            return ()
        if station_id in self._first_rows:
            sheet, number = self._first_rows[station_id]
            first = number if sheet == table.name else f"{sheet}!{number}"
            return (row.problem("id_twice", "station_id", first=first),)
        self._first_rows[station_id] = (table.name, row.number)
        return ()

    def _of_sheet(self, problem: Problem, table: RawTable) -> Problem:
        return replace(problem, values=(*problem.values, ("sheet", table.name))) if self.several else problem

    def _add_columns(self, header: _Header, samples: _Samples) -> None:
        told = fields_of([column.field for column in header.columns if column.field])
        self._fields = told if self._fields is None else self._fields & told
        for match in samples.matches():
            self._columns.setdefault(match.heading, match)


@dataclass(slots=True)
class _Samples:
    """Gathers the first cells of every column that are not blank."""

    columns: tuple[Column, ...]
    _cells: list[list[str]] = field(init=False)
    _wanting: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._cells = [[] for _ in self.columns]
        self._wanting = [column.index for column in self.columns]

    def take(self, rows: Sequence[RawRow]) -> None:
        """Look for what is still wanting in some more rows."""
        for row in rows:
            if not self._wanting:
                return
            for index in self._wanting:
                if index < len(row.cells) and row.cells[index]:
                    self._cells[index].append(shown(row.cells[index]))
            self._wanting = [index for index in self._wanting if len(self._cells[index]) < SAMPLES]

    def matches(self) -> Iterator[ColumnMatch]:
        """Yield the columns; those without a heading only where something stands in them."""
        for column, cells in zip(self.columns, self._cells, strict=True):
            nameless = column.heading == f"#{column_letters(column.index)}" and not cells
            if not nameless and column.heading != SAMPLE_COLUMN:
                yield ColumnMatch(column.heading, column.field, column.by, tuple(cells))


def _cells_at(row: RawRow, header: _Header) -> dict[str, str]:
    """Return the cells of a row by field, as far as it has them."""
    width = len(row.cells)
    return {name: row.cells[column.index] for name, column in header.fields.items() if column.index < width}


def _has_no_place(row: RawRow, header: _Header) -> bool:
    """Whether a row of a table that tells places and names tells no place."""
    cells = _cells_at(row, header)
    columns = [name for name in _DEGREES if name in header.fields]
    return "name" in header.fields and bool(columns) and not any(cells.get(name) for name in columns)


def _is_remark(row: RawRow, header: _Header) -> bool:
    """Whether a row is a sum or a note under a table by its first words, and no station."""
    first = next((cell for cell in row.cells if cell), "")
    return _REMARK.match(plain(first)) is not None and _has_no_place(row, header)


def _is_bare(row: RawRow, header: _Header) -> bool:
    """Whether a row tells neither name nor place, and hardly anything else; at the end of a table it is no station."""
    few = sum(map(bool, row.cells)) <= _FEW_CELLS
    return few and not _cells_at(row, header).get("name") and _has_no_place(row, header)


def _fits(row: RawRow, width: int) -> bool:
    return len(row.cells) >= width and not any(row.cells[width:])


def _list_row(row: RawRow, header: _Header) -> ListRow:
    cells = row.cells
    if len(cells) < len(header.columns):
        cells = cells + [""] * (len(header.columns) - len(cells))
    by_field = {name: cells[column.index] for name, column in header.fields.items()}
    services = tuple((heading, service, cells[at]) for at, heading, service in header.services if cells[at])
    return ListRow(row.number, by_field, header.headings, services)


def _outside_table(row: RawRow, width: int) -> Iterator[Problem]:
    """Yield what stands in a row right of all headings."""
    for index, cell in enumerate(row.cells[width:], start=width):
        if cell:
            yield Problem("list.cell_outside", row.number, column_letters(index), shown(cell), refuses=False)


@cache
def _synonyms() -> Synonyms:
    return Synonyms.of_file("station_columns.toml", fields=(*COLUMNS, "lonlat"), services=True)
