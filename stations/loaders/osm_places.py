"""The public places of an OpenStreetMap extract as stations; which tags mean what stands in ``osm_places.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import osmium
from osmium.osm import Area, Node, Way

from stations.errors import FileError, InputError
from stations.hours.expression import check_hours
from stations.loaders.list_rows import unprintable
from stations.loaders.station_row import MAX_NAME_LENGTH
from stations.model.keys import Datum, EntryMethod, ServiceKey, StationKind
from stations.model.station import Station

Tags = Mapping[str, str]

_WHOLE = re.compile(r"[0-9]{1,6}")
_NOTED = ("fee", "wheelchair")
_TOWNSHIP = ("addr:suburb", "addr:subdistrict", "addr:district")


def read_osm_stations(path: Path, *, bounds: tuple[float, float, float, float] | None = None) -> tuple[Station, ...]:
    """Return the public places of an extract as stations, ordered by `station_id`.

    A place that is a way or a multipolygon stands at the middle of the box around it. What the tags do not say stays
    unknown: hours that cannot be understood are kept as `hours_text`, a fee and wheelchair access as `notes`.

    Parameters
    ----------
    path
        ``.osm.pbf``, ``.osm`` or whatever else osmium reads.
    bounds
        West, south, east, north in WGS 84 degrees; places outside are left out. All are taken without.

    Returns
    -------
    tuple of Station
        Of kind `PUBLIC_PLACE`; `station_id` is ``n``, ``w`` or ``r`` (node, way, relation) and the OSM number.

    Raises
    ------
    FileError
        There is no such file, or it is damaged or not OpenStreetMap data.
    """
    if not path.is_file():
        raise FileError("file.missing", path=path)
    try:
        stations = [station for thing in _things(path) if (station := _station(thing, path.name)) is not None]
    except RuntimeError as error:  # all that osmium raises
        raise FileError("file.not_osm", path=path) from error
    if bounds is not None:
        west, south, east, north = bounds
        stations = [here for here in stations if west <= here.lon <= east and south <= here.lat <= north]
    return tuple(sorted(stations, key=lambda station: station.station_id))


@dataclass(frozen=True, slots=True)
class _Condition:
    """A tag that must have one of some values."""

    key: str
    values: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> _Condition:
        key, _, values = text.partition("=")
        return cls(key, frozenset(values.split("|")))

    def fits(self, tags: Tags) -> bool:
        return tags.get(self.key) in self.values


@dataclass(frozen=True, slots=True)
class _PlaceRule:
    conditions: tuple[_Condition, ...]
    name: str
    services: tuple[ServiceKey, ...]
    walk_in: bool


@dataclass(frozen=True, slots=True)
class _Offer:
    condition: _Condition
    service: ServiceKey
    count_key: str | None


@dataclass(frozen=True, slots=True)
class _Rules:
    places: tuple[_PlaceRule, ...]
    offers: tuple[_Offer, ...]
    left_out: tuple[_Condition, ...]
    access_key: str
    open_access: frozenset[str]
    walk_in_access: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Thing:
    station_id: str
    lon: float
    lat: float
    tags: Tags


@cache
def _rules() -> _Rules:
    content = tomllib.loads(Path(__file__).with_name("osm_places.toml").read_text(encoding="utf-8"))
    return _Rules(
        places=tuple(
            _PlaceRule(
                tuple(_Condition.parse(place[part]) for part in ("tag", "when") if part in place),
                f"{place['zh']} / {place['en']}",
                tuple(map(ServiceKey, place["services"])),
                place["walk_in"],
            )
            for place in content["place"]
        ),
        offers=tuple(
            _Offer(_Condition.parse(offer["tag"]), ServiceKey(offer["service"]), offer.get("count"))
            for offer in content["offer"]
        ),
        left_out=tuple(map(_Condition.parse, content["left_out"]["tags"])),
        access_key=content["access"]["key"],
        open_access=frozenset(content["access"]["open"]),
        walk_in_access=frozenset(content["access"]["walk_in"]),
    )


def _things(path: Path) -> Iterator[_Thing]:
    """Read nodes, ways and multipolygons that bear one of the rules' keys, with where they are."""
    keys = osmium.filter.KeyFilter(*sorted({place.conditions[0].key for place in _rules().places}))
    for thing in osmium.FileProcessor(path).with_locations().with_areas(keys).with_filter(keys):
        position = _position(thing)
        if position is not None:
            letter, number, lon, lat = position
            yield _Thing(f"{letter}{number}", lon, lat, {tag.k: tag.v for tag in thing.tags})


def _position(thing: object) -> tuple[str, int, float, float] | None:
    """Return the letter of the type, number, lon and lat; `None` for what is not drawn, or is cut off altogether."""
    match thing:
        case Node():
            return ("n", thing.id, thing.lon, thing.lat) if thing.location.valid() else None
        case Way():
            points = [(node.lon, node.lat) for node in thing.nodes if node.location.valid()]
            return ("w", thing.id, *_middle(points)) if points else None
        case Area() if not thing.from_way():
            points = [(node.lon, node.lat) for ring in thing.outer_rings() for node in ring]
            return ("r", thing.orig_id(), *_middle(points)) if points else None
        case _:
            return None


def _middle(points: list[tuple[float, float]]) -> tuple[float, float]:
    lons, lats = zip(*points, strict=True)
    # OSM keeps seven decimals; more would be noise of the division.
    return round((min(lons) + max(lons)) / 2, 7), round((min(lats) + max(lats)) / 2, 7)


def _station(thing: _Thing, file_name: str) -> Station | None:
    rules, tags = _rules(), thing.tags
    fitting = [place for place in rules.places if all(condition.fits(tags) for condition in place.conditions)]
    access = tags.get(rules.access_key)
    shut = access is not None and access not in rules.open_access
    if not fitting or shut or any(condition.fits(tags) for condition in rules.left_out):
        return None
    hours, hours_text = _hours(tags)
    return Station(
        station_id=thing.station_id,
        name=_name(tags, fitting[0]),
        kind=StationKind.PUBLIC_PLACE,
        lon=thing.lon,
        lat=thing.lat,
        source_lon=thing.lon,
        source_lat=thing.lat,
        source_datum=Datum.WGS84,
        township=_first(tags, *_TOWNSHIP),
        address=_address(tags),
        services=_services(tags, fitting),
        hours=hours,
        hours_text=hours_text,
        entry=_entry(tags, fitting[0], access),
        phone=_first(tags, "phone", "contact:phone"),
        verified_on=_verified_on(tags),
        source=f"{file_name} {thing.station_id}",
        notes="; ".join(f"{key}: {_clean(tags[key])}" for key in _NOTED if key in tags) or None,
    )


def _name(tags: Tags, place: _PlaceRule) -> str:
    name = _first(tags, "name") or place.name
    return name if len(name) <= MAX_NAME_LENGTH else name[: MAX_NAME_LENGTH - 1] + "…"


def _services(tags: Tags, fitting: list[_PlaceRule]) -> dict[ServiceKey, int | None]:
    services: dict[ServiceKey, int | None] = {service: None for place in fitting for service in place.services}
    for offer in _rules().offers:
        if offer.condition.fits(tags):
            count = tags.get(offer.count_key, "") if offer.count_key else ""
            services[offer.service] = int(count) if _WHOLE.fullmatch(count) else None
    return services


def _entry(tags: Tags, place: _PlaceRule, access: str | None) -> EntryMethod:
    # A place that takes a fee may have a coin lock or a gate: not verified.
    free = tags.get("fee", "no") == "no"
    walk_in = place.walk_in and free and (access is None or access in _rules().walk_in_access)
    return EntryMethod.WALK_IN if walk_in else EntryMethod.UNKNOWN


def _hours(tags: Tags) -> tuple[str | None, str | None]:
    words = _first(tags, "opening_hours")
    if words is None:
        return None, None
    try:
        check_hours(words)
    except InputError:
        return None, words
    return words, None


def _verified_on(tags: Tags) -> date | None:
    days: list[date] = []
    for key in ("check_date", "check_date:opening_hours"):
        with suppress(ValueError):  # absent, or a month only
            days.append(date.fromisoformat(tags.get(key, "")))
    return max(days, default=None)


def _address(tags: Tags) -> str | None:
    street = " ".join(filter(None, (_first(tags, "addr:street", "addr:place"), _first(tags, "addr:housenumber"))))
    return _first(tags, "addr:full") or ", ".join(filter(None, (street, _first(tags, "addr:city")))) or None


def _first(tags: Tags, *keys: str) -> str | None:
    return next((words for key in keys if (words := _clean(tags.get(key, "")))), None)


def _clean(words: str) -> str:
    """Turn control characters into blanks, so that every station read here can be exported and imported again."""
    return "".join(" " if unprintable(sign) else sign for sign in words).strip()
