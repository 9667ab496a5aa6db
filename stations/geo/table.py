"""The travel-time table of one mode: from every node to every station within the limit, and back.

It holds network time only, the walk between road and entrance included; parking and the walk from gate to door are
the caller's, who knows the station.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stations.geo.kernels import UNREACHED, pick_soonest
from stations.geo.place_kernels import reach_stations, reach_stations_from_each
from stations.geo.roads import RoadNetwork
from stations.geo.search import Reached
from stations.geo.seats import Seats
from stations.geo.snap import OFF_NETWORK
from stations.model.keys import TravelMode


@dataclass(frozen=True, slots=True)
class Columns:
    """Station-major half: station k has the pairs ``offset[k]:offset[k + 1]`` of M, nodes rising.

    `offset` is int64 (K + 1,), `node` int32 (M,), `ms` uint32 (M,), `street` int32 (M,): the street to take from the
    node towards the station, `AT_SEED` where it is the station's own.
    """

    offset: NDArray[np.int64]
    node: NDArray[np.int32]
    ms: NDArray[np.uint32]
    street: NDArray[np.int32]

    def column(self, station: int) -> Reached:
        """Return the nodes within the limit of `station`, by its number."""
        part = slice(self.offset[station], self.offset[station + 1])
        return Reached(self.node[part], self.ms[part], self.street[part])


@dataclass(frozen=True, slots=True)
class Rows:
    """Node-major half: node n has the pairs ``offset[n]:offset[n + 1]`` of M, sorted by time and then by station.

    `offset` is int64 (N + 1,), `station` int32 (M,), `ms` uint32 (M,).
    """

    offset: NDArray[np.int64]
    station: NDArray[np.int32]
    ms: NDArray[np.uint32]

    def row(self, node: int) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
        """Return the stations within the limit of `node` and their times in milliseconds, soonest first."""
        part = slice(self.offset[node], self.offset[node + 1])
        return self.station[part], self.ms[part]


@dataclass(frozen=True, slots=True)
class TravelTable:
    """The table of one mode, inclusive up to `limit_ms`: `to` the stations in both orders, `back` from them by node."""

    mode: TravelMode
    limit_ms: int
    seats: Seats
    columns: Columns
    to: Rows
    back: Rows

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the table as named arrays, to be kept on disk."""
        parts: tuple[tuple[str, Seats | Columns | Rows], ...] = (
            ("seats", self.seats),
            ("columns", self.columns),
            ("to", self.to),
            ("back", self.back),
        )
        return {f"{part}.{field.name}": getattr(value, field.name) for part, value in parts for field in fields(value)}


def table_from_arrays(mode: TravelMode, limit_ms: int, arrays: Mapping[str, NDArray[np.generic]]) -> TravelTable:
    """Return the table that `TravelTable.to_arrays` took apart.

    Raises
    ------
    KeyError
        An array is missing.
    """

    def part(name: str, kind: type[Seats] | type[Columns] | type[Rows]) -> dict[str, Any]:
        return {
            field.name: np.asarray(arrays[f"{name}.{field.name}"]) for field in fields(kind)
        }  # plain ones are faster

    return TravelTable(
        mode,
        limit_ms,
        seats=Seats(**part("seats", Seats)),
        columns=Columns(**part("columns", Columns)),
        to=Rows(**part("to", Rows)),
        back=Rows(**part("back", Rows)),
    )


def times_to_stations(network: RoadNetwork, table: TravelTable, origin: Seats, index: int) -> NDArray[np.uint32]:
    """Return the milliseconds from a place to every station; `UNREACHED` beyond the limit; shape (K,).

    Parameters
    ----------
    origin
        Seats of places; `index` picks one, which is on the network. Its walk to the road is in the time.
    """
    return _reach(network, table, table.to, origin, index, leaving=True)


def times_of_places(network: RoadNetwork, table: TravelTable, origin: Seats) -> NDArray[np.uint32]:
    """Return what `times_to_stations` returns of every place, uint32 (D, K); `UNREACHED` in the row of one off it."""
    rows, seats = table.to, table.seats
    ms = np.full((len(origin.street), len(seats.street)), UNREACHED, dtype=np.uint32)
    forward_ms, backward_ms = network.forward_ms[table.mode], network.backward_ms[table.mode]
    reach_stations_from_each(
        np.flatnonzero(origin.street != OFF_NETWORK), origin.street, origin.fraction, origin.walk_ms,
        np.asarray(network.street_from), np.asarray(network.street_to), np.asarray(forward_ms), np.asarray(backward_ms),
        rows.offset, rows.station, rows.ms, seats.street, seats.fraction, seats.walk_ms, table.limit_ms, ms,
    )  # fmt: skip
    return ms


def times_from_stations(network: RoadNetwork, table: TravelTable, origin: Seats, index: int) -> NDArray[np.uint32]:
    """Return the milliseconds from every station back to a place; as `times_to_stations`."""
    return _reach(network, table, table.back, origin, index, leaving=False)


def soonest(
    ms: NDArray[np.uint32], extra_ms: NDArray[np.int64], *, allowed: NDArray[np.bool_], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the stations that take least time, as many as `count`, soonest first, equal times by number.

    Parameters
    ----------
    ms
        uint32 (K,), as `times_to_stations` gives it; who is `UNREACHED` is left out.
    extra_ms
        int64 (K,), what each station adds: parking and the walk from its gate.
    allowed
        bool (K,), which stations are asked for.

    Returns
    -------
    station, total_ms
        int64, numbers of the stations and their times with what they add.
    """
    station, total_ms = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    found = pick_soonest(ms, extra_ms, allowed, station, total_ms)
    return station[:found], total_ms[:found]


def _reach(
    network: RoadNetwork, table: TravelTable, rows: Rows, origin: Seats, index: int, *, leaving: bool
) -> NDArray[np.uint32]:
    street, seats = int(origin.street[index]), table.seats
    best: NDArray[np.uint32] = reach_stations(
        street, float(origin.fraction[index]), int(origin.walk_ms[index]),
        int(network.street_from[street]), int(network.street_to[street]),
        int(network.forward_ms[table.mode][street]), int(network.backward_ms[table.mode][street]), leaving,
        rows.offset, rows.station, rows.ms, seats.street, seats.fraction, seats.walk_ms, table.limit_ms,
    )  # fmt: skip
    return best
