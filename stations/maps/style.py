"""One visual language for phone, desk and paper: colours, marks, symbols, road widths, and their words.

State is always told by word, shape and colour together. Pages take the colours as CSS variables
(`css_variables`), scripts take `map_style`, `page_words`, `SYMBOLS` and `MARKS`, paper takes the tables themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from stations.model.answers import Arrival
from stations.model.keys import ArrivalState, ServiceKey
from stations.texts import say, words

LOCKED = "locked"
"""State of a station that a rider found locked during its posted hours; stands beside the arrival states."""


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour as ``#rrggbb`` on a light and on a dark ground."""

    light: str
    dark: str


STATE_SHADES: dict[str, Shade] = {
    ArrivalState.OPEN: Shade("#006d4e", "#5fd3a6"),
    ArrivalState.OPENS_LATER: Shade("#8a5a00", "#f0b95a"),
    ArrivalState.UNKNOWN: Shade("#4a5fb0", "#a9b8ff"),
    ArrivalState.CLOSES_BEFORE_ARRIVAL: Shade("#5b6470", "#9aa4b0"),
    ArrivalState.CLOSED: Shade("#5b6470", "#9aa4b0"),
    LOCKED: Shade("#b3261e", "#ff8a80"),
}

PAGE_SHADES: dict[str, Shade] = {
    "ground": Shade("#ffffff", "#14171a"),
    "panel": Shade("#f5f6f8", "#1e2327"),
    "hairline": Shade("#d9dde2", "#363d45"),
    "edge": Shade("#7b8490", "#7d8791"),
    "ink": Shade("#1b1f24", "#e8eaed"),
    "muted": Shade("#57606a", "#a8b0ba"),
    "link": Shade("#0b5cad", "#7ab8ff"),
    "on-link": Shade("#ffffff", "#14171a"),
    "notice": Shade("#fff3d6", "#3a2f14"),
    "notice-ink": Shade("#5c3c00", "#ffd58a"),
}

DEMAND_SHADES: dict[str, Shade] = {
    "covered": Shade("#2b7a9b", "#5fb3d4"),
    "gap": Shade("#c4420f", "#ff8f66"),
    "unknown": Shade("#8b929b", "#8b929b"),
}

MAP_SHADES: dict[str, Shade] = {
    "ground": Shade("#f7f5f0", "#1b1f23"),
    "water": Shade("#bcd9e8", "#1d3c4e"),
    "green": Shade("#cfe3c8", "#22362a"),
    "built-up": Shade("#efebe2", "#23282d"),
    "road": Shade("#ffffff", "#454d56"),
    "casing": Shade("#cfc8bb", "#0f1214"),
    "lane": Shade("#c4bdb0", "#3b434b"),
    "primary": Shade("#fff3d6", "#5b5540"),
    "motorway": Shade("#f2d9a6", "#6e5a30"),
    "motorway-casing": Shade("#c79b4b", "#2a2212"),
    "path": Shade("#a59c8c", "#59626c"),
    "railway": Shade("#4d5158", "#8b949e"),
    "railway-gap": Shade("#ffffff", "#1b1f23"),
    "label": Shade("#1b1f24", "#e8eaed"),
    "road-label": Shade("#57606a", "#a8b0ba"),
}


@dataclass(frozen=True, slots=True)
class RoadRank:
    """How one rank of roads is drawn on screen.

    `width_px` are CSS pixels at the zooms of `WIDTH_ZOOMS`, straight between them; `fill` and `casing` name a
    shade of `MAP_SHADES`; below `cased_from` the rank is one thin line without casing. Drawn from `min_zoom`,
    named from `label_zoom` on.
    """

    rank: str
    width_px: tuple[float, ...]
    fill: str
    casing: str
    min_zoom: int
    cased_from: int
    label_zoom: int
    label_px: int


WIDTH_ZOOMS = (10, 13, 15, 17, 18)
"""Zooms that `RoadRank.width_px` stands for."""

ROAD_RANKS = (
    RoadRank("path", (0.6, 0.8, 1.2, 2.0, 2.5), "path", "", 15, 99, 17, 14),
    RoadRank("minor", (0.5, 0.8, 3.0, 9.0, 14.0), "road", "casing", 12, 15, 16, 14),
    RoadRank("tertiary", (0.8, 2.0, 5.0, 11.0, 17.0), "road", "casing", 11, 13, 15, 14),
    RoadRank("secondary", (1.0, 3.0, 6.5, 13.0, 20.0), "road", "casing", 9, 12, 14, 14),
    RoadRank("primary", (1.8, 4.0, 8.0, 15.0, 23.0), "primary", "casing", 0, 10, 13, 14),
    RoadRank("motorway", (2.4, 5.0, 9.0, 16.0, 24.0), "motorway", "motorway-casing", 0, 0, 13, 14),
)
"""In drawing order, the lowest first; trunk roads are drawn as motorways."""


@dataclass(frozen=True, slots=True)
class PlaceLabel:
    """How the name of a kind of place is written: from which zoom to which, CSS pixels, CSS font weight."""

    kind: str
    min_zoom: int
    max_zoom: int
    size_px: int
    weight: int


PLACE_LABELS = (
    PlaceLabel("city", 0, 13, 18, 600),
    PlaceLabel("town", 9, 15, 16, 600),
    PlaceLabel("suburb", 11, 16, 15, 500),
    PlaceLabel("quarter", 12, 17, 14, 500),
    PlaceLabel("village", 13, 18, 14, 400),
    PlaceLabel("neighbourhood", 14, 18, 14, 400),
    PlaceLabel("hamlet", 15, 18, 14, 400),
)
"""The more important first; it wins where two names meet. A kind that is not here is written as the last."""


def _circle(x: float, y: float, r: float) -> str:
    return f"M{x - r:g} {y:g}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0z"


_DISC = _circle(12, 12, 10)

MARKS: dict[str, tuple[str, str]] = {
    ArrivalState.OPEN: (_DISC, ""),
    ArrivalState.OPENS_LATER: (f"{_DISC}M12 4.5a7.5 7.5 0 0 1 0 15z", ""),
    ArrivalState.UNKNOWN: (
        _DISC + _circle(12, 12, 8),
        "M9.2 9.6a2.8 2.8 0 1 1 4.4 2.3c-1 .7-1.6 1.1-1.6 2.1M12 17h.01",
    ),
    ArrivalState.CLOSES_BEFORE_ARRIVAL: (_DISC + _circle(12, 12, 7), ""),
    ArrivalState.CLOSED: (_DISC + _circle(12, 12, 7), ""),
    LOCKED: (f"{_DISC}M6 10h12v4H6z", ""),
}
"""The shape of a state on a 24-unit grid: a path to fill by the even-odd rule, and one to stroke 2 units wide."""

_TRUCK = f"M2 5h12v11H2zM14 9h4.5L22 12.5V16h-8{_circle(7, 18, 2.2)}{_circle(17, 18, 2.2)}"
_PARCEL = "M4 9h16v12H4zM4 9l3-6h10l3 6M12 3v10"
_BOWL = "M2 12h20c0 5.5-4 9-10 9s-10-3.5-10-9zM9 12l4-10M14 12l5-9"
_DROP = "M12 2.5c4.5 5.5 6.5 8.5 6.5 12a6.5 6.5 0 0 1-13 0c0-3.5 2-6.5 6.5-12z"
_CHAIR = "M7 2v12h11v8M7 14v8"
_WC = "M1.5 6l2.7 12L7 9.5 9.8 18 12.5 6M22 8.5a4.5 5.5 0 1 0 0 7"
_PHONE_BOLT = "M6 2h12v20H6zM13 6.5l-3.5 6h5L11 18"
_HEART = "M12 21.5C4.5 16 2 12.5 2 8.5A5 5 0 0 1 12 6.5a5 5 0 0 1 10 2c0 4-2.5 7.5-10 13zM13.5 8l-3.5 5h4L11.5 17"
_FIRST_AID = "M2 8h20v13H2zM8 8V3h8v5M12 11v7M8.5 14.5h7"

SYMBOLS: dict[str, str] = {
    "kind.hub": "M2 12 12 3l10 9M5 10v11h14V10M12 21v-6",
    "kind.party_centre": "M5 22V3h15l-4 5 4 5H5",
    "kind.courier_outlet": _PARCEL,
    "kind.property_office": "M3 21V11a9 8 0 0 1 18 0v10M9 21V9M15 21V9M3 15h18",
    "kind.driver_home": _TRUCK,
    "kind.union_post": "M4 9h13v6a6 6 0 0 1-6 6h-1a6 6 0 0 1-6-6zM17 10.5h1.5a2.5 2.5 0 0 1 0 6H17M8 2.5v3M13 2.5v3",
    "kind.hailing_post": "M8 13V5M12 12V3M16 12V4.5M20 13V8v6c0 5-3 8-7 8-4.5 0-6-3-10-9l2.5-1L8 14.5",
    "kind.education_base": "M12 6C9.5 4 6.5 4 2 4v14c4.5 0 7.5 0 10 2.5C14.5 18 17.5 18 22 18V4c-4.5 0-7.5 0-10 2zv14",
    "kind.public_place": _circle(12, 12, 3.5) + _circle(12, 12, 1.5),
    "service.meal": _BOWL,
    "service.meal_heating": "M2 4h20v15H2zM16 4v15M19 9h.01M19 13.5h.01M6.5 8v7M11.5 8v7",
    "service.water": _DROP,
    "service.rest": _CHAIR,
    "service.bed": "M2 4v16M2 17h20v3M22 17v-4a3 3 0 0 0-3-3h-8v7M6.5 12.5h.01",
    "service.aircon": "M2 4h20v8H2zM7 8h10M7 16c0 2-2 2-2 5M12 16v5M17 16c0 2 2 2 2 5",
    "service.toilet": _WC,
    "service.shower": "M4 22V7a4.5 4.5 0 0 1 9 0v2M8 9h10v3H8zM9 16v1M13 16v1M17 16v1M9 21v.5M13 21v.5M17 21v.5",
    "service.laundry": f"M3 2h18v20H3zM7 6h.01M11 6h6{_circle(12, 14.5, 4)}",
    "service.charging": _PHONE_BOLT,
    "service.battery_swap": "M2 6h17v12H2zM22 10v4M6 12h8M11 9l3 3-3 3",
    "service.ebike_charging": "M14 2 4 14h7l-1 8 10-12h-7z",
    "service.ebike_parking": f"{_circle(5.5, 16, 4)}{_circle(18.5, 16, 4)}M5.5 16l4-7h6l3 7M15.5 9V5h3M8 5.5h3",
    "service.truck_parking": "M3 3h18v18H3zM9.5 18V7h4a3.3 3.3 0 0 1 0 6.6h-4",
    "service.repair": "M20.5 7.5 16.5 11 13 7.5l3.5-4a6 6 0 0 0-7.5 8L2.5 18 6 21.5l6.5-6.5a6 6 0 0 0 8-7.5z",
    "service.first_aid": _FIRST_AID,
    "service.aed": _HEART,
    "service.wifi": "M2 9a15 15 0 0 1 20 0M6.5 14a8.5 8.5 0 0 1 11 0M12 19h.01",
    "service.nursing_room": "M9 8h6v3l2.5 3v8h-11v-8L9 11zM10 8V5a2 2.5 0 0 1 4 0v3M6.5 17H12",
    "service.women_room": f"{_circle(12, 8, 5.5)}M12 13.5V22M8 18h8",
    "service.parcel": _PARCEL,
    "service.help": "M2 3h20v14H12l-6 5v-5H2zM7.5 10h.01M12 10h.01M16.5 10h.01",
    "service.legal": "M12 2v20M7 22h10M4 6h16M5 6l-3.5 8h7zM19 6l-3.5 8h7z",
    "service.training": "M1.5 9 12 3.5 22.5 9 12 14.5zM6 12v6c3.5 3 8.5 3 12 0v-6",
    "service.party_checkin": "M4 4h16v18H4zM9 2h6v4H9zM8 14l3 3.5 5.5-7",
    "need.hungry": _BOWL,
    "need.tired": _CHAIR,
    "need.thirsty": _DROP,
    "need.toilet": _WC,
    "need.phone": _PHONE_BOLT,
    "need.ebike": "M2 6h17v12H2zM22 10v4M6 10v4",
    "need.hurt": _FIRST_AID,
    "need.weather": "M12 2v2M2 13a10 9 0 0 1 20 0zM12 13v6a2.7 2.7 0 0 0 5.4 0",
    "need.trouble": "M2 3h20v14H12l-6 5v-5H2zM12 6v4M12 13.5h.01",
    "need.truck": _TRUCK,
    "entry.walk_in": "M11 2h10v20H11M2 12h12M9.5 7.5 14 12l-4.5 4.5",
    "entry.staffed": f"{_circle(12, 6, 4)}M4.5 16a7.5 6.5 0 0 1 15 0M2 16h20v6H2z",
    "entry.ring": "M4 18h16c-2-2-2-4-2-8a6 6 0 0 0-12 0c0 4 0 6-2 8zM10 22h4M12 4V2",
    "entry.door_code": "M4 2h16v20H4zM9 7.5h.01M15 7.5h.01M9 12h.01M15 12h.01M9 16.5h.01M15 16.5h.01",
    "entry.scan": "M2 8V2h6M16 2h6v6M22 16v6h-6M8 22H2v-6M7 7h4v4H7zM14 7h3v4M7 14v3h4M14 14v3h3",
    "entry.face": "M2 8V2h6M16 2h6v6M22 16v6h-6M8 22H2v-6M9 9.5h.01M15 9.5h.01M8 14.5a5 4 0 0 0 8 0",
    "entry.app_signup": f"M5 2h14v20H5z{_circle(12, 8.5, 2.5)}M8 17a4 4 0 0 1 8 0",
    "entry.unknown": "M5 22V2h14v20M2 22h20M9.7 8.1a2.4 2.4 0 1 1 3.7 2c-.9.6-1.4 1-1.4 1.9M12 16h.01",
    "mode.walk": f"{_circle(13, 3.5, 2)}M8 22l3.5-6.5L11 9l3.5 3.5L18 14M11 9l-4 2.5V15M11.5 15.5 15 18l1 4",
    "mode.ebike": f"{_circle(5.5, 17, 4)}{_circle(18.5, 17, 4)}M5.5 17l3.5-7h6l3.5 7M9 17h5l1-7-1.5-5H17M7 6.5h3.5",
    "page.locate": f"{_circle(12, 12, 6.5)}M12 1v5M12 18v5M1 12h5M18 12h5",
    "page.map": "M2 5l6.5-2.5 7 3L22 3v16l-6.5 2.5-7-3L2 21zM8.5 2.5v16M15.5 5.5v16",
    "page.navigate": "M12 2 20 21l-8-4.5L4 21z",
    "page.door": "M5 22V2h14v20M2 22h20M14.5 12h.01",
    "page.close": "M5 5l14 14M19 5 5 19",
    "page.up": "M4 16l8-8 8 8",
    "page.more": "M9 4l8 8-8 8",
    "page.route": f"{_circle(5, 19, 2.5)}{_circle(19, 5, 2.5)}M7.5 19H16a3.5 3.5 0 0 0 0-7H8a3.5 3.5 0 0 1 0-7h8.5",
    "page.call": "M5 2h4l2 6-3 2a13 13 0 0 0 6 6l2-3 6 2v4a3 3 0 0 1-3 3C11 22 2 13 2 5a3 3 0 0 1 3-3z",
    "page.clock": f"{_circle(12, 12, 10)}M12 6v6l4 3",
    "page.next": "M5 22V3M5 4h14l-4 5 4 5H5",
    "page.yes": "M4 13l5 6L20 5",
    "page.ask": f"{_circle(12, 12, 10)}M9.2 9.6a2.8 2.8 0 1 1 4.4 2.3c-1 .7-1.6 1.1-1.6 2.1M12 17h.01",
    "page.lock": "M4 11h16v11H4zM8 11V7a4 4 0 0 1 8 0v4",
    "page.share": "M12 15V2M7.5 6.5 12 2l4.5 4.5M5 11v11h14V11",
}
"""Single paths on a 24-unit grid, to be stroked 2 units wide with round ends; the key is that of the
word, where there is one."""


def css_variables() -> str:
    """Return the colours as CSS: on `:root` light, dark where the reader's device is, and light inside `.paper`.

    Names are ``--ink``, ``--state-open``, ``--demand-gap``, ``--map-water`` and so on.
    """
    tables = {"": PAGE_SHADES, "state-": STATE_SHADES, "demand-": DEMAND_SHADES, "map-": MAP_SHADES}
    shades = {f"--{prefix}{name}": shade for prefix, table in tables.items() for name, shade in table.items()}
    light = ";".join(f"{name}:{shade.light}" for name, shade in shades.items())
    dark = ";".join(f"{name}:{shade.dark}" for name, shade in shades.items())
    return (
        f":root,.paper{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{dark}}}"
        f".paper{{color-scheme:light;{light}}}}}\n"
    )


def symbol_svg(key: str) -> str:
    """Return the symbol `key`, e.g. ``"need.hungry"``, as an SVG element in the colour of its text.

    Raises
    ------
    KeyError
        There is no such symbol; a mistake of the program.
    """
    return (
        '<svg class="symbol" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">'
        '<path fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" '
        f'd="{SYMBOLS[key]}"/></svg>'
    )


def mark_svg(state: str) -> str:
    """Return the shape of an arrival state, or of `LOCKED`, as an SVG element in the colour of its text.

    Raises
    ------
    KeyError
        There is no such state; a mistake of the program.
    """
    filled, stroked = MARKS[state]
    stroke = (
        f'<path fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" d="{stroked}"/>'
        if stroked
        else ""
    )
    return (
        '<svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">'
        f'<path fill="currentColor" fill-rule="evenodd" d="{filled}"/>{stroke}</svg>'
    )


_SCRIPT_SECTIONS = frozenset(
    {"page", "kind", "service", "counted", "need", "entry", "state", "reason", "mode", "offline"}
)


def page_words(lang: str, *more_sections: str) -> dict[str, str]:
    """Return the sentences that the scripts of a page fill themselves, by their dotted key, unfilled."""
    sections = {*_SCRIPT_SECTIONS, *more_sections}
    return {key: text for key, text in words(lang).items() if key.split(".")[0] in sections}


def map_style() -> dict[str, object]:
    """Return the widths and labels of the base map for the script that draws it, fit for JSON."""
    return {
        "width_zooms": WIDTH_ZOOMS,
        "ranks": [asdict(rank) for rank in ROAD_RANKS],
        "places": [asdict(label) for label in PLACE_LABELS],
    }


def service_words(lang: str, service: str, count: int | None) -> str:
    """Return a service as a rider reads it: counted (``座位 12``) where it is counted, else its name."""
    if count is None:
        return say(lang, f"service.{service}")
    if f"counted.{service}" in words(lang):
        return say(lang, f"counted.{service}", count=count)
    return say(lang, "counted.other", service=say(lang, f"service.{service}"), count=count)


def sorted_services(services: Mapping[str, int | None]) -> list[tuple[str, int | None]]:
    """Return services and counts in the order of `ServiceKey`, so that every list reads alike."""
    order = {key.value: place for place, key in enumerate(ServiceKey)}
    return sorted(services.items(), key=lambda row: order[row[0]])


def moment_words(lang: str, moment: datetime, *, when: datetime, ending: bool = False) -> str:
    """Return `moment` as read at `when`: ``21:00``, ``明天 08:30``, ``周一 08:30`` or ``11月9日 08:30``.

    Both bear a time zone; days are those of `moment`'s zone. The midnight that ends a span (`ending`) is 24:00 of
    the day before.
    """
    clock = f"{moment:%H:%M}"
    day = moment.date()
    if ending and clock == "00:00":
        day, clock = day - timedelta(days=1), "24:00"
    ahead = (day - when.astimezone(moment.tzinfo).date()).days
    if ahead == 0:
        return clock
    if ahead == 1:
        return say(lang, "page.tomorrow", time=clock)
    if 1 < ahead < 7:
        return say(lang, f"page.weekday_{day.weekday()}", time=clock)
    return say(lang, "page.on_date", month=day.month, day=day.day, time=clock)


def arrival_words(lang: str, arrival: Arrival, *, travel_s: int | None, when: datetime, at: str = "arrival") -> str:
    """Return the state line of a station for somebody who sets out at `when`, e.g. ``到达时开放，至 21:00``.

    `travel_s` is the way there in seconds, `None` when unknown. The waiting time is told up to an hour, beyond it the
    moment of opening. `at` says what the state is that of: ``"arrival"``, ``"leaving"`` for that on setting out
    (``出发时开放，至 21:00``), or ``"now"`` for somebody at the door (``现在开放，至 21:00``).
    """
    if arrival.state is ArrivalState.UNKNOWN:
        if travel_s is None and at == "arrival":
            return say(lang, "state.unknown_untimed")
        return say(lang, "state.unknown_holiday" if arrival.holidays_unconfirmed else "state.unknown")
    key = f"state.{arrival.state}" if at == "arrival" else f"state.{at}_{_THEN.get(arrival.state, arrival.state)}"
    if arrival.state is ArrivalState.OPEN:
        if arrival.open_until is None:
            return say(lang, key)
        return say(lang, f"{key}_until", time=moment_words(lang, arrival.open_until, when=when, ending=True))
    if arrival.state is ArrivalState.OPENS_LATER and arrival.usable_in_s is not None and travel_s is not None:
        minutes = -((travel_s - arrival.usable_in_s) // 60)
        if minutes <= 60:
            return say(lang, "state.now_opens_in" if at == "now" else "state.opens_in", minutes=minutes)
    if arrival.opens_at is None:
        return say(lang, key)
    return say(lang, f"{key}_until", time=moment_words(lang, arrival.opens_at, when=when))


_THEN = {ArrivalState.CLOSES_BEFORE_ARRIVAL: ArrivalState.CLOSED}
"""States that there are on arrival only, and what they are for somebody who is there."""
