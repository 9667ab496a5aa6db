"""Township against position."""

from __future__ import annotations

import pytest

from stations.model.keys import Datum
from stations.services.list_checks import check_listing
from stations.services.list_checks.named import by_start, names_in, township_in, township_stem

EAST, WEST = 116.81, 116.73  # in the middle of the six communities of 东河镇 and of 西河镇


def told(row, facts):
    return [dict(problem.values) for problem in check_listing([row], (), facts, datum=Datum.WGS84)]


@pytest.mark.parametrize(
    ("lon", "township", "address"),
    [
        (EAST, "东河镇", None),
        (EAST, "东河", None),  # without its ending
        (EAST, None, "兖州区东河镇槐庄2"),
        (EAST, None, None),
        (EAST, "北镇", None),  # no place of it is known
        (116.7745, "西河镇", None),  # between the two: 柳庄5 is 2.4 km off, 槐庄0 2.3 km
    ],
)
def test_a_township_that_agrees_or_cannot_be_judged_is_not_told_of(two_towns, make_row, lon, township, address):
    assert told(make_row(2, lon, township=township, address=address), two_towns) == []


def test_a_township_far_from_the_position_is_told_with_what_is_near(two_towns, make_row):
    ((values),) = told(make_row(2, WEST, township="东河镇"), two_towns)

    assert (values["said"], values["likely"]) == ("东河镇", "西河镇")
    assert values["neighbour"] == "柳庄2"  # at 116.731, 0.001 degrees or 90 m east
    assert values["neighbour_m"] == pytest.approx(90, abs=2)
    assert values["own_m"] == pytest.approx(6330, abs=20)  # 槐庄0 at 116.80, 0.07 degrees or 6332 m east


def test_the_township_of_an_address_is_judged_where_no_column_says_it(two_towns, make_row):
    ((values),) = told(make_row(2, WEST, address="济宁市兖州区东河镇槐庄2号"), two_towns)

    assert values["said"] == "东河镇"


def test_near_a_border_the_row_s_own_words_decide(two_towns, make_row):
    border = 116.7738  # 柳庄5 (116.7475) is 2380 m off, 槐庄0 2370 m
    assert told(make_row(2, border, township="西河镇"), two_towns) == []

    ((values),) = told(make_row(2, border, township="西河镇", address="槐庄0往西"), two_towns)

    assert (values["said"], values["likely"]) == ("西河镇", "东河镇")


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("鼓楼街道", "鼓楼"),
        ("鼓楼街道办事处", "鼓楼"),
        ("小孟镇", "小孟"),
        ("鼓楼", "鼓楼"),
        ("大镇", "大镇"),
        (None, ""),
    ],
)
def test_the_stem_of_a_township(name, stem):
    assert township_stem(name) == stem


@pytest.mark.parametrize(
    ("address", "found"),
    [("兖州区新兖镇大安路", "新兖"), ("大安镇新兖路", "大安"), ("大安路 5 号", None), ("", None), (None, None)],
)
def test_the_township_an_address_names_first(address, found):
    assert township_in(address, {"新兖", "大安"}) == found


def test_the_longest_name_is_found_and_latin_ones_as_whole_words():
    names = by_start(["南关社区", "南关", "永安路", "main", "x"])

    assert names_in("南关社区永安路8号", names) == ["南关社区", "永安路"]
    assert names_in("on main street, mainz, domain x", names) == ["main"]
