"""Names on a printed map: along roads and rivers and at places, none over another, over a mark or over the frame."""

from __future__ import annotations

import itertools
import math
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from stations.maps import svg
from stations.maps.font_widths import text_width
from stations.maps.paper_base import NamedLines, NamedPoint, PaperBase
from stations.maps.paper_frame import Frame
from stations.maps.paper_room import Box, Room
from stations.maps.paper_style import PAPER_PLACES, PAPER_RANKS, PAPER_SHADES, WATER_INK, PaperPlace, road_width_mm

HALO = PAPER_SHADES["ground"]
BASELINE_DOWN = 0.37
"""How far below the middle of a letter its baseline lies, in ems."""
MOST_BEND_DEG = 28.0
STRAIGHT_DEG = 5.0
REPEAT_MM = 120.0
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A name on the map: its boxes in millimetres of the frame, and what draws it."""

    text: str
    kind: str
    boxes: tuple[Box, ...]
    svg: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A name that wants a place, by `order`: at a point, or along a line of paper."""

    order: tuple[float, float, float]
    text: str
    kind: str
    size: float
    bold: bool
    spacing: float
    ink: str
    at: Point = (0.0, 0.0)
    shift: float = 0.0
    along: tuple[Point, ...] = ()


def place_labels(
    base: PaperBase, frame: Frame, room: Room, *, factor: float, places: tuple[str, ...] | None = None
) -> tuple[PlacedLabel, ...]:
    """Write the names of a map into what room its marks left, the more important first.

    `factor` multiplies type sizes; `places` are the kinds of places that are named, all by default. `room`
    takes the boxes of every name that is written; a name that finds no room is
    left out. The same input gives the same map.
    """
    at_points = [one for one in _wanted_places(base, frame, factor) if places is None or one.kind in places]
    wanted = [*at_points, *_wanted_lines(base, frame, factor)]
    wanted.sort(key=lambda one: (one.order, one.text, one.at, one.along))
    placed: list[PlacedLabel] = []
    written: dict[str, list[Point]] = {}
    for one in wanted:
        near = written.setdefault(one.text, [])
        for label, middle in _candidates(one):
            if any(math.dist(middle, other) < REPEAT_MM * factor for other in near) or not room.free(label.boxes):
                continue
            room.take(label.boxes)
            near.append(middle)
            placed.append(label)
            break
    return tuple(placed)


def _wanted_places(base: PaperBase, frame: Frame, factor: float) -> Iterator[_Wanted]:
    styles = {style.kind: (order, style) for order, style in enumerate(PAPER_PLACES)}
    last = (len(PAPER_PLACES) - 1, PAPER_PLACES[-1])
    for point in base.points:
        order, style = styles.get(point.kind, last)
        if frame.scale <= style.named_to * factor:
            x, y = _point_mm(frame, point)
            if frame.holds(x, y):
                yield _wanted_place(point, style, order, (x, y), factor)


def _wanted_place(point: NamedPoint, style: PaperPlace, order: int, at: Point, factor: float) -> _Wanted:
    important = 0.0 if order < 2 else 2.0 + order
    return _Wanted(
        (important, order, 0.0),
        point.name,
        point.kind,
        style.size_mm * factor,
        style.bold,
        (style.spacing if _wide(point.name) else 0.02) * style.size_mm * factor,
        PAPER_SHADES["label" if order < 4 else "village"],
        at=at,
        shift=style.shift_mm * factor,
    )


def _point_mm(frame: Frame, point: NamedPoint) -> Point:
    x, y = frame.to_mm(point.x, point.y)
    return float(x), float(y)


def _wanted_lines(base: PaperBase, frame: Frame, factor: float) -> Iterator[_Wanted]:
    ranks = {rank.rank: (order, rank) for order, rank in enumerate(reversed(PAPER_RANKS))}
    for named in base.names:
        if named.rank in ranks:
            order, rank = ranks[named.rank]
            if frame.scale > rank.named_to * factor:
                continue
            size = max(rank.label_mm, min(0.72 * road_width_mm(rank, frame.scale), 3.0)) * factor
            importance, bold, ink = (1.0 if order < 2 else 1.5 if order < 4 else 6.0), order < 3, "road-label"
            shade = PAPER_SHADES["label" if order < 3 else ink]
            spaced = (0.5 if order < 3 else 0.25) * size
        else:
            size, importance, bold, order = 2.4 * factor, 1.2, False, 0
            shade = WATER_INK if named.rank == "waterway" else PAPER_SHADES["railway"]
            spaced = (1.5 if named.rank == "waterway" else 0.6) * size
        if not _wide(named.name):
            spaced = 0.04 * size
        for piece in _pieces(named, frame, text_width(named.name, size, bold=bold)):
            yield _Wanted(
                (importance, order, -_length(piece)), named.name, named.rank, size, bold, spaced, shade, along=piece
            )


def _pieces(named: NamedLines, frame: Frame, least_mm: float) -> Iterator[tuple[Point, ...]]:
    """Return the pieces of a line in the frame that are long enough for its name, on paper, long ones cut up."""
    cut = shapely.get_parts(shapely.clip_by_rect(named.lines, *frame.box_m))
    cut = cut[shapely.length(cut) * frame.mm_per_m >= least_mm]
    if not len(cut):
        return
    if len(cut) > 1:
        cut = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(list(cut))))
    for line in cut[np.argsort(-shapely.length(cut), kind="stable")][:6]:
        smooth = shapely.simplify(line, 0.35 / frame.mm_per_m)
        x, y = frame.to_mm(*shapely.get_coordinates(smooth).T)
        yield tuple(zip(x.tolist(), y.tolist(), strict=True))


def _length(points: Sequence[Point]) -> float:
    return sum(math.dist(a, b) for a, b in itertools.pairwise(points))


def _candidates(wanted: _Wanted) -> Iterator[tuple[PlacedLabel, Point]]:
    if wanted.along:
        yield from _along(wanted)
    else:
        yield from _about(wanted)


def _about(wanted: _Wanted) -> Iterator[tuple[PlacedLabel, Point]]:
    """Return the name at its point, then ever further from it."""
    width = text_width(wanted.text, wanted.size, bold=wanted.bold) + wanted.spacing * (len(wanted.text) - 1)
    for x, y in _shifts(wanted.at, wanted.shift, width, wanted.size):
        box = Box(x, y, width + 0.5, wanted.size * 1.1)
        drawn = svg.text(
            wanted.text,
            x - width / 2,
            y + BASELINE_DOWN * wanted.size,
            wanted.size,
            fill=wanted.ink,
            bold=wanted.bold,
            halo=HALO,
            halo_mm=0.3 * wanted.size,
            spacing=wanted.spacing,
        )
        yield PlacedLabel(wanted.text, wanted.kind, (box,), drawn), (x, y)


def _shifts(at: Point, most: float, width: float, height: float) -> Iterator[Point]:
    yield at
    reach = height * 0.6
    while reach <= most:
        for across, down in ((0, -1), (0, 1), (1, 0), (-1, 0), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)):
            wide = (width / 2 if across else 0.0) * min(1.0, reach / (height * 1.2))
            yield at[0] + across * reach + math.copysign(wide, across), at[1] + down * reach
        reach += height * 0.6


def _along(wanted: _Wanted) -> Iterator[tuple[PlacedLabel, Point]]:
    """Return the name along its line: at the middle, then alternately towards the ends."""
    far = _distances(wanted.along)
    wide = _wide(wanted.text)
    advances = [text_width(letter, wanted.size, bold=wanted.bold) for letter in wanted.text]
    total = sum(advances) + wanted.spacing * (len(advances) - 1)
    if total > far[-1] and wide:
        total = sum(advances) + 0.05 * wanted.size * (len(advances) - 1)
    gap = (total - sum(advances)) / max(1, len(advances) - 1)
    free = far[-1] - total
    if free < 0:
        return
    step = max(wanted.size, free / 14)
    starts = [free / 2]
    for number in range(1, int(free / 2 / step) + 1):
        starts += [free / 2 + number * step, free / 2 - number * step]
    for start in starts:
        label = _lettered(wanted, far, start, advances, gap, wide)
        if label is not None:
            yield label


def _lettered(
    wanted: _Wanted, far: list[float], start: float, advances: list[float], gap: float, wide: bool
) -> tuple[PlacedLabel, Point] | None:
    """Return the name with its letters along the line from `start`, `None` where the line bends too much.

    Chinese names on lines steeper than 45 degrees are written downwards with upright letters; others turn with the
    line so that none stands on its head.
    """
    total = sum(advances) + gap * (len(advances) - 1)
    begin, _ = _at(wanted.along, far, start)
    end, _ = _at(wanted.along, far, start + total)
    across, down = end[0] - begin[0], end[1] - begin[1]
    stacked = wide and abs(down) > abs(across)
    backward = down < 0 if stacked else across < 0
    places: list[tuple[Point, float]] = []
    position = start
    for advance in reversed(advances) if backward else advances:
        middle = position + advance / 2
        point, angle = _at(wanted.along, far, middle)
        if advance > 0.5:
            (x1, y1), _ = _at(wanted.along, far, max(0.0, middle - advance * 0.75))
            (x2, y2), _ = _at(wanted.along, far, min(far[-1], middle + advance * 0.75))
            angle = math.atan2(y2 - y1, x2 - x1)
        turn = math.degrees(angle) + (180 if backward else 0) - (90 if stacked else 0)
        places.append((point, (turn + 180) % 360 - 180))
        position += advance + gap
    if backward:
        places.reverse()
    turns = [turn for _, turn in places]
    bends = [abs((b - a + 180) % 360 - 180) for a, b in itertools.pairwise(turns)]
    if max(bends, default=0.0) > MOST_BEND_DEG or max(map(abs, turns)) > 100:
        return None
    middle_point = _at(wanted.along, far, start + total / 2)[0]
    if not stacked and max(turns) - min(turns) <= STRAIGHT_DEG:
        return _straight(wanted, middle_point, sum(turns) / len(turns), total, gap), middle_point
    boxes = tuple(
        Box(x, y, advance + 0.25, wanted.size * 1.02, math.radians(turn))
        for ((x, y), turn), advance in zip(places, advances, strict=True)
    )
    letters = [
        (letter, *_baseline(place, turn, advance, wanted.size), turn)
        for letter, (place, turn), advance in zip(wanted.text, places, advances, strict=True)
    ]
    drawn = svg.text_along(
        letters, wanted.size, fill=wanted.ink, bold=wanted.bold, halo=HALO, halo_mm=0.3 * wanted.size
    )
    return PlacedLabel(wanted.text, wanted.kind, boxes, drawn), middle_point


def _straight(wanted: _Wanted, middle: Point, turn: float, total: float, gap: float) -> PlacedLabel:
    x, y = _baseline(middle, turn, total, wanted.size)
    drawn = svg.text(
        wanted.text,
        x,
        y,
        wanted.size,
        fill=wanted.ink,
        bold=wanted.bold,
        halo=HALO,
        halo_mm=0.3 * wanted.size,
        turn_deg=turn,
        spacing=gap,
    )
    box = Box(*middle, total + 0.4, wanted.size * 1.05, math.radians(turn))
    return PlacedLabel(wanted.text, wanted.kind, (box,), drawn)


def _baseline(middle: Point, turn_deg: float, width: float, size: float) -> Point:
    """Return where the baseline of a letter (or word) about `middle` starts."""
    cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    left, down = -width / 2, BASELINE_DOWN * size
    return middle[0] + left * cos - down * sin, middle[1] + left * sin + down * cos


def _distances(points: Sequence[Point]) -> list[float]:
    far = [0.0]
    for a, b in itertools.pairwise(points):
        far.append(far[-1] + math.dist(a, b))
    return far


def _at(points: Sequence[Point], far: Sequence[float], distance: float) -> tuple[Point, float]:
    """Return the point of a line at a distance along it, and the direction there in radians, y down."""
    place = min(max(bisect_right(far, distance) - 1, 0), len(points) - 2)
    (x1, y1), (x2, y2) = points[place], points[place + 1]
    part = (distance - far[place]) / max(far[place + 1] - far[place], 1e-9)
    return (x1 + part * (x2 - x1), y1 + part * (y2 - y1)), math.atan2(y2 - y1, x2 - x1)


def _wide(text: str) -> bool:
    """Whether most letters of a name are as wide as they are high."""
    return sum(unicodedata.east_asian_width(letter) in "WF" for letter in text) * 2 > len(text)


def label_svg(labels: Iterable[PlacedLabel]) -> str:
    """Return what draws the labels."""
    return "".join(label.svg for label in labels)
