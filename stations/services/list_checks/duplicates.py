"""Two rows that are probably one station, and rows that are probably a stored station of another id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from stations.errors import Problem
from stations.geo.crs import to_metres
from stations.model.station import Station
from stations.services.list_checks.facts import ListFacts
from stations.services.list_checks.names import ComparedNames, likeness, numbered, ready_names
from stations.services.list_checks.rows import Rows

REACH_M = ((0.99, 500.0), (0.75, 150.0), (0.6, 50.0))
"""How near two stations must be to be taken for one, by how alike the own parts of their names are."""
NAMELESS_REACH_M = 30.0
"""The same where both names have no part of their own, as 司机之家."""
COMMON_REACH_M = 1.0
"""The same where many bear their name: public toilets stand side by side."""
_NEIGHBOURS = 12
_SAME_NAME_NEIGHBOURS = 3
_APART_M = 1e7
_JITTER_M = 0.01

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class _Twin:
    """The station that another one probably is: its number, metres away, and how alike their names are."""

    number: int
    metres: float
    alike: float


def check_duplicates(rows: Rows, stored: Sequence[Station], facts: ListFacts) -> tuple[Problem, ...]:
    """Find rows that are probably the same station as an earlier row: names alike and places near, see `REACH_M`.

    And rows that are probably a stored station that the list does not name, open and of another id. Two that are both
    stored as they are were asked about when they came, and are not again.
    """
    before = {station.station_id: station for station in stored}
    named = {one.station.station_id for one in rows.listed}
    others = [station for station in stored if station.station_id not in named and station.closed is None]
    stations = [*others, *(one.station for one in rows.listed)]
    first = len(others)
    accepted = np.array([*(True for _ in others), *(_stands(one.station, before) for one in rows.listed)], dtype=bool)
    known, earlier = _twins(stations, facts, first_new=first, accepted=accepted)
    return (
        *(
            _problem("duplicate", rows, at - first, stations[twin.number], twin, _other_row(rows, at, twin, first))
            for at, twin in earlier.items()
        ),
        *(
            _problem("duplicate_stored", rows, at - first, stations[twin.number], twin, "")
            for at, twin in known.items()
        ),
    )


def _stands(station: Station, before: Mapping[str, Station]) -> bool:
    """Whether a station is stored under its id with the same name and place."""
    known = before.get(station.station_id)
    return known is not None and (known.name, known.lon, known.lat) == (station.name, station.lon, station.lat)


def _other_row(rows: Rows, at: int, twin: _Twin, first: int) -> int | str:
    """Return the number of another row, with its sheet where that is not the same."""
    here, there = rows.listed[at - first], rows.listed[twin.number - first]
    return there.row if here.sheet == there.sheet else f"{there.sheet}!{there.row}"


def _problem(check: str, rows: Rows, row: int, other: Station, twin: _Twin, other_row: int | str) -> Problem:
    return rows.problem(
        check,
        row,
        "name",
        rows.station(row).name,
        other_row=other_row,
        other_id=other.station_id,
        other_name=other.name,
        distance_m=round(twin.metres),
        alike_percent=round(100 * twin.alike),
    )


def _twins(
    stations: Sequence[Station], facts: ListFacts, *, first_new: int, accepted: NDArray[np.bool_]
) -> tuple[dict[int, _Twin], dict[int, _Twin]]:
    """Return for stations from `first_new` on the likeliest of those before that, and of the new before them.

    Of two that are both `accepted`, bool (N,), neither is taken for the other.
    """
    if len(stations) < 2 or first_new == len(stations):
        return {}, {}
    names = ready_names(stations)
    x, y = to_metres([one.lon for one in stations], [one.lat for one in stations], crs=facts.crs)
    places = np.column_stack([x, y])
    kinds = numbered([station.kind for station in stations])
    one, other = _candidates(places, numbered(names.sound.tolist()))
    worth = (other >= first_new) & ~(accepted[one] & accepted[other]) & (names.marks[one] == names.marks[other])
    # rooms are shared, so two kinds in one building are two stations
    worth &= (kinds[one] == kinds[other]) | (names.kind_words[one] == names.kind_words[other])
    one, other = _each_once(one[worth], other[worth], len(stations))
    metres = np.hypot(*(places[one] - places[other]).T)
    alike = likeness(names, one, other)
    same = metres <= _reach_m(names, one, other, alike)
    known: dict[int, _Twin] = {}
    earlier: dict[int, _Twin] = {}
    for place in np.lexsort((one, metres, -alike)):
        if same[place]:
            twin = _Twin(int(one[place]), float(metres[place]), float(alike[place]))
            (known if twin.number < first_new else earlier).setdefault(int(other[place]), twin)
    return dict(sorted(known.items())), dict(sorted(earlier.items()))


def _candidates(places: NDArray[np.float64], sound: NDArray[np.int64]) -> Pairs:
    """Return pairs that may be worth comparing, the earlier first: neighbours, and neighbours whose names sound alike.

    Bounded by the number of stations, however many lie in one place: each has at most so many neighbours.
    """
    near = _neighbour_pairs(places, k=_NEIGHBOURS, reach_m=REACH_M[1][1])
    lifted = np.column_stack([places, sound * _APART_M])
    same_name = _neighbour_pairs(lifted, k=_SAME_NAME_NEIGHBOURS, reach_m=REACH_M[0][1])
    one, other = (np.concatenate(ends) for ends in zip(near, same_name, strict=True))
    return one, other


def _neighbour_pairs(places: NDArray[np.float64], *, k: int, reach_m: float) -> Pairs:
    """Return each place with its nearest neighbours within reach, `k` at most."""
    count = len(places)
    # a tree cannot part places that are equal; a centimetre is nothing here
    places = places + np.random.default_rng(0).uniform(-_JITTER_M, _JITTER_M, places.shape)
    _, number = cKDTree(places).query(places, np.arange(1, min(k + 1, count) + 1), distance_upper_bound=reach_m)
    own = np.repeat(np.arange(count), number.shape[1])
    found = np.asarray(number, dtype=np.int64).ravel()
    real = (found < count) & (found != own)
    return np.minimum(own[real], found[real]), np.maximum(own[real], found[real])


def _each_once(one: NDArray[np.int64], other: NDArray[np.int64], count: int) -> Pairs:
    keys = np.sort(one * count + other)
    first = np.diff(keys, prepend=-1) != 0
    return keys[first] // count, keys[first] % count


def _reach_m(
    names: ComparedNames, one: NDArray[np.int64], other: NDArray[np.int64], alike: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how near the stations of each pair must be to be taken for one; below 0 where never."""
    reach = np.select([alike >= least for least, _ in REACH_M], [metres for _, metres in REACH_M], default=-1.0)
    nameless = (names.own[one] == "") | (names.own[other] == "")
    reach = np.where(nameless, np.minimum(reach, NAMELESS_REACH_M), reach)
    common = names.common[one] | names.common[other]
    return np.where(common, np.where(alike >= REACH_M[0][0], COMMON_REACH_M, -1.0), reach)
