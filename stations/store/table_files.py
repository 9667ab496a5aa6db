"""Artefacts on disk: folders of arrays that are whole, checked and mapped into memory, and the pointer to one.

A bundle is a folder of ``<array>.npy`` files and a ``manifest.json`` with their sizes and checksums. It is written
beside its place and moved there by one rename, so it is there whole or not at all. Nothing is ever unpickled.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stations.errors import DamagedArtefactError

Arrays = dict[str, NDArray[Any]]

FORMAT = "stations-bundle-2"
MANIFEST = "manifest.json"
ABANDONED_AFTER_S = 3600.0
BLOCK = 1 << 18
"""Bytes read at a time: larger blocks leave the cache and cost the kernel new pages each, which takes twice as long."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")  # so no folder, none above, nothing hidden
_ATTEMPTS = 20


def write_bundle(folder: Path, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, object]) -> None:
    """Write `arrays` and what is to be known of them as the bundle `folder`.

    Safe against being killed and against another process that writes the same bundle. A valid bundle that is there
    already is left as it is, so the name must say what the content was computed from; a damaged one is replaced.

    Parameters
    ----------
    folder
        Where the bundle is to be; its parent is made.
    arrays
        By name (a plain file name: letters, digits, ``_ . -``); any shape and any dtype but Python objects.
    meta
        Anything that JSON can say; `read_bundle` gives it back.

    Raises
    ------
    ValueError
        An array of Python objects, or a name that is no file name.
    OSError
        The disk is full or cannot be written to; nothing is left behind.
    """
    if _is_valid(folder):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _temporary_folder(folder) as temporary:
        files = {name: _write_array(temporary / _file_name(name), array) for name, array in arrays.items()}
        content: dict[str, object] = {"format": FORMAT, "meta": dict(meta), "files": files}
        _write_durably(temporary / MANIFEST, _signed(content))
        _sync_folder(temporary)
        _move_into_place(temporary, folder)
    _sync_folder(folder.parent)


def read_bundle(folder: Path) -> tuple[Arrays, dict[str, Any]]:
    """Return the arrays of a bundle, mapped read-only, and its meta.

    All content is read once to be checked; afterwards the pages are shared between
    all processes that mapped the bundle. The arrays stay usable when the bundle is removed.

    Raises
    ------
    FileNotFoundError
        There is no such bundle.
    DamagedArtefactError
        A file is missing, cut, altered, or not what the manifest says, or the manifest is not ours.
    """
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    content = _read_manifest(folder)
    try:
        return {name: _read_array(folder, name, said) for name, said in content["files"].items()}, content["meta"]
    except (LookupError, AttributeError, TypeError, ValueError) as error:
        if isinstance(error, DamagedArtefactError):
            raise
        raise _damaged(folder, MANIFEST) from error


def publish(pointer: Path, name: str) -> None:
    """Make `name` what `pointer` says; a reader sees the old name or the new one.

    Raises
    ------
    ValueError
        `name` is no plain file name.
    OSError
        The disk is full or cannot be written to; the old name stays.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no plain file name")
    pointer.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=pointer.parent, prefix=f".{pointer.name}.", suffix=".tmp")
    os.close(handle)
    try:
        _write_durably(Path(temporary), name.encode())
        os.replace(temporary, pointer)
    finally:
        Path(temporary).unlink(missing_ok=True)
    _sync_folder(pointer.parent)


def published(pointer: Path) -> str | None:
    """Return the name that was published last; `None` if none was, or the file holds something else."""
    try:
        name = pointer.read_text(encoding="ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return name if _NAME.fullmatch(name) else None


def remove_old(folder: Path, keep: set[str]) -> None:
    """Remove the bundles in `folder` that are not in `keep`, and what killed writers left an hour ago.

    Whatever is not a bundle stays. Processes that have a bundle mapped go on with it.
    """
    for entry in folder.iterdir() if folder.is_dir() else ():
        bundle = not entry.name.startswith(".") and entry.name not in keep and (entry / MANIFEST).is_file()
        if bundle or _is_abandoned(entry):
            shutil.rmtree(entry, ignore_errors=True)


def _is_abandoned(entry: Path) -> bool:
    if not (entry.name.startswith(".") and entry.name.endswith(".tmp") and entry.is_dir()):
        return False
    try:
        return time.time() - entry.stat().st_mtime > ABANDONED_AFTER_S
    except FileNotFoundError:  # its writer just finished
        return False


def _is_valid(folder: Path) -> bool:
    try:
        read_bundle(folder)
    except (FileNotFoundError, DamagedArtefactError):
        return False
    return True


@contextmanager
def _temporary_folder(folder: Path) -> Iterator[Path]:
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".tmp"))
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _move_into_place(temporary: Path, folder: Path) -> None:
    """Rename `temporary` to `folder`; another writer may put a valid bundle there at any moment."""
    for _ in range(_ATTEMPTS):
        try:
            os.rename(temporary, folder)
            return
        except OSError:
            if not folder.exists():
                raise
        if _is_valid(folder):
            return
        with _temporary_folder(folder) as aside:  # what is removed is moved away first: the name is never half there
            try:
                os.rename(folder, aside / "damaged")
            except FileNotFoundError:
                continue
    raise OSError(f"{folder} is damaged again and again")


def _file_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name an array")
    return f"{name}.npy"


def _write_array(path: Path, array: NDArray[Any]) -> dict[str, object]:
    try:
        with path.open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno is None:  # numpy tells only that not all was written
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
        raise
    return {
        "size": path.stat().st_size,
        "checksum": _checksum(path),
        "dtype": np.lib.format.dtype_to_descr(array.dtype),
        "shape": list(array.shape),
    }


def _read_array(folder: Path, name: str, said: Mapping[str, Any]) -> NDArray[Any]:
    path = folder / _file_name(name)
    if not path.is_file() or path.stat().st_size != said["size"] or _checksum(path) != said["checksum"]:
        raise _damaged(folder, path.name)
    try:
        # An empty file region cannot be mapped.
        array: NDArray[Any] = np.load(path, mmap_mode="r" if 0 not in said["shape"] else None, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise _damaged(folder, path.name) from error
    array.flags.writeable = False
    return array


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        content = json.loads((folder / MANIFEST).read_bytes())
        if content.pop("checksum") != _checksum_of(content) or content["format"] != FORMAT:
            raise _damaged(folder, MANIFEST)
    except (OSError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise _damaged(folder, MANIFEST) from error
    return content  # type: ignore[no-any-return]  # the checksum says that we wrote it


def _damaged(folder: Path, file: str) -> DamagedArtefactError:
    return DamagedArtefactError("file.damaged_artefact", file=f"{folder.name}/{file}")


def _signed(content: dict[str, object]) -> bytes:
    content = json.loads(json.dumps(content))  # as it will be read: keys are words then, and order by that
    return json.dumps({**content, "checksum": _checksum_of(content)}, allow_nan=False, indent=1).encode()


def _checksum_of(content: Mapping[str, object]) -> str:
    return hashlib.blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=32).hexdigest()


def _checksum(path: Path) -> int:
    """Return the CRC-32 of a file: it finds damage several times faster than a digest that also withstands forgery."""
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
