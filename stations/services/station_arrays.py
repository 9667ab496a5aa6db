"""What a request asks of all stations at once, laid out as arrays once for each published list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.geo.nearest import StraightLineIndex
from stations.model.keys import ANSWERS, NO_REGISTRATION, EntryMethod, Need, ServiceKey, StationKind
from stations.model.queries import Place
from stations.model.station import Station

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class StationArrays:
    """The K stations of a region; every array is of shape (K,), every mask bool.

    Attributes
    ----------
    lon, lat
        float64, WGS 84 degrees of the door.
    turn
        int64, the place of each station when all are ordered by `station_id`.
    in_turn
        int64, the stations so ordered.
    way_in_ms
        int64, the walk between gate and door, 0 where there is none or it is not known.
    listed
        Which are answered to riders and counted: the region's own; all of them where it has public places alone.
    public
        The public places beside the region's own stations; none where it has no own.
    services, needs, entries
        Which offer a service, meet a need, and are entered so.
    no_registration
        Which can be entered without being registered.
    nobody
        A mask of none.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    turn: NDArray[np.int64]
    in_turn: NDArray[np.int64]
    way_in_ms: NDArray[np.int64]
    listed: Mask
    public: Mask
    services: Mapping[ServiceKey, Mask]
    needs: Mapping[Need, Mask]
    entries: Mapping[EntryMethod, Mask]
    no_registration: Mask
    nobody: Mask
    _straight: StraightLineIndex

    def that_offer(self, services: Iterable[ServiceKey], needs: Iterable[Need]) -> Mask:
        """Return which stations, listed or not, offer every one of `services` and meet every one of `needs`."""
        masks = [*(self.services[key] for key in services), *(self.needs[need] for need in needs)]
        return np.logical_and.reduce(masks) if masks else ~self.nobody

    def nearest_of(self, allowed: Mask, place: Place, most: int) -> list[int]:
        """Return the `allowed` stations nearest to a place by straight line, as many as `most`; equal ones by turn."""
        found = self._straight.nearest_of(allowed[self.in_turn], place.lon, place.lat, most)
        numbers: list[int] = self.in_turn[found].tolist()
        return numbers


def arrange(stations: Sequence[Station]) -> StationArrays:
    """Return the arrays of stations."""
    public = np.array([station.kind is StationKind.PUBLIC_PLACE for station in stations], dtype=bool)
    beside_own = public if not public.all() else np.zeros_like(public)
    services = {key: _mask(key in station.services for station in stations) for key in ServiceKey}
    entries = {entry: _mask(station.entry is entry for station in stations) for entry in EntryMethod}
    by_id = sorted(range(len(stations)), key=lambda number: stations[number].station_id)
    in_turn, turn = np.array(by_id, dtype=np.int64), np.empty(len(stations), dtype=np.int64)
    turn[in_turn] = np.arange(len(stations))
    lon, lat = np.array([(one.lon, one.lat) for one in stations], dtype=np.float64).reshape(-1, 2).T.copy()
    return StationArrays(
        lon=lon,
        lat=lat,
        turn=turn,
        in_turn=in_turn,
        way_in_ms=np.array([1000 * (station.entrance_s or 0) for station in stations], dtype=np.int64),
        listed=~beside_own,
        public=beside_own,
        services=services,
        needs={need: np.logical_or.reduce([services[key] for key in ANSWERS[need]]) for need in Need},
        entries=entries,
        no_registration=np.logical_or.reduce([entries[entry] for entry in NO_REGISTRATION]),
        nobody=np.zeros_like(public),
        _straight=StraightLineIndex(lon[in_turn], lat[in_turn]),
    )


def _mask(flags: Iterable[bool]) -> Mask:
    return np.fromiter(flags, dtype=bool)
