"""Stations as plain values, for the list that is published beside its travel-time table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from stations.model.station import Station
from stations.store.stations import station_of

FIELDS = tuple(field.name for field in fields(Station))


def stations_to_plain(stations: Iterable[Station]) -> list[dict[str, Any]]:
    """Return stations as objects that JSON can hold."""
    return [{name: _plain(getattr(station, name)) for name in FIELDS} for station in stations]


def stations_from_plain(rows: Iterable[Mapping[str, Any]]) -> tuple[Station, ...]:
    """Return the stations that `stations_to_plain` took apart."""
    return tuple(station_of({**row, "verified_on": _day(row["verified_on"])}) for row in rows)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
