"""The brief on coverage that goes to a meeting: three sentences, map, table, method and date, on one page."""

from __future__ import annotations

from datetime import datetime

from stations.errors import UnknownThingError
from stations.maps.brief_docx import BriefWords, write_docx
from stations.maps.sheets.brief import draw_brief, draw_picture
from stations.maps.sheets.coverage import TABLE_COLUMNS, CoverageContent, share_cells
from stations.maps.typeset import compile_pdf, compile_png
from stations.model.coverage import CoverageShare
from stations.model.paper import read_paper
from stations.model.queries import CoverageQuery
from stations.services.gap_places import rank_gaps
from stations.services.region import Region
from stations.services.resilience import measure_resilience
from stations.services.sheets import COVERAGE, SheetQuery, gather_coverage
from stations.texts import say

FORMATS = ("pdf", "docx")
_PICTURE_PPI = 200.0


def write_brief(query: CoverageQuery, region: Region, *, when: datetime, form: str, lang: str = "zh") -> bytes:
    """Return the brief of a question as PDF or as a text document (.docx).

    Parameters
    ----------
    when
        The moment at hand, with its time zone.
    form
        One of `FORMATS`.

    Raises
    ------
    UnknownThingError
        There is no such format, or no such layer of demand.
    InputError
        The region has no demand, or the cutoff goes beyond what the table holds.
    """
    if form not in FORMATS:
        raise UnknownThingError("brief.format_unknown", value=form[:40], allowed=", ".join(FORMATS))
    asked = SheetQuery(COVERAGE, read_paper("A4"), lang=lang, coverage=query)
    content = gather_coverage(asked, region, when=when, public_url="")
    title = say(lang, "brief.title", region=region.profile.names[lang])
    sentences = three_sentences(query, region, content.whole, lang=lang)
    if form == "pdf":
        document = draw_brief(content, sentences, title, read_paper("A4")).document()
        return compile_pdf(document.source, files=document.files, when=document.when)
    return write_docx(_words(content, sentences, title), _picture(content))


def three_sentences(query: CoverageQuery, region: Region, whole: CoverageShare, *, lang: str) -> tuple[str, str, str]:
    """Return how much is covered, the largest gap with what would help, and how much hangs on one station."""
    counts = region.layer(query.layer).unit.get(lang, "")
    covered = say(
        lang,
        "brief.covered",
        mode=say(lang, f"mode.{query.mode}"),
        minutes=f"{query.minutes:g}",
        counts=counts,
        weight=f"{whole.weight:,.0f}",
        covered=_percent(whole.covered_share),
        gap=_percent(whole.gap_share),
        unknown=_percent(whole.unknown_share),
    )
    return covered, _gap_sentence(query, region, lang), _loss_sentence(query, region, lang)


def _gap_sentence(query: CoverageQuery, region: Region, lang: str) -> str:
    gaps = rank_gaps(query, region)
    if not gaps:
        return say(lang, "brief.gap_none")
    place, help_ = gaps[0], gaps[0].remedy
    changes = help_.changes or (help_.key,)
    remedy = say(lang, "print.and").join(say(lang, f"export.remedy_{one}") for one in changes)
    if help_.station_name:
        remedy = say(lang, "brief.at_station", station=help_.station_name, remedy=remedy)
    why = say(lang, f"gap.why_{place.why}")
    return say(lang, "brief.gap", name=place.name, weight=f"{place.weight:,.0f}", why=why, remedy=remedy)


def _loss_sentence(query: CoverageQuery, region: Region, lang: str) -> str:
    answer = measure_resilience(query, region)
    twice = _percent(answer.covered_twice_share)
    if not answer.losses:
        return say(lang, "brief.loss_none", twice=twice)
    worst = answer.losses[0]
    return say(lang, "brief.loss", twice=twice, station=worst.name, weight=f"{worst.weight_lost:,.0f}")


def _words(content: CoverageContent, sentences: tuple[str, ...], title: str) -> BriefWords:
    facts = content.facts
    lang = facts.lang
    heading = ("", *(say(lang, f"sheet.column_{name}") for name in TABLE_COLUMNS))
    shares = (*content.townships, content.whole)
    rows = [(one.area or say(lang, "sheet.whole_region"), *share_cells(one)) for one in shares]
    sample = (say(lang, "sheet.sample_note"),) if facts.sample else ()
    return BriefWords(
        title=title,
        question=f"{content.subtitle} · " + say(lang, "brief.made_at", date=facts.when.isoformat()),
        sentences=sentences,
        table=(heading, *rows),
        method_title=say(lang, "sheet.method"),
        method=(*sample, *content.method, say(lang, "sheet.source", source=facts.roads_source or "–")),
    )


def _picture(content: CoverageContent) -> bytes:
    document = draw_picture(content, read_paper("A5")).document()
    return compile_png(document.source, files=document.files, when=document.when, ppi=_PICTURE_PPI)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
