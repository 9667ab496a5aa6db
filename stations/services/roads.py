"""The roads of a region in memory, with what every answer needs of them; built once and kept on disk."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stations.errors import DamagedArtefactError
from stations.geo.arcs import Components, find_components
from stations.geo.basemap import BaseMap, encode_basemap
from stations.geo.roads import RoadNetwork
from stations.geo.seats import Seats, seat_places
from stations.geo.snap import SnapIndex, street_lines
from stations.loaders.access import RULES_FILE
from stations.loaders.roads import read_roads
from stations.model.keys import TravelMode
from stations.model.progress import Progress
from stations.model.region import RegionProfile
from stations.store.table_files import read_bundle, write_bundle

ROADS_FORMAT = 3
"""Raise when what is written changes, so that older files are built anew."""


@dataclass(frozen=True, slots=True)
class Roads:
    """The road network of a region, ready to seat places on it."""

    fingerprint: str
    network: RoadNetwork
    components: Mapping[TravelMode, Components]
    snap_indexes: Mapping[TravelMode, SnapIndex]
    basemap: BaseMap
    basemap_json: bytes
    report: Mapping[str, object]
    walk_kmh: float

    def seat(self, mode: TravelMode, lon: ArrayLike, lat: ArrayLike) -> tuple[Seats, NDArray[np.float64]]:
        """Return where places (WGS 84 degrees, shape (K,)) sit for `mode`, and their metres to the road."""
        snaps = self.snap_indexes[mode].snap(lon, lat)
        return seat_places(snaps, walk_kmh=self.walk_kmh), snaps.walk_m

    def seat_place(self, mode: TravelMode, lon: float, lat: float) -> tuple[Seats, float | None]:
        """Return where one place (WGS 84 degrees) sits, in arrays of one, and its metres to the road."""
        snaps = self.snap_indexes[mode].snap_place(lon, lat)
        walk_m = float(snaps.walk_m[0])
        return seat_places(snaps, walk_kmh=self.walk_kmh), None if math.isnan(walk_m) else walk_m


def build_roads(profile: RegionProfile, folder: Path) -> Iterator[Progress]:
    """Read the road file of a region into `folder`, unless that was done before.

    Raises
    ------
    FileError
        The road file is missing, damaged, or has no road in the region.
    """
    target = folder / roads_fingerprint(profile)
    try:
        read_bundle(target)
    except (FileNotFoundError, DamagedArtefactError):
        yield Progress("progress.roads", 0, 1)
        read = read_roads(
            profile.folder / profile.roads_file,
            profiles=profile.modes,
            bounds=profile.bounds,
            columns=profile.road_columns,
        )
        arrays, kept = read.network.to_arrays()
        more_arrays, more_kept = read.basemap.to_arrays()
        write_bundle(
            target,
            {**{f"network.{k}": v for k, v in arrays.items()}, **{f"basemap.{k}": v for k, v in more_arrays.items()}},
            {"network": kept, "basemap": more_kept, "report": asdict(read.report)},
        )
        yield Progress("progress.roads", 1, 1)


def load_roads(profile: RegionProfile, folder: Path) -> Roads:
    """Return the roads that `build_roads` left in `folder`.

    Raises
    ------
    FileNotFoundError
        They were never built.
    DamagedArtefactError
        They are not what was written.
    """
    fingerprint = roads_fingerprint(profile)
    arrays, meta = read_bundle(folder / fingerprint)
    network = RoadNetwork.from_arrays(_part(arrays, "network"), meta["network"])
    basemap = BaseMap.from_arrays(_part(arrays, "basemap"), meta["basemap"])
    components = {mode: find_components(network, mode) for mode in profile.modes}
    lines = street_lines(network)
    return Roads(
        fingerprint=fingerprint,
        network=network,
        components=components,
        snap_indexes={
            mode: SnapIndex(network, mode, components=components[mode], lines=lines, limit_m=profile.snap_limit_m)
            for mode in profile.modes
        },
        basemap=basemap,
        basemap_json=json.dumps(encode_basemap(network, basemap), ensure_ascii=False, separators=(",", ":")).encode(),
        report=meta["report"],
        walk_kmh=profile.modes[TravelMode.WALK].speed_kmh,
    )


def roads_fingerprint(profile: RegionProfile) -> str:
    """Return a digest of all that the road network is computed from.

    Raises
    ------
    FileError
        The road file is missing.
    """
    path = profile.folder / profile.roads_file
    digest = hashlib.blake2b(digest_size=12)
    digest.update(
        repr((ROADS_FORMAT, profile.bounds, profile.snap_limit_m, sorted(profile.road_columns.items()))).encode()
    )
    for mode, speeds in sorted(profile.modes.items()):
        row = (mode, speeds.speed_kmh, speeds.traffic_factor, sorted(speeds.class_speeds_kmh.items()))
        digest.update(repr(row).encode())
    for file in (RULES_FILE, path):
        digest.update(_content(file))
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    from stations.errors import FileError

    try:
        return path.read_bytes() if path.is_file() else b"".join(p.read_bytes() for p in sorted(path.iterdir()))
    except FileNotFoundError as error:
        raise FileError("file.missing", path=path) from error


def _part(arrays: Mapping[str, NDArray[np.generic]], name: str) -> dict[str, NDArray[np.generic]]:
    return {key.removeprefix(f"{name}."): value for key, value in arrays.items() if key.startswith(f"{name}.")}
