from __future__ import annotations

from datetime import date, timedelta

import pytest

from stations.errors import InputError
from stations.hours.calendar import CountryHolidays, DayKind, WorkCalendar, holidays_of, kind_of


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-10-01", DayKind.OFF),
        ("2026-10-04", DayKind.OFF),  # a Sunday inside the span
        ("2026-10-08", DayKind.ORDINARY),
        ("2026-10-10", DayKind.MAKEUP),
        ("2026-09-20", DayKind.MAKEUP),
        ("2026-09-26", DayKind.OFF),
        ("2025-05-31", DayKind.OFF),
        ("2024-06-08", DayKind.ORDINARY),  # the notice of 2024 gives 10 June only
    ],
)
def test_a_day_of_a_confirmed_year_is_what_the_notice_says(calendar, day, kind):
    assert kind_of(date.fromisoformat(day), calendar) is kind


def test_every_day_of_confirmed_years_has_one_kind_until_the_next_notice_could_reach_back(calendar):
    # New Year 2027 may take three days off from 30 December 2026; make-up weekends reach two weeks further back, and
    # Spring Festival 2027 (make-up weekends from 30 December) adds nothing earlier: 2026-12-16 is a Wednesday.
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(3 * 366)]
    uncertain = [day for day in days if day.year < 2027 and len(calendar.possible(day)) > 1]

    assert [day.isoformat() for day in uncertain] == [
        "2026-12-19",
        "2026-12-20",
        "2026-12-26",
        "2026-12-27",
        "2026-12-30",
        "2026-12-31",
    ]


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        ("2027-01-01", {DayKind.ORDINARY, DayKind.OFF}),
        ("2027-01-04", {DayKind.ORDINARY}),  # a Monday behind any three days that hold 1 January
        ("2027-02-06", {DayKind.ORDINARY, DayKind.OFF, DayKind.MAKEUP}),  # Spring Festival 2027, a Saturday
        ("2027-03-13", {DayKind.ORDINARY, DayKind.MAKEUP}),  # a Saturday within two weeks of 1 March
        ("2027-03-17", {DayKind.ORDINARY}),
        ("2027-07-15", {DayKind.ORDINARY}),
        ("2027-07-31", {DayKind.ORDINARY}),
        ("2027-10-08", {DayKind.ORDINARY, DayKind.OFF}),
        ("2027-11-06", {DayKind.ORDINARY}),
    ],
)
def test_a_day_of_a_year_without_notice_is_all_that_it_could_be(calendar, day, kinds):
    assert calendar.possible(date.fromisoformat(day)) == kinds


def test_the_windows_would_have_held_every_day_of_the_known_notices(calendar):
    unaware = WorkCalendar()

    assert all(DayKind.OFF in unaware.possible(day) for day in calendar.off)
    assert all(DayKind.MAKEUP in unaware.possible(day) for day in calendar.makeup)


def test_a_country_without_calendar_has_the_holidays_of_the_library():
    finland = holidays_of(calendar=None, country="FI")

    assert kind_of(date(2026, 12, 6), finland) is DayKind.OFF  # Independence Day
    assert kind_of(date(2026, 12, 7), finland) is DayKind.ORDINARY


def test_without_a_country_no_day_is_a_holiday_and_china_without_calendar_is_open():
    assert kind_of(date(2026, 12, 25), CountryHolidays("")) is DayKind.ORDINARY
    assert kind_of(date(2026, 10, 1), holidays_of(calendar=None, country="cn")) is DayKind.UNCONFIRMED


def test_an_unknown_country_is_named():
    with pytest.raises(InputError) as caught:
        CountryHolidays("ZZ")

    assert (caught.value.key, caught.value.values) == ("hours.country", {"value": "ZZ"})
