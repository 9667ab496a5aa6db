"""Travel times on towns small enough to check by hand, and against a graph with the places put in as nodes."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.geo.arcs import find_components
from stations.geo.kernels import UNREACHED
from stations.geo.roads import NO_WAY
from stations.geo.seats import Seats, ways_out
from stations.geo.snap import OFF_NETWORK
from stations.geo.table import (
    TravelTable,
    soonest,
    table_from_arrays,
    times_from_stations,
    times_of_places,
    times_to_stations,
)
from stations.geo.table_build import Before, compute_table, leading_parts
from stations.model.keys import TravelMode

WALK = TravelMode.WALK
LINE = {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (200.0, 0.0)}


def seats(*places):
    """Places as (street, fraction, walk_ms); street -1 is off the network."""
    street, fraction, walk_ms = zip(*places, strict=True)
    return Seats(
        np.array(street, dtype=np.int32),
        np.array(fraction, dtype=np.float64),
        np.array(walk_ms, dtype=np.uint32),
        np.ones(len(street), dtype=bool),
    )


def table_of(network, stations, *, limit_ms=35 * 60_000, before=None) -> TravelTable:
    *_, table = compute_table(network, WALK, stations, limit_ms=limit_ms, before=before)
    assert isinstance(table, TravelTable)
    return table


def to_station(network, table, place):
    ms = times_to_stations(network, table, seats(place), 0)
    return [None if value == UNREACHED else int(value) for value in ms]


def from_station(network, table, place):
    ms = times_from_stations(network, table, seats(place), 0)
    return [None if value == UNREACHED else int(value) for value in ms]


def test_one_way_street_is_only_reached_along_its_direction(make_network):
    # A -> B -> C one way, 60 s each; one station at C (the end of the second street), one at A.
    network = make_network(LINE, [("A", "B", 60_000, None), ("B", "C", 60_000, None)])
    table = table_of(network, seats((1, 1.0, 0), (0, 0.0, 0)))

    assert to_station(network, table, (0, 0.0, 0)) == [120_000, 0]
    assert to_station(network, table, (1, 1.0, 0)) == [0, None]
    assert from_station(network, table, (1, 1.0, 0)) == [0, 120_000]


def test_many_places_at_once_take_what_each_takes_alone(make_network):
    network = make_network(LINE, [("A", "B", 60_000, None), ("B", "C", 60_000, 90_000)])
    table = table_of(network, seats((1, 1.0, 0), (0, 0.0, 700)))
    places = seats((0, 0.5, 0), (-1, 0.0, 0), (1, 0.25, 1_000), (1, 1.0, 0))
    ms = times_of_places(network, table, places)

    assert ms[1].tolist() == [UNREACHED, UNREACHED]  # off the network
    for index in (0, 2, 3):
        assert ms[index].tolist() == times_to_stations(network, table, places, index).tolist()


def test_partial_costs_and_the_walk_to_the_road_add_up(make_network):
    # Both ways 60 s a street. Station a quarter along B-C with 5 s to the door: 15 s + 5 s from B.
    # Place half along A-B, 7 s off the road: 7 + 30 to B, in all 57 s. Back: the same.
    network = make_network(LINE, [("A", "B", 60_000, 60_000), ("B", "C", 60_000, 60_000)])
    table = table_of(network, seats((1, 0.25, 5_000)))

    assert to_station(network, table, (0, 0.5, 7_000)) == [57_000]
    assert from_station(network, table, (0, 0.5, 7_000)) == [57_000]


@pytest.mark.parametrize(
    ("along", "against", "place", "station", "there", "back"),
    [
        (100_000, 100_000, 0.2, 0.7, 50_000, 50_000),
        (100_000, 100_000, 0.7, 0.2, 50_000, 50_000),
        (100_000, 40_000, 0.7, 0.2, 20_000, 50_000),  # against: half of 40 s; back along: half of 100 s
        (100_000, None, 0.2, 0.7, 50_000, None),
        (100_000, None, 0.7, 0.2, None, 50_000),
        (None, 100_000, 0.7, 0.2, 50_000, None),
        (100_000, 100_000, 0.4, 0.4, 0, 0),
        (None, 100_000, 0.4, 0.4, 0, 0),
    ],
)
def test_place_and_station_on_one_street(make_network, along, against, place, station, there, back):
    network = make_network({"A": (0.0, 0.0), "B": (100.0, 0.0)}, [("A", "B", along, against)])
    table = table_of(network, seats((0, station, 0)))

    assert to_station(network, table, (0, place, 0)) == [there]
    assert from_station(network, table, (0, place, 0)) == [back]


def test_a_place_at_a_junction_is_reached_there_whatever_street_it_was_snapped_to(make_network):
    # One way A -> B, both ways B - C. A place snapped to the end of A-B stands at B: back from C takes 10 s, not a
    # way round to A.
    network = make_network(LINE, [("A", "B", 60_000, None), ("B", "C", 10_000, 10_000)])
    table = table_of(network, seats((1, 1.0, 0)))

    assert from_station(network, table, (0, 1.0, 0)) == [10_000]
    assert to_station(network, table, (0, 1.0, 0)) == [10_000]


def test_going_round_beats_a_slow_street_between_place_and_station(make_network):
    # Along A-B takes 100 s, but A-C-B only 10 s: from 0.1 back to A (10 s), round (10 s), and 0.9 -> B is 10 s.
    places = {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (50.0, 50.0)}
    network = make_network(places, [("A", "B", 100_000, 100_000), ("A", "C", 5_000, 5_000), ("C", "B", 5_000, 5_000)])
    table = table_of(network, seats((0, 0.9, 0)))

    assert to_station(network, table, (0, 0.1, 0)) == [30_000]


def test_the_limit_is_inclusive_and_counts_both_walks(make_network):
    network = make_network(LINE, [("A", "B", 60_000, 60_000), ("B", "C", 60_000, 60_000)])
    station = seats((1, 1.0, 1_000))

    assert to_station(network, table_of(network, station, limit_ms=123_000), (0, 0.0, 2_000)) == [123_000]
    assert to_station(network, table_of(network, station, limit_ms=122_999), (0, 0.0, 2_000)) == [None]


def test_a_station_off_the_network_is_in_no_row(make_network):
    network = make_network(LINE, [("A", "B", 60_000, 60_000), ("B", "C", 60_000, 60_000)])
    table = table_of(network, seats((OFF_NETWORK, 0.0, 0), (0, 0.0, 0)))

    assert to_station(network, table, (1, 0.0, 0)) == [None, 60_000]
    assert len(table.columns.column(0).node) == 0


def test_two_stations_on_one_spot_have_the_same_times(make_network):
    network = make_network(LINE, [("A", "B", 60_000, 60_000), ("B", "C", 60_000, 60_000)])
    table = table_of(network, seats((1, 0.5, 0), (1, 0.5, 0)))

    assert to_station(network, table, (0, 0.0, 0)) == [90_000, 90_000]
    assert table.to.row(0)[0].tolist() == [0, 1]


def test_no_station_at_all_gives_an_empty_table(make_network):
    network = make_network(LINE, [("A", "B", 60_000, 60_000), ("B", "C", 60_000, 60_000)])
    nobody = Seats(*(np.empty(0, dtype=kind) for kind in (np.int32, np.float64, np.uint32, bool)))
    table = table_of(network, nobody)

    assert to_station(network, table, (0, 0.5, 0)) == []


@pytest.mark.parametrize(
    "number",
    [[0, 1, 2, 3], [-1, 1, 2, 3], [0, 1, 2, -1], [-1, -1, -1, -1], [-1, 0, 1, 2], [0, -1, 1, 3], [-1, 1, -1, 2]],
)
def test_what_did_not_change_is_taken_over_and_gives_the_same_table(make_network, number):
    # B is as far from both that are in its place: equal times stay in the order of the stations
    network = make_network(LINE, [("A", "B", 60_000, 50_000), ("B", "C", 40_000, 30_000)])
    places = [(0, 0.3, 10), (1, 0.6, 20), (OFF_NETWORK, 0.0, 0), (0, 0.3, 10)]
    stands = dict(zip(number, places, strict=False))
    now = [stands.get(k, (1, 0.6, 20)) for k in range(4)]
    old = Before(table_of(network, seats(*places[: len(number)])), np.array(number, dtype=np.int32))
    again, whole = table_of(network, seats(*now), before=old), table_of(network, seats(*now))

    assert all(np.array_equal(value, again.to_arrays()[name]) for name, value in whole.to_arrays().items())


def test_a_table_survives_being_taken_apart(make_network):
    network = make_network(LINE, [("A", "B", 60_000, 50_000), ("B", "C", 40_000, 30_000)])
    table = table_of(network, seats((0, 0.3, 10)))
    again = table_from_arrays(WALK, table.limit_ms, table.to_arrays())

    assert to_station(network, again, (1, 0.5, 0)) == to_station(network, table, (1, 0.5, 0))


def test_parts_tell_far_from_no_way(make_network):
    # A <-> B -> C: from A one gets to C, from C nowhere; D <-> E is an island.
    places = {**LINE, "D": (0.0, 500.0), "E": (100.0, 500.0)}
    network = make_network(places, [("A", "B", 10, 10), ("B", "C", 10, None), ("D", "E", 10, 10)])
    components = find_components(network, WALK)
    stations = seats((0, 0.5, 0), (1, 1.0, 0), (2, 0.5, 0), (OFF_NETWORK, 0.0, 0))
    group, leads = leading_parts(components, network, WALK, stations)

    def reachable(place):
        parts = components.of_node[[node for node, _ in ways_out(network, WALK, seats(place), 0)]]
        return [None if row < 0 else bool(leads[row, parts].any()) for row in group]

    assert reachable((0, 0.5, 0)) == [True, True, False, None]
    assert reachable((1, 0.5, 0)) == [False, True, False, None]  # it can only go on to C
    assert reachable((2, 0.5, 0)) == [False, False, True, None]


costs = st.one_of(st.none(), st.integers(1, 50))
fractions = st.integers(0, 20).map(lambda part: part / 20)


@st.composite
def towns(draw):
    nodes = draw(st.integers(2, 7))
    pairs = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1)).filter(lambda pair: pair[0] != pair[1])
    usable = st.tuples(costs, costs).filter(lambda pair: pair != (None, None))
    streets = draw(st.lists(st.tuples(pairs, usable), min_size=1, max_size=12))
    places = st.tuples(st.integers(0, len(streets) - 1), fractions, st.integers(0, 9))
    return nodes, streets, draw(st.lists(places, min_size=1, max_size=4)), draw(places)


@settings(max_examples=150, deadline=None)
@given(towns())
def test_times_equal_a_graph_with_both_places_put_in_as_nodes(make_network, town):
    nodes, streets, stations, place = town
    spots = {str(node): (100.0 * node, 10.0 * node * node) for node in range(nodes)}
    network = make_network(spots, [(str(a), str(b), *ms) for (a, b), ms in streets])
    table = table_of(network, seats(*stations))

    expected = [_brute_force(nodes, streets, station, place) for station in stations]
    assert to_station(network, table, place) == [there for there, _ in expected]
    assert from_station(network, table, place) == [back for _, back in expected]


def _brute_force(nodes, streets, station, place):
    """Cut the streets at both spots, as real nodes, and let networkx find the way there and back."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(nodes))
    for number, ((a, b), (along, against)) in enumerate(streets):
        cuts = sorted((spot[1], name) for name, spot in (("P", place), ("S", station)) if spot[0] == number)
        stops = [(0.0, a), *cuts, (1.0, b)]
        for (start, tail), (end, head) in pairwise(stops):
            if along is not None:
                graph.add_edge(tail, head, ms=_cut(along, end) - _cut(along, start))
            if against is not None:
                graph.add_edge(head, tail, ms=_cut(against, end) - _cut(against, start))
            if start == end and {tail, head} == {"P", "S"}:
                graph.add_edge(tail, head, ms=0)
                graph.add_edge(head, tail, ms=0)
    for (number, fraction, _), name in ((place, "P"), (station, "S")):
        (a, b), costs_ms = streets[number]
        for ms in filter(None, costs_ms):  # less than half a millisecond from an end is at the end
            at_ends = [a] * (_cut(ms, fraction) == 0) + [b] * (_cut(ms, fraction) == ms)
            graph.add_edges_from([pair for end in at_ends for pair in ((end, name), (name, end))], ms=0)
    walk = place[2] + station[2]
    lengths = [nx.single_source_dijkstra_path_length(graph, a, weight="ms").get(b) for a, b in (("P", "S"), ("S", "P"))]
    return tuple(None if length is None else length + walk for length in lengths)


def _cut(cost_ms, fraction):
    return cost_ms if fraction == 1.0 else round(fraction * cost_ms)


def test_no_way_is_no_cost():
    assert int(NO_WAY) == 2**32 - 1


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_soonest_are_the_first_of_all_that_are_allowed(data):
    size = data.draw(st.integers(0, 12))
    ms = np.array(
        data.draw(st.lists(st.one_of(st.just(int(UNREACHED)), st.integers(0, 9)), min_size=size, max_size=size))
    )
    extra_ms = np.array(data.draw(st.lists(st.integers(0, 5), min_size=size, max_size=size)), dtype=np.int64)
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=bool)
    count = data.draw(st.integers(1, 6))
    station, total_ms = soonest(ms.astype(np.uint32), extra_ms, allowed=allowed, count=count)

    usable = [(int(ms[k] + extra_ms[k]), k) for k in range(size) if allowed[k] and ms[k] != UNREACHED]
    assert list(zip(total_ms.tolist(), station.tolist(), strict=True)) == sorted(usable)[:count]
