"""Where the rows of a list say that stations are: the cells of coordinates as places in WGS 84.

Many rows are read at once, because a datum is taken out of a thousand coordinates as fast as of one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stations.errors import Problem
from stations.geo.datum import to_wgs84
from stations.loaders.cells import Degrees, plain, read_degrees, read_number, read_two_degrees
from stations.loaders.list_rows import ListRow
from stations.model.keys import Datum
from stations.texts import LANGUAGES, say

MAX_ENTRANCE_DISTANCE_M = 1000.0
SAME_PLACE_M = 1.0
ZERO_DEG = 0.001
"""Coordinates nearer to 0, 0 are what many programs make of empty cells."""
EARTH_RADIUS_M = 6_371_008.8
METRES_PER_DEGREE = math.radians(1.0) * EARTH_RADIUS_M

Place = tuple[float, float]


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

    def holds(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether places (WGS 84 degrees) are inside or on the edge."""
        return (self.west <= lon) & (lon <= self.east) & (self.south <= lat) & (lat <= self.north)


@dataclass(slots=True)
class Position:
    """Where one row says that its station is; `None` where it does not say or says it wrong, see `problems`.

    `door` and `gate` are WGS 84 lon and lat; `source_lon`, `source_lat` and `source_datum` what they came from.
    """

    door: Place | None = None
    gate: Place | None = None
    source_lon: float = 0.0
    source_lat: float = 0.0
    source_datum: Datum = Datum.WGS84
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Written:
    """Coordinates as they are written: the first and the second number, and whether the first is the longitude."""

    first: float
    second: float
    field: str
    ordered: bool = True


def read_positions(rows: Sequence[ListRow], *, datum: Datum, area: Area) -> list[Position]:
    """Return where each of `rows` says that its station and its entrance are.

    Parameters
    ----------
    rows
        With the fields ``lon lat``, or ``lonlat`` for both in one cell, whose order is told by the letters in it, else
        by `area` where only one order fits; perhaps ``entrance_lon entrance_lat source_lon source_lat source_datum``.
    datum
        Which earth all but the source coordinates were written in.
    area
        Where a station may stand.
    """
    positions = [Position() for _ in rows]
    written = [_door_cells(row, position) for row, position in zip(rows, positions, strict=True)]
    doors = _convert(written, datum)
    crossed = _convert([_crossed(place, area, door) for place, door in zip(written, doors, strict=True)], datum)
    for row, position, place, straight, other in zip(rows, positions, written, doors, crossed, strict=True):
        if place is not None:
            _settle(row, position, place, straight, other, area)
            position.source_datum = datum
    _read_gates(rows, positions, datum)
    _read_sources(rows, positions)
    return positions


def distance_m(one: Place, other: Place) -> float:
    """Return the great-circle distance of two places (WGS 84 degrees), by the haversine formula."""
    (lon_1, lat_1), (lon_2, lat_2) = (map(math.radians, place) for place in (one, other))
    half_chord = (
        math.sin((lat_2 - lat_1) / 2) ** 2 + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, half_chord)))


def _convert(places: Sequence[_Written | None], datum: Datum) -> list[Place | None]:
    """Return `places` in WGS 84 as if the first number were the longitude; `None` where it cannot be one."""
    at = [k for k, place in enumerate(places) if place is not None and max(abs(place.first), abs(place.second)) <= 180]
    found: list[Place | None] = [None] * len(places)
    if at:
        here = np.array([(place.first, place.second) for k in at if (place := places[k]) is not None])
        lon, lat = to_wgs84(here[:, 0], here[:, 1], datum)
        for k, place_lon, place_lat in zip(at, lon.tolist(), lat.tolist(), strict=True):
            found[k] = (place_lon, place_lat)
    return found


def _crossed(place: _Written | None, area: Area, door: Place | None) -> _Written | None:
    """Return coordinates the other way round where that is to be looked at."""
    if place is None or (place.ordered and door is not None and _inside(area, door)):
        return None
    return _Written(place.second, place.first, place.field)


def _inside(area: Area, place: Place | None) -> bool:
    return place is not None and area.west <= place[0] <= area.east and area.south <= place[1] <= area.north


def _door_cells(row: ListRow, position: Position) -> _Written | None:
    both = row.cells.get("lonlat", "")
    if both and not (row.cells.get("lon") and row.cells.get("lat")):
        return _both_in_one(row, both, position)
    columns = [column for column in ("lon", "lat") if column in row.cells]
    if "lonlat" in row.cells and (len(columns) < 2 or not any(row.cells[column] for column in columns)):
        columns = ["lonlat"]
    position.problems.extend(row.problem("empty", column) for column in columns if not row.cells[column])
    lon, lat = (_angle(row, position, column) for column in ("lon", "lat"))
    if lon is None or lat is None:
        return None
    if lon.axis == "lat" or lat.axis == "lon":
        position.problems.append(row.problem("swapped", "lon", lon=row.cells["lon"], lat=row.cells["lat"]))
        return None
    return _Written(lon.value, lat.value, "lon")


def _both_in_one(row: ListRow, text: str, position: Position) -> _Written | None:
    two = read_two_degrees(text)
    if two is None:
        position.problems.append(row.problem("lonlat", "lonlat"))
        return None
    first, second = two
    if first.axis is None and second.axis is None:
        return _Written(first.value, second.value, "lonlat", ordered=False)
    if first.axis == "lat" or second.axis == "lon":
        first, second = second, first
    return _Written(first.value, second.value, "lonlat")


def _angle(row: ListRow, position: Position, column: str) -> Degrees | None:
    text = row.cells.get(column, "")
    angle = read_degrees(text) if text else None
    if text and angle is None:
        position.problems.append(row.problem("number", column))
    return angle


def _settle(
    row: ListRow, position: Position, place: _Written, straight: Place | None, crossed: Place | None, area: Area
) -> None:
    """Decide which order of the two numbers holds, or tell what is wrong."""
    fits, fits_crossed = _inside(area, straight), _inside(area, crossed)
    shown = {"lon": _shown(row, "lon", place.first), "lat": _shown(row, "lat", place.second)}
    if fits and fits_crossed and not place.ordered:
        position.problems.append(row.problem("lonlat_order", place.field, **shown))
    elif fits:
        position.door, position.source_lon, position.source_lat = straight, place.first, place.second
    elif fits_crossed and not place.ordered:
        position.door, position.source_lon, position.source_lat = crossed, place.second, place.first
    elif fits_crossed:
        position.problems.append(row.problem("swapped", place.field, **shown))
    elif max(abs(place.first), abs(place.second)) < ZERO_DEG:
        told = (("name", row.cells.get("name", "")),)
        value = f"{shown['lon']}, {shown['lat']}"
        position.problems.append(Problem("check.zero", row.number, row.heading(place.field), value, told))
    else:
        limits = {side: round(getattr(area, side), 4) for side in ("west", "south", "east", "north")}
        position.problems.append(row.problem("outside", place.field, **shown, **limits))


@cache
def _datum_labels() -> dict[str, str]:
    """Return the datums by what the program shows of them, in every language."""
    return {plain(say(lang, f"datum.{datum}")).casefold(): str(datum) for lang in LANGUAGES for datum in Datum}


def _shown(row: ListRow, column: str, value: float) -> str:
    return row.cells.get(column) or f"{value:.10g}"


def _read_gates(rows: Sequence[ListRow], positions: Sequence[Position], datum: Datum) -> None:
    if not any("entrance_lon" in row.cells or "entrance_lat" in row.cells for row in rows[:1]):
        return
    written: list[_Written | None] = []
    for row, position in zip(rows, positions, strict=True):
        lon, lat = (_angle(row, position, column) for column in ("entrance_lon", "entrance_lat"))
        position.problems.extend(row.half_given("entrance_lon", "entrance_lat"))
        written.append(_Written(lon.value, lat.value, "entrance_lon") if lon and lat else None)
    for row, position, place, gate in zip(rows, positions, written, _convert(written, datum), strict=True):
        position.gate = gate
        if position.door is None or place is None:
            continue
        metres = distance_m(position.door, gate) if gate else math.inf
        if metres > MAX_ENTRANCE_DISTANCE_M:
            shown = round(metres) if math.isfinite(metres) else "?"
            values = {"distance_m": shown, "most_m": MAX_ENTRANCE_DISTANCE_M}
            position.problems.append(row.problem("entrance_far", "entrance_lon", **values))


def _read_sources(rows: Sequence[ListRow], positions: Sequence[Position]) -> None:
    """Keep the coordinates that a record first came with, where the file tells them and they still mean its door."""
    columns = ("source_datum", "source_lon", "source_lat")
    if not any(column in row.cells for row in rows[:1] for column in columns):
        return
    written: dict[Datum, list[tuple[int, _Written]]] = {datum: [] for datum in Datum}
    allowed = {"allowed": ", ".join(Datum), "allowed_of": "datum"}
    for k, (row, position) in enumerate(zip(rows, positions, strict=True)):
        said = plain(row.cells.get("source_datum", "")).casefold()
        datum = _datum_labels().get(said, said)
        numbers = [read_number(row.cells.get(column, "")) for column in columns[1:]]
        for column, number in zip(columns[1:], numbers, strict=True):
            if number is None and row.cells.get(column):
                position.problems.append(row.problem("number", column))
        if datum and datum not in [*Datum]:
            position.problems.append(row.problem("unknown_key", "source_datum", wrong=datum, **allowed))
            continue
        position.problems.extend(row.half_given(*columns))
        if datum and numbers[0] is not None and numbers[1] is not None:
            written[Datum(datum)].append((k, _Written(numbers[0], numbers[1], "source_lon")))
    for datum, places in written.items():
        found = _convert([place for _, place in places], datum)
        for (k, place), door in zip(places, found, strict=True):
            position = positions[k]
            if position.door and door and distance_m(position.door, door) <= SAME_PLACE_M:
                position.source_lon, position.source_lat = place.first, place.second
                position.source_datum = datum
