"""Polygons of places at random in a whole city: valid, and true to what is reached and what is not."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import shapely.ops

from stations.geo.arcs import find_components, reversed_arcs, usable_streets
from stations.geo.catchment import REACH_M, draw_polygon, pieces_within
from stations.geo.search import Searcher
from stations.geo.seats import Seats
from stations.geo.snap import street_lines
from stations.geo.table_build import seed_to
from stations.loaders.region import read_profile
from stations.loaders.roads import read_roads
from stations.model.keys import TravelMode
from stations.settings import PROJECT_ROOT

PLACES = 4
NONE = np.zeros(1, dtype=np.int64)
PROFILE = read_profile(PROJECT_ROOT / "data" / "yanzhou")


@pytest.fixture(scope="module", params=["bundled", pytest.param("porto.osm.pbf", marks=pytest.mark.real)])
def network(request):
    if request.param == "bundled":
        path = PROFILE.folder / PROFILE.roads_file
    else:
        path = request.getfixturevalue("real_data") / request.param
    return read_roads(path, profiles=PROFILE.modes).network


def reached_from(network, mode, street, *, minutes):
    """Return the pieces of street from which the middle of a street is reached."""
    seats = Seats(np.array([street], dtype=np.int32), np.array([0.5]), np.zeros(1, np.uint32), np.ones(1, dtype=bool))
    limit_ms = round(minutes * 60_000)
    reached = Searcher(reversed_arcs(network, mode)).reach(seed_to(network, mode, seats, 0), limit_ms=limit_ms)
    times = np.full(len(network.node_x), np.inf)
    times[reached.node] = reached.ms
    return pieces_within(network, mode, times, seats, NONE, NONE, cutoff_ms=limit_ms)


def points_along(network, mode, bounds):
    """Return (street, fraction, x, y) of points about 5 m apart on the usable streets within a box."""
    lines = street_lines(network)
    near = shapely.intersects(lines, shapely.box(*bounds)) & usable_streets(network, mode) & (network.length_m > 0)
    many = np.ceil(network.length_m[near] / 5.0).astype(int)
    street = np.repeat(np.flatnonzero(near), many)
    fraction = (np.arange(len(street)) - np.repeat(np.cumsum(many) - many, many) + 0.5) / np.repeat(many, many)
    x, y = shapely.get_coordinates(shapely.line_interpolate_point(lines[street], fraction, normalized=True)).T
    near = (x > bounds[0]) & (x < bounds[2]) & (y > bounds[1]) & (y < bounds[3])
    return street[near], fraction[near], x[near], y[near]


def true_buffer(network, pieces):
    lines = street_lines(network)[pieces.street]
    part = (pieces.start > 0) | (pieces.end < 1)
    lines[part] = [
        shapely.ops.substring(line, start, end, normalized=True)
        for line, start, end in zip(lines[part], pieces.start[part], pieces.end[part], strict=True)
    ]
    return shapely.union_all(shapely.buffer(lines, REACH_M))


def test_polygons_are_true_to_the_streets(network):
    mode, parts, rng = TravelMode.EBIKE, find_components(network, TravelMode.EBIKE), np.random.default_rng(0)
    main = usable_streets(network, mode) & (network.length_m > 0)
    main &= parts.of_node[network.street_from] == parts.main
    shares = []
    for origin in rng.choice(np.flatnonzero(main), PLACES, replace=False).tolist():
        pieces = reached_from(network, mode, origin, minutes=15)
        drawn = draw_polygon(network, mode, pieces)
        street, fraction, x, y = points_along(network, mode, drawn.bounds)
        crossed = np.zeros(len(street) + 1, dtype=int)
        np.add.at(crossed, np.searchsorted(street + fraction, pieces.street + pieces.start), 1)
        np.add.at(crossed, np.searchsorted(street + fraction, pieces.street + pieces.end), -1)
        reached, inside = np.cumsum(crossed)[:-1] > 0, shapely.contains_xy(drawn, x, y)
        off = abs(drawn.area / true_buffer(network, pieces).area - 1)
        shares.append((1 - inside[reached].mean(), inside[~reached].mean(), off))

    missing, wrong, off = np.median(shares, axis=0)
    assert missing <= 0.005
    assert wrong <= 0.03
    assert off <= 0.03


@pytest.mark.parametrize("mode", list(TravelMode))
def test_every_polygon_is_valid(network, mode):
    rng = np.random.default_rng(1)
    for street in rng.choice(np.flatnonzero(usable_streets(network, mode)), PLACES, replace=False).tolist():
        pieces = reached_from(network, mode, street, minutes=float(rng.uniform(0.1, 12)))
        drawn, thin = (draw_polygon(network, mode, pieces, tolerance_m=tolerance_m) for tolerance_m in (0.0, 8.0))

        assert shapely.is_valid(drawn), shapely.is_valid_reason(drawn)
        assert shapely.is_valid(thin), shapely.is_valid_reason(thin)
