"""A road found by its name lies where the road is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stations.geo.crs import to_metres
from stations.geo.named_roads import locate_roads

# A --- B --- C, all 建设路; D --- E 3 km further east, of the same name; A --- F without a name.
PLACES = {"A": (0, 0), "B": (600, 0), "C": (1000, 0), "D": (4000, 0), "E": (4200, 0), "F": (0, 500)}
STREETS = [("A", "B", 1, 1), ("B", "C", 1, 1), ("D", "E", 1, 1), ("A", "F", 1, 1)]


@pytest.fixture
def network(make_network):
    made = make_network(PLACES, STREETS)
    return replace(made, names=("", "建设路"), street_name=np.array([1, 1, 1, 0], dtype=np.int32))


def test_a_road_is_one_place_on_it_and_another_where_its_name_is_borne_far_away(network):
    # Of a street of two points the second is its middle vertex: B, C and E. The middle of A-B-C weighted by length is
    # (600 * 600 + 1000 * 400) / 1000 = 760, so B (160 m off) is nearer to it than C (240 m).
    found = locate_roads(network)
    x, y = to_metres([road.lon for road in found], [road.lat for road in found], crs=network.crs)

    assert [road.name for road in found] == ["建设路", "建设路"]
    assert np.allclose(x, [600, 4200], atol=0.01)
    assert np.allclose(y, 0, atol=0.01)


def test_pieces_near_one_another_are_one_road(network):
    # Moved to 1,900 m east the second lies 1,300 m from the first, within 1,500 m.
    nearer = network.shape_x.copy()
    nearer[network.shape_offset[2] : network.shape_offset[3]] -= 2300

    assert len(locate_roads(replace(network, shape_x=nearer))) == 1


def test_roads_without_names_are_no_places(make_network):
    assert locate_roads(make_network(PLACES, STREETS)) == ()
