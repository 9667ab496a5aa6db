"""Changes to the station list: who changed what, when, from what to what, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum

from stations.model.station import Station

TERMINAL = "terminal"
"""The author of what is done at the terminal of the machine itself, where nobody logs in."""


class ChangeKind(StrEnum):
    """How a change came about."""

    SEED = "seed"
    IMPORT = "import"
    EDIT = "edit"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who makes a change and why; `source` is the file it comes from, empty where there is none."""

    author: str
    reason: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a station, before and after."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class StationChange:
    """One station, before and after; `before` is `None` where it is new, `after` where it went.

    `row` is the row of the file that it came from, where it came from one.
    """

    before: Station | None
    after: Station | None
    row: int | None = None

    @property
    def station_id(self) -> str:
        """The id of the station."""
        return self.either.station_id

    @property
    def either(self) -> Station:
        """The station after, or before where it went."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """The fields that differ, in the order of `Station`; none where the station is new or went."""
        if self.before is None or self.after is None:
            return ()
        pairs = ((f.name, getattr(self.before, f.name), getattr(self.after, f.name)) for f in fields(Station))
        return tuple(FieldChange(name, old, new) for name, old, new in pairs if old != new)


@dataclass(frozen=True, slots=True)
class Change:
    """One change as history has it: all of it was written in one transaction.

    `made_at` is UTC. `undoes` is the change that this one takes back, `undone_by` the one that took this one back.
    `stations` counts the stations it touched.
    """

    change_id: int
    kind: ChangeKind
    made_at: datetime
    authorship: Authorship
    stations: int
    undoes: int | None = None
    undone_by: int | None = None


@dataclass(frozen=True, slots=True)
class ListComparison:
    """What bringing a list would change.

    `missing` are stored, open stations that the list does not name. `versions` says by id at which change each stored
    station stands, so that a confirmation can tell whether somebody changed it meanwhile.
    """

    added: tuple[StationChange, ...]
    changed: tuple[StationChange, ...]
    unchanged: int
    missing: tuple[Station, ...]
    versions: Mapping[str, int] = field(default_factory=dict)
