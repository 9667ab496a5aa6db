from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from stations.errors import InputError
from stations.hours.expression import HoursExpression, Reading, check_hours
from stations.hours.spans import HourState

THURSDAY = date(2026, 10, 1)


def read(text: str, day: date = THURSDAY, **reading: object) -> list[tuple[str, str, str]]:
    found = HoursExpression(text).spans_on(day, Reading(day.weekday(), **reading), sun=lambda event, _day: 390)
    return [(f"{s // 60:02}:{s % 60:02}", f"{e // 60:02}:{e % 60:02}", state.name) for s, e, state in found]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("24/7", ["00:00 24:00"]),
        ("Mo-Fr 8:15-17:59", ["08:15 17:59"]),
        ("Sa,Su 10:00-18:00", []),
        ("Fr-Mo 10:00-18:00", []),
        ("We-Tu 10:00-18:00", ["10:00 18:00"]),
        ("22:00-06:00", ["22:00 30:00"]),
        ("10:00-10:00", ["10:00 34:00"]),
        ("08:00-48:00", ["08:00 48:00"]),
        ("Mo-Fr 08:00-11:30,14:00-17:30", ["08:00 11:30", "14:00 17:30"]),
        ("Mo-Fr 08:00-18:00; Th 12:00-14:00 off", ["08:00 12:00", "14:00 18:00"]),
        ("Mo-Fr 08:00-18:00, Th 20:00-26:00", ["08:00 18:00", "20:00 26:00"]),
        ("Mo-Fr 08:00-18:00; Th 20:00-26:00", ["20:00 26:00"]),
        ("22:00-06:00; Th off", []),
        ("22:00-06:00; Th 23:00-30:00 off", ["22:00 23:00"]),
        ("22:00-06:00; We off", ["22:00 30:00"]),
        ("24/7; Th off", []),
        ("Th", ["00:00 24:00"]),
        ("2026 Oct 01 09:00-10:00", ["09:00 10:00"]),
        ("Oct: 09:00-10:00", ["09:00 10:00"]),
        ("Th[1] 09:00-10:00", ["09:00 10:00"]),
        ("Th[2] 09:00-10:00", []),
        ("18:00+", ["18:00 24:00"]),
        ("10:00-16:00/01:30", ["10:00 16:00"]),
        ("sunrise-12:00", ["06:30 12:00"]),
        ("(sunrise-00:30)-12:00", ["06:00 12:00"]),
        ("mo-fr 08:00-12:00", ["08:00 12:00"]),
    ],
)
def test_the_spans_that_start_on_thursday_1_october_2026(text, spans):
    assert read(text) == [(*span.split(), "OPEN") for span in spans]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("08:00-18:00 unknown", "UNKNOWN"),
        ('08:00-18:00 "预约"', "UNKNOWN"),
        ('08:00-18:00 unknown "ask; PH off"', "UNKNOWN"),
    ],
)
def test_a_condition_that_cannot_be_read_is_unknown(text, state):
    assert read(text) == [("08:00", "18:00", state)]


def test_a_closed_comment_closes_and_an_unknown_day_is_unknown_for_that_day_only():
    assert read('08:00-18:00; Th off "盘点"') == []
    assert read('"by appointment"') == [("00:00", "24:00", "UNKNOWN")]


def test_a_fallback_counts_at_every_time_the_other_rules_are_closed():
    text = 'Mo-Fr 08:00-18:00 || "预约"'
    closed = ("00:00", "08:00", "UNKNOWN"), ("18:00", "24:00", "UNKNOWN")

    assert read(text) == [closed[0], ("08:00", "18:00", "OPEN"), closed[1]]
    assert read(text, day=date(2026, 10, 3)) == [("00:00", "24:00", "UNKNOWN")]


@pytest.mark.parametrize(
    ("text", "ordinary", "holiday"),
    [
        ("Mo-Fr 08:00-12:00; PH off", ["08:00 12:00"], []),
        ("22:00-06:00; PH off", ["22:00 30:00"], []),
        ("Mo-Fr 08:00-12:00; PH 22:00-26:00", ["08:00 12:00"], ["22:00 26:00"]),
        ("Sa,PH 08:00-12:00", [], ["08:00 12:00"]),
        ("Mo-Su,PH 08:00-12:00", ["08:00 12:00"], ["08:00 12:00"]),
        ("Mo-Fr 08:00-12:00", ["08:00 12:00"], ["08:00 12:00"]),
        ("PH Mo-Fr 08:00-12:00", [], ["08:00 12:00"]),
        ("PH Sa-Su 08:00-12:00", [], []),
        ("Sa PH 08:00-12:00", [], ["08:00 12:00"]),
        ('24/7 ; PH off "春节; PH"', ["00:00 24:00"], []),
    ],
)
def test_public_holidays_take_the_rule_of_the_day_the_span_starts(text, ordinary, holiday):
    assert read(text) == [(*span.split(), "OPEN") for span in ordinary]
    assert read(text, holidays=frozenset({0})) == [(*span.split(), "OPEN") for span in holiday]


def test_the_day_before_a_holiday_has_a_selector_of_its_own():
    text = "Mo-Fr 08:00-18:00; PH -1 day 08:00-12:00"

    assert HoursExpression(text).offsets == {-1}
    assert read(text, holidays=frozenset({-1})) == [("08:00", "12:00", "OPEN")]
    assert read(text, holidays=frozenset({0})) == [("08:00", "18:00", "OPEN")]


def test_school_holidays_are_a_selector_like_another():
    text = "Mo-Fr 08:00-18:00; SH Mo-Fr 10:00-12:00"

    assert HoursExpression(text).school
    assert read(text) == [("08:00", "18:00", "OPEN")]
    assert read(text, school=True) == [("10:00", "12:00", "OPEN")]


def test_a_saturday_read_as_monday_takes_monday_hours_and_its_own_date():
    saturday = date(2026, 10, 10)
    hours = HoursExpression("Mo-Fr 08:00-18:00; Sa off; 2026 Oct 10 09:00-11:00")
    plain = HoursExpression("Mo-Fr 08:00-18:00; Sa off")

    assert hours.spans_on(saturday, Reading(0), sun=lambda *_: 0) == ((540, 660, HourState.OPEN),)
    assert plain.spans_on(saturday, Reading(0), sun=lambda *_: 0) == ((480, 1080, HourState.OPEN),)
    assert plain.spans_on(saturday, Reading(5), sun=lambda *_: 0) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "24/24",
        "Mo-Fr 8-17",
        "周一至周五 8:00",
        "Mo-Fr 08:00-17:00;",
        "08:00",
        "PH +99999999 days off",
        "\ud800",
    ],
)
def test_hours_that_cannot_be_read_are_named(text):
    with pytest.raises(InputError) as caught:
        check_hours(text)

    assert caught.value.key == "hours.unreadable"
    assert caught.value.values == {"value": text}


def test_hours_beyond_any_use_are_refused():
    with pytest.raises(InputError) as caught:
        check_hours(",".join(["08:00-09:00"] * 100))

    assert caught.value.key == "hours.too_long"


PIECES = st.sampled_from(
    ["Mo", "Tu-Fr", "PH", "SH", "Sa[1]", "Oct", "2026", "week", "Dec", "24", "sunrise-sunset", "18:00+", "easter"]
) | st.sampled_from(["08:00-12:00", "22:00-26:00", "24/7", "off", "unknown", '"c"', "-1", "day", *";,-+/()", "||"])


@given(st.lists(PIECES, max_size=8).map(" ".join) | st.text(max_size=12))
def test_any_text_is_either_refused_by_name_or_readable(text):
    try:
        check_hours(text)
    except InputError as error:
        assert error.key == "hours.unreadable"  # noqa: PT017 - both outcomes are right


DAYTIME = st.tuples(st.integers(0, 1438), st.integers(1, 1439)).map(sorted).filter(lambda ends: ends[0] < ends[1])


@given(
    st.lists(st.tuples(st.sampled_from(["Mo-Fr", "Sa", "We-Su", "Mo,Th", "Oct", ""]), DAYTIME), min_size=1, max_size=4)
)
def test_without_holidays_and_midnight_the_reading_is_the_library_s_own(rules):
    clock = "{:02}:{:02}".format
    text = "; ".join(f"{days} {clock(*divmod(a, 60))}-{clock(*divmod(b, 60))}".strip() for days, (a, b) in rules)
    hours = HoursExpression(text)
    library = OpeningHours(text, auto_country=False, auto_timezone=False)

    for ahead in range(7):
        day = THURSDAY + timedelta(days=ahead)
        midnight = datetime(day.year, day.month, day.day)
        expected = [
            (int((start - midnight).total_seconds()) // 60, int((end - midnight).total_seconds()) // 60)
            for start, end, state, _ in library.intervals(midnight, midnight + timedelta(days=1))
            if str(state) == "open"
        ]
        assert [span[:2] for span in hours.spans_on(day, Reading(day.weekday()), sun=lambda *_: 0)] == expected
