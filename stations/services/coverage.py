"""Coverage of the region's demand: who is served, who is not, and of whom it is not known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.geo.coverage import Cover, CoverState, cover_demand, weighted_quantile
from stations.hours.spans import HourState
from stations.model.answers import CoverageAnswer, CoverageShare
from stations.model.queries import CoverageQuery
from stations.model.station import DemandPoint
from stations.services.region import Region

SHARES_AT_MIN = (5, 10, 15)


@dataclass(frozen=True, slots=True)
class Gap:
    """One demand point that no usable station reaches within the cutoff; `minutes` is `None` beyond the table."""

    point: DemandPoint
    minutes: float | None


def measure_coverage(query: CoverageQuery, region: Region) -> CoverageAnswer:
    """Return the coverage of the region as a whole, by township, and of every demand point.

    With `query.when` a station counts when it is open at that hour; when its hours are unknown, what only it
    would cover is unknown.
    """
    times = region.demand_times(query.mode)
    sure, perhaps = stations_that_count(query, region)
    cover = cover_demand(
        times.ms,
        region.extra_ms(query.mode),
        on_network=times.on_network,
        sure=sure,
        perhaps=perhaps,
        cutoff_ms=round(query.minutes * 60_000),
    )
    weight = np.array([point.weight for point in region.demand], dtype=np.float64)
    townships = [point.township for point in region.demand]
    everywhere = np.ones(len(weight), dtype=bool)
    named = sorted({township for township in townships if township})
    of_township = np.array([township or "" for township in townships])
    return CoverageAnswer(
        query=query,
        whole=_share(None, everywhere, cover, weight),
        townships=tuple(_share(name, of_township == name, cover, weight) for name in named),
        states=tuple(CoverState(state).name.lower() for state in cover.state),
        times_min=tuple(s / 60 if np.isfinite(s) else None for s in cover.seconds.tolist()),
        stations_counted=int(sure.sum()),
        stations_unknown=int(perhaps.sum()),
    )


def find_gaps(answer: CoverageAnswer, region: Region) -> tuple[Gap, ...]:
    """Return the demand points that are a gap, the heaviest first."""
    gaps = [
        Gap(point, minutes)
        for point, state, minutes in zip(region.demand, answer.states, answer.times_min, strict=True)
        if state == "gap"
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.point.weight, gap.point.demand_id)))


def stations_that_count(query: CoverageQuery, region: Region) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which stations surely count, and of which it is not known; both of shape (K,).

    Public places count only where the region has no stations of its own.
    """
    offers = region.arrays.listed & region.arrays.that_offer(query.services, query.needs)
    if query.when is None:
        return offers, np.zeros_like(offers)
    state = region.timetable.states(query.when)
    return offers & (state == HourState.OPEN), offers & (state == HourState.UNKNOWN)


def _share(area: str | None, inside: NDArray[np.bool_], cover: Cover, weight: NDArray[np.float64]) -> CoverageShare:
    own, state, seconds = weight[inside], cover.state[inside], cover.seconds[inside]
    on_network = ~np.isnan(seconds)
    total = float(own.sum())
    minutes = seconds[on_network] / 60

    def of(which: NDArray[np.bool_]) -> float:
        return float(own[which].sum())

    return CoverageShare(
        area=area,
        weight=total,
        covered=of(state == CoverState.COVERED),
        gap=of(state == CoverState.GAP),
        unknown=of(state == CoverState.UNKNOWN),
        median_min=weighted_quantile(minutes, own[on_network], 0.5),
        p90_min=weighted_quantile(minutes, own[on_network], 0.9),
        share_within={m: of(on_network & (seconds <= m * 60)) / total for m in SHARES_AT_MIN} if total else {},
        beyond_table=of(np.isinf(seconds)),
    )
