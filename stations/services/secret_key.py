"""The key that signs sessions: given from outside, or made once."""

from __future__ import annotations

import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stations.errors import InputError, StoreError
from stations.settings import Settings

FEWEST_CHARACTERS = 32
FILE_NAME = "secret_key"


def secret_key(settings: Settings) -> str:
    """Return the key of this installation; where none is given and none was made, make one that its owner alone reads.

    Safe to call from several processes at once: all get the same.

    Raises
    ------
    InputError
        The key that is given, or that stands in the file, is too short to be one.
    StoreError
        The instance folder cannot be written to.
    """
    if settings.given_secret_key:
        return _checked(settings.given_secret_key, "STATIONS_SECRET_KEY")
    file = settings.instance / FILE_NAME
    try:
        with _lock(file):
            if not file.exists():
                _write_private(file, secrets.token_urlsafe(48))
            return _checked(file.read_text(encoding="ascii").strip(), str(file))
    except OSError as error:
        raise StoreError("error.cannot_write", file=file, why=error.strerror) from error
    except UnicodeDecodeError as error:
        raise InputError("account.secret_key", name=file, least=FEWEST_CHARACTERS) from error


def _checked(key: str, name: str) -> str:
    if len(key) < FEWEST_CHARACTERS:
        raise InputError("account.secret_key", name=name, least=FEWEST_CHARACTERS)
    return key


@contextmanager
def _lock(file: Path) -> Iterator[None]:
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(file.with_name(f"{file.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _write_private(file: Path, text: str) -> None:
    """Write a file that is there whole or not at all, and that nobody else may read from its first moment."""
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(text + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(temporary, file)
    finally:
        Path(temporary).unlink(missing_ok=True)
