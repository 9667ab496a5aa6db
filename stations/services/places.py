"""Find a place by what somebody types: characters, pinyin, or the first letters of it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pypinyin import lazy_pinyin
from scipy.spatial import cKDTree

from stations.geo.named_roads import locate_roads
from stations.model.station import NamedPlace
from stations.services.region import Region

MOST_PLACES = 10
ROAD = "road"
"""The category of a road among places."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A place as it is searched: `name` without letter case; `sound` is its pinyin, a blank before each character."""

    place: NamedPlace
    name: str
    sound: str


def find_places(typed: str, region: Region, *, limit: int = MOST_PLACES) -> tuple[NamedPlace, ...]:
    """Return the communities, landmarks and roads whose name holds `typed`, or sounds like it.

    Names that begin with it come first, those that hold its characters before those that only sound like it, then
    shorter ones. Pinyin may be whole, first letters, or both by turns (``xinglongzhuang``, ``xlz``, ``xinglz``),
    without tones. An empty text finds nothing. Letter case does not count.
    """
    wanted = typed.strip().casefold()
    if not wanted:
        return ()
    spelled = _spelled(wanted)
    hits = []
    for entry in region.keep(("places by name", region.places), lambda: _entries(region)):
        rank = _rank(entry, wanted, spelled)
        if rank is not None:
            hits.append((rank, len(entry.name), entry.name, entry.place))
    hits.sort(key=lambda hit: hit[:3])
    return tuple(place for *_, place in hits[:limit])


def _entries(region: Region) -> list[_Entry]:
    located = locate_roads(region.roads.network)
    townships = _townships([road.lon for road in located], [road.lat for road in located], region.places)
    roads: dict[tuple[str, str | None], NamedPlace] = {}
    for road, township in zip(located, townships, strict=True):
        roads.setdefault((road.name, township), NamedPlace(road.name, ROAD, township, road.lon, road.lat))
    return [_Entry(place, place.name.casefold(), _sound(place.name)) for place in (*region.places, *roads.values())]


def _townships(lon: list[float], lat: list[float], places: Sequence[NamedPlace]) -> list[str | None]:
    """Return for each point the township of the nearest place that bears one."""
    known = [place for place in places if place.township]
    if not known or not lon:
        return [None] * len(lon)
    east = math.cos(math.radians(known[0].lat))
    tree = cKDTree([(place.lon * east, place.lat) for place in known])
    nearest = np.atleast_1d(tree.query(np.column_stack([np.multiply(lon, east), lat]))[1])
    return [known[number].township for number in nearest.tolist()]


def _sound(name: str) -> str:
    if name.isascii():
        return ""
    read = lazy_pinyin(name, v_to_u=False, errors=lambda run: list(run))  # type: ignore[arg-type,return-value]  # one for each letter
    return "".join(f" {one.casefold()}" for one in read)


def _spelled(wanted: str) -> re.Pattern[str] | None:
    """Return what finds `wanted` in the sound of a name, `None` where it is no pinyin.

    After each letter the rest of the character's reading may be left out.
    """
    letters = re.sub(r"[\s']", "", wanted.replace("ü", "v"))
    if not letters.isascii() or not letters.isalnum():
        return None
    return re.compile(" " + "(?:[a-z]* )?".join(letters))


def _rank(entry: _Entry, wanted: str, spelled: re.Pattern[str] | None) -> int | None:
    at = entry.name.find(wanted)
    if at >= 0:
        return 0 if at == 0 else 1
    heard = spelled.search(entry.sound) if spelled else None
    if heard is None:
        return None
    whole = wanted in entry.sound.replace(" ", "")
    return (2 if whole else 4) + (heard.start() > 0)
