"""The proven best choice of options, by a mixed integer programme; never worse than the choice it starts from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from stations.geo.siting import CoverRows

PROVEN_GAP = 1e-6
"""Relative difference between value and bound at which a choice counts as proven."""

Stopped = Callable[[], bool]
"""Whether the solver is to end; asked between its steps, which may take seconds each on large questions."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A choice and how good it surely is.

    `value` is the weight it covers (or, of `prove_fewest`, its cost), `bound` what no choice can better.
    """

    chosen: NDArray[np.int64]
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Return how far the bound is from the value, as a share of the greater."""
        return abs(self.bound - self.value) / max(abs(self.bound), abs(self.value), 1e-12)

    @property
    def proven(self) -> bool:
        """Return whether nothing better exists."""
        return self.gap <= PROVEN_GAP


def prove_most(
    rows: CoverRows, start: NDArray[np.int64], *, budget: float, seconds: float, stopped: Stopped | None = None
) -> Proof:
    """Return the choice within `budget` that covers most, as good as it was found and proven in `seconds`.

    Once `stopped` says so the best found until then comes back.

    Source: R. Church and C. ReVelle, The maximal covering location problem, 1974.
    """
    options, count = len(rows.cost), len(rows.weight)
    solver = _solver(seconds, stopped)
    cost = np.concatenate([np.zeros(options), rows.weight])
    solver.passModel(_model(rows, cost, maximise=True, side=rows.cost, lower=-highspy.kHighsInf, upper=budget))
    value = rows.value(start)
    solution = _start(solver, rows, start)
    solver.setSolution(solution)
    solver.run()
    found = _chosen(solver, options)
    if found is not None and rows.value(found) > value and rows.cost[found].sum() <= budget * (1 + 1e-9):
        start, value = found, rows.value(found)
    everything = rows.value(np.arange(options)) if count else 0.0
    return Proof(start, value, max(value, min(_bound(solver, everything), everything)))


def prove_fewest(
    rows: CoverRows, start: NDArray[np.int64], *, target: float, seconds: float, stopped: Stopped | None = None
) -> Proof:
    """Return the cheapest choice that covers at least the weight `target`, of which `start` is one.

    Once `stopped` says so the best found until then comes back.

    Source: C. Toregas, R. Swain, C. ReVelle, L. Bergman, The location of emergency service facilities, 1971.
    """
    options = len(rows.cost)
    solver = _solver(seconds, stopped)
    cost = np.concatenate([rows.cost, np.zeros(len(rows.weight))])
    scale = float(rows.weight.sum()) or 1.0
    solver.passModel(
        _model(rows, cost, maximise=False, side=rows.weight / scale, lower=target / scale, upper=highspy.kHighsInf)
    )
    solver.setSolution(_start(solver, rows, start))
    solver.run()
    value = float(rows.cost[start].sum())
    found = _chosen(solver, options)
    if found is not None and rows.cost[found].sum() < value and rows.value(found) >= target * (1 - 1e-9):
        start, value = found, float(rows.cost[found].sum())
    return Proof(start, value, min(value, max(_bound(solver, 0.0), 0.0)))


def _solver(seconds: float, stopped: Stopped | None) -> highspy.Highs:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", float(seconds))
    solver.setOptionValue("mip_rel_gap", PROVEN_GAP / 10)
    solver.setOptionValue("threads", 1)
    if stopped is not None:
        solver.cbMipInterrupt.subscribe(lambda event: event.interrupt() if stopped() else None)
    return solver


def _model(
    rows: CoverRows, cost: NDArray[np.float64], *, maximise: bool, side: NDArray[np.float64], lower: float, upper: float
) -> highspy.HighsLp:
    """Return the programme: an option is 0 or 1, a row covered no more than its options; one condition on the side.

    `side` are the coefficients of that condition, of the options where there are as many, else of the rows.
    """
    options, count = len(rows.cost), len(rows.weight)
    by_row = np.argsort(rows.row, kind="stable")
    option = np.repeat(np.arange(options), np.diff(rows.offset))[by_row]
    sizes = np.bincount(rows.row, minlength=count)
    ends = np.cumsum(sizes)
    index = np.insert(option, ends, options + np.arange(count))  # each row's options, then the row itself
    value = np.insert(-np.ones(len(option)), ends, np.ones(count))
    side_index = np.arange(options) if maximise else options + np.arange(count)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = options + count, count + 1
    model.col_cost_ = cost
    model.col_lower_, model.col_upper_ = np.zeros(options + count), np.ones(options + count)
    model.row_lower_ = np.append(np.full(count, -highspy.kHighsInf), lower)
    model.row_upper_ = np.append(np.zeros(count), upper)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(sizes + 1), [len(index) + len(side_index)]])
    model.a_matrix_.index_ = np.concatenate([index, side_index])
    model.a_matrix_.value_ = np.concatenate([value, side])
    kinds = [highspy.HighsVarType.kInteger] * options + [highspy.HighsVarType.kContinuous] * count
    model.integrality_ = kinds
    model.sense_ = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
    return model


def _start(solver: highspy.Highs, rows: CoverRows, start: NDArray[np.int64]) -> highspy.HighsSolution:
    value = np.zeros(len(rows.cost) + len(rows.weight))
    value[start] = 1.0
    for option in start.tolist():
        value[len(rows.cost) + rows.covered_by(option)] = 1.0
    solution = highspy.HighsSolution()
    solution.col_value = value.tolist()
    return solution


def _chosen(solver: highspy.Highs, options: int) -> NDArray[np.int64] | None:
    value = np.array(solver.getSolution().col_value[:options])
    return np.flatnonzero(value > 0.5) if len(value) == options else None


def _bound(solver: highspy.Highs, otherwise: float) -> float:
    bound = float(solver.getInfo().mip_dual_bound)
    return bound if np.isfinite(bound) else otherwise
