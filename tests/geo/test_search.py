"""The search against scipy on the same whole numbers, and who owns a node when many stations are searched at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from stations.geo.arcs import as_matrix, forward_arcs, reversed_arcs
from stations.geo.kernels import UNREACHED
from stations.geo.roads import NO_WAY
from stations.geo.search import AT_SEED, FIRST_ROOM, Searcher, Seed
from stations.model.keys import TravelMode

WALK = TravelMode.WALK
costs = st.one_of(st.none(), st.integers(1, 3000))


@st.composite
def graphs(draw):
    nodes = draw(st.integers(2, 12))
    pairs = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1))
    usable = st.tuples(costs, costs).filter(lambda pair: pair != (None, None))
    streets = draw(st.lists(st.tuples(pairs, usable), min_size=1, max_size=30))
    seed = st.tuples(st.integers(0, nodes - 1), st.integers(0, 900))
    return nodes, streets, draw(st.lists(seed, min_size=1, max_size=4)), draw(st.integers(0, 6000))


def network_of(make_network, nodes, streets):
    spots = {str(node): (100.0 * node, 10.0 * node * node) for node in range(nodes)}
    return make_network(spots, [(str(a), str(b), *ms) for (a, b), ms in streets])


def scipy_times(arcs, node, start_ms):
    return dijkstra(as_matrix(arcs), indices=node) + start_ms


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_nodes_and_times_are_those_of_scipy_and_each_street_leads_on(make_network, graph):
    nodes, streets, seeds, limit_ms = graph
    network = network_of(make_network, nodes, streets)
    arcs = reversed_arcs(network, WALK)
    searcher = Searcher(arcs)
    for node, start_ms in [*seeds, seeds[0]]:  # the scratch of one search is clean for the next
        reached = searcher.reach(Seed((node,), (start_ms,)), limit_ms=limit_ms)
        times = scipy_times(arcs, node, start_ms)
        assert reached.node.tolist() == np.flatnonzero(times <= limit_ms).tolist()
        assert reached.ms.tolist() == times[reached.node].tolist()
        ms_of = dict(zip(reached.node.tolist(), reached.ms.tolist(), strict=True))
        for at, ms, street in zip(reached.node.tolist(), reached.ms.tolist(), reached.street.tolist(), strict=True):
            if street == AT_SEED:
                assert (at, ms) == (node, start_ms)
            else:
                assert any(ms_of.get(end, -1) + cost == ms for end, cost in steps(network, street, at))


def steps(network, street, node):
    """Where a street leads from one of its ends, and for how much."""
    ends = int(network.street_from[street]), int(network.street_to[street])
    both = ((ends[0], ends[1], network.forward_ms), (ends[1], ends[0], network.backward_ms))
    return [(b, int(ms[WALK][street])) for a, b, ms in both if a == node and ms[WALK][street] != NO_WAY]


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_the_nearest_of_many_is_the_least_of_each_and_its_owner_is_one_of_those(make_network, graph):
    nodes, streets, seeds, limit_ms = graph
    arcs = forward_arcs(network_of(make_network, nodes, streets), WALK)
    searcher = Searcher(arcs)
    wanted = [Seed((node,), (start_ms,)) for node, start_ms in seeds]
    ms, owner = searcher.nearest(wanted, limit_ms=limit_ms)
    each = np.array([scipy_times(arcs, node, start_ms) for node, start_ms in seeds])
    least = each.min(axis=0)

    assert np.array_equal(ms == UNREACHED, least > limit_ms)
    assert np.array_equal(owner == -1, least > limit_ms)
    for node in np.flatnonzero(least <= limit_ms):
        assert ms[node] == least[node] == each[owner[node], node]


def test_a_network_without_an_arc_for_a_mode_reaches_only_its_seed(make_network):
    network = make_network({"A": (0.0, 0.0), "B": (100.0, 0.0)}, [("A", "B", None, None)])
    reached = Searcher(reversed_arcs(network, WALK)).reach(Seed((0,), (5,)), limit_ms=10)

    assert (reached.node.tolist(), reached.ms.tolist(), reached.street.tolist()) == ([0], [5], [AT_SEED])


def test_a_seed_beyond_the_limit_reaches_nothing(make_network):
    network = make_network({"A": (0.0, 0.0), "B": (100.0, 0.0)}, [("A", "B", 5, 5)])
    assert len(Searcher(reversed_arcs(network, WALK)).reach(Seed((0,), (11,)), limit_ms=10).node) == 0


@pytest.mark.parametrize("longest", [1, 70_000_000, 4_000_000_000])
def test_very_short_and_very_long_arcs(make_network, longest):
    places = {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (200.0, 0.0)}
    network = make_network(places, [("A", "B", 1, 1), ("B", "C", longest, longest)])
    reached = Searcher(reversed_arcs(network, WALK)).reach(Seed((0,), (0,)), limit_ms=4_294_967_000)

    assert reached.ms.tolist() == [0, 1, 1 + longest]


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_many_seeds_at_once_are_answered_as_each_alone_and_in_their_order(make_network, graph):
    nodes, streets, seeds, limit_ms = graph
    arcs = reversed_arcs(network_of(make_network, nodes, streets), WALK)
    wanted = [Seed((node,), (start_ms,)) for node, start_ms in seeds]
    alone = [Searcher(arcs).reach(seed, limit_ms=limit_ms) for seed in wanted]
    at_once = Searcher(arcs).reach_each(wanted, limit_ms=limit_ms)

    assert [as_lists(reached) for reached in at_once] == [as_lists(reached) for reached in alone]


def as_lists(reached):
    return reached.node.tolist(), reached.ms.tolist(), reached.street.tolist()


def star(make_network, rays):
    """A middle, node 0, with a ray of 1000 ms to each of its other nodes."""
    places = {str(node): (float(node), 0.0) for node in range(rays + 1)}
    return make_network(places, [("0", str(node), 1000, 1000) for node in range(1, rays + 1)])


def test_more_nodes_at_one_distance_than_there_is_room_for_at_first(make_network):
    rays = 5 * FIRST_ROOM
    searcher = Searcher(reversed_arcs(star(make_network, rays), WALK))
    first, second, third = searcher.reach_each([Seed((node,), (0,)) for node in (7, 0, 3)], limit_ms=1999)

    assert (first.node.tolist(), first.ms.tolist()) == ([0, 7], [1000, 0])
    assert (second.node.tolist(), second.ms.tolist()) == (list(range(rays + 1)), [0] + [1000] * rays)
    assert (third.node.tolist(), third.ms.tolist()) == ([0, 3], [1000, 0])


def test_more_seeds_than_there_is_room_for_at_first_and_the_first_of_equally_near_ones_owns(make_network):
    rays = 5 * FIRST_ROOM
    searcher = Searcher(reversed_arcs(star(make_network, rays), WALK))
    ms, owner = searcher.nearest([Seed((node,), (0,)) for node in range(rays, 0, -1)], limit_ms=5000)

    assert ms.tolist() == [1000] + [0] * rays
    assert owner.tolist() == [0, *range(rays - 1, -1, -1)]


def test_of_equally_quick_ways_the_same_is_taken_whatever_was_searched_before(make_network):
    # From A to D by B and by C takes 2000 ms either way; a long arc searched before makes other buckets.
    places = {name: (100.0 * k, 0.0) for k, name in enumerate("ABCDE")}
    streets = [("A", "C", 1500, 1500), ("A", "B", 500, 500), ("C", "D", 500, 500), ("B", "D", 1500, 1500)]
    network = make_network(places, [*streets, ("D", "E", 90_000_000, 90_000_000)])
    searcher = Searcher(reversed_arcs(network, WALK))
    before = searcher.reach(Seed((0,), (0,)), limit_ms=2000)
    searcher.reach(Seed((4,), (0,)), limit_ms=100_000_000)
    after = searcher.reach(Seed((0,), (0,)), limit_ms=2000)

    assert as_lists(before) == as_lists(after) == ([0, 1, 2, 3], [0, 500, 1500, 2000], [AT_SEED, 1, 0, 3])
