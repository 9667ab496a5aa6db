"""Long work outside of any request: asked for by a page, done by one process, told of to whoever looks."""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from types import TracebackType
from typing import Any

from stations.errors import InputError, StationsError, StoreError
from stations.model.jobs import Job, JobError
from stations.model.progress import Progress
from stations.services.office import Office
from stations.services.prints import run_print
from stations.services.publishing import Workshop, is_behind, publish_list
from stations.services.siting_job import run_siting
from stations.settings import Settings
from stations.store.jobs import JobStore

MOST_OF_KIND = {"print": 3, "siting": 2}
"""Anybody may ask for a print, and a proof takes minutes: no more of them wait or run at a time."""
POLL_S = 0.2
BEAT_S = 2.0
LONGEST_PAUSE_S = 5.0
TRY_AGAIN_AFTER_S = 60.0
"""What could not be published is tried again then, or when the list has changed again."""

Work = Callable[[Mapping[str, Any], Workshop], Iterator[Any]]
"""A kind of job: yields `Progress`, and last what it comes to, as JSON can say it."""
KINDS: Mapping[str, Work] = {
    "publish": lambda _arguments, shop: publish_list(shop),
    "print": run_print,
    "siting": run_siting,
}

_log = logging.getLogger(__name__)


def start_job(
    office: Office, kind: str, arguments: Mapping[str, Any], *, author: str, kinds: Mapping[str, Work] = KINDS
) -> str:
    """Let a job wait for the process that runs them, and return its id.

    Raises
    ------
    InputError
        There is no such kind, or too many wait already.
    TooManyError
        So many of a kind that anybody may ask for wait already that the office would have to wait for them.
    StoreError
        The database does not answer.
    """
    if kind not in kinds:
        raise InputError("job.kind", field="kind", value=kind[:40], allowed=", ".join(kinds))
    return office.jobs.start(kind, arguments, author, most=MOST_OF_KIND.get(kind)).job_id


def read_job(office: Office, job_id: str) -> Job:
    """Return a job as it stands.

    Raises
    ------
    UnknownThingError
        There is none of that id.
    """
    return office.jobs.read(job_id)


def cancel_job(office: Office, job_id: str) -> None:
    """Ask for a job to be broken off; it is at its next step, and leaves nothing half done. Raises as `read_job`."""
    office.jobs.ask_cancel(job_id)


def run_jobs(settings: Settings, *, until: Callable[[], bool], kinds: Mapping[str, Work] = KINDS) -> None:
    """Run jobs one after another until `until` says so, and publish the list whenever workers see another one.

    A database that is away is waited for. A job that is at work when it is to end is given back.
    """
    office = Office(settings)
    runner = _Runner(Workshop(office), until, kinds)
    pause_s = POLL_S
    try:
        runner.get_ready()
        while not until():
            try:
                pause_s = 0.0 if runner.look() else POLL_S
            except (StationsError, OSError) as error:
                if pause_s <= POLL_S:  # told once, not for as long as it lasts
                    _log.warning("no job can be taken: %s", error)
                pause_s = min(LONGEST_PAUSE_S, max(POLL_S, pause_s) * 2)
            _sleep(pause_s, until)
    finally:
        office.close()


class _Runner:
    def __init__(self, shop: Workshop, until: Callable[[], bool], kinds: Mapping[str, Work]) -> None:
        self._shop, self._until, self._kinds = shop, until, kinds
        self._name = secrets.token_hex(8)
        self._tried: tuple[int, float] | None = None

    def get_ready(self) -> None:
        try:
            self._shop.get_ready()
        except (StationsError, OSError) as error:  # the job that needs it will say it to whoever asked
            _log.warning("the roads cannot be read: %s", error)

    @property
    def _jobs(self) -> JobStore:
        return self._shop.office.jobs

    def look(self) -> bool:
        """Take one job and run it to its end; return whether there was one."""
        self._publish_what_is_behind()
        job = self._jobs.take(self._name) if self._jobs.has_work() else None
        if job is not None:
            self._run(job)
        return job is not None

    def _publish_what_is_behind(self) -> None:
        behind = is_behind(self._shop)
        if behind is None:
            self._tried = None
            return
        recently = self._tried is not None and time.monotonic() - self._tried[1] < TRY_AGAIN_AFTER_S
        if (recently and self._tried and self._tried[0] == behind) or self._jobs.is_waiting("publish"):
            return
        self._tried = (behind, time.monotonic())
        self._jobs.start("publish", {}, "")

    def _run(self, job: Job) -> None:
        with _Pulse(self._jobs, job.job_id, self._name) as pulse:
            end = self._end_of(job, pulse)
        while True:
            try:
                end()
                return
            except StoreError:
                if self._until():
                    return
                _sleep(1.0, self._until)

    def _end_of(self, job: Job, pulse: _Pulse) -> Callable[[], None]:
        """Do the work and return what is to be written of its end."""
        jobs, outcome = self._jobs, None
        try:
            with closing(_steps(self._kinds, job, self._shop)) as steps:
                for step in steps:
                    if self._until():
                        return lambda: jobs.give_back(job.job_id, self._name)
                    if pulse.is_stopped:
                        return lambda: jobs.stop(job.job_id, self._name)
                    if isinstance(step, Progress):
                        pulse.tell(step)
                    else:
                        outcome = json.loads(json.dumps(step, default=str))
        except StationsError as error:
            failure = JobError(error.key, _plain(error.values))
            return lambda: jobs.fail(job.job_id, self._name, failure)
        except Exception:  # a job that fails must not end the others
            _log.exception("a job of kind %s failed", job.kind)
            return lambda: jobs.fail(job.job_id, self._name, JobError("job.internal", {}))
        return lambda: jobs.finish(job.job_id, self._name, outcome)


class _Pulse:
    """Writes from a thread of its own that a job is at work, and how far: five times a second at most.

    A step of the work may take longer than a runner is waited for, and no step waits for the database.
    """

    def __init__(self, jobs: JobStore, job_id: str, runner: str) -> None:
        self._jobs, self._job_id, self._runner = jobs, job_id, runner
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._latest: Progress | None = None
        self.is_stopped = False

    def tell(self, progress: Progress) -> None:
        self._latest = progress

    def __enter__(self) -> _Pulse:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _go_on(self) -> None:
        said: Progress | None = None
        said_at = time.monotonic()
        while not self._ended.wait(POLL_S):
            latest = self._latest
            if latest is said and time.monotonic() - said_at < BEAT_S:
                continue
            try:
                self.is_stopped = not self._jobs.beat(self._job_id, self._runner, latest)
            except StoreError:
                continue  # the work goes on; what it did is written when the database is back
            said, said_at = latest, time.monotonic()


def _steps(kinds: Mapping[str, Work], job: Job, shop: Workshop) -> Generator[Any, None, None]:
    """Yield what the work yields, as a generator that can be closed."""
    if job.kind not in kinds:
        raise InputError("job.kind", value=job.kind, allowed=", ".join(kinds))
    yield from kinds[job.kind](job.arguments, shop)


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | int | float | None) else str(value) for name, value in values.items()
    }


def _sleep(seconds: float, until: Callable[[], bool]) -> None:
    """Wait, but look five times a second for whether to end."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and not until():
        time.sleep(min(POLL_S, left))
