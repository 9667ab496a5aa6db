"""Catchments: the places from which a station is reached within a cutoff, as pieces of street and as polygons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from stations.geo.drawing_kernels import (
    clip_pieces,
    find_reached,
    find_rest,
    spread_distance,
    take_field,
    thin_rings,
    trace_rings,
)
from stations.geo.roads import NO_WAY, RoadNetwork
from stations.geo.seats import Seats
from stations.geo.snap import OFF_NETWORK
from stations.geo.table import TravelTable
from stations.model.keys import TravelMode

REACH_M = 50.0
"""How far from a reached street the polygon is drawn; for eyes only."""
CELL_M = 15.0
NEARER = 1.5
"""How many times nearer than what is reached a street that is not must lie, for a place to be left out with it."""
MOST_CELLS_A_SIDE = 1500


@dataclass(frozen=True, slots=True)
class StreetPieces:
    """Parts of streets, R of them: from fraction `start` to fraction `end` (0 to 1, start <= end).

    They are sorted by street and then by start.
    """

    street: NDArray[np.int32]
    start: NDArray[np.float64]
    end: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Points `cell_m` apart, rows from the bottom, in metres of the network's CRS."""

    left: float
    bottom: float
    cell_m: float
    rows: int
    columns: int


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
    along_ms, against_ms = network.forward_ms[mode], network.backward_ms[mode]
    found = find_reached(network.street_from, network.street_to, along_ms, against_ms, times, float(cutoff_ms))
    own = [_own_street(network, mode, seats, int(k), int(extra_ms[k]), cutoff_ms=cutoff_ms) for k in stations]
    direct = np.array([piece for piece in own if piece]).reshape(-1, 3)
    street = np.concatenate([found[0], direct[:, 0].astype(np.int32)])
    start, end = np.concatenate([found[1], direct[:, 1]]), np.concatenate([found[2], direct[:, 2]])
    order = np.lexsort((start, street))
    return StreetPieces(street[order], start[order], end[order])


def bounds_of(network: RoadNetwork, pieces: StreetPieces) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north (metres of the network) that hold what is drawn of pieces, and little more."""
    if not len(pieces.street):
        return None
    segments, margin_m = _segments(network, pieces), 2 * REACH_M
    x, y = segments[:, 0::2], segments[:, 1::2]
    return (
        float(x.min()) - margin_m,
        float(y.min()) - margin_m,
        float(x.max()) + margin_m,
        float(y.max()) + margin_m,
    )


def draw_polygon(
    network: RoadNetwork, mode: TravelMode, pieces: StreetPieces, *, tolerance_m: float = 0.0
) -> shapely.MultiPolygon:
    """Return the area within `REACH_M` of the pieces, holes kept, in metres of the network's CRS.

    Streets that `mode` may use but that are not reached are left out, and what lies `NEARER` times nearer to them. The
    exact distances to both are kept on a grid, and the line traced on what they say (marching squares), so corners are
    cut by less than a cell.

    No value on the grid is that of the line itself, so each point of a ring lies within an edge of the grid that no
    other point lies on, and rings neither touch nor cross: the polygons are valid without being checked.

    Parameters
    ----------
    tolerance_m
        By how much the line may be drawn elsewhere so that it has fewer points; 0 leaves it as it is traced.
    """
    segments = _segments(network, pieces)
    if not len(segments):
        return shapely.MultiPolygon()
    grid = _grid_round(segments)
    field = _square_distance(grid, segments, within_m=REACH_M + grid.cell_m)
    rest = _segments(network, _rest_near(network, mode, pieces, grid))
    take_field(field, _square_distance(grid, rest, within_m=REACH_M / NEARER + grid.cell_m), REACH_M, NEARER)
    points, ring, area = trace_rings(field)
    if tolerance_m > 0:
        kept = thin_rings(points, ring, tolerance_m / grid.cell_m)
        points, ring = points[kept], ring[kept]
    rings = np.asarray(shapely.linearrings(points * grid.cell_m + (grid.left, grid.bottom), indices=ring))
    outer_first = np.argsort(area, kind="stable")
    polygons = np.asarray(shapely.polygons(rings[outer_first], indices=area[outer_first]))
    return cast("shapely.MultiPolygon", shapely.multipolygons(polygons))


def _own_street(
    network: RoadNetwork, mode: TravelMode, seats: Seats, station: int, extra_ms: int, *, cutoff_ms: int
) -> tuple[int, float, float] | None:
    """Return the piece of its own street from which a station is reached directly, `None` where there is none."""
    street = int(seats.street[station])
    left_ms = cutoff_ms - extra_ms - int(seats.walk_ms[station])
    if street == OFF_NETWORK or left_ms < 0:
        return None
    at = float(seats.fraction[station])
    along, against = int(network.forward_ms[mode][street]), int(network.backward_ms[mode][street])
    start = max(0.0, at - left_ms / along) if along != NO_WAY else at
    end = min(1.0, at + left_ms / against) if against != NO_WAY else at
    return street, start, end


def _rest_near(network: RoadNetwork, mode: TravelMode, pieces: StreetPieces, grid: _Grid) -> StreetPieces:
    """Return what the pieces leave of the streets that `mode` may use and that may touch the grid."""
    along_ms, against_ms = network.forward_ms[mode], network.backward_ms[mode]
    street, start, end = find_rest(
        pieces.street, pieces.start, pieces.end, along_ms, against_ms,
        network.length_m, network.shape_offset, network.shape_x, network.shape_y,
        grid.left, grid.bottom, grid.left + grid.columns * grid.cell_m, grid.bottom + grid.rows * grid.cell_m,
    )  # fmt: skip
    return StreetPieces(street, start, end)


def _segments(network: RoadNetwork, pieces: StreetPieces) -> NDArray[np.float64]:
    shapes = network.shape_offset, network.shape_x, network.shape_y
    segments: NDArray[np.float64] = clip_pieces(pieces.street, pieces.start, pieces.end, *shapes)
    return segments


def _grid_round(segments: NDArray[np.float64]) -> _Grid:
    """Return the grid that holds all that is near some segments, its edge so far out that none is near."""
    x, y = segments[:, 0::2], segments[:, 1::2]
    left, right, bottom, top = float(x.min()), float(x.max()), float(y.min()), float(y.max())
    cell_m = max(CELL_M, (max(right - left, top - bottom) + 2 * REACH_M) / MOST_CELLS_A_SIDE)
    margin_m = REACH_M + cell_m
    columns, rows = (int((span_m + 2 * margin_m) / cell_m) + 2 for span_m in (right - left, top - bottom))
    return _Grid(left - margin_m, bottom - margin_m, cell_m, rows, columns)


def _square_distance(grid: _Grid, segments: NDArray[np.float64], *, within_m: float) -> NDArray[np.float32]:
    """Return the squared metres from every point of a grid to the nearest segment, at most those of `within_m`."""
    square = np.full((grid.rows, grid.columns), within_m**2, dtype=np.float32)
    spread_distance(segments, grid.left, grid.bottom, grid.cell_m, within_m, square)
    return square
