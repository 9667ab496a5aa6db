"""What would help several gaps at once: the remedies of all gaps, taken together by station."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from stations.model.coverage import GapPlace, Remedy


@dataclass(frozen=True, slots=True)
class RemedySum:
    """One remedy at one station, and the `places` that it helps; its weight is at least what they gain by it."""

    remedy: Remedy
    places: int


def sum_remedies(gaps: Iterable[GapPlace]) -> tuple[RemedySum, ...]:
    """Return the remedies at existing stations that several gaps share, those that help most first.

    A remedy may also serve gaps for which another was cheaper: its weight is a lower bound.
    """
    sums: dict[tuple[object, ...], RemedySum] = {}
    for gap in gaps:
        own = gap.remedy
        if own.station_id is None:
            continue
        key = (own.key, own.station_id, own.changes)
        before = sums.get(key)
        weight = (own.weight or 0.0) + (before.remedy.weight or 0.0 if before else 0.0)
        sums[key] = RemedySum(replace(own, weight=weight), 1 + (before.places if before else 0))
    return tuple(sorted(sums.values(), key=lambda one: (-(one.remedy.weight or 0.0), str(one.remedy.station_id))))
