"""What riders and drivers themselves want: where they fetch meals and parcels and where trucks stop, all invented."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

import shapely

from data.make_sample.communities import Community
from data.make_sample.network import Network
from data.make_sample.plane import Point, dice, distance_m, rounded
from data.make_sample.terrain import Terrain
from data.make_sample.walkable import STREETS, Walkable

TRUCK_ROADS = ("trunk", "primary")


@dataclass(frozen=True, slots=True)
class Layer:
    """A kind of demand: how many places a community has (in town, at a township's seat, elsewhere), and how heavy."""

    name: str
    called: str
    classes: tuple[str, ...]
    counts: tuple[int, int, int]
    chance: float
    weights: tuple[int, int]
    reach_m: float
    apart_m: float


LAYERS = (
    Layer("restaurants", "示例取餐点", tuple(sorted(STREETS)), (6, 5, 1), 0.35, (8, 160), 420.0, 25.0),
    Layer("parcels", "示例快递网点", tuple(sorted(STREETS)), (2, 2, 1), 0.25, (120, 1400), 420.0, 60.0),
    Layer("trucks", "示例货车停靠点", TRUCK_ROADS, (1, 1, 1), 0.12, (6, 70), 1500.0, 900.0),
)


@dataclass(frozen=True, slots=True)
class DemandPlace:
    """A place with a weight; metres."""

    name: str
    community: Community
    at: Point
    weight: int


def list_rider_demand(layer: Layer, terrain: Terrain, network: Network, walkable: Walkable) -> list[DemandPlace]:
    """Return the places of a layer beside roads of its classes; in a fixed order, the same every time."""
    random = dice(f"demand {layer.name}")
    dry = terrain.served.difference(shapely.union_all([river.wet.buffer(10) for river in terrain.rivers]))
    taken: list[Point] = []
    places = []
    for community in network.communities:
        for at in _spots(layer, community, walkable, random):
            if dry.contains(shapely.Point(at)) and all(distance_m(at, other) >= layer.apart_m for other in taken):
                taken.append(at)
                low, high = layer.weights
                weight = round(low * (high / low) ** random.random() ** 1.6)
                places.append(DemandPlace(f"{layer.called} {len(places) + 1:03d}", community, at, weight))
    return places


def _spots(layer: Layer, community: Community, walkable: Walkable, random: Random) -> Iterable[Point]:
    town, seat, village = layer.counts
    count = town if community.urban else seat if community.seat else village
    if not (community.urban or community.seat) and random.random() > layer.chance:
        return ()
    if layer.classes == TRUCK_ROADS and random.random() > layer.chance * 3:
        return ()
    spots = walkable.spots_near(community.at, layer.reach_m, random, classes=layer.classes, back_m=14)
    return [rounded(spot.door) for spot in spots[:count]]
