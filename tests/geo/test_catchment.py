"""Reached pieces by hand, and polygons against the true buffer of the pieces."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import shapely.ops
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.geo.catchment import REACH_M, StreetPieces, draw_polygon, reached_pieces
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
    *_, table = compute_table(network, WALK, seats, limit_ms=35 * 60_000, known={})
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

    assert draw_polygon(network, nothing).is_empty


@pytest.fixture(scope="module")
def block(make_network):
    """Four streets round a block of 600 m: a ring with a hole."""
    corners = {"A": (0.0, 0.0), "B": (600.0, 0.0), "C": (600.0, 600.0), "D": (0.0, 600.0)}
    return make_network(corners, [("A", "B", 1, 1), ("B", "C", 1, 1), ("C", "D", 1, 1), ("D", "A", 1, 1)])


def whole(network):
    count = len(network.street_from)
    return StreetPieces(np.arange(count, dtype=np.int32), np.zeros(count), np.ones(count))


def test_holes_are_kept(block):
    polygon = draw_polygon(block, whole(block))

    assert polygon.is_valid
    assert [len(part.interiors) for part in polygon.geoms] == [1]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6))
def test_the_area_is_that_of_the_true_buffer(block, parts):
    street = np.array([part[0] for part in parts], dtype=np.int32)
    start, end = np.sort(np.array([part[1:] for part in parts]), axis=1).T
    drawn = draw_polygon(block, StreetPieces(street, start, end))
    lines = street_lines(block)
    true = shapely.union_all(
        [
            shapely.ops.substring(lines[s], a, b, normalized=True).buffer(REACH_M, quad_segs=32)
            for s, a, b in zip(street, start, end, strict=True)
        ]
    )

    assert drawn.is_valid
    assert drawn.area == pytest.approx(true.area, rel=0.03)
