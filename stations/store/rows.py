"""Stations as rows of the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, select

from stations.model.keys import ClosureReason, Datum, EntryMethod, ServiceKey, StationKind
from stations.model.station import Station
from stations.store.tables import STATION

FIELDS = tuple(field.name for field in fields(Station))
ROWS_A_BATCH = 2000
"""So many rows pass between program and database at once, and no more of them are held in memory."""
FEW_IDS = 50

T = TypeVar("T")


class StoredStation(NamedTuple):
    """A station and its version: the change that it stands at."""

    station: Station
    version: int


def every_station(connection: Connection, region_id: str) -> dict[str, StoredStation]:
    """Return all stations of a region by id, closed ones too, ordered by id."""
    # Sorted here: what the database takes for alphabetical depends on its locale.
    return dict(sorted((row["station_id"], _stored(row)) for row in _rows(connection, region_id)))


def stations_by_id(connection: Connection, region_id: str, ids: Collection[str]) -> dict[str, StoredStation]:
    """Return those stations of a region that are there, by id."""
    if len(ids) <= FEW_IDS:
        rows = _rows(connection, region_id, STATION.c.station_id.in_(list(ids)))
    else:  # a long list of ids may be looked through for every row, where the whole table is soon read
        rows = (row for row in _rows(connection, region_id) if row["station_id"] in ids)
    return {row["station_id"]: _stored(row) for row in rows}


def row_of(station: Station, *, region_id: str, change_id: int) -> dict[str, object]:
    """Return the row of a station as the change `change_id` leaves it."""
    row: dict[str, object] = {name: getattr(station, name) for name in FIELDS}
    return {**row, "region_id": region_id, "change_id": change_id}


def station_of(row: Mapping[Any, Any]) -> Station:
    """Return the station whose fields stand in `row` by their names, kinds and services as plain text.

    A field that `row` lacks, for it was written before there was such a field, is unknown.
    """
    values: dict[str, Any] = {name: row[name] for name in FIELDS if name in row}
    values["kind"] = StationKind(values["kind"])
    values["source_datum"] = Datum(values["source_datum"])
    values["entry"] = EntryMethod(values["entry"])
    values["services"] = {ServiceKey(service): count for service, count in values["services"].items()}
    if values.get("closed") is not None:
        values["closed"] = ClosureReason(values["closed"])
    return Station(**values)


def in_batches(things: Iterable[T]) -> Iterator[Sequence[T]]:
    """Give `things` in lists of at most `ROWS_A_BATCH`."""
    left = iter(things)
    while batch := list(islice(left, ROWS_A_BATCH)):
        yield batch


def _rows(connection: Connection, region_id: str, *chosen: ColumnElement[bool]) -> Iterator[RowMapping]:
    wanted = select(STATION).where(STATION.c.region_id == region_id, *chosen)
    yield from connection.execute(wanted.execution_options(yield_per=ROWS_A_BATCH)).mappings()


def _stored(row: RowMapping) -> StoredStation:
    return StoredStation(station_of(row), row["change_id"])
