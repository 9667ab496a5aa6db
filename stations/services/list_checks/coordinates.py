"""Coordinates that cannot be meant: 0, 0; longitude and latitude swapped; outside the region."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray

from stations.errors import Problem
from stations.geo.crs import to_metres
from stations.geo.datum import to_wgs84
from stations.geo.nearest import EARTH_RADIUS_M
from stations.model.keys import Datum
from stations.services.list_checks.facts import ListFacts
from stations.services.list_checks.rows import Degrees, Rows, shown

MARGIN_M = 5000.0
"""How far a station may stand outside the bounds of its region."""
OUTLINE_MARGIN_M = 1000.0
"""How far outside the outline before it is told."""
ZERO_DEG = 0.001
METRES_PER_DEGREE = math.radians(1.0) * EARTH_RADIUS_M

Bounds = tuple[float, float, float, float]
Mask = NDArray[np.bool_]


def widened(bounds: Bounds, *, margin_m: float = MARGIN_M) -> Bounds:
    """Return west, south, east, north (WGS 84 degrees) with `margin_m` more on every side."""
    west, south, east, north = bounds
    up = margin_m / METRES_PER_DEGREE
    along = up / math.cos(math.radians((south + north) / 2))
    return west - along, south - up, east + along, north + up


def inside(lon: Degrees, lat: Degrees, bounds: Bounds) -> Mask:
    """Return which places are inside the bounds or on their edge; shape (K,), false where not a number."""
    west, south, east, north = bounds
    found: Mask = (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
    return found


def check_zero(rows: Rows) -> tuple[Problem, ...]:
    """Find coordinates that are 0, 0, which is how empty cells come out of many programs."""
    return tuple(
        rows.problem("zero", index, "lon", rows.written(index), refuses=True)
        for index in np.flatnonzero(_is_zero(rows))
    )


def check_swapped(rows: Rows, facts: ListFacts, *, datum: Datum) -> tuple[Problem, ...]:
    """Find coordinates that are in the region when longitude and latitude change places, and not as they are."""
    return tuple(
        rows.problem(
            "swapped",
            index,
            "lon",
            rows.written(index),
            refuses=True,
            right_lon=shown(rows.written_lat[index]),
            right_lat=shown(rows.written_lon[index]),
        )
        for index in np.flatnonzero(_is_swapped(rows, widened(facts.profile.bounds), datum))
    )


def check_outside(rows: Rows, facts: ListFacts, *, datum: Datum) -> tuple[Problem, ...]:
    """Find coordinates more than `MARGIN_M` outside the bounds of the region, also where they are not on earth."""
    bounds = widened(facts.profile.bounds)
    wrong = ~inside(rows.lon, rows.lat, bounds) & ~_is_zero(rows) & ~_is_swapped(rows, bounds, datum)
    limits = dict(zip(("west", "south", "east", "north"), (round(side, 4) for side in bounds), strict=True))
    return tuple(
        rows.problem("outside", index, "lon", rows.written(index), refuses=True, **limits)
        for index in np.flatnonzero(wrong)
    )


def check_outline(rows: Rows, facts: ListFacts) -> tuple[Problem, ...]:
    """Find stations more than `OUTLINE_MARGIN_M` outside the outline of the region, where the outline is known."""
    if facts.boundary is None or not len(rows):
        return ()
    off = np.flatnonzero(~shapely.contains_xy(facts.boundary, rows.lon, rows.lat))
    outline = shapely.transform(
        facts.boundary, lambda places: np.column_stack(to_metres(places[:, 0], places[:, 1], crs=facts.crs))
    )
    x, y = to_metres(rows.lon[off], rows.lat[off], crs=facts.crs)
    metres = np.atleast_1d(shapely.distance(outline, shapely.points(x, y)))
    return tuple(
        rows.problem("outline", index, "lon", rows.written(index), distance_m=round(float(gap)))
        for index, gap in zip(off, metres, strict=True)
        if gap > OUTLINE_MARGIN_M
    )


def _is_zero(rows: Rows) -> Mask:
    found: Mask = (np.abs(rows.written_lon) < ZERO_DEG) & (np.abs(rows.written_lat) < ZERO_DEG)
    return found


def _is_swapped(rows: Rows, bounds: Bounds, datum: Datum) -> Mask:
    turned = to_wgs84(rows.written_lat, rows.written_lon, datum)
    found: Mask = ~inside(rows.lon, rows.lat, bounds) & inside(*turned, bounds)
    return found
