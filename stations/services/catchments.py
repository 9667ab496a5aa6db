"""Catchments as polygons: the places from which a station is reached within a cutoff."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from stations.errors import InputError
from stations.geo.catchment import StreetPieces, bounds_of, draw_polygon, reached_pieces
from stations.geo.crs import to_degrees
from stations.model.keys import TravelMode
from stations.model.queries import CatchmentQuery, CutoffQuery
from stations.services.region import Region

MOST_STATIONS = 20
SCREEN_TOLERANCE_M = 8.0


@dataclass(frozen=True, slots=True)
class Catchment:
    """The area of one station, or of all of them joined (`station_id` is `None`), in WGS 84 degrees.

    `area_km2` is that of the drawing, for orientation only.
    """

    station_id: str | None
    area: shapely.MultiPolygon
    area_km2: float


def find_catchments(query: CatchmentQuery, region: Region) -> tuple[Catchment, ...]:
    """Return the catchment of every station asked for, or one joined over all that count when none is named.

    Raises
    ------
    InputError
        More stations are named than one request may ask for.
    UnknownThingError
        A station is not there.
    """
    if len(query.station_ids) > MOST_STATIONS:
        raise InputError(
            "error.too_many_stations", field="station_id", value=len(query.station_ids), most=MOST_STATIONS
        )
    if not query.station_ids:
        return (join_catchments(query, region, tuple(np.flatnonzero(region.arrays.listed).tolist())),)
    return tuple(_draw(query, region, (region.number(station_id),), station_id) for station_id in query.station_ids)


def join_catchments(cutoff: CutoffQuery, region: Region, numbers: tuple[int, ...]) -> Catchment:
    """Return the places from which any of some stations (by number) is reached within the cutoff."""
    key = ("joined", cutoff.mode, cutoff.minutes, numbers)
    return region.keep(key, lambda: _draw(cutoff, region, numbers, None))


def reach_boxes(cutoff: CutoffQuery, region: Region) -> NDArray[np.object_]:
    """Return a box in degrees round the catchment of every station, object (K,); `None` where that is empty."""
    return region.keep(("reach", cutoff.mode, cutoff.minutes), lambda: _reach_boxes(cutoff, region))


def outline(pieces: StreetPieces, region: Region, mode: TravelMode, *, station_id: str | None) -> Catchment:
    """Return reached pieces of street as an area to look at."""
    network = region.roads.network
    drawn = draw_polygon(network, mode, pieces, tolerance_m=SCREEN_TOLERANCE_M)
    degrees = shapely.transform(drawn, lambda xy: np.column_stack(to_degrees(xy[:, 0], xy[:, 1], crs=network.crs)))
    return Catchment(station_id, degrees, drawn.area / 1e6)


def _reach_boxes(cutoff: CutoffQuery, region: Region) -> NDArray[np.object_]:
    network, boxes = region.roads.network, np.full(len(region.stations), None, dtype=object)
    for number in range(len(boxes)):
        bounds = bounds_of(network, _pieces(cutoff, region, (number,)))
        if bounds:
            west, south, east, north = bounds
            lon, lat = to_degrees([west, east, east, west], [south, south, north, north], crs=network.crs)
            boxes[number] = shapely.box(lon.min(), lat.min(), lon.max(), lat.max())
    return boxes


def _draw(query: CutoffQuery, region: Region, numbers: tuple[int, ...], station_id: str | None) -> Catchment:
    return outline(_pieces(query, region, numbers), region, query.mode, station_id=station_id)


def _pieces(query: CutoffQuery, region: Region, numbers: tuple[int, ...]) -> StreetPieces:
    return reached_pieces(
        region.roads.network,
        region.tables[query.mode],
        np.array(numbers, dtype=np.int64),
        region.extra_ms(query.mode),
        cutoff_ms=round(query.minutes * 60_000),
    )
