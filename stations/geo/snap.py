"""Move places onto the road: to the nearest point of a street, not to a node."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from stations.geo.arcs import Components, usable_streets
from stations.geo.crs import to_metres
from stations.geo.roads import RoadNetwork
from stations.model.keys import TravelMode

OFF_NETWORK = -1
"""Street of a place that has none within the limit; never leaves `geo`."""


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
        self._lines = lines
        self._streets = [np.flatnonzero(main).astype(np.int32), np.flatnonzero(usable & ~main).astype(np.int32)]
        self._trees = [shapely.STRtree(lines[streets]) for streets in self._streets]

    def snap(self, lon: ArrayLike, lat: ArrayLike) -> Snaps:
        """Return where places (WGS 84 degrees, shape (K,)) sit on the roads."""
        x, y = to_metres(lon, lat, crs=self._crs)
        points = np.asarray(shapely.points(np.atleast_1d(x), np.atleast_1d(y)))
        snaps = self._nearest(points, part=0)
        missed = np.flatnonzero(~snaps.on_network)
        if not len(missed):
            return snaps
        other = self._nearest(points[missed], part=1)
        for name in ("street", "fraction", "walk_m", "on_main"):
            getattr(snaps, name)[missed] = getattr(other, name)
        return snaps

    def _nearest(self, points: NDArray[np.object_], *, part: int) -> Snaps:
        count = len(points)
        street = np.full(count, OFF_NETWORK, dtype=np.int32)
        fraction = np.zeros(count)
        walk_m = np.full(count, np.nan)
        (place, hit), distance_m = self._trees[part].query_nearest(
            points, max_distance=self._limit_m, return_distance=True, all_matches=True
        )
        first = np.lexsort((hit, place))
        place, hit, distance_m = place[first], hit[first], distance_m[first]
        place, kept = np.unique(place, return_index=True)
        street[place] = self._streets[part][hit[kept]]
        walk_m[place] = distance_m[kept]
        lines = self._lines[street[place]]
        fraction[place] = shapely.line_locate_point(lines, points[place], normalized=True)
        return Snaps(street, fraction, walk_m, on_main=(street != OFF_NETWORK) & (part == 0))


def street_lines(network: RoadNetwork) -> NDArray[np.object_]:
    """Return every street as a shapely LineString in metres of the network's CRS; shape (S,)."""
    street_of_point = np.repeat(np.arange(len(network.street_from)), np.diff(network.shape_offset))
    return np.asarray(shapely.linestrings(network.shape_x, network.shape_y, indices=street_of_point))
