"""Reached pieces by hand, and polygons against the true buffer of the pieces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
import shapely.ops
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.geo.catchment import CELL_M, REACH_M, StreetPieces, draw_polygon, reached_pieces
from stations.geo.roads import NO_WAY
from stations.geo.seats import Seats
from stations.geo.snap import OFF_NETWORK, street_lines
from stations.geo.table_build import compute_table
from stations.model.keys import TravelMode

WALK = TravelMode.WALK
LINE = {"A": (0.0, 0.0), "B": (600.0, 0.0), "C": (1200.0, 0.0)}


def table_with(network, *stations):
    street, fraction, walk_ms = zip(*stations, strict=True)
    seats = Seats(
        np.array(street, dtype=np.int32),
        np.array(fraction, dtype=np.float64),
        np.array(walk_ms, dtype=np.uint32),
        np.ones(len(street), dtype=bool),
    )
    *_, table = compute_table(network, WALK, seats, limit_ms=35 * 60_000)
    return table


def pieces_of(network, table, *, cutoff_ms, extra_ms=0):
    extra = np.full(len(table.seats.street), extra_ms, dtype=np.int64)
    pieces = reached_pieces(network, table, np.arange(len(extra)), extra, cutoff_ms=cutoff_ms)
    rows = zip(pieces.street.tolist(), pieces.start.round(6).tolist(), pieces.end.round(6).tolist(), strict=True)
    return sorted(set(rows))


def test_a_street_is_reached_as_far_back_as_the_cutoff_allows(make_network):
    # 600 s a street, station at C with 60 s to the door. 900 s: 840 s of street: all of B-C, 240 s of A-B = 0.4.
    network = make_network(LINE, [("A", "B", 600_000, 600_000), ("B", "C", 600_000, 600_000)])
    table = table_with(network, (1, 1.0, 60_000))

    pieces = pieces_of(network, table, cutoff_ms=900_000)

    assert (0, 0.6, 1.0) in pieces
    assert (1, 0.0, 1.0) in pieces
    assert all(start >= 0.6 for street, start, _ in pieces if street == 0)


def test_only_the_side_that_leads_to_the_station_is_reached(make_network):
    # One way A -> B -> C, the station half along B-C: nothing of the half beyond it leads there.
    network = make_network(LINE, [("A", "B", 600_000, None), ("B", "C", 600_000, None)])
    table = table_with(network, (1, 0.5, 0))

    assert pieces_of(network, table, cutoff_ms=450_000) == [(0, 0.75, 1.0), (1, 0.0, 0.5)]


def test_parking_and_the_walk_from_the_gate_shorten_the_reach(make_network):
    network = make_network(LINE, [("A", "B", 600_000, 600_000), ("B", "C", 600_000, 600_000)])
    table = table_with(network, (1, 0.5, 0))

    assert pieces_of(network, table, cutoff_ms=120_000, extra_ms=60_000) == [(1, 0.4, 0.6)]
    assert pieces_of(network, table, cutoff_ms=59_999, extra_ms=60_000) == []


def test_a_station_off_the_network_has_no_catchment(make_network):
    network = make_network(LINE, [("A", "B", 600_000, 600_000), ("B", "C", 600_000, 600_000)])
    table = table_with(network, (OFF_NETWORK, 0.0, 0))

    assert pieces_of(network, table, cutoff_ms=900_000) == []


def test_nothing_reached_draws_nothing(make_network):
    network = make_network(LINE, [("A", "B", 1, 1)])
    nothing = StreetPieces(np.empty(0, dtype=np.int32), np.empty(0), np.empty(0))

    assert draw_polygon(network, WALK, nothing).is_empty


@pytest.fixture(scope="module")
def block(make_network):
    """Four streets round a block of 600 m: a ring with a hole."""
    corners = {"A": (0.0, 0.0), "B": (600.0, 0.0), "C": (600.0, 600.0), "D": (0.0, 600.0)}
    return make_network(corners, [("A", "B", 1, 1), ("B", "C", 1, 1), ("C", "D", 1, 1), ("D", "A", 1, 1)])


def whole(network):
    count = len(network.street_from)
    return StreetPieces(np.arange(count, dtype=np.int32), np.zeros(count), np.ones(count))


def test_holes_are_kept(block):
    polygon = draw_polygon(block, WALK, whole(block))

    assert polygon.is_valid
    assert [len(part.interiors) for part in polygon.geoms] == [1]


PARTS = st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6)


def pieces_from(parts):
    street, start, end = np.array([(street, min(a, b), max(a, b)) for street, a, b in parts]).T
    order = np.lexsort((start, street))
    return StreetPieces(street[order].astype(np.int32), start[order], end[order])


def lines_of(network, pieces):
    streets = street_lines(network)
    return [
        shapely.ops.substring(streets[street], start, end, normalized=True)
        for street, start, end in zip(pieces.street, pieces.start, pieces.end, strict=True)
    ]


@settings(max_examples=25, deadline=None)
@given(PARTS)
def test_where_nothing_else_can_be_used_the_area_is_that_of_the_true_buffer(block, parts):
    pieces = pieces_from(parts)
    true = shapely.union_all([line.buffer(REACH_M, quad_segs=32) for line in lines_of(block, pieces)])
    closed = np.full(4, NO_WAY)
    lone = replace(block, forward_ms={WALK: closed}, backward_ms={WALK: closed})
    drawn = draw_polygon(lone, WALK, pieces)

    assert drawn.is_valid
    assert drawn.area == pytest.approx(true.area, rel=0.03)


@settings(max_examples=50, deadline=None)
@given(PARTS)
def test_what_is_reached_is_inside_and_what_is_not_is_outside(block, parts):
    pieces = pieces_from(parts)
    reached = shapely.union_all(lines_of(block, pieces))
    rest = shapely.difference(shapely.union_all(street_lines(block)), reached.buffer(1e-6))
    ends_m = 2 * len(parts) * CELL_M  # at every end the line may be off by a cell
    for tolerance_m in (0.0, 8.0):
        drawn = draw_polygon(block, WALK, pieces, tolerance_m=tolerance_m)

        assert drawn.is_valid
        assert shapely.difference(reached, drawn).length <= ends_m
        assert shapely.intersection(rest, drawn).length <= ends_m


def test_a_street_is_cut_where_it_is_no_longer_reached(make_network):
    # Reached from x = 0 to 600 of 1200 m. At (620, 40) the cut is 44.7 m away and the rest 40 m: not 1.5 times nearer.
    # At (630, 20) 36.1 and 20 m, at (640, 0) 40 and 0 m.
    network = make_network({"A": (0.0, 0.0), "B": (1200.0, 0.0)}, [("A", "B", 1, 1)])
    drawn = draw_polygon(network, WALK, pieces_from([(0, 0.0, 0.5)]))

    inside = [(0, 45), (590, 0), (590, 45), (605, -40), (620, 40), (-40, 0)]
    outside = [(610, 0), (630, 20), (640, 0), (640, -20), (660, 0), (300, 55)]
    assert all(drawn.contains(shapely.Point(point)) for point in inside)
    assert not any(drawn.contains(shapely.Point(point)) for point in outside)


def test_fewer_points_draw_nearly_the_same(block):
    drawn, thin = (draw_polygon(block, WALK, whole(block), tolerance_m=tolerance_m) for tolerance_m in (0.0, 8.0))

    assert thin.is_valid
    assert shapely.get_num_coordinates(thin) < 0.3 * shapely.get_num_coordinates(drawn)
    assert shapely.hausdorff_distance(thin.boundary, drawn.boundary) <= 8.0


def test_a_street_within_reach_from_both_ends_is_one_piece(make_network):
    # The station at B, where a ring of 600 s begins and ends: 400 s of it from either end are all of it.
    network = make_network({"A": (0.0, 0.0), "B": (600.0, 0.0)}, [("A", "B", 600_000, 600_000)] * 2)
    table = table_with(network, (0, 1.0, 0))

    assert pieces_of(network, table, cutoff_ms=900_000).count((1, 0.0, 1.0)) == 1
