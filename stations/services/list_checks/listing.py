"""All checks over a whole list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stations.errors import Problem
from stations.model.keys import Datum
from stations.model.listing import ListedStation
from stations.model.station import Station
from stations.services.list_checks.characters import check_printable
from stations.services.list_checks.coordinates import check_outline, check_outside, check_swapped, check_zero
from stations.services.list_checks.datum import check_datum
from stations.services.list_checks.duplicates import check_duplicates
from stations.services.list_checks.facts import ListFacts
from stations.services.list_checks.ground import check_off_roads, check_water
from stations.services.list_checks.hours import check_hours_possible
from stations.services.list_checks.identity import check_identity
from stations.services.list_checks.phone import check_phone
from stations.services.list_checks.rows import Rows
from stations.services.list_checks.township import check_township

CHECKS = (
    "datum",
    "zero",
    "swapped",
    "outside",
    "outline",
    "water",
    "off_roads",
    "township",
    "duplicate",
    "duplicate_stored",
    "id_reused",
    "moved",
    "hours_clock",
    "hours_backwards",
    "hours_empty",
    "hours_never",
    "hours_long",
    "phone",
    "phone_zero",
    "phone_abroad",
    "characters",
)
"""The names of all checks, in the order in which a row's problems are told."""

_RANKS = {check: rank for rank, check in enumerate(CHECKS)}


def check_listing(
    listed: Sequence[ListedStation], stored: Sequence[Station], facts: ListFacts, *, datum: Datum
) -> tuple[Problem, ...]:
    """Return all that is wrong, or looks wrong, in a list as a whole.

    Rows whose coordinates cannot be meant are refused and left out of what is asked of positions. What cannot be
    checked, for want of roads, places or stored stations, is not told of: no problem does not mean that all is well.

    Parameters
    ----------
    listed
        The rows that could be read, with the ids they would have; coordinates may be anywhere, also off the earth.
    stored
        The stations as they stand now.
    facts
        What is known of the region.
    datum
        The datum that the list declares, by which `listed` came to WGS 84.

    Returns
    -------
    tuple of Problem
        What concerns the whole list first, the others in the order of the rows.
    """
    rows = Rows.of(listed, datum)
    refused = [*check_zero(rows), *check_swapped(rows, facts, datum=datum), *check_outside(rows, facts, datum=datum)]
    wrong = {(problem.row, problem.sheet) for problem in refused}
    usable = rows.take(np.array([(one.row, one.sheet) not in wrong for one in rows.listed], dtype=bool))
    found = [
        *check_duplicates(usable, stored, facts),  # first, for it takes the most memory
        *check_datum(usable, facts, datum=datum),
        *refused,
        *check_outline(usable, facts),
        *check_water(usable, facts),
        *check_off_roads(usable, facts),
        *check_township(usable, facts),
        *check_identity(usable, stored, facts, datum=datum),
        *check_hours_possible(rows),
        *check_phone(rows, facts.profile),
        *check_printable(rows),
    ]
    place = {(one.row, one.sheet): number for number, one in enumerate(rows.listed)}
    return tuple(sorted(found, key=lambda problem: _order(problem, place)))


def _order(problem: Problem, place: dict[tuple[int, str], int]) -> tuple[int, int]:
    if problem.row is None:
        return -1, 0
    return place[problem.row, problem.sheet], _RANKS[problem.check]
