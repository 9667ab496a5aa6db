"""The header of a table: in which row it is, and what its columns are taken for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stations.errors import InputError
from stations.loaders.cells import plain
from stations.loaders.raw_tables import RawRow
from stations.loaders.service_words import service_of
from stations.model.keys import ServiceKey
from stations.model.listing import MatchedBy
from stations.texts import LANGUAGES, words

ROWS_SEARCHED = 40
"""A header stands in one of the first rows that are not blank."""

LEAST_KNOWN = 2
"""A row with fewer known headings is a title, or a row of the table."""

_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_NOT_COUNTED = re.compile(r"[\s*:：_·]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its place from the left (0 first), heading, and the field it is taken for (`None`: unmatched).

    `service` is set where a column tells of one service, and its cells how many or whether.
    """

    index: int
    heading: str
    field: str | None = None
    by: MatchedBy | None = None
    service: ServiceKey | None = None


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What the columns of one kind of table are called; by field."""

    names: Mapping[str, tuple[str, ...]]
    services: bool = False

    @classmethod
    def of_file(cls, name: str, *, fields: Sequence[str], services: bool = False) -> Synonyms:
        """Return the synonyms of a file of this folder; every field is also its own name."""
        return cls(_synonyms(name, tuple(fields)), services)

    def field_of(self, heading: str) -> tuple[str | None, MatchedBy | None]:
        """Return the field that a heading means, and whether by its own name or by a synonym."""
        shown = plain(heading).casefold()
        if shown in self.names:
            return shown, MatchedBy.NAME
        fields = _by_word(tuple(self.names.items()))
        for word in (_word(shown), _word(_BRACKETED.sub("", shown))):
            if word in fields:
                return fields[word], MatchedBy.SYNONYM
        return None, None


def find_header(rows: Iterable[RawRow], synonyms: Synonyms, *, given: Mapping[str, str]) -> tuple[int | None, int]:
    """Return which of `rows` (0 first) is the header, and how many fields it names: the first of those with the most.

    Parameters
    ----------
    rows
        The first rows of a table that are not blank.
    synonyms
        What the columns may be called.
    given
        What a person said of headings, as in `ListOptions.columns`.

    Returns
    -------
    tuple
        No row, and 0, where none names `LEAST_KNOWN` fields.
    """
    best, most = None, LEAST_KNOWN - 1
    for place, row in enumerate(rows):
        known = len({column.field for column in match_columns(row.cells, synonyms, given=given) if column.field})
        if known > most:
            best, most = place, known
    return best, most if best is not None else 0


def match_columns(headings: Sequence[str], synonyms: Synonyms, *, given: Mapping[str, str]) -> tuple[Column, ...]:
    """Return the columns of a header, one for each heading; a field is taken once.

    What a person said wins over a field's own name, that over a synonym, and the left column over the right.

    Raises
    ------
    InputError
        A person said a field that there is not.
    """
    for heading, field in given.items():
        if field and field not in synonyms.names:
            allowed = ", ".join(synonyms.names)
            raise InputError("columns.field_unknown", field=heading, value=field, heading=heading, allowed=allowed)
    said = {_word(plain(heading).casefold()): field for heading, field in given.items()}
    columns = [_matched(index, heading, synonyms, said) for index, heading in enumerate(headings)]
    order = [MatchedBy.HAND, MatchedBy.NAME, MatchedBy.SYNONYM]
    taken: dict[str, int] = {}
    for column in sorted(columns, key=lambda column: order.index(column.by) if column.by else len(order)):
        if column.field and column.service is None:
            taken.setdefault(column.field, column.index)
    return tuple(
        column
        if column.field is None or column.service is not None or taken[column.field] == column.index
        else Column(column.index, column.heading)
        for column in columns
    )


def column_letters(index: int) -> str:
    """Return what a spreadsheet calls its column (0 first): ``A`` to ``Z``, ``AA``."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _matched(index: int, heading: str, synonyms: Synonyms, said: Mapping[str, str]) -> Column:
    heading = " ".join(heading.split())
    if not heading:
        return Column(index, heading)
    word = _word(plain(heading).casefold())
    if word in said:
        return Column(index, heading, said[word] or None, MatchedBy.HAND)
    field, by = synonyms.field_of(heading)
    if field is None and synonyms.services and (service := service_of(heading)):
        return Column(index, heading, "services", MatchedBy.SYNONYM, service)
    return Column(index, heading, field, by)


def _word(heading: str) -> str:
    return _NOT_COUNTED.sub("", heading)


@cache
def _synonyms(name: str, fields: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    content = tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    labels = {field: tuple(words(lang).get(f"field.{field}", field) for lang in LANGUAGES) for field in fields}
    return {field: (*content.get(field, ()), *labels[field]) for field in fields}


@cache
def _by_word(names: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, str]:
    return {_word(plain(word).casefold()): field for field, called in names for word in (field, *called)}
