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
