"""The proven best sites as a job: outside of any request, told how far it is, and broken off when asked to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict
from datetime import date
from typing import Any

from stations.errors import InputError, StoreError
from stations.model.jobs import Job, JobState
from stations.model.keys import Need, ServiceKey, TravelMode
from stations.model.progress import Progress
from stations.model.queries import CoverageQuery, read_moment
from stations.model.siting import CandidateSource, OptionKind, SitingAnswer, SitingGoal, SitingQuery
from stations.services.office import Office
from stations.services.publishing import Workshop, is_behind
from stations.services.region import load_region
from stations.services.siting import suggest_sites
from stations.services.siting_json import siting_collection

LOOK_EVERY_S = 0.25
_GROUND = ("weight", "off_network", "candidates", "candidates_off", "covered_before", "mean_s_before", "at_limit")
"""What of an answer does not depend on what was chosen, and changes with demand, stations, hours or roads."""


def to_arguments(query: SitingQuery) -> dict[str, Any]:
    """Return a query as the arguments of a job, which JSON can say."""
    when = query.coverage.when
    coverage = {**asdict(query.coverage), "when": when.isoformat() if when else None}
    return {**asdict(query), "coverage": coverage, "week": query.week.isoformat() if query.week else None}


def query_of(arguments: Mapping[str, Any], *, time_zone: str) -> SitingQuery:
    """Return the query that `to_arguments` wrote down; raises as it does."""
    asked = dict(arguments["coverage"])
    when = asked["when"]
    coverage = CoverageQuery(
        **{
            **asked,
            "mode": TravelMode(asked["mode"]),
            "services": tuple(ServiceKey(key) for key in asked["services"]),
            "needs": tuple(Need(key) for key in asked["needs"]),
            "when": read_moment(when, time_zone=time_zone) if when else None,
        }
    )
    week = arguments.get("week")  # a job from before there were options says nothing of them
    read = {
        "coverage": coverage,
        "goal": SitingGoal(arguments["goal"]),
        "source": CandidateSource(arguments["source"]),
        "options": tuple(OptionKind(kind) for kind in arguments.get("options", ["sites"])),
        "cost": tuple((OptionKind(kind), float(amount)) for kind, amount in arguments.get("cost", ())),
        "week": date.fromisoformat(week) if week else None,
    }
    return SitingQuery(**{**arguments, **read})


def proven_sites(job: Job, *, time_zone: str) -> tuple[SitingQuery, dict[str, Any]]:
    """Return what a job was asked, and what it answered as GeoJSON.

    Raises
    ------
    InputError
        It is no such job, or has not come to an end.
    """
    if job.kind != "siting" or job.state is not JobState.DONE:
        raise InputError("siting.job_not_done", field="job", value=job.job_id)
    return query_of(job.arguments, time_zone=time_zone), job.outcome


def find_proof(query: SitingQuery, office: Office) -> Job | None:
    """Return the newest job that was to prove the best choice for a question, `None` where there is none of late.

    It is found by what it was asked, so that it is seen in every window, and after a restart. Raises `StoreError` as
    the database does.
    """
    asked = _question(to_arguments(query))
    return next((job for job in office.jobs.newest("siting") if _question(job.arguments) == asked), None)


def is_of_today(found: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Return whether what a job found stands on the same demand, stations and candidates as what is found now."""
    return all(found.get(name) == now.get(name) for name in _GROUND)


def _question(arguments: Mapping[str, Any]) -> Any:
    """Return what was asked, as JSON says it, without how long the answer may take."""
    return json.loads(json.dumps({**arguments, "proof_s": None}, default=str))


def run_siting(arguments: Mapping[str, Any], shop: Workshop) -> Iterator[Progress | dict[str, Any]]:
    """Yield how long the proof has taken, and last the answer as GeoJSON; raises as `suggest_sites` does.

    When the list of stations changes meanwhile the proof makes way for the new list: the best so far is the answer.
    """
    region = load_region(shop.office.settings)
    query, before = query_of(arguments, time_zone=region.profile.time_zone), _behind(shop)

    def makes_way() -> bool:
        now = _behind(shop)
        return now is not None and now != before

    stopped = threading.Event()
    with ThreadPoolExecutor(max_workers=1) as pool:
        answer = pool.submit(suggest_sites, query, region, stopped=stopped.is_set)
        try:
            yield from _seconds(query.proof_s, lambda: not wait([answer], LOOK_EVERY_S).not_done, makes_way, stopped)
        finally:
            stopped.set()  # whoever breaks the job off waits for the next step of the solver and no longer
        found: SitingAnswer = answer.result()
    yield siting_collection(found, region)


def _seconds(
    most_s: float, is_done: Callable[[], bool], makes_way: Callable[[], bool], stopped: threading.Event
) -> Iterator[Progress]:
    began = time.monotonic()
    while not is_done():
        yield Progress("progress.siting", min(int(time.monotonic() - began), int(most_s)), int(most_s))
        if makes_way():
            stopped.set()


def _behind(shop: Workshop) -> int | None:
    try:
        return is_behind(shop)
    except StoreError:  # a proof goes on while the database is away
        return None
