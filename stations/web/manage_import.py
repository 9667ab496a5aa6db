"""Bring a list by browser: upload or paste, say what its columns mean, look at the report, confirm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stations.errors import FileError, InputError, Problem, RefusedListError
from stations.model.changes import Authorship
from stations.model.keys import ClosureReason, Datum, Role
from stations.model.listing import ListOptions
from stations.model.queries import read_key
from stations.model.station import Station
from stations.services.list_drafts import PASTED, check_draft, keep_options, options_of, read_upload
from stations.services.list_import import ImportDecision, ImportReport, confirm_import
from stations.services.problem_words import form_problem, group_problems, say_problem
from stations.services.station_edit import check_merged
from stations.store.drafts import Draft
from stations.web.current import current_region
from stations.web.language import current_language, tell
from stations.web.login import guard_forms
from stations.web.manage import keep_to_ourselves, publish
from stations.web.office import authorship, current_account, current_office, require_role

bp = Blueprint("manage_import", __name__, url_prefix="/manage/import")
bp.after_request(keep_to_ourselves)
MOST_UPLOAD_BYTES = 20 * 1024 * 1024
SHOWN = 300
FIELDS = (
    "station_id", "name", "kind", "lon", "lat", "lonlat", "township", "address", "services", "hours",
    "follows_workdays", "entry", "entrance_lon", "entrance_lat", "entrance_s", "entrance_hours", "ebike_parking",
    "phone", "verified_on", "notes",
)  # fmt: skip
"""What a column may be said to mean, in the order in which a person would look for it."""


@bp.before_request
def allow_files() -> None:
    """Let a list be larger than other forms, then check the form's token."""
    request.max_content_length = MOST_UPLOAD_BYTES + 64 * 1024
    request.max_form_memory_size = MOST_UPLOAD_BYTES
    guard_forms()


@bp.get("")
@require_role(Role.STEWARD)
def start() -> ResponseReturnValue:
    """Show the form to upload or paste a list."""
    return _start_page()


@bp.post("")
@require_role(Role.STEWARD)
def upload() -> ResponseReturnValue:
    """Keep what was uploaded or pasted, and go on to its report."""
    file, pasted = request.files.get("file"), request.form.get("pasted", "")
    try:
        datum = read_key(Datum, request.form.get("datum", ""), name="datum")
    except InputError:
        return _start_page(tell("manage.datum_missing")), 400
    if file is not None and file.filename:
        name, content = Path(file.filename.replace("\\", "/")).name[:120], file.read()
    else:
        name, content = PASTED, pasted.encode()
        if not pasted.strip():
            return _start_page(tell("manage.nothing_given")), 400
    source = request.form.get("source", "").strip()[:60]
    options = ListOptions(datum, columns=current_office().mappings.recall(source) if source else {}, source=source)
    try:
        read_upload(name, content, options, current_region())
    except FileError as error:
        return _start_page(tell(error.key, **error.values)), 400
    account = current_account()
    draft_id = current_office().drafts.put(account.name if account else "", name, content, keep_options(options))
    return redirect(url_for(".report", draft_id=draft_id))


@bp.get("/<draft_id>")
@require_role(Role.STEWARD)
def report(draft_id: str) -> ResponseReturnValue:
    """Show what is in an uploaded list and what it would change."""
    return _report_page(current_office().drafts.get(draft_id))


@bp.post("/<draft_id>/columns")
@require_role(Role.STEWARD)
def set_columns(draft_id: str) -> ResponseReturnValue:
    """Take over what a person said of the columns, the sheet and the datum."""
    draft = current_office().drafts.get(draft_id)
    options = options_of(draft.options)
    headings = request.form.getlist("heading")
    said = dict(zip(headings, request.form.getlist("field"), strict=False))
    chosen = {heading: field for heading, field in said.items() if field in FIELDS or field == "-"}
    columns = (
        {heading: "" if field == "-" else field for heading, field in chosen.items()} if headings else options.columns
    )
    datum = read_key(Datum, request.form.get("datum", options.datum), name="datum")
    sheet = (request.form.get("sheet") or None) if headings else options.sheet
    current_office().drafts.change(
        draft_id, keep_options(ListOptions(datum, sheet=sheet, columns=columns, source=options.source))
    )
    return redirect(url_for(".report", draft_id=draft_id))


@bp.post("/<draft_id>/confirm")
@require_role(Role.STEWARD)
def confirm(draft_id: str) -> ResponseReturnValue:
    """Store the list in one transaction, unless the stored one is not the one the report was about any more."""
    draft, store = current_office().drafts.get(draft_id), current_office().stations
    stored = store.read()
    if request.form.get("generation", type=int) != stored.generation:
        return _report_page(draft, wrong=tell("manage.list_changed_meanwhile")), 409
    checked = check_draft(draft, current_region(), stored)
    decision = _decision(checked)
    wrong = _wrong_closings(checked, decision, stored.stations)
    if wrong:
        return _report_page(draft, wrong=wrong), 400
    try:
        made_by: Authorship = authorship(reason=request.form.get("reason", "").strip()[:200], source=_shown_name(draft))
        change = confirm_import(checked, decision, store, made_by)
    except RefusedListError as error:
        return _report_page(draft, wrong=tell(error.key, **error.values)), 400
    except InputError as error:
        return _report_page(draft, wrong=tell(error.key, **error.values), doubtful=True), 400
    options = options_of(draft.options)
    if options.source and options.columns:
        current_office().mappings.remember(options.source, options.columns)
    current_office().drafts.remove(draft_id)
    if change is None:
        return redirect(url_for("manage.history", nothing=1))
    return redirect(url_for("manage.job", job_id=publish(), change=change.change_id))


@bp.post("/<draft_id>/drop")
@require_role(Role.STEWARD)
def drop(draft_id: str) -> ResponseReturnValue:
    """Throw an uploaded list away."""
    current_office().drafts.remove(draft_id)
    return redirect(url_for(".start"))


def _start_page(wrong: str = "") -> str:
    waiting = [(draft, _shown_name(draft)) for draft in current_office().drafts.listed()]
    return render_template("manage/import_start.html", datums=[*Datum], wrong=wrong, waiting=waiting)


def _report_page(draft: Draft, *, wrong: str = "", doubtful: bool = False) -> str:
    stored = current_office().stations.read()
    try:
        checked = check_draft(draft, current_region(), stored)
    except FileError as error:
        wrong = tell(error.key, **error.values)
        return render_template(
            "manage/import_report.html", draft=draft, name=_shown_name(draft), report=None, wrong=wrong
        )
    lang = current_language()
    groups = group_problems(_refused_first(checked))
    return render_template(
        "manage/import_report.html",
        draft=draft,
        name=_shown_name(draft),
        options=options_of(draft.options),
        report=checked,
        generation=stored.generation,
        problems=[(problem, say_problem(lang, problem, rows)) for problem, rows in groups[:SHOWN]],
        left=len(groups) - SHOWN,
        likely=_likely_datum(checked),
        tally=Counter((problem.check, problem.refuses) for problem in checked.problems).most_common(),
        moves=_moves(checked),
        shown=SHOWN,
        fields=FIELDS,
        datums=[*Datum],
        reasons=[*ClosureReason],
        wrong=wrong,
        doubtful=doubtful or bool(checked.doubts),
    )


def _refused_first(checked: ImportReport) -> list[Problem]:
    """Return all problems, those that refuse a row first, then by what they are about, in the order of the rows."""
    return sorted(checked.problems, key=lambda problem: (not problem.refuses, problem.row is not None, problem.check))


def _likely_datum(checked: ImportReport) -> tuple[str, str] | None:
    """Return the datum that fits the ground better than the declared one, and the sentence that says so."""
    for problem in checked.problems:
        if problem.check == "datum":
            return str(dict(problem.values)["likely_key"]), say_problem(current_language(), problem)
    return None


def _moves(checked: ImportReport) -> list[dict[str, Any]]:
    """Return where new stations stand, and from where to where stored ones move, for the map of the report."""
    added = [
        {"id": one.station_id, "name": one.either.name, "to": _place(one.after)} for one in checked.comparison.added
    ]
    moved = [
        {"id": one.station_id, "name": one.either.name, "from": _place(one.before), "to": _place(one.after)}
        for one in checked.comparison.changed
        if _place(one.before) != _place(one.after)
    ]
    return [*moved, *added][:2000]


def _place(station: Any) -> list[float]:
    return [round(station.lon, 6), round(station.lat, 6)]


def _decision(checked: ImportReport) -> ImportDecision:
    form, missing = request.form, checked.comparison.missing
    wanted = {one.station_id: form.get(f"close_{one.station_id}") or form.get("close-all", "") for one in missing}
    return ImportDecision(
        good_rows_only="good_rows_only" in form,
        sure="sure" in form,
        left_out=frozenset(form.getlist("leave_out")),
        closings={key: ClosureReason(reason) for key, reason in wanted.items() if reason in [*ClosureReason]},
        merged_into={key: form.get(f"into_{key}", "").strip() for key in wanted},
    )


def _wrong_closings(checked: ImportReport, decision: ImportDecision, stored: Sequence[Station]) -> str:
    """Return what is wrong with the stations that missing ones are merged into; they must be there and stay open."""
    lang = current_language()
    added = [one.either for one in checked.comparison.added if one.station_id not in decision.left_out]
    there = [one for one in (*stored, *added) if one.station_id not in decision.closings]
    for station in checked.comparison.missing:
        closed = decision.closings.get(station.station_id)
        into = decision.merged_into.get(station.station_id, "") if closed else ""
        for problem in check_merged(station.station_id, closed or "", into, there):
            sentence = form_problem(lang, problem)
            return tell("manage.merged_of", name=station.name, station_id=station.station_id, sentence=sentence)
    return ""


def _shown_name(draft: Draft) -> str:
    return tell("manage.pasted_table") if draft.file_name == PASTED else draft.file_name
