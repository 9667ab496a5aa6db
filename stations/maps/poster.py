"""Posters for doors: what a station is, when and how one gets in, and where else to go; one page each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from urllib.parse import quote

from stations.hours.expression import DAY_MIN
from stations.hours.timetable import DayHours
from stations.hours.wording import describe_hours
from stations.maps import style
from stations.maps.imprint import Imprint, imprint_words
from stations.maps.paper_map import PaperMap
from stations.maps.print_parts import Document, common_files, qr_drawing, symbol_of, template, to_json
from stations.model.keys import EntryMethod
from stations.model.paper import Paper
from stations.model.station import Station
from stations.texts import say

PAPERS = ("A5", "A4", "A3")
QR_MM = 35.0
_A4_WIDTH_MM = 210.0
_MAP_MM = (96.0, 88.0)
_LARGE_MAP_MM = (74.0, 70.0)
_NEAR_GATE_M = 15


@dataclass(frozen=True, slots=True)
class Other:
    """A station that one can go to instead: seconds on foot and by e-bike, `None` where it is not known."""

    station: Station
    walk_s: int | None
    ebike_s: int | None


@dataclass(frozen=True, slots=True)
class Gate:
    """Where the entrance lies from the door: metres, and the direction as eighths of a turn from north, clockwise."""

    metres: float
    eighth: int


@dataclass(frozen=True, slots=True)
class PosterFacts:
    """What one poster tells.

    `week` are the hours from a Monday on, of a week without holidays where there is one; empty when they are unknown.
    `gate` is `None` where one goes in by the door itself. `others` are the nearest stations, `night` the nearest that
    never closes, where it is not one of them. `map` is the ground about the station, as large as `map_size_mm` says.
    `url` is the station's page, empty where the program does not know its own address.
    """

    station: Station
    week: tuple[DayHours, ...]
    gate: Gate | None
    others: tuple[Other, ...]
    night: Other | None = None
    map: PaperMap | None = None
    url: str = ""


def map_size_mm(paper: Paper, *, large: bool = False) -> tuple[float, float]:
    """Return the width and height of the map on a poster of some paper, millimetres."""
    factor = paper.width_mm / _A4_WIDTH_MM
    width, height = _LARGE_MAP_MM if large else _MAP_MM
    return width * factor, height * factor


def poster_document(
    posters: Sequence[PosterFacts], *, paper: Paper, imprint: Imprint, lang: str, large: bool = False
) -> Document:
    """Return posters, one to a page.

    Parameters
    ----------
    paper
        One of `PAPERS`, upright.
    large
        Larger type, for those who read from afar; what does not fit is not left out, but set less large.
    """
    words = {name: say(lang, f"poster.{name}") for name in _FIXED_WORDS}
    given = {
        "words": {name.replace("_", "-"): text for name, text in words.items()},
        "paper": [paper.width_mm, paper.height_mm],
        "lang": lang,
        "large": large,
        "brand": imprint.brand[lang],
        "title": f"{imprint.brand[lang]} · {say(lang, 'poster.title')}",
        "sample": say(lang, "page.sample_tag") if imprint.profile.sample else None,
        "imprint": imprint_words(imprint, lang),
        "date": [imprint.printed_on.year, imprint.printed_on.month, imprint.printed_on.day],
        "qr-mm": QR_MM,
        "posters": [_content(facts, map_size_mm(paper, large=large), lang, large=large) for facts in posters],
    }
    return Document(template("poster.typ"), {**common_files(), "posters.json": to_json(given)}, imprint.printed_on)


_FIXED_WORDS = (
    "hours", "hours_plain", "unverified", "entry", "services", "services_none", "here", "map_none",
    "others", "others_none", "scan", "scan_note", "live", "no_address",
)  # fmt: skip


def _content(facts: PosterFacts, map_mm: tuple[float, float], lang: str, *, large: bool) -> dict[str, object]:
    station = facts.station
    width, height = map_mm
    kind = say(lang, f"kind.{station.kind}")
    return {
        "station-id": station.station_id,
        "name": _name(station, lang),
        "symbol": symbol_of(station),
        "kind-words": " · ".join(one for one in ("" if kind in _name(station, lang) else kind, station.address) if one),
        "place": station.township or "",
        "hours": _sentence(_hours_words(station.hours, lang)) if station.hours else None,
        "hours-note": _hours_note(station, lang),
        "week": week_rows(facts.week, lang, grouped=large),
        "way-in": [_entry(station, lang), _entrance(facts, lang), _parking(station, lang)],
        "services": [
            {"key": key, **_service_words(lang, key, count)}
            for key, count in style.sorted_services({str(key): count for key, count in station.services.items()})
        ],
        "others": [_other(number, other, lang) for number, other in enumerate(facts.others, start=1)],
        "night": _night(facts.night, lang) if facts.night else None,
        "map": {"svg": facts.map.svg, "wide": width, "high": height} if facts.map else None,
        "map-note": _map_note(facts.map, lang) if facts.map else "",
        "qr": qr_drawing(facts.url) if facts.url else None,
    }


def _name(station: Station, lang: str) -> str:
    """Return the name of a station, that of its kind where it has none."""
    return station.name or say(lang, f"kind.{station.kind}")


def _map_note(drawn: PaperMap, lang: str) -> str:
    note = say(lang, "poster.scale", scale=f"{drawn.frame.scale:,.0f}")
    return f"{note} · {say(lang, 'poster.dots')}" if "dot" in drawn.classes else note


def _service_words(lang: str, key: str, count: int | None) -> dict[str, str | None]:
    """Return a service in words, a count that ends them apart, to be set larger."""
    words = style.service_words(lang, key, count)
    if count is None or not words.endswith(f" {count}"):
        return {"words": words, "count": None}
    return {"words": words.removesuffix(f" {count}"), "count": str(count)}


def _hours_note(station: Station, lang: str) -> str:
    if station.hours_text:
        return say(lang, "poster.hours_given", text=station.hours_text)
    if station.phone:
        return say(lang, "poster.hours_call", phone=station.phone)
    return say(lang, "page.station_hours_unknown")


def _entry(station: Station, lang: str) -> dict[str, object]:
    return _step(
        f"entry.{station.entry}",
        say(lang, f"entry.{station.entry}"),
        say(lang, f"poster.entry_{station.entry}"),
        unknown=station.entry is EntryMethod.UNKNOWN,
    )


def _entrance(facts: PosterFacts, lang: str) -> dict[str, object]:
    station, gate = facts.station, facts.gate
    gate_hours = (
        say(lang, "page.station_gate_hours", hours=_hours_words(station.entrance_hours, lang))
        if station.entrance_hours
        else None
    )
    if gate is None or gate.metres < _NEAR_GATE_M:
        return _step("page.door", say(lang, "poster.door_here"), gate_hours or say(lang, "poster.door_here_note"))
    title = say(
        lang, "poster.gate", side=say(lang, f"poster.side_{gate.eighth}"), metres=f"{round(gate.metres, -1):.0f}"
    )
    if station.entrance_s is None:
        walk = say(lang, "poster.gate_untimed")
    else:
        walk = say(lang, "poster.gate_walk", minutes=-(-station.entrance_s // 60))
    return _step("page.door", title, f"{gate_hours}{say(lang, 'hours.semicolon')}{walk}" if gate_hours else walk)


def _parking(station: Station, lang: str) -> dict[str, object]:
    key = {True: "yes", False: "no", None: "unknown"}[station.ebike_parking]
    return _step(
        "service.ebike_parking",
        say(lang, f"page.parking_{key}"),
        say(lang, f"poster.parking_{key}"),
        unknown=station.ebike_parking is None,
        no=station.ebike_parking is False,
    )


def _step(symbol: str, title: str, note: str | None, *, unknown: bool = False, no: bool = False) -> dict[str, object]:
    return {"symbol": symbol, "title": title, "note": note, "unknown": unknown, "no": no}


def _other(number: int, other: Other, lang: str) -> dict[str, object]:
    return {
        "number": str(number),
        "name": _name(other.station, lang),
        "walk": _minutes(other.walk_s, lang),
        "ebike": _minutes(other.ebike_s, lang),
        "hours": _sentence(_hours_words(other.station.hours, lang)) if other.station.hours else _unverified(lang),
    }


@lru_cache(maxsize=4096)
def _hours_words(hours: str, lang: str) -> str:
    return describe_hours(hours, lang)


def _unverified(lang: str) -> str:
    return say(lang, "poster.unverified")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _night(other: Other, lang: str) -> str:
    by_ebike = other.ebike_s is not None
    return say(
        lang,
        "poster.night",
        name=_name(other.station, lang),
        mode=say(lang, "mode.ebike" if by_ebike else "mode.walk"),
        minutes=_minutes(other.ebike_s if by_ebike else other.walk_s, lang),
    )


def _minutes(seconds: int | None, lang: str) -> str:
    return "–" if seconds is None else say(lang, "poster.minutes", minutes=-(-seconds // 60))


def week_rows(week: Sequence[DayHours], lang: str, *, grouped: bool = False) -> list[dict[str, object]]:
    """Return the days of a week: name, hours in words, and the minutes of the day that are open, or not known.

    What runs past midnight is drawn on the next day; on a Monday, that of the Sunday of the same week. Days in a row
    that are alike are one row where `grouped`, and where the whole week is alike and never closes.
    """
    drawn = _drawn_spans(week)
    rows = [
        {
            "words": day_words(day, lang),
            "closed": not day.spans and not day.unknown,
            "spans": spans,
            "unknown": [[0, DAY_MIN]] if day.unknown and not spans else [],
        }
        for day, spans in zip(week, drawn, strict=True)
    ]
    whole = all(spans == [[0, DAY_MIN]] for spans in drawn)
    names = [say(lang, f"hours.day_{day.day.weekday()}") for day in week]
    named: list[dict[str, object]] = []
    for _, run in groupby(range(len(rows)), key=lambda number: rows[number] if grouped or whole else number):
        held = list(run)
        first, last = names[held[0]], names[held[-1]]
        name = first if len(held) == 1 else say(lang, "hours.day_range", first=first, last=last)
        named.append({"name": name, **rows[held[0]]})
    return named


def _drawn_spans(week: Sequence[DayHours]) -> list[list[list[int]]]:
    drawn: list[list[list[int]]] = [[] for _ in week]
    for number, day in enumerate(week):
        for start, end in day.spans:
            first, last = _minute(day.day, start), _minute(day.day, end)
            drawn[number].append([first, min(last, DAY_MIN)])
            if last > DAY_MIN:
                drawn[(number + 1) % len(week)].append([0, last - DAY_MIN])
    return [sorted(spans) for spans in drawn]


def day_words(day: DayHours, lang: str) -> str:
    """Return the hours of a day: ``08:30–12:00  14:00–17:30``."""
    spans = [_span_words(day.day, start, end, lang) for start, end in day.spans]
    if day.unknown:
        spans.append(say(lang, "hours.unverified"))
    return "  ".join(spans) or say(lang, "day.closed")


def _span_words(day: date, start: datetime, end: datetime, lang: str) -> str:
    if end - start == timedelta(days=1) and _minute(day, start) == 0:
        return say(lang, "day.whole")
    last = "24:00" if _minute(day, end) == DAY_MIN else f"{end:%H:%M}"
    over = _minute(day, end) > DAY_MIN
    return f"{start:%H:%M}–{say(lang, 'day.next', time=last) if over else last}"


def _minute(day: date, moment: datetime) -> int:
    """Return the minute of a local day that a moment's clock shows, on from 1440 for the day after."""
    return (moment.date() - day).days * DAY_MIN + moment.hour * 60 + moment.minute


def station_url(public_url: str, station_id: str) -> str:
    """Return the address of a station's page, empty where the program does not know its own."""
    return f"{public_url}/stations/{quote(station_id, safe='')}" if public_url else ""
