"""What a sheet tells: values gathered by the services, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import shapely

from stations.maps.paper_base import PaperBase


@dataclass(frozen=True, slots=True)
class SheetStation:
    """A station of a sheet: `number` on map and in index, `x` and `y` metres of the base's projection.

    `hours` and `entry` are words in the sheet's language; `always_open` is round the clock, every day.
    """

    station_id: str
    number: int
    name: str
    kind: str
    township: str | None
    x: float
    y: float
    hours: str
    entry: str
    services: tuple[str, ...]
    always_open: bool


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What every page of a sheet says of itself, in words of `lang`.

    `url` is where the QR code leads, empty where the program does not know its own address; `when` the date that the
    document bears; `valid_until` and `data_date` ISO days, empty when unknown. `filtered` says which stations
    were chosen.
    """

    lang: str
    region: str
    sample: bool
    when: date
    data_date: str
    valid_until: str
    version: str
    roads_source: str
    speeds: str
    review_number: str
    issuer: str
    url: str
    filtered: str = ""


@dataclass(frozen=True, slots=True)
class SheetContent:
    """Everything that the sheets of a region draw from; `boundary` (metres) is drawn only where it was asked for."""

    facts: SheetFacts
    base: PaperBase
    stations: tuple[SheetStation, ...]
    boundary: shapely.Geometry | None = None
