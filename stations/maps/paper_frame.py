"""The frame of a printed map: which piece of ground, how large, at which scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

MM_PER_M = 1000.0
SCALE_STEPS = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of paper, `width_mm` by `height_mm`, showing the ground about a centre at 1:`scale`.

    `centre_x` and `centre_y` are metres in the region's metric projection; x is east, y north. On paper x goes
    right and
    y down from the frame's upper left corner.
    """

    width_mm: float
    height_mm: float
    scale: float
    centre_x: float
    centre_y: float

    @property
    def mm_per_m(self) -> float:
        """Millimetres of paper for one metre of ground."""
        return MM_PER_M / self.scale

    @property
    def box_m(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        half_x, half_y = self.width_mm / self.mm_per_m / 2, self.height_mm / self.mm_per_m / 2
        return self.centre_x - half_x, self.centre_y - half_y, self.centre_x + half_x, self.centre_y + half_y

    def to_mm(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where places (metres) lie on the paper, in millimetres from the upper left corner."""
        across = (np.asarray(x, dtype=np.float64) - self.centre_x) * self.mm_per_m + self.width_mm / 2
        down = (self.centre_y - np.asarray(y, dtype=np.float64)) * self.mm_per_m + self.height_mm / 2
        return across, down

    def holds(self, across_mm: float, down_mm: float, *, margin_mm: float = 0.0) -> bool:
        """Whether a point of the paper lies in the frame, at least `margin_mm` from its edge."""
        return (
            margin_mm <= across_mm <= self.width_mm - margin_mm and margin_mm <= down_mm <= self.height_mm - margin_mm
        )


def fit_frame(
    box_m: tuple[float, float, float, float],
    width_mm: float,
    height_mm: float,
    *,
    margin_mm: float,
    most_mm_per_km: float,
) -> Frame:
    """Return the frame that shows all of a box (west, south, east, north in metres) as large as a round scale allows.

    `margin_mm` of paper stay free on every side; the scale is never larger than `most_mm_per_km`.
    """
    west, south, east, north = box_m
    least = max(
        (east - west) * MM_PER_M / (width_mm - 2 * margin_mm),
        (north - south) * MM_PER_M / (height_mm - 2 * margin_mm),
        1e6 / most_mm_per_km,
    )
    return Frame(width_mm, height_mm, round_up(least, SCALE_STEPS), (west + east) / 2, (south + north) / 2)


def round_up(value: float, steps: tuple[float, ...] = ROUND_STEPS) -> float:
    """Return the least of `steps` times a power of ten that is not below `value` (above zero)."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((step * power for step in steps if step * power >= value * (1 - 1e-9)), 10 * power)


def round_near(value: float, steps: tuple[float, ...] = ROUND_STEPS) -> float:
    """Return the step times a power of ten that is nearest to `value` (above zero) by ratio."""
    power = 10.0 ** math.floor(math.log10(value))
    return min((step * power for step in steps), key=lambda step: abs(math.log(step / value)))
