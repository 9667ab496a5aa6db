"""Lists as offices really write them: clock times, sums under the table, brackets, headings that name a map."""

from __future__ import annotations

import pytest

from stations.errors import FileError
from stations.loaders.service_words import read_services
from stations.loaders.station_list import read_pasted_list, read_station_list, write_station_list
from stations.loaders.station_words import kind_in_name, kind_of
from stations.model.keys import ClosureReason, Datum, EntryMethod, ServiceKey, StationKind
from stations.model.listing import ListOptions
from stations.model.station import Station
from stations.texts import LANGUAGES, words

BOUNDS = (116.6, 35.4, 117.0, 35.7)
OPTIONS = ListOptions(Datum.WGS84)


def read(*lines: str):
    return read_pasted_list("\n".join(lines), options=OPTIONS, bounds=BOUNDS)


@pytest.mark.parametrize(
    ("written", "hours", "told"),
    [
        ("9:00-5:00", None, True),  # nine to five; as OSM it would be open at 03:00
        ("8:00-25:00", None, True),  # OSM would take it for 01:00
        ("18:00-02:00", "18:00-02:00", False),
        ("08:00-12:00,14:00-18:00", "08:00-12:00,14:00-18:00", False),
        ("Mo-Fr 08:30-17:30", "Mo-Fr 08:30-17:30", False),
    ],
)
def test_bare_clock_times_must_pass_as_prose(written, hours, told):
    listing = read("名称\t类别\t经度\t纬度\t营业时间", f"甲\t工会驿站\t116.8\t35.5\t{written}")
    (row,) = listing.stations
    assert row.station.hours == hours
    assert row.station.hours_text == (written if told else None)
    assert [problem.check for problem in listing.problems] == (["hours_not_understood"] if told else [])


def test_what_stands_under_the_table_is_no_row_but_told():
    listing = read(
        "名称\t类别\t经度\t纬度\t备注",
        "甲\t工会驿站\t116.8\t35.5\t",
        "合计\t1\t\t\t",
        "注：以上由街道填报\t\t\t\t",
        "\t\t\t\t填表 王",
    )
    assert (listing.rows_read, len(listing.stations)) == (1, 1)
    (problem,) = listing.problems
    assert (problem.check, problem.refuses, dict(problem.values)) == (
        "rows_passed_over",
        False,
        {"count": 3, "rows": "3, 4, 5"},
    )


def test_a_bare_row_amid_the_table_is_still_read_and_refused():
    listing = read(
        "名称\t类别\t经度\t纬度\t备注", "甲\t工会驿站\t116.8\t35.5\t", "\t工会驿站\t\t\t", "乙\t工会驿站\t116.8\t35.5\t"
    )
    assert (listing.rows_read, len(listing.stations), listing.rows_refused) == (3, 2, 1)


def test_refused_rows_hand_over_what_they_call_their_stations():
    listing = read("编号\t名称\t类别\t经度\t纬度", "s001\t甲\t工会驿站\t116.8\t北", "s002\t乙\t工会驿站\t116.8\t35.5")
    assert (listing.refused_names, listing.refused_ids) == ({"甲"}, {"s001"})


@pytest.mark.parametrize("heading", ["高德坐标", "百度坐标", "坐标(高德)", "坐标（百度）"])
def test_headings_of_coordinates_that_name_a_map(heading):
    listing = read(f"名称\t类别\t{heading}", "甲\t工会驿站\t116.8,35.5")
    assert len(listing.stations) == 1
    assert [problem.check for problem in listing.problems] == ["datum_said"]


def test_coordinates_of_zero_are_told_as_such():
    listing = read("名称\t类别\t经度\t纬度", "甲\t工会驿站\t0\t0")
    assert [(problem.key, problem.refuses) for problem in listing.problems] == [("check.zero", True)]


def test_a_file_of_blanks_is_empty(tmp_path):
    (tmp_path / "a.csv").write_text(",,\n,,\n", encoding="utf-8")
    with pytest.raises(FileError) as raised:
        read_station_list(tmp_path / "a.csv", options=OPTIONS, bounds=BOUNDS)
    assert raised.value.key == "file.empty"


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("爱心驿站", "union_post"),
        ("户外劳动者驿站", "union_post"),
        ("司机之家", "driver_home"),
        ("卡友之家", "driver_home"),
    ],
)
def test_kinds_as_offices_call_them(word, kind):
    assert kind_of(word) == kind_in_name(f"东桥{word}") == StationKind(kind)


def test_a_common_word_gives_way_to_a_kind_of_its_own():
    assert kind_in_name("东桥党群服务中心爱心驿站") is StationKind.PARTY_CENTRE


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("热饭（微波炉2台）", {"meal_heating": 2}),
        ("休息（座位10个）", {"rest": 10}),
        ("手机充电(12个口)", {"charging": 12}),
        ("歇脚20座", {"rest": 20}),
        ("午休（3张）", {"bed": 3}),
        ("沙发2张", {"rest": None}),  # a sofa is no seat
        ("充电（充电宝3个）", {"charging": None}),  # nor a power bank a socket
        ("座位 10、微波炉 2", {"rest": 10, "meal_heating": 2}),
        ("1、热饭 2、充电", {"meal_heating": None, "charging": None}),
        ("书报", {}),
    ],
)
def test_counts_in_brackets_and_by_their_unit(text, services):
    assert dict(read_services(text).services) == services


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_workbook_for_people_is_read_back_unchanged(tmp_path, lang):
    full = Station(
        "s001", "甲", StationKind.DRIVER_HOME, 116.8, 35.5, 116.8, 35.5, Datum.WGS84,
        services={ServiceKey.REST: 10, ServiceKey.WATER: 3, ServiceKey.MEAL_HEATING: 2, ServiceKey.BED: 1},
        entry=EntryMethod.SCAN, hours="Mo-Fr 08:30-17:30", closed=ClosureReason.CLOSED_FOR_NOW,
        follows_workdays=True, ebike_parking=False, source="",
    )  # fmt: skip
    every = Station(
        "s002",
        "乙",
        StationKind.HUB,
        116.8,
        35.5,
        116.8,
        35.5,
        Datum.WGS84,
        services=dict.fromkeys(ServiceKey),
        source="",
    )
    path = tmp_path / "stations.xlsx"
    write_station_list(path, [full, every], lang=lang)
    listing = read_station_list(path, options=OPTIONS, bounds=BOUNDS)
    assert [row.station for row in listing.stations] == [full, every]
    assert listing.problems == ()
    assert [column.heading for column in listing.columns][:2] == [
        words(lang)["field.station_id"],
        words(lang)["field.name"],
    ]
