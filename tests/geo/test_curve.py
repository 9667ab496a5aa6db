"""The order of places along a curve."""

from __future__ import annotations

import numpy as np
import pytest

from stations.geo.curve import curve_order


def test_the_curve_goes_through_quarters_one_after_the_other():
    # Cells of a 4 x 4 grid by rows from the bottom; a quarter is left only when all its four cells are done, each of
    # them visited left to right, then up.
    y, x = (axis.ravel().astype(float) for axis in np.mgrid[0:4, 0:4])
    assert curve_order(x, y).tolist() == [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_places_on_one_spot_stay_in_order(count):
    assert curve_order(np.full(count, 7.0), np.full(count, -3.0)).tolist() == list(range(count))
