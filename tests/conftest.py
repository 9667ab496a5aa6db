"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from stations.geo.crs import local_crs, to_degrees
from stations.geo.roads import NO_WAY, RoadNetwork
from stations.model.keys import TravelMode


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real road files; a test that needs it is skipped without, which is a failure in CI."""
    folder = os.environ.get("STATIONS_REAL_DATA", "")
    if not folder:
        if os.environ.get("CI"):
            pytest.fail("STATIONS_REAL_DATA is not set: the real files are part of the tests here")
        pytest.skip("set STATIONS_REAL_DATA to the folder of real road files")
    return Path(folder).resolve()


@pytest.fixture(scope="session")
def make_network() -> Callable[..., RoadNetwork]:
    """Return a maker of small networks by hand; see `_network`."""
    return _network


def _network(
    places: Mapping[str, tuple[float, float]],
    streets: Sequence[tuple[str, str, int | None, int | None]],
    *,
    modes: Sequence[TravelMode] = (TravelMode.WALK,),
) -> RoadNetwork:
    """Make a network of straight streets: places by name in metres, streets as (from, to, ms along, ms against).

    `None` milliseconds mean that the street may not be used in that direction. Every mode gets the same costs.
    """
    crs = local_crs(116.8, 35.5)
    names = list(places)
    x = np.array([places[name][0] for name in names])
    y = np.array([places[name][1] for name in names])
    lon, lat = to_degrees(x, y, crs=crs)
    start = np.array([names.index(street[0]) for street in streets], dtype=np.int32)
    end = np.array([names.index(street[1]) for street in streets], dtype=np.int32)
    along = np.array([NO_WAY if s[2] is None else s[2] for s in streets], dtype=np.uint32)
    against = np.array([NO_WAY if s[3] is None else s[3] for s in streets], dtype=np.uint32)
    ends = np.column_stack([start, end]).ravel()
    return RoadNetwork(
        node_lon=lon,
        node_lat=lat,
        node_x=x,
        node_y=y,
        street_from=start,
        street_to=end,
        shape_offset=np.arange(0, 2 * len(streets) + 1, 2, dtype=np.int64),
        shape_x=x[ends],
        shape_y=y[ends],
        length_m=np.hypot(x[end] - x[start], y[end] - y[start]),
        street_class=np.zeros(len(streets), dtype=np.uint8),
        street_name=np.zeros(len(streets), dtype=np.int32),
        forward_ms=dict.fromkeys(modes, along),
        backward_ms=dict.fromkeys(modes, against),
        crs=crs,
        classes=("residential",),
        names=("",),
    )
