"""Whether a zip is one that may be opened: whole, without a password, and no bomb."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from stations.errors import FileError

MOST_UNPACKED_BYTES = 500_000_000
MOST_RATIO = 150
RATIO_COUNTS_FROM_BYTES = 20_000_000
MOST_ENTRIES = 5_000

_ENCRYPTED = 0x1
_CHUNK = 1 << 20
_DECLARATION = b"<!DOCTYPE"
_XML_ENDINGS = (".xml", ".rels")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def check_zip(path: Path) -> None:
    """Check a zip of XML files by unpacking it piece by piece, keeping nothing.

    What an entry says of its own size is not believed. Zips within the zip are not opened, by nobody.

    Raises
    ------
    FileError
        It is cut short, has a password, unpacks to too much, or has an XML file that declares entities.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & _ENCRYPTED for entry in entries):
                raise FileError("list.file_password", path=path)
            _check_size(path, sum(entry.file_size for entry in entries), entries=len(entries))
            unpacked = 0
            for entry in entries:
                unpacked = _unpack(path, archive, entry, unpacked)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError("list.file_damaged", path=path) from error


def _unpack(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, unpacked: int) -> int:
    """Unpack one entry; return how much has been unpacked with it."""
    if entry.compress_type not in _METHODS:
        raise FileError("list.file_damaged", path=path)
    entry.file_size = MOST_UNPACKED_BYTES + 1  # read on to where it really ends
    tail, is_xml = b"", entry.filename.lower().endswith(_XML_ENDINGS)
    with archive.open(entry) as file:
        while chunk := file.read(_CHUNK):
            unpacked += len(chunk)
            _check_size(path, unpacked)
            if is_xml and _DECLARATION in (tail + chunk).replace(b"\0", b""):  # UTF-16 has a zero in every letter
                raise FileError("list.file_entities", path=path)
            tail = chunk[-2 * len(_DECLARATION) :]
    return unpacked


def _check_size(path: Path, unpacked: int, *, entries: int = 0) -> None:
    large = unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > MOST_RATIO * path.stat().st_size
    if large or unpacked > MOST_UNPACKED_BYTES or entries > MOST_ENTRIES:
        raise FileError("list.file_bomb", path=path, most_mb=MOST_UNPACKED_BYTES // 1_000_000)
