"""What a station anywhere in the bundled region would reach: its catchment and all travel times, in one call."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator

import numpy as np

from stations.geo.crs import to_degrees
from stations.model.keys import TravelMode
from stations.model.queries import CutoffQuery, Place, WhatIfQuery
from stations.services.build import build_region
from stations.services.region import Region, load_region
from stations.services.what_if import try_candidate
from stations.settings import read_settings
from tests.benchmarks.ratios import Figure

MINUTES = 15.0
PLACES = 100


def what_if() -> Iterator[Figure]:
    """Time candidates at random places, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"STATIONS_INSTANCE": folder})
        list(build_region(settings))
        region = load_region(settings)
        for mode in TravelMode:
            queries = [WhatIfQuery(place, CutoffQuery(mode, MINUTES)) for place in _places(region, mode)]
            try_candidate(queries[0], region)
            for clock, of in ((time.thread_time, "processor"), (time.perf_counter, "wall")):
                middle, rare = np.percentile([_milliseconds(clock, query, region) for query in queries], [50, 90])
                row = f"what-if, {mode.value}, {MINUTES:.0f} min, {len(queries)} random places, {of} time"
                yield Figure(row, "bundled", f"p50 {middle:.1f} ms, p90 {rare:.1f} ms", "< 20 ms")


def _places(region: Region, mode: TravelMode) -> list[Place]:
    """Return random places with a road that the mode may use near."""
    network, rng = region.roads.network, np.random.default_rng(7)
    x = rng.uniform(network.node_x.min(), network.node_x.max(), 10 * PLACES)
    y = rng.uniform(network.node_y.min(), network.node_y.max(), 10 * PLACES)
    lon, lat = to_degrees(x, y, crs=network.crs)
    near = np.flatnonzero(region.roads.seat(mode, lon, lat)[0].street >= 0)[:PLACES]
    return [Place(float(lon[k]), float(lat[k])) for k in near]


def _milliseconds(clock: Callable[[], float], query: WhatIfQuery, region: Region) -> float:
    began = clock()
    try_candidate(query, region)
    return (clock() - began) * 1000
