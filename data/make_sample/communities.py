"""Gives every community of the official list an invented place in its township."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from data.make_sample.facts import INTERCHANGES, MOTORWAY, TOWN_CENTRE, TOWN_TOWNSHIPS, TOWNSHIPS, read_main_roads
from data.make_sample.plane import Point, dice, distance_m, rounded, to_plane
from data.make_sample.terrain import Terrain

NAMES_FILE = Path(__file__).parent / "communities.csv"
SEATS = ("新兖镇", "颜店镇", "新驿镇", "大安镇", "兴隆庄街道", "漕河镇", "小孟镇")
HAMLETS = 46
NEW_QUARTERS = {"新兖镇": ("演武厅社区", "山拖社区", "煤机厂", "兴安居村", "朝阳东苑村", "聚鑫苑新村", "寨子新村")}
"""Communities of a rural township that lie inside the ring road."""


@dataclass(frozen=True, slots=True)
class Community:
    """A community or village: metres. `size` is 1 for a usual village; `urban` ones lie in the town's streets."""

    name: str
    township: str
    at: Point
    size: float
    urban: bool
    seat: bool = False


def read_names() -> dict[str, list[str]]:
    """Read the community names by township, in the order of the official codes."""
    names: dict[str, list[str]] = {}
    with NAMES_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names.setdefault(row["street"], []).append(short_name(row["village"]))
    return names


def short_name(official: str) -> str:
    """Return the name as people say it: without the committee that runs it.

    >>> short_name("李村村村委会"), short_name("韦园社区居委会"), short_name("西关村委会")
    ('李村', '韦园社区', '西关村')
    """
    if official.endswith("类似居委会") or official.endswith("类似社区居委会"):
        return re.sub("类似(社区)?居委会$", "", official)
    name = re.sub("(村民委员会|村委会|居委会)$", "", official)
    if name.endswith("村村"):
        return name[:-1]
    return name if name.endswith(("村", "社区", "居")) else f"{name}村"


def place_communities(terrain: Terrain) -> list[Community]:
    """Place the communities: those of the town's townships between its streets, the others as villages."""
    random = dice("communities")
    names = read_names()
    urban = {township: names[township] for township in TOWN_TOWNSHIPS} | {
        township: list(quarters) for township, quarters in NEW_QUARTERS.items()
    }
    rural = {
        township: [name for name in names[township] if name not in NEW_QUARTERS.get(township, ())] for township in SEATS
    }
    return [*_place_urban(terrain, urban, random), *_place_villages(terrain, rural, random)]


def place_hamlets(terrain: Terrain) -> list[Point]:
    """Return places of villages on the neighbour's ground: roads, but nobody who is counted here."""
    random = dice("hamlets")
    ground = terrain.outline.difference(terrain.served).buffer(-300).difference(_kept_free(terrain))
    return _spread(ground, [], HAMLETS, random)


def _place_urban(terrain: Terrain, names: dict[str, list[str]], random: Random) -> list[Community]:
    centre = to_plane(*TOWN_CENTRE)
    counts = {township: len(own) for township, own in names.items()}
    ground = terrain.ring.buffer(-150).intersection(terrain.outline.buffer(-150))
    sites = _spread(ground, [], sum(counts.values()), random)
    placed = []
    for township, own in _share_out(sites, counts).items():
        ordered = sorted(own, key=lambda site: distance_m(site, centre))
        for name, site in zip(sorted(names[township], key=lambda name: name.endswith("村")), ordered, strict=True):
            size = random.uniform(0.7, 1.3) * (0.6 if name.endswith("村") else 1.0)
            placed.append(Community(name, township, site, size, urban=True))
    return placed


def _place_villages(terrain: Terrain, names: dict[str, list[str]], random: Random) -> list[Community]:
    seats = {township: to_plane(*TOWNSHIPS[township]) for township in SEATS}
    counts = {township: len(names[township]) - 1 for township in SEATS}
    ground = terrain.served.buffer(-350).difference(_kept_free(terrain))
    ground = ground.difference(shapely.union_all([shapely.Point(seat).buffer(850) for seat in seats.values()]))
    sites = _spread(ground, list(seats.values()), sum(counts.values()), random)
    placed = []
    for township, own in _share_out(sites, counts).items():
        seat_name = next((name for name in names[township] if name[:2] == township[:2]), names[township][0])
        others = [name for name in names[township] if name != seat_name]
        placed.append(Community(seat_name, township, seats[township], 2.2, urban=False, seat=True))
        for name, site in zip(others, _chain(seats[township], own), strict=True):
            placed.append(Community(name, township, site, random.uniform(0.6, 1.5), urban=False))
    return placed


def _kept_free(terrain: Terrain) -> BaseGeometry:
    """Return the ground where no village stands: town, water, railway, motorway, trunk roads."""
    trunk = [course for highway, *_, course in read_main_roads() if highway == "trunk"]
    lines = [LineString([to_plane(*corner) for corner in course]) for course in trunk]
    motorway = LineString([to_plane(*corner) for corner in MOTORWAY])
    crossed = [course for _, name, *_, course in read_main_roads() if name in INTERCHANGES]
    ramps = [motorway.intersection(LineString([to_plane(*corner) for corner in course])) for course in crossed]
    return shapely.union_all(
        [
            terrain.ring.buffer(420),
            *(river.wet.buffer(330) for river in terrain.rivers),
            *(half.buffer(330) for half in terrain.lake),
            terrain.islet,
            terrain.railway.buffer(330),
            motorway.buffer(400),
            *(line.buffer(330) for line in lines),
            *(ramp.buffer(800) for ramp in ramps),
        ]
    )


def _spread(ground: BaseGeometry, taken: Sequence[Point], count: int, random: Random) -> list[Point]:
    """Return `count` points in `ground`, each the remotest of a few throws: even, but not regular."""
    shapely.prepare(ground)
    west, south, east, north = ground.bounds
    sites = list(taken)
    while len(sites) < count + len(taken):
        throws: list[Point] = []
        while len(throws) < 9:
            throw = rounded((random.uniform(west, east), random.uniform(south, north)))
            if shapely.contains_xy(ground, *throw):
                throws.append(throw)
        sites.append(max(throws, key=lambda throw: min((distance_m(throw, site) for site in sites), default=0.0)))
    return sites[len(taken) :]


def _share_out(sites: Sequence[Point], counts: dict[str, int]) -> dict[str, list[Point]]:
    """Give each township its number of sites, those near its centre first (least sum of squared distances)."""
    owners = [township for township, count in counts.items() for _ in range(count)]
    centres = np.array([to_plane(*TOWNSHIPS[township]) for township in owners])
    cost = ((np.array(sites)[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    rows, columns = linear_sum_assignment(cost)
    shared: dict[str, list[Point]] = {township: [] for township in counts}
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        shared[owners[column]].append(sites[row])
    return shared


def _chain(start: Point, sites: Sequence[Point]) -> list[Point]:
    """Order sites so that each is the nearest left to the one before: names that follow each other are neighbours."""
    left, chain = sorted(sites), [start]
    while left:
        chain.append(left.pop(min(range(len(left)), key=lambda i: distance_m(left[i], chain[-1]))))
    return chain[1:]
