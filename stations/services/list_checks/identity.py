"""Rows whose id is stored already: far from where the station stood, or another station altogether."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stations.errors import Problem
from stations.geo.crs import to_metres
from stations.geo.datum import from_wgs84
from stations.model.keys import Datum
from stations.model.station import Station
from stations.services.list_checks.facts import ListFacts
from stations.services.list_checks.names import likeness, ready_names
from stations.services.list_checks.rows import Rows, shown

MOVED_M = 300.0
"""Who moved no further is not told of."""
ANOTHER_NAME = 0.5
"""Names less alike than this are another station's."""


def check_identity(rows: Rows, stored: Sequence[Station], facts: ListFacts, *, datum: Datum) -> tuple[Problem, ...]:
    """Find stations that moved more than `MOVED_M`, and ids that were probably given to another station.

    An id is taken for reused when name and place are both quite different. The last position is told in the datum of
    the list, so that it can be written back.
    """
    before = {station.station_id: station for station in stored}
    ids = [one.station.station_id for one in rows.listed]
    pairs = [(row, before[station_id]) for row, station_id in enumerate(ids) if station_id in before]
    if not pairs:
        return ()
    old = [station for _, station in pairs]
    index = np.array([row for row, _ in pairs])
    here = to_metres(rows.lon[index], rows.lat[index], crs=facts.crs)
    there = to_metres([one.lon for one in old], [one.lat for one in old], crs=facts.crs)
    metres = np.hypot(here[0] - there[0], here[1] - there[1])
    far = np.flatnonzero(metres > MOVED_M)
    names = ready_names([rows.station(pairs[place][0]) for place in far] + [pairs[place][1] for place in far])
    alike = likeness(names, np.arange(len(far)), np.arange(len(far), 2 * len(far)))
    return tuple(
        _problem(rows, *pairs[place], metres=float(metres[place]), alike=alike[number], datum=datum)
        for number, place in enumerate(far)
    )


def _problem(rows: Rows, row: int, last: Station, *, metres: float, alike: float, datum: Datum) -> Problem:
    lon, lat = from_wgs84(last.lon, last.lat, datum)
    another = alike < ANOTHER_NAME
    return rows.problem(
        "id_reused" if another else "moved",
        row,
        "station_id" if another else "lon",
        last.station_id if another else rows.written(row),
        distance_m=round(metres),
        distance_km=f"{metres / 1000:.2f}",
        last_name=last.name,
        last_lon=shown(lon),
        last_lat=shown(lat),
    )
