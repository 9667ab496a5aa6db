"""What would help most of what could be done: a good choice at once, and the proven best where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.errors import InputError
from stations.geo.cover_rows import ENOUGH, NOBODY, Block, CoverRows, cover_block, join_blocks, saving_blocks
from stations.geo.coverage import Mask, soonest_ms
from stations.geo.siting import cheapest_options, choose_options, next_best, without_idle
from stations.geo.siting_exact import Proof, Stopped, prove_cheapest, prove_most
from stations.geo.siting_kernels import order_by_gain, take_option
from stations.model.siting import (
    OptionKind,
    SitingAnswer,
    SitingGoal,
    SitingQuery,
    Suggestion,
    TownshipShares,
)
from stations.services.candidates import list_candidates, seconds_to
from stations.services.chosen_hours import choose_hours
from stations.services.coverage import check_cutoff, cutoff_ms, enterable
from stations.services.region import Region
from stations.services.siting_options import Options, stand, with_candidates

MOST_RELIEVED = 3
MOST_OPTIONS = 3_000
MOST_PAIRS = 200_000_000
"""Rows times options that are laid out at most, a byte each."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """Demand on the network (D places of it, in A areas), J kinds of hours, and what it takes to every option.

    `hours` (J,) counts the hours of each kind, `now` (J, D) are the seconds to the nearest station that counts then,
    at most the limit, `nearest` its number, `NOBODY` beyond the limit. `all_hours` (A,) are the demand-hours of the
    `areas`, those off the network with them. `sites` (D, C) and `stations` (D, K) are seconds, inf where they are not
    reached.
    """

    options: Options
    hours: NDArray[np.float64]
    weight: NDArray[np.float64]
    area: NDArray[np.int64]
    areas: tuple[str, ...]
    all_hours: NDArray[np.float64]
    now: NDArray[np.float64]
    nearest: NDArray[np.int64]
    sites: NDArray[np.float64]
    stations: NDArray[np.float64]
    cutoff_s: float
    limit_s: float

    @property
    def needed(self) -> NDArray[np.float64]:
        """The hours of each kind at which a place is not covered, (J, D)."""
        return self.hours[:, None] * (self.now > self.cutoff_s)

    def seconds(self, option: int) -> NDArray[np.float64]:
        """Return the seconds to an option, (D,)."""
        station = int(self.options.station[option])
        return self.sites[:, option] if station == NOBODY else self.stations[:, station]

    def covered(self, now: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the demand-hours of every place that `now` covers, (D,)."""
        return np.asarray(self.hours @ (now <= self.cutoff_s)) * self.weight

    def by_area(self, amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sums (A,) of amounts (D,)."""
        return np.bincount(self.area, weights=amounts, minlength=len(self.areas)).astype(np.float64)

    def total_s(self, now: NDArray[np.float64]) -> float:
        """Return the seconds of all demand in all hours."""
        return float(self.hours @ (now @ self.weight))


def suggest_sites(query: SitingQuery, region: Region, *, stopped: Stopped | None = None) -> SitingAnswer:
    """Return what to build or change beside the stations that surely count, which stay.

    Without `query.proof_s` the choice is greedy, exchanged while that helps; with it the solver goes on from there,
    for so many seconds at most or until `stopped` says so, and never returns less. A new site counts at all hours.

    Raises
    ------
    InputError
        There is no option, or fewer candidates than asked for; the share or the floor cannot be reached; the hours
        cannot be read or name none; the cutoff goes beyond what the table holds; the question is too large.
    UnknownThingError
        The region has no such layer of demand.
    """
    check_cutoff(query.coverage, region)
    demand = region.demand_arrays(query.coverage.layer)
    scene, off = _scene(query, region)
    total_hours = float(scene.hours.sum())
    covered, total = scene.covered(scene.now), float(demand.weight.sum()) * total_hours
    rows, floored = _rows(query, scene)
    target = query.target_share * total - float(covered.sum())
    _check_floors(query, rows, floored, scene)
    chosen = _chosen(query, rows, target=target)
    proof = _prove(query, rows, chosen, target=target, stopped=stopped)
    best = proof.chosen if proof else chosen
    if best is None or not _is_affordable(query, rows, best):
        raise _short_of_money(query, rows, target=target, total=total, floored=floored, scene=scene)
    picked = order_by_gain(rows, without_idle(rows, best))
    suggestions, after = _suggestions(rows, scene, picked, region)
    covered_after, on_network = scene.covered(after), float(scene.weight.sum())
    value = float(rows.cost[picked].sum()) if query.goal is SitingGoal.FEWEST else rows.value(picked)
    return SitingAnswer(
        query=query,
        suggestions=suggestions,
        candidates=int((scene.options.station == NOBODY).sum()),
        candidates_off=off,
        changes=int((scene.options.station != NOBODY).sum()),
        hour_count=round(total_hours),
        weight=float(demand.weight.sum()),
        off_network=float(demand.weight.sum()) - on_network,
        covered_before=float(covered.sum()),
        covered_after=float(covered_after.sum()),
        mean_s_before=scene.total_s(scene.now) / (on_network * total_hours) if on_network else None,
        mean_s_after=scene.total_s(after) / (on_network * total_hours) if on_network else None,
        at_limit=float(scene.hours @ ((scene.now >= scene.limit_s) @ scene.weight)),
        value=value,
        bound=proof.bound if proof else None,
        proven=proof.proven if proof else False,
        townships=tuple(_townships(scene, covered, covered_after)),
    )


def _scene(query: SitingQuery, region: Region) -> tuple[_Scene, int]:
    """Return what the choice is about, and how many candidates are off the network."""
    coverage = query.coverage
    mode, layer = coverage.mode, coverage.layer
    demand, times = region.demand_arrays(layer), region.demand_times(mode, layer)
    listed = list_candidates(query.source, region, layer) if OptionKind.SITES in query.options else ()
    key = ("candidates", query.source, mode, layer)
    seconds = (
        region.keep(key, lambda: seconds_to(listed, region, mode, layer)) if listed else np.empty((len(times.ms), 0))
    )
    usable = np.asarray(np.isfinite(seconds).any(axis=0))
    candidates = [one for one, reached in zip(listed, usable.tolist(), strict=True) if reached]
    standing, changes = stand(query, region, choose_hours(query, region))
    options = with_candidates(candidates, changes, query, len(standing.hours))
    _check_options(query, options, len(candidates))
    offers = region.arrays.listed & region.arrays.that_offer(coverage.services, coverage.needs)
    sure, _ = enterable(coverage, region)
    soonest, nearest = zip(*(soonest_ms(times, offers & sure & opens) for opens in standing.opens), strict=True)
    limit_s = region.limit_ms(mode) / 1000 + region.profile.modes[mode].parking_s
    on = times.on_network
    to_stations = (times.ms[on] + times.extra_ms) / 1000
    scene = _Scene(
        options,
        hours=standing.hours,
        weight=demand.weight[on],
        area=demand.area[on],
        areas=demand.areas,
        all_hours=np.bincount(demand.area, weights=demand.weight, minlength=len(demand.areas)) * standing.hours.sum(),
        now=np.minimum(np.array(soonest)[:, on] / 1000, limit_s),
        nearest=np.array(nearest)[:, on],
        sites=seconds[np.ix_(on, usable)],
        stations=np.where(to_stations > limit_s, np.inf, to_stations),
        cutoff_s=cutoff_ms(coverage) / 1000,
        limit_s=limit_s,
    )
    return scene, len(listed) - len(candidates)


def _check_options(query: SitingQuery, options: Options, candidates: int) -> None:
    if not options.listed and query.options == (OptionKind.SITES,):
        raise InputError("siting.no_candidates", field="candidates", value=query.source)
    if not options.listed:
        raise InputError("siting.no_options", field="options", value=", ".join(query.options))
    if len(options.listed) > MOST_OPTIONS:
        raise InputError("siting.too_many", field="options", value=len(options.listed), most=MOST_OPTIONS)
    by_number = query.options == (OptionKind.SITES,) and query.budget is None and query.goal is not SitingGoal.FEWEST
    if by_number and query.new > candidates:
        raise InputError("siting.too_few", field="new", value=query.new, most=candidates)


def _rows(query: SitingQuery, scene: _Scene) -> tuple[CoverRows, NDArray[np.int64]]:
    """Return the rows of the goal and of the floors, and the townships (numbers of areas) that the floors are of."""
    cost = np.array([one.cost for one in scene.options.listed])
    needed, floored = _floors(query, scene)
    floor_of = np.full(len(scene.areas), NOBODY, dtype=np.int32)
    floor_of[floored] = np.arange(len(floored), dtype=np.int32)
    floor = floor_of[scene.area]
    blocks = [*_cover_blocks(query, scene, floor), *(_saving(scene) if query.goal is SitingGoal.TIME else ())]
    return join_blocks(blocks, cost, need=needed), floored


def _floors(query: SitingQuery, scene: _Scene) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the demand-hours that townships lack to the floor, and which townships; those alone that lack any."""
    lacking = query.floor * scene.all_hours - scene.by_area(scene.covered(scene.now))
    named = np.array([bool(name) for name in scene.areas], dtype=bool)
    floored = np.flatnonzero(named & (lacking > scene.all_hours * (1 - ENOUGH)))
    return lacking[floored], floored


def _kinds_of_hours(scene: _Scene) -> Iterator[tuple[NDArray[np.int64], Mask]]:
    """Yield kinds of hours (numbers of J) at which the same options serve, and which options (O,) do."""
    served, kind = np.unique(scene.options.serves.T, axis=0, return_inverse=True)
    for number, serves in enumerate(served):
        yield np.flatnonzero(kind.ravel() == number), serves


def _cover_blocks(query: SitingQuery, scene: _Scene, floor: NDArray[np.int32]) -> Iterator[Block]:
    """Yield the demand-hours that are not covered, by the options that would cover them."""
    only_floors = query.goal is SitingGoal.TIME
    near_stations = scene.stations <= scene.cutoff_s
    near = np.hstack([scene.sites <= scene.cutoff_s, near_stations[:, scene.options.station[scene.sites.shape[1] :]]])
    needed = scene.needed
    laid_out = 0
    for kinds, serves in _kinds_of_hours(scene):
        lacking = needed[kinds].sum(axis=0) * scene.weight
        places = np.flatnonzero((lacking > 0) & ((floor != NOBODY) | (not only_floors)))
        laid_out += len(places) * near.shape[1]
        _check_size(laid_out, scene)
        weight = np.zeros(len(places)) if only_floors else lacking[places]
        yield cover_block(near[places] & serves, weight, floor=floor[places], part=lacking[places])


def _saving(scene: _Scene) -> Iterator[Block]:
    """Yield the seconds that could be saved, by the options that would save them."""
    seconds = np.hstack([scene.sites, scene.stations[:, scene.options.station[scene.sites.shape[1] :]]])
    steps = sum(
        int(((seconds < scene.now[kinds].max(axis=0)[:, None]) & serves).sum())
        for kinds, serves in _kinds_of_hours(scene)
    )
    _check_size(steps * seconds.shape[1], scene)
    for kinds, serves in _kinds_of_hours(scene):
        reached = seconds if serves.all() else np.where(serves, seconds, np.inf)
        yield from saving_blocks(reached, scene.now[kinds], scene.hours[kinds], scene.weight)


def _check_size(pairs: int, scene: _Scene) -> None:
    if pairs > MOST_PAIRS:
        raise InputError("siting.too_large", field="candidates", value=len(scene.options.listed))


def _chosen(query: SitingQuery, rows: CoverRows, *, target: float) -> NDArray[np.int64] | None:
    """Return the choice at once, which reaches target and floors if it is within the budget; `None`: none was found."""
    if query.goal is not SitingGoal.FEWEST:
        chosen = choose_options(rows, budget=query.most_cost)
        if rows.holds(chosen):
            return chosen
        target = 0.0
    cheapest = cheapest_options(rows, target=max(target, 0.0))
    if query.goal is SitingGoal.FEWEST or cheapest is None:
        return cheapest
    return cheapest if _is_affordable(query, rows, cheapest) else None


def _is_affordable(query: SitingQuery, rows: CoverRows, chosen: NDArray[np.int64]) -> bool:
    return bool(rows.cost[chosen].sum() <= query.most_cost * (1 + 1e-9))


def _check_floors(query: SitingQuery, rows: CoverRows, floored: NDArray[np.int64], scene: _Scene) -> None:
    """Refuse a floor that a township does not reach with everything that could be done."""
    everything = np.arange(len(rows.cost))
    if not rows.holds(everything):
        below = _below_floor(query, rows, everything, floored, scene)
        raise InputError("siting.floor_unreachable", field="floor", value=f"{query.floor:.1%}", townships=below)


def _short_of_money(
    query: SitingQuery, rows: CoverRows, *, target: float, total: float, floored: NDArray[np.int64], scene: _Scene
) -> InputError:
    """Return what the budget was found to reach, where that is not what is asked."""
    budget = f"{query.most_cost:g}"
    best = choose_options(rows, budget=query.most_cost)
    if not rows.holds(best):
        below = _below_floor(query, rows, best, floored, scene)
        return InputError(
            "siting.floor_budget", field="floor", value=f"{query.floor:.1%}", townships=below, budget=budget
        )
    share = query.target_share + (rows.value(best) - target) / total
    value = f"{query.target_share:.1%}"
    return InputError("siting.infeasible", field="target", value=value, budget=budget, best=f"{share:.1%}")


def _below_floor(
    query: SitingQuery, rows: CoverRows, chosen: NDArray[np.int64], floored: NDArray[np.int64], scene: _Scene
) -> str:
    """Return the townships that miss the floor with `chosen`, each with the share that it reaches."""
    missed = []
    for area, reached, need in zip(floored.tolist(), rows.reached(chosen).tolist(), rows.need.tolist(), strict=True):
        if reached < need * ENOUGH:
            share = query.floor + (reached - need) / scene.all_hours[area]
            missed.append(f"{scene.areas[area]} {share:.1%}")
    return ", ".join(missed)


def _prove(
    query: SitingQuery, rows: CoverRows, start: NDArray[np.int64] | None, *, target: float, stopped: Stopped | None
) -> Proof | None:
    if not query.proof_s or not len(rows.weight):
        return None
    if query.goal is not SitingGoal.FEWEST:
        return prove_most(rows, start, budget=query.most_cost, seconds=query.proof_s, stopped=stopped)
    if start is None:
        return None
    return prove_cheapest(rows, start, target=max(target, 0.0), seconds=query.proof_s, stopped=stopped)


def _suggestions(
    rows: CoverRows, scene: _Scene, chosen: NDArray[np.int64], region: Region
) -> tuple[tuple[Suggestion, ...], NDArray[np.float64]]:
    """Return what is suggested, in the order of `chosen`, and the seconds (J, D) that it takes with all of it."""
    listed, now, found = scene.options.listed, scene.now.copy(), []
    others = next_best(rows, chosen, not_these=_at_stations_of(chosen, scene))
    for option, other in zip(chosen.tolist(), others, strict=True):
        relieved = np.zeros(len(region.stations))
        seconds, serves = np.ascontiguousarray(scene.seconds(option)), scene.options.serves[option]
        people, demand_hours, saved_s = take_option(
            seconds, serves, scene.hours, scene.weight, scene.cutoff_s, scene.now, scene.nearest, now, relieved
        )
        found.append(
            Suggestion(
                option=listed[option],
                covered=people,
                covered_hours=demand_hours,
                saved_s=saved_s,
                relieves=_heaviest(relieved, region),
                next_best=listed[other[0]] if other else None,
                next_gain=other[1] if other else None,
            )
        )
    return tuple(found), now


def _at_stations_of(chosen: NDArray[np.int64], scene: _Scene) -> Mask:
    """Return which options are at a station at which something is chosen, bool (O,)."""
    station = scene.options.station
    changed = station[chosen]
    return np.isin(station, changed[changed != NOBODY])


def _heaviest(relieved: NDArray[np.float64], region: Region) -> tuple[str, ...]:
    first = np.argsort(-relieved, kind="stable")[:MOST_RELIEVED]
    return tuple(region.stations[k].station_id for k in first.tolist() if relieved[k] > 0)


def _townships(scene: _Scene, before: NDArray[np.float64], after: NDArray[np.float64]) -> Iterator[TownshipShares]:
    sums = (scene.all_hours.tolist(), scene.by_area(before).tolist(), scene.by_area(after).tolist())
    for name, whole, was, will in zip(scene.areas, *sums, strict=True):
        if name and whole:
            yield TownshipShares(name, was / whole, will / whole)
