"""Coverage through a week: 168 hours for every service at once, from the table and the compiled hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from stations.geo.coverage import Mask, NearSets, group_by_near, weigh_choices, within_cutoff
from stations.hours.calendar import DayKind, holidays_of, kind_of
from stations.hours.preview import festival_of
from stations.hours.spans import HourState
from stations.model.coverage import WEEK_HOURS, NotableWeek, WeekAnswer, WeekNote, WeekRow
from stations.model.keys import Need, ServiceKey
from stations.model.queries import CoverageQuery, is_on_the_clock
from stations.services.chosen_hours import states_of, week_hours
from stations.services.coverage import check_cutoff, cutoff_ms, enterable
from stations.services.festivals import name_festival
from stations.services.region import Region, read_region_calendar

WeekKey = ServiceKey | Need | None
Asked = tuple[tuple[ServiceKey, ...], tuple[Need, ...]]
ALL_ROWS: tuple[WeekKey, ...] = (None, *Need, *ServiceKey)
_MAKEUP_REACH = timedelta(days=14)
"""Further than any make-up workday lies from its festival."""


def measure_week(
    query: CoverageQuery, region: Region, *, week: date, rows: Sequence[WeekKey] | None = ALL_ROWS
) -> WeekAnswer:
    """Return the coverage at each of the 168 full hours of a week, for several services and needs.

    Each value is what `measure_coverage` returns at that hour. The hour of `query` is not used, and its services and
    needs only where `rows` is `None`.

    Parameters
    ----------
    week
        Any day of the week, which begins on Monday 00:00 local time.
    rows
        A service, a need, or `None` for any station; one row each. `None` is one row, without a key, for all that the
        query asks together.

    Raises
    ------
    InputError
        The cutoff goes beyond what the table holds.
    UnknownThingError
        The region has no such layer of demand.
    """
    check_cutoff(query, region)
    hours = week_hours(week, region)
    monday = hours[0].date()
    there = [is_on_the_clock(hour) for hour in hours]
    state = states_of(region.timetable, len(region.stations), hours)
    keys: Sequence[WeekKey] = (None,) if rows is None else rows
    asked = [(query.services, query.needs)] if rows is None else [_asked(key) for key in keys]
    sure, perhaps = zip(*(_masks(one, query, region, state) for one in asked), strict=True) if keys else ((), ())
    sets = _near_sets(query, region)
    covered, unknown = weigh_choices(sets, _stacked(sure, region), _stacked(perhaps, region))
    demand, times = region.demand_arrays(query.layer), region.demand_times(query.mode, query.layer)
    total, off = float(demand.weight.sum()), float(demand.weight[~times.on_network].sum())
    answered = [
        WeekRow(
            key,
            tuple(share if known and total else None for share, known in zip(row_covered, there, strict=True)),
            tuple(share if known and total else 0.0 for share, known in zip(row_unknown, there, strict=True)),
        )
        for key, row_covered, row_unknown in zip(
            keys,
            (covered / (total or 1)).reshape(-1, WEEK_HOURS).tolist(),
            ((unknown + off) / (total or 1)).reshape(-1, WEEK_HOURS).tolist(),
            strict=True,
        )
    ]
    return WeekAnswer(query, monday, tuple(answered), tuple(_notes(monday, region)))


def notable_weeks(region: Region, *, year: int) -> tuple[NotableWeek, ...]:
    """Return the weeks of a year with days off for a festival, and those with make-up workdays, in their order.

    A festival of several weeks is told by the week that holds most of its days off (the first of equals). Nothing
    where the region has no work calendar.
    """
    calendar = region.keep_ground("work calendar", lambda: read_region_calendar(region.profile))
    if calendar is None:
        return ()
    runs = _runs(sorted(calendar.off))
    found = [_week_of_run(run) for run in runs if any(day.year == year for day in run)]
    for day in sorted(calendar.makeup):
        if day.year == year:
            near = [run for run in runs if run[0] - _MAKEUP_REACH <= day <= run[-1] + _MAKEUP_REACH]
            run = min(near, key=lambda run: min(abs(run[0] - day), abs(run[-1] - day)), default=None)
            monday = day - timedelta(days=day.weekday())
            found.append(NotableWeek(monday, "makeup", festival_of(run) if run else None, (day,)))
    return tuple(sorted(found, key=lambda one: (one.monday, one.kind)))


def _runs(days: Sequence[date]) -> list[list[date]]:
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _week_of_run(run: Sequence[date]) -> NotableWeek:
    mondays = [day - timedelta(days=day.weekday()) for day in run]
    return NotableWeek(max(mondays, key=mondays.count), "off", festival_of(run), tuple(run))


def _asked(key: WeekKey) -> Asked:
    return ((key,) if isinstance(key, ServiceKey) else (), (key,) if isinstance(key, Need) else ())


def _masks(asked: Asked, query: CoverageQuery, region: Region, state: NDArray[np.uint8]) -> tuple[Mask, Mask]:
    """Return which stations surely and perhaps count at every hour for one row, bool (168, K), as at one hour."""
    offers = region.arrays.listed & region.arrays.that_offer(*asked)
    sure, maybe = enterable(query, region)
    is_open, unknown = state == HourState.OPEN, state == HourState.UNKNOWN
    return offers & sure & is_open, offers & ((maybe & (is_open | unknown)) | (sure & unknown))


def _stacked(masks: Sequence[Mask], region: Region) -> Mask:
    return np.vstack([np.zeros((0, len(region.stations)), dtype=bool), *masks])


def _near_sets(query: CoverageQuery, region: Region) -> NearSets:
    def group() -> NearSets:
        times = region.demand_times(query.mode, query.layer)
        near = within_cutoff(times, cutoff_ms=cutoff_ms(query)) & region.arrays.listed
        return group_by_near(near, region.demand_arrays(query.layer).weight)

    return region.keep(("near sets", query.mode, query.layer, query.minutes), group)


def _notes(monday: date, region: Region) -> Iterator[WeekNote]:
    calendar = region.keep_ground("work calendar", lambda: read_region_calendar(region.profile))
    holidays = holidays_of(calendar=calendar, country=region.profile.country)
    for ahead in range(7):
        day = monday + timedelta(days=ahead)
        kind = kind_of(day, holidays)
        if kind is not DayKind.ORDINARY:
            yield WeekNote(day, str(kind), name_festival(day, region))
