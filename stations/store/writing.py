"""One change written: what it is, each station before and after, and the stations themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from stations.errors import InputError
from stations.model.changes import Authorship, Change, ChangeKind, StationChange
from stations.model.station import Station
from stations.store.published import station_to_plain
from stations.store.rows import in_batches, row_of
from stations.store.tables import CHANGE, REGION, STATION, STATION_VERSION


def generation_of(connection: Connection, region_id: str) -> int:
    """Return the number of changes that the list of a region has seen, 0 where it was never written."""
    return connection.scalar(select(REGION.c.generation).where(REGION.c.region_id == region_id)) or 0


def begin_region(connection: Connection, region_id: str) -> bool:
    """Make the row of a region where there is none; return whether there was none."""
    if connection.scalar(select(REGION.c.region_id).where(REGION.c.region_id == region_id)) is not None:
        return False
    row = {"region_id": region_id, "generation": 0, "seeded_at": datetime.now(UTC)}
    connection.execute(insert(REGION), row)
    return True


def changes_by_id(changes: Iterable[StationChange]) -> dict[str, StationChange]:
    """Return changes by the id of their station.

    Raises
    ------
    InputError
        Two are of one station.
    """
    found: dict[str, StationChange] = {}
    for change in changes:
        if change.station_id in found:
            raise InputError("list.station_twice", field="station_id", value=change.station_id)
        found[change.station_id] = change
    return found


def write_change(
    connection: Connection,
    region_id: str,
    changes: Sequence[StationChange],
    *,
    kind: ChangeKind,
    authorship: Authorship,
    undoes: int | None = None,
) -> Change:
    """Write a change that differs, in a transaction that writes; the generation of the region goes up by one.

    Parameters
    ----------
    changes
        One for each station; `before` is what is stored, and differs from `after`.
    undoes
        The change that this one takes back.
    """
    begin_region(connection, region_id)
    change = Change(_next_id(connection), kind, _moment(connection, region_id), authorship, len(changes), undoes)
    connection.execute(insert(CHANGE), _change_row(change, region_id))
    ids = {"region_id": region_id, "change_id": change.change_id}
    for some in in_batches(changes):
        connection.execute(insert(STATION_VERSION), [{**ids, **_version_row(one)} for one in some])
    for some in in_batches(changes):
        _write_stations(connection, region_id, change.change_id, some)
    here = REGION.c.region_id == region_id
    connection.execute(update(REGION).where(here).values(generation=REGION.c.generation + 1))
    return change


def _write_stations(connection: Connection, region_id: str, change_id: int, changes: Sequence[StationChange]) -> None:
    one = (STATION.c.region_id == region_id, STATION.c.station_id == bindparam("its_id"))

    def row(station: Station) -> dict[str, object]:
        return row_of(station, region_id=region_id, change_id=change_id)

    added = [row(change.after) for change in changes if change.before is None and change.after is not None]
    changed = [
        {"its_id": change.station_id, **row(change.after)}
        for change in changes
        if change.before is not None and change.after is not None
    ]
    gone = [{"its_id": change.station_id} for change in changes if change.after is None]
    if added:
        connection.execute(insert(STATION), added)
    if changed:
        connection.execute(update(STATION).where(*one), changed)
    if gone:
        connection.execute(delete(STATION).where(*one), gone)


def _next_id(connection: Connection) -> int:
    return (connection.scalar(select(func.max(CHANGE.c.change_id))) or 0) + 1


def _moment(connection: Connection, region_id: str) -> datetime:
    """Return now, and never a moment before the last change, lest a clock put back mix up the list as of a moment."""
    last = connection.scalar(select(func.max(CHANGE.c.made_at)).where(CHANGE.c.region_id == region_id))
    now = datetime.now(UTC)
    return now if last is None else max(now, in_utc(last))


def in_utc(moment: datetime) -> datetime:
    """Return a moment of the database in UTC; SQLite keeps UTC without saying so."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _change_row(change: Change, region_id: str) -> dict[str, object]:
    return {
        "change_id": change.change_id,
        "region_id": region_id,
        "kind": change.kind,
        "made_at": change.made_at,
        "author": change.authorship.author,
        "reason": change.authorship.reason,
        "source": change.authorship.source,
        "undoes": change.undoes,
    }


def _version_row(change: StationChange) -> dict[str, object]:
    return {
        "station_id": change.station_id,
        "row": change.row,
        "before": change.before and station_to_plain(change.before),
        "after": change.after and station_to_plain(change.after),
    }
