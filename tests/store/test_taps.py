"""Taps at doors: whose voice counts, what fades, what is thrown away, and what never stands in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from stations.errors import TooManyError
from stations.model.taps import MOST_AN_HOUR, Tap, TapAnswer
from stations.store.taps import TapStore

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=SHANGHAI)
IN, LOCKED = TapAnswer.GOT_IN, TapAnswer.LOCKED


@pytest.fixture
def taps(database):
    return TapStore(database, "yanzhou", SHANGHAI)


@pytest.fixture
def send(taps):
    """Send taps as (minutes from noon, answer, client), each as it is made unless `at` says when it arrives."""
    count = iter(range(1000))

    def sender(*made, station="s1", arrives=None):
        for minutes, answer, client in made:
            at = NOON + timedelta(minutes=minutes)
            tap = Tap(station, answer, at.astimezone(UTC), f"tap-{next(count):04d}")
            taps.add(tap, client=client, moment=NOON + timedelta(minutes=arrives) if arrives is not None else at)

    return sender


def rows(database, sql):
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def test_devices_are_counted_by_station(taps, send):
    send((0, IN, "10.0.0.1"), (1, IN, "10.0.0.2"), (2, LOCKED, "10.0.0.3"))
    send((3, IN, "10.0.0.1"), station="s2")
    read = taps.read(NOON + timedelta(minutes=5))

    assert read.got_in_today == {"s1": 2, "s2": 1}
    assert read.last_got_in_at["s1"] == (NOON + timedelta(minutes=1)).astimezone(UTC)
    assert [report.at for report in read.locked["s1"]] == [(NOON + timedelta(minutes=2)).astimezone(UTC)]


def test_one_who_comes_back_is_one_person(taps, send):
    send((0, IN, "a"), (200, IN, "a"))
    read = taps.read(NOON + timedelta(minutes=201))

    assert read.got_in_today == {"s1": 1}
    assert read.last_got_in_at["s1"] == (NOON + timedelta(minutes=200)).astimezone(UTC)


def test_a_later_tap_within_the_hour_stands_for_the_earlier(taps, send):
    send((0, LOCKED, "a"), (59, IN, "a"))
    read = taps.read(NOON + timedelta(minutes=60))

    assert read.locked == {}
    assert read.got_in_today == {"s1": 1}


def test_after_an_hour_it_is_another_voice(taps, send):
    send((0, LOCKED, "a"), (60, IN, "a"))
    read = taps.read(NOON + timedelta(minutes=60))

    assert len(read.locked["s1"]) == 1
    assert read.got_in_today == {"s1": 1}


def test_an_earlier_tap_that_arrives_later_does_not_stand_for_the_later(taps, send):
    send((30, IN, "a"))
    send((0, LOCKED, "a"), arrives=40)  # it waited for the net
    read = taps.read(NOON + timedelta(minutes=60))

    assert read.locked == {}
    assert read.got_in_today == {"s1": 1}


def test_one_sent_twice_counts_once(taps, database):
    tap = Tap("s1", IN, NOON.astimezone(UTC), "made-by-the-phone")
    for minutes in (0, 30, 600):
        taps.add(tap, client="a", moment=NOON + timedelta(minutes=minutes))

    assert rows(database, "SELECT count(*) FROM tap") == [(1,)]


def test_one_sent_twice_counts_once_even_when_another_stands_for_it(taps, send, database):
    first, second = (
        Tap("s1", LOCKED, (NOON + timedelta(minutes=m)).astimezone(UTC), f"phone-{m:03d}") for m in (0, 50)
    )
    for tap in (first, second, first):
        taps.add(tap, client="a", moment=NOON + timedelta(minutes=51))

    assert len(taps.read(NOON + timedelta(minutes=55)).locked["s1"]) == 1


def test_a_device_keeps_its_voice_past_midnight(taps, send, database):
    send((710, LOCKED, "a"), (730, IN, "a"))  # 23:50 and 00:10
    read = taps.read(NOON + timedelta(minutes=740))

    assert read.locked == {}
    assert read.got_in_today == {"s1": 1}


def test_one_device_is_not_two_past_midnight(taps, send):
    send((600, LOCKED, "a"), (730, LOCKED, "a"))  # 22:00 and 00:10
    first, second = taps.read(NOON + timedelta(minutes=740)).locked["s1"]

    assert first.token == second.token


def test_today_begins_at_local_midnight(taps, send):
    send((0, IN, "a"), (719, IN, "b"))
    assert taps.read(NOON + timedelta(minutes=719)).got_in_today == {"s1": 2}
    send((721, IN, "c"))
    assert taps.read(NOON + timedelta(minutes=725)).got_in_today == {"s1": 1}


def test_taps_fade_after_fourteen_days_and_are_deleted_by_the_next(taps, send, database):
    send((0, IN, "a"))
    day = 24 * 60

    assert taps.read(NOON + timedelta(days=14, minutes=-1)).last_got_in_at != {}
    assert taps.read(NOON + timedelta(days=14)).last_got_in_at == {}
    assert rows(database, "SELECT count(*) FROM tap") == [(1,)]
    send((14 * day, LOCKED, "b"))
    assert rows(database, "SELECT answer FROM tap") == [("locked",)]


def test_salts_are_drawn_daily_and_thrown_away_when_the_next_day_has_ended(taps, send, database):
    day = 24 * 60
    send((0, IN, "a"), (day, IN, "a"))
    salts = rows(database, "SELECT salt FROM tap_salt")
    assert len({bytes(salt) for (salt,) in salts}) == 2
    assert not taps.has_old_salts(NOON + timedelta(days=1))
    assert taps.has_old_salts(NOON + timedelta(days=2))

    taps.forget(NOON + timedelta(days=2))

    assert [str(day) for (day,) in rows(database, "SELECT day FROM tap_salt")] == ["2026-11-17"]
    send((4 * day, IN, "a"))
    assert [str(day) for (day,) in rows(database, "SELECT day FROM tap_salt")] == ["2026-11-20"]
    assert len({bytes(token) for (token,) in rows(database, "SELECT token FROM tap")}) == 3  # nothing ties them


def test_tokens_differ_between_stations(taps, send, database):
    send((0, IN, "a"))
    send((0, IN, "a"), station="s2")

    assert len({bytes(token) for (token,) in rows(database, "SELECT token FROM tap")}) == 2


def test_no_address_stands_in_the_database(taps, send, tmp_path, database_url):
    send((0, IN, "203.0.113.77"))
    if database_url.startswith("sqlite"):
        stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert b"tap-0000" in stored
        assert b"203.0.113.77" not in stored


def test_a_flood_is_throttled_and_another_client_is_not(taps, send, database):
    for number in range(MOST_AN_HOUR):
        send((0, IN, "a"), station=f"s{number}")
    with pytest.raises(TooManyError) as error:
        send((1, IN, "a"), station="more")

    assert error.value.key == "tap.too_many"
    assert rows(database, "SELECT count(*) FROM tap") == [(MOST_AN_HOUR,)]
    send((1, IN, "b"), station="more")
    send((60, IN, "a"), station="more")  # the next hour
    assert len(rows(database, "SELECT * FROM tap_count")) <= 2


def test_regions_are_kept_apart(taps, send, database):
    send((0, IN, "a"))
    other = TapStore(database, "elsewhere", SHANGHAI)

    assert other.read(NOON).got_in_today == {}
    other.add(Tap("s1", IN, NOON.astimezone(UTC), "tap-0000"), client="a", moment=NOON)
    assert other.read(NOON).got_in_today == {"s1": 1}
