"""Compiled loops over which options cover which rows: take greedily, and exchange one for another while it helps.

Reaching the floors comes first: the share of a floor that is reached counts `press` times, so that no weight makes up
for it.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from stations.geo.cover_rows import NOBODY, CoverRows

KICKED = 0.2
TOO_SMALL = 1e-9
"""A gain below this share of all weight is rounding, not a gain."""
PRESS = 1e6
"""A floor counts this many times all weight, in the share of it that is reached."""


@njit(cache=True, nogil=True)
def nearer_to_floors(rows: CoverRows, have: NDArray[np.float64], more: NDArray[np.float64]) -> float:
    """Return how many floors more are reached with `more` (F,) beside `have` (F,), in shares; may be below 0."""
    total = 0.0
    for floor in range(len(rows.need)):
        need = rows.need[floor]
        total += (min(need, have[floor] + more[floor]) - min(need, have[floor])) / need
    return total


@njit(cache=True, nogil=True)
def gain_of(
    option: int,
    rows: CoverRows,
    times: NDArray[np.int32],
    have: NDArray[np.float64],
    more: NDArray[np.float64],
    press: float,
) -> float:
    """Return what `option` adds: of the rows that nothing chosen covers; `times` counts who covers a row."""
    total = 0.0
    more[:] = 0.0
    for place in range(rows.offset[option], rows.offset[option + 1]):
        at = rows.row[place]
        if times[at] == 0:
            total += rows.weight[at]
            if rows.floor[at] != NOBODY:
                more[rows.floor[at]] += rows.part[at]
    return total + press * nearer_to_floors(rows, have, more)


@njit(cache=True, nogil=True)
def put(option: int, step: int, rows: CoverRows, times: NDArray[np.int32], have: NDArray[np.float64]) -> None:
    """Count one more (`step` 1) or one less (-1) that covers each row of `option`."""
    for place in range(rows.offset[option], rows.offset[option + 1]):
        at = rows.row[place]
        before = times[at]
        times[at] += step
        if rows.floor[at] != NOBODY and (before == 0 or times[at] == 0):
            have[rows.floor[at]] += step * rows.part[at]


@njit(cache=True, nogil=True)
def take_best(
    rows: CoverRows,
    budget: float,
    least: float,
    press: float,
    chosen: NDArray[np.bool_],
    times: NDArray[np.int32],
    have: NDArray[np.float64],
) -> float:
    """Choose what gains most for its cost, again and again while the budget lasts; return what is left of it.

    Nothing is chosen that gains no more than `least`. Of equal ones the first is. What an option gained once is the
    most that it gains later, so only those are weighed again that could still be the best.

    Source: M. Minoux, Accelerated greedy algorithms for maximizing submodular set functions, 1978.
    """
    count = len(rows.cost)
    rate, more = np.full(count, np.inf), np.zeros(len(rows.need))
    while True:
        best, best_rate = NOBODY, 0.0
        for option in range(count):
            if chosen[option] or rows.cost[option] > budget + TOO_SMALL or rate[option] <= best_rate * (1 + TOO_SMALL):
                continue
            gain = gain_of(option, rows, times, have, more, press)
            rate[option] = gain / rows.cost[option] if gain > least else 0.0
            if rate[option] > best_rate * (1 + TOO_SMALL):
                best, best_rate = option, rate[option]
        if best == NOBODY:
            return budget
        chosen[best] = True
        budget -= rows.cost[best]
        put(best, 1, rows, times, have)


@njit(cache=True, nogil=True)
def exchange(
    rows: CoverRows,
    budget: float,
    least: float,
    press: float,
    most: int,
    chosen: NDArray[np.bool_],
    times: NDArray[np.int32],
    have: NDArray[np.float64],
) -> tuple[float, int]:
    """Exchange one chosen option for another, always the pair that gains most, until none does or `most` are done.

    Returns the budget left and how many passes over all rows it took.

    Source: M. B. Teitz and P. Bart, Heuristic methods for estimating the generalized vertex median, 1968; all pairs are
    weighed in one pass over the rows, after R. A. Whitaker, A fast algorithm for the greedy interchange, 1983.
    """
    count, floors = len(rows.cost), len(rows.need)
    alone = np.empty(len(rows.weight), dtype=np.int32)  # who covers a row that only one covers
    loss, shared = np.zeros(count), np.zeros(count)
    loss_part, shared_part = np.zeros((count, floors)), np.zeros((count, floors))
    more, net = np.zeros(floors), np.zeros(floors)
    for passed in range(most):
        inside = np.flatnonzero(chosen)
        alone[:] = NOBODY
        loss[:] = 0.0
        loss_part[:] = 0.0
        for option in inside:
            for place in range(rows.offset[option], rows.offset[option + 1]):
                at = rows.row[place]
                if times[at] == 1:
                    alone[at] = option
                    loss[option] += rows.weight[at]
                    if rows.floor[at] != NOBODY:
                        loss_part[option, rows.floor[at]] += rows.part[at]
        best_in, best_out, best_gain = NOBODY, NOBODY, least
        for entering in range(count):
            if chosen[entering]:
                continue
            shared[inside] = 0.0
            for leaving in inside:
                shared_part[leaving, :] = 0.0
            more[:] = 0.0
            gain = 0.0
            for place in range(rows.offset[entering], rows.offset[entering + 1]):
                at = rows.row[place]
                if times[at] == 0:
                    gain += rows.weight[at]
                    if rows.floor[at] != NOBODY:
                        more[rows.floor[at]] += rows.part[at]
                elif alone[at] != NOBODY:
                    shared[alone[at]] += rows.weight[at]
                    if rows.floor[at] != NOBODY:
                        shared_part[alone[at], rows.floor[at]] += rows.part[at]
            for leaving in inside:
                if rows.cost[entering] <= rows.cost[leaving] + budget + TOO_SMALL:
                    change = gain + shared[leaving] - loss[leaving]
                    if floors:
                        for floor in range(floors):
                            net[floor] = more[floor] + shared_part[leaving, floor] - loss_part[leaving, floor]
                        change += press * nearer_to_floors(rows, have, net)
                    if change > best_gain:
                        best_in, best_out, best_gain = entering, int(leaving), change
        if best_in == NOBODY:
            return budget, passed + 1
        chosen[best_out], chosen[best_in] = False, True
        budget += rows.cost[best_out] - rows.cost[best_in]
        put(best_out, -1, rows, times, have)
        put(best_in, 1, rows, times, have)
    return budget, most


@njit(cache=True, nogil=True)
def drop_idle(
    rows: CoverRows, budget: float, chosen: NDArray[np.bool_], times: NDArray[np.int32], have: NDArray[np.float64]
) -> float:
    """Take out what covers nothing that the others do not; return the budget left."""
    for option in np.flatnonzero(chosen):
        idle = True
        for place in range(rows.offset[option], rows.offset[option + 1]):
            if times[rows.row[place]] == 1:
                idle = False
                break
        if idle:
            chosen[option] = False
            budget += rows.cost[option]
            put(int(option), -1, rows, times, have)
    return budget


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
def choose(rows: CoverRows, budget: float, kicks: int, most: int, seed: int) -> NDArray[np.bool_]:
    """Return what to choose: greedy, exchanged; then again from the best with some exchanged at random, `kicks` times.

    After `most` passes over all rows it ends with the best until then.

    Source: iterated local search, H. R. Lourenco, O. C. Martin, T. Stuetzle, 2003.
    """
    np.random.seed(seed)
    all_weight = rows.weight.sum()
    least = all_weight * TOO_SMALL
    press = PRESS * max(all_weight, 1.0)
    nothing = np.zeros(len(rows.need))
    best = np.zeros(len(rows.cost), dtype=np.bool_)
    best_value = -1.0
    for attempt in range(kicks + 1):
        if attempt and most <= 0:
            break
        chosen = best.copy()
        left = budget - rows.cost[chosen].sum()
        if attempt:
            left = kick(chosen, rows.cost, left)
        times, have = np.zeros(len(rows.weight), dtype=np.int32), np.zeros(len(rows.need))
        for option in np.flatnonzero(chosen):
            put(int(option), 1, rows, times, have)
        before = -1.0
        while True:
            left = drop_idle(rows, left, chosen, times, have)
            left = take_best(rows, left, least, press, chosen, times, have)
            left, passed = exchange(rows, left, least, press, most, chosen, times, have)
            most -= passed
            value = rows.weight[times > 0].sum() + press * nearer_to_floors(rows, nothing, have)
            if value <= before + least or most <= 0:
                break
            before = value
        if value > best_value + least:
            best, best_value = chosen, value
    return best


@njit(cache=True, nogil=True)
def gains_in_place(rows: CoverRows, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what every option would add in place of each of the `chosen` (P,), float64 (C, P)."""
    times, alone = np.zeros(len(rows.weight), dtype=np.int32), np.full(len(rows.weight), NOBODY, dtype=np.int32)
    for number, option in enumerate(chosen):
        for place in range(rows.offset[option], rows.offset[option + 1]):
            times[rows.row[place]] += 1
            alone[rows.row[place]] = number
    gains = np.zeros((len(rows.cost), len(chosen)))
    for option in range(len(rows.cost)):
        fresh = 0.0
        for place in range(rows.offset[option], rows.offset[option + 1]):
            at = rows.row[place]
            if times[at] == 0:
                fresh += rows.weight[at]
            elif times[at] == 1:
                gains[option, alone[at]] += rows.weight[at]
        gains[option] += fresh
    return gains


@njit(cache=True, nogil=True)
def order_by_gain(rows: CoverRows, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the `chosen` in the order in which each adds most to those before it; of equal ones the first."""
    times, have, more = np.zeros(len(rows.weight), dtype=np.int32), np.zeros(len(rows.need)), np.zeros(len(rows.need))
    order, most = np.empty_like(chosen), np.full(len(chosen), np.inf)
    for rank in range(len(chosen)):
        best, best_gain = NOBODY, -1.0
        for number in range(len(chosen)):
            if most[number] > best_gain:  # what it gained once is the most that it gains now
                most[number] = gain_of(chosen[number], rows, times, have, more, 0.0)
                if most[number] > best_gain:
                    best, best_gain = number, most[number]
        order[rank] = chosen[best]
        most[best] = -1.0
        put(chosen[best], 1, rows, times, have)
    return order


@njit(cache=True, nogil=True)
def take_option(
    seconds: NDArray[np.float64],
    serves: NDArray[np.bool_],
    hours: NDArray[np.float64],
    weight: NDArray[np.float64],
    cutoff_s: float,
    before: NDArray[np.float64],
    nearest: NDArray[np.int64],
    now: NDArray[np.float64],
    relieved: NDArray[np.float64],
) -> tuple[float, float, float]:
    """Lower `now` (J, D) by an option that is `seconds` (D,) away and serves at some kinds of hours (J,).

    Demand that comes nearer than it was `before` is added to `relieved` of its `nearest` station (J, D), where it has
    any. Returns the demand newly within the cutoff at any hour, the demand-hours, and the weighted seconds saved.
    """
    people, demand_hours, saved_s = 0.0, 0.0, 0.0
    for place in range(len(seconds)):
        newly = False
        for kind in range(len(hours)):
            if serves[kind] and seconds[place] < now[kind, place]:
                share = hours[kind] * weight[place]
                saved_s += share * (now[kind, place] - seconds[place])
                if seconds[place] <= cutoff_s < now[kind, place]:
                    newly = True
                    demand_hours += share
                now[kind, place] = seconds[place]
                if nearest[kind, place] != NOBODY and seconds[place] < before[kind, place]:
                    relieved[nearest[kind, place]] += share
        if newly:
            people += weight[place]
    return people, demand_hours, saved_s


def warm_up_siting() -> None:
    """Compile the loops of this module, once for each machine."""
    offset, row = np.array([0, 1, 2], dtype=np.int64), np.zeros(2, dtype=np.int32)
    one, chosen = np.ones(1), np.zeros(1, dtype=np.int64)
    rows = CoverRows(offset, row, one, np.ones(2), np.zeros(1, dtype=np.int32), one, one)
    choose(rows, 1.0, 1, 1, 1)
    gains_in_place(rows, chosen)
    order_by_gain(rows, chosen)
    there, nobody = np.zeros((1, 1)), np.full((1, 1), NOBODY, dtype=np.int64)
    take_option(one, np.ones(1, dtype=bool), one, one, 1.0, there, nobody, there.copy(), np.zeros(1))
