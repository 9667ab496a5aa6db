"""The brief: three sentences, map, table and method on one page, for a meeting."""

from __future__ import annotations

from collections.abc import Sequence

from stations.maps.sheets.coverage import (
    ROW_MM,
    SMALL_MM,
    CoverageContent,
    demand_box,
    draw_demand_map,
    legend_items_of,
    method_lines,
    write_table,
)
from stations.maps.sheets.district import write_heading
from stations.maps.sheets.furniture import Area, start_page, type_factor, write_scale
from stations.maps.sheets.layout import BAND_MM, frame_in
from stations.maps.sheets.legend import write_legend
from stations.maps.sheets.lines import wrap
from stations.maps.sheets.page import MUTED, Page, Sheet
from stations.model.paper import Paper
from stations.texts import say

SENTENCE_MM = 4.0
TABLE_HEAD_MM = 16.0
LEGEND_MM = 34.0
LEAST_MAP_MM = 90.0


def draw_brief(content: CoverageContent, sentences: Sequence[str], title: str, paper: Paper) -> Sheet:
    """Return the brief on one upright page; the map takes what the words leave."""
    facts, factor = content.facts, type_factor(paper, large=False)
    made = say(facts.lang, "brief.made_at", date=facts.when.isoformat())
    subtitle = f"{content.subtitle} · {made}"
    page, area = start_page(paper, facts, title=title, subtitle=subtitle, factor=factor)
    top = _write_sentences(page, sentences, area, factor)
    lines = method_lines(content, area.width, factor)
    method_mm = len(lines) * SMALL_MM * factor * 1.42 + 7 * factor
    rows = TABLE_HEAD_MM + ROW_MM * (len(content.townships) + 1)
    smaller = min(factor, (area.bottom - method_mm - top - LEAST_MAP_MM) / rows)  # so that one page holds any region
    rows_mm = rows * smaller
    map_area = Area(area.x, top, area.width, area.bottom - method_mm - rows_mm - top)
    _write_map(page, content, map_area, factor)
    table = Area(area.x, map_area.bottom + 2 * factor, area.width, rows_mm)
    write_table(page, content, table, table.y, smaller)
    _write_method(page, lines, area, area.bottom - method_mm, facts.lang, factor)
    return Sheet(title, facts.issuer or facts.region, facts.when, (page,), ())


def draw_picture(content: CoverageContent, *, width_mm: float, height_mm: float, on: Paper) -> Sheet:
    """Return the map with its legend alone, in the type of the paper that it will stand on."""
    page = Page(width_mm, height_mm)
    _write_map(page, content, Area(0, 0, width_mm, height_mm), type_factor(on, large=False))
    return Sheet(content.subtitle, content.facts.region, content.facts.when, (page,), ())


def _write_map(page: Page, content: CoverageContent, area: Area, factor: float) -> None:
    """Write the map into an area, and beside it its legend and scale."""
    band = BAND_MM * factor
    map_area = Area(area.x, area.y, area.width - LEGEND_MM, area.height)
    drawn = draw_demand_map(content, frame_in(map_area, demand_box(content), factor), factor)
    page.place(drawn, map_area.x, map_area.y + band)
    left = map_area.x + drawn.frame.width_mm + band
    width, lang = area.right - left, content.facts.lang
    top = write_legend(page, legend_items_of(drawn, content), left, area.y + band, width, factor=factor)
    write_scale(page, drawn, left, top + 2 * factor, width, factor=factor, lang=lang)


def _write_sentences(page: Page, sentences: Sequence[str], area: Area, factor: float) -> float:
    size, top = SENTENCE_MM * factor, area.y
    for sentence in sentences:
        for line in wrap(sentence, area.width, size, bold=True):
            page.write(line, area.x, top + size * 0.7, size, bold=True)
            top += size * 1.45
        top += size * 0.4
    return top


def _write_method(page: Page, lines: Sequence[str], area: Area, top: float, lang: str, factor: float) -> None:
    size = SMALL_MM * factor
    top = write_heading(page, say(lang, "sheet.method"), area.x, top + 2 * factor, factor)
    for line in lines:
        page.write(line, area.x, top + size * 0.7, size, fill=MUTED)
        top += size * 1.42
