"""The office's pages: the list, one station's form, history and undo, export, rebuild. Behind the login."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from stations.errors import ConflictError, InputError, UnknownThingError
from stations.hours.preview import preview_hours
from stations.hours.prose import read_hours
from stations.hours.wording import describe_hours
from stations.loaders.station_list import write_station_list
from stations.loaders.station_row import write_station
from stations.maps.style import page_words
from stations.model.keys import ClosureReason, Datum, EntryMethod, Role, ServiceKey, StationKind
from stations.model.queries import read_key
from stations.model.station import Station
from stations.services.change_words import author_words, move_words, other_fields
from stations.services.jobs import start_job
from stations.services.list_checks import facts_of
from stations.services.list_export import listed_on
from stations.services.problem_words import form_problem
from stations.services.region import read_region_calendar
from stations.services.station_edit import EditedStation, MergedEdit, check_edit, merge_edit, read_edit, save_edit
from stations.texts import words
from stations.web.current import current_region
from stations.web.language import current_language, tell
from stations.web.login import guard_forms
from stations.web.office import authorship, current_account, current_office, require_role

bp = Blueprint("manage", __name__, url_prefix="/manage")
bp.before_request(guard_forms)
PAGE = 100
FORMATS = ("csv", "xlsx", "geojson", "gpkg", "kml")


@bp.after_request
def keep_to_ourselves(response: Response) -> Response:
    """Let no cache keep a page of the office."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.app_context_processor
def _office_words() -> dict[str, object]:
    """Give the office's templates all words, those that its scripts fill, and the region's clock."""
    if not (request.endpoint or "").startswith("manage"):
        return {}
    lang = current_language()
    return {
        "words": page_words(lang, "manage", "field"),
        "all_words": words(lang),
        "hours_words": lambda expression: describe_hours(expression, lang),
        "author_words": lambda author: author_words(lang, author),
        "move_words": lambda change: move_words(lang, change),
        "other_fields": other_fields,
        "time_zone": ZoneInfo(current_region().profile.time_zone),
    }


@bp.get("")
@require_role(Role.VIEWER)
def station_list() -> ResponseReturnValue:
    """Show the stored list, searched and by pages."""
    wanted = request.args.get("q", "").strip()[:60]
    only = request.args.get("only", "")
    stored = current_office().stations.read().stations
    found = [station for station in stored if _is_wanted(station, wanted.casefold(), only)]
    page = max(1, request.args.get("page", 1, type=int))
    return render_template(
        "manage/list.html",
        stations=[(station, _hours_words(station)) for station in found[(page - 1) * PAGE : page * PAGE]],
        found=len(found),
        whole=len(stored),
        asked={"q": wanted, "only": only, "page": page, "pages": max(1, -(-len(found) // PAGE))},
        only_choices=("never_verified", "hours_unknown", "closed"),
    )


@bp.get("/stations/new")
@require_role(Role.STEWARD)
def new_station() -> ResponseReturnValue:
    """Show an empty form."""
    return _form_page(None, {}, version=None)


@bp.get("/stations/<station_id>")
@require_role(Role.VIEWER)
def edit_station(station_id: str) -> ResponseReturnValue:
    """Show the form of a stored station with its history beside it; a viewer may only read it."""
    station, version = _stored(station_id)
    return _form_page(station, _cells(station), version=version)


@bp.post("/stations/new")
@bp.post("/stations/<station_id>")
@require_role(Role.STEWARD)
def save_station(station_id: str | None = None) -> ResponseReturnValue:
    """Save a form; where somebody else was faster, show both."""
    store, region, lang = current_office().stations, current_region(), current_language()
    version = request.form.get("version", type=int)
    before = store.version_of(station_id, version) if station_id and version else None
    if station_id and before is None:
        raise UnknownThingError("error.station_unknown", field="station_id", value=station_id)
    cells = _form_cells(before)
    cells["station_id"] = station_id or cells.get("station_id", "")
    datum = read_key(Datum, request.form.get("datum") or Datum.WGS84, name="datum")
    stored = store.read().stations
    edited = read_edit(cells, before, region.profile, stored=stored, today=_today(), datum=datum)
    if edited.station is None:
        wrong = [form_problem(lang, problem) for problem in edited.problems]
        return _form_page(before, cells, version=version, wrong=wrong), 400
    doubts = _doubts(edited, before, stored)
    if doubts.wrong or doubts.asked:
        return _form_page(before, cells, version=version, wrong=doubts.wrong, doubts=doubts), 400
    made_by = authorship(reason=request.form.get("reason", "").strip()[:200])
    try:
        made = save_edit(edited.station, before, version, store, made_by)
    except ConflictError:
        if before is None:
            raise
        merged = merge_edit(edited.station, before, store)
        return _form_page(merged.station, _cells(merged.station), version=merged.version, merged=merged), 409
    publish()
    saved = station_id or (store.change(made.change_id)[1][0].station_id if made else "")
    return redirect(url_for(".edit_station", station_id=saved, saved=1 if station_id else "new", lang=lang))


@dataclass(frozen=True, slots=True)
class _Doubts:
    """What is to be asked before an edit is saved, and what cannot be saved at all.

    `to_look_at` are sentences of which `seen` is the mark that a tick sends back, so that a tick answers for these
    sentences and no others; `loses_hours` tells that known hours would become unknown.
    """

    wrong: list[str]
    to_look_at: list[str]
    seen: str
    loses_hours: bool
    asked: bool


def _doubts(edited: EditedStation, before: Station | None, stored: Sequence[Station]) -> _Doubts:
    """Return what is doubtful in an edit and was not answered for by a tick."""
    assert edited.station is not None
    region, lang = current_region(), current_language()
    found = check_edit(edited.station, before, stored, facts_of(region.profile, region.roads))
    loses_hours = before is not None and before.hours is not None and edited.station.hours is None
    told = [one for one in edited.problems if not (loses_hours and one.check == "hours_not_understood")]
    to_look_at = [form_problem(lang, problem) for problem in (*told, *found) if not problem.refuses]
    seen = f"{crc32(chr(10).join(to_look_at).encode()):08x}"
    unanswered = bool(to_look_at) and request.form.get("seen") != seen
    return _Doubts(
        wrong=[form_problem(lang, problem) for problem in found if problem.refuses],
        to_look_at=to_look_at,
        seen=seen,
        loses_hours=loses_hours,
        asked=unanswered or (loses_hours and "hours_unknown" not in request.form),
    )


@bp.post("/hours")
@require_role(Role.VIEWER)
def preview() -> ResponseReturnValue:
    """Answer what opening hours mean, as they are typed: in words, and for the coming days."""
    region, lang = current_region(), current_language()
    reading = read_hours(request.form.get("hours", "")[:500])
    told = {True: "yes", False: "no", None: ""}[reading.follows_workdays]
    follows = {"yes": True, "no": False}.get(request.form.get("follows_workdays", ""), reading.follows_workdays)
    if reading.expression is None:
        return {"expression": None, "lines": [], "not_understood": list(reading.not_understood)}
    lines = preview_hours(
        reading.expression,
        follows_workdays=follows,
        calendar=read_region_calendar(region.profile),
        moment=datetime.now(ZoneInfo(region.profile.time_zone)),
        lang=lang,
        profile=region.profile,
    )
    meant = describe_hours(reading.expression, lang)
    return {"expression": reading.expression, "follows_workdays": told, "words": meant, "lines": list(lines)}


@bp.get("/history")
@require_role(Role.VIEWER)
def history() -> ResponseReturnValue:
    """Show the changes, newest first."""
    station_id = request.args.get("station_id") or None
    changes = current_office().stations.changes(
        limit=PAGE, before=request.args.get("before", type=int), station_id=station_id
    )
    return render_template("manage/history.html", changes=changes, station_id=station_id, more=len(changes) == PAGE)


@bp.get("/history/<int:change_id>")
@require_role(Role.VIEWER)
def change(change_id: int) -> ResponseReturnValue:
    """Show one change, field by field."""
    made, stations = current_office().stations.change(change_id)
    return render_template("manage/change.html", change=made, stations=stations[:500], whole=len(stations))


@bp.post("/history/<int:change_id>/undo")
@require_role(Role.STEWARD)
def undo(change_id: int) -> ResponseReturnValue:
    """Take a change back; where stations were changed since, ask whether to leave those."""
    store = current_office().stations
    made_by = authorship(reason=request.form.get("reason", "").strip()[:200])
    try:
        made = store.undo(change_id, authorship=made_by, only_untouched="only_untouched" in request.form)
    except ConflictError as error:
        found, stations = store.change(change_id)
        page = render_template(
            "manage/change.html",
            change=found,
            stations=stations[:500],
            whole=len(stations),
            touched=error.changed,
            wrong=tell(error.key, **error.values),
        )
        return page, 409
    publish()
    return redirect(url_for(".change", change_id=made.change_id))


@bp.get("/export")
@require_role(Role.VIEWER)
def export_page() -> ResponseReturnValue:
    """Show in which formats, and as of which day, the list can be taken out."""
    return render_template("manage/export.html", formats=FORMATS)


@bp.get("/export.file")
@require_role(Role.VIEWER)
def export() -> ResponseReturnValue:
    """Answer the list as a file."""
    ending = request.args.get("format", FORMATS[0])
    if ending not in FORMATS:
        raise InputError("error.not_one_of", field="format", name="format", value=ending, allowed=", ".join(FORMATS))
    profile = current_region().profile
    day = _day(request.args["as_of"]) if request.args.get("as_of") else None
    stations = listed_on(current_office().stations, profile, day)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{profile.region_id}-stations-{day or date.today()}.{ending}"
        write_station_list(path, stations, sample=profile.sample)
        content = BytesIO(path.read_bytes())
    return send_file(content, as_attachment=True, download_name=path.name)


@bp.post("/rebuild")
@require_role(Role.STEWARD)
def rebuild() -> ResponseReturnValue:
    """Start building and publishing the tables anew, and show how far it is."""
    return redirect(url_for(".job", job_id=publish()))


@bp.get("/jobs/<job_id>")
@require_role(Role.VIEWER)
def job(job_id: str) -> ResponseReturnValue:
    """Show how far a job is; its script asks `/api/jobs/<id>`."""
    return render_template("manage/job.html", job_id=job_id)


def publish() -> str:
    """Ask for the tables to be built and published anew; return the id of the job."""
    account = current_account()
    return start_job(current_office(), "publish", {}, author=account.name if account else "")


def _is_wanted(station: Station, wanted: str, only: str) -> bool:
    if only == "never_verified" and station.verified_on is not None:
        return False
    if only == "hours_unknown" and station.hours is not None:
        return False
    if (only == "closed") != (station.closed is not None) and only in ("", "closed") and (only or wanted == ""):
        return False
    told = (station.station_id, station.name, station.township or "", station.address or "")
    return not wanted or any(wanted in text.casefold() for text in told)


def _hours_words(station: Station) -> str:
    return describe_hours(station.hours, current_language())


def _stored(station_id: str) -> tuple[Station, int]:
    stored = current_office().stations.read()
    for station in stored.stations:
        if station.station_id == station_id:
            return station, stored.versions[station_id]
    raise UnknownThingError("error.station_unknown", field="station_id", value=station_id)


def _cells(station: Station) -> dict[str, str]:
    return write_station(station)


def _form_cells(before: Station | None) -> dict[str, str]:
    """Return the form as cells of a list; services come as one box and one count each.

    A count that was typed means that the service is there, ticked or not; one that stood there before does not.
    """
    cells = {name: value.strip() for name, value in request.form.items() if not name.startswith("service_")}
    counted = {key: request.form.get(f"service_count_{key}", "").strip() for key in ServiceKey}
    shown = {} if before is None else {key: str(count) for key, count in before.services.items()}
    typed = {key for key, count in counted.items() if count and count != shown.get(key)}
    chosen = [key for key in ServiceKey if f"service_{key}" in request.form or key in typed]
    cells["services"] = ";".join(f"{key}:{counted[key]}" if counted[key] else key for key in chosen)
    if "verified_today" in request.form:
        cells["verified_on"] = _today().isoformat()
    return cells


def _today() -> date:
    return datetime.now(ZoneInfo(current_region().profile.time_zone)).date()


def _form_page(
    station: Station | None,
    cells: dict[str, str],
    *,
    version: int | None,
    wrong: list[str] | None = None,
    merged: MergedEdit | None = None,
    doubts: _Doubts | None = None,
) -> str:
    store, account = current_office().stations, current_account()
    counts = dict(part.partition(":")[::2] for part in cells.get("services", "").split(";") if part)
    choices: dict[str, Any] = {"kind": StationKind, "entry": EntryMethod, "closed": ClosureReason}
    return render_template(
        "manage/station.html",
        station=station,
        cells=cells,
        counts=counts,
        version=version,
        wrong=wrong or [],
        merged=merged,
        doubts=doubts,
        read_only=account is None or not account.role.covers(Role.STEWARD),
        datums=[*Datum],
        datum=Datum.WGS84 if merged else request.form.get("datum", Datum.WGS84),
        reason=request.form.get("reason", ""),
        choices={name: [*keys] for name, keys in choices.items()},
        changes=store.changes(limit=20, station_id=station.station_id) if station else (),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("listing.day_form", field="as_of", value=text[:40]) from None
