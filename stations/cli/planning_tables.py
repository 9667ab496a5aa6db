"""Answers on coverage as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from stations.cli.tables import aligned, measured_words
from stations.model.coverage import (
    CoverageShare,
    GapPlace,
    NotableWeek,
    PlacedUsable,
    Remedy,
    Resilience,
    WeekAnswer,
    WeekRow,
)
from stations.model.keys import Need
from stations.model.queries import CoverageQuery
from stations.model.siting import OptionKind, SitingAnswer, gap_of
from stations.services.demand_here import DemandHere
from stations.services.method_sheet import speed_words
from stations.services.region import Region
from stations.services.remedies import rank_remedies
from stations.services.siting_words import say_hours, say_option
from stations.services.what_if import ScenarioAnswer
from stations.texts import say

MOST_ROWS = 20
MOST_HERE = MOST_REMEDIES = 5
_BARS = "▁▂▃▄▅▆▇█"


def coverage_table(compared: PlacedUsable, region: Region, lang: str) -> str:
    """Return coverage as a table, the whole first, then by township, and the stations between placed and usable."""
    answer, profile = compared.usable, region.profile
    names = ("area", "weight", "covered", "gap", "unknown", "median", "p90", "in5", "in10", "in15")
    rows = [[say(lang, f"cli.column_{name}") for name in names]]
    rows += [_share_row(share, lang) for share in (answer.whole, *answer.townships)]
    head = [_head(answer.query, region, lang), say(lang, "cli.coverage_counted", counted=answer.stations_counted)]
    head += [say(lang, "cli.coverage_unknown", unknown=answer.stations_unknown)] if answer.stations_unknown else []
    lines = [" · ".join(head), *_unknown_words(answer.whole, lang), *aligned(rows)]
    lines.append(
        say(
            lang,
            "coverage.placed_usable",
            placed=_percent(compared.placed.whole.covered_share),
            usable=_percent(answer.whole.covered_share),
        )
    )
    lines += [say(lang, "coverage.saturated")] if answer.whole.saturated else []
    lines += [speed_words(answer.speeds, lang)] if answer.speeds else []
    lost = [
        ["  " + one.name, say(lang, f"coverage.why_{one.why}"), f"{one.weight:,.0f}"]
        for one in compared.stations
        if one.weight
    ]
    lines += [say(lang, "coverage.lost_by_station"), *_cut(lost, lang)] if lost else []
    mode = profile.modes[answer.query.mode]
    lines.append(say(lang, "cli.times_from", measured=measured_words(mode, lang)))
    return _sample(lines, region, lang)


def gap_table(
    unknown: Sequence[GapPlace], gaps: Sequence[GapPlace], query: CoverageQuery, region: Region, lang: str
) -> str:
    """Return the places of unknown state, then the gaps, each with what stands in the way and what would help."""
    lines = [_head(query, region, lang)]
    for key, places in (("unknown_places", unknown), ("gap_places", gaps)):
        total = sum(place.weight for place in places)
        lines += ["", say(lang, f"gap.{key}", count=len(places), weight=f"{total:,.0f}")]
        lines += _cut([_gap_row(place, lang) for place in places], lang)
    remedies = rank_remedies(query, region, gaps)[:MOST_REMEDIES]
    lines += ["", say(lang, "planner.remedies")] if remedies else []
    for one in remedies:
        shared = f" {say(lang, 'planner.remedy_places', count=one.places)}" if one.places > 1 else ""
        lines.append(f"  {remedy_words(one.remedy, lang)}{shared}")
    return _sample(lines, region, lang)


def week_table(answer: WeekAnswer, weeks: Iterable[NotableWeek], region: Region, lang: str) -> str:
    """Return a strip of 168 hours for each row, by the eighth of all demand that is covered, and the days of note."""
    query = replace(answer.query, services=(), needs=())
    head = _head(query, region, lang, when=say(lang, "week.hours"))
    lines = [head, say(lang, "week.head", monday=answer.monday.isoformat())]
    for note in answer.notes:
        festival = say(lang, f"hours.festival_{note.festival}") if note.festival else ""
        lines.append(f"  {note.day.isoformat()} {say(lang, f'week.kind_{note.kind}', festival=festival)}")
    days = " ".join(f"{say(lang, f'hours.day_{day}'):<24}" for day in range(7))
    strips = [["", days], *([_row_name(row, lang), _strip(row)] for row in answer.rows)]
    lines += aligned(strips)
    lines += ["", say(lang, "week.others")]
    for week in weeks:
        festival = say(lang, f"hours.festival_{week.festival or 'other'}")
        lines.append(f"  {week.monday.isoformat()} {say(lang, f'week.kind_{week.kind}', festival=festival)}")
    return _sample(lines, region, lang)


def resilience_table(answer: Resilience, region: Region, lang: str) -> str:
    """Return what is covered twice, the stations whose loss costs most, and those that nobody would miss."""
    share = _percent(answer.covered_twice_share)
    lines = [_head(answer.query, region, lang), say(lang, "coverage.twice", share=share)]
    if answer.losses:
        lines.append(say(lang, "coverage.losses"))
        lines += _cut([[f"  {one.name}", f"{one.weight_lost:,.0f}"] for one in answer.losses], lang)
    missed = answer.missed_by_nobody
    lines.append(say(lang, "coverage.missed_by_nobody", count=len(missed), listed=", ".join(missed[:MOST_ROWS]) or "–"))
    return _sample(lines, region, lang)


def siting_table(answer: SitingAnswer, region: Region, lang: str) -> str:
    """Return what is suggested, what adds most first, and what all of it does together."""
    query = answer.query
    lines = [_head(query.coverage, region, lang)]
    budget = f"{query.most_cost:g}"
    lines.append(say(lang, f"siting.goal_{query.goal}", budget=budget, share=f"{query.target_share:.1%}"))
    if query.hours and query.week:
        hours = {"count": answer.hour_count, "hours": say_hours(query.hours, lang)}
        lines.append(say(lang, "siting.hours_counted", week=query.week.isoformat(), **hours))
    if answer.off_network:
        lines.append(f"{say(lang, 'coverage.off_network')}: {answer.off_network:,.0f}")
    lines += _option_words(answer, lang)
    lines += aligned(_siting_rows(answer, region, lang)) if answer.suggestions else [say(lang, "siting.nothing")]
    if answer.suggestions:
        lines.append(say(lang, "siting.spent", cost=f"{answer.cost:g}", budget=budget))
    shares = {"before": _percent(answer.share_before), "after": _percent(answer.share_after)}
    lines.append(say(lang, "siting.covered", **shares))
    if answer.mean_s_before is not None and answer.mean_s_after is not None:
        means = {"before": f"{answer.mean_s_before / 60:.1f}", "after": f"{answer.mean_s_after / 60:.1f}"}
        lines.append(say(lang, "siting.mean", **means, at_limit=f"{answer.at_limit:,.0f}"))
    if query.floor and answer.townships:
        lowest = min(answer.townships, key=lambda one: one.after)
        shares = {"floor": f"{query.floor:.1%}", "share": f"{lowest.after:.1%}"}
        lines.append(say(lang, "siting.floor_held", township=lowest.name, **shares))
    lines.append(_proof_words(answer, lang))
    return _sample(lines, region, lang)


def _option_words(answer: SitingAnswer, lang: str) -> list[str]:
    lines = []
    if OptionKind.SITES in answer.query.options:
        lines.append(say(lang, "siting.candidates", count=answer.candidates, off=answer.candidates_off))
    if set(answer.query.options) - {OptionKind.SITES}:
        lines.append(say(lang, "siting.changes", count=answer.changes))
    return lines


def _siting_rows(answer: SitingAnswer, region: Region, lang: str) -> list[list[str]]:
    by_hours = ["hours"] if answer.hour_count > 1 else []
    columns = ("rank", "site", "what", "covered", *by_hours, "saved", "cost", "relieves", "next")
    rows = [[say(lang, f"siting.column_{name}") for name in columns]]
    for rank, one in enumerate(answer.suggestions, start=1):
        site = " ".join([one.option.township or "", one.option.name]).strip()
        hours = [f"{one.covered_hours:,.0f}"] if by_hours else []
        relieved = ", ".join(region.station(key).name for key in one.relieves) or "–"
        other = f"{one.next_best.name} ({say_option(one.next_best, lang)})" if one.next_best else "–"
        numbers = [f"{one.covered:,.0f}", *hours, f"{one.saved_s / 3600:,.0f}", f"{one.option.cost:g}"]
        rows.append([str(rank), site, say_option(one.option, lang), *numbers, relieved, other])
    return rows


def _proof_words(answer: SitingAnswer, lang: str) -> str:
    if answer.bound is None:
        return say(lang, "siting.unproven")
    gap = gap_of(answer.value, answer.bound)
    return say(lang, "siting.proven" if answer.proven else "siting.within", gap=f"{gap:.2%}")


def _head(query: CoverageQuery, region: Region, lang: str, *, when: str = "") -> str:
    at = query.when.isoformat(timespec="minutes") if query.when else say(lang, "cli.any_hour")
    words = say(
        lang,
        "cli.coverage_head",
        region=region.profile.names[lang],
        mode=say(lang, f"mode.{query.mode}"),
        speed=f"{region.profile.modes[query.mode].speed_kmh:g}",
        minutes=f"{query.minutes:g}",
        when=when or at,
    )
    asked = [say(lang, f"need.{one}") for one in query.needs] + [say(lang, f"service.{one}") for one in query.services]
    asked += [say(lang, "coverage.no_registration")] if query.no_registration else []
    layer = region.layer(query.layer) if region.layers else None
    unit = [layer.unit[lang]] if layer and layer.unit.get(lang) else []
    return " · ".join([words, *asked, *unit])


def _unknown_words(whole: CoverageShare, lang: str) -> list[str]:
    """Return of how much demand nothing is known, and why, ahead of everything else."""
    lines = []
    if whole.off_network:
        lines.append(f"{say(lang, 'coverage.off_network')}: {whole.off_network:,.0f}")
    if whole.unknown > whole.off_network:
        lines.append(f"{say(lang, 'coverage.by_unknown')}: {whole.unknown - whole.off_network:,.0f}")
    return lines


def _gap_row(place: GapPlace, lang: str) -> list[str]:
    name = say(lang, "gap.and_others", name=place.name, count=place.others + 1) if place.others else place.name
    nearest = place.nearest_name or "–"
    why = say(lang, f"gap.why_{place.why}")
    return [
        f"  {name}",
        place.township or "–",
        f"{place.weight:,.0f}",
        nearest,
        _minutes(place.nearest_min),
        why,
        remedy_words(place.remedy, lang),
    ]


def remedy_words(remedy: Remedy, lang: str) -> str:
    """Return what would help, in words."""
    key = "verify_several" if remedy.key == "verify" and remedy.station_id is None else remedy.key
    changes = say(lang, "hours.and").join(say(lang, f"gap.change_{change}") for change in remedy.changes)
    weight = "–" if remedy.weight is None else f"{remedy.weight:,.0f}"
    return say(lang, f"gap.remedy_{key}", station=remedy.station_name, changes=changes, weight=weight)


def _row_name(row: WeekRow, lang: str) -> str:
    if row.key is None:
        return say(lang, "week.any_station")
    return say(lang, f"{'need' if isinstance(row.key, Need) else 'service'}.{row.key}")


def _strip(row: WeekRow) -> str:
    marks = ["?" if share is None else _BARS[min(7, int(share * 8))] if share else "·" for share in row.shares]
    return " ".join("".join(marks[24 * day : 24 * day + 24]) for day in range(7))


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


def _cut(rows: Sequence[Sequence[str]], lang: str) -> list[str]:
    more = [f"  {say(lang, 'cli.more_problems', count=len(rows) - MOST_ROWS)}"] if len(rows) > MOST_ROWS else []
    return [*aligned(rows[:MOST_ROWS]), *more]


def _sample(lines: list[str], region: Region, lang: str) -> str:
    return "\n".join([say(lang, "cli.sample"), *lines] if region.profile.sample else lines)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _minutes(minutes: float | None) -> str:
    return "–" if minutes is None else f"{minutes:.1f}"


def what_if_table(
    query: CoverageQuery, answer: ScenarioAnswer, changes: Sequence[str], region: Region, lang: str
) -> str:
    """Return what is changed, coverage before and after, and the catchment of the last new site."""
    shares = {"before": _percent(answer.share_before), "after": _percent(answer.share_after)}
    moved = {"gained": f"{answer.gained:,.0f}", "lost": f"{answer.lost:,.0f}"}
    lines = [_head(query, region, lang), *(f"  {line}" for line in changes), say(lang, "siting.covered", **shares)]
    lines.append(say(lang, "changes.moved", unknown=_percent(answer.unknown_share_after), **moved))
    if answer.candidate is not None:
        area, within = answer.candidate.catchment.area_km2, answer.candidate.weight_within
        lines.append(say(lang, "changes.catchment", area=f"{area:.2f}", weight=f"{within:,.0f}"))
    return _sample(lines, region, lang)


def demand_here_table(query: CoverageQuery, found: DemandHere | None, region: Region, lang: str) -> str:
    """Return the demand near a spot by state, its names, and how far its station is."""
    lines = [_head(query, region, lang)]
    if found is None:
        return _sample([*lines, say(lang, "planner.here_nothing")], region, lang)
    names = [name for name in found.names if name]
    lines.append(f"{' · '.join(names[:MOST_HERE])}{' …' if len(names) > MOST_HERE else ''} {found.weight:,.0f}")
    lines += [f"  {say(lang, f'page.demand_{key}')} {weight:,.0f}" for key, weight in found.by_state.items() if weight]
    if found.minutes is None:
        lines.append(say(lang, "planner.here_none"))
    else:
        lines.append(f"{say(lang, 'planner.here_nearest', minutes=_minutes(found.minutes))} {found.station_name}")
    return _sample(lines, region, lang)
