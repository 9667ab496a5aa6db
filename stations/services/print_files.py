"""Prints that were made, kept by name for whoever asks for the same: no more than there is need for."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from stations.model.region import RegionProfile
from stations.settings import Settings

MOST_KEPT_BYTES = 400 * 1024 * 1024
MOST_KEPT_FILES = 300
_NAME = re.compile(r"[a-z0-9.-]{1,80}")


@dataclass(frozen=True, slots=True)
class PrintFolder:
    """A folder of prints; what was not asked for the longest goes first."""

    path: Path

    def read(self, name: str) -> bytes | None:
        """Return what is kept by a name, `None` where nothing is."""
        try:
            content = self._file(name).read_bytes()
            os.utime(self._file(name))
        except FileNotFoundError:
            return None
        return content

    def keep(self, name: str, content: bytes) -> None:
        """Keep something; readers see all of it or nothing.

        Raises
        ------
        OSError
            The disk is full, or may not be written to.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self.path, prefix=".new-", delete=False) as file:
            file.write(content)
        Path(file.name).replace(self._file(name))
        self._drop_old()

    def drop(self, name: str) -> None:
        """Forget what is kept by a name."""
        self._file(name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or name.startswith("."):
            raise ValueError(name)
        return self.path / name

    def _drop_old(self) -> None:
        kept = []
        for file in self.path.iterdir():
            try:
                found = file.stat()
            except FileNotFoundError:  # dropped by another
                continue
            kept.append((found.st_mtime, found.st_size, file))
        room = MOST_KEPT_BYTES
        for number, (_, size, file) in enumerate(sorted(kept, key=lambda one: one[0], reverse=True)):
            room -= size
            if number and (room < 0 or number >= MOST_KEPT_FILES):
                file.unlink(missing_ok=True)


def print_folder(settings: Settings, profile: RegionProfile) -> PrintFolder:
    """Return where the prints of a region are kept."""
    return PrintFolder(settings.instance / profile.region_id / "prints")
