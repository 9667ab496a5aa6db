"""What riders tap at a door, and what several taps say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

LOCKED_WITHIN = timedelta(hours=3)
"""Two reports of a locked door count together when no more than this lies between them."""
VOICE_LASTS = timedelta(hours=1)
"""A device has one voice about a station within this time: the later tap stands for the earlier one."""
FADES_AFTER = timedelta(days=14)
OLDEST_SENT = timedelta(hours=24)
"""How long ago a tap may have been made that is sent only now."""


MOST_AN_HOUR = 30
"""How many taps one client may send within an hour, about all stations together."""


class TapAnswer(StrEnum):
    """What somebody found at the door."""

    GOT_IN = "got_in"
    LOCKED = "locked"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Tap:
    """One answer at a door: `at` is its minute, with a time zone; `tap_id` is what the phone called it.

    A tap that is sent twice bears the same `tap_id` and counts once.
    """

    station_id: str
    answer: TapAnswer
    at: datetime
    tap_id: str


@dataclass(frozen=True, slots=True)
class DoorNews:
    """What the taps of the last 14 days say of one station.

    `day` is the local day on which `got_in` people got in; `last_got_in_at` the last minute somebody did, `None` when
    nobody did; `reported_locked` whether two found it locked within three hours and nobody got in since.
    """

    day: date
    got_in: int = 0
    last_got_in_at: datetime | None = None
    reported_locked: bool = False


@dataclass(frozen=True, slots=True)
class DoorReport:
    """What is known of all doors at `now` (local time of the region); `now` is `None` where no taps could be read yet.

    `of` maps `station_id` to its news, a station without taps is not in it; `locked` are those reported locked.
    """

    now: datetime | None = None
    of: Mapping[str, DoorNews] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()

    def got_in_today(self, station_id: str) -> int | None:
        """Return how many people got in today, `None` when that is not known."""
        if self.now is None:
            return None
        news = self.of.get(station_id)
        return news.got_in if news and news.day == self.now.date() else 0

    def last_got_in_min(self, station_id: str) -> int | None:
        """Return the whole minutes since somebody last got in, `None` when nobody did or it is not known."""
        news = self.of.get(station_id)
        if self.now is None or news is None or news.last_got_in_at is None:
            return None
        return max(0, int((self.now - news.last_got_in_at).total_seconds() // 60))

    def reported_locked(self, station_id: str) -> bool | None:
        """Return whether the door is reported locked, `None` when that is not known."""
        return None if self.now is None else station_id in self.locked


@dataclass(frozen=True, slots=True)
class LockedReport:
    """That a door was found locked at a minute; equal tokens are one device."""

    at: datetime
    token: bytes


def is_reported_locked(reports: Sequence[LockedReport], last_got_in_at: datetime | None) -> bool:
    """Return whether two devices found a door locked within three hours, and nobody got in at that time or since."""
    open_since = [one for one in reports if last_got_in_at is None or one.at > last_got_in_at]
    return any(
        one.token != other.token and abs(one.at - other.at) <= LOCKED_WITHIN
        for place, one in enumerate(open_since)
        for other in open_since[:place]
    )


UNREAD = DoorReport()
"""The report of somebody who has not read any taps."""
