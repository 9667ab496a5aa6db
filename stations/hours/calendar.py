"""Which days are public holidays and make-up workdays, and which could be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple, Protocol

from opening_hours import (  # type: ignore[attr-defined]  # the package has the error, its stub does not
    OpeningHours,
    UnknownCountryError,
)

from stations.errors import InputError


class DayKind(StrEnum):
    """What a date is to somebody who works."""

    ORDINARY = "ordinary"
    OFF = "off"
    MAKEUP = "makeup"
    UNCONFIRMED = "unconfirmed"


class Holidays(Protocol):
    """Anything that tells which kinds a date may be of."""

    def possible(self, day: date) -> frozenset[DayKind]:
        """Return the kinds `day` may be of, `UNCONFIRMED` never among them; a single one where it is known."""


def kind_of(day: date, holidays: Holidays) -> DayKind:
    """Return the kind of `day`, `UNCONFIRMED` where it could be of several and no notice tells."""
    kinds = holidays.possible(day)
    return next(iter(kinds)) if len(kinds) == 1 else DayKind.UNCONFIRMED


class _Festival(NamedTuple):
    """The first and the last date (month, day) a festival can fall on, and the most days off it has brought."""

    earliest: tuple[int, int]
    latest: tuple[int, int]
    days_off: int


# The festivals of the regulation on holidays (全国年节及纪念日放假办法). Those of the moon and sun move within the
# range they take in the Chinese calendar from 1901 to 2099: Spring Festival 1.1, Dragon Boat 5.5, Mid-Autumn 8.15,
# Qingming by the sun. `days_off` is the longest span in the notices from 2008 to 2026; Mid-Autumn and National Day
# may join. Every day off and make-up workday of those notices lies within the windows made from this.
_FESTIVALS = (
    _Festival((1, 1), (1, 1), 3),  # 元旦
    _Festival((1, 21), (2, 21), 9),  # 春节
    _Festival((4, 4), (4, 6), 3),  # 清明节
    _Festival((5, 1), (5, 1), 5),  # 劳动节
    _Festival((5, 27), (6, 26), 3),  # 端午节
    _Festival((9, 7), (10, 8), 3),  # 中秋节
    _Festival((10, 1), (10, 1), 8),  # 国庆节
)
# The furthest make-up workday of those notices lies 11 days from its holiday (2026-09-20); two weeks hold it.
_MAKEUP_REACH = timedelta(days=14)


@cache
def _windows(year: int) -> tuple[tuple[date, date], ...]:
    """Return first and last day that the notice of `year` could make a day off, for every festival.

    A span of n days off that holds the festival begins at most n - 1 days before it and ends as many after.
    """
    return tuple(
        (
            date(year, *festival.earliest) - timedelta(days=festival.days_off - 1),
            date(year, *festival.latest) + timedelta(days=festival.days_off - 1),
        )
        for festival in _FESTIVALS
    )


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Days off and make-up workdays from the State Council's yearly notices.

    `confirmed_years` are the years whose notice is in the lists. The notice of a year also rules the last days of
    the December before, so those stay open until it is known. A day off outside every festival (as 3 September 2015
    was) cannot be foreseen: without a notice it counts as ordinary.
    """

    off: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()
    confirmed_years: frozenset[int] = frozenset()

    def possible(self, day: date) -> frozenset[DayKind]:
        """Return the kinds `day` may be of; more than one only where a year without a notice leaves it open.

        A day within a festival's window could be off; a Saturday or Sunday within two weeks of one could be a
        make-up workday.
        """
        if day in self.off:
            return frozenset({DayKind.OFF})
        if day in self.makeup:
            return frozenset({DayKind.MAKEUP})
        kinds = {DayKind.ORDINARY}
        for year in {day.year, day.year + 1} - self.confirmed_years:
            for first, last in _windows(year):
                if first <= day <= last:
                    kinds.add(DayKind.OFF)
                if day.weekday() >= 5 and first - _MAKEUP_REACH <= day <= last + _MAKEUP_REACH:
                    kinds.add(DayKind.MAKEUP)
        return frozenset(kinds)


class CountryHolidays:
    """Public holidays as opening-hours-py knows them, for regions without a work calendar of their own.

    Parameters
    ----------
    country
        ISO 3166 code; empty means that no day is a public holiday.

    Raises
    ------
    InputError
        The library knows no country of that code.
    """

    def __init__(self, country: str) -> None:
        self._days: OpeningHours | None = None
        if not country:
            return
        try:
            self._days = OpeningHours("PH", country=country, auto_country=False, auto_timezone=False)
        except UnknownCountryError as error:
            raise InputError("hours.country", field="country", value=country) from error

    def possible(self, day: date) -> frozenset[DayKind]:
        """Return whether `day` is off or ordinary."""
        off = self._days is not None and self._days.is_open(datetime(day.year, day.month, day.day, 12))
        return frozenset({DayKind.OFF if off else DayKind.ORDINARY})


def holidays_of(*, calendar: WorkCalendar | None, country: str) -> Holidays:
    """Return what tells the holidays of a region: its work calendar, else its country's public holidays.

    China without a calendar leaves every day of a festival's window open: the library misses official days off
    there, and knows no make-up workdays.
    """
    if calendar is not None:
        return calendar
    return WorkCalendar() if country.upper() == "CN" else CountryHolidays(country)
