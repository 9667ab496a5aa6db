"""Where a road is that somebody names: one point on it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from stations.geo.crs import to_degrees
from stations.geo.roads import RoadNetwork

SAME_ROAD_M = 1500.0
"""Pieces of one name nearer than this are one road with a gap, such as the two carriageways of it."""


class NamedRoad(NamedTuple):
    """A road and a point on it near its middle, WGS 84 degrees; a name borne by roads far apart comes once for each."""

    name: str
    lon: float
    lat: float


def locate_roads(network: RoadNetwork) -> tuple[NamedRoad, ...]:
    """Return every named road of a network, roads of one name the longest first."""
    named = np.flatnonzero(network.street_name > 0)
    if not len(named):
        return ()
    road = _joined(network, named)
    weight = network.length_m[named]
    vertex = (network.shape_offset[named] + network.shape_offset[named + 1]) // 2
    x, y = network.shape_x[vertex], network.shape_y[vertex]
    total: NDArray[np.float64] = np.bincount(road, weights=weight).astype(np.float64)
    centre_x, centre_y = (np.bincount(road, weights=at * weight) / total for at in (x, y))
    off_m = np.hypot(x - centre_x[road], y - centre_y[road])
    order = np.lexsort((off_m, road))
    middle = order[np.unique(road[order], return_index=True)[1]]
    kept = _apart(network.street_name[named[middle]], x[middle], y[middle], total)
    lon, lat = to_degrees(x[middle[kept]], y[middle[kept]], crs=network.crs)
    names = network.street_name[named[middle[kept]]]
    return tuple(NamedRoad(network.names[name], float(a), float(b)) for name, a, b in zip(names, lon, lat, strict=True))


def _joined(network: RoadNetwork, named: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the number of the road of each named street: those of one name that touch are one road."""
    nodes = len(network.node_x)
    ends = np.stack([network.street_from[named], network.street_to[named]]).astype(np.int64)
    _, place = np.unique(network.street_name[named].astype(np.int64) * nodes + ends, return_inverse=True)
    start, end = place.reshape(2, -1)
    size = int(place.max()) + 1
    links = coo_array((np.ones(len(named), dtype=np.int8), (start, end)), shape=(size, size))
    _, part = connected_components(links, directed=False)
    return np.unique(part[start], return_inverse=True)[1].astype(np.int32)


def _apart(
    name: NDArray[np.int32], x: NDArray[np.float64], y: NDArray[np.float64], length_m: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return the numbers of the roads that are not near a longer one of their name."""
    kept: list[int] = []
    of_name: dict[int, list[int]] = {}
    for one in np.lexsort((-length_m, name)).tolist():
        others = of_name.setdefault(int(name[one]), [])
        if all(np.hypot(x[one] - x[other], y[one] - y[other]) > SAME_ROAD_M for other in others):
            others.append(one)
            kept.append(one)
    return np.array(kept, dtype=np.int64)
