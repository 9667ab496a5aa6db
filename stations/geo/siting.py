"""Siting: which options to add so that most is covered. Reach comes in; no travel time is computed here.

Every question is one of covering rows: a row is weighted demand, an option covers some rows, and the weight of the
covered rows is to be greatest. Most newly covered demand asks it of demand points and hours. Least mean travel time
asks it of the seconds saved, see `saving_blocks`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stations.geo.cover_rows import ENOUGH, NOBODY, CoverRows
from stations.geo.siting_kernels import choose, gains_in_place

KICKS = 16
"""Fresh starts from the best choice so far; more find little more."""
MOST_WORK = 200_000_000
"""Pairs of row and option that exchanges go through: on larger questions fewer are tried."""
SEED = 1
STEPS_OF_COST = 1_000
"""Costs are told apart to a thousandth when the cheapest choice is looked for."""
STARTS_OF_CHEAPEST = 8
MOST_TRIED = 20


def choose_options(rows: CoverRows, *, budget: float, most_work: int = MOST_WORK) -> NDArray[np.int64]:
    """Return the numbers of the options to choose within a budget, rising: good at once, seldom the best there is.

    Floors are reached first, where a choice was found that does.
    """
    passes = max(1, most_work // max(1, len(rows.row)))
    return np.flatnonzero(choose(rows, float(budget), KICKS, passes, SEED))


def cheapest_options(rows: CoverRows, *, target: float) -> NDArray[np.int64] | None:
    """Return the cheapest choice found that covers at least the weight `target` and reaches all floors.

    `None` where all options together do not.
    """
    best = np.arange(len(rows.cost))

    def does(budget: int) -> bool:
        nonlocal best
        chosen = choose_options(rows, budget=budget * step, most_work=MOST_WORK // STARTS_OF_CHEAPEST)
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


def next_best(
    rows: CoverRows, chosen: NDArray[np.int64], *, not_these: NDArray[np.bool_]
) -> list[tuple[int, float] | None]:
    """Return for each chosen option which other would do best in its place, and what it adds there; `None`: none adds.

    It costs no more, keeps the floors that the choice reaches, and is none of `chosen` and of `not_these` (bool (C,)).
    No two have the same next best, where there are others that add anything.
    """
    gains, must_hold = gains_in_place(rows, chosen), rows.holds(chosen)
    gains[chosen], gains[not_these] = 0.0, 0.0
    times = _times_covered(rows, chosen)
    told = np.zeros(len(rows.cost), dtype=bool)
    found: list[tuple[int, float] | None] = []
    for number, option in enumerate(chosen.tolist()):
        here = np.where(rows.cost <= rows.cost[option], gains[:, number], 0.0)
        ranked = np.argsort(-here, kind="stable")[: MOST_TRIED + len(chosen)]
        ranked = np.concatenate([ranked[~told[ranked]], ranked[told[ranked]]])
        useful = (other for other in ranked.tolist() if here[other] > 0)
        best = next((one for one in useful if not must_hold or _holds_instead(rows, times, option, one)), None)
        found.append(None if best is None else (best, float(here[best])))
        if best is not None:
            told[best] = True
    return found


def _times_covered(rows: CoverRows, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many of the options `chosen` cover each row, int64 (R,)."""
    covered = np.concatenate([np.empty(0, np.int32), *map(rows.covered_by, chosen.tolist())])
    return np.bincount(covered, minlength=len(rows.weight))


def _holds_instead(rows: CoverRows, times: NDArray[np.int64], leaving: int, entering: int) -> bool:
    """Return whether the floors are reached when one option takes the place of another; `times` as it is now."""
    if not len(rows.need):
        return True
    left = times.copy()
    left[rows.covered_by(leaving)] -= 1
    left[rows.covered_by(entering)] += 1
    counted = (left > 0) & (rows.floor != NOBODY)
    reached = np.bincount(rows.floor[counted], weights=rows.part[counted], minlength=len(rows.need))
    return bool((reached >= rows.need * ENOUGH).all())
