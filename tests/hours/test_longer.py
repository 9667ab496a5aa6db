from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.hours.expression import DAY_MIN, HoursExpression, Reading, check_hours
from stations.hours.longer import longer_hours

NIGHT = np.array([hour % 24 >= 22 or hour % 24 < 6 for hour in range(168)])
WORK = np.array([hour < 120 and 8 <= hour % 24 < 18 for hour in range(168)])
WEEKEND = np.arange(168) >= 120


@pytest.mark.parametrize(
    ("text", "chosen", "longer"),
    [
        ("Mo-Fr 08:00-18:00", NIGHT, "Mo-Fr 08:00-18:00,22:00-06:00; Sa-Su 22:00-06:00"),
        ("Mo-Fr 08:00-18:00; PH off", NIGHT, "Mo-Fr 08:00-18:00,22:00-06:00; Sa-Su 22:00-06:00; PH 22:00-06:00"),
        ("Mo-Su,PH 08:30-17:30", NIGHT, "08:30-17:30,22:00-06:00"),
        ("08:00-22:00", NIGHT, "08:00-06:00"),
        ("06:00-22:00", NIGHT, "24/7"),
        ("08:00-20:00", np.ones(168, dtype=bool), "24/7"),
        ("24/7", WORK, "24/7"),
        ("Mo-Fr 08:00-12:00,14:00-17:30; PH off", WORK, "Mo-Fr 08:00-18:00"),  # the holidays are chosen hours too
        ("Mo-Fr 09:00-12:00", WEEKEND, "Mo-Fr 09:00-12:00; Sa-Su 00:00-24:00"),
        ("Mo-Fr 09:00-12:00; PH off", WEEKEND, "Mo-Fr 09:00-12:00; PH off, Sa-Su 00:00-24:00"),
        ("Apr-Oct 08:00-20:00", NIGHT, "Apr-Oct 08:00-20:00, Mo-Su 22:00-06:00"),
        ('08:00-17:00 "ring"', NIGHT, '08:00-17:00 "ring", Mo-Su 22:00-06:00'),
    ],
)
def test_chosen_hours_are_added(text, chosen, longer):
    assert longer_hours(text, chosen) == longer


HALF_HOURS = st.integers(0, 47)
SPAN = st.tuples(HALF_HOURS, HALF_HOURS).filter(lambda ends: ends[0] != ends[1])
DAYS = st.sampled_from(["", "Mo-Fr ", "Sa,Su ", "Mo,We-Th ", "Su "])
RULE = st.tuples(DAYS, SPAN)
HOLIDAY = st.sampled_from(["", "; PH off", "; PH 10:00-12:00"])


@given(st.lists(RULE, min_size=1, max_size=3), HOLIDAY, st.sets(st.integers(0, 167), min_size=1), st.booleans())
@settings(max_examples=150, deadline=None)
def test_it_is_open_whenever_either_is_and_at_no_other_time(rules, holiday, hours, daily):
    text = "; ".join(f"{days}{clock(start)}-{clock(end)}" for days, (start, end) in rules) + holiday
    chosen = np.zeros(168, dtype=bool)
    chosen[sorted(hours)] = True
    if daily:
        chosen = np.tile(chosen[:24], 7) if chosen[:24].any() else NIGHT
    longer = longer_hours(text, chosen)
    check_hours(longer)

    assert np.array_equal(open_minutes(longer), open_minutes(text) | np.repeat(chosen, 60))
    assert np.array_equal(open_minutes(longer, holiday=True), open_minutes(text, holiday=True) | np.repeat(chosen, 60))


def clock(half_hours):
    return f"{half_hours // 2:02}:{half_hours % 2 * 30:02}"


def open_minutes(text, *, holiday=False):
    """The minutes of a week, bool (10080,), in which all days are holidays or none is."""
    week = np.zeros(9 * DAY_MIN, dtype=bool)
    expression = HoursExpression(text)
    for weekday in range(7):
        reading = Reading(weekday, expression.offsets if holiday else frozenset())
        for span in expression.spans_on(date(2024, 1, 1 + weekday), reading, sun=lambda _event, _day: 0):
            week[weekday * DAY_MIN + span.start : weekday * DAY_MIN + span.end] = True
    return week[: 7 * DAY_MIN] | np.append(week[7 * DAY_MIN :], np.zeros(5 * DAY_MIN, dtype=bool))
