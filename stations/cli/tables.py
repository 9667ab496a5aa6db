"""Answers as text for a terminal."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from stations.maps.style import arrival_words
from stations.model.answers import FoundStation, Instead, NearestAnswer
from stations.model.keys import ArrivalState
from stations.model.region import ModeProfile, RegionProfile
from stations.model.trips import FEWEST_TRIPS, Calibration, ComparedTrip, ModeCalibration, RefusedTrip
from stations.texts import say


def nearest_table(answer: NearestAnswer, profile: RegionProfile, lang: str) -> str:
    """Return the rider's list as lines: minutes, state, name, kind, services."""
    lines = [_heading(answer, profile, lang)]
    if answer.origin_snap_m is None:
        lines.append(say(lang, "cli.origin_off", limit=round(profile.snap_limit_m)))
    elif not answer.origin_on_main:
        lines.append(say(lang, "cli.origin_island"))
    if not answer.found:
        lines.append(say(lang, "cli.nothing_found"))
    lines += aligned([_nearest_row(item, answer.query.when, lang) for item in answer.found])
    if answer.instead is not None:
        lines += _instead_lines(answer.instead, answer.query.when, lang)
    return "\n".join(lines)


def _instead_lines(instead: Instead, when: datetime, lang: str) -> list[str]:
    """Return what there is in place of a station that can be used, each under its own heading."""
    groups = (
        ("page.next_to_open", [instead.next_to_open]),
        ("page.nearest_open", [instead.nearest_open]),
        ("page.public", instead.public),
    )
    lines = []
    for key, found in groups:
        rows = [_nearest_row(item, when, lang) for item in found if item is not None]
        lines += ["", say(lang, key), *aligned(rows)] if rows else []
    return lines


def calibration_table(answer: Calibration, profile: RegionProfile, lang: str, *, file: str) -> str:
    """Return the table against timed trips: by mode, the trips furthest off, and those that were left out."""
    compared = sum(mode.trips for mode in answer.modes)
    head = say(
        lang,
        "trips.head",
        region=profile.names[lang],
        file=file,
        count=compared + len(answer.refused),
        compared=compared,
    )
    rows = [_trip_columns(("mode", "trips", "bias", "error", "set", "fitted"), lang)]
    rows += [_mode_row(mode, profile.modes[mode.mode], lang) for mode in answer.modes]
    lines = [say(lang, "cli.sample")] if profile.sample else []
    lines += [head, *aligned(rows)]
    for mode in answer.modes:
        if mode.worst:
            worst = [_trip_columns(("row", "station", "observed", "computed", "bias", "date", "note"), lang)]
            worst += [_worst_row(compared_trip) for compared_trip in mode.worst]
            lines += ["", say(lang, "trips.worst", mode=say(lang, f"mode.{mode.mode}")), *aligned(worst)]
    if answer.refused:
        left_out = [_trip_columns(("row", "station", "mode", "reason"), lang)]
        left_out += [_left_out_row(refused, profile, lang) for refused in answer.refused]
        lines += ["", say(lang, "trips.left_out", count=len(answer.refused)), *aligned(left_out)]
    return "\n".join([*lines, "", say(lang, "trips.check_only")])


def _heading(answer: NearestAnswer, profile: RegionProfile, lang: str) -> str:
    query = answer.query
    line = say(
        lang,
        "cli.nearest_head",
        region=profile.names[lang],
        mode=say(lang, f"mode.{query.mode}"),
        speed=f"{profile.modes[query.mode].speed_kmh:g}",
        when=query.when.isoformat(sep=" ", timespec="minutes"),
        measured=measured_words(profile.modes[query.mode], lang),
    )
    return f"{say(lang, 'cli.sample')}\n{line}" if profile.sample else line


def measured_words(mode: ModeProfile, lang: str) -> str:
    """Return how the times of a mode were checked on the ground, or that they were not."""
    return say(lang, "trips.measured", text=mode.measured) if mode.measured else say(lang, "trips.not_measured")


def _nearest_row(item: FoundStation, when: datetime, lang: str) -> list[str]:
    station = item.station
    if item.travel_s is None:
        minutes = say(lang, "cli.straight_line", km=f"{item.straight_line_m / 1000:.1f}")
        state = say(lang, f"reason.{item.travel_reason}")
        if item.at_departure:
            state = f"{arrival_words(lang, item.arrival, travel_s=None, when=when, at='leaving')} · {state}"
    else:
        gate = say(lang, "cli.to_gate") if item.to_gate else ""
        minutes = say(lang, "cli.minutes", minutes=math.ceil(item.travel_s / 60)) + gate
        state = _state(item, lang)
    services = " ".join(
        say(lang, f"service.{key}") + (f" {count}" if count is not None else "")
        for key, count in station.services.items()
    )
    name = station.name if not item.reported_locked else f"{station.name} ({say(lang, 'state.locked')})"
    cells = [minutes, state, station.station_id, name, say(lang, f"kind.{station.kind}"), services]
    return cells[:2] + _time_words(item, lang) + cells[2:]


def _time_words(item: FoundStation, lang: str) -> list[str]:
    """Return how long one can stay, and how far out of the way it is, where that was asked for."""
    cells = []
    home_s = item.return_s if item.onward_s is None else item.onward_s
    if item.spare_s is not None and item.travel_s is not None and home_s is not None:
        key = "page.spare" if item.onward_s is None else "page.spare_next"
        cells.append(say(lang, key, minutes=math.ceil((item.travel_s + home_s) / 60), spare=item.spare_s // 60))
    if item.detour_s is not None:
        cells.append(say(lang, "page.detour", minutes=math.ceil(item.detour_s / 60)))
    return cells


def _state(item: FoundStation, lang: str) -> str:
    arrival = item.arrival
    if arrival.state == ArrivalState.OPEN:
        if arrival.open_until is None:
            return say(lang, "cli.open_always")
        return say(lang, "cli.open_until", until=f"{arrival.open_until:%H:%M}")
    if arrival.opens_at is not None:
        return say(lang, "cli.opens_at", state=say(lang, f"cli.{arrival.state}"), at=f"{arrival.opens_at:%m-%d %H:%M}")
    return say(lang, f"cli.{arrival.state}")


def _trip_columns(names: Sequence[str], lang: str) -> list[str]:
    return [say(lang, f"trips.column_{name}") for name in names]


def _mode_row(found: ModeCalibration, profile: ModeProfile, lang: str) -> list[str]:
    speed = say(lang, "trips.speed", speed=f"{profile.speed_kmh:g}")
    factor = say(lang, "trips.traffic_factor", factor=f"{profile.traffic_factor:g}")
    set_now = factor if profile.by_road else speed
    if found.bias_min is None or found.mean_error_min is None:
        return [say(lang, f"mode.{found.mode}"), "0", "–", "–", set_now, measured_words(profile, lang)]
    if found.fitted_speed_kmh is not None:
        fitted = say(lang, "trips.speed", speed=f"{found.fitted_speed_kmh:.1f}")
    elif found.fitted_traffic_factor is not None:
        fitted = say(lang, "trips.traffic_factor", factor=f"{found.fitted_traffic_factor:.2f}")
    elif found.trips < FEWEST_TRIPS:
        fitted = say(lang, "trips.fit_too_few", least=FEWEST_TRIPS)
    else:
        fitted = say(lang, "trips.fit_unknown")
    errors = [f"{found.bias_min:+.1f}", f"{found.mean_error_min:.1f}"]
    return [say(lang, f"mode.{found.mode}"), str(found.trips), *errors, set_now, fitted]


def _worst_row(found: ComparedTrip) -> list[str]:
    trip = found.trip
    minutes = [f"{trip.minutes:.1f}", f"{found.computed_min:.1f}", f"{found.error_min:+.1f}"]
    return [str(trip.row), trip.station_id, *minutes, trip.made_on.isoformat() if trip.made_on else "–", trip.note]


def _left_out_row(found: RefusedTrip, profile: RegionProfile, lang: str) -> list[str]:
    mode = profile.modes.get(found.trip.mode)
    reason = say(
        lang,
        f"trips.{found.reason}",
        limit=round(profile.snap_limit_m),
        minutes=mode.limit_min if mode else "",
    )
    return [str(found.trip.row), found.trip.station_id, say(lang, f"mode.{found.trip.mode}"), reason]


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines whose columns stand under one another; a Chinese character is two wide."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)] if rows else []
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
