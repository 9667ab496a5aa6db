"""Compiled loops over which options cover which rows: take greedily, and exchange one for another while it helps."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

NOBODY = -1
KICKED = 0.2
TOO_SMALL = 1e-9
"""A gain below this share of all weight is rounding, not a gain."""


@njit(cache=True, nogil=True)
def gain_of(
    option: int,
    offset: NDArray[np.int64],
    row: NDArray[np.int32],
    weight: NDArray[np.float64],
    times: NDArray[np.int32],
) -> float:
    """Return the weight of the rows that `option` covers and nothing chosen does; `times` counts who covers a row."""
    total = 0.0
    for place in range(offset[option], offset[option + 1]):
        if times[row[place]] == 0:
            total += weight[row[place]]
    return total


@njit(cache=True, nogil=True)
def put(option: int, step: int, offset: NDArray[np.int64], row: NDArray[np.int32], times: NDArray[np.int32]) -> None:
    """Count one more (`step` 1) or one less (-1) that covers each row of `option`."""
    for place in range(offset[option], offset[option + 1]):
        times[row[place]] += step


@njit(cache=True, nogil=True)
def take_best(
    offset: NDArray[np.int64],
    row: NDArray[np.int32],
    weight: NDArray[np.float64],
    cost: NDArray[np.float64],
    budget: float,
    least: float,
    chosen: NDArray[np.bool_],
    times: NDArray[np.int32],
) -> float:
    """Choose what gains most for its cost, again and again while the budget lasts; return what is left of it.

    Nothing is chosen that gains no more than `least`. Of equal ones the first is.
    """
    while True:
        best, best_rate = NOBODY, 0.0
        for option in range(len(cost)):
            if chosen[option] or cost[option] > budget + TOO_SMALL:
                continue
            gain = gain_of(option, offset, row, weight, times)
            if gain > least and gain / cost[option] > best_rate * (1 + TOO_SMALL):
                best, best_rate = option, gain / cost[option]
        if best == NOBODY:
            return budget
        chosen[best] = True
        budget -= cost[best]
        put(best, 1, offset, row, times)


@njit(cache=True, nogil=True)
def exchange(
    offset: NDArray[np.int64],
    row: NDArray[np.int32],
    weight: NDArray[np.float64],
    cost: NDArray[np.float64],
    budget: float,
    least: float,
    chosen: NDArray[np.bool_],
    times: NDArray[np.int32],
) -> float:
    """Exchange one chosen option for another, always the pair that gains most, until none does; return the budget left.

    Source: M. B. Teitz and P. Bart, Heuristic methods for estimating the generalized vertex median, 1968; all pairs are
    weighed in one pass over the rows, after R. A. Whitaker, A fast algorithm for the greedy interchange, 1983.
    """
    count = len(cost)
    alone = np.empty(len(weight), dtype=np.int32)  # who covers a row that only one covers
    loss, shared = np.zeros(count), np.zeros(count)
    while True:
        inside = np.flatnonzero(chosen)
        alone[:] = NOBODY
        loss[:] = 0.0
        for option in inside:
            for place in range(offset[option], offset[option + 1]):
                if times[row[place]] == 1:
                    alone[row[place]] = option
                    loss[option] += weight[row[place]]
        best_in, best_out, best_gain = NOBODY, NOBODY, least
        for entering in range(count):
            if chosen[entering]:
                continue
            shared[inside] = 0.0
            gain = 0.0
            for place in range(offset[entering], offset[entering + 1]):
                at = row[place]
                if times[at] == 0:
                    gain += weight[at]
                elif alone[at] != NOBODY:
                    shared[alone[at]] += weight[at]
            for leaving in inside:
                if cost[entering] <= cost[leaving] + budget + TOO_SMALL:
                    change = gain + shared[leaving] - loss[leaving]
                    if change > best_gain:
                        best_in, best_out, best_gain = entering, int(leaving), change
        if best_in == NOBODY:
            return budget
        chosen[best_out], chosen[best_in] = False, True
        budget += cost[best_out] - cost[best_in]
        put(best_out, -1, offset, row, times)
        put(best_in, 1, offset, row, times)


@njit(cache=True, nogil=True)
def kick(chosen: NDArray[np.bool_], cost: NDArray[np.float64], budget: float) -> float:
    """Exchange about a fifth of what is chosen for others at random; return the budget left."""
    others = np.flatnonzero(~chosen)
    if len(others) == 0:
        return budget
    for option in np.flatnonzero(chosen):
        if np.random.random() < KICKED:
            chosen[option] = False
            budget += cost[option]
            other = others[np.random.randint(len(others))]
            if not chosen[other] and cost[other] <= budget + TOO_SMALL:
                chosen[other] = True
                budget -= cost[other]
    return budget


@njit(cache=True, nogil=True)
def choose(
    offset: NDArray[np.int64],
    row: NDArray[np.int32],
    weight: NDArray[np.float64],
    cost: NDArray[np.float64],
    budget: float,
    kicks: int,
    seed: int,
) -> NDArray[np.bool_]:
    """Return what to choose: greedy, exchanged; then again from the best with some exchanged at random, `kicks` times.

    Source: iterated local search, H. R. Lourenco, O. C. Martin, T. Stuetzle, 2003.
    """
    np.random.seed(seed)
    least = weight.sum() * TOO_SMALL
    best = np.zeros(len(cost), dtype=np.bool_)
    best_value = -1.0
    for attempt in range(kicks + 1):
        chosen = best.copy()
        left = budget - cost[chosen].sum()
        if attempt:
            left = kick(chosen, cost, left)
        times = np.zeros(len(weight), dtype=np.int32)
        for option in np.flatnonzero(chosen):
            put(int(option), 1, offset, row, times)
        before = -1.0
        while True:
            left = take_best(offset, row, weight, cost, left, least, chosen, times)
            left = exchange(offset, row, weight, cost, left, least, chosen, times)
            value = weight[times > 0].sum()
            if value <= before + least:
                break
            before = value
        if value > best_value + least:
            best, best_value = chosen, value
    return best


def warm_up_siting() -> None:
    """Compile the loops of this module, once for each machine."""
    offset, row = np.array([0, 1, 2], dtype=np.int64), np.zeros(2, dtype=np.int32)
    choose(offset, row, np.ones(1), np.ones(2), 1.0, 1, 1)
