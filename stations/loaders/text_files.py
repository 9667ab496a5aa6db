"""Text files in and out: their encoding, their absence, and writing them whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from stations.errors import FileError


def read_text(path: Path) -> str:
    """Return the text of a file that people made: UTF-8 with or without byte order mark, else GB18030.

    GB18030 (what Chinese spreadsheets write) accepts almost any bytes, so a UTF-8 file that is merely damaged
    or cut inside a character is told apart: most of what is not ASCII in it is still good UTF-8.

    Raises
    ------
    FileError
        There is no such file, it is empty, not text, or damaged UTF-8.
    """
    content = read_bytes(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if _mostly_utf8(content):
            raise FileError("file.damaged_text", path=path, position=error.start + 1) from None
        text = _decode_gb18030(path, content)
    if "\0" in text:
        raise FileError("file.not_text", path=path)
    if not text.strip():
        raise FileError("file.empty", path=path)
    return text


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises
    ------
    FileError
        It is missing, a folder, or may not be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise FileError("file.missing", path=path) from None
    except OSError as error:
        raise FileError("file.unreadable", path=path, reason=error.strerror) from error


def read_json(path: Path) -> object:
    """Return the content of a JSON file.

    Raises
    ------
    FileError
        Whatever `read_text` refuses, or text that is not JSON (cut short, for instance).
    """
    text = read_text(path)
    try:
        content: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileError("file.not_json", path=path, line=error.lineno) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, a thousand brackets
        raise FileError("file.not_json", path=path, line=1) from error
    return content


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 so that a reader finds the old file or the new one, never a part.

    Raises
    ------
    FileError
        The folder is missing or cannot be written to.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise FileError("file.unwritable", path=path, reason=error.strerror) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(temporary, 0o644)  # what a person exports is theirs to pass on; mkstemp makes it private
        os.replace(temporary, path)
    except OSError as error:
        raise FileError("file.unwritable", path=path, reason=error.strerror) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _mostly_utf8(content: bytes) -> bool:
    text = content.decode("utf-8-sig", errors="replace")
    foreign = sum(character > "\x7f" for character in text)
    return text.count("\ufffd") * 2 < foreign


def _decode_gb18030(path: Path, content: bytes) -> str:
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError:
        raise FileError("file.not_text", path=path) from None
