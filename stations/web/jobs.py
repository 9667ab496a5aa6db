"""Long work: its start, how far it is, and its end: `/api/jobs`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from stations.model.jobs import Job
from stations.model.keys import Role
from stations.services.jobs import cancel_job, read_job, start_job
from stations.services.siting_job import to_arguments
from stations.web.current import current_region
from stations.web.language import tell
from stations.web.login import guard_office
from stations.web.office import authorship, current_office, require_role
from stations.web.parse import parameters_of, parse_proof

bp = Blueprint("jobs", __name__)
bp.before_request(guard_office)


@bp.post("/api/jobs")
@require_role(Role.STEWARD)
def start() -> ResponseReturnValue:
    """Start the proof of the best sites (`kind` ``siting``), by the parameters of `/api/siting` and `prove` seconds."""
    query = parse_proof(parameters_of(request), current_region().profile)
    job_id = start_job(current_office(), "siting", to_arguments(query), author=authorship().author)
    response = _answer(read_job(current_office(), job_id))
    return response, 202, {"Location": url_for("jobs.job", job_id=job_id)}


@bp.get("/api/jobs/<job_id>")
def job(job_id: str) -> ResponseReturnValue:
    """Answer how far a job is. Who knows its id may ask; who started it, and on what, is not told."""
    return _answer(read_job(current_office(), job_id))


@bp.delete("/api/jobs/<job_id>")
@require_role(Role.STEWARD)
def cancel(job_id: str) -> ResponseReturnValue:
    """Ask for a job to be broken off, and answer how far it is."""
    cancel_job(current_office(), job_id)
    return _answer(read_job(current_office(), job_id))


def _answer(found: Job) -> Response:
    response = jsonify(_job_object(found))
    response.headers["Cache-Control"] = "no-store"
    return response


def _job_object(found: Job) -> dict[str, Any]:
    progress, error = found.progress, found.error
    return {
        "job_id": found.job_id,
        "kind": found.kind,
        "state": found.state,
        "state_text": tell(found.words_key),
        "made_at": _moment(found.made_at),
        "started_at": _moment(found.started_at),
        "ended_at": _moment(found.ended_at),
        "progress": progress
        and {
            "key": progress.key,
            "text": tell(progress.key, total=progress.total),
            "done": progress.done,
            "total": progress.total,
        },
        "outcome": found.outcome,
        "error": error and {"code": error.key.split(".")[-1], "message": tell(error.key, **error.values)},
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
