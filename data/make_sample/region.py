"""Makes all files of the sample region."""

from __future__ import annotations

from pathlib import Path

from data.make_sample.landmarks import list_places
from data.make_sample.network import build_network
from data.make_sample.osm_file import write_osm
from data.make_sample.owned_places import list_owned_places
from data.make_sample.people import settle
from data.make_sample.public_places import list_public_places
from data.make_sample.rider_demand import LAYERS, list_rider_demand
from data.make_sample.station_list import list_stations
from data.make_sample.station_sites import place_stations
from data.make_sample.tables import write_demand, write_layer, write_places, write_region, write_stations
from data.make_sample.terrain import read_outline_degrees, read_terrain
from data.make_sample.walkable import Walkable

BOUNDARY_FILE = Path(__file__).resolve().parents[1] / "yanzhou" / "boundary.geojson"


def make_region(folder: Path) -> None:
    """Write roads, stations, demand, places, owned ones too, and `region.toml` into `folder`, always the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    terrain = read_terrain(BOUNDARY_FILE)
    network = build_network(terrain)
    walkable = Walkable(network.roads)
    places = list_places(terrain, network, walkable)
    write_osm(folder / "roads.osm.pbf", terrain, network, places)
    sites = place_stations(terrain, network, walkable)
    public = list_public_places(terrain, walkable, sites)
    write_stations(folder / "stations.csv", [*list_stations(sites), *public])
    write_demand(folder / "demand.csv", settle(terrain, network, walkable))
    for layer in LAYERS:
        write_layer(folder / f"demand-{layer.name}.csv", list_rider_demand(layer, terrain, network, walkable))
    write_places(folder / "places.csv", places)
    write_places(folder / "candidates.csv", list_owned_places(terrain, walkable))
    write_region(folder / "region.toml", read_outline_degrees(BOUNDARY_FILE))
