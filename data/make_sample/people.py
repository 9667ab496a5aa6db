"""Spreads the residents over settlement points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import shapely

from data.make_sample.communities import Community
from data.make_sample.facts import RESIDENTS
from data.make_sample.network import Network
from data.make_sample.plane import Point, dice, distance_m, rounded
from data.make_sample.terrain import Terrain
from data.make_sample.walkable import Walkable

URBAN_RESIDENTS = 4400
VILLAGE_RESIDENTS = 950
SEAT_FACTOR = 3.0
REMOTE_POINTS = 6
REMOTE_M = (280.0, 600.0)
ISLAND_POINTS = 2


@dataclass(frozen=True, slots=True)
class Settlement:
    """Some houses of a community; metres."""

    community: Community
    at: Point
    residents: int


def settle(terrain: Terrain, network: Network, walkable: Walkable) -> list[Settlement]:
    """Return settlement points whose residents add up to the census.

    Most stand by roads; a few lie in the fields beyond the snap limit, and some on the island.
    """
    random = dice("people")
    places = [
        (community, at, weight)
        for community in network.communities
        for at, weight in _homes(community, terrain, walkable, random)
    ]
    for at in [*_remote(terrain, walkable), *_on_island(terrain, random)]:
        nearest = min(network.communities, key=lambda community: distance_m(community.at, at))
        places.append((nearest, at, random.uniform(25, 70)))
    counts = share_whole([weight for *_, weight in places], RESIDENTS)
    return [Settlement(community, at, count) for (community, at, _), count in zip(places, counts, strict=True)]


def share_whole(weights: Sequence[float], total: int) -> list[int]:
    """Split `total` by `weights` into whole numbers that add up to it (largest remainder method)."""
    scale = total / sum(weights)
    counts = [int(weight * scale) for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (counts[i] - weights[i] * scale, i))
    for i in order[: total - sum(counts)]:
        counts[i] += 1
    return counts


def _homes(community: Community, terrain: Terrain, walkable: Walkable, random: Random) -> list[tuple[Point, float]]:
    reach = 340.0 if community.urban else 480.0 if community.seat else 290.0
    whole = community.size * (URBAN_RESIDENTS if community.urban else VILLAGE_RESIDENTS)
    if community.seat:
        whole = SEAT_FACTOR * VILLAGE_RESIDENTS * random.uniform(0.8, 1.3)
    count = random.randint(6, 8) if community.urban or community.seat else random.randint(3, 5)
    corners = walkable.corners_near(community.at, reach)
    while len(corners) < 3 * count:
        reach *= 1.3
        corners = walkable.corners_near(community.at, reach)
    homes: list[tuple[Point, float]] = []
    while len(homes) < count:
        corner = random.choice(corners)
        at = rounded((corner[0] + random.uniform(-22, 22), corner[1] + random.uniform(-22, 22)))
        if shapely.contains_xy(terrain.outline, *at) and not _wet(terrain, at):
            homes.append((at, random.uniform(0.5, 1.5)))
    share = whole / sum(weight for _, weight in homes)
    return [(at, weight * share) for at, weight in homes]


def _wet(terrain: Terrain, at: Point) -> bool:
    return any(shapely.contains_xy(river.wet, *at) for river in terrain.rivers)


def _remote(terrain: Terrain, walkable: Walkable) -> list[Point]:
    """Return lone houses beyond the reach of any road, far from each other."""
    ground = terrain.served.buffer(-400)
    west, south, east, north = (round(edge) for edge in ground.bounds)
    found = []
    for x in range(west, east, 220):
        for y in range(south, north, 220):
            at = (float(x), float(y))
            if shapely.contains_xy(ground, x, y) and REMOTE_M[0] < walkable.gap_to_any_m(at) < REMOTE_M[1]:
                found.append(at)
    found = [at for at in found if not any(river.wet.distance(shapely.Point(at)) < 80 for river in terrain.rivers)]
    found = [at for at in found if not any(half.distance(shapely.Point(at)) < 40 for half in terrain.lake)]
    chosen = [found[0]]
    while len(chosen) < REMOTE_POINTS:
        chosen.append(max(found, key=lambda at: min(distance_m(at, other) for other in chosen)))
    return chosen


def _on_island(terrain: Terrain, random: Random) -> list[Point]:
    middle = terrain.island.centroid
    return [
        rounded((middle.x + side * random.uniform(60, 120), middle.y + random.uniform(-8, 8)))
        for side in (-1, 1)[:ISLAND_POINTS]
    ]
