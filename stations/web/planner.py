"""The planner's desk: coverage in numbers, on a map, through the week, and what helps."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from stations.maps.style import SYMBOLS, page_words
from stations.maps.township_chart import PATTERNS, draw_township
from stations.maps.week_strip import draw_week
from stations.model.coverage import Remedy, WeekAnswer
from stations.model.keys import ANSWERS, Need, ServiceKey, StationKind
from stations.model.queries import CoverageQuery
from stations.services.coverage import compare_placed_and_usable
from stations.services.demand_here import look_at_demand
from stations.services.gap_places import rank_gaps, rank_unknown
from stations.services.region import Region
from stations.services.remedies import rank_remedies
from stations.services.resilience import measure_resilience
from stations.services.siting_options import changes_of
from stations.services.week import ALL_ROWS, WeekKey, measure_week, notable_weeks
from stations.web.current import current_region
from stations.web.language import current_language
from stations.web.parse import Parameters, parameters_of, parse_coverage, parse_day, parse_place, parse_radius
from stations.web.planner_map import draw_map
from stations.web.planner_siting import find_sites
from stations.web.scenario_desk import desk_scenario

bp = Blueprint("planner", __name__)
GAPS_LISTED = 12
REMEDIES_LISTED = 5
STATIONS_LISTED = 12
_SCRIPT_WORDS = ("planner.", "page.base_failed", "page.failed", "page.date_")


@bp.get("/planner")
@bp.get("/planner/coverage")
def coverage() -> ResponseReturnValue:
    """Show coverage in numbers, on a map, as gaps, through the week, and in tables."""
    if "what" in request.args:
        return redirect(without_what(request.args))
    region, given = current_region(), parameters_of(request)
    query = parse_coverage(given, region.profile)
    compared = region.keep(("compared", query), lambda: compare_placed_and_usable(query, region))
    gaps = region.keep(("gaps", query), lambda: rank_gaps(query, region))
    drawn = draw_map(compared.usable, gaps[:GAPS_LISTED], region)
    desk = desk_scenario(given, region)
    return render_template(
        "planner.html",
        answer=compared.usable,
        compared=compared,
        gaps=gaps,
        unknown_places=region.keep(("unknown places", query), lambda: rank_unknown(query, region)),
        remedies=region.keep(("remedies", query), lambda: rank_remedies(query, region, gaps))[:REMEDIES_LISTED],
        resilience=region.keep(("resilience", query), lambda: measure_resilience(query, region)),
        changes_of=lambda remedy: _changes_of(remedy, query, region),
        station_of=region.station,
        wanted=[*query.services, *(key for key in ServiceKey for need in query.needs if key in ANSWERS[need])][:1],
        gaps_listed=GAPS_LISTED,
        stations_listed=STATIONS_LISTED,
        **_choices(region),
        **desk,
        **find_sites(given, region),
        **_week(query, given, region),
        asked={**asked_again(query), "scenario": given.get("scenario") if desk["opened"] else None},
        words=_script_words(),
        draw_township=draw_township,
        township_patterns=PATTERNS,
        kind_symbols={f"kind.{kind}": SYMBOLS[f"kind.{kind}"] for kind in StationKind},
        cell_m=drawn.cell_m,
        map_header=Markup(drawn.parts.header),  # folium's own styles
        map_html=Markup(drawn.parts.html),  # folium's own element
        map_script=Markup(drawn.parts.script),  # all text in it went through safe_text or safe_json of maps.web_map
    )


@bp.get("/planner/demand")
def demand() -> ResponseReturnValue:
    """Answer what stands behind a spot of the map, as a part of the page."""
    region, given = current_region(), parameters_of(request)
    query = parse_coverage(given, region.profile)
    found = look_at_demand(query, region, parse_place(given), within_m=parse_radius(given))
    return jsonify(html=render_template("planner_demand.html", found=found))


def asked_again(query: CoverageQuery) -> dict[str, object]:
    """Return the parameters that ask the same question."""
    return {
        "mode": query.mode.value,
        "minutes": f"{query.minutes:g}",
        "need": [need.value for need in query.needs],
        "service": [service.value for service in query.services],
        "when": query.when.strftime("%Y-%m-%dT%H:%M") if query.when else None,
        "no_registration": "1" if query.no_registration else None,
        "layer": query.layer or None,
        "lang": current_language(),
    }


def without_what(given: Parameters, path: str = "/planner") -> str:
    """Return the address that asks for `what` (``need.toilet``, ``service.aed``; empty for any) by its own name."""
    kind, _, key = given["what"].partition(".")
    named = [(kind, key)] if kind in ("need", "service") else []
    others = [(name, value) for name, value in given.items(multi=True) if name not in ("what", "need", "service")]
    return f"{path}?{urlencode([*others, *named])}"


def _changes_of(remedy: Remedy, query: CoverageQuery, region: Region) -> dict[str, object] | None:
    """Return what a remedy changes, as a scenario is written; `None` where there is nothing that could be tried."""
    changes = changes_of(remedy, query, region)
    return None if changes.is_empty else changes.to_plain()


def _choices(region: Region) -> dict[str, object]:
    listed = region.arrays.listed.tolist()
    return {
        "modes": list(region.profile.modes.values()),
        "layers": region.layers,
        "stations": [station for station, own in zip(region.stations, listed, strict=True) if own],
    }


def _week(query: CoverageQuery, given: Parameters, region: Region) -> dict[str, object]:
    """Return the week that is asked for, else that of the hour, else this one, drawn."""
    day = parse_day(given, query.when, region.profile)
    monday = day - timedelta(days=day.weekday())
    key = ("week", query.mode, query.minutes, query.no_registration, query.layer, monday)
    answer: WeekAnswer = region.keep(key, lambda: measure_week(query, region, week=day, rows=ALL_ROWS))
    chosen = _hour_of_week(query, answer.monday)
    asked: list[WeekKey] = [*query.needs, *query.services]
    return {
        "week": answer,
        "chosen_hour": chosen,
        "strips": [(_kind(row.key), row, draw_week(row.shares, row.unknown, chosen=chosen)) for row in answer.rows],
        "weeks": notable_weeks(region, year=answer.monday.year),
        "week_days": [answer.monday + timedelta(days=ahead) for ahead in range(7)],
        "chosen_rows": [(_kind(key), key) for key in asked or [None]],
    }


def _kind(key: WeekKey) -> str:
    """Return the parameter that asks for a row; a need and a service may have the same name."""
    return "need" if isinstance(key, Need) else "service" if key is not None else ""


def _hour_of_week(query: CoverageQuery, monday: date) -> int | None:
    if query.when is None or not 0 <= (query.when.date() - monday).days < 7:
        return None
    return (query.when.date() - monday).days * 24 + query.when.hour


def _script_words() -> dict[str, str]:
    words = page_words(current_language(), "planner")
    return {key: text for key, text in words.items() if key.startswith(_SCRIPT_WORDS)}
