"""Stations where none can stand: in the water, or away from every road."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from stations.errors import Problem
from stations.geo.arcs import usable_streets
from stations.geo.crs import to_metres
from stations.geo.snap import street_lines
from stations.services.list_checks.facts import ListFacts
from stations.services.list_checks.rows import Degrees, Rows
from stations.services.roads import Roads

SHORE_M = 5.0
"""Nearer to the shore than this is not in the water: the shapes are simplified to 3 m."""
BRIDGE_M = 15.0
"""A road this near means a bridge or a quay."""


def road_gaps_m(roads: Roads, lon: Degrees, lat: Degrees) -> NDArray[np.float64]:
    """Return the metres from places (WGS 84 degrees, shape (K,)) to the nearest road of any mode.

    inf beyond the snap limit, and where a coordinate is not on earth.
    """
    gaps = [np.nan_to_num(index.snap(lon, lat).walk_m, nan=np.inf) for index in roads.snap_indexes.values()]
    return np.asarray(np.min(gaps, axis=0))


def check_off_roads(rows: Rows, facts: ListFacts) -> tuple[Problem, ...]:
    """Find stations whose trips cannot end: no road of any mode within the snap limit of the gate (or door)."""
    if facts.roads is None or not len(rows):
        return ()
    target = np.array([one.station.target for one in rows.listed])
    off = np.arange(len(rows))
    for index in facts.roads.snap_indexes.values():  # one mode after another, for what the others did not find
        off = off[~index.snap(target[off, 0], target[off, 1]).on_network]
    if not len(off):
        return ()
    metres = _to_nearest_street_m(facts.roads, target[off, 0], target[off, 1])
    limit_m = round(facts.profile.snap_limit_m)
    return tuple(
        rows.problem("off_roads", index, "lon", rows.written(index), distance_m=round(float(gap)), limit_m=limit_m)
        for index, gap in zip(off, metres, strict=True)
    )


def check_water(rows: Rows, facts: ListFacts) -> tuple[Problem, ...]:
    """Find stations in a lake or a river: more than `SHORE_M` from its shore, with no road within `BRIDGE_M`."""
    if not facts.water or not len(rows):
        return ()
    inside, body = shapely.STRtree(facts.water).query(shapely.points(rows.lon, rows.lat), predicate="within")
    if not len(inside):
        return ()
    shores = shapely.boundary(shapely.transform(np.array(facts.water)[body], lambda at: _projected(at, facts.crs)))
    metres = shapely.distance(shores, shapely.points(*to_metres(rows.lon[inside], rows.lat[inside], crs=facts.crs)))
    off_shore = dict(zip(inside.tolist(), metres.tolist(), strict=True))
    gap_m = np.full(len(rows), np.inf)
    if facts.roads is not None:
        gap_m[inside] = road_gaps_m(facts.roads, rows.lon[inside], rows.lat[inside])
    return tuple(
        rows.problem("water", index, "lon", rows.written(index), shore_m=round(shore))
        for index, shore in sorted(off_shore.items())
        if shore > SHORE_M and gap_m[index] > BRIDGE_M
    )


def _projected(places: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    return np.column_stack(to_metres(places[:, 0], places[:, 1], crs=crs))


def _to_nearest_street_m(roads: Roads, lon: Degrees, lat: Degrees) -> NDArray[np.float64]:
    """Return the metres to the nearest street that any mode may use, however far; shape (K,)."""
    network = roads.network
    used = np.any([usable_streets(network, mode) for mode in roads.snap_indexes], axis=0) & (network.length_m > 0)
    tree = shapely.STRtree(street_lines(network)[used])
    places = np.asarray(shapely.points(*to_metres(lon, lat, crs=network.crs)), dtype=np.object_)
    order, metres = tree.query_nearest(places, return_distance=True, all_matches=False)
    found = np.full(len(places), np.inf)
    found[order[0]] = metres
    return found
