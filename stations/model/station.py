"""A station, and the named places that people type."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from stations.model.keys import ANSWERS, ClosureReason, Datum, EntryMethod, Need, ServiceKey, StationKind


@dataclass(frozen=True, slots=True)
class Station:
    """A service station that a rider can travel to.

    `lon` and `lat` are WGS 84 degrees of the door, for drawing; `source_lon`, `source_lat` and `source_datum` are
    the coordinates it came with. `entrance_lon` and `entrance_lat` (WGS 84) are the gate a trip ends at, `None` when
    it is the door itself; `entrance_s` is the walk from gate to door in seconds, `None` when unknown.
    `entrance_hours` (OSM syntax) are the gate's own hours, `None` when the gate adds no restriction.
    `services` maps a service to its count, or to `None` where it is there but not counted. `hours` is OSM syntax,
    `None` when unknown or not understood; `hours_text` the words it came in. `follows_workdays` and
    `ebike_parking` are yes, no or `None` for unknown. `source` says where the record came from, e.g.
    ``"north.xlsx row 14"``. `notes` are free words shown on its card. A station that is `closed` stays in the list but
    is not offered to riders; `merged_into` is the id of the station that took its place, where one did.
    """

    station_id: str
    name: str
    kind: StationKind
    lon: float
    lat: float
    source_lon: float
    source_lat: float
    source_datum: Datum
    township: str | None = None
    address: str | None = None
    services: dict[ServiceKey, int | None] = field(default_factory=dict)
    hours: str | None = None
    hours_text: str | None = None
    follows_workdays: bool | None = None
    entry: EntryMethod = EntryMethod.UNKNOWN
    entrance_lon: float | None = None
    entrance_lat: float | None = None
    entrance_s: int | None = None
    entrance_hours: str | None = None
    ebike_parking: bool | None = None
    phone: str | None = None
    verified_on: date | None = None
    source: str = ""
    notes: str | None = None
    closed: ClosureReason | None = None
    merged_into: str | None = None

    @property
    def target(self) -> tuple[float, float]:
        """Where a trip ends: lon and lat (WGS 84) of the entrance, of the door when no entrance is known."""
        if self.entrance_lon is None or self.entrance_lat is None:
            return self.lon, self.lat
        return self.entrance_lon, self.entrance_lat

    @property
    def to_gate_only(self) -> bool:
        """Whether a travel time ends at the gate because the walk to the door is unknown."""
        return self.entrance_lon is not None and self.entrance_s is None

    def meets(self, need: Need) -> bool:
        """Whether any of the services that answer `need` is here."""
        return not ANSWERS[need].isdisjoint(self.services)


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A community or landmark that can be typed; WGS 84 degrees."""

    name: str
    category: str
    township: str | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class DemandPoint:
    """A weighted place that wants service; WGS 84 degrees; `weight` counts what the demand file says it counts."""

    demand_id: str
    name: str
    township: str | None
    lon: float
    lat: float
    weight: float
