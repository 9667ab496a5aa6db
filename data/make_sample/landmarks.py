"""Places that people type: communities, townships and landmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import shapely
from shapely import LineString, Polygon

from data.make_sample.facts import (
    INTERCHANGES,
    LAKE_CENTRE,
    MOTORWAY,
    RAILWAY_STATION,
    TOWN_CENTRE,
    TOWNSHIPS,
    read_main_roads,
)
from data.make_sample.network import Network
from data.make_sample.plane import Point, dice, distance_m, rounded, to_plane
from data.make_sample.terrain import Terrain, as_closed
from data.make_sample.walkable import Walkable

TOWN_LANDMARKS = (
    ("hospital", "区人民医院"), ("hospital", "区中医医院"), ("hospital", "妇幼保健院"), ("bus_station", "汽车总站"),
    ("market", "龙桥农贸市场"), ("market", "东关批发市场"), ("market", "西关便民市场"), ("school", "第一中学"),
    ("school", "实验小学"), ("school", "职业技术学校"), ("square", "九州广场"), ("square", "火车站广场"),
    ("mall", "新世纪购物中心"), ("mall", "百盛商场"), ("government", "政务服务中心"), ("library", "图书馆"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A named place; metres."""

    name: str
    category: str
    township: str
    at: Point


def list_places(terrain: Terrain, network: Network, walkable: Walkable) -> list[Place]:
    """Return communities, townships and landmarks; invented landmarks say 示例 in their name."""
    random = dice("landmarks")
    marks = [
        ("railway_station", "兖州火车站", to_plane(*RAILWAY_STATION)),
        *_in_town(walkable, random),
        *(("park", name, _middle(corners)) for name, corners in network.town.parks),
        *_bridges(terrain, network),
        *_in_townships(walkable, random),
        *_toll_stations(),
        ("lake", "兴隆湖", to_plane(*LAKE_CENTRE)),
        ("island", "沙洲岛", _middle(as_closed(terrain.island.exterior.coords))),
    ]
    communities = [Place(one.name, "community", one.township, one.at) for one in network.communities]
    townships = [Place(name, "township", name, to_plane(*lonlat)) for name, lonlat in TOWNSHIPS.items()]
    landmarks = [
        Place(f"{name}（示例）", category, _township_at(network, at), rounded(at)) for category, name, at in marks
    ]
    return [*townships, *communities, *landmarks]


def _township_at(network: Network, at: Point) -> str:
    return min(network.communities, key=lambda community: distance_m(community.at, at)).township


def _in_town(walkable: Walkable, random: Random) -> list[tuple[str, str, Point]]:
    marks: list[tuple[str, str, Point]] = []
    centre = to_plane(*TOWN_CENTRE)
    spots = walkable.spots_near(centre, 2400, random, classes=("primary", "secondary", "tertiary"), back_m=22)
    for category, name in TOWN_LANDMARKS:
        spot = next(s for s in spots if all(distance_m(s.door, at) > 350 for *_, at in marks))
        marks.append((category, name, spot.door))
    return marks


def _in_townships(walkable: Walkable, random: Random) -> list[tuple[str, str, Point]]:
    marks = []
    for township, lonlat in TOWNSHIPS.items():
        spots = walkable.spots_near(to_plane(*lonlat), 420, random, back_m=18)
        marks += [("hospital", f"{township}卫生院", spots[0].door), ("market", f"{township}集市", spots[1].door)]
    return marks


def _bridges(terrain: Terrain, network: Network) -> list[tuple[str, str, Point]]:
    marks = []
    for river in terrain.rivers:
        for line in network.roads:
            carried = line.lifted and "bridge" in line.tags and line.tags["highway"] != "motorway"
            if carried and LineString(line.points).intersects(river.wet):
                name = f"{river.name}{line.tags.get('name', '无名路')}桥"
                marks.append(("bridge", name, _middle(line.points)))
    return marks


def _toll_stations() -> list[tuple[str, str, Point]]:
    motorway = LineString([to_plane(*corner) for corner in MOTORWAY])
    marks = []
    for _, name, _, _, course in read_main_roads():
        if name in INTERCHANGES:
            met = motorway.intersection(LineString([to_plane(*corner) for corner in course]))
            x, y = shapely.get_coordinates(met)[0].tolist()
            marks.append(("toll_station", f"示例高速{name}收费站", (x + 60, y - 190)))
    return marks


def _middle(points: Sequence[Point]) -> Point:
    shape = Polygon(points) if len(points) > 3 else LineString(points)
    x, y = shapely.get_coordinates(shape.centroid)[0].tolist()
    return x, y
