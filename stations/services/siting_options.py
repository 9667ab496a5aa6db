"""What could be done for demand that is not served: sites to build, and what stations lack to serve it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.geo.coverage import Mask
from stations.hours.spans import HourState
from stations.model.coverage import Remedy
from stations.model.keys import ANSWERS, ServiceKey
from stations.model.queries import CoverageQuery
from stations.model.scenarios import Scenario
from stations.model.siting import Candidate, OptionKind, SitingOption, SitingQuery
from stations.model.station import Station
from stations.services.chosen_hours import ChosenHours, choose_hours, states_of, states_with, with_longer_hours
from stations.services.coverage import enterable
from stations.services.region import Region


@dataclass(frozen=True, slots=True)
class Standing:
    """How the K stations of a region stand at the chosen hours, those told apart of which any stands otherwise.

    `hours` is float64 (J,), how many hours there are of each kind. `opens` is bool (J, K): surely open, whatever else
    is lacking.
    """

    hours: NDArray[np.float64]
    opens: Mask


@dataclass(frozen=True, slots=True)
class Options:
    """O options: the candidates first, then changes at stations.

    `station` is int64 (O,), the number of the station, below zero for a candidate; `serves` bool (O, J), at which
    kinds of hours the option would serve.
    """

    listed: tuple[SitingOption, ...]
    station: NDArray[np.int64]
    serves: Mask


def stand(query: SitingQuery, region: Region, chosen: ChosenHours) -> tuple[Standing, Options]:
    """Return how stations stand at the chosen hours, and what could be changed at them as the query allows.

    A station of which something is not known that it would have to be asked is no option: its hours, or its way in.
    """
    count = len(region.stations)
    if not chosen.moments:
        opens = np.ones((1, count), dtype=bool)
    else:
        opens = states_of(region.timetable, count, chosen.moments) == HourState.OPEN
    changed = list(_changes(query, region, chosen))
    after = _opens_after(changed, region, chosen, opens)
    columns, kind = np.unique(np.hstack([opens, after]), axis=0, return_inverse=True)
    hours = np.bincount(kind.ravel(), minlength=len(columns)).astype(np.float64)
    now, then = columns[:, :count], columns[:, count:].T
    numbers = np.array([one.number for one in changed], dtype=np.int64)
    useful = np.asarray(then.any(axis=1))
    if OptionKind.HOURS in query.options:  # longer hours that open at no further hour are none
        lengthened = np.array([OptionKind.HOURS in one.kinds for one in changed], dtype=bool)
        useful &= ~lengthened | (then & ~now.T[numbers]).any(axis=1)
    listed = tuple(_option(one, query, region) for one, of_use in zip(changed, useful, strict=True) if of_use)
    return Standing(hours, now), Options(listed, numbers[useful], then[useful])


def changes_of(remedy: Remedy, query: CoverageQuery, region: Region) -> Scenario:
    """Return the scenario that does at its station what a remedy tells; an empty one where that cannot be said."""
    if remedy.station_id is None:
        return Scenario()
    asked, station = SitingQuery(query), region.station(remedy.station_id)
    own, hours = station.station_id, None
    if "hours" in remedy.changes:
        longer = with_longer_hours(station, choose_hours(asked, region))
        if longer is None:
            return Scenario()
        hours = longer.hours
    added = _lacking(station, asked, region) if "service" in remedy.changes else ()
    return Scenario(
        hours=() if hours is None else ((own, hours),),
        services=tuple((own, key) for key in added),
        no_registration=(own,) if "registration" in remedy.changes else (),
    )


def with_candidates(candidates: Sequence[Candidate], options: Options, query: SitingQuery, kinds: int) -> Options:
    """Return the options with the candidates before them, which serve at all of `kinds` kinds of hours."""
    cost = query.cost_of(OptionKind.SITES)
    sites = tuple(
        SitingOption((OptionKind.SITES,), one.name, one.township, one.lon, one.lat, cost) for one in candidates
    )
    return Options(
        (*sites, *options.listed),
        np.concatenate([np.full(len(sites), -1, dtype=np.int64), options.station]),
        np.vstack([np.ones((len(sites), kinds), dtype=bool), options.serves]),
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """What would be changed at the station of a number, and the station as it would be open."""

    number: int
    kinds: tuple[OptionKind, ...]
    services: tuple[ServiceKey, ...]
    station: Station


def _changes(query: SitingQuery, region: Region, chosen: ChosenHours) -> Iterator[_Change]:
    """Yield what each station lacks apart from hours, and the same with longer hours, as far as it is allowed."""
    if set(query.options) <= {OptionKind.SITES}:
        return
    coverage, allowed = query.coverage, set(query.options)
    sure, maybe = enterable(coverage, region)
    offers = region.arrays.that_offer(coverage.services, coverage.needs)
    for number in np.flatnonzero(region.arrays.listed & (sure | ~maybe)).tolist():
        station = region.stations[number]
        kinds = []
        if not offers[number]:
            kinds.append(OptionKind.SERVICES)
        if not sure[number]:
            kinds.append(OptionKind.REGISTRATION)
        if not set(kinds) <= allowed:
            continue
        services = _lacking(station, query, region)
        if kinds:
            yield _Change(number, tuple(kinds), services, station)
        longer = with_longer_hours(station, chosen) if OptionKind.HOURS in allowed else None
        if longer is not None:
            yield _Change(number, (OptionKind.HOURS, *kinds), services, longer)


def _lacking(station: Station, query: SitingQuery, region: Region) -> tuple[ServiceKey, ...]:
    """Return what would have to be added or repaired: for a need what answers it at most stations elsewhere."""
    asked = [key for key in query.coverage.services if key not in station.services]
    for need in query.coverage.needs:
        if not station.meets(need) and ANSWERS[need].isdisjoint(asked):
            answers = [key for key in ServiceKey if key in ANSWERS[need]]
            asked.append(max(answers, key=lambda key: int(region.arrays.services[key].sum())))
    return tuple(dict.fromkeys(asked))


def _opens_after(changed: Sequence[_Change], region: Region, chosen: ChosenHours, opens: Mask) -> Mask:
    """Return at which hours each changed station would surely be open, bool (H, len(changed))."""
    after = opens[:, [one.number for one in changed]]
    longer = [place for place, one in enumerate(changed) if OptionKind.HOURS in one.kinds]
    if longer:
        states = states_with([changed[place].station for place in longer], region, chosen.moments)
        after[:, longer] = states == HourState.OPEN
    return after


def _option(change: _Change, query: SitingQuery, region: Region) -> SitingOption:
    station = region.stations[change.number]
    return SitingOption(
        change.kinds,
        station.name,
        station.township,
        station.lon,
        station.lat,
        cost=sum(query.cost_of(kind) for kind in change.kinds),
        station_id=station.station_id,
        hours=change.station.hours if OptionKind.HOURS in change.kinds else None,
        services=change.services,
    )
