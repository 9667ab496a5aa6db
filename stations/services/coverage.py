"""Coverage of the region's demand: who is served, who is not, and of whom it is not known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stations.errors import InputError
from stations.geo.coverage import (
    Cover,
    CoverState,
    Mask,
    Times,
    cover_demand,
    soonest_ms,
    weighted_quantile,
    within_cutoff,
)
from stations.hours.spans import HourState
from stations.model.coverage import CoverageAnswer, CoverageShare, PlacedUsable, SpeedRange, StationDifference
from stations.model.keys import EntryMethod, TravelMode
from stations.model.queries import CoverageQuery
from stations.model.station import DemandPoint
from stations.services.region import DemandArrays, Region

SHARES_AT_MIN = (5, 10, 15)
OTHER_SPEEDS_KMH = {TravelMode.WALK: (3.6, 5.1), TravelMode.EBIKE: (12.0, 20.0)}
"""Slower and faster speeds to show beside the region's: the defaults of routing engines, and what riders may do."""

_STATE_WORDS = np.array([CoverState(value).name.lower() for value in range(3)], dtype=object)


@dataclass(frozen=True, slots=True)
class Gap:
    """One demand point that no usable station reaches within the cutoff; `minutes` is `None` beyond the table."""

    point: DemandPoint
    minutes: float | None


def measure_coverage(query: CoverageQuery, region: Region) -> CoverageAnswer:
    """Return the coverage of the region as a whole, by township, and of every demand point.

    With `query.when` a station counts when it is open at that hour; when its hours are unknown, what only it
    would cover is unknown.

    Raises
    ------
    InputError
        The cutoff goes beyond what the table holds.
    UnknownThingError
        The region has no such layer of demand.
    """
    sure, perhaps = stations_that_count(query, region)
    return measure_with(query, region, sure, perhaps)


def measure_with(query: CoverageQuery, region: Region, sure: Mask, perhaps: Mask) -> CoverageAnswer:
    """Return what `measure_coverage` returns, for stations chosen by hand; raises as it does.

    Parameters
    ----------
    sure, perhaps
        bool (K,): the stations that count, and those of which it is not known.
    """
    check_cutoff(query, region)
    times, demand = region.demand_times(query.mode, query.layer), region.demand_arrays(query.layer)
    cover = cover_demand(times, sure=sure, perhaps=perhaps, cutoff_ms=cutoff_ms(query))
    minutes = (cover.seconds / 60).astype(object)
    minutes[~np.isfinite(cover.seconds)] = None
    return CoverageAnswer(
        query=query,
        whole=_share(None, cover, demand.weight),
        townships=_by_township(cover, demand),
        states=tuple(_STATE_WORDS[cover.state].tolist()),
        times_min=tuple(minutes.tolist()),
        stations_counted=int(sure.sum()),
        stations_unknown=int(perhaps.sum()),
        speeds=_at_other_speeds(query, region, sure, perhaps),
    )


def compare_placed_and_usable(query: CoverageQuery, region: Region) -> PlacedUsable:
    """Return where stations are (设点覆盖) beside what the query asks (此刻可用覆盖), and the stations between them.

    Placed is any station at any hour; usable are those that offer what is asked, at `query.when` where it is given,
    and without registration where that is asked. Raises as `measure_coverage` does.
    """
    on_paper = replace(query, services=(), needs=(), when=None, no_registration=False)
    placed_mask, _ = stations_that_count(on_paper, region)
    usable_mask, _ = stations_that_count(query, region)
    placed = region.keep(("placed", on_paper), lambda: measure_coverage(on_paper, region))  # for every hour and service
    usable = measure_coverage(query, region)
    times, weight = region.demand_times(query.mode, query.layer), region.demand_arrays(query.layer).weight
    near = within_cutoff(times, cutoff_ms=cutoff_ms(query)) & placed_mask
    lost = near.any(axis=1) & ~(near & usable_mask).any(axis=1)
    _, soonest = soonest_ms(times, placed_mask)
    alone = lost & (near.sum(axis=1) == 1)
    count = len(region.stations)
    by_station = np.bincount(soonest[lost], weights=weight[lost], minlength=count)
    by_station_alone = np.bincount(soonest[alone], weights=weight[alone], minlength=count)
    differing = np.flatnonzero(placed_mask & ~usable_mask).tolist()
    stations = [
        StationDifference(
            region.stations[k].station_id,
            region.stations[k].name,
            why_not(k, query, region),
            float(by_station[k]),
            float(by_station_alone[k]),
        )
        for k in differing
    ]
    return PlacedUsable(placed, usable, tuple(sorted(stations, key=lambda one: (-one.weight, one.station_id))))


def find_gaps(answer: CoverageAnswer, region: Region) -> tuple[Gap, ...]:
    """Return the demand points that are a gap, the heaviest first."""
    gaps = [
        Gap(point, minutes)
        for point, state, minutes in zip(
            region.demand_of(answer.query.layer), answer.states, answer.times_min, strict=True
        )
        if state == "gap"
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.point.weight, gap.point.demand_id)))


def stations_that_count(query: CoverageQuery, region: Region) -> tuple[Mask, Mask]:
    """Return which stations surely count, and of which it is not known; both of shape (K,).

    Public places count only where the region has no stations of its own.
    """
    offers = region.arrays.listed & region.arrays.that_offer(query.services, query.needs)
    sure, maybe = enterable(query, region)
    if query.when is None:
        return offers & sure, offers & maybe
    state = region.timetable.states(query.when)
    is_open, unknown = state == HourState.OPEN, state == HourState.UNKNOWN
    return offers & sure & is_open, offers & ((maybe & (is_open | unknown)) | (sure & unknown))


def enterable(query: CoverageQuery, region: Region) -> tuple[Mask, Mask]:
    """Return into which stations everybody gets as the query asks, and of which that is not known; bool (K,)."""
    if not query.no_registration:
        return ~region.arrays.nobody, region.arrays.nobody
    return region.arrays.no_registration, region.arrays.entries[EntryMethod.UNKNOWN]


def why_not(number: int, query: CoverageQuery, region: Region) -> str:
    """Return why a station does not surely count: the first of lacking service, closed, registration, unknown."""
    if not region.arrays.that_offer(query.services, query.needs)[number]:
        return "lacks_service"
    state = region.timetable.states(query.when)[number] if query.when else HourState.OPEN
    if state == HourState.CLOSED:
        return "closed"
    sure, maybe = enterable(query, region)
    if not (sure | maybe)[number]:
        return "registration"
    return "unknown_hours" if state == HourState.UNKNOWN else "unknown_entry"


def cutoff_ms(query: CoverageQuery) -> int:
    """Return the inclusive cutoff of a query in whole milliseconds."""
    return round(query.minutes * 60_000)


def check_cutoff(query: CoverageQuery, region: Region) -> None:
    """Refuse a cutoff of which the table does not hold all.

    Raises
    ------
    InputError
        The cutoff less parking is above the limit of the table.
    """
    limit_ms = region.limit_ms(query.mode)
    parking_s = region.profile.modes[query.mode].parking_s
    if cutoff_ms(query) - 1000 * parking_s > limit_ms:
        most = (limit_ms / 1000 + parking_s) / 60
        raise InputError("coverage.cutoff_beyond", field="minutes", value=f"{query.minutes:g}", most=f"{most:g}")


def _at_other_speeds(query: CoverageQuery, region: Region, sure: Mask, perhaps: Mask) -> SpeedRange | None:
    """Return the whole at slower and faster speeds: the cutoff, less parking, is scaled against the same table.

    All network time is scaled, pushing and the walk to the road too; parking and the walk from the gate are not.
    """
    mode = region.profile.modes[query.mode]
    if mode.by_road or query.mode not in OTHER_SPEEDS_KMH:
        return None
    times, weight = region.demand_times(query.mode, query.layer), region.demand_arrays(query.layer).weight
    limit_min = region.limit_ms(query.mode) / 60_000
    shares: list[CoverageShare | None] = []
    cutoffs: list[float] = []
    for speed in OTHER_SPEEDS_KMH[query.mode]:
        cutoffs.append((query.minutes - mode.parking_s / 60) * speed / mode.speed_kmh)
        known = cutoffs[-1] <= limit_min
        shares.append(_share_at(query, times, weight, sure, perhaps, mode.speed_kmh / speed) if known else None)
    slower_kmh, faster_kmh = OTHER_SPEEDS_KMH[query.mode]
    return SpeedRange(slower_kmh, faster_kmh, cutoffs[0], cutoffs[1], limit_min, shares[0], shares[1])


def _share_at(
    query: CoverageQuery, times: Times, weight: NDArray[np.float64], sure: Mask, perhaps: Mask, slower: float
) -> CoverageShare:
    cover = cover_demand(times, sure=sure, perhaps=perhaps, cutoff_ms=cutoff_ms(query), slower=slower)
    return _share(None, cover, weight)


def _by_township(cover: Cover, demand: DemandArrays) -> tuple[CoverageShare, ...]:
    order = np.argsort(demand.area, kind="stable")
    ends = np.searchsorted(demand.area[order], np.arange(len(demand.areas) + 1))
    shares = []
    for number, name in enumerate(demand.areas):
        own = order[ends[number] : ends[number + 1]]
        if name:
            shares.append(_share(name, Cover(cover.state[own], cover.seconds[own]), demand.weight[own]))
    return tuple(shares)


def _share(area: str | None, cover: Cover, weight: NDArray[np.float64]) -> CoverageShare:
    on_network = ~np.isnan(cover.seconds)
    total = float(weight.sum())
    near = cover.seconds[on_network]
    own = weight[on_network]

    def of(state: CoverState) -> float:
        return float(weight[cover.state == state].sum())

    return CoverageShare(
        area=area,
        weight=total,
        covered=of(CoverState.COVERED),
        gap=of(CoverState.GAP),
        unknown=of(CoverState.UNKNOWN),
        median_min=weighted_quantile(near / 60, own, 0.5),
        p90_min=weighted_quantile(near / 60, own, 0.9),
        share_within={m: float(own[near <= m * 60].sum()) / total for m in SHARES_AT_MIN} if total else {},
        beyond_table=float(own[np.isinf(near)].sum()),
        off_network=float(weight[~on_network].sum()),
    )
