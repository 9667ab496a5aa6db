"""The hours of the week at which demand is to be served, and how stations stand at each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from stations.errors import InputError
from stations.hours.expression import check_hours
from stations.hours.longer import longer_hours
from stations.hours.spans import HourState
from stations.hours.timetable import Timetable
from stations.model.coverage import WEEK_HOURS
from stations.model.keys import Datum, StationKind
from stations.model.queries import is_on_the_clock
from stations.model.siting import NAMED_HOURS, SitingQuery
from stations.model.station import Station
from stations.services.region import Region, read_region_calendar

MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class ChosenHours:
    """H moments; `of_week` (bool (168,)) are the hours of every week that would have to be kept to be open at them.

    No moments at all mean that stations count at any hour.
    """

    moments: tuple[datetime, ...]
    of_week: NDArray[np.bool_]


def choose_hours(query: SitingQuery, region: Region) -> ChosenHours:
    """Return the hours that a query chooses: those of its week, the one hour of its coverage, or none for any hour.

    Raises
    ------
    InputError
        The hours cannot be read, or name no full hour of the week.
    """
    if not query.hours:
        when = query.coverage.when
        local = when.astimezone(ZoneInfo(region.profile.time_zone)) if when else None
        daily = np.tile(np.arange(24) == local.hour, 7) if local else np.zeros(WEEK_HOURS, dtype=bool)
        return ChosenHours((when,) if when else (), daily)
    text = NAMED_HOURS.get(query.hours, query.hours)
    if len(text) > MOST_CHARACTERS:
        raise InputError("hours.too_long", field="hours", count=len(text), most=MOST_CHARACTERS)
    hours = week_hours(query.week or date.min, region)  # the query sees to it that there is a week
    there = np.array([is_on_the_clock(hour) for hour in hours])
    chosen = (states_with([_station_of(text, region)], region, hours)[:, 0] == HourState.OPEN) & there
    if not chosen.any():
        raise InputError("siting.no_hours", field="hours", value=query.hours[:60], named=", ".join(NAMED_HOURS))
    return ChosenHours(tuple(hours[hour] for hour in np.flatnonzero(chosen).tolist()), chosen)


def week_hours(day: date, region: Region) -> list[datetime]:
    """Return the 168 full hours of the week that holds a day, from Monday 00:00 local time."""
    monday, zone = day - timedelta(days=day.weekday()), ZoneInfo(region.profile.time_zone)
    return [datetime.combine(monday, time(), zone) + timedelta(hours=hour) for hour in range(WEEK_HOURS)]


def states_of(timetable: Timetable, count: int, hours: Sequence[datetime]) -> NDArray[np.uint8]:
    """Return the states of `count` stations of a timetable, uint8 (H, count); the hours lie within two weeks."""
    instants = np.array([round(hour.timestamp()) for hour in hours], dtype=np.int64)
    stations = np.tile(np.arange(count), len(hours))
    state = timetable.states_at(stations, np.repeat(instants, count), when=hours[0])
    return state.reshape(len(hours), count)


def states_with(stations: Sequence[Station], region: Region, hours: Sequence[datetime]) -> NDArray[np.uint8]:
    """Return the states of stations that need not be those of the region, by its calendar; uint8 (H, len(stations))."""
    calendar = region.keep_ground("work calendar", lambda: read_region_calendar(region.profile))
    timetable = Timetable(stations, profile=region.profile, calendar=calendar)
    return states_of(timetable, len(stations), hours)


def with_longer_hours(station: Station, chosen: ChosenHours) -> Station | None:
    """Return a station that is open in the chosen hours too; `None` where its hours are not known, or none are chosen.

    Hours that would have to be looked up first are not lengthened.
    """
    if station.hours is None or not chosen.of_week.any():
        return None
    longer = longer_hours(station.hours, chosen.of_week)
    try:
        check_hours(longer)
    except InputError:  # it is too long
        return None
    return replace(station, hours=longer, hours_text=None)


def _station_of(hours: str, region: Region) -> Station:
    """Return a station that keeps `hours`, at the middle of the region."""
    lon, lat = region.profile.centre
    return Station("", "", StationKind.HUB, lon, lat, lon, lat, Datum.WGS84, hours=hours, follows_workdays=False)
