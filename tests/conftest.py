"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from stations.geo.crs import local_crs, to_degrees
from stations.geo.roads import NO_WAY, RoadNetwork
from stations.model.keys import TravelMode
from stations.services.build import build_region
from stations.settings import Settings, read_settings
from tests.postgres import own_schema

pytest_plugins = ["tests.road_oracle"]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real road files; a test that needs it is skipped without, which is a failure in CI."""
    folder = os.environ.get("STATIONS_REAL_DATA", "")
    if not folder:
        if os.environ.get("CI"):
            pytest.fail("STATIONS_REAL_DATA is not set: the real files are part of the tests here")
        pytest.skip("set STATIONS_REAL_DATA to the folder of real road files")
    return Path(folder).resolve()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """URL of a schema of its own, empty, on a real PostgreSQL; a test of it is skipped without, a failure in CI."""
    url = os.environ.get("STATIONS_TEST_POSTGRES_URL", "")
    if not url:
        if os.environ.get("CI"):
            pytest.fail("STATIONS_TEST_POSTGRES_URL is not set: PostgreSQL is part of the tests here")
        pytest.skip("set STATIONS_TEST_POSTGRES_URL to a PostgreSQL that tests may write to")
    with own_schema(url) as own:
        yield own


@pytest.fixture(scope="session")
def make_network() -> Callable[..., RoadNetwork]:
    """Return a maker of small networks by hand; see `_network`."""
    return _network


def _network(
    places: Mapping[str, tuple[float, float]],
    streets: Sequence[tuple[str, str, int | None, int | None]],
    *,
    modes: Sequence[TravelMode] = (TravelMode.WALK,),
) -> RoadNetwork:
    """Make a network of straight streets: places by name in metres, streets as (from, to, ms along, ms against).

    `None` milliseconds mean that the street may not be used in that direction. Every mode gets the same costs.
    """
    crs = local_crs(116.8, 35.5)
    names = list(places)
    x = np.array([places[name][0] for name in names])
    y = np.array([places[name][1] for name in names])
    lon, lat = to_degrees(x, y, crs=crs)
    start = np.array([names.index(street[0]) for street in streets], dtype=np.int32)
    end = np.array([names.index(street[1]) for street in streets], dtype=np.int32)
    along = np.array([NO_WAY if s[2] is None else s[2] for s in streets], dtype=np.uint32)
    against = np.array([NO_WAY if s[3] is None else s[3] for s in streets], dtype=np.uint32)
    ends = np.column_stack([start, end]).ravel()
    return RoadNetwork(
        node_lon=lon,
        node_lat=lat,
        node_x=x,
        node_y=y,
        street_from=start,
        street_to=end,
        shape_offset=np.arange(0, 2 * len(streets) + 1, 2, dtype=np.int64),
        shape_x=x[ends],
        shape_y=y[ends],
        length_m=np.hypot(x[end] - x[start], y[end] - y[start]),
        street_class=np.zeros(len(streets), dtype=np.uint8),
        street_name=np.zeros(len(streets), dtype=np.int32),
        forward_ms=dict.fromkeys(modes, along),
        backward_ms=dict.fromkeys(modes, against),
        crs=crs,
        classes=("residential",),
        names=("",),
    )


TOWN_NODES = {
    "A": (0, 0), "B": (300, 0), "C": (600, 0), "D": (0, 300), "E": (300, 300), "F": (600, 300),
    "G": (900, 0), "H": (900, 300), "M": (750, 300), "P": (0, 900), "Q": (300, 900),
}  # fmt: skip
TOWN_WAYS = (
    ("A B C", {"highway": "residential", "name": "南街"}),
    ("D E F", {"highway": "residential", "name": "北街", "oneway": "yes"}),
    ("A D", {"highway": "residential"}),
    ("C F", {"highway": "residential"}),
    ("B E", {"highway": "footway"}),
    ("C G", {"highway": "residential", "access": "private"}),
    ("F M H", {"highway": "residential"}),
    ("P Q", {"highway": "residential"}),
)
TOWN_PROFILE = """
region_id = "town"
sample = true
time_zone = "Asia/Shanghai"
bounds = [{west}, {south}, {east}, {north}]
snap_limit_m = 250
holiday_calendar = "cn"
makeup_weekday = "Mo"
roads_file = "roads.osm"
[names]
zh = "小镇"
en = "Town"
[dates]
roads = "2026-11-01"
stations = "2026-11-01"
demand = "2026-11-01"
[sources.roads]
zh = "示例"
en = "sample"
[demand_counts]
zh = "居民"
en = "residents"
[modes.walk]
speed_kmh = 3.6
[modes.ebike]
speed_kmh = 18.0
parking_s = 60
[modes.car]
speed_kmh = 36.0
"""


@dataclass(frozen=True)
class Town:
    """A region small enough to check by hand, 1 m/s on foot, 5 m/s by e-bike, 10 m/s by car.

    D-->--E-->--F--M--H      D-E-F one way, B-E foot only, C-G private, M a bollard, P-Q an island further north.
    |     :     |            Stations: e at E, h at H, g at G (off the roads), q at Q.
    A-----B-----C==G         Streets are 300 m long.
    """

    settings: Settings
    places: Mapping[str, tuple[float, float]]


@pytest.fixture(scope="session")
def make_town() -> Callable[[Path], Town]:
    """Return a maker of towns, each in a folder of its own."""
    return _town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Return a built town that tests only read."""
    made = _town(tmp_path_factory.mktemp("town"))
    list(build_region(made.settings))
    return made


def _town(folder: Path) -> Town:
    crs = local_crs(116.8, 35.5)
    x, y = np.array(list(TOWN_NODES.values()), dtype=float).T
    lon, lat = to_degrees(x, y, crs=crs)
    places = {name: (float(a), float(b)) for name, a, b in zip(TOWN_NODES, lon.round(7), lat.round(7), strict=True)}
    region = folder / "region"
    region.mkdir()
    (region / "roads.osm").write_text(_town_roads(places), encoding="utf-8")
    bounds = {"west": lon.min() - 0.01, "south": lat.min() - 0.01, "east": lon.max() + 0.01, "north": lat.max() + 0.01}
    (region / "region.toml").write_text(TOWN_PROFILE.format(**bounds), encoding="utf-8")
    (region / "stations.csv").write_text(_town_stations(places), encoding="utf-8")
    rows = [f"{name},{name},镇,{places[name][0]},{places[name][1]},100" for name in "ABCDEF"]
    rows.append(f"far,far,,{places['A'][0] - 0.009},{places['A'][1]},50")
    (region / "demand.csv").write_text(
        "\n".join(["demand_id,name,township,lon,lat,residents", *rows]), encoding="utf-8"
    )
    named = [f"{name}村,community,镇,{places[name][0]},{places[name][1]}" for name in "ABC"]
    (region / "places.csv").write_text("\n".join(["name,category,township,lon,lat", *named]), encoding="utf-8")
    environ = {"STATIONS_INSTANCE": str(folder / "instance")}
    return Town(read_settings(environ, region=region), places)


def _town_roads(places: Mapping[str, tuple[float, float]]) -> str:
    number = {name: place for place, name in enumerate(places, start=1)}
    barrier = {"M": '<tag k="barrier" v="bollard"/>'}
    nodes = [
        f'<node id="{number[name]}" lon="{lon}" lat="{lat}" version="1">{barrier.get(name, "")}</node>'
        for name, (lon, lat) in places.items()
    ]
    ways = [
        f'<way id="{place}" version="1">'
        + "".join(f'<nd ref="{number[name]}"/>' for name in along.split())
        + "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        + "</way>"
        for place, (along, tags) in enumerate(TOWN_WAYS, start=1)
    ]
    return "\n".join(['<osm version="0.6">', *nodes, *ways, "</osm>"])


def _town_stations(places: Mapping[str, tuple[float, float]]) -> str:
    rows = [
        ("e", "E", "hub", "rest:4;water", "24/7", "walk_in"),
        ("g", "G", "union_post", "toilet", "24/7", "walk_in"),
        ("h", "H", "courier_outlet", "meal_heating:1;toilet", "Mo-Fr 08:00-18:00", "scan"),
        ("q", "Q", "driver_home", "rest:2", "", "unknown"),
    ]
    lines = [
        f"{key},站 {key},{kind},{places[at][0]},{places[at][1]},{services},{hours},{entry}"
        for key, at, kind, services, hours, entry in rows
    ]
    return "\n".join(["station_id,name,kind,lon,lat,services,hours,entry", *lines]) + "\n"
