"""An independent reading of OpenStreetMap roads, for tests: own parser, own wording of the rules, nothing merged."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import osmium
import pytest
from pyproj import Transformer

from stations.model.keys import TravelMode
from stations.model.region import ModeProfile

WALK, EBIKE, CAR = TravelMode

YES = {"yes", "permissive", "designated", "public", "official", "destination", "customers", "delivery", "discouraged"}
NO = {"no", "private", "residents", "permit", "military", "agricultural", "forestry", "emergency", "bus", "psv"}
NO |= {"use_sidepath", "restricted", "employees", "staff", "taxi"}
STREETS = {f"{name}{link}" for name in ("trunk", "primary", "secondary", "tertiary") for link in ("", "_link")} | {
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
}
FOOT = {"footway", "pedestrian", "steps", "path", "cycleway", "track", "bridleway", "corridor", "platform", "elevator"}
INDOORS = {"steps", "corridor", "platform", "elevator"}


class Piece(NamedTuple):
    """A straight piece of road between two nodes: milliseconds along it and against it, `None` where closed."""

    tail: Hashable
    head: Hashable
    along_ms: int | None
    against_ms: int | None


class UnmergedRoads(osmium.SimpleHandler):
    """Everything the oracle needs of an OSM file, as plain dicts."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[int, tuple[float, float]] = {}
        self.barriers: dict[int, dict[str, str]] = {}
        self.ways: list[tuple[list[int], dict[str, str]]] = []

    def node(self, node: osmium.osm.Node) -> None:
        self.places[node.id] = node.location.lon, node.location.lat
        if "barrier" in node.tags:
            self.barriers[node.id] = dict(node.tags)

    def way(self, way: osmium.osm.Way) -> None:
        if "highway" in way.tags:
            self.ways.append(([node.ref for node in way.nodes], dict(way.tags)))

    def metres(self, crs: str) -> dict[int, tuple[float, float]]:
        """Return all nodes in metres of `crs`."""
        x, y = self.project(*np.array(list(self.places.values())).T, crs=crs)
        return dict(zip(self.places, zip(x.tolist(), y.tolist(), strict=True), strict=True))

    @staticmethod
    def project(lon, lat, *, crs: str):
        """Return degrees in metres of `crs`."""
        return Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)

    def pieces(self, mode: TravelMode, *, profiles: Mapping[TravelMode, ModeProfile], crs: str) -> list[Piece]:
        """Return one piece per segment that `mode` may use.

        An end at a barrier that stops any mode is a node of its own, ``(node, number)``, two milliseconds from the
        others for those that pass.
        """
        metres = self.metres(crs)
        pieces: list[Piece] = []
        arms: dict[int, list[tuple[int, int]]] = {}

        def end(node: int) -> Hashable:
            if node not in self.barriers or not any(_barrier_stops(self.barriers[node], any_) for any_ in TravelMode):
                return node
            arms.setdefault(node, []).append((node, len(arms.get(node, []))))
            return arms[node][-1]

        for nodes, tags in self.ways:
            if not any(_speed_and_direction(tags, any_mode, profiles) for any_mode in TravelMode):
                continue
            rule = _speed_and_direction(tags, mode, profiles)
            for a, b in itertools.pairwise(nodes):
                if a == b or a not in metres or b not in metres:
                    continue
                tail, head = end(a), end(b)
                if rule is None:
                    continue
                speed_kmh, direction = rule
                length_m = math.hypot(metres[a][0] - metres[b][0], metres[a][1] - metres[b][1])
                ms = max(1, round(length_m / (speed_kmh / 3.6) * 1000)) if length_m else 0
                pieces.append(Piece(tail, head, ms if direction >= 0 else None, ms if direction <= 0 else None))
        for node, ends in arms.items():
            if not _barrier_stops(self.barriers[node], mode):
                pieces.extend(Piece(one, other, 2, 2) for one, other in itertools.combinations(ends, 2))
        return pieces


@pytest.fixture(scope="session")
def read_unmerged() -> Callable[[Path], UnmergedRoads]:
    """Return a reader of OSM files that shares nothing with the package but its keys."""

    def read(path: Path) -> UnmergedRoads:
        roads = UnmergedRoads()
        roads.apply_file(str(path))
        return roads

    return read


def _said(tags, keys):
    """What the first key with a known word says, the general one only when it forbids."""
    for key in keys:
        value = tags.get(key)
        if value in NO:
            return False
        if value in YES and key != "access":
            return True
        if value == "dismount":
            return "push"
    return None


def _walk_allowed(tags):
    if tags["highway"] not in STREETS | FOOT | {"motorway", "motorway_link", "busway"}:
        return False
    answer = _said(tags, ("foot", "access"))
    if answer is not None:
        return bool(answer)
    return tags["highway"] in STREETS | FOOT and tags.get("motorroad") != "yes"


def _bike_allowed(tags):
    kind = tags["highway"]
    if kind not in (STREETS | FOOT | {"motorway", "motorway_link", "busway"}) - INDOORS:
        return False
    answer = _said(tags, ("bicycle", "vehicle", "access"))
    if answer is not None:
        return answer
    return kind in STREETS | {"path", "cycleway", "track"} and tags.get("motorroad") != "yes"


def _car_allowed(tags):
    kind = tags["highway"]
    if kind not in (STREETS | FOOT | {"motorway", "motorway_link", "busway"}) - INDOORS:
        return False
    answer = _said(tags, ("motorcar", "motor_vehicle", "vehicle", "access"))
    if answer is not None:
        return bool(answer)
    return kind in STREETS | {"motorway", "motorway_link"}


def _sign(value):
    return {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1, "no": 0, "false": 0, "0": 0}.get(value)


def _first_sign(tags, *keys):
    return next((_sign(tags[key]) for key in keys if _sign(tags.get(key)) is not None), None)


def _general_oneway(tags):
    plain = _sign(tags.get("oneway"))
    if plain is not None:
        return plain
    return int(tags.get("junction") in {"roundabout", "circular"} or tags["highway"] == "motorway")


def _walk_direction(tags):
    own = _first_sign(tags, "oneway:foot")
    if own is None and tags["highway"] in {"footway", "steps"}:
        own = _sign(tags.get("oneway"))
    return own or 0


def _bike_direction(tags):
    own = _first_sign(tags, "oneway:bicycle", "oneway:vehicle")
    if own is not None:
        return own
    lanes = [tags.get(key, "") for key in ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")]
    return 0 if any(lane.startswith("opposite") for lane in lanes) else _general_oneway(tags)


def _car_direction(tags):
    own = _first_sign(tags, "oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle")
    return _general_oneway(tags) if own is None else own


def _speed_and_direction(tags, mode, profiles):
    """Return km/h and direction, `None` where the mode may not."""
    walking = profiles[WALK].speed_kmh, _walk_direction(tags)
    if mode is WALK:
        return walking if _walk_allowed(tags) else None
    if mode is EBIKE:
        allowed = _bike_allowed(tags)
        if allowed == "push":
            return walking if _walk_allowed(tags) else None
        return (profiles[EBIKE].speed_kmh, _bike_direction(tags)) if allowed else None
    if not _car_allowed(tags):
        return None
    limit = tags.get("maxspeed", "")
    speed = profiles[CAR].class_speeds_kmh.get(tags["highway"], profiles[CAR].speed_kmh)
    return min(speed, float(limit) if limit.isdigit() else math.inf) * profiles[CAR].traffic_factor, _car_direction(
        tags
    )


def _barrier_stops(tags, mode):
    keys = {
        WALK: ("foot",),
        EBIKE: ("bicycle", "vehicle"),
        CAR: ("motorcar", "motor_vehicle", "vehicle"),
    }[mode]
    answer = _said(tags, keys)
    if answer is not None:
        return not answer
    if tags.get("locked") == "yes" or tags.get("access") in NO:
        return True
    if tags["barrier"] in {"wall", "fence", "hedge", "ditch", "city_wall"}:
        return True
    if tags["barrier"] in {"kissing_gate", "stile", "turnstile", "full-height_turnstile"}:
        return mode is not WALK
    open_to_cars = {"gate", "lift_gate", "swing_gate", "sliding_gate", "entrance", "toll_booth", "kerb", "checkpoint"}
    return mode is CAR and tags["barrier"] not in open_to_cars | {"height_restrictor", "cattle_grid", "border_control"}
