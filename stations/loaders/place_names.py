"""Places found by the names people write: ``鼓楼街道韦园社区居委会`` is 韦园社区 of 鼓楼街道."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from stations.loaders.cells import plain
from stations.model.station import NamedPlace

_BLANKS = re.compile(r"\s+")
_BRACKETED = re.compile(r"\([^()]*\)")
_COMMITTEE = re.compile(r"(?:居民委员会|村民委员会|居委会|村委会|居民委|村民委)$")
_SORT = re.compile(r"(?:社区|村|街道|镇|乡)$")


class PlaceNames:
    """Named places, to be found by what people call them."""

    def __init__(self, places: Sequence[NamedPlace]) -> None:
        self._townships = sorted({_plain(place.township) for place in places if place.township}, key=len, reverse=True)
        self._by_name: defaultdict[str, list[NamedPlace]] = defaultdict(list)
        self._by_core: defaultdict[str, list[NamedPlace]] = defaultdict(list)
        for place in places:
            name = _COMMITTEE.sub("", _plain(place.name))
            self._by_name[name].append(place)
            self._by_core[_SORT.sub("", name)].append(place)

    def find(self, name: str, *, township: str | None) -> tuple[NamedPlace, ...]:
        """Return the places that `name` may mean, within `township` where one is given; none where it is not known.

        A name that is a place's own is not taken for another one that only begins like it; 社区, 村 and 居委会 at its
        end may be missing, and the township may stand before it.
        """
        wanted = _COMMITTEE.sub("", _plain(name))
        before = next((other for other in self._townships if wanted.startswith(other) and wanted != other), None)
        if before:
            wanted = wanted.removeprefix(before)
        within = _plain(township) if township else before
        for index, key in ((self._by_name, wanted), (self._by_core, _SORT.sub("", wanted))):
            found = [place for place in index.get(key, ()) if key and _is_within(place, within)]
            if found:
                return tuple(found)
        return ()


def _is_within(place: NamedPlace, township: str | None) -> bool:
    if township is None:
        return True
    own = _plain(place.township or "")
    return _SORT.sub("", own) == _SORT.sub("", township)


def _plain(name: str) -> str:
    return _BRACKETED.sub("", _BLANKS.sub("", plain(name).casefold()))
