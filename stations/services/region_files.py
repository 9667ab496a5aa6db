"""Replace the roads or the demand of a region by a file of one's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from stations.loaders.demand import read_demand, write_demand
from stations.loaders.places import read_places
from stations.loaders.region import read_profile, write_profile
from stations.loaders.roads import read_roads
from stations.model.progress import Progress
from stations.services.create import copy_road_file, day_of, road_file_name, road_source
from stations.settings import Settings


def import_roads(path: Path, settings: Settings, *, columns: Mapping[str, str]) -> Iterator[Progress]:
    """Check a road file against the region and take it over; the old one stays until the new one is in place.

    Raises
    ------
    FileError
        It cannot be read, or has no road in the region.
    """
    profile = read_profile(settings.region)
    yield Progress("progress.roads", 0, 1)
    read_roads(path, profiles=profile.modes, bounds=profile.bounds, columns=columns)
    name = road_file_name(path)
    with TemporaryDirectory(dir=profile.folder, prefix=".new-") as made:
        copy_road_file(path, Path(made) / name)
        for new in sorted(Path(made).iterdir()):
            target = profile.folder / new.name
            if target.is_dir():
                shutil.rmtree(target)
            os.replace(new, target)
    source = road_source(path)
    write_profile(
        profile.folder,
        replace(
            profile,
            roads_file=name,
            road_columns=dict(columns),
            dates={**profile.dates, "roads": day_of(path)},
            sources={**profile.sources, "roads": source},
        ),
    )
    yield Progress("progress.roads", 1, 1)


def import_demand(path: Path, settings: Settings) -> Iterator[Progress | int]:
    """Check a demand file and take it over; last comes how many places it holds.

    Raises
    ------
    RefusedListError
        A row cannot be used, or names a place that ``places.csv`` of the region does not have; the old demand stays.
    """
    profile = read_profile(settings.region)
    places = profile.folder / "places.csv"
    demand = read_demand(path, places=read_places(places) if places.exists() else ())
    write_demand(profile.folder / "demand.csv", demand)
    source = {"zh": path.name, "en": path.name}
    write_profile(
        profile.folder,
        replace(
            profile,
            dates={**profile.dates, "demand": day_of(path)},
            sources={**profile.sources, "demand": source},
        ),
    )
    yield len(demand)
