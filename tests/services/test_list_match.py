"""Which stored station a row is, and what a list leaves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stations.model.keys import ClosureReason, Datum, EntryMethod, ServiceKey, StationKind
from stations.model.listing import ListedStation, StationListing
from stations.model.station import Station
from stations.services.list_match import match_stations, next_id, plain_name

POSITION = frozenset({"name", "kind", "lon", "lat"})


def station(station_id="", name="南关驿站", **facts):
    place = {"lon": 116.80, "lat": 35.55, **{k: v for k, v in facts.items() if k in ("lon", "lat")}}
    rest = {k: v for k, v in facts.items() if k not in place}
    return Station(
        station_id, name, StationKind.HUB, **place, source_lon=place["lon"], source_lat=place["lat"],
        source_datum=Datum.WGS84, **rest,
    )  # fmt: skip


def listing(*stations, fields=POSITION):
    rows = [ListedStation(row, one, id_given=bool(one.station_id)) for row, one in enumerate(stations, start=2)]
    return StationListing(tuple(rows), (), len(rows), fields)


def matched(given, stored):
    return [row.station for row in match_stations(given, stored)]


def test_a_row_with_an_id_is_that_station_whatever_its_name():
    found = matched(listing(station("yz007", "新名字")), [station("yz007", "老名字", phone="0537-1234567")])
    assert [(one.station_id, one.name, one.phone) for one in found] == [("yz007", "新名字", "0537-1234567")]


@pytest.mark.parametrize(
    "written",
    ["南关驿站", "南关 驿站", "南关驿站 ", "（南关）驿站", "南关·驿站"],
)
def test_a_row_without_an_id_is_the_station_of_its_name(written):
    assert [one.station_id for one in matched(listing(station("", written)), [station("yz007")])] == ["yz007"]


def test_of_two_of_one_name_the_nearest_is_taken_and_none_twice():
    # 0.01 degree of latitude is 1.1 km: the first row stands on yz002, which leaves yz001 for the second.
    stored = [station("yz001", lat=35.50), station("yz002", lat=35.60)]
    given = listing(station("", lat=35.59), station("", lat=35.61))
    assert [one.station_id for one in matched(given, stored)] == ["yz002", "yz001"]


def test_a_name_in_another_township_is_another_station():
    stored = [station("yz001", township="鼓楼街道")]
    assert matched(listing(station("", township="小孟镇")), stored)[0].station_id == "yz002"
    assert matched(listing(station("", township=None)), stored)[0].station_id == "yz001"


def test_a_station_named_by_id_elsewhere_in_the_list_is_not_taken_by_name():
    given = listing(station(""), station("yz001"))
    assert [one.station_id for one in matched(given, [station("yz001")])] == ["yz002", "yz001"]


def test_what_the_list_has_no_column_for_stays():
    stored = station(
        "yz001", phone="0537-1", services={ServiceKey.REST: 4}, entry=EntryMethod.RING, hours="24/7", notes="旧"
    )
    bare = matched(listing(station("yz001", name="新")), [stored])[0]
    assert bare == replace(stored, name="新")
    told = matched(listing(station("yz001", phone=None), fields=POSITION | {"phone"}), [stored])[0]
    assert told.phone is None
    assert told.services == stored.services


def test_the_source_changes_only_with_the_station():
    stored = station("yz001", source="old.xlsx row 3")
    same = station("yz001", source="new.xlsx row 9")
    assert matched(listing(same), [stored])[0] == stored
    assert matched(listing(replace(same, name="别名")), [stored])[0].source == "new.xlsx row 9"


def test_a_closed_station_stays_closed_unless_the_list_says_otherwise():
    stored = station("yz001", closed=ClosureReason.CLOSED_FOR_NOW)
    assert matched(listing(station("yz001")), [stored])[0].closed == ClosureReason.CLOSED_FOR_NOW
    assert matched(listing(station("yz001"), fields=POSITION | {"closed"}), [stored])[0].closed is None


def test_a_gate_is_left_behind_by_a_door_that_moves_far():
    # 0.02 degrees of latitude are 2.2 km, 0.005 are 0.56 km; a gate is kept within 1 km.
    stored = station("yz001", entrance_lon=116.80, entrance_lat=35.5501, entrance_s=20, entrance_hours="24/7")
    far = matched(listing(station("yz001", lat=35.57)), [stored])[0]
    assert (far.entrance_lon, far.entrance_lat, far.entrance_s, far.entrance_hours) == (None, None, None, None)
    near = matched(listing(station("yz001", lat=35.555)), [stored])[0]
    assert (near.entrance_lat, near.entrance_s) == (35.5501, 20)


def test_new_ids_go_on_from_the_stored_ones():
    assert next_id(["yz001", "yz168", "osm-node-5", "x9"]) == "yz169"
    assert next_id([]) == "s001"
    assert next_id(["s999"]) == "s1000"


def test_names_are_compared_without_width_blanks_and_brackets():
    assert plain_name("ＡＢＣ驿站（南关）") == plain_name("abc驿站(南关)")
    assert plain_name("南关驿站") != plain_name("北关驿站")
