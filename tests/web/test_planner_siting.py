"""The proof of new sites on the planner's desk: who starts it, how far it is, and what takes the place of what."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from stations.model.jobs import JobError
from stations.model.keys import Role
from stations.model.progress import Progress
from stations.services.publishing import Workshop
from stations.services.siting_job import run_siting
from stations.texts import say
from stations.web import create_app
from tests.web.conftest import logged_in, token_of

DESK = "/planner?mode=walk&minutes=6&new=1&lang=en"


@pytest.fixture
def app(own):
    return own[0]


@pytest.fixture
def office(own):
    return own[1]


def text_of(client, address=DESK) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def start(client):
    """Send the form of the desk, and return where it leads."""
    token = token_of(client.get(DESK))
    form = {
        "mode": "walk",
        "minutes": "6",
        "new": "1",
        "lang": "en",
        "kind": "siting",
        "prove": "10",
        "csrf_token": token,
    }
    return client.post("/planner/proof", data=form)


def work(office) -> None:
    """Do the oldest job as the process that runs them does."""
    job = office.jobs.take("r")
    *_, outcome = run_siting(job.arguments, Workshop(office))
    office.jobs.finish(job.job_id, "r", outcome)


def test_a_stranger_and_a_viewer_see_who_may_prove(app):
    stranger, (viewer, _) = app.test_client(), logged_in(app, Role.VIEWER)

    assert say("en", "proof.login") in text_of(stranger)
    assert "csrf_token" not in text_of(stranger)
    assert "Set-Cookie" not in stranger.get(DESK).headers
    assert say("en", "proof.role") in text_of(viewer)
    assert stranger.post("/planner/proof", data={"kind": "siting"}).location.startswith("/login")
    assert viewer.post("/planner/proof", data={"kind": "siting"}).status_code == 400  # without the form's token


def test_a_proof_is_started_once_seen_by_everybody_and_takes_the_place_of_the_answer_at_once(app, office):
    steward, _ = logged_in(app)
    leads_to = start(steward)
    assert leads_to.status_code == 303
    assert leads_to.location == "/planner?mode=walk&minutes=6&new=1&lang=en#siting"
    start(steward)
    (job,) = office.jobs.newest("siting")

    for client in (steward, app.test_client()):
        assert f'data-job="{job.job_id}"' in text_of(client)
    work(office)
    page = text_of(app.test_client())
    assert f"job={job.job_id}" in page  # what is taken away is the proven answer
    assert "data-job" not in page
    assert say("en", "proof.best") in page
    assert say("en", "proof.value_covered", value="200", bound="200") in page  # at B, see test_pages
    assert say("en", "proof.instant") not in page


def test_what_is_taken_away_is_what_is_shown(app, office):
    client = app.test_client()
    at_once = re.search(r'href="(/planner/export/siting\.geojson[^"]*)"', text_of(client)).group(1)
    start(logged_in(app)[0])
    work(office)
    proven = re.search(r'href="(/planner/export/siting\.geojson[^"]*)"', text_of(client)).group(1)

    assert "job=" in proven
    assert "job=" not in at_once
    methods = [client.get(html.unescape(link)).get_json()["method"]["sites_proof"] for link in (at_once, proven)]
    assert methods == [say("en", "export.sites_unproven"), say("en", "siting.proven", gap="0.00%")]


def test_another_question_has_a_proof_of_its_own(app, office):
    start(logged_in(app)[0])
    work(office)
    stranger = app.test_client()

    unsaid = "goal=covered&candidates=places&options=sites&cost.sites=1&cost.hours=0.3&hours=&floor=&budget="
    assert say("en", "proof.best") in text_of(stranger, f"{DESK}&{unsaid}")  # as if not named
    assert say("en", "proof.instant") in text_of(stranger, f"{DESK}&goal=time")
    assert say("en", "proof.instant") in text_of(stranger, DESK.replace("minutes=6", "minutes=5"))


def test_what_was_found_within_the_time_is_told_with_its_bound(app, office):
    start(logged_in(app)[0])
    job = office.jobs.take("r")
    *_, outcome = run_siting(job.arguments, Workshop(office))
    office.jobs.finish(job.job_id, "r", {**outcome, "proven": False, "bound": 250.0})
    page = text_of(app.test_client())

    assert say("en", "proof.within", seconds=1, gap="20.0 %") in page
    assert say("en", "proof.value_covered", value="200", bound="250") in page


def test_a_proof_on_other_ground_is_not_shown(app, office):
    start(logged_in(app)[0])
    job = office.jobs.take("r")
    *_, outcome = run_siting(job.arguments, Workshop(office))
    office.jobs.finish(job.job_id, "r", {**outcome, "covered_before": 1.0, "proven": True})
    page = text_of(app.test_client())

    assert say("en", "proof.old") in page
    assert say("en", "proof.best") not in page


def test_a_proof_is_stopped_and_one_that_failed_says_why(app, office):
    steward, token = logged_in(app)
    start(steward)
    (job,) = office.jobs.newest("siting")
    office.jobs.take("r")
    office.jobs.beat(job.job_id, "r", Progress("progress.siting", 3, 10))
    assert 'value="3"' in text_of(steward)
    stopped = steward.post(f"/planner/proof/{job.job_id}/stop", data={"new": "1", "csrf_token": token})
    assert (stopped.status_code, stopped.location) == (303, "/planner?new=1#siting")
    meanwhile = text_of(steward)
    assert say("en", "job.state_stopping") in meanwhile
    assert say("en", "proof.stop") not in meanwhile
    assert not office.jobs.beat(job.job_id, "r")
    office.jobs.stop(job.job_id, "r")
    assert say("en", "proof.stopped") in text_of(steward)

    start(steward)
    again = office.jobs.take("r")
    office.jobs.fail(again.job_id, "r", JobError("job.internal", {}))
    assert say("en", "proof.failed", why=say("en", "job.internal")) in text_of(steward)


def test_the_desk_answers_while_the_database_is_away(town, tmp_path):
    (tmp_path / "damaged.sqlite").write_bytes(b"no database " * 400)
    app = create_app(replace(town.settings, database_url=f"sqlite:///{tmp_path / 'damaged.sqlite'}"))
    page = text_of(app.test_client())

    assert say("en", "proof.away") in page
    assert "B村" in page


def test_the_desk_weighs_longer_hours_and_keeps_what_was_asked(town):
    asked = "need=toilet&options=sites&options=hours&hours=night&week=2026-11-16&floor=0.1&budget=0.5"
    asked += "&cost.sites=1&cost.hours=0.4"
    page = html.unescape(text_of(create_app(town.settings).test_client(), f"{DESK}&{asked}"))

    # by night nobody has a toilet; there is money for the hours of h alone
    assert "站 h" in page
    assert say("en", "siting.at_hours", hours="Monday to Friday").split("Monday")[0] in page
    assert say("en", "siting.spent", cost="0.4", budget="0.5") in page
    assert say("en", "siting.hours_counted", count=56, week="2026-11-16", hours=say("en", "siting.named_night")) in page
    assert re.search(r'value="hours" checked', page)
    assert re.search(r'value="night" selected', page)
    assert re.search(r'name="cost.hours"[^>]* value="0.4"', page)


def test_the_desk_says_why_nothing_can_be_suggested(town):
    client = create_app(town.settings).test_client()

    asked = "new=7&goal=time&candidates=grid&options=sites,hours&floor=0.35"

    page = html.unescape(text_of(client, f"/planner?mode=walk&minutes=6&lang=en&{asked}"))

    assert say("en", "siting.hours_missing") in page
    for kept in ('"7"', '"time" selected', '"grid" selected', '"hours" checked', '"0.35" selected'):
        assert f"value={kept}" in page
    assert say("en", "siting.hours_missing") in html.unescape(text_of(client, f"{DESK}&options=hours"))
    assert "hours=3" in text_of(client, f"{DESK}&cost=hours")
