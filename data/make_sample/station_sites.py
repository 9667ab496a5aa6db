"""Finds a place for every station of the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import shapely

from data.make_sample.blocks import Estate
from data.make_sample.communities import Community
from data.make_sample.facts import TOWN_TOWNSHIPS
from data.make_sample.network import Network
from data.make_sample.plane import Point, dice, distance_m
from data.make_sample.station_words import KINDS, QUOTAS
from data.make_sample.terrain import Terrain
from data.make_sample.walkable import STREETS, Spot, Walkable

APART_M = 180.0
WALK_M_PER_S = 1.25
HIGHWAYS = ("trunk", "primary", "secondary")
TRIES_PER_CLASS = 20
COURTYARD_KINDS = frozenset({"party_centre", "union_post", "education_base"})
NIGHT_GATES = 3


@dataclass(frozen=True, slots=True)
class Site:
    """Where a station stands; metres. `gate` is its entrance where that is not the door, `walk_s` from there."""

    kind: str
    township: str
    near: str
    door: Point
    gate: Point | None = None
    walk_s: int | None = None
    gate_hours: str = ""


def place_stations(terrain: Terrain, network: Network, walkable: Walkable) -> list[Site]:
    """Place the stations of every township, apart from each other, in the order they will be numbered."""
    random = dice("stations")
    finder = _Finder(terrain, network, walkable, random)
    sites: list[Site] = []
    for township, counts in QUOTAS.items():
        own: list[Site] = []
        for kind, count in zip(KINDS, counts, strict=True):
            for order in range(count):
                own.append(finder.find(kind, township, order, taken=[*sites, *own]))
        sites += sorted(own, key=lambda site: (-site.door[1], site.door[0]))
    return sites


class _Finder:
    """Draws places by kind and township."""

    def __init__(self, terrain: Terrain, network: Network, walkable: Walkable, random: Random) -> None:
        self._terrain, self._walkable, self._random = terrain, walkable, random
        self._communities = network.communities
        nightly = [estate for estate in network.town.estates if estate.gate_hours]
        daily = [estate for estate in network.town.estates if not estate.gate_hours]
        random.shuffle(nightly)
        random.shuffle(daily)
        gates = set(network.gates)
        self._estates = [estate for estate in [*nightly[:NIGHT_GATES], *daily] if estate.gate in gates]

    def find(self, kind: str, township: str, order: int, *, taken: Sequence[Site]) -> Site:
        """Return a place for one station of a township."""
        if kind == "property_office":
            return self._in_estate(township)
        for attempt in range(60):
            community = self._community(kind, township, order, attempt)
            reach = 3500.0 if kind == "driver_home" else 320.0
            classes = _road_classes(attempt) if kind == "driver_home" else STREETS
            court = kind in COURTYARD_KINDS and self._random.random() < 0.3
            back = self._random.uniform(30, 52) if court else self._random.uniform(9, 24)
            spots = self._walkable.spots_near(community.at, reach, self._random, classes=classes, back_m=back)
            for spot in spots:
                if self._fits(spot, township, taken, apart_m=APART_M if attempt < 30 else 60.0):
                    return self._site(kind, township, spot, court=court)
        raise LookupError(f"no place for a {kind} in {township}")

    def _community(self, kind: str, township: str, order: int, attempt: int) -> Community:
        """Return the community to stand in: half of a rural township's stations are at its seat."""
        own = [community for community in self._communities if community.township == township]
        seat = [community for community in own if community.seat]
        at_seat = seat and (kind in {"hub", "courier_outlet", "education_base"} or order == 0) and attempt < 15
        return seat[0] if at_seat else self._random.choice(own)

    def _fits(self, spot: Spot, township: str, taken: Sequence[Site], *, apart_m: float) -> bool:
        inside = bool(shapely.contains_xy(self._terrain.outline.buffer(-60), *spot.door))
        dry = not any(shapely.contains_xy(river.wet.buffer(10), *spot.door) for river in self._terrain.rivers)
        free = all(distance_m(spot.door, site.door) >= apart_m for site in taken)
        return inside and dry and free and self._township_at(spot.door) == township

    def _township_at(self, at: Point) -> str:
        return min(self._communities, key=lambda community: distance_m(community.at, at)).township

    def _site(self, kind: str, township: str, spot: Spot, *, court: bool) -> Site:
        village = min(self._communities, key=lambda community: distance_m(community.at, spot.door)).name
        street = spot.road.tags.get("name", "")
        named_alone = street and (township in TOWN_TOWNSHIPS or kind == "driver_home" or street.startswith(village))
        near = street if named_alone else village + street
        if not court:
            return Site(kind, township, near, spot.door)
        walk = round(distance_m(spot.foot, spot.door) * 1.4 / WALK_M_PER_S)
        return Site(kind, township, near, spot.door, spot.foot, walk if self._random.random() < 0.7 else None)

    def _in_estate(self, township: str) -> Site:
        """Return a door inside a gated estate; its trip ends at the gate."""
        estate = next((one for one in self._estates if self._belongs(one, township)), None)
        if estate is None:
            raise LookupError(f"no gated estate is left in {township}")
        self._estates.remove(estate)
        door = self._random.choice(estate.doors)
        gap = abs(door[0] - estate.gate[0]) + abs(door[1] - estate.gate[1])
        walk = round(gap / WALK_M_PER_S) if estate.gate_hours or self._random.random() < 0.75 else None
        return Site("property_office", township, estate.name, door, estate.gate, walk, estate.gate_hours)

    def _belongs(self, estate: Estate, township: str) -> bool:
        return self._township_at(estate.gate) == township and self._walkable.gap_m(estate.gate) < 1.0


def _road_classes(attempt: int) -> frozenset[str]:
    """Return where truckers stop: on trunk roads, on lesser ones only after trying."""
    return frozenset(HIGHWAYS[: 1 + attempt // TRIES_PER_CLASS])
