"""What other programs ask: JSON and GeoJSON under `/api`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from stations.services.catchments import find_catchments
from stations.services.coverage import compare_placed_and_usable, find_gaps, measure_coverage
from stations.services.coverage_json import (
    coverage_object,
    gap_collection,
    gap_place_collection,
    resilience_object,
    week_object,
    what_if_feature,
)
from stations.services.gap_places import rank_gaps, rank_unknown
from stations.services.geojson import (
    catchment_collection,
    route_feature,
    station_feature,
)
from stations.services.kept_list import kept_collection
from stations.services.nearest import rank_nearest
from stations.services.nearest_json import nearest_json
from stations.services.places import find_places
from stations.services.resilience import measure_resilience
from stations.services.route import find_route
from stations.services.week import measure_week, notable_weeks
from stations.services.what_if import try_scenario
from stations.web.current import current_region, local_now
from stations.web.express import COUNTED, GEOJSON
from stations.web.openapi import api_description
from stations.web.parse import (
    parameters_of,
    parse_by,
    parse_catchment,
    parse_coverage,
    parse_nearest,
    parse_route,
    parse_siting,
    parse_week,
)
from stations.web.parse_scenarios import parse_changes
from stations.web.taps import known_doors
from stations.web.turns import answer_sites

bp = Blueprint("api", __name__)
KEEP_PUBLIC = "public, max-age=0, must-revalidate"


@bp.route("/api/nearest", methods=["GET", "POST"])
def nearest() -> ResponseReturnValue:
    """Answer the stations a rider can use soonest."""
    if COUNTED not in request.environ:
        current_app.extensions["rate_limit"].count(request.remote_addr or "")
    region = current_region()
    query = parse_nearest(parameters_of(request), region.profile)
    ranking = rank_nearest(query, region, doors=known_doors(current_app, region))
    return Response(nearest_json(ranking), mimetype=GEOJSON, headers={"Cache-Control": "no-store"})


@bp.get("/api/stations")
def stations() -> ResponseReturnValue:
    """Answer the list of stations."""
    region = current_region()
    return _kept(_geojson(kept_collection(region, now=local_now(region.profile))))


@bp.get("/api/stations/<station_id>")
def station(station_id: str) -> ResponseReturnValue:
    """Answer one station."""
    region = current_region()
    return _kept(_geojson(station_feature(region.station(station_id), region.profile)))


@bp.route("/api/route", methods=["GET", "POST"])
def route() -> ResponseReturnValue:
    """Answer the way from a place to a station."""
    region = current_region()
    query = parse_route(parameters_of(request), region.profile)
    response = _geojson(route_feature(find_route(query, region), region.profile))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/api/what-if", methods=["GET", "POST"])
def what_if() -> ResponseReturnValue:
    """Answer what coverage would be with new sites, and stations off or changed; nothing is stored."""
    region = current_region()
    given, scenario = parse_changes(request)
    query = parse_coverage(given, region.profile)
    return _geojson(what_if_feature(query, try_scenario(query, scenario, region), region))


@bp.get("/api/catchments")
def catchments() -> ResponseReturnValue:
    """Answer catchments as polygons."""
    region = current_region()
    query = parse_catchment(parameters_of(request), region.profile)
    found = find_catchments(query, region)
    return _kept(_geojson(catchment_collection(found, region.profile, mode=query.mode, minutes=query.minutes)))


@bp.get("/api/coverage")
def coverage() -> ResponseReturnValue:
    """Answer how much demand is covered, beside what would be with every station in use."""
    region = current_region()
    query = parse_coverage(parameters_of(request), region.profile)
    compared = compare_placed_and_usable(query, region)
    return jsonify(coverage_object(compared.usable, region, compared=compared))


@bp.get("/api/gaps")
def gaps() -> ResponseReturnValue:
    """Answer the demand that no usable station reaches in time: as places, or point by point."""
    region = current_region()
    given = parameters_of(request)
    query = parse_coverage(given, region.profile)
    if parse_by(given) == "point":
        return _geojson(gap_collection(find_gaps(measure_coverage(query, region), region), query, region))
    return _geojson(gap_place_collection(rank_unknown(query, region), rank_gaps(query, region), query, region))


@bp.get("/api/week")
def week() -> ResponseReturnValue:
    """Answer the coverage of every hour of a week, for services and needs."""
    region = current_region()
    query, day, rows = parse_week(parameters_of(request), region.profile)
    return jsonify(
        week_object(measure_week(query, region, week=day, rows=rows), notable_weeks(region, year=day.year), region)
    )


@bp.get("/api/resilience")
def resilience() -> ResponseReturnValue:
    """Answer how much hangs on single stations."""
    region = current_region()
    query = parse_coverage(parameters_of(request), region.profile)
    return jsonify(resilience_object(measure_resilience(query, region), region))


@bp.get("/api/siting")
def siting() -> ResponseReturnValue:
    """Answer which new sites would help most, chosen at once; a proof is a job."""
    current_app.extensions["rate_limit"].count(request.remote_addr or "")
    region = current_region()
    query = parse_siting(parameters_of(request), region.profile)
    return _geojson(answer_sites(query, region))


@bp.get("/api/places")
def places() -> ResponseReturnValue:
    """Answer the places whose name holds what was typed."""
    found = find_places(request.args.get("q", "")[:60], current_region())
    return jsonify(
        places=[
            {"name": p.name, "category": p.category, "township": p.township, "lon": p.lon, "lat": p.lat} for p in found
        ]
    )


@bp.get("/api/basemap")
def basemap() -> ResponseReturnValue:
    """Answer the roads, water and place names that maps are drawn on."""
    return _kept(Response(current_region().roads.basemap_json, mimetype="application/json"))


@bp.get("/api/openapi.json")
def openapi() -> ResponseReturnValue:
    """Answer what the API promises."""
    return _kept(jsonify(api_description()))


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer what is being served."""
    region = current_region()
    counted = int(region.arrays.listed.sum())
    return jsonify(status="ok", region=region.profile.region_id, generation=region.generation, stations=counted)


def _geojson(content: dict[str, Any]) -> Response:
    response = jsonify(content)
    response.mimetype = GEOJSON
    return response


def _kept(response: Response) -> Response:
    """Let a browser keep an answer and ask whether it is still the same."""
    response.add_etag()
    response.headers["Cache-Control"] = KEEP_PUBLIC
    response.make_conditional(request)
    return response
