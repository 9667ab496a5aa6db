"""Rooms and grounds that the district owns, all invented: where a station could be built without buying anything."""

from __future__ import annotations

import shapely

from data.make_sample.facts import TOWNSHIPS
from data.make_sample.landmarks import Place
from data.make_sample.plane import dice, distance_m, to_plane
from data.make_sample.terrain import Terrain
from data.make_sample.walkable import STREETS, Walkable

APART_M = 600.0
REACH_M = 1800.0
PER_TOWNSHIP = 3
KINDS = ("闲置门面", "老村委院", "公园管理房", "停车场岗亭", "文化站空房", "粮站旧房")


def list_owned_places(terrain: Terrain, walkable: Walkable) -> list[Place]:
    """Return some places of every township beside its streets, apart from each other; the same every time."""
    random = dice("owned places")
    dry = terrain.outline.buffer(-60).difference(shapely.union_all([river.wet.buffer(10) for river in terrain.rivers]))
    places: list[Place] = []
    for township, centre in TOWNSHIPS.items():
        found = 0
        for spot in walkable.spots_near(to_plane(*centre), REACH_M, random, classes=STREETS, back_m=15):
            apart = all(distance_m(spot.door, place.at) >= APART_M for place in places)
            if found < PER_TOWNSHIP and apart and dry.contains(shapely.Point(spot.door)):
                found += 1
                name = f"{township}{KINDS[len(places) % len(KINDS)]}{len(places) + 1:02d}（示例）"
                places.append(Place(name, "owned", township, spot.door))
    return places
