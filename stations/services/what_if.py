"""What if a station stood here: its catchment and who would reach it, computed at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stations.errors import InputError
from stations.geo.catchment import pieces_within
from stations.geo.coverage import CoverState, cover_demand
from stations.geo.snap import OFF_NETWORK
from stations.geo.table_build import seed_to
from stations.model.queries import CoverageQuery, CutoffQuery, WhatIfQuery
from stations.model.scenarios import NewSite, Scenario
from stations.services.candidates import demand_seconds
from stations.services.catchments import Catchment, outline
from stations.services.coverage import check_cutoff, cutoff_ms, stations_that_count
from stations.services.region import Region
from stations.services.scenarios import check_scenario, region_of, region_with, with_stations


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

    `candidate` is the last of its new sites, `None` where it has none. `gained` and `lost` are the demand newly
    covered, and no longer covered.
    """

    candidate: WhatIf | None
    share_before: float | None
    share_after: float | None
    gained: float
    lost: float
    unknown_share_after: float | None


def try_scenario(query: CoverageQuery, scenario: Scenario, region: Region) -> ScenarioAnswer:
    """Return what coverage would be with the changes of a scenario; nothing is stored.

    The last new site is taken for the one that is being moved: its times come by one search, while what the rest of the
    scenario comes to is remembered. The states are those that `measure_coverage` tells of `region_with`.

    Raises
    ------
    InputError
        No road lies near a new site, hours cannot be read, or the cutoff goes beyond the table.
    UnknownThingError
        A station or the layer is not there.
    """
    check_cutoff(query, region)
    check_scenario(scenario, region, mode=query.mode)
    before = _states(query, region)
    now, candidate = _states(query, region_of(replace(scenario, sites=scenario.sites[:-1]), region)), None
    if scenario.sites:
        moved = scenario.sites[-1]
        asked = WhatIfQuery(moved.place, CutoffQuery(query.mode, query.minutes))
        candidate = try_candidate(asked, region, layer=query.layer)
        now = _with_site(now, moved, candidate, query, region)
    weight = region.demand_arrays(query.layer).weight
    total = float(weight.sum())
    was, is_covered = before == CoverState.COVERED, now == CoverState.COVERED
    return ScenarioAnswer(
        candidate=candidate,
        share_before=float(weight[was].sum()) / total if total else None,
        share_after=float(weight[is_covered].sum()) / total if total else None,
        gained=float(weight[is_covered & ~was].sum()),
        lost=float(weight[was & ~is_covered].sum()),
        unknown_share_after=float(weight[now == CoverState.UNKNOWN].sum()) / total if total else None,
    )


def _states(query: CoverageQuery, region: Region) -> NDArray[np.uint8]:
    def cover() -> NDArray[np.uint8]:
        sure, perhaps = stations_that_count(query, region)
        times = region.demand_times(query.mode, query.layer)
        return cover_demand(times, sure=sure, perhaps=perhaps, cutoff_ms=cutoff_ms(query)).state

    return region.keep(("cover states", query), cover)


def _with_site(
    state: NDArray[np.uint8], site: NewSite, found: WhatIf, query: CoverageQuery, region: Region
) -> NDArray[np.uint8]:
    """Return the states of demand with one site more, whose times are known."""

    def alone_there() -> Region:
        return region_with(Scenario(sites=(site,)), with_stations(region, (), np.empty(0, dtype=np.int64)))

    # Whether it counts does not depend on where it stands, which changes all the time.
    alone = region.keep(("site", site.hours, site.services), alone_there)
    sure, perhaps = stations_that_count(query, alone)
    near = np.rint(found.seconds * 1000) <= cutoff_ms(query)
    if sure[0]:
        return np.where(near, np.uint8(CoverState.COVERED), state)
    unknown = near & bool(perhaps[0]) & (state == CoverState.GAP)
    return np.where(unknown, np.uint8(CoverState.UNKNOWN), state)


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
        limit = round(region.profile.snap_limit_m)
        raise InputError("error.candidate_off", field="lon", site=NewSite(query.place).label, limit=limit)
    extra_ms = np.array([region.profile.modes[mode].parking_s * 1000], dtype=np.int64)
    reached = region.searcher(mode).reach(seed_to(network, mode, seats, 0), limit_ms=region.limit_ms(mode))
    times = np.full(len(network.node_x), np.inf)
    times[reached.node] = reached.ms + extra_ms[0]
    cutoff_ms = round(query.cutoff.minutes * 60_000)
    pieces = pieces_within(network, mode, times, seats, np.zeros(1, dtype=np.int64), extra_ms, cutoff_ms=cutoff_ms)
    seconds = demand_seconds(region, seats, 0, times - extra_ms[0], mode, layer)
    within = float(region.demand_arrays(layer).weight[seconds <= query.cutoff.minutes * 60].sum())
    return WhatIf(query, outline(pieces, region, mode, station_id=None), seconds, within)
