"""Regions made of a street graph and of a Shapefile, with a station list of one's own in Chinese coordinates."""

from __future__ import annotations

import csv
import math
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import networkx as nx
import pytest
import shapely

from stations.model.keys import ArrivalState, Datum, TravelMode
from stations.model.queries import NearestQuery, Place
from stations.services.build import build_region, report_build
from stations.services.create import NewRegion, create_region
from stations.services.nearest import find_nearest
from stations.services.region import Region, load_region
from stations.settings import read_settings

pytestmark = pytest.mark.real

WALK, EBIKE, CAR = TravelMode
CHINA = ZoneInfo("Asia/Shanghai")
TUESDAY = datetime(2026, 9, 15, 10, 0, tzinfo=CHINA)
SUNDAY = datetime(2026, 9, 13, 10, 0, tzinfo=CHINA)
MAKE_UP_SUNDAY = datetime(2026, 9, 20, 10, 0, tzinfo=CHINA)  # works for the National Day week, by the notice for 2026
NATIONAL_DAY = datetime(2026, 10, 1, 10, 0, tzinfo=CHINA)  # a Thursday

OFFICE = "Mo-Fr 09:00-18:00; PH off"
STATIONS = {  # WGS 84 of the door, hours, follows_workdays
    "always": (114.0200, 22.5400, "24/7", ""),
    "makes_up": (114.0300, 22.5450, OFFICE, "yes"),
    "rests": (114.0100, 22.5350, OFFICE, "no"),
    "unsaid": (114.0250, 22.5300, OFFICE, ""),
    "unknown": (114.0350, 22.5380, "", ""),
}
ORIGINS = [(114.0150, 22.5420), (114.0220, 22.5330), (114.0330, 22.5480), (114.0280, 22.5260), (114.0080, 22.5300)]
FASTEST_KMH = {WALK: 4.5, EBIKE: 15.0, CAR: 80 * 0.75}  # no motorway in the file; a trunk road's 80 in town traffic
TIMED = {WALK: 14, EBIKE: 25, CAR: 25}
"""Of five places to five stations; on foot the others lie beyond 35 minutes."""
PARKING_S = {WALK: 0, EBIKE: 60, CAR: 120}


def gcj02(lon, lat):
    """Return GCJ-02 of WGS 84 degrees by the formula as it goes round on the web, with all its figures."""
    a, ee = 6378245.0, 0.00669342162296594323
    x, y = lon - 105.0, lat - 35.0
    wave = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + wave
    d_lat += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    d_lat += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    d_lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + wave
    d_lon += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    d_lon += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    rad_lat = lat / 180 * math.pi
    magic = 1 - ee * math.sin(rad_lat) ** 2
    d_lat = d_lat * 180 / ((a * (1 - ee)) / (magic * math.sqrt(magic)) * math.pi)
    d_lon = d_lon * 180 / (a / math.sqrt(magic) * math.cos(rad_lat) * math.pi)
    return lon + d_lon, lat + d_lat


@pytest.fixture(scope="module")
def station_list(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("lists") / "驿站.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["station_id", "name", "kind", "lon", "lat", "services", "hours", "follows_workdays", "entry"])
        for station_id, (lon, lat, hours, follows) in STATIONS.items():
            degrees = [f"{value:.7f}" for value in gcj02(lon, lat)]
            rows.writerow([station_id, f"驿站 {station_id}", "hub", *degrees, "water;toilet", hours, follows, "ring"])
    return path


@pytest.fixture(scope="module")
def made(station_list, tmp_path_factory):
    """Return a maker of built regions, and what was said of them."""

    def make(name: str, roads: Path, **options):
        folder = tmp_path_factory.mktemp("real") / name
        new = NewRegion(folder, name="福田", roads=roads, stations=station_list, datum=Datum.GCJ02, **options)
        list(create_region(new))
        settings = read_settings({"STATIONS_INSTANCE": str(folder.parent / "instance")}, region=folder)
        list(build_region(settings))
        return load_region(settings), report_build(settings)

    return make


@pytest.fixture(scope="module")
def futian(real_data, made):
    return made("futian", real_data / "futian.graphml")


def ask(region: Region, origin, mode, *, when=TUESDAY):
    answer = find_nearest(NearestQuery(Place(*origin), mode=mode, when=when), region)
    return {item.station.station_id: item for item in answer.found}


def test_futian_knows_where_it_lies(futian):
    region, report = futian

    assert region.profile.country == "CN"
    assert region.profile.holiday_calendar == "cn"
    assert region.profile.time_zone == "Asia/Shanghai"
    assert region.profile.names["zh"] == "福田"
    assert report.stations == len(STATIONS)
    assert not any(report.stations_off.values())


def test_stations_of_a_gcj02_list_land_within_a_metre(futian):
    region, _ = futian
    geodesic_m = {
        station.station_id: math.hypot(
            (station.lon - STATIONS[station.station_id][0]) * 111_320 * math.cos(math.radians(station.lat)),
            (station.lat - STATIONS[station.station_id][1]) * 110_740,
        )
        for station in region.stations
    }

    assert geodesic_m.keys() == STATIONS.keys()
    assert max(geodesic_m.values()) < 1
    assert {station.source_datum for station in region.stations} == {Datum.GCJ02}
    assert (region.station("always").source_lon, region.station("always").source_lat) == pytest.approx(
        gcj02(114.0200, 22.5400), abs=1e-6
    )


@pytest.mark.parametrize("mode", list(TravelMode))
def test_times_in_futian_are_possible_and_not_absurd(futian, mode):
    region, _ = futian
    timed = 0
    for origin in ORIGINS:
        found, on_foot = ask(region, origin, mode), ask(region, origin, WALK)
        for name, item in found.items():
            assert (item.travel_s is None) == (item.travel_reason is not None)
            if item.travel_s is None:
                continue
            timed += 1
            riding_s, walking_s = item.travel_s - PARKING_S[mode], on_foot[name].travel_s
            least_s = item.straight_line_m / FASTEST_KMH[mode] * 3.6
            assert min(riding_s, item.return_s) > 0.99 * least_s  # the great circle is up to 0.6 % off
            if mode is WALK:
                assert riding_s < 3 * least_s
            elif walking_s is not None:
                assert riding_s < walking_s
    assert timed == TIMED[mode]


def test_standing_at_the_door_it_is_the_first_of_the_list(futian):
    for name, (lon, lat, *_) in STATIONS.items():
        if name != "unknown":  # unknown hours come after the open ones
            found = ask(futian[0], (lon, lat), WALK)
            assert next(iter(found)) == name
            assert found[name].straight_line_m < 1


@pytest.mark.parametrize(
    ("when", "states"),
    [
        (TUESDAY, ("open", "open", "open", "open")),
        (SUNDAY, ("open", "closed", "closed", "closed")),
        (MAKE_UP_SUNDAY, ("open", "open", "closed", "unknown")),
        (NATIONAL_DAY, ("open", "closed", "closed", "closed")),
    ],
)
def test_hours_in_futian_follow_the_chinese_calendar(futian, when, states):
    found = ask(futian[0], ORIGINS[1], EBIKE, when=when)

    assert tuple(found[name].arrival.state for name in ("always", "makes_up", "rests", "unsaid")) == states
    assert found["unknown"].arrival.state == ArrivalState.UNKNOWN


CLASS_WORDS = {
    "motorway_link": "高速匝道",
    "trunk": "快速路",
    "primary": "主干路",
    "secondary": "次干路",
    "tertiary": "支路",
    "unclassified": "村道",
    "residential": "街道",
    "service": "内部道路",
    "pedestrian": "步行街",
    "footway": "人行道",
    "path": "小路",
    "cycleway": "非机动车道",
    "steps": "台阶",
    "track": "机耕路",
}
COLUMNS = {"class": "道路等级", "oneway": "通行方向", "name": "路名", "maxspeed": "限速值", "layer": "层次"}


def road_rows(graph: nx.MultiDiGraph) -> list[dict[str, object]]:
    """Return the edges as a road office would keep them: one line per street, in Chinese words."""
    rows, both_ways = [], set()
    for source, target, tags in graph.edges(data=True):
        ends = [(float(graph.nodes[node]["x"]), float(graph.nodes[node]["y"])) for node in (source, target)]
        line = shapely.from_wkt(tags["geometry"]) if "geometry" in tags else shapely.LineString(ends)
        oneway = tags["oneway"] == "True"
        if not oneway and line.normalize() in both_ways:
            continue  # the same street the other way
        both_ways.add(line.normalize())
        first_class = tags["highway"].strip("[]'").split("'")[0]
        rows.append(
            {
                COLUMNS["class"]: CLASS_WORDS.get(first_class, first_class),
                COLUMNS["oneway"]: "单向" if oneway else "双向",
                COLUMNS["name"]: tags.get("name", ""),
                COLUMNS["maxspeed"]: float(tags.get("maxspeed", "nan")),
                "access": tags.get("access", ""),
                "geometry": line,
            }
        )
    return rows


def levels(lines) -> list[int]:
    """Give lines that cross different levels: in the graph they meet at their ends only."""
    crossing = nx.Graph(shapely.STRtree(lines).query(lines, predicate="crosses").T.tolist())
    level_of = nx.greedy_color(crossing)
    return [level_of.get(number, 0) for number in range(len(lines))]


@pytest.fixture(scope="module")
def zone(real_data, made, tmp_path_factory):
    """Futian again, from a Shapefile in the CGCS2000 zone around 114 E, written as Chinese offices do."""
    roads = gpd.GeoDataFrame(road_rows(nx.read_graphml(real_data / "futian.graphml")), crs="EPSG:4326")
    roads[COLUMNS["layer"]] = levels(roads.geometry.to_numpy())
    path = tmp_path_factory.mktemp("shapefile") / "道路.shp"
    roads.to_crs("EPSG:4547").to_file(path, encoding="GBK", engine="pyogrio")
    return made("zone", path, road_columns=tuple(COLUMNS.items()))


def test_a_shapefile_in_a_cgcs2000_zone_is_read_by_its_mapping(futian, zone):
    ours, theirs = zone[0].roads.network, futian[0].roads.network

    assert not any(zone[1].stations_off.values())
    assert set(ours.classes) >= {"residential", "footway", "primary", "trunk", "steps", "motorway_link"}
    assert {"深南大道", "景田路"} <= set(ours.names)
    assert zone[0].roads.report["counts"]["unknown_values"] == []
    assert zone[0].profile.bounds == pytest.approx(futian[0].profile.bounds, abs=1.1e-5)  # 1 m, and its last digit
    assert len(ours.node_x) == pytest.approx(len(theirs.node_x), rel=0.02)
    assert ours.length_m.sum() == pytest.approx(theirs.length_m.sum(), rel=0.001)


@pytest.mark.parametrize("mode", list(TravelMode))
def test_a_shapefile_in_a_cgcs2000_zone_gives_the_times_of_the_graph(futian, zone, mode):
    timed = 0
    for origin in ORIGINS:
        ours, theirs = ask(zone[0], origin, mode), ask(futian[0], origin, mode)
        assert ours.keys() == theirs.keys() == STATIONS.keys()
        for name, item in ours.items():
            other = theirs[name]
            assert item.travel_reason == other.travel_reason
            if other.travel_s is not None:
                assert item.travel_s == pytest.approx(other.travel_s, rel=0.01, abs=2)
                assert item.return_s == pytest.approx(other.return_s, rel=0.01, abs=2)
                timed += 1
    assert timed == TIMED[mode]
