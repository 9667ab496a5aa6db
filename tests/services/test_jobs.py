"""The process that does long work, in a thread here."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from stations.errors import InputError, StoreError, UnknownThingError
from stations.model.changes import Authorship, ChangeKind, StationChange
from stations.model.jobs import JobError, JobState
from stations.model.progress import Progress
from stations.services import jobs as service
from stations.services.build import build_region
from stations.services.jobs import KINDS, cancel_job, read_job, run_jobs, start_job
from stations.services.office import Office
from stations.services.publishing import Workshop, is_behind
from stations.services.region import load_region
from stations.store.jobs import JobStore
from stations.texts import LANGUAGES, say

LONGEST_S = 30


@pytest.fixture
def made(make_town, tmp_path):
    town = make_town(tmp_path)
    list(build_region(town.settings))
    return town


@pytest.fixture
def office(made):
    opened = Office(made.settings)
    yield opened
    opened.close()


@contextmanager
def running(settings, kinds=KINDS):
    ended = threading.Event()
    runner = threading.Thread(target=run_jobs, args=(settings,), kwargs={"until": ended.is_set, "kinds": kinds})
    runner.start()
    try:
        yield ended
    finally:
        ended.set()
        runner.join(LONGEST_S)
        assert not runner.is_alive()


def wait_for(what, *, seconds=LONGEST_S):
    stop_at = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < stop_at
        time.sleep(0.02)
    return found


def ended(office, job_id):
    return wait_for(lambda: (job := read_job(office, job_id)).ended_at and job)


def ask(office, kind, kinds, **arguments):
    return start_job(office, kind, arguments, author="张伟", kinds=kinds)


def rename(office, name="新名"):
    station = office.stations.read().stations[0]
    change = StationChange(station, replace(station, name=name))
    office.stations.apply([change], kind=ChangeKind.EDIT, authorship=Authorship("张伟"))


# ---- Publishing


def test_a_job_publishes_the_list(made, office):
    with running(made.settings):
        job = ended(office, start_job(office, "publish", {}, author="张伟"))

    assert (job.state, job.outcome, job.author) == (JobState.DONE, {"generation": 1}, "张伟")


def test_a_change_is_published_without_being_asked_for(made, office):
    with running(made.settings):
        rename(office)
        region = wait_for(lambda: (r := load_region(made.settings)).generation == 2 and r)

    assert region.stations[0].name == "新名"


def test_what_was_committed_before_a_crash_is_published_at_the_next_start(made, office):
    rename(office)
    assert is_behind(Workshop(office)) == 2

    with running(made.settings):
        wait_for(lambda: load_region(made.settings).generation == 2)

    assert is_behind(Workshop(office)) is None


def test_a_database_of_an_earlier_day_is_published_too(made, office):
    rename(office)
    list(build_region(made.settings))
    office.close()
    made.settings.instance.joinpath("stations.sqlite").unlink()
    list(build_region(replace(made.settings, instance=made.settings.instance / "elsewhere")))  # a list of generation 1

    with running(made.settings):
        region = wait_for(lambda: (r := load_region(made.settings)).generation == 1 and r)

    assert region.stations[0].name == "站 e"


def test_what_cannot_be_published_is_tried_once_not_for_ever(made, office):
    (made.settings.region / "roads.osm").write_text("no roads", encoding="utf-8")
    rename(office)
    tried = []

    def publish(arguments, shop):
        tried.append(1)
        yield from KINDS["publish"](arguments, shop)

    with running(made.settings, {"publish": publish}):
        wait_for(lambda: tried)
        time.sleep(1.0)
        assert len(tried) == 1
        rename(office, "again")
        wait_for(lambda: len(tried) == 2)


def test_nothing_is_computed_anew_where_nobody_moved(made, office, monkeypatch):
    from stations.services import build

    asked = []
    real = build.compute_table
    monkeypatch.setattr(build, "compute_table", lambda *given, **known: asked.append(1) or real(*given, **known))
    rename(office)
    list(build_region(made.settings))
    assert asked == []

    before = load_region(made.settings)
    station = office.stations.read().stations[0]
    moved = StationChange(station, replace(station, lon=station.lon + 0.001))
    office.stations.apply([moved], kind=ChangeKind.EDIT, authorship=Authorship("张伟"))
    list(build_region(made.settings))
    assert len(asked) == len(before.profile.modes)


# ---- Any work


def test_steps_are_told_and_the_end_is_kept(made, office):
    go_on = threading.Event()

    def count(arguments, _shop):
        for done in range(arguments["most"] + 1):
            yield Progress("progress.roads", done, arguments["most"])
            if done == 2:
                assert go_on.wait(LONGEST_S)
        yield {"counted": arguments["most"]}

    with running(made.settings, {"count": count}):
        job_id = ask(office, "count", {"count": count}, most=3)
        wait_for(lambda: read_job(office, job_id).progress == Progress("progress.roads", 2, 3))
        assert read_job(office, job_id).state == JobState.RUNNING
        go_on.set()
        job = ended(office, job_id)

    assert (job.state, job.outcome) == (JobState.DONE, {"counted": 3})


def test_steps_are_written_five_times_a_second_at_most(made, office, monkeypatch):
    written = []
    real = JobStore.beat
    monkeypatch.setattr(JobStore, "beat", lambda self, *given: written.append(1) or real(self, *given))

    def hurry(_arguments, _shop):
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            yield Progress("progress.roads", len(written), 10_000)

    with running(made.settings, {"hurry": hurry}):
        ended(office, ask(office, "hurry", {"hurry": hurry}))

    assert 1 <= len(written) <= 6


def test_a_failure_is_told_and_ends_no_other_job(made, office, caplog):
    def refuse(_arguments, _shop):
        yield Progress("progress.roads", 0, 1)
        raise InputError("error.minutes", value=-3, most=30)

    def break_down(_arguments, _shop):
        yield Progress("progress.roads", 0, 1)
        raise ZeroDivisionError("116.8235")

    kinds = {"refuse": refuse, "break": break_down}
    with running(made.settings, kinds), caplog.at_level(logging.ERROR):
        first, second = (ended(office, ask(office, kind, kinds)) for kind in kinds)

    assert (first.state, first.error) == (JobState.FAILED, JobError("error.minutes", {"value": -3, "most": 30}))
    assert (second.state, second.error) == (JobState.FAILED, JobError("job.internal", {}))
    for lang in LANGUAGES:
        assert say(lang, second.error.key, **second.error.values)


def test_a_cancelled_job_ends_at_its_next_step_and_cleans_up(made, office):
    closed = threading.Event()

    def wait(_arguments, _shop):
        try:
            for done in range(100_000):
                yield Progress("progress.roads", done, 100_000)
                time.sleep(0.01)
        finally:
            closed.set()

    with running(made.settings, {"wait": wait}):
        job_id = ask(office, "wait", {"wait": wait})
        wait_for(lambda: read_job(office, job_id).state == JobState.RUNNING)
        cancel_job(office, job_id)
        job = ended(office, job_id)

    assert job.state == JobState.CANCELLED
    assert closed.is_set()


def test_a_runner_that_has_to_end_gives_its_job_back(made, office):
    def wait(arguments, _shop):
        while True:
            yield Progress("progress.roads", 0, 1)
            time.sleep(0.01)

    with running(made.settings, {"wait": wait}):
        job_id = ask(office, "wait", {"wait": wait})
        wait_for(lambda: read_job(office, job_id).state == JobState.RUNNING)

    assert read_job(office, job_id).state == JobState.QUEUED
    with running(made.settings, {"wait": lambda _arguments, _shop: iter(["done"])}):
        assert ended(office, job_id).outcome == "done"


def test_a_database_that_is_away_is_waited_for(made, office, caplog):
    away = threading.Event()
    real = JobStore.has_work

    def has_work(self):
        if away.is_set():
            raise StoreError("file.database", reason="away")
        return real(self)

    with pytest.MonkeyPatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(JobStore, "has_work", has_work)
        patch.setattr(service, "LONGEST_PAUSE_S", 0.4)
        away.set()
        with running(made.settings):
            job_id = start_job(office, "publish", {}, author="")
            time.sleep(1.5)
            assert read_job(office, job_id).state == JobState.QUEUED
            away.clear()
            assert ended(office, job_id).state == JobState.DONE

    assert len([record for record in caplog.records if "no job can be taken" in record.message]) == 1


def test_an_end_that_cannot_be_written_is_written_when_the_database_is_back(made, office, monkeypatch):
    real, failures = JobStore.finish, [1, 1]

    def finish(self, *given):
        if failures:
            failures.pop()
            raise StoreError("file.database", reason="away")
        real(self, *given)

    monkeypatch.setattr(JobStore, "finish", finish)
    with running(made.settings):
        assert ended(office, start_job(office, "publish", {}, author="")).state == JobState.DONE


def test_an_unknown_kind_or_job_is_refused(office):
    with pytest.raises(InputError, match=r"job\.kind"):
        start_job(office, "rm -rf", {}, author="")
    with pytest.raises(UnknownThingError, match=r"job\.unknown"):
        read_job(office, "nothing")
    with pytest.raises(UnknownThingError, match=r"job\.unknown"):
        cancel_job(office, "nothing")
