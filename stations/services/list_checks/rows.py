"""The rows of a list as the checks look at them: the stations, and their coordinates as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.errors import Problem
from stations.geo.datum import from_wgs84
from stations.model.keys import Datum
from stations.model.listing import ListedStation
from stations.model.station import Station

DECIMALS = 6
"""Of the degrees that are suggested: about 0.1 m."""

Degrees = NDArray[np.float64]
Number = int | np.intp


@dataclass(frozen=True, slots=True)
class Rows:
    """K rows of a list.

    Attributes
    ----------
    listed
        The rows themselves.
    lon, lat
        float64 (K,), WGS 84 degrees of the doors.
    written_lon, written_lat
        float64 (K,), the same in the datum that the list declares, as they stand in the file.
    """

    listed: tuple[ListedStation, ...]
    lon: Degrees
    lat: Degrees
    written_lon: Degrees
    written_lat: Degrees

    @classmethod
    def of(cls, listed: Sequence[ListedStation], datum: Datum) -> Rows:
        """Return the rows of a list whose coordinates were written in `datum`."""
        stations = [one.station for one in listed]
        lon = np.array([station.lon for station in stations], dtype=np.float64)
        lat = np.array([station.lat for station in stations], dtype=np.float64)
        written_lon, written_lat = (axis.round(DECIMALS) for axis in from_wgs84(lon, lat, datum))
        own = np.array([station.source_datum == datum for station in stations], dtype=bool)
        source_lon = np.array([station.source_lon for station in stations], dtype=np.float64)
        source_lat = np.array([station.source_lat for station in stations], dtype=np.float64)
        return cls(
            tuple(listed),
            lon,
            lat,
            np.where(own, source_lon, written_lon),
            np.where(own, source_lat, written_lat),
        )

    def __len__(self) -> int:
        return len(self.listed)

    def station(self, index: Number) -> Station:
        """Return the station of one row."""
        return self.listed[index].station

    def take(self, chosen: NDArray[np.bool_]) -> Rows:
        """Return the rows where `chosen` (bool, shape (K,)) holds."""
        listed = tuple(self.listed[index] for index in np.flatnonzero(chosen))
        axes = (self.lon, self.lat, self.written_lon, self.written_lat)
        return Rows(listed, *(axis[chosen] for axis in axes))

    def written(self, index: Number) -> str:
        """Return the coordinates of a row as they stand in the file, e.g. ``"116.82, 35.56"``."""
        return f"{shown(self.written_lon[index])}, {shown(self.written_lat[index])}"

    def problem(
        self,
        check: str,
        index: Number,
        column: str,
        value: str | None,
        *,
        refuses: bool = False,
        **told: str | float,
    ) -> Problem:
        """Return what a check found in a row; `told` fills its sentence and its suggestion."""
        row = self.listed[index]
        known = {"station_id": row.station.station_id, "name": row.station.name, "sheet": row.sheet}
        return Problem(f"check.{check}", row.row, column, value, tuple({**known, **told}.items()), refuses=refuses)


def shown(degrees: float) -> str:
    """Return degrees as people write them: at most six decimals, no trailing zeros."""
    return f"{degrees:.{DECIMALS}f}".rstrip("0").rstrip(".")
