"""Answers as text for a terminal."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from stations.model.answers import CoverageAnswer, CoverageShare, FoundStation, NearestAnswer
from stations.model.keys import ArrivalState
from stations.model.region import RegionProfile
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
    rows = [_nearest_row(item, lang) for item in answer.found]
    return "\n".join([*lines, *_aligned(rows)])


def coverage_table(answer: CoverageAnswer, profile: RegionProfile, lang: str) -> str:
    """Return coverage as a table, the whole first, then by township."""
    query = answer.query
    head = say(
        lang,
        "cli.coverage_head",
        region=profile.names[lang],
        mode=say(lang, f"mode.{query.mode}"),
        speed=f"{profile.modes[query.mode].speed_kmh:g}",
        minutes=f"{query.minutes:g}",
        when=query.when.isoformat(timespec="minutes") if query.when else say(lang, "cli.any_hour"),
        counted=answer.stations_counted,
        unknown=answer.stations_unknown,
    )
    names = ("area", "weight", "covered", "gap", "unknown", "median", "p90", "in5", "in10", "in15")
    rows = [[say(lang, f"cli.column_{name}") for name in names]]
    rows += [_share_row(share, lang) for share in (answer.whole, *answer.townships)]
    sample = [say(lang, "cli.sample")] if profile.sample else []
    return "\n".join([*sample, head, *_aligned(rows), say(lang, "cli.not_measured")])


def _heading(answer: NearestAnswer, profile: RegionProfile, lang: str) -> str:
    query = answer.query
    line = say(
        lang,
        "cli.nearest_head",
        region=profile.names[lang],
        mode=say(lang, f"mode.{query.mode}"),
        speed=f"{profile.modes[query.mode].speed_kmh:g}",
        when=query.when.isoformat(sep=" ", timespec="minutes"),
    )
    return f"{say(lang, 'cli.sample')}\n{line}" if profile.sample else line


def _nearest_row(item: FoundStation, lang: str) -> list[str]:
    station = item.station
    if item.travel_s is None:
        minutes = say(lang, "cli.straight_line", km=f"{item.straight_line_m / 1000:.1f}")
        state = say(lang, f"reason.{item.travel_reason}")
    else:
        gate = say(lang, "cli.to_gate") if item.to_gate else ""
        minutes = say(lang, "cli.minutes", minutes=math.ceil(item.travel_s / 60)) + gate
        state = _state(item, lang)
    services = " ".join(
        say(lang, f"service.{key}") + (f" {count}" if count is not None else "")
        for key, count in station.services.items()
    )
    return [minutes, state, station.station_id, station.name, say(lang, f"kind.{station.kind}"), services]


def _state(item: FoundStation, lang: str) -> str:
    arrival = item.arrival
    if arrival.state == ArrivalState.OPEN:
        if arrival.open_until is None:
            return say(lang, "cli.open_always")
        return say(lang, "cli.open_until", until=f"{arrival.open_until:%H:%M}")
    if arrival.opens_at is not None:
        return say(lang, "cli.opens_at", state=say(lang, f"cli.{arrival.state}"), at=f"{arrival.opens_at:%m-%d %H:%M}")
    return say(lang, f"cli.{arrival.state}")


def _share_row(share: CoverageShare, lang: str) -> list[str]:
    return [
        share.area or say(lang, "cli.whole"),
        f"{share.weight:,.0f}",
        _percent(share.covered_share),
        _percent(share.gap_share),
        _percent(share.unknown_share),
        _minutes(share.median_min),
        _minutes(share.p90_min),
        *(_percent(share.share_within.get(minutes)) for minutes in (5, 10, 15)),
    ]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _minutes(minutes: float | None) -> str:
    return "–" if minutes is None else f"{minutes:.1f}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines whose columns stand under one another; a Chinese character is two wide."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)] if rows else []
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
