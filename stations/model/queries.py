"""What people ask; a query checks itself when it is made, for web and terminal alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from stations.errors import InputError
from stations.model.keys import EntryMethod, Need, ServiceKey, TravelMode

Key = TypeVar("Key", bound=StrEnum)
MAX_LIMIT = 200
MAX_CUTOFF_MIN = 30
MAX_BUDGET_MIN = 240


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is: WGS 84 degrees.

    Raises
    ------
    InputError
        A coordinate is not a number or not on earth.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        check_degrees("lon", self.lon, limit=180.0)
        check_degrees("lat", self.lat, limit=90.0)


@dataclass(frozen=True, slots=True)
class NearestQuery:
    """Which stations can be used soonest from `origin`, setting out at `when` (with its time zone).

    Every one of `needs` must be met, each by any of its services; every one of `services` must be there.
    `no_registration` asks for a way in that needs none (`NO_REGISTRATION`), beside `entries`. `budget_min` is the time
    that the rider has, for the way there and back and the wait for the door. `next_stop` is where the rider has to be
    afterwards: then the way on counts in place of the way back, and stations are ranked by the detour.

    Raises
    ------
    InputError
        `limit` is not between 1 and 200, `budget_min` not above 0 and at most 240, or `when` bears no time zone.
    """

    origin: Place
    mode: TravelMode
    when: datetime
    needs: tuple[Need, ...] = ()
    services: tuple[ServiceKey, ...] = ()
    entries: tuple[EntryMethod, ...] = ()
    open_on_arrival: bool = False
    always_open: bool = False
    limit: int = 10
    no_registration: bool = False
    budget_min: float | None = None
    next_stop: Place | None = None

    def __post_init__(self) -> None:
        if self.budget_min is not None and not (
            math.isfinite(self.budget_min) and 0 < self.budget_min <= MAX_BUDGET_MIN
        ):
            raise InputError("error.budget", field="budget_min", value=self.budget_min, most=MAX_BUDGET_MIN)
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InputError("error.limit", field="limit", value=self.limit, most=MAX_LIMIT)
        _check_aware(self.when)


@dataclass(frozen=True, slots=True)
class CutoffQuery:
    """A travel mode and the longest accepted travel time, inclusive.

    Raises
    ------
    InputError
        `minutes` is not above 0 and at most 30.
    """

    mode: TravelMode
    minutes: float = 15.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.minutes) and 0 < self.minutes <= MAX_CUTOFF_MIN):
            raise InputError("error.minutes", field="minutes", value=self.minutes, most=MAX_CUTOFF_MIN)


@dataclass(frozen=True, slots=True)
class CatchmentQuery(CutoffQuery):
    """The places from which a station is reached within the cutoff.

    One polygon for every one of `station_ids`, or for all of them joined where it is empty.
    """

    station_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteQuery:
    """Which way leads from `origin` to a station by `mode`."""

    origin: Place
    station_id: str
    mode: TravelMode


@dataclass(frozen=True, slots=True)
class WhatIfQuery:
    """A candidate at `place`, and the mode and cutoff to look at it with."""

    place: Place
    cutoff: CutoffQuery


@dataclass(frozen=True, slots=True)
class CoverageQuery(CutoffQuery):
    """How much demand is within the cutoff of a station that offers `services` and `needs`, open at `when`.

    With `when` absent, stations count at any hour (设点覆盖); with it, only those in use then (此刻可用覆盖). With
    `no_registration` only those count that let people in without it. `layer` names the demand; empty means the first
    layer of the region.
    """

    services: tuple[ServiceKey, ...] = ()
    needs: tuple[Need, ...] = ()
    when: datetime | None = None
    no_registration: bool = False
    layer: str = ""

    def __post_init__(self) -> None:
        CutoffQuery.__post_init__(self)
        if self.when is not None:
            _check_aware(self.when)


def check_degrees(name: str, value: float, *, limit: float) -> None:
    """Refuse what is no coordinate, naming it as `name`.

    Raises
    ------
    InputError
        It is not a number, or further from zero than `limit` degrees.
    """
    if not math.isfinite(value) or abs(value) > limit:
        raise InputError("error.coordinate", field=name, name=name, value=value, limit=limit)


def read_key(kind: type[Key], text: str, *, name: str) -> Key:
    """Return the key that `text` is.

    Raises
    ------
    InputError
        It is none of `kind`; the error names those that are.
    """
    try:
        return kind(text)
    except ValueError:
        allowed = ", ".join(kind)
        raise InputError("error.not_one_of", field=name, name=name, value=text[:40], allowed=allowed) from None


def read_moment(text: str, *, time_zone: str, name: str = "when") -> datetime:
    """Return the moment that `text` (ISO 8601) tells, in `time_zone` when it bears no offset; `name` is its parameter.

    Raises
    ------
    InputError
        It is no such moment, not within the years 2000 to 2100, or an hour that the clocks of the zone leave out.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError("error.when", field=name, value=text[:40]) from None
    if not 2000 <= moment.year <= 2100:
        raise InputError("error.when", field=name, value=text[:40])
    if moment.tzinfo is not None:
        return moment
    local = moment.replace(tzinfo=ZoneInfo(time_zone))
    if not is_on_the_clock(local):
        raise InputError("error.when_left_out", field=name, value=text[:40], zone=time_zone)
    return local


def is_on_the_clock(local: datetime) -> bool:
    """Return whether the clocks of its zone ever show the moment; they leave an hour out when summer time begins."""
    there_and_back = local.astimezone(UTC).astimezone(local.tzinfo)
    return there_and_back.replace(tzinfo=None) == local.replace(tzinfo=None)


def _check_aware(when: datetime) -> None:
    if when.tzinfo is None:
        raise InputError("error.when_zone", field="when", value=when.isoformat())
