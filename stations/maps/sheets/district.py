"""The district sheet: map, inset, legend and index on one sheet of paper, the index on more where it must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stations.errors import InputError
from stations.maps.paper_map import Frame, MapOptions, PaperMap, draw_map
from stations.maps.sheets.content import SheetContent, SheetFacts
from stations.maps.sheets.furniture import (
    LARGE_TYPE,
    Area,
    ratio_words,
    start_page,
    type_factor,
    write_scale,
    write_watermark,
)
from stations.maps.sheets.index import (
    IndexColumns,
    balanced_columns,
    column_width,
    fill_columns,
    index_rows,
    write_index,
)
from stations.maps.sheets.layout import (
    BAND_MM,
    GROWTHS,
    HEADING_MM,
    SCALE_MM,
    Plan,
    map_stations,
    place_map,
    plan_sheet,
    refuse_lost,
    services_of,
)
from stations.maps.sheets.legend import LegendItem, legend_size, map_items, service_items, write_legend
from stations.maps.sheets.page import IndexEntry, Page, Sheet
from stations.model.paper import Paper
from stations.texts import say


def draw_district(content: SheetContent, paper: Paper, *, large: bool = False) -> Sheet:
    """Return the sheet of a district: every station of `content` on its map, or in its inset, and in its index.

    Raises
    ------
    InputError
        There is no station to show, or so many that they cannot be told apart on this paper.
    """
    facts = content.facts
    if not content.stations:
        raise InputError("sheet.no_stations", field="region", region=facts.region)
    factor = type_factor(paper, large=large)
    title = say(facts.lang, "sheet.district_title", region=facts.region)
    page, area = start_page(paper, facts, title=title, subtitle=subtitle_of(content), factor=factor)
    plan = plan_sheet(content, area, factor=factor, least_factor=LARGE_TYPE if large else 1.0)
    main, inset = draw_maps(content, plan, factor=factor)
    place_map(page, main, plan.grid, area.x, area.y, factor)
    write_panel(page, content, plan, (main, inset), factor=factor)
    pages = [page]
    if not plan.rows:
        pages += index_pages(content, plan, paper, factor=factor, title=title)
    return finished(content, plan.squares, pages, title=title)


def finished(content: SheetContent, squares: dict[str, str], pages: Sequence[Page], *, title: str) -> Sheet:
    """Return a sheet of one map with its index."""
    facts = content.facts
    index = tuple(IndexEntry(one.station_id, one.number, squares[one.station_id], 1) for one in content.stations)
    return Sheet(title, facts.issuer or facts.region, facts.when, tuple(pages), index)


def subtitle_of(content: SheetContent) -> str:
    """Return the line below a title: how many stations there are, and which were chosen."""
    facts: SheetFacts = content.facts
    words = say(facts.lang, "sheet.subtitle", count=len(content.stations))
    return f"{words} · {facts.filtered}" if facts.filtered else words


def draw_maps(content: SheetContent, plan: Plan, *, factor: float) -> tuple[PaperMap, PaperMap | None]:
    """Return the map and the inset of a plan.

    Raises
    ------
    InputError
        Not every station finds a place on them.
    """
    facts, stations = content.facts, content.stations
    watermark = say(facts.lang, "sheet.sample") if facts.sample else ""
    options = MapOptions(factor=factor, watermark=watermark, grid_m=plan.grid.side_m, boundary=content.boundary)
    if plan.inset is None or plan.inset_grid is None:
        main = draw_map(content.base, map_stations(stations), plan.frame, options)
        refuse_lost(main)
        return main, None
    inside = [stations[member] for member in plan.inset.members]
    frame = plan.inset.frame
    inset = draw_map(
        content.base, map_stations(inside), frame, replace(options, grid_m=plan.inset_grid.side_m, bar=True)
    )
    box = (*_corner(plan.frame, frame), say(facts.lang, "sheet.see_inset"))
    dots = frozenset(station.station_id for station in inside)
    main = draw_map(content.base, map_stations(stations, dots=dots), plan.frame, replace(options, boxes=(box,)))
    refuse_lost(main, inset)
    return main, inset


def _corner(frame: Frame, inner: Frame) -> tuple[float, float, float, float]:
    """Return where `inner` lies on `frame`: x, y, width, height in millimetres."""
    west, south, east, north = inner.box_m
    x, y = frame.to_mm([west, east], [north, south])
    return float(x[0]), float(y[0]), float(x[1] - x[0]), float(y[1] - y[0])


def write_panel(
    page: Page,
    content: SheetContent,
    plan: Plan,
    maps: tuple[PaperMap, PaperMap | None],
    *,
    factor: float,
    index_page: int = 2,
    dot: str = "sign_dot",
) -> None:
    """Write inset, index and legend into the panel.

    `index_page` is where the index stands if not here, `dot` the word for dots.
    """
    lang, rest, panel = content.facts.lang, plan.rest, plan.panel
    main, inset = maps
    if inset and plan.inset_grid:
        words = say(lang, "sheet.inset", ratio=ratio_words(inset.frame, lang))
        page.write(
            words, panel.x + BAND_MM * factor, panel.y + HEADING_MM * factor * 0.6, HEADING_MM * factor, bold=True
        )
        place_map(page, inset, plan.inset_grid, panel.x, panel.y + HEADING_MM * 1.2 * factor, factor)
    top = rest.y
    if plan.rows:
        count, width = column_width(rest.width, factor=plan.index_factor)
        columns, _ = balanced_columns(plan.rows, count=count, width=width, height=rest.height)
        top = write_heading(page, say(lang, "sheet.index"), rest.x, top, factor)
        top = write_index(page, columns, rest.x, top, factor=plan.index_factor) + 2 * factor
        items = service_items(services_of(content.stations), lang=lang)
        top = write_legend(page, items, rest.x, top, rest.width, factor=plan.index_factor)
    classes = main.classes | (inset.classes if inset else frozenset())
    items = map_items(classes, scale=main.frame.scale, lang=lang, dot=dot)
    height = legend_size(items, rest.width, factor=factor)[1] + (HEADING_MM * 1.5 + SCALE_MM) * factor
    top = max(top, rest.bottom - height) if plan.rows or panel.height > panel.width else top
    top = write_heading(page, say(lang, "sheet.legend"), rest.x, top, factor)
    top = write_legend(page, items, rest.x, top, rest.width, factor=factor) + 1.5 * factor
    write_scale(page, main, rest.x, top, rest.width, factor=factor, lang=lang)
    if not plan.rows:
        words = say(lang, "sheet.index_on", page=index_page)
        page.write(words, rest.right, rest.bottom - 2 * factor, 2.6 * factor, bold=True, anchor="end")


def index_pages(
    content: SheetContent, plan: Plan, paper: Paper, *, factor: float, title: str, first_number: int = 2
) -> list[Page]:
    """Return the pages of an index, the key to its symbols on the first; their type is as large as the pages hold."""
    lang = content.facts.lang
    heading = say(lang, "sheet.index_title", title=title)
    services = service_items(services_of(content.stations), lang=lang)

    def begun(number: int) -> tuple[Page, Area]:
        return start_page(
            paper, content.facts, title=heading, subtitle=subtitle_of(content), factor=factor, number=str(number)
        )

    area = begun(first_number)[1]
    index_factor, laid = _laid_index(content, plan, area, services, factor)
    pages = []
    for place, columns in enumerate(laid):
        page, area = begun(first_number + place)
        top = area.y
        if place == 0:
            top = write_legend(page, services, area.x, top, area.width, factor=index_factor) + 2 * factor
        write_index(page, columns, area.x, top, factor=index_factor)
        write_watermark(page, content.facts)
        pages.append(page)
    return pages


def _laid_index(
    content: SheetContent, plan: Plan, area: Area, services: Sequence[LegendItem], factor: float
) -> tuple[float, list[IndexColumns]]:
    """Return the columns of each page of an index, in the largest type that does not take more pages."""
    best = factor, _index_columns(content, plan, area, services, factor)
    for growth in sorted(GROWTHS):
        grown = _index_columns(content, plan, area, services, factor * growth)
        if len(grown) > len(best[1]):
            break
        best = factor * growth, grown
    return best


def _index_columns(
    content: SheetContent, plan: Plan, area: Area, services: Sequence[LegendItem], factor: float
) -> list[IndexColumns]:
    """Return the columns of each page of an index whose type is larger by `factor`."""
    count, width = column_width(area.width, factor=factor)
    left = index_rows(content.stations, plan.squares, width, factor=factor, lang=content.facts.lang)
    height = area.height - legend_size(services, area.width, factor=factor)[1] - 2 * factor
    pages: list[IndexColumns] = []
    while left:
        columns, rest = balanced_columns(left, count=count, width=width, height=height)
        if len(rest) == len(left):  # a row higher than a column: alone on a page, it is drawn as far as it goes
            columns, rest = fill_columns(left[:1], count=1, width=width, height=float("inf"))[0], left[1:]
        pages.append(columns)
        left, height = rest, area.height
    return pages


def write_heading(page: Page, words: str, x: float, y: float, factor: float) -> float:
    """Write a heading; return where what it heads begins."""
    page.write(words, x, y + HEADING_MM * factor * 0.6, HEADING_MM * factor, bold=True)
    return y + HEADING_MM * factor * 1.5
