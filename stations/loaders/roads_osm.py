"""Roads and base map from an OpenStreetMap file, in one pass."""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import NDArray

from stations.errors import FileError
from stations.geo.basemap import BaseMap
from stations.geo.raw_roads import RawRoads
from stations.loaders.access import access_rules, barrier_stops
from stations.loaders.basemap_rows import LAYER_KEYS, BaseMapRows
from stations.loaders.way_rows import WayRows

_PER_DEGREE = 1e7
"""OSM keeps coordinates as whole numbers of 0.0000001 degrees."""
_NOWHERE = osmium.osm.Location()
_DRAWN_BY = frozenset(LAYER_KEYS)


def read_osm(path: Path) -> tuple[RawRoads, BaseMap]:
    """Read the roads and what a map draws of a ``.osm.pbf`` or ``.osm`` file, WGS 84.

    The order of the objects in the file does not matter. Nodes that a way names and the file does not hold are
    counted, and the way is cut there. Relations are not read.

    Raises
    ------
    FileError
        The file is cut short or is not what its name promises.
    """
    rules = access_rules()
    ways, drawn = WayRows(rules=rules), BaseMapRows()
    barriers: list[tuple[int, tuple[bool, ...]]] = []
    wanted = osmium.filter.KeyFilter("highway", "barrier", "place", *LAYER_KEYS)
    reader = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations().with_filter(wanted)
    try:
        for thing in reader:
            tags = dict(thing.tags)
            if isinstance(thing, osmium.osm.Way):
                along = thing.nodes
                nodes = [along[number].ref for number in range(len(along))]  # its own iterator takes longer
                _take_way(tags, nodes, ways=ways, drawn=drawn)
            elif isinstance(thing, osmium.osm.Node):
                if "barrier" in tags:
                    barriers.append((thing.id, barrier_stops(tags, rules=rules)))
                if "place" in tags and thing.location.valid():
                    drawn.add_place(tags, thing.location.lon, thing.location.lat)
        return _placed(ways, drawn, barriers, table=reader.node_location_storage)
    except (RuntimeError, ValueError, TypeError, osmium.InvalidLocationError) as cause:
        # What osmium raises for a file it cannot open, unpack or parse, and for ids and coordinates out of its range.
        reason = str(cause).partition("\n")[0][:120]
        raise FileError("roads.not_osm", path=path, reason=reason) from cause


def _take_way(tags: dict[str, str], nodes: list[int], *, ways: WayRows, drawn: BaseMapRows) -> None:
    if not nodes:
        return
    if "highway" in tags:
        ways.add(ways.judge(tags), road_class=tags["highway"], name=tags.get("name", ""), nodes=nodes)
    if not _DRAWN_BY.isdisjoint(tags):
        drawn.add_way(tags, nodes)


def _placed(
    ways: WayRows,
    drawn: BaseMapRows,
    barriers: list[tuple[int, tuple[bool, ...]]],
    *,
    table: osmium.index.LocationTable | None,
) -> tuple[RawRoads, BaseMap]:
    """Give every node its coordinates and its place in the arrays."""
    named = np.concatenate([np.array(ways.nodes), np.array(drawn.nodes, dtype=np.int64)])
    ids, number = np.unique(named, return_inverse=True)
    lon, lat = _locations(ids, table)
    found = np.isfinite(lon)
    place = np.where(found, np.cumsum(found) - 1, -1)[number]
    at = {node: stops for node, stops in barriers if any(stops)}
    stopping, places, _ = np.intersect1d(
        ids[found], np.array(list(at), dtype=np.int64), assume_unique=True, return_indices=True
    )
    raw = ways.finished(
        node_lon=lon[found],
        node_lat=lat[found],
        way_nodes=place[: len(ways.nodes)],
        barriers=zip(places.tolist(), (at[node] for node in stopping.tolist()), strict=True),
    )
    return raw, drawn.finished(node_lon=lon[found], node_lat=lat[found], way_nodes=place[len(ways.nodes) :])


def _locations(
    ids: NDArray[np.int64], table: osmium.index.LocationTable | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Look nodes up; nan where the file does not hold a node, or not on earth."""
    if table is None:
        return np.full(len(ids), np.nan), np.full(len(ids), np.nan)
    x, y = array("q"), array("q")
    for node in ids.tolist():
        try:
            location = table.get(node)
        except KeyError:
            location = _NOWHERE
        x.append(location.x)
        y.append(location.y)
    lon, lat = np.array(x) / _PER_DEGREE, np.array(y) / _PER_DEGREE
    on_earth = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return np.where(on_earth, lon, np.nan), np.where(on_earth, lat, np.nan)
