"""Replace the roads of a region by a file of one's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

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
