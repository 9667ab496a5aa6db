"""What if a station stood here: its catchment and who would reach it, computed at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.errors import InputError
from stations.geo.catchment import pieces_within
from stations.geo.snap import OFF_NETWORK
from stations.geo.table_build import seed_to
from stations.model.queries import WhatIfQuery
from stations.services.candidates import demand_seconds
from stations.services.catchments import Catchment, outline
from stations.services.region import Region


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


def try_candidate(query: WhatIfQuery, region: Region) -> WhatIf:
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
    seconds = demand_seconds(region, seats, 0, times - extra_ms[0], mode)
    within = float(region.demand_arrays().weight[seconds <= query.cutoff.minutes * 60].sum())
    return WhatIf(query, outline(pieces, region, mode, station_id=None), seconds, within)
