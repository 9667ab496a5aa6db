"""One file of all that the database holds, written while it is in use, and the way back.

The file is a zip of one text file for each table, a row a line, and a manifest with the schema, the columns, the counts
and the checksums. Both kinds of database write the same one and take the other's. What passes within days (failed
logins, drafts, jobs) is not in it.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext

from stations.errors import FileError, StoreError
from stations.store.database import Database, migrate, open_database
from stations.store.office_tables import PASSING
from stations.store.snapshot_files import (
    MANIFEST,
    Manifest,
    Part,
    manifest_text,
    opened,
    read_manifest,
    read_rows,
    write_rows,
    written_whole,
)
from stations.store.tables import METADATA, REGION, STATION

ROWS_A_BATCH = 1000
_VERSION_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True)
class TableCount:
    """How many rows of a table a file holds."""

    table: str
    rows: int


def write_snapshot(database: Database, file: Path) -> tuple[TableCount, ...]:
    """Write all content, as it stands at one moment, to `file`, which its owner alone may read.

    Whatever stood there before is replaced only when all is written. Others read and write meanwhile.

    Raises
    ------
    StoreError
        The database does not answer.
    FileError
        The file cannot be written.
    """
    with written_whole(file) as temporary, database.reading() as connection:
        schema = MigrationContext.configure(connection).get_current_revision() or ""
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            tables = [table for table in METADATA.sorted_tables if table.name not in PASSING]
            parts = {table.name: _write_table(connection, archive, table) for table in tables}
            archive.writestr(MANIFEST, manifest_text(Manifest(schema, datetime.now(UTC).isoformat(), parts)))
    return tuple(TableCount(name, part.rows) for name, part in parts.items())


def restore_snapshot(database: Database, file: Path) -> tuple[TableCount, ...]:
    """Make what `file` holds all that the database holds, in one transaction; all of the file is checked before.

    A file of an older schema is brought to the newest. Every region's generation ends above what it was, so that
    everybody who has read the list sees that it is another.

    Raises
    ------
    FileError
        The file is damaged, no backup, or of a newer version of the program. Nothing was changed.
    StoreError
        The database does not answer; nothing was changed.
    """
    with opened(file) as archive:
        manifest = read_manifest(archive, file)
        _check(archive, manifest, file)
        if not _is_sqlite(database) and manifest.schema != _schema(database):
            with _brought_forward(file) as newer:
                return restore_snapshot(database, newer)
        with database.writing() as connection:
            before = _generations(connection)
            _empty(connection, manifest.schema)
            for table in _in_order(_reflected(connection)):
                if table.name in manifest.parts:
                    _fill(connection, table, read_rows(archive, table, manifest.parts[table.name], file))
            migrate(connection, "head")
            _raise_generations(connection, before)
    return tuple(TableCount(name, part.rows) for name, part in manifest.parts.items())


def _write_table(connection: sa.Connection, archive: zipfile.ZipFile, table: sa.Table) -> Part:
    chosen = sa.select(table).order_by(*(_by_bytes(connection, column) for column in table.primary_key))
    rows = connection.execute(chosen, execution_options={"yield_per": ROWS_A_BATCH})
    return write_rows(archive, table.name, table.columns.keys(), rows.partitions())


def _by_bytes(connection: sa.Connection, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return the order of a column that is the same in every database, whatever its locale."""
    is_text = isinstance(column.type, sa.Text) and connection.dialect.name == "postgresql"
    return sa.collate(column, "C") if is_text else column


def _check(archive: zipfile.ZipFile, manifest: Manifest, file: Path) -> None:
    """Read all of a file against its manifest, and against the schema that it is of, which is made in memory."""
    tables = _schema_at(manifest.schema, file)
    expected = {name for name in tables if name not in PASSING}
    if set(manifest.parts) != expected:
        raise FileError("backup.damaged", path=file, what=", ".join(sorted(expected ^ set(manifest.parts))))
    for name, part in manifest.parts.items():
        if set(part.columns) != set(tables[name].columns.keys()):
            raise FileError("backup.damaged", path=file, what=name)
        for _ in read_rows(archive, tables[name], part, file):
            pass


def _schema_at(schema: str, file: Path) -> Mapping[str, sa.Table]:
    database = open_database("sqlite://")  # in memory
    try:
        with database.writing() as connection:
            migrate(connection, "base")
            migrate(connection, schema)
            return _reflected(connection)
    except StoreError as error:
        raise FileError("backup.newer", path=file) from error
    finally:
        database.close()


def _reflected(connection: sa.Connection) -> Mapping[str, sa.Table]:
    found = sa.MetaData()
    found.reflect(connection)
    for column in (column for table in found.sorted_tables for column in table.columns):
        if isinstance(column.type, sa.JSON):
            column.type.none_as_null = True  # unknown is NULL, as in the tables that the program uses
    return {table.name: table for table in found.sorted_tables if table.name != _VERSION_TABLE}


def _is_sqlite(database: Database) -> bool:
    return database.engine.dialect.name == "sqlite"


def _schema(database: Database) -> str:
    with database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


@contextmanager
def _brought_forward(file: Path) -> Iterator[Path]:
    """Give a file of the newest schema that holds what `file` does, by way of a SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'older.sqlite'}")
        try:
            restore_snapshot(database, file)
            write_snapshot(database, Path(folder) / file.name)
        finally:
            database.close()
        yield Path(folder) / file.name


def _empty(connection: sa.Connection, schema: str) -> None:
    """Empty all tables in a transaction that others see all of or nothing, and come to `schema`.

    History takes no DELETE. SQLite gets all tables anew. PostgreSQL would show a reader who waits for a table that is
    made anew the new one without its rows, for that reader's moment lies before they were written; so there the rows
    are deleted, and the triggers that keep history are off for just that, within this transaction.
    """
    if connection.dialect.name == "sqlite":
        migrate(connection, "base")
        migrate(connection, schema)
        return
    tables = [*reversed([*_in_order(_reflected(connection))])]
    for table in tables:
        connection.execute(sa.text(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER'))
    for table in tables:
        connection.execute(sa.delete(table))
    for table in tables:
        connection.execute(sa.text(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER'))


def _generations(connection: sa.Connection) -> dict[str, int]:
    return {row.region_id: row.generation for row in connection.execute(sa.select(REGION))}


def _raise_generations(connection: sa.Connection, before: Mapping[str, int]) -> None:
    for region_id, generation in before.items():
        behind = (REGION.c.region_id == region_id) & (REGION.c.generation <= generation)
        connection.execute(sa.update(REGION).where(behind).values(generation=generation + 1))


def _in_order(tables: Mapping[str, sa.Table]) -> Iterable[sa.Table]:
    """Return tables, what others refer to first, and stations last: a trigger wants their history to be there."""
    return sorted(tables.values(), key=lambda table: table.name == STATION.name)


def _fill(connection: sa.Connection, table: sa.Table, rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, ROWS_A_BATCH)):
        connection.execute(sa.insert(table), batch)
