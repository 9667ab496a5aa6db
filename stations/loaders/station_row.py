"""One row of a station list: from words in columns to a `Station`, and back."""

from __future__ import annotations

import math
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from stations.errors import InputError, Problem
from stations.geo.datum import to_wgs84
from stations.hours.expression import check_hours
from stations.loaders.csv_rows import Row, read_number
from stations.model.keys import Datum, EntryMethod, ServiceKey, StationKind
from stations.model.station import Station

COLUMNS = (
    "station_id",
    "name",
    "kind",
    "lon",
    "lat",
    "source_datum",
    "source_lon",
    "source_lat",
    "township",
    "address",
    "services",
    "hours",
    "hours_text",
    "follows_workdays",
    "entry",
    "entrance_lon",
    "entrance_lat",
    "entrance_s",
    "entrance_hours",
    "ebike_parking",
    "phone",
    "verified_on",
    "source",
    "notes",
)
REQUIRED = ("station_id", "name", "kind", "lon", "lat")

MAX_NAME_LENGTH = 60
MAX_ENTRANCE_DISTANCE_M = 1000.0
SAME_PLACE_M = 1.0
EARTH_RADIUS_M = 6_371_008.8
METRES_PER_DEGREE = math.radians(1.0) * EARTH_RADIUS_M

_MAX_SHOWN = 80
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_WHOLE = re.compile(r"[0-9]{1,6}")
_DATE = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
_FULL_WIDTH = str.maketrans("；：", ";:")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Key = TypeVar("Key", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Area:
    """Where stations may stand: west, south, east, north in WGS 84 degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, bounds: tuple[float, float, float, float], *, margin_m: float) -> Area:
        """Return `bounds` widened by `margin_m` on every side."""
        west, south, east, north = bounds
        lat_margin = margin_m / METRES_PER_DEGREE
        lon_margin = lat_margin / math.cos(math.radians((south + north) / 2))
        return cls(west - lon_margin, south - lat_margin, east + lon_margin, north + lat_margin)

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a place (WGS 84 degrees) is inside or on the edge."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def read_station(row: Row, *, datum: Datum, area: Area, file_name: str) -> tuple[Station | None, tuple[Problem, ...]]:
    """Return the station that `row` describes, or `None` and everything that is wrong with the row.

    Parameters
    ----------
    row
        Cells by column name; absent columns are unknown.
    datum
        Which earth `lon`, `lat`, `entrance_lon` and `entrance_lat` were written in.
    area
        Where a station may stand.
    file_name
        Names the source, together with the row, where there is no column `source`.
    """
    cells = _Cells(row)
    station_id = cells.station_id()
    name = cells.name()
    kind = cells.one_of("kind", StationKind, required=True)
    door = cells.door(datum, area)
    entrance = cells.entrance(datum, door)
    origin = cells.origin(datum, door)
    facts = {
        "township": cells.text("township"),
        "address": cells.text("address"),
        "services": cells.services(),
        "hours": cells.hours("hours"),
        "hours_text": cells.text("hours_text"),
        "follows_workdays": cells.yes_no("follows_workdays"),
        "entry": cells.one_of("entry", EntryMethod) or EntryMethod.UNKNOWN,
        "entrance_s": cells.whole("entrance_s"),
        "entrance_hours": cells.hours("entrance_hours"),
        "ebike_parking": cells.yes_no("ebike_parking"),
        "phone": cells.text("phone"),
        "verified_on": cells.date("verified_on"),
        "notes": cells.text("notes"),
        "source": (cells.text("source") or "") if "source" in row.cells else f"{file_name} row {row.number}",
    }
    if cells.problems or name is None or kind is None or door is None or origin is None:
        return None, tuple(cells.problems)
    gate_lon, gate_lat = entrance or (None, None)
    source_lon, source_lat, source_datum = origin
    return Station(
        station_id,
        name,
        kind,
        *door,
        source_lon,
        source_lat,
        source_datum,
        entrance_lon=gate_lon,
        entrance_lat=gate_lat,
        **facts,  # type: ignore[arg-type]  # every value was read by its column's own method
    ), ()


def write_station(station: Station) -> dict[str, str]:
    """Return the cells of `station` by column, `lon` and `lat` in WGS 84; `read_station` gives the same back."""
    cells = {column: _words(getattr(station, column)) for column in COLUMNS}
    cells["services"] = ";".join(
        service if count is None else f"{service}:{count}" for service, count in station.services.items()
    )
    return cells


def unprintable(text: str) -> bool:
    """Whether `text` holds a control character, a line break or a mark that turns the direction of writing."""
    return any(unicodedata.category(sign) in _UNPRINTABLE or sign in _DIRECTION_MARKS for sign in text)


@dataclass(slots=True)
class _Cells:
    """Reads the cells of one row and gathers what is wrong with them."""

    row: Row
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, key: str, column: str, **values: object) -> None:
        value = self.row.cells.get(column, "")
        shown = value if len(value) <= _MAX_SHOWN else value[:_MAX_SHOWN] + "…"
        self.problems.append(Problem(f"list.{key}", self.row.number, column, shown, tuple(values.items())))

    def text(self, column: str) -> str | None:
        value = self.row.cells.get(column, "")
        if unprintable(value):
            self.refuse("control_character", column)
        return value or None

    def required(self, column: str) -> str | None:
        if column not in self.row.cells:  # told once, for the header
            return None
        value = self.text(column)
        if value is None:
            self.refuse("empty", column)
        return value

    def station_id(self) -> str:
        value = self.required("station_id") or ""
        if value and not _ID.fullmatch(value):
            self.refuse("id_form", "station_id")
        return value

    def name(self) -> str | None:
        value = self.required("name")
        if value is not None and len(value) > MAX_NAME_LENGTH:
            self.refuse("name_long", "name", most=MAX_NAME_LENGTH, length=len(value))
        return value

    def one_of(self, column: str, keys: type[Key], *, required: bool = False) -> Key | None:
        value = self.required(column) if required else self.text(column)
        return None if value is None else self._key(column, value, keys)

    def _key(self, column: str, value: str, keys: type[Key]) -> Key | None:
        if value in [*keys]:
            return keys(value)
        self.refuse("unknown_key", column, wrong=value, allowed=", ".join(keys))
        return None

    def services(self) -> dict[ServiceKey, int | None]:
        found: dict[ServiceKey, int | None] = {}
        for part in (self.text("services") or "").translate(_FULL_WIDTH).split(";"):
            if not part.strip():
                continue
            word, colon, count = (piece.strip() for piece in part.partition(":"))
            service = self._key("services", word, ServiceKey)
            if service in found:
                self.refuse("service_twice", "services", wrong=word)
            if colon and not _WHOLE.fullmatch(count):
                self.refuse("service_count", "services", wrong=part.strip())
            elif service is not None:
                found[service] = int(count) if colon else None
        return found

    def hours(self, column: str) -> str | None:
        value = self.text(column)
        if value is not None:
            try:
                check_hours(value)
            except InputError:
                self.refuse("hours", column)
        return value

    def yes_no(self, column: str) -> bool | None:
        value = self.text(column)
        if value not in ("yes", "no", None):
            self.refuse("yes_no", column)
        return None if value is None else value == "yes"

    def whole(self, column: str) -> int | None:
        value = self.text(column)
        if value is None:
            return None
        if not _WHOLE.fullmatch(value):
            self.refuse("not_whole", column)
            return None
        return int(value)

    def number(self, column: str, *, required: bool = False) -> float | None:
        value = self.required(column) if required else self.text(column)
        if value is None:
            return None
        number = read_number(value)
        if number is None:
            self.refuse("number", column)
        return number

    def date(self, column: str) -> date | None:
        value = self.text(column)
        if value is None:
            return None
        if match := _DATE.fullmatch(value):
            with suppress(ValueError):  # 30 February
                return date(*map(int, match.groups()))
        self.refuse("date", column)
        return None

    def door(self, datum: Datum, area: Area) -> tuple[float, float] | None:
        lon, lat = self.number("lon", required=True), self.number("lat", required=True)
        if lon is None or lat is None:
            return None
        here = to_wgs84(lon, lat, datum)
        if area.holds(*here):
            return here
        shown = {"lon": self.row.cells["lon"], "lat": self.row.cells["lat"]}
        if area.holds(*to_wgs84(lat, lon, datum)):
            self.refuse("swapped", "lon", **shown)
        else:
            limits = {side: round(getattr(area, side), 4) for side in ("west", "south", "east", "north")}
            self.refuse("outside", "lon", **shown, **limits)
        return None

    def entrance(self, datum: Datum, door: tuple[float, float] | None) -> tuple[float, float] | None:
        lon, lat = self.number("entrance_lon"), self.number("entrance_lat")
        self._whole_group("entrance_lon", "entrance_lat")
        if lon is None or lat is None:
            return None
        gate = to_wgs84(lon, lat, datum)
        if door is not None and (distance_m := _distance_m(door, gate)) > MAX_ENTRANCE_DISTANCE_M:
            self.refuse("entrance_far", "entrance_lon", distance_m=round(distance_m), most_m=MAX_ENTRANCE_DISTANCE_M)
        return gate

    def origin(self, datum: Datum, door: tuple[float, float] | None) -> tuple[float, float, Datum] | None:
        """Return the coordinates that the record first came with; where the file's own still mean this door."""
        source_datum = self.one_of("source_datum", Datum)
        source_lon, source_lat = self.number("source_lon"), self.number("source_lat")
        self._whole_group("source_datum", "source_lon", "source_lat")
        if door is None:
            return None
        if source_datum is not None and source_lon is not None and source_lat is not None:
            source_door = to_wgs84(source_lon, source_lat, source_datum)
            if _distance_m(door, source_door) <= SAME_PLACE_M:
                return source_lon, source_lat, source_datum
        return float(self.row.cells["lon"]), float(self.row.cells["lat"]), datum

    def _whole_group(self, *columns: str) -> None:
        given = [column for column in columns if self.row.cells.get(column)]
        for column in columns if given else ():
            if column not in given:
                self.refuse("half_given", column, given=", ".join(given))


def _distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the great-circle distance of two places (WGS 84 degrees), by the haversine formula."""
    (lon_1, lat_1), (lon_2, lat_2) = (map(math.radians, place) for place in (one, other))
    half_chord = (
        math.sin((lat_2 - lat_1) / 2) ** 2 + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, half_chord)))


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)
