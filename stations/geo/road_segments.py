"""Roads cut into segments between consecutive nodes, each with its cost per travel mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from stations.geo.crs import to_metres
from stations.geo.raw_roads import Permission, RawRoads
from stations.model.keys import TravelMode
from stations.model.region import ModeProfile

BARRIER_CLASS = "barrier"
"""Class of the streets of no length that stand in for a barrier node."""

CLOSED_MS = -1
"""Cost of a segment that a mode may not use in that direction."""

_KMH_PER_M_S = 3.6


@dataclass(frozen=True, slots=True)
class WayRules:
    """What holds along each of W ways: class, name and speed per mode (M modes) and direction.

    `speeds_kmh` is float64 (2, M, W), along the way and against it, 0 where the mode may not go.
    """

    road_class: NDArray[np.uint8]
    name: NDArray[np.int32]
    speeds_kmh: NDArray[np.float64]

    def directed_ids(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return two int64 (W,): equal numbers where going along a way and against another meets equal rules."""
        own = np.stack([self.road_class.astype(np.float64), self.name.astype(np.float64)])
        along, against = self.speeds_kmh
        rows = np.concatenate([np.concatenate([own, along, against]), np.concatenate([own, against, along])], axis=1)
        ids = np.zeros(rows.shape[1], dtype=np.int64)
        for row in rows:  # pairing column by column sorts numbers, not rows
            values, column = np.unique(row, return_inverse=True)
            ids = np.unique(ids * len(values) + column, return_inverse=True)[1]
        return ids[: len(self.name)], ids[len(self.name) :]


@dataclass(frozen=True, slots=True)
class Segments:
    """S straight segments over N nodes.

    Attributes
    ----------
    node_lon, node_lat
        float64 (N,), WGS 84 degrees.
    node_x, node_y
        float64 (N,), metres.
    tail, head
        int64 (S,), nodes.
    way
        int64 (S,), index into `rules`.
    rules
        What holds along the ways.
    modes
        The order of the modes in `rules`.
    classes
        Road classes that `rules` points into.
    """

    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]
    node_x: NDArray[np.float64]
    node_y: NDArray[np.float64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    way: NDArray[np.int64]
    rules: WayRules
    modes: tuple[TravelMode, ...]
    classes: tuple[str, ...]

    def lengths_m(self) -> NDArray[np.float64]:
        """Return the planar length of every segment, float64 (S,)."""
        along_x = self.node_x[self.head] - self.node_x[self.tail]
        along_y = self.node_y[self.head] - self.node_y[self.tail]
        return np.asarray(np.hypot(along_x, along_y))

    def costs_ms(self) -> NDArray[np.int64]:
        """Return int64 (2, M, S): whole milliseconds along and against, at least 1, `CLOSED_MS` where closed.

        ``max(1, round(length_m / (speed_kmh / 3.6) * 1000))``, halves to even.
        """
        speeds_m_s = (self.rules.speeds_kmh / _KMH_PER_M_S)[:, :, self.way]
        with np.errstate(divide="ignore", invalid="ignore"):
            exact_ms = self.lengths_m() / speeds_m_s * 1000
        return np.where(speeds_m_s > 0, np.maximum(np.rint(exact_ms), 1), CLOSED_MS).astype(np.int64)


def cut_segments(raw: RawRoads, profiles: Mapping[TravelMode, ModeProfile], *, crs: str) -> Segments:
    """Cut ways into segments and put barriers in.

    Nodes that a segment of no length joins become one node. Ways no mode may use are left out, and so are pieces
    whose node is missing from the file. A node with a barrier becomes a star: one copy per piece of road that ends
    there, and to each copy a segment of no length that costs the modes the barrier lets through 1 ms.
    """
    rules = way_rules(raw, profiles)
    tail, head, way = _node_pairs(raw, usable=np.asarray(rules.speeds_kmh.any(axis=(0, 1))))
    nodes, ends = np.unique(np.concatenate([tail, head]), return_inverse=True)
    lon, lat = raw.node_lon[nodes], raw.node_lat[nodes]
    x, y = to_metres(lon, lat, crs=crs)
    modes = tuple(profiles)
    cut = Segments(lon, lat, x, y, ends[: len(tail)], ends[len(tail) :], way, rules, modes, raw.classes)
    joined, node_of = _join_coincident(cut)
    position = np.searchsorted(nodes, raw.barrier_node)
    here = np.flatnonzero(np.isin(raw.barrier_node, nodes))
    stops = np.stack([raw.barrier_stops[mode][here] for mode in modes]) if modes else np.zeros((0, len(here)), bool)
    return _put_barriers(joined, node_of[position[here]], stops)


def way_rules(raw: RawRoads, profiles: Mapping[TravelMode, ModeProfile]) -> WayRules:
    """Turn permissions into speeds: a mode's own on its roads, the walkers' where it has to be pushed."""
    walking = profiles.get(TravelMode.WALK)
    push_kmh = walking.speed_kmh * walking.traffic_factor if walking else 0.0
    speeds = np.zeros((2, len(profiles), len(raw.way_class)))
    for number, (mode, profile) in enumerate(profiles.items()):
        ride_kmh = _ride_speeds(raw, profile)
        for side, permission in enumerate((raw.forward[mode], raw.backward[mode])):
            speeds[side, number][permission == Permission.RIDE] = ride_kmh[permission == Permission.RIDE]
            speeds[side, number][permission == Permission.PUSH] = push_kmh
    return WayRules(road_class=raw.way_class, name=raw.way_name, speeds_kmh=speeds)


def _ride_speeds(raw: RawRoads, profile: ModeProfile) -> NDArray[np.float64]:
    by_class = [profile.class_speeds_kmh.get(name, profile.speed_kmh) for name in raw.classes]
    speeds = np.array(by_class, dtype=np.float64)[raw.way_class]
    if profile.mode is TravelMode.CAR:  # signed limits are meant for motors
        speeds = np.fmin(speeds, raw.maxspeed_kmh)
    return np.asarray(speeds * profile.traffic_factor)


def _node_pairs(
    raw: RawRoads, *, usable: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    counts = np.diff(raw.way_offset)
    way = np.repeat(np.arange(len(counts)), counts)
    tail, head = raw.way_nodes[:-1], raw.way_nodes[1:]
    real = (way[:-1] == way[1:]) & (tail >= 0) & (head >= 0) & (tail != head) & usable[way[:-1]]
    return tail[real], head[real], way[:-1][real]


def _join_coincident(cut: Segments) -> tuple[Segments, NDArray[np.int64]]:
    """Make the two nodes of a segment of no length one; return also the new node of each old one."""
    count = len(cut.node_x)
    flat = cut.lengths_m() == 0
    if not flat.any():
        return cut, np.arange(count)
    links = coo_array((np.ones(int(flat.sum()), np.int8), (cut.tail[flat], cut.head[flat])), shape=(count, count))
    label = connected_components(links, directed=False)[1]
    first, node_of = np.unique(label, return_index=True, return_inverse=True)[1:]
    joined = replace(
        cut,
        node_lon=cut.node_lon[first],
        node_lat=cut.node_lat[first],
        node_x=cut.node_x[first],
        node_y=cut.node_y[first],
        tail=node_of[cut.tail[~flat]],
        head=node_of[cut.head[~flat]],
        way=cut.way[~flat],
    )
    return joined, node_of


def _put_barriers(cut: Segments, at: NDArray[np.int64], stops: NDArray[np.bool_]) -> Segments:
    """Split the nodes `at`; `stops` is bool (M, len(at)). A barrier at a dead end changes nothing."""
    stopped = np.zeros((len(cut.modes), len(cut.node_x)), dtype=np.bool_)
    for number in range(len(cut.modes)):
        np.logical_or.at(stopped[number], at, stops[number])
    ends = np.concatenate([cut.tail, cut.head])
    degree = np.bincount(ends, minlength=len(cut.node_x))
    split = stopped.any(axis=0) & (degree >= 2)
    moved = np.flatnonzero(split[ends])
    if not len(moved):
        return cut
    centre = ends[moved]
    ends[moved] = len(cut.node_x) + np.arange(len(moved))
    patterns, pattern_of = np.unique(stopped[:, centre], axis=1, return_inverse=True)
    count = len(cut.tail)
    return replace(
        cut,
        node_lon=np.concatenate([cut.node_lon, cut.node_lon[centre]]),
        node_lat=np.concatenate([cut.node_lat, cut.node_lat[centre]]),
        node_x=np.concatenate([cut.node_x, cut.node_x[centre]]),
        node_y=np.concatenate([cut.node_y, cut.node_y[centre]]),
        tail=np.concatenate([ends[:count], centre]),
        head=np.concatenate([ends[count:], len(cut.node_x) + np.arange(len(moved))]),
        way=np.concatenate([cut.way, len(cut.rules.name) + pattern_of]),
        rules=_with_barrier_rules(cut.rules, patterns, barrier_class=len(cut.classes)),
        classes=(*cut.classes, BARRIER_CLASS),
    )


def _with_barrier_rules(rules: WayRules, patterns: NDArray[np.bool_], *, barrier_class: int) -> WayRules:
    """Append one pseudo way per pattern of stopped modes: no length at any speed costs 1 ms."""
    speeds = np.where(patterns, 0.0, np.inf)
    count = patterns.shape[1]
    return WayRules(
        road_class=np.concatenate([rules.road_class, np.full(count, barrier_class, np.uint8)]),
        name=np.concatenate([rules.name, np.zeros(count, np.int32)]),
        speeds_kmh=np.concatenate([rules.speeds_kmh, np.stack([speeds, speeds])], axis=2),
    )
