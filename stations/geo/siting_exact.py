"""The proven best choice of options, by a mixed integer programme; never worse than the choice it starts from."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from stations.geo.cover_rows import CoverRows
from stations.model.siting import gap_of

PROVEN_GAP = 1e-6
"""Relative difference between value and bound at which a choice counts as proven."""

Stopped = Callable[[], bool]
"""Whether the solver is to end; asked between its steps, which may take seconds each on large questions."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A choice and how good it surely is.

    `value` is the weight it covers (or, of `prove_cheapest`, its cost), `bound` what no choice can better.
    """

    chosen: NDArray[np.int64]
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Return how far the bound is from the value, as a share of the greater."""
        return gap_of(self.value, self.bound)

    @property
    def proven(self) -> bool:
        """Return whether nothing better exists."""
        return self.gap <= PROVEN_GAP


def prove_most(
    rows: CoverRows, start: NDArray[np.int64] | None, *, budget: float, seconds: float, stopped: Stopped | None = None
) -> Proof | None:
    """Return the choice within `budget` that covers most and reaches all floors, as good as found in `seconds`.

    Once `stopped` says so the best found until then comes back. `start` is such a choice, `None` where none is known;
    `None` comes back only then, where none was found.

    Source: R. Church and C. ReVelle, The maximal covering location problem, 1974.
    """
    side = _Side(np.arange(len(rows.cost)), rows.cost, -highspy.kHighsInf, budget)
    cost = np.concatenate([np.zeros(len(rows.cost)), rows.weight])
    solver, found = _solve(rows, cost, side, start, highspy.ObjSense.kMaximize, seconds, stopped)
    if found is not None and not (rows.cost[found].sum() <= budget * (1 + 1e-9) and rows.holds(found)):
        found = None
    best = max((one for one in (start, found) if one is not None), key=rows.value, default=None)
    if best is None:
        return None
    everything = rows.value(np.arange(len(rows.cost)))
    return Proof(best, rows.value(best), max(rows.value(best), min(_bound(solver, everything), everything)))


def prove_cheapest(
    rows: CoverRows, start: NDArray[np.int64], *, target: float, seconds: float, stopped: Stopped | None = None
) -> Proof:
    """Return the cheapest choice that covers at least the weight `target` and reaches all floors; `start` is such.

    Once `stopped` says so the best found until then comes back.

    Source: C. Toregas, R. Swain, C. ReVelle, L. Bergman, The location of emergency service facilities, 1971.
    """
    options, count = len(rows.cost), len(rows.weight)
    scale = float(rows.weight.sum()) or 1.0
    side = _Side(options + np.arange(count), rows.weight / scale, target / scale, highspy.kHighsInf)
    cost = np.concatenate([rows.cost, np.zeros(count)])
    solver, found = _solve(rows, cost, side, start, highspy.ObjSense.kMinimize, seconds, stopped)
    value = float(rows.cost[start].sum())
    if found is not None and not (rows.value(found) >= target * (1 - 1e-9) and rows.holds(found)):
        found = None
    if found is not None and rows.cost[found].sum() < value * (1 - 1e-9):
        start, value = found, float(rows.cost[found].sum())
    return Proof(start, value, min(value, max(_bound(solver, 0.0), 0.0)))


class _Side(NamedTuple):
    """One condition beside those of the rows: `lower` <= sum of `value` at the `columns` <= `upper`."""

    columns: NDArray[np.int64]
    value: NDArray[np.float64]
    lower: float
    upper: float


def _solve(
    rows: CoverRows,
    cost: NDArray[np.float64],
    side: _Side,
    start: NDArray[np.int64] | None,
    sense: highspy.ObjSense,
    seconds: float,
    stopped: Stopped | None,
) -> tuple[highspy.Highs, NDArray[np.int64] | None]:
    """Run the solver from `start`; return it, and the options that it chose, `None` where it found no choice."""
    model = _model(rows, cost, [side, *_floors(rows)])
    model.sense_ = sense
    began = time.monotonic()
    solver = _run(model, rows, start, seconds, stopped)
    if start is not None and not _agrees(solver, cost):
        solver = _run(model, rows, None, max(0.0, seconds - (time.monotonic() - began)), stopped)
    value = np.array(solver.getSolution().col_value[: len(rows.cost)])
    return solver, np.flatnonzero(value > 0.5) if len(value) == len(rows.cost) else None


def _run(
    model: highspy.HighsLp,
    rows: CoverRows,
    start: NDArray[np.int64] | None,
    seconds: float,
    stopped: Stopped | None,
) -> highspy.Highs:
    solver = _solver(seconds, stopped)
    solver.passModel(model)
    if start is not None:
        solver.setSolution(_start(rows, start))
    solver.run()
    return solver


def _agrees(solver: highspy.Highs, cost: NDArray[np.float64]) -> bool:
    """Return whether objective and solution are of one programme.

    HiGHS 1.16 forgets what presolve took out of the objective when it is given a start and presolve leaves nothing to
    solve: objective and bound are then both wrong by as much.
    """
    value = np.array(solver.getSolution().col_value)
    told = solver.getInfo().objective_function_value
    return len(value) != len(cost) or bool(np.isclose(value @ cost, told, rtol=1e-6, atol=1e-6))


def _floors(rows: CoverRows) -> Iterator[_Side]:
    for floor, need in enumerate(rows.need.tolist()):
        counted = np.flatnonzero(rows.floor == floor)
        yield _Side(len(rows.cost) + counted, rows.part[counted] / need, 1.0, highspy.kHighsInf)


class _QuietHighs(highspy.Highs):
    """A solver that is told to be quiet before it is first called, which would print its banner."""

    def enableCallbacks(self) -> None:  # noqa: N802 # its name there
        """Do what the wrapper does when it is made."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _solver(seconds: float, stopped: Stopped | None) -> highspy.Highs:
    solver = _QuietHighs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("time_limit", float(seconds))
    solver.setOptionValue("mip_rel_gap", PROVEN_GAP / 10)
    solver.setOptionValue("threads", 1)
    if stopped is not None:
        solver.cbMipInterrupt.subscribe(lambda event: event.interrupt() if stopped() else None)
    return solver


def _model(rows: CoverRows, cost: NDArray[np.float64], sides: Sequence[_Side]) -> highspy.HighsLp:
    """Return the programme: an option is 0 or 1, a row covered no more than its options; and conditions beside it."""
    options, count = len(rows.cost), len(rows.weight)
    by_row = np.argsort(rows.row, kind="stable")
    option = np.repeat(np.arange(options), np.diff(rows.offset))[by_row]
    sizes = np.bincount(rows.row, minlength=count)
    ends = np.cumsum(sizes)
    index = np.insert(option, ends, options + np.arange(count))  # each row's options, then the row itself
    value = np.insert(-np.ones(len(option)), ends, np.ones(count))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = options + count, count + len(sides)
    model.col_cost_ = cost
    model.col_lower_, model.col_upper_ = np.zeros(options + count), np.ones(options + count)
    model.row_lower_ = np.append(np.full(count, -highspy.kHighsInf), [side.lower for side in sides])
    model.row_upper_ = np.append(np.zeros(count), [side.upper for side in sides])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(sizes + 1).tolist(), *(len(side.columns) for side in sides)])
    model.a_matrix_.index_ = np.concatenate([index, *(side.columns for side in sides)])
    model.a_matrix_.value_ = np.concatenate([value, *(side.value for side in sides)])
    kinds = [highspy.HighsVarType.kInteger] * options + [highspy.HighsVarType.kContinuous] * count
    model.integrality_ = kinds
    return model


def _start(rows: CoverRows, start: NDArray[np.int64]) -> highspy.HighsSolution:
    value = np.zeros(len(rows.cost) + len(rows.weight))
    value[start] = 1.0
    value[len(rows.cost) :] = rows.covered(start)
    solution = highspy.HighsSolution()
    solution.col_value = value.tolist()
    return solution


def _bound(solver: highspy.Highs, otherwise: float) -> float:
    bound = float(solver.getInfo().mip_dual_bound)
    return bound if np.isfinite(bound) else otherwise
