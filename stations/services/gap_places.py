"""Gaps as places: contiguous demand that is not covered, by name, with what would help least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from stations.geo.coverage import CoverState, Mask, Times, cover_demand, soonest_ms, within_cutoff
from stations.geo.crs import to_metres
from stations.geo.nearest import straight_line_m
from stations.hours.spans import HourState
from stations.model.coverage import GapPlace, Remedy
from stations.model.queries import CoverageQuery
from stations.services.coverage import check_cutoff, cutoff_ms, enterable, stations_that_count
from stations.services.region import DemandArrays, Region

LINK_M = 500.0
"""Uncovered demand no further apart than this is one gap."""
WIDEST_M = 2_000.0
"""A gap wider than this (the diagonal of its box) is told community by community: no single thing helps all of it."""
MOST_HELP_SHARE = 0.5
"""A remedy at a station is told where it serves at least this share of a gap; else a new site is."""
COMMUNITY = "community"
EFFORT = {"registration": 1, "hours": 2, "service": 3}
"""What is changed at a station, by how much it takes."""


@dataclass(frozen=True, slots=True)
class RemedySum:
    """One remedy at one station, and the `places` that it helps; its weight is at least what they gain by it."""

    remedy: Remedy
    places: int


def rank_gaps(query: CoverageQuery, region: Region) -> tuple[GapPlace, ...]:
    """Return the gaps as places, the heaviest first: demand on the network that no usable station reaches in time.

    Every point of uncovered demand is in exactly one place.

    Raises
    ------
    InputError
        The cutoff goes beyond what the table holds.
    UnknownThingError
        The region has no such layer of demand.
    """
    return _places_in_state(query, region, CoverState.GAP)


def rank_unknown(query: CoverageQuery, region: Region) -> tuple[GapPlace, ...]:
    """Return the demand of unknown state as places, as `rank_gaps` does: off the network, or by unknown stations."""
    return _places_in_state(query, region, CoverState.UNKNOWN)


def sum_remedies(gaps: Iterable[GapPlace]) -> tuple[RemedySum, ...]:
    """Return the remedies at existing stations that several gaps share, those that help most first.

    A remedy may also serve gaps for which another was cheaper: its weight is a lower bound.
    """
    sums: dict[tuple[object, ...], RemedySum] = {}
    for gap in gaps:
        own = gap.remedy
        if own.station_id is None:
            continue
        key = (own.key, own.station_id, own.changes)
        before = sums.get(key)
        weight = (own.weight or 0.0) + (before.remedy.weight or 0.0 if before else 0.0)
        sums[key] = RemedySum(replace(own, weight=weight), 1 + (before.places if before else 0))
    return tuple(sorted(sums.values(), key=lambda one: (-(one.remedy.weight or 0.0), str(one.remedy.station_id))))


def _places_in_state(query: CoverageQuery, region: Region, wanted: CoverState) -> tuple[GapPlace, ...]:
    check_cutoff(query, region)
    found = _Finder(query, region, wanted)
    places = [found.place(group) for group in found.groups()]
    return tuple(sorted(places, key=lambda one: (-one.weight, one.name, one.points)))


class _Finder:
    """The demand of a query and what stands between it and the stations; made for one answer."""

    def __init__(self, query: CoverageQuery, region: Region, wanted: CoverState) -> None:
        self.query, self.region, self.wanted = query, region, wanted
        self.sure, self.perhaps = stations_that_count(query, region)
        self.times: Times = region.demand_times(query.mode, query.layer)
        self.demand: DemandArrays = region.demand_arrays(query.layer)
        cutoff = cutoff_ms(query)
        self.state = cover_demand(self.times, sure=self.sure, perhaps=self.perhaps, cutoff_ms=cutoff).state
        self.near: Mask = within_cutoff(self.times, cutoff_ms=cutoff) & region.arrays.listed
        x, y = to_metres(self.demand.lon, self.demand.lat, crs=region.roads.network.crs)
        self.metres = np.column_stack([x, y])
        self.communities = tuple(place for place in region.places if place.category == COMMUNITY)
        self.community = self._nearest_communities()
        self.soonest, self.soonest_station = soonest_ms(
            self.times, self.perhaps if wanted is CoverState.UNKNOWN else region.arrays.listed
        )
        self.lacks = _what_lacks(query, region)

    def groups(self) -> Iterator[NDArray[np.int64]]:
        """Yield the points of each place in the state wanted; those off the network are apart from the others."""
        chosen = self.state == self.wanted
        for part in (chosen & ~self.times.on_network, chosen & self.times.on_network):
            points = np.flatnonzero(part & (self.demand.weight > 0))
            for group in _linked(self.metres, points):
                yield from self._by_community(group)

    def _by_community(self, group: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        box = self.metres[group]
        if not self.communities or np.hypot(*(box.max(axis=0) - box.min(axis=0))) <= WIDEST_M:
            yield group
            return
        own = self.community[group]
        for community in np.unique(own):
            yield group[own == community]

    def place(self, group: NDArray[np.int64]) -> GapPlace:
        """Return the place that the points of a group make."""
        weight = self.demand.weight[group]
        centre = weight @ self.metres[group] / weight.sum()
        middle = int(group[np.argmin(np.hypot(*(self.metres[group] - centre).T))])
        point = self.region.demand_of(self.query.layer)[middle]
        station, minutes = self._nearest_station(middle)
        name, township = point.name, self._township(group)
        held = np.unique(self.community[group])
        if self.communities:
            by_weight = [float(weight[self.community[group] == one].sum()) for one in held]
            community = self.communities[int(held[int(np.argmax(by_weight))])]
            name, township = community.name, township or community.township
        why = self._why(middle, station)
        return GapPlace(
            name=name,
            township=township,
            lon=float(self.demand.lon[middle]),
            lat=float(self.demand.lat[middle]),
            weight=float(weight.sum()),
            points=tuple(group.tolist()),
            nearest_id=None if station is None else self.region.stations[station].station_id,
            nearest_name=None if station is None else self.region.stations[station].name,
            nearest_min=minutes,
            why=why,
            remedy=self._remedy(group, why, station),
            others=max(0, len(held) - 1) if self.communities else 0,
        )

    def _nearest_communities(self) -> NDArray[np.int64]:
        if not self.communities or not len(self.metres):
            return np.zeros(len(self.metres), dtype=np.int64)
        lon, lat = [one.lon for one in self.communities], [one.lat for one in self.communities]
        tree = cKDTree(np.column_stack(to_metres(lon, lat, crs=self.region.roads.network.crs)))
        return np.asarray(tree.query(self.metres)[1], dtype=np.int64)

    def _township(self, group: NDArray[np.int64]) -> str | None:
        weight = np.bincount(self.demand.area[group], weights=self.demand.weight[group])
        return self.demand.areas[int(np.argmax(weight))] or None

    def _nearest_station(self, point: int) -> tuple[int | None, float | None]:
        """Return the station soonest reached, and its minutes; beyond the table the nearest by straight line."""
        if self.soonest_station[point] >= 0:
            return int(self.soonest_station[point]), float(self.soonest[point]) / 60_000
        listed = np.flatnonzero(self.region.arrays.listed)
        if not len(listed):
            return None, None
        lon, lat = float(self.demand.lon[point]), float(self.demand.lat[point])
        metres = straight_line_m(lon, lat, self.region.arrays.lon[listed], self.region.arrays.lat[listed])
        return int(listed[int(np.argmin(metres))]), None

    def _why(self, point: int, station: int | None) -> str:
        if not self.times.on_network[point]:
            return "off_network"
        if station is None or not self.near[point, station]:
            return "no_way" if self._cut_off(point) else "too_far"
        lacks = self.lacks[station]
        return lacks.reasons[0] if lacks.reasons else lacks.unknown

    def _cut_off(self, point: int) -> bool:
        """Whether no road leads from the point to any station, at any distance."""
        if self.soonest_station[point] >= 0:
            return False
        mode, region = self.query.mode, self.region
        seats = region.demand_seats(mode, self.query.layer)
        street = int(seats.street[point])
        part = region.roads.components[mode].of_node[
            [int(region.roads.network.street_from[street]), int(region.roads.network.street_to[street])]
        ]
        group, leads = region.leading(mode)
        groups = np.unique(group[region.arrays.listed & (group >= 0)])
        return not bool(leads[groups][:, part].any())

    def _remedy(self, group: NDArray[np.int64], why: str, station: int | None) -> Remedy:
        """Return what takes least effort among what serves most of the gap, else a new site."""
        if why == "off_network":
            return Remedy("position")
        if why == "no_way":
            return Remedy("way")
        own = self.demand.weight[group]
        served = own @ self.near[group]
        enough = np.flatnonzero(served >= MOST_HELP_SHARE * own.sum())
        if self.wanted is CoverState.UNKNOWN:
            asked = [k for k in enough.tolist() if self.perhaps[k]]
            best = min(asked, key=lambda k: (-served[k], k), default=None)
            return Remedy("verify") if best is None else self._at(best, "verify", (), served)
        changed = [k for k in enough.tolist() if self.lacks[k].reasons]
        best = min(changed, key=lambda k: (self.lacks[k].effort, -served[k], k), default=None)
        if best is None:
            return Remedy("new_site")
        changes = self.lacks[best].changes
        return self._at(best, changes[0] if len(changes) == 1 else "several", changes, served)

    def _at(self, station: int, key: str, changes: tuple[str, ...], served: NDArray[np.float64]) -> Remedy:
        found = self.region.stations[station]
        return Remedy(key, found.station_id, found.name, changes, float(served[station]))


@dataclass(frozen=True, slots=True)
class _Lack:
    """What keeps a station from counting: `reasons` that are certain, gravest first, and what is not known."""

    reasons: tuple[str, ...]
    unknown: str

    @property
    def changes(self) -> tuple[str, ...]:
        """What would have to be changed, by name."""
        words = {"lacks_service": "service", "shut": "hours", "registration": "registration"}
        return tuple(words[reason] for reason in self.reasons)

    @property
    def effort(self) -> int:
        """How much the changes take together."""
        return sum(EFFORT[change] for change in self.changes)


def _what_lacks(query: CoverageQuery, region: Region) -> Sequence[_Lack]:
    """Return for every station what keeps it from counting."""
    offers = region.arrays.that_offer(query.services, query.needs)
    sure, maybe = enterable(query, region)
    count = len(region.stations)
    state = region.timetable.states(query.when) if query.when else np.full(count, HourState.OPEN, dtype=np.uint8)
    tests = (
        ("lacks_service", ~offers),
        ("shut", state == HourState.CLOSED),
        ("registration", ~(sure | maybe)),
    )
    return [
        _Lack(
            tuple(name for name, mask in tests if mask[k]),
            "unknown_hours" if state[k] == HourState.UNKNOWN else "unknown_entry",
        )
        for k in range(count)
    ]


def _linked(metres: NDArray[np.float64], points: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the points in groups in which each is within `LINK_M` of another one of its group."""
    if not len(points):
        return
    pairs = cKDTree(metres[points]).query_pairs(LINK_M, output_type="ndarray")
    ones = np.ones(len(pairs), dtype=bool)
    links = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(points), len(points)))
    count, group = connected_components(links, directed=False)
    order = np.argsort(group, kind="stable")
    yield from np.split(points[order], np.cumsum(np.bincount(group, minlength=count))[:-1])
