"""How roads and names are drawn on paper: widths and sizes in millimetres by scale."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

WIDTH_SCALES = (5_000, 12_000, 25_000, 60_000, 150_000, 400_000)
"""Scale denominators that `PaperRank.width_mm` stands for."""

CASING_MM = 0.14
"""How far a casing stands out on each side of its road."""


@dataclass(frozen=True, slots=True)
class PaperRank:
    """How a rank of roads is drawn: `width_mm` at `WIDTH_SCALES`, straight between their logarithms.

    `fill` and `casing` name shades of `MAP_SHADES`. Drawn up to 1:`drawn_to`, with a casing up to 1:`cased_to` (a thin
    line beyond), named up to 1:`named_to` in type of `label_mm`.
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
    PaperRank("path", (0.34, 0.26, 0.2, 0.14, 0.1, 0.1), "path", "", 22_000, 0, 6_000, 1.9),
    PaperRank("minor", (2.1, 1.15, 0.62, 0.2, 0.13, 0.08), "road", "casing", 160_000, 32_000, 21_000, 2.0),
    PaperRank("tertiary", (2.7, 1.6, 0.95, 0.5, 0.28, 0.14), "road", "casing", 300_000, 90_000, 40_000, 2.1),
    PaperRank("secondary", (3.1, 1.9, 1.2, 0.75, 0.5, 0.25), "road", "casing", 9e9, 250_000, 90_000, 2.2),
    PaperRank("primary", (3.6, 2.3, 1.55, 1.0, 0.75, 0.4), "primary", "casing", 9e9, 9e9, 250_000, 2.3),
    PaperRank("motorway", (3.9, 2.6, 1.85, 1.3, 1.0, 0.6), "motorway", "motorway-casing", 9e9, 9e9, 400_000, 2.3),
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
