"""The list that a phone keeps for when it has no net: stations, and when each of them is open in the coming days."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from stations.hours.spans import HourState
from stations.hours.timetable import WeekArrays, seconds_of
from stations.services.geojson import station_collection
from stations.services.region import Region

KEPT_DAYS = 9
"""The days that are told, the one at hand among them; a phone that kept the list longer no longer knows the hours."""
_STATE = {
    HourState.CLOSED: "closed",
    HourState.OPEN: "open",
    HourState.UNKNOWN: "unknown",
    HourState.UNCONFIRMED: "unconfirmed",
}


def kept_collection(region: Region, *, now: datetime) -> dict[str, Any]:
    """Return `station_collection` with a table of when each is open.

    `hours` holds `from` (ISO, the local midnight before `now`), `days`, and `courses`; each station names its course by
    number. A course is a list of pairs: the minute since `from` at which a state begins, and the state, which holds
    until the next pair. Many stations share a course, so the table costs little.
    """
    midnight = datetime.combine(now.date(), time(), tzinfo=ZoneInfo(region.profile.time_zone))
    arrays = region.timetable.week_arrays(midnight)
    used, number = np.unique(arrays.course, return_inverse=True)
    listed = station_collection(region.stations, region.profile)
    for feature, course in zip(listed["features"], number.tolist(), strict=True):
        feature["properties"]["course"] = course
    courses = [_course(arrays, int(course), midnight) for course in used]
    return {**listed, "hours": {"from": midnight.isoformat(), "days": KEPT_DAYS, "courses": courses}}


def _course(arrays: WeekArrays, course: int, midnight: datetime) -> list[tuple[int, str]]:
    first = seconds_of(midnight)
    last = seconds_of(midnight + timedelta(days=KEPT_DAYS))
    rows = slice(arrays.offset[course], arrays.offset[course + 1])
    pairs: list[tuple[int, str]] = []
    for start, state in zip(arrays.start[rows].tolist(), arrays.state[rows].tolist(), strict=True):
        if start >= last:
            break
        pair = (max(0, (start - first) // 60), _STATE[HourState(state)])
        if pairs and pairs[-1][0] == pair[0]:
            pairs.pop()
        pairs.append(pair)
    return pairs
