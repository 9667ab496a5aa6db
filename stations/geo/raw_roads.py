"""Roads as they come out of a file, before they are joined to a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from stations.model.keys import TravelMode


class Permission(IntEnum):
    """How a travel mode may go along a way in one direction; the smaller is the stricter."""

    CLOSED = 0
    PUSH = 1
    RIDE = 2


@dataclass(frozen=True, slots=True)
class RoadCounts:
    """What a road file held and what was left out of it; nothing is dropped without being counted here.

    Attributes
    ----------
    ways_used
        Ways (or lines, or streets) that at least one travel mode may use.
    ways_without_mode
        Ways no travel mode may use: private roads, roads under construction.
    ways_conditional
        Ways with a restriction that holds at some hours only; it is ignored.
    ways_without_shape
        Lines with no geometry or a single point.
    nodes_missing
        Nodes that a way names and the file does not hold (it was cut out of a larger one); the way is cut there.
    unknown_values
        ``"key=value"`` that the access rules do not know, and how often: an unknown road class counts as
        ``unclassified`` in a line layer, an unknown access value as if the key were absent.
    """

    ways_used: int
    ways_without_mode: int = 0
    ways_conditional: int = 0
    ways_without_shape: int = 0
    nodes_missing: int = 0
    unknown_values: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RawRoads:
    """W ways over N nodes; a way runs along its nodes, R in all.

    Attributes
    ----------
    node_lon, node_lat
        float64 (N,), WGS 84 degrees.
    way_offset
        int64 (W + 1,); way w has the nodes ``way_nodes[way_offset[w]:way_offset[w + 1]]``.
    way_nodes
        int64 (R,), nodes; -1 where the file names a node and does not hold it.
    way_class
        uint8 (W,), index into `classes`.
    way_name
        int32 (W,), index into `names`; `names[0]` is the empty name.
    forward, backward
        per mode uint8 (W,), a `Permission` along the nodes and against them.
    maxspeed_kmh
        float64 (W,), the signed limit; nan where none is given.
    barrier_node
        int64 (B,), nodes with a barrier that stops at least one mode.
    barrier_stops
        per mode bool (B,), whether the barrier stops it.
    counts
        What was left out.
    """

    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]
    way_offset: NDArray[np.int64]
    way_nodes: NDArray[np.int64]
    way_class: NDArray[np.uint8]
    way_name: NDArray[np.int32]
    forward: Mapping[TravelMode, NDArray[np.uint8]]
    backward: Mapping[TravelMode, NDArray[np.uint8]]
    maxspeed_kmh: NDArray[np.float64]
    barrier_node: NDArray[np.int64]
    barrier_stops: Mapping[TravelMode, NDArray[np.bool_]]
    classes: tuple[str, ...]
    names: tuple[str, ...]
    counts: RoadCounts
