"""Spreadsheets (.xlsx, .xlsm, .xls, .ods) as tables of text. What a file is, is told by its content, not its name."""

from __future__ import annotations

import marshal
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stations.errors import FileError, Problem
from stations.loaders.raw_tables import MOST_ROWS, RawFile, RawRow, RawTable
from stations.loaders.safe_zip import check_zip
from stations.loaders.text_files import check_size, read_bytes

SHEET_ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods", ".et")
MOST_BYTES = 20_000_000

_CHILD = "stations.loaders.sheet_child"
_ROOT = Path(__file__).resolve().parents[2]
_HEAD_BYTES = 4096
_ZIP, _EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"RIFF")
_WEB_PAGE = (b"<html", b"<!doctype html", b"<table", b"<body")


def read_sheets(path: Path, *, sheet: str | None) -> RawFile:
    """Read the sheets of a workbook; only what stands in cells is read, no formula is evaluated and no macro run.

    Parameters
    ----------
    path
        Of at most `MOST_BYTES`.
    sheet
        The one to read, hidden or not; every visible one where there is none. Hidden ones are then told in
        `RawTable.notes` of the first.

    Returns
    -------
    RawFile
        Its tables are read while they are gone through, one after the other; errors are raised then, too. A merged
        cell stands in every row that it spans.

    Raises
    ------
    FileError
        The file is missing, empty, too large, a bomb, has a password, or is something else than its name says.
    """
    _check(path)
    child = _Child(path, _start(path, sheet))
    try:
        sheets: list[tuple[str, bool]] = child.next("sheets")[1]
    except BaseException:
        child.stop()
        raise
    names = tuple(name for name, _ in sheets)
    if sheet is not None and sheet not in names:
        child.stop()
        raise FileError("list.sheet_unknown", path=path, sheet=sheet, sheets=", ".join(names))
    hidden = [name for name, visible in sheets if not visible] if sheet is None else []
    notes = tuple(Problem("list.sheet_hidden", None, None, name, (("sheet", name),), refuses=False) for name in hidden)
    return RawFile(child.tables(notes), names)


@dataclass(slots=True)
class _Child:
    """The process that reads a workbook, and the message of it that was read ahead."""

    path: Path
    process: subprocess.Popen[bytes]
    ahead: Any = None

    def next(self, *expected: str) -> Any:
        """Return its next message."""
        assert self.process.stdout is not None
        try:
            message = marshal.load(self.process.stdout)
        except (EOFError, ValueError, TypeError) as error:  # it ended before its end: out of memory or of time
            raise FileError("list.sheet_too_large", path=self.path) from error
        if message[0] == "wrong":
            raise FileError(f"list.{message[1]}", path=self.path)
        assert message[0] in expected, f"the reader of sheets said {message[0]}"
        return message

    def tables(self, notes: tuple[Problem, ...]) -> Generator[RawTable, None, None]:
        """Yield the tables; what of one was not gone through is passed over."""
        try:
            self.ahead = self.next("table", "end")
            while self.ahead[0] == "table":
                rows = self.rows()
                yield RawTable(self.ahead[1], rows, notes=notes)
                notes = ()
                for _ in rows:
                    pass
        finally:
            self.stop()

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows of one table."""
        count = 0
        while (message := self.next("rows", "table", "end"))[0] == "rows":
            count += len(message[1])
            if count > MOST_ROWS:
                raise FileError("list.too_many_rows", path=self.path, most=MOST_ROWS)
            yield from (RawRow(number, cells) for number, cells in message[1])
        self.ahead = message

    def stop(self) -> None:
        """End the process, wherever it is."""
        self.process.kill()
        self.process.communicate()


def _check(path: Path) -> None:
    check_size(path, most_bytes=MOST_BYTES)
    content = read_bytes(path)
    if not content:
        raise FileError("file.empty", path=path)
    if content.startswith(_ZIP):
        check_zip(path)
    elif content.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in content:
            raise FileError("list.file_password", path=path)
    else:
        raise FileError(f"list.{_what_else(content[:_HEAD_BYTES])}", path=path)


def _what_else(head: bytes) -> str:
    """Return the key of the sentence for a file that is no spreadsheet."""
    if any(head.startswith(image) for image in _IMAGES):
        return "file_image"
    if any(tag in head.lower() for tag in _WEB_PAGE):
        return "file_html"
    if b"\0" not in head and not head.startswith((b"%PDF", _EMPTY_ZIP)) and not head.lstrip().startswith(b"<"):
        return "file_text_sheet"
    return "file_no_workbook"


def _start(path: Path, sheet: str | None) -> subprocess.Popen[bytes]:
    found = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    environ = {**os.environ, "PYTHONPATH": found}
    words = [sys.executable, "-P", "-m", _CHILD, str(path), *([] if sheet is None else [sheet])]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ)
