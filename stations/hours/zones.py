"""The time zone and country of a place."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours


def time_zone_at(lon: float, lat: float) -> str:
    """Return the IANA time zone at a place (WGS 84 degrees), e.g. ``"Europe/Helsinki"``.

    From the zone boundaries that opening-hours-py carries; ``"UTC"`` where it knows none.
    """
    change = OpeningHours("Mo-Su 08:00-10:00", coords=(lat, lon)).next_change(datetime(2026, 1, 1))
    zone = change.tzinfo if change else None
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


def country_of_zone(time_zone: str) -> str:
    """Return the ISO 3166 code of the country a time zone is named after; empty when it has none.

    From the table `zone.tab` of the IANA time zone database.
    """
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        parts = line.split("\t")
        if not line.startswith("#") and len(parts) >= 3 and parts[2] == time_zone:
            return parts[0]
    return ""
