"""Siting: which options to add so that most is covered. Reach comes in; no travel time is computed here.

Every question is one of covering rows: a row is weighted demand, an option covers some rows, and the weight of the
covered rows is to be greatest. Most newly covered demand asks it of demand points (or of points and hours). Least mean
travel time asks it of a point's seconds saved, step by step: the row between two travel times is covered by every
option at least as near as the nearer one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.geo.siting_kernels import choose

KICKS = 16
"""Fresh starts from the best choice so far; more find little more."""
SEED = 1


@dataclass(frozen=True, slots=True)
class CoverRows:
    """R rows of weight and which of C options cover them.

    Attributes
    ----------
    offset, row
        int64 (C + 1,) and int32: option c covers ``row[offset[c]:offset[c + 1]]``, rising.
    weight
        float64 (R,), above zero.
    cost
        float64 (C,), above zero, in the unit of the budget.
    """

    offset: NDArray[np.int64]
    row: NDArray[np.int32]
    weight: NDArray[np.float64]
    cost: NDArray[np.float64]

    def covered_by(self, option: int) -> NDArray[np.int32]:
        """Return the rows of one option."""
        return self.row[self.offset[option] : self.offset[option + 1]]

    def value(self, chosen: NDArray[np.int64]) -> float:
        """Return the weight of the rows that any of the options `chosen` (their numbers) covers."""
        covered = np.zeros(len(self.weight), dtype=bool)
        for option in chosen.tolist():
            covered[self.covered_by(option)] = True
        return float(self.weight[covered].sum())


def cover_rows(
    covers: NDArray[np.bool_], weight: NDArray[np.float64], *, cost: NDArray[np.float64] | None = None
) -> CoverRows:
    """Return the rows of a matrix, those that the same options cover merged into one; every option costs 1 by default.

    Parameters
    ----------
    covers
        bool (R, C).
    weight
        float64 (R,); rows without weight, or that nothing covers, are left out.
    """
    useful = (weight > 0) & covers.any(axis=1)
    packed = np.packbits(covers[useful], axis=1)
    alike = packed.view(np.dtype((np.void, packed.shape[1]))).ravel() if packed.size else np.empty(0, dtype=np.void)
    _, first, group = np.unique(alike, return_index=True, return_inverse=True)
    merged = covers[useful][first].T
    option, row = np.nonzero(merged)
    return CoverRows(
        offset=np.searchsorted(option, np.arange(covers.shape[1] + 1)).astype(np.int64),
        row=row.astype(np.int32),
        weight=np.bincount(group, weights=weight[useful], minlength=len(first)).astype(np.float64),
        cost=np.ones(covers.shape[1]) if cost is None else cost,
    )


def saving_rows(seconds: NDArray[np.float64], now: NDArray[np.float64], weight: NDArray[np.float64]) -> CoverRows:
    """Return the rows of time saved: their covered weight is what options save of the weighted seconds of `now`.

    Parameters
    ----------
    seconds
        float64 (D, C) from each demand point to each option, inf where it is not reached.
    now
        float64 (D,), finite: the seconds without any option.

    Source: G. Cornuejols, G. L. Nemhauser, L. A. Wolsey, A canonical representation of simple plant location problems
    and its applications, 1980.
    """
    covers, weights = [], []
    for point in range(len(now)):
        steps = np.unique(np.append(seconds[point][seconds[point] < now[point]], now[point]))
        covers.append(seconds[point] <= steps[:-1, None])
        weights.append(np.diff(steps) * weight[point])
    return cover_rows(np.concatenate(covers), np.concatenate(weights))


def choose_options(rows: CoverRows, *, budget: float) -> NDArray[np.int64]:
    """Return the numbers of the options to choose within a budget, rising: good at once, seldom the best there is."""
    chosen = choose(rows.offset, rows.row, rows.weight, rows.cost, float(budget), KICKS, SEED)
    return np.flatnonzero(chosen)


def fewest_options(rows: CoverRows, *, target: float) -> NDArray[np.int64] | None:
    """Return as few options as were found to cover at least the weight `target`; `None` where all do not."""
    everything = np.arange(len(rows.cost))
    if rows.value(everything) < target * (1 - 1e-12):
        return None
    low, high, best = 0, len(rows.cost), everything
    while low < high:
        middle = (low + high) // 2
        chosen = choose_options(rows, budget=middle)
        if rows.value(chosen) >= target * (1 - 1e-12):
            high, best = middle, chosen
        else:
            low = middle + 1
    return best


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


def next_best(rows: CoverRows, chosen: NDArray[np.int64], instead_of: int) -> tuple[int, float] | None:
    """Return the option that would do best in place of a chosen one, and what it adds there; `None` if none adds."""
    covered = np.zeros(len(rows.weight), dtype=bool)
    for option in chosen[chosen != instead_of].tolist():
        covered[rows.covered_by(option)] = True
    fresh = np.where(covered, 0.0, rows.weight)
    gains = np.add.reduceat(np.append(fresh[rows.row], 0.0), rows.offset[:-1]) * (np.diff(rows.offset) > 0)
    gains[chosen] = 0.0
    gains[rows.cost > rows.cost[instead_of]] = 0.0
    best = int(np.argmax(gains)) if len(gains) else 0
    return (best, float(gains[best])) if len(gains) and gains[best] > 0 else None
