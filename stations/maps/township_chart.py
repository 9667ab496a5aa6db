"""One row of the townships as a drawing: how much is covered, and how far it is for half and for nine in ten.

What a copier keeps tells the parts apart: covered is solid, a gap hatched, the unknown dotted; the middle is a disc,
nine in ten a ring.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from stations.model.coverage import CoverageShare

WIDTH, HEIGHT = 240, 34
BAR_HEIGHT = 16
SCALE_Y = 26
BEYOND = 6
"""Units right of the scale, where what lies beyond the table stands."""

PATTERNS = Markup(
    '<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="hatch-gap" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect class="ground" width="6" height="6"/><path class="gap" d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5"/></pattern>'
    '<pattern id="dots-unknown" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect class="ground" width="4" height="4"/><circle class="unknown" cx="2" cy="2" r="1"/></pattern></defs></svg>'
)
"""What the drawings are filled with; to stand once on the page."""


def draw_township(share: CoverageShare, *, cutoff_min: float, limit_min: float) -> Markup:
    """Return a township as SVG: a bar of its demand by state, and below it the minutes from 0 to `limit_min`.

    On the scale stand the cutoff (a dashed line), the median (a disc) and the 90th percentile (a ring), an arrow at the
    end for one beyond the table. Without demand it is empty. The numbers stand in the table beside it.
    """
    inside = "".join([*_bar(share), *_scale(share, cutoff_min, limit_min)]) if share.weight else ""
    box = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return Markup(f'<svg class="township" {box} aria-hidden="true" focusable="false">{inside}</svg>')  # numbers alone


def _bar(share: CoverageShare) -> Iterator[str]:
    fills = (("covered", ""), ("gap", ' fill="url(#hatch-gap)"'), ("unknown", ' fill="url(#dots-unknown)"'))
    left = 0.0
    for name, fill in fills:
        width = getattr(share, name) / share.weight * WIDTH
        if width:
            yield f'<rect class="{name}" x="{left:.1f}" width="{width:.1f}" height="{BAR_HEIGHT}"{fill}/>'
        left += width
    yield f'<rect class="frame" width="{WIDTH}" height="{BAR_HEIGHT}"/>'


def _scale(share: CoverageShare, cutoff_min: float, limit_min: float) -> Iterator[str]:
    def at(minutes: float) -> float:
        return min(minutes / limit_min, 1.0) * (WIDTH - 2 * BEYOND) + BEYOND / 2

    yield f'<path class="axis" d="M{at(0):.1f} {SCALE_Y}H{at(limit_min):.1f}"/>'
    yield f'<path class="cutoff" d="M{at(cutoff_min):.1f} {SCALE_Y - 7}v14"/>'
    if share.weight <= share.unknown:
        return
    for name, minutes in (("p90", share.p90_min), ("median", share.median_min)):
        if minutes is None:
            yield f'<path class="{name} beyond" d="M{WIDTH - BEYOND - 6} {SCALE_Y - 5}l6 5l-6 5"/>'
        else:
            yield f'<circle class="{name}" cx="{at(minutes):.1f}" cy="{SCALE_Y}" r="4"/>'
