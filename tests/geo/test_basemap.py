from __future__ import annotations

import json
from itertools import accumulate

import numpy as np
import pytest

from stations.geo.basemap import RANKS, BaseMap, Shapes, empty_basemap, encode_basemap
from stations.geo.basemap_shapes import LAYERS
from stations.geo.crs import local_crs, to_degrees
from stations.geo.roads import RoadNetwork

CRS = local_crs(116.8, 35.5)


def network(*streets) -> RoadNetwork:
    """Streets as (class, name, points in metres); costs play no part in drawing."""
    places = [place for _, _, points in streets for place in points]
    sizes = [len(points) for _, _, points in streets]
    classes = tuple(dict.fromkeys(street[0] for street in streets))
    names = ("", *dict.fromkeys(street[1] for street in streets if street[1]))
    x, y = (np.array([place[axis] for place in places], dtype=np.float64) for axis in (0, 1))
    lon, lat = to_degrees(x, y, crs=CRS)
    ends = np.zeros(len(streets), dtype=np.int32)
    return RoadNetwork(
        node_lon=lon,
        node_lat=lat,
        node_x=x,
        node_y=y,
        street_from=ends,
        street_to=ends,
        shape_offset=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        shape_x=x,
        shape_y=y,
        length_m=np.zeros(len(streets)),
        street_class=np.array([classes.index(street[0]) for street in streets], dtype=np.uint8),
        street_name=np.array([names.index(street[1]) for street in streets], dtype=np.int32),
        forward_ms={},
        backward_ms={},
        crs=CRS,
        classes=classes,
        names=names,
    )


def decoded(numbers):
    return list(zip(accumulate(numbers[::2]), accumulate(numbers[1::2]), strict=True))


def test_a_line_is_written_as_steps_of_a_hundred_thousandth_of_a_degree():
    # 1000 m east of 116.8 E, 35.5 N: 1000 / (111,320 m x cos 35.5) = 0.01103 degrees, 1103 steps
    encoded = encode_basemap(network(("residential", "", [(0, 0), (500, 1), (1000, 0)])), empty_basemap())

    assert encoded["roads"]["minor"] == [[11_680_000, 3_550_000, pytest.approx(1102, abs=2), 0]]
    assert decoded(encoded["roads"]["minor"][0])[0] == (11_680_000, 3_550_000)


def test_a_bend_of_more_than_three_metres_stays():
    encoded = encode_basemap(network(("residential", "", [(0, 0), (500, 4), (1000, 0)])), empty_basemap())

    assert len(decoded(encoded["roads"]["minor"][0])) == 3


@pytest.mark.parametrize(
    ("road_class", "rank"),
    [
        ("motorway", "motorway"),
        ("trunk_link", "motorway"),
        ("primary", "primary"),
        ("secondary_link", "secondary"),
        ("tertiary", "tertiary"),
        ("service", "minor"),
        ("living_street", "minor"),
        ("steps", "path"),
        ("cycleway", "path"),
    ],
)
def test_every_class_has_a_rank(road_class, rank):
    encoded = encode_basemap(network((road_class, "", [(0, 0), (1000, 0)])), empty_basemap())

    assert [name for name in RANKS if encoded["roads"][name]] == [rank]


def test_barriers_are_not_drawn():
    encoded = encode_basemap(network(("barrier", "", [(0, 0), (0, 0)])), empty_basemap())

    assert not any(encoded["roads"].values())


def test_a_street_is_named_once_at_the_middle_of_its_longest_piece():
    streets = [
        ("residential", "东街", [(0, 0), (100, 0)]),
        ("residential", "东街", [(100, 0), (200, 0)]),  # joins on: 200 m
        ("residential", "东街", [(900, 0), (1000, 100)]),  # 141 m
        ("residential", "", [(0, 50), (1000, 50)]),
    ]
    labels = encode_basemap(network(*streets), empty_basemap())["road_names"]["minor"]
    lon, lat = to_degrees([100.0], [0.0], crs=CRS)

    assert labels == [["东街", round(lon[0] * 1e5), round(lat[0] * 1e5), 0]]


@pytest.mark.parametrize(
    ("end", "angle"), [((100, 100), 45), ((-100, -100), 45), ((0, -100), 90), ((-100, 100), -45), ((-100, 0), 0)]
)
def test_labels_stand_upright(end, angle):
    labels = encode_basemap(network(("primary", "大路", [(0, 0), end])), empty_basemap())["road_names"]["primary"]

    assert labels[0][3] == angle


def basemap() -> BaseMap:
    lon, lat = to_degrees([0, 300, 300, 0, 0, 1, 1, 0, 0], [0, 0, 300, 0, 0, 0, 1, 1, 0], crs=CRS)
    ponds = Shapes(np.array([0, 4, 9]), lon, lat, ("湖", ""))
    layers = {**empty_basemap().layers, "water": ponds}
    return BaseMap(layers, np.array([116.8]), np.array([35.5]), ("小孟",), ("town",))


def test_a_pond_is_drawn_and_a_puddle_smaller_than_a_step_is_not():
    encoded = encode_basemap(network(("residential", "", [(0, 0), (1000, 0)])), basemap())

    assert [len(decoded(ring)) for ring in encoded["water"]] == [4]
    assert encoded["places"] == [["小孟", "town", 11_680_000, 3_550_000]]
    assert {*LAYERS, "roads", "road_names", "places"} == set(encoded)
    assert json.loads(json.dumps(encoded)) == encoded


def test_arrays_and_back():
    arrays, meta = basemap().to_arrays()
    again = BaseMap.from_arrays(arrays, json.loads(json.dumps(meta)))

    assert again.layers["water"].names == ("湖", "")
    assert again.place_names == ("小孟",)
    np.testing.assert_array_equal(again.layers["water"].lon, basemap().layers["water"].lon)


def test_an_empty_network_is_an_empty_map():
    assert not any(encode_basemap(network(), empty_basemap())["roads"].values())
