"""The whole road network of the sample: everything drawn, cut, joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import shapely
from shapely import Polygon

from data.make_sample.communities import Community, place_communities, place_hamlets
from data.make_sample.country import join_lost_villages, lay_country_roads, lay_tracks, name_country_roads
from data.make_sample.crossings import clip_to, cross, cut_out, obstacles_of
from data.make_sample.main_roads import (
    lay_greenway,
    lay_interchanges,
    lay_main_roads,
    lay_motorway,
    lay_ring,
    lay_roundabouts,
)
from data.make_sample.noding import drop_unjoined, join_roads
from data.make_sample.plane import Point, dice
from data.make_sample.road import Road, road
from data.make_sample.terrain import Terrain
from data.make_sample.town import Town, build_town
from data.make_sample.villages import Village, build_village

REPAIRS = 3


@dataclass(frozen=True, slots=True)
class Network:
    """Joined roads; tags of points that bar the way; the town and the villages they came from."""

    roads: tuple[Road, ...]
    gates: Mapping[Point, Mapping[str, str]]
    town: Town
    villages: tuple[Village, ...]
    communities: tuple[Community, ...]


def build_network(terrain: Terrain) -> Network:
    """Draw all roads and join them."""
    town = build_town(terrain)
    communities = place_communities(terrain)
    villages = _build_villages(terrain, communities)
    ring, main = lay_ring(terrain), lay_main_roads(list(town.gateways))
    interchanges = lay_interchanges(terrain, main)
    obstacles = obstacles_of(terrain)
    country = lay_country_roads(terrain, villages, obstacles, [*ring, *main])
    named = [(community.at, community.name) for community in communities if not community.urban]
    country = name_country_roads(country, named)
    country += lay_tracks(terrain, country)
    lanes = [lane for village in villages for lane in village.roads]
    off_ramps = shapely.union_all([*(place.ground for place in interchanges), *terrain.lake, terrain.islet])
    lower = clip_to(cut_out([*country, *lanes], off_ramps), terrain.surroundings)
    main = clip_to(main, terrain.surroundings)
    ground = lay_roundabouts([*ring, *main, *lay_greenway(terrain), *town.roads, *lower])
    crossed = [piece for line in ground for piece in cross(line, obstacles)]
    ramps = [ramp for place in interchanges for ramp in place.ramps]
    motorway = clip_to(lay_motorway(terrain), terrain.surroundings)
    islands = [replace(line, alone=True) for line in _island_lanes(terrain)]
    fixed = [*ramps, *motorway, *islands]
    roads = join_roads([*crossed, *fixed])
    for _ in range(REPAIRS):
        crossed += join_lost_villages(roads, villages, obstacles)
        roads = join_roads([*crossed, *fixed])
    roads = drop_unjoined(roads)
    points = {point for line in roads for point in line.points}
    gates = {point: tags for point, tags in town.gates.items() if point in points}
    return Network(tuple(roads), gates, town, tuple(villages), tuple(communities))


def _build_villages(terrain: Terrain, communities: list[Community]) -> list[Village]:
    random = dice("villages")
    rural = [community for community in communities if not community.urban]
    built = [build_village(place.at, place.name, random, size=place.size, seat=place.seat) for place in rural]
    return [*built, *(build_village(at, "", random, size=0.7) for at in place_hamlets(terrain))]


def _island_lanes(terrain: Terrain) -> list[Road]:
    """Draw lanes on the river island and on the islet, which no bridge reaches."""
    lines: list[Road] = []
    for ground, name in ((terrain.island, "沙洲路"), (terrain.islet, "")):
        inner = Polygon(shapely.get_coordinates(ground.buffer(-28).simplify(6)).tolist())
        ring = shapely.get_coordinates(inner.exterior).tolist()
        cx, cy = inner.centroid.x, inner.centroid.y
        lines.append(road(ring, "residential", name))
        for u, v in ((0.0, 1.0), (0.6, 0.8)):
            reach = 150.0
            across = shapely.LineString([(cx - reach * v, cy + reach * u), (cx + reach * v, cy - reach * u)])
            inside = shapely.get_coordinates(across.intersection(inner)).tolist()
            lines.append(road(inside, "path"))
    return lines
