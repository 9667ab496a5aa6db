"""Authors and values of the history in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stations.model.changes import StationChange
from stations.model.keys import Datum, StationKind
from stations.model.station import Station
from stations.services.change_words import author_words, move_words, other_fields, value_words


@pytest.mark.parametrize(
    ("author", "lang", "shown"),
    [
        ("terminal:wang", "zh", "终端（wang）"),
        ("terminal:wang", "en", "terminal (wang)"),
        ("terminal", "zh", "终端"),
        ("李", "zh", "李"),
    ],
)
def test_authors(author, lang, shown):
    assert author_words(lang, author) == shown


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("services", {"charging": None, "rest": 4}, "手机充电、座位 4"),
        ("lon", 116.80000000000001, "116.8"),
        ("kind", "union_post", "工会驿站"),
        ("closed", "merged", "已并入"),
        ("ebike_parking", False, "否"),
        ("phone", None, "–"),
    ],
)
def test_values(field, value, shown):
    assert value_words("zh", field, value) == shown


STATION = Station("s1", "南关社区驿站", StationKind.HUB, 116.82, 35.56, 116.82, 35.56, Datum.WGS84)


@pytest.mark.parametrize(
    ("lon", "lat", "zh", "en"),
    # a degree is 111,195 m on the mean sphere, one of longitude 0.81352 of that at 35.56 north
    [
        (116.8255, 35.56, "向东移动 498 米", "moves 498 m east"),
        (116.82, 35.549, "向南移动 1223 米", "moves 1223 m south"),
        (116.81, 35.5682, "向西北移动 1284 米", "moves 1284 m north-west"),
        (116.820001, 35.56, "向东移动 <1 米", "moves <1 m east"),
        (116.82, 35.56, None, None),
    ],
)
def test_a_move_is_told_by_direction_and_metres_in_the_place_of_coordinates(lon, lat, zh, en):
    change = StationChange(STATION, replace(STATION, lon=lon, lat=lat, source_lon=lon, source_lat=lat, phone="110"))

    assert (move_words("zh", change), move_words("en", change)) == (zh, en)
    assert [one.field for one in other_fields(change)] == ["phone"]


def test_what_does_not_move_tells_of_its_other_coordinates():
    change = StationChange(STATION, replace(STATION, source_lon=116.8255, source_datum=Datum.GCJ02))

    assert move_words("zh", change) is None
    assert [one.field for one in other_fields(change)] == ["source_lon", "source_datum"]
    assert move_words("zh", StationChange(None, STATION)) is None
