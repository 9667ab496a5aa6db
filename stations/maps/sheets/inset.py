"""The inset: the window over the densest part of the map in which its stations can be told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.maps.paper_frame import SCALE_STEPS, Frame
from stations.maps.paper_marks import MARK_MM

LEAST_FREED, LEAST_FREED_SHARE = 6, 0.1
"""An inset is worth its room where so many stations, and such a share of all, come apart in it."""
ROOM_MARKS = 1.45
"""Marks nearer than this many of their own sizes are crowded: the mark, and something of its number."""
APART_MARKS = 1.12
"""Marks farther apart than this many of their own sizes both stand on their place."""
LEAST_GAIN = 1.5
FREED_GAIN = 2.5
"""What a crowded station counts that comes apart in a window; one that still needs a leader line counts 1."""
NEAR_BEST = 0.97
"""A window that gains so much of what the best one does is as good; the larger scale then tells more."""
MARGIN_MM = 6.5
MOST_CORNERS = 250


@dataclass(frozen=True, slots=True)
class Inset:
    """A frame for the inset, and which stations (of those given) stand in it."""

    frame: Frame
    members: NDArray[np.int64]


def choose_inset(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    scale: float,
    width_mm: float,
    height_mm: float,
    factor: float,
    whole: bool = False,
) -> Inset | None:
    """Return the inset that frees most stations of those that are too close at 1:`scale`; `None` where few are.

    Every window of a round scale over the stations (metres) is tried; of those that gain about most, the one of the
    largest scale wins. The frame is cut down to what its stations need, or, if `whole`, takes all its room.
    """
    crowded = _crowded(x, y, scale, ROOM_MARKS * factor)
    windows: list[tuple[float, float, NDArray[np.int64]]] = []
    most = 0.0
    for finer in _finer_scales(scale) if crowded.any() else ():
        gain, members = _best_window(x, y, crowded, finer, width_mm, height_mm, factor)
        most = max(most, gain)
        if gain < most / 2:  # ever smaller windows hold ever fewer
            break
        windows.append((gain, finer, members))
    if not windows:
        return None
    _, finer, members = next(one for one in reversed(windows) if one[0] >= NEAR_BEST * most)
    near, still = _crowded(x, y, scale, APART_MARKS * factor), _crowded(x, y, finer, APART_MARKS * factor)
    if (near & ~still)[members].sum() < max(LEAST_FREED, LEAST_FREED_SHARE * len(x)):
        return None
    return _framed(x, y, members, Frame(width_mm, height_mm, finer, 0.0, 0.0), factor, whole=whole)


def _finer_scales(scale: float) -> list[float]:
    """Return round scales at least `LEAST_GAIN` times larger than 1:`scale`, the smallest first, down to 1:2000."""
    steps = sorted({step * 10**power for step in SCALE_STEPS[:-1] for power in range(3, 8)}, reverse=True)
    return [step for step in steps if 2000 <= step <= scale / LEAST_GAIN]


def _crowded(x: NDArray[np.float64], y: NDArray[np.float64], scale: float, marks: float) -> NDArray[np.bool_]:
    """Return which stations have another one nearer than so many `marks` at 1:`scale`."""
    need_m = MARK_MM * marks * scale / 1000
    near = np.maximum(np.abs(x[:, None] - x), np.abs(y[:, None] - y)) < need_m
    np.fill_diagonal(near, val=False)
    return np.asarray(near.any(axis=1))


def _best_window(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    crowded: NDArray[np.bool_],
    scale: float,
    width_mm: float,
    height_mm: float,
    factor: float,
) -> tuple[float, NDArray[np.int64]]:
    """Return how much the best window gains for crowded stations, and the stations in it."""
    margin = 2 * MARGIN_MM * factor
    wide_m, high_m = (width_mm - margin) * scale / 1000, (height_mm - margin) * scale / 1000
    if wide_m <= 0 or high_m <= 0:
        return 0.0, np.zeros(0, dtype=np.int64)
    gain = crowded * np.where(_crowded(x, y, scale, APART_MARKS * factor), 1, FREED_GAIN)
    west_m, south_m = _corners(x), _corners(y)
    across = (x >= west_m[:, None]) & (x <= west_m[:, None] + wide_m)
    down = (y >= south_m[:, None]) & (y <= south_m[:, None] + high_m)
    counts = (across * gain).astype(np.float32) @ down.T.astype(np.float32)
    west, south = np.unravel_index(int(np.argmax(counts)), counts.shape)
    return float(counts[west, south]), np.flatnonzero(across[west] & down[south])


def _corners(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where windows begin: at every station, or at `MOST_CORNERS` of them in order where there are more."""
    if len(places) <= MOST_CORNERS:
        return places
    return np.sort(places)[np.linspace(0, len(places) - 1, MOST_CORNERS).round().astype(np.int64)]


def _framed(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    members: NDArray[np.int64],
    most: Frame,
    factor: float,
    *,
    whole: bool,
) -> Inset:
    """Return the inset about some stations in a frame as large as `most`, or cut down."""
    west, east, south, north = x[members].min(), x[members].max(), y[members].min(), y[members].max()
    margin = 2 * MARGIN_MM * factor
    wide = min(most.width_mm, max((east - west) * most.mm_per_m + margin, most.width_mm * 0.6))
    high = min(most.height_mm, max((north - south) * most.mm_per_m + margin, most.height_mm * 0.5))
    if whole or wide >= most.width_mm * 0.75:
        wide = most.width_mm
    high = most.height_mm if whole else high
    frame = Frame(wide, high, most.scale, float(west + east) / 2, float(south + north) / 2)
    across, down = frame.to_mm(x, y)
    inner = MARK_MM * factor * 0.7
    inside = (across > inner) & (across < frame.width_mm - inner) & (down > inner) & (down < frame.height_mm - inner)
    return Inset(frame, np.flatnonzero(inside))
