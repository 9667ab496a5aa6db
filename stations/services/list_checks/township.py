"""Stations that say they are in one township and lie in another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stations.errors import Problem
from stations.geo.crs import to_metres
from stations.services.list_checks.communities import Communities
from stations.services.list_checks.facts import ListFacts
from stations.services.list_checks.rows import Rows

NEIGHBOURS = 5
BORDER_M = 500.0
"""How much further than the nearest community the nearest one of the own township may be: borders are not straight."""


def check_township(rows: Rows, facts: ListFacts) -> tuple[Problem, ...]:
    """Find stations whose nearest communities all belong to other townships, the nearest of their own being far.

    A rule of neighbours, for the outlines of townships are not known: none of the `NEIGHBOURS` nearest is of the
    own township, and the nearest of its own lies more than `BORDER_M` further than the nearest of all. Where the
    nearest is of a township that the row's own address or name speaks of, in itself or by a community, that is enough.
    """
    communities = Communities.of(facts)
    if communities is None or not len(rows):
        return ()
    said = np.array([communities.township_of(one.station) or "" for one in rows.listed])
    places = np.column_stack(to_metres(rows.lon, rows.lat, crs=facts.crs))
    near_m, near = communities.nearest(places, k=NEIGHBOURS)
    of_near = communities.townships[near]
    own_m = _nearest_own_m(communities, places, said)
    away = (of_near != said[:, None]).all(axis=1) & (own_m - near_m[:, 0] > BORDER_M)
    strange = (said != "") & away
    for index in np.flatnonzero((said != "") & ~away & (of_near[:, 0] != said)):
        strange[index] = of_near[index, 0] in communities.townships_named(rows.station(index))
    return tuple(
        rows.problem(
            "township",
            index,
            "township",
            rows.station(index).township or rows.station(index).address,
            coordinates=rows.written(index),
            said=communities.full_name[said[index]],
            neighbour=communities.names[near[index, 0]],
            neighbour_m=round(float(near_m[index, 0])),
            likely=communities.full_name[of_near[index, 0]],
            own_m=round(float(own_m[index])),
        )
        for index in np.flatnonzero(strange)
    )


def _nearest_own_m(
    communities: Communities, places: NDArray[np.float64], said: NDArray[np.str_]
) -> NDArray[np.float64]:
    """Return the metres from each place to the nearest community of the township it says; inf where it says none."""
    metres = np.full(len(places), np.inf)
    for township in set(said.tolist()) - {""}:
        mine = said == township
        metres[mine] = communities.nearest_of(township, places[mine])
    return metres
