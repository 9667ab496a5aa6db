"""What is fixed by hand: centres, the courses of rivers, railway and main roads. WGS 84 degrees, lon lat."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

MADE_FOR = "2026-11-01"
RESIDENTS = 540_662
TOWN_CENTRE = (116.8235, 35.5567)

TOWNSHIPS = {
    "鼓楼街道": (116.82, 35.57),
    "龙桥街道": (116.78, 35.57),
    "酒仙桥街道": (116.839, 35.575),  # 116.845 lies on the outline itself
    "新兖镇": (116.76, 35.555),
    "颜店镇": (116.66, 35.56),
    "新驿镇": (116.67, 35.64),
    "大安镇": (116.81, 35.64),
    "兴隆庄街道": (116.84, 35.485),
    "漕河镇": (116.77, 35.67),
    "小孟镇": (116.68, 35.69),
}
TOWN_TOWNSHIPS = ("鼓楼街道", "龙桥街道", "酒仙桥街道")

# Two townships inside the outline are served by the neighbour: roads and hamlets there, no demand, no stations.
NEIGHBOUR_NORTH_LAT = 35.491
NEIGHBOUR_EAST_LON = 116.815

RIVERS = {
    "泗河": (
        (116.905, 35.545),
        (116.880, 35.535),
        (116.855, 35.521),
        (116.832, 35.517),
        (116.808, 35.508),
        (116.786, 35.510),
        (116.766, 35.496),
        (116.752, 35.470),
        (116.740, 35.442),
        (116.718, 35.418),
        (116.714, 35.380),
    ),
    "洸府河": (
        (116.735, 35.745),
        (116.722, 35.715),
        (116.718, 35.690),
        (116.727, 35.662),
        (116.716, 35.630),
        (116.722, 35.600),
        (116.706, 35.570),
        (116.711, 35.535),
        (116.697, 35.505),
        (116.702, 35.470),
        (116.690, 35.440),
        (116.672, 35.420),
    ),
}
RIVER_ISLAND = ("泗河", 0.30, "沙洲岛")  # where along the river, as a share of its length

LAKE_CENTRE = (116.863, 35.468)  # where the ground above a mine has sunk; an islet in it

RAILWAY = (
    (116.812, 35.740),
    (116.803, 35.700),
    (116.795, 35.660),
    (116.794, 35.620),
    (116.798, 35.590),
    (116.797, 35.562),
    (116.800, 35.535),
    (116.813, 35.505),
    (116.824, 35.478),
    (116.846, 35.445),
    (116.880, 35.415),
)
RAILWAY_STATION = (116.7972, 35.5596)

MOTORWAY = (
    (116.565, 35.598),
    (116.600, 35.601),
    (116.650, 35.596),
    (116.705, 35.603),
    (116.760, 35.617),
    (116.812, 35.612),
    (116.850, 35.606),
    (116.885, 35.607),
)

RING = (
    (116.7950, 35.5295),
    (116.8180, 35.5314),
    (116.8340, 35.5335),
    (116.8422, 35.5425),
    (116.8446, 35.5600),
    (116.8405, 35.5785),
    (116.8312, 35.5890),
    (116.8120, 35.5935),
    (116.7960, 35.5900),
    (116.7845, 35.5885),
    (116.7735, 35.5815),
    (116.7705, 35.5690),
    (116.7682, 35.5540),
    (116.7698, 35.5400),
    (116.7790, 35.5322),
)
RING_CORNERS = (
    ((116.8340, 35.5335), "南环城路"),
    ((116.8312, 35.5890), "东环城路"),
    ((116.7735, 35.5815), "北环城路"),
    ((116.7698, 35.5400), "西环城路"),
    (None, "南环城路"),
)

MAIN_ROADS_FILE = Path(__file__).parent / "main_roads.csv"


class MainRoad(NamedTuple):
    """One row of `main_roads.csv`; a road `from_town` starts at an avenue of the town."""

    highway: str
    name: str
    ref: str
    from_town: bool
    course: tuple[tuple[float, float], ...]


def read_main_roads() -> list[MainRoad]:
    """Read the courses of radials and trunk roads; WGS 84 degrees."""
    with MAIN_ROADS_FILE.open(encoding="utf-8", newline="") as file:
        return [
            MainRoad(row["highway"], row["name"], row["ref"], row["from_town"] == "yes", _course(row["course"]))
            for row in csv.DictReader(file)
        ]


def _course(text: str) -> tuple[tuple[float, float], ...]:
    corners = (corner.split() for corner in text.split(";"))
    return tuple((float(lon), float(lat)) for lon, lat in corners)


INTERCHANGES = ("颜驿路", "兖漕路", "兖安路")
ROUNDABOUTS = ((116.660, 35.560), (116.840, 35.485), (116.770, 35.670))
