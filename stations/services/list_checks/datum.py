"""Whether a whole list looks as if it were written in another datum than it declares."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import shapely
from numpy.typing import NDArray

from stations.errors import Problem
from stations.geo.crs import to_metres
from stations.geo.datum import to_wgs84
from stations.geo.datum_fit import FEWEST_PLACES, DatumFit, GroundEvidence, fit_datum, mean_shift_m
from stations.geo.roads import RoadNetwork
from stations.model.keys import Datum
from stations.services.list_checks.communities import Communities
from stations.services.list_checks.facts import ListFacts
from stations.services.list_checks.ground import road_gaps_m
from stations.services.list_checks.named import by_start, names_in, plain, without_townships
from stations.services.list_checks.rows import Degrees, Rows, shown
from stations.services.roads import Roads

MOST_COMPARED = 1000
"""Of a longer list so many rows, evenly spread, are compared with the ground."""
SAME_PLACE_M = 1.0
ARROWS = "↑↗→↘↓↙←↖"
DATUM_NAMES = {Datum.WGS84: "WGS 84", Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09"}


def check_datum(rows: Rows, facts: ListFacts, *, datum: Datum) -> tuple[Problem, ...]:
    """Tell where a list as a whole fits the ground clearly better in another datum than in the one it declares.

    Says nothing where no roads are known, where the datums are the same (abroad), and where the evidence is weak;
    see `fit_datum`.
    """
    if facts.roads is None or len(rows) < FEWEST_PLACES:
        return ()
    compared = np.zeros(len(rows), dtype=bool)
    compared[np.linspace(0, len(rows) - 1, min(len(rows), MOST_COMPARED)).astype(np.int64)] = True
    some = rows.take(compared)
    ground = _Ground(some, facts, facts.roads)
    read = {one: to_wgs84(some.written_lon, some.written_lat, one) for one in Datum}
    evidence = {one: ground.evidence(*places) for one, places in read.items()}
    fit = fit_datum(evidence, declared=datum)
    if fit is None:
        return ()
    shift_m = mean_shift_m(*read[datum], *read[fit.likely])
    if math.hypot(*shift_m) < SAME_PLACE_M:
        return ()
    limit_m = facts.profile.snap_limit_m
    road_m = {one: _median_m(found, limit_m=limit_m) for one, found in evidence.items()}
    return (_problem(some, fit, datum=datum, shift_m=shift_m, road_m=road_m),)


class _Ground:
    """What a list's own words say of where its stations are, to be held against positions."""

    def __init__(self, rows: Rows, facts: ListFacts, roads: Roads) -> None:
        self._roads = roads
        self._crs = facts.crs
        self._communities = communities = Communities.of(facts)
        self._said = np.array([(communities and communities.township_of(one.station)) or "" for one in rows.listed])
        stems = communities.known_townships if communities else frozenset()
        self._named_roads = _pairs_of_roads(
            roads.network, [without_townships(o.station.address, stems) for o in rows.listed]
        )
        named = [communities.named_by(one.station) if communities else [] for one in rows.listed]
        self._named_places = (
            np.repeat(np.arange(len(named)), [len(found) for found in named]),
            np.array([number for found in named for number in found], dtype=np.int64),
        )

    def evidence(self, lon: Degrees, lat: Degrees) -> GroundEvidence:
        """Return how the rows lie with these coordinates (WGS 84 degrees)."""
        places = np.column_stack(to_metres(lon, lat, crs=self._crs))
        return GroundEvidence(
            road_m=road_gaps_m(self._roads, lon, lat),
            named_road_m=self._to_named_roads(places),
            named_place_m=self._to_named_places(places),
            in_township=self._in_township(places),
        )

    def _to_named_roads(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        row, lines = self._named_roads
        return _least(len(places), row, shapely.distance(shapely.points(places[row]), lines))

    def _to_named_places(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        row, number = self._named_places
        if self._communities is None:
            return np.full(len(places), np.nan)
        return _least(len(places), row, np.hypot(*(self._communities.metres[number] - places[row]).T))

    def _in_township(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._communities is None:
            return np.full(len(places), np.nan)
        _, nearest = self._communities.nearest(places, k=1)
        agrees = self._communities.townships[nearest[:, 0]] == self._said
        return np.where(self._said == "", np.nan, agrees.astype(np.float64))


def _pairs_of_roads(network: RoadNetwork, addresses: list[str]) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return rows and the roads that their addresses name, each road as one shape in metres; shape (P,) both."""
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(network.names):
        numbers[plain(name)].append(number)
    starts = by_start(numbers)
    pairs = [(row, name) for row, words in enumerate(addresses) for name in sorted(set(names_in(words, starts)))]
    shapes = {name: _road_shape(network, numbers[name]) for name in {name for _, name in pairs}}
    row = np.array([row for row, _ in pairs], dtype=np.int64)
    return row, np.array([shapes[name] for _, name in pairs], dtype=np.object_)


def _road_shape(network: RoadNetwork, numbers: list[int]) -> shapely.Geometry:
    """Return all streets that bear one of some names (their numbers), as one shape in metres."""
    streets = np.flatnonzero(np.isin(network.street_name, numbers))
    spans = [slice(*network.shape_offset[street : street + 2]) for street in streets]
    return shapely.MultiLineString([np.column_stack([network.shape_x[at], network.shape_y[at]]) for at in spans])


def _least(count: int, row: NDArray[np.int64], metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least metres of each row, nan for rows without any; shape (count,)."""
    least = np.full(count, np.inf)
    np.minimum.at(least, row, metres)
    return np.where(np.isinf(least), np.nan, least)


def _problem(
    rows: Rows,
    fit: DatumFit,
    *,
    datum: Datum,
    shift_m: tuple[float, float],
    road_m: dict[Datum, str],
) -> Problem:
    east_m, north_m = shift_m
    lon, lat = to_wgs84(float(rows.written_lon[0]), float(rows.written_lat[0]), fit.likely)
    values = {
        "declared": DATUM_NAMES[datum],
        "likely": DATUM_NAMES[fit.likely],
        "likely_key": str(fit.likely),
        "shift_m": round(math.hypot(east_m, north_m)),
        "arrow": ARROWS[round(math.degrees(math.atan2(east_m, north_m)) / 45) % 8],
        "declared_road_m": road_m[datum],
        "likely_road_m": road_m[fit.likely],
        "agreeing": fit.agreeing,
        "telling": fit.telling,
        "compared": len(rows),
        "example": rows.station(0).name,
        "example_lon": shown(lon),
        "example_lat": shown(lat),
    }
    return Problem("check.datum", None, None, str(datum), tuple(values.items()), refuses=False)


def _median_m(evidence: GroundEvidence, *, limit_m: float) -> str:
    """Return the median metres to a road, e.g. ``"16"``, or ``">250"`` where most lie beyond the snap limit."""
    median = float(np.median(evidence.road_m))
    return f">{limit_m:.0f}" if math.isinf(median) else f"{median:.0f}"
