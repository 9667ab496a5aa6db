"""Which stored station a row of a list is: by its id, else by its name; and what the list leaves as it was."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from stations.geo.nearest import straight_line_m
from stations.model.listing import ListedStation, StationListing
from stations.model.station import Station

GATE_LEFT_BEHIND_M = 1000.0
"""A door that moves further than this from a gate that the list says nothing of has that gate no longer."""

SAME_PLACE_M = 0.5
"""A door that moves no further has not moved, and came from where it came from."""

_POSITION = ("lon", "lat", "source_lon", "source_lat", "source_datum")
_NUMBERED = re.compile(r"([A-Za-z_-]*)([0-9]+)")
_UNLIKE = re.compile(r"[\s·•・,，。.、()（）【】\[\]《》<>〈〉\-—_/]+")


def match_stations(listing: StationListing, stored: Sequence[Station]) -> tuple[ListedStation, ...]:
    """Return the rows of a list as the stations they would become.

    A row with an id is the stored station of that id. One without is the stored station of its name (in its township,
    where both say one) that no row names by id: of several the nearest, and no station for two rows. What is left is
    new and takes the next number after the stored ones. Fields that the list has no column for stay as stored; so do
    `source` where nothing else differs, and `closed`.
    """
    by_id = {station.station_id: station for station in stored}
    claimed = {row.station.station_id for row in listing.stations if row.id_given}
    by_name: defaultdict[str, list[Station]] = defaultdict(list)
    for station in stored:
        if station.station_id not in claimed:
            by_name[plain_name(station.name)].append(station)
    fresh = _Numbers([*by_id, *claimed])
    matched = []
    for row in listing.stations:
        if row.id_given:
            known, station = by_id.get(row.station.station_id), row.station
        else:
            known = _take_nearest(by_name[plain_name(row.station.name)], row.station)
            station = replace(row.station, station_id=known.station_id if known else fresh.next())
        if known:
            station = _kept(known, station, listing.fields)
        matched.append(row if station is row.station else replace(row, station=station))
    return tuple(matched)


def plain_name(name: str) -> str:
    """Return a name without what people write one way or another: width, blanks, brackets, dots, case."""
    return _UNLIKE.sub("", unicodedata.normalize("NFKC", name)).casefold()


def _take_nearest(candidates: list[Station], wanted: Station) -> Station | None:
    """Return the nearest of the candidates that may be `wanted`, and take it from them."""
    fit = [one for one in candidates if not (one.township and wanted.township and one.township != wanted.township)]
    if not fit:
        return None
    if len(fit) > 1:
        metres = straight_line_m(wanted.lon, wanted.lat, [one.lon for one in fit], [one.lat for one in fit])
        fit = [fit[int(metres.argmin())]]
    candidates.remove(fit[0])
    return fit[0]


def _kept(stored: Station, listed: Station, fields: frozenset[str]) -> Station:
    taken = {name: getattr(listed, name) for name in (*_POSITION, *_read(fields))}
    for name in ("follows_workdays", "notes"):  # told in passing, by the words of another column
        if getattr(listed, name) is not None:
            taken[name] = getattr(listed, name)
    if straight_line_m(listed.lon, listed.lat, [stored.lon], [stored.lat])[0] <= SAME_PLACE_M:
        taken |= {name: getattr(stored, name) for name in _POSITION}  # read from another datum, it is the same door
    for name, value in taken.items():
        before = getattr(stored, name)
        if isinstance(before, str) and isinstance(value, str) and before.strip() == value:
            taken[name] = before  # no cell of a file has blanks at its ends
    changed = replace(stored, **taken)
    if "entrance_lon" not in fields:
        gate_lon, gate_lat = changed.target  # the door itself where there is no gate, which is never far
        if straight_line_m(changed.lon, changed.lat, [gate_lon], [gate_lat])[0] > GATE_LEFT_BEHIND_M:
            changed = replace(changed, entrance_lon=None, entrance_lat=None, entrance_s=None, entrance_hours=None)
    if changed != stored and "source" not in fields:
        changed = replace(changed, source=listed.source)
    return changed


def _read(fields: frozenset[str]) -> Iterable[str]:
    read = set(fields)
    if read & {"hours", "hours_text"}:
        read |= {"hours", "hours_text"}
    return read - {"station_id", *_POSITION}


def next_id(taken: Sequence[str]) -> str:
    """Return an id that nobody has: the commonest letters of those that are there, and the next number."""
    return _Numbers(taken).next()


class _Numbers:
    """Gives out ids that nobody has: the commonest letters of those that are there, and the next numbers."""

    def __init__(self, taken: Sequence[str]) -> None:
        found = [match.groups() for match in map(_NUMBERED.fullmatch, taken) if match]
        self._prefix = Counter(prefix for prefix, _ in found).most_common(1)[0][0] if found else "s"
        numbers = [number for prefix, number in found if prefix == self._prefix]
        self._width = max((len(number) for number in numbers), default=3)
        self._last = max(map(int, numbers), default=0)

    def next(self) -> str:
        """Return the next id."""
        self._last += 1
        return f"{self._prefix}{self._last:0{self._width}}"
