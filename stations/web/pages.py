"""The rider's page and one station's page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from stations.errors import InputError
from stations.hours.calendar import DayKind
from stations.hours.timetable import DayHours
from stations.hours.wording import describe_hours
from stations.maps.style import arrival_words
from stations.model.answers import NearestAnswer
from stations.model.keys import Need
from stations.model.queries import NearestQuery, Place
from stations.services.geojson import nearest_collection, station_properties
from stations.services.handoff import handoff_links
from stations.services.nearest import find_nearest
from stations.services.places import find_places
from stations.services.region import Region
from stations.web.current import current_region
from stations.web.language import current_language, tell
from stations.web.parse import parameters_of, parse_mode, parse_needs

bp = Blueprint("pages", __name__)
LISTED = 20


@bp.get("/")
def rider() -> ResponseReturnValue:
    """Show the rider's page; its script asks for the list."""
    region = current_region()
    given = parameters_of(request)
    return _rider_page(region, needs=parse_needs(given), mode=parse_mode(given, region.profile))


@bp.post("/")
def rider_list() -> ResponseReturnValue:
    """Answer the rider's form with the list on the page, for browsers without scripts."""
    region = current_region()
    given = parameters_of(request)
    needs, mode, typed = parse_needs(given), parse_mode(given, region.profile), given.get("place", "").strip()[:60]
    places = find_places(typed, region, limit=1)
    if not places:
        missing = InputError("error.place_unknown", field="place", value=typed) if typed else None
        notice = tell(missing.key, **missing.values) if missing else tell("page.start_plain")
        return _rider_page(region, needs=needs, mode=mode, place=typed, notice=notice)
    query = NearestQuery(
        origin=Place(places[0].lon, places[0].lat), mode=mode, when=_now(region), needs=needs, limit=LISTED
    )
    answer = find_nearest(query, region)
    return _rider_page(region, needs=needs, mode=mode, place=places[0].name, answer=_rows(answer, region))


@bp.get("/stations/<station_id>")
def station(station_id: str) -> ResponseReturnValue:
    """Show what is known of one station."""
    region = current_region()
    number = region.number(station_id)
    found = region.stations[number]
    links = handoff_links(found, parse_mode(parameters_of(request), region.profile), area=region.profile.names["zh"])
    return render_template(
        "station.html",
        station={**station_properties(found), "links": links, "to_gate": found.to_gate_only},
        hours_words=describe_hours(found.hours, current_language()) if found.hours else None,
        gate_words=describe_hours(found.entrance_hours, current_language()) if found.entrance_hours else None,
        week=_week_rows(region, number) if found.hours else [],
    )


def _week_rows(region: Region, number: int) -> list[tuple[str, str, bool]]:
    """Return the coming week of a station as rows of day, hours in words, and whether it is today."""
    days = region.timetable.week_of(number, _now(region))
    return [(_day_words(day), _hours_words(day), place == 0) for place, day in enumerate(days)]


def _day_words(day: DayHours) -> str:
    name = tell(f"day.weekday_{day.day.weekday()}", month=day.day.month, day=day.day.day)
    special = {DayKind.OFF: "day.off", DayKind.MAKEUP: "day.makeup"}.get(day.kind)
    return f"{name} {tell(special)}" if special else name


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


def _rider_page(
    region: Region,
    *,
    needs: tuple[Need, ...],
    mode: str,
    place: str = "",
    notice: str = "",
    answer: list[dict[str, Any]] | None = None,
) -> str:
    return render_template(
        "rider.html",
        asked={"need": needs, "place": place, "mode": mode},
        notice=notice,
        answer=answer,
        modes=list(region.profile.modes.values()),
    )


def _rows(answer: NearestAnswer, region: Region) -> list[dict[str, Any]]:
    features = nearest_collection(answer, region.profile)["features"]
    return [
        {
            **feature["properties"],
            "state_words": arrival_words(
                current_language(), item.arrival, travel_s=item.travel_s, when=answer.query.when
            ),
        }
        for feature, item in zip(features, answer.found, strict=True)
    ]


def _now(region: Region) -> datetime:
    return datetime.now(ZoneInfo(region.profile.time_zone)).replace(microsecond=0)
