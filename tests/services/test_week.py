"""The week of the town: every hour is what coverage at that hour is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stations.errors import InputError, UnknownThingError
from stations.model.keys import Need, ServiceKey, TravelMode
from stations.model.queries import CoverageQuery
from stations.services.coverage import measure_coverage
from stations.services.region import load_region
from stations.services.week import ALL_ROWS, measure_week, notable_weeks

ZONE = ZoneInfo("Asia/Shanghai")
SPRING_FESTIVAL = date(2026, 2, 18)
MAKEUP_SATURDAY = date(2026, 2, 28)


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


@pytest.mark.parametrize("no_registration", [False, True])
@pytest.mark.parametrize("day", [date(2026, 11, 18), SPRING_FESTIVAL, MAKEUP_SATURDAY])
def test_every_hour_of_every_row_is_the_coverage_at_that_hour(region, day, no_registration):
    query = CoverageQuery(TravelMode.WALK, minutes=11, no_registration=no_registration)
    answer = measure_week(query, region, week=day)

    monday = datetime.combine(answer.monday, datetime.min.time(), ZONE)
    assert [row.key for row in answer.rows] == list(ALL_ROWS)
    for row in answer.rows:
        for hour in range(0, 168, 5):
            services = (row.key,) if isinstance(row.key, ServiceKey) else ()
            needs = (row.key,) if isinstance(row.key, Need) else ()
            when = monday + timedelta(hours=hour)
            whole = measure_coverage(replace(query, services=services, needs=needs, when=when), region).whole
            assert row.shares[hour] == pytest.approx(whole.covered_share)
            assert row.unknown[hour] == pytest.approx(whole.unknown_share)


def test_the_toilet_is_open_in_office_hours_of_workdays(region):
    # h alone has one that can be walked to, from F (300 s), and is open Mo-Fr 08:00-18:00.
    answer = measure_week(
        CoverageQuery(TravelMode.WALK, minutes=6), region, week=date(2026, 11, 22), rows=[Need.TOILET]
    )

    (row,) = answer.rows
    expected = [100 / 650 if day < 5 and 8 <= hour < 18 else 0 for day in range(7) for hour in range(24)]
    assert answer.monday == date(2026, 11, 16)
    assert row.shares == pytest.approx(expected)
    assert row.unknown == pytest.approx([50 / 650] * 168)
    assert answer.notes == ()


def test_days_off_and_make_up_days_are_noted(region):
    festival = measure_week(CoverageQuery(TravelMode.WALK), region, week=SPRING_FESTIVAL, rows=[None])
    makeup = measure_week(CoverageQuery(TravelMode.WALK), region, week=MAKEUP_SATURDAY, rows=[None])

    assert {(note.kind, note.festival) for note in festival.notes} == {("off", "spring")}
    assert [(note.day, note.kind, note.festival) for note in makeup.notes] == [
        (date(2026, 2, 23), "off", "spring"),
        (MAKEUP_SATURDAY, "makeup", None),
    ]


def test_weeks_of_note_are_named(region):
    weeks = notable_weeks(region, year=2026)

    assert ("off", "spring", date(2026, 2, 16)) in [(week.kind, week.festival, week.monday) for week in weeks]
    assert ("makeup", "spring", date(2026, 2, 23)) in [(week.kind, week.festival, week.monday) for week in weeks]
    assert [week.monday for week in weeks] == sorted(week.monday for week in weeks)
    assert notable_weeks(region, year=1999) == ()


def test_an_hour_that_the_clocks_leave_out_is_not_known(region):
    # Summer time began in Helsinki on 29 March 2026: 03:00 to 04:00 is on no clock.
    abroad = replace(region, profile=replace(region.profile, time_zone="Europe/Helsinki"), _kept={})
    (row,) = measure_week(CoverageQuery(TravelMode.WALK), abroad, week=date(2026, 3, 29), rows=[None]).rows

    assert [hour for hour, share in enumerate(row.shares) if share is None] == [6 * 24 + 3]


def test_no_rows_are_no_week(region):
    assert measure_week(CoverageQuery(TravelMode.WALK), region, week=SPRING_FESTIVAL, rows=[]).rows == ()


def test_what_cannot_be_asked_is_told(region):
    with pytest.raises(UnknownThingError, match="orders"):
        measure_week(CoverageQuery(TravelMode.WALK, layer="orders"), region, week=SPRING_FESTIVAL)
    low = replace(region, tables={TravelMode.WALK: replace(region.tables[TravelMode.WALK], limit_ms=600_000)})
    with pytest.raises(InputError, match="cutoff_beyond"):
        measure_week(CoverageQuery(TravelMode.WALK, minutes=15), low, week=SPRING_FESTIVAL)
