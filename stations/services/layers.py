"""Answers as layers: rows of named columns, each with its geometry, for other programs and for files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from stations.loaders.station_row import write_station
from stations.model.coverage import GapPlace
from stations.model.queries import CatchmentQuery, CoverageQuery, CutoffQuery
from stations.model.station import Station
from stations.services.catchments import MOST_STATIONS, Catchment, find_catchments
from stations.services.coverage import measure_coverage
from stations.services.gap_places import rank_gaps, rank_unknown
from stations.services.geojson import rounded
from stations.services.region import Region

Cell = str | float | bool | None
Geometries = NDArray[np.object_]

STATION_COLUMNS = (
    "station_id", "name", "kind", "township", "address", "services", "hours", "hours_text", "follows_workdays", "entry",
    "entrance_lon", "entrance_lat", "entrance_s", "entrance_hours", "ebike_parking", "phone", "verified_on", "source",
    "notes",
)  # fmt: skip
CATCHMENT_COLUMNS = ("station_id", "name", "mode", "speed_kmh", "minutes", "area_km2")
DEMAND_COLUMNS = ("demand_id", "name", "township", "weight", "layer", "state", "nearest_min")
GAP_COLUMNS = (
    "gap_id", "state", "name", "others", "township", "weight", "places", "nearest_id", "nearest_name", "nearest_min",
    "why", "remedy", "remedy_station_id", "remedy_weight",
)  # fmt: skip
_AS_TEXT = frozenset({"kind", "services", "entry", "verified_on"})


@dataclass(frozen=True, slots=True)
class Layer:
    """Rows column by column, all of one length; the column `key` tells them apart.

    `geometry` holds shapely geometries, WGS 84 degrees, `None` where a row has no place.
    """

    name: str
    key: str
    columns: Mapping[str, Sequence[Cell]]
    geometry: Geometries

    def row(self, number: int) -> dict[str, Cell]:
        """Return one row by column."""
        return {name: cells[number] for name, cells in self.columns.items()}

    def feature(self, number: int) -> dict[str, Any]:
        """Return one row as a GeoJSON feature."""
        row, shape = self.row(number), self.geometry[number]
        geometry = None if shape is None else shapely.geometry.mapping(shape)
        return {"type": "Feature", "id": str(row[self.key]), "geometry": geometry, "properties": row}


def station_layer(region: Region) -> Layer:
    """Return the stations of a region at their doors, in the order of the list."""
    rows = [_station_row(station) for station in region.stations]
    return Layer(
        "stations", "station_id", as_columns(STATION_COLUMNS, rows), _points(region.arrays.lon, region.arrays.lat)
    )


def catchment_layer(cutoff: CutoffQuery, region: Region, numbers: Sequence[int]) -> Layer:
    """Return the catchments of some stations, by their numbers, in that order."""
    stations, found = [region.stations[number] for number in numbers], list[Catchment]()
    for start in range(0, len(stations), MOST_STATIONS):
        ids = tuple(station.station_id for station in stations[start : start + MOST_STATIONS])
        found += find_catchments(CatchmentQuery(cutoff.mode, cutoff.minutes, ids), region)
    speed = region.profile.modes[cutoff.mode].speed_kmh
    rows = [
        (station.station_id, station.name, str(cutoff.mode), speed, cutoff.minutes, round(catchment.area_km2, 3))
        for station, catchment in zip(stations, found, strict=True)
    ]
    return Layer("catchments", "station_id", as_columns(CATCHMENT_COLUMNS, rows), _areas(found))


def demand_layer(query: CoverageQuery, region: Region) -> Layer:
    """Return the demand of a question with its state, and the minutes to the nearest station that counts.

    Raises
    ------
    InputError
        The cutoff goes beyond what the table holds.
    UnknownThingError
        The region has no such layer of demand.
    """
    answer = measure_coverage(query, region)
    columns, places = region.keep(("demand layer", query.layer), lambda: _demand_places(query.layer, region))
    minutes = [rounded(one) for one in answer.times_min]
    told = {**columns, "state": answer.states, "nearest_min": minutes}
    return Layer("demand", "demand_id", {name: told[name] for name in DEMAND_COLUMNS}, places)


def gap_layer(query: CoverageQuery, region: Region) -> Layer:
    """Return gaps as places, heaviest first, behind the demand of unknown state; raises as `demand_layer` does."""
    states = (("unknown", rank_unknown(query, region)), ("gap", rank_gaps(query, region)))
    found = [(state, place) for state, places in states for place in places]
    demand = region.demand_of(query.layer)
    rows = [_gap_row(state, place, demand[place.points[0]].demand_id) for state, place in found]
    places = _points([place.lon for _, place in found], [place.lat for _, place in found])
    return Layer("gaps", "gap_id", as_columns(GAP_COLUMNS, rows), places)


def as_columns(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> dict[str, Sequence[Cell]]:
    """Return rows column by column; every column is there where there is no row."""
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return dict(zip(names, columns, strict=True))


def _station_row(station: Station) -> tuple[Cell, ...]:
    words = write_station(station)
    return tuple((words[name] or None) if name in _AS_TEXT else getattr(station, name) for name in STATION_COLUMNS)


def _demand_places(layer: str, region: Region) -> tuple[dict[str, Sequence[Cell]], Geometries]:
    points, arrays = region.demand_of(layer), region.demand_arrays(layer)
    name = region.layer(layer).name if region.layers else layer
    columns: dict[str, Sequence[Cell]] = {
        "demand_id": [point.demand_id for point in points],
        "name": [point.name for point in points],
        "township": [point.township for point in points],
        "weight": [point.weight for point in points],
        "layer": [name] * len(points),
    }
    return columns, _points(arrays.lon, arrays.lat)


def _gap_row(state: str, place: GapPlace, gap_id: str) -> tuple[Cell, ...]:
    remedy = place.remedy
    return (
        gap_id, state, place.name, place.others, place.township, place.weight, len(place.points), place.nearest_id,
        place.nearest_name, rounded(place.nearest_min), place.why, "+".join(remedy.changes) or remedy.key,
        remedy.station_id, remedy.weight,
    )  # fmt: skip


def _points(lon: ArrayLike, lat: ArrayLike) -> Geometries:
    degrees = np.column_stack([np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)])
    return np.asarray(shapely.points(degrees), dtype=object)


def _areas(catchments: Sequence[Catchment]) -> Geometries:
    kept = np.empty(len(catchments), dtype=object)  # numpy would look into a list of geometries of several parts
    kept[:] = [catchment.area for catchment in catchments]
    return kept
