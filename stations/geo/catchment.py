"""Catchments: the places from which a station is reached within a cutoff, as pieces of street and as polygons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import contourpy
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from stations.geo.roads import NO_WAY, RoadNetwork
from stations.geo.snap import OFF_NETWORK
from stations.geo.table import TravelTable

REACH_M = 50.0
"""How far from a reached street the polygon is drawn; for eyes only."""
CELL_M = 15.0
MOST_CELLS_A_SIDE = 1500


@dataclass(frozen=True, slots=True)
class StreetPieces:
    """Parts of streets, R of them: from fraction `start` to fraction `end` (0 to 1, start <= end)."""

    street: NDArray[np.int32]
    start: NDArray[np.float64]
    end: NDArray[np.float64]


def node_times(
    table: TravelTable, stations: NDArray[np.int64], extra_ms: NDArray[np.int64], nodes: int
) -> NDArray[np.float64]:
    """Return the milliseconds from every node to the soonest of `stations`; inf where none is in reach; shape (N,).

    Parameters
    ----------
    extra_ms
        int64 (K,) what each station adds: parking and the walk from its gate.
    """
    best = np.full(nodes, np.inf)
    for k in stations:
        column = table.to.column(int(k))
        best[column.node] = np.minimum(best[column.node], column.ms + float(extra_ms[k]))
    return best


def reached_pieces(
    network: RoadNetwork,
    table: TravelTable,
    stations: NDArray[np.int64],
    extra_ms: NDArray[np.int64],
    *,
    cutoff_ms: int,
) -> StreetPieces:
    """Return the pieces of street from which one of `stations` is reached within `cutoff_ms` (inclusive).

    A street is left through an end in a direction the mode may travel: what remains of the cutoff at that end tells
    how far back along the street the reached piece begins. On its own street a station is reached directly.
    """
    times = node_times(table, stations, extra_ms, len(network.node_x))
    along, against = network.forward_ms[table.mode], network.backward_ms[table.mode]
    tail = _pieces_before(times[network.street_to], along, cutoff_ms=cutoff_ms)
    head = _pieces_before(times[network.street_from], against, cutoff_ms=cutoff_ms)
    own = [
        piece for k in stations for piece in _own_street(network, table, int(k), int(extra_ms[k]), cutoff_ms=cutoff_ms)
    ]
    pieces = [
        StreetPieces(tail[0], 1.0 - tail[1], np.ones(len(tail[0]))),
        StreetPieces(head[0], np.zeros(len(head[0])), head[1]),
        *own,
    ]
    return StreetPieces(
        np.concatenate([piece.street for piece in pieces]),
        np.concatenate([piece.start for piece in pieces]),
        np.concatenate([piece.end for piece in pieces]),
    )


def draw_polygon(network: RoadNetwork, pieces: StreetPieces, *, reach_m: float = REACH_M) -> shapely.MultiPolygon:
    """Return the area within `reach_m` metres of the pieces, holes kept, in metres of the network's CRS.

    The pieces are sampled on a raster and their distance spread by a Euclidean transform (Maurer, Qi and Raghavan
    2003, by scipy); near `reach_m` it is measured to the samples themselves. The line of `reach_m` is then traced
    (marching squares, by contourpy).
    """
    x, y = _samples(network, pieces, step_m=CELL_M / 2)
    if not len(x):
        return shapely.MultiPolygon()
    margin_m = reach_m + 2 * CELL_M
    span_m = max(np.ptp(x), np.ptp(y)) + 2 * margin_m
    cell_m = max(CELL_M, span_m / MOST_CELLS_A_SIDE)
    left, bottom = x.min() - margin_m, y.min() - margin_m
    columns = math.ceil((np.ptp(x) + 2 * margin_m) / cell_m) + 1
    rows = math.ceil((np.ptp(y) + 2 * margin_m) / cell_m) + 1
    centre_x, centre_y = left + np.arange(columns) * cell_m, bottom + np.arange(rows) * cell_m
    distance_m = _distance_raster(x, y, centre_x, centre_y, cell_m=cell_m, reach_m=reach_m)
    return _trace(centre_x, centre_y, distance_m, reach_m=reach_m)


def _pieces_before(
    end_ms: NDArray[np.float64], cost_ms: NDArray[np.uint32], *, cutoff_ms: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the streets that are left through an end in time, and the share of each, counted from that end."""
    street = np.flatnonzero((cost_ms != NO_WAY) & (end_ms <= cutoff_ms)).astype(np.int32)
    share = (cutoff_ms - end_ms[street]) / cost_ms[street]
    return street, np.minimum(share, 1.0)


def _own_street(
    network: RoadNetwork, table: TravelTable, station: int, extra_ms: int, *, cutoff_ms: int
) -> list[StreetPieces]:
    street = int(table.seats.street[station])
    left_ms = cutoff_ms - extra_ms - int(table.seats.walk_ms[station])
    if street == OFF_NETWORK or left_ms < 0:
        return []
    at = float(table.seats.fraction[station])
    along, against = int(network.forward_ms[table.mode][street]), int(network.backward_ms[table.mode][street])
    start = max(0.0, at - left_ms / along) if along != NO_WAY else at
    end = min(1.0, at + left_ms / against) if against != NO_WAY else at
    return [StreetPieces(np.array([street], dtype=np.int32), np.array([start]), np.array([end]))]


def _samples(
    network: RoadNetwork, pieces: StreetPieces, *, step_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points along the pieces, at most `step_m` apart, both ends of every piece among them."""
    length_m = network.length_m[pieces.street] * (pieces.end - pieces.start)
    counts = np.ceil(length_m / step_m).astype(np.int64) + 1
    piece = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(piece)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = within / np.maximum(counts[piece] - 1, 1)
    fraction = pieces.start[piece] + share * (pieces.end - pieces.start)[piece]
    return _points_at(network, pieces.street[piece], fraction)


def _points_at(
    network: RoadNetwork, street: NDArray[np.int32], fraction: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y (metres) of points at fractions of streets, interpolated along their shape."""
    step_m = np.hypot(np.diff(network.shape_x, prepend=0.0), np.diff(network.shape_y, prepend=0.0))
    step_m[network.shape_offset[:-1]] = 0.0
    run_m = np.cumsum(step_m)  # rises over all streets in turn, so one search finds the place on any of them
    first, last = network.shape_offset[street], network.shape_offset[street + 1] - 1
    at_m = run_m[first] + fraction * (run_m[last] - run_m[first])
    after = np.clip(np.searchsorted(run_m, at_m, side="right"), first + 1, last)
    stretch_m = run_m[after] - run_m[after - 1]
    share = np.divide(at_m - run_m[after - 1], stretch_m, out=np.zeros_like(at_m), where=stretch_m > 0)
    x = network.shape_x[after - 1] + share * (network.shape_x[after] - network.shape_x[after - 1])
    y = network.shape_y[after - 1] + share * (network.shape_y[after] - network.shape_y[after - 1])
    return x, y


def _distance_raster(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    centre_x: NDArray[np.float64],
    centre_y: NDArray[np.float64],
    *,
    cell_m: float,
    reach_m: float,
) -> NDArray[np.float64]:
    """Return the metres from cell centres to the nearest sample: exact near `reach_m`, good to a cell elsewhere."""
    empty = np.ones((len(centre_y), len(centre_x)), dtype=bool)
    column = np.rint((x - centre_x[0]) / cell_m).astype(np.int64)
    row = np.rint((y - centre_y[0]) / cell_m).astype(np.int64)
    empty[row, column] = False
    distance_m = np.asarray(distance_transform_edt(empty, sampling=cell_m), dtype=np.float64)
    near = np.nonzero(np.abs(distance_m - reach_m) < 2 * cell_m)
    tree = cKDTree(np.column_stack([x, y]))
    distance_m[near] = tree.query(np.column_stack([centre_x[near[1]], centre_y[near[0]]]))[0]
    return distance_m


def _trace(
    centre_x: NDArray[np.float64], centre_y: NDArray[np.float64], distance_m: NDArray[np.float64], *, reach_m: float
) -> shapely.MultiPolygon:
    tracer = contourpy.contour_generator(centre_x, centre_y, distance_m, fill_type=contourpy.FillType.OuterOffset)
    points, offsets = cast("tuple[list[NDArray[np.float64]], list[NDArray[np.uint32]]]", tracer.filled(-1.0, reach_m))
    polygons = []
    for ring_points, ring_offsets in zip(points, offsets, strict=True):
        rings = [ring_points[a:b] for a, b in pairwise(ring_offsets)]
        polygons.append(shapely.Polygon(rings[0], [ring for ring in rings[1:] if len(ring) >= 4]))
    parts = shapely.get_parts(shapely.make_valid(np.array(polygons, dtype=object)))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])
