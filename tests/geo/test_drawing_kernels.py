"""Rings round random fields: valid whatever the field, and round what they should be round, thinned or not."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from stations.geo.drawing_kernels import HAIR_M, find_reached, find_rest, take_field, thin_rings, trace_rings
from stations.geo.roads import NO_WAY

LEAST = float(HAIR_M)
VALUES = st.one_of(
    st.sampled_from([-LEAST, LEAST, -1.0, 1.0]),
    st.floats(LEAST, 1000, width=32, exclude_min=True),
    st.floats(-1000, -LEAST, width=32, exclude_max=True),
)
FIELDS = arrays.arrays(np.float32, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=VALUES)


def framed(inner):
    """Return a field with a frame that is outside, nearly on the line where `HAIR_M` is."""
    return np.pad(inner.astype(np.float32), 1, constant_values=LEAST)


def polygons_of(points, ring, area):
    """Return the areas, each with the first of its rings as its shell."""
    rings = [shapely.LinearRing(points[ring == number]) for number in range(len(area))]
    return [
        shapely.Polygon(rings[own[0]], [rings[number] for number in own[1:]])
        for own in (np.flatnonzero(area == number) for number in range(area.max(initial=-1) + 1))
    ]


def assert_round_what_is_inside(field, polygons):
    drawn = shapely.MultiPolygon(polygons)
    row, column = np.indices(field.shape)

    assert shapely.is_valid(drawn), shapely.is_valid_reason(drawn)
    assert np.array_equal(shapely.contains_xy(drawn, column, row), field < 0)


@settings(max_examples=300, deadline=None)
@given(FIELDS, st.floats(0.01, 3))
@example(np.where(np.indices((9, 9)).sum(axis=0) % 2, -1, 1), 1.0)  # a chequerboard: every square is a saddle
@example(np.where(np.indices((8, 8)).sum(axis=0) % 2, -LEAST, LEAST), 3.0)
@example(-np.ones((1, 1)), 3.0)
def test_rings_never_touch_and_go_round_what_is_inside(inner, tolerance):
    field = framed(inner)
    points, ring, area = trace_rings(field)
    kept = thin_rings(points, ring, tolerance)

    assert_round_what_is_inside(field, polygons_of(points, ring, area))
    assert_round_what_is_inside(field, polygons_of(points[kept], ring[kept], area))


@settings(max_examples=100, deadline=None)
@given(FIELDS, st.floats(0.01, 0.5))
def test_a_thinned_line_stays_within_the_tolerance(inner, tolerance):
    points, ring, area = trace_rings(framed(inner))
    kept = thin_rings(points, ring, tolerance)

    for number in range(len(area)):
        thin = shapely.LinearRing(points[kept & (ring == number)])
        off = shapely.distance(thin, shapely.points(points[ring == number]))
        assert off.max() <= tolerance + 1e-9


def test_a_straight_line_is_thinned_to_its_corners():
    # A block of 3 by 40 points, everything 1 inside and 1 outside: an octagon whose corners are cut at half a cell.
    field = framed(-np.ones((3, 40)))
    field[field > 0] = 1.0
    points, ring, _ = trace_rings(field)

    assert len(points) == 2 * (3 + 40) + 1
    assert thin_rings(points, ring, 0.01).sum() in (8 + 1, 8 + 2)  # where the ring begins a point stays


def test_a_hole_and_an_island_in_it_are_told_apart():
    inner = -np.ones((9, 9))
    inner[2:7, 2:7] = 1
    inner[4, 4] = -1
    points, ring, area = trace_rings(framed(inner))
    outer, island = polygons_of(points, ring, area)

    assert area.tolist() == [0, 0, 1]
    assert len(outer.interiors) == 1
    assert island.centroid.coords[0] == pytest.approx((5, 5))


@pytest.mark.parametrize(
    ("reached_m", "rest_m", "outside_m"),
    [
        (0, 100, -50),  # on a reached street
        (30, 100, -20),
        (50, 100, -LEAST),  # on the line: inside, by a hair
        (60, 100, 10),
        (30, 20, -LEAST),  # 1.5 times nearer to the rest: the line again
        (30, 10, 15),
        (20, 20, -10),
        (0, 0, -LEAST),
    ],
)
def test_outside_is_what_is_far_or_nearer_to_the_rest(reached_m, rest_m, outside_m):
    field = np.array([[reached_m**2]], dtype=np.float32)
    take_field(field, np.array([[rest_m**2]], dtype=np.float32), 50.0, 1.5)

    assert field[0, 0] == pytest.approx(outside_m, abs=1e-4)


def find(along, against, times, cutoff_ms):
    node = np.arange(2, dtype=np.int32)
    costs = (np.array([ms], dtype=np.uint32) for ms in (along, against))
    found = find_reached(node[:1], node[1:], *costs, np.array(times, dtype=np.float64), cutoff_ms)
    return list(zip(*(part.round(9).tolist() for part in found), strict=True))


@pytest.mark.parametrize(
    ("along", "against", "times", "expected"),
    [
        (100, 100, (60, np.inf), [(0, 0.0, 0.4)]),  # 40 of 100 ms are left at the first node
        (100, 100, (60, 50), [(0, 0.0, 0.4), (0, 0.5, 1.0)]),
        (100, 100, (40, 60), [(0, 0.0, 1.0)]),  # 0.6 and 0.4 meet
        (100, 100, (10, 20), [(0, 0.0, 1.0)]),
        (100, NO_WAY, (0, 60), [(0, 0.6, 1.0)]),
        (NO_WAY, NO_WAY, (0, 0), []),
        (100, 100, (100, 101), [(0, 0.0, 0.0)]),  # just its first node
    ],
)
def test_pieces_are_found_from_both_ends_and_joined(along, against, times, expected):
    assert find(along, against, times, 100.0) == expected


def test_the_rest_is_what_the_pieces_leave_of_usable_streets_near():
    # Four streets of 100 m eastwards from x = 0, 1000 m apart in y; only those near y = 0 to 1000, one of no use.
    street, start, end = np.array([0, 0], dtype=np.int32), np.array([0.2, 0.5]), np.array([0.4, 0.8])
    usable = np.array([1, 1, NO_WAY, 1], dtype=np.uint32)
    y = np.repeat([0.0, 1000.0, 500.0, 3000.0], 2)
    shapes = np.arange(0, 9, 2), np.tile([0.0, 100.0], 4), y
    found = find_rest(street, start, end, usable, usable, np.full(4, 100.0), *shapes, -50.0, -50.0, 150.0, 1050.0)

    assert list(zip(*(part.tolist() for part in found), strict=True)) == [
        (0, 0.0, 0.2),
        (0, 0.4, 0.5),
        (0, 0.8, 1.0),
        (1, 0.0, 1.0),
    ]
