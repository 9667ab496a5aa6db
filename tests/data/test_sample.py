"""The bundled sample region keeps what its README says; read with osmium, shapely and networkx only."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path

import networkx as nx
import osmium
import pytest
import shapely
from shapely import LineString, Polygon

PROJECT = Path(__file__).resolve().parents[2]
REGION = PROJECT / "data" / "yanzhou"
LAYERS = ("demand-restaurants.csv", "demand-parcels.csv", "demand-trucks.csv")
GENERATED = ("roads.osm.pbf", "stations.csv", "demand.csv", "places.csv", "candidates.csv", "region.toml", *LAYERS)

# metres per degree at 35.56 N (WGS 84 series: 111412.84 cos p - 93.5 cos 3p; 111132.95 - 559.85 cos 2p)
M_PER_LON, M_PER_LAT = 90_662.0, 110_952.0
MOTORWAYS = {"motorway", "motorway_link"}
NO_BICYCLE = MOTORWAYS | {"footway", "pedestrian"}
NO_CAR = {"footway", "pedestrian", "path", "cycleway", "track"}
WALLS = {"gate", "bollard"}

KINDS = {
    "hub": "兖新苑",
    "party_centre": "党群服务中心",
    "courier_outlet": "快递网点",
    "property_office": "小区物业",
    "driver_home": "司机之家",
    "union_post": "工会驿站",
    "hailing_post": "小哥招呼站",
    "education_base": "教育基地",
}
ENTRIES = {"walk_in", "staffed", "ring", "door_code", "scan", "face", "app_signup", "unknown"}
TOWNSHIPS = {
    "鼓楼街道",
    "龙桥街道",
    "酒仙桥街道",
    "兴隆庄街道",
    "大安镇",
    "新驿镇",
    "颜店镇",
    "新兖镇",
    "漕河镇",
    "小孟镇",
}
COUNTED = {"meal_heating", "rest", "bed", "charging", "truck_parking"}
SERVICES = {
    "meal",
    "meal_heating",
    "water",
    "rest",
    "bed",
    "aircon",
    "toilet",
    "shower",
    "laundry",
    "charging",
    "battery_swap",
    "ebike_charging",
    "ebike_parking",
    "truck_parking",
    "repair",
    "first_aid",
    "aed",
    "wifi",
    "nursing_room",
    "women_room",
    "parcel",
    "help",
    "legal",
    "training",
    "party_checkin",
}


@dataclass(frozen=True)
class Way:
    nodes: tuple[int, ...]
    tags: Mapping[str, str]
    line: LineString


@dataclass(frozen=True)
class Extract:
    nodes: Mapping[int, tuple[float, float]]
    node_tags: Mapping[int, Mapping[str, str]]
    ways: tuple[Way, ...]

    @property
    def roads(self) -> list[Way]:
        return [way for way in self.ways if "highway" in way.tags]


def metres(lon: float, lat: float) -> tuple[float, float]:
    return lon * M_PER_LON, lat * M_PER_LAT


def rows_of(name: str) -> list[dict[str, str]]:
    with (REGION / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def at(row: Mapping[str, str]) -> shapely.Point:
    return shapely.Point(metres(float(row["lon"]), float(row["lat"])))


@pytest.fixture(scope="module")
def extract() -> Extract:
    nodes, node_tags, ways = {}, {}, []
    for entity in osmium.FileProcessor(str(REGION / "roads.osm.pbf")):
        if entity.is_node():
            nodes[entity.id] = metres(entity.lon, entity.lat)
            if len(entity.tags):
                node_tags[entity.id] = dict(entity.tags)
        elif entity.is_way():
            refs = tuple(node.ref for node in entity.nodes)
            ways.append(Way(refs, dict(entity.tags), LineString([nodes[ref] for ref in refs])))
    return Extract(nodes, node_tags, tuple(ways))


@pytest.fixture(scope="module")
def outline() -> Polygon:
    content = json.loads((REGION / "boundary.geojson").read_text(encoding="utf-8"))
    return Polygon([metres(*corner) for corner in content["features"][0]["geometry"]["coordinates"][0]])


@pytest.fixture(scope="module")
def stations() -> list[dict[str, str]]:
    """The region's own; public places stand behind them."""
    return [row for row in rows_of("stations.csv") if row["kind"] != "public_place"]


@pytest.fixture(scope="module")
def public_places() -> list[dict[str, str]]:
    return [row for row in rows_of("stations.csv") if row["kind"] == "public_place"]


def arcs(extract: Extract, mode: str) -> Iterator[tuple[int, int]]:
    closed = {"walk": MOTORWAYS, "ebike": NO_BICYCLE, "car": NO_CAR}[mode]
    walls = WALLS if mode == "car" else {"gate"}
    shut = {node for node, tags in extract.node_tags.items() if tags.get("barrier") in walls}
    for way in extract.roads:
        kind, tags = way.tags["highway"], way.tags
        let_in = mode == "ebike" and tags.get("bicycle") == "yes"
        if (kind in closed and not let_in) or tags.get("access") == "private":
            continue
        if mode == "ebike" and tags.get("bicycle") == "no":
            continue
        one_way = mode != "walk" and tags.get("oneway") == "yes"
        if mode == "ebike" and tags.get("oneway:bicycle") == "no":
            one_way = False
        for a, b in pairwise(way.nodes):
            if a in shut or b in shut:
                continue
            yield a, b
            if not one_way:
                yield b, a


def main_nodes(extract: Extract, mode: str) -> tuple[set[int], int]:
    graph = nx.DiGraph(arcs(extract, mode))
    return max(nx.strongly_connected_components(graph), key=len), graph.number_of_nodes()


@pytest.fixture(scope="module")
def walkable(extract: Extract) -> shapely.STRtree:
    main, _ = main_nodes(extract, "walk")
    pieces = [(a, b) for a, b in arcs(extract, "walk") if a in main]
    return shapely.STRtree([LineString([extract.nodes[a], extract.nodes[b]]) for a, b in pieces])


def gap_m(tree: shapely.STRtree, place: shapely.Point) -> float:
    return float(tree.query_nearest(place, return_distance=True)[1][0])


# ---- the generator


def test_two_runs_write_the_committed_bytes(tmp_path):
    folders = [tmp_path / "first", tmp_path / "second"]
    commands = (["-m", "data.make_sample"], ["data/make_sample"])
    for folder, command in zip(folders, commands, strict=True):
        subprocess.run([sys.executable, *command, str(folder)], cwd=PROJECT, check=True)

    for name in GENERATED:
        committed = (REGION / name).read_bytes()
        assert [(folder / name).read_bytes() == committed for folder in folders] == [True, True], name


# ---- roads


def test_roads_are_small_enough_to_ship():
    assert (REGION / "roads.osm.pbf").stat().st_size < 4_000_000


def test_osm_ids_ascend_and_every_entity_has_the_one_time_stamp():
    last = {"n": 0, "w": 0}
    for entity in osmium.FileProcessor(str(REGION / "roads.osm.pbf")):
        kind = entity.type_str()
        assert entity.id > last[kind]
        assert (entity.version, entity.timestamp.date()) == (1, date(2026, 11, 1))
        last[kind] = entity.id


def test_network_has_at_least_12000_nodes_after_merging_those_of_degree_two(extract):
    # private roads, which most riders may not use, left out
    degree: Counter[int] = Counter()
    for way in extract.roads:
        if way.tags.get("access") != "private":
            for a, b in pairwise(way.nodes):
                degree.update((a, b))

    assert 12_000 <= sum(count != 2 for count in degree.values()) <= 20_000


@pytest.mark.parametrize(("mode", "least"), [("walk", 0.98), ("ebike", 0.98), ("car", 0.95)])
def test_nearly_all_of_the_network_hangs_together(extract, mode, least):
    main, whole = main_nodes(extract, mode)

    assert least <= len(main) / whole < 1.0


def test_two_islands_are_reached_by_no_road(extract):
    parts = sorted(nx.weakly_connected_components(nx.DiGraph(arcs(extract, "walk"))), key=len)

    assert len(parts) == 3
    assert all(len(part) > 5 for part in parts[:2])


def test_rivers_are_crossed_on_few_bridges_and_nowhere_else(extract):
    water = {way.tags["name"]: [] for way in extract.ways if way.tags.get("natural") == "water"}
    for way in extract.ways:
        if way.tags.get("natural") == "water":
            water[way.tags["name"]].append(Polygon(way.line.coords))
    for name, pieces in water.items():
        wet = shapely.union_all(pieces)
        shapely.prepare(wet)
        met = [way for way in extract.roads if wet.intersects(way.line)]
        assert all(way.tags.get("bridge") == "yes" and way.tags["layer"] in "12" for way in met), name
        assert len(met) <= 9
        assert bool(met) == (name in {"泗河", "洸府河"})


def test_two_rivers_are_60_to_100_m_wide_but_at_the_island(extract):
    courses = [way for way in extract.ways if way.tags.get("waterway") == "river"]
    assert {way.tags["name"] for way in courses} == {"泗河", "洸府河"}
    for course in courses:
        pieces = [
            Polygon(way.line.coords)
            for way in extract.ways
            if way.tags.get("water") == "river" and way.tags["name"] == course.tags["name"]
        ]
        # area over length is the mean width; the widened stretch lifts the one with the island
        mean_m = sum(piece.area for piece in pieces) / course.line.length
        assert 60 <= mean_m <= 100


def test_railway_is_crossed_only_above_or_below(extract):
    rails = shapely.union_all([way.line for way in extract.ways if way.tags.get("railway") == "rail"])
    met = [way for way in extract.roads if way.line.intersects(rails)]

    assert all("yes" in (way.tags.get("bridge"), way.tags.get("tunnel")) for way in met)
    assert 5 <= len(met) <= 25
    assert any(way.tags["highway"] == "footway" for way in met)


def test_motorway_is_joined_by_its_ramps_only_and_lets_no_rider_on(extract):
    own = [way for way in extract.roads if way.tags["highway"] == "motorway"]
    ramps = [way for way in extract.roads if way.tags["highway"] == "motorway_link"]
    others = {node for way in extract.roads if way.tags["highway"] not in MOTORWAYS for node in way.nodes}

    assert not others & {node for way in own for node in way.nodes}
    assert all(set(way.nodes) & others for way in ramps)
    assert len(ramps) == 12
    for way in [*own, *ramps]:
        assert (way.tags["bicycle"], way.tags["foot"], way.tags["oneway"]) == ("no", "no", "yes")


def test_barriers_stand_on_lanes_never_on_a_street(extract):
    lanes = {"service", "residential", "living_street", "footway"}
    on = {node: set() for node, tags in extract.node_tags.items() if tags.get("barrier") in WALLS}
    for way in extract.roads:
        for node in set(way.nodes) & on.keys():
            on[node].add(way.tags["highway"])

    assert all(classes and classes <= lanes for classes in on.values())
    kinds = Counter(extract.node_tags[node]["barrier"] for node in on)
    assert kinds["gate"] >= 100
    assert kinds["bollard"] >= 20
    gates = [tags for tags in extract.node_tags.values() if tags.get("barrier") == "gate"]
    assert all(tags["access"] == "private" for tags in gates)
    assert any("opening_hours" in tags for tags in gates)


def test_private_roads_are_entered_through_a_gate(extract):
    gates = {node for node, tags in extract.node_tags.items() if tags.get("barrier") == "gate"}
    private = [way for way in extract.roads if way.tags.get("access") == "private"]
    public = {node for way in extract.roads if way.tags.get("access") != "private" for node in way.nodes}

    assert len(private) > 200
    assert {node for way in private for node in way.nodes} & public <= gates


@pytest.mark.parametrize(
    "highway",
    [
        "motorway",
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "pedestrian",
        "footway",
        "path",
        "track",
        "cycleway",
    ],
)
def test_every_sort_of_road_is_there(extract, highway):
    assert any(way.tags["highway"] == highway for way in extract.roads)


def test_main_roads_have_speed_limits_names_and_one_way_streets_run_both_ways(extract):
    limited = [way for way in extract.roads if way.tags["highway"] in {"trunk", "primary", "motorway"}]
    assert all(way.tags["maxspeed"].isdigit() and way.tags["name"] for way in limited)
    streets = [w for w in extract.roads if w.tags["highway"] == "residential" and w.tags.get("oneway") == "yes"]
    northward = [way.line.coords[-1][1] > way.line.coords[0][1] for way in streets]
    assert {True, False} == set(northward)
    assert sum(way.tags.get("junction") == "roundabout" for way in extract.roads) == 3


def test_base_map_names_townships_communities_and_landmarks(extract):
    places = Counter(tags["place"] for tags in extract.node_tags.values() if "place" in tags)
    assert places["town"] == 10
    assert places["village"] + places["suburb"] == 347
    assert any(tags.get("railway") == "station" for tags in extract.node_tags.values())
    assert any(tags.get("amenity") == "hospital" for tags in extract.node_tags.values())
    parks = [way for way in extract.ways if way.tags.get("leisure") == "park"]
    assert len(parks) >= 3
    closed = [way for way in extract.ways if {"landuse", "leisure", "natural"} & way.tags.keys()]
    assert all(way.nodes[0] == way.nodes[-1] and Polygon(way.line.coords).is_valid for way in closed)


# ---- stations


def test_station_columns_ids_and_names(stations):
    assert list(stations[0]) == [
        "station_id",
        "name",
        "kind",
        "lon",
        "lat",
        "source_datum",
        "source_lon",
        "source_lat",
        "township",
        "address",
        "services",
        "hours",
        "hours_text",
        "follows_workdays",
        "entry",
        "entrance_lon",
        "entrance_lat",
        "entrance_s",
        "entrance_hours",
        "ebike_parking",
        "phone",
        "verified_on",
        "source",
    ]
    assert len(stations) == 168
    for number, row in enumerate(stations, start=1):
        assert row["station_id"] == f"yz{number:03d}"
        assert row["name"] == f"示例站 {number:03d} · {KINDS[row['kind']]}"


def test_stations_are_marked_as_sample_and_have_no_phone(stations):
    assert {row["phone"] for row in stations} == {""}
    assert {row["source"] for row in stations} == {"sample"}
    assert all("示例" in row["address"] for row in stations)


def test_stations_bear_the_coordinates_they_came_with(stations):
    for row in stations:
        assert (row["source_datum"], row["source_lon"], row["source_lat"]) == ("wgs84", row["lon"], row["lat"])
        assert len(row["lon"].split(".")[1]) == len(row["lat"].split(".")[1]) == 6


def test_all_kinds_townships_and_ways_in_occur(stations):
    assert {row["kind"] for row in stations} == set(KINDS)
    assert {row["entry"] for row in stations} == ENTRIES
    by_township = Counter(row["township"] for row in stations)
    assert set(by_township) == TOWNSHIPS
    town = sum(by_township[name] for name in ("鼓楼街道", "龙桥街道", "酒仙桥街道"))
    assert 0.4 <= town / 168 <= 0.65


def test_services_are_known_keys_and_only_countable_ones_have_counts(stations):
    offered: Counter[str] = Counter()
    for row in stations:
        for part in row["services"].split(";"):
            key, _, count = part.partition(":")
            offered[key] += 1
            assert (key in COUNTED and count.isdigit() and int(count) > 0) or not count
    assert set(offered) == SERVICES


def test_driver_homes_offer_what_they_must(stations):
    homes = [row for row in stations if row["kind"] == "driver_home"]
    must = {"truck_parking", "rest", "water", "meal_heating", "shower", "laundry"}
    for row in homes:
        assert must <= {part.partition(":")[0] for part in row["services"].split(";")}


def test_hours_are_of_every_sort(stations):
    hours = Counter(row["hours"] for row in stations)
    assert hours["24/7"] >= 15
    assert hours["Mo-Fr 08:30-12:00,14:00-17:30; PH off"] >= 15
    assert hours["06:30-09:30,11:00-14:00,17:00-20:30"] >= 3
    assert hours["18:00-02:00"] >= 3
    assert hours["22:00-06:00; PH off"] >= 2
    assert hours["Mo-Fr 09:00-18:00"] >= 3
    assert 0.06 <= hours[""] / 168 <= 0.10
    assert {row["follows_workdays"] for row in stations if "Mo-Fr" in row["hours"]} == {"yes", "no", ""}
    unknown = {row["hours_text"] for row in stations if not row["hours"]}
    assert {"时间不定，请先电话联系", ""} <= unknown
    assert all(row["hours_text"] for row in stations if row["hours"])


def test_some_were_never_verified_and_the_rest_in_2026(stations):
    days = [date.fromisoformat(row["verified_on"]) for row in stations if row["verified_on"]]
    assert 0.12 <= 1 - len(days) / 168 <= 0.18
    assert date(2026, 5, 1) <= min(days) <= max(days) <= date(2026, 10, 31)
    assert {row["ebike_parking"] for row in stations} == {"yes", "no", ""}


def test_stations_lie_inside_the_outline_beside_a_road_that_can_be_walked(stations, outline, walkable):
    for row in stations:
        assert outline.contains(at(row)), row["station_id"]
        entrance = (row["entrance_lon"] or row["lon"], row["entrance_lat"] or row["lat"])
        target = shapely.Point(metres(*map(float, entrance)))
        assert gap_m(walkable, target) <= (30 if row["entrance_lon"] else 60), row["station_id"]


def test_entrances_stand_apart_from_doors_and_one_is_shut_at_night(stations):
    apart = [row for row in stations if row["entrance_lon"]]
    assert len(apart) >= 30
    assert {bool(row["entrance_s"]) for row in apart} == {True, False}
    for row in apart:
        gate = shapely.Point(metres(float(row["entrance_lon"]), float(row["entrance_lat"])))
        assert 20 <= at(row).distance(gate) <= 300
        # nobody walks faster than 1.6 m/s from the gate to the door
        assert not row["entrance_s"] or int(row["entrance_s"]) >= at(row).distance(gate) / 1.6
    assert any(row["entrance_hours"] == "06:00-22:00" and row["hours"] == "24/7" for row in apart)
    assert not any(row["entrance_s"] or row["entrance_hours"] for row in stations if not row["entrance_lon"])


def test_property_offices_are_inside_gated_estates(stations, extract):
    gates = {node for node, tags in extract.node_tags.items() if tags.get("barrier") == "gate"}
    tree = shapely.STRtree([shapely.Point(extract.nodes[node]) for node in sorted(gates)])
    hours = [extract.node_tags[node].get("opening_hours", "") for node in sorted(gates)]
    for row in (row for row in stations if row["kind"] == "property_office"):
        gate = shapely.Point(metres(float(row["entrance_lon"]), float(row["entrance_lat"])))
        nearest = int(tree.nearest(gate))
        assert tree.geometries[nearest].distance(gate) < 0.5
        assert hours[nearest] == row["entrance_hours"]


# ---- public places


def test_a_dozen_public_places_follow_the_stations(stations, public_places):
    rows = rows_of("stations.csv")

    assert rows == [*stations, *public_places]
    assert [row["station_id"] for row in public_places] == [f"pp{number:03d}" for number in range(1, 13)]
    for row in public_places:
        assert re.fullmatch(rf"示例公共场所 {row['station_id'][2:]} · (公厕|加油站)", row["name"])
        assert "示例" in row["address"]
        assert (row["source"], row["phone"], row["entry"]) == ("sample", "", "walk_in")


def test_public_places_are_there_at_night_and_offer_a_toilet(public_places):
    hours = Counter(row["hours"] for row in public_places)

    assert all("toilet" in row["services"].split(";") for row in public_places)
    assert hours["24/7"] >= 6
    assert len(hours) >= 2
    assert sum("加油站" in row["name"] for row in public_places) == 5


def test_public_places_stand_by_roads_apart_from_all_stations(stations, public_places, outline, walkable):
    for row in public_places:
        assert outline.contains(at(row))
        assert gap_m(walkable, at(row)) <= 60
        others = [other for other in [*stations, *public_places] if other is not row]
        assert min(at(row).distance(at(other)) for other in others) >= 390


# ---- demand and places


def test_demand_adds_up_to_the_residents_of_the_census():
    rows = rows_of("demand.csv")
    assert list(rows[0]) == ["demand_id", "name", "township", "lon", "lat", "residents"]
    assert sum(int(row["residents"]) for row in rows) == 540_662
    assert min(int(row["residents"]) for row in rows) > 0
    assert 1200 <= len(rows) <= 1700
    assert len({row["demand_id"] for row in rows}) == len(rows)
    assert {row["township"] for row in rows} == TOWNSHIPS


@pytest.mark.parametrize("name", LAYERS)
def test_layers_of_demand_lie_by_roads_and_say_what_they_are(outline, extract, name):
    rows, every_road = rows_of(name), shapely.STRtree([way.line for way in extract.roads])
    told = tomllib.loads((REGION / "region.toml").read_text(encoding="utf-8"))["layers"]
    (layer,) = [one for one in told.values() if one["file"] == name]

    assert list(rows[0]) == ["demand_id", "name", "township", "lon", "lat", "weight"]
    assert all(row["name"].startswith("示例") and row["township"] in TOWNSHIPS for row in rows)
    assert min(int(row["weight"]) for row in rows) > 0
    assert all(outline.contains(at(row)) and gap_m(every_road, at(row)) < 40 for row in rows)
    assert "示例" in layer["unit"]["zh"]
    assert "示例" in layer["source"]["zh"]
    assert layer["year"] == "2026"


def test_demand_lies_by_roads_but_for_a_handful_beyond_the_snap_limit(outline, extract):
    rows = rows_of("demand.csv")
    assert all(outline.contains(at(row)) for row in rows)
    every_road = shapely.STRtree([way.line for way in extract.roads])
    gaps = [gap_m(every_road, at(row)) for row in rows]
    assert 3 <= sum(gap > 250 for gap in gaps) <= 10
    assert sum(gap > 40 for gap in gaps) == sum(gap > 250 for gap in gaps)


def test_a_couple_of_residents_points_are_on_the_island(extract):
    parts = list(nx.weakly_connected_components(nx.DiGraph(arcs(extract, "walk"))))
    islands = [part for part in parts if part is not max(parts, key=len)]
    hulls = [shapely.MultiPoint([extract.nodes[node] for node in part]).convex_hull.buffer(5) for part in islands]

    assert sum(any(hull.contains(at(row)) for hull in hulls) for row in rows_of("demand.csv")) == 2


def test_places_hold_every_community_of_the_official_list_and_mark_what_is_invented(outline):
    rows = rows_of("places.csv")
    assert list(rows[0]) == ["name", "category", "township", "lon", "lat"]
    assert all(outline.contains(at(row)) for row in rows)
    with (PROJECT / "data/make_sample/communities.csv").open(encoding="utf-8", newline="") as file:
        official = Counter(row["street"] for row in csv.DictReader(file))
    assert Counter(row["township"] for row in rows if row["category"] == "community") == official
    assert {row["name"] for row in rows if row["category"] == "township"} == TOWNSHIPS
    invented = [row for row in rows if row["category"] not in {"community", "township"}]
    assert {"railway_station", "hospital", "park", "bridge"} <= {row["category"] for row in invented}
    assert all("示例" in row["name"] for row in invented)


def test_owned_places_lie_in_the_district_apart_and_say_that_they_are_invented(outline):
    rows = rows_of("candidates.csv")
    assert list(rows[0]) == ["name", "category", "township", "lon", "lat"]
    assert {row["category"] for row in rows} == {"owned"}
    assert {row["township"] for row in rows} == TOWNSHIPS
    assert len({row["name"] for row in rows}) == len(rows)
    assert all("示例" in row["name"] and outline.contains(at(row)) for row in rows)
    points = [at(row) for row in rows]
    assert min(a.distance(b) for a, b in combinations(points, 2)) >= 590


def test_names_of_communities_lose_only_the_committee():
    rows = rows_of("places.csv")
    names = {(row["name"], row["township"]) for row in rows if row["category"] == "community"}
    # 李村村村委会 is the committee (村委会) of the village (村) 李村; 西关村委会 that of 西关村
    assert {("李村", "大安镇"), ("西关村", "龙桥街道"), ("韦园社区", "鼓楼街道"), ("煤机厂", "新兖镇")} <= names


# ---- region.toml and boundary


def test_region_says_what_it_is(outline):
    region = tomllib.loads((REGION / "region.toml").read_text(encoding="utf-8"))
    assert (region["region_id"], region["sample"], region["time_zone"]) == ("yanzhou", True, "Asia/Shanghai")
    assert region["names"] == {"zh": "兖州区", "en": "Yanzhou District"}
    west, south, east, north = region["bounds"]
    assert pytest.approx(outline.bounds) == (*metres(west, south), *metres(east, north))
    assert {mode: values["speed_kmh"] for mode, values in region["modes"].items()} == {
        "walk": 4.5,
        "ebike": 15,
        "car": 30,
    }
    for file in ("roads", "stations", "demand"):
        assert "示例" in region["sources"][file]["zh"]
        assert "Sample" in region["sources"][file]["en"]
        assert date.fromisoformat(region["dates"][file])


def test_boundary_keeps_its_attribution():
    properties = json.loads((REGION / "boundary.geojson").read_text(encoding="utf-8"))["features"][0]["properties"]
    assert properties["adcode"] == 370812
    assert "Tianditu" in properties["attribution"]
    assert "MIT" in properties["licence"]
