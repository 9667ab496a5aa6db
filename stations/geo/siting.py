"""Siting: which options to add so that most is covered. Reach comes in; no travel time is computed here.

Every question is one of covering rows: a row is weighted demand, an option covers some rows, and the weight of the
covered rows is to be greatest. Most newly covered demand asks it of demand points and hours. Least mean travel time
asks it of the seconds saved, see `saving_blocks`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stations.geo.cover_rows import ENOUGH, CoverRows
from stations.geo.siting_kernels import choose

KICKS = 16
"""Fresh starts from the best choice so far; more find little more."""
MOST_WORK = 60_000_000
"""Pairs of row and option that fresh starts go through: larger questions get fewer of them."""
SEED = 1
STEPS_OF_COST = 1_000
"""Costs are told apart to a thousandth when the cheapest choice is looked for."""
MOST_TRIED = 20


def choose_options(rows: CoverRows, *, budget: float) -> NDArray[np.int64]:
    """Return the numbers of the options to choose within a budget, rising: good at once, seldom the best there is.

    Floors are reached first, where a choice was found that does.
    """
    kicks = min(KICKS, MOST_WORK // (1 + 50 * len(rows.row)))
    return np.flatnonzero(choose(rows, float(budget), kicks, SEED))


def cheapest_options(rows: CoverRows, *, target: float) -> NDArray[np.int64] | None:
    """Return the cheapest choice found that covers at least the weight `target` and reaches all floors.

    `None` where all options together do not.
    """
    best = np.arange(len(rows.cost))

    def does(budget: int) -> bool:
        nonlocal best
        chosen = choose_options(rows, budget=budget * step)
        enough = rows.value(chosen) >= target * ENOUGH and rows.holds(chosen)
        best = chosen if enough else best
        return enough

    if not (rows.value(best) >= target * ENOUGH and rows.holds(best)):
        return None
    step = int(np.gcd.reduce(np.maximum(1, np.rint(rows.cost * STEPS_OF_COST)).astype(np.int64))) / STEPS_OF_COST
    low, high, most = 0, max(1, round(float(rows.cost.min()) / step)), int(np.ceil(rows.cost.sum() / step))
    while high < most and not does(high):
        low, high = high + 1, 2 * high
    high = min(high, most)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if does(middle) else (middle + 1, high)
    return without_idle(rows, best)


def without_idle(rows: CoverRows, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a choice without the options that cover nothing which the others do not, the dearest dropped first."""
    kept = set(chosen.tolist())
    times = np.bincount(
        np.concatenate([np.empty(0, np.int32), *map(rows.covered_by, kept)]), minlength=len(rows.weight)
    )
    for option in sorted(kept, key=lambda one: (-rows.cost[one], one)):
        own = rows.covered_by(option)
        if (times[own] > 1).all():
            times[own] -= 1
            kept.remove(option)
    return np.array(sorted(kept), dtype=np.int64)


def in_order_of_gain(rows: CoverRows, chosen: NDArray[np.int64]) -> list[tuple[int, float]]:
    """Return chosen options with what each adds to those before it, the one that adds most first."""
    covered = np.zeros(len(rows.weight), dtype=bool)
    left, order = chosen.tolist(), []
    while left:
        gains = [float(rows.weight[fresh[~covered[fresh]]].sum()) for fresh in map(rows.covered_by, left)]
        best = int(np.argmax(gains))
        option = left.pop(best)
        order.append((option, gains[best]))
        covered[rows.covered_by(option)] = True
    return order


def next_best(
    rows: CoverRows, chosen: NDArray[np.int64], instead_of: int, *, not_these: NDArray[np.bool_] | None = None
) -> tuple[int, float] | None:
    """Return the option that would do best in place of a chosen one, and what it adds there; `None` if none adds.

    It costs no more, keeps the floors that the choice reaches, and is none of `chosen` and of `not_these` (bool (C,)).
    """
    others = chosen[chosen != instead_of]
    fresh = np.where(rows.covered(others), 0.0, rows.weight)
    gains = np.add.reduceat(np.append(fresh[rows.row], 0.0), rows.offset[:-1]) * (np.diff(rows.offset) > 0)
    gains[chosen] = 0.0
    gains[rows.cost > rows.cost[instead_of]] = 0.0
    if not_these is not None:
        gains[not_these] = 0.0
    reached = rows.holds(chosen)
    for option in np.argsort(-gains, kind="stable")[:MOST_TRIED].tolist():
        if gains[option] > 0 and (not reached or rows.holds(np.append(others, option))):
            return option, float(gains[option])
    return None
