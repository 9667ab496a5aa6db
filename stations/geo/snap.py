"""Move places onto the road: to the nearest point of a street, not to a node."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from stations.geo.arcs import Components, usable_streets
from stations.geo.crs import place_to_metres, to_metres
from stations.geo.kernels import count_in_cells, list_in_cells, nearest_segment, nearest_segments
from stations.geo.roads import RoadNetwork
from stations.model.keys import TravelMode

OFF_NETWORK = -1
"""Street of a place that has none within the limit; never leaves `geo`."""
LEAST_CELL_M = 40.0

_Grid = tuple[NDArray[np.float64], float, float, float, int, NDArray[np.int64], NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Snaps:
    """Where K places sit on the roads.

    Attributes
    ----------
    street
        int32 (K,), `OFF_NETWORK` where no usable street lies within the limit.
    fraction
        float64 (K,), how far along the street, 0 at its first node and 1 at its last.
    walk_m
        float64 (K,), straight metres from the place to the street; nan off the network.
    on_main
        bool (K,), whether the street belongs to the main strongly connected part.
    """

    street: NDArray[np.int32]
    fraction: NDArray[np.float64]
    walk_m: NDArray[np.float64]
    on_main: NDArray[np.bool_]

    @property
    def on_network(self) -> NDArray[np.bool_]:
        """Which places have a street; shape (K,)."""
        found: NDArray[np.bool_] = self.street != OFF_NETWORK
        return found


class SnapIndex:
    """A spatial index over the streets one mode may use.

    Streets of the main strongly connected part come first: another part is taken only where none of the main lies
    within the limit, and `Snaps.on_main` then says so. Equal distances go to the street of the lowest number.

    Parameters
    ----------
    lines
        The streets as made by `street_lines`, in metres of the network's CRS.
    limit_m
        The furthest a place may lie from its street.
    """

    def __init__(
        self,
        network: RoadNetwork,
        mode: TravelMode,
        *,
        components: Components,
        lines: NDArray[np.object_],
        limit_m: float,
    ) -> None:
        usable = usable_streets(network, mode) & (network.length_m > 0)
        of_node = components.of_node
        main = usable & (of_node[network.street_from] == components.main)
        main &= of_node[network.street_to] == components.main
        self._crs = network.crs
        self._limit_m = limit_m
        self._parts = [_Part(lines, np.flatnonzero(streets).astype(np.int32)) for streets in (main, usable & ~main)]

    def snap(self, lon: ArrayLike, lat: ArrayLike) -> Snaps:
        """Return where places (WGS 84 degrees, shape (K,)) sit on the roads."""
        x, y = (np.atleast_1d(axis) for axis in to_metres(lon, lat, crs=self._crs))
        main, loose = self._parts
        found = main.nearest_of_many(x, y, limit_m=self._limit_m)
        missed = np.flatnonzero(~found.on_network)
        found.on_main[:] = found.on_network
        other = loose.nearest_of_many(x[missed], y[missed], limit_m=self._limit_m)
        for into, values in (
            (found.street, other.street),
            (found.fraction, other.fraction),
            (found.walk_m, other.walk_m),
        ):
            into[missed] = values
        return found

    def snap_place(self, lon: float, lat: float) -> Snaps:
        """Return where one place (WGS 84 degrees) sits on the roads, in arrays of one."""
        street, fraction, walk_m, on_main = self._snap_one(*place_to_metres(lon, lat, crs=self._crs))
        return Snaps(
            street=np.array([street], dtype=np.int32),
            fraction=np.array([fraction]),
            walk_m=np.array([walk_m]),
            on_main=np.array([on_main]),
        )

    def _snap_one(self, x: float, y: float) -> tuple[int, float, float, bool]:
        for part in self._parts:
            found = part.nearest(x, y, limit_m=self._limit_m)
            if found is not None:
                return *found, part is self._parts[0]
        return OFF_NETWORK, 0.0, math.nan, False


class _Part:
    """Streets of one part of the network, their straight segments listed by the cells of a grid that they touch.

    There are about as many cells as segments, so that few segments are looked at wherever a place lies.
    """

    def __init__(self, lines: NDArray[np.object_], streets: NDArray[np.int32]) -> None:
        points, of_line = shapely.get_coordinates(lines[streets], return_index=True)
        goes_on = of_line[1:] == of_line[:-1]
        segments = np.hstack([points[:-1], points[1:]])[goes_on]
        length_m = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
        line = of_line[:-1][goes_on]
        total_m = np.bincount(line, weights=length_m, minlength=len(streets))
        before = np.concatenate([[0.0], np.cumsum(length_m)[:-1]]) if len(line) else length_m
        first = np.searchsorted(line, np.arange(len(streets)))
        self._street = streets[line]
        self._run_m = before - before[first][line] if len(line) else before
        self._total_m = total_m[line]
        self._grid = _list_by_cells(segments)

    def nearest(self, x: float, y: float, *, limit_m: float) -> tuple[int, float, float] | None:
        """Return the nearest street, the fraction along it and the metres to it; `None` beyond the limit."""
        segment, along_m, gap_m = nearest_segment(x, y, limit_m, *self._grid)
        if segment < 0:
            return None
        fraction = min(1.0, (self._run_m[segment] + along_m) / self._total_m[segment])
        return int(self._street[segment]), float(fraction), gap_m

    def nearest_of_many(self, x: NDArray[np.float64], y: NDArray[np.float64], *, limit_m: float) -> Snaps:
        """Return the same of many places, shape (K,); `Snaps.on_main` is left false."""
        segment, along_m, gap_m = nearest_segments(x, y, limit_m, *self._grid)
        near = segment >= 0
        street = np.full(len(x), OFF_NETWORK, dtype=np.int32)
        fraction = np.zeros(len(x))
        street[near] = self._street[segment[near]]
        fraction[near] = np.minimum(1.0, (self._run_m[segment[near]] + along_m[near]) / self._total_m[segment[near]])
        return Snaps(street, fraction, gap_m, np.zeros(len(x), dtype=bool))


def _list_by_cells(segments: NDArray[np.float64]) -> _Grid:
    """Return the segments and the grid over them, as `nearest_segment` takes them."""
    if not len(segments):
        return segments, 0.0, 0.0, LEAST_CELL_M, 1, np.zeros(2, dtype=np.int64), np.empty(0, dtype=np.int32)
    x, y = segments[:, 0::2], segments[:, 1::2]
    left, bottom = float(x.min()), float(y.min())
    width, height = float(np.ptp(x)), float(np.ptp(y))
    cell_m = max(LEAST_CELL_M, math.sqrt(width * height / len(segments)), max(width, height) / len(segments))
    columns, rows = int(width / cell_m) + 2, int(height / cell_m) + 2
    offset = np.zeros(rows * columns + 1, dtype=np.int64)
    count_in_cells(segments, left, bottom, cell_m, columns, offset)
    listed = np.empty(offset[-1], dtype=np.int32)
    list_in_cells(segments, left, bottom, cell_m, columns, offset, listed)
    return segments, left, bottom, cell_m, columns, offset, listed


def metres_to_street(
    network: RoadNetwork, mode: TravelMode, lines: NDArray[np.object_], *, lon: float, lat: float
) -> float | None:
    """Return the metres from a place (WGS 84 degrees) to the nearest street that `mode` may use, however far.

    `None` where the mode may use none. It looks at every street: for a report, not for a search.
    """
    usable = np.flatnonzero(usable_streets(network, mode) & (network.length_m > 0))
    if not len(usable):
        return None
    x, y = to_metres([lon], [lat], crs=network.crs)
    return float(np.min(shapely.distance(shapely.Point(x[0], y[0]), lines[usable])))


def street_lines(network: RoadNetwork) -> NDArray[np.object_]:
    """Return every street as a shapely LineString in metres of the network's CRS; shape (S,)."""
    street_of_point = np.repeat(np.arange(len(network.street_from)), np.diff(network.shape_offset))
    return np.asarray(shapely.linestrings(network.shape_x, network.shape_y, indices=street_of_point))
