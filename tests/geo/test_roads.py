from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.geo.crs import local_crs, to_degrees
from stations.geo.roads import NO_WAY, Permission, RawRoads, RoadCounts, RoadNetwork, build_network
from stations.model.keys import TravelMode
from stations.model.region import ModeProfile

WALK, EBIKE, CAR = TravelMode
CRS = local_crs(116.8, 35.5)
PROFILES = {
    WALK: ModeProfile(WALK, 3.6),  # 1 m/s: 100 m are 100,000 ms
    EBIKE: ModeProfile(EBIKE, 18.0),  # 5 m/s
    CAR: ModeProfile(CAR, 36.0, traffic_factor=0.5, class_speeds_kmh={"primary": 72.0}),  # 5 m/s, primary 10 m/s
}
RIDE, PUSH, CLOSED = Permission.RIDE, Permission.PUSH, Permission.CLOSED
BOTH = (RIDE, RIDE)


def raw_roads(places, ways, *, barriers=()) -> RawRoads:
    """`places` in metres; ways are (nodes, options) with options class, name, maxspeed and a pair per mode."""
    lon, lat = to_degrees([place[0] for place in places], [place[1] for place in places], crs=CRS)
    classes = list(dict.fromkeys(options.get("class", "residential") for _, options in ways))
    names = ["", *dict.fromkeys(options["name"] for _, options in ways if "name" in options)]

    def permissions(side):
        return {m: np.array([o.get(m, BOTH)[side] for _, o in ways], np.uint8) for m in TravelMode}

    return RawRoads(
        node_lon=lon,
        node_lat=lat,
        way_offset=np.concatenate([[0], np.cumsum([len(nodes) for nodes, _ in ways])]).astype(np.int64),
        way_nodes=np.array([node for nodes, _ in ways for node in nodes], dtype=np.int64),
        way_class=np.array([classes.index(options.get("class", "residential")) for _, options in ways], np.uint8),
        way_name=np.array([names.index(options.get("name", "")) for _, options in ways], np.int32),
        forward=permissions(0),
        backward=permissions(1),
        maxspeed_kmh=np.array([options.get("maxspeed", np.nan) for _, options in ways], np.float64),
        barrier_node=np.array([node for node, _ in barriers], dtype=np.int64),
        barrier_stops={m: np.array([m in stopped for _, stopped in barriers], np.bool_) for m in TravelMode},
        classes=tuple(classes),
        names=tuple(names),
        counts=RoadCounts(ways_used=len(ways)),
    )


def build(places, ways, **options) -> RoadNetwork:
    return build_network(raw_roads(places, ways, **options), PROFILES, crs=CRS)


def line(count):
    return [(100.0 * number, 0.0) for number in range(count)]


def costs(network, mode):
    return list(zip(network.forward_ms[mode].tolist(), network.backward_ms[mode].tolist(), strict=True))


def test_a_line_of_four_nodes_is_one_street_with_its_geometry_kept():
    # 3 segments of 100 m: on foot 3 x 100,000 ms, by e-bike and car at 5 m/s 3 x 20,000 ms
    network = build(line(4), [([0, 1, 2, 3], {})])

    assert len(network.street_from) == 1
    assert costs(network, WALK) == [(300_000, 300_000)]
    assert costs(network, EBIKE) == costs(network, CAR) == [(60_000, 60_000)]
    np.testing.assert_allclose(network.shape_x, [0, 100, 200, 300], atol=1e-6)
    assert network.length_m == pytest.approx([300])


def test_a_way_that_was_digitised_the_other_way_joins_on():
    one_way = {CAR: (RIDE, CLOSED)}
    other_way_round = {CAR: (CLOSED, RIDE)}
    network = build(line(4), [([0, 1], one_way), ([2, 1], other_way_round), ([2, 3], one_way)])

    assert costs(network, CAR) == [(60_000, NO_WAY)]
    assert costs(network, WALK) == [(300_000, 300_000)]


def test_one_way_streets_that_meet_head_on_stay_apart():
    one_way = {CAR: (RIDE, CLOSED)}
    network = build(line(3), [([0, 1], one_way), ([2, 1], one_way)])

    assert len(network.street_from) == 2


@pytest.mark.parametrize(
    "other",
    [{"class": "primary"}, {"name": "北街"}, {EBIKE: (CLOSED, CLOSED)}, {EBIKE: (PUSH, PUSH)}, {"maxspeed": 10.0}],
)
def test_streets_end_where_class_name_or_rules_change(other):
    network = build(line(3), [([0, 1], {}), ([1, 2], other)])

    assert len(network.street_from) == 2
    assert len(network.node_x) == 3


def test_a_car_goes_by_class_capped_by_the_sign_times_the_factor():
    # primary: 72 km/h x 0.5 = 10 m/s; signed 36: 36 x 0.5 = 5 m/s; a sign above the class speed changes nothing
    ways = [([0, 1], {"class": "primary"}), ([1, 2], {"class": "primary", "maxspeed": 36.0})]
    ways.append(([2, 3], {"class": "residential", "maxspeed": 120.0}))
    network = build(line(4), ways)

    assert costs(network, CAR) == [(10_000, 10_000), (20_000, 20_000), (20_000, 20_000)]
    assert costs(network, EBIKE) == [(20_000, 20_000)] * 3


def test_pushing_goes_at_walking_speed():
    network = build(line(2), [([0, 1], {EBIKE: (PUSH, PUSH)})])

    assert costs(network, EBIKE) == [(100_000, 100_000)]


def test_a_ring_without_junction_survives_on_one_node():
    network = build([(0, 0), (100, 0), (100, 100), (0, 100)], [([0, 1, 2, 3, 0], {})])

    assert network.street_from.tolist() == network.street_to.tolist() == [0]
    assert len(network.node_x) == 1
    assert costs(network, WALK) == [(400_000, 400_000)]


def test_a_ring_on_a_stalk_hangs_on_its_junction():
    network = build([(0, 0), (100, 0), (100, 100), (0, 100), (0, -50)], [([0, 1, 2, 3, 0], {}), ([0, 4], {})])

    stalk = int(network.node_y.argmin())
    junction = 1 - stalk
    pairs = set(zip(network.street_from.tolist(), network.street_to.tolist(), strict=True))
    assert pairs == {(junction, junction), (junction, stalk)}


def test_nodes_are_numbered_along_a_curve_so_that_neighbours_are_close_in_memory():
    # The four corners of a square, given across: the curve takes the lower two first, each row from the left.
    network = build([(0, 0), (900, 900), (900, 0), (0, 900)], [([0, 1], {}), ([2, 3], {})])

    assert np.column_stack([network.node_x > 450, network.node_y > 450]).tolist() == [
        [False, False],
        [True, False],
        [False, True],
        [True, True],
    ]


def test_two_streets_between_the_same_junctions_both_stay():
    places = [(0, 0), (100, 0), (50, 50), (-50, 0), (150, 0)]
    network = build(places, [([3, 0, 1, 4], {}), ([0, 2, 1], {})])
    pairs = [tuple(sorted(pair)) for pair in zip(network.street_from.tolist(), network.street_to.tolist(), strict=True)]

    assert len(pairs) == 4
    assert len(set(pairs)) == 3


def test_a_repeated_node_and_two_nodes_in_one_place_cost_nothing():
    places = [(0, 0), (100, 0), (100, 0), (200, 0)]
    network = build(places, [([0, 1, 1, 2, 3], {})])

    assert costs(network, WALK) == [(200_000, 200_000)]


def test_a_node_the_file_does_not_hold_cuts_the_way():
    network = build(line(5), [([0, 1, -1, 3, 4], {})])

    assert costs(network, WALK) == [(100_000, 100_000)] * 2


def test_a_way_no_mode_may_use_is_left_out():
    network = build(line(3), [([0, 1], {}), ([1, 2], dict.fromkeys(TravelMode, (CLOSED, CLOSED)))])

    assert len(network.street_from) == 1


def test_a_barrier_costs_those_it_lets_through_two_milliseconds_and_stops_the_others():
    # the star has two arms of 1 ms, and its centre of degree two is merged: one street of no length
    network = build(line(3), [([0, 1, 2], {})], barriers=[(1, {CAR})])
    barrier = [network.classes[number] for number in network.street_class].index("barrier")

    assert len(network.street_from) == 3
    assert costs(network, WALK)[barrier] == (2, 2)
    assert costs(network, EBIKE)[barrier] == (2, 2)
    assert costs(network, CAR)[barrier] == (NO_WAY, NO_WAY)
    assert network.length_m[barrier] == 0


def test_a_barrier_on_a_crossing_stands_between_all_of_its_arms():
    places = [(0, 0), (100, 0), (-100, 0), (0, 100)]
    network = build(places, [([2, 0, 1], {}), ([0, 3], {})], barriers=[(0, {WALK, EBIKE, CAR})])

    assert sorted(network.forward_ms[WALK].tolist()) == [100_000] * 3 + [NO_WAY] * 3


def test_a_barrier_at_a_dead_end_changes_nothing():
    network = build(line(2), [([0, 1], {})], barriers=[(1, {WALK, EBIKE, CAR})])

    assert len(network.street_from) == 1


def test_no_roads_are_an_empty_network():
    network = build([], [])

    assert len(network.street_from) == len(network.node_x) == 0
    assert network.shape_offset.tolist() == [0]


def test_arrays_and_back():
    network = build(line(4), [([0, 1, 2], {"name": "北街"}), ([2, 3], {CAR: (RIDE, CLOSED)})])
    arrays, meta = network.to_arrays()
    again = RoadNetwork.from_arrays(arrays, json.loads(json.dumps(meta)))

    assert again.names == network.names
    assert again.classes == network.classes
    assert again.crs == network.crs
    assert costs(again, CAR) == costs(network, CAR)
    np.testing.assert_array_equal(again.shape_x, network.shape_x)


ways_of_random_town = st.lists(
    st.tuples(
        st.lists(st.integers(0, 11), min_size=2, max_size=6),
        st.fixed_dictionaries(
            {},
            optional={
                "class": st.sampled_from(["residential", "primary"]),
                "name": st.sampled_from(["东街", "西街"]),
                CAR: st.sampled_from([BOTH, (RIDE, CLOSED), (CLOSED, RIDE), (CLOSED, CLOSED)]),
            },
        ),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(ways=ways_of_random_town)
def test_merging_changes_no_travel_time(ways):
    # twelve places no two of which are equally far apart; the oracle is the unmerged graph, node by node
    places = [(37.0 * number + number**2, 53.0 * (number % 4) + 1.7 * number) for number in range(12)]
    network = build(places, ways)
    for mode, speed_m_s in ((WALK, lambda _: 1.0), (CAR, lambda o: 10.0 if o.get("class") == "primary" else 5.0)):
        unmerged = unmerged_arcs(places, ways, mode, speed_m_s)
        merged = merged_arcs(network, mode, places)
        kept = {nearest(places, x, y) for x, y in zip(network.node_x, network.node_y, strict=True)}
        for start in kept:
            full, short = shortest(unmerged, start), shortest(merged, start)
            assert {node: full[node] for node in kept if node in full} == short


def unmerged_arcs(places, ways, mode, speed_m_s):
    arcs = {}
    for nodes, options in ways:
        along, against = options.get(mode, BOTH)
        for a, b in itertools.pairwise(nodes):
            (ax, ay), (bx, by) = places[a], places[b]
            cost = max(1, round(((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5 / speed_m_s(options) * 1000))
            for tail, head, allowed in ((a, b, along), (b, a, against)):
                if allowed and a != b:
                    arcs[tail, head] = min(cost, arcs.get((tail, head), cost))
    return arcs


def merged_arcs(network, mode, places):
    number = [nearest(places, x, y) for x, y in zip(network.node_x, network.node_y, strict=True)]
    arcs = {}
    for street in range(len(network.street_from)):
        ends = number[network.street_from[street]], number[network.street_to[street]]
        for pair, cost in ((ends, network.forward_ms[mode][street]), (ends[::-1], network.backward_ms[mode][street])):
            if cost != NO_WAY:
                arcs[pair] = min(int(cost), arcs.get(pair, int(cost)))
    return arcs


def nearest(places, x, y):
    return min(range(len(places)), key=lambda number: abs(places[number][0] - x) + abs(places[number][1] - y))


def shortest(arcs, start):
    found = {start: 0}
    changed = True
    while changed:  # Bellman and Ford: slow, short and hard to get wrong
        changed = False
        for (tail, head), cost in arcs.items():
            if tail in found and found[tail] + cost < found.get(head, float("inf")):
                found[head] = found[tail] + cost
                changed = True
    return found
