"""Where things are measured: Porto, the bundled region, and square grids of any size."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import numpy as np

from stations.geo.arcs import find_components, usable_streets
from stations.geo.crs import local_crs, to_degrees
from stations.geo.curve import curve_order
from stations.geo.roads import RoadNetwork
from stations.geo.seats import Seats
from stations.loaders.region import read_profile
from stations.loaders.roads import read_roads
from stations.model.keys import TravelMode
from stations.settings import PROJECT_ROOT

EBIKE = TravelMode.EBIKE
STATIONS = 160
REACH_M = 3750.0
LIMIT_MS = 900_000
"""What 3.75 km take by e-bike at 15 km/h."""
MS_A_METRE = 240
BLOCK_M = 100.0
PROFILE = read_profile(PROJECT_ROOT / "data" / "yanzhou")


def porto_file() -> Path | None:
    """Return the extract of Porto; `None` where there is none."""
    path = Path(os.environ.get("STATIONS_REAL_DATA", "")) / "porto.osm.pbf"
    return path.resolve() if path.is_file() else None


@lru_cache(maxsize=4)
def network_of(name: str) -> RoadNetwork:
    """Return a network by its name."""
    if name.startswith("grid"):
        return _grid(int(name.removeprefix("grid ").removesuffix("k")))
    path = porto_file() if name == "porto" else PROFILE.folder / PROFILE.roads_file
    assert path
    return read_roads(path, profiles=PROFILE.modes).network


def real_names() -> list[str]:
    """Return the names of the networks made of road files that are there."""
    return ["porto", "bundled"] if porto_file() else ["bundled"]


def main_nodes(network: RoadNetwork, count: int, *, margin_m: float = 0.0) -> np.ndarray:
    """Return different random nodes of the main part for e-bikes, no nearer than a margin to the edge."""
    parts = find_components(network, EBIKE)
    x, y = network.node_x, network.node_y
    inside = (x >= x.min() + margin_m) & (x <= x.max() - margin_m)
    inside &= (y >= y.min() + margin_m) & (y <= y.max() - margin_m)
    return np.random.default_rng(1).choice(np.flatnonzero((parts.of_node == parts.main) & inside), count, replace=False)


def random_seats(network: RoadNetwork, count: int, mode: TravelMode = EBIKE) -> Seats:
    """Return the seats of places at random along the streets of the main part."""
    rng, parts = np.random.default_rng(2), find_components(network, mode)
    main = parts.of_node == parts.main
    fit = usable_streets(network, mode) & main[network.street_from] & main[network.street_to] & (network.length_m > 0)
    street = rng.choice(np.flatnonzero(fit), count, replace=False).astype(np.int32)
    return Seats(street, rng.random(count), np.zeros(count, dtype=np.uint32), np.ones(count, dtype=bool))


def _grid(thousands: int) -> RoadNetwork:
    """Return a square grid with streets of 100 m both ways, their costs up to a fifth off what the length says.

    Its nodes are numbered as `build_network` numbers those of a road file.
    """
    side = round((thousands * 1000) ** 0.5)
    x, y = (axis.ravel() * BLOCK_M for axis in np.meshgrid(np.arange(side), np.arange(side)))
    order = curve_order(x, y)
    number = np.argsort(order).astype(np.int32).reshape(side, side)
    x, y = x[order], y[order]
    start = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    end = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    crs = local_crs(116.8, 35.5)
    lon, lat = to_degrees(x, y, crs=crs)
    rng = np.random.default_rng(3)
    along, against = rng.integers(0.8 * BLOCK_M * MS_A_METRE, 1.2 * BLOCK_M * MS_A_METRE, (2, len(start)))
    shape = np.column_stack([start, end]).ravel()
    return RoadNetwork(
        node_lon=lon,
        node_lat=lat,
        node_x=x,
        node_y=y,
        street_from=start,
        street_to=end,
        shape_offset=np.arange(0, 2 * len(start) + 1, 2, dtype=np.int64),
        shape_x=x[shape],
        shape_y=y[shape],
        length_m=np.full(len(start), BLOCK_M),
        street_class=np.zeros(len(start), dtype=np.uint8),
        street_name=np.zeros(len(start), dtype=np.int32),
        forward_ms={EBIKE: along.astype(np.uint32)},
        backward_ms={EBIKE: against.astype(np.uint32)},
        crs=crs,
        classes=("residential",),
        names=("",),
    )
