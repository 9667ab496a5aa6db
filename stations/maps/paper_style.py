"""How roads and names are drawn on paper: widths and sizes in millimetres by scale."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass

from stations.maps.style import MAP_SHADES

WIDTH_SCALES = (5_000, 12_000, 25_000, 60_000, 150_000, 400_000)
"""Scale denominators that `PaperRank.width_mm` stands for."""

CASING_MM = 0.17
"""How far a casing stands out on each side of its road."""

PAPER_SHADES: Mapping[str, str] = {
    **{name: shade.light for name, shade in MAP_SHADES.items()},
    "ground": "#f8f6f0",
    "built-up": "#ebe4d8",
    "green": "#c5dfba",
    "water": "#aed3e8",
    "casing": "#a89e8d",
    "lane": "#aca290",
    "path": "#8d8372",
    "primary": "#ffe8a8",
    "primary-casing": "#bd9d58",
    "motorway": "#f4c885",
    "motorway-casing": "#b27a2b",
    "village": "#3f464e",
}
"""Inks of the ground: those of the screen, deeper where thin lines and tints would pale on paper and in a copier."""


@dataclass(frozen=True, slots=True)
class PaperRank:
    """How a rank of roads is drawn: `width_mm` at `WIDTH_SCALES`, straight between their logarithms.

    `fill` and `casing` name shades of `PAPER_SHADES`. Drawn up to 1:`drawn_to`, with a casing up to 1:`cased_to` (a
    thin line beyond), named up to 1:`named_to` in type of `label_mm`.
    """

    rank: str
    width_mm: tuple[float, ...]
    fill: str
    casing: str
    drawn_to: float
    cased_to: float
    named_to: float
    label_mm: float


PAPER_RANKS = (
    PaperRank("path", (0.34, 0.28, 0.22, 0.16, 0.12, 0.1), "path", "", 22_000, 0, 6_000, 1.9),
    PaperRank("minor", (2.1, 1.2, 0.7, 0.26, 0.18, 0.1), "road", "casing", 160_000, 32_000, 21_000, 2.0),
    PaperRank("tertiary", (2.7, 1.7, 1.05, 0.62, 0.36, 0.18), "road", "casing", 300_000, 110_000, 40_000, 2.1),
    PaperRank("secondary", (3.1, 2.0, 1.3, 0.9, 0.62, 0.3), "road", "casing", 9e9, 250_000, 90_000, 2.2),
    PaperRank("primary", (3.6, 2.4, 1.7, 1.2, 0.9, 0.5), "primary", "primary-casing", 9e9, 9e9, 250_000, 2.3),
    PaperRank("motorway", (3.9, 2.7, 2.0, 1.5, 1.2, 0.7), "motorway", "motorway-casing", 9e9, 9e9, 400_000, 2.3),
)
"""In drawing order, the lowest first."""


@dataclass(frozen=True, slots=True)
class PaperPlace:
    """How the name of a kind of place is written: type size, up to which scale, how far it may stand from its point."""

    kind: str
    size_mm: float
    named_to: float
    bold: bool
    spacing: float
    shift_mm: float


PAPER_PLACES = (
    PaperPlace("city", 5.0, 9e9, True, 0.3, 14.0),
    PaperPlace("town", 4.0, 9e9, True, 0.15, 14.0),
    PaperPlace("suburb", 2.6, 60_000, False, 0.05, 6.0),
    PaperPlace("quarter", 2.4, 50_000, False, 0.0, 5.0),
    PaperPlace("village", 2.2, 130_000, False, 0.0, 3.0),
    PaperPlace("neighbourhood", 2.3, 30_000, False, 0.0, 4.0),
    PaperPlace("hamlet", 2.0, 60_000, False, 0.0, 3.0),
)
"""The more important first; a kind that is not here is written as the last."""

WATER_INK = "#2f6f94"
"""Ink of the names of rivers; 4.9 to 1 on the ground of the map."""


def road_width_mm(rank: PaperRank, scale: float) -> float:
    """Return how wide a rank is drawn at 1:`scale`."""
    scales = WIDTH_SCALES
    if scale <= scales[0]:
        return rank.width_mm[0] * min(2.0, scales[0] / scale)
    for (least, most), (wide, narrow) in zip(
        itertools.pairwise(scales), zip(rank.width_mm, rank.width_mm[1:], strict=False), strict=True
    ):
        if scale <= most:
            part = math.log(scale / least) / math.log(most / least)
            return wide + part * (narrow - wide)
    return rank.width_mm[-1]
