"""What a rider is told where nothing that was asked for can be used, so that no night ends with an empty answer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stations.geo.ranking import CLOSED, OPEN, rank_doors
from stations.hours.timetable import seconds_of
from stations.services.found import Asked, Line, lines_of
from stations.services.station_arrays import Mask

MOST_PUBLIC = 3


class InsteadLines(NamedTuple):
    """The lines of `Instead`."""

    next_to_open: Line | None
    nearest_open: Line | None
    public: list[Line]


def find_instead(asked: Asked, allowed: Mask) -> InsteadLines:
    """Return what opens first and what is open nearest of the `allowed` stations, and the public places that are open.

    Those with a travel time come first, by what one finds on arrival; where there is none, the nearest by straight line
    by what is so on setting out. What riders found locked is taken only where there is nothing else.
    Public places are those that meet the needs, or where none of those is open, any that are.
    """
    numbers = np.flatnonzero(allowed)
    parts = (_rank(numbers, CLOSED, asked, most=1), _rank(numbers, OPEN, asked, most=1), _public(asked))
    lines = iter(lines_of([number for part in parts for number in part], asked, at_departure=True))
    opening, is_open, public = ([next(lines) for _ in part] for part in parts)
    return InsteadLines(opening[0] if opening else None, is_open[0] if is_open else None, public)


def _public(asked: Asked) -> list[int]:
    arrays, query = asked.region.arrays, asked.query
    everywhere = np.flatnonzero(arrays.public)
    if not len(everywhere):
        return []
    fitting = np.flatnonzero(arrays.public & arrays.that_offer(query.services, query.needs))
    return _rank(fitting, OPEN, asked, most=MOST_PUBLIC) or _rank(everywhere, OPEN, asked, most=MOST_PUBLIC)


def _rank(numbers: NDArray[np.int64], wanted: int, asked: Asked, *, most: int) -> list[int]:
    trips, arrays, origin = asked.trips, asked.region.arrays, asked.query.origin
    hours = asked.region.timetable.week_arrays(asked.query.when)
    best = np.empty(most, dtype=np.int64)
    count = rank_doors(
        numbers, wanted, trips.there_ms, trips.extra_ms, asked.behind, arrays.turn,
        hours.course, hours.offset, hours.start, hours.state, hours.opens, seconds_of(asked.query.when),
        origin.lon, origin.lat, arrays.lon, arrays.lat, best,
    )  # fmt: skip
    found: list[int] = best[:count].tolist()
    return found
