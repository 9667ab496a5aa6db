"""The lettered grid of a map: squares of a round number of metres, named by a letter and a number."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stations.maps.paper_frame import Frame, round_near
from stations.maps.sheets.page import MUTED, Page

SQUARE_MM = 40.0
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which read as digits."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Squares of `side_m` metres from the upper left corner of a frame; columns begin with letter number `first`."""

    frame: Frame
    side_m: float
    first: int = 0

    @property
    def side_mm(self) -> float:
        """The side of a square on paper."""
        return self.side_m * self.frame.mm_per_m

    @property
    def columns(self) -> int:
        """How many columns there are, the last one perhaps narrower."""
        return math.ceil(self.frame.width_mm / self.side_mm - 1e-6)

    @property
    def rows(self) -> int:
        """How many rows there are, the last one perhaps lower."""
        return math.ceil(self.frame.height_mm / self.side_mm - 1e-6)

    def square(self, x: float, y: float) -> str:
        """Return the name of the square that holds a place (metres), e.g. ``C4``; outside, that at the edge."""
        across, down = (float(value) for value in self.frame.to_mm(x, y))
        column = min(max(int(across // self.side_mm), 0), self.columns - 1)
        row = min(max(int(down // self.side_mm), 0), self.rows - 1)
        return f"{column_letters(self.first + column)}{row + 1}"


def make_grid(frame: Frame, *, first: int = 0) -> Grid:
    """Return the grid of a frame whose squares are about 40 mm, a power of ten times 1, 2, 2.5 or 5 metres."""
    return Grid(frame, round_near(SQUARE_MM / frame.mm_per_m), first)


def column_letters(number: int) -> str:
    """Return the name of a column: A to Z without I and O, then AA, AB and so on."""
    if number < len(LETTERS):
        return LETTERS[number]
    return column_letters(number // len(LETTERS) - 1) + LETTERS[number % len(LETTERS)]


def write_grid(page: Page, grid: Grid, x: float, y: float, *, band_mm: float, factor: float) -> None:
    """Write the letters above and below, and the numbers left and right of a map whose corner is at (x, y)."""
    frame, size = grid.frame, 3.0 * factor
    for column in range(grid.columns):
        left, right = column * grid.side_mm, min((column + 1) * grid.side_mm, frame.width_mm)
        if right - left < size:
            continue
        for middle in (y - band_mm / 2, y + frame.height_mm + band_mm / 2):
            page.write(
                column_letters(grid.first + column),
                x + (left + right) / 2,
                middle,
                size,
                fill=MUTED,
                bold=True,
                anchor="middle",
            )
    for row in range(grid.rows):
        top, bottom = row * grid.side_mm, min((row + 1) * grid.side_mm, frame.height_mm)
        if bottom - top < size:
            continue
        for middle in (x - band_mm / 2, x + frame.width_mm + band_mm / 2):
            page.write(str(row + 1), middle, y + (top + bottom) / 2, size, fill=MUTED, bold=True, anchor="middle")
