"""Maps on paper: true to scale, and nothing on top of anything."""

from __future__ import annotations

import dataclasses
import io
from datetime import date

import numpy as np
import pdfplumber
import pytest
import shapely

from stations.geo.basemap_shapes import BaseMap, Shapes, empty_basemap
from stations.geo.crs import to_degrees
from stations.maps.paper_base import prepare_base, sea
from stations.maps.paper_frame import Frame, fit_frame, round_near, round_up
from stations.maps.paper_map import MapOptions, MapStation, _apart, distance_words, draw_map
from stations.maps.paper_style import PAPER_SHADES
from stations.maps.typeset import compile_pdf

MM_PER_PT = 25.4 / 72


def page_of(drawn):
    """The map set by typst on a page of its own size, as pdfplumber reads it."""
    frame = drawn.frame
    source = (
        f"#set page(width: {frame.width_mm}mm, height: {frame.height_mm}mm, margin: 0mm)\n"
        '#image("map.svg", width: 100%, height: 100%)'
    )
    made = compile_pdf(source, files={"map.svg": drawn.svg.encode()}, when=date(2026, 11, 1))
    return pdfplumber.open(io.BytesIO(made)).pages[0]


@pytest.fixture
def cross(make_network):
    """Two streets of 1,000 m: from west to east, and slanting by 3-4-5 from the middle."""
    network = make_network(
        {"w": (-500, 0), "e": (500, 0), "m": (0, 300), "n": (600, 1100)}, [("w", "e", 1, 1), ("m", "n", 1, 1)]
    )
    return prepare_base(network, empty_basemap())


@pytest.mark.parametrize("scale", [7_500, 10_000, 25_000])
def test_a_street_of_1000_m_is_as_long_on_paper_as_the_scale_says(cross, scale):
    drawn = draw_map(cross, [], Frame(160, 200, scale, 50, 550))

    white = [
        curve
        for curve in [*page_of(drawn).lines, *page_of(drawn).curves]
        if curve["stroke"] and not curve["fill"] and curve["linewidth"] > 0
    ]
    across = [float(line["width"]) * MM_PER_PT for line in white if float(line["height"]) < 0.01]
    slanting = [
        np.hypot(float(line["width"]), float(line["height"])) * MM_PER_PT for line in white if float(line["height"]) > 1
    ]

    assert across
    assert slanting
    # 1,000 m at 1:10,000 are 100 mm
    assert across == pytest.approx([1e6 / scale] * len(across), rel=0.005)
    assert slanting == pytest.approx([1e6 / scale] * len(slanting), rel=0.005)


def test_the_scale_bar_is_as_long_as_it_says(cross):
    # 32 mm at 1:10,000 hold 320 m, seven tenths of it are 224 m, 250 m is nearest: 25 mm, in quarters of 6.25 mm
    page = page_of(draw_map(cross, [], Frame(160, 100, 10_000, 0, 0), MapOptions(bar=True)))

    widths = [float(rect["width"]) * MM_PER_PT for rect in page.rects]

    assert "250 m" in page.extract_text()
    assert any(width == pytest.approx(25, rel=0.005) for width in widths)
    assert sum(width == pytest.approx(6.25, rel=0.005) for width in widths) == 2


def test_north_is_up_and_east_is_right():
    # 100 m on the ground are 10 mm at 1:10,000; the middle of a frame of 100 by 60 mm is (50, 30)
    frame = Frame(100, 60, 10_000, 1000, 2000)

    assert [float(value) for value in frame.to_mm(1100, 2000)] == [60, 30]
    assert [float(value) for value in frame.to_mm(1000, 2100)] == [50, 20]
    assert frame.box_m == (500, 1700, 1500, 2300)


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    # a box of 10 by 5 km with 5 mm free on each side: 10 km on 90 mm are 1:111,111, 5 km on 40 mm 1:125,000
    [(100, 100, 125_000), (100, 50, 125_000), (1000, 50, 125_000), (50, 100, 250_000)],
)
def test_a_frame_takes_the_largest_round_scale_that_fits(width, height, scale):
    frame = fit_frame((0, 0, 10_000, 5_000), width, height, margin_mm=5, most_mm_per_km=200)

    assert frame.scale == scale
    assert (frame.centre_x, frame.centre_y) == (5_000, 2_500)


def test_a_frame_of_one_point_is_not_larger_than_allowed():
    # 200 mm for a kilometre is 1:5,000
    assert fit_frame((3, 4, 3, 4), 100, 100, margin_mm=5, most_mm_per_km=200).scale == 5_000


@pytest.mark.parametrize(
    ("value", "up", "near"), [(1, 1, 1), (1.1, 2, 1), (2.2, 2.5, 2), (3, 5, 2.5), (700, 1000, 500), (4900, 5000, 5000)]
)
def test_round_numbers(value, up, near):
    # nearest by ratio: 1000 / 700 is more than 700 / 500
    assert round_up(value) == up
    assert round_near(value) == near


@pytest.mark.parametrize(("metres", "words"), [(500, "500 m"), (2500, "2.5 km"), (1000, "1 km"), (12.5, "12.5 m")])
def test_distances_in_words(metres, words):
    assert distance_words(metres) == words


def test_marks_stand_on_their_place_or_lead_there(cross):
    # at 1:10,000 marks of 4 mm need 40 m; b is 20 m from a, c is alone, d lies outside
    at = {"a": (0, 0), "b": (20, 0), "c": (300, 200), "d": (9000, 0)}
    stations = [MapStation(key, key, "hub", *place) for key, place in at.items()]

    drawn = draw_map(cross, stations, Frame(100, 100, 10_000, 0, 0))
    marks = {mark.station.station_id: mark for mark in drawn.marks}

    assert set(marks) == {"a", "b", "c"}
    assert [station.station_id for station in drawn.outside] == ["d"]
    assert not drawn.lost
    assert not marks["c"].aside
    assert (marks["c"].x, marks["c"].y) == pytest.approx((80, 30))
    assert sorted(mark.aside for mark in (marks["a"], marks["b"])) == [False, True]
    assert (marks["b"].true_x, marks["b"].true_y) == pytest.approx((52, 50))
    assert {"leader", "ring", "kind.hub"} <= drawn.classes


def test_names_never_meet_marks(cross):
    # a station on the middle of the only street: its name, if written at all, stands beside
    named = dataclasses.replace(cross, names=(), points=())
    stations = [MapStation(str(n), str(n), "hub", 20.0 * n, 0.0) for n in range(-20, 20)]

    drawn = draw_map(named, stations, Frame(120, 60, 10_000, 0, 0))

    assert len(drawn.marks) == 40
    assert drawn.labels == ()


EXTENT = (-1000.0, -500.0, 1000.0, 500.0)
"""Of the roads; the sea goes on for 2 % of its longer side, 40 m, beyond it."""


@pytest.mark.parametrize(
    ("coasts", "bounds", "area"),
    [
        # north along x = 100: land to its left is the west, the sea is the east
        ([[(100, -5000), (100, 5000)]], (100, -540, 1040, 540), 940 * 1080),
        # the same in two ways that end where the data does, 30 m within its edge
        ([[(100, -470), (100, 0)], [(100, 0), (100, 470)]], (100, -540, 1040, 540), 940 * 1080),
        # southwards the sea is the west
        ([[(100, 5000), (100, -5000)]], (-1040, -540, 100, 540), 1140 * 1080),
        # an island, its land to the left of the way round it, in a sea that has no other coast
        ([[(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]], (-1040, -540, 1040, 540), 2080 * 1080 - 100 * 100),
        # a bay in the east side: in along y = 0, land to the left in the south, out along y = 100
        ([[(990, 0), (500, 0), (500, 100), (990, 100)]], (500, 0, 1040, 100), 540 * 100),
        # the other way round it is a peninsula
        ([[(990, 100), (500, 100), (500, 0), (990, 0)]], (-1040, -540, 1040, 540), 2080 * 1080 - 540 * 100),
    ],
)
def test_the_sea_is_right_of_the_coast(coasts, bounds, area):
    water = shapely.union_all(sea(np.array([shapely.LineString(line) for line in coasts]), EXTENT))

    assert water.bounds == pytest.approx(bounds, abs=0.1)
    assert water.area == pytest.approx(area, rel=1e-3)


@pytest.mark.parametrize("coast", [[(100, -5000), (100, 300)], [(0, 0), (100, 0), (100, 100)]])
def test_a_coast_that_is_torn_floods_no_land(coast):
    assert sea(np.array([shapely.LineString(coast)]), EXTENT) == []


def test_the_sea_is_drawn_as_water(make_network):
    street = make_network({"a": (-1000, -500), "b": (1000, 500)}, [("a", "b", 1, 1)])
    lon, lat = to_degrees([100, 100], [-5000, 5000], crs=street.crs)
    coast = Shapes(np.array([0, 2]), np.asarray(lon), np.asarray(lat), ("",))
    empty = empty_basemap()
    basemap = BaseMap({**empty.layers, "coastline": coast}, empty.place_lon, empty.place_lat, (), ())

    drawn = draw_map(prepare_base(street, basemap), [], Frame(100, 100, 10_000, 0, 0))

    assert f'fill="{PAPER_SHADES["water"]}"' in drawn.svg
    assert "water" in drawn.classes


def test_tracks_side_by_side_are_drawn_as_one():
    # 12 tracks 0.2 mm apart, and one 5 mm off
    tracks = [shapely.LineString([(0, 0.2 * n), (50 + n, 0.2 * n)]) for n in range(12)]
    tracks.append(shapely.LineString([(0, 9), (50, 9)]))

    kept = _apart(np.array(tracks), 1.7)

    assert len(kept) < 5
    assert shapely.distance(shapely.union_all(kept), shapely.Point(25, 9)) == 0
    nearest = [a.distance(b) for a in kept for b in kept if a is not b]
    assert min(nearest) >= 1.0
