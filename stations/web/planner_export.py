"""The planner's tables and layers as files to take away."""

from __future__ import annotations

import threading
from io import BytesIO

from flask import Blueprint, request, send_file
from flask.typing import ResponseReturnValue

from stations.errors import TooManyError
from stations.model.queries import CoverageQuery
from stations.services.planner_export import export_name, export_planner, in_week
from stations.services.region import Region
from stations.web.current import current_region, local_now
from stations.web.language import current_language
from stations.web.parse import parameters_of, parse_coverage, parse_week

bp = Blueprint("planner_export", __name__)
TYPES = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}
_drawing = threading.Lock()
"""Held while catchments are drawn: that takes seconds, and nobody can occupy all of a worker by it."""


@bp.get("/planner/export/<name>.<form>")
def export(name: str, form: str) -> ResponseReturnValue:
    """Answer a table or layer with its method sheet; a CSV in an archive, its method beside it."""
    if name != "catchments":
        return _export(name, form)
    if not _drawing.acquire(blocking=False):
        raise TooManyError("export.busy")
    try:
        return _export(name, form)
    finally:
        _drawing.release()


def _export(name: str, form: str) -> ResponseReturnValue:
    region = current_region()
    query = _asked(name, region)
    made_at = local_now(region.profile)
    content = export_planner(name, query, region, form, made_at=made_at, lang=current_language())
    ending = "zip" if form == "csv" else form
    return send_file(
        BytesIO(content),
        mimetype=TYPES[form],
        as_attachment=True,
        download_name=f"{export_name(name, query, region)}.{ending}",
    )


def _asked(name: str, region: Region) -> CoverageQuery:
    given = parameters_of(request)
    if name != "week":
        return parse_coverage(given, region.profile)
    query, day, _ = parse_week(given, region.profile)
    return in_week(query, day, region)
