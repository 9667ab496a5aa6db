"""How far a job is, over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from stations.model.jobs import JobError
from stations.model.progress import Progress
from stations.services.office import Office
from stations.web import create_app, jobs


@pytest.fixture
def office(tmp_path, town):
    settings = replace(town.settings, database_url=f"sqlite:///{tmp_path / 'stations.sqlite'}")
    opened = Office(settings)
    yield opened
    opened.close()


@pytest.fixture
def client(office):
    app = create_app(office.settings)
    if "jobs" not in app.blueprints:
        app.register_blueprint(jobs.bp)
    return app.test_client()


def test_a_job_is_told_from_its_start_to_its_end(client, office):
    job = office.jobs.start("publish", {"secret": 1}, "张伟")
    waiting = client.get(f"/api/jobs/{job.job_id}")
    assert waiting.status_code == 200
    assert waiting.headers["Cache-Control"] == "no-store"
    assert waiting.json == {
        "job_id": job.job_id,
        "kind": "publish",
        "state": "queued",
        "state_text": "等待中",
        "made_at": job.made_at.isoformat(timespec="seconds"),
        "started_at": None,
        "ended_at": None,
        "progress": None,
        "outcome": None,
        "error": None,
    }

    office.jobs.take("r")
    office.jobs.beat(job.job_id, "r", Progress("progress.roads", 1, 3))
    running = client.get(f"/api/jobs/{job.job_id}?lang=en").json
    assert (running["state"], running["state_text"]) == ("running", "at work")
    assert running["progress"] == {"key": "progress.roads", "text": "reading roads", "done": 1, "total": 3}
    assert datetime.fromisoformat(running["started_at"]).tzinfo is not None

    office.jobs.fail(job.job_id, "r", JobError("job.internal", {}))
    failed = client.get(f"/api/jobs/{job.job_id}?lang=en").json
    assert failed["error"]["code"] == "internal"
    assert failed["error"]["message"].startswith("the job failed")


def test_an_unknown_job_is_told_in_the_one_shape(client):
    answer = client.get("/api/jobs/nothing?lang=en")

    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "unknown"


def test_nobody_cancels_without_a_login(client, office):
    job = office.jobs.start("publish", {}, "")

    answer = client.delete(f"/api/jobs/{job.job_id}")

    assert (answer.status_code, answer.json["error"]["code"]) == (403, "login_needed")
    assert office.jobs.read(job.job_id).ended_at is None
