"""History read: the changes of a region, what each made of which station, and the list as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from stations.errors import InputError, UnknownThingError
from stations.model.changes import Authorship, Change, ChangeKind, StationChange
from stations.model.station import Station
from stations.store.published import station_from_plain
from stations.store.rows import ROWS_A_BATCH, StoredStation
from stations.store.tables import CHANGE, STATION_VERSION
from stations.store.writing import in_utc

VERSION = STATION_VERSION.c

_MINUTE = "%Y-%m-%d %H:%M"


def find_changes(
    connection: Connection, region_id: str, *, limit: int, before: int | None = None, station_id: str | None = None
) -> tuple[Change, ...]:
    """Return the newest changes of a region, newest first.

    Parameters
    ----------
    limit
        The most that come back.
    before
        Only changes older than this one.
    station_id
        Only changes that touched this station.
    """
    chosen = _changes().where(CHANGE.c.region_id == region_id)
    if before is not None:
        chosen = chosen.where(CHANGE.c.change_id < before)
    if station_id is not None:
        touched = select(VERSION.change_id).where(VERSION.region_id == region_id, VERSION.station_id == station_id)
        chosen = chosen.where(CHANGE.c.change_id.in_(touched))
    newest = chosen.order_by(CHANGE.c.change_id.desc()).limit(limit)
    return tuple(_change(row) for row in connection.execute(newest).mappings())


def find_change(connection: Connection, region_id: str, change_id: int) -> Change:
    """Return one change of a region.

    Raises
    ------
    UnknownThingError
        There is none of that number in this region.
    """
    chosen = _changes().where(CHANGE.c.region_id == region_id, CHANGE.c.change_id == change_id)
    row = connection.execute(chosen).mappings().one_or_none()
    if row is None:
        raise UnknownThingError("history.change_unknown", field="change_id", value=change_id)
    return _change(row)


def stations_of_change(connection: Connection, change_id: int) -> tuple[StationChange, ...]:
    """Return each station that a change touched, before and after, ordered by id."""
    rows = connection.execute(select(STATION_VERSION).where(VERSION.change_id == change_id)).mappings()
    found = (StationChange(_station(row["before"]), _station(row["after"]), row["row"]) for row in rows)
    return tuple(sorted(found, key=lambda change: change.station_id))


def station_at(connection: Connection, region_id: str, *, station_id: str, change_id: int) -> Station | None:
    """Return a station as a change left it; `None` where that change did not touch it, or removed it."""
    one = (VERSION.region_id == region_id, VERSION.station_id == station_id, VERSION.change_id == change_id)
    return _station(connection.scalar(select(VERSION.after).where(*one)))


def list_as_of(connection: Connection, region_id: str, moment: datetime) -> tuple[Station, ...]:
    """Return the stations of a region as they were at a moment, closed ones too, ordered by id.

    Raises
    ------
    InputError
        The moment bears no time zone.
    UnknownThingError
        History begins later, so nothing is known of that moment.
    """
    if moment.tzinfo is None:
        raise InputError("error.when_zone", field="when", value=moment.isoformat())
    here = CHANGE.c.region_id == region_id
    last = connection.scalar(
        select(func.max(CHANGE.c.change_id)).where(here, CHANGE.c.made_at <= moment.astimezone(UTC))
    )
    if last is None:
        first = connection.scalar(select(func.min(CHANGE.c.made_at)).where(here))
        begins = in_utc(first).astimezone(moment.tzinfo).strftime(_MINUTE) if first else ""
        key = "history.begins_later" if first else "history.none_yet"
        raise UnknownThingError(key, field="when", value=moment.strftime(_MINUTE), begins=begins)
    return _list_after(connection, region_id, last)


def find_disagreements(connection: Connection, region_id: str, stored: Mapping[str, StoredStation]) -> tuple[str, ...]:
    """Return the ids, in order, of which history does not tell how they came to be what is stored.

    History tells it where every `before` is the `after` that came last, and the last is what is stored, at that change.
    """
    wrong = {key for key, told in _told(connection, region_id) if told != stored.get(key)}
    known = set(connection.scalars(select(VERSION.station_id).where(VERSION.region_id == region_id).distinct()))
    return tuple(sorted(wrong | (stored.keys() - known)))


def _told(connection: Connection, region_id: str) -> Iterator[tuple[str, StoredStation | str | None]]:
    """Give each station that history knows as it says that it is stored; a word where it contradicts itself."""
    order = (VERSION.station_id, VERSION.change_id)
    chosen = select(STATION_VERSION).where(VERSION.region_id == region_id).order_by(*order)
    rows = connection.execute(chosen.execution_options(yield_per=ROWS_A_BATCH)).mappings()
    for station_id, versions in groupby(rows, key=lambda row: str(row["station_id"])):
        last: StoredStation | None = None
        consistent = True
        for row in versions:
            consistent &= _station(row["before"]) == (last.station if last else None)
            after = _station(row["after"])
            last = StoredStation(after, row["change_id"]) if after else None
        yield station_id, last if consistent else "contradicts itself"


def _list_after(connection: Connection, region_id: str, change_id: int) -> tuple[Station, ...]:
    newest = (
        select(VERSION.station_id, func.max(VERSION.change_id).label("change_id"))
        .where(VERSION.region_id == region_id, VERSION.change_id <= change_id)
        .group_by(VERSION.station_id)
        .subquery()
    )
    same = (VERSION.station_id == newest.c.station_id) & (VERSION.change_id == newest.c.change_id)
    chosen = select(VERSION.after).join(newest, same).where(VERSION.after.is_not(None))
    found = (station_from_plain(plain) for plain in connection.scalars(chosen))
    return tuple(sorted(found, key=lambda station: station.station_id))


def _changes() -> Select[Any]:
    """Select changes with the number of their stations and the change that took each back."""
    undo = CHANGE.alias("undo")
    stations: ColumnElement[int] = (
        select(func.count()).where(VERSION.change_id == CHANGE.c.change_id).scalar_subquery().label("stations")
    )
    undone_by: ColumnElement[int] = (
        select(undo.c.change_id).where(undo.c.undoes == CHANGE.c.change_id).scalar_subquery().label("undone_by")
    )
    return select(CHANGE, stations, undone_by)


def _change(row: RowMapping) -> Change:
    return Change(
        row["change_id"],
        ChangeKind(row["kind"]),
        in_utc(row["made_at"]),
        Authorship(row["author"], row["reason"], row["source"]),
        row["stations"],
        row["undoes"],
        row["undone_by"],
    )


def _station(plain: Mapping[str, Any] | None) -> Station | None:
    return station_from_plain(plain) if plain is not None else None
