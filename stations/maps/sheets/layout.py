"""How a sheet with a map divides its paper: map, inset, index and legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from stations.errors import InputError
from stations.maps.paper_map import Frame, MapStation, PaperMap, fit_frame
from stations.maps.paper_style import PAPER_RANKS
from stations.maps.sheets.content import SheetContent, SheetStation
from stations.maps.sheets.furniture import Area
from stations.maps.sheets.grid import Grid, make_grid, write_grid
from stations.maps.sheets.index import IndexRow, column_width, fill_columns, index_rows
from stations.maps.sheets.inset import Inset, choose_inset
from stations.maps.sheets.legend import legend_size, map_items, service_items
from stations.maps.sheets.page import Page

MAP_SHARE = 0.6
MAP_SHARES = (0.6, 0.65)
"""How much of the paper the map of a sheet may take."""
BAND_MM = 4.6
HEADING_MM = 3.4
GAP_MM = 5.0
SCALE_MM = 14.0
MOST_MM_PER_KM = 200.0
"""No map is larger than 1:5000, however near its stations lie."""
INSET_SHARES = (0.6, 0.45)
"""How much of the panel an inset may take while the index is to stand beside it."""
LEAST_INSET_MM = 45.0
GROWTHS = (1.5, 1.35, 1.2, 1.1)
"""By how much the type of an index is larger where there is room: a sheet on a wall is read from afar."""
LEGEND_MM = (44.0, 62.0, 92.0, 130.0)
"""Widths of a panel that holds nothing but the legend."""
ANY_CLASS = frozenset({"filled", "ring", "dot", "leader", "railway", "water", "green", "built_up"})
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """What stands where on the first page of a sheet.

    `rows` are those of the index, its type larger by `index_factor`; there are none where the panel does not hold
    them all and the index stands on further pages. `rest` is what the inset leaves of the panel.
    """

    frame: Frame
    panel: Area
    grid: Grid
    inset: Inset | None
    inset_grid: Grid | None
    squares: dict[str, str]
    rest: Area
    rows: tuple[IndexRow, ...]
    index_factor: float


def split_area(area: Area, factor: float, *, share: float = MAP_SHARE, beside: bool | None = None) -> tuple[Area, Area]:
    """Return the area of the map, a share of all, and that of the panel: `beside` it, or below, as the paper lies."""
    beside = area.width >= area.height if beside is None else beside
    return cut_area(area, (area.width if beside else area.height) * share, factor, beside=beside)


def cut_area(area: Area, long: float, factor: float, *, beside: bool) -> tuple[Area, Area]:
    """Return the area of a map `long` millimetres wide and the panel beside it, or high and the panel below."""
    gap = GAP_MM * factor
    if beside:
        panel = Area(area.x + long + gap, area.y, area.width - long - gap, area.height)
        return Area(area.x, area.y, long, area.height), panel
    panel = Area(area.x, area.y + long + gap, area.width, area.height - long - gap)
    return Area(area.x, area.y, area.width, long), panel


def _best_split(content: SheetContent, area: Area, factor: float) -> tuple[bool, float]:
    """Return whether the panel stands beside the map, and the share of the map: those that let it be largest.

    Among equals it lies as the paper does, and the map takes least.
    """
    box, usual = station_box(content.stations), area.width >= area.height

    def rank(split: tuple[bool, float]) -> tuple[float, bool, float]:
        beside, share = split
        return (
            frame_in(split_area(area, factor, share=share, beside=beside)[0], box, factor).scale,
            beside != usual,
            share,
        )

    return min(((beside, share) for beside in (True, False) for share in MAP_SHARES), key=rank)


def plan_sheet(
    content: SheetContent, area: Area, *, factor: float, least_factor: float | None = None, with_inset: bool = True
) -> Plan:
    """Return how a map of all stations, its inset, legend and index share the paper.

    The index stands in the panel where all of it fits beside an inset, its type as large as there is room for, or
    smaller down to `least_factor`. Where it does not, it stands on further pages, and the maps get the room.
    """
    beside, share = _best_split(content, area, factor)
    frame, panel = _map_and_panel(content, area, factor, share, beside=beside)
    least = factor if least_factor is None else min(factor, least_factor)
    hopeless = _with_index(content, frame, None, panel, factor, least) is None
    shares = INSET_SHARES if with_inset and not hopeless else ()
    insets = [_inset(content, frame, panel, share, factor) for share in shares] or [None]
    for index_factor in () if hopeless else dict.fromkeys((factor, (factor + least) / 2, least)):
        for inset in insets:
            plan = _with_index(content, frame, inset, panel, factor, index_factor)
            if plan is not None:
                return _grown(content, plan, factor)
    return _without_index(content, area, factor, with_inset=with_inset, beside=beside, share=share)


def _map_and_panel(
    content: SheetContent, area: Area, factor: float, share: float, *, beside: bool
) -> tuple[Frame, Area]:
    """Return the frame of the map that takes a share of an area, without empty ground, and the panel that is left."""
    map_area, panel = split_area(area, factor, share=share, beside=beside)
    frame = frame_in(map_area, station_box(content.stations), factor)
    if not beside:
        return frame, panel
    frame = cut_frame(frame, content, factor)
    moved = map_area.width - 2 * BAND_MM * factor - frame.width_mm
    return frame, Area(panel.x - moved, panel.y, panel.width + moved, panel.height)


def _grown(content: SheetContent, plan: Plan, factor: float) -> Plan:
    """Return a plan with the type of its index as large as the panel holds."""
    if plan.index_factor < factor:
        return plan
    tried = (_with_index(content, plan.frame, plan.inset, plan.panel, factor, factor * growth) for growth in GROWTHS)
    return next((one for one in tried if one is not None), plan)


def _without_index(
    content: SheetContent, area: Area, factor: float, *, with_inset: bool, beside: bool, share: float
) -> Plan:
    """Return a plan whose index stands on further pages: with the inset that fills the panel, or a larger map."""
    if with_inset:
        frame, panel = _map_and_panel(content, area, factor, share, beside=beside)
        inset = _inset(content, frame, panel, 1.0, factor)
        if inset is not None:
            return _plan(content, frame, inset, panel, factor)
    map_area, panel = legend_area(content, area, factor, beside=beside)
    frame = frame_in(map_area, station_box(content.stations), factor)
    cut = cut_frame(frame, content, factor) if beside else frame
    moved = frame.width_mm - cut.width_mm
    return _plan(content, cut, None, Area(panel.x - moved, panel.y, panel.width + moved, panel.height), factor)


def legend_area(content: SheetContent, area: Area, factor: float, *, beside: bool) -> tuple[Area, Area]:
    """Return the area of a map beside or above a panel that is just large enough for the legend."""
    scale = frame_in(area, station_box(content.stations), factor)
    if not beside:
        used = legend_height(content, area.width, scale, factor)
        return cut_area(area, area.height - used - GAP_MM * factor, factor, beside=False)
    widths = [wide * factor for wide in LEGEND_MM]
    used = next((wide for wide in widths if legend_height(content, wide, scale, factor) <= area.height), widths[-1])
    return cut_area(area, area.width - used - GAP_MM * factor, factor, beside=True)


def _inset(content: SheetContent, frame: Frame, panel: Area, share: float, factor: float) -> Inset | None:
    band = 2 * BAND_MM * factor
    heading = HEADING_MM * 1.2 * factor
    if panel.width > panel.height:
        wide, high = _upright_width(content, frame, panel, share, factor) - band, panel.height - band - heading
    else:
        wide = panel.width - band
        high = (
            (panel.height - legend_height(content, panel.width, frame, factor)) * share
            - band
            - heading
            - GAP_MM * factor
        )
    if min(wide, high) < LEAST_INSET_MM * min(factor, 1.0):
        return None
    x, y = np.array([one.x for one in content.stations]), np.array([one.y for one in content.stations])
    return choose_inset(x, y, scale=frame.scale, width_mm=wide, height_mm=high, factor=factor, whole=share == 1.0)


def _upright_width(content: SheetContent, frame: Frame, panel: Area, share: float, factor: float) -> float:
    """Return how much of a wide panel an inset may take so that the legend finds room beside it."""
    for part in (0.66, 0.6, 0.54, 0.48, 0.42, 0.36):
        if part > share:
            continue
        left = panel.width * (1 - part) - GAP_MM * factor
        if legend_height(content, left, frame, factor) <= panel.height:
            return panel.width * part
    return panel.width * 0.3


def _plan(content: SheetContent, frame: Frame, inset: Inset | None, panel: Area, factor: float) -> Plan:
    """Return a plan without rows of the index."""
    grid = make_grid(frame)
    squares = {one.station_id: grid.square(one.x, one.y) for one in content.stations}
    inset_grid, rest = None, panel
    if inset:
        inset_grid = make_grid(inset.frame, first=grid.columns)
        for member in inset.members:
            station = content.stations[member]
            squares[station.station_id] = inset_grid.square(station.x, station.y)
        rest = _beside(panel, inset.frame, factor)
    return Plan(frame, panel, grid, inset, inset_grid, squares, rest, (), factor)


def _with_index(
    content: SheetContent, frame: Frame, inset: Inset | None, panel: Area, factor: float, index_factor: float
) -> Plan | None:
    """Return a plan with all of the index in the panel, `None` where it does not fit."""
    plan = _plan(content, frame, inset, panel, factor)
    rest = plan.rest
    count, width = column_width(rest.width, factor=index_factor)
    room = rest.height - legend_height(content, rest.width, frame, factor) - (HEADING_MM * 1.5 + 4) * factor
    room -= services_height(content, rest.width, index_factor)
    if room <= 0:
        return None
    rows = index_rows(content.stations, plan.squares, width, factor=index_factor, lang=content.facts.lang)
    if fill_columns(rows, count=count, width=width, height=room)[1]:
        return None
    return replace(plan, rows=tuple(rows), index_factor=index_factor)


def _beside(panel: Area, inset: Frame, factor: float) -> Area:
    """Return what an inset in the upper left corner leaves of a panel: right of it, or below."""
    band, gap = 2 * BAND_MM * factor, GAP_MM * factor
    if panel.width > panel.height:
        used = inset.width_mm + band + gap
        return Area(panel.x + used, panel.y, panel.width - used, panel.height)
    used = inset.height_mm + band + HEADING_MM * 1.2 * factor + gap
    return Area(panel.x, panel.y + used, panel.width, panel.height - used)


def legend_height(content: SheetContent, width: float, frame: Frame, factor: float) -> float:
    """Return how high the legend may become with all that a map could hold, and scale and north below it."""
    ranks = {rank.rank for rank in PAPER_RANKS if frame.scale <= rank.drawn_to * factor}
    kinds = {f"kind.{station.kind}" for station in content.stations}
    items = map_items(ANY_CLASS | ranks | kinds, scale=frame.scale, lang=content.facts.lang)
    return legend_size(items, width, factor=factor)[1] + (HEADING_MM * 1.5 + SCALE_MM) * factor


def services_height(content: SheetContent, width: float, factor: float) -> float:
    """Return how high the key to the symbols of services is."""
    return legend_size(service_items(services_of(content.stations), lang=content.facts.lang), width, factor=factor)[1]


def services_of(stations: Sequence[SheetStation]) -> list[str]:
    """Return all services that stations offer."""
    return sorted({service for station in stations for service in station.services})


def station_box(stations: Sequence[SheetStation]) -> Bounds:
    """Return west, south, east, north of stations in metres."""
    x, y = [station.x for station in stations], [station.y for station in stations]
    return min(x), min(y), max(x), max(y)


def frame_in(area: Area, box: Bounds, factor: float) -> Frame:
    """Return the frame of a map that shows `box` within an area, with room for the letters round it."""
    band = 2 * BAND_MM * factor
    return fit_frame(box, area.width - band, area.height - band, margin_mm=8 * factor, most_mm_per_km=MOST_MM_PER_KM)


def cut_frame(frame: Frame, content: SheetContent, factor: float) -> Frame:
    """Return the frame without the empty ground beyond the region's roads, where that is more than a little."""
    west, south, east, north = content.base.extent
    box = station_box(content.stations)
    margin = 8 * factor
    west, south, east, north = min(west, box[0]), min(south, box[1]), max(east, box[2]), max(north, box[3])
    wide = min(frame.width_mm, (east - west) * frame.mm_per_m + margin)
    if wide > 0.85 * frame.width_mm:
        return frame
    return Frame(max(wide, 60.0), frame.height_mm, frame.scale, (west + east) / 2, frame.centre_y)


def map_stations(stations: Sequence[SheetStation], *, dots: frozenset[str] = frozenset()) -> list[MapStation]:
    """Return stations as marks; those of `dots` without number."""
    return [
        MapStation(
            one.station_id, str(one.number), one.kind, one.x, one.y, filled=one.always_open, dot=one.station_id in dots
        )
        for one in stations
    ]


def place_map(page: Page, drawn: PaperMap, grid: Grid, x: float, y: float, factor: float) -> None:
    """Put a map into the upper left corner of an area, with the letters of its grid round it."""
    band = BAND_MM * factor
    page.place(drawn, x + band, y + band)
    write_grid(page, grid, x + band, y + band, band_mm=band, factor=factor)


def refuse_lost(*maps: PaperMap | None) -> None:
    """Refuse maps on which not every station found a place.

    Raises
    ------
    InputError
        Some did not: no sheet leaves stations out.
    """
    for drawn in maps:
        if drawn is not None and drawn.lost:
            scale = f"{drawn.frame.scale:,.0f}"
            raise InputError("sheet.too_dense", field="paper", value=len(drawn.lost), scale=scale)
