"""The rider's list: which stations can be used soonest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from stations.geo.kernels import UNREACHED
from stations.geo.ranking import USABLE, rank_by_use
from stations.hours.timetable import SOON_S, seconds_of
from stations.model.answers import FoundStation, Instead, NearestAnswer
from stations.model.keys import TravelMode
from stations.model.queries import NearestQuery, Place
from stations.model.station import Station
from stations.model.taps import UNREAD, DoorReport
from stations.services.found import Asked, Line, describe, lines_of
from stations.services.instead import InsteadLines, find_instead
from stations.services.region import Region
from stations.services.station_arrays import Mask
from stations.services.trips import plan_trips

MOST_ALTERNATIVES = 3
NO_BUDGET = -1


@dataclass(frozen=True, slots=True)
class Ranking:
    """The answer to one question by numbers, best first; `instead` is there when nothing is usable."""

    asked: Asked
    lines: list[Line]
    instead: InsteadLines | None


def find_nearest(query: NearestQuery, region: Region, *, doors: DoorReport = UNREAD) -> NearestAnswer:
    """Return the stations that fit `query`, the one that can be used soonest first.

    Usable ones come by the moment of use; then those that riders found locked, likewise; then those of unknown hours
    by travel time; then closed ones by travel time; then those without a travel time by straight line; ties by
    `station_id`. With a next stop, the time from the station to it is added to what they are ordered by: that is the
    detour, waiting included. With a budget only those are left that can, or perhaps can, be used within it. Where the
    region has stations of its own, public places stand in `Instead` alone, which is there when nothing is usable.
    """
    ranking = rank_nearest(query, region, doors=doors)
    asked, instead = ranking.asked, ranking.instead
    return NearestAnswer(
        query=query,
        found=tuple(describe(line, asked) for line in ranking.lines),
        origin_snap_m=asked.trips.origin_snap_m,
        origin_on_main=asked.trips.origin_on_main,
        doors=doors,
        next_stop=asked.trips.next_stop,
        instead=instead
        and Instead(
            next_to_open=instead.next_to_open and describe(instead.next_to_open, asked),
            nearest_open=instead.nearest_open and describe(instead.nearest_open, asked),
            public=tuple(describe(line, asked) for line in instead.public),
        ),
    )


def find_alternatives(
    station: Station, region: Region, *, mode: TravelMode, when: datetime, doors: DoorReport = UNREAD
) -> tuple[FoundStation, ...]:
    """Return the other stations that somebody at the door of `station` can use soonest, at most three.

    It may be one that is closed, and so is not in the region. Those without a travel time are left out. In the order
    of `find_nearest`.
    """
    asked = NearestQuery(Place(station.lon, station.lat), mode, when, limit=MOST_ALTERNATIVES + 1)
    found = find_nearest(asked, region, doors=doors).found
    others = (one for one in found if one.station.station_id != station.station_id and one.travel_s is not None)
    return tuple(others)[:MOST_ALTERNATIVES]


def rank_nearest(query: NearestQuery, region: Region, *, doors: DoorReport = UNREAD) -> Ranking:
    """Return what `find_nearest` does, before it is told in values; in the same order."""
    asked = Asked(query, region, plan_trips(query, region), doors, region.timetable.week_arrays(query.when))
    allowed = _asked_for(query, region)
    numbers, usable = _ranked(asked, allowed)
    room = query.limit - len(numbers)
    if room and not (query.open_on_arrival or query.always_open or query.budget_min is not None):
        untimed = allowed & (asked.trips.there_ms == UNREACHED)
        numbers += region.arrays.nearest_of(untimed, query.origin, room)
    return Ranking(asked, lines_of(numbers, asked), None if usable else find_instead(asked, allowed))


def _asked_for(query: NearestQuery, region: Region) -> Mask:
    arrays = region.arrays
    mask = arrays.listed & arrays.that_offer(query.services, query.needs)
    if query.entries:
        mask &= np.logical_or.reduce([arrays.entries[entry] for entry in query.entries])
    if query.no_registration:
        mask &= arrays.no_registration
    return mask


def _ranked(asked: Asked, allowed: Mask) -> tuple[list[int], bool]:
    """Return the best stations that have a travel time, by number, and whether the first can be used."""
    query, trips, arrays, hours = asked.query, asked.trips, asked.region.arrays, asked.hours
    if trips.origin_snap_m is None:
        return [], False
    number, group, value = np.empty((3, query.limit), dtype=np.int64)
    count = rank_by_use(
        trips.there_ms, trips.home_ms, trips.extra_ms, trips.way_in_ms, allowed, asked.behind, arrays.turn,
        hours.course, hours.offset, hours.start, hours.state, hours.opens,
        seconds_of(query.when), SOON_S, NO_BUDGET if query.budget_min is None else int(query.budget_min * 60),
        query.open_on_arrival, query.always_open, query.next_stop is not None,
        number, group, value,
    )  # fmt: skip
    return number[:count].tolist(), bool(count and group[0] == USABLE)
