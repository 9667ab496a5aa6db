"""Where somebody on foot can be: public roads joined to the main network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import numpy as np
import shapely
from scipy.spatial import cKDTree

from data.make_sample.noding import label_parts, main_part
from data.make_sample.plane import Point, distance_m, sideways
from data.make_sample.road import Road

NO_FOOT = frozenset({"motorway", "motorway_link"})
STREETS = frozenset({"primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "pedestrian"})


@dataclass(frozen=True, slots=True)
class Spot:
    """A place beside a road: the `door`, its foot on the road, the road; metres."""

    door: Point
    foot: Point
    road: Road


class Walkable:
    """Public roads that can be walked, with a search by distance."""

    def __init__(self, roads: Sequence[Road]) -> None:
        public = [line for line in roads if line.tags["highway"] not in NO_FOOT and "access" not in line.tags]
        labels = label_parts(public)
        main = main_part(public, labels)
        self._joined = [line for line, label in zip(public, labels, strict=True) if label == main]
        self._corners = sorted({point for line in self._joined if not line.lifted for point in line.points})
        self._tree = cKDTree(np.array(self._corners))
        self._pieces = [(a, b, line) for line in self._joined for a, b in pairwise(line.points)]
        self._lines = shapely.STRtree(shapely.linestrings([(a, b) for a, b, _ in self._pieces]))
        everything = [(a, b) for line in roads for a, b in pairwise(line.points)]
        self._all_roads = shapely.STRtree(shapely.linestrings(everything))

    def corners_near(self, at: Point, reach_m: float) -> list[Point]:
        """Return the junctions and bends within `reach_m` metres, in a fixed order."""
        return [self._corners[i] for i in sorted(self._tree.query_ball_point(at, reach_m))]

    def gap_m(self, at: Point) -> float:
        """Return the metres to the nearest road that can be walked to."""
        return float(self._lines.query_nearest(shapely.Point(at), return_distance=True)[1][0])

    def gap_to_any_m(self, at: Point) -> float:
        """Return the metres to the nearest road of any sort."""
        return float(self._all_roads.query_nearest(shapely.Point(at), return_distance=True)[1][0])

    def spots_near(
        self, at: Point, reach_m: float, random: Random, *, classes: Iterable[str] = STREETS, back_m: float
    ) -> list[Spot]:
        """Return places `back_m` metres off the roads of `classes` near `at`, shuffled; none stands on a road."""
        wanted = frozenset(classes)
        near = sorted(self._lines.query(shapely.Point(at), predicate="dwithin", distance=reach_m).tolist())
        spots = []
        for i in near:
            a, b, line = self._pieces[i]
            if line.tags["highway"] not in wanted or line.lifted or distance_m(a, b) < 12:
                continue
            share, side = random.uniform(0.15, 0.85), random.choice((-1, 1))
            spots.append(Spot(sideways(a, b, share, side * back_m), sideways(a, b, share, side * 3.0), line))
        random.shuffle(spots)
        return [spot for spot in spots if self.gap_to_any_m(spot.door) > 5.0]
