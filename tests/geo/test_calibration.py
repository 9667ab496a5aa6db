"""The factor on network time, worked out by hand and against speeds that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.geo.calibration import fit_network_factor, trip_errors


def minutes(*values):
    return np.array(values, dtype=np.float64)


def test_the_factor_by_hand():
    # n (o - f): 10 * 12 + 20 * 21 + 30 * 32 = 120 + 420 + 960 = 1500; n²: 100 + 400 + 900 = 1400.
    factor = fit_network_factor(minutes(10, 20, 30), minutes(1, 1, 1), minutes(13, 22, 33))

    assert factor == pytest.approx(15 / 14)


@pytest.mark.parametrize(
    ("network", "fixed", "observed", "why"),
    [
        ((), (), (), "no trip"),
        ((10, 20), (0, 0), (11, 21), "two trips"),
        ((0, 0, 0), (2, 2, 2), (3, 3, 3), "nothing but fixed time"),
        ((10, 20, 30), (9, 9, 9), (4, 4, 4), "sooner there than the fixed parts take"),
        ((10, 20, 30), (4, 4, 4), (4, 4, 4), "no time left for the road"),
    ],
)
def test_trips_that_tell_no_speed(network, fixed, observed, why):
    assert fit_network_factor(minutes(*network), minutes(*fixed), minutes(*observed)) is None


TRIPS = st.lists(st.tuples(st.floats(0.5, 35), st.floats(0, 10)), min_size=3, max_size=30)


@given(trips=TRIPS, set_kmh=st.floats(2, 60), true_kmh=st.floats(2, 60))
def test_trips_made_at_a_speed_give_that_speed_back(trips, set_kmh, true_kmh):
    network, fixed = np.array(trips).T
    metres = network * set_kmh / 0.06
    observed = metres / true_kmh * 0.06 + fixed
    factor = fit_network_factor(network, fixed, observed)

    assert factor is not None
    assert set_kmh / factor == pytest.approx(true_kmh)


@given(trips=TRIPS, noise=st.lists(st.floats(-3, 3), min_size=30, max_size=30))
def test_no_other_factor_is_closer(trips, noise):
    network, fixed = np.array(trips).T
    observed = 1.2 * network + fixed + noise[: len(network)]
    factor = fit_network_factor(network, fixed, observed)
    if factor is None:
        return

    def squares(k):
        return float(np.sum((fixed + k * network - observed) ** 2))

    assert squares(factor) <= min(squares(factor * 1.01), squares(factor * 0.99)) + 1e-9


def test_bias_and_mean_error_by_hand():
    # Errors: +2, -1, -4: bias -1, absolute 7 / 3.
    assert trip_errors(minutes(12, 4, 6), minutes(10, 5, 10)) == pytest.approx((-1, 7 / 3))


def test_no_trip_has_no_error():
    assert trip_errors(minutes(), minutes()) is None
