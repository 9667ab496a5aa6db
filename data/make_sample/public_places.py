"""Places of the public beside the stations, as people know them at night: toilets and fuel stations, all invented."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import shapely

from data.make_sample.facts import TOWNSHIPS
from data.make_sample.plane import dice, distance_m, to_degrees, to_plane
from data.make_sample.station_list import COLUMNS
from data.make_sample.station_sites import Site
from data.make_sample.terrain import Terrain
from data.make_sample.walkable import STREETS, Spot, Walkable

APART_M = 400.0
TOILET, FUEL = "公厕", "加油站"
HOURS = {"24/7": "全天 24 小时开放", "06:00-22:00": "每天 6:00-22:00", "05:30-23:30": "每天 5:30-23:30"}

# what it is, the township at whose centre it stands, what it offers, its hours
PLACES = (
    (TOILET, "鼓楼街道", "toilet", "24/7"),
    (TOILET, "鼓楼街道", "toilet;nursing_room", "06:00-22:00"),
    (TOILET, "龙桥街道", "toilet", "24/7"),
    (TOILET, "酒仙桥街道", "toilet;water", "05:30-23:30"),
    (TOILET, "新兖镇", "toilet", "24/7"),
    (TOILET, "兴隆庄街道", "toilet", "06:00-22:00"),
    (TOILET, "颜店镇", "toilet", "24/7"),
    (FUEL, "龙桥街道", "toilet;water", "24/7"),
    (FUEL, "新兖镇", "toilet;water;truck_parking", "24/7"),
    (FUEL, "大安镇", "toilet;water", "24/7"),
    (FUEL, "新驿镇", "toilet;truck_parking", "24/7"),
    (FUEL, "漕河镇", "toilet;water", "05:30-23:30"),
)
FUEL_ROADS = frozenset({"trunk", "primary", "secondary"})


def list_public_places(terrain: Terrain, walkable: Walkable, sites: Sequence[Site]) -> list[dict[str, str]]:
    """Return further rows of `stations.csv`, numbered on their own; none stands near a station or another of them."""
    random = dice("public places")
    taken = [site.door for site in sites]
    rows = []
    for number, (what, township, services, hours) in enumerate(PLACES, start=1):
        spot = _spot(terrain, walkable, random, what, township, taken)
        taken.append(spot.door)
        rows.append(_row(number, what, township, services, hours, spot))
    return rows


def _spot(
    terrain: Terrain, walkable: Walkable, random: Random, what: str, township: str, taken: Sequence[tuple[float, float]]
) -> Spot:
    dry = terrain.outline.buffer(-60).difference(shapely.union_all([river.wet.buffer(10) for river in terrain.rivers]))
    classes = FUEL_ROADS if what == FUEL else STREETS
    for reach_m in (700.0, 1500.0, 3000.0):
        spots = walkable.spots_near(to_plane(*TOWNSHIPS[township]), reach_m, random, classes=classes, back_m=20)
        for spot in spots:
            if dry.contains(shapely.Point(spot.door)) and all(distance_m(spot.door, at) >= APART_M for at in taken):
                return spot
    raise LookupError(f"no place for a {what} in {township}")


def _row(number: int, what: str, township: str, services: str, hours: str, spot: Spot) -> dict[str, str]:
    lon, lat = (f"{degrees:.6f}" for degrees in to_degrees(spot.door, 6))
    street = spot.road.tags.get("name", "")
    return dict.fromkeys(COLUMNS, "") | {
        "station_id": f"pp{number:03d}",
        "name": f"示例公共场所 {number:03d} · {what}",
        "kind": "public_place",
        "lon": lon,
        "lat": lat,
        "source_datum": "wgs84",
        "source_lon": lon,
        "source_lat": lat,
        "township": township,
        "address": f"{township}{street}附近（示例地址）",
        "services": services,
        "hours": hours,
        "hours_text": HOURS[hours],
        "follows_workdays": "no",
        "entry": "walk_in",
        "source": "sample",
    }
