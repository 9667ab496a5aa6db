"""What a map draws beneath its stations: water, railways, green, built-up land, place names, and the roads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LAYERS = ("built_up", "green", "water", "waterway", "coastline", "railway")
"""Names of the layers, in the order in which they are painted; the roads come on top."""

POLYGON_LAYERS = frozenset({"built_up", "green", "water"})
"""Layers of closed rings that are filled; the others are lines."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """K lines or closed rings, P points in all.

    Attributes
    ----------
    offset
        int64 (K + 1,); shape k has the points ``offset[k]:offset[k + 1]``.
    lon, lat
        float64 (P,), WGS 84 degrees.
    names
        One per shape, empty where it has none.
    """

    offset: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BaseMap:
    """Everything but the roads, which are drawn from the `RoadNetwork`.

    Attributes
    ----------
    layers
        `Shapes` by the names of `LAYERS`, every one of them. Areas are those that one closed way bounds:
        multipolygons, and so lakes with islands, are left out.
    place_lon, place_lat
        float64, WGS 84 degrees, one per named place.
    place_names, place_kinds
        What the place is called, and which OSM ``place`` it is, e.g. ``"village"``.
    """

    layers: Mapping[str, Shapes]
    place_lon: NDArray[np.float64]
    place_lat: NDArray[np.float64]
    place_names: tuple[str, ...]
    place_kinds: tuple[str, ...]

    def to_arrays(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return what a store keeps: arrays by name, and the rest as a value that JSON can write."""
        arrays: dict[str, NDArray[Any]] = {"place_lon": self.place_lon, "place_lat": self.place_lat}
        for name, shapes in self.layers.items():
            arrays[f"{name}_offset"], arrays[f"{name}_lon"], arrays[f"{name}_lat"] = (
                shapes.offset,
                shapes.lon,
                shapes.lat,
            )
        names = {name: list(shapes.names) for name, shapes in self.layers.items()}
        return arrays, {
            "names": names,
            "place_names": list(self.place_names),
            "place_kinds": list(self.place_kinds),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> BaseMap:
        """Return the base map that `to_arrays` took apart.

        Raises
        ------
        KeyError
            An array or a value is missing.
        """
        layers = {
            name: Shapes(arrays[f"{name}_offset"], arrays[f"{name}_lon"], arrays[f"{name}_lat"], tuple(names))
            for name, names in meta["names"].items()
        }
        return cls(
            layers=layers,
            place_lon=arrays["place_lon"],
            place_lat=arrays["place_lat"],
            place_names=tuple(meta["place_names"]),
            place_kinds=tuple(meta["place_kinds"]),
        )


def empty_basemap() -> BaseMap:
    """Return a base map of nothing, for road files that hold nothing but roads."""
    none = np.zeros(0)
    shapes = Shapes(np.zeros(1, dtype=np.int64), none, none, ())
    return BaseMap(dict.fromkeys(LAYERS, shapes), none, none, (), ())
