"""The township atlas: a key map, and one sheet for each township with its own index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stations.errors import InputError
from stations.maps import svg
from stations.maps.paper_map import Frame, MapOptions, draw_map
from stations.maps.sheets.content import SheetContent
from stations.maps.sheets.district import index_pages, subtitle_of, write_heading, write_panel
from stations.maps.sheets.furniture import LARGE_TYPE, Area, start_page, type_factor, write_scale
from stations.maps.sheets.grid import Grid
from stations.maps.sheets.layout import (
    ANY_CLASS,
    BAND_MM,
    GAP_MM,
    HEADING_MM,
    SCALE_MM,
    Plan,
    cut_area,
    frame_in,
    map_stations,
    place_map,
    plan_sheet,
    refuse_lost,
    split_area,
    station_box,
)
from stations.maps.sheets.legend import legend_size, map_items, write_legend
from stations.maps.sheets.page import INK, MUTED, IndexEntry, Page, Sheet
from stations.model.paper import Paper
from stations.texts import say

SIDES = ("north", "east", "south", "west")
MOST_NEIGHBOURS = 2
ROW_MM = 5.2


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One township of the atlas: what it shows, how, and on which page its map is."""

    name: str
    content: SheetContent
    plan: Plan
    page: int
    index: tuple[Page, ...] = ()
    """Further pages of its index."""

    @property
    def frame(self) -> Frame:
        return self.plan.frame


def draw_atlas(content: SheetContent, paper: Paper, *, large: bool = False) -> Sheet:
    """Return a sheet for every township that has stations, after a key map of them all.

    Every page bears its number, and at the edges of its map the pages of its neighbours. Stations of other townships
    are drawn as dots.

    Raises
    ------
    InputError
        There is no station to show, or so many that they cannot be told apart on this paper.
    """
    if not content.stations:
        raise InputError("sheet.no_stations", field="township", region=content.facts.region)
    factor = type_factor(paper, large=large)
    leaves = _leaves(content, paper, factor, large=large)
    pages = [_key_page(content, leaves, paper, factor)]
    for leaf in leaves:
        pages += _leaf_pages(content, leaf, leaves, paper, factor)
    index = tuple(
        IndexEntry(one.station_id, one.number, leaf.plan.squares[one.station_id], leaf.page)
        for leaf in leaves
        for one in leaf.content.stations
    )
    facts = content.facts
    return Sheet(_title(content), facts.issuer or facts.region, facts.when, tuple(pages), index)


def _title(content: SheetContent) -> str:
    return say(content.facts.lang, "sheet.atlas_title", region=content.facts.region)


def _leaf_title(name: str, content: SheetContent) -> str:
    return say(content.facts.lang, "sheet.leaf_title", region=content.facts.region, township=name)


def _leaves(content: SheetContent, paper: Paper, factor: float, *, large: bool) -> list[_Leaf]:
    """Return the townships in the order of their numbers; a page of index that is needed moves those after it."""
    townships = list(dict.fromkeys(station.township for station in content.stations))
    number, leaves = 2, []
    for township in townships:
        own = replace(content, stations=tuple(one for one in content.stations if one.township == township))
        nameless = content.facts.region if len(townships) == 1 else say(content.facts.lang, "sheet.no_township")
        name = township or nameless
        title = _leaf_title(name, content)
        _, area = start_page(
            paper, content.facts, title=title, subtitle=subtitle_of(own), factor=factor, number=str(number)
        )
        plan = plan_sheet(own, area, factor=factor, least_factor=LARGE_TYPE if large else 1.0, with_inset=False)
        index = (
            ()
            if plan.rows
            else tuple(index_pages(own, plan, paper, factor=factor, title=title, first_number=number + 1))
        )
        leaves.append(_Leaf(name, own, plan, number, index))
        number += 1 + len(index)
    return leaves


def _leaf_pages(content: SheetContent, leaf: _Leaf, leaves: Sequence[_Leaf], paper: Paper, factor: float) -> list[Page]:
    facts, plan = content.facts, leaf.plan
    title = _leaf_title(leaf.name, content)
    page, area = start_page(
        paper, facts, title=title, subtitle=subtitle_of(leaf.content), factor=factor, number=str(leaf.page)
    )
    own = frozenset(one.station_id for one in leaf.content.stations)
    others = frozenset(one.station_id for one in content.stations) - own
    watermark = say(facts.lang, "sheet.sample") if facts.sample else ""
    options = MapOptions(factor=factor, watermark=watermark, grid_m=plan.grid.side_m, boundary=content.boundary)
    drawn = draw_map(content.base, map_stations(content.stations, dots=others), plan.frame, options)
    refuse_lost(drawn)
    place_map(page, drawn, plan.grid, area.x, area.y, factor)
    _write_neighbours(page, leaf, leaves, area, factor)
    write_panel(page, leaf.content, plan, (drawn, None), factor=factor, index_page=leaf.page + 1, dot="sign_other")
    return [page, *leaf.index]


def neighbours(frame: Frame, others: Sequence[tuple[int, Frame]]) -> dict[str, list[tuple[int, float, float]]]:
    """Return the pages beside a frame by the side on which they lie, the nearest first, with their middles in metres.

    A neighbour's frame touches the ground within half a frame of this one; it lies on the side towards which its middle
    is furthest off, measured in frames.
    """
    west, south, east, north = frame.box_m
    wide, high = east - west, north - south
    found: dict[str, list[tuple[float, int, float, float]]] = {side: [] for side in SIDES}
    for page, other in others:
        w, s, e, n = other.box_m
        if w > east + wide / 2 or e < west - wide / 2 or s > north + high / 2 or n < south - high / 2:
            continue
        across, up = (other.centre_x - frame.centre_x) / wide, (other.centre_y - frame.centre_y) / high
        side = ("east" if across > 0 else "west") if abs(across) > abs(up) else ("north" if up > 0 else "south")
        found[side].append((abs(across) + abs(up), page, other.centre_x, other.centre_y))
    return {
        side: [(page, x, y) for _, page, x, y in sorted(beside)[:MOST_NEIGHBOURS]] for side, beside in found.items()
    }


def _write_neighbours(page: Page, leaf: _Leaf, leaves: Sequence[_Leaf], area: Area, factor: float) -> None:
    """Write the pages of the neighbours into the band round the map, each with an arrow towards it."""
    frame, band = leaf.frame, BAND_MM * factor
    left, top = area.x + band, area.y + band
    others = [(other.page, other.frame) for other in leaves if other is not leaf]
    for side, beside in neighbours(frame, others).items():
        taken: list[float] = _letter_places(leaf.plan.grid, side)
        for number, x, y in beside:
            across, down = (float(value) for value in frame.to_mm(x, y))
            upright = side in {"east", "west"}
            long = frame.height_mm if upright else frame.width_mm
            along = _free_place(down if upright else across, long, taken, factor)
            taken.append(along)
            middle = {
                "north": (left + along, top - band / 2),
                "south": (left + along, top + frame.height_mm + band / 2),
                "west": (left - band / 2, top + along),
                "east": (left + frame.width_mm + band / 2, top + along),
            }[side]
            _write_arrow(page, number, middle, side, factor)


def _letter_places(grid: Grid, side: str) -> list[float]:
    count, long = (grid.rows, grid.frame.height_mm) if side in {"east", "west"} else (grid.columns, grid.frame.width_mm)
    return [(n * grid.side_mm + min((n + 1) * grid.side_mm, long)) / 2 for n in range(count)]


def _free_place(wanted: float, long: float, taken: Sequence[float], factor: float) -> float:
    """Return the place along an edge nearest to the one wanted where no letter and no other arrow stands."""
    room = 9 * factor
    steps = [room / 2 + n * factor for n in range(int((long - room) / factor) + 1)]
    free = [step for step in steps if all(abs(step - other) >= room for other in taken)]
    return min(free or steps, key=lambda step: abs(step - min(max(wanted, 0.0), long)))


def _write_arrow(page: Page, number: int, middle: tuple[float, float], side: str, factor: float) -> None:
    x, y = middle
    size = 1.3 * factor
    turn = {"north": 0, "east": 90, "south": 180, "west": 270}[side]
    upright = side in {"east", "west"}
    tip = (x, y - 1.8 * factor) if upright else (x - 2.2 * factor, y)
    page.draw(
        f'<path transform="translate({svg.number(tip[0])} {svg.number(tip[1])}) rotate({turn}) scale({size:g})" '
        f'fill="{INK}" d="M0 -1L0.9 0.8H-0.9z"/>'
    )
    at = (x, y + 1.4 * factor) if upright else (x + 1.2 * factor, y)
    page.write(str(number), at[0], at[1], 3.0 * factor, bold=True, anchor="middle")


def _key_page(content: SheetContent, leaves: Sequence[_Leaf], paper: Paper, factor: float) -> Page:
    """Return the key map: the frame of every sheet with its page, and a list of them."""
    facts, lang = content.facts, content.facts.lang
    page, area = start_page(
        paper, facts, title=_title(content), subtitle=subtitle_of(content), factor=factor, number="1"
    )
    map_area, panel = _key_areas(content, leaves, area, factor)
    boxes = [leaf.frame.box_m for leaf in leaves]
    box = min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
    own = station_box(content.stations)
    box = min(box[0], own[0]), min(box[1], own[1]), max(box[2], own[2]), max(box[3], own[3])
    frame = frame_in(map_area, box, factor)
    outlines = tuple((*_corner(frame, leaf.frame), f"{leaf.page} {leaf.name}") for leaf in leaves)
    everyone = frozenset(one.station_id for one in content.stations)
    watermark = say(lang, "sheet.sample") if facts.sample else ""
    drawn = draw_map(
        content.base,
        map_stations(content.stations, dots=everyone),
        frame,
        MapOptions(factor=factor, watermark=watermark, boxes=outlines, places=(), boundary=content.boundary),
    )
    band = BAND_MM * factor
    page.place(drawn, map_area.x + band, map_area.y + band)
    top = write_heading(page, say(lang, "sheet.sheets"), panel.x, panel.y, factor)
    top = _write_list(page, leaves, panel, top, factor, lang) + GAP_MM * factor
    top = write_heading(page, say(lang, "sheet.legend"), panel.x, top, factor)
    items = map_items(drawn.classes, scale=frame.scale, lang=lang, dot="sign_station")
    top = write_legend(page, items, panel.x, top, panel.width, factor=factor) + 1.5 * factor
    write_scale(page, drawn, panel.x, top, panel.width, factor=factor, lang=lang)
    return page


def _key_areas(content: SheetContent, leaves: Sequence[_Leaf], area: Area, factor: float) -> tuple[Area, Area]:
    """Return the area of the key map and that of its list and legend, on upright paper no higher than they need."""
    if area.width >= area.height:
        return split_area(area, factor)
    items = map_items(ANY_CLASS, scale=leaves[0].frame.scale, lang=content.facts.lang)
    words = (_list_rows(leaves, area, factor)[1] * ROW_MM + 3 * HEADING_MM + SCALE_MM + GAP_MM) * factor
    used = words + legend_size(items, area.width, factor=factor)[1]
    return cut_area(area, area.height - used - GAP_MM * factor, factor, beside=False)


def _list_rows(leaves: Sequence[_Leaf], panel: Area, factor: float) -> tuple[int, int]:
    columns = 2 if panel.width > 150 * factor else 1
    return columns, -(-len(leaves) // columns)


def _corner(frame: Frame, inner: Frame) -> tuple[float, float, float, float]:
    west, south, east, north = inner.box_m
    x, y = frame.to_mm([west, east], [north, south])
    return float(x[0]), float(y[0]), float(x[1] - x[0]), float(y[1] - y[0])


def _write_list(page: Page, leaves: Sequence[_Leaf], panel: Area, top: float, factor: float, lang: str) -> float:
    size, row = 3.0 * factor, ROW_MM * factor
    columns, rows = _list_rows(leaves, panel, factor)
    for place, leaf in enumerate(leaves):
        left = panel.x + (place // rows) * (panel.width + GAP_MM * factor) / columns
        right = left + panel.width / columns - (GAP_MM * factor if columns > 1 else 0.0)
        middle = top + (place % rows + 0.5) * row
        page.write(str(leaf.page), left + 6 * factor, middle, size, bold=True, anchor="end")
        page.write(leaf.name, left + 9 * factor, middle, size)
        scale = f"1:{leaf.frame.scale:,.0f}"
        words = say(lang, "sheet.leaf_facts", count=len(leaf.content.stations), scale=scale)
        page.write(words, right, middle, size * 0.8, fill=MUTED, anchor="end")
    return top + rows * row
