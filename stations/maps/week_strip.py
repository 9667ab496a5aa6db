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
    covered = [None if share is None else int(share * STEPS + 1e-9) for share in shares]
    doubt = [int(share * STEPS + 1e-9) for share in unknown]
    parts = [
        f'<rect class="{"none" if step is None else f"s{step}"}" x="{start}" width="{width}" height="{HEIGHT}"/>'
        for start, width, step in _runs(covered)
    ]
    parts += [
        f'<rect class="u{step}" x="{start}" y="{HEIGHT - UNKNOWN_HEIGHT}" width="{width}" height="{UNKNOWN_HEIGHT}"/>'
        for start, width, step in _runs(doubt)
        if step is not None and step >= LEAST_UNKNOWN_STEP
    ]
    parts += [f'<path class="day" d="M{day} 0v{HEIGHT}"/>' for day in range(DAY_HOURS, len(shares), DAY_HOURS)]
    if chosen is not None:
        parts.append(f'<rect class="chosen" x="{chosen}" width="1" height="{HEIGHT}"/>')
    inside = "".join(parts)
    box = f'viewBox="0 0 {len(shares)} {HEIGHT}" preserveAspectRatio="none"'
    return Markup(f'<svg class="week" {box} aria-hidden="true" focusable="false">{inside}</svg>')  # numbers alone


def _runs(values: Sequence[int | None]) -> Iterator[tuple[int, int, int | None]]:
    """Yield where each run of equal values starts, how long it is, and the value."""
    start = 0
    for value, run in groupby(values):
        width = len(list(run))
        yield start, width, value
        start += width
