"""The proof of new sites as a job, in the town of `tests/conftest.py`; its answer is counted in `test_siting`."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from stations.errors import InputError
from stations.model.jobs import Job, JobState
from stations.model.keys import Need, ServiceKey, TravelMode
from stations.model.progress import Progress
from stations.model.queries import CoverageQuery, read_moment
from stations.model.siting import CandidateSource, SitingGoal, SitingQuery
from stations.services import siting_job
from stations.services.build import build_region
from stations.services.jobs import KINDS
from stations.services.office import Office
from stations.services.publishing import Workshop
from stations.services.region import load_region
from stations.services.siting import suggest_sites
from stations.services.siting_job import proven_sites, query_of, run_siting, to_arguments
from stations.services.siting_json import siting_collection

QUERY = SitingQuery(CoverageQuery(TravelMode.WALK, 310 / 60), new=1, proof_s=10.0)
ZONE = "Asia/Shanghai"
LONGEST_S = 30


@pytest.fixture
def shop(make_town, tmp_path):
    made = make_town(tmp_path)
    list(build_region(made.settings))
    office = Office(made.settings)
    yield Workshop(office)
    office.close()


@pytest.fixture
def solver(monkeypatch):
    """Put a solver in place that begins and ends only when it is told to stop; returns when it began and ended."""
    began, ended = threading.Event(), threading.Event()

    def wait_until_stopped(query, region, *, stopped):
        began.set()
        while not stopped():
            ended.wait(0.01)
        ended.set()
        return suggest_sites(replace(query, proof_s=0.0), region)

    monkeypatch.setattr(siting_job, "suggest_sites", wait_until_stopped)
    return began, ended


def test_a_query_is_written_down_and_read_again():
    when = read_moment("2026-11-03T22:00", time_zone=ZONE)
    coverage = CoverageQuery(
        TravelMode.EBIKE, 12.5, (ServiceKey.REST,), (Need.TOILET,), when, no_registration=True, layer="meals"
    )
    query = SitingQuery(coverage, 3, SitingGoal.FEWEST, CandidateSource.GRID, target_share=0.8, proof_s=60.0)

    for one in (QUERY, query):
        assert query_of(json.loads(json.dumps(to_arguments(one))), time_zone=ZONE) == one


def test_the_job_answers_what_the_service_does(shop):
    *steps, answer = KINDS["siting"](to_arguments(QUERY), shop)
    region = load_region(shop.office.settings)

    assert all(isinstance(step, Progress) and step.total == 10 for step in steps)
    assert answer == siting_collection(suggest_sites(QUERY, region), region)
    assert (answer["proven"], answer["features"][0]["properties"]["name"]) == (True, "B村")


def test_what_a_job_has_proven_is_read_again():
    moment = read_moment("2026-11-03T22:00", time_zone=ZONE)
    arguments = json.loads(json.dumps(to_arguments(QUERY)))
    job = Job("a", "siting", JobState.DONE, arguments, "", moment, outcome={"features": []})

    assert proven_sites(job, time_zone=ZONE) == (QUERY, {"features": []})
    for other in (replace(job, state=JobState.RUNNING), replace(job, kind="print")):
        with pytest.raises(InputError) as error:
            proven_sites(other, time_zone=ZONE)
        assert error.value.key == "siting.job_not_done"


def test_what_cannot_be_asked_ends_the_job_with_its_sentence(shop):
    with pytest.raises(InputError) as error:
        list(run_siting(to_arguments(replace(QUERY, new=4)), shop))

    assert error.value.key == "siting.too_few"


def test_a_job_that_is_broken_off_ends_the_solver(shop, solver):
    began, ended = solver
    steps = run_siting(to_arguments(QUERY), shop)
    assert isinstance(next(steps), Progress)
    assert began.wait(LONGEST_S)
    steps.close()

    assert ended.is_set()


def test_a_proof_makes_way_for_a_new_list_and_answers_its_best(shop, solver, monkeypatch):
    began, ended = solver
    lists = iter([None])  # in step at the start, another list afterwards
    monkeypatch.setattr(siting_job, "is_behind", lambda _shop: next(lists, 2))
    *_, answer = run_siting(to_arguments(QUERY), shop)

    assert began.is_set()
    assert ended.is_set()
    assert (answer["proven"], answer["bound"], len(answer["features"])) == (False, None, 1)
