"""Travel times against an independent reading of the same file: own parser, own wording of the rules, no merging."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
import osmium
import pytest
from pyproj import Transformer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from stations.geo.roads import NO_WAY
from stations.loaders.roads import read_roads
from stations.model.keys import TravelMode
from stations.model.region import ModeProfile

pytestmark = pytest.mark.real

WALK, EBIKE, CAR = TravelMode
CLASS_KMH = {"primary": 50.0, "secondary": 40.0, "service": 15.0}
PROFILES = {
    WALK: ModeProfile(WALK, 4.5),
    EBIKE: ModeProfile(EBIKE, 15.0),
    CAR: ModeProfile(CAR, 30.0, traffic_factor=0.8, class_speeds_kmh=CLASS_KMH),
}

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


class Extract(osmium.SimpleHandler):
    """Everything the oracle needs, as plain dicts."""

    def __init__(self):
        super().__init__()
        self.places, self.barriers, self.ways = {}, {}, []

    def node(self, node):
        self.places[node.id] = node.location.lon, node.location.lat
        if "barrier" in node.tags:
            self.barriers[node.id] = dict(node.tags)

    def way(self, way):
        if "highway" in way.tags:
            self.ways.append(([node.ref for node in way.nodes], dict(way.tags)))


def said(tags, keys):
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


def walk_allowed(tags):
    if tags["highway"] not in STREETS | FOOT | {"motorway", "motorway_link", "busway"}:
        return False
    answer = said(tags, ("foot", "access"))
    if answer is not None:
        return bool(answer)
    return tags["highway"] in STREETS | FOOT and tags.get("motorroad") != "yes"


def bike_allowed(tags):
    kind = tags["highway"]
    if kind not in (STREETS | FOOT | {"motorway", "motorway_link", "busway"}) - INDOORS:
        return False
    answer = said(tags, ("bicycle", "vehicle", "access"))
    if answer is not None:
        return answer
    return kind in STREETS | {"path", "cycleway", "track"} and tags.get("motorroad") != "yes"


def car_allowed(tags):
    kind = tags["highway"]
    if kind not in (STREETS | FOOT | {"motorway", "motorway_link", "busway"}) - INDOORS:
        return False
    answer = said(tags, ("motorcar", "motor_vehicle", "vehicle", "access"))
    if answer is not None:
        return bool(answer)
    return kind in STREETS | {"motorway", "motorway_link"}


def sign(value):
    return {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1, "no": 0, "false": 0, "0": 0}.get(value)


def first_sign(tags, *keys):
    return next((sign(tags[key]) for key in keys if sign(tags.get(key)) is not None), None)


def general_oneway(tags):
    plain = sign(tags.get("oneway"))
    if plain is not None:
        return plain
    return int(tags.get("junction") in {"roundabout", "circular"} or tags["highway"] == "motorway")


def walk_direction(tags):
    own = first_sign(tags, "oneway:foot")
    if own is None and tags["highway"] in {"footway", "steps"}:
        own = sign(tags.get("oneway"))
    return own or 0


def bike_direction(tags):
    own = first_sign(tags, "oneway:bicycle", "oneway:vehicle")
    if own is not None:
        return own
    lanes = [tags.get(key, "") for key in ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")]
    return 0 if any(lane.startswith("opposite") for lane in lanes) else general_oneway(tags)


def car_direction(tags):
    own = first_sign(tags, "oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle")
    return general_oneway(tags) if own is None else own


def speed_and_direction(tags, mode):
    """Return km/h and direction, None where the mode may not."""
    if mode is WALK:
        return (4.5, walk_direction(tags)) if walk_allowed(tags) else None
    if mode is EBIKE:
        allowed = bike_allowed(tags)
        if allowed == "push":
            return (4.5, walk_direction(tags)) if walk_allowed(tags) else None
        return (15.0, bike_direction(tags)) if allowed else None
    if not car_allowed(tags):
        return None
    limit = tags.get("maxspeed", "")
    speed = min(CLASS_KMH.get(tags["highway"], 30.0), float(limit) if limit.isdigit() else math.inf)
    return speed * 0.8, car_direction(tags)


def barrier_stops(tags, mode):
    keys = {
        WALK: ("foot",),
        EBIKE: ("bicycle", "vehicle"),
        CAR: ("motorcar", "motor_vehicle", "vehicle"),
    }[mode]
    answer = said(tags, keys)
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


def unmerged_graph(extract, crs, mode):
    """One arc per segment and direction; an end at a barrier is a node of its own, two milliseconds from the others."""
    project = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    metres = {node: project(*place) for node, place in extract.places.items()}
    graph = nx.DiGraph()
    arms = {}

    def end(node):
        if not any(barrier_stops(extract.barriers[node], any_mode) for any_mode in TravelMode):
            return node
        arms.setdefault(node, []).append((node, len(arms.get(node, []))))
        return arms[node][-1]

    def arc(tail, head, cost):
        if cost < graph.get_edge_data(tail, head, {"ms": math.inf})["ms"]:
            graph.add_edge(tail, head, ms=cost)

    for nodes, tags in extract.ways:
        if not any(speed_and_direction(tags, any_mode) for any_mode in TravelMode):
            continue
        rule = speed_and_direction(tags, mode)
        for a, b in itertools.pairwise(nodes):
            if a == b or a not in metres or b not in metres:
                continue
            tail = end(a) if a in extract.barriers else a
            head = end(b) if b in extract.barriers else b
            if rule is None:
                continue
            speed_kmh, direction = rule
            length_m = math.hypot(metres[a][0] - metres[b][0], metres[a][1] - metres[b][1])
            cost = max(1, round(length_m / (speed_kmh / 3.6) * 1000)) if length_m else 0
            if direction >= 0:
                arc(tail, head, cost)
            if direction <= 0:
                arc(head, tail, cost)
    for node, ends in arms.items():
        if not barrier_stops(extract.barriers[node], mode):
            for one in ends:
                for other in ends:
                    if one != other:
                        arc(one, other, 2)
    return graph


@pytest.fixture(scope="module")
def read(real_data):
    extract = Extract()
    extract.apply_file(str(real_data / "helsinki.osm.pbf"))
    return extract, read_roads(real_data / "helsinki.osm.pbf", profiles=PROFILES).network


def merged_times(network, mode, sources):
    count = len(network.node_lon)
    tail = np.concatenate([network.street_from, network.street_to])
    head = np.concatenate([network.street_to, network.street_from])
    cost = np.concatenate([network.forward_ms[mode], network.backward_ms[mode]]).astype(np.float64)
    order = np.lexsort((cost, head, tail))  # of streets side by side the quickest
    order = order[cost[order] < NO_WAY]
    pair = tail[order].astype(np.int64) * count + head[order]
    first = order[np.unique(pair, return_index=True)[1]]
    arcs = coo_array((cost[first], (tail[first], head[first])), shape=(count, count)).tocsr()
    return dijkstra(arcs, indices=sources)


@pytest.mark.parametrize("mode", list(TravelMode))
def test_times_over_helsinki_equal_an_unmerged_graph_read_on_its_own(read, mode):
    extract, network = read
    graph = unmerged_graph(extract, network.crs, mode)
    node_at = {}
    for node, place in extract.places.items():
        node_at.setdefault(place, []).append(node)
    places = list(zip(network.node_lon.tolist(), network.node_lat.tolist(), strict=True))
    both = [
        (number, node_at[place][0])
        for number, place in enumerate(places)
        if len(node_at[place]) == 1 and places.count(place) == 1 and node_at[place][0] in graph
    ]
    sample = [both[index] for index in np.random.default_rng(20).choice(len(both), 20, replace=False)]
    ours = merged_times(network, mode, [number for number, _ in sample])
    reached = 0
    for row, (_, source) in zip(ours, sample, strict=True):
        theirs = nx.single_source_dijkstra_path_length(graph, source, weight="ms")
        for number, node in both:  # every junction in both, not the sampled ones only
            assert row[number] == theirs.get(node, math.inf)
        reached += len(theirs)
    assert reached > 20 * len(both) / 2
