"""What the process does that is to be killed: changes to the list in a loop, each noted before and after."""

from __future__ import annotations

import hashlib
import os
import random
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from operator import xor
from pathlib import Path

from stations.model.changes import Authorship, Change, ChangeKind, StationChange
from stations.model.keys import Datum, ServiceKey, StationKind
from stations.model.station import Station
from stations.store.database import open_database
from stations.store.snapshots import write_snapshot
from stations.store.stations import StationStore

ME = Authorship("crash", reason="test")
IDS = [f"s{number:03d}" for number in range(400)]
START = "start"
BEGIN = "begin"
DONE = "done"


@dataclass(frozen=True)
class State:
    """A list as it must be found: its digest, which does not depend on the order, and its generation."""

    digest: int
    generation: int


@dataclass
class Work:
    """The store under test, and the list as it should be now, kept beside it; `before` was before the last change."""

    store: StationStore
    chance: random.Random
    generation: int
    now: Mapping[str, Station]
    before: Mapping[str, Station]
    backup: Path
    last: Change | None = None


@dataclass(frozen=True)
class Step:
    """One operation: the list that it is to lead to, whether it makes a change, and how it is done."""

    after: Mapping[str, Station]
    changes: bool
    run: Callable[[], Change | None]


def import_list(work: Work) -> Step:
    """Bring some hundred stations, new and changed, and take some out."""
    keys = work.chance.sample(IDS, work.chance.randint(100, len(IDS)))
    return _apply(work, ChangeKind.IMPORT, {key: _some_station(work.chance, key) for key in keys})


def edit_station(work: Work) -> Step:
    """Change one station, or take it out."""
    key = work.chance.choice(IDS)
    gone = key in work.now and work.chance.random() < 0.2
    return _apply(work, ChangeKind.EDIT, {key: None if gone else _some_station(work.chance, key)})


def undo_last(work: Work) -> Step | None:
    """Take the last change back, which may be an undo itself."""
    if work.last is None:
        return None
    return Step(work.before, True, partial(work.store.undo, work.last.change_id, authorship=ME))


def back_up(work: Work) -> Step:
    """Write a backup over the one from before; the list stays as it is."""
    return Step(work.now, False, partial(_write_backup, work))


OPERATIONS: tuple[Callable[[Work], Step | None], ...] = (import_list, edit_station, undo_last, back_up)
"""What the process does, by chance; one that leaves the list as it is gives a `Step` to the list as it is."""


def work_on(url: str, region_id: str, *, seed: int, journal: int, backup: Path) -> None:
    """Work until killed.

    `journal` is the pipe in which every step is noted before it begins and when it is done; backups go to `backup`.
    """
    try:
        store = StationStore(open_database(url), region_id)
        stored = store.read()
        listed = {station.station_id: station for station in stored.stations}
        work = Work(store, random.Random(seed), stored.generation, listed, listed, backup)
        os.write(journal, f"{START}\n".encode())
        while True:
            _do_one(work, journal)
    except BaseException:
        traceback.print_exc(file=sys.stderr)
        sys.stderr.flush()
        os._exit(1)


def state_of(stations: Iterable[Station], generation: int) -> State:
    """Return what tells one list from another."""
    digests = (hashlib.blake2b(repr(station).encode(), digest_size=8).digest() for station in stations)
    return State(reduce(xor, (int.from_bytes(digest) for digest in digests), 0), generation)


def _do_one(work: Work, journal: int) -> None:
    operation = work.chance.choice(OPERATIONS)
    step = operation(work)
    if step is None:
        return
    generation = work.generation + step.changes
    state = state_of(step.after.values(), generation)
    os.write(journal, f"{BEGIN} {operation.__name__} {state.digest} {state.generation}\n".encode())
    made = step.run()
    os.write(journal, f"{DONE}\n".encode())
    if step.changes:
        work.before, work.now, work.last, work.generation = work.now, step.after, made, generation


def _write_backup(work: Work) -> None:
    write_snapshot(work.store.database, work.backup)


def _apply(work: Work, kind: ChangeKind, wanted: Mapping[str, Station | None]) -> Step:
    changes = [StationChange(work.now.get(key), station) for key, station in wanted.items()]
    after = {key: station for key, station in {**work.now, **wanted}.items() if station is not None}
    return Step(after, True, partial(work.store.apply, changes, kind=kind, authorship=ME))


def _some_station(chance: random.Random, key: str) -> Station:
    """Return a station that is like no other, so that every change differs."""
    lon, lat = 116.8 + chance.random(), 35.5 + chance.random()
    facts = {"services": {ServiceKey.REST: chance.randint(0, 99)}, "notes": f"第 {chance.random()} 次"}
    return Station(key, f"示例站 {key}", StationKind.HUB, lon, lat, lon, lat, Datum.WGS84, **facts)  # type: ignore[arg-type]
