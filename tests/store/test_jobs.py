from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from stations.errors import InputError, TooManyError, UnknownThingError
from stations.model.jobs import JobError, JobState
from stations.model.progress import Progress
from stations.store.jobs import JobStore
from stations.store.office_tables import JOB


@pytest.fixture
def store(database):
    return JobStore(database, "yanzhou")


def go_quiet(store, job_id, seconds):
    """Let the runner of a job have been heard of last so long ago."""
    with store.database.writing() as connection:
        heard = datetime.now(UTC) - timedelta(seconds=seconds)
        connection.execute(update(JOB).where(JOB.c.job_id == job_id).values(heartbeat_at=heard))


def test_a_job_from_its_start_to_its_end(store):
    started = store.start("publish", {"mode": "walk"}, "张伟")
    assert store.read(started.job_id) == started
    assert (started.state, started.arguments, started.author) == (JobState.QUEUED, {"mode": "walk"}, "张伟")
    assert store.is_waiting("publish")
    assert store.has_work()

    taken = store.take("r1")
    assert taken.job_id == started.job_id
    assert taken.state == JobState.RUNNING
    assert not store.has_work()
    assert store.is_waiting("publish")
    assert store.beat(taken.job_id, "r1", Progress("progress.roads", 1, 3))
    assert store.read(taken.job_id).progress == Progress("progress.roads", 1, 3)
    assert store.beat(taken.job_id, "r1")
    assert store.read(taken.job_id).progress == Progress("progress.roads", 1, 3)

    store.finish(taken.job_id, "r1", {"generation": 7})

    done = store.read(taken.job_id)
    assert (done.state, done.outcome, done.error) == (JobState.DONE, {"generation": 7}, None)
    assert done.made_at <= done.started_at <= done.ended_at
    assert not store.is_waiting("publish")
    assert store.take("r1") is None


def test_a_failure_says_why(store):
    job = store.start("publish", {}, "")
    store.take("r1")

    store.fail(job.job_id, "r1", JobError("error.minutes", {"value": -3}))

    assert store.read(job.job_id).state == JobState.FAILED
    assert store.read(job.job_id).error == JobError("error.minutes", {"value": -3})


def test_the_oldest_goes_first_and_each_to_one_runner_alone(store):
    ids = [store.start("k", {"n": n}, "").job_id for n in range(8)]
    taken = []

    def take_all(runner):
        while (job := store.take(runner)) is not None:
            taken.append(job.job_id)

    runners = [threading.Thread(target=take_all, args=(f"r{k}",)) for k in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()

    assert sorted(taken) == sorted(ids)
    one = store.start("k", {}, "").job_id
    store.start("k", {}, "")
    assert store.take("r").job_id == one


def test_twenty_wait_and_no_more(store):
    for _ in range(20):
        store.start("k", {}, "")
    with pytest.raises(InputError, match=r"job\.too_many"):
        store.start("k", {}, "")
    assert JobStore(store.database, "other").start("k", {}, "")

    store.take("r")  # one that runs does not wait
    store.start("k", {}, "")


def test_a_waiting_job_is_cancelled_at_once_a_running_one_at_its_next_step(store):
    waiting, running = store.start("k", {"n": 2}, ""), None
    store.ask_cancel(waiting.job_id)
    assert store.read(waiting.job_id).state == JobState.CANCELLED
    assert store.take("r") is None

    running = store.start("k", {}, "")
    store.take("r")
    store.ask_cancel(running.job_id)
    assert store.read(running.job_id).state == JobState.RUNNING
    assert store.beat(running.job_id, "r") is False
    store.stop(running.job_id, "r")
    assert store.read(running.job_id).state == JobState.CANCELLED


def test_an_unknown_job_is_named(store):
    for act in (store.read, store.ask_cancel):
        with pytest.raises(UnknownThingError, match="nothing"):
            act("nothing")


@pytest.mark.parametrize("ask", [JobStore.read, JobStore.ask_cancel])
def test_an_id_with_a_zero_byte_is_unknown_in_both_databases(store, ask):
    with pytest.raises(UnknownThingError):
        ask(store, "a\0b")


def test_a_job_whose_runner_died_is_taken_once_more_then_it_has_failed(store):
    job = store.start("k", {}, "")
    store.take("r1")
    go_quiet(store, job.job_id, 29)
    assert store.take("r2") is None

    go_quiet(store, job.job_id, 31)
    assert store.has_work()
    assert store.take("r2").job_id == job.job_id
    assert store.beat(job.job_id, "r1") is False  # it was given to another
    store.finish(job.job_id, "r1", "late")
    assert store.read(job.job_id).state == JobState.RUNNING

    go_quiet(store, job.job_id, 31)
    assert store.take("r3") is None
    failed = store.read(job.job_id)
    assert (failed.state, failed.error) == (JobState.FAILED, JobError("job.runner_died", {}))
    assert not store.has_work()


def test_what_is_given_back_counts_as_no_try(store):
    job = store.start("k", {}, "")
    for _ in range(4):
        assert store.take("r").job_id == job.job_id
        store.give_back(job.job_id, "r")

    assert store.read(job.job_id).state == JobState.QUEUED
    store.take("r")
    go_quiet(store, job.job_id, 31)
    assert store.take("r").job_id == job.job_id


def test_jobs_are_kept_for_a_week(store):
    old, kept = store.start("k", {}, ""), store.start("k", {}, "")
    for job, days in ((old, 7.1), (kept, 6.9)):
        store.take("r")
        store.finish(job.job_id, "r", None)
        with store.database.writing() as connection:
            ended = datetime.now(UTC) - timedelta(days=days)
            connection.execute(update(JOB).where(JOB.c.job_id == job.job_id).values(ended_at=ended))

    store.start("k", {}, "")

    with store.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(JOB)) == 2
    with pytest.raises(UnknownThingError):
        store.read(old.job_id)


def test_regions_do_not_see_each_other(store):
    job = store.start("k", {}, "")
    other = JobStore(store.database, "other")

    assert other.take("r") is None
    assert not other.is_waiting("k")
    with pytest.raises(UnknownThingError):
        other.read(job.job_id)


@pytest.mark.parametrize("kind", ["print", "siting"])
def test_prints_and_proofs_come_after_what_the_office_waits_for(store, kind):
    printed, published = store.start(kind, {}, ""), store.start("publish", {}, "li")

    assert [store.take("r1").job_id, store.take("r1").job_id] == [published.job_id, printed.job_id]


def test_no_more_of_a_kind_wait_or_run_than_is_said(store):
    store.start("print", {}, "", most=2)
    store.take("r1")
    store.start("print", {}, "", most=2)

    with pytest.raises(TooManyError):
        store.start("print", {}, "", most=2)
    assert store.start("publish", {}, "", most=2)
