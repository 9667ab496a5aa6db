"""Travel times of real regions against graphs in which places and stations are real nodes that cut their streets."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise, product
from typing import NamedTuple
from zoneinfo import ZoneInfo

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from stations.geo.arcs import find_components
from stations.geo.kernels import UNREACHED
from stations.geo.roads import NO_WAY
from stations.geo.seats import Seats, seat_places
from stations.geo.snap import OFF_NETWORK, SnapIndex, street_lines
from stations.geo.table import times_from_stations, times_to_stations
from stations.geo.table_build import compute_table
from stations.loaders.osm_places import read_osm_stations
from stations.loaders.roads import read_roads
from stations.model.keys import ArrivalState, Need, TravelMode, TravelReason
from stations.model.queries import CoverageQuery, NearestQuery, Place
from stations.model.standard import STANDARD_MODES
from stations.model.station import DemandPoint
from stations.services.build import build_region
from stations.services.coverage import measure_coverage
from stations.services.create import NewRegion, create_region
from stations.services.gap_places import rank_gaps, rank_unknown
from stations.services.nearest import find_nearest
from stations.services.region import load_region
from stations.services.resilience import measure_resilience
from stations.services.week import measure_week
from stations.settings import read_settings
from tests.table_columns import both_columns

WALK = TravelMode.WALK
LIMIT_MS = 35 * 60_000
SNAP_LIMIT_M = 250.0
WALK_KMH = 4.5
PARKING_MS = {TravelMode.WALK: 0, TravelMode.EBIKE: 60_000, TravelMode.CAR: 120_000}
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=ZoneInfo("Europe/Helsinki"))
NIGHT = datetime(2026, 11, 17, 3, 0, tzinfo=ZoneInfo("Europe/Helsinki"))
PORTO_STATIONS = 5
NEAREST_PLACES = 30
DEMAND_PLACES = 200
HALVES = (slice(0, None, 2), slice(1, None, 2))
RAW_BOUND_MS = 2
"""Where a station cuts its street is rounded once on the merged street, and once on a segment of the unmerged one."""


class Piece(NamedTuple):
    """A street between two nodes: milliseconds along it and against it, `None` where closed."""

    tail: Hashable
    head: Hashable
    along_ms: int | None
    against_ms: int | None


class Spot(NamedTuple):
    """A door beside a street."""

    piece: int
    fraction: float
    walk_ms: int


def cut_arcs(pieces: Sequence[Piece], spots: Mapping[Hashable, Spot]) -> Iterator[tuple[Hashable, Hashable, int]]:
    """Yield (tail, head, ms) of a graph in which every spot is a node that cuts its street.

    The cut lies round(fraction * ms) from the street's first node, the rest is by subtraction. A door is two nodes,
    ``("to", name)`` and ``("from", name)``, so that no way leads through it. A cut without cost to an end of its
    street, in either direction, is at that end.
    """
    cuts = defaultdict(set)
    for spot in spots.values():
        cuts[spot.piece].add(spot.fraction)
    for number, piece in enumerate(pieces):
        inner = [(fraction, (number, fraction)) for fraction in sorted(cuts[number])] if number in cuts else []
        for (start, tail), (end, head) in pairwise([(0.0, piece.tail), *inner, (1.0, piece.head)]):
            if piece.along_ms is not None:
                yield tail, head, round(end * piece.along_ms) - round(start * piece.along_ms)
            if piece.against_ms is not None:
                yield head, tail, round(end * piece.against_ms) - round(start * piece.against_ms)
    for name, spot in spots.items():
        piece, at = pieces[spot.piece], [(spot.piece, spot.fraction)]
        for ms in (piece.along_ms, piece.against_ms):
            if ms is not None:
                at += [piece.tail] * (round(spot.fraction * ms) == 0) + [piece.head] * (round(spot.fraction * ms) == ms)
        for node in at:
            yield node, ("to", name), spot.walk_ms
            yield ("from", name), node, spot.walk_ms


def cut_graphs(pieces, spots):
    """Return the graph and its reverse."""
    graph = nx.MultiDiGraph()
    graph.add_weighted_edges_from(cut_arcs(pieces, spots), weight="ms")
    return graph, graph.reverse()


def times(graph, source, *, limit_ms=None):
    return nx.single_source_dijkstra_path_length(graph, source, cutoff=limit_ms, weight="ms")


def street_pieces(network, mode) -> list[Piece]:
    """Return the streets of a network, in their order; those closed to the mode lead nowhere."""

    def costs(values):
        return [None if ms == NO_WAY else ms for ms in values[mode].tolist()]

    ends = network.street_from.tolist(), network.street_to.tolist()
    return [Piece(*row) for row in zip(*ends, costs(network.forward_ms), costs(network.backward_ms), strict=True)]


def spots_of(seats: Seats, kind: str) -> dict[Hashable, Spot]:
    """Return where stations or places sit, by kind and number; those off the network are left out."""
    rows = zip(seats.street.tolist(), seats.fraction.tolist(), seats.walk_ms.tolist(), strict=True)
    return {(kind, number): Spot(*row) for number, row in enumerate(rows) if row[0] != OFF_NETWORK}


def pairs_of(column) -> dict[int, int]:
    return dict(zip(column.node.tolist(), column.ms.tolist(), strict=True))


def of_nodes(found) -> dict[int, int]:
    """Keep the nodes of the network."""
    return {node: ms for node, ms in found.items() if isinstance(node, int)}


@pytest.fixture(scope="module")
def helsinki(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("real") / "helsinki"
    new = NewRegion(folder=folder, name="Helsinki", roads=real_data / "helsinki.osm.pbf", stations_from_osm=True)
    list(create_region(new))
    built = read_settings({"STATIONS_INSTANCE": str(folder.parent / "instance")}, region=folder)
    list(build_region(built))
    return load_region(built)


@pytest.mark.real
@pytest.mark.parametrize("mode", list(TravelMode))
def test_all_times_of_helsinki_equal_networkx_with_the_stations_put_in_as_nodes(helsinki, mode):
    table = helsinki.tables[mode]
    spots = spots_of(table.seats, "station")
    graph, turned = cut_graphs(street_pieces(helsinki.roads.network, mode), spots)

    assert table.limit_ms == LIMIT_MS
    assert len(spots) == len(helsinki.stations) > 20
    columns = both_columns(table)
    for kind, number in spots:
        name = (kind, number)
        there = of_nodes(times(turned, ("to", name), limit_ms=LIMIT_MS))
        back = of_nodes(times(graph, ("from", name), limit_ms=LIMIT_MS))
        assert len(there) > 100
        assert [pairs_of(column) for column in columns[number]] == [there, back]


@pytest.mark.real
@pytest.mark.parametrize("mode", list(TravelMode))
def test_rows_of_helsinki_hold_the_same_pairs_as_columns(helsinki, mode):
    table = helsinki.tables[mode]
    for side, rows in enumerate((table.to, table.back)):
        by_station = [
            (node, ms, number)
            for number, columns in enumerate(both_columns(table))
            for node, ms in pairs_of(columns[side]).items()
        ]
        by_node = [
            (node, ms, number)
            for node in range(len(helsinki.roads.network.node_x))
            for number, ms in zip(*(values.tolist() for values in rows.row(node)), strict=True)
        ]
        assert by_node == sorted(by_station)


@pytest.fixture(scope="module")
def unmerged(real_data, read_unmerged):
    return read_unmerged(real_data / "helsinki.osm.pbf")


@pytest.mark.real
@pytest.mark.parametrize("mode", list(TravelMode))
def test_all_times_of_helsinki_equal_an_unmerged_graph_read_and_snapped_on_its_own(helsinki, unmerged, mode):
    network, table = helsinki.roads.network, helsinki.tables[mode]
    pieces = [Piece(*piece) for piece in unmerged.pieces(mode, profiles=STANDARD_MODES, crs=network.crs)]
    spots = snap_alone(pieces, unmerged, helsinki.stations, crs=network.crs)
    graph, turned = cut_graphs(pieces, spots)
    both = nodes_in_both(network, unmerged, graph)

    columns = both_columns(table)
    assert len(both) > 800
    assert len(spots) == len(helsinki.stations)
    for number in range(len(helsinki.stations)):
        for side, (one, source) in enumerate(((turned, "to"), (graph, "from"))):
            ours = pairs_of(columns[number][side])
            theirs = times(one, (source, number), limit_ms=LIMIT_MS + RAW_BOUND_MS)
            for mine, node in both:
                beyond = LIMIT_MS + 1  # what is missing from either is beyond the limit
                assert abs(min(ours.get(mine, beyond), beyond) - min(theirs.get(node, beyond), beyond)) <= RAW_BOUND_MS


def snap_alone(pieces, unmerged, stations, *, crs) -> dict[Hashable, Spot]:
    """Find the nearest point of any piece by plain geometry, of the main part where one lies within the limit."""
    metres = unmerged.metres(crs)
    graph = nx.MultiDiGraph()
    graph.add_weighted_edges_from(cut_arcs(pieces, {}))
    main = max(nx.strongly_connected_components(graph), key=len)
    on_main = np.array([piece.tail in main and piece.head in main for piece in pieces])

    def place(end):
        return metres[end[0] if isinstance(end, tuple) else end]

    start = np.array([place(piece.tail) for piece in pieces])
    along = np.array([place(piece.head) for piece in pieces]) - start
    square = (along**2).sum(axis=1)
    long = square > 0
    spots = {}
    for number, station in enumerate(stations):
        x, y = unmerged.project(*station.target, crs=crs)
        share = np.clip((((x, y) - start) * along).sum(axis=1) / np.where(long, square, 1), 0, 1)
        away_m = np.hypot(*((x, y) - start - share[:, None] * along).T)
        for usable in (long & on_main, long & ~on_main):
            best = int(np.argmin(np.where(usable, away_m, np.inf)))
            if usable[best] and away_m[best] <= SNAP_LIMIT_M:
                spots[number] = Spot(best, float(share[best]), round(float(away_m[best]) / WALK_KMH * 3600))
                break
    return spots


def nodes_in_both(network, unmerged, graph) -> list[tuple[int, int]]:
    """Pair the nodes of the network with those of the file that alone stand at the same coordinates."""
    node_at = defaultdict(list)
    for node, at in unmerged.places.items():
        node_at[at].append(node)
    ours = defaultdict(list)
    for number, at in enumerate(zip(network.node_lon.tolist(), network.node_lat.tolist(), strict=True)):
        ours[at].append(number)
    alone = ((numbers[0], node_at[at][0]) for at, numbers in ours.items() if len(numbers) == len(node_at[at]) == 1)
    return [(mine, node) for mine, node in alone if node in graph]


@pytest.mark.real
@pytest.mark.parametrize("mode", list(TravelMode))
def test_nearest_from_anywhere_in_helsinki_equals_brute_force(helsinki, mode):
    west, south, east, north = helsinki.profile.bounds
    chance = np.random.default_rng(30)
    lon, lat = chance.uniform(west, east, NEAREST_PLACES), chance.uniform(south, north, NEAREST_PLACES)
    seats, _ = helsinki.roads.seat(mode, lon, lat)
    table = helsinki.tables[mode]
    spots = {**spots_of(table.seats, "station"), **spots_of(seats, "place")}
    graph, turned = cut_graphs(street_pieces(helsinki.roads.network, mode), spots)

    timed = 0
    for index in range(NEAREST_PLACES):
        query = NearestQuery(Place(float(lon[index]), float(lat[index])), mode=mode, when=NOON, limit=200)
        answer = find_nearest(query, helsinki)
        found = {helsinki.number(item.station.station_id): item for item in answer.found}
        assert len(found) == len(helsinki.stations)
        if seats.street[index] == OFF_NETWORK:
            assert {(item.travel_s, item.travel_reason) for item in answer.found} == {(None, TravelReason.OFF_NETWORK)}
            continue
        there = times(graph, ("from", ("place", index)))
        back = times(turned, ("to", ("place", index)))
        expected_there = [there.get(("to", ("station", number))) for number in range(len(found))]
        expected_back = [back.get(("from", ("station", number))) for number in range(len(found))]
        exact = times_to_stations(helsinki.roads.network, table, seats, index)
        assert known(exact) == [within(ms) for ms in expected_there]
        exact = times_from_stations(helsinki.roads.network, table, seats, index)
        assert known(exact) == [within(ms) for ms in expected_back]
        for number, item in found.items():
            assert item.travel_s == seconds(within(expected_there[number]), PARKING_MS[mode])
            assert item.return_s == seconds(within(expected_back[number]), 0)
            assert item.travel_reason == reason(expected_there[number])
        opened = [item for item in answer.found if item.arrival.state == ArrivalState.OPEN]
        assert opened == sorted(opened, key=lambda item: (item.travel_s, item.station.station_id))
        timed += sum(item.travel_s is not None for item in answer.found)
    assert timed > 100


@pytest.mark.real
@pytest.mark.parametrize("mode", list(TravelMode))
def test_coverage_of_helsinki_equals_a_count_by_hand(helsinki, mode):
    west, south, east, north = helsinki.profile.bounds
    chance = np.random.default_rng(7)
    lon, lat = chance.uniform(west, east, DEMAND_PLACES), chance.uniform(south, north, DEMAND_PLACES)
    weight = chance.integers(1, 100, DEMAND_PLACES).tolist()
    demand = tuple(
        DemandPoint(str(number), "", "ab"[number % 2], float(lon[number]), float(lat[number]), float(weight[number]))
        for number in range(DEMAND_PLACES)
    )
    region = replace(helsinki, points_of={"demand": demand}, _kept={})
    reached = minutes_by_graph(region, mode, lon, lat)
    asked = [(needs, when) for needs in ((), (Need.TOILET,), (Need.THIRSTY,)) for when in (None, NOON, NIGHT)]
    seen = set()
    for (needs, when), minutes in product(asked, (4, 9.5)):
        query = CoverageQuery(mode, minutes=minutes, needs=needs, when=when)
        counts = station_states(region, needs, when)
        expected = [state_by_hand(times, counts, minutes) for times in reached]
        answer = measure_coverage(query, region)
        assert list(answer.states) == expected
        for share, step in ((answer.whole, slice(None)), *zip(answer.townships, HALVES, strict=True)):
            assert (share.covered, share.gap, share.unknown) == weights_by_state(expected[step], weight[step])
        check_losses(query, region, reached, counts, weight)
        for places, state in ((rank_gaps(query, region), "gap"), (rank_unknown(query, region), "unknown")):
            points = sorted(point for place in places for point in place.points)
            assert points == [k for k, one in enumerate(expected) if one == state]
        if when is not None:
            (row,) = measure_week(query, region, week=when.date(), rows=[needs[0] if needs else None]).rows
            hour = 24 * when.weekday() + when.hour
            assert (row.shares[hour], row.unknown[hour]) == (answer.whole.covered_share, answer.whole.unknown_share)
        seen |= set(expected)
    assert seen == {"covered", "gap", "unknown"}


def weights_by_state(states, weight) -> tuple[float, float, float]:
    def of(state):
        return sum(own for own, found in zip(weight, states, strict=True) if found == state)

    return of("covered"), of("gap"), of("unknown")


def check_losses(query, region, reached, counts, weight):
    """Hold resilience to the stations that each place has in reach, counted one by one."""
    sure = [k for k, state in counts.items() if state == "yes"]
    in_reach = [[k for k in sure if near(times, k, query.minutes)] for times in reached]
    lost = {region.stations[k].station_id: 0 for k in sure}
    for own, ks in zip(weight, in_reach, strict=True):
        if len(ks) == 1:
            lost[region.stations[ks[0]].station_id] += own
    answer = measure_resilience(query, region)
    assert {one.station_id: one.weight_lost for one in answer.losses} == {k: cost for k, cost in lost.items() if cost}
    assert set(answer.missed_by_nobody) == {k for k, cost in lost.items() if not cost}
    assert answer.covered_twice == sum(own for own, ks in zip(weight, in_reach, strict=True) if len(ks) > 1)


def minutes_by_graph(region, mode, lon, lat) -> list[dict[int, int] | None]:
    """Return for every place the milliseconds to the stations that its graph reaches; `None` off the roads."""
    seats, _ = region.roads.seat(mode, lon, lat)
    stations = spots_of(region.tables[mode].seats, "station")
    _, turned = cut_graphs(street_pieces(region.roads.network, mode), {**stations, **spots_of(seats, "place")})
    found = [None if street == OFF_NETWORK else {} for street in seats.street.tolist()]
    for kind, number in stations:
        there = times(turned, ("to", (kind, number)), limit_ms=LIMIT_MS)
        extra_ms = PARKING_MS[mode] + 1000 * (region.stations[number].entrance_s or 0)
        for place, reached in enumerate(found):
            if reached is not None and ("from", ("place", place)) in there:
                reached[number] = there["from", ("place", place)] + extra_ms
    return found


def station_states(region, needs, when) -> dict[int, str]:
    """Return which stations count, ``yes`` or ``perhaps``; no other is in it."""
    states = region.timetable.states(when).tolist() if when else None
    counts = {}
    for number, station in enumerate(region.stations):
        if all(station.meets(need) for need in needs):
            counts[number] = "yes" if states is None else {0: "no", 1: "yes", 2: "perhaps"}[states[number]]
    return {number: state for number, state in counts.items() if state != "no"}


def near(times_ms, number, minutes) -> bool:
    return times_ms is not None and number in times_ms and times_ms[number] <= minutes * 60_000


def state_by_hand(times_ms, counts, minutes) -> str:
    if times_ms is None:
        return "unknown"
    held = {state for number, state in counts.items() if near(times_ms, number, minutes)}
    return "covered" if "yes" in held else "unknown" if held else "gap"


def known(times_ms) -> list[int | None]:
    return [None if ms == UNREACHED else int(ms) for ms in times_ms]


def within(ms: int | None) -> int | None:
    return ms if ms is not None and ms <= LIMIT_MS else None


def seconds(ms: int | None, extra_ms: int) -> int | None:
    return None if ms is None else math.ceil((ms + extra_ms) / 1000)


def reason(ms: int | None) -> TravelReason | None:
    if ms is None:
        return TravelReason.NO_WAY
    return None if ms <= LIMIT_MS else TravelReason.BEYOND_LIMIT


@pytest.fixture(scope="module", params=["porto.osm.pbf", "futian.graphml"])
def city(request, real_data):
    """A real network and targets in it: public places of the extract, or junctions where it tells of no places."""
    path = real_data / request.param
    read = read_roads(path, profiles=STANDARD_MODES)
    if path.suffix == ".graphml":
        return read.network, np.column_stack([read.network.node_lon, read.network.node_lat])[::20] + 1e-5
    stations = read_osm_stations(path, bounds=read.report.bounds)
    return read.network, np.array([station.target for station in stations])


@pytest.mark.real
@pytest.mark.parametrize("mode", list(TravelMode))
def test_times_of_a_city_equal_scipy_with_the_stations_put_in_as_nodes(city, mode):
    network, places = city
    chosen = np.random.default_rng(list(TravelMode).index(mode)).choice(len(places), PORTO_STATIONS, replace=False)
    targets = places[chosen]
    components = find_components(network, mode)
    index = SnapIndex(network, mode, components=components, lines=street_lines(network), limit_m=SNAP_LIMIT_M)
    seats = seat_places(index.snap(*targets.T), walk_kmh=WALK_KMH)
    *_, table = compute_table(network, mode, seats, limit_ms=LIMIT_MS)
    spots = spots_of(seats, "station")
    there, back = scipy_times(street_pieces(network, mode), spots, nodes=len(network.node_x))

    assert len(spots) == PORTO_STATIONS
    compared = 0
    for row, (_, number) in enumerate(spots):
        for column, expected in zip(both_columns(table)[number], (there, back), strict=True):
            reached = np.flatnonzero(expected[row] <= LIMIT_MS)
            compared += len(reached)
            assert np.array_equal(column.node, reached)
            assert np.array_equal(column.ms, expected[row, reached])
    assert compared > 5000


def scipy_times(pieces, spots, *, nodes):
    """Return the times to all spots and back from them, float64 (spots, nodes), inf where there is no way.

    An arc of no cost is no arc to scipy everywhere, so it gets 2**-20 ms, which is cut off at the end.
    """
    number_of = {node: node for node in range(nodes)}
    rows = np.array(
        [
            (number_of.setdefault(tail, len(number_of)), number_of.setdefault(head, len(number_of)), ms or 2.0**-20)
            for tail, head, ms in cut_arcs(pieces, spots)
        ]
    )
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]  # of streets side by side the quickest
    first = np.concatenate([[True], (np.diff(rows[:, :2], axis=0) != 0).any(axis=1)])
    tail, head = rows[first, :2].astype(np.int64).T
    shape = (len(number_of), len(number_of))
    forward = csr_array((rows[first, 2], (tail, head)), shape=shape)
    backward = csr_array((rows[first, 2], (head, tail)), shape=shape)
    doors = [[number_of[side, name] for name in spots] for side in ("to", "from")]
    return [
        np.floor(dijkstra(arcs, indices=door)[:, :nodes]) for arcs, door in zip((backward, forward), doors, strict=True)
    ]


costs = st.one_of(st.none(), st.integers(1, 50))
fractions = st.integers(0, 20).map(lambda part: part / 20)


@st.composite
def towns(draw):
    """Up to seven nodes, up to twelve streets (rings and doubles among them), places as (street, fraction, walk_ms)."""
    nodes = draw(st.integers(2, 7))
    pairs = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1))
    usable = st.tuples(costs, costs).filter(lambda pair: pair != (None, None))
    streets = draw(st.lists(st.tuples(pairs, usable), min_size=1, max_size=12))
    places = st.tuples(st.integers(0, len(streets) - 1), fractions, st.integers(0, 9))
    return nodes, streets, draw(st.lists(places, min_size=1, max_size=4)), draw(places)


def small_network(make_network, nodes, streets):
    spots = {str(node): (100.0 * node, 10.0 * node * node) for node in range(nodes)}
    return make_network(spots, [(str(a), str(b), *ms) for (a, b), ms in streets])


def seats_of(places) -> Seats:
    street, fraction, walk_ms = zip(*places, strict=True)
    return Seats(
        np.array(street, dtype=np.int32),
        np.array(fraction),
        np.array(walk_ms, dtype=np.uint32),
        np.ones(len(street), dtype=bool),
    )


def answers(network, stations, place, *, limit_ms=LIMIT_MS):
    """Return the times to the stations, back from them, and the table they came from."""
    *_, table = compute_table(network, WALK, seats_of(stations), limit_ms=limit_ms)
    origin = seats_of([place])
    return (
        known(times_to_stations(network, table, origin, 0)),
        known(times_from_stations(network, table, origin, 0)),
        table,
    )


@settings(max_examples=100, deadline=None)
@given(towns())
def test_times_equal_networkx_also_where_streets_are_rings(make_network, town):
    nodes, streets, stations, place = town
    there, back, _ = answers(small_network(make_network, nodes, streets), stations, place)
    spots = {number: Spot(*spot) for number, spot in enumerate([*stations, place])}
    graph, turned = cut_graphs([Piece(*ends, *ms) for ends, ms in streets], spots)
    here = len(stations)

    assert there == [times(graph, ("from", here)).get(("to", number)) for number in range(here)]
    assert back == [times(turned, ("to", here)).get(("from", number)) for number in range(here)]


@settings(max_examples=100, deadline=None)
@given(towns())
def test_turning_all_streets_round_swaps_there_and_back(make_network, town):
    nodes, streets, stations, place = town
    there, back, table = answers(small_network(make_network, nodes, streets), stations, place)
    turned = [(ends, ms[::-1]) for ends, ms in streets]
    turned_there, turned_back, turned_table = answers(small_network(make_network, nodes, turned), stations, place)

    assert (turned_there, turned_back) == (back, there)
    for number in range(len(stations)):
        assert pairs_of(turned_table.columns.column(number)) == pairs_of(both_columns(table)[number][1])


@settings(max_examples=100, deadline=None)
@given(towns())
def test_a_limit_of_exactly_the_travel_time_includes_the_place_and_one_less_does_not(make_network, town):
    nodes, streets, stations, place = town
    network = small_network(make_network, nodes, streets)
    there, back, table = answers(network, stations, place)

    for limit_ms in {ms for ms in (*there, *back) if ms}:
        for limit in (limit_ms, limit_ms - 1):
            near_there, near_back, near_table = answers(network, stations, place, limit_ms=limit)
            assert near_there == [ms if ms is not None and ms <= limit else None for ms in there]
            assert near_back == [ms if ms is not None and ms <= limit else None for ms in back]
            for number in range(len(stations)):
                reached = pairs_of(table.columns.column(number))
                assert pairs_of(near_table.columns.column(number)) == {
                    n: ms for n, ms in reached.items() if ms <= limit
                }


@settings(max_examples=100, deadline=None)
@given(towns(), st.integers(1, 60))
def test_a_longer_walk_to_the_door_adds_itself_to_every_time(make_network, town, walk_ms):
    nodes, streets, stations, place = town
    network = small_network(make_network, nodes, streets)
    further = [(street, fraction, ms + walk_ms) for street, fraction, ms in stations]
    there, back, _ = answers(network, stations, place)
    further_there, further_back, _ = answers(network, further, place)

    assert further_there == [None if ms is None else ms + walk_ms for ms in there]
    assert further_back == [None if ms is None else ms + walk_ms for ms in back]
