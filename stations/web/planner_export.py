"""The planner's tables and layers as files to take away."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, current_app, request, send_file
from flask.typing import ResponseReturnValue

from stations.loaders.layer_writing import LayerFile
from stations.model.queries import CoverageQuery
from stations.services.brief import write_brief
from stations.services.jobs import read_job
from stations.services.layer_files import check_form, file_bytes
from stations.services.planner_export import export_name, in_week, planner_file
from stations.services.siting_export import siting_file
from stations.services.siting_job import proven_sites
from stations.web.current import current_region, local_now
from stations.web.language import current_language
from stations.web.office import current_office
from stations.web.parse import parameters_of, parse_coverage, parse_siting, parse_week
from stations.web.turns import Turn, answer_sites

bp = Blueprint("planner_export", __name__)
LONGEST_WAIT_S = 3.0
TYPES = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BRIEF_TYPES = {"pdf": "application/pdf", "docx": DOCX}
drawing_turn = Turn("export.busy", most_waiting=2, longest_wait_s=LONGEST_WAIT_S)


@bp.get("/planner/export/<name>.<form>")
def export(name: str, form: str) -> ResponseReturnValue:
    """Answer a table or layer with its method sheet; a CSV in an archive, its method beside it."""
    slow = name == "catchments" or form == "xlsx"  # a workbook of 20,000 rows takes seconds
    return drawing_turn.take(lambda: _export(name, form)) if slow else _export(name, form)


@bp.get("/planner/brief.<form>")
def brief(form: str) -> ResponseReturnValue:
    """Answer the one-page brief, as PDF or as a text document."""
    region = current_region()
    query = parse_coverage(parameters_of(request), region.profile)
    now = local_now(region.profile)
    content = drawing_turn.take(lambda: write_brief(query, region, when=now, form=form, lang=current_language()))
    return _file(content, BRIEF_TYPES[form], f"{export_name('brief', query, region)}.{form}")


def _export(name: str, form: str) -> ResponseReturnValue:
    check_form(form)
    query, file = _siting() if name == "siting" else _planned(name)
    return send_layer(file, form, query)


def send_layer(file: LayerFile, form: str, query: CoverageQuery) -> Response:
    """Answer a file in one of the formats, by the name that its question gives it; a CSV in an archive.

    Raises
    ------
    UnknownThingError
        There is no such format.
    """
    content, ending = file_bytes(file, form), "zip" if form == "csv" else form
    return _file(content, TYPES[form], f"{export_name(file.name, query, current_region())}.{ending}")


def _planned(name: str) -> tuple[CoverageQuery, LayerFile]:
    region, given = current_region(), parameters_of(request)
    if name == "week":
        query, day, _ = parse_week(given, region.profile)
        query = in_week(query, day, region)
    else:
        query = parse_coverage(given, region.profile)
    made_at = local_now(region.profile)
    return query, planner_file(name, query, region, made_at=made_at, lang=current_language())


def _siting() -> tuple[CoverageQuery, LayerFile]:
    """Return the sites chosen at once for the question in the address, or those that a `job` has proven."""
    region, given = current_region(), parameters_of(request)
    if given.get("job"):
        query, found = proven_sites(read_job(current_office(), given["job"]), time_zone=region.profile.time_zone)
    else:
        current_app.extensions["rate_limit"].count(request.remote_addr or "")
        query = parse_siting(given, region.profile)
        found = answer_sites(query, region)
    made_at = local_now(region.profile)
    return query.coverage, siting_file(found, query.coverage, region, made_at=made_at, lang=current_language())


def _file(content: bytes, kind: str, name: str) -> Response:
    return send_file(BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
