"""New sites on the planner's desk: a good choice at once, and its proof as a job that every window sees."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, g, redirect, request
from flask.typing import ResponseReturnValue

from stations.errors import InputError, StoreError, TooManyError
from stations.model.jobs import Job
from stations.model.keys import Role
from stations.model.siting import (
    COSTS,
    MOST_JOB_PROOF_S,
    NAMED_HOURS,
    CandidateSource,
    OptionKind,
    SitingGoal,
    SitingQuery,
    gap_of,
)
from stations.services.jobs import cancel_job, start_job
from stations.services.region import Region
from stations.services.siting_job import find_proof, is_of_today, to_arguments
from stations.services.siting_words import say_change, say_hours
from stations.web.current import current_region
from stations.web.language import current_language, tell
from stations.web.login import guard_office
from stations.web.office import authorship, current_office, current_steward, require_role
from stations.web.parse import Parameters, parameters_of, parse_costs, parse_floor, parse_proof, parse_siting
from stations.web.turns import answer_sites

bp = Blueprint("planner_siting", __name__)
bp.before_request(guard_office)
_OF_THE_FORM = frozenset({"csrf_token", "kind", "prove"})
_FLOORS = tuple(tenth / 10 for tenth in range(1, 11))


def find_sites(given: Parameters, region: Region) -> dict[str, object]:
    """Return for the desk the new sites that are asked for (`new`), proven ones where they are, or why there are none.

    `sites` is as `siting_collection` makes it, be it chosen at once or proven.
    """
    found: dict[str, object] = {
        **_form(given, current_language()),
        "sites": None,
        "names": {station.station_id: station.name for station in region.stations},
    }
    if not given.get("new"):
        return found
    current_app.extensions["rate_limit"].count(request.remote_addr or "")
    try:
        query = parse_siting(given, region.profile)
        sites = answer_sites(query, region)
    except (InputError, TooManyError) as error:
        return {**found, "problem": tell(error.key, **error.values)}
    return {**found, "sites": sites, **_proof(query, sites)}


def _form(given: Parameters, lang: str) -> dict[str, object]:
    """Return what the form offers, and what is chosen there as it was asked, be it possible or not."""
    asked_options = [one for text in given.getlist("options") for one in text.split(",") if one]
    try:
        costs, floor = {**COSTS, **dict(parse_costs(given))}, parse_floor(given)
    except InputError:
        costs, floor = COSTS, 0.0
    return {
        "goals": list(SitingGoal),
        "sources": list(CandidateSource),
        "asked_options": asked_options or [OptionKind.SITES],
        "changes_too": bool(set(asked_options) - {OptionKind.SITES}),
        "costs": costs,
        "floor": floor,
        "floors": sorted({*_FLOORS, floor} - {0.0}),
        "named_hours": list(NAMED_HOURS),
        "say_hours": lambda hours: say_hours(hours, lang),
        "say_change": lambda told: say_change(told["kinds"], hours=told["hours"], services=told["services"], lang=lang),
    }


@bp.post("/planner/proof")
@require_role(Role.STEWARD)
def start() -> ResponseReturnValue:
    """Start the proof of what the form asks for, unless it is under way, and go back to the desk."""
    query = parse_proof(parameters_of(request), current_region().profile)
    under_way = find_proof(query, current_office())
    if under_way is None or under_way.ended_at is not None:
        start_job(current_office(), "siting", to_arguments(query), author=authorship().author)
    return _back()


@bp.post("/planner/proof/<job_id>/stop")
@require_role(Role.STEWARD)
def stop(job_id: str) -> ResponseReturnValue:
    """Break a proof off and go back to the desk."""
    cancel_job(current_office(), job_id)
    return _back()


def _back() -> ResponseReturnValue:
    asked = [(name, value) for name, value in request.form.items(multi=True) if name not in _OF_THE_FORM]
    return redirect(f"/planner?{urlencode(asked)}#siting", 303)


def _proof(query: SitingQuery, sites: dict[str, Any]) -> dict[str, object]:
    """Return the newest proof of a question and who may start one; proven sites take the place of `sites`."""
    try:
        proof, steward = find_proof(query, current_office()), current_steward()
    except StoreError:  # the desk does without, and says so
        g.account = None
        return {"proof": None, "office_away": True}
    known: dict[str, object] = {
        "proof": proof,
        "may_prove": steward is not None,
        "most_proof_s": MOST_JOB_PROOF_S,
        "proof_took_s": _took_s(proof),
        "gap_of": gap_of,
    }
    if proof is None or proof.outcome is None:
        return known
    if not is_of_today(proof.outcome, sites):
        return {**known, "proof_is_old": True}
    return {**known, "sites": proof.outcome}


def _took_s(proof: Job | None) -> int | None:
    if proof is None or proof.started_at is None or proof.ended_at is None:
        return None
    return max(1, round((proof.ended_at - proof.started_at).total_seconds()))
