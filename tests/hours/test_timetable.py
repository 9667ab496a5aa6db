from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.errors import InputError
from stations.hours.calendar import DayKind
from stations.hours.spans import HourState
from stations.model.keys import ArrivalState

SHANGHAI = ZoneInfo("Asia/Shanghai")
HELSINKI = ZoneInfo("Europe/Helsinki")
OPEN, CLOSED, UNKNOWN = HourState.OPEN, HourState.CLOSED, HourState.UNKNOWN
OFFICE = "Mo-Fr 08:30-17:30; PH off"
NIGHT = "22:00-06:00; PH off"


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# An evaluator of its own: a day is work, free or holiday by the hand-typed calendar, hours are plain tables.


def office_hours(day: date, calendar, *, follows: bool) -> list[tuple[int, int]]:
    if day in calendar.off:
        return []
    works = day.weekday() < 5 or (follows and day in calendar.makeup)
    return [(510, 1050)] if works else []


def night_hours(day: date, calendar, *, follows: bool) -> list[tuple[int, int]]:
    return [] if day in calendar.off else [(1320, 1800)]


def weekend_hours(day: date, calendar, *, follows: bool) -> list[tuple[int, int]]:
    if day in calendar.off:
        return [(600, 720)]
    if follows and day in calendar.makeup:
        return [(480, 720), (780, 1080)]
    return [(1200, 1620)] if day.weekday() >= 5 else [(480, 720), (780, 1080)]


TABLES = {
    OFFICE: office_hours,
    NIGHT: night_hours,
    "Mo-Fr 08:00-12:00,13:00-18:00; Sa,Su 20:00-03:00; PH 10:00-12:00": weekend_hours,
}


def is_open(moment: datetime, table, calendar, *, follows: bool) -> bool:
    minute = moment.hour * 60 + moment.minute
    today, yesterday = moment.date(), moment.date() - timedelta(days=1)
    return any(start <= minute < end for start, end in table(today, calendar, follows=follows)) or any(
        start <= minute + 1440 < end for start, end in table(yesterday, calendar, follows=follows)
    )


def test_every_day_of_three_years_equals_a_plain_evaluation(timetable_of, calendar):
    # Three texts, each followed / not / unknown whether it follows, every three hours and a half from 2024 to the
    # middle of December 2026 (from where New Year 2027 is open).
    terms = [(text, None, follows) for text in TABLES for follows in (True, False, None)]
    timetable = timetable_of(*terms)
    moment = datetime(2024, 1, 1, 0, 0, tzinfo=SHANGHAI)
    while moment.date() < date(2026, 12, 16):
        expected = []
        for text, _, follows in terms:
            readings = {
                is_open(moment, TABLES[text], calendar, follows=way)
                for way in ((True, False) if follows is None else (follows,))
            }
            expected.append(UNKNOWN if len(readings) == 2 else OPEN if readings == {True} else CLOSED)
        assert timetable.states(moment).tolist() == expected, moment
        moment += timedelta(hours=3, minutes=30)


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2026-09-30 23:00", OPEN),
        ("2026-10-01 03:00", OPEN),  # the shift of 30 September runs on
        ("2026-10-01 05:59:59", OPEN),
        ("2026-10-01 06:00", CLOSED),
        ("2026-10-01 23:00", CLOSED),
        ("2026-10-02 03:00", CLOSED),  # no shift began on 1 October
        ("2026-10-07 23:00", CLOSED),
        ("2026-10-08 03:00", CLOSED),
        ("2026-10-08 22:00", OPEN),
        ("2026-10-12 05:59", OPEN),  # from Sunday into a new week
    ],
)
def test_a_shift_belongs_to_the_day_it_starts(timetable_of, when, state):
    assert timetable_of((NIGHT, None, False)).states(at(when)).tolist() == [state]


@pytest.mark.parametrize(
    ("when", "travel_s", "state", "usable_in_s", "open_until", "opens_at"),
    [
        ("2026-10-13 09:00", 600, "open", 600, "2026-10-13 17:30", None),
        ("2026-10-13 08:20", 600, "open", 600, "2026-10-13 17:30", None),  # the opening second is inside
        ("2026-10-13 17:20", 599, "open", 599, "2026-10-13 17:30", None),
        ("2026-10-13 17:20", 600, "closes_before_arrival", None, None, "2026-10-14 08:30"),
        ("2026-10-13 08:00", 600, "opens_later", 1800, None, "2026-10-13 08:30"),
        ("2026-10-13 07:20", 600, "opens_later", 4200, None, "2026-10-13 08:30"),  # an hour after arrival, inclusive
        ("2026-10-13 07:19:59", 600, "closed", None, None, "2026-10-13 08:30"),
        ("2026-10-16 20:00", 600, "closed", None, None, "2026-10-19 08:30"),  # over a weekend
        ("2026-09-30 20:00", 600, "closed", None, None, "2026-10-08 08:30"),  # over the holiday
        ("2026-10-09 20:00", 600, "closed", None, None, "2026-10-10 08:30"),  # a make-up Saturday
    ],
)
def test_arrival_at_an_office(timetable_of, when, travel_s, state, usable_in_s, open_until, opens_at):
    found = timetable_of((OFFICE, None, True)).arrival(0, when=at(when), travel_s=travel_s)

    assert (found.state, found.usable_in_s) == (state, usable_in_s)
    assert found.open_until == (at(open_until) if open_until else None)
    assert found.opens_at == (at(opens_at) if opens_at else None)


def test_a_door_that_shuts_on_the_way_and_opens_within_the_hour_opens_later(timetable_of):
    timetable = timetable_of(("08:00-12:00,12:30-18:00", None, False))
    found = timetable.arrival(0, when=at("2026-10-13 11:55"), travel_s=600)

    assert (found.state, found.usable_in_s) == (ArrivalState.OPENS_LATER, 35 * 60)


def test_a_station_that_never_closes_is_open_without_end_and_one_never_open_never_opens(timetable_of):
    timetable = timetable_of(("24/7", None, None), ("off", None, None), ("2027 Dec 24 10:00-12:00", None, False))
    when = at("2026-10-18 23:59:59")

    assert timetable.arrival(0, when=when, travel_s=60).open_until is None
    assert timetable.arrival(0, when=when, travel_s=60).state == "open"
    for never in (1, 2):
        found = timetable.arrival(never, when=when, travel_s=60)
        assert (found.state, found.opens_at) == ("closed", None)


def test_an_opening_behind_an_unknown_stretch_is_not_promised(timetable_of):
    # Sunday 11 October 2026 is asked; Monday is known, but with comments in between nothing is.
    timetable = timetable_of(('Mo 10:00-12:00; Su 20:00-22:00 "ask"', None, False))
    found = timetable.arrival(0, when=at("2026-10-11 12:00"), travel_s=0)

    assert (found.state, found.opens_at) == ("closed", None)
    assert timetable.arrival(0, when=at("2026-10-11 21:00"), travel_s=0).state == "unknown"


def test_a_station_needs_its_gate_open_too(timetable_of):
    timetable = timetable_of(("24/7", "06:00-23:00", False), (None, "06:00-23:00", False), (None, None, None))

    assert timetable.states(at("2026-10-13 23:30")).tolist() == [CLOSED, CLOSED, UNKNOWN]
    assert timetable.states(at("2026-10-13 12:00")).tolist() == [OPEN, UNKNOWN, UNKNOWN]
    assert timetable.arrival(0, when=at("2026-10-13 12:00"), travel_s=0).open_until == at("2026-10-13 23:00")
    assert timetable.arrival(1, when=at("2026-10-13 23:30"), travel_s=0).opens_at is None


@pytest.mark.parametrize(
    ("when", "text", "follows", "state", "unconfirmed"),
    [
        ("2027-10-01 12:00", OFFICE, False, "unknown", True),
        ("2027-10-01 12:00", "24/7", None, "open", False),
        ("2027-10-01 12:00", "Mo-Fr 08:30-17:30", False, "open", False),
        ("2027-10-01 20:00", OFFICE, True, "closed", False),
        ("2027-10-02 03:00", NIGHT, False, "unknown", True),
        ("2027-07-15 12:00", OFFICE, True, "open", False),
        ("2027-10-16 12:00", OFFICE, True, "unknown", True),
        ("2027-10-16 12:00", OFFICE, False, "closed", False),
        ("2026-10-10 12:00", OFFICE, None, "unknown", False),  # whether it follows is unknown, not the holiday
        ("2026-12-31 12:00", OFFICE, False, "unknown", True),  # the notice of 2027 may reach back
    ],
)
def test_a_year_without_notice_is_unknown_only_where_it_matters(timetable_of, when, text, follows, state, unconfirmed):
    found = timetable_of((text, None, follows)).arrival(0, when=at(when), travel_s=0)

    assert (found.state, found.holidays_unconfirmed) == (state, unconfirmed)


def test_the_clock_is_changed_in_helsinki(timetable_of):
    # 2026: 29 March 03:00 -> 04:00, 25 October 04:00 -> 03:00. A night from 22:00 to 6:00 lasts 7 and 9 hours.
    timetable = timetable_of(("22:00-06:00", None, False), ("03:30-05:00", None, False), country="FI")

    for day, hours in (("2026-03-28", 7), ("2026-10-24", 9), ("2026-10-26", 8)):
        found = timetable.arrival(0, when=at(f"{day} 22:00", HELSINKI), travel_s=0)
        assert found.open_until.timestamp() - at(f"{day} 22:00", HELSINKI).timestamp() == hours * 3600
        assert found.open_until.hour == 6
    # Half past three does not come on 29 March: open from the moment the clock goes forward, 01:00 UTC.
    springs = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert timetable.states(springs - timedelta(seconds=1))[1] == CLOSED
    assert timetable.states(springs)[1] == OPEN
    # It comes twice on 25 October: the first counts, 00:30 UTC; five o'clock comes once, 03:00 UTC.
    autumn = datetime(2026, 10, 25, tzinfo=UTC)
    assert timetable.states(autumn + timedelta(minutes=29))[1] == CLOSED
    assert timetable.states(autumn + timedelta(minutes=30))[1] == OPEN
    assert timetable.states(autumn + timedelta(minutes=179))[1] == OPEN
    assert timetable.states(autumn + timedelta(minutes=180))[1] == CLOSED


def test_finnish_holidays_and_sun_are_known(timetable_of):
    timetable = timetable_of((OFFICE, None, None), ("sunrise-sunset", None, None), country="FI")

    assert timetable.states(at("2026-05-01 12:00", HELSINKI))[0] == CLOSED  # Friday, vappu
    assert timetable.states(at("2026-05-08 12:00", HELSINKI))[0] == OPEN
    # Helsinki, 21 June: the sun is up from about 3:54 to 22:50.
    assert [
        timetable.states(at(f"2026-06-21 {hour}", HELSINKI))[1] for hour in ("03:30", "04:30", "22:30", "23:30")
    ] == [
        CLOSED,
        OPEN,
        OPEN,
        CLOSED,
    ]


def test_the_window_begins_with_the_local_week(timetable_of):
    # Sunday 16:00 UTC is Monday midnight in Shanghai; the Sunday night shift still runs then.
    timetable = timetable_of((NIGHT, None, False))

    assert timetable.states(datetime(2026, 10, 18, 15, 59, tzinfo=UTC)).tolist() == [OPEN]
    assert timetable.states(datetime(2026, 10, 18, 16, 0, tzinfo=UTC)).tolist() == [OPEN]
    assert timetable.states(datetime(2026, 10, 18, 22, 0, tzinfo=UTC)).tolist() == [CLOSED]


def test_a_journey_of_two_weeks_ends_inside_the_window_and_a_longer_one_is_refused(timetable_of):
    timetable = timetable_of((OFFICE, None, False))
    when = at("2026-10-18 23:00")

    assert timetable.arrival(0, when=when, travel_s=14 * 86400).state == "closed"
    for travel_s in (-1, 14 * 86400 + 1):
        with pytest.raises(InputError, match=r"hours\.travel"):
            timetable.arrival(0, when=when, travel_s=travel_s)


def test_a_moment_without_time_zone_and_hours_that_cannot_be_read_are_refused(timetable_of):
    with pytest.raises(InputError, match=r"error\.when_zone"):
        timetable_of((OFFICE, None, False)).states(datetime(2026, 10, 1))
    with pytest.raises(InputError, match=r"hours\.unreadable"):
        timetable_of(("8 to 5", None, False))


def test_no_station_is_no_state(timetable_of):
    assert timetable_of().states(at("2026-10-01 12:00")).tolist() == []


def test_the_coming_week_for_display(timetable_of):
    # From Wednesday 7 October 2026: last day off, two work days, a make-up Saturday, a Sunday, two work days.
    timetable = timetable_of((NIGHT, None, True), (OFFICE, None, None), ("24/7", "06:00-23:00", False))
    nights, office, gated = (timetable.week_of(index, at("2026-10-07 09:00")) for index in range(3))

    assert [row.day.day for row in nights] == [7, 8, 9, 10, 11, 12, 13]
    assert [row.kind for row in nights[:5]] == [
        DayKind.OFF,
        DayKind.ORDINARY,
        DayKind.ORDINARY,
        DayKind.MAKEUP,
        DayKind.ORDINARY,
    ]
    assert nights[0].spans == ()
    assert nights[1].spans == ((at("2026-10-08 22:00"), at("2026-10-09 06:00")),)
    assert [row.unknown for row in office] == [False, False, False, True, False, False, False]
    assert office[3].spans == ()
    assert not office[3].unconfirmed
    assert gated[0].spans == ((at("2026-10-07 06:00"), at("2026-10-07 23:00")),)
    assert timetable_of((OFFICE, None, False)).week_of(0, at("2027-10-01 09:00"))[0].unconfirmed


def test_threads_share_one_timetable(timetable_of):
    terms = [(OFFICE, None, False), (NIGHT, None, False)]
    shared, alone = timetable_of(*terms), timetable_of(*terms)
    moments = [at("2026-03-02 12:00") + timedelta(weeks=number % 6) for number in range(24)]  # more than are kept
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = [states.tolist() for states in pool.map(shared.states, moments)]

    assert found == [alone.states(moment).tolist() for moment in moments]
    assert found[0] == [OPEN, CLOSED]
    assert found[5] == [CLOSED, CLOSED]  # 6 April, Qingming


DAYS = {"Mo-Fr": range(5), "Sa,Su": (5, 6), "We": (2,), "Fr-Su": (4, 5, 6), "Mo-Su": range(7)}
SPAN = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(
    lambda drawn: (drawn[0], min(drawn[0] + drawn[1], 2880))
)
RULES = st.lists(
    st.tuples(st.sampled_from(sorted(DAYS)), st.lists(SPAN, min_size=1, max_size=2)), min_size=1, max_size=3
)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@settings(max_examples=150, deadline=None)
@given(
    rules=RULES,
    rests_on_holidays=st.booleans(),
    left=st.integers(0, 60 * 24 * 60 - 1),
    travel_min=st.integers(0, 180),
)
def test_arrival_equals_a_scan_of_every_minute(timetable_of, calendar, rules, rests_on_holidays, left, travel_min):
    text = "; ".join(f"{days} " + ",".join(f"{clock(a)}-{clock(b)}" for a, b in spans) for days, spans in rules)
    text += "; PH off" if rests_on_holidays else ""
    when = datetime(2026, 9, 7, tzinfo=SHANGHAI) + timedelta(minutes=left)
    monday = when.date() - timedelta(days=when.weekday())
    open_at = np.zeros((22 + 2) * 1440, dtype=bool)  # from the Sunday before
    for ahead in range(22):
        day = monday + timedelta(days=ahead - 1)
        spans = [spans for days, spans in rules if day.weekday() in DAYS[days]][-1:]
        for a, b in spans[0] if spans and not (rests_on_holidays and day in calendar.off) else []:
            open_at[ahead * 1440 + a : ahead * 1440 + b] = True
    open_at = open_at[1440 : 22 * 1440]
    start = int((when - datetime(monday.year, monday.month, monday.day, tzinfo=SHANGHAI)).total_seconds()) // 60
    arrived = start + travel_min

    found = timetable_of((text, None, False)).arrival(0, when=when, travel_s=travel_min * 60)

    def minute_of(flag: bool) -> int | None:
        later = np.flatnonzero(open_at[arrived:] == flag)
        return int(later[0]) + arrived if len(later) else None

    def moment(minute: int | None) -> datetime | None:
        return None if minute is None else when + timedelta(minutes=minute - start)

    if open_at[arrived]:
        assert (found.state, found.usable_in_s) == ("open", travel_min * 60)
        assert found.open_until == moment(minute_of(False))
        return
    opens = minute_of(True)
    assert found.opens_at == moment(opens)
    if opens is not None and opens - arrived <= 60:
        assert (found.state, found.usable_in_s) == ("opens_later", (opens - start) * 60)
    else:
        assert found.state == ("closes_before_arrival" if open_at[start] else "closed")
        assert found.usable_in_s is None


def test_states_at_moments_of_their_own(timetable_of):
    # Two stations asked at 23:00 of the same Monday, a third at noon, the first once more on the Tuesday after next.
    timetable = timetable_of((NIGHT, None, False), ("24/7", None, False), (OFFICE, None, False), (None, None, None))
    when = at("2026-11-16T08:00")
    moments = [at("2026-11-16T23:00"), at("2026-11-16T23:00"), at("2026-11-16T12:00"), at("2026-11-24T12:00")]
    instants = np.array([int(moment.timestamp()) for moment in moments])

    found = timetable.states_at(np.array([0, 2, 2, 0]), instants, when=when)

    assert found.tolist() == [OPEN, CLOSED, OPEN, CLOSED]
    assert timetable.states_at(np.array([3]), instants[:1], when=when).tolist() == [UNKNOWN]


def test_several_arrivals_are_those_of_one_after_the_other(timetable_of):
    timetable = timetable_of((NIGHT, None, False), (OFFICE, None, True), (None, None, None))
    when = at("2026-11-16T21:50")

    assert timetable.arrivals([2, 0, 1, 0], [0, 300, 60, 900], when=when) == [
        timetable.arrival(number, when=when, travel_s=travel_s)
        for number, travel_s in ((2, 0), (0, 300), (1, 60), (0, 900))
    ]


def test_moments_are_told_as_text(timetable_of):
    timetable = timetable_of((NIGHT, None, False))
    instant = int(at("2026-11-16T22:00").timestamp())

    assert timetable.text_of(instant) == timetable.text_of(instant) == "2026-11-16T22:00:00+08:00"
