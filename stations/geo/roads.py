"""The road network of a region as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.model.keys import TravelMode

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
