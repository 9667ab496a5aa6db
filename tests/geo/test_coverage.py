"""Coverage of demand small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.geo.coverage import (
    NOBODY,
    CoverState,
    Times,
    count_stations,
    cover_demand,
    group_by_near,
    soonest_ms,
    weigh_choices,
    weighted_quantile,
    within_cutoff,
)
from stations.geo.kernels import UNREACHED

# Three stations; five demand points: near 0, near 1, near 2, far from all, off the network.
TIMES = np.array(
    [
        [60_000, 900_000, UNREACHED],
        [900_000, 120_000, UNREACHED],
        [UNREACHED, UNREACHED, 180_000],
        [UNREACHED, UNREACHED, UNREACHED],
        [UNREACHED, UNREACHED, UNREACHED],
    ],
    dtype=np.uint32,
)
ON_NETWORK = np.array([True, True, True, True, False])
COVERED, GAP, UNKNOWN = CoverState.COVERED, CoverState.GAP, CoverState.UNKNOWN


def cover(*, sure, perhaps=(), cutoff_ms=300_000, extra_ms=0):
    return cover_demand(
        Times(TIMES, np.full(3, extra_ms, dtype=np.int64), ON_NETWORK),
        sure=np.isin(np.arange(3), sure),
        perhaps=np.isin(np.arange(3), perhaps),
        cutoff_ms=cutoff_ms,
    )


def test_demand_is_covered_by_the_soonest_station_that_counts():
    found = cover(sure=(0, 1, 2))

    assert found.state.tolist() == [COVERED, COVERED, COVERED, GAP, UNKNOWN]
    assert found.seconds[:3].tolist() == [60.0, 120.0, 180.0]
    assert np.isinf(found.seconds[3])
    assert np.isnan(found.seconds[4])


def test_a_station_of_unknown_state_makes_what_only_it_reaches_unknown():
    found = cover(sure=(0,), perhaps=(1,))

    assert found.state.tolist() == [COVERED, UNKNOWN, GAP, GAP, UNKNOWN]
    assert found.seconds[1] == 900.0


@pytest.mark.parametrize(("cutoff_ms", "state"), [(90_000, COVERED), (89_999, GAP)])
def test_the_cutoff_is_inclusive_with_parking_in_it(cutoff_ms, state):
    assert cover(sure=(0,), cutoff_ms=cutoff_ms, extra_ms=30_000).state[0] == state


def test_no_station_that_counts_leaves_gaps():
    assert cover(sure=()).state.tolist() == [GAP, GAP, GAP, GAP, UNKNOWN]


@settings(deadline=None)
@given(st.data())
def test_many_choices_at_once_weigh_what_each_weighs_alone(data):
    # Up to 140 stations are three words of bits; catchments overlap, and nobody is counted twice.
    stations, places, choices = (data.draw(st.integers(1, most)) for most in (140, 12, 6))
    chance = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    near = chance.random((places, stations)) < data.draw(st.sampled_from([0.01, 0.1, 0.6]))
    sure, perhaps = (chance.random((choices, stations)) < share for share in (0.05, 0.05))
    weight = chance.integers(1, 9, places).astype(float)
    covered, unknown = weigh_choices(group_by_near(near, weight), sure, perhaps)

    for choice in range(choices):
        hit = (near & sure[choice]).any(axis=1)
        maybe = (near & perhaps[choice]).any(axis=1) & ~hit
        assert (covered[choice], unknown[choice]) == (weight[hit].sum(), weight[maybe].sum())
    assert (covered + unknown <= weight.sum()).all()


def test_no_stations_and_no_demand_weigh_nothing():
    sets = group_by_near(np.zeros((3, 0), dtype=bool), np.ones(3))
    covered, unknown = weigh_choices(sets, np.zeros((2, 0), dtype=bool), np.zeros((2, 0), dtype=bool))

    assert (covered.tolist(), unknown.tolist()) == ([0, 0], [0, 0])


def test_stations_in_reach_are_counted():
    times = Times(TIMES, np.zeros(3, dtype=np.int64), ON_NETWORK)
    count, last = count_stations(times, np.array([True, True, True]), cutoff_ms=900_000)

    assert count.tolist() == [2, 2, 1, 0, 0]
    assert (last[2], last[3]) == (2, NOBODY)
    assert within_cutoff(times, cutoff_ms=900_000).sum(axis=1).tolist() == count.tolist()


def test_of_equal_times_the_first_station_counts():
    times = Times(np.full((1, 3), 60_000, dtype=np.uint32), np.array([5, 0, 0], dtype=np.int64), np.array([True]))
    soonest, which = soonest_ms(times, np.array([True, True, True]))

    assert (soonest.tolist(), which.tolist()) == ([60_000], [1])


def test_a_slower_speed_takes_longer_but_parking_does_not():
    times = Times(np.array([[100_000]], dtype=np.uint32), np.array([60_000], dtype=np.int64), np.array([True]))

    assert soonest_ms(times, np.array([True]), slower=1.25)[0].tolist() == [185_000]


@pytest.mark.parametrize(
    ("values", "weights", "share", "expected"),
    [
        ([1, 2, 3], [1, 1, 1], 0.5, 2),
        ([3, 1, 2], [1, 1, 1], 0.5, 2),
        ([1, 2], [1, 1], 0.5, 1),  # half of the weight lies at or below 1
        ([1, 2, 3], [10, 1, 1], 0.9, 2),  # 10 of 12 are less than 90 %, 11 are more
        ([1, 2, 3], [10, 1, 1], 0.8, 1),
        ([1, np.inf], [1, 9], 0.5, None),
        ([1, np.inf], [9, 1], 0.9, 1),
        ([5], [0], 0.5, None),
        ([], [], 0.5, None),
    ],
)
def test_weighted_quantiles(values, weights, share, expected):
    assert weighted_quantile(np.array(values, dtype=float), np.array(weights, dtype=float), share) == expected


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), min_size=1), st.sampled_from([0.1, 0.5, 0.9, 1.0]))
def test_a_weighted_quantile_is_that_of_the_values_written_out(pairs, share):
    written_out = sorted(value for value, weight in pairs for _ in range(weight))
    place = int(np.ceil(round(share * len(written_out), 9))) - 1
    values, weights = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))

    assert weighted_quantile(values, weights, share) == written_out[place]
