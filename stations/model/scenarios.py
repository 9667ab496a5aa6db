"""What could be changed: new sites, stations off, other hours, more services; tried by hand, suggested, or saved."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from stations.errors import InputError
from stations.model.keys import ServiceKey
from stations.model.queries import Place, read_key

MOST_SITES = 20
MOST_CHANGED = 50
MOST_NAME = 60
MOST_NOTE = 1000
MOST_ID = 100
MOST_COST = 1e12


@dataclass(frozen=True, slots=True)
class NewSite:
    """A place where a station would stand: open by `hours` (OSM syntax), with `services`.

    `hours` of `None` are any hour, `services` of `None` all that can be asked for. Everybody gets in.

    Raises
    ------
    InputError
        Its name is too long, or no text.
    """

    place: Place
    name: str = ""
    hours: str | None = None
    services: tuple[ServiceKey, ...] | None = None

    def __post_init__(self) -> None:
        _check_words("site_name", self.name, most=MOST_NAME)

    @property
    def label(self) -> str:
        """Its name, its coordinates where it has none."""
        return self.name or f"{self.place.lon:.4f}, {self.place.lat:.4f}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What could be changed: new `sites`, stations `without`, and stations with other hours, services or way in.

    `hours` are pairs of a station and its opening hours (OSM syntax), `services` of a station and what is added or
    repaired there; `no_registration` are stations that would let everybody in. A station that is off stays off,
    whatever else is said of it.

    Raises
    ------
    InputError
        More sites or stations are named than may be.
    """

    sites: tuple[NewSite, ...] = ()
    without: tuple[str, ...] = ()
    hours: tuple[tuple[str, str], ...] = ()
    services: tuple[tuple[str, ServiceKey], ...] = ()
    no_registration: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.sites) > MOST_SITES:
            raise InputError("scenario.too_many_sites", field="sites", value=len(self.sites), most=MOST_SITES)
        for field in ("without", "hours", "services", "no_registration"):
            named = getattr(self, field)
            if len(named) > MOST_CHANGED:
                raise InputError("error.too_many_stations", field=field, value=len(named), most=MOST_CHANGED)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is changed."""
        return self == Scenario()

    @property
    def stations(self) -> tuple[str, ...]:
        """The stations that something is said of, each once."""
        pairs = (*self.hours, *self.services)
        return tuple(dict.fromkeys((*self.without, *(one for one, _ in pairs), *self.no_registration)))

    def to_plain(self) -> dict[str, Any]:
        """Return the changes as an object that JSON can hold; `read_scenario` reads it."""
        services: dict[str, list[str]] = {}
        for station_id, key in self.services:
            services.setdefault(station_id, []).append(key.value)
        return {
            "sites": [_site_to_plain(site) for site in self.sites],
            "without": list(self.without),
            "hours": dict(self.hours),
            "services": services,
            "no_registration": list(self.no_registration),
        }


@dataclass(frozen=True, slots=True)
class NamedScenario:
    """A scenario with a name, a note and what it would cost (`None`: not said), in a unit that the note tells.

    Raises
    ------
    InputError
        The name is empty or too long, the note is, the cost is no amount, or nothing is changed.
    """

    name: str
    changes: Scenario
    note: str = ""
    cost: float | None = None

    def __post_init__(self) -> None:
        if not any(unicodedata.category(sign)[0] in "LMNPS" for sign in self.name):  # none that can be seen
            raise InputError("scenario.name_missing", field="name")
        _check_words("name", self.name, most=MOST_NAME)
        _check_words("note", self.note, most=MOST_NOTE, breaks="\n\r\t")
        if self.cost is not None and not (math.isfinite(self.cost) and 0 <= self.cost <= MOST_COST):
            raise InputError("scenario.cost", field="cost", value=self.cost)
        if self.changes.is_empty:
            raise InputError("scenario.nothing_changed", field="changes")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedScenario(NamedScenario):
    """A scenario that is kept: by whom, since when (UTC); `version` rises with every change."""

    scenario_id: str
    version: int
    author: str
    made_at: datetime
    changed_at: datetime


def name_key(name: str) -> str:
    """Return a name as it is compared: small and capital letters, half and full width, and spaces are alike."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def read_scenario(plain: object) -> Scenario:
    """Return the changes that an object of JSON tells, as `Scenario.to_plain` writes them; all parts may be absent.

    Raises
    ------
    InputError
        It is not such an object; the error names the part.
    """
    parts = _object(plain, "changes", ("sites", "without", "hours", "services", "no_registration"))
    hours = _object(parts.get("hours"), "hours")
    services = _object(parts.get("services"), "services")
    return Scenario(
        sites=tuple(_read_site(one) for one in _list(parts.get("sites"), "sites")),
        without=_ids(parts.get("without"), "without"),
        hours=tuple((_id(one, "hours"), _text(text, "hours")) for one, text in hours.items()),
        services=tuple((_id(one, "services"), key) for one, keys in services.items() for key in _services(keys)),
        no_registration=_ids(parts.get("no_registration"), "no_registration"),
    )


def _site_to_plain(site: NewSite) -> dict[str, Any]:
    services = None if site.services is None else [key.value for key in site.services]
    return {**asdict(site.place), "name": site.name, "hours": site.hours, "services": services}


def _read_site(plain: object) -> NewSite:
    parts = _object(plain, "sites", ("lon", "lat", "name", "hours", "services"))
    hours, services = parts.get("hours"), parts.get("services")
    return NewSite(
        Place(_number(parts.get("lon"), "lon"), _number(parts.get("lat"), "lat")),
        " ".join(_text(parts.get("name") or "", "name").split()),
        _text(hours, "hours").strip() or None if hours is not None else None,
        None if services is None else _services(services),
    )


def _object(plain: object, field: str, known: Iterable[str] | None = None) -> Mapping[str, Any]:
    if plain is None and field != "changes":
        return {}
    if not isinstance(plain, Mapping) or (known is not None and set(plain) - set(known)):
        raise _unreadable(field)
    return plain


def _list(plain: object, field: str) -> Sequence[object]:
    if plain is None:
        return ()
    if not isinstance(plain, list | tuple):
        raise _unreadable(field)
    return plain


def _text(plain: object, field: str) -> str:
    if not isinstance(plain, str):
        raise _unreadable(field)
    return plain


def _id(plain: object, field: str) -> str:
    text = _text(plain, field)
    if not text or len(text) > MOST_ID:
        raise _unreadable(field)
    return text


def _ids(plain: object, field: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_id(one, field) for one in _list(plain, field)))


def _services(plain: object) -> tuple[ServiceKey, ...]:
    keys = (read_key(ServiceKey, _text(one, "services"), name="services") for one in _list(plain, "services"))
    return tuple(dict.fromkeys(keys))


def _number(plain: object, field: str) -> float:
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise InputError("error.number", field=field, name=field, value=str(plain)[:40])
    try:
        return float(plain)
    except OverflowError:
        return math.inf  # which is no coordinate


def _unreadable(field: str) -> InputError:
    return InputError("scenario.unreadable", field=field, part=field)


def _check_words(field: str, words: str, *, most: int, breaks: str = "") -> None:
    if len(words) > most:
        raise InputError("scenario.too_long", field=field, count=len(words), most=most)
    if any(_is_control(sign) and sign not in breaks for sign in words):
        raise InputError("scenario.control", field=field)


def _is_control(sign: str) -> bool:
    """Whether a sign is none that people write: a control, half a character, or one that no XML file may hold."""
    return unicodedata.category(sign) in ("Cc", "Cs") or sign in "\ufffe\uffff"
