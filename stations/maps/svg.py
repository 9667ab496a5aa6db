"""Drawing by SVG elements, in millimetres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
import shapely
from numpy.typing import NDArray

from stations.maps.font_widths import FAMILY
from stations.maps.style import SYMBOLS

STEPS_PER_MM = 100
"""Path coordinates are whole hundredths of a millimetre."""


def number(value: float) -> str:
    """Return a coordinate without needless digits."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def path_of(shapes: NDArray[np.object_] | Sequence[shapely.Geometry]) -> str:
    """Return the `d` of lines and polygons (millimetres), in steps of 0.01 mm; to be drawn inside `path_group`."""
    shapes = np.asarray(shapes, dtype=np.object_)
    if not len(shapes):
        return ""
    rings = shapely.get_parts(shapely.get_parts(shapes))
    areas = shapely.get_type_id(rings) == 3
    lines = np.concatenate([rings[~areas], shapely.get_rings(rings[areas])])
    points, line = shapely.get_coordinates(lines, return_index=True)
    steps = np.rint(points * STEPS_PER_MM).astype(np.int64)
    moves = np.diff(steps, axis=0, prepend=steps[:1])
    begins = np.diff(line, prepend=-1) != 0
    drawn = np.flatnonzero(begins | moves.any(axis=1))
    shown = np.where(begins[drawn, None], steps[drawn], moves[drawn])
    # flat lists: pairs would be so many small objects that Python stops to collect them
    whole = zip(begins[drawn].tolist(), shown[:, 0].tolist(), shown[:, 1].tolist(), strict=True)
    parts = [f"M{x} {y}l" if first else f"{x} {y} " for first, x, y in whole]
    return "".join(parts).replace("lM", "M").rstrip("l ")


def path(
    d: str, *, fill: str = "none", stroke: str = "none", width: float = 0.0, dash: str = "", cap: str = "round"
) -> str:
    """Return a path of `path_of`; `width` and `dash` are millimetres."""
    if not d:
        return ""
    pen = ""
    if stroke != "none":
        dashes = " ".join(number(float(part) * STEPS_PER_MM) for part in dash.split())
        pen = (
            f' stroke="{stroke}" stroke-width="{number(width * STEPS_PER_MM)}" stroke-linecap="{cap}"'
            f' stroke-linejoin="round"' + (f' stroke-dasharray="{dashes}"' if dash else "")
        )
    return f'<path transform="scale({1 / STEPS_PER_MM:g})" fill="{fill}" fill-rule="evenodd"{pen} d="{d}"/>'


def text(
    words: str,
    x: float,
    y: float,
    size: float,
    *,
    fill: str,
    bold: bool = False,
    anchor: str = "start",
    halo: str = "",
    halo_mm: float = 0.0,
    turn_deg: float = 0.0,
    spacing: float = 0.0,
    opacity: float = 1.0,
) -> str:
    """Return a line of text with its baseline at `y`; `halo` is the colour of an outline `halo_mm` wide round it."""
    if not words:
        return ""
    where = f' transform="translate({number(x)} {number(y)}) rotate({number(turn_deg)})"'
    if not turn_deg:
        where = f' x="{number(x)}" y="{number(y)}"'
    return (
        f'<text{where}{_font(size, bold)} fill="{fill}"{_halo(halo, halo_mm)}'
        + (f' text-anchor="{anchor}"' if anchor != "start" else "")
        + (f' letter-spacing="{number(spacing)}"' if spacing else "")
        + (f' fill-opacity="{opacity:g}"' if opacity != 1 else "")
        + f">{escape(words)}</text>"
    )


def text_along(
    letters: Iterable[tuple[str, float, float, float]], size: float, *, fill: str, bold: bool, halo: str, halo_mm: float
) -> str:
    """Return letters that each stand at a place of their own: (letter, x and y of its baseline's start, degrees)."""
    placed = list(letters)
    x = " ".join(number(letter[1]) for letter in placed)
    y = " ".join(number(letter[2]) for letter in placed)
    turns = " ".join(number(letter[3]) for letter in placed)
    words = escape("".join(letter[0] for letter in placed))
    return (
        f'<text x="{x}" y="{y}" rotate="{turns}"{_font(size, bold)} fill="{fill}"{_halo(halo, halo_mm)} '
        f'xml:space="preserve">{words}</text>'
    )


def symbol(key: str, x: float, y: float, size: float, *, colour: str, width: float = 2.0) -> str:
    """Return a symbol of `SYMBOLS` in a square of `size` millimetres about (x, y); `width` is of its 24-unit grid."""
    unit = size / 24
    return (
        f'<path transform="translate({number(x - size / 2)} {number(y - size / 2)}) scale({unit:.5g})" fill="none" '
        f'stroke="{colour}" stroke-width="{number(width)}" stroke-linecap="round" stroke-linejoin="round" '
        f'd="{SYMBOLS[key]}"/>'
    )


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: str = "none",
    stroke: str = "none",
    pen: float = 0.0,
    radius: float = 0.0,
) -> str:
    """Return a rectangle from its upper left corner."""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" fill="{fill}"'
        + (f' rx="{number(radius)}"' if radius else "")
        + (f' stroke="{stroke}" stroke-width="{number(pen)}"' if stroke != "none" else "")
        + "/>"
    )


def circle(x: float, y: float, radius: float, *, fill: str, stroke: str = "none", pen: float = 0.0) -> str:
    """Return a circle about (x, y)."""
    edge = f' stroke="{stroke}" stroke-width="{number(pen)}"' if stroke != "none" else ""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"{edge}/>'


def line(x1: float, y1: float, x2: float, y2: float, *, stroke: str, pen: float, dash: str = "") -> str:
    """Return a straight line."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" stroke="{stroke}" '
        f'stroke-width="{number(pen)}"{dashes}/>'
    )


def drawing(content: str, width: float, height: float, *, x: float | None = None, y: float | None = None) -> str:
    """Return a whole SVG of `width` by `height` millimetres; with `x` and `y`, to stand inside another."""
    size = f'viewBox="0 0 {number(width)} {number(height)}"'
    if x is None or y is None:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}mm" height="{number(height)}mm" {size}>'
            f"{content}</svg>"
        )
    return (
        f'<svg x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" {size} '
        f'overflow="hidden">{content}</svg>'
    )


def _font(size: float, bold: bool) -> str:
    return f' font-family="{FAMILY}" font-size="{number(size)}"' + (' font-weight="700"' if bold else "")


def _halo(colour: str, width: float) -> str:
    if not colour:
        return ""
    return f' stroke="{colour}" stroke-width="{number(width)}" stroke-linejoin="round" paint-order="stroke"'
