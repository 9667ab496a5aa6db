"""How computed minutes compare with observed ones, and which speed would have fitted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stations.model.trips import FEWEST_TRIPS


def trip_errors(computed_min: NDArray[np.float64], observed_min: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return bias and mean absolute error of K trips in minutes, `None` without a trip.

    Parameters
    ----------
    computed_min, observed_min
        Minutes of the same trips; shape (K,). The bias is the mean of computed minus observed.
    """
    if not len(computed_min):
        return None
    error_min = computed_min - observed_min
    return float(error_min.mean()), float(np.abs(error_min).mean())


def fit_network_factor(
    network_min: NDArray[np.float64], fixed_min: NDArray[np.float64], observed_min: NDArray[np.float64]
) -> float | None:
    """Return the factor on network time that brings K trips closest to what was observed, by least squares.

    With network time n and fixed time f computed at speed v, another speed w gives the time f + k n, where k = v / w:
    time on the road goes with the inverse of speed, parking does not. The sum over the trips of (o - f - k n)²,
    o being the observed time, is smallest where its derivative by k is zero: sum(n (o - f)) - k sum(n²) = 0, so
    k = sum(n (o - f)) / sum(n²), and the speed that fits best is w = v / k. Long trips weigh more than short ones.

    Parameters
    ----------
    network_min, fixed_min, observed_min
        Minutes of the same trips; shape (K,).

    Returns
    -------
    float or None
        k, above 0. `None` where the trips do not tell: fewer than `FEWEST_TRIPS`, none with any network time, or
        observed times that the fixed parts alone exceed.
    """
    if len(network_min) < FEWEST_TRIPS or not network_min.any():
        return None
    factor = float(network_min @ (observed_min - fixed_min) / (network_min @ network_min))
    return factor if factor > 0 else None
