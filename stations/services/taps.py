"""What riders find at the doors: taken down, and told to whoever asks next."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from stations.errors import InputError, StationsError
from stations.model.taps import OLDEST_SENT, UNREAD, DoorNews, DoorReport, Tap, is_reported_locked
from stations.services.office import Office
from stations.services.region import Region
from stations.store.taps import TapStore

LOOK_EVERY_S = 5.0
READER = "taps"
"""Name of the thread that reads in the background."""
CLOCKS_DIFFER = timedelta(minutes=1)
"""How far a phone's clock may be ahead of ours."""

_log = logging.getLogger(__name__)


def record_tap(tap: Tap, *, client: str, moment: datetime, region: Region, office: Office) -> None:
    """Take down what somebody tapped at a door; `client` is the address it came from, which is not stored.

    Raises
    ------
    UnknownThingError
        There is no such station.
    InputError
        The tap was made more than 24 hours ago, or is yet to be made.
    TooManyError
        The client sent too many within this hour.
    StoreError
        The database does not answer.
    """
    region.number(tap.station_id)
    shown = f"{tap.at.astimezone(ZoneInfo(region.profile.time_zone)):%Y-%m-%d %H:%M}"
    if tap.at > moment + CLOCKS_DIFFER:
        raise InputError("tap.at_ahead", field="at", value=shown)
    if tap.at < moment - OLDEST_SENT:
        raise InputError("tap.at_old", field="at", value=shown)
    minute = min(tap.at, moment).astimezone(UTC).replace(second=0, microsecond=0)
    known = Tap(tap.station_id, tap.answer, minute, tap.tap_id)
    tap_store(office, region).add(known, client=client, moment=moment)


def tap_store(office: Office, region: Region) -> TapStore:
    """Return the taps of a region; raises `StoreError` when the database cannot be opened."""
    return TapStore(office.database, region.profile.region_id, ZoneInfo(region.profile.time_zone))


class DoorBoard:
    """What is known of the doors, for one worker: read from the database in the background, at most every few seconds.

    Nobody who asks waits for the database; with it down the last that was read goes on being told. Salts of days gone
    by are deleted on the way, lest they stay for as long as nobody taps.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._reading = threading.Lock()
        self._looked_at: float | None = None
        self._latest: DoorReport | None = None
        self._is_down = False

    def report(self, region: Region) -> DoorReport:
        """Return what was last read, as of now; `UNREAD` where nothing could be read yet."""
        if self._looked_at is None or time.monotonic() - self._looked_at >= LOOK_EVERY_S:
            self._look_in_background(region)
        latest = self._latest
        return UNREAD if latest is None else DoorReport(_now(region), latest.of, latest.locked)

    def look(self, region: Region) -> None:
        """Read the taps now; where the database does not answer, keep what was read before."""
        with self._reading:
            self._look(region)

    def _look_in_background(self, region: Region) -> None:
        if self._reading.acquire(blocking=False):
            self._looked_at = time.monotonic()
            threading.Thread(target=self._look_and_release, args=(region,), name=READER, daemon=True).start()

    def _look_and_release(self, region: Region) -> None:
        try:
            self._look(region)
        finally:
            self._reading.release()

    def _look(self, region: Region) -> None:
        self._looked_at = time.monotonic()
        try:
            self._latest = _read(tap_store(self._office, region), _now(region))
            self._is_down = False
        except (StationsError, OSError) as error:
            if not self._is_down:  # told once, not for as long as it lasts
                _log.warning("the taps cannot be read: %s", error)
            self._is_down = True


def _read(store: TapStore, now: datetime) -> DoorReport:
    if store.has_old_salts(now):
        store.forget(now)
    taps = store.read(now)
    news = {
        station_id: DoorNews(
            day=now.date(),
            got_in=taps.got_in_today.get(station_id, 0),
            last_got_in_at=taps.last_got_in_at.get(station_id),
            reported_locked=is_reported_locked(taps.locked.get(station_id, ()), taps.last_got_in_at.get(station_id)),
        )
        for station_id in {*taps.last_got_in_at, *taps.locked}
    }
    return DoorReport(now, news, frozenset(key for key, one in news.items() if one.reported_locked))


def _now(region: Region) -> datetime:
    return datetime.now(ZoneInfo(region.profile.time_zone))
