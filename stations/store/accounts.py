"""Accounts and failed logins, counted where all workers see them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from stations.errors import InputError, UnknownThingError
from stations.model.accounts import Account
from stations.model.keys import Role
from stations.store.database import Database
from stations.store.office_tables import ACCOUNT, LOGIN_FAILURE

COUNTED_FOR = timedelta(minutes=15)
KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StoredLogin:
    """An account and the hash of its password, which goes no further than the check of a password."""

    account: Account
    password_hash: str


@dataclass(frozen=True, slots=True)
class FailureLimits:
    """How many failed logins of one name, and of one client, are borne within a quarter of an hour."""

    of_name: int
    of_client: int


@dataclass(frozen=True, slots=True)
class Reserved:
    """A login that may be tried: it counts as failed until `AccountStore.succeed` says otherwise.

    `left` is how many more may fail before further ones are refused.
    """

    name_hash: str
    left: int


@dataclass(frozen=True, slots=True)
class Throttled:
    """A login that may not be tried: `failures` were counted, and `until` is when one may be tried again."""

    failures: int
    until: datetime


@dataclass(frozen=True, slots=True)
class AccountStore:
    """All accounts; every call is one transaction, and raises `StoreError` as the database does.

    Names and clients of failed logins are stored hashed alone, with a `salt` that is not in the database.
    """

    database: Database

    def add(self, account: Account, password_hash: str) -> None:
        """Add an account.

        Raises
        ------
        InputError
            There is one of that name.
        """
        with self.database.writing() as connection:
            if _find(connection, account.name):
                raise InputError("account.name_taken", field="name", name=account.name)
            row = {"name": account.name, "role": account.role, "made_at": account.made_at, "epoch": account.epoch}
            connection.execute(
                insert(ACCOUNT), {**row, "name_key": name_key(account.name), "password_hash": password_hash}
            )

    def change(
        self,
        name: str,
        *,
        moment: datetime,
        role: Role | None = None,
        password_hash: str | None = None,
        last_admin_too: bool = False,
    ) -> Account:
        """Change the role or the password of an account, and return it with the epoch that ends its sessions.

        Raises
        ------
        UnknownThingError
            There is no such account.
        InputError
            It is the last administrator, and would be none any more.
        """
        with self.database.writing() as connection:
            row = _named(connection, name)
            if role is not None and role != Role.ADMIN and not last_admin_too:
                _spare_last_admin(connection, row)
            # Never an epoch that was in force before, even when an older copy of the database was restored between.
            changes: dict[str, Any] = {"epoch": max(row["epoch"] + 1, int(moment.timestamp()))}
            changes |= {"role": role} if role is not None else {}
            changes |= {"password_hash": password_hash} if password_hash is not None else {}
            connection.execute(update(ACCOUNT).where(ACCOUNT.c.name_key == row["name_key"]).values(changes))
            return _account({**row, **changes})

    def remove(self, name: str, *, last_admin_too: bool = False) -> None:
        """Remove an account.

        Raises
        ------
        UnknownThingError
            There is no such account.
        InputError
            It is the last administrator.
        """
        with self.database.writing() as connection:
            row = _named(connection, name)
            if not last_admin_too:
                _spare_last_admin(connection, row)
            connection.execute(delete(ACCOUNT).where(ACCOUNT.c.name_key == row["name_key"]))

    def find(self, name: str) -> StoredLogin | None:
        """Return an account by its name, `None` where there is none."""
        with self.database.reading() as connection:
            row = _find(connection, name)
        return StoredLogin(_account(row), row["password_hash"]) if row else None

    def listed(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        with self.database.reading() as connection:
            rows = connection.execute(select(ACCOUNT)).mappings().all()
        return tuple(_account(row) for row in sorted(rows, key=lambda row: str(row["name_key"])))

    def reserve(
        self, name: str, client: str, *, moment: datetime, limits: FailureLimits, salt: str
    ) -> Reserved | Throttled:
        """Count a login as failed before it is tried, unless too many failed; so none are tried side by side uncounted.

        What is older than a day is dropped.
        """
        name_hash, client_hash = _hashed(name_key(name), salt), _hashed(client, salt)
        with self.database.writing() as connection:
            connection.execute(delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.made_at < moment - KEPT_FOR))
            counts = [
                (_failures(connection, LOGIN_FAILURE.c.name_hash == name_hash, moment), limits.of_name),
                (_failures(connection, LOGIN_FAILURE.c.client_hash == client_hash, moment), limits.of_client),
            ]
            full = [Throttled(len(times), times[-most] + COUNTED_FOR) for times, most in counts if len(times) >= most]
            if full:
                return max(full, key=lambda one: one.until)
            row = {"name_hash": name_hash, "client_hash": client_hash, "made_at": moment}
            connection.execute(insert(LOGIN_FAILURE), {**row, "failure_id": secrets.token_hex(16)})
        return Reserved(name_hash, left=min(most - len(times) - 1 for times, most in counts))

    def succeed(self, reserved: Reserved) -> None:
        """Take back the failure that `reserve` counted, and all others of the name."""
        with self.database.writing() as connection:
            connection.execute(delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.name_hash == reserved.name_hash))


def name_key(name: str) -> str:
    """Return a name as it is compared."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _find(connection: Connection, name: str) -> RowMapping | None:
    return connection.execute(select(ACCOUNT).where(ACCOUNT.c.name_key == name_key(name))).mappings().first()


def _named(connection: Connection, name: str) -> RowMapping:
    row = _find(connection, name)
    if row is None:
        raise UnknownThingError("account.unknown", field="name", name=name)
    return row


def _spare_last_admin(connection: Connection, row: RowMapping) -> None:
    admins = connection.scalar(select(func.count()).select_from(ACCOUNT).where(ACCOUNT.c.role == Role.ADMIN))
    if row["role"] == Role.ADMIN and admins == 1:
        raise InputError("account.last_admin", field="name", name=row["name"])


def _failures(connection: Connection, whose: Any, moment: datetime) -> Sequence[datetime]:
    """Return when logins failed within the time that counts, oldest first."""
    recent = select(LOGIN_FAILURE.c.made_at).where(whose, LOGIN_FAILURE.c.made_at > moment - COUNTED_FOR)
    return sorted(connection.scalars(recent))


def _hashed(text: str, salt: str) -> str:
    return hmac.new(salt.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _account(row: Any) -> Account:
    return Account(row["name"], Role(row["role"]), row["made_at"], row["epoch"])
