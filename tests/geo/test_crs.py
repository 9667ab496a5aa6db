from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from stations.geo.crs import local_crs, to_degrees, to_metres

CENTRE = (116.8235, 35.5567)


def test_the_centre_is_the_origin():
    x, y = to_metres(*CENTRE, crs=local_crs(*CENTRE))

    assert (float(x), float(y)) == pytest.approx((0.0, 0.0), abs=1e-6)


@pytest.mark.parametrize("azimuth", [0, 45, 90, 200])
def test_distances_of_a_district_are_true_to_a_centimetre_in_a_kilometre(azimuth):
    # the scale off the central meridian is 1 + d^2 / (2 R^2): at 20 km 1 + 4.9e-6, i.e. 5 mm in a km
    geod = Geod(ellps="WGS84")
    lon, lat, _ = geod.fwd(*CENTRE, azimuth, 20_000)
    near_lon, near_lat, _ = geod.fwd(lon, lat, 33, 1000)
    x, y = to_metres([lon, near_lon], [lat, near_lat], crs=local_crs(*CENTRE))

    assert np.hypot(x[1] - x[0], y[1] - y[0]) == pytest.approx(1000, abs=0.01)


def test_there_and_back_is_the_same_place():
    lon, lat = np.array([116.6, 116.9, 117.0]), np.array([35.4, 35.5, 35.7])
    back = to_degrees(*to_metres(lon, lat, crs=local_crs(*CENTRE)), crs=local_crs(*CENTRE))

    np.testing.assert_allclose(back, (lon, lat), atol=1e-10)


def test_a_cgcs2000_zone_is_east_first():
    # EPSG:4547 has its central meridian at 114 E with a false easting of 500 km; the CRS itself lists north first
    lon, lat = to_degrees([500_000.0], [2_500_000.0], crs="EPSG:4547")

    assert lon[0] == pytest.approx(114.0, abs=1e-6)
    assert 22.0 < lat[0] < 23.0
