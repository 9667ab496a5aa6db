"""What if a station stood here: its catchment and who would reach it, computed at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stations.errors import InputError
from stations.geo.catchment import pieces_within
from stations.geo.coverage import CoverState, Mask, cover_demand
from stations.geo.snap import OFF_NETWORK
from stations.geo.table_build import seed_to
from stations.hours.expression import HoursExpression
from stations.hours.spans import HourState
from stations.hours.timetable import Timetable
from stations.model.queries import CoverageQuery, CutoffQuery, Scenario, WhatIfQuery
from stations.services.candidates import demand_seconds
from stations.services.catchments import Catchment, outline
from stations.services.coverage import check_cutoff, cutoff_ms, enterable, stations_that_count
from stations.services.region import Region, read_region_calendar


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A candidate's catchment, and what it would cover.

    `seconds` is float64 (D,) from every demand point, parking included: inf beyond the table or where there is no way,
    nan off the network. `weight_within` is the demand within the cutoff.
    """

    query: WhatIfQuery
    catchment: Catchment
    seconds: NDArray[np.float64]
    weight_within: float


@dataclass(frozen=True, slots=True)
class ScenarioAnswer:
    """Coverage before and after a scenario, as shares of all demand (`None` where there is none).

    `candidate` is what stands at the scenario's place, `None` where it has none. `gained` and `lost` are the demand
    newly covered, and no longer covered.
    """

    candidate: WhatIf | None
    share_before: float | None
    share_after: float | None
    gained: float
    lost: float
    unknown_share_after: float | None


def try_scenario(query: CoverageQuery, scenario: Scenario, region: Region) -> ScenarioAnswer:
    """Return what coverage would be with a candidate more, stations off, or other hours; nothing is stored.

    A candidate counts as open at the hour and as offering what is asked.

    Raises
    ------
    InputError
        No road lies near the candidate, hours cannot be read, or the cutoff goes beyond the table.
    UnknownThingError
        A station or the layer is not there.
    """
    check_cutoff(query, region)
    sure, perhaps = stations_that_count(query, region)
    times, weight = region.demand_times(query.mode, query.layer), region.demand_arrays(query.layer).weight
    cutoff = cutoff_ms(query)
    before = region.keep(
        ("what-if before", query), lambda: cover_demand(times, sure=sure, perhaps=perhaps, cutoff_ms=cutoff).state
    )
    state = before
    if scenario.without or scenario.hours:
        sure, perhaps = _changed(query, scenario, region, sure, perhaps)
        state = cover_demand(times, sure=sure, perhaps=perhaps, cutoff_ms=cutoff).state
    candidate = None
    if scenario.place is not None:
        asked = WhatIfQuery(scenario.place, CutoffQuery(query.mode, query.minutes))
        candidate = try_candidate(asked, region, layer=query.layer)
        state = np.where(candidate.seconds <= query.minutes * 60, CoverState.COVERED, state)
    total = float(weight.sum())
    was, now = before == CoverState.COVERED, state == CoverState.COVERED
    return ScenarioAnswer(
        candidate=candidate,
        share_before=float(weight[was].sum()) / total if total else None,
        share_after=float(weight[now].sum()) / total if total else None,
        gained=float(weight[now & ~was].sum()),
        lost=float(weight[was & ~now].sum()),
        unknown_share_after=float(weight[state == CoverState.UNKNOWN].sum()) / total if total else None,
    )


def _changed(query: CoverageQuery, scenario: Scenario, region: Region, sure: Mask, perhaps: Mask) -> tuple[Mask, Mask]:
    """Return which stations surely and perhaps count when some have other hours and some are off."""
    sure, perhaps = sure.copy(), perhaps.copy()
    for station_id, hours in scenario.hours:
        number = region.number(station_id)
        offers = bool((region.arrays.listed & region.arrays.that_offer(query.services, query.needs))[number])
        enters, may_enter = (bool(mask[number]) for mask in enterable(query, region))
        state = _state_with(station_id, hours, query, region)
        sure[number] = offers and enters and state == HourState.OPEN
        perhaps[number] = offers and not sure[number] and (enters or may_enter) and state != HourState.CLOSED
    for station_id in scenario.without:
        number = region.number(station_id)
        sure[number] = perhaps[number] = False
    return sure, perhaps


def _state_with(station_id: str, hours: str, query: CoverageQuery, region: Region) -> int:
    """Return the state of a station at the hour asked about, had it these hours; open where no hour is asked about."""
    HoursExpression(hours)
    if query.when is None:
        return HourState.OPEN
    station = replace(region.station(station_id), hours=hours)
    calendar = region.keep("work calendar", lambda: read_region_calendar(region.profile))
    return int(Timetable((station,), profile=region.profile, calendar=calendar).states(query.when)[0])


def try_candidate(query: WhatIfQuery, region: Region, *, layer: str = "") -> WhatIf:
    """Return the catchment of a candidate and the travel times to it, by one search; nothing is stored.

    Raises
    ------
    InputError
        No road that the mode may use lies within the snap limit of the place.
    """
    mode, network = query.cutoff.mode, region.roads.network
    seats, _ = region.roads.seat(mode, [query.place.lon], [query.place.lat])
    if seats.street[0] == OFF_NETWORK:
        raise InputError("error.candidate_off", field="lon", limit=round(region.profile.snap_limit_m))
    extra_ms = np.array([region.profile.modes[mode].parking_s * 1000], dtype=np.int64)
    reached = region.searcher(mode).reach(seed_to(network, mode, seats, 0), limit_ms=region.tables[mode].limit_ms)
    times = np.full(len(network.node_x), np.inf)
    times[reached.node] = reached.ms + extra_ms[0]
    cutoff_ms = round(query.cutoff.minutes * 60_000)
    pieces = pieces_within(network, mode, times, seats, np.zeros(1, dtype=np.int64), extra_ms, cutoff_ms=cutoff_ms)
    seconds = demand_seconds(region, seats, 0, times - extra_ms[0], mode, layer)
    within = float(region.demand_arrays(layer).weight[seconds <= query.cutoff.minutes * 60].sum())
    return WhatIf(query, outline(pieces, region, mode, station_id=None), seconds, within)
