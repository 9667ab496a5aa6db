"""Build what a region is served from: roads, then the travel-time table of every mode, then publish them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stations.errors import DamagedArtefactError, RefusedListError, StoreError
from stations.geo.kernels import warm_up
from stations.geo.roads import NO_WAY
from stations.geo.seats import Seats
from stations.geo.snap import OFF_NETWORK, metres_to_street, street_lines
from stations.geo.table import TravelTable, table_from_arrays
from stations.geo.table_build import Before, compute_table, mean_reach
from stations.loaders.region import read_profile
from stations.loaders.station_list import read_station_list
from stations.model.keys import Datum, TravelMode
from stations.model.listing import ListOptions, StationListing
from stations.model.progress import Progress
from stations.model.region import RegionProfile
from stations.model.station import Station
from stations.services.list_match import match_stations
from stations.services.region import TABLE_FORMAT, Region, load_region, road_folder, table_folder
from stations.services.roads import Roads, build_roads, load_roads
from stations.settings import Settings
from stations.store.database import open_database
from stations.store.published import stations_to_plain
from stations.store.stations import StationStore
from stations.store.table_files import publish, published, read_bundle, remove_old, write_bundle

SIZE_SAMPLE = 5
BYTES_A_PAIR = 28
"""On disk, of a node and a station within reach: 12 by station, 8 by node, and 8 on the way back."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What did not find a road, by mode.

    `stations_off` names the stations that are off the roads, each with its metres to the nearest street the mode may
    use; `demand_off_share` is a share of demand weight, `nodes_off_main_share` one of the nodes the mode can use.
    """

    stations: int
    stations_off: Mapping[TravelMode, tuple[tuple[str, float | None], ...]]
    demand_off_share: Mapping[TravelMode, float | None]
    nodes_off_main_share: Mapping[TravelMode, float]


def build_region(settings: Settings) -> Iterator[Progress]:
    """Build and publish all that is missing for the region of `settings`; what is there and sound is kept.

    Raises
    ------
    FileError
        A file of the region cannot be used.
    StoreError
        The database does not answer.
    """
    profile = read_profile(settings.region)
    with one_builder(settings, profile):
        yield from build_roads(profile, road_folder(settings, profile))
        if published(table_folder(settings, profile) / "current") is None:
            yield from _compile()
        roads = load_roads(profile, road_folder(settings, profile))
        with station_store(settings, profile) as store:
            yield from publish_stations(settings, profile, roads, store)


@contextmanager
def one_builder(settings: Settings, profile: RegionProfile) -> Iterator[None]:
    """Let one process at a time build a region; the others wait, so that what is published last is the newest.

    Raises
    ------
    StoreError
        The instance folder cannot be written to.
    """
    folder = settings.instance / profile.region_id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError("error.cannot_write", file=folder, why=error.strerror) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def station_store(settings: Settings, profile: RegionProfile) -> Iterator[StationStore]:
    """Open the stations of a region, begun with its own list where nothing was ever written.

    Raises
    ------
    RefusedListError
        The region's own list cannot be used.
    StoreError
        The database does not answer.
    """
    database = open_database(settings.database_url)
    try:
        store = StationStore(database, profile.region_id)
        if store.generation() == 0:
            store.seed_if_empty(_seed_stations(profile))
        yield store
    finally:
        database.close()


def publish_stations(
    settings: Settings, profile: RegionProfile, roads: Roads, store: StationStore
) -> Iterator[Progress]:
    """Compute the table of the stations as they stand in the database, and let every worker see it.

    Closed stations are not among them: nobody is sent there. Call it as the `one_builder`.
    """
    listed = store.read()
    stations = tuple(station for station in listed.stations if station.closed is None)
    plain = stations_to_plain(stations)
    folder = table_folder(settings, profile)
    name = _name(roads, profile, plain, listed.generation)
    pointer = folder / "current"
    if not _is_sound(folder / name):
        before = _published_before(folder, published(pointer), roads, snap_limit_m=profile.snap_limit_m)
        if before is None or len(before[1]["targets"]) < len(stations):
            yield from _announce_size(settings, profile, roads, stations)
        arrays: dict[str, NDArray[np.generic]] = {}
        for mode in profile.modes:
            table = yield from _build_table(profile, roads, stations, mode, before)
            arrays |= {f"{mode}.{key}": value for key, value in table.to_arrays().items()}
        meta = {
            "roads": roads.fingerprint,
            "generation": listed.generation,
            "stations": plain,
            "targets": _targets(stations),
            "limit_ms": {mode: _limit_ms(profile, mode) for mode in profile.modes},
            "format": TABLE_FORMAT,
            "snap_limit_m": profile.snap_limit_m,
        }
        write_bundle(folder / name, arrays, meta)
    previous = published(pointer)
    publish(pointer, name)
    remove_old(folder, keep={name, previous or name})
    remove_old(road_folder(settings, profile), keep={roads.fingerprint})


def usable_stations(listing: StationListing, path: Path) -> tuple[Station, ...]:
    """Return the stations of a list that a region begins with; those it gives no id are numbered.

    Raises
    ------
    RefusedListError
        A row of the list cannot be used.
    """
    refusals = tuple(problem for problem in listing.problems if problem.refuses)
    if refusals:
        raise RefusedListError("list.refused", path=path, problems=refusals)
    return tuple(listed.station for listed in match_stations(listing, ()))


def report_build(settings: Settings) -> BuildReport:
    """Return what of the published region lies off the roads; public places beside its own stations do not count."""
    region = load_region(settings)
    listed = region.arrays.listed
    off, demand_share, loose = {}, {}, {}
    weight = np.array([point.weight for point in region.demand])
    for mode in region.profile.modes:
        street = region.tables[mode].seats.street
        missed = [region.stations[k] for k in np.flatnonzero((street == OFF_NETWORK) & listed)]
        off[mode] = tuple((station.station_id, _metres_away(region, mode, station)) for station in missed)
        lost = weight[~region.demand_times(mode).on_network].sum() if len(weight) else 0.0
        demand_share[mode] = float(lost / weight.sum()) if len(weight) and weight.sum() else None
        loose[mode] = _loose_share(region.roads, mode)
    return BuildReport(int(listed.sum()), off, demand_share, loose)


def _compile() -> Iterator[Progress]:
    yield Progress("progress.compile", 0, 1)
    warm_up()
    yield Progress("progress.compile", 1, 1)


def _build_table(
    profile: RegionProfile,
    roads: Roads,
    stations: tuple[Station, ...],
    mode: TravelMode,
    before: tuple[dict[str, NDArray[np.generic]], dict[str, Any]] | None,
) -> Generator[Progress, None, TravelTable]:
    seats = _seats(roads, stations, mode)
    limit_ms = _limit_ms(profile, mode)
    if before and _stand_as_before(before, stations, mode, limit_ms):
        return _table_before(before, mode, limit_ms)
    kept = _kept(before, stations, mode, limit_ms) if before else None
    still = set(kept.number.tolist()) if kept else set()
    total = sum(k not in still for k in np.flatnonzero(seats.street != OFF_NETWORK).tolist())
    for step in compute_table(roads.network, mode, seats, limit_ms=limit_ms, before=kept):
        if isinstance(step, TravelTable):
            return step
        yield Progress(f"progress.table_{mode}", step, total)
    raise AssertionError("compute_table ends with a table")


def _announce_size(
    settings: Settings, profile: RegionProfile, roads: Roads, stations: tuple[Station, ...]
) -> Iterator[Progress]:
    """Tell about how large a table will be, from a few of its columns, where it is larger than is usual."""
    pairs = 0.0
    for mode in profile.modes:
        seats = _seats(roads, stations, mode)
        seated = np.flatnonzero(seats.street != OFF_NETWORK)
        sample = seated[:: max(1, len(seated) // SIZE_SAMPLE)][:SIZE_SAMPLE]
        pairs += mean_reach(roads.network, mode, seats, sample, limit_ms=_limit_ms(profile, mode)) * len(seated)
    megabytes = round(pairs * BYTES_A_PAIR / 1e6)
    if megabytes > settings.large_table_mb:
        yield Progress("progress.large", megabytes, megabytes)


def _seats(roads: Roads, stations: tuple[Station, ...], mode: TravelMode) -> Seats:
    targets = np.array([station.target for station in stations]).reshape(-1, 2)
    return roads.seat(mode, targets[:, 0], targets[:, 1])[0]


def _kept(
    before: tuple[dict[str, NDArray[np.generic]], dict[str, Any]],
    stations: tuple[Station, ...],
    mode: TravelMode,
    limit_ms: int,
) -> Before | None:
    """Return the published table, and which of its stations stand where one of `stations` does, in the same order."""
    meta = before[1]
    if meta["limit_ms"].get(mode) != limit_ms:
        return None
    number_at = {tuple(target): number for number, target in enumerate(meta["targets"])}
    number = np.full(len(meta["targets"]), -1, dtype=np.int32)
    last = -1
    for k, station in enumerate(stations):
        old = number_at.get(station.target, -1)
        if old > last:
            number[old], last = k, old
    return Before(_table_before(before, mode, limit_ms), number)


def _stand_as_before(
    before: tuple[dict[str, NDArray[np.generic]], dict[str, Any]],
    stations: tuple[Station, ...],
    mode: TravelMode,
    limit_ms: int,
) -> bool:
    """Return whether the published table is of the same places in the same order, so that it can be taken as it is."""
    meta = before[1]
    return meta["limit_ms"].get(mode) == limit_ms and [tuple(t) for t in meta["targets"]] == _targets(stations)


def _table_before(
    before: tuple[dict[str, NDArray[np.generic]], dict[str, Any]], mode: TravelMode, limit_ms: int
) -> TravelTable:
    arrays = before[0]
    own = {key.removeprefix(f"{mode}."): value for key, value in arrays.items() if key.startswith(f"{mode}.")}
    return table_from_arrays(mode, limit_ms, own)


def _published_before(
    folder: Path, name: str | None, roads: Roads, *, snap_limit_m: float
) -> tuple[dict[str, NDArray[np.generic]], dict[str, Any]] | None:
    if name is None:
        return None
    try:
        arrays, meta = read_bundle(folder / name)
    except (FileNotFoundError, DamagedArtefactError):
        return None
    fits = (
        meta.get("roads") == roads.fingerprint
        and meta.get("format") == TABLE_FORMAT
        and meta.get("snap_limit_m") == snap_limit_m
    )
    return (arrays, meta) if fits else None


def _is_sound(folder: Path) -> bool:
    try:
        read_bundle(folder)
    except (FileNotFoundError, DamagedArtefactError):
        return False
    return True


def _seed_stations(profile: RegionProfile) -> tuple[Station, ...]:
    path = profile.folder / "stations.csv"
    if not path.exists():
        return ()
    return usable_stations(read_station_list(path, options=ListOptions(Datum.WGS84), bounds=profile.bounds), path)


def _name(roads: Roads, profile: RegionProfile, plain: list[dict[str, Any]], generation: int) -> str:
    limits = {mode: _limit_ms(profile, mode) for mode in sorted(profile.modes)}
    content = json.dumps([TABLE_FORMAT, roads.fingerprint, limits, profile.snap_limit_m, generation, plain])
    return hashlib.blake2b(content.encode(), digest_size=12).hexdigest()


def _targets(stations: tuple[Station, ...]) -> list[tuple[float, float]]:
    return [station.target for station in stations]


def _limit_ms(profile: RegionProfile, mode: TravelMode) -> int:
    return profile.modes[mode].limit_min * 60_000


def _metres_away(region: Region, mode: TravelMode, station: Station) -> float | None:
    network = region.roads.network
    lines = region.keep("lines", lambda: street_lines(network))
    lon, lat = station.target
    return metres_to_street(network, mode, lines, lon=lon, lat=lat)


def _loose_share(roads: Roads, mode: TravelMode) -> float:
    """Return the share of the nodes a mode can use that do not belong to its main part."""
    network, components = roads.network, roads.components[mode]
    used = np.zeros(len(network.node_x), dtype=bool)
    for ends, costs in ((network.street_from, network.forward_ms), (network.street_to, network.backward_ms)):
        used[ends[costs[mode] != NO_WAY]] = True
    main = components.of_node == components.main
    return float((used & ~main).sum() / max(1, used.sum()))
