"""Scenarios: saved, compared side by side, taken away; `/planner/scenarios` and `/api/scenarios`."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stations.errors import ConflictError, InputError, StationsError, UnknownThingError
from stations.maps.week_strip import draw_week
from stations.model.comparison import MOST_COMPARED, Comparison
from stations.model.keys import Role
from stations.model.scenarios import MOST_NAME, MOST_NOTE, SavedScenario
from stations.services.comparison import (
    change_lines,
    compare_scenarios,
    comparison_file,
    comparison_object,
    say_difference,
    say_measure,
    say_value,
    scenario_object,
)
from stations.services.region import Region
from stations.services.saved_scenarios import (
    change_scenario,
    find_scenarios,
    list_scenarios,
    remove_scenario,
    save_scenario,
)
from stations.web.current import current_region, local_now
from stations.web.errors import status_of
from stations.web.language import current_language, tell
from stations.web.login import guard_office
from stations.web.office import authorship, current_office, current_steward, require_role
from stations.web.parse import Parameters, parse_coverage, parse_day
from stations.web.parse_scenarios import parse_named, parse_version
from stations.web.planner import asked_again, without_what
from stations.web.planner_export import send_layer

bp = Blueprint("scenarios", __name__)
bp.before_request(guard_office)


@bp.get("/planner/scenarios")
def page() -> ResponseReturnValue:
    """Show scenarios side by side with the region as it is, and all there are."""
    if "what" in request.args:
        return redirect(without_what(request.args, "/planner/scenarios"))
    return _page()


@bp.post("/planner/scenarios")
@require_role(Role.STEWARD)
def save() -> ResponseReturnValue:
    """Keep a scenario that a form holds, and show it."""
    try:
        named = parse_named(request)
        saved = save_scenario(current_office(), named, current_region(), author=authorship().author)
    except (InputError, ConflictError, UnknownThingError) as error:
        return _page(error)
    return redirect(_address({"scenario": [saved.scenario_id], "saved": saved.scenario_id}), 303)


@bp.post("/planner/scenarios/<scenario_id>")
@require_role(Role.STEWARD)
def change(scenario_id: str) -> ResponseReturnValue:
    """Give a scenario another name, note or cost."""
    office = current_office()
    try:
        (before,) = find_scenarios(office, [scenario_id])
        named = parse_named(request, before)
        change_scenario(office, before.scenario_id, named, current_region(), version=parse_version(request))
    except (InputError, ConflictError, UnknownThingError) as error:
        return _page(error)
    return redirect(_address({"saved": scenario_id}), 303)


@bp.post("/planner/scenarios/<scenario_id>/delete")
@require_role(Role.STEWARD)
def delete(scenario_id: str) -> ResponseReturnValue:
    """Drop a scenario."""
    try:
        remove_scenario(current_office(), scenario_id)
    except UnknownThingError as error:
        return _page(error)
    left = [one for one in request.args.getlist("scenario") if one != scenario_id]
    return redirect(_address({"scenario": left}), 303)


@bp.get("/planner/scenarios/export.<form>")
def export(form: str) -> ResponseReturnValue:
    """Answer the comparison as a file with its method; a CSV in an archive."""
    region = current_region()
    answer = _compared(request.args, find_scenarios(current_office(), request.args.getlist("scenario")), region)
    file = comparison_file(answer, region, made_at=local_now(region.profile), lang=current_language())
    return send_layer(file, form, answer.query)


@bp.get("/api/scenarios")
def listed() -> ResponseReturnValue:
    """Answer all scenarios of the region, the last changed first."""
    region, lang = current_region(), current_language()
    found = [scenario_object(one, region, lang) for one in list_scenarios(current_office())]
    return _fresh(jsonify(region=region.profile.region_id, scenarios=found))


@bp.get("/api/scenarios/<scenario_id>")
def one(scenario_id: str) -> ResponseReturnValue:
    """Answer one scenario."""
    (found,) = find_scenarios(current_office(), [scenario_id])
    return _answer(found)


@bp.post("/api/scenarios")
@require_role(Role.STEWARD)
def add() -> ResponseReturnValue:
    """Keep a scenario."""
    saved = save_scenario(current_office(), parse_named(request), current_region(), author=authorship().author)
    return _answer(saved), 201, {"Location": url_for("scenarios.one", scenario_id=saved.scenario_id)}


@bp.put("/api/scenarios/<scenario_id>")
@require_role(Role.STEWARD)
def replace(scenario_id: str) -> ResponseReturnValue:
    """Change a scenario that stood at `version`; what is not said of it stays."""
    office = current_office()
    (before,) = find_scenarios(office, [scenario_id])
    named = parse_named(request, before)
    return _answer(change_scenario(office, before.scenario_id, named, current_region(), version=parse_version(request)))


@bp.delete("/api/scenarios/<scenario_id>")
@require_role(Role.STEWARD)
def drop(scenario_id: str) -> ResponseReturnValue:
    """Drop a scenario, and answer what it was."""
    return _answer(remove_scenario(current_office(), scenario_id))


@bp.get("/api/scenarios/compare")
def compare() -> ResponseReturnValue:
    """Answer scenarios side by side with the region as it is."""
    region = current_region()
    answer = _compared(request.args, find_scenarios(current_office(), request.args.getlist("scenario")), region)
    return _fresh(jsonify(comparison_object(answer, region, current_language())))


def _page(error: StationsError | None = None) -> ResponseReturnValue:
    """Show the page, with what went wrong and what was typed where something did."""
    region, given, listed = current_region(), request.args, list_scenarios(current_office())
    known = {one.scenario_id: one for one in listed}
    wanted = list(dict.fromkeys(given.getlist("scenario")))
    gone = [one for one in wanted if one not in known]
    chosen = [known[one] for one in wanted if one in known] if wanted else list(listed)[:MOST_COMPARED]
    if error is None and gone:
        error = UnknownThingError("scenario.unknown", field="scenario", value=gone[0][:40])
    if len(chosen) > MOST_COMPARED:
        error = error or InputError("scenario.too_many_compared", value=len(chosen), most=MOST_COMPARED)
    answer = _compared(given, chosen[:MOST_COMPARED], region)
    shown = render_template(
        "scenarios.html",
        answer=answer,
        query=answer.query,
        strips=[draw_week(one.week.shares, one.week.unknown) for one in answer.columns],
        rows=[(row, say_measure(row, answer, region, current_language())) for row in answer.measures],
        listed=listed,
        chosen={one.scenario_id for one in chosen},
        compared=[one.saved.scenario_id for one in answer.columns if one.saved],
        asked={name: value for name, value in asked_again(answer.query).items() if value},
        monday=answer.monday.isoformat(),
        modes=list(region.profile.modes.values()),
        layers=region.layers,
        planner=current_steward(),
        wrong=tell(error.key, **error.values) if error else "",
        typed=request.form if error else {},
        lines=lambda scenario: change_lines(scenario, region, current_language()),
        show=lambda row, number: say_value(row, number, answer, region),
        change=lambda row, number: say_difference(row, number, current_language()),
        most={"name": MOST_NAME, "note": MOST_NOTE, "compared": MOST_COMPARED},
    )
    return shown, status_of(error) if error else 200


def _compared(given: Parameters, scenarios: Sequence[SavedScenario], region: Region) -> Comparison:
    if scenarios:
        current_app.extensions["rate_limit"].count(request.remote_addr or "")
    query = parse_coverage(given, region.profile)
    return compare_scenarios(query, scenarios, region, week=parse_day(given, query.when, region.profile))


def _address(changes: dict[str, object]) -> str:
    """Return the address of the page with the question and choice of this request, and other values."""
    return url_for("scenarios.page", **{**request.args.to_dict(flat=False), **changes})  # type: ignore[arg-type]


def _answer(found: SavedScenario) -> Response:
    return _fresh(jsonify(scenario_object(found, current_region(), current_language())))


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
