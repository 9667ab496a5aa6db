"""The rider's page and one station's page."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from stations.errors import InputError, UnknownThingError
from stations.hours.calendar import DayKind
from stations.hours.timetable import DayHours
from stations.hours.wording import describe_hours
from stations.maps.qr import qr_svg
from stations.maps.style import arrival_words, service_words, sorted_services
from stations.model.answers import FoundStation, Instead, NearestAnswer
from stations.model.keys import ClosureReason, TravelMode
from stations.model.queries import NearestQuery
from stations.model.station import Station
from stations.services.festivals import name_festival
from stations.services.geojson import station_properties, travel_properties
from stations.services.handoff import handoff_links
from stations.services.nearest import find_alternatives, find_nearest
from stations.services.office import find_closed
from stations.services.places import find_places
from stations.services.region import Region
from stations.services.schema_org import describe_place
from stations.web.current import current_region, local_now
from stations.web.language import current_language, tell
from stations.web.office import current_office
from stations.web.parse import Parameters, parameters_of, parse_mode, parse_nearest, parse_needs
from stations.web.taps import known_doors

bp = Blueprint("pages", __name__)
LISTED = 20
BUDGETS_MIN = (10, 20, 30, 45)
LONGEST_TYPED = 60
Row = dict[str, Any]


@bp.get("/")
def rider() -> ResponseReturnValue:
    """Show the rider's page; its script asks for the list. With `place` (a name) it bears the list from there."""
    given = parameters_of(request)
    return _answered(given) if given.get("place", "").strip() else _rider_page(current_region(), given)


@bp.post("/")
def rider_list() -> ResponseReturnValue:
    """Answer the rider's form with the list on the page, for browsers without scripts."""
    return _answered(parameters_of(request))


@bp.get("/stations/<station_id>")
def station(station_id: str) -> ResponseReturnValue:
    """Show what is known of one station; of one that is closed, that it is, and where else to go."""
    region = current_region()
    try:
        number = region.number(station_id)
    except UnknownThingError:
        return _not_listed(station_id, region)
    found = region.stations[number]
    mode, now = parse_mode(parameters_of(request), region.profile), local_now(region.profile)
    week = region.timetable.week_of(number, now) if found.hours else ()
    url = _public_url(station_id)
    hours_words = describe_hours(found.hours, current_language()) if found.hours else None
    return render_template(
        "station.html",
        station=station_properties(found)
        | {
            "links": handoff_links(found, mode, area=region.profile.names["zh"]),
            "to_gate": found.to_gate_only,
            "lon": found.lon,
            "lat": found.lat,
        },
        mode=mode,
        hours_words=hours_words,
        gate_words=describe_hours(found.entrance_hours, current_language()) if found.entrance_hours else None,
        week=[_week_row(day, region, first=place == 0) for place, day in enumerate(week)],
        now_words=_now_words(number, region, now),
        alternatives=_alternative_rows(found, region, mode, now),
        url=url,
        qr=Markup(qr_svg(url)),  # our own drawing
        share=_share_text(found, hours_words, url, region),
        facts=Markup(
            _json_for_page(describe_place(found, region.profile, lang=current_language(), url=url, week=week))
        ),
    )


def _not_listed(station_id: str, region: Region) -> ResponseReturnValue:
    """Answer a friendly page for a station that riders do not find: the code on its door still leads here."""
    closed = find_closed(station_id, current_office())
    if closed is None or closed.closed is None:
        return render_template("station_gone.html", station=None, alternatives=[]), 404
    mode = parse_mode(parameters_of(request), region.profile)
    alternatives = _alternative_rows(closed, region, mode, local_now(region.profile))
    merged = closed.merged_into if closed.merged_into in region.number_of else None
    page = render_template("station_gone.html", station=closed, merged=merged, alternatives=alternatives, mode=mode)
    return page, 200 if closed.closed is ClosureReason.CLOSED_FOR_NOW else 410


# ---- The rider's form


def _answered(given: Parameters) -> ResponseReturnValue:
    """Return the rider's page with the list for the places that were typed, or with what is wrong with them."""
    region = current_region()
    whole = given.copy()
    try:
        start = _typed_place(given, "place", region)
        onward = _typed_place(given, "next", region)
        if start is None:
            return _rider_page(region, given, notice=tell("page.start_plain"))
        whole.setlist("lon", [str(start[0])])
        whole.setlist("lat", [str(start[1])])
        if onward:
            whole.setlist("next_lon", [str(onward[0])])
            whole.setlist("next_lat", [str(onward[1])])
        whole.setlist("limit", [str(LISTED)])
        query = parse_nearest(whole, region.profile)
    except InputError as problem:
        return _rider_page(region, given, notice=tell(problem.key, **problem.values))
    return _rider_page(region, given, answer=_answer(query, region), query=query)


def _typed_place(given: Parameters, name: str, region: Region) -> tuple[float, float] | None:
    """Return lon and lat of the place that was typed, `None` where nothing was.

    Raises
    ------
    InputError
        There is no such place.
    """
    typed = given.get(name, "").strip()[:LONGEST_TYPED]
    if not typed:
        return None
    places = find_places(typed, region, limit=1)
    if not places:
        raise InputError("error.place_unknown", field=name, value=typed)
    return places[0].lon, places[0].lat


def _rider_page(
    region: Region,
    given: Parameters,
    *,
    notice: str = "",
    answer: Row | None = None,
    query: NearestQuery | None = None,
) -> str:
    asked = {
        "need": parse_needs(given),
        "mode": parse_mode(given, region.profile),
        **{name: given.get(name, "").strip()[:LONGEST_TYPED] for name in ("place", "next", "when", "budget_min")},
        **{name: bool(given.get(name)) for name in ("open_on_arrival", "no_registration", "always_open")},
        "service": given.getlist("service"),
    }
    return render_template(
        "rider.html",
        asked=asked,
        notice=notice,
        answer=answer,
        leaves_at=query.when if query and given.get("when") else None,
        modes=list(region.profile.modes.values()),
        budgets=BUDGETS_MIN,
    )


def _answer(query: NearestQuery, region: Region) -> Row:
    """Return the rows of a list as the page shows them: what stands in for an empty night, and the rest."""
    answer = find_nearest(query, region, doors=known_doors(current_app, region))
    groups = _instead_rows(answer.instead, answer) if answer.instead else {}
    told = {row["station_id"] for rows in groups.values() for row in rows}
    rest = [_row(one, answer) for one in answer.found if one.station.station_id not in told]
    return {"instead": groups, "found": rest, "off": answer.origin_snap_m is None}


def _instead_rows(instead: Instead, answer: NearestAnswer) -> dict[str, list[Row]]:
    """Return what is told instead, by its heading, each station once; headings without any are left out."""
    seen: set[str] = set()
    groups: dict[str, list[Row]] = {}
    parts = [
        ("next_to_open", (instead.next_to_open,)),
        ("nearest_open", (instead.nearest_open,)),
        ("public", instead.public),
    ]
    if answer.origin_snap_m is None:  # there may well be doors open, only the time is not known
        parts.append(parts.pop(0))
    for key, found in parts:
        rows = [_row(one, answer) for one in found if one is not None and one.station.station_id not in seen]
        seen |= {row["station_id"] for row in rows}
        if rows:
            groups[key] = rows
    return groups


def _row(item: FoundStation, answer: NearestAnswer) -> Row:
    links = handoff_links(
        item.station, answer.query.mode, area=current_region().profile.names["zh"], origin=answer.query.origin
    )
    words = _state_words(item, answer.query.when)
    return {
        **station_properties(item.station),
        **travel_properties(item, answer),
        "links": links,
        "state_words": words,
    }


def _state_words(item: FoundStation, when: datetime) -> str:
    at = "leaving" if item.at_departure else "arrival"
    return arrival_words(current_language(), item.arrival, travel_s=item.travel_s, when=when, at=at)


# ---- One station


def _alternative_rows(here: Station, region: Region, mode: TravelMode, now: datetime) -> list[Row]:
    found = find_alternatives(here, region, mode=mode, when=now, doors=known_doors(current_app, region))
    return [
        {**station_properties(one.station), "travel_s": one.travel_s, "state": one.arrival.state}
        | {"state_words": _state_words(one, now), "straight_line_m": one.straight_line_m}
        for one in found
    ]


def _now_words(number: int, region: Region, now: datetime) -> tuple[str, str]:
    """Return the state of a station for somebody who stands at its door, and its words."""
    arrival = region.timetable.arrival(number, when=now, travel_s=0)
    return arrival.state, arrival_words(current_language(), arrival, travel_s=0, when=now, at="now")


def _share_text(found: Station, hours_words: str | None, url: str, region: Region) -> str:
    """Return what is worth pasting into a group chat."""
    lang = current_language()
    services = sorted_services({str(key): count for key, count in found.services.items()})
    offered = tell("hours.and").join(service_words(lang, key, count) for key, count in services)
    lines = [
        tell("page.share_head", region=tell("page.title", region=region.profile.names[lang]), name=found.name),
        tell("page.share_sample") if region.profile.sample else "",
        tell("page.share_address", text=" ".join(filter(None, (found.township, found.address)))),
        tell("page.share_hours", text=hours_words or tell("page.unknown")),
        tell("page.share_entry", text=tell(f"entry.{found.entry}")),
        tell("page.share_services", text=offered) if offered else "",
        url,
    ]
    return "\n".join(filter(None, lines))


def _json_for_page(facts: Row) -> Markup:
    r"""Return JSON that no text in it can leave: what could end a script, or a line of one, is written as ``\u``."""
    text = json.dumps(facts, ensure_ascii=False)
    return Markup(re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text))


def _public_url(station_id: str) -> str:
    base = current_office().settings.public_url or request.host_url.rstrip("/")
    return f"{base}/stations/{quote(station_id)}"


def _week_row(day: DayHours, region: Region, *, first: bool) -> tuple[str, str, bool]:
    """Return one day as its name, its hours in words, and whether it is today."""
    name = tell(f"day.weekday_{day.day.weekday()}", month=day.day.month, day=day.day.day)
    festival = name_festival(day.day, region)
    if festival:
        name += " " + tell("page.day_off", festival=tell(f"hours.festival_{festival}"))
    elif day.kind is DayKind.MAKEUP:
        name += " " + tell("day.makeup")
    return name, _hours_words(day), first


def _hours_words(day: DayHours) -> str:
    spans = [_span_words(day, start, end) for start, end in day.spans]
    if day.unknown:
        spans.append(tell("day.unconfirmed" if day.unconfirmed else "state.unknown"))
    return " · ".join(spans) or tell("day.closed")


def _span_words(day: DayHours, start: datetime, end: datetime) -> str:
    if end - start == timedelta(days=1) and start.hour == start.minute == 0:
        return tell("day.whole")
    last = "24:00" if f"{end:%H:%M}" == "00:00" else f"{end:%H:%M}"
    over = end.date() > day.day and last != "24:00"
    return f"{start:%H:%M}–" + (tell("day.next", time=last) if over else last)
