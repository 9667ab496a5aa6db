"""A scenario is a region with other stations: whatever is asked of a region can be asked of it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from stations.errors import InputError, StationsError, UnknownThingError
from stations.geo.seats import Seats
from stations.geo.snap import OFF_NETWORK
from stations.geo.table import TravelTable
from stations.geo.table_build import Before, compute_table
from stations.hours.expression import check_hours
from stations.hours.timetable import Timetable
from stations.model.keys import NO_REGISTRATION, Datum, EntryMethod, ServiceKey, StationKind, TravelMode
from stations.model.scenarios import NewSite, Scenario
from stations.model.station import Station
from stations.services.region import NOT_THERE, Base, Region, read_region_calendar
from stations.services.station_arrays import arrange

MOST_REGIONS_KEPT = 6
"""Each holds the times of all demand, and of the modes that more was asked of the table too."""
ALWAYS = "24/7"


@dataclass(frozen=True, slots=True)
class Fit:
    """What of a scenario can be had in a region, and why the rest cannot: a station is gone, hours cannot be read."""

    scenario: Scenario
    errors: tuple[StationsError, ...]


def fit_scenario(scenario: Scenario, region: Region, *, mode: TravelMode | None = None) -> Fit:
    """Return what of a scenario can be had; each new site has a road that `mode` (or any) may use."""
    errors = [*_wrong_stations(scenario, region), *_wrong_hours(scenario), *_wrong_sites(scenario.sites, region, mode)]
    if not errors:
        return Fit(scenario, ())
    there = region.number_of
    return Fit(
        Scenario(
            sites=tuple(
                site for site in scenario.sites if not any(_wrong_sites((site,), region, mode)) and _reads(site.hours)
            ),
            without=tuple(one for one in scenario.without if one in there),
            hours=tuple((one, text) for one, text in scenario.hours if one in there and _reads(text)),
            services=tuple((one, key) for one, key in scenario.services if one in there),
            no_registration=tuple(one for one in scenario.no_registration if one in there),
        ),
        tuple(errors),
    )


def check_scenario(scenario: Scenario, region: Region, *, mode: TravelMode | None = None) -> None:
    """Refuse a scenario of which something cannot be had, see `fit_scenario`.

    Raises
    ------
    InputError
        Hours cannot be read, or a new site has no road near.
    UnknownThingError
        A station is not there.
    """
    for error in fit_scenario(scenario, region, mode=mode).errors:
        raise error


def region_of(scenario: Scenario, region: Region) -> Region:
    """Return what `region_with` does, the same one for the scenarios that were asked for last."""
    if scenario.is_empty:
        return region
    kept: _Kept = region.keep("scenarios", _Kept)
    return kept.get(scenario, region)


def region_with(scenario: Scenario, region: Region) -> Region:
    """Return the region with the stations of a scenario: all that is asked of it is as if it had been built with them.

    A new site is a station that everybody gets into; it comes after the others.

    Raises
    ------
    InputError
        Hours cannot be read.
    UnknownThingError
        A station is not there.
    """
    off = {region.number(station_id) for station_id in scenario.without}
    changed = _changed_stations(scenario, region)
    kept = [number for number in range(len(region.stations)) if number not in off]
    sites = tuple(_site_station(site, place, region) for place, site in enumerate(scenario.sites, start=1))
    stations = (*(changed.get(number, region.stations[number]) for number in kept), *sites)
    numbers = np.array([*kept, *[NOT_THERE] * len(sites)], dtype=np.int64)
    return with_stations(region, stations, numbers)


def with_stations(region: Region, stations: Sequence[Station], numbers: NDArray[np.int64]) -> Region:
    """Return a region with other stations; `numbers` (int64 (K,), rising) are those in `region`, or `NOT_THERE`.

    A station that is in `region` stands where it stood.
    """
    public = np.array([number != NOT_THERE and bool(region.arrays.public[number]) for number in numbers], dtype=bool)
    calendar = region.keep_ground("work calendar", lambda: read_region_calendar(region.profile))
    base = Base(region, numbers)
    return replace(
        region,
        stations=tuple(stations),
        # What is public is told by the list as it is: without own stations the public places would be taken for them.
        arrays=replace(arrange(stations), listed=~public, public=public),
        number_of={station.station_id: number for number, station in enumerate(stations)},
        tables=_Tables(base, stations),
        timetable=Timetable(stations, profile=region.profile, calendar=calendar),
        base=base,
        written={},
        _kept={},
        _making={},
        _lock=threading.RLock(),
    )


class _Kept:
    """The last regions that were made of one by scenarios."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._regions: OrderedDict[Scenario, Region] = OrderedDict()

    def get(self, scenario: Scenario, region: Region) -> Region:
        """Return the region of a scenario, made where it is not there."""
        with self._lock:
            if scenario not in self._regions:
                self._regions[scenario] = region_with(scenario, region)
            self._regions.move_to_end(scenario)
            while len(self._regions) > MOST_REGIONS_KEPT:
                self._regions.popitem(last=False)
            return self._regions[scenario]


class _Tables(Mapping[TravelMode, TravelTable]):
    """The tables of a region with other stations, each computed when it is asked for, of new stations alone."""

    def __init__(self, base: Base, stations: Sequence[Station]) -> None:
        self._base, self._stations = base, stations
        self._made: dict[TravelMode, TravelTable] = {}
        self._lock = threading.Lock()

    def __getitem__(self, mode: TravelMode) -> TravelTable:
        with self._lock:
            if mode not in self._made:
                self._made[mode] = self._make(mode, self._base.region.tables[mode])
            return self._made[mode]

    def __iter__(self) -> Iterator[TravelMode]:
        return iter(self._base.region.tables)

    def __len__(self) -> int:
        return len(self._base.region.tables)

    def _make(self, mode: TravelMode, before: TravelTable) -> TravelTable:
        numbers, roads = self._base.number, self._base.region.roads
        count = len(before.seats.street)
        if np.array_equal(numbers, np.arange(count)):
            return before
        there = np.flatnonzero(numbers != NOT_THERE)
        now = np.full(count, NOT_THERE, dtype=np.int32)
        now[numbers[there]] = there
        targets = np.array([one.target for one in self._stations[len(there) :]]).reshape(-1, 2)
        new, _ = roads.seat(mode, targets[:, 0], targets[:, 1])
        seats = Seats(
            *(
                np.concatenate([getattr(before.seats, field.name)[numbers[there]], getattr(new, field.name)])
                for field in fields(Seats)
            )
        )
        *_, table = compute_table(
            roads.network, mode, seats, limit_ms=before.limit_ms, before=Before(before, now)
        )  # it tells how far it is, and last the table
        assert isinstance(table, TravelTable)
        return table


def _changed_stations(scenario: Scenario, region: Region) -> dict[int, Station]:
    """Return the stations that are changed, by number, as they would be."""
    changed: dict[int, Station] = {}

    def change(station_id: str, **values: object) -> None:
        number = region.number(station_id)
        changed[number] = replace(changed.get(number, region.stations[number]), **values)  # type: ignore[arg-type]

    for station_id, hours in scenario.hours:
        check_hours(hours)
        change(station_id, hours=hours, hours_text=None)
    for station_id, key in scenario.services:
        before = changed.get(region.number(station_id), region.station(station_id))
        change(station_id, services={key: None, **before.services})
    for station_id in scenario.no_registration:
        if region.station(station_id).entry not in NO_REGISTRATION:
            change(station_id, entry=EntryMethod.WALK_IN)
    return changed


def _site_station(site: NewSite, place: int, region: Region) -> Station:
    """Return a new site as a station, under an id that no station of the region bears."""
    station_id = f"new-{place}"
    while station_id in region.number_of:
        station_id += "-"
    if site.hours is not None:
        check_hours(site.hours)
    lon, lat = site.place.lon, site.place.lat
    return Station(
        station_id,
        site.label,
        StationKind.HUB,
        lon,
        lat,
        source_lon=lon,
        source_lat=lat,
        source_datum=Datum.WGS84,
        services=dict.fromkeys(ServiceKey if site.services is None else site.services),
        hours=site.hours or ALWAYS,
        entry=EntryMethod.WALK_IN,
    )


def _wrong_stations(scenario: Scenario, region: Region) -> Iterator[StationsError]:
    for station_id in scenario.stations:
        if station_id not in region.number_of:
            yield UnknownThingError("error.station_unknown", field="station_id", value=station_id[:40])


def _wrong_hours(scenario: Scenario) -> Iterator[StationsError]:
    for text in (*(text for _, text in scenario.hours), *(site.hours for site in scenario.sites)):
        if text is not None:
            try:
                check_hours(text)
            except InputError as error:
                yield error


def _wrong_sites(sites: Sequence[NewSite], region: Region, mode: TravelMode | None) -> Iterator[StationsError]:
    """Yield an error for each site that has no road near by any of the modes that may be meant."""
    if not sites:
        return
    lon, lat = [site.place.lon for site in sites], [site.place.lat for site in sites]
    modes = tuple(region.profile.modes) if mode is None else (mode,)
    off = np.all([region.roads.seat(one, lon, lat)[0].street == OFF_NETWORK for one in modes], axis=0)
    limit = round(region.profile.snap_limit_m)
    for number in np.flatnonzero(off).tolist():
        yield InputError("error.candidate_off", field="lon", site=sites[number].label, limit=limit)


def _reads(hours: str | None) -> bool:
    try:
        if hours is not None:
            check_hours(hours)
    except InputError:
        return False
    return True
