"""The tree of named errors.

An error carries the key of its sentence and the values that fill it; `stations.texts` words it in the
language of whoever reads it. Every class is also the built-in error that it means.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class StationsError(Exception):
    """Something that a person can be told about.

    Parameters
    ----------
    key
        Name of the sentence in `stations.texts`, e.g. ``"error.mode_unknown"``.
    field
        The query parameter, column or option that is wrong, when there is one.
    **values
        What the sentence is filled with.
    """

    def __init__(self, key: str, /, *, field: str | None = None, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.field = field
        self.values = values

    def __str__(self) -> str:
        filled = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.key}({filled})"


class InputError(StationsError, ValueError):
    """A value that somebody gave cannot be used."""


class UnknownThingError(StationsError, LookupError):
    """What was asked for is not here: a station, a region, a job."""


class FileError(InputError):
    """A file is missing, empty, cut short, or not of the form its name promises.

    Parameters
    ----------
    path
        The file; only its name is shown to people.
    """

    def __init__(self, key: str, /, *, path: Path | str, **values: object) -> None:
        super().__init__(key, field=None, file=Path(path).name, **values)
        self.path = Path(path)


class DamagedArtefactError(StationsError, ValueError):
    """A file that the program wrote itself fails its checksum; it is to be built anew."""


class StoreError(StationsError, OSError):
    """The database cannot be reached, is damaged, or is of a newer version of the program."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or looks wrong, in a file.

    `row` counts the lines of the file as a spreadsheet shows them, the first being row 1; `key` names the sentence in
    `stations.texts`, `values` fill it. A row with a problem that `refuses` cannot be used; the others are to be looked
    at by a person.
    """

    key: str
    row: int | None
    column: str | None
    value: str | None
    values: tuple[tuple[str, object], ...] = ()
    refuses: bool = True

    @property
    def check(self) -> str:
        """The name of the check that found it: what follows the section in `key`."""
        return self.key.rsplit(".", 1)[-1]

    @property
    def sheet(self) -> str:
        """The sheet of the row; empty where the file has only one."""
        return next((str(value) for name, value in self.values if name == "sheet"), "")


class RefusedListError(FileError):
    """A list was refused as a whole; `problems` says where and why, all of them."""

    def __init__(self, key: str, /, *, path: Path | str, problems: tuple[Problem, ...], **values: object) -> None:
        super().__init__(key, path=path, count=len(problems), **values)
        self.problems = problems


class ConflictError(StationsError, ValueError):
    """What was to be changed has been changed by somebody else meanwhile; nothing was written.

    Parameters
    ----------
    changed
        The ids of what changed meanwhile.
    """

    def __init__(self, key: str, /, *, changed: tuple[str, ...], **values: object) -> None:
        super().__init__(key, field=None, count=len(changed), changed=", ".join(changed[:20]), **values)
        self.changed = changed


class NotAllowedError(StationsError, PermissionError):
    """The account may not do this, or there is no account."""


class TooManyError(StationsError, PermissionError):
    """It may be asked, but not so often; later it may be asked again."""
