"""What the brief says in three sentences: how much is covered, what is missing, and the cheapest thing that helps."""

from __future__ import annotations

from collections.abc import Sequence

from stations.errors import InputError
from stations.model.coverage import CoverageShare, GapPlace, PlacedUsable, Remedy
from stations.model.queries import CoverageQuery
from stations.model.siting import SitingQuery
from stations.services.gap_places import rank_gaps, rank_unknown, sum_remedies
from stations.services.region import Region
from stations.services.remedies import rank_remedies
from stations.services.resilience import measure_resilience
from stations.services.siting import suggest_sites
from stations.texts import say


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
        parts.append(_change_words(query, region, gaps, whole, lang))
        parts += _site_words(query, region, whole, lang)
    return say(lang, "brief.join").join(parts) + say(lang, "brief.stop")


def _verify_words(remedy: Remedy, lang: str) -> str:
    return say(lang, "brief.verify", station=remedy.station_name, weight=f"{remedy.weight or 0:,.0f}")


def _change_words(
    query: CoverageQuery, region: Region, gaps: Sequence[GapPlace], whole: CoverageShare, lang: str
) -> str:
    ranked = rank_remedies(query, region, gaps)
    if not ranked:
        return say(lang, "brief.no_change")
    remedy = ranked[0].remedy
    gained = remedy.weight or 0.0
    return say(
        lang,
        "brief.change",
        station=remedy.station_name,
        changes=say(lang, "hours.and").join(say(lang, f"export.remedy_{one}") for one in remedy.changes),
        weight=f"{gained:,.0f}",
        before=_percent(whole.covered_share),
        after=_percent((whole.covered + gained) / whole.weight),
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


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _minutes(minutes: float | None) -> str:
    return "–" if minutes is None else f"{minutes:.0f}"
