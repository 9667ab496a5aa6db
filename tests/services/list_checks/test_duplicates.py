"""Likely duplicates, in the list and in store; reused ids; moved stations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stations.geo.datum import from_wgs84
from stations.model.keys import ClosureReason, Datum, StationKind
from stations.services.list_checks import check_listing

METRE = 1 / 111_195  # degrees of latitude


def told(rows, facts, *, stored=(), datum=Datum.WGS84):
    return check_listing(rows, stored, facts, datum=datum)


@pytest.mark.parametrize(
    ("one", "other", "metres", "found"),
    [
        ("南关社区党群服务中心", "南关社区党群服务中心", 490, True),
        ("南关社区党群服务中心", "南关社区党群服务中心", 510, False),
        ("鼓楼社区党群服务中心", "古楼社区党群服务中心", 490, True),  # the same sounds
        ("南关社区党群服务中心", "南 关社区·党群服务中心", 490, True),
        ("兖新苑（龙桥店）", "兖新苑 龙桥店", 490, True),
        ("南顺城街社区驿站", "南顺城社区驿站", 140, True),  # 5 of 6 characters
        ("南顺城街社区驿站", "南顺城社区驿站", 160, False),
        ("南关社区驿站", "北关社区驿站", 20, False),  # a direction
        ("李宫三村驿站", "李宫四村驿站", 20, False),  # a number
        ("兖新苑一号店", "兖新苑1号店", 490, True),
        ("兖新苑1号店", "兖新苑01号店", 490, True),
        ("丽景A区物业", "丽景B区物业", 20, False),
        ("孟家村驿站", "宋家村驿站", 40, True),  # 2 of 3 characters, next door
        ("孟家村驿站", "宋家村驿站", 60, False),
        ("司机之家", "司机之家", 25, True),
        ("司机之家", "司机之家", 40, False),  # nothing of its own
        ("翠湖名都驿站", "长安社区驿站", 5, False),
    ],
)
def test_names_and_metres_decide(bare_facts, make_row, one, other, metres, found):
    rows = [make_row(2, name=one), make_row(3, lat=35.56 + metres * METRE, name=other)]

    problems = told(rows, bare_facts)

    assert [problem.check for problem in problems] == ["duplicate"] * found
    assert not any(problem.refuses for problem in problems)


def test_both_rows_are_shown(bare_facts, make_row):
    rows = [make_row(2, name="永安社区驿站"), make_row(9, lat=35.56 + 100 * METRE, name="咏安社区驿站")]

    (problem,) = told(rows, bare_facts)

    values = dict(problem.values)
    assert (problem.row, problem.value) == (9, "咏安社区驿站")
    assert (values["other_row"], values["other_id"], values["other_name"]) == (2, "s2", "永安社区驿站")
    assert (values["distance_m"], values["alike_percent"]) == (100, 100)


def test_two_kinds_in_one_building_are_two_stations(bare_facts, make_row):
    rows = [
        make_row(2, name="南关社区党群服务中心", kind=StationKind.PARTY_CENTRE),
        make_row(3, name="南关社区工会驿站", kind=StationKind.UNION_POST),
    ]

    assert told(rows, bare_facts) == ()


def test_the_township_in_a_name_is_no_difference(bare_facts, make_row):
    rows = [
        make_row(2, name="鼓楼街道南关社区驿站", township="鼓楼街道"),
        make_row(3, lat=35.56 + 400 * METRE, name="南关社区驿站", township="鼓楼街道"),
    ]

    assert [problem.check for problem in told(rows, bare_facts)] == ["duplicate"]


def test_a_name_that_many_bear_is_no_sign(bare_facts, make_row):
    rows = [make_row(row, lat=35.56 + 30 * row * METRE, name="公共厕所") for row in range(2, 8)]

    assert told(rows, bare_facts) == ()
    assert [problem.row for problem in told([*rows, replace(rows[0], row=9)], bare_facts)] == [9]


def test_a_row_is_compared_with_stored_stations_that_the_list_does_not_name(bare_facts, make_row):
    stored = [make_row(2, name="南关社区驿站").station, make_row(3, name="东关社区驿站").station]
    rows = [make_row(7, name="南关社区驿站"), make_row(3, name="东关社区驿站")]

    (problem,) = told(rows, bare_facts, stored=stored)

    assert (problem.check, problem.row) == ("duplicate_stored", 7)
    assert dict(problem.values)["other_id"] == "s2"


def test_two_that_are_stored_as_they_are_were_asked_about_when_they_came(bare_facts, make_row):
    rows = [make_row(row, name="南关社区驿站") for row in (2, 3)]
    stored = [row.station for row in rows]

    assert [problem.check for problem in told(rows, bare_facts)] == ["duplicate"]
    assert told(rows, bare_facts, stored=stored) == ()
    assert told(rows[:1], bare_facts, stored=stored) == ()
    moved = replace(rows[1], station=replace(rows[1].station, lat=rows[1].station.lat + 5 * METRE))
    assert [problem.check for problem in told([rows[0], moved], bare_facts, stored=stored)] == ["duplicate"]


def test_a_stored_station_that_is_closed_is_no_duplicate(bare_facts, make_row):
    stored = [replace(make_row(2, name="南关社区驿站").station, closed=ClosureReason.MERGED)]

    assert told([make_row(7, name="南关社区驿站")], bare_facts, stored=stored) == ()


def test_stored_stations_are_not_compared_with_each_other(bare_facts, make_row):
    stored = [make_row(row, name="南关社区驿站").station for row in (2, 3)]

    assert told([make_row(7, lat=35.5, name="别处驿站")], bare_facts, stored=stored) == ()


@pytest.mark.parametrize(("metres", "checks"), [(290, []), (310, ["moved"]), (1250, ["moved"])])
def test_who_moved_further_than_300_metres_is_told_of(bare_facts, make_row, metres, checks):
    stored = [make_row(2).station]

    problems = told([make_row(2, lat=35.56 + metres * METRE)], bare_facts, stored=stored)

    assert [problem.check for problem in problems] == checks
    for problem in problems:
        assert dict(problem.values)["distance_m"] == pytest.approx(metres, abs=3)


def test_the_last_position_is_told_in_the_datum_of_the_list(bare_facts, make_row):
    stored = [make_row(2).station]
    lon, lat = from_wgs84(116.82, 35.56, Datum.GCJ02)

    (problem,) = told([make_row(2, lat=35.57)], bare_facts, stored=stored, datum=Datum.GCJ02)

    values = dict(problem.values)
    assert float(values["last_lon"]) == pytest.approx(lon, abs=1e-6)
    assert float(values["last_lat"]) == pytest.approx(lat, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "metres", "check"),
    [
        ("南关社区驿站", 2000, "moved"),
        ("南关社区驿站（新址）", 2000, "moved"),
        ("翠湖名都驿站", 2000, "id_reused"),
        ("翠湖名都驿站", 100, None),  # renamed where it stands
    ],
)
def test_an_id_is_reused_where_name_and_place_are_both_others(bare_facts, make_row, name, metres, check):
    stored = [make_row(2, name="南关社区驿站").station]

    problems = told([make_row(2, lat=35.56 + metres * METRE, name=name)], bare_facts, stored=stored)

    assert [problem.check for problem in problems] == ([check] if check else [])


def test_a_thousand_rows_in_one_place_are_looked_through(bare_facts, make_row):
    rows = [make_row(row, name="南关社区驿站", township=f"第{row // 2}镇") for row in range(2, 1002)]

    problems = told(rows, bare_facts)

    assert {problem.check for problem in problems} == {"duplicate"}
    assert len(problems) > 900  # a row has so many neighbours at most; the first has none before it
