"""What is told of one station beside what is stored: festivals, other stations, its opening on the phone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stations.model.keys import TravelMode
from stations.services.festivals import name_festival
from stations.services.kept_list import KEPT_DAYS, kept_collection
from stations.services.nearest import find_alternatives
from stations.services.region import load_region

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 16, tzinfo=ZONE)


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


@pytest.mark.parametrize(
    ("day", "festival"),
    [
        # The notice for 2026: off from 1 to 7 October, 25 to 27 September, 15 to 23 February, 1 to 3 January.
        (date(2026, 10, 1), "national"),
        (date(2026, 10, 7), "national"),  # told by the run that it ends, not by its own date
        (date(2026, 9, 25), "mid_autumn"),
        (date(2026, 2, 23), "spring"),
        (date(2026, 1, 3), "new_year"),
        (date(2026, 10, 10), None),  # a make-up workday
        (date(2026, 11, 16), None),
        (date(2031, 10, 1), None),  # no notice yet
    ],
)
def test_a_day_off_is_named_by_its_festival(region, day, festival):
    assert name_festival(day, region) == festival


def test_other_stations_are_those_that_can_be_used_soonest(region):
    e = region.station("e")
    noon = find_alternatives(e, region, mode=TravelMode.WALK, when=MONDAY + timedelta(hours=12))

    assert [one.station.station_id for one in noon] == ["h"]
    assert noon[0].travel_s in (600, 601)  # 600 m at 1 m/s, and the rounding of coordinates


def test_a_station_that_is_not_in_the_region_has_others_too(region):
    gone = replace(region.station("h"), station_id="gone")
    found = find_alternatives(gone, region, mode=TravelMode.WALK, when=MONDAY)

    assert [one.station.station_id for one in found] == ["e", "h"]  # at midnight e is open, h is not


def test_the_kept_list_tells_when_each_state_begins(region):
    # h: Mo-Fr 08:00-18:00, from Monday 00:00: shut, 480 open, 1080 shut, and so on; nothing on Saturday and Sunday.
    kept = json.loads(json.dumps(kept_collection(region, now=MONDAY + timedelta(hours=13))))
    course_of = {one["id"]: kept["hours"]["courses"][one["properties"]["course"]] for one in kept["features"]}
    week = [[1440 * day + minute, state] for day in range(5) for minute, state in ((480, "open"), (1080, "closed"))]
    again = [[1440 * 7 + minute, state] for minute, state in ((480, "open"), (1080, "closed"))]
    last = [[1440 * 8 + minute, state] for minute, state in ((480, "open"), (1080, "closed"))]

    assert kept["hours"]["from"] == "2026-11-16T00:00:00+08:00"
    assert kept["hours"]["days"] == KEPT_DAYS == 9
    assert course_of["h"] == [[0, "closed"], *week, *again, *last]
    assert course_of["e"] == [[0, "open"]]
    assert course_of["q"] == [[0, "unknown"]]
