"""Where else to go from a station."""

from __future__ import annotations

from datetime import datetime

from stations.model.answers import FoundStation
from stations.model.keys import TravelMode
from stations.model.queries import NearestQuery, Place
from stations.model.station import Station
from stations.model.taps import UNREAD, DoorReport
from stations.services.nearest import find_nearest
from stations.services.region import Region

MOST_ALTERNATIVES = 3


def find_alternatives(
    station: Station, region: Region, *, mode: TravelMode, when: datetime, doors: DoorReport = UNREAD
) -> tuple[FoundStation, ...]:
    """Return the other stations that somebody at the door of `station` can use soonest, at most three.

    It may be one that is closed, and so is not in the region. Those without a travel time are left out. In the order
    of `find_nearest`.
    """
    asked = NearestQuery(Place(station.lon, station.lat), mode, when, limit=MOST_ALTERNATIVES + 1)
    found = find_nearest(asked, region, doors=doors).found
    others = (one for one in found if one.station.station_id != station.station_id and one.travel_s is not None)
    return tuple(others)[:MOST_ALTERNATIVES]
