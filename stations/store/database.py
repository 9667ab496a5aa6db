"""The database: opened, brought to the newest schema, and read and written in whole transactions."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util.exc import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from stations.errors import StationsError, StoreError

BUSY_TIMEOUT_MS = 10_000

_MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 7_236_121_084  # any number that nobody else uses; says "one writer at a time"
_READABLE_JSON = json.JSONEncoder(ensure_ascii=False).encode  # people may read history in the console
_SQLITE_CONNECT_PRAGMAS = ("foreign_keys = ON", f"busy_timeout = {BUSY_TIMEOUT_MS}", "synchronous = NORMAL")


@dataclass(frozen=True, slots=True)
class Database:
    """An open database at the newest schema; every `with` of it is one transaction.

    Safe to use from several threads and, on the same URL, from several processes. Not to be carried over a fork.
    """

    engine: Engine

    @staticmethod
    def asked(text: str) -> str:
        """Return a text that somebody asks for as PostgreSQL takes it: without NUL, which no text that is kept has."""
        return text.replace("\0", "\ufffd")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the database however many queries are asked of it.

        Raises
        ------
        StoreError
            The database cannot be reached or is damaged.
        """
        options = {} if _is_sqlite(self.engine.url) else {"isolation_level": "REPEATABLE READ"}
        with _named_errors(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that may write; all or nothing is kept. One writer at a time, the others wait.

        Raises
        ------
        StoreError
            The database cannot be reached, is damaged, or another writer does not end.
        """
        with (
            _named_errors(),
            self.engine.connect().execution_options(stations_writes=True) as connection,
            connection.begin(),
        ):
            if not _is_sqlite(self.engine.url):
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
            yield connection

    def close(self) -> None:
        """Close all connections; the database may be used again afterwards."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database at a SQLAlchemy URL and bring it to the newest schema.

    Several processes may do so at once; one migrates, the others wait. A SQLite file is made with its folder when
    it is missing, readable by its owner alone (it holds logins), in WAL mode.

    Parameters
    ----------
    url
        ``sqlite:////absolute/path`` or ``postgresql+psycopg://…``.

    Raises
    ------
    StoreError
        The URL is not one, the database cannot be reached or is damaged, or its schema is of a newer version.
    """
    with _named_errors():
        parsed = make_url(url)
        database = Database(_engine(parsed))
    try:
        _prepare(database, _sqlite_file(parsed))
    except StoreError:
        database.close()
        raise
    return database


def _prepare(database: Database, file: Path | None) -> None:
    """Bring a database to the newest schema, one process at a time."""
    with _lock(file) if file else nullcontext():
        if file:
            _turn_wal_on(database.engine)
        with database.writing() as connection:
            migrate(connection, "head")


def migrate(connection: Connection, revision: str) -> None:
    """Bring the schema up or down to `revision` (``head``, ``base`` or a number) in the transaction of `connection`.

    Raises
    ------
    StoreError
        The database is at a schema that this version of the program does not know.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        if _is_down(connection, revision):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
    except CommandError as error:
        raise StoreError("file.database_newer", reason=str(error)) from error


def _is_down(connection: Connection, revision: str) -> bool:
    now = MigrationContext.configure(connection).get_current_revision() or ""
    return revision == "base" or (revision != "head" and revision < now)


def _engine(url: URL) -> Engine:
    if not _is_sqlite(url):
        return create_engine(url, pool_pre_ping=True, json_serializer=_READABLE_JSON)
    engine = create_engine(url, json_serializer=_READABLE_JSON)
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)
    return engine


def _on_sqlite_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver leaves transactions to us, so that DDL is part of them
    try:
        for pragma in _SQLITE_CONNECT_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:  # not a database; nobody else would close it
        connection.close()
        raise


def _on_sqlite_begin(connection: Connection) -> None:
    # A transaction that is to write asks for the lock at once: one that turns from reading to writing may not wait.
    writes = connection.get_execution_options().get("stations_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _turn_wal_on(engine: Engine) -> None:
    """Turn WAL on, which stays with the file; SQLite does not wait for other processes here, hence our own lock."""
    with _named_errors(), closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")


@contextmanager
def _lock(file: Path) -> Iterator[None]:
    """Make the file, private from its first moment, and hold a lock beside it; the system frees it if we die."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        lock = os.open(file.with_name(file.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError("file.database", reason=error.strerror) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _sqlite_file(url: URL) -> Path | None:
    return Path(url.database) if _is_sqlite(url) and url.database not in (None, "", ":memory:") else None


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except StationsError:
        raise
    except ArgumentError as error:
        raise StoreError("file.database_url") from error
    except ImportError as error:
        raise StoreError("file.database_url") from error
    except (SQLAlchemyError, sqlite3.Error, ValueError, LookupError, TypeError, AttributeError) as error:
        # The driver's own come from outside a statement; the plain ones from rows that hold what we never wrote.
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise StoreError("file.database", reason=reason) from error
