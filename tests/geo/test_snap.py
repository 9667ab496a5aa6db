"""Places move to the nearest point of a street that the mode may use."""

from __future__ import annotations

import numpy as np
import pytest

from stations.geo.arcs import find_components
from stations.geo.crs import to_degrees
from stations.geo.snap import OFF_NETWORK, SnapIndex, street_lines
from stations.model.keys import TravelMode

WALK = TravelMode.WALK
# Two long streets that hang together, and an island of one street 300 m north.
PLACES = {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (200.0, 0.0), "D": (0.0, 300.0), "E": (100.0, 300.0)}
STREETS = [("A", "B", 1, 1), ("B", "C", 1, 1), ("D", "E", 1, 1)]


@pytest.fixture
def snap(make_network):
    def at(x, y, *, streets=STREETS, limit_m=250.0):
        network = make_network(PLACES, streets)
        index = SnapIndex(
            network,
            WALK,
            components=find_components(network, WALK),
            lines=street_lines(network),
            limit_m=limit_m,
        )
        return index.snap(*to_degrees([x], [y], crs=network.crs))

    return at


def test_a_place_sits_on_the_street_and_not_on_its_node(snap):
    found = snap(30.0, 40.0)

    assert found.street[0] == 0
    assert found.fraction[0] == pytest.approx(0.3, abs=1e-6)
    assert found.walk_m[0] == pytest.approx(40.0, abs=1e-3)
    assert found.on_main[0]


def test_the_main_part_is_taken_even_where_an_island_is_nearer(snap):
    # 200 m to the street A-B, 100 m to the island.
    found = snap(50.0, 200.0)

    assert (found.street[0], bool(found.on_main[0])) == (0, True)


def test_an_island_is_taken_where_nothing_else_is_near_and_it_says_so(snap):
    found = snap(50.0, 290.0, limit_m=250.0)

    assert (found.street[0], bool(found.on_main[0])) == (2, False)


def test_beyond_the_limit_a_place_is_off_the_network(snap):
    found = snap(50.0, 700.0)

    assert found.street[0] == OFF_NETWORK
    assert np.isnan(found.walk_m[0])
    assert not found.on_network[0]
    assert not found.on_main[0]


def test_the_limit_is_inclusive(snap):
    assert snap(50.0, -100.0, limit_m=100.001).on_network[0]
    assert not snap(50.0, -100.0, limit_m=99.999).on_network[0]


def test_a_street_that_the_mode_may_not_use_is_not_near(snap):
    closed = [("A", "B", None, None), *STREETS[1:]]

    assert snap(30.0, 10.0, streets=closed).street[0] == 1


def test_equal_distances_go_to_the_lower_street(snap):
    assert snap(100.0, -20.0).street[0] == 0
