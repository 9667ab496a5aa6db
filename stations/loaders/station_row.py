"""One row of a station list: from words in columns to a `Station`, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from stations.errors import InputError, Problem
from stations.hours.expression import check_hours
from stations.hours.prose import HoursReading, read_hours
from stations.loaders.cells import plain, read_date, read_whole, without_point_zero
from stations.loaders.csv_rows import Row
from stations.loaders.list_rows import ListRow, shown, unprintable
from stations.loaders.positions import Area as Area
from stations.loaders.positions import Position, read_positions
from stations.loaders.service_words import ServiceReading, read_services
from stations.loaders.station_words import (
    allowed_words,
    closure_of,
    entry_of,
    is_unknown,
    kind_in_name,
    kind_of,
    yes_or_no,
)
from stations.model.keys import ClosureReason, Datum, EntryMethod, ServiceKey, StationKind
from stations.model.station import Station

COLUMNS = (
    "station_id",
    "name",
    "kind",
    "lon",
    "lat",
    "source_datum",
    "source_lon",
    "source_lat",
    "township",
    "address",
    "services",
    "hours",
    "hours_text",
    "follows_workdays",
    "entry",
    "entrance_lon",
    "entrance_lat",
    "entrance_s",
    "entrance_hours",
    "ebike_parking",
    "phone",
    "verified_on",
    "source",
    "notes",
    "closed",
    "merged_into",
)

MAX_NAME_LENGTH = 60

_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LINE_BREAKS = re.compile(r"\s*[\r\n]+\s*")
_FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９－＋（）", "0123456789-+()")
_BARE_CLOCK = re.compile(r"[0-9:,;\s-]+")
_SAID_IN_WORDS = ("hours", "services")
"""Cells in which a line break parts one thing from the next."""


def station_of(row: ListRow, position: Position, *, source: str) -> tuple[Station | None, tuple[Problem, ...]]:
    """Return the station that `row` describes, or `None` where it cannot be used, and all that is to be told of it.

    Parameters
    ----------
    row
        Cells by field; absent fields are unknown.
    position
        Where the row says that the station is.
    source
        Names the file and row, where there is no column `source`.

    Returns
    -------
    tuple
        `station_id` is empty where the row has none. Words that are not understood are kept: those of hours as
        `hours_text`, others in `notes`.
    """
    cells = _Cells(row, [*position.problems])
    station_id = cells.station_id("station_id")
    name = cells.name()
    kind = cells.kind(name)
    hours = cells.hours()
    services = cells.services()
    entry = cells.entry()
    workdays = cells.yes_no("follows_workdays")
    facts = {
        "township": cells.known("township"),
        "address": cells.known("address"),
        "hours": hours.expression,
        "hours_text": cells.hours_text(),
        "follows_workdays": hours.follows_workdays if workdays is None else workdays,
        "entrance_s": cells.whole("entrance_s"),
        "entrance_hours": cells.entrance_hours(),
        "ebike_parking": cells.yes_no("ebike_parking"),
        "phone": cells.phone(),
        "verified_on": cells.date("verified_on"),
        "notes": cells.notes(),
        "source": (cells.text("source") or "") if "source" in row.cells else source,
        "closed": cells.closed(),
        "merged_into": cells.station_id("merged_into") or None,
    }
    problems = tuple(cells.problems)
    if name is None or kind is None or position.door is None or any(problem.refuses for problem in problems):
        return None, problems
    gate_lon, gate_lat = position.gate or (None, None)
    station = Station(
        station_id,
        name,
        kind,
        *position.door,
        position.source_lon,
        position.source_lat,
        position.source_datum,
        services=services,
        entry=entry,
        entrance_lon=gate_lon,
        entrance_lat=gate_lat,
        **facts,  # type: ignore[arg-type]  # every value was read by its column's own method
    )
    return station, problems


def read_station(row: Row, *, datum: Datum, area: Area, file_name: str) -> tuple[Station | None, tuple[Problem, ...]]:
    """Return the station of one row whose cells are named as the fields of `Station`, as `station_of` does.

    Parameters
    ----------
    row
        Absent cells are unknown.
    datum
        Which earth `lon`, `lat`, `entrance_lon` and `entrance_lat` were written in.
    area
        Where a station may stand.
    file_name
        Names the source, together with the row, where there is no cell `source`; empty: it has no source.
    """
    listed = ListRow(row.number, row.cells, {})
    (position,) = read_positions([listed], datum=datum, area=area)
    return station_of(listed, position, source=f"{file_name} row {row.number}" if file_name else "")


def write_station(station: Station) -> dict[str, str]:
    """Return the cells of `station` by column, `lon` and `lat` in WGS 84; `station_of` gives the same back."""
    cells = {column: _words(getattr(station, column)) for column in COLUMNS}
    cells["services"] = ";".join(
        service if count is None else f"{service}:{count}" for service, count in station.services.items()
    )
    return cells


def fields_of(columns: Iterable[str]) -> frozenset[str]:
    """Return the fields of `Station` that a list with `columns` tells; what belongs together is told together."""
    fields = set(columns)
    if fields & {"lon", "lat", "lonlat"}:
        fields = (fields - {"lonlat"}) | {"lon", "lat", "source_lon", "source_lat", "source_datum"}
    return frozenset(fields)


@dataclass(slots=True)
class _Cells:
    """Reads the cells of one row and gathers what is to be told of it."""

    row: ListRow
    problems: list[Problem]
    kept_words: list[str] = field(default_factory=list)
    clean: bool = field(init=False)

    def __post_init__(self) -> None:
        self.clean = not unprintable("".join(self.row.cells.values()))  # so that few rows are looked at cell by cell

    def refuse(self, key: str, column: str, **values: object) -> None:
        self.problems.append(self.row.problem(key, column, **values))

    def tell(self, key: str, column: str, **values: object) -> None:
        self.problems.append(self.row.remark(key, column, **values))

    def text(self, column: str) -> str | None:
        value = self.row.cells.get(column, "")
        if not value:
            return None
        if column in _SAID_IN_WORDS and ("\n" in value or "\r" in value):
            value = _LINE_BREAKS.sub("；", value)
        if not self.clean and unprintable(value):
            self.refuse("control_character", column)
        return value

    def known(self, column: str) -> str | None:
        value = self.text(column)
        return None if value is None or is_unknown(value) else value

    def station_id(self, column: str) -> str:
        value = without_point_zero(plain(self.text(column) or ""))
        if value and not _ID.fullmatch(value):
            self.refuse("id_form", column)
        return value

    def name(self) -> str | None:
        value = self.text("name")
        if value is None and "name" in self.row.cells:  # a missing column is told once, for the header
            self.refuse("empty", "name")
        if value is not None and len(value) > MAX_NAME_LENGTH:
            self.refuse("name_long", "name", most=MAX_NAME_LENGTH, length=len(value))
        return value

    def kind(self, name: str | None) -> StationKind | None:
        word = self.known("kind")
        found = kind_of(word) if word else None
        if found is not None:
            return found
        told = kind_in_name(name) if name else None
        allowed = {"allowed": allowed_words("kind"), "allowed_of": "kind"}
        if told is not None and word:
            self.tell("kind_from_name", "kind", wrong=shown(word), taken=told, **allowed)
            self.kept_words.append(word)
        elif told is None and name is not None:
            self.refuse("unknown_key" if word else "kind_unknown", "kind", wrong=shown(word or ""), **allowed)
        return told

    def entry(self) -> EntryMethod:
        word = self.known("entry")
        found = entry_of(word) if word else EntryMethod.UNKNOWN
        if found is None and word:
            allowed = {"allowed": allowed_words("entry"), "allowed_of": "entry"}
            self.tell("entry_unknown", "entry", wrong=shown(word), **allowed)
            self.kept_words.append(word)
        return found or EntryMethod.UNKNOWN

    def services(self) -> dict[ServiceKey, int | None]:
        reading = read_services(self.text("services") or "")
        self._tell_services(reading, "services")
        if not self.row.services:
            return reading.services  # the same for all rows that say the same
        found = dict(reading.services)
        for heading, service, cell in self.row.services:
            column = _service_cell(heading, service, cell)
            for key, count in column.services.items():
                found[key] = found.get(key) if count is None else count
            self._tell_services(column, "services", heading=heading, cell=cell)
        return found

    def _tell_services(self, reading: ServiceReading, column: str, *, heading: str = "", cell: str = "") -> None:
        where = ListRow(self.row.number, {column: cell}, {column: heading}) if heading else self.row
        for part in reading.unknown:
            self.problems.append(where.remark("service_unknown", column, wrong=shown(part)))
        for part in reading.twice:
            self.problems.append(where.problem("service_twice", column, wrong=shown(part)))
        for part in reading.bad_counts:
            self.problems.append(where.problem("service_count", column, wrong=shown(part)))
        if any(unprintable(note) for note in reading.notes) and heading:
            self.problems.append(where.problem("control_character", column))
        self.kept_words.extend(reading.notes)

    def hours(self) -> HoursReading:
        value = self.text("hours")
        if value is None or is_unknown(value):
            return _NO_HOURS
        reading = _read_hours(value)
        if reading.expression is None:
            words = "、".join(reading.not_understood) or value
            self.tell("hours_not_understood", "hours", words=shown(words))
        return reading

    def hours_text(self) -> str | None:
        """Return the words of the hours as they came, from their own column and where the hours are in words."""
        own, value = self.text("hours_text"), self.text("hours")
        if value is None or _is_syntax(value) or value == own:
            return own
        return value if own is None else f"{own}；{value}"

    def entrance_hours(self) -> str | None:
        """Return the hours of the gate; unknown ones would say that the gate is always open, so they are refused."""
        value = self.text("entrance_hours")
        if value is None or is_unknown(value):
            return None
        reading = _read_hours(value)
        if reading.expression is None:
            self.refuse("hours", "entrance_hours")
        return reading.expression

    def yes_no(self, column: str) -> bool | None:
        value = self.known(column)
        found = yes_or_no(value) if value else None
        if value and found is None:
            self.refuse("yes_no", column)
        return found

    def whole(self, column: str) -> int | None:
        value = self.known(column)
        found = read_whole(plain(value)) if value else None
        if value and found is None:
            self.refuse("not_whole", column)
        return found

    def date(self, column: str) -> date | None:
        value = self.known(column)
        found = read_date(value) if value else None
        if value and found is None:
            self.refuse("date", column)
        return found

    def phone(self) -> str | None:
        value = self.known("phone")
        return None if value is None else without_point_zero(value.translate(_FULL_WIDTH_DIGITS))

    def closed(self) -> ClosureReason | None:
        value = self.known("closed")
        try:
            return closure_of(value) if value else None
        except LookupError:
            allowed = {"allowed": allowed_words("closed"), "allowed_of": "closure"}
            self.refuse("closure_unknown", "closed", wrong=shown(value or ""), **allowed)
            return None

    def notes(self) -> str | None:
        """Return the notes, and after them the words of other cells that found no place of their own."""
        own = self.text("notes")
        kept = [word for word in dict.fromkeys(self.kept_words) if word not in (own or "")]
        return "；".join([*([own] if own else []), *kept]) or None


_NO_HOURS = HoursReading(None, None, ())


@lru_cache(maxsize=4096)
def _is_syntax(text: str) -> bool:
    """Whether hours are written as OSM writes them, and mean what OSM means by it.

    Bare clock times are prose as well (``9:00-5:00`` is nine to five), so there they must pass as prose too.
    """
    try:
        check_hours(text)
    except InputError:
        return False
    return _BARE_CLOCK.fullmatch(text) is None or (";" not in text and read_hours(text).expression is not None)


@lru_cache(maxsize=8192)
def _read_hours(text: str) -> HoursReading:
    """Return what a cell of hours means; the expression is `None` where any of it is not understood."""
    if _is_syntax(text):
        return HoursReading(text, None, ())
    reading = read_hours(text)
    if reading.not_understood:
        return HoursReading(None, None, reading.not_understood)
    return reading


def _service_cell(heading: str, service: ServiceKey, cell: str) -> ServiceReading:
    """Return what the column of one service says: yes, no, a number, or words of its own."""
    answer = yes_or_no(cell)
    if not cell or is_unknown(cell) or answer is False:
        return ServiceReading({})
    if answer:
        return ServiceReading({service: None})
    count = read_whole(plain(cell))
    if count == 0:
        return ServiceReading({})
    reading = read_services(f"{heading}{cell}" if count is not None or plain(cell)[:1].isdigit() else cell)
    if reading.unknown:
        return ServiceReading({}, (f"{heading} {cell}",), (f"{heading} {cell}",))
    return reading


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)
