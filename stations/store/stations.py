"""The stations of one region, as the database has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from stations.errors import InputError
from stations.model.keys import Datum, EntryMethod, ServiceKey, StationKind
from stations.model.station import Station
from stations.store.database import Database
from stations.store.tables import REGION, STATION

_FIELDS = tuple(field.name for field in fields(Station))


@dataclass(frozen=True, slots=True)
class StoredList:
    """The stations of a region ordered by `station_id`, and the generation of the list they are."""

    generation: int
    stations: tuple[Station, ...]


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What a list changes, or changed, in the database.

    `missing` are stations of the region that the list does not name and that stay; `removed` those that went.
    `generation` is the region's after the change.
    """

    added: int
    changed: int
    unchanged: int
    missing: int
    removed: int
    generation: int


@dataclass(frozen=True, slots=True)
class StationStore:
    """The stations of one region; every call is one transaction.

    Every method raises `StoreError` when the database cannot be reached, and `InputError` when it is handed two
    stations of one `station_id`.
    """

    database: Database
    region_id: str

    def read(self) -> StoredList:
        """Return all stations with the generation they belong to; generation 0 and none before the first write."""
        with self.database.reading() as connection:
            return StoredList(self._generation(connection), tuple(self._stations(connection).values()))

    def generation(self) -> int:
        """Return the number of changes that the list has seen; a cheap look for whether to read again."""
        with self.database.reading() as connection:
            return self._generation(connection)

    def compare(self, stations: Iterable[Station]) -> ImportCounts:
        """Return what `merge` would change, changing nothing."""
        given = _by_id(stations)
        with self.database.reading() as connection:
            change = _compare(self._stations(connection), given)
            return change.counts(removes=False, generation=self._generation(connection) + change.writes)

    def merge(self, stations: Iterable[Station]) -> ImportCounts:
        """Add and change the stations of a list; those it does not name stay, and are counted as missing."""
        return self._write(stations, removes=False)

    def replace_all(self, stations: Iterable[Station]) -> ImportCounts:
        """Make `stations` the whole list of the region; those it does not name are removed."""
        return self._write(stations, removes=True)

    def seed_if_empty(self, stations: Iterable[Station]) -> bool:
        """Write `stations` if the region's list was never written before; return whether it was.

        A list that was emptied on purpose stays empty.
        """
        given = _by_id(stations)
        with self.database.writing() as connection:
            if connection.scalar(select(REGION.c.region_id).where(REGION.c.region_id == self.region_id)):
                return False
            self._apply(connection, _compare({}, given), removes=False)
        return True

    def _write(self, stations: Iterable[Station], *, removes: bool) -> ImportCounts:
        given = _by_id(stations)
        with self.database.writing() as connection:
            return self._apply(connection, _compare(self._stations(connection), given), removes=removes)

    def _apply(self, connection: Connection, change: _Change, *, removes: bool) -> ImportCounts:
        generation = self._generation(connection)
        writes = int(change.writes or (removes and bool(change.missing)))
        self._raise_generation(connection, generation + writes, first=generation == 0)
        of_region = STATION.c.region_id == self.region_id
        by_id = STATION.c.station_id == bindparam("its_id")
        if change.added:
            connection.execute(insert(STATION), [self._row(station) for station in change.added])
        if change.changed:
            rows = [{"its_id": station.station_id, **self._row(station)} for station in change.changed]
            connection.execute(update(STATION).where(of_region, by_id), rows)
        if removes and change.missing:
            connection.execute(delete(STATION).where(of_region, by_id), [{"its_id": gone} for gone in change.missing])
        return change.counts(removes=removes, generation=generation + writes)

    def _generation(self, connection: Connection) -> int:
        return connection.scalar(select(REGION.c.generation).where(REGION.c.region_id == self.region_id)) or 0

    def _raise_generation(self, connection: Connection, generation: int, *, first: bool) -> None:
        here = REGION.c.region_id == self.region_id
        found = connection.execute(update(REGION).where(here).values(generation=generation))
        if first and found.rowcount == 0:
            row = {"region_id": self.region_id, "generation": generation, "seeded_at": datetime.now(UTC)}
            connection.execute(insert(REGION), row)

    def _stations(self, connection: Connection) -> dict[str, Station]:
        rows = connection.execute(select(STATION).where(STATION.c.region_id == self.region_id)).mappings()
        # Sorted here: what the database takes for alphabetical depends on its locale.
        return dict(sorted((row["station_id"], station_of(row)) for row in rows))

    def _row(self, station: Station) -> dict[str, object]:
        row: dict[str, object] = {name: getattr(station, name) for name in _FIELDS}
        return {**row, "region_id": self.region_id}


@dataclass(frozen=True, slots=True)
class _Change:
    added: tuple[Station, ...]
    changed: tuple[Station, ...]
    unchanged: int
    missing: tuple[str, ...]

    @property
    def writes(self) -> bool:
        return bool(self.added or self.changed)

    def counts(self, *, removes: bool, generation: int) -> ImportCounts:
        missing, removed = (0, len(self.missing)) if removes else (len(self.missing), 0)
        return ImportCounts(len(self.added), len(self.changed), self.unchanged, missing, removed, generation)


def _compare(stored: Mapping[str, Station], given: Mapping[str, Station]) -> _Change:
    return _Change(
        added=tuple(station for key, station in given.items() if key not in stored),
        changed=tuple(station for key, station in given.items() if key in stored and stored[key] != station),
        unchanged=sum(stored.get(key) == station for key, station in given.items()),
        missing=tuple(key for key in stored if key not in given),
    )


def _by_id(stations: Iterable[Station]) -> dict[str, Station]:
    found: dict[str, Station] = {}
    for station in stations:
        if station.station_id in found:
            raise InputError("list.station_twice", field="station_id", value=station.station_id)
        found[station.station_id] = station
    return found


def station_of(row: Mapping[Any, Any]) -> Station:
    """Return the station whose fields stand in `row` by their names, kinds and services as plain text."""
    values: dict[str, Any] = {name: row[name] for name in _FIELDS}
    values["kind"] = StationKind(values["kind"])
    values["source_datum"] = Datum(values["source_datum"])
    values["entry"] = EntryMethod(values["entry"])
    values["services"] = {ServiceKey(service): count for service, count in values["services"].items()}
    return Station(**values)
