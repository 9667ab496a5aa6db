"""Jobs: asked for by one process, done by another, seen by all."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, exists, func, insert, select, update

from stations.errors import InputError, TooManyError, UnknownThingError
from stations.model.jobs import Job, JobError, JobState
from stations.model.progress import Progress
from stations.store.database import Database
from stations.store.office_tables import JOB

MOST_WAITING = 20
DEAD_AFTER = timedelta(seconds=30)
MOST_TRIES = 2
PATIENT_KINDS = ("print", "siting")
KEPT_FOR = timedelta(days=7)
MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class JobStore:
    """The jobs of one region; every call is one transaction, and raises `StoreError` as the database does."""

    database: Database
    region_id: str

    def start(self, kind: str, arguments: Mapping[str, Any], author: str, *, most: int | None = None) -> Job:
        """Let a job wait for a runner and return it. Those that ended a week ago are dropped.

        Raises
        ------
        InputError
            20 wait already.
        TooManyError
            `most` of this kind wait or run already.
        """
        now = datetime.now(UTC)
        job = Job(secrets.token_urlsafe(12), kind, JobState.QUEUED, dict(arguments), author, made_at=now)
        row = {name: getattr(job, name) for name in ("job_id", "kind", "state", "arguments", "author", "made_at")}
        with self.database.writing() as connection:
            connection.execute(delete(JOB).where(JOB.c.ended_at < now - KEPT_FOR))
            if self._waiting(connection) >= MOST_WAITING:
                raise InputError("job.too_many", most=MOST_WAITING)
            if most is not None and self._alive(connection, kind) >= most:
                raise TooManyError("job.too_many_of_kind")
            connection.execute(insert(JOB), {**row, "region_id": self.region_id, "tries": 0, "cancel_asked": False})
        return job

    def read(self, job_id: str) -> Job:
        """Return a job.

        Raises
        ------
        UnknownThingError
            There is none of that id.
        """
        with self.database.reading() as connection:
            row = connection.execute(select(JOB).where(self._is(job_id))).mappings().first()
        if row is None:
            raise UnknownThingError("job.unknown", field="job_id", value=job_id[:40])
        return _job(row)

    def newest(self, kind: str) -> tuple[Job, ...]:
        """Return the jobs of a kind that are still kept, the newest first, `MOST_TOLD` at most."""
        mine = select(JOB).where(self._here(), JOB.c.kind == kind).order_by(JOB.c.made_at.desc(), JOB.c.job_id)
        with self.database.reading() as connection:
            return tuple(_job(row) for row in connection.execute(mine.limit(MOST_TOLD)).mappings())

    def is_waiting(self, kind: str) -> bool:
        """Return whether a job of a kind waits or runs."""
        with self.database.reading() as connection:
            return self._alive(connection, kind) > 0

    def has_work(self) -> bool:
        """Return whether there is anything to take; a cheap look that keeps nobody from writing."""
        with self.database.reading() as connection:
            return bool(connection.scalar(select(exists().where(self._here(), _takeable(datetime.now(UTC))))))

    def take(self, runner: str) -> Job | None:
        """Give the oldest waiting job to `runner` and to no other; `None` if there is none.

        Prints, which anybody may ask for, and proofs of sites come after what the office waits for.
        A job whose runner has not been heard of for 30 s is taken once more; if that happens again it has failed.
        """
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            gone = self._here() & (JOB.c.state == JobState.RUNNING) & _takeable(now)
            failed = {"state": JobState.FAILED, "ended_at": now, "error_key": "job.runner_died", "error_values": {}}
            connection.execute(update(JOB).where(gone, JOB.c.tries >= MOST_TRIES).values(failed))
            order = (JOB.c.kind.in_(PATIENT_KINDS), JOB.c.made_at, JOB.c.job_id)
            oldest = select(JOB).where(self._here(), _takeable(now)).order_by(*order).limit(1)
            row = connection.execute(oldest).mappings().first()
            if row is None:
                return None
            taken = {"state": JobState.RUNNING, "runner": runner, "started_at": now, "heartbeat_at": now}
            taken |= {"tries": row["tries"] + 1}
            connection.execute(update(JOB).where(self._is(row["job_id"])).values(taken))
            return _job({**row, **taken})

    def beat(self, job_id: str, runner: str, progress: Progress | None = None) -> bool:
        """Say that `runner` is at work on a job, and how far; return whether it is to go on.

        It is not when somebody asked to cancel it, or when it was given to another meanwhile.
        """
        said: dict[str, Any] = {"heartbeat_at": datetime.now(UTC)}
        if progress is not None:
            said |= {"progress_key": progress.key, "progress_done": progress.done, "progress_total": progress.total}
        with self.database.writing() as connection:
            mine = self._is(job_id) & _run_by(runner)
            if connection.execute(update(JOB).where(mine).values(said)).rowcount == 0:
                return False
            return not connection.scalar(select(JOB.c.cancel_asked).where(mine))

    def finish(self, job_id: str, runner: str, outcome: Any) -> None:
        """Say that a job is done, unless it was given to another meanwhile; `outcome` is what JSON can say."""
        self._end(job_id, runner, {"state": JobState.DONE, "outcome": outcome})

    def fail(self, job_id: str, runner: str, error: JobError) -> None:
        """Say why a job failed, unless it was given to another meanwhile."""
        said = {"error_key": error.key, "error_values": dict(error.values)}
        self._end(job_id, runner, {"state": JobState.FAILED, **said})

    def stop(self, job_id: str, runner: str) -> None:
        """Say that a job was broken off because somebody asked to, unless it was given to another meanwhile."""
        self._end(job_id, runner, {"state": JobState.CANCELLED})

    def give_back(self, job_id: str, runner: str) -> None:
        """Let a job that was not finished wait again, for the runner has to end; this counts as no try."""
        waits = {"state": JobState.QUEUED, "runner": None, "heartbeat_at": None, "tries": JOB.c.tries - 1}
        with self.database.writing() as connection:
            connection.execute(update(JOB).where(self._is(job_id), _run_by(runner)).values(waits))

    def ask_cancel(self, job_id: str) -> None:
        """Ask for a job to be broken off: a waiting one is at once, a running one at its next step.

        Raises
        ------
        UnknownThingError
            There is none of that id.
        """
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            waits = self._is(job_id) & (JOB.c.state == JobState.QUEUED)
            gone = {"state": JobState.CANCELLED, "ended_at": now}
            connection.execute(update(JOB).where(waits).values(gone))
            if connection.execute(update(JOB).where(self._is(job_id)).values(cancel_asked=True)).rowcount == 0:
                raise UnknownThingError("job.unknown", field="job_id", value=job_id[:40])

    def _end(self, job_id: str, runner: str, said: Mapping[str, Any]) -> None:
        with self.database.writing() as connection:
            ended = {**said, "ended_at": datetime.now(UTC)}
            connection.execute(update(JOB).where(self._is(job_id), _run_by(runner)).values(ended))

    def _waiting(self, connection: Connection) -> int:
        waiting = select(func.count()).select_from(JOB).where(self._here(), JOB.c.state == JobState.QUEUED)
        return connection.scalar(waiting) or 0

    def _alive(self, connection: Connection, kind: str) -> int:
        """Return how many jobs of a kind wait or run."""
        alive = JOB.c.state.in_([JobState.QUEUED, JobState.RUNNING])
        mine = select(func.count()).select_from(JOB).where(self._here(), JOB.c.kind == kind, alive)
        return connection.scalar(mine) or 0

    def _here(self) -> ColumnElement[bool]:
        return JOB.c.region_id == self.region_id

    def _is(self, job_id: str) -> ColumnElement[bool]:
        return self._here() & (JOB.c.job_id == self.database.asked(job_id))


def _takeable(now: datetime) -> ColumnElement[bool]:
    """Return which jobs wait, or run while nobody is at work on them."""
    dead = (JOB.c.state == JobState.RUNNING) & (JOB.c.heartbeat_at < now - DEAD_AFTER)
    return (JOB.c.state == JobState.QUEUED) | dead


def _run_by(runner: str) -> ColumnElement[bool]:
    return (JOB.c.state == JobState.RUNNING) & (JOB.c.runner == runner)


def _job(row: RowMapping | Mapping[str, Any]) -> Job:
    key = row["progress_key"]
    return Job(
        job_id=row["job_id"],
        kind=row["kind"],
        state=JobState(row["state"]),
        arguments=row["arguments"],
        author=row["author"],
        made_at=row["made_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        progress=Progress(key, row["progress_done"], row["progress_total"]) if key else None,
        outcome=row["outcome"],
        error=JobError(row["error_key"], row["error_values"] or {}) if row["error_key"] else None,
        cancel_asked=bool(row["cancel_asked"]),
    )
