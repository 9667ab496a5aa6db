"""What a map draws, picked by its tags while an OSM file is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stations.geo.basemap import LAYERS, POLYGON_LAYERS, BaseMap, Shapes

_LAYER_OF = {
    ("natural", "water"): "water",
    ("waterway", "riverbank"): "water",
    ("landuse", "reservoir"): "water",
    ("waterway", "river"): "waterway",
    ("waterway", "stream"): "waterway",
    ("waterway", "canal"): "waterway",
    ("railway", "rail"): "railway",
    ("railway", "light_rail"): "railway",
    ("leisure", "park"): "green",
    ("landuse", "forest"): "green",
    ("landuse", "grass"): "green",
    ("natural", "wood"): "green",
    ("landuse", "residential"): "built_up",
    ("landuse", "commercial"): "built_up",
    ("landuse", "industrial"): "built_up",
    ("natural", "coastline"): "coastline",
}
LAYER_KEYS = ("natural", "waterway", "railway", "leisure", "landuse")
"""Keys of ways that may be drawn."""

_PLACES = frozenset({"city", "town", "suburb", "quarter", "village", "neighbourhood", "hamlet"})


class BaseMapRows:
    """The shapes and place names of one OSM file; `finished` gives them as arrays."""

    def __init__(self) -> None:
        self.nodes: list[int] = []
        self._layer: list[str] = []
        self._sizes: list[int] = []
        self._names: list[str] = []
        self._places: list[tuple[float, float, str, str]] = []

    def add_way(self, tags: Mapping[str, str], nodes: Sequence[int]) -> None:
        """Take a way if a layer draws it; an open way is no area."""
        layer = next((name for key in LAYER_KEYS if (name := _LAYER_OF.get((key, tags.get(key, ""))))), None)
        if layer is None or (layer in POLYGON_LAYERS and nodes[0] != nodes[-1]):
            return
        if layer == "railway" and (tags.get("service") or tags.get("tunnel", "no") != "no"):
            return  # sidings and yards are a black patch on a map, and nobody sees a tunnel
        self.nodes.extend(nodes)
        self._layer.append(layer)
        self._sizes.append(len(nodes))
        self._names.append(tags.get("name", ""))

    def add_place(self, tags: Mapping[str, str], lon: float, lat: float) -> None:
        """Take a named place at WGS 84 degrees."""
        if tags.get("place") in _PLACES and tags.get("name"):
            self._places.append((lon, lat, tags["name"], tags["place"]))

    def finished(
        self, *, node_lon: NDArray[np.float64], node_lat: NDArray[np.float64], way_nodes: NDArray[np.int64]
    ) -> BaseMap:
        """Return everything as arrays; `way_nodes` places each of `nodes` in `node_lon`, -1 where it is missing."""
        shape = np.repeat(np.arange(len(self._sizes)), self._sizes)
        layer = np.array([LAYERS.index(name) for name in self._layer], dtype=np.int64)
        known = way_nodes >= 0
        layers = {}
        for number, name in enumerate(LAYERS):
            mine = known & (layer[shape] == number)
            count = np.bincount(shape[mine], minlength=len(self._sizes))
            drawn = np.flatnonzero(count >= (4 if name in POLYGON_LAYERS else 2))
            points = way_nodes[mine & np.isin(shape, drawn)]
            offset = np.concatenate([[0], np.cumsum(count[drawn])]).astype(np.int64)
            names = tuple(self._names[index] for index in drawn)
            layers[name] = Shapes(offset, node_lon[points], node_lat[points], names)
        places = self._places
        return BaseMap(
            layers=layers,
            place_lon=np.array([place[0] for place in places], dtype=np.float64),
            place_lat=np.array([place[1] for place in places], dtype=np.float64),
            place_names=tuple(place[2] for place in places),
            place_kinds=tuple(place[3] for place in places),
        )
