"""The way from a place to a station."""

from __future__ import annotations

from dataclasses import dataclass

import shapely

from stations.errors import UnknownThingError
from stations.geo.route import find_route as follow_table
from stations.geo.snap import OFF_NETWORK
from stations.model.queries import RouteQuery
from stations.services.region import Region


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """The way along the roads, from the road near the origin to the road near the entrance.

    `line` is in WGS 84 degrees; `length_m` metres along it. `travel_s` is that of the rider's list: whole seconds,
    rounded up, with the walks off the road, parking, and the walk from gate to door where it is known.
    """

    query: RouteQuery
    line: shapely.LineString
    travel_s: int
    length_m: float


def find_route(query: RouteQuery, region: Region) -> RouteAnswer:
    """Return the way that the travel-time table tells.

    Raises
    ------
    UnknownThingError
        The station is not there, or no way to it is known: it or the origin is off the roads, there is no way, or it
        is beyond the table.
    """
    number = region.number(query.station_id)
    seats, _ = region.roads.seat(query.mode, [query.origin.lon], [query.origin.lat])
    found = None
    if seats.street[0] != OFF_NETWORK:
        found = follow_table(region.roads.network, region.tables[query.mode], seats, 0, station=number)
    if found is None:
        raise UnknownThingError("error.no_route", field="station_id", value=query.station_id)
    travel_ms = found.ms + int(region.extra_ms(query.mode)[number])
    return RouteAnswer(query, shapely.LineString(found.line), -(-travel_ms // 1000), found.length_m)
