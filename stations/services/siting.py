"""Which new sites would help most: a good choice at once, and the proven best where it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.errors import InputError
from stations.geo.coverage import soonest_ms
from stations.geo.siting import (
    CoverRows,
    choose_options,
    cover_rows,
    fewest_options,
    in_order_of_gain,
    next_best,
    saving_rows,
)
from stations.geo.siting_exact import Proof, Stopped, prove_fewest, prove_most
from stations.model.siting import Candidate, SitingAnswer, SitingGoal, SitingQuery, Suggestion
from stations.services.candidates import list_candidates, seconds_to
from stations.services.coverage import check_cutoff, stations_that_count
from stations.services.region import Region

MOST_RELIEVED = 3
MOST_PAIRS = 200_000_000
"""Steps of saved time times candidates that are laid out at most, a byte each."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """Demand on the network (D points of it) and what it takes: to the nearest station now, to each candidate.

    `now` and `seconds` are at most the limit; `nearest` is the number of the station, `NOBODY` beyond the limit.
    """

    candidates: Sequence[Candidate]
    weight: NDArray[np.float64]
    now: NDArray[np.float64]
    nearest: NDArray[np.int64]
    seconds: NDArray[np.float64]
    cutoff_s: float
    limit_s: float

    @property
    def in_need(self) -> NDArray[np.bool_]:
        return self.now > self.cutoff_s


def suggest_sites(query: SitingQuery, region: Region, *, stopped: Stopped | None = None) -> SitingAnswer:
    """Return what to add to the stations that surely count, which stay.

    Without `query.proof_s` the choice is greedy, exchanged while that helps; with it the solver goes on from there,
    for so many seconds at most or until `stopped` says so, and never returns less.

    Raises
    ------
    InputError
        There is no candidate on the network, or fewer than asked for; the share cannot be reached; the cutoff goes
        beyond what the table holds; the question is too large.
    UnknownThingError
        The region has no such layer of demand.
    """
    check_cutoff(query.coverage, region)
    demand = region.demand_arrays(query.coverage.layer)
    scene, off = _scene(query, region)
    rows = _rows(query, scene)
    covered, total = float(scene.weight[~scene.in_need].sum()), float(demand.weight.sum())
    chosen = _chosen(query, rows, covered=covered, total=total)
    target = query.target_share * total - covered
    proof = _prove(query, rows, chosen, target=target, stopped=stopped) if len(rows.weight) else None
    picked = proof.chosen if proof else chosen
    after = np.minimum(scene.now, scene.seconds[:, picked].min(axis=1, initial=np.inf))
    on_network = float(scene.weight.sum())
    return SitingAnswer(
        query=query,
        suggestions=tuple(_suggestions(query, rows, scene, picked, region)),
        candidates=len(scene.candidates),
        candidates_off=off,
        weight=total,
        off_network=total - on_network,
        covered_before=covered,
        covered_after=float(scene.weight[after <= scene.cutoff_s].sum()),
        mean_s_before=float(scene.weight @ scene.now) / on_network if on_network else None,
        mean_s_after=float(scene.weight @ after) / on_network if on_network else None,
        at_limit=float(scene.weight[scene.now >= scene.limit_s].sum()),
        value=proof.value if proof else _value(query, rows, picked),
        bound=proof.bound if proof else None,
        proven=proof.proven if proof else False,
    )


def _scene(query: SitingQuery, region: Region) -> tuple[_Scene, int]:
    """Return what the choice is about, and how many candidates are off the network."""
    coverage = query.coverage
    mode, layer = coverage.mode, coverage.layer
    listed = list_candidates(query.source, region, layer)
    seconds = region.keep(("candidates", query.source, mode, layer), lambda: seconds_to(listed, region, mode, layer))
    usable = np.asarray(np.isfinite(seconds).any(axis=0))
    candidates = [one for one, reached in zip(listed, usable.tolist(), strict=True) if reached]
    if not candidates:
        raise InputError("siting.no_candidates", field="candidates", value=query.source)
    if query.goal is not SitingGoal.FEWEST and query.new > len(candidates):
        raise InputError("siting.too_few", field="new", value=query.new, most=len(candidates))
    times = region.demand_times(mode, layer)
    sure, _ = stations_that_count(coverage, region)
    now_ms, nearest = soonest_ms(times, sure)
    limit_s = region.tables[mode].limit_ms / 1000 + region.profile.modes[mode].parking_s
    on = times.on_network
    scene = _Scene(
        candidates,
        weight=region.demand_arrays(layer).weight[on],
        now=np.minimum(now_ms[on] / 1000, limit_s),
        nearest=nearest[on],
        seconds=seconds[on][:, usable],
        cutoff_s=coverage.minutes * 60,
        limit_s=limit_s,
    )
    return scene, len(listed) - len(candidates)


def _rows(query: SitingQuery, scene: _Scene) -> CoverRows:
    if query.goal is not SitingGoal.TIME:
        return cover_rows((scene.seconds <= scene.cutoff_s) & scene.in_need[:, None], scene.weight)
    nearer = (scene.seconds < scene.now[:, None]).sum(axis=1)
    if nearer.sum() * len(scene.candidates) > MOST_PAIRS:
        raise InputError("siting.too_large", field="candidates", value=len(scene.candidates))
    return saving_rows(scene.seconds, scene.now, scene.weight)


def _chosen(query: SitingQuery, rows: CoverRows, *, covered: float, total: float) -> NDArray[np.int64]:
    """Return the choice at once; `covered` of the demand `total` is covered now."""
    if query.goal is not SitingGoal.FEWEST:
        return choose_options(rows, budget=query.new)
    target = query.target_share * total - covered
    if target <= 0:
        return np.empty(0, dtype=np.int64)
    fewest = fewest_options(rows, target=target)
    if fewest is not None and len(fewest) <= query.new:
        return fewest
    best = (covered + rows.value(choose_options(rows, budget=query.new))) / total
    raise InputError(
        "siting.infeasible", field="target", value=f"{query.target_share:.1%}", new=query.new, best=f"{best:.1%}"
    )


def _prove(
    query: SitingQuery, rows: CoverRows, start: NDArray[np.int64], *, target: float, stopped: Stopped | None
) -> Proof | None:
    if not query.proof_s or (query.goal is SitingGoal.FEWEST and target <= 0):
        return None
    if query.goal is SitingGoal.FEWEST:
        return prove_fewest(rows, start, target=target, seconds=query.proof_s, stopped=stopped)
    return prove_most(rows, start, budget=query.new, seconds=query.proof_s, stopped=stopped)


def _value(query: SitingQuery, rows: CoverRows, chosen: NDArray[np.int64]) -> float:
    return float(len(chosen)) if query.goal is SitingGoal.FEWEST else rows.value(chosen)


def _suggestions(
    query: SitingQuery, rows: CoverRows, scene: _Scene, chosen: NDArray[np.int64], region: Region
) -> list[Suggestion]:
    found, now = [], scene.now
    for option, _gain in in_order_of_gain(rows, chosen):
        after = np.minimum(now, scene.seconds[:, option])
        nearer = after < scene.now
        other = next_best(rows, chosen, option)
        found.append(
            Suggestion(
                candidate=scene.candidates[option],
                covered=float(scene.weight[(now > scene.cutoff_s) & (after <= scene.cutoff_s)].sum()),
                saved_s=float(scene.weight @ (now - after)),
                relieves=_relieved(scene, nearer & (scene.seconds[:, option] == after), region),
                next_best=scene.candidates[other[0]] if other else None,
                next_gain=other[1] if other else None,
            )
        )
        now = after
    return found


def _relieved(scene: _Scene, moved: NDArray[np.bool_], region: Region) -> tuple[str, ...]:
    known = moved & (scene.nearest >= 0)
    load = np.bincount(scene.nearest[known], weights=scene.weight[known], minlength=len(region.stations))
    first = np.argsort(-load, kind="stable")[:MOST_RELIEVED]
    return tuple(region.stations[k].station_id for k in first.tolist() if load[k] > 0)
