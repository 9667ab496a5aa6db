"""The rider's list in a town whose times can be worked out by hand (see `Town`)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from stations.model.keys import ArrivalState, EntryMethod, Need, ServiceKey, TravelMode, TravelReason
from stations.model.queries import NearestQuery, Place
from stations.services.nearest import find_nearest
from stations.services.region import load_region

MONDAY_NOON = datetime(2026, 11, 16, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
WALK, EBIKE, CAR = TravelMode.WALK, TravelMode.EBIKE, TravelMode.CAR


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


@pytest.fixture
def ask(region, town):
    def at(name, mode=WALK, *, when=MONDAY_NOON, **options):
        query = NearestQuery(origin=Place(*town.places[name]), mode=mode, when=when, **options)
        return {item.station.station_id: item for item in find_nearest(query, region).found}

    return at


@pytest.mark.parametrize(
    ("mode", "origin", "station", "there_s", "back_s", "why"),
    [
        (WALK, "B", "e", 300, 300, "the alley B-E, 300 m at 1 m/s"),
        (EBIKE, "B", "e", 180 + 60, 180, "no alley: B-A-D-E, 900 m at 5 m/s, and 60 s to park; back E-F-C-B"),
        (EBIKE, "F", "e", 300 + 60, 60, "against the one-way: F-C-B-A-D-E, 1500 m; back 300 m"),
        (WALK, "F", "e", 300, 300, "on foot a one-way street goes both ways"),
        (CAR, "F", "e", 150, 30, "1500 m at 10 m/s; back 300 m"),
        (WALK, "F", "h", 300, 300, "past the bollard"),
        (EBIKE, "F", "h", 60 + 60, 60, "past the bollard, 300 m at 5 m/s"),
        (CAR, "F", "h", 15 + 150, 15 + 150, "the car stops at the bollard, 150 m, and 150 m are walked"),
        (WALK, "C", "h", 600, 600, "C-F-H; the private street to G is no way round"),
    ],
)
def test_times_by_hand(ask, mode, origin, station, there_s, back_s, why):
    found = ask(origin, mode)[station]

    # Coordinates are rounded to a centimetre, a barrier costs 2 ms, and seconds are rounded up.
    assert found.travel_s == pytest.approx(there_s, abs=1), why
    assert found.return_s == pytest.approx(back_s, abs=1), why


@pytest.mark.parametrize(
    ("origin", "station", "reason"),
    [
        ("B", "g", TravelReason.OFF_NETWORK),  # only the private street leads to G
        ("B", "q", TravelReason.NO_WAY),  # an island
        ("P", "e", TravelReason.NO_WAY),
    ],
)
def test_what_has_no_time_says_why(ask, origin, station, reason):
    found = ask(origin)[station]

    assert found.travel_s is None
    assert found.return_s is None
    assert found.travel_reason == reason
    assert found.arrival.state == ArrivalState.UNKNOWN


def test_on_the_island_its_own_station_is_timed(ask):
    assert ask("P")["q"].travel_s == pytest.approx(300, abs=1)


def test_an_origin_off_the_roads_follows_by_straight_line(region, town):
    lon, lat = town.places["A"]
    query = NearestQuery(origin=Place(lon - 0.009, lat), mode=WALK, when=MONDAY_NOON)
    answer = find_nearest(query, region)

    assert answer.origin_snap_m is None
    assert {item.travel_reason for item in answer.found} == {TravelReason.OFF_NETWORK}
    lengths = [item.straight_line_m for item in answer.found]
    assert lengths == sorted(lengths)


def test_usable_ones_come_first_then_unknown_then_closed_then_untimed(ask):
    evening = MONDAY_NOON.replace(hour=20)

    # e never closes, h closed at 18:00; g and q have no time, g being nearer in a straight line.
    assert list(ask("F", when=evening)) == ["e", "h", "g", "q"]
    assert ask("F", when=evening)["h"].arrival.state == ArrivalState.CLOSED


def test_the_state_is_the_one_at_arrival(ask):
    # h closes at 18:00; F-H takes 300 s on foot.
    before = ask("F", when=MONDAY_NOON.replace(hour=17, minute=54))["h"].arrival
    after = ask("F", when=MONDAY_NOON.replace(hour=17, minute=56))["h"].arrival
    early = ask("F", when=MONDAY_NOON.replace(hour=7, minute=50))["h"]

    assert before.state == ArrivalState.OPEN
    assert after.state == ArrivalState.CLOSES_BEFORE_ARRIVAL
    assert early.arrival.state == ArrivalState.OPENS_LATER
    assert early.arrival.usable_in_s == 600  # setting out at 7:50, the door opens at 8:00


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"needs": (Need.TOILET,)}, {"g", "h"}),
        ({"needs": (Need.TOILET, Need.HUNGRY)}, {"h"}),
        ({"needs": (Need.TIRED,)}, {"e", "q"}),
        ({"services": (ServiceKey.WATER,)}, {"e"}),
        ({"services": (ServiceKey.REST, ServiceKey.WATER)}, {"e"}),
        ({"entries": (EntryMethod.SCAN,)}, {"h"}),
        ({"open_on_arrival": True}, {"e", "h"}),
        ({"always_open": True}, {"e"}),
        ({"limit": 1}, {"h"}),
        ({"needs": (Need.EBIKE,)}, set()),
    ],
)
def test_filters(ask, options, expected):
    assert set(ask("H", **options)) == expected


def test_equal_questions_have_equal_answers(ask):
    assert list(ask("B").items()) == list(ask("B").items())
