"""What the brief says in three sentences: how much is covered, what is missing, and the cheapest thing that helps."""

from __future__ import annotations

from collections.abc import Sequence

from stations.errors import InputError
from stations.model.coverage import CoverageShare, GapPlace, PlacedUsable, Remedy
from stations.model.keys import ANSWERS, ServiceKey
from stations.model.queries import CoverageQuery
from stations.model.scenarios import Scenario
from stations.model.siting import SitingQuery
from stations.services.gap_places import EFFORT, rank_gaps, rank_unknown, sum_remedies
from stations.services.region import Region
from stations.services.resilience import measure_resilience
from stations.services.siting import suggest_sites
from stations.services.what_if import ScenarioAnswer, try_scenario
from stations.texts import say

REMEDIES_TRIED = 5
"""Remedies are tried in the order of what they are known to serve for their effort; the gain told is the whole one."""


def three_sentences(query: CoverageQuery, region: Region, compared: PlacedUsable, *, lang: str) -> tuple[str, str, str]:
    """Return what is covered, in use and on paper; the largest gap and loss; what helps, with its gain.

    Raises
    ------
    InputError
        The cutoff goes beyond what the table holds.
    UnknownThingError
        The region has no such layer of demand.
    """
    gaps = rank_gaps(query, region)
    covered = _covered_sentence(query, region, compared, lang)
    return covered, _missing_sentence(query, region, gaps, lang), _help_sentence(query, region, gaps, compared, lang)


def _covered_sentence(query: CoverageQuery, region: Region, compared: PlacedUsable, lang: str) -> str:
    whole, placed = compared.usable.whole, compared.placed.whole
    sentence = say(
        lang,
        "brief.covered",
        mode=say(lang, f"mode.{query.mode}"),
        minutes=f"{query.minutes:g}",
        counts=region.layer(query.layer).unit.get(lang, ""),
        weight=f"{whole.weight:,.0f}",
        covered=_percent(whole.covered_share),
        gap=_percent(whole.gap_share),
        gap_weight=f"{whole.gap:,.0f}",
        unknown=_percent(whole.unknown_share),
    )
    if placed.covered != whole.covered:
        sentence += say(lang, "brief.placed", placed=_percent(placed.covered_share))
    if whole.saturated:
        sentence += say(lang, "brief.saturated", median=_minutes(whole.median_min), p90=_minutes(whole.p90_min))
    return sentence


def _missing_sentence(query: CoverageQuery, region: Region, gaps: Sequence[GapPlace], lang: str) -> str:
    missing = say(lang, "brief.gap_none")
    if gaps:
        place = gaps[0]
        why, weight = say(lang, f"gap.why_{place.why}"), f"{place.weight:,.0f}"
        missing = say(lang, "brief.gap", count=len(gaps), name=place.name, weight=weight, why=why)
    answer = measure_resilience(query, region)
    if not answer.covered:
        return missing + say(lang, "brief.nothing_usable")
    twice = _percent(answer.covered_twice_share)
    if not answer.losses:
        return missing + say(lang, "brief.loss_none", twice=twice)
    worst = answer.losses[0]
    return missing + say(lang, "brief.loss", twice=twice, station=worst.name, weight=f"{worst.weight_lost:,.0f}")


def _help_sentence(
    query: CoverageQuery, region: Region, gaps: Sequence[GapPlace], compared: PlacedUsable, lang: str
) -> str:
    """Return the change at a station that gains most for its effort, beside the best new site.

    Where more is unknown than is a gap, the station to be verified first stands before them.
    """
    whole = compared.usable.whole
    doubtful = sum_remedies(rank_unknown(query, region)) if whole.unknown > whole.gap else ()
    if not (gaps or doubtful):
        return say(lang, "brief.nothing_missing")
    parts = [_verify_words(doubtful[0].remedy, lang)] if doubtful else []
    if gaps:
        parts.append(_change_words(query, region, gaps, lang))
        parts += _site_words(query, region, whole, lang)
    return say(lang, "brief.join").join(parts) + say(lang, "brief.stop")


def _verify_words(remedy: Remedy, lang: str) -> str:
    return say(lang, "brief.verify", station=remedy.station_name, weight=f"{remedy.weight or 0:,.0f}")


def _change_words(query: CoverageQuery, region: Region, gaps: Sequence[GapPlace], lang: str) -> str:
    best = _best_change(query, region, gaps)
    if best is None:
        return say(lang, "brief.no_change")
    remedy, gain = best
    return say(
        lang,
        "brief.change",
        station=remedy.station_name,
        changes=say(lang, "hours.and").join(say(lang, f"export.remedy_{one}") for one in remedy.changes),
        weight=f"{gain.gained:,.0f}",
        before=_percent(gain.share_before),
        after=_percent(gain.share_after),
    )


def _site_words(query: CoverageQuery, region: Region, whole: CoverageShare, lang: str) -> list[str]:
    """Return the one new site at a named place that newly covers most; nothing where none could be weighed."""
    try:
        found = suggest_sites(SitingQuery(query, new=1), region).suggestions
    except InputError:  # no place where one could be, or too many of them
        return []
    if not found or not found[0].covered:
        return [say(lang, "brief.no_site")]
    site, gained = found[0].option.name, found[0].covered
    after = _percent((whole.covered + gained) / whole.weight)
    return [say(lang, "brief.site", site=site, weight=f"{gained:,.0f}", after=after)]


def _best_change(
    query: CoverageQuery, region: Region, gaps: Sequence[GapPlace]
) -> tuple[Remedy, ScenarioAnswer] | None:
    """Return the remedy at a station that newly covers most for its effort, tried out; `None` where none does."""
    remedies = [one.remedy for one in sum_remedies(gaps) if one.remedy.changes]
    first = sorted(remedies, key=lambda one: -(one.weight or 0.0) / _effort(one))[:REMEDIES_TRIED]
    tried = [(one, try_scenario(query, _changes(one, query), region)) for one in first]
    return max((one for one in tried if one[1].gained), key=lambda one: one[1].gained / _effort(one[0]), default=None)


def _changes(remedy: Remedy, query: CoverageQuery) -> Scenario:
    """Return what a remedy changes: of several services that answer a need, the first one is added."""
    station_id, order = remedy.station_id or "", list(ServiceKey)
    wanted = [*query.services, *(min(ANSWERS[need], key=order.index) for need in query.needs)]
    return Scenario(
        hours=((station_id, "24/7"),) if "hours" in remedy.changes else (),
        services=tuple((station_id, key) for key in wanted) if "service" in remedy.changes else (),
        no_registration=(station_id,) if "registration" in remedy.changes else (),
    )


def _effort(remedy: Remedy) -> int:
    return sum(EFFORT[change] for change in remedy.changes)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _minutes(minutes: float | None) -> str:
    return "–" if minutes is None else f"{minutes:.0f}"
