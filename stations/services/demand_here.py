"""What stands behind a spot of the coverage map: the demand near it, its state, and how far its station is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stations.geo.coverage import soonest_ms
from stations.geo.nearest import straight_line_m
from stations.model.queries import CoverageQuery, Place
from stations.services.coverage import measure_coverage, stations_that_count
from stations.services.region import Region

LEAST_M, MOST_M = 20.0, 2000.0


@dataclass(frozen=True, slots=True)
class DemandHere:
    """The demand round a place by state; names of its points, heaviest first, and of them the nearest one's times.

    `minutes` is to the soonest station that counts (`station_id`, `station_name`), from the point nearest to the
    place; `None` beyond the table or off the network.
    """

    weight: float
    by_state: dict[str, float]
    names: tuple[str, ...]
    minutes: float | None
    station_id: str | None
    station_name: str | None


def look_at_demand(query: CoverageQuery, region: Region, place: Place, *, within_m: float) -> DemandHere | None:
    """Return the demand within a distance by straight line, `None` where there is none.

    Raises
    ------
    InputError
        The cutoff goes beyond what the table holds.
    UnknownThingError
        The region has no such layer of demand.
    """
    demand, points = region.demand_arrays(query.layer), region.demand_of(query.layer)
    metres = straight_line_m(place.lon, place.lat, demand.lon, demand.lat)
    here = np.flatnonzero(metres <= min(max(within_m, LEAST_M), MOST_M))
    if not len(here):
        return None
    key = ("states", query)
    answer = region.keep(key, lambda: measure_coverage(query, region))
    by_state = dict.fromkeys(("covered", "gap", "unknown"), 0.0)
    for index in here.tolist():
        by_state[answer.states[index]] += points[index].weight
    middle = int(here[np.argmin(metres[here])])
    sure, _ = stations_that_count(query, region)
    times = region.demand_times(query.mode, query.layer)
    soonest, which = soonest_ms(times, sure)
    reached = bool(times.on_network[middle]) and math.isfinite(float(soonest[middle]))
    station = region.stations[int(which[middle])] if reached else None
    heaviest = here[np.argsort(-demand.weight[here], kind="stable")].tolist()
    return DemandHere(
        weight=float(demand.weight[here].sum()),
        by_state=by_state,
        names=tuple(dict.fromkeys(points[index].name for index in heaviest)),
        minutes=float(soonest[middle]) / 60_000 if reached else None,
        station_id=station.station_id if station else None,
        station_name=station.name if station else None,
    )
