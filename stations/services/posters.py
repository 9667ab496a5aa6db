"""Posters for the doors of stations, from what the screen shows."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from itertools import product

import numpy as np
import shapely
from numpy.typing import NDArray

from stations.errors import InputError
from stations.geo.crs import to_metres
from stations.geo.kernels import UNREACHED
from stations.geo.nearest import straight_line_m
from stations.hours.calendar import DayKind
from stations.hours.timetable import DayHours
from stations.maps.imprint import Imprint
from stations.maps.paper_map import Frame, MapOptions, MapStation, PaperBase, PaperMap, draw_map, prepare_base
from stations.maps.poster import PAPERS, Gate, Other, PosterFacts, map_size_mm, poster_document, station_url
from stations.maps.print_parts import Document
from stations.model.keys import TravelMode
from stations.model.paper import Paper, read_paper
from stations.model.queries import NearestQuery, Place
from stations.model.station import Station
from stations.services.region import Region
from stations.services.trips import plan_trips
from stations.texts import say

SCALES = (5_000, 7_500, 10_000, 12_500, 15_000, 20_000)
USUAL_SCALE = 10_000
WEEKS_LOOKED_AT = 8
MOST_OTHERS = 3
PRINTED_MODES = (TravelMode.WALK, TravelMode.EBIKE)
UNKNOWN_S = np.iinfo(np.int64).max
_EDGE_MM = 6.0
_MAP_TYPE, _LARGE_MAP_TYPE = 1.15, 1.35
"""By how much names and marks of a poster's map are larger than on a sheet."""


@dataclass(frozen=True, slots=True)
class PosterQuery:
    """Which posters: of `station_ids`, or of a township, or of all where neither is named.

    Raises
    ------
    InputError
        Posters do not come on this paper.
    """

    paper: Paper
    lang: str = "zh"
    station_ids: tuple[str, ...] = ()
    township: str = ""
    large: bool = False

    def __post_init__(self) -> None:
        read_paper(self.paper.name, among=PAPERS)


def make_posters(query: PosterQuery, region: Region, *, when: datetime, public_url: str) -> Document:
    """Return the posters of a query, one page each, in the order of the list.

    Parameters
    ----------
    when
        The moment of printing, with its time zone.
    public_url
        Where the program is reached, for the codes; empty where that is not known, then the posters say so.

    Raises
    ------
    InputError
        No open station fits the query.
    UnknownThingError
        A station that was named is not there.
    """
    numbers = stations_for_print(region, station_ids=query.station_ids, township=query.township)
    drawer = _Drawer(query, region, when)
    posters = [_facts(number, region, drawer, when, public_url) for number in numbers]
    return poster_document(
        posters, paper=query.paper, imprint=imprint_of(region, when), lang=query.lang, large=query.large
    )


def _facts(number: int, region: Region, drawer: _Drawer, when: datetime, public_url: str) -> PosterFacts:
    station = region.stations[number]
    others, night = others_near(number, region, when=when)
    return PosterFacts(
        station=station,
        week=ordinary_week(region, number, when) if station.hours else (),
        gate=gate_of(station),
        others=others,
        night=night,
        map=drawer.draw(number, others),
        url=station_url(public_url, station.station_id),
    )


def stations_for_print(region: Region, *, station_ids: Collection[str] = (), township: str = "") -> list[int]:
    """Return the numbers of the open stations of the region that are asked for, in the order of their ids.

    Raises
    ------
    InputError
        There is none.
    UnknownThingError
        A station that was named is not there.
    """
    if station_ids:
        return [region.number(one) for one in dict.fromkeys(station_ids)]
    listed = np.flatnonzero(region.arrays.listed).tolist()
    found = [number for number in listed if not township or region.stations[number].township == township]
    if not found:
        raise InputError("print.no_stations", field="township", value=township)
    return sorted(found, key=lambda number: region.stations[number].station_id)


def townships_of(region: Region) -> list[str]:
    """Return the townships that have a station of the region, the one with most first."""
    counts: dict[str, int] = {}
    for number in np.flatnonzero(region.arrays.listed).tolist():
        name = region.stations[number].township
        if name:
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))


def imprint_of(region: Region, when: datetime) -> Imprint:
    """Return the facts of the small print."""
    return Imprint(region.profile, when.date(), f"{version('stations')}-{region.generation}")


def ordinary_week(region: Region, number: int, when: datetime) -> tuple[DayHours, ...]:
    """Return the hours of a station in the week nearest to `when` that has no holiday, Monday first.

    A print hangs for months: what is so in one holiday week would mislead in all others.
    """
    return region.timetable.week_of(number, _ordinary_monday(region, when))


def _ordinary_monday(region: Region, when: datetime) -> datetime:
    """Return the Monday of that week; days are of one kind for all stations. That of `when` where there is none."""
    monday = when.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=when.weekday())

    def find() -> datetime:
        for ahead in sorted(range(-WEEKS_LOOKED_AT, WEEKS_LOOKED_AT + 1), key=lambda ahead: (abs(ahead), -ahead)):
            start = monday + timedelta(weeks=ahead)
            if all(day.kind is DayKind.ORDINARY for day in region.timetable.week_of(0, start)):
                return start
        return monday

    return region.keep(("ordinary monday", monday.date()), find)


def others_near(number: int, region: Region, *, when: datetime) -> tuple[tuple[Other, ...], Other | None]:
    """Return the three stations nearest to one by time, at whatever hour, and the nearest that never closes.

    Minutes are those of the travel-time table from the door of the station, by e-bike, on foot where the region has no
    e-bike. The one that never closes is `None` where it is among the three, or not within reach.
    """
    station = region.stations[number]
    modes = [mode for mode in PRINTED_MODES if mode in region.profile.modes]
    seconds = {mode: _seconds_from(station, region, mode, when) for mode in modes}
    first = next((seconds[mode] for mode in reversed(PRINTED_MODES) if mode in seconds), None)
    if first is None:
        return (), None
    order = np.lexsort((region.arrays.turn, first))
    ranked = [one for one in order.tolist() if one != number and first[one] != UNKNOWN_S and region.arrays.listed[one]]
    always = always_open(region, when)
    night = next((one for one in ranked if one in always), None)

    def other(one: int) -> Other:
        told = {mode: None if times[one] == UNKNOWN_S else int(times[one]) for mode, times in seconds.items()}
        return Other(region.stations[one], walk_s=told.get(TravelMode.WALK), ebike_s=told.get(TravelMode.EBIKE))

    nearest = ranked[:MOST_OTHERS]
    return tuple(other(one) for one in nearest), None if night is None or night in nearest else other(night)


def _seconds_from(station: Station, region: Region, mode: TravelMode, when: datetime) -> NDArray[np.int64]:
    """Return the whole seconds from the door of a station to all, rounded up, `UNKNOWN_S` where unknown."""
    trips = plan_trips(NearestQuery(Place(station.lon, station.lat), mode, when), region)
    seconds = -(-(trips.there_ms.astype(np.int64) + trips.extra_ms) // 1000)
    return np.where(trips.there_ms == UNREACHED, UNKNOWN_S, seconds)


def always_open(region: Region, when: datetime) -> frozenset[int]:
    """Return the numbers of the stations that are known to be open from midnight to midnight, every ordinary day."""
    monday = _ordinary_monday(region, when)

    def find() -> frozenset[int]:
        weeks = ((number, region.timetable.week_of(number, monday)) for number in range(len(region.stations)))
        return frozenset(number for number, week in weeks if all(_is_whole(day) for day in week))

    return region.keep(("always open", monday), find)


def _is_whole(day: DayHours) -> bool:
    return sum((end - start for start, end in day.spans), timedelta()) >= timedelta(days=1)


def gate_of(station: Station) -> Gate | None:
    """Return where the entrance lies from the door, `None` where it is the door itself."""
    if station.entrance_lon is None or station.entrance_lat is None:
        return None
    lon, lat = np.array([station.entrance_lon]), np.array([station.entrance_lat])
    metres = float(straight_line_m(station.lon, station.lat, lon, lat)[0])
    east = math.cos(math.radians(station.lat)) * (station.entrance_lon - station.lon)
    turn = math.degrees(math.atan2(east, station.entrance_lat - station.lat))
    return Gate(metres, round(turn / 45) % 8)


def paper_base(region: Region) -> PaperBase:
    """Return the ground of printed maps, prepared once."""
    return region.keep("paper base", lambda: prepare_base(region.roads.network, region.roads.basemap))


class _Drawer:
    """Draws the small maps of posters."""

    def __init__(self, query: PosterQuery, region: Region, when: datetime) -> None:
        self._region = region
        self._base = paper_base(region)
        self._size = map_size_mm(query.paper, large=query.large)
        self._factor = self._size[0] / map_size_mm(read_paper("A4"), large=query.large)[0]
        self._options = MapOptions(
            factor=self._factor * (_LARGE_MAP_TYPE if query.large else _MAP_TYPE), north=True, bar=True
        )
        bounds = [shapely.total_bounds(one.lines) for one in self._base.names]
        self._name_bounds = np.array(bounds, dtype=np.float64).reshape(-1, 4)
        self._here = say(query.lang, "poster.you")
        x, y = to_metres(region.arrays.lon, region.arrays.lat, crs=self._base.crs)
        self._x, self._y = np.asarray(x), np.asarray(y)
        self._listed = np.flatnonzero(region.arrays.listed)

    def draw(self, number: int, others: Sequence[Other]) -> PaperMap:
        """Return the map about a station, `others` numbered from 1."""
        turn = {other.station.station_id: str(place) for place, other in enumerate(others, start=1)}
        frame = self._frame(number, [self._region.number(one) for one in turn])
        west, south, east, north = frame.box_m
        near = self._listed[
            (self._x[self._listed] >= west)
            & (self._x[self._listed] <= east)
            & (self._y[self._listed] >= south)
            & (self._y[self._listed] <= north)
        ].tolist()
        marks = []
        for one in dict.fromkeys([number, *near]):
            station = self._region.stations[one]
            words = self._here if one == number else turn.get(station.station_id, "")
            marks.append(
                MapStation(
                    station.station_id,
                    words,
                    station.kind,
                    float(self._x[one]),
                    float(self._y[one]),
                    emphasis=one == number,
                    badge=one != number and bool(words),
                    dot=one != number and not words,
                )
            )
        return draw_map(self._near(frame), marks, frame, self._options)

    def _near(self, frame: Frame) -> PaperBase:
        """Return the base with only those names that may lie in a frame, which are few of a region's."""
        west, south, east, north = frame.box_m
        first_x, first_y, last_x, last_y = self._name_bounds.T
        near = (first_x <= east) & (last_x >= west) & (first_y <= north) & (last_y >= south)
        return replace(self._base, names=tuple(self._base.names[one] for one in np.flatnonzero(near)))

    def _frame(self, number: int, others: Sequence[int]) -> Frame:
        """Return the frame about a station: the largest scale that shows all of the others, or as many as can be.

        The station is its middle, or where that would not do the middle of them all.
        """
        edge = _EDGE_MM * self._factor
        for count in range(len(others), 0, -1):
            shown = [number, *others[:count]]
            x, y = self._x[shown], self._y[shown]
            middles = ((x[0], y[0]), ((x.min() + x.max()) / 2, (y.min() + y.max()) / 2))
            for scale, (centre_x, centre_y) in product(SCALES, middles):
                frame = Frame(*self._size, scale, float(centre_x), float(centre_y))
                across, down = frame.to_mm(x, y)
                if all(frame.holds(a, d, margin_mm=edge) for a, d in zip(across.tolist(), down.tolist(), strict=True)):
                    return frame
        return Frame(*self._size, SCALES[-1] if others else USUAL_SCALE, float(self._x[number]), float(self._y[number]))
