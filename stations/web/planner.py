"""The planner's coverage page."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import shapely
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from stations.maps.style import service_words, sorted_services
from stations.maps.web_map import DemandMark, MapParts, StationMark, coverage_map
from stations.model.coverage import CoverageAnswer
from stations.model.station import Station
from stations.services.catchments import join_catchments
from stations.services.coverage import find_gaps, measure_coverage, stations_that_count
from stations.services.region import Region
from stations.web.current import current_region
from stations.web.language import current_language, tell
from stations.web.parse import parameters_of, parse_coverage

bp = Blueprint("planner", __name__)
GAPS_LISTED = 12


@bp.get("/planner")
@bp.get("/planner/coverage")
def coverage() -> ResponseReturnValue:
    """Show coverage as numbers, map and table."""
    region = current_region()
    query = parse_coverage(parameters_of(request), region.profile)
    answer = measure_coverage(query, region)
    drawn = _draw(answer, region)
    return render_template(
        "planner_coverage.html",
        answer=answer,
        placed=measure_coverage(replace(query, when=None), region) if query.when else None,
        gaps=[
            {
                "name": gap.point.name,
                "township": gap.point.township,
                "weight": gap.point.weight,
                "minutes": gap.minutes,
            }
            for gap in find_gaps(answer, region)[:GAPS_LISTED]
        ],
        modes=list(region.profile.modes.values()),
        map_header=Markup(drawn.header),  # folium's own styles
        map_html=Markup(drawn.html),  # folium's own element
        map_script=Markup(drawn.script),  # all text in it went through maps.web_map.safe_text
    )


def _draw(answer: CoverageAnswer, region: Region) -> MapParts:
    query = answer.query
    sure, perhaps = stations_that_count(query, region)
    catchment = join_catchments(query, region, tuple(np.flatnonzero(sure).tolist()))
    demand = [
        DemandMark(point.lon, point.lat, state, point.weight, _demand_text(point.name, point.weight, state, minutes))
        for point, state, minutes in zip(region.demand, answer.states, answer.times_min, strict=True)
    ]
    return coverage_map(
        bounds=region.profile.bounds,
        stations=[_station_mark(region.stations[number]) for number in np.flatnonzero(sure | perhaps)],
        demand=demand,
        catchment=shapely.geometry.mapping(catchment.area),
        names={
            "stations": tell("layer.stations"),
            "catchment": tell("layer.catchment"),
            "demand": tell("layer.demand"),
            "full_screen": tell("layer.full_screen"),
            "full_screen_off": tell("layer.full_screen_off"),
        },
        basemap_url=url_for("api.basemap"),
    )


def _station_mark(station: Station) -> StationMark:
    lang = current_language()
    services = " · ".join(
        service_words(lang, key, count)
        for key, count in sorted_services({str(key): count for key, count in station.services.items()})
    )
    kind = tell(f"kind.{station.kind}")
    where = f"{kind} · {station.township}" if station.township else kind
    lines = (station.name, where, station.hours_text or station.hours or tell("state.unknown"), services)
    return StationMark(station.lon, station.lat, station.kind, tuple(line for line in lines if line))


def _demand_text(name: str, weight: float, state: str, minutes: float | None) -> str:
    time = tell("layer.minutes", minutes=math.ceil(minutes)) if minutes is not None else tell("layer.far")
    return f"{name} · {weight:,.0f} · {tell(f'page.demand_{state}')} · {time}"
