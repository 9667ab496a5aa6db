"""One row of a station list by fields, and how what is wrong with it is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from stations.errors import Problem
from stations.model.keys import ServiceKey

MAX_SHOWN = 80

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029"  # control characters, halves of letters, line breaks
    "\u202a-\u202e\u2066-\u2069]"  # marks that turn the direction of writing
)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One record.

    Attributes
    ----------
    number
        Of the row, as a spreadsheet shows it.
    cells
        By field; a field that the list has no column for is not among them.
    headings
        What the list calls its fields.
    services
        The cells of columns that tell of one service each: heading, service, cell.
    """

    number: int
    cells: Mapping[str, str]
    headings: Mapping[str, str]
    services: tuple[tuple[str, ServiceKey, str], ...] = ()

    def heading(self, field: str) -> str:
        """Return what the list calls a field; the field's own name where it has no column for it."""
        return self.headings.get(field, field)

    def problem(self, key: str, field: str, **values: object) -> Problem:
        """Return a problem of the column of `field` that refuses the row, its cell shown, cut where it is long."""
        value = self.cells.get(field, "")
        return Problem(f"list.{key}", self.number, self.heading(field), shown(value), tuple(values.items()))

    def remark(self, key: str, field: str, **values: object) -> Problem:
        """Return a problem as `problem` does, to be looked at; the row can be used."""
        return replace(self.problem(key, field, **values), refuses=False)

    def half_given(self, *fields: str) -> tuple[Problem, ...]:
        """Return a problem for each of `fields` that is empty though another is not."""
        given = [field for field in fields if self.cells.get(field)]
        names = ", ".join(self.heading(field) for field in given)
        return tuple(
            self.problem("half_given", field, given=names) for field in (fields if given else ()) if field not in given
        )


def shown(value: str) -> str:
    """Return `value`, cut where it is long."""
    return value if len(value) <= MAX_SHOWN else value[:MAX_SHOWN] + "…"


def unprintable(text: str) -> bool:
    """Whether `text` holds a control character, a line break or a mark that turns the direction of writing."""
    return _UNPRINTABLE.search(text) is not None
