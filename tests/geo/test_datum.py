from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from stations.geo.datum import from_wgs84, to_wgs84
from stations.model.keys import Datum

EARTH = Geod(ellps="WGS84")
YANZHOU = (116.8235, 35.5567)
SHIFTED = (Datum.GCJ02, Datum.BD09)

in_china = st.tuples(st.floats(73.5, 135.0), st.floats(3.5, 53.5))


def test_gcj02_is_half_a_kilometre_east_of_wgs84_at_yanzhou():
    lon, lat = from_wgs84(*YANZHOU, Datum.GCJ02)

    east_m = math.copysign(EARTH.inv(*YANZHOU, lon, YANZHOU[1])[2], lon - YANZHOU[0])
    north_m = math.copysign(EARTH.inv(*YANZHOU, YANZHOU[0], lat)[2], lat - YANZHOU[1])

    # measured at the middle of the district; within it the shift varies by some metres
    assert east_m == pytest.approx(499, abs=2)
    assert north_m == pytest.approx(-29, abs=3)


def test_bd09_is_one_and_a_quarter_kilometres_from_wgs84_at_yanzhou():
    assert EARTH.inv(*YANZHOU, *from_wgs84(*YANZHOU, Datum.BD09))[2] == pytest.approx(1254, abs=2)


def test_gcj02_worked_example_of_the_source():
    # coordtransform: WGS 84 116.404, 39.915 is GCJ-02 116.41024449916938, 39.91640428150164
    expected = (116.41024449916938, 39.91640428150164)

    assert from_wgs84(116.404, 39.915, Datum.GCJ02) == pytest.approx(expected, abs=1e-9)


def test_bd09_worked_example_of_the_source():
    # coordtransform: GCJ-02 116.404, 39.915 is BD-09 116.41036949371029, 39.92133699351021
    wgs84 = to_wgs84(116.404, 39.915, Datum.GCJ02)

    assert from_wgs84(*wgs84, Datum.BD09) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


@given(in_china, st.sampled_from(SHIFTED))
def test_there_and_back_is_within_a_millimetre(place, datum):
    back = to_wgs84(*from_wgs84(*place, datum), datum)

    assert EARTH.inv(*place, *back)[2] < 0.001


@given(in_china, st.sampled_from(SHIFTED))
def test_back_and_there_is_within_a_millimetre(written, datum):
    again = from_wgs84(*to_wgs84(*written, datum), datum)

    assert EARTH.inv(*written, *again)[2] < 0.001


@pytest.mark.parametrize("place", [(24.9414, 60.1710), (-8.61, 41.15), (151.2, -33.87), (0.0, 90.0), (-70.0, -90.0)])
@pytest.mark.parametrize("datum", Datum)
def test_outside_china_all_are_the_same(place, datum):
    assert from_wgs84(*place, datum) == place
    assert to_wgs84(*place, datum) == place


def test_wgs84_comes_back_to_the_last_bit():
    assert to_wgs84(116.1 + 1e-15, 35.2, Datum.WGS84) == (116.1 + 1e-15, 35.2)


@pytest.mark.parametrize("datum", Datum)
def test_arrays_are_converted_element_by_element(datum):
    lon = np.array([[116.8, 24.9, 121.5], [90.0, math.nan, 110.0]])
    lat = np.array([[35.5, 60.2, 31.2], [30.0, math.nan, 20.0]])

    there_lon, there_lat = from_wgs84(lon, lat, datum)
    back_lon, back_lat = to_wgs84(there_lon, there_lat, datum)

    assert there_lon.shape == back_lat.shape == lon.shape
    assert (there_lon[0, 2], there_lat[0, 2]) == pytest.approx(from_wgs84(121.5, 31.2, datum), abs=1e-12)
    np.testing.assert_allclose(back_lon, lon, atol=1e-9)
    np.testing.assert_allclose(back_lat, lat, atol=1e-9)


def test_what_was_handed_over_is_not_changed():
    lon, lat = np.array([116.8]), np.array([35.5])

    to_wgs84(lon, lat, Datum.BD09)

    assert (lon[0], lat[0]) == (116.8, 35.5)
