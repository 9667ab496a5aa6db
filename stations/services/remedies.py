"""What helps most for least at stations that are there, with all that it would newly cover."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stations.geo.coverage import CoverState, cover_demand, within_cutoff
from stations.hours.spans import HourState
from stations.model.coverage import GapPlace
from stations.model.queries import CoverageQuery
from stations.services.coverage import cutoff_ms, enterable, stations_that_count
from stations.services.gap_places import EFFORT, RemedySum, sum_remedies
from stations.services.region import Region


def rank_remedies(query: CoverageQuery, region: Region, gaps: Iterable[GapPlace]) -> tuple[RemedySum, ...]:
    """Return the remedies at stations for the `gaps` of a query, what newly covers most for its effort first.

    The weight of each is all the demand that it alone newly covers, in the gaps that it was told for (`places`) and
    elsewhere; one that covers none for sure is left out.
    """
    gains = _gains(query, region)
    found = []
    for one in sum_remedies(gaps):
        gain = float(gains[region.number(one.remedy.station_id or "")])
        if one.remedy.changes and gain:
            found.append((gain / sum(EFFORT[change] for change in one.remedy.changes), gain, one))
    found.sort(key=lambda told: (-told[0], str(told[2].remedy.station_id)))
    return tuple(replace(one, remedy=replace(one.remedy, weight=gain)) for _, gain, one in found)


def _gains(query: CoverageQuery, region: Region) -> NDArray[np.float64]:
    """Return for every station the demand that it would newly cover if it counted; none where it might not even then.

    What is known to be lacking can be changed; of a station whose hours or way in are not known nothing is sure.
    """
    times, weight = region.demand_times(query.mode, query.layer), region.demand_arrays(query.layer).weight
    counting, perhaps = stations_that_count(query, region)
    cutoff = cutoff_ms(query)
    left = cover_demand(times, sure=counting, perhaps=perhaps, cutoff_ms=cutoff).state != CoverState.COVERED
    gains = np.asarray(weight[left] @ within_cutoff(times, cutoff_ms=cutoff)[left], dtype=np.float64)
    sure, maybe = enterable(query, region)
    known = sure | ~maybe
    if query.when:
        known &= region.timetable.states(query.when) != HourState.UNKNOWN
    return np.where(known, gains, 0.0)
