"""Travel times against an independent reading of the same file, nothing merged; see `tests/road_oracle.py`."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
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


@pytest.fixture(scope="module")
def read(real_data, read_unmerged):
    path = real_data / "helsinki.osm.pbf"
    return read_unmerged(path), read_roads(path, profiles=PROFILES).network


def unmerged_graph(extract, crs, mode):
    graph = nx.MultiDiGraph()
    for tail, head, along_ms, against_ms in extract.pieces(mode, profiles=PROFILES, crs=crs):
        if along_ms is not None:
            graph.add_edge(tail, head, ms=along_ms)
        if against_ms is not None:
            graph.add_edge(head, tail, ms=against_ms)
    return graph


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
