"""The strip of a week: a bar over each run of equal hours, a path for each kind of bar."""

from __future__ import annotations

import re

from stations.maps.week_strip import draw_week


def bars(strip):
    """Class, first hour and number of hours of every bar, in the order in which they are drawn."""
    found = re.findall(r'<path class="(\w+)" d="([^"]+)"', strip)
    framed = [("chosen", x, width) for x, width in re.findall(r'<rect class="chosen" x="(\d+)" width="(\d+)"', strip)]
    return [(name, *bar) for name, path in found for bar in re.findall(r"M(\d+) \d+h(\d+)v", path)] + framed


def test_hours_of_equal_tenths_are_one_bar():
    shares = [0.52, 0.58, *[0.3] * 100, 0.55, *[0.3] * 65]

    assert bars(draw_week(shares, [0.0] * 168)) == [
        ("s5", "0", "2"),
        ("s5", "102", "1"),
        ("s3", "2", "100"),
        ("s3", "103", "65"),
    ]


def test_left_out_hours_the_unknown_and_the_chosen_hour_are_told_apart():
    shares, unknown = [1.0] * 168, [0.0] * 168
    shares[26], unknown[40] = None, 0.25
    found = bars(draw_week(shares, unknown, chosen=3))

    assert ("none", "26", "1") in found
    assert ("u2", "40", "1") in found
    assert ("chosen", "3", "1") in found
