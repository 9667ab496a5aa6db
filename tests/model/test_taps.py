"""When a door counts as reported locked, and what is told of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from stations.model.taps import UNREAD, DoorNews, DoorReport, LockedReport, is_reported_locked

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


def at(minutes):
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("reports", "got_in_at", "locked"),
    [
        ([], None, False),
        ([(0, "a")], None, False),  # one voice is not enough
        ([(0, "a"), (90, "a")], None, False),  # nor is one device twice
        ([(0, "a"), (90, "b")], None, True),
        ([(0, "a"), (180, "b")], None, True),  # three hours, inclusive
        ([(0, "a"), (181, "b")], None, False),
        ([(0, "a"), (10, "a"), (185, "b")], None, True),  # the second and the third
        ([(0, "a"), (90, "b")], 45, False),  # somebody got in between: one report is left
        ([(0, "a"), (90, "b")], 90, False),  # within the minute of the last report
        ([(0, "a"), (90, "b")], 500, False),  # and long after
        ([(0, "a"), (90, "b")], -1, True),  # before the first
        ([(0, "a"), (90, "b"), (100, "c")], 90, False),
        ([(0, "a"), (90, "b"), (100, "c"), (120, "d")], 90, True),  # two more since
    ],
)
def test_two_devices_within_three_hours_until_one_gets_in(reports, got_in_at, locked):
    known = [LockedReport(at(minutes), device.encode()) for minutes, device in reports]

    assert is_reported_locked(known, None if got_in_at is None else at(got_in_at)) == locked


def test_what_is_told_of_a_door():
    news = DoorNews(NOON.date(), got_in=3, last_got_in_at=at(-40), reported_locked=True)
    report = DoorReport(NOON + timedelta(seconds=59), {"a": news}, frozenset({"a"}))

    assert (report.got_in_today("a"), report.last_got_in_min("a"), report.reported_locked("a")) == (3, 40, True)
    assert (report.got_in_today("b"), report.last_got_in_min("b"), report.reported_locked("b")) == (0, None, False)


def test_yesterday_is_not_today():
    news = DoorNews(date(2026, 11, 15), got_in=3, last_got_in_at=at(-1500))
    report = DoorReport(NOON, {"a": news}, frozenset())

    assert (report.got_in_today("a"), report.last_got_in_min("a")) == (0, 1500)


def test_what_was_not_read_is_not_known():
    assert (UNREAD.got_in_today("a"), UNREAD.last_got_in_min("a"), UNREAD.reported_locked("a")) == (None, None, None)
