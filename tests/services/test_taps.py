"""The board of a worker: read in the background, and told on when the database is down."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from stations.errors import InputError, StoreError, UnknownThingError
from stations.model.taps import Tap, TapAnswer
from stations.services import taps as service
from stations.services.build import build_region
from stations.services.office import Office
from stations.services.region import load_region
from stations.services.taps import DoorBoard, record_tap


@pytest.fixture
def place(make_town, tmp_path):
    settings = make_town(tmp_path).settings
    list(build_region(settings))
    office = Office(settings)
    yield load_region(settings), office
    office.close()


def tap(answer=TapAnswer.GOT_IN, *, station="e", at=None, tap_id="phone-0001"):
    return Tap(station, answer, at or datetime.now(UTC), tap_id)


def wait_for_background():
    for thread in threading.enumerate():
        if thread.name == service.READER:
            thread.join(10)


def test_nothing_is_known_until_it_was_read(place):
    region, office = place
    board = DoorBoard(office)

    assert board.report(region).now is None
    wait_for_background()
    report = board.report(region)
    assert report.got_in_today("e") == 0
    assert report.reported_locked("e") is False


def test_what_was_tapped_is_told(place):
    region, office = place
    board, now = DoorBoard(office), datetime.now(UTC)
    record_tap(tap(), client="a", moment=now, region=region, office=office)
    for number, client in enumerate(("b", "c")):
        locked = tap(TapAnswer.LOCKED, station="h", tap_id=f"phone-1{number:03d}")
        record_tap(locked, client=client, moment=now, region=region, office=office)
    board.look(region)
    report = board.report(region)

    assert (report.got_in_today("e"), report.reported_locked("e")) == (1, False)
    assert report.last_got_in_min("e") in (0, 1)
    assert (report.got_in_today("h"), report.reported_locked("h"), report.locked) == (0, True, {"h"})


def test_the_database_is_not_asked_by_every_request(place, monkeypatch):
    region, office = place
    board, asked = DoorBoard(office), []
    real = service._read
    monkeypatch.setattr(service, "_read", lambda *given: asked.append(1) or real(*given))
    for _ in range(50):
        board.report(region)
    wait_for_background()

    assert len(asked) == 1
    monkeypatch.setattr(service, "LOOK_EVERY_S", 0.0)
    board.report(region)
    wait_for_background()
    assert len(asked) == 2


def test_the_last_is_told_on_when_the_database_is_down(place, monkeypatch, caplog):
    region, office = place
    board = DoorBoard(office)
    record_tap(tap(), client="a", moment=datetime.now(UTC), region=region, office=office)
    board.look(region)

    def down(*_given):
        raise StoreError("file.database", reason="gone")

    monkeypatch.setattr(service, "_read", down)
    with caplog.at_level(logging.WARNING):
        board.look(region)
        board.look(region)

    assert board.report(region).got_in_today("e") == 1
    assert len(caplog.records) == 1


def test_a_worker_that_never_read_knows_nothing(place, tmp_path):
    region, office = place
    broken = Office(replace(office.settings, database_url=f"sqlite:///{tmp_path}"))  # a folder
    board = DoorBoard(broken)
    board.look(region)

    assert board.report(region).got_in_today("e") is None


@pytest.mark.parametrize(
    ("ahead", "key"),
    [
        (timedelta(minutes=2), "tap.at_ahead"),
        (timedelta(days=300), "tap.at_ahead"),
        (timedelta(hours=-24, minutes=-1), "tap.at_old"),
    ],
)
def test_a_tap_of_another_time_is_refused(place, ahead, key):
    region, office = place
    now = datetime.now(UTC)
    with pytest.raises(InputError) as error:
        record_tap(tap(at=now + ahead), client="a", moment=now, region=region, office=office)

    assert (error.value.key, error.value.field) == (key, "at")


def test_a_clock_that_is_a_little_fast_is_borne(place):
    region, office = place
    now = datetime.now(UTC)
    record_tap(tap(at=now + timedelta(seconds=50)), client="a", moment=now, region=region, office=office)
    board = DoorBoard(office)
    board.look(region)

    assert board.report(region).last_got_in_min("e") in (0, 1)


def test_only_stations_that_are_there_have_doors(place):
    region, office = place
    with pytest.raises(UnknownThingError):
        record_tap(tap(station="nobody"), client="a", moment=datetime.now(UTC), region=region, office=office)
