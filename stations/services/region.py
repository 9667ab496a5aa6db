"""The immutable region in memory: stations, travel-time tables, hours and demand, swapped together."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import shapely
from numpy.typing import NDArray

from stations.errors import StationsError, UnknownThingError
from stations.geo.arcs import reversed_arcs
from stations.geo.coverage import Times
from stations.geo.kernels import UNREACHED
from stations.geo.search import Searcher
from stations.geo.seats import Seats
from stations.geo.snap import OFF_NETWORK
from stations.geo.table import TravelTable, table_from_arrays, times_of_places
from stations.geo.table_build import leading_parts, times_to_seats
from stations.hours.calendar import WorkCalendar
from stations.hours.timetable import Timetable
from stations.loaders.boundary import read_boundary
from stations.loaders.calendar import read_calendar
from stations.loaders.demand import read_demand
from stations.loaders.places import read_places
from stations.loaders.region import read_profile
from stations.model.keys import TravelMode
from stations.model.region import DemandLayer, RegionProfile
from stations.model.station import DemandPoint, NamedPlace, Station
from stations.services.roads import Roads, load_roads, roads_fingerprint
from stations.services.station_arrays import StationArrays, arrange
from stations.settings import PROJECT_ROOT, Settings
from stations.store.published import stations_from_plain
from stations.store.table_files import published, read_bundle

TABLE_FORMAT = 2
"""Raise when what is written of tables changes, so that older ones are computed anew."""
LOOK_EVERY_S = 0.25
"""Five files are asked for their dates, which takes microseconds; a change is to be seen within two seconds."""
MOST_KEPT = 64
OWNED_FILE = "candidates.csv"
"""In a region's folder: the places that the district owns, where a station could be."""
NOT_THERE = -1
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class DemandArrays:
    """The D points of a layer: float64 (D,) of WGS 84 degrees and weights; `area` (int64) their place in `areas`.

    `areas` are the townships by name, the empty one (first where there is any) those without.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    weight: NDArray[np.float64]
    area: NDArray[np.int64]
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Base:
    """The region that another was made from by other stations: both have its roads, demand and places.

    `number` is int64 (K,): the number in it of each station of the other, `NOT_THERE` of those that it has not.
    """

    region: Region
    number: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Region:
    """All that a request needs; nothing in it changes but what is remembered of answers.

    `points_of` is the demand of every layer that is there, by its name, `owned` the places that the district owns.
    `_kept` holds costly answers, `written` the text of stations, see `nearest_json`. `base` is there where the stations
    are those of a scenario.
    """

    profile: RegionProfile
    roads: Roads
    stations: tuple[Station, ...]
    arrays: StationArrays
    number_of: Mapping[str, int]
    tables: Mapping[TravelMode, TravelTable]
    timetable: Timetable
    points_of: Mapping[str, tuple[DemandPoint, ...]]
    places: tuple[NamedPlace, ...]
    owned: tuple[NamedPlace, ...]
    boundary: shapely.Geometry | None
    generation: int
    name: str
    base: Base | None = None
    written: dict[tuple[TravelMode | None, str], tuple[bytes, bytes]] = field(default_factory=dict)
    _kept: dict[object, object] = field(default_factory=dict)
    _making: dict[object, threading.RLock] = field(default_factory=dict)  # what is being answered
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def station(self, station_id: str) -> Station:
        """Return one station.

        Raises
        ------
        UnknownThingError
            There is none of that id.
        """
        return self.stations[self.number(station_id)]

    def number(self, station_id: str) -> int:
        """Return the number by which the tables know a station; raises as `station` does."""
        if station_id not in self.number_of:
            raise UnknownThingError("error.station_unknown", field="station_id", value=station_id)
        return self.number_of[station_id]

    def extra_ms(self, mode: TravelMode) -> NDArray[np.int64]:
        """Return what each station adds to network time: parking, and the walk from gate to door where it is known."""
        return self.arrays.way_in_ms + 1000 * self.profile.modes[mode].parking_s

    def limit_ms(self, mode: TravelMode) -> int:
        """Return how far the table of `mode` reaches, inclusive, in milliseconds of network time."""
        return self.base.region.limit_ms(mode) if self.base else self.tables[mode].limit_ms

    def leading(self, mode: TravelMode) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Return which parts of the network lead to which station, as `leading_parts` says; computed once."""
        return self.keep(
            ("leading", mode),
            lambda: leading_parts(self.roads.components[mode], self.roads.network, mode, self.tables[mode].seats),
        )

    @property
    def layers(self) -> tuple[DemandLayer, ...]:
        """The kinds of demand that are there; the first is meant where none is named."""
        return tuple(layer for layer in self.profile.all_layers if layer.name in self.points_of)

    @property
    def demand(self) -> tuple[DemandPoint, ...]:
        """The demand of the first layer."""
        return self.demand_of("")

    def demand_of(self, layer: str) -> tuple[DemandPoint, ...]:
        """Return the demand of a layer, of the first where `layer` is empty; nothing where there is no demand at all.

        Raises
        ------
        UnknownThingError
            There is no such layer.
        """
        return self.points_of[self.layer(layer).name] if layer or self.layers else ()

    def layer(self, name: str) -> DemandLayer:
        """Return what a layer says of itself; raises as `demand_of` does, and where there is no demand at all."""
        for layer in self.layers:
            if name in ("", layer.name):
                return layer
        allowed = ", ".join(layer.name for layer in self.layers) or "–"
        raise UnknownThingError("coverage.layer_unknown", field="layer", value=name[:40], allowed=allowed)

    def demand_arrays(self, layer: str = "") -> DemandArrays:
        """Return the demand of a layer as arrays; made once."""
        points = self.demand_of(layer)
        return self.keep_ground(("demand arrays", self._name_of(layer)), lambda: _arrange_demand(points))

    def demand_seats(self, mode: TravelMode, layer: str = "") -> Seats:
        """Return where the demand of a layer sits on the roads of `mode`; computed once."""
        demand = self.demand_arrays(layer)
        key = ("demand seats", mode, self._name_of(layer))
        return self.keep_ground(key, lambda: self.roads.seat(mode, demand.lon, demand.lat)[0])

    def demand_ms_to(self, seats: Seats, mode: TravelMode, layer: str = "") -> NDArray[np.float64]:
        """Return the milliseconds from the demand of a layer to places by one search each, as `times_to_seats` does."""
        places, searcher = self.demand_seats(mode, layer), self.searcher(mode)
        return times_to_seats(self.roads.network, mode, places, seats, searcher=searcher, limit_ms=self.limit_ms(mode))

    def searcher(self, mode: TravelMode) -> Searcher:
        """Return a search of who reaches a place by `mode`, for one request: its scratch is not shared."""
        arcs = self.keep_ground(("arcs", mode), lambda: reversed_arcs(self.roads.network, mode))
        return Searcher(arcs)

    def demand_times(self, mode: TravelMode, layer: str = "") -> Times:
        """Return the times of the demand of a layer by `mode`, looked up in the table once.

        Where there is a base its times are taken, and one search is made for each station that it has not.
        """
        layer, base, seats = self._name_of(layer), self.base, self.demand_seats(mode, layer)

        def look_up() -> Times:
            return _look_up_demand(self, seats, mode) if base is None else _times_on(base, self, mode, layer)

        return self.keep(("demand", mode, layer), look_up)

    def _name_of(self, layer: str) -> str:
        return layer or (self.layers[0].name if self.layers else "")

    def keep_ground(self, key: object, answer: Callable[[], Answer]) -> Answer:
        """Keep what does not depend on the stations, as `keep` does, for all regions of one base."""
        return self.base.region.keep_ground(key, answer) if self.base else self.keep(key, answer)

    def is_kept(self, key: object) -> bool:
        """Whether `keep` would answer at once."""
        return key in self._kept

    def keep(self, key: object, answer: Callable[[], Answer]) -> Answer:
        """Return what was answered to `key` before, else ask `answer` and remember it for as long as there is room.

        Who asks the same meanwhile waits for the one answer, who asks something else does not.
        """
        with self._lock:
            if key in self._kept:
                return cast("Answer", self._last_used(key))
            making = self._making.setdefault(key, threading.RLock())
        with making:
            with self._lock:
                if key in self._kept:
                    return cast("Answer", self._last_used(key))
            try:
                made = answer()
                with self._lock:
                    while len(self._kept) >= MOST_KEPT:
                        del self._kept[next(iter(self._kept))]
                    self._kept[key] = made
            finally:
                with self._lock:
                    self._making.pop(key, None)
            return made

    def _last_used(self, key: object) -> object:
        """Return what is kept, which is then the last to be forgotten."""
        self._kept[key] = self._kept.pop(key)
        return self._kept[key]


def table_folder(settings: Settings, profile: RegionProfile) -> Path:
    """Return the folder of a region's published tables."""
    return settings.instance / profile.region_id / "tables"


def road_folder(settings: Settings, profile: RegionProfile) -> Path:
    """Return the folder of a region's built roads."""
    return settings.instance / profile.region_id / "roads"


def own_files(profile: RegionProfile) -> tuple[Path, ...]:
    """Return the files of a region's folder that are read as they are, without being built, there or not."""
    names = ("region.toml", *(layer.file for layer in profile.all_layers), "places.csv", OWNED_FILE, "boundary.geojson")
    return tuple(profile.folder / name for name in names)


def load_region(settings: Settings, *, before: Region | None = None) -> Region:
    """Return the region as it was last published; roads are taken over from `before` where unchanged.

    Raises
    ------
    UnknownThingError
        Nothing was published yet, or for other roads or modes: it is to be built first.
    DamagedArtefactError
        What was published fails its checksum.
    """
    profile = read_profile(settings.region)
    folder = table_folder(settings, profile)
    not_built = UnknownThingError("error.not_built", region=profile.region_id)
    name = published(folder / "current")
    if name is None:
        raise not_built
    try:
        arrays, meta = read_bundle(folder / name)
        if (
            meta.get("format") != TABLE_FORMAT
            or meta["roads"] != roads_fingerprint(profile)
            or not set(profile.modes) <= set(meta["limit_ms"])
        ):
            raise not_built  # the roads or the modes were changed, and what they mean for the table is not known yet
        same_roads = before is not None and before.roads.fingerprint == meta["roads"]
        roads = before.roads if before and same_roads else load_roads(profile, road_folder(settings, profile))
    except FileNotFoundError:
        raise not_built from None
    stations = stations_from_plain(meta["stations"])
    points_of, places, owned, boundary = _read_files(profile)
    return Region(
        profile=profile,
        roads=roads,
        stations=stations,
        arrays=arrange(stations),
        number_of={station.station_id: number for number, station in enumerate(stations)},
        tables={mode: _table(mode, meta["limit_ms"][mode], arrays) for mode in profile.modes},
        timetable=Timetable(stations, profile=profile, calendar=read_region_calendar(profile)),
        points_of=points_of,
        places=places,
        owned=owned,
        boundary=boundary,
        generation=meta["generation"],
        name=name,
    )


def read_region_calendar(profile: RegionProfile) -> WorkCalendar | None:
    """Return the work calendar that a region names, `None` where it names none."""
    if not profile.holiday_calendar:
        return None
    return read_calendar(PROJECT_ROOT / "data" / "calendar" / f"{profile.holiday_calendar}.csv")


class LiveRegion:
    """The region that a worker serves: looked at four times a second, swapped when something new was published.

    When the new one cannot be read, the old one goes on being served.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        profile = read_profile(settings.region)
        self._pointer = table_folder(settings, profile) / "current"
        self._watched = (self._pointer, *own_files(profile))
        self._seen = _stamps(self._watched)
        self._region = load_region(settings)
        self._looked_at = time.monotonic()

    def current(self) -> Region:
        """Return the region to answer from; who asks during a swap waits, so that nobody gets the old one late."""
        if time.monotonic() - self._looked_at >= LOOK_EVERY_S:
            with self._lock:
                if time.monotonic() - self._looked_at >= LOOK_EVERY_S:
                    self._look()
        return self._region

    def _look(self) -> None:
        began = time.monotonic()
        try:
            stamps = _stamps(self._watched)
            if stamps != self._seen:
                self._seen = stamps  # what cannot be read is tried again when it has changed again
                self._region = load_region(self._settings, before=self._region)
                watched = (self._pointer, *own_files(self._region.profile))
                if watched != self._watched:  # a layer of demand came or went
                    self._watched, self._seen = watched, _stamps(watched)
        except (StationsError, OSError):
            logging.getLogger(__name__).exception("the new table cannot be read; the old one is served")
        self._looked_at = began


def _stamps(paths: Iterable[Path]) -> tuple[tuple[int, int, int] | None, ...]:
    """Return what changes when a file is written anew, even with the same content."""
    return tuple((found.st_ino, found.st_mtime_ns, found.st_size) if (found := _stat(path)) else None for path in paths)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _read_files(
    profile: RegionProfile,
) -> tuple[
    Mapping[str, tuple[DemandPoint, ...]], tuple[NamedPlace, ...], tuple[NamedPlace, ...], shapely.Geometry | None
]:
    places, owned = profile.folder / "places.csv", profile.folder / OWNED_FILE
    files = {one.name: profile.folder / one.file for one in profile.all_layers}
    return (
        {name: read_demand(file) for name, file in files.items() if file.exists()},
        read_places(places) if places.exists() else (),
        read_places(owned) if owned.exists() else (),
        read_boundary(profile.folder / "boundary.geojson"),
    )


def _table(mode: TravelMode, limit_ms: int, arrays: Mapping[str, NDArray[np.generic]]) -> TravelTable:
    own = {key.removeprefix(f"{mode}."): value for key, value in arrays.items() if key.startswith(f"{mode}.")}
    return table_from_arrays(mode, limit_ms, own)


def _arrange_demand(points: Sequence[DemandPoint]) -> DemandArrays:
    townships = [point.township or "" for point in points]
    areas = tuple(sorted(set(townships)))
    number = {name: place for place, name in enumerate(areas)}
    return DemandArrays(
        lon=np.array([point.lon for point in points], dtype=np.float64),
        lat=np.array([point.lat for point in points], dtype=np.float64),
        weight=np.array([point.weight for point in points], dtype=np.float64),
        area=np.array([number[name] for name in townships], dtype=np.int64),
        areas=areas,
    )


def _look_up_demand(region: Region, seats: Seats, mode: TravelMode) -> Times:
    ms = times_of_places(region.roads.network, region.tables[mode], seats)
    return Times(ms, region.extra_ms(mode), seats.street != OFF_NETWORK)


def _times_on(base: Base, region: Region, mode: TravelMode, layer: str) -> Times:
    before, new = base.region.demand_times(mode, layer), np.flatnonzero(base.number == NOT_THERE)
    ms = np.full((len(before.ms), len(region.stations)), UNREACHED, dtype=np.uint32)
    there = base.number != NOT_THERE
    ms[:, there] = before.ms[:, base.number[there]]
    if len(new):
        targets = np.array([region.stations[k].target for k in new])
        seats, _ = region.roads.seat(mode, targets[:, 0], targets[:, 1])
        found = region.demand_ms_to(seats, mode, layer)
        ms[:, new] = np.where(np.isfinite(found), found, UNREACHED)
    return Times(ms, region.extra_ms(mode), before.on_network)
