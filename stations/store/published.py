"""Stations as plain values: for the list that is published beside its travel-time table, and for history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from stations.model.station import Station
from stations.store.rows import FIELDS, station_of


def station_to_plain(station: Station) -> dict[str, Any]:
    """Return a station as an object that JSON can hold."""
    plain = {name: getattr(station, name) for name in FIELDS}
    return {**plain, "verified_on": station.verified_on and station.verified_on.isoformat()}


def station_from_plain(row: Mapping[str, Any]) -> Station:
    """Return the station that `station_to_plain` took apart."""
    return station_of({**row, "verified_on": _day(row["verified_on"])})


def stations_to_plain(stations: Iterable[Station]) -> list[dict[str, Any]]:
    """Return stations as objects that JSON can hold."""
    return [station_to_plain(station) for station in stations]


def stations_from_plain(rows: Iterable[Mapping[str, Any]]) -> tuple[Station, ...]:
    """Return the stations that `stations_to_plain` took apart."""
    return tuple(station_from_plain(row) for row in rows)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
