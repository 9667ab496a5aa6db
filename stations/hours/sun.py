"""When the sun rises and sets, as the library computes it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours

SUN_EVENTS = ("dawn", "sunrise", "sunset", "dusk")


class Sun:
    """Sun events of one place.

    Parameters
    ----------
    zone
        Whose clock the answers are read from.
    lon, lat
        WGS 84 degrees.
    """

    def __init__(self, zone: ZoneInfo, *, lon: float, lat: float) -> None:
        self._zone = zone
        self._coords = (lat, lon)
        self.minute_of = lru_cache(maxsize=4096)(self._minute_of)

    @cached_property
    def _until(self) -> dict[str, OpeningHours]:
        # The library drops the coordinates when told not to look for a time zone, so it is left to.
        return {
            event: OpeningHours(f"00:00-{event}", timezone=self._zone, coords=self._coords, auto_country=False)
            for event in SUN_EVENTS
        }

    def _minute_of(self, event: str, day: date) -> int:
        """Return the minute of `day` at which `event` happens, clock time of the zone."""
        midnight = datetime(day.year, day.month, day.day)
        spans = self._until[event].intervals(midnight, midnight + timedelta(days=1))
        end = next(iter(spans))[1].replace(tzinfo=None)
        return int((end - midnight).total_seconds()) // 60
