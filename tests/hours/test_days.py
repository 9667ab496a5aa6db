from __future__ import annotations

from datetime import date

import pytest

from stations.hours.days import day_spans
from stations.hours.expression import HoursExpression

MAKEUP_SATURDAY = "2026-10-10"
HOLIDAY = "2026-10-01"
PERHAPS_HOLIDAY = "2027-10-01"  # a Friday
PERHAPS_MAKEUP = "2027-10-16"  # a Saturday
PERHAPS_EITHER = "2027-10-02"  # a Saturday


@pytest.mark.parametrize(
    ("text", "follows", "day", "spans"),
    [
        ("Mo-Fr 08:00-18:00; PH off", True, MAKEUP_SATURDAY, "08-18 OPEN"),
        ("Mo-Fr 08:00-18:00; PH off", False, MAKEUP_SATURDAY, ""),
        ("Mo-Fr 08:00-18:00; PH off", None, MAKEUP_SATURDAY, "08-18 UNKNOWN"),
        ("Mo-Fr 08:00-18:00; Sa 10:00-14:00", None, MAKEUP_SATURDAY, "08-10 UNKNOWN 10-14 OPEN 14-18 UNKNOWN"),
        ("Mo-Su 08:00-18:00; PH off", None, MAKEUP_SATURDAY, "08-18 OPEN"),
        ("Mo-Fr 08:00-18:00; PH off", True, HOLIDAY, ""),
        ("Mo-Fr 08:00-18:00", True, HOLIDAY, "08-18 OPEN"),
        ("Mo-Fr 08:00-18:00; PH 10:00-12:00", True, PERHAPS_HOLIDAY, "08-10 UNCONFIRMED 10-12 OPEN 12-18 UNCONFIRMED"),
        ("24/7", None, PERHAPS_HOLIDAY, "00-24 OPEN"),
        ("24/7; PH off", False, PERHAPS_HOLIDAY, "00-24 UNCONFIRMED"),
        ("Mo-Fr 08:00-18:00", None, PERHAPS_HOLIDAY, "08-18 OPEN"),
        ("Mo-Fr 08:00-18:00", True, PERHAPS_MAKEUP, "08-18 UNCONFIRMED"),
        ("Mo-Fr 08:00-18:00", None, PERHAPS_MAKEUP, "08-18 UNCONFIRMED"),
        ("Mo-Fr 08:00-18:00", False, PERHAPS_MAKEUP, ""),
        ("Mo-Su 08:00-18:00; PH off", True, PERHAPS_MAKEUP, "08-18 OPEN"),
        ("Sa 10:00-14:00; PH off", False, PERHAPS_EITHER, "10-14 UNCONFIRMED"),
        ("Mo-Fr 08:00-18:00; SH 10:00-12:00", False, HOLIDAY, "08-10 UNKNOWN 10-12 OPEN 12-18 UNKNOWN"),
        ("Mo-Su 08:00-18:00; SH Su 10:00-12:00", False, HOLIDAY, "08-18 OPEN"),
        ("08:00-18:00; PH -1 day 08:00-12:00", False, "2026-09-30", "08-12 OPEN"),
        ("08:00-18:00; PH -1 day 08:00-12:00", False, "2026-10-07", "08-18 OPEN"),
        ("08:00-18:00; PH -1 day 08:00-12:00", False, "2027-09-30", "08-12 OPEN 12-18 UNCONFIRMED"),
    ],
)
def test_a_day_is_known_where_all_ways_to_read_it_agree(calendar, text, follows, day, spans):
    found = day_spans(
        HoursExpression(text),
        date.fromisoformat(day),
        holidays=calendar,
        makeup_weekday=0,
        follows_workdays=follows,
        sun=lambda *_: 0,
    )

    assert " ".join(f"{start // 60:02}-{end // 60:02} {state.name}" for start, end, state in found) == spans


def test_the_weekday_of_make_up_days_is_the_region_s(calendar):
    hours = HoursExpression("Mo 08:00-18:00; Fr 08:00-16:00")
    found = day_spans(
        hours, date(2026, 10, 10), holidays=calendar, makeup_weekday=4, follows_workdays=True, sun=lambda *_: 0
    )

    assert [(start, end) for start, end, _ in found] == [(8 * 60, 16 * 60)]
