"""A place found by what somebody types."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stations.model.station import NamedPlace
from stations.services.places import MOST_PLACES, find_places
from stations.services.region import load_region

NAMES = (
    "建设路",
    "新建设小区",
    "建设村",
    "建设路小学",
    "兴隆庄街道",
    "Riverside",
    "riverside park",
    "East Riverside",
    "A_b%",
)


@pytest.fixture(scope="module")
def region(town):
    places = tuple(NamedPlace(name, "community", None, 116.8, 35.5) for name in NAMES)
    return replace(load_region(town.settings), places=places)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "建设",
            ["建设村", "建设路", "建设路小学", "新建设小区"],
        ),  # beginning with it first, then the shorter, then by name
        ("建设路", ["建设路", "建设路小学"]),
        ("  建设路 ", ["建设路", "建设路小学"]),
        ("小区", ["新建设小区"]),
        ("RIVERSIDE", ["Riverside", "riverside park", "East Riverside"]),
        ("%", ["A_b%"]),
        ("_", ["A_b%"]),
        (".", []),
        ("没有", []),
        ("", []),
        ("   ", []),
    ],
)
def test_what_is_typed_finds(region, typed, expected):
    assert [place.name for place in find_places(typed, region)] == expected


def test_no_more_come_than_are_asked_for(region):
    many = replace(region, places=tuple(NamedPlace(f"村{n:02}", "community", None, 116.8, 35.5) for n in range(30)))

    assert len(find_places("村", many)) == MOST_PLACES
    assert [place.name for place in find_places("村", many, limit=2)] == ["村00", "村01"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("jianshe", ["建设村", "建设路", "建设路小学", "新建设小区"]),
        ("Jian She", ["建设村", "建设路", "建设路小学", "新建设小区"]),
        ("jsl", ["建设路", "建设路小学"]),
        ("jslxx", ["建设路小学"]),
        ("xlz", ["兴隆庄街道"]),
        ("xinglz", ["兴隆庄街道"]),
        ("xlzhuang", ["兴隆庄街道"]),
        ("xinglongzh", ["兴隆庄街道"]),
        ("lzj", ["兴隆庄街道"]),
        ("ongzhuang", []),  # no character is read from its middle on
        ("xzl", []),
        ("j1", []),
    ],
)
def test_pinyin_and_its_first_letters_find(region, typed, expected):
    assert [place.name for place in find_places(typed, region)] == expected


def test_what_sounds_like_it_comes_after_what_bears_it(region):
    places = tuple(NamedPlace(name, "community", None, 116.8, 35.5) for name in ("郭楼", "鼓楼区", "Gulou Inn"))

    found = find_places("gulou", replace(region, places=places))
    assert [place.name for place in found] == ["Gulou Inn", "鼓楼区", "郭楼"]


def test_roads_are_places_too(town):
    (found,) = find_places("nanjie", load_region(town.settings))

    assert (found.name, found.category) == ("南街", "road")
    assert found.township == "镇"  # of the nearest place
    assert found.lat == pytest.approx(town.places["A"][1], abs=1e-5)  # the street A-B-C
