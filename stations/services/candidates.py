"""Places where a station could be, and how long it takes to them; by the same search as the table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stations.errors import InputError
from stations.geo.crs import local_crs, to_degrees, to_metres
from stations.geo.seats import Seats, times_to_seat
from stations.model.keys import TravelMode
from stations.model.siting import Candidate, CandidateSource
from stations.services.region import Region

MOST_CANDIDATES = 1_000
GRID_STEPS_M = (500.0, 1000.0, 2000.0, 5000.0, 10_000.0, 20_000.0)


def list_candidates(source: CandidateSource, region: Region, layer: str = "") -> tuple[Candidate, ...]:
    """Return where a station could be; a grid is as fine as `MOST_CANDIDATES` allow.

    Raises
    ------
    InputError
        There are more than `MOST_CANDIDATES`, or the region has no list of owned places.
    """
    if source is CandidateSource.GRID:
        return _grid(region, layer)
    if source is CandidateSource.PUBLIC:
        numbers = np.flatnonzero(region.arrays.public).tolist()
        found = [Candidate(one.name, one.township, one.lon, one.lat) for one in (region.stations[k] for k in numbers)]
    else:
        places = region.owned if source is CandidateSource.OWNED else region.places
        found = [Candidate(one.name, one.township, one.lon, one.lat) for one in places]
        if source is CandidateSource.OWNED and not found:
            raise InputError("siting.no_owned", field="candidates")
    if len(found) > MOST_CANDIDATES:
        raise InputError("siting.too_many", field="candidates", value=len(found), most=MOST_CANDIDATES)
    return tuple(found)


def seconds_to(candidates: Sequence[Candidate], region: Region, mode: TravelMode, layer: str) -> NDArray[np.float64]:
    """Return the seconds from all demand to every candidate, parking included, float64 (D, C).

    inf beyond the table's limit, where there is no way, or to a candidate off the network; nan from demand off it.
    """
    seats, _ = region.roads.seat(mode, [one.lon for one in candidates], [one.lat for one in candidates])
    return (region.demand_ms_to(seats, mode, layer) + 1000 * region.profile.modes[mode].parking_s) / 1000


def demand_seconds(
    region: Region, seats: Seats, index: int, times: NDArray[np.float64], mode: TravelMode, layer: str = ""
) -> NDArray[np.float64]:
    """Return the seconds from demand to one of `seats`, parking included, by the milliseconds `times` of the nodes.

    Where both are on one street the way along it counts. inf beyond the table's limit, nan off the network.
    """
    ms = times_to_seat(region.roads.network, mode, region.demand_seats(mode, layer), seats, index, times)
    extra_ms = 1000 * region.profile.modes[mode].parking_s
    return np.where(ms > region.limit_ms(mode), np.inf, ms + extra_ms) / 1000


def _grid(region: Region, layer: str) -> tuple[Candidate, ...]:
    """Return the middles of the cells that hold demand, of the finest grid that has no more than there may be."""
    demand = region.demand_arrays(layer)
    if not len(demand.weight):
        return ()
    crs = local_crs(float(demand.lon.mean()), float(demand.lat.mean()))
    x, y = to_metres(demand.lon, demand.lat, crs=crs)
    for step in GRID_STEPS_M:
        cells = np.unique(np.floor(np.column_stack([x, y]) / step).astype(np.int64), axis=0)
        if len(cells) <= MOST_CANDIDATES:
            break
    lon, lat = to_degrees(*((cells[:MOST_CANDIDATES] + 0.5) * step).T, crs=crs)
    return tuple(Candidate(f"{a:.4f}, {b:.4f}", None, float(a), float(b)) for a, b in zip(lon, lat, strict=True))
