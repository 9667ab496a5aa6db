"""How much hangs on single stations: what is covered twice, whose loss costs most, whom nobody would miss."""

from __future__ import annotations

import numpy as np

from stations.geo.coverage import count_stations
from stations.model.coverage import Resilience, StationLoss
from stations.model.queries import CoverageQuery
from stations.services.coverage import check_cutoff, cutoff_ms, stations_that_count
from stations.services.region import Region


def measure_resilience(query: CoverageQuery, region: Region) -> Resilience:
    """Return how much demand two stations cover, and what the loss of each station that counts would cost.

    What a loss costs is the demand that only this station covers, so it equals the covered demand less that of
    `measure_coverage` without the station. Stations of unknown state replace none.

    Raises
    ------
    InputError
        The cutoff goes beyond what the table holds.
    UnknownThingError
        The region has no such layer of demand.
    """
    check_cutoff(query, region)
    sure, _ = stations_that_count(query, region)
    times, weight = region.demand_times(query.mode, query.layer), region.demand_arrays(query.layer).weight
    count, last = count_stations(times, sure, cutoff_ms=cutoff_ms(query))
    once = count == 1
    lost = np.bincount(last[once], weights=weight[once], minlength=len(region.stations))
    counted = np.flatnonzero(sure).tolist()
    losses = [
        StationLoss(region.stations[k].station_id, region.stations[k].name, float(lost[k])) for k in counted if lost[k]
    ]
    return Resilience(
        query=query,
        weight=float(weight.sum()),
        covered=float(weight[count >= 1].sum()),
        covered_twice=float(weight[count >= 2].sum()),
        losses=tuple(sorted(losses, key=lambda one: (-one.weight_lost, one.station_id))),
        missed_by_nobody=tuple(region.stations[k].station_id for k in counted if not lost[k]),
    )
