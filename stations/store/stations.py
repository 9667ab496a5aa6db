"""The stations of one region, as the database has them, and their history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from stations.errors import ConflictError, InputError
from stations.model.changes import TERMINAL, Authorship, Change, ChangeKind, ListComparison, StationChange
from stations.model.station import Station
from stations.store.database import Database
from stations.store.history import (
    find_change,
    find_changes,
    find_disagreements,
    list_as_of,
    station_at,
    stations_of_change,
)
from stations.store.rows import StoredStation, every_station, stations_by_id
from stations.store.writing import begin_region, changes_by_id, generation_of, write_change


@dataclass(frozen=True, slots=True)
class StoredList:
    """The stations of a region, closed ones too, ordered by `station_id`, and the generation of the list they are.

    `versions` says by id at which change each station stands.
    """

    generation: int
    stations: tuple[Station, ...]
    versions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StationStore:
    """The stations of one region; every call is one transaction, and nothing is ever written without history.

    Every method raises `StoreError` when the database cannot be reached, and `InputError` when it is handed two
    stations of one `station_id`.
    """

    database: Database
    region_id: str

    def read(self) -> StoredList:
        """Return all stations with the generation they belong to; generation 0 and none before the first write."""
        with self.database.reading() as connection:
            stored = every_station(connection, self.region_id)
            generation = generation_of(connection, self.region_id)
        stations = tuple(one.station for one in stored.values())
        return StoredList(generation, stations, _versions(stored))

    def generation(self) -> int:
        """Return the number of changes that the list has seen; a cheap look for whether to read again."""
        with self.database.reading() as connection:
            return generation_of(connection, self.region_id)

    def compare(self, stations: Iterable[Station]) -> ListComparison:
        """Return what bringing `stations` would change, changing nothing."""
        given = changes_by_id(StationChange(None, station) for station in stations)
        with self.database.reading() as connection:
            stored = every_station(connection, self.region_id)
        paired = _with_stored(given.values(), stored)
        differing = [change for change in paired if change.before != change.after]
        return ListComparison(
            added=tuple(change for change in differing if change.before is None),
            changed=tuple(change for change in differing if change.before is not None),
            unchanged=len(paired) - len(differing),
            missing=tuple(s for key, (s, _) in stored.items() if key not in given and s.closed is None),
            versions=_versions(stored),
        )

    def apply(
        self,
        changes: Iterable[StationChange],
        *,
        kind: ChangeKind,
        authorship: Authorship,
        expected: Mapping[str, int] | None = None,
    ) -> Change | None:
        """Write changes to stations, all or none, and return the change; `None`, and nothing written, if none differs.

        Parameters
        ----------
        expected
            By id the version that each station had when the changes were thought out; a station that is not among
            them was not there. Without, every `before` must be what is stored.

        Raises
        ------
        ConflictError
            Stations are not as expected: somebody else changed them meanwhile. Nothing was written.
        """
        given = changes_by_id(changes)
        with self.database.writing() as connection:
            stored = stations_by_id(connection, self.region_id, given)
            _refuse_conflicts(given, stored, expected)
            differing = [change for change in _with_stored(given.values(), stored) if change.before != change.after]
            if not differing:
                return None
            return write_change(connection, self.region_id, differing, kind=kind, authorship=authorship)

    def seed_if_empty(self, stations: Iterable[Station]) -> bool:
        """Write `stations` if the region's list was never written before; return whether it was.

        A list that was emptied on purpose stays empty.
        """
        given = list(changes_by_id(StationChange(None, station) for station in stations).values())
        with self.database.writing() as connection:
            if not begin_region(connection, self.region_id):
                return False
            if given:
                by_terminal = Authorship(TERMINAL)
                write_change(connection, self.region_id, given, kind=ChangeKind.SEED, authorship=by_terminal)
        return True

    def changes(self, *, limit: int, before: int | None = None, station_id: str | None = None) -> tuple[Change, ...]:
        """Return at most `limit` changes, newest first: those older than `before`, those of one station."""
        with self.database.reading() as connection:
            return find_changes(connection, self.region_id, limit=limit, before=before, station_id=station_id)

    def change(self, change_id: int) -> tuple[Change, tuple[StationChange, ...]]:
        """Return one change, and each station that it touched, ordered by id.

        Raises
        ------
        UnknownThingError
            There is no such change of this region.
        """
        with self.database.reading() as connection:
            return find_change(connection, self.region_id, change_id), stations_of_change(connection, change_id)

    def version_of(self, station_id: str, version: int) -> Station | None:
        """Return a station as the change `version` left it; `None` where it did not touch it, or removed it."""
        with self.database.reading() as connection:
            return station_at(connection, self.region_id, station_id=station_id, change_id=version)

    def undo(self, change_id: int, *, authorship: Authorship, only_untouched: bool = False) -> Change:
        """Put every station of a change back to what it was before, in a new change; an undo can be undone, too.

        Parameters
        ----------
        only_untouched
            Leave the stations that are no longer as the change left them, instead of refusing.

        Raises
        ------
        UnknownThingError
            There is no such change of this region.
        InputError
            It was undone already.
        ConflictError
            Stations (with `only_untouched`: all of them) are no longer as the change left them. Nothing was written.
        """
        with self.database.writing() as connection:
            change = find_change(connection, self.region_id, change_id)
            if change.undone_by is not None:
                raise InputError("history.undone_already", field="change_id", value=change_id, by=change.undone_by)
            back = self._way_back(connection, change_id, only_untouched=only_untouched)
            kind = ChangeKind.UNDO
            return write_change(connection, self.region_id, back, kind=kind, authorship=authorship, undoes=change_id)

    def as_of(self, moment: datetime) -> tuple[Station, ...]:
        """Return the list as it was at `moment`, which bears a time zone; closed stations too, ordered by id.

        Raises
        ------
        InputError
            The moment bears no time zone.
        UnknownThingError
            History begins later, so nothing is known of that moment.
        """
        with self.database.reading() as connection:
            return list_as_of(connection, self.region_id, moment)

    def check_history(self) -> tuple[str, ...]:
        """Return the ids of stations that are not stored as history says; none when they agree."""
        with self.database.reading() as connection:
            stored = every_station(connection, self.region_id)
            return find_disagreements(connection, self.region_id, stored)

    def _way_back(self, connection: Connection, change_id: int, *, only_untouched: bool) -> list[StationChange]:
        made = stations_of_change(connection, change_id)
        stored = stations_by_id(connection, self.region_id, {change.station_id for change in made})
        touched = {change.station_id for change in made if change.after != _station(stored, change.station_id)}
        if touched and (len(touched) == len(made) or not only_untouched):
            raise ConflictError("history.changed_since", changed=tuple(sorted(touched)))
        return [replace(c, before=c.after, after=c.before) for c in made if c.station_id not in touched]


def _refuse_conflicts(
    given: Mapping[str, StationChange], stored: Mapping[str, StoredStation], expected: Mapping[str, int] | None
) -> None:
    if expected is None:
        changed = [key for key, change in given.items() if change.before != _station(stored, key)]
    else:
        versions = _versions(stored)
        changed = [key for key in given if expected.get(key) != versions.get(key)]
    if changed:
        raise ConflictError("history.changed_meanwhile", changed=tuple(sorted(changed)))


def _with_stored(changes: Iterable[StationChange], stored: Mapping[str, StoredStation]) -> list[StationChange]:
    """Return changes that lead from what is stored, whatever they said."""
    return [replace(change, before=_station(stored, change.station_id)) for change in changes]


def _station(stored: Mapping[str, StoredStation], station_id: str) -> Station | None:
    return stored[station_id].station if station_id in stored else None


def _versions(stored: Mapping[str, StoredStation]) -> dict[str, int]:
    return {key: one.version for key, one in stored.items()}
