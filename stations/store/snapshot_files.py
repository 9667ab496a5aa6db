"""The file that holds a whole database: a zip of one text file for each table, and a manifest.

Every line of a table's file is one row, as a JSON list; moments are UTC, bytes base 64. The manifest tells the schema,
the columns, the counts and the checksums.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from stations.errors import FileError, StoreError

FORMAT = "stations-backup-1"
MANIFEST = "manifest.json"
MOST_MANIFEST_BYTES = 1 << 20
LONGEST_ROW_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a file: its columns in the order of the rows, how many rows, and the SHA-256 of its lines."""

    columns: tuple[str, ...]
    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file says of itself: the schema that its rows are of, when it was made (ISO 8601), and its tables."""

    schema: str
    made_at: str
    parts: Mapping[str, Part]


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """Give a private file beside `file` that takes its place if all goes well.

    Raises
    ------
    FileError
        It cannot be written; what stood there before is unchanged.
    """
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".tmp")
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(file.parent)
    except StoreError:  # of the database; it is an OSError, too
        raise
    except OSError as error:
        raise FileError("file.unwritable", path=file, reason=error.strerror) from error


def write_rows(archive: zipfile.ZipFile, table: str, columns: Sequence[str], batches: Iterable[Iterable[Any]]) -> Part:
    """Write the rows of one table, batch by batch, and return what the manifest is to say of them."""
    digest, count = hashlib.sha256(), 0
    with archive.open(_entry(table), "w", force_zip64=True) as entry:
        for batch in batches:
            lines = [json.dumps([_plain(value) for value in row], ensure_ascii=False) + "\n" for row in batch]
            written = "".join(lines).encode()
            digest.update(written)
            entry.write(written)
            count += len(lines)
    return Part(tuple(columns), count, digest.hexdigest())


def manifest_text(manifest: Manifest) -> str:
    """Return the text of a manifest."""
    tables = {
        name: {"columns": part.columns, "rows": part.rows, "sha256": part.checksum}
        for name, part in manifest.parts.items()
    }
    content = {"format": FORMAT, "schema": manifest.schema, "made_at": manifest.made_at, "tables": tables}
    return json.dumps(content, ensure_ascii=False, indent=1)


def _entry(table: str) -> str:
    return f"tables/{table}.jsonl"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """Open a file to read it.

    Raises
    ------
    FileError
        It is missing, damaged, or no zip.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except FileNotFoundError as error:
        raise FileError("file.missing", path=file) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise FileError("backup.damaged", path=file, what=str(error)) from error
    except StoreError:  # of the database; it is an OSError, too
        raise
    except OSError as error:
        raise FileError("file.unreadable", path=file, reason=error.strerror or str(error)) from error


def read_manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    """Return what a file says of itself.

    Raises
    ------
    FileError
        It is no backup, or of a later format.
    """
    try:
        if archive.getinfo(MANIFEST).file_size > MOST_MANIFEST_BYTES:
            raise FileError("backup.foreign", path=file)
        content = json.loads(archive.read(MANIFEST))
        if content["format"] != FORMAT:
            key = "backup.newer" if str(content["format"]).startswith("stations-backup-") else "backup.foreign"
            raise FileError(key, path=file)
        parts = {
            str(name): Part(tuple(map(str, said["columns"])), int(said["rows"]), str(said["sha256"]))
            for name, said in content["tables"].items()
        }
        if not re.fullmatch(r"\d{4}", content["schema"]):  # what else a migration could be called is a direction
            raise FileError("backup.foreign", path=file)
        return Manifest(content["schema"], str(content["made_at"]), parts)
    except FileError:
        raise
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise FileError("backup.foreign", path=file) from error


def read_rows(archive: zipfile.ZipFile, table: sa.Table, part: Part, file: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of one table, by the names of its columns, as the database takes them.

    Raises
    ------
    FileError
        A row does not fit the table, or all together are not what the manifest says; at the latest after the last.
    """
    columns = [table.columns[name] for name in part.columns]
    digest, count = hashlib.sha256(), 0
    try:
        with archive.open(_entry(table.name)) as entry:
            for line in _lines(entry):
                digest.update(line)
                count += 1
                values = json.loads(line)
                yield {c.name: _value(c, value) for c, value in zip(columns, values, strict=True)}
    except (LookupError, ValueError, TypeError, RecursionError) as error:
        raise FileError("backup.damaged", path=file, what=f"{table.name}, {count}") from error
    if (count, digest.hexdigest()) != (part.rows, part.checksum):
        raise FileError("backup.damaged", path=file, what=table.name)


def _lines(entry: IO[bytes]) -> Iterator[bytes]:
    while line := entry.readline(LONGEST_ROW_BYTES):
        if not line.endswith(b"\n"):
            raise ValueError("a row without an end")
        yield line


def _value(column: sa.Column[Any], value: Any) -> Any:
    """Return a value as the column takes it; raises what is wrong with it."""
    if value is None:
        if not column.nullable:
            raise ValueError(column.name)
        return None
    kind = column.type
    if isinstance(kind, sa.JSON):
        return value
    if isinstance(kind, sa.DateTime):
        return datetime.fromisoformat(value).astimezone(UTC)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.LargeBinary):
        return base64.b64decode(value, validate=True)
    wanted: type | tuple[type, ...] = (int, float) if isinstance(kind, sa.Float) else kind.python_type
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise TypeError(column.name)
    return value


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
