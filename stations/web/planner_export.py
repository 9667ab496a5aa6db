"""The planner's tables and layers as files to take away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO
from typing import TypeVar

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue

from stations.errors import TooManyError
from stations.model.queries import CoverageQuery
from stations.services.brief import write_brief
from stations.services.planner_export import export_name, export_planner, in_week
from stations.services.region import Region
from stations.web.current import current_region, local_now
from stations.web.language import current_language
from stations.web.parse import parameters_of, parse_coverage, parse_week

bp = Blueprint("planner_export", __name__)
Answer = TypeVar("Answer")
LONGEST_WAIT_S = 3.0
TYPES = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BRIEF_TYPES = {"pdf": "application/pdf", "docx": DOCX}
_drawing = threading.Lock()
"""Held while something is drawn: that takes seconds, and nobody can occupy all of a worker by it."""


@bp.get("/planner/export/<name>.<form>")
def export(name: str, form: str) -> ResponseReturnValue:
    """Answer a table or layer with its method sheet; a CSV in an archive, its method beside it."""
    return _alone(lambda: _export(name, form)) if name == "catchments" else _export(name, form)


@bp.get("/planner/brief.<form>")
def brief(form: str) -> ResponseReturnValue:
    """Answer the one-page brief, as PDF or as a text document."""
    region = current_region()
    query = parse_coverage(parameters_of(request), region.profile)
    now = local_now(region.profile)
    content = _alone(lambda: write_brief(query, region, when=now, form=form, lang=current_language()))
    return _file(content, BRIEF_TYPES[form], f"{export_name('brief', query, region)}.{form}")


def _alone(draw: Callable[[], Answer]) -> Answer:
    if not _drawing.acquire(timeout=LONGEST_WAIT_S):
        raise TooManyError("export.busy")
    try:
        return draw()
    finally:
        _drawing.release()


def _export(name: str, form: str) -> ResponseReturnValue:
    region = current_region()
    query = _asked(name, region)
    made_at = local_now(region.profile)
    content = export_planner(name, query, region, form, made_at=made_at, lang=current_language())
    ending = "zip" if form == "csv" else form
    return _file(content, TYPES[form], f"{export_name(name, query, region)}.{ending}")


def _file(content: bytes, kind: str, name: str) -> Response:
    return send_file(BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)


def _asked(name: str, region: Region) -> CoverageQuery:
    given = parameters_of(request)
    if name != "week":
        return parse_coverage(given, region.profile)
    query, day, _ = parse_week(given, region.profile)
    return in_week(query, day, region)
