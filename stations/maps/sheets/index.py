"""The index: every station of the sheet with its square, services, hours and the way in, in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from stations.maps import svg
from stations.maps.font_widths import text_width
from stations.maps.paper_marks import mark_symbol
from stations.maps.sheets.content import SheetStation
from stations.maps.sheets.lines import wrap
from stations.maps.sheets.page import HAIRLINE, INK, MUTED, Page
from stations.texts import say

COLUMN_MM = 71.0
GAP_MM = 5.0
NAME_MM = 2.6
NOTE_MM = 2.25
SYMBOL_MM = 2.7
LEADING = 1.28
NUMBER_ROOM_MM = 12.5
HEADING_MM = 3.0


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A row of the index as it will be written: a heading (`station` is `None`), or a station in lines."""

    height: float
    heading: str = ""
    station: SheetStation | None = None
    square: str = ""
    name: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    symbols_beside: bool = False
    symbol_rows: int = 0


@dataclass(frozen=True, slots=True)
class IndexColumns:
    """Columns of rows for one place: `width` each, with `GAP_MM` times the factor between them."""

    width: float
    columns: tuple[tuple[IndexRow, ...], ...]


def column_width(width: float, *, factor: float) -> tuple[int, float]:
    """Return how many columns of an index stand in `width`, and how wide each is."""
    count = max(1, int((width + GAP_MM * factor) // ((COLUMN_MM + GAP_MM) * factor)))
    return count, (width - (count - 1) * GAP_MM * factor) / count


def index_rows(
    stations: Sequence[SheetStation], squares: Mapping[str, str], width: float, *, factor: float, lang: str
) -> list[IndexRow]:
    """Return the rows of an index for columns of `width` millimetres, stations by township in the order given."""
    rows: list[IndexRow] = []
    named = len({station.township for station in stations}) > 1
    for township, group in groupby(stations, key=lambda station: station.township):
        if named:
            heading = township or say(lang, "sheet.no_township")
            rows.append(IndexRow(HEADING_MM * factor * 1.9, heading=heading))
        rows.extend(_row(station, squares[station.station_id], width, factor, lang) for station in group)
    return rows


def _row(station: SheetStation, square: str, width: float, factor: float, lang: str) -> IndexRow:
    room = width - NUMBER_ROOM_MM * factor
    size, note, symbol = NAME_MM * factor, NOTE_MM * factor, SYMBOL_MM * factor * 1.12
    name = wrap(station.name or say(lang, "sheet.no_name"), room, size)
    strip = symbol * len(station.services)
    beside = bool(strip) and text_width(name[-1], size) + factor + strip <= room
    per_row = max(1, int(room // symbol))
    symbol_rows = 0 if beside or not strip else -(-len(station.services) // per_row)
    notes = _notes(station, room, note, lang)
    height = (len(name) * size + len(notes) * note) * LEADING + symbol_rows * symbol + 0.9 * factor
    return IndexRow(height, "", station, square, tuple(name), tuple(notes), beside, symbol_rows)


def _notes(station: SheetStation, room: float, size: float, lang: str) -> list[str]:
    """Return hours and the way in as lines; the way in begins a line of its own rather than being cut."""
    whole = wrap(say(lang, "sheet.index_notes", hours=station.hours, entry=station.entry), room, size)
    if len(whole) == 1:
        return whole
    hours = wrap(station.hours, room, size)
    last = say(lang, "sheet.index_notes", hours=hours[-1], entry=station.entry)
    if text_width(last, size) <= room:
        return [*hours[:-1], last]
    return [*hours, *wrap(station.entry, room, size)]


def fill_columns(
    rows: Sequence[IndexRow], *, count: int, width: float, height: float
) -> tuple[IndexColumns, list[IndexRow]]:
    """Return as many rows as `count` columns of `height` hold, and the rows that are left.

    A heading never stands last in a column, and is repeated where its township goes on in the next.
    """
    columns: list[tuple[IndexRow, ...]] = []
    left = list(rows)
    while left and len(columns) < count:
        column, used = [], 0.0
        while left and used + left[0].height + (left[1].height if not left[0].station and left[1:] else 0.0) <= height:
            used += left[0].height
            column.append(left.pop(0))
        if not column:
            break
        columns.append(tuple(column))
    return IndexColumns(width, tuple(columns)), left


def balanced_columns(
    rows: Sequence[IndexRow], *, count: int, width: float, height: float
) -> tuple[IndexColumns, list[IndexRow]]:
    """Return `fill_columns` with columns as short as they can be while the rows still fit, so that they end alike."""
    filled, left = fill_columns(rows, count=count, width=width, height=height)
    if left:
        return filled, left
    least = sum(row.height for row in rows) / count
    while least < height:
        tried, rest = fill_columns(rows, count=count, width=width, height=least)
        if not rest:
            return tried, []
        least *= 1.01
    return filled, left


def write_index(page: Page, columns: IndexColumns, x: float, y: float, *, factor: float) -> float:
    """Write columns of an index from (x, y) on; return how far down they reach."""
    lowest = y
    for number, column in enumerate(columns.columns):
        left = x + number * (columns.width + GAP_MM * factor)
        top = y
        for row in column:
            _write_row(page, row, left, top, columns.width, factor)
            top += row.height
        lowest = max(lowest, top)
    return lowest


def _write_row(page: Page, row: IndexRow, x: float, y: float, width: float, factor: float) -> None:
    if row.station is None:
        middle = y + row.height * 0.58
        page.write(row.heading, x, middle, HEADING_MM * factor, bold=True)
        page.draw(
            svg.line(x, y + row.height - 0.3 * factor, x + width, y + row.height - 0.3 * factor, stroke=INK, pen=0.2)
        )
        return
    station = row.station
    size = NAME_MM * factor
    first = y + 0.45 * factor + size * LEADING / 2
    page.draw(mark_symbol(x + 1.75 * factor, first, 3.4 * factor, station.kind, filled=station.always_open))
    edge = x + (NUMBER_ROOM_MM - 1.8) * factor
    page.write(str(station.number), edge, first, size, bold=True, anchor="end")
    page.write(row.square, edge, first + size * LEADING, size * 0.92, fill=MUTED, anchor="end")
    left = x + NUMBER_ROOM_MM * factor
    top = y + 0.45 * factor
    for line in row.name:
        end = page.write(line, left, top + size * LEADING / 2, size)
        top += size * LEADING
    symbol = SYMBOL_MM * factor
    for place, (across, down) in enumerate(_symbol_places(row, left, end, top, x + width, factor)):
        page.draw(svg.symbol(f"service.{station.services[place]}", across, down, symbol, colour=INK))
    top += row.symbol_rows * symbol * 1.12
    note = NOTE_MM * factor
    for line in row.notes:
        page.write(line, left, top + note * LEADING / 2, note, fill=MUTED)
        top += note * LEADING
    page.draw(svg.line(x, y + row.height, x + width, y + row.height, stroke=HAIRLINE, pen=0.12))


def _symbol_places(
    row: IndexRow, left: float, end: float, top: float, right: float, factor: float
) -> Iterator[tuple[float, float]]:
    """Return the middles of the symbols: at the end of the last line of the name, or in lines of their own below."""
    if row.station is None:
        return
    step, count = SYMBOL_MM * factor * 1.12, len(row.station.services)
    if row.symbols_beside:
        start = right - count * step
        for place in range(count):
            yield start + (place + 0.5) * step, top - NAME_MM * factor * LEADING / 2
        return
    per_row = max(1, int((right - left) // step))
    for place in range(count):
        yield left + (place % per_row + 0.5) * step, top + (place // per_row + 0.5) * step
