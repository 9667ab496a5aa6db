"""The five nearest of a random place: by travel time, and by straight line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
from scipy.spatial import cKDTree

from stations.geo.arcs import find_components, forward_arcs
from stations.geo.crs import to_degrees
from stations.geo.nearest import StraightLineIndex, straight_line_m
from stations.geo.roads import RoadNetwork
from stations.geo.search import Searcher
from stations.geo.seats import seat_places
from stations.geo.snap import SnapIndex, street_lines
from stations.geo.table import TravelTable, soonest, times_to_stations
from stations.geo.table_build import compute_table, seed_back
from stations.model.keys import TravelMode
from tests.benchmarks.networks import STATIONS, network_of, random_seats, real_names
from tests.benchmarks.ratios import Figure, faster

CAR = TravelMode.CAR
TABLE_MS = 35 * 60_000
SEARCH_MS = 30 * 60_000
SNAP_LIMIT_M = 250.0
PLACES = 3000
SEARCHES = 100
MANY = 200_000
CHECKED = 300


def five_nearest() -> Iterator[Figure]:
    """Time the snap and the look-up of places off the road, and a fresh search from them."""
    for name in real_names():
        yield from _five_nearest_of(name)


def _five_nearest_of(name: str) -> Iterator[Figure]:
    network = network_of(name)
    parts = find_components(network, CAR)
    index = SnapIndex(network, CAR, components=parts, lines=street_lines(network), limit_m=SNAP_LIMIT_M)
    *_, table = compute_table(network, CAR, random_seats(network, STATIONS, CAR), limit_ms=TABLE_MS)
    assert isinstance(table, TravelTable)
    extra_ms, rng = np.full(STATIONS, 120_000), np.random.default_rng(4)
    places = _places_off_the_road(network)
    for what, allowed in (("all", np.ones(STATIONS, dtype=bool)), ("filtered", rng.random(STATIONS) < 0.3)):
        look = _look_up(network, index, table, extra_ms, allowed)
        look(*places[0])
        for clock, of in ((time.thread_time_ns, "processor"), (time.perf_counter_ns, "wall")):
            middle, rare = np.percentile([_microseconds(clock, look, place) for place in places], [50, 99])
            outcome = f"p50 {middle:.0f} µs, p99 {rare:.0f} µs"
            yield Figure(f"five nearest, {what}, {of} time", name, outcome, "p99 < 100 µs")
    searcher = Searcher(forward_arcs(network, CAR))
    seats = seat_places(index.snap(*np.array(places).T), walk_kmh=4.5)
    seeds = [seed_back(network, CAR, seats, k) for k in range(SEARCHES)]
    outcome = faster(
        lambda: [look(*place) for place in places[:SEARCHES]],
        lambda: [searcher.reach(seed, limit_ms=SEARCH_MS) for seed in seeds],
    )
    yield Figure("five nearest: a fresh 30-minute car search", name, outcome, "reported")


def straight_line() -> Iterator[Figure]:
    """Time the nearest of 200,000 places against a bare tree, and count wrong answers."""
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(115.0, 118.0, MANY), rng.uniform(34.0, 37.0, MANY)
    at = rng.uniform(115.0, 118.0, PLACES), rng.uniform(34.0, 37.0, PLACES)
    index = StraightLineIndex(lon, lat)
    vectors, origins = _vectors(lon, lat), _vectors(*at)
    tree = cKDTree(vectors)
    outcome = faster(lambda: index.nearest(*at, 5), lambda: tree.query(origins, 5), rounds=15)
    yield Figure(f"straight-line five of 200,000, {PLACES} at once: bare cKDTree", "random", outcome, ">= 1")
    ones = [(at[0][i], at[1][i], origins[i]) for i in range(PLACES)]
    outcome = faster(
        lambda: [index.nearest(x, y, 5) for x, y, _ in ones], lambda: [tree.query(v, 5) for _, _, v in ones]
    )
    yield Figure("straight-line five of 200,000, one by one: bare cKDTree", "random", outcome, ">= 1")
    number, metres = index.nearest(at[0][:CHECKED], at[1][:CHECKED], 5)
    every = [straight_line_m(at[0][i], at[1][i], lon, lat) for i in range(CHECKED)]
    best = [np.argsort(row, kind="stable")[:5] for row in every]
    wrong = sum(number[i].tolist() != best[i].tolist() for i in range(CHECKED))
    off_m = max(np.abs(every[i][best[i]] - metres[i]).max() for i in range(CHECKED))
    outcome = f"{wrong} wrong of {CHECKED}, metres off by {off_m:.1g} at most"
    yield Figure("straight-line five: look at every place", "random", outcome, "none wrong")


def _microseconds(
    clock: Callable[[], int], look: Callable[[float, float], object], place: tuple[float, float]
) -> float:
    began = clock()
    look(*place)
    return (clock() - began) / 1000


def _look_up(
    network: RoadNetwork, index: SnapIndex, table: TravelTable, extra_ms: np.ndarray, allowed: np.ndarray
) -> Callable[[float, float], object]:
    def look(lon: float, lat: float) -> object:
        seats = seat_places(index.snap_place(lon, lat), walk_kmh=4.5)
        assert seats.street[0] >= 0
        return soonest(times_to_stations(network, table, seats, 0), extra_ms, allowed=allowed, count=5)

    return look


def _places_off_the_road(network: RoadNetwork) -> list[tuple[float, float]]:
    """Return places up to 100 m east and north of points on random streets."""
    seats, rng = random_seats(network, PLACES, CAR), np.random.default_rng(6)
    first, last = network.street_from[seats.street], network.street_to[seats.street]
    x = network.node_x[first] + seats.fraction * (network.node_x[last] - network.node_x[first])
    y = network.node_y[first] + seats.fraction * (network.node_y[last] - network.node_y[first])
    moved = rng.uniform(-100.0, 100.0, (2, PLACES))
    lon, lat = to_degrees(x + moved[0], y + moved[1], crs=network.crs)
    index = SnapIndex(
        network, CAR, components=find_components(network, CAR), lines=street_lines(network), limit_m=SNAP_LIMIT_M
    )
    near = index.snap(lon, lat).on_network
    return list(zip(lon[near].tolist(), lat[near].tolist(), strict=True))


def _vectors(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    along, up = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(up) * np.cos(along), np.cos(up) * np.sin(along), np.sin(up)])
