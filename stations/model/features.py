"""What programs that draw maps ask: a page of the features of a collection."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stations.errors import InputError
from stations.model.queries import CoverageQuery

MOST_FEATURES = 1_000
"""On one page; who asks for more gets as many, and the way to the rest."""
DEFAULT_FEATURES = 100
MOST_OFFSET = 1_000_000_000
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class FeatureQuery:
    """Which features of a collection, from `offset` on, `limit` of them at most.

    `coverage` is the question that catchments, demand and gaps answer. `box` is west, south, east, north in WGS 84
    degrees, across the 180th meridian where west is above east; features that touch it are in it. `equal` holds
    properties and the values of which each must have one.

    Raises
    ------
    InputError
        `limit` or `offset` is below what there is, or `box` is none.
    """

    collection: str
    coverage: CoverageQuery
    box: Box | None = None
    equal: tuple[tuple[str, tuple[str, ...]], ...] = ()
    limit: int = DEFAULT_FEATURES
    offset: int = 0

    def __post_init__(self) -> None:
        if self.limit < 1:
            raise InputError("ogc.limit", field="limit", value=self.limit)
        if not 0 <= self.offset <= MOST_OFFSET:
            raise InputError("ogc.offset", field="offset", value=self.offset)
        if self.box is not None:
            _check_box(self.box)


def _check_box(box: Box) -> None:
    west, south, east, north = box
    fits = all(map(math.isfinite, box)) and -90 <= south <= north <= 90 and max(abs(west), abs(east)) <= 180
    if not fits:
        raise InputError("ogc.box", field="bbox", value=",".join(f"{degrees:g}" for degrees in box))
