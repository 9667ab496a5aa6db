"""Ways gathered one by one while a road file is read."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stations.geo.raw_roads import RawRoads, RoadCounts
from stations.loaders.access import MODES, AccessRules, WayAccess, way_access


class WayRows:
    """The ways of one road file, judged by `rules`; `finished` gives them as arrays.

    Nodes are any whole numbers the file knows them by; ways with the same tags are judged once.
    """

    def __init__(self, *, rules: AccessRules) -> None:
        self.nodes = array("q")
        self._rules = rules
        self._keys = rules.keys
        self._judged: dict[tuple[tuple[str, str], ...], WayAccess] = {}
        self._sizes: list[int] = []
        self._rows: list[WayAccess] = []
        self._class_of: list[int] = []
        self._classes: dict[str, int] = {}
        self._name_of: list[int] = []
        self._names: dict[str, int] = {"": 0}
        self._counts: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()

    def judge(self, tags: Mapping[str, str]) -> WayAccess:
        """Return what `tags` allow."""
        known = tuple([(key, value) for key, value in tags.items() if key in self._keys])
        found = self._judged.get(known)
        if found is None:
            found = self._judged[known] = way_access(dict(known), rules=self._rules)
        return found

    def add(self, access: WayAccess, *, road_class: str, name: str, nodes: Sequence[int]) -> None:
        """Take a way that runs along `nodes`, or count it where no mode may use it."""
        if access.unknown:  # seldom, and an update takes its time even so
            self._unknown.update(access.unknown)
        self._counts["conditional"] += access.conditional
        if not access.usable:
            self._counts["without_mode"] += 1
            return
        self.nodes.extend(nodes)
        self._sizes.append(len(nodes))
        self._rows.append(access)
        self._class_of.append(self._classes.setdefault(road_class, len(self._classes)))
        self._name_of.append(self._names.setdefault(name, len(self._names)))

    def count_unknown(self, value: str) -> None:
        """Count a value that was read as something else."""
        self._unknown[value] += 1

    def finished(
        self,
        *,
        node_lon: NDArray[np.float64],
        node_lat: NDArray[np.float64],
        way_nodes: NDArray[np.int64],
        barriers: Iterable[tuple[int, tuple[bool, ...]]] = (),
        without_shape: int = 0,
    ) -> RawRoads:
        """Return the ways as arrays.

        Parameters
        ----------
        node_lon, node_lat
            WGS 84 degrees.
        way_nodes
            For each of `nodes` its place in those arrays, -1 where the file does not hold it.
        barriers
            Nodes by their place in those arrays, with what stops each mode in the order of `MODES`.
        without_shape
            Lines that had no geometry, for the counts.
        """
        size = (len(self._rows), len(MODES))
        forward = np.array([row.forward for row in self._rows], dtype=np.uint8).reshape(size)
        backward = np.array([row.backward for row in self._rows], dtype=np.uint8).reshape(size)
        stopping = [(node, stops) for node, stops in barriers if any(stops)]
        stops = np.array([stops for _, stops in stopping], dtype=np.bool_).reshape(len(stopping), len(MODES))
        return RawRoads(
            node_lon=node_lon,
            node_lat=node_lat,
            way_offset=np.concatenate([[0], np.cumsum(self._sizes, dtype=np.int64)]).astype(np.int64),
            way_nodes=way_nodes,
            way_class=np.array(self._class_of, dtype=np.uint8),
            way_name=np.array(self._name_of, dtype=np.int32),
            forward={mode: forward[:, number] for number, mode in enumerate(MODES)},
            backward={mode: backward[:, number] for number, mode in enumerate(MODES)},
            maxspeed_kmh=np.array([row.maxspeed_kmh for row in self._rows], dtype=np.float64),
            barrier_node=np.array([node for node, _ in stopping], dtype=np.int64),
            barrier_stops={mode: stops[:, number] for number, mode in enumerate(MODES)},
            classes=tuple(self._classes),
            names=tuple(self._names),
            counts=RoadCounts(
                ways_used=len(self._rows),
                ways_without_mode=self._counts["without_mode"],
                ways_conditional=self._counts["conditional"],
                ways_without_shape=without_shape,
                nodes_missing=len(np.unique(np.array(self.nodes)[way_nodes < 0])),
                unknown_values=tuple(self._unknown.most_common()),
            ),
        )
