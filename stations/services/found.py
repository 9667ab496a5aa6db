"""Lines of the rider's list: what is told of each station that was picked, looked up for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from stations.geo.nearest import straight_line_m
from stations.geo.ranking import IS_UNCONFIRMED, NONE, look_up
from stations.hours.timetable import SOON_S, WeekArrays, seconds_of
from stations.model.answers import Arrival, FoundStation
from stations.model.keys import ArrivalState, TravelReason
from stations.model.queries import NearestQuery
from stations.model.taps import DoorReport
from stations.services.region import Region
from stations.services.station_arrays import Mask
from stations.services.trips import Trips, why_untimed

_STATES = (
    ArrivalState.OPEN,
    ArrivalState.OPENS_LATER,
    ArrivalState.CLOSES_BEFORE_ARRIVAL,
    ArrivalState.CLOSED,
    ArrivalState.UNKNOWN,
    ArrivalState.UNKNOWN,
)
"""In the order of the arrivals of `geo.ranking`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what was looked up for it: the region, the trips, what is known of the doors, the hours."""

    query: NearestQuery
    region: Region
    trips: Trips
    doors: DoorReport
    hours: WeekArrays

    @property
    def behind(self) -> Mask:
        """The stations that riders found locked."""
        if not self.doors.locked:
            return self.region.arrays.nobody
        mask = self.region.arrays.nobody.copy()
        mask[[self.region.number_of[one] for one in self.doors.locked if one in self.region.number_of]] = True
        return mask


class Line(NamedTuple):
    """What is told of the station of a number, as `FoundStation` says; instants are seconds since 1970."""

    number: int
    travel_s: int | None
    return_s: int | None
    onward_s: int | None
    travel_reason: TravelReason | None
    straight_line_m: float
    state: ArrivalState
    usable_in_s: int | None
    open_until: int | None
    opens_at: int | None
    holidays_unconfirmed: bool
    detour_s: int | None
    spare_s: int | None
    at_departure: bool


def lines_of(numbers: Sequence[int], asked: Asked, *, at_departure: bool = False) -> list[Line]:
    """Return the lines of stations by their numbers, in that order.

    Parameters
    ----------
    at_departure
        Tell of those without a travel time what one would find who were there on setting out.
    """
    query, trips, arrays = asked.query, asked.trips, asked.region.arrays
    hours, chosen = asked.hours, np.array(numbers, dtype=np.int64)
    found = look_up(
        chosen, trips.there_ms, trips.back_ms, trips.onward_ms, trips.extra_ms, trips.way_in_ms,
        hours.course, hours.offset, hours.start, hours.state, hours.opens,
        seconds_of(query.when), SOON_S, at_departure,
    ).tolist()  # fmt: skip
    straight = straight_line_m(query.origin.lon, query.origin.lat, arrays.lon[chosen], arrays.lat[chosen]).tolist()
    reasons = why_untimed(numbers, trips, query.mode, asked.region)
    return [
        _line(number, row, asked, straight_m=straight_m, reason=reasons.get(number), at_departure=at_departure)
        for number, row, straight_m in zip(numbers, found, straight, strict=True)
    ]


def _line(
    number: int, row: list[int], asked: Asked, *, straight_m: float, reason: TravelReason | None, at_departure: bool
) -> Line:
    travel_s, return_s, onward_s, arrival, usable_in_s, until, opens = (None if cell == NONE else cell for cell in row)
    assert arrival is not None  # a state always is
    stop = asked.trips.next_stop
    detour_s = spare_s = None
    if stop and stop.direct_s is not None and travel_s is not None and onward_s is not None:
        detour_s = travel_s + onward_s - stop.direct_s
    home_s = onward_s if stop else return_s
    if asked.query.budget_min is not None and usable_in_s is not None and home_s is not None:
        spare_s = int(asked.query.budget_min * 60) - usable_in_s - home_s
        if until is not None:
            spare_s = min(spare_s, until - seconds_of(asked.query.when) - usable_in_s)
    return Line(
        number, travel_s, return_s, onward_s, reason, straight_m, _STATES[arrival], usable_in_s, until, opens,
        arrival == IS_UNCONFIRMED, detour_s, spare_s, at_departure and travel_s is None,
    )  # fmt: skip


def describe(line: Line, asked: Asked) -> FoundStation:
    """Return a line with its station and moments."""
    station = asked.region.stations[line.number]
    return FoundStation(
        station=station,
        travel_s=line.travel_s,
        return_s=line.return_s,
        travel_reason=line.travel_reason,
        straight_line_m=line.straight_line_m,
        to_gate=station.to_gate_only,
        arrival=Arrival(
            line.state,
            usable_in_s=line.usable_in_s,
            open_until=_moment(line.open_until, asked.region),
            opens_at=_moment(line.opens_at, asked.region),
            holidays_unconfirmed=line.holidays_unconfirmed,
        ),
        onward_s=line.onward_s,
        detour_s=line.detour_s,
        spare_s=line.spare_s,
        reported_locked=station.station_id in asked.doors.locked,
        at_departure=line.at_departure,
    )


def _moment(instant: int | None, region: Region) -> datetime | None:
    return None if instant is None else region.timetable.moment_of(instant)
