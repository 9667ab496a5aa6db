"""A station that riders no longer find: what can still be told of it to somebody who stands at its door."""

from __future__ import annotations

from stations.errors import StoreError
from stations.model.station import Station
from stations.services.office import Office


def find_closed(station_id: str, office: Office) -> Station | None:
    """Return a station of the list that is closed; `None` where there is none, or the database does not answer."""
    try:
        stored = office.stations.read().stations
    except StoreError:
        return None
    return next((one for one in stored if one.station_id == station_id and one.closed is not None), None)
