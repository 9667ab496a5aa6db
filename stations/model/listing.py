"""A station list as it was brought: what its columns are taken for, its rows as stations, and what is wrong in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from stations.errors import Problem
from stations.model.keys import Datum
from stations.model.station import Station

MOST_BAD_SHARE = 0.1
"""Above this share of refused rows a file is asked about twice."""


@dataclass(frozen=True, slots=True)
class ListOptions:
    """How a file is to be read.

    Attributes
    ----------
    datum
        Which earth its coordinates were written in; never guessed.
    sheet
        The sheet or layer to read; `None` takes every sheet that has a header of a station list.
    columns
        What a person said a column means: the column's heading to a field of `Station` (or ``lonlat`` for a column
        that holds both coordinates), to ``""`` for a column that is to be passed over.
    source
        Where the list comes from, by which `columns` are remembered; empty: not to be remembered.
    """

    datum: Datum
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


class MatchedBy(StrEnum):
    """How a column came by its meaning."""

    NAME = "name"
    SYNONYM = "synonym"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """One column of a list: its heading, the field it is taken for (`None`: unmatched), and three cells of it."""

    heading: str
    field: str | None
    by: MatchedBy | None
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedStation:
    """A station as a row of a list has it.

    `id_given` is false where the list has no id for it; then `station_id` is empty until the list is compared with
    the stored one. `row` is the one the spreadsheet shows, in `sheet` (empty for files that have none).
    """

    row: int
    station: Station
    id_given: bool
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class StationListing:
    """What a station list holds.

    Attributes
    ----------
    stations
        The rows that can be used, in file order.
    problems
        All that is wrong or looks wrong, by row.
    rows_read
        How many rows are not blank: those used plus those refused, always.
    fields
        The fields of `Station` that the list has a column for. The others are not its to change.
    columns
        All columns of the list, as they stand.
    sheets
        The names of all sheets or layers of the file.
    refused_names, refused_ids
        What the refused rows call their stations: the list does contain those, though it says them wrong.
    """

    stations: tuple[ListedStation, ...]
    problems: tuple[Problem, ...]
    rows_read: int
    fields: frozenset[str]
    columns: tuple[ColumnMatch, ...] = ()
    sheets: tuple[str, ...] = ()
    refused_names: frozenset[str] = frozenset()
    refused_ids: frozenset[str] = frozenset()

    @property
    def rows_refused(self) -> int:
        """How many rows cannot be used; one row may have several problems."""
        return self.rows_read - len(self.stations)
