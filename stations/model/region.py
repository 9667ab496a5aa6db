"""What a region says of itself: its names, its travel modes, its dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stations.model.keys import TravelMode

FIRST_LAYER = "demand"
"""The layer of ``demand.csv``, which tells what it counts in keys of its own."""


@dataclass(frozen=True, slots=True)
class ModeProfile:
    """How fast a travel mode goes in a region.

    `speed_kmh` holds on every road the mode may use; where `class_speeds_kmh` names the road's OSM class that speed
    is taken instead (a signed `maxspeed` caps it), times `traffic_factor`. `parking_s` is added once at the
    station. `limit_min` is how far the travel-time table reaches. `measured` says in a few words how its times were
    checked on the ground; empty: they were not.
    """

    mode: TravelMode
    speed_kmh: float
    parking_s: int = 0
    traffic_factor: float = 1.0
    class_speeds_kmh: Mapping[str, float] = field(default_factory=dict)
    limit_min: int = 35
    measured: str = ""

    @property
    def by_road(self) -> bool:
        """Whether roads have speeds of their own, so that `traffic_factor` and not `speed_kmh` sets the pace."""
        return self.mode == TravelMode.CAR or bool(self.class_speeds_kmh)


@dataclass(frozen=True, slots=True)
class DemandLayer:
    """One kind of demand: what its weights count, of which year, and from where; `unit` and `source` by language."""

    name: str
    file: str
    unit: Mapping[str, str] = field(default_factory=dict)
    year: str = ""
    source: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RegionProfile:
    """`region.toml`, read and checked.

    `names` and `demand_counts` (what the weights of the demand count) are keyed by language, `dates` by file,
    `sources` by file and language. `layers` are kinds of demand beside ``demand.csv``, by name. `bounds` is west,
    south, east, north in WGS 84 degrees.
    `holiday_calendar` names a file of `data/calendar`; empty where the region has none, then the public holidays that
    opening-hours-py knows of `country` (ISO 3166 code, may be empty) stand in. `makeup_weekday` (0 = Monday) is the
    day whose hours a make-up workday takes. `prints` are words for printed maps: ``review_number`` (审图号), ``issuer``
    (编制单位) and ``valid_until`` (an ISO day), each of them optional.
    """

    region_id: str
    folder: Path
    names: Mapping[str, str]
    time_zone: str
    bounds: tuple[float, float, float, float]
    modes: Mapping[TravelMode, ModeProfile]
    sample: bool = False
    snap_limit_m: float = 250.0
    holiday_calendar: str = ""
    country: str = ""
    makeup_weekday: int = 0
    roads_file: str = "roads.osm.pbf"
    road_columns: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    demand_counts: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[str, DemandLayer] = field(default_factory=dict)
    prints: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_layers(self) -> tuple[DemandLayer, ...]:
        """The kinds of demand, ``demand.csv`` first; whether the files are there is not asked."""
        first = DemandLayer(
            FIRST_LAYER,
            "demand.csv",
            unit=self.demand_counts,
            year=self.dates.get("demand", "")[:4],
            source=self.sources.get("demand", {}),
        )
        return (first, *self.layers.values())

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the bounds, lon and lat (WGS 84)."""
        west, south, east, north = self.bounds
        return (west + east) / 2, (south + north) / 2
