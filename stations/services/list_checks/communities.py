"""The named places of a region by township and by where they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from stations.geo.crs import to_metres
from stations.model.station import Station
from stations.services.list_checks.facts import ListFacts
from stations.services.list_checks.named import (
    NamesByStart,
    by_start,
    community_stem,
    names_in,
    plain,
    township_in,
    township_stem,
    without_townships,
)

FEWEST_OF_TOWNSHIP = 3
"""Of a township with fewer known places nothing is concluded."""
MOST_OF_NAME = 3
"""A name that more places bear says nothing of where it is."""


@dataclass(frozen=True, slots=True)
class Communities:
    """The C places of a region that belong to a township.

    Attributes
    ----------
    names, townships
        What each is called, and the stem of its township, str (C,).
    metres
        x and y in the region's projection, float64 (C, 2).
    known_townships
        Stems of the townships with at least `FEWEST_OF_TOWNSHIP` places.
    full_name
        Townships as they are written, by stem.
    """

    names: tuple[str, ...]
    townships: NDArray[np.str_]
    metres: NDArray[np.float64]
    known_townships: frozenset[str]
    full_name: Mapping[str, str]
    _tree: cKDTree
    _by_name: Mapping[str, list[int]]
    _names_by_start: NamesByStart

    @classmethod
    def of(cls, facts: ListFacts) -> Communities | None:
        """Return the places of a region that belong to a township; `None` where there are none."""
        places = [(place, place.township) for place in facts.places if place.township]
        if not places:
            return None
        x, y = to_metres([place.lon for place, _ in places], [place.lat for place, _ in places], crs=facts.crs)
        metres = np.column_stack([x, y])
        stems = [township_stem(township) for _, township in places]
        counts = Counter(stems)
        by_name: defaultdict[str, list[int]] = defaultdict(list)
        for number, (place, _) in enumerate(places):
            for key in {plain(place.name), community_stem(place.name)}:
                if township_stem(key) not in counts:  # a township is too large to say where something is
                    by_name[key].append(number)
        return cls(
            names=tuple(place.name for place, _ in places),
            townships=np.array(stems),
            metres=metres,
            known_townships=frozenset(stem for stem, n in counts.items() if n >= FEWEST_OF_TOWNSHIP),
            full_name={stem: township for stem, (_, township) in zip(stems, places, strict=True)},
            _tree=cKDTree(metres),
            _by_name=by_name,
            _names_by_start=by_start(by_name),
        )

    def nearest(self, places: NDArray[np.float64], *, k: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return metres and numbers of the `k` communities (or all) nearest to places in metres, shape (K, k)."""
        metres, number = self._tree.query(places, np.arange(1, min(k, len(self.names)) + 1))
        return np.asarray(metres), np.asarray(number, dtype=np.int64)

    def nearest_of(self, township: str, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the metres from places in metres, shape (K, 2), to the nearest community of one township (stem)."""
        metres, _ = cKDTree(self.metres[self.townships == township]).query(places)
        return np.asarray(metres)

    def township_of(self, station: Station) -> str | None:
        """Return the stem of the township a station is said to be in; `None` where it is not said or not known."""
        said = (
            township_stem(station.township) if station.township else township_in(station.address, self.known_townships)
        )
        return said if said in self.known_townships else None

    def named_by(self, station: Station) -> list[int]:
        """Return the places that a station's address, else its name, names; of its own township where it has one."""
        township = self.township_of(station)
        for words in (station.address, station.name):
            for name in names_in(without_townships(words, self.known_townships), self._names_by_start):
                found = [n for n in self._by_name[name] if township is None or self.townships[n] == township]
                if 0 < len(found) <= MOST_OF_NAME:
                    return found
        return []

    def townships_named(self, station: Station) -> frozenset[str]:
        """Return the stems of the townships that a station's words name, themselves or by a community of one only."""
        named = township_in(station.address, self.known_townships)
        found = {named} if named else set()
        for words in (station.address, station.name):
            for name in names_in(without_townships(words, self.known_townships), self._names_by_start):
                of_name = {str(self.townships[number]) for number in self._by_name[name]}
                found |= of_name if len(of_name) == 1 else set()
        return frozenset(found)
