"""The strip of a week: a rectangle for each run of equal hours."""

from __future__ import annotations

import re

from stations.maps.week_strip import draw_week


def rectangles(strip):
    return re.findall(r'<rect class="(\w+)" x="(\d+)"(?: y="\d+")? width="(\d+)"', strip)


def test_hours_of_equal_tenths_are_one_rectangle():
    shares = [0.52, 0.58, *[0.3] * 166]

    assert rectangles(draw_week(shares, [0.0] * 168)) == [("s5", "0", "2"), ("s3", "2", "166")]


def test_left_out_hours_the_unknown_and_the_chosen_hour_are_told_apart():
    shares, unknown = [1.0] * 168, [0.0] * 168
    shares[26], unknown[40] = None, 0.25
    found = rectangles(draw_week(shares, unknown, chosen=3))

    assert ("none", "26", "1") in found
    assert ("u2", "40", "1") in found
    assert ("chosen", "3", "1") in found
