"""What riders tapped at doors, without a trace of who they are or where they were."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, delete, distinct, func, insert, select, update

from stations.errors import TooManyError
from stations.model.taps import FADES_AFTER, LOCKED_WITHIN, MOST_AN_HOUR, VOICE_LASTS, LockedReport, Tap, TapAnswer
from stations.store.database import Database
from stations.store.tap_tables import TAP, TAP_COUNT, TAP_SALT

SALT_BYTES = 32
TOKEN_BYTES = 16
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StoredTaps:
    """What the taps that count come to, by `station_id`.

    `got_in_today` counts devices, `last_got_in_at` is the last minute, `locked` are reports, the oldest first.
    """

    got_in_today: Mapping[str, int]
    last_got_in_at: Mapping[str, datetime]
    locked: Mapping[str, tuple[LockedReport, ...]]


@dataclass(frozen=True, slots=True)
class TapStore:
    """The taps of one region; every call is one transaction, and raises `StoreError` as the database does.

    A device is known by a token: a keyed hash of its address and the station, under a salt that is drawn anew for
    every local day of the region (`zone`) and thrown away when the next day has ended. So taps of one device at two
    stations, or on days that lie apart, cannot be put together, nor traced to an address.
    """

    database: Database
    region_id: str
    zone: ZoneInfo

    def add(self, tap: Tap, *, client: str, moment: datetime) -> None:
        """Store a tap of a client (its address) that arrives at `moment`; one that was sent before changes nothing.

        Of the taps of one device at one station within an hour the latest counts alone. What has faded is deleted.

        Raises
        ------
        TooManyError
            The client sent 30 taps within this hour of the clock.
        """
        with self.database.writing() as connection:
            self._forget(connection, moment)
            self._count(connection, client, moment)
            if connection.scalar(select(TAP.c.tap_id).where(self._here(), TAP.c.tap_id == tap.tap_id)) is not None:
                return
            self._insert(connection, tap, client, moment)

    def forget(self, moment: datetime) -> None:
        """Delete what has faded, and the salts of days gone by."""
        with self.database.writing() as connection:
            self._forget(connection, moment)

    def has_old_salts(self, moment: datetime) -> bool:
        """Return whether a salt waits to be deleted; a look that keeps nobody from writing."""
        with self.database.reading() as connection:
            return connection.scalar(select(TAP_SALT.c.day).where(self._old_salts(moment)).limit(1)) is not None

    def read(self, moment: datetime) -> StoredTaps:
        """Return what the taps come to that have not faded at `moment`."""
        midnight = datetime.combine(self._day(moment), datetime.min.time(), tzinfo=self.zone)
        counts = self._here() & TAP.c.counts & (TAP.c.at > moment - FADES_AFTER)
        got_in, locked = counts & (TAP.c.answer == TapAnswer.GOT_IN), counts & (TAP.c.answer == TapAnswer.LOCKED)
        station = TAP.c.station_id
        with self.database.reading() as connection:
            today = connection.execute(
                select(station, func.count(distinct(TAP.c.token))).where(got_in, TAP.c.at >= midnight).group_by(station)
            ).all()
            last = connection.execute(select(station, func.max(TAP.c.at)).where(got_in).group_by(station)).all()
            shut = connection.execute(select(station, TAP.c.at, TAP.c.token).where(locked).order_by(TAP.c.at)).all()
        reports: dict[str, tuple[LockedReport, ...]] = {}
        for station_id, at, token in shut:
            reports[station_id] = (*reports.get(station_id, ()), LockedReport(at, bytes(token)))
        return StoredTaps({row[0]: row[1] for row in today}, {row[0]: row[1] for row in last}, reports)

    def _insert(self, connection: Connection, tap: Tap, client: str, moment: datetime) -> None:
        day = self._day(tap.at)
        own = _token(self._salt(connection, day), client, tap.station_id)
        # A device keeps its voice, and its token, past midnight.
        tokens = [own, *self._tokens(connection, (day - ONE_DAY, day + ONE_DAY), client, tap.station_id)]
        near = select(TAP.c.tap_id, TAP.c.at, TAP.c.token).where(
            self._here(), TAP.c.counts, TAP.c.station_id == tap.station_id, TAP.c.token.in_(tokens),
            TAP.c.at.between(tap.at - LOCKED_WITHIN, tap.at + LOCKED_WITHIN),
        )  # fmt: skip
        before = connection.execute(near.order_by(TAP.c.at)).all()
        same_voice = [row for row in before if abs(row.at - tap.at) < VOICE_LASTS]
        counts = all(row.at <= tap.at for row in same_voice)
        if counts and same_voice:
            replaced = TAP.c.tap_id.in_([row.tap_id for row in same_voice])
            connection.execute(update(TAP).where(self._here(), replaced).values(counts=False))
        row = {"tap_id": tap.tap_id, "station_id": tap.station_id, "answer": tap.answer, "at": tap.at, "counts": counts}
        token = bytes(before[-1].token) if before else own
        connection.execute(insert(TAP), {"region_id": self.region_id, "token": token, **row})

    def _count(self, connection: Connection, client: str, moment: datetime) -> None:
        hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        whose = _token(self._salt(connection, self._day(moment)), client, "")
        this = (TAP_COUNT.c.region_id == self.region_id, TAP_COUNT.c.client == whose, TAP_COUNT.c.hour == hour)
        taps = connection.scalar(select(TAP_COUNT.c.taps).where(*this))
        if taps is not None and taps >= MOST_AN_HOUR:
            raise TooManyError("tap.too_many", most=MOST_AN_HOUR)
        if taps is None:
            row = {"region_id": self.region_id, "client": whose, "hour": hour, "taps": 1}
            connection.execute(insert(TAP_COUNT), row)
        else:
            connection.execute(update(TAP_COUNT).where(*this).values(taps=taps + 1))

    def _forget(self, connection: Connection, moment: datetime) -> None:
        an_hour_ago = moment.astimezone(UTC) - timedelta(hours=1)
        faded = self._here() & (TAP.c.at <= moment - FADES_AFTER)
        counted = (TAP_COUNT.c.region_id == self.region_id) & (TAP_COUNT.c.hour <= an_hour_ago)
        for table, old in ((TAP, faded), (TAP_SALT, self._old_salts(moment)), (TAP_COUNT, counted)):
            connection.execute(delete(table).where(old))

    def _tokens(self, connection: Connection, days: Iterable[date], client: str, station_id: str) -> list[bytes]:
        these = (TAP_SALT.c.region_id == self.region_id, TAP_SALT.c.day.in_(list(days)))
        salts = connection.scalars(select(TAP_SALT.c.salt).where(*these))
        return [_token(bytes(salt), client, station_id) for salt in salts]

    def _salt(self, connection: Connection, day: date) -> bytes:
        this = (TAP_SALT.c.region_id == self.region_id, TAP_SALT.c.day == day)
        salt = connection.scalar(select(TAP_SALT.c.salt).where(*this))
        if salt is None:
            salt = secrets.token_bytes(SALT_BYTES)
            connection.execute(insert(TAP_SALT), {"region_id": self.region_id, "day": day, "salt": salt})
        return bytes(salt)

    def _old_salts(self, moment: datetime) -> ColumnElement[bool]:
        return (TAP_SALT.c.region_id == self.region_id) & (TAP_SALT.c.day < self._day(moment) - ONE_DAY)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _here(self) -> ColumnElement[bool]:
        return TAP.c.region_id == self.region_id


def _token(salt: bytes, client: str, station_id: str) -> bytes:
    whole = f"{client}\0{station_id}".encode("utf-8", "replace")
    return hmac.new(salt, whole, hashlib.sha256).digest()[:TOKEN_BYTES]
