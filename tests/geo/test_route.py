"""The way along the table costs what the table says, and hangs together."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.geo.kernels import UNREACHED
from stations.geo.roads import NO_WAY
from stations.geo.route import find_route
from stations.geo.seats import Seats, split_cost
from stations.geo.table import times_to_stations
from stations.geo.table_build import compute_table
from stations.model.keys import TravelMode

WALK = TravelMode.WALK
SQUARE = {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (100.0, 100.0), "D": (0.0, 100.0)}


def seats(*places):
    street, fraction, walk_ms = zip(*places, strict=True)
    return Seats(
        np.array(street, dtype=np.int32),
        np.array(fraction, dtype=np.float64),
        np.array(walk_ms, dtype=np.uint32),
        np.ones(len(street), dtype=bool),
    )


def table_of(network, *stations, limit_ms=35 * 60_000):
    *_, table = compute_table(network, WALK, seats(*stations), limit_ms=limit_ms)
    return table


def test_the_way_round_a_square_by_hand(make_network):
    # A -> B -> C -> D one way, 100 m and 100 s each; from half along A-B (3 s off the road) to the middle of C-D.
    network = make_network(SQUARE, [("A", "B", 100_000, None), ("B", "C", 100_000, None), ("C", "D", 100_000, None)])
    route = find_route(network, table_of(network, (2, 0.5, 2_000)), seats((0, 0.5, 3_000)), 0, station=0)

    assert route.ms == 3_000 + 50_000 + 100_000 + 50_000 + 2_000
    assert route.length_m == 200.0
    assert [(leg.street, leg.start, leg.end) for leg in route.legs] == [(0, 0.5, 1.0), (1, 0.0, 1.0), (2, 0.0, 0.5)]
    assert len(route.line) == 4


def test_on_one_street_the_way_is_straight(make_network):
    network = make_network(SQUARE, [("A", "B", 100_000, 100_000)])
    route = find_route(network, table_of(network, (0, 0.2, 0)), seats((0, 0.7, 0)), 0, station=0)

    assert [(leg.street, leg.start, leg.end) for leg in route.legs] == [(0, 0.7, 0.2)]
    assert route.ms == 50_000


def test_a_place_at_the_station_has_a_way_of_no_length(make_network):
    network = make_network(SQUARE, [("A", "B", 100_000, 100_000)])
    route = find_route(network, table_of(network, (0, 0.5, 0)), seats((0, 0.5, 0)), 0, station=0)

    assert (route.ms, route.length_m, len(route.line)) == (0, 0.0, 2)


def test_what_is_not_reached_has_no_way(make_network):
    network = make_network(SQUARE, [("A", "B", 100_000, None), ("C", "D", 100_000, None)])
    table = table_of(network, (1, 0.5, 0), (0, 0.1, 0), limit_ms=30_000)
    origin = seats((0, 0.6, 0))

    assert find_route(network, table, origin, 0, station=0) is None
    assert find_route(network, table, origin, 0, station=1) is None


costs = st.one_of(st.none(), st.integers(1, 40))


@st.composite
def towns(draw):
    nodes = draw(st.integers(2, 7))
    pairs = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1))
    usable = st.tuples(costs, costs).filter(lambda pair: pair != (None, None))
    streets = draw(st.lists(st.tuples(pairs, usable), min_size=1, max_size=14))
    places = st.tuples(st.integers(0, len(streets) - 1), st.integers(0, 20).map(lambda p: p / 20), st.integers(0, 9))
    return nodes, streets, draw(st.lists(places, min_size=1, max_size=3)), draw(places)


@settings(max_examples=200, deadline=None)
@given(towns())
def test_the_way_costs_what_the_table_says_and_hangs_together(make_network, town):
    nodes, streets, stations, place = town
    spots = {str(node): (100.0 * node, 10.0 * node * node) for node in range(nodes)}
    network = make_network(spots, [(str(a), str(b), *ms) for (a, b), ms in streets])
    table, origin = table_of(network, *stations), seats(place)
    times = times_to_stations(network, table, origin, 0)

    for station, ms in enumerate(times):
        route = find_route(network, table, origin, 0, station=station)
        if ms == UNREACHED:
            assert route is None
            continue
        assert route.ms == ms
        assert place[2] + stations[station][2] + sum(cost_of(network, leg) for leg in route.legs) == ms
        ends = [spots_of(network, leg) for leg in route.legs]
        assert all(before[1] & after[0] for before, after in pairwise(ends))


def cost_of(network, leg):
    cost = int((network.forward_ms if leg.start < leg.end else network.backward_ms)[WALK][leg.street])
    assert cost != NO_WAY
    return abs(split_cost(cost, leg.end)[0] - split_cost(cost, leg.start)[0])


def spots_of(network, leg):
    """Nodes (or the spot itself) at which a leg begins and ends."""

    def at(fraction):
        ends = {0.0: network.street_from[leg.street], 1.0: network.street_to[leg.street]}
        return {int(ends[fraction])} if fraction in ends else set()

    return at(leg.start), at(leg.end)
