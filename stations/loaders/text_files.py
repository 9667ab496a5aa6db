"""Text files in and out: their encoding, their absence, and writing them whole or not at all."""

from __future__ import annotations

import codecs
import errno
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from stations.errors import FileError

_PIECE_BYTES = 1 << 20


def read_text(path: Path) -> str:
    """Return the text of a file that people made: UTF-8 with or without byte order mark, else GB18030.

    GB18030 (what Chinese spreadsheets write) accepts almost any bytes, so a UTF-8 file that is merely damaged
    or cut inside a character is told apart: most of what is not ASCII in it is still good UTF-8.

    Raises
    ------
    FileError
        There is no such file, it is empty, not text, or damaged UTF-8.
    """
    return read_bytes(path).decode(text_encoding(path))


def text_encoding(path: Path) -> str:
    """Return the encoding of a text that people made, ``utf-8-sig`` or ``gb18030``, reading it piece by piece.

    Raises
    ------
    FileError
        As `read_text` does.
    """
    try:
        blank = _check_text(path, "utf-8-sig")
        encoding = "utf-8-sig"
    except UnicodeDecodeError as error:
        if _mostly_utf8(path):
            raise FileError("file.damaged_text", path=path, position=error.start + 1) from None
        encoding = "gb18030"
        try:
            blank = _check_text(path, encoding)
        except UnicodeDecodeError:
            raise FileError("file.not_text", path=path) from None
    if blank:
        raise FileError("file.empty", path=path)
    return encoding


def check_size(path: Path, *, most_bytes: int) -> None:
    """Check that a file is there and not too large, without reading it.

    Raises
    ------
    FileError
        It is missing, a folder, or larger than `most_bytes`.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise FileError("file.missing", path=path) from None
    except OSError as error:
        raise FileError("file.unreadable", path=path, reason=error.strerror) from error
    if path.is_dir():
        raise FileError("file.unreadable", path=path, reason=os.strerror(errno.EISDIR))
    if size > most_bytes:
        megabytes = {"size_mb": f"{size / 1e6:.1f}", "most_mb": most_bytes // 1_000_000}
        raise FileError("list.file_too_large", path=path, **megabytes)


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


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                yield piece
    except FileNotFoundError:
        raise FileError("file.missing", path=path) from None
    except OSError as error:
        raise FileError("file.unreadable", path=path, reason=error.strerror) from error


def _check_text(path: Path, encoding: str) -> bool:
    """Return whether a text is blank; raise `UnicodeDecodeError`, its `start` counted in the file, where it is none."""
    decoder = codecs.getincrementaldecoder(encoding)()
    blank, done = True, 0
    try:
        for piece in _pieces(path):
            text = decoder.decode(piece)
            if "\0" in text:
                raise FileError("file.not_text", path=path)
            blank = blank and not text.strip()
            done += len(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        pending = len(error.object) - len(piece) if error.object.endswith(piece) else len(error.object)
        error.start += done - pending
        raise
    return blank


def _mostly_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    foreign = damaged = 0
    for piece in _pieces(path):
        text = decoder.decode(piece)
        foreign += len(text) - len(text.encode("ascii", "ignore"))
        damaged += text.count("\ufffd")
    tail = decoder.decode(b"", final=True)
    return (damaged + len(tail)) * 2 < foreign + len(tail)
