"""The legend: what is on the map, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stations.maps import svg
from stations.maps.font_widths import text_width
from stations.maps.paper_map import AREA_OPACITY
from stations.maps.paper_marks import DOT_MM, LEADER_MM, MARK_INK, mark_symbol
from stations.maps.paper_style import CASING_MM, PAPER_RANKS, PAPER_SHADES, road_width_mm
from stations.maps.sheets.page import INK, MUTED, Page
from stations.maps.style import DEMAND_SHADES
from stations.model.keys import ServiceKey, StationKind
from stations.texts import say

LINE_MM = 4.9
SIZE_MM = 2.5
SIGN_MM = 6.6


@dataclass(frozen=True, slots=True)
class LegendItem:
    """A sign (drawn about a point, in a room 7 mm wide times the factor) and its words."""

    words: str
    sign: Callable[[float, float, float], str]


def map_items(
    classes: frozenset[str], *, scale: float, lang: str, dot: str = "sign_dot", dot_ink: str = MARK_INK
) -> list[LegendItem]:
    """Return the items of what a map holds (`PaperMap.classes`), stations first.

    `dot` and `dot_ink` are word and ink of its dots.
    """
    items = [_mark(kind, lang, classes) for kind in StationKind if f"kind.{kind}" in classes]
    signs = {"filled": _filled, "ring": _ring, "dot": _dot_sign(dot_ink), "leader": _leader}
    items += [
        LegendItem(say(lang, f"sheet.{dot if name == 'dot' else 'sign_' + name}"), sign)
        for name, sign in signs.items()
        if name in classes
    ]
    if not {"filled", "ring"} <= classes:
        items = [item for item in items if item.sign is not _ring]
    items += [
        LegendItem(say(lang, f"sheet.road_{rank.rank}"), _road_sign(rank.rank, scale))
        for rank in reversed(PAPER_RANKS)
        if rank.rank in classes
    ]
    for layer, drawn in (("railway", _railway), ("boundary", _boundary)):
        items += [LegendItem(say(lang, f"sheet.layer_{layer}"), drawn)] if layer in classes else []
    items += [
        LegendItem(say(lang, f"sheet.layer_{layer}"), _patch(shade))
        for layer, shade in (("water", "water"), ("green", "green"), ("built_up", "built-up"))
        if layer in classes
    ]
    return items


def service_items(services: Sequence[str], *, lang: str) -> list[LegendItem]:
    """Return the symbols of services, in the order of `ServiceKey`."""
    return [
        LegendItem(say(lang, f"service.{service}"), _symbol(f"service.{service}"))
        for service in ServiceKey
        if service in services
    ]


def demand_items(states: Sequence[str], *, lang: str) -> list[LegendItem]:
    """Return the dots of demand by its state."""
    return [LegendItem(say(lang, f"sheet.demand_{state}"), _demand(state)) for state in states]


def catchment_item(words: str) -> LegendItem:
    """Return the tint of a catchment."""
    shade = DEMAND_SHADES["covered"].light
    return LegendItem(
        words,
        lambda x, y, factor: svg.rect(x - 3 * factor, y - 1.5 * factor, 6 * factor, 3 * factor, fill=shade).replace(
            'fill="', f'fill-opacity="{AREA_OPACITY}" fill="', 1
        ),
    )


def legend_size(items: Sequence[LegendItem], width: float, *, factor: float) -> tuple[int, float]:
    """Return in how many columns a legend stands within `width`, and how high it is, in millimetres."""
    if not items:
        return 1, 0.0
    widest = max(text_width(item.words, SIZE_MM * factor) for item in items) + (SIGN_MM + 3.2) * factor
    columns = max(1, int(width // widest))
    return columns, -(-len(items) // columns) * LINE_MM * factor


def write_legend(page: Page, items: Sequence[LegendItem], x: float, y: float, width: float, *, factor: float) -> float:
    """Write a legend down its columns from (x, y) on; return where it ends."""
    columns, height = legend_size(items, width, factor=factor)
    rows = -(-len(items) // columns) if items else 0
    for place, item in enumerate(items):
        left = x + (place // rows) * width / columns
        middle = y + (place % rows + 0.5) * LINE_MM * factor
        page.draw(item.sign(left + SIGN_MM / 2 * factor, middle, factor))
        page.write(item.words, left + (SIGN_MM + 1.2) * factor, middle, SIZE_MM * factor)
    return y + height


def _mark(kind: str, lang: str, classes: frozenset[str]) -> LegendItem:
    filled = "ring" not in classes
    return LegendItem(
        say(lang, f"kind.{kind}"), lambda x, y, factor: mark_symbol(x, y, 4.0 * factor, kind, filled=filled)
    )


def _filled(x: float, y: float, factor: float) -> str:
    return svg.circle(x, y, 1.9 * factor, fill=MARK_INK)


def _ring(x: float, y: float, factor: float) -> str:
    return svg.circle(x, y, 1.75 * factor, fill="#ffffff", stroke=MARK_INK, pen=0.34 * factor)


def _dot_sign(ink: str) -> Callable[[float, float, float], str]:
    return lambda x, y, factor: svg.circle(x, y, DOT_MM * factor / 2, fill=ink)


def _leader(x: float, y: float, factor: float) -> str:
    return (
        svg.line(x - 2.5 * factor, y, x + 0.5 * factor, y, stroke=INK, pen=LEADER_MM * factor)
        + svg.circle(x - 2.5 * factor, y, 0.5 * factor, fill=INK)
        + _ring(x + 2 * factor, y, factor * 0.8)
    )


def _road_sign(name: str, scale: float) -> Callable[[float, float, float], str]:
    rank = next(rank for rank in PAPER_RANKS if rank.rank == name)

    def sign(x: float, y: float, factor: float) -> str:
        half, width = 3.2 * factor, road_width_mm(rank, scale) * factor
        ground = _ground(x, y, factor)
        if scale > rank.cased_to * factor:
            shade = "path" if name == "path" else "lane"
            dash = "0.9 0.6" if name == "path" else ""
            return ground + svg.line(
                x - half, y, x + half, y, stroke=PAPER_SHADES[shade], pen=max(width, 0.2), dash=dash
            )
        casing = svg.line(
            x - half, y, x + half, y, stroke=PAPER_SHADES[rank.casing], pen=width + 2 * CASING_MM * factor
        )
        return ground + casing + svg.line(x - half, y, x + half, y, stroke=PAPER_SHADES[rank.fill], pen=width)

    return sign


def _ground(x: float, y: float, factor: float) -> str:
    return svg.rect(x - 3.2 * factor, y - 2.1 * factor, 6.4 * factor, 4.2 * factor, fill=PAPER_SHADES["ground"])


def _railway(x: float, y: float, factor: float) -> str:
    half = 3.2 * factor
    return svg.line(x - half, y, x + half, y, stroke=PAPER_SHADES["railway"], pen=0.9 * factor) + svg.line(
        x - half, y, x + half, y, stroke="#ffffff", pen=0.55 * factor, dash=f"{1.6 * factor:g} {1.6 * factor:g}"
    )


def _boundary(x: float, y: float, factor: float) -> str:
    half = 3.2 * factor
    return svg.line(x - half, y, x + half, y, stroke=MUTED, pen=0.4 * factor, dash="2.4 0.8 0.5 0.8")


def _patch(shade: str) -> Callable[[float, float, float], str]:
    return lambda x, y, factor: svg.rect(
        x - 3 * factor, y - 1.5 * factor, 6 * factor, 3 * factor, fill=PAPER_SHADES[shade], stroke=MUTED, pen=0.1
    )


def _symbol(key: str) -> Callable[[float, float, float], str]:
    return lambda x, y, factor: svg.symbol(key, x, y, 3.2 * factor, colour=INK)


def _demand(state: str) -> Callable[[float, float, float], str]:
    shade = DEMAND_SHADES[state].light

    def sign(x: float, y: float, factor: float) -> str:
        radius = 1.1 * factor
        if state == "gap":
            return svg.rect(x - radius, y - radius, 2 * radius, 2 * radius, fill=shade)
        if state == "covered":
            return svg.circle(x, y, radius, fill=shade)
        return svg.circle(x, y, radius, fill="#ffffff", stroke=shade, pen=0.3)

    return sign
