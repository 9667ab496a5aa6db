"""What the days off of a region are for."""

from __future__ import annotations

from datetime import date, timedelta

from stations.hours.calendar import DayKind, Holidays, WorkCalendar, holidays_of, kind_of
from stations.hours.preview import festival_of
from stations.services.region import Region, read_region_calendar

_LONGEST = timedelta(days=12)
"""Further than any run of days off reaches."""


def name_festival(day: date, region: Region) -> str | None:
    """Return the key of the festival that `day` is off for (``"national"``), `None` where it is not known to be off.

    Names are those of the State Council's notices, so a region without a work calendar has none but ``"other"``.
    """
    holidays = region.keep(
        "holidays",
        lambda: holidays_of(calendar=read_region_calendar(region.profile), country=region.profile.country),
    )
    if kind_of(day, holidays) is not DayKind.OFF:
        return None
    if not isinstance(holidays, WorkCalendar):
        return "other"
    return festival_of(_run_around(day, holidays))


def _run_around(day: date, holidays: Holidays) -> list[date]:
    """Return the days off in a row that hold `day`."""
    first = last = day
    one = timedelta(days=1)
    while day - first < _LONGEST and kind_of(first - one, holidays) is DayKind.OFF:
        first -= one
    while last - day < _LONGEST and kind_of(last + one, holidays) is DayKind.OFF:
        last += one
    return [first + one * number for number in range((last - first).days + 1)]
