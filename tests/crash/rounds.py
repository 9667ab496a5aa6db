"""Rounds of killing: a process that writes is killed at any moment, and what it left is looked at."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from stations.model.changes import ChangeKind, StationChange
from stations.store.database import open_database
from stations.store.snapshots import restore_snapshot
from stations.store.stations import StationStore
from tests.crash.work import BEGIN, DONE, ME, START, State, state_of, work_on

ROUNDS_A_REGION = 10
"""After so many rounds another region is begun, lest the history to be checked grow without end."""
ROUNDS_A_BACKUP = 5
"""After so many rounds the backup that lies there is put back into an empty database."""
EARLIEST_S = 0.001
LATEST_S = 0.3


@dataclass
class Found:
    """What the rounds came to: operations done, and what was found of those that the kill hit half way."""

    rounds: int = 0
    done: Counter[str] = field(default_factory=Counter)
    left_old: Counter[str] = field(default_factory=Counter)
    left_new: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        hit = self.left_old.total() + self.left_new.total()
        return (
            f"{self.rounds} kills, {hit} of them in the midst of an operation: the list was the old one after"
            f" {self.left_old.total()} {dict(self.left_old)}, the new one after {self.left_new.total()}"
            f" {dict(self.left_new)}; operations done before: {dict(self.done)}"
        )


def kill_rounds(url: str, *, rounds: int, seed: int) -> Found:
    """Kill `rounds` processes, each at a moment of its own, and check what each one left.

    Raises
    ------
    AssertionError
        A list was neither the old one nor the new one, history did not agree with it, or it could not be written on.
    """
    chance = random.Random(seed)
    found = Found()
    with TemporaryDirectory() as folder:
        backup = Path(folder) / "backup.zip"
        for number in range(rounds):
            region_id = f"region-{number // ROUNDS_A_REGION}"
            before = _state(url, region_id)
            lines = _run_and_kill(url, region_id, chance, backup)
            _check(url, region_id, before, lines, found)
            found.rounds += 1
            if number % ROUNDS_A_BACKUP == 0 or number == rounds - 1:
                _check_backup(backup)
    if url.startswith("sqlite"):
        with closing(open_database(url)) as database, database.reading() as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    return found


def _run_and_kill(url: str, region_id: str, chance: random.Random, backup: Path) -> list[str]:
    """Return the journal of a process that was killed some time after it began to work."""
    reading, writing = os.pipe()
    seed, wait_s = chance.getrandbits(32), EARLIEST_S * (LATEST_S / EARLIEST_S) ** chance.random()
    child = os.fork()  # the libraries are loaded by now; no connection is open
    if child == 0:
        os.close(reading)
        work_on(url, region_id, seed=seed, journal=writing, backup=backup)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as journal:
        try:
            assert journal.readline() == f"{START}\n", "the process did not start"
            time.sleep(wait_s)
        finally:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the process failed by itself"
        return journal.read().splitlines()


def _check(url: str, region_id: str, before: State, lines: list[str], found: Found) -> None:
    known, under_way = before, None
    for line in lines:
        if line == DONE:
            assert under_way is not None
            name, known = under_way
            found.done[name] += 1
            under_way = None
        else:
            begun, name, digest, generation = line.split()
            assert begun == BEGIN
            under_way = name, State(int(digest), int(generation))
    left = _state(url, region_id)
    if under_way is None:
        assert left == known, "what was done is not there"
    else:
        name, new = under_way
        assert left in (known, new), f"{name} was left half done"
        (found.left_new if left == new else found.left_old)[name] += 1
    _write_on(url, region_id)


def _check_backup(backup: Path) -> None:
    """Look whether a backup, where there is one, is whole: it goes into an empty database, and history agrees."""
    if not backup.exists():
        return
    with TemporaryDirectory() as folder, closing(open_database(f"sqlite:///{folder}/again.sqlite")) as database:
        restore_snapshot(database, backup)
        with database.reading() as connection:
            regions = connection.scalars(text("SELECT region_id FROM region")).all()
        for region_id in regions:
            assert StationStore(database, region_id).check_history() == (), "the backup is not whole"


def _state(url: str, region_id: str) -> State:
    """Return the state of a list after a restart, once the database let go of whom was killed."""
    with closing(open_database(url)) as database:
        with database.writing():
            pass
        stored = StationStore(database, region_id).read()
        return state_of(stored.stations, stored.generation)


def _write_on(url: str, region_id: str) -> None:
    """Look whether history agrees with the list, and whether both can be written on."""
    with closing(open_database(url)) as database:
        store = StationStore(database, region_id)
        assert store.check_history() == (), "history does not agree with the list"
        stored = store.read()
        if not stored.stations:
            return
        one = stored.stations[-1]
        change = store.apply([StationChange(one, None)], kind=ChangeKind.EDIT, authorship=ME)
        assert change is not None
        store.undo(change.change_id, authorship=ME)
        now = store.read()
        assert (now.stations, now.generation) == (stored.stations, stored.generation + 2)
        assert store.check_history() == ()
