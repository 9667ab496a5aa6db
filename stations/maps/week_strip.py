"""The hours of a week as a strip: the darker an hour, the more is covered in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

DAY_HOURS = 24
STEPS = 10
HEIGHT, UNKNOWN_HEIGHT = 20, 6
LEAST_UNKNOWN_STEP = 1
"""Below a tenth the unknown is not drawn; it is told in words."""


def draw_week(shares: Sequence[float | None], unknown: Sequence[float], *, chosen: int | None = None) -> Markup:
    """Return one row of a week as SVG, one unit an hour wide; classes ``s0`` to ``s10`` are tenths that are covered.

    What is unknown stands along the foot (``u1`` to ``u10``); hours that the clocks leave out are ``none``.
    `chosen` is the hour to frame.
    """
    covered = ["none" if share is None else f"s{int(share * STEPS + 1e-9)}" for share in shares]
    doubt = [int(share * STEPS + 1e-9) for share in unknown]
    parts = list(_bars(covered, top=0, height=HEIGHT))
    known = [f"u{step}" if step >= LEAST_UNKNOWN_STEP else "" for step in doubt]
    parts += _bars(known, top=HEIGHT - UNKNOWN_HEIGHT, height=UNKNOWN_HEIGHT)
    days = "".join(f"M{day} 0v{HEIGHT}" for day in range(DAY_HOURS, len(shares), DAY_HOURS))
    parts.append(f'<path class="day" d="{days}"/>')
    if chosen is not None:
        parts.append(f'<rect class="chosen" x="{chosen}" width="1" height="{HEIGHT}"/>')
    inside = "".join(parts)
    box = f'viewBox="0 0 {len(shares)} {HEIGHT}" preserveAspectRatio="none"'
    return Markup(f'<svg class="week" {box} aria-hidden="true" focusable="false">{inside}</svg>')  # numbers alone


def _bars(classes: Sequence[str], *, top: int, height: int) -> Iterator[str]:
    """Yield one path for each class: a bar over every run of hours that bear it. The empty class is not drawn."""
    drawn: dict[str, list[str]] = {}
    start = 0
    for name, run in groupby(classes):
        width = len(list(run))
        drawn.setdefault(name, []).append(f"M{start} {top}h{width}v{height}h-{width}z")
        start += width
    for name, pieces in drawn.items():
        if name:
            yield f'<path class="{name}" d="{"".join(pieces)}"/>'
