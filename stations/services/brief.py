"""The brief on coverage that goes to a meeting: three sentences, map, table, method and date, on one page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from stations.errors import UnknownThingError
from stations.maps.brief_docx import PICTURE_MM, BriefWords, write_docx
from stations.maps.sheets.brief import draw_brief, draw_picture
from stations.maps.sheets.coverage import TABLE_COLUMNS, CoverageContent, share_cells
from stations.maps.sheets.furniture import foot_words
from stations.maps.typeset import compile_pdf, compile_png
from stations.model.paper import read_paper
from stations.model.queries import CoverageQuery
from stations.services.brief_sentences import three_sentences
from stations.services.coverage import compare_placed_and_usable
from stations.services.method_sheet import speed_words
from stations.services.region import Region
from stations.services.sheets import COVERAGE, SheetQuery, gather_coverage
from stations.texts import say

FORMATS = ("pdf", "docx")
_PICTURE_PPI = 200.0
MOST_ROWS = 14
"""Townships that a text document has room for; those with the largest gaps are told."""


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
    compared = compare_placed_and_usable(query, region)
    sentences = three_sentences(query, region, compared, lang=lang)
    if compared.usable.speeds:
        content = replace(content, method=(*content.method, speed_words(compared.usable.speeds, lang)))
    if form == "pdf":
        document = draw_brief(content, sentences, title, read_paper("A4")).document()
        return compile_pdf(document.source, files=document.files, when=document.when)
    return write_docx(_words(content, sentences, title), lambda height_mm: _picture(content, height_mm))


def _words(content: CoverageContent, sentences: tuple[str, ...], title: str) -> BriefWords:
    facts = content.facts
    lang = facts.lang
    heading = ("", *(say(lang, f"sheet.column_{name}") for name in TABLE_COLUMNS))
    widest = sorted(content.townships, key=lambda one: -one.gap)[:MOST_ROWS]
    shares = [one for one in content.townships if one in widest]
    rows = [(one.area or say(lang, "sheet.whole_region"), *share_cells(one)) for one in (*shares, content.whole)]
    left = len(content.townships) - len(shares)
    marked = say(lang, "brief.sample", title=title) if facts.sample else title
    return BriefWords(
        title=marked,
        question=f"{content.subtitle} · " + say(lang, "brief.made_at", date=facts.when.isoformat()),
        sentences=sentences,
        table=(heading, *rows),
        table_note=" · ".join(
            [
                say(lang, "sheet.column_note", counts=content.counts),
                *([say(lang, "brief.rows_left", count=left)] if left else []),
            ]
        ),
        author=facts.issuer or facts.region,
        made_on=facts.when,
        picture_words=say(lang, "brief.map"),
        method_title=say(lang, "sheet.method"),
        method=(*content.method, *foot_words(facts)),
    )


def _picture(content: CoverageContent, height_mm: float) -> bytes:
    document = draw_picture(content, width_mm=PICTURE_MM, height_mm=height_mm, on=read_paper("A4")).document()
    return compile_png(document.source, files=document.files, when=document.when, ppi=_PICTURE_PPI)
