"""The text of the rider's list says what its values say, and the compiled look-up what the timetable says."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from stations.model.keys import ArrivalState, Need, TravelMode
from stations.model.queries import NearestQuery, Place
from stations.model.taps import UNREAD, DoorNews, DoorReport
from stations.services.build import build_region
from stations.services.geojson import nearest_collection
from stations.services.nearest import find_nearest, rank_nearest
from stations.services.nearest_json import nearest_json
from stations.services.region import load_region

MONDAY = datetime(2026, 11, 16, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
AWKWARD = '\\"\'\x00<script>${1}`\u2028\u202e😀,"baidu":"\x00'
NEWS = {
    "e": DoorNews(MONDAY.date(), got_in=3, last_got_in_at=MONDAY - timedelta(minutes=40)),
    "h": DoorNews(MONDAY.date(), reported_locked=True),
}
DOORS = (UNREAD, DoorReport(MONDAY), DoorReport(MONDAY, NEWS, frozenset({"h"})))


@pytest.fixture(scope="module")
def place(town):
    return load_region(town.settings), town.places


def queries(places):
    stops = (None, Place(*places["A"]), Place(116.9, 35.9))
    for origin, mode, hour, stop in product("FPA", TravelMode, (3, 12, 18, 23), stops):
        yield NearestQuery(Place(*places[origin]), mode, MONDAY.replace(hour=hour, minute=57), next_stop=stop)
    yield NearestQuery(Place(116.79, 35.5), TravelMode.WALK, MONDAY)  # off the roads
    yield NearestQuery(Place(*places["F"]), TravelMode.WALK, MONDAY, budget_min=20)
    yield NearestQuery(Place(*places["F"]), TravelMode.WALK, MONDAY, budget_min=0.5)
    yield NearestQuery(Place(*places["F"]), TravelMode.WALK, MONDAY, needs=(Need.TRUCK,))


@pytest.mark.parametrize("doors", DOORS, ids=["unread", "quiet", "tapped"])
def test_the_text_says_what_the_values_say(place, doors):
    region, places = place
    for query in queries(places):
        expected = nearest_collection(find_nearest(query, region, doors=doors), region.profile)
        text = nearest_json(rank_nearest(query, region, doors=doors))

        assert json.loads(text) == json.loads(json.dumps(expected))
        assert list(json.loads(text)) == list(expected)


def test_the_text_holds_whatever_a_name_holds(place):
    region, places = place
    query = NearestQuery(Place(*places["F"]), TravelMode.WALK, MONDAY)
    stations = tuple(replace(one, name=AWKWARD, notes=AWKWARD, source=AWKWARD) for one in region.stations)
    awkward = replace(region, stations=stations, written={})
    features = json.loads(nearest_json(rank_nearest(query, awkward)))["features"]

    assert features == nearest_collection(find_nearest(query, awkward), region.profile)["features"]
    assert {feature["properties"]["notes"] for feature in features} == {AWKWARD}


def test_pieces_of_text_are_written_once_for_each_mode(place, monkeypatch):
    region, places = place
    fresh = replace(region, written={})
    query = NearestQuery(Place(*places["F"]), TravelMode.WALK, MONDAY)
    first = nearest_json(rank_nearest(query, fresh))
    monkeypatch.setattr("stations.services.nearest_json.split_links", None)  # would fail if it were asked

    assert nearest_json(rank_nearest(query, fresh)) == first
    with pytest.raises(TypeError):
        nearest_json(rank_nearest(replace(query, mode=TravelMode.CAR), fresh))


def test_the_look_up_tells_what_the_timetable_tells(place):
    region, places = place
    for minutes in range(0, 9 * 1440, 97):
        query = NearestQuery(Place(*places["F"]), TravelMode.WALK, MONDAY + timedelta(minutes=minutes))
        for item in find_nearest(query, region).found:
            if item.travel_s is not None:
                number = region.number_of[item.station.station_id]
                told = region.timetable.arrival(number, when=query.when, travel_s=item.travel_s)
                assert item.arrival == told


def rank(item):
    """The order as `find_nearest` words it, for one look at every station."""
    if item.travel_s is None:
        return 4, item.straight_line_m, item.station.station_id
    if item.arrival.state in (ArrivalState.OPEN, ArrivalState.OPENS_LATER):
        return int(item.reported_locked), item.arrival.usable_in_s, item.station.station_id
    return 2 if item.arrival.state == ArrivalState.UNKNOWN else 3, item.travel_s, item.station.station_id


@pytest.fixture(scope="module")
def crowded(make_town, tmp_path_factory):
    """The town with 60 stations of many hours beside its nodes, some of them at one place."""
    made = make_town(tmp_path_factory.mktemp("crowded"))
    hours = ["24/7", "", "08:00-12:00", "Mo-Fr 09:00-18:00", "22:00-06:00", "18:00-02:00; PH off", "12:05-13:00"]
    with (made.settings.region / "stations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["station_id", "name", "kind", "lon", "lat", "services", "hours", "entry"])
        for number in range(60):
            lon, lat = made.places["ABCDEFHMGQ"[number % 10]]
            row = [f"s{(number * 37) % 60:02d}", f"站 {number}", "hub", round(lon + number // 20 * 1e-4, 7), lat]
            writer.writerow([*row, "water", hours[number % 7], "walk_in"])
    list(build_region(made.settings))
    return load_region(made.settings), made.places


@pytest.mark.parametrize("hour", [3, 8, 11, 12, 17, 23])
@pytest.mark.parametrize("mode", TravelMode)
def test_the_best_few_are_the_first_of_all_ranked_one_by_one(crowded, mode, hour):
    region, places = crowded
    doors = DoorReport(MONDAY, {}, frozenset({"s00", "s37", "s14", "s51"}))
    query = NearestQuery(Place(*places["E"]), mode, MONDAY.replace(hour=hour), limit=200)
    whole = find_nearest(query, region, doors=doors).found

    assert len(whole) == 60
    assert list(whole) == sorted(whole, key=rank)
    for limit in (1, 2, 7, 25, 59, 60):
        assert find_nearest(replace(query, limit=limit), region, doors=doors).found == whole[:limit]


@pytest.mark.parametrize("hour", [3, 8, 12, 17, 23])
def test_off_the_roads_the_nearest_are_told_by_what_is_so_on_setting_out(crowded, hour):
    region, _ = crowded
    locked = frozenset({"s00", "s37", "s14", "s51"})
    query = NearestQuery(Place(116.79, 35.5), TravelMode.WALK, MONDAY.replace(hour=hour), limit=200)
    answer = find_nearest(query, region, doors=DoorReport(MONDAY, {}, locked))
    now = {
        one.station_id: region.timetable.arrival(number, when=query.when, travel_s=0)
        for number, one in enumerate(region.stations)
    }
    by_distance = [item.station.station_id for item in answer.found]
    last_locked = sorted(by_distance, key=lambda one: one in locked)
    is_open = next(one for one in last_locked if now[one].state is ArrivalState.OPEN)
    opens = next(one for one in last_locked if now[one].state is not ArrivalState.OPEN and now[one].opens_at)

    assert [rank(item) for item in answer.found] == sorted(rank(item) for item in answer.found)
    assert answer.instead.nearest_open.station.station_id == is_open
    assert answer.instead.next_to_open.station.station_id == opens
