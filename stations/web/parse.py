"""Query parameters to queries; what cannot be read is said by name, value and what is allowed."""

from __future__ import annotations

import json
import math
import re
import secrets
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Request
from werkzeug.datastructures import MultiDict

from stations.errors import InputError
from stations.model.features import Box
from stations.model.keys import EntryMethod, Need, ServiceKey, TravelMode
from stations.model.queries import (
    CatchmentQuery,
    CoverageQuery,
    Key,
    NearestQuery,
    Place,
    RouteQuery,
    check_degrees,
    read_key,
    read_moment,
)
from stations.model.region import RegionProfile
from stations.model.siting import (
    COSTS,
    MOST_JOB_PROOF_S,
    CandidateSource,
    OptionKind,
    SitingGoal,
    SitingQuery,
    read_costs,
    read_options,
)
from stations.model.taps import Tap, TapAnswer
from stations.services.week import ALL_ROWS, WeekKey

Parameters = MultiDict[str, str]
_TAP_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"", "0", "false", "no", "off"})


def parameters_of(request: Request) -> Parameters:
    """Return the parameters of a GET, a form, or a JSON object whose lists count as repeated parameters.

    Raises
    ------
    InputError
        The body is not a JSON object of plain values.
    """
    if not request.is_json:
        if not request.content_length and request.method == "GET":
            return request.args
        return MultiDict([*request.args.items(multi=True), *request.form.items(multi=True)])
    return MultiDict([*request.args.items(multi=True), *flattened(json_body(request))])


def flattened(body: object) -> list[tuple[str, str]]:
    """Return the parameters in the body of a JSON question; `null` is not there.

    Raises
    ------
    InputError
        The body is not an object of plain values and lists of them.
    """
    if not isinstance(body, dict):
        raise InputError("error.body")
    pairs = []
    for name, value in body.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict | list):
                raise InputError("error.body", field=name)
            if one is not None:
                pairs.append((name, str(one).lower() if isinstance(one, bool) else str(one)))
    return pairs


def json_body(request: Request) -> object:
    """Return the content of a JSON body, `None` where it is not JSON, or holds half a character."""
    try:
        body = request.get_json(silent=True)
        json.dumps(body, ensure_ascii=False).encode()
    except (RecursionError, UnicodeEncodeError):  # a thousand brackets; half a character, escaped or not
        return None
    return body


def parse_nearest(given: Parameters, profile: RegionProfile) -> NearestQuery:
    """Return the query of a rider's list."""
    return NearestQuery(
        origin=parse_place(given),
        mode=parse_mode(given, profile),
        when=parse_when(given, profile) or _now(profile),
        needs=parse_needs(given),
        services=_keys(given, "service", ServiceKey),
        entries=_keys(given, "entry", EntryMethod),
        open_on_arrival=_yes(given, "open_on_arrival"),
        always_open=_yes(given, "always_open"),
        limit=int(_number(given, "limit", default="10", whole=True)),
        no_registration=_yes(given, "no_registration"),
        budget_min=_number(given, "budget_min") if given.get("budget_min") else None,
        next_stop=parse_next_stop(given),
    )


def parse_tap(given: Parameters, profile: RegionProfile, *, moment: datetime) -> Tap:
    """Return a tap at a door, made at `moment` where it does not say when.

    Raises
    ------
    InputError
        The station, the answer or a value of it is missing or not of its form.
    """
    for name in ("station_id", "answer"):
        if not given.get(name):
            raise InputError("error.missing", field=name, name=name)
    tap_id, at = given.get("tap_id") or secrets.token_urlsafe(16), given.get("at", "").strip()
    if not _TAP_ID.fullmatch(tap_id):
        raise InputError("tap.id", field="tap_id", value=tap_id[:40])
    answer = read_key(TapAnswer, given["answer"], name="answer")
    when = read_moment(at, time_zone=profile.time_zone, name="at") if at else moment
    return Tap(given["station_id"], answer, when, tap_id)


def parse_catchment(given: Parameters, profile: RegionProfile) -> CatchmentQuery:
    """Return the query of one or more catchments."""
    return CatchmentQuery(
        mode=parse_mode(given, profile),
        minutes=_number(given, "minutes", default="15"),
        station_ids=tuple(dict.fromkeys(given.getlist("station_id"))),
    )


def parse_route(given: Parameters, profile: RegionProfile) -> RouteQuery:
    """Return the query of a way from a place to one station."""
    station_id = given.get("station_id", "")
    if not station_id:
        raise InputError("error.missing", field="station_id", name="station_id")
    return RouteQuery(origin=parse_place(given), station_id=station_id, mode=parse_mode(given, profile))


def parse_coverage(given: Parameters, profile: RegionProfile) -> CoverageQuery:
    """Return the query of coverage; without `when` stations count at any hour."""
    return CoverageQuery(
        mode=parse_mode(given, profile),
        minutes=_number(given, "minutes", default="15"),
        services=_keys(given, "service", ServiceKey),
        needs=parse_needs(given),
        when=parse_when(given, profile),
        no_registration=_yes(given, "no_registration"),
        layer=given.get("layer", ""),
    )


def parse_siting(given: Parameters, profile: RegionProfile) -> SitingQuery:
    """Return the query of what to build or change; with `hours` it is about the week of `week`, else of `when`."""
    coverage, hours, week = parse_coverage(given, profile), given.get("hours", "").strip(), None
    if hours:
        week, coverage = parse_day(given, coverage.when, profile), replace(coverage, when=None)
    return SitingQuery(
        coverage,
        new=int(_number(given, "new", default="1", whole=True)),
        goal=read_key(SitingGoal, given.get("goal") or SitingGoal.COVERED, name="goal"),
        source=read_key(CandidateSource, given.get("candidates") or CandidateSource.PLACES, name="candidates"),
        target_share=_number(given, "target_share", default="0.95"),
        options=read_options(",".join(given.getlist("options")), name="options"),
        cost=parse_costs(given),
        budget=_number(given, "budget") if given.get("budget") else None,
        hours=hours,
        week=week,
        floor=parse_floor(given),
    )


def parse_costs(given: Parameters) -> tuple[tuple[OptionKind, float], ...]:
    """Return what costs otherwise than in `COSTS`: by `cost`, or by a form's box (``cost.sites``), which goes first."""
    boxes = ",".join(f"{kind}={given[f'cost.{kind}']}" for kind in OptionKind if given.get(f"cost.{kind}"))
    told = {**dict(read_costs(given.get("cost", ""), name="cost")), **dict(read_costs(boxes, name="cost"))}
    return tuple((kind, cost) for kind, cost in told.items() if cost != COSTS[kind])


def parse_floor(given: Parameters) -> float:
    """Return the share of every township that is to be covered at least, none where it is absent."""
    return _number(given, "floor", default="0")


def parse_proof(given: Parameters, profile: RegionProfile) -> SitingQuery:
    """Return the query of new sites whose best choice is to be proven by a job, for `prove` seconds at most.

    Raises
    ------
    InputError
        `kind` is not ``siting``, `prove` not from 1 to 120, or the query cannot be read.
    """
    kind, seconds = given.get("kind", ""), _number(given, "prove", default="60")
    if kind != "siting":
        raise InputError("error.not_one_of", field="kind", name="kind", value=kind[:40], allowed="siting")
    if not 1 <= seconds <= MOST_JOB_PROOF_S:
        raise InputError("siting.proof_job", field="prove", value=seconds, most=MOST_JOB_PROOF_S)
    return replace(parse_siting(given, profile), proof_s=seconds)


def parse_week(given: Parameters, profile: RegionProfile) -> tuple[CoverageQuery, date, tuple[WeekKey, ...]]:
    """Return the query, the day and the rows of a week; this week, and all needs and services, where none is named."""
    query = parse_coverage(given, profile)
    rows: tuple[WeekKey, ...] = (*query.needs, *query.services)
    return query, parse_day(given, None, profile), rows or ALL_ROWS


def parse_day(given: Parameters, when: datetime | None, profile: RegionProfile) -> date:
    """Return the day of `week`, where it is absent that of `when`, else today.

    Raises
    ------
    InputError
        It is no day, or not within the years 2000 to 2100.
    """
    text = given.get("week", "").strip()
    day = read_moment(text, time_zone=profile.time_zone, name="week") if text else when or _now(profile)
    return day.date()


def parse_by(given: Parameters) -> str:
    """Return how gaps are told: as places, unless point by point."""
    by = given.get("by") or "place"
    if by not in ("place", "point"):
        raise InputError("error.not_one_of", field="by", name="by", value=by[:40], allowed="place, point")
    return by


def parse_whole(given: Parameters, name: str, *, default: str) -> int:
    """Return a whole number."""
    return int(_number(given, name, default=default, whole=True))


def parse_box(text: str) -> Box:
    """Return the west, south, east, north of a bbox of four numbers, or of six, whose heights mean nothing here.

    Raises
    ------
    InputError
        It is no such list.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4:
        raise InputError("ogc.box", field="bbox", value=text[:80])
    west, south, east, north = numbers
    return west, south, east, north


def parse_interval(given: Parameters) -> None:
    """Check that `datetime`, where it is given, is a moment, or two with ``/`` between, either of them open.

    Raises
    ------
    InputError
        It is not, or ends before it begins.
    """
    text = given.get("datetime", "")
    if not text:
        return
    ends = text.split("/")
    try:
        known = [datetime.fromisoformat(end) for end in ends if end not in ("", "..") or len(ends) == 1]
        wrong = len(ends) > 2 or (len(known) == 2 and known[1] < known[0])
    except (ValueError, TypeError):  # no moments, or only one of them with an offset
        wrong = True
    if wrong:
        raise InputError("ogc.datetime", field="datetime", value=text[:60])


def parse_place(given: Parameters) -> Place:
    """Return the origin from `lon` and `lat`."""
    return Place(lon=_number(given, "lon"), lat=_number(given, "lat"))


def parse_radius(given: Parameters) -> float:
    """Return the metres round a place from `within_m`, 200 where it is absent."""
    metres = _number(given, "within_m", default="200")
    if not math.isfinite(metres) or metres <= 0:
        raise InputError("error.above_zero", field="within_m", name="within_m", value=f"{metres:g}")
    return metres


def parse_next_stop(given: Parameters) -> Place | None:
    """Return the next stop from `next_lon` and `next_lat`, `None` where neither is given."""
    if not (given.get("next_lon") or given.get("next_lat")):
        return None
    lon, lat = _number(given, "next_lon"), _number(given, "next_lat")
    check_degrees("next_lon", lon, limit=180.0)
    check_degrees("next_lat", lat, limit=90.0)
    return Place(lon=lon, lat=lat)


def parse_mode(given: Parameters, profile: RegionProfile) -> TravelMode:
    """Return the travel mode; e-bike when none is named, or the region's first where it has no e-bike."""
    default = TravelMode.EBIKE if TravelMode.EBIKE in profile.modes else next(iter(profile.modes))
    mode = read_key(TravelMode, given.get("mode") or default, name="mode")
    if mode not in profile.modes:
        raise InputError("error.not_one_of", field="mode", name="mode", value=mode, allowed=", ".join(profile.modes))
    return mode


def parse_needs(given: Parameters) -> tuple[Need, ...]:
    """Return the needs, each once, in the order given."""
    return _keys(given, "need", Need)


def parse_when(given: Parameters, profile: RegionProfile) -> datetime | None:
    """Return the moment of `when` (ISO 8601, local time of the region without an offset), `None` when absent.

    Raises
    ------
    InputError
        It is no such moment, or not within the years 2000 to 2100.
    """
    text = given.get("when", "").strip()
    return read_moment(text, time_zone=profile.time_zone) if text else None


def _now(profile: RegionProfile) -> datetime:
    return datetime.now(ZoneInfo(profile.time_zone)).replace(microsecond=0)


def _number(given: Parameters, name: str, *, default: str | None = None, whole: bool = False) -> float:
    text = given.get(name) or default
    if text is None:
        raise InputError("error.missing", field=name, name=name)
    return read_number(text, name, whole=whole)


def read_number(text: str, name: str, *, whole: bool = False) -> float:
    """Return the number that a text is; `name` is its parameter.

    Raises
    ------
    InputError
        It is none.
    """
    try:
        return int(text) if whole else float(text)
    except ValueError as error:
        raise InputError("error.number", field=name, name=name, value=text[:40]) from error


def _keys(given: Parameters, name: str, kind: type[Key]) -> tuple[Key, ...]:
    texts = given.getlist(name)
    return tuple(dict.fromkeys(read_key(kind, text, name=name) for text in texts if text)) if texts else ()


def _yes(given: Parameters, name: str) -> bool:
    text = given.get(name, "").lower()
    if text not in YES and text not in NO:
        raise InputError("error.not_one_of", field=name, name=name, value=text[:40], allowed="1, 0")
    return text in YES
