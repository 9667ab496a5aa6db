"""Keep all of the database in one file, and put it back."""

from __future__ import annotations

from pathlib import Path

from stations.settings import Settings
from stations.store.database import open_database
from stations.store.snapshots import TableCount, restore_snapshot, write_snapshot


def backup(settings: Settings, file: Path) -> tuple[TableCount, ...]:
    """Write one consistent copy of the database, which may be in use, to `file`; return what is in it.

    Roads, tables and the secret key are not in it: the first two are computed, the last is made.

    Raises
    ------
    StoreError
        The database does not answer.
    FileError
        The file cannot be written; what stood there before is unchanged.
    """
    database = open_database(settings.database_url)
    try:
        return write_snapshot(database, file)
    finally:
        database.close()


def restore(settings: Settings, file: Path) -> tuple[TableCount, ...]:
    """Put the database, which may be in use and of either kind, back to what `file` holds; return what that is.

    Raises
    ------
    FileError
        The file is damaged, no backup, or of a newer version of the program. Nothing was changed.
    StoreError
        The database does not answer; nothing was changed.
    """
    database = open_database(settings.database_url)
    try:
        return restore_snapshot(database, file)
    finally:
        database.close()
