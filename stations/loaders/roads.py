"""A road file in, a network out: which reader by the ending of its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from stations.errors import FileError
from stations.geo.basemap import BaseMap, empty_basemap
from stations.geo.crs import local_crs
from stations.geo.raw_roads import RawRoads, RoadCounts
from stations.geo.roads import RoadNetwork, build_network
from stations.loaders.roads_graphml import read_graphml
from stations.loaders.roads_osm import read_osm
from stations.model.keys import TravelMode
from stations.model.region import ModeProfile

OSM_ENDINGS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
GRAPHML_ENDINGS = (".graphml",)
LINE_ENDINGS = (".shp", ".gpkg", ".gdb", ".geojson", ".json")

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class RoadReport:
    """What became of a road file.

    Attributes
    ----------
    counts
        Ways used and left out, with the reasons.
    nodes_before, nodes_after
        Nodes of the ways used, and nodes of the network made of them.
    streets
        Streets of the network.
    bounds
        West, south, east, north of the roads, WGS 84 degrees.
    columns
        For a line layer, our names to the columns that were used; without ``class`` all roads are alike.
    """

    counts: RoadCounts
    nodes_before: int
    nodes_after: int
    streets: int
    bounds: Bounds
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadRoads:
    """A network, what else the file holds for a map, and what was left out."""

    network: RoadNetwork
    basemap: BaseMap
    report: RoadReport


def read_roads(
    path: Path,
    *,
    profiles: Mapping[TravelMode, ModeProfile],
    bounds: Bounds | None = None,
    columns: Mapping[str, str] | None = None,
) -> ReadRoads:
    """Read a road file of any kind and build the network of it; all of it, also what lies outside of `bounds`.

    Parameters
    ----------
    path
        ``.osm.pbf .osm`` (OpenStreetMap), ``.graphml`` (OSMnx), or a line layer (``.shp .gpkg .gdb .geojson``).
    profiles
        Travel modes with their speeds.
    bounds
        West, south, east, north of the region in WGS 84 degrees: its middle is the centre of the projection. Without
        it, the middle of the roads is.
    columns
        For a line layer, our column names to the file's; see `read_lines`.

    Raises
    ------
    FileError
        The file is missing, empty, cut short, of an unknown kind or not what its name promises; or it holds no road,
        or none in `bounds`.
    """
    _check_there(path)
    raw, basemap, used = _read(path, columns=columns or {})
    used_by_way = np.zeros(len(raw.node_lon), dtype=np.bool_)
    used_by_way[raw.way_nodes[raw.way_nodes >= 0]] = True
    lon, lat = raw.node_lon[used_by_way], raw.node_lat[used_by_way]
    if not len(lon):
        raise FileError("roads.none", path=path, ways=raw.counts.ways_without_mode)
    wrong = np.flatnonzero(~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)))  # nan among them
    if len(wrong):
        raise FileError("roads.not_on_earth", path=path, lon=lon[wrong[0]], lat=lat[wrong[0]], count=len(wrong))
    extent = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    if bounds is not None:
        west, south, east, north = bounds
        if not ((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)).any():
            raise FileError("roads.outside", path=path, region=_words(bounds), roads=_words(extent))
    west, south, east, north = bounds or extent
    network = build_network(raw, profiles, crs=local_crs((west + east) / 2, (south + north) / 2))
    if not len(network.street_from):
        raise FileError("roads.no_length", path=path)
    report = RoadReport(
        counts=raw.counts,
        nodes_before=len(lon),
        nodes_after=len(network.node_lon),
        streets=len(network.street_from),
        bounds=extent,
        columns=used,
    )
    return ReadRoads(network, basemap, report)


def _check_there(path: Path) -> None:
    if not path.exists():
        raise FileError("roads.missing", path=path)
    if path.is_dir() != (path.suffix.lower() == ".gdb"):
        raise FileError("roads.folder" if path.is_dir() else "roads.not_folder", path=path)
    if path.is_file() and not path.stat().st_size:
        raise FileError("roads.empty", path=path)


def _read(path: Path, *, columns: Mapping[str, str]) -> tuple[RawRoads, BaseMap, Mapping[str, str]]:
    name = path.name.lower()
    if name.endswith(OSM_ENDINGS):
        raw, basemap = read_osm(path)
        return raw, basemap, {}
    if name.endswith(GRAPHML_ENDINGS):
        return read_graphml(path), empty_basemap(), {}
    if name.endswith(LINE_ENDINGS):
        # Here, since its libraries take a second to load that every start would wait for.
        from stations.loaders.roads_lines import read_lines

        raw, used = read_lines(path, columns=columns)
        return raw, empty_basemap(), used
    endings = " ".join(dict.fromkeys(OSM_ENDINGS + GRAPHML_ENDINGS + LINE_ENDINGS))
    raise FileError("roads.ending", path=path, endings=endings)


def _words(bounds: Bounds) -> str:
    """Return bounds as people read them, e.g. ``"116.66..116.95 E, 35.43..35.74 N"``."""
    west, south, east, north = bounds
    return f"{west:.4f}..{east:.4f} E, {south:.4f}..{north:.4f} N"
