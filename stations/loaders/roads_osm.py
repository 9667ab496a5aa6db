"""Roads and base map from an OpenStreetMap file, in one pass."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
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
_DRAWN_BY = frozenset(LAYER_KEYS)
_ESCAPED = re.compile("%([0-9a-f]+)%")


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
    barriers: dict[int, tuple[bool, ...]] = {}
    numbers: dict[str, int] = {}
    wanted = osmium.filter.KeyFilter("highway", "barrier", "place", *LAYER_KEYS)
    reader = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations().with_filter(wanted)
    try:
        for line in _kept_lines(reader):
            fields = {field[0]: field[1:] for field in line.split(" ")}
            tags = _tags(fields["T"])
            if fields.get("N"):
                nodes = [numbers.setdefault(node, len(numbers)) for node in fields["N"].split(",")]
                _take_way(tags, nodes, ways=ways, drawn=drawn)
            elif "x" in fields:
                if "barrier" in tags:
                    barriers[int(fields["n"])] = barrier_stops(tags, rules=rules)
                if "place" in tags and fields["x"]:
                    drawn.add_place(tags, float(fields["x"]), float(fields["y"]))
        return _placed(ways, drawn, barriers, nodes=list(numbers), table=reader.node_location_storage)
    except (RuntimeError, ValueError, TypeError, osmium.InvalidLocationError) as cause:
        # What osmium raises for a file it cannot open, unpack or parse, and for ids and coordinates out of its range.
        reason = str(cause).partition("\n")[0][:120]
        raise FileError("roads.not_osm", path=path, reason=reason) from cause


def _kept_lines(reader: osmium.FileProcessor) -> Iterator[str]:
    """Yield what roads and map may need as lines of OPL, osmium's text form.

    Nodes are ``n1 T<tags> x<lon> y<lat>``, ways ``w1 T<tags> Nn1x<lon>y<lat>,n2xy``, where n2 is not known so far.
    Asking osmium for one tag and one node after the other takes twice as long.
    Source: https://osmcode.org/opl-file-format/
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept.opl"
        form = osmium.io.File(str(kept), "opl,locations_on_ways=true,add_metadata=none")
        with osmium.SimpleWriter(form) as writer:
            for thing in reader:
                writer.add(thing)
        with kept.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                yield line[:-1]


def _tags(field: str) -> dict[str, str]:
    pairs = [pair.split("=") for pair in field.split(",")] if field else []
    if "%" not in field:
        return dict(pairs)
    return {_plain(key): _plain(value) for key, value in pairs}


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)


def _take_way(tags: dict[str, str], nodes: list[int], *, ways: WayRows, drawn: BaseMapRows) -> None:
    if "highway" in tags:
        ways.add(ways.judge(tags), road_class=tags["highway"], name=tags.get("name", ""), nodes=nodes)
    if not _DRAWN_BY.isdisjoint(tags):
        drawn.add_way(tags, nodes)


def _placed(
    ways: WayRows,
    drawn: BaseMapRows,
    barriers: Mapping[int, tuple[bool, ...]],
    *,
    nodes: list[str],
    table: osmium.index.LocationTable | None,
) -> tuple[RawRoads, BaseMap]:
    """Give every node its coordinates and its place in the arrays, in the order of the ids."""
    ids, lon, lat = _read_nodes(nodes, table)
    named = np.concatenate([np.array(ways.nodes), np.array(drawn.nodes, dtype=np.int64)])
    used = np.zeros(len(ids), dtype=np.bool_)
    used[named] = True
    order = np.argsort(ids)
    order = order[(used & np.isfinite(lon))[order]]
    place = np.full(len(ids), -1)
    place[order] = np.arange(len(order))
    at = {node: stops for node, stops in barriers.items() if any(stops)}
    stopping, places, _ = np.intersect1d(
        ids[order], np.array(list(at), dtype=np.int64), assume_unique=True, return_indices=True
    )
    way_nodes, drawn_nodes = np.split(place[named], [len(ways.nodes)])
    raw = ways.finished(
        node_lon=lon[order],
        node_lat=lat[order],
        way_nodes=way_nodes,
        barriers=zip(places.tolist(), (at[node] for node in stopping.tolist()), strict=True),
    )
    return raw, drawn.finished(node_lon=lon[order], node_lat=lat[order], way_nodes=drawn_nodes)


def _read_nodes(
    nodes: list[str], table: osmium.index.LocationTable | None
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return ids and WGS 84 degrees of nodes like ``n7x116.8y35.5``; nan where the file has no place, or none on earth.

    `table` knows the nodes that came after their ways.
    """
    text = ",".join(nodes).replace("n", "").replace("xy", ",nan,nan").replace("x", ",").replace("y", ",")
    numbers = text.split(",") if nodes else []
    ids = np.array(list(map(int, numbers[::3])), dtype=np.int64)
    lon, lat = (np.array(list(map(float, numbers[axis::3]))) for axis in (1, 2))
    if table is not None:
        for late in np.flatnonzero(np.isnan(lon)).tolist():
            with suppress(KeyError):
                location = table.get(int(ids[late]))
                lon[late], lat[late] = location.x / _PER_DEGREE, location.y / _PER_DEGREE
    on_earth = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return ids, np.where(on_earth, lon, np.nan), np.where(on_earth, lat, np.nan)
