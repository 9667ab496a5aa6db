"""Trips that somebody made and timed, and how the table compares with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stations.model.keys import TravelMode

FEWEST_TRIPS = 3
"""With fewer trips of a mode no speed is fitted."""
WORST_TRIPS = 5


@dataclass(frozen=True, slots=True)
class Trip:
    """One timed trip from a place to a station's door (to its gate, where the walk from the gate is not known).

    `row` is that of the file; `lon` and `lat` are the origin, WGS 84 degrees; `minutes` were observed from setting
    out to being there, parking included.
    """

    row: int
    lon: float
    lat: float
    station_id: str
    mode: TravelMode
    minutes: float
    made_on: date | None = None
    note: str = ""


class NotCompared(StrEnum):
    """Why a trip cannot be compared with the table."""

    MODE_ABSENT = "mode_absent"
    STATION_UNKNOWN = "station_unknown"
    STATION_OFF = "station_off"
    ORIGIN_OFF = "origin_off"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class RefusedTrip:
    """A trip that stands for nothing, and why."""

    trip: Trip
    reason: NotCompared


@dataclass(frozen=True, slots=True)
class ComparedTrip:
    """A trip beside the table's time for it.

    `network_min` changes with the speed of the mode, `fixed_min` does not: parking, the walk from gate to door and,
    but for walkers, the walks to and from the road.
    """

    trip: Trip
    network_min: float
    fixed_min: float

    @property
    def computed_min(self) -> float:
        """The table's minutes, everything included."""
        return self.network_min + self.fixed_min

    @property
    def error_min(self) -> float:
        """Computed minus observed minutes: above 0 where the table is slower than the trip was."""
        return self.computed_min - self.trip.minutes


@dataclass(frozen=True, slots=True)
class ModeCalibration:
    """How the table compares with the trips of one mode.

    `bias_min` is the mean of computed minus observed, `mean_error_min` the mean of its absolute value; both `None`
    without a trip: not measured. `fitted_speed_kmh` or, for a mode whose roads have speeds of their own,
    `fitted_traffic_factor` is what would fit these trips best; `None` where they do not tell. `worst` has at most
    `WORST_TRIPS` trips, the furthest off first.
    """

    mode: TravelMode
    trips: int
    bias_min: float | None
    mean_error_min: float | None
    fitted_speed_kmh: float | None
    fitted_traffic_factor: float | None
    worst: tuple[ComparedTrip, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """The table beside the ground: every mode of the region, and the trips that were left out, in file order."""

    modes: tuple[ModeCalibration, ...]
    refused: tuple[RefusedTrip, ...]
