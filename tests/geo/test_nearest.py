"""Nearest by straight line: the index finds what a look at every place finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.geo.nearest import EARTH_RADIUS_M, StraightLineIndex, straight_line_m

degrees = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def test_a_degree_along_the_equator_is_a_360th_of_the_circle():
    # 2 pi * 6,371,008.8 m / 360 = 111,195.08 m
    number, metres = StraightLineIndex([0.0, 2.0], [0.0, 0.0]).nearest([1.0], [0.0], 1)

    assert number.tolist() == [[0]]
    assert metres[0, 0] == pytest.approx(2 * np.pi * EARTH_RADIUS_M / 360, abs=1e-6)


@given(places=st.lists(degrees, min_size=1, max_size=40), origin=degrees, k=st.integers(1, 6))
def test_the_distances_are_those_of_a_look_at_every_place(places, origin, k):
    lon, lat = np.array(places).T
    number, metres = StraightLineIndex(lon, lat).nearest([origin[0]], [origin[1]], k)
    every = straight_line_m(*origin, lon, lat)

    # Near the antipode half an ulp of a chord is some centimetres.
    assert metres[0] == pytest.approx(np.sort(every)[:k], abs=0.2)
    assert every[number[0]] == pytest.approx(metres[0], abs=0.2)
    assert len(set(number[0].tolist())) == min(k, len(places))


def test_in_a_town_the_order_is_that_of_the_great_circle():
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(116.6, 116.9, 3000), rng.uniform(35.4, 35.7, 3000)
    at = rng.uniform(116.5, 117.0, 200), rng.uniform(35.3, 35.8, 200)
    number, metres = StraightLineIndex(lon, lat).nearest(*at, 5)

    for row, (x, y) in enumerate(zip(*at, strict=True)):
        every = straight_line_m(x, y, lon, lat)
        assert number[row].tolist() == np.argsort(every, kind="stable")[:5].tolist()
        assert metres[row] == pytest.approx(every[number[row]], abs=1e-5)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 9])
def test_equal_distances_go_by_number_also_at_the_last_place(k):
    lon, lat = np.array([5.0, 1.0, 1.0, 0.5, 1.0, 1.0]), np.zeros(6)
    number, metres = StraightLineIndex(lon, lat).nearest([0.0], [0.0], k)

    assert number[0].tolist() == [3, 1, 2, 4, 5, 0][:k]
    assert (np.diff(metres[0]) >= 0).all()


def test_equal_distances_go_by_number_among_many_on_few_spots():
    # 2000 places on nine spots: whole boxes lie equally far, and the smallest numbers may stand in any of them
    rng = np.random.default_rng(7)
    lon, lat = rng.integers(0, 3, 2000).astype(float), rng.integers(0, 3, 2000).astype(float)
    number, metres = StraightLineIndex(lon, lat).nearest(1.2, 1.1, 700)
    every = straight_line_m(1.2, 1.1, lon, lat)

    assert number[0].tolist() == np.lexsort((np.arange(2000), every.round(3)))[:700].tolist()
    assert metres[0] == pytest.approx(every[number[0]], abs=1e-5)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 1.0])
def test_only_those_allowed_are_found_in_the_order_of_all(share):
    rng = np.random.default_rng(11)
    lon, lat = rng.uniform(116.6, 116.9, 500).round(2), rng.uniform(35.4, 35.7, 500).round(2)  # several on one spot
    allowed, index = rng.random(500) < share, StraightLineIndex(lon, lat)
    for x, y in rng.uniform((116.5, 35.3), (117.0, 35.8), (40, 2)):
        order = np.lexsort((np.arange(500), straight_line_m(x, y, lon, lat).round(4)))

        assert index.nearest_of(allowed, x, y, 7).tolist() == [one for one in order.tolist() if allowed[one]][:7]


def test_among_no_places_none_is_found():
    nobody = StraightLineIndex([], [])

    assert nobody.nearest_of(np.zeros(0, dtype=bool), 116.8, 35.5, 3).tolist() == []
    assert nobody.nearest([116.8], [35.5], 3)[0].shape == (1, 0)


@pytest.mark.parametrize("place", [(np.nan, 0.0), (0.0, np.nan), (np.inf, 0.0)])
def test_a_place_that_is_nowhere_is_refused(place):
    with pytest.raises(ValueError, match="must be"):
        StraightLineIndex([0.0], [0.0]).nearest(*place, 1)
    with pytest.raises(ValueError, match="must be"):
        StraightLineIndex([place[0]], [place[1]])


def test_across_the_date_line_is_near():
    number, metres = StraightLineIndex([-179.9, 170.0], [0.0, 0.0]).nearest([179.9], [0.0], 2)

    assert number[0].tolist() == [0, 1]
    assert metres[0, 0] == pytest.approx(0.2 * 2 * np.pi * EARTH_RADIUS_M / 360, abs=1e-6)
