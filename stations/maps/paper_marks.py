"""Station marks on a printed map: a symbol with its number, moved aside on a leader line where it is too dense."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.spatial import cKDTree

from stations.maps import svg
from stations.maps.font_widths import text_width
from stations.maps.paper_room import Box, Room, line_boxes
from stations.maps.style import PAGE_SHADES

MARK_MM = 4.0
NUMBER_MM = 2.7
DOT_MM = 1.1
GAP_MM = 0.35
LEADER_MM = 0.22
OUTLINE_MM = 0.5
ANGLES = 24
MOST_FILLED = 0.7
"""Share of a frame that marks and numbers can cover; beyond it no search for places is begun."""
MARK_INK = PAGE_SHADES["link"].light
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class MapStation:
    """A station to draw: metres in the map's projection, the key of its kind, and its number (or other words).

    `filled` draws the mark solid (open round the clock); `dot` only a dot without number, for those that stand in an
    inset; `emphasis` a mark half as large again, for the one that the map is about; `badge` a black disc that bears its
    number, as in the list beside the map.
    """

    station_id: str
    number: str
    kind: str
    x: float
    y: float
    filled: bool = False
    dot: bool = False
    emphasis: bool = False
    badge: bool = False


Site = tuple[MapStation, Point]
"""A station and its point in millimetres."""


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """Where a station's mark stands, in millimetres of the frame.

    `x` and `y` are the middle of the mark, `true_x` and `true_y` the station's place: the same, but where the
    mark stands
    aside on a leader line. `boxes` are those of mark and number.
    """

    station: MapStation
    x: float
    y: float
    true_x: float
    true_y: float
    boxes: tuple[Box, ...]
    number_at: Point | None
    size_mm: float

    @property
    def aside(self) -> bool:
        """Whether the mark stands aside."""
        return (self.x, self.y) != (self.true_x, self.true_y)


def place_marks(
    stations: Sequence[Site], room: Room, *, factor: float, closed: Sequence[Box] = ()
) -> tuple[tuple[PlacedMark, ...], tuple[MapStation, ...]]:
    """Place every station (with its point in millimetres) so that no mark or number meets another, or leaves the frame.

    Marks stand on their place where they can, the least crowded first; the others aside, as near as there is room, but
    not within `closed` boxes.

    Returns
    -------
    tuple
        The marks in the order of `stations`, and the stations for which no room was found.
    """
    dots = [(station, at) for station, at in stations if station.dot]
    marked = [(station, at) for station, at in stations if not station.dot]
    most = int(MOST_FILLED * room.width * room.height / (2 * (MARK_MM * factor) ** 2))
    if len(marked) > most:
        return (), tuple(station for station, _ in marked[most:])
    placed = {station.station_id: _dot(station, at, factor) for station, at in dots}
    for one in placed.values():
        room.take(one.boxes)
    placed |= _stand_on_place(marked, room, closed, factor)
    solid, barred = _solid(placed.values(), room), Room(room.width, room.height)
    barred.take(closed)
    lost: list[MapStation] = []
    waiting = [site for site in marked if site[0].station_id not in placed]
    for station, at in _densest_first(waiting, marked, factor):
        mark = _set_aside(station, at, (room, solid, barred), factor)
        if mark is None:
            lost.append(station)
        else:
            placed[station.station_id] = mark
            solid.take(mark.boxes)
    found = tuple(placed[station.station_id] for station, _ in stations if station.station_id in placed)
    return found, tuple(lost)


def _stand_on_place(marked: Sequence[Site], room: Room, closed: Sequence[Box], factor: float) -> dict[str, PlacedMark]:
    """Return the marks that stand on their place, number and all.

    First all discs are set, then the numbers, which unlike discs never stand on the outline of a `closed` box.
    """
    found = {}
    discs = _on_place(marked, room, factor)
    for box in closed:
        room.take(_outline(box))
    for station, at in discs:
        mark = _numbered(station, at, at, room, factor)
        if mark is not None:
            found[station.station_id] = mark
    return found


def _outline(box: Box) -> list[Box]:
    left, right = box.x - box.width / 2, box.x + box.width / 2
    top, bottom = box.y - box.height / 2, box.y + box.height / 2
    corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
    return [line for start, end in pairwise(corners) for line in line_boxes(start, end, OUTLINE_MM)]


def _solid(marks: Iterable[PlacedMark], room: Room) -> Room:
    """Return a room that only marks and numbers take, no dots and no leader lines."""
    solid = Room(room.width, room.height)
    for mark in marks:
        if not mark.station.dot:
            solid.take(mark.boxes)
    return solid


def _densest_first(waiting: Sequence[Site], marked: Sequence[Site], factor: float) -> list[Site]:
    """Return those who wait for a place with the most crowded first: for them it is hardest."""
    near = _crowd(waiting, marked, MARK_MM * factor * 4)
    order = sorted(range(len(waiting)), key=lambda n: (not waiting[n][0].emphasis, -near[n], waiting[n][0].station_id))
    return [waiting[n] for n in order]


def _on_place(marked: Sequence[Site], room: Room, factor: float) -> list[Site]:
    """Take the discs of as many stations as fit on their place, least crowded first, and return those stations."""
    crowd = _crowd(marked, marked, MARK_MM * factor * 1.8)
    order = sorted(range(len(marked)), key=lambda n: (not marked[n][0].emphasis, crowd[n], marked[n][0].station_id))
    kept = []
    for n in order:
        station, at = marked[n]
        disc = _disc(station, at, factor)
        if room.free((disc,)):
            room.take((disc,))
            kept.append((station, at))
    return kept


def _crowd(sites: Sequence[Site], among: Sequence[Site], within_mm: float) -> list[int]:
    """Return how many of others stand near each site."""
    if not sites:
        return []
    tree = cKDTree([at for _, at in among])
    return [len(near) for near in tree.query_ball_point(np.array([at for _, at in sites]), within_mm)]


def _size(station: MapStation, factor: float) -> float:
    return MARK_MM * factor * (1.5 if station.emphasis else 1.15 if station.badge else 1.0)


def _disc(station: MapStation, at: Point, factor: float) -> Box:
    size = _size(station, factor) + GAP_MM
    return Box(at[0], at[1], size, size)


def _dot(station: MapStation, at: Point, factor: float) -> PlacedMark:
    size = DOT_MM * factor
    return PlacedMark(station, *at, *at, (Box(*at, size, size),), None, size)


def _numbered(station: MapStation, at: Point, true: Point, room: Room, factor: float) -> PlacedMark | None:
    """Return a mark whose disc is taken already, with its number beside it; give the disc back where that cannot be."""
    disc = _disc(station, at, factor)
    for middle, box in _number_boxes(station, at, factor):
        if room.free((box,)):
            room.take((box,))
            return PlacedMark(station, *at, *true, (disc, box), middle, _size(station, factor))
    if not station.number or station.badge:
        return PlacedMark(station, *at, *true, (disc,), None, _size(station, factor))
    room.release((disc,))
    return None


def _number_boxes(station: MapStation, at: Point, factor: float) -> Iterator[tuple[Point, Box]]:
    if not station.number or station.badge:
        return
    size = NUMBER_MM * factor * (1.15 if station.emphasis else 1.0)
    width, height = text_width(station.number, size, bold=True) + 0.3, size * 0.86
    aside = _size(station, factor) / 2 + GAP_MM / 2 + 0.02
    for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 0.6), (1, -0.6), (-1, 0.6), (-1, -0.6)):
        x = at[0] + across * (aside + width / 2)
        y = at[1] + (down * (aside + height / 2) if not across else down * aside)
        yield (x, y), Box(x, y, width, height)


def _set_aside(station: MapStation, at: Point, rooms: tuple[Room, Room, Room], factor: float) -> PlacedMark | None:
    """Return the mark as near to its place as there is room for it, its number and its leader line.

    `rooms` are that of everything, that of marks and numbers alone, and that of boxes where nothing is set aside.

    At first leader lines may cross nothing; where that cannot be, dots and other leader lines, farther away;
    and at last,
    drawn below them, marks.
    """
    size = _size(station, factor)
    room, solid, barred = rooms
    everywhere = math.hypot(room.width, room.height)
    for barrier, furthest in ((room, size * 6), (solid, size * 10), (None, everywhere)):
        reach = size * 0.55
        while reach <= furthest:
            for turn in range(ANGLES):
                angle = 2 * math.pi * turn / ANGLES + 0.3
                spot = at[0] + reach * math.cos(angle), at[1] + reach * math.sin(angle)
                if not barred.free((_disc(station, spot, factor),)):
                    continue
                mark = _aside_at(station, at, spot, room, barrier, factor)
                if mark is not None:
                    room.take(_leader(at, spot, size))
                    return mark
            reach += max(size * 0.3, reach * 0.07)
    return None


def _aside_at(
    station: MapStation, at: Point, spot: Point, room: Room, barrier: Room | None, factor: float
) -> PlacedMark | None:
    """Return the mark at a spot beside its place, `None` where it, its number or its leader line finds no room."""
    disc = _disc(station, spot, factor)
    if not room.free((disc,)) or (barrier and not _leads(at, spot, disc.width, barrier)):
        return None
    room.take((disc,))
    return _numbered(station, spot, at, room, factor)


def _leader(at: Point, spot: Point, size: float) -> Sequence[Box]:
    """Return the box of the line from a place to the rim of the mark that stands aside."""
    length = math.dist(at, spot)
    part = max(0.0, (length - size / 2 - GAP_MM) / length)
    rim = at[0] + (spot[0] - at[0]) * part, at[1] + (spot[1] - at[1]) * part
    return line_boxes(at, rim, LEADER_MM)


def _leads(at: Point, spot: Point, size: float, barrier: Room) -> bool:
    """Whether the leader line meets nothing, but for what stands on the place itself."""
    length = math.dist(at, spot)
    clear = size * 0.75
    if length <= clear + size / 2:
        return True
    part = clear / length
    start = at[0] + (spot[0] - at[0]) * part, at[1] + (spot[1] - at[1]) * part
    return barrier.free(_leader(start, spot, size))


def marks_svg(marks: Iterable[PlacedMark], *, factor: float, dot_ink: str = MARK_INK) -> str:
    """Return what draws the marks: leader lines first, then dots, symbols, numbers."""
    held = list(marks)
    leaders = "".join(
        svg.line(mark.true_x, mark.true_y, mark.x, mark.y, stroke="#ffffff", pen=0.6 * factor)
        + svg.line(mark.true_x, mark.true_y, mark.x, mark.y, stroke=PAGE_SHADES["ink"].light, pen=LEADER_MM * factor)
        + svg.circle(mark.true_x, mark.true_y, 0.5 * factor, fill=PAGE_SHADES["ink"].light)
        for mark in held
        if mark.aside
    )
    return leaders + "".join(_mark_svg(mark, factor, dot_ink) for mark in held)


def _mark_svg(mark: PlacedMark, factor: float, dot_ink: str) -> str:
    if mark.station.dot:
        return svg.circle(mark.x, mark.y, mark.size_mm / 2, fill=dot_ink, stroke="#ffffff", pen=0.15)
    if mark.station.badge:
        return _badge(mark)
    drawn = mark_symbol(
        mark.x, mark.y, mark.size_mm, mark.station.kind, filled=mark.station.filled or mark.station.emphasis
    )
    if mark.number_at is None:
        return drawn
    size = NUMBER_MM * factor * (1.15 if mark.station.emphasis else 1.0)
    x, y = mark.number_at
    return drawn + svg.text(
        mark.station.number,
        x,
        y + 0.37 * size,
        size,
        fill=PAGE_SHADES["ink"].light,
        bold=True,
        anchor="middle",
        halo="#ffffff",
        halo_mm=0.22 * size,
    )


def _badge(mark: PlacedMark) -> str:
    size = mark.size_mm * 0.72
    disc = svg.circle(mark.x, mark.y, mark.size_mm / 2, fill=PAGE_SHADES["ink"].light, stroke="#ffffff", pen=0.2)
    return disc + svg.text(
        mark.station.number, mark.x, mark.y + 0.37 * size, size, fill="#ffffff", bold=True, anchor="middle"
    )


def mark_symbol(x: float, y: float, size: float, kind: str, *, filled: bool) -> str:
    """Return the mark of a kind about a point: a disc with its symbol, solid or as a ring."""
    ground, ink = (MARK_INK, "#ffffff") if filled else ("#ffffff", MARK_INK)
    pen = size * 0.085
    disc = svg.circle(x, y, size / 2 - pen / 2, fill=ground, stroke=MARK_INK, pen=pen)
    return disc + svg.symbol(f"kind.{kind}", x, y, size * 0.64, colour=ink, width=2.2)
