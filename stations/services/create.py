"""Make a region of one's own, a folder with its profile, roads and stations, or replace its roads."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from stations.errors import FileError, InputError
from stations.hours.zones import country_of_zone, time_zone_at
from stations.loaders.osm_places import read_osm_stations
from stations.loaders.region import read_profile, write_profile
from stations.loaders.roads import read_roads
from stations.loaders.station_list import read_station_list, write_station_list
from stations.model.keys import Datum
from stations.model.listing import ListOptions
from stations.model.progress import Progress
from stations.model.region import RegionProfile
from stations.model.standard import STANDARD_MODES
from stations.model.station import Station
from stations.services.build import usable_stations
from stations.settings import Settings
from stations.texts import LANGUAGES, say

OSM_ENDINGS = (".osm.pbf", ".osm", ".pbf")
MARGIN_DEG = 0.002
CALENDAR_OF_COUNTRY = {"CN": "cn"}
"""Countries whose official calendar is in `data/calendar`."""


@dataclass(frozen=True, slots=True)
class NewRegion:
    """What a region is made of; `road_columns` maps class, oneway, name and maxspeed to columns of a line layer.

    Raises
    ------
    InputError
        The name is empty or holds what cannot be printed, stations are asked for from a list and from the map at
        once, a list comes without its datum, or the roads are no OpenStreetMap file to take stations from.
    """

    folder: Path
    name: str
    roads: Path
    stations: Path | None = None
    datum: Datum | None = None
    stations_from_osm: bool = False
    road_columns: tuple[tuple[str, str], ...] = ()
    time_zone: str | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.name.isprintable():
            raise InputError("error.region_name", field="name", value=ascii(self.name))
        if self.stations and self.stations_from_osm:
            raise InputError("error.two_station_sources", field="stations")
        if self.stations and self.datum is None:
            raise InputError("error.datum_missing", field="datum", file=self.stations.name)
        if self.stations_from_osm and not self.roads.name.lower().endswith(OSM_ENDINGS):
            raise InputError("error.not_osm", field="roads", file=self.roads.name)


def create_region(new: NewRegion) -> Iterator[Progress]:
    """Write the folder of a region; it appears whole or not at all.

    Raises
    ------
    InputError
        The folder holds something already, or is a file.
    FileError
        The roads or the stations cannot be used.
    """
    if new.folder.exists() and (not new.folder.is_dir() or any(new.folder.iterdir())):
        raise InputError("error.folder_taken", field="folder", value=new.folder.name)
    yield Progress("progress.create", 0, 2)
    profile = _profile(new)
    yield Progress("progress.create", 1, 2)
    new.folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=new.folder.parent, prefix=".new-") as made:
        folder = Path(made) / "region"
        folder.mkdir()
        _copy_road_file(new.roads, folder / profile.roads_file)
        write_station_list(folder / "stations.csv", _stations(new, profile), sample=False)
        write_profile(folder, profile)
        read_profile(folder)
        if new.folder.exists():
            new.folder.rmdir()
        folder.rename(new.folder)
    yield Progress("progress.create", 2, 2)


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
        _copy_road_file(path, Path(made) / name)
        for new in sorted(Path(made).iterdir()):
            target = profile.folder / new.name
            if target.is_dir():
                shutil.rmtree(target)
            os.replace(new, target)
    source = _road_source(path)
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


def _copy_road_file(source: Path, target: Path) -> None:
    """Copy a road file; of a Shapefile the files beside it, of a FileGDB its folder."""
    if source.is_dir():
        shutil.copytree(source, target)
        return
    shutil.copyfile(source, target)
    if source.suffix.lower() == ".shp":
        for beside in sorted(source.parent.glob(f"{source.stem}.*")):
            shutil.copyfile(beside, target.with_suffix(beside.suffix.lower()))


def _road_source(path: Path) -> dict[str, str]:
    """Return what is said of where roads come from, by language: OpenStreetMap asks to be named with its licence."""
    if not path.name.lower().endswith((*OSM_ENDINGS, ".graphml")):
        return dict.fromkeys(LANGUAGES, path.name)
    return {lang: say(lang, "sheet.source_osm", file=path.name) for lang in LANGUAGES}


def road_file_name(path: Path) -> str:
    """Return what a road file is called inside a region's folder, e.g. ``"roads.osm.pbf"``."""
    lower = path.name.lower()
    return "roads" + next((ending for ending in OSM_ENDINGS if lower.endswith(ending)), path.suffix.lower())


def _profile(new: NewRegion) -> RegionProfile:
    read = read_roads(new.roads, profiles=STANDARD_MODES, bounds=None, columns=dict(new.road_columns))
    lon, lat = read.network.node_lon, read.network.node_lat
    bounds = (
        round(float(lon.min()) - MARGIN_DEG, 5),
        round(float(lat.min()) - MARGIN_DEG, 5),
        round(float(lon.max()) + MARGIN_DEG, 5),
        round(float(lat.max()) + MARGIN_DEG, 5),
    )
    zone = new.time_zone or time_zone_at((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    country = country_of_zone(zone)
    return RegionProfile(
        region_id=_region_id(new.folder.name),
        folder=new.folder,
        names={"zh": new.name, "en": new.name},
        time_zone=zone,
        bounds=bounds,
        modes=STANDARD_MODES,
        holiday_calendar=CALENDAR_OF_COUNTRY.get(country, ""),
        country=country,
        roads_file=road_file_name(new.roads),
        road_columns=dict(new.road_columns),
        dates={"roads": day_of(new.roads), "stations": day_of(new.stations or new.roads)},
        sources={"roads": _road_source(new.roads)},
    )


def _stations(new: NewRegion, profile: RegionProfile) -> tuple[Station, ...]:
    if new.stations_from_osm:
        return read_osm_stations(new.roads, bounds=profile.bounds)
    if new.stations is None or new.datum is None:
        return ()
    listing = read_station_list(new.stations, options=ListOptions(new.datum), bounds=profile.bounds)
    return usable_stations(listing, new.stations)


def _region_id(folder_name: str) -> str:
    region_id = re.sub(r"[^a-z0-9_-]+", "-", folder_name.lower()).strip("-")[:40]
    if not region_id:
        raise InputError("error.region_id", field="folder", value=folder_name)
    return region_id


def day_of(path: Path) -> str:
    """Return the day a file was last written, the best that is known of its age."""
    try:
        return date.fromtimestamp(path.stat().st_mtime).isoformat()
    except FileNotFoundError as error:
        raise FileError("file.missing", path=path) from error
