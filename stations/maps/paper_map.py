"""A map for paper: a true scale, everything in millimetres, as one SVG drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from stations.maps import svg
from stations.maps.font_widths import text_width
from stations.maps.paper_base import PaperBase, prepare_base
from stations.maps.paper_frame import Frame, fit_frame, round_near
from stations.maps.paper_labels import PlacedLabel, label_svg, place_labels
from stations.maps.paper_marks import MARK_INK, MapStation, PlacedMark, marks_svg, place_marks
from stations.maps.paper_room import Box, Room
from stations.maps.paper_style import CASING_MM, PAPER_RANKS, PAPER_SHADES, PaperRank, road_width_mm
from stations.maps.style import DEMAND_SHADES, LOCKED, PAGE_SHADES, STATE_SHADES

__all__ = [
    "Frame",
    "MapDot",
    "MapOptions",
    "MapStation",
    "PaperBase",
    "PaperMap",
    "draw_map",
    "fit_frame",
    "north_arrow",
    "prepare_base",
    "scale_bar",
    "watermark",
]

SHAPE_TOLERANCE_MM = 0.06
CUT_MARGIN_MM = 3.0
AREA_OPACITY = 0.25
TRACKS_MM = 1.7
"""Tracks nearer than this are drawn as one railway."""
Lines = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class MapDot:
    """Demand to draw: metres, its state (covered, gap, unknown), and a radius in millimetres."""

    x: float
    y: float
    state: str
    radius_mm: float


@dataclass(frozen=True, slots=True)
class MapOptions:
    """What else a map shows, and how large.

    `factor` multiplies type, marks and line widths. `watermark` is written across, faint. `north` and
    `bar` draw a north arrow and a scale bar into the map's corners. `grid_m` draws a grid of such squares (metres) from
    the upper left corner. `area` (metres) is a tinted area such as a catchment, `boundary`
    (metres) a line, drawn only where it is asked for. `places` are the kinds of places that are named, all where it is
    `None`; `dot_ink` is the ink of dots. `boxes` are outlined with a word each, in
    millimetres of the frame: (x, y, width, height, word); no mark is set aside into them.
    """

    factor: float = 1.0
    watermark: str = ""
    north: bool = False
    bar: bool = False
    labels: bool = True
    places: tuple[str, ...] | None = None
    dot_ink: str = MARK_INK
    grid_m: float = 0.0
    area: shapely.Geometry | None = None
    dots: tuple[MapDot, ...] = ()
    boxes: tuple[tuple[float, float, float, float, str], ...] = ()
    boundary: shapely.Geometry | None = None


@dataclass(frozen=True, slots=True)
class PaperMap:
    """A drawn map.

    Attributes
    ----------
    content
        SVG elements in millimetres of the frame; `svg` is the drawing of its own.
    marks
        Where each station stands; the stations that lie outside the frame are in `outside`, those for which no room was
        found in `lost`.
    labels
        The names that are written.
    classes
        What is drawn: ranks of roads, layers, ``"leader"``, ``"dot"``, ``"filled"``, ``"ring"``,
        ``"kind.<kind>"``; for the
        legend.
    """

    frame: Frame
    content: str
    marks: tuple[PlacedMark, ...]
    labels: tuple[PlacedLabel, ...]
    classes: frozenset[str]
    outside: tuple[MapStation, ...]
    lost: tuple[MapStation, ...]

    @property
    def svg(self) -> str:
        """The map as a drawing of its own."""
        return svg.drawing(self.content, self.frame.width_mm, self.frame.height_mm)

    def inside(self, x: float, y: float) -> str:
        """Return the map to stand at (x, y) of a larger drawing."""
        return svg.drawing(self.content, self.frame.width_mm, self.frame.height_mm, x=x, y=y)


def draw_map(
    base: PaperBase, stations: Sequence[MapStation], frame: Frame, options: MapOptions | None = None
) -> PaperMap:
    """Draw the ground of a frame, with stations and names that never overlap.

    Parameters
    ----------
    base
        The region's base map as `prepare_base` gives it.
    stations
        In metres of ``base.crs``; those outside the frame come back in `PaperMap.outside`.
    frame
        Size, scale and centre.
    """
    options = options or MapOptions()
    room = Room(frame.width_mm, frame.height_mm)
    corners = _corners(frame, room, options)
    notes = _notes(room, options)
    where = [(station, _point(frame, station)) for station in stations]
    inside = [(station, at) for station, at in where if frame.holds(*at)]
    closed = [Box(x + wide / 2, y + high / 2, wide, high) for x, y, wide, high, _ in options.boxes]
    marks, lost = place_marks(inside, room, factor=options.factor, closed=closed)
    labels = place_labels(base, frame, room, factor=options.factor, places=options.places) if options.labels else ()
    ground, drawn = _ground(base, frame, options.factor)
    content = (
        ground
        + _overlay(options, frame)
        + _boundary(options.boundary, frame, options.factor)
        + _grid(frame, options.grid_m)
        + label_svg(labels)
        + marks_svg(marks, factor=options.factor, dot_ink=options.dot_ink)
        + notes
        + corners
        + watermark(options.watermark, frame.width_mm, frame.height_mm)
    )
    return PaperMap(
        frame=frame,
        content=content,
        marks=marks,
        labels=labels,
        classes=frozenset(drawn | _mark_classes(marks) | ({"boundary"} if options.boundary is not None else set())),
        outside=tuple(station for station, at in where if not frame.holds(*at)),
        lost=lost,
    )


def _point(frame: Frame, station: MapStation) -> tuple[float, float]:
    x, y = frame.to_mm(station.x, station.y)
    return float(x), float(y)


def _mark_classes(marks: Sequence[PlacedMark]) -> set[str]:
    found = {"leader" for mark in marks if mark.aside}
    for mark in marks:
        if mark.station.dot:
            found.add("dot")
        else:
            found |= {f"kind.{mark.station.kind}", "filled" if mark.station.filled else "ring"}
    return found


def _ground(base: PaperBase, frame: Frame, factor: float) -> tuple[str, set[str]]:
    """Return what lies beneath names and marks, and the classes of it that are in the frame."""
    west, south, east, north = frame.box_m
    more = CUT_MARGIN_MM / frame.mm_per_m
    box = west - more, south - more, east + more, north + more
    drawn: set[str] = set()

    def cut(shapes: Lines, name: str) -> str:
        found = _cut(shapes, frame, box)
        if name == "railway":
            found = _apart(found, TRACKS_MM * factor)
        if len(found):
            drawn.add(name)
        return svg.path_of(found)

    parts = [svg.rect(0, 0, frame.width_mm, frame.height_mm, fill=_shade("ground"))]
    for layer, shade in (("built_up", "built-up"), ("green", "green"), ("water", "water")):
        parts.append(svg.path(cut(base.areas[layer], layer), fill=_shade(shade)))
    river_mm = (0.5 if frame.scale > 60_000 else 0.9) * factor
    parts.append(svg.path(cut(base.lines["coastline"], "water"), stroke=_shade("water"), width=0.6 * factor))
    parts.append(svg.path(cut(base.lines["waterway"], "water"), stroke=_shade("water"), width=river_mm))
    parts.append(_railway(cut(base.lines["railway"], "railway"), frame.scale, factor))
    parts.extend(_roads(base, frame, factor, cut))
    return "".join(parts), drawn


def _apart(lines: Lines, least_mm: float) -> Lines:
    """Return what of some lines, the longest first, does not run nearer than `least_mm` beside one before it."""
    if len(lines) < 2:
        return lines
    parts = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(shapely.get_parts(lines))))
    kept: list[shapely.Geometry] = []
    taken: shapely.Geometry = shapely.Polygon()
    for line in parts[np.argsort(-shapely.length(parts), kind="stable")]:
        rest = shapely.get_parts(shapely.difference(line, taken))
        rest = rest[shapely.length(rest) > 2 * least_mm]
        kept.extend(rest)
        taken = shapely.union_all([taken, *shapely.buffer(rest, least_mm, quad_segs=2, cap_style="flat")])
    return np.array(kept, dtype=np.object_)


def _roads(base: PaperBase, frame: Frame, factor: float, cut: Callable[[Lines, str], str]) -> list[str]:
    """Return the roads: thin lines, then all casings, then all fills, the lowest rank first."""
    ranks = [rank for rank in PAPER_RANKS if frame.scale <= rank.drawn_to * factor]
    paths = {rank.rank: cut(base.roads[rank.rank], rank.rank) for rank in ranks}
    cased = [rank for rank in ranks if frame.scale <= rank.cased_to * factor]
    parts = []
    for rank in ranks:
        if rank not in cased:
            dash = "0.9 0.6" if rank.rank == "path" else ""
            shade = _shade("path" if rank.rank == "path" else "lane")
            width = road_width_mm(rank, frame.scale) * factor
            parts.append(
                svg.path(paths[rank.rank], stroke=shade, width=width, dash=dash, cap="butt" if dash else "round")
            )
    for with_casing in (True, False):
        parts.extend(_road(rank, paths[rank.rank], frame.scale, factor, casing=with_casing) for rank in cased)
    return parts


def _road(rank: PaperRank, d: str, scale: float, factor: float, *, casing: bool) -> str:
    width = road_width_mm(rank, scale) * factor
    if casing:
        return svg.path(d, stroke=_shade(rank.casing), width=width + 2 * CASING_MM * factor)
    return svg.path(d, stroke=_shade(rank.fill), width=width)


def _railway(d: str, scale: float, factor: float) -> str:
    width = (0.75 if scale > 60_000 else 1.0 if scale > 12_000 else 0.6) * factor
    bar = 3 * width
    return svg.path(d, stroke=_shade("railway"), width=width, cap="butt") + svg.path(
        d, stroke=_shade("railway-gap"), width=width * 0.6, dash=f"{bar} {bar}", cap="butt"
    )


def _cut(shapes: Lines, frame: Frame, box: tuple[float, float, float, float]) -> Lines:
    """Return what of some shapes lies in a box, simplified, in millimetres of the frame."""
    if not len(shapes):
        return shapes
    west, south, east, north = box
    bounds = shapely.bounds(shapes)
    near = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    found = shapely.clip_by_rect(shapes[near], *box)
    found = shapely.simplify(found[~shapely.is_empty(found)], SHAPE_TOLERANCE_MM / frame.mm_per_m)
    return np.asarray(
        shapely.transform(found, lambda points: np.column_stack(frame.to_mm(points[:, 0], points[:, 1]))),
        dtype=np.object_,
    )


def _overlay(options: MapOptions, frame: Frame) -> str:
    parts = []
    if options.area is not None:
        found = _cut(np.array([options.area], dtype=np.object_), frame, frame.box_m)
        shade = DEMAND_SHADES["covered"].light
        d = svg.path_of(found)
        parts.append(svg.path(d, fill=shade).replace("<path ", f'<path fill-opacity="{AREA_OPACITY}" ', 1))
    for dot in options.dots:
        x, y = (float(value) for value in frame.to_mm(dot.x, dot.y))
        if frame.holds(x, y):
            parts.append(_demand_dot(x, y, dot))
    return "".join(parts)


def _demand_dot(x: float, y: float, dot: MapDot) -> str:
    shade = DEMAND_SHADES[dot.state].light
    if dot.state == "covered":
        return svg.circle(x, y, dot.radius_mm, fill=shade)
    if dot.state == "gap":
        return svg.rect(
            x - dot.radius_mm,
            y - dot.radius_mm,
            2 * dot.radius_mm,
            2 * dot.radius_mm,
            fill=shade,
            stroke="#ffffff",
            pen=0.1,
        )
    return svg.circle(x, y, dot.radius_mm, fill="#ffffff", stroke=shade, pen=0.3)


def watermark(words: str, width_mm: float, height_mm: float) -> str:
    """Return words written across an area, faint, over all that stands there; nothing where there are none."""
    if not words:
        return ""
    size = min(width_mm, height_mm) / 6
    size = min(size, size * 0.8 * width_mm / text_width(words, size, bold=True))
    width = text_width(words, size, bold=True)
    return svg.text(
        words,
        width_mm / 2 - width / 2 * 0.87 + 0.17 * size,
        height_mm / 2 + width / 4 + 0.3 * size,
        size,
        fill=STATE_SHADES[LOCKED].light,
        bold=True,
        turn_deg=-30,
        opacity=0.075,
    )


def _grid(frame: Frame, square_m: float) -> str:
    if not square_m:
        return ""
    side = square_m * frame.mm_per_m
    across = [side * n for n in range(1, int(frame.width_mm / side - 1e-6) + 1)]
    down = [side * n for n in range(1, int(frame.height_mm / side - 1e-6) + 1)]
    ink = PAGE_SHADES["link"].light
    lines = [svg.line(x, 0, x, frame.height_mm, stroke=ink, pen=0.12) for x in across]
    lines += [svg.line(0, y, frame.width_mm, y, stroke=ink, pen=0.12) for y in down]
    return f'<g stroke-opacity="0.45">{"".join(lines)}</g>'


def _boundary(boundary: shapely.Geometry | None, frame: Frame, factor: float) -> str:
    if boundary is None:
        return ""
    lines = _cut(shapely.get_parts(np.array([shapely.boundary(boundary)])), frame, frame.box_m)
    return svg.path(
        svg.path_of(lines), stroke=PAGE_SHADES["muted"].light, width=0.45 * factor, dash="2.4 0.8 0.5 0.8", cap="butt"
    )


def _notes(room: Room, options: MapOptions) -> str:
    """Outline the boxes of the options, each with its words beside or within it where there is room."""
    parts, ink, size = [], PAGE_SHADES["ink"].light, 2.6 * options.factor
    for x, y, width, height, _ in options.boxes:
        parts.append(svg.rect(x, y, width, height, stroke=ink, pen=0.35 * options.factor))
    for x, y, width, height, words in options.boxes:
        long = text_width(words, size, bold=True) + size
        label = next(
            (box for box in _note_boxes((x, y, width, height), long, size) if words and room.free((box,))), None
        )
        if label is not None:
            room.take((label,))
            parts.append(svg.rect(label.x - long / 2, label.y - label.height / 2, long, label.height, fill=ink))
            middle = label.y + 0.37 * size
            parts.append(svg.text(words, label.x, middle, size, fill="#ffffff", bold=True, anchor="middle"))
    return "".join(parts)


def _note_boxes(box: tuple[float, float, float, float], long: float, size: float) -> Iterator[Box]:
    """Return where the words of an outlined box may stand: above it, below it, then ever lower within it."""
    x, y, width, height = box
    high = size * 1.5
    steps = max(1, int((width - long) / (size * 2)))
    downs = [y - high / 2, y + height + high / 2]
    downs += [y + high * (0.5 + part) for part in range(int(height / high))]
    for down in downs:
        for step in range(steps + 1):
            yield Box(x + long / 2 + step * max(0.0, width - long) / steps, down, long, high)


def _corners(frame: Frame, room: Room, options: MapOptions) -> str:
    """Draw north arrow and scale bar into the corners, and take their room."""
    parts = []
    factor = options.factor
    if options.north:
        size = 8 * factor
        room.take((Box(frame.width_mm - size / 2 - 1.5, size / 2 + 1.5, size, size * 1.2),))
        parts.append(north_arrow(frame.width_mm - size / 2 - 1.5, size / 2 + 1.5, size))
    if options.bar:
        drawn, width, height = scale_bar(frame, min(32 * factor, frame.width_mm * 0.45), factor=factor)
        room.take((Box(2 + width / 2, frame.height_mm - 2 - height / 2, width + 2, height + 2),))
        parts.append(f'<g transform="translate(2 {svg.number(frame.height_mm - 2 - height)})">{drawn}</g>')
    return "".join(parts)


def north_arrow(x: float, y: float, size: float) -> str:
    """Return an arrow to the north about (x, y): maps of this kind have north up."""
    ink = PAGE_SHADES["ink"].light
    half, wide = size / 2, size * 0.2
    tip, heart = f"{svg.number(x)} {svg.number(y - half * 0.45)}", f"{svg.number(x)} {svg.number(y + half * 0.65)}"
    foot = svg.number(y + half)
    left = f"M{tip}L{svg.number(x - wide)} {foot}L{heart}z"
    whole = f"{left}L{svg.number(x + wide)} {foot}L{tip}z"
    return (
        f'<path d="{whole}" fill="#ffffff" stroke="{ink}" stroke-width="0.25" stroke-linejoin="round"/>'
        f'<path d="{left}" fill="{ink}"/>'
        + svg.text(
            "N", x, y - half * 0.52, size * 0.36, fill=ink, bold=True, anchor="middle", halo="#ffffff", halo_mm=0.5
        )
    )


def scale_bar(frame: Frame, most_mm: float, *, factor: float = 1.0) -> tuple[str, float, float]:
    """Return a scale bar no longer than about `most_mm`, and its width and height in millimetres."""
    metres = round_near(most_mm * 0.7 / frame.mm_per_m)
    if metres * frame.mm_per_m > most_mm:
        metres /= 2
    length, size, ink = metres * frame.mm_per_m, 2.3 * factor, PAGE_SHADES["ink"].light
    top, thick = size * 1.15, 1.1 * factor
    parts = [svg.rect(0, top, length, thick, fill="#ffffff", stroke=ink, pen=0.2)]
    parts += [svg.rect(length * part / 4, top, length / 4, thick, fill=ink) for part in (0, 2)]
    for part in (0.0, 0.5, 1.0):
        words = distance_words(metres * part) if part == 1 else distance_words(metres * part).split(" ")[0]
        if part == 0.5 and distance_words(metres / 2).split(" ")[1] != distance_words(metres).split(" ")[1]:
            continue
        parts.append(
            svg.text(
                words,
                length * part,
                size * 0.85,
                size,
                fill=ink,
                anchor="start" if part == 0 else "middle",
                halo="#ffffff",
                halo_mm=0.5,
            )
        )
    return "".join(parts), length + text_width(distance_words(metres), size) / 2, top + thick + 0.3


def distance_words(metres: float) -> str:
    """Return a distance as on a scale bar, e.g. ``500 m`` or ``2.5 km``."""
    return f"{metres:g} m" if metres < 1000 else f"{metres / 1000:g} km"


def _shade(name: str) -> str:
    return PAPER_SHADES[name]
