"""Catchments: the places from which a station is reached within a cutoff, as pieces of street and as polygons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import contourpy
import numpy as np
import shapely
from numpy.typing import NDArray

from stations.geo.kernels import clip_pieces, spread_distance
from stations.geo.roads import NO_WAY, RoadNetwork
from stations.geo.seats import Seats
from stations.geo.snap import OFF_NETWORK
from stations.geo.table import TravelTable
from stations.model.keys import TravelMode

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
        column = table.columns.column(int(k))
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
    return pieces_within(network, table.mode, times, table.seats, stations, extra_ms, cutoff_ms=cutoff_ms)


def pieces_within(
    network: RoadNetwork,
    mode: TravelMode,
    times: NDArray[np.float64],
    seats: Seats,
    stations: NDArray[np.int64],
    extra_ms: NDArray[np.int64],
    *,
    cutoff_ms: int,
) -> StreetPieces:
    """Return the pieces of street from which one of `stations` is reached, given the `times` of all nodes.

    Parameters
    ----------
    times
        float64 (N,), milliseconds from every node to the soonest of them, what they add included; inf beyond reach.
    """
    along, against = network.forward_ms[mode], network.backward_ms[mode]
    tail = _pieces_before(times[network.street_to], along, cutoff_ms=cutoff_ms)
    head = _pieces_before(times[network.street_from], against, cutoff_ms=cutoff_ms)
    own = [
        piece
        for k in stations
        for piece in _own_street(network, mode, seats, int(k), int(extra_ms[k]), cutoff_ms=cutoff_ms)
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

    The exact distance to the pieces is kept on a raster near them, and the line of `reach_m` traced on it (marching
    squares, by contourpy), so corners are cut by less than a cell.
    """
    segments = clip_pieces(
        pieces.street, pieces.start, pieces.end, network.shape_offset, network.shape_x, network.shape_y
    )
    if not len(segments):
        return shapely.MultiPolygon()
    x, y = segments[:, 0::2], segments[:, 1::2]
    span_m = max(np.ptp(x), np.ptp(y)) + 2 * reach_m
    cell_m = max(CELL_M, span_m / MOST_CELLS_A_SIDE)
    within_m = reach_m + 1.5 * cell_m  # the four cells about any point of the line are within
    left, bottom = x.min() - within_m, y.min() - within_m
    columns = math.ceil((np.ptp(x) + 2 * within_m) / cell_m) + 1
    rows = math.ceil((np.ptp(y) + 2 * within_m) / cell_m) + 1
    square = np.full((rows, columns), within_m**2)
    spread_distance(segments, left, bottom, cell_m, within_m, square)
    return _trace(
        left + np.arange(columns) * cell_m, bottom + np.arange(rows) * cell_m, np.sqrt(square), reach_m=reach_m
    )


def _pieces_before(
    end_ms: NDArray[np.float64], cost_ms: NDArray[np.uint32], *, cutoff_ms: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the streets that are left through an end in time, and the share of each, counted from that end."""
    street = np.flatnonzero((cost_ms != NO_WAY) & (end_ms <= cutoff_ms)).astype(np.int32)
    share = (cutoff_ms - end_ms[street]) / cost_ms[street]
    return street, np.minimum(share, 1.0)


def _own_street(
    network: RoadNetwork, mode: TravelMode, seats: Seats, station: int, extra_ms: int, *, cutoff_ms: int
) -> list[StreetPieces]:
    street = int(seats.street[station])
    left_ms = cutoff_ms - extra_ms - int(seats.walk_ms[station])
    if street == OFF_NETWORK or left_ms < 0:
        return []
    at = float(seats.fraction[station])
    along, against = int(network.forward_ms[mode][street]), int(network.backward_ms[mode][street])
    start = max(0.0, at - left_ms / along) if along != NO_WAY else at
    end = min(1.0, at + left_ms / against) if against != NO_WAY else at
    return [StreetPieces(np.array([street], dtype=np.int32), np.array([start]), np.array([end]))]


def _trace(
    centre_x: NDArray[np.float64], centre_y: NDArray[np.float64], distance_m: NDArray[np.float64], *, reach_m: float
) -> shapely.MultiPolygon:
    tracer = contourpy.contour_generator(centre_x, centre_y, distance_m, fill_type=contourpy.FillType.OuterOffset)
    points, offsets = cast("tuple[list[NDArray[np.float64]], list[NDArray[np.uint32]]]", tracer.filled(-1.0, reach_m))
    polygons = []
    for ring_points, ring_offsets in zip(points, offsets, strict=True):
        corners = np.diff(ring_offsets)
        lines = np.repeat(np.arange(len(corners)), corners)
        drawn_as_ring = corners >= 4
        kept = drawn_as_ring[lines]
        numbers = (np.cumsum(drawn_as_ring) - 1)[lines[kept]]
        rings = np.asarray(shapely.linearrings(ring_points[kept], indices=numbers))
        polygons.append(shapely.polygons(rings[0], holes=rings[1:]))
    drawn = np.array(polygons, dtype=object)
    wrong = ~shapely.is_valid(drawn)
    drawn[wrong] = shapely.make_valid(drawn[wrong])
    return shapely.MultiPolygon([part for part in shapely.get_parts(drawn) if part.geom_type == "Polygon"])
