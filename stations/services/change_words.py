"""Who changed what, in the words that people know: for the terminal and for pages alike."""

from __future__ import annotations

import math
from collections.abc import Mapping

from stations.geo.nearest import straight_line_m
from stations.model.changes import TERMINAL, FieldChange, StationChange
from stations.texts import say, words

UNKNOWN = "–"
_SECTIONS = {"kind": "kind", "entry": "entry", "closed": "closure", "source_datum": "datum"}
_DECIMALS = 6
_POSITION = ("lon", "lat", "source_lon", "source_lat", "source_datum")


def author_words(lang: str, author: str) -> str:
    """Return an author as people read it: ``terminal:wang`` is 终端（wang）."""
    place, _, name = author.partition(":")
    if place != TERMINAL:
        return author
    return say(lang, "listing.terminal_of", name=name) if name else say(lang, "listing.terminal")


def move_words(lang: str, change: StationChange) -> str | None:
    """Return which way and how far the door of a station moves, ``向东移动 499 米``; `None` where it stays."""
    before, after = change.before, change.after
    if before is None or after is None or (before.lon, before.lat) == (after.lon, after.lat):
        return None
    metres = float(straight_line_m(before.lon, before.lat, [after.lon], [after.lat])[0])
    east = (after.lon - before.lon) * math.cos(math.radians(before.lat))
    direction = round(math.degrees(math.atan2(east, after.lat - before.lat)) / 45) % 8
    shown = f"{metres:.0f}" if metres >= 1 else "<1"
    return say(lang, "manage.moved_by", direction=say(lang, f"manage.direction_{direction}"), metres=shown)


def other_fields(change: StationChange) -> tuple[FieldChange, ...]:
    """Return the fields that differ, without the coordinates where `move_words` tells of them."""
    moved = any(one.field in ("lon", "lat") for one in change.fields)
    return tuple(one for one in change.fields if not (moved and one.field in _POSITION))


def value_words(lang: str, field: str, value: object) -> str:
    """Return a value of a field of `Station` in words; what is unknown as a dash.

    Parameters
    ----------
    value
        As the station has it; degrees are shown with six decimals at most.
    """
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return say(lang, "manage.yes" if value else "manage.no")
    if isinstance(value, Mapping):
        return say(lang, "hours.and").join(_service(lang, key, count) for key, count in value.items()) or say(
            lang, "manage.none"
        )
    if field in _SECTIONS:
        return words(lang).get(f"{_SECTIONS[field]}.{value}", str(value))
    if isinstance(value, float):
        return f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
    return str(value)


def _service(lang: str, key: str, count: int | None) -> str:
    name = say(lang, f"service.{key}")
    if count is None:
        return name
    counted = f"counted.{key}" if f"counted.{key}" in words(lang) else "counted.other"
    return say(lang, counted, service=name, count=count)
