"""Demand as one small image: square cells coloured by state, to be laid over a web map."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stations.maps.style import DEMAND_SHADES

MOST_CELLS = 240
"""Cells along the longer side, at most."""
CELL_STEPS_M = (50, 100, 200, 250, 500, 1000, 2000, 5000)
CELL_PX = 4
"""Pixels along a cell, so that the unknown can be hatched."""
LEVELS = 4
"""Steps of opacity by weight."""
STATES = ("covered", "gap", "unknown")
_OPACITY = {"covered": (70, 180), "gap": (150, 235), "unknown": (150, 230)}
_EARTH_M = 6_378_137.0


@dataclass(frozen=True, slots=True)
class DemandImage:
    """A PNG as a ``data:`` address, its bounds (west, south, east, north in WGS 84 degrees), and the side of a cell."""

    url: str
    bounds: tuple[float, float, float, float]
    cell_m: int


def draw_demand(
    lon: NDArray[np.float64], lat: NDArray[np.float64], weight: NDArray[np.float64], states: Sequence[str]
) -> DemandImage | None:
    """Return demand as an image in Web Mercator; `None` where there is none.

    A cell takes the state that most of its weight is in; the more weight, the less one sees through it. What is
    unknown is hatched.

    Parameters
    ----------
    lon, lat
        WGS 84 degrees, (D,).
    weight
        (D,), in the demand's own unit.
    states
        ``covered``, ``gap`` or ``unknown``, D of them.
    """
    if not len(lon):
        return None
    x, y = np.radians(lon) * _EARTH_M, np.arctanh(np.sin(np.radians(lat))) * _EARTH_M
    scale = 1 / math.cos(math.radians(float(lat.mean())))  # metres of the map to one of the ground
    cell_m = _cell_side(max(float(np.ptp(x)), float(np.ptp(y))) / scale)
    side = cell_m * scale
    column, row = np.floor(x / side).astype(np.int64), np.floor(y / side).astype(np.int64)
    left, top = int(column.min()), int(row.max())
    width, height = int(column.max()) - left + 1, top - int(row.min()) + 1
    cells = np.zeros((len(STATES), height, width))
    number = np.array([STATES.index(state) for state in states])
    np.add.at(cells, (number, top - row, column - left), weight)
    bounds = (left * side, (top - height + 1) * side, (left + width) * side, (top + 1) * side)
    west, east = (math.degrees(edge / _EARTH_M) for edge in (bounds[0], bounds[2]))
    south, north = (math.degrees(math.asin(math.tanh(edge / _EARTH_M))) for edge in (bounds[1], bounds[3]))
    return DemandImage(_png(_colours(cells)), (west, south, east, north), cell_m)


def _cell_side(across_m: float) -> int:
    return next((step for step in CELL_STEPS_M if across_m / step <= MOST_CELLS), CELL_STEPS_M[-1])


def _colours(cells: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return palette numbers, `CELL_PX` pixels a cell: 0 is clear, then `LEVELS` for each state."""
    total, state = cells.sum(axis=0), cells.argmax(axis=0)
    filled = total > 0
    heavy = float(np.quantile(total[filled], 0.9)) if filled.any() else 1.0
    level = np.minimum(np.sqrt(total / heavy) * LEVELS, LEVELS - 1).astype(np.int64)
    number = np.where(filled, 1 + state * LEVELS + level, 0).astype(np.uint8)
    pixels = number.repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)
    unknown = pixels > 1 + LEVELS * STATES.index("unknown") - 1
    down, along = np.indices(pixels.shape)
    pixels[unknown & ((down + along) % CELL_PX >= CELL_PX // 2)] = 0
    return pixels


def _png(pixels: NDArray[np.uint8]) -> str:
    palette, opacity = [0, 0, 0], [0]
    for state in STATES:
        shade = DEMAND_SHADES[state].light.removeprefix("#")
        least, most = _OPACITY[state]
        for level in range(LEVELS):
            palette += [int(shade[at : at + 2], 16) for at in (0, 2, 4)]
            opacity.append(least + (most - least) * level // (LEVELS - 1))
    image = Image.frombytes("P", pixels.shape[::-1], pixels.tobytes())
    image.putpalette(palette)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True, bits=4, transparency=bytes(opacity))
    return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode("ascii")
