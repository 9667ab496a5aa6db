"""What a rider is told where nothing that was asked for can be used, so that no night ends with an empty answer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stations.geo.kernels import UNREACHED
from stations.geo.ranking import CLOSED, NONE, OPEN, rank_doors
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
    parts = (_rank(allowed, CLOSED, asked, most=1), _rank(allowed, OPEN, asked, most=1), _public(asked))
    lines = iter(lines_of([number for part in parts for number in part], asked, at_departure=True))
    opening, is_open, public = ([next(lines) for _ in part] for part in parts)
    return InsteadLines(opening[0] if opening else None, is_open[0] if is_open else None, public)


def _public(asked: Asked) -> list[int]:
    arrays, query = asked.region.arrays, asked.query
    if not arrays.public.any():
        return []
    fitting = arrays.public & arrays.that_offer(query.services, query.needs)
    return _rank(fitting, OPEN, asked, most=MOST_PUBLIC) or _rank(arrays.public, OPEN, asked, most=MOST_PUBLIC)


def _rank(allowed: Mask, wanted: int, asked: Asked, *, most: int) -> list[int]:
    trips, hours, best = asked.trips, asked.hours, np.empty(most, dtype=np.int64)
    count = 0
    if trips.origin_snap_m is not None:
        count = rank_doors(
            allowed, wanted, trips.there_ms, trips.extra_ms, asked.behind, asked.region.arrays.turn,
            hours.course, hours.offset, hours.start, hours.state, hours.opens, seconds_of(asked.query.when), best,
        )  # fmt: skip
    timed: list[int] = best[:count].tolist()
    return timed + _rank_untimed(allowed, wanted, asked, most=most - count)


def _rank_untimed(allowed: Mask, wanted: int, asked: Asked, *, most: int) -> list[int]:
    """Return those without a travel time that are so on setting out, nearest by straight line first."""
    if not most:
        return []
    hours, arrays = asked.hours, asked.region.arrays
    now = hours.stretches_at(seconds_of(asked.query.when))
    fits = hours.state[now] == wanted
    if wanted == CLOSED:
        fits &= hours.opens[now] != NONE
    fitting = allowed & (asked.trips.there_ms == UNREACHED) & fits.take(hours.course)
    numbers: list[int] = []
    for group in (fitting & ~asked.behind, fitting & asked.behind) if asked.doors.locked else (fitting,):
        numbers += arrays.nearest_of(group, asked.query.origin, most - len(numbers))
    return numbers
