"""The road network of a region as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stations.geo.curve import curve_order
from stations.geo.raw_roads import Permission, RawRoads, RoadCounts
from stations.geo.road_merge import Chains, merge_segments
from stations.geo.road_segments import BARRIER_CLASS, Segments, cut_segments
from stations.model.keys import TravelMode
from stations.model.region import ModeProfile

__all__ = ["BARRIER_CLASS", "NO_WAY", "Permission", "RawRoads", "RoadCounts", "RoadNetwork", "build_network"]

NO_WAY = np.uint32(0xFFFFFFFF)
"""Cost of a street that a mode may not use in that direction; never leaves `geo`."""


@dataclass(frozen=True, slots=True)
class RoadNetwork:
    """Nodes and the streets between them, S streets over N nodes with P shape points in all.

    A street is what lies between two nodes that matter (junctions, ends, barriers, changes of rules): nodes of
    degree two are merged, their geometry kept. For every travel mode it bears what it costs to go along it
    (from -> to) and against it, in whole milliseconds, `NO_WAY` where the mode may not.

    Attributes
    ----------
    node_lon, node_lat
        float64 (N,), WGS 84 degrees.
    node_x, node_y
        float64 (N,), metres in `crs`.
    street_from, street_to
        int32 (S,), nodes.
    shape_offset
        int64 (S + 1,); street s has the points ``shape_offset[s]:shape_offset[s + 1]``, its two nodes among them.
    shape_x, shape_y
        float64 (P,), metres in `crs`.
    length_m
        float64 (S,).
    street_class
        uint8 (S,), index into `classes`.
    street_name
        int32 (S,), index into `names`; `names[0]` is the empty name.
    forward_ms, backward_ms
        per mode uint32 (S,), at least 1 where the mode may go.
    crs
        The region's own metric projection as a PROJ string.
    classes
        OSM highway classes, e.g. ``"residential"``.
    names
        Street names.
    """

    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]
    node_x: NDArray[np.float64]
    node_y: NDArray[np.float64]
    street_from: NDArray[np.int32]
    street_to: NDArray[np.int32]
    shape_offset: NDArray[np.int64]
    shape_x: NDArray[np.float64]
    shape_y: NDArray[np.float64]
    length_m: NDArray[np.float64]
    street_class: NDArray[np.uint8]
    street_name: NDArray[np.int32]
    forward_ms: Mapping[TravelMode, NDArray[np.uint32]]
    backward_ms: Mapping[TravelMode, NDArray[np.uint32]]
    crs: str
    classes: tuple[str, ...]
    names: tuple[str, ...]

    def to_arrays(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return what a store keeps: arrays by name, and the rest as a value that JSON can write."""
        arrays: dict[str, NDArray[Any]] = {name: getattr(self, name) for name in _ARRAYS}
        for mode in self.forward_ms:
            arrays[f"forward_ms_{mode.value}"] = self.forward_ms[mode]
            arrays[f"backward_ms_{mode.value}"] = self.backward_ms[mode]
        modes = [mode.value for mode in self.forward_ms]
        return arrays, {"crs": self.crs, "classes": list(self.classes), "names": list(self.names), "modes": modes}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> RoadNetwork:
        """Return the network that `to_arrays` took apart.

        Raises
        ------
        KeyError
            An array or a value is missing.
        """
        modes = [TravelMode(name) for name in meta["modes"]]
        return cls(
            **{name: arrays[name] for name in _ARRAYS},
            forward_ms={mode: arrays[f"forward_ms_{mode.value}"] for mode in modes},
            backward_ms={mode: arrays[f"backward_ms_{mode.value}"] for mode in modes},
            crs=meta["crs"],
            classes=tuple(meta["classes"]),
            names=tuple(meta["names"]),
        )


_ARRAYS = (
    "node_lon",
    "node_lat",
    "node_x",
    "node_y",
    "street_from",
    "street_to",
    "shape_offset",
    "shape_x",
    "shape_y",
    "length_m",
    "street_class",
    "street_name",
)


def build_network(raw: RawRoads, profiles: Mapping[TravelMode, ModeProfile], *, crs: str) -> RoadNetwork:
    """Join raw roads to a network.

    Every segment between two nodes of a way costs ``max(1, round(length_m / (speed_kmh / 3.6) * 1000))``
    milliseconds, its length measured in `crs`; a street costs the sum of its segments, so merging changes no travel
    time. A car's speed is that of the road's class, capped by the signed limit, times the traffic factor.

    Streets may run side by side between the same two nodes, and a ring hangs on one node. A barrier that stops a
    mode is a star of streets of the class ``"barrier"`` with no length.

    Parameters
    ----------
    raw
        Ways with their permissions; those no mode of `profiles` may use are left out.
    profiles
        The modes to cost, with their speeds.
    crs
        A metric projection as `geo.crs.local_crs` gives it.
    """
    cut = cut_segments(raw, profiles, crs=crs)
    chains = merge_segments(cut)
    nodes, (street_from, street_to) = _street_ends(cut, chains)
    shape_offset, shape = _street_shapes(cut, chains)
    forward, backward = _street_costs(cut, chains)
    first = cut.way[chains.segment[chains.offset[:-1]]]
    return RoadNetwork(
        node_lon=cut.node_lon[nodes],
        node_lat=cut.node_lat[nodes],
        node_x=cut.node_x[nodes],
        node_y=cut.node_y[nodes],
        street_from=street_from,
        street_to=street_to,
        shape_offset=shape_offset,
        shape_x=cut.node_x[shape],
        shape_y=cut.node_y[shape],
        length_m=_sums(cut.lengths_m()[chains.segment], chains),
        street_class=cut.rules.road_class[first],
        street_name=cut.rules.name[first],
        forward_ms=dict(zip(cut.modes, forward, strict=True)),
        backward_ms=dict(zip(cut.modes, backward, strict=True)),
        crs=crs,
        classes=cut.classes,
        names=raw.names,
    )


def _directed(cut: Segments, chains: Chains) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each segment of the chains begins and ends, in the chain's direction."""
    tail, head = cut.tail[chains.segment], cut.head[chains.segment]
    return np.where(chains.reversed, head, tail), np.where(chains.reversed, tail, head)


def _street_ends(cut: Segments, chains: Chains) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    begin, end = _directed(cut, chains)
    ends = np.stack([begin[chains.offset[:-1]], end[chains.offset[1:] - 1]])
    nodes, numbers = np.unique(ends, return_inverse=True)
    order = curve_order(cut.node_x[nodes], cut.node_y[nodes])  # so that a search finds neighbours close in memory
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order))
    return nodes[order], rank[numbers]


def _street_shapes(cut: Segments, chains: Chains) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    begin, end = _directed(cut, chains)
    count = len(chains.offset) - 1
    offset = chains.offset + np.arange(count + 1)
    points = np.empty(len(end) + count, dtype=np.int64)
    is_first = np.zeros(len(points), dtype=np.bool_)
    is_first[offset[:-1]] = True
    points[is_first] = begin[chains.offset[:-1]]
    points[~is_first] = end
    return offset, points


def _street_costs(cut: Segments, chains: Chains) -> NDArray[np.uint32]:
    """Return uint32 (2, modes, streets): along the chains and against them."""
    along, against = cut.costs_ms()[:, :, chains.segment]
    turned = np.stack([np.where(chains.reversed, against, along), np.where(chains.reversed, along, against)])
    total = _sums(turned, chains)
    return np.where(total < 0, np.int64(NO_WAY), total).astype(np.uint32)


def _sums(values: NDArray[Any], chains: Chains) -> NDArray[Any]:
    if not values.shape[-1]:
        return values
    return np.add.reduceat(values, chains.offset[:-1], axis=-1)
