"""Bring a station list in, and take it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stations.errors import RefusedListError
from stations.loaders.region import read_profile
from stations.loaders.station_list import read_station_list, write_station_list
from stations.model.keys import Datum
from stations.model.progress import Progress
from stations.services.build import one_builder, publish_stations, station_store
from stations.services.region import road_folder
from stations.services.roads import build_roads, load_roads
from stations.settings import Settings
from stations.store.stations import ImportCounts


@dataclass(frozen=True, slots=True)
class ListImport:
    """A station list to bring in: the file, the datum it was written in, and whether only to look."""

    path: Path
    datum: Datum
    dry_run: bool = False


def import_stations(wanted: ListImport, settings: Settings) -> Iterator[Progress | ImportCounts]:
    """Check every row, store them in one transaction, publish the new table; last comes what changed.

    Stations that are not in the file stay. With `dry_run` nothing is stored.

    Raises
    ------
    RefusedListError
        A row cannot be used; nothing was stored.
    """
    profile = read_profile(settings.region)
    report = read_station_list(wanted.path, datum=wanted.datum, bounds=profile.bounds)
    if report.problems:
        raise RefusedListError("list.refused", path=wanted.path, problems=report.problems)
    with station_store(settings, profile) as store:
        if wanted.dry_run:
            yield store.compare(report.stations)
            return
        with one_builder(settings, profile):
            yield from build_roads(profile, road_folder(settings, profile))
            roads = load_roads(profile, road_folder(settings, profile))
            counts = store.merge(report.stations)
            yield from publish_stations(settings, profile, roads, store)
    yield counts


def export_stations(path: Path, settings: Settings) -> int:
    """Write the list as it stands to `path` (.csv or .geojson); return how many stations it holds."""
    profile = read_profile(settings.region)
    with station_store(settings, profile) as store:
        listed = store.read()
    write_station_list(path, listed.stations, sample=profile.sample)
    return len(listed.stations)
