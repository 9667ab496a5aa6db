"""The coverage sheet: who is within reach of a station, on a map and in a table, and how it was computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from stations.maps import svg
from stations.maps.font_widths import text_width
from stations.maps.paper_base import PaperBase
from stations.maps.paper_frame import Frame
from stations.maps.paper_map import MapDot, MapOptions, MapStation, PaperMap, draw_map
from stations.maps.sheets.content import SheetFacts
from stations.maps.sheets.district import write_heading
from stations.maps.sheets.furniture import Area, start_page, type_factor, write_scale, write_watermark
from stations.maps.sheets.layout import BAND_MM, GAP_MM, HEADING_MM, frame_in, split_area
from stations.maps.sheets.legend import LegendItem, catchment_item, demand_items, legend_size, map_items, write_legend
from stations.maps.sheets.lines import wrap
from stations.maps.sheets.page import HAIRLINE, INK, MUTED, Page, Sheet
from stations.maps.style import DEMAND_SHADES
from stations.model.coverage import CoverageShare
from stations.model.paper import Paper
from stations.texts import say

RADIUS_MM = (0.32, 0.95)
STATES = ("covered", "gap", "unknown")
ROW_MM = 4.3
SMALL_MM = 2.3
TABLE_COLUMNS = ("weight", "covered", "gap", "unknown", "median", "p90")
HEAD_MM = 40.0
"""Room of the large figures and of a table without townships."""
LABELLED = ("city", "town")


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """A demand point: metres, its state (covered, gap, unknown) and weight."""

    x: float
    y: float
    state: str
    weight: float


@dataclass(frozen=True, slots=True)
class CoverageGap:
    """A gap in words: the name of the place, what it weighs, and how far it is to the nearest station."""

    name: str
    weight: float
    time: str


@dataclass(frozen=True, slots=True)
class CoverageContent:
    """What a coverage sheet draws from: positions in metres of the base's projection.

    `subtitle` says for which mode, cutoff, services and hour; `method` is a paragraph for each of its matters.
    """

    facts: SheetFacts
    base: PaperBase
    subtitle: str
    stations: tuple[tuple[str, float, float], ...]
    area: shapely.Geometry
    points: tuple[CoveragePoint, ...]
    whole: CoverageShare
    townships: tuple[CoverageShare, ...]
    gaps: tuple[CoverageGap, ...]
    method: tuple[str, ...]
    counts: str


@dataclass(slots=True)
class _Column:
    """A column of a page while it fills, from `top` downwards and from `bottom` upwards."""

    page: Page
    x: float
    width: float
    top: float
    bottom: float


def draw_coverage(content: CoverageContent, paper: Paper, *, large: bool = False) -> Sheet:
    """Return the coverage of a region: map and table on one sheet, legend and method on a second where they must be.

    As many gaps are listed as find room.
    """
    facts = content.facts
    factor = type_factor(paper, large=large)
    title = say(facts.lang, "sheet.coverage_title", region=facts.region)
    page, area = start_page(paper, facts, title=title, subtitle=content.subtitle, factor=factor)
    map_area, panel = split_area(area, factor)
    drawn = draw_demand_map(content, frame_in(map_area, demand_box(content), factor), factor)
    band = BAND_MM * factor
    page.place(drawn, map_area.x + band, map_area.y + band)
    columns = _columns(page, panel, factor)
    head = Area(columns[0].x, columns[0].top, columns[0].width, panel.height)
    smaller = min(factor, panel.height / (HEAD_MM + ROW_MM * len(content.townships)))
    columns[0].top = write_table(page, content, head, _write_figures(page, content, head, smaller), smaller)
    pages = [page]
    if not _write_keys(drawn, content, columns, factor):
        second, area = start_page(paper, facts, title=title, subtitle=content.subtitle, factor=factor, number="2")
        pages.append(second)
        write_watermark(second, facts)
        columns += _columns(second, area, factor)
        _write_keys(drawn, content, columns[-2:], factor)
    _write_gaps(content, max(columns, key=lambda column: column.bottom - column.top), factor)
    return Sheet(title, facts.issuer or facts.region, facts.when, tuple(pages), ())


def _columns(page: Page, area: Area, factor: float) -> list[_Column]:
    """Return an area as one column, or as two where it is wide."""
    if area.width <= area.height * 1.15:
        return [_Column(page, area.x, area.width, area.y, area.bottom)]
    half = (area.width - GAP_MM * factor) / 2
    return [_Column(page, x, half, area.y, area.bottom) for x in (area.x, area.x + half + GAP_MM * factor)]


def _write_keys(drawn: PaperMap, content: CoverageContent, columns: Sequence[_Column], factor: float) -> bool:
    """Write the method at the foot of the last column, the legend in the first with room; false where none has."""
    items, last = legend_items_of(drawn, content), columns[-1]
    method_mm = _method_height(content, last.width, factor)
    for column in columns:
        legend_mm = legend_size(items, column.width, factor=factor)[1] + 21 * factor
        fits = column.bottom - column.top >= legend_mm + (method_mm if column is last else 0.0)
        if fits and last.bottom - last.top >= method_mm:
            _write_method(content, last, last.bottom - method_mm, factor)
            last.bottom -= method_mm
            column.bottom -= legend_mm
            _write_legend(drawn, items, column, factor, content.facts.lang)
            return True
    return False


def demand_box(content: CoverageContent) -> tuple[float, float, float, float]:
    """Return west, south, east, north of what is shown, in metres."""
    x = [point.x for point in content.points] + [x for _, x, _ in content.stations] or [0.0]
    y = [point.y for point in content.points] + [y for _, _, y in content.stations] or [0.0]
    return min(x), min(y), max(x), max(y)


def draw_demand_map(content: CoverageContent, frame: Frame, factor: float) -> PaperMap:
    """Return the map: catchments, demand by state, and the stations."""
    facts = content.facts
    heaviest = max((point.weight for point in content.points), default=1.0) or 1.0
    order = {state: place for place, state in enumerate(("covered", "unknown", "gap"))}
    dots = tuple(
        MapDot(point.x, point.y, point.state, _radius(point.weight / heaviest) * factor)
        for point in sorted(content.points, key=lambda point: (order[point.state], -point.weight))
    )
    marks = [MapStation(key, "", "", x, y, dot=True) for key, x, y in content.stations]
    watermark = say(facts.lang, "sheet.sample") if facts.sample else ""
    options = MapOptions(factor=factor, watermark=watermark, area=content.area, dots=dots, places=LABELLED, dot_ink=INK)
    return draw_map(content.base, marks, frame, options)


def _radius(share: float) -> float:
    """Return the radius of a dot, in millimetres: its area grows with its share of the heaviest."""
    least, most = RADIUS_MM
    return least + math.sqrt(max(share, 0.0)) * (most - least)


def _write_figures(page: Page, content: CoverageContent, area: Area, factor: float) -> float:
    """Write the shares of the whole, large, each with its mark; return where they end."""
    whole, lang = content.whole, content.facts.lang
    shares = (whole.covered_share, whole.gap_share, whole.unknown_share)
    step = area.width / 3
    for place, (state, share) in enumerate(zip(STATES, shares, strict=True)):
        x = area.x + place * step
        page.write(_percent(share), x, area.y + 4.2 * factor, 7.5 * factor, bold=True)
        page.draw(demand_items((state,), lang=lang)[0].sign(x + 1.2 * factor, area.y + 10 * factor, factor))
        page.write(say(lang, f"sheet.demand_{state}"), x + 3.6 * factor, area.y + 10 * factor, 2.7 * factor)
    y = area.y + 13.5 * factor
    x = area.x
    for state, share in zip(STATES, shares, strict=True):
        wide = area.width * (share or 0.0)
        page.draw(svg.rect(x, y, wide, 2.6 * factor, fill=_BAR[state], stroke=DEMAND_SHADES[state].light, pen=0.2))
        x += wide
    return y + 6.5 * factor


_BAR = {"covered": DEMAND_SHADES["covered"].light, "gap": DEMAND_SHADES["gap"].light, "unknown": "#ffffff"}


def write_table(page: Page, content: CoverageContent, area: Area, top: float, factor: float) -> float:
    """Write the shares of the whole and of each township; return where the table ends."""
    lang, size, row = content.facts.lang, 2.5 * factor, ROW_MM * factor
    columns = TABLE_COLUMNS
    room = area.width * 0.28
    ends = [area.x + room + (area.width - room) * (place + 1) / len(columns) for place in range(len(columns))]
    for name, end in zip(columns, ends, strict=True):
        page.write(say(lang, f"sheet.column_{name}"), end, top + row / 2, size * 0.9, fill=MUTED, anchor="end")
    top += row
    page.draw(svg.line(area.x, top, area.right, top, stroke=INK, pen=0.25))
    for share in (*content.townships, content.whole):
        last = share is content.whole
        if last:
            page.draw(svg.line(area.x, top, area.right, top, stroke=INK, pen=0.25))
        name = share.area or say(lang, "sheet.whole_region")
        page.write(name, area.x, top + row / 2, _fitted(name, room, size, bold=last), bold=last)
        for words, end in zip(share_cells(share), ends, strict=True):
            page.write(words, end, top + row / 2, size, bold=last, anchor="end")
        top += row
        page.draw(svg.line(area.x, top, area.right, top, stroke=HAIRLINE, pen=0.12))
    note = 2.1 * factor
    for line in wrap(say(lang, "sheet.column_note", counts=content.counts), area.width, note):
        page.write(line, area.x, top + 2.2 * factor, note, fill=MUTED)
        top += note * 1.35
    return top + 4 * factor


def _fitted(words: str, room: float, size: float, *, bold: bool = False) -> float:
    """Return the type size, `size` at most, at which words are no wider than `room`."""
    return size * min(1.0, room / max(text_width(words, size, bold=bold), 1e-6))


def share_cells(share: CoverageShare) -> tuple[str, ...]:
    """Return a row of the table in words, without its name."""
    return (
        f"{share.weight:,.0f}",
        _percent(share.covered_share),
        _percent(share.gap_share),
        _percent(share.unknown_share),
        _minutes(share.median_min),
        _minutes(share.p90_min),
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f}%"


def _minutes(minutes: float | None) -> str:
    return "–" if minutes is None else f"{minutes:.1f}"


def method_lines(content: CoverageContent, width: float, factor: float) -> list[str]:
    """Return the method in lines of small type."""
    return [line for words in content.method for line in wrap(words, width, SMALL_MM * factor)]


def _method_height(content: CoverageContent, width: float, factor: float) -> float:
    return len(method_lines(content, width, factor)) * SMALL_MM * factor * 1.42 + 7.2 * factor


def _write_method(content: CoverageContent, column: _Column, top: float, factor: float) -> None:
    """Write the method in small type."""
    size = SMALL_MM * factor
    words = say(content.facts.lang, "sheet.method")
    top = write_heading(column.page, words, column.x, top + 2 * factor, factor)
    for line in method_lines(content, column.width, factor):
        column.page.write(line, column.x, top + size * 0.7, size, fill=MUTED)
        top += size * 1.42


def legend_items_of(drawn: PaperMap, content: CoverageContent) -> list[LegendItem]:
    """Return the signs of the map that are to be explained."""
    lang = content.facts.lang
    states = [state for state in STATES if any(point.state == state for point in content.points)]
    items = demand_items(states, lang=lang)
    items += [catchment_item(say(lang, "sheet.catchment"))] if not shapely.is_empty(content.area) else []
    return items + map_items(drawn.classes, scale=drawn.frame.scale, lang=lang, dot="sign_station", dot_ink=INK)


def _write_legend(drawn: PaperMap, items: Sequence[LegendItem], column: _Column, factor: float, lang: str) -> None:
    """Write legend and scale at the bottom of what a column has left."""
    page, x = column.page, column.x
    top = write_heading(page, say(lang, "sheet.legend"), x, column.bottom + 2 * factor, factor)
    top = write_legend(page, items, x, top, column.width, factor=factor) + 1.5 * factor
    write_scale(page, drawn, x, top, column.width, factor=factor, lang=lang)


def _write_gaps(content: CoverageContent, column: _Column, factor: float) -> None:
    """Write the heaviest gaps, as many as there is room for."""
    lang, size, row = content.facts.lang, 2.5 * factor, ROW_MM * factor
    page, x, width = column.page, column.x, column.width
    room = column.bottom - column.top - 8 * factor
    shown: Sequence[CoverageGap] = content.gaps[: max(0, int(room // row))]
    if not shown:
        return
    words = say(lang, "sheet.gaps", shown=len(shown), count=len(content.gaps))
    page.write(
        say(lang, "sheet.column_weight"),
        x + width * 0.66,
        column.top + HEADING_MM * factor * 0.75,
        size * 0.9,
        fill=MUTED,
        anchor="end",
    )
    top = write_heading(page, words, x, column.top, factor)
    for gap in shown:
        middle = top + row / 2
        page.write(gap.name, x, middle, _fitted(gap.name, width * 0.5, size))
        page.write(f"{gap.weight:,.0f}", x + width * 0.66, middle, size, anchor="end")
        page.write(gap.time, x + width, middle, size, fill=MUTED, anchor="end")
        top += row
        page.draw(svg.line(x, top, x + width, top, stroke=HAIRLINE, pen=0.12))
