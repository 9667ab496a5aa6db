"""Features for programs that draw maps (OGC API - Features, Part 1): which collections there are, page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from stations.errors import InputError, UnknownThingError
from stations.model.features import MOST_FEATURES, Box, FeatureQuery
from stations.model.queries import CoverageQuery
from stations.services.catchments import MOST_STATIONS, reach_boxes
from stations.services.layers import (
    DEMAND_COLUMNS,
    GAP_COLUMNS,
    STATION_COLUMNS,
    Cell,
    Layer,
    catchment_layer,
    demand_layer,
    gap_layer,
    station_layer,
)
from stations.services.region import Region

_COVERAGE = ("mode", "minutes", "need", "service", "when", "no_registration", "layer")


@dataclass(frozen=True, slots=True)
class Collection:
    """Features that are asked for together: `parameters` say of which question, `properties` can be asked for."""

    name: str
    parameters: tuple[str, ...]
    properties: tuple[str, ...]
    most: int = MOST_FEATURES


@dataclass(frozen=True, slots=True)
class Page:
    """Some features; `next_offset` is where the next ones begin, `None` behind the last.

    `matched` counts all that were asked for, `None` where that would take too long to know.
    """

    features: tuple[dict[str, Any], ...]
    matched: int | None
    next_offset: int | None


COLLECTIONS: Mapping[str, Collection] = {
    one.name: one
    for one in (
        Collection("stations", (), STATION_COLUMNS),
        Collection("catchments", ("mode", "minutes"), ("station_id", "name"), most=MOST_STATIONS),
        Collection("demand", _COVERAGE, tuple(name for name in DEMAND_COLUMNS if name not in _COVERAGE)),
        Collection("gaps", _COVERAGE, GAP_COLUMNS),
    )
}
_LAYERS: Mapping[str, Callable[[CoverageQuery, Region], Layer]] = {
    "stations": lambda _, region: station_layer(region),
    "demand": demand_layer,
    "gaps": gap_layer,
}


def find_collection(name: str) -> Collection:
    """Return a collection.

    Raises
    ------
    UnknownThingError
        There is none of that name.
    """
    if name not in COLLECTIONS:
        raise UnknownThingError("ogc.collection_unknown", value=name[:40], allowed=", ".join(COLLECTIONS))
    return COLLECTIONS[name]


def read_page(query: FeatureQuery, region: Region) -> Page:
    """Return a page of a collection, at most 1,000 features, 20 where each is a catchment to be drawn.

    Raises
    ------
    InputError
        The cutoff goes beyond what the table holds.
    UnknownThingError
        There is no such collection or layer of demand.
    """
    collection = find_collection(query.collection)
    limit = min(query.limit, collection.most)
    if collection.name == "catchments":
        return _catchment_page(replace(query, limit=limit), region)
    layer = _layer(collection, query.coverage, region)
    chosen = _equal(layer.columns, query, len(layer.geometry))
    if query.box is not None:
        chosen &= shapely.intersects(_area(query.box), layer.geometry)
    found = np.flatnonzero(chosen)
    shown = found[query.offset : query.offset + limit]
    return Page(
        tuple(layer.feature(number) for number in shown.tolist()),
        len(found),
        query.offset + limit if query.offset + limit < len(found) else None,
    )


def is_at_hand(collection: Collection, coverage: CoverageQuery, region: Region) -> bool:
    """Whether nothing is to be computed or drawn for the features of a question."""
    return collection.name in _LAYERS and region.is_kept(_key(collection, coverage))


def read_feature(collection: str, feature_id: str, coverage: CoverageQuery, region: Region) -> dict[str, Any]:
    """Return one feature by its id; raises as `read_page` does, and `UnknownThingError` where it is not there."""
    if find_collection(collection).name == "catchments":
        return catchment_layer(coverage, region, (region.number(feature_id),)).feature(0)
    layer = _layer(find_collection(collection), coverage, region)
    for number, key in enumerate(layer.columns[layer.key]):
        if key == feature_id:
            return layer.feature(number)
    raise UnknownThingError("ogc.feature_unknown", value=feature_id[:40], collection=collection)


def _layer(collection: Collection, coverage: CoverageQuery, region: Region) -> Layer:
    """Return the features of a question, kept for the pages that follow."""
    return region.keep(_key(collection, coverage), lambda: _LAYERS[collection.name](coverage, region))


def _key(collection: Collection, coverage: CoverageQuery) -> tuple[object, ...]:
    return ("features", collection.name, coverage if collection.parameters else None)


def _catchment_page(query: FeatureQuery, region: Region) -> Page:
    """Return catchments; only those whose reach touches the box are drawn, and no more than a page of them."""
    columns = {
        "station_id": [station.station_id for station in region.stations],
        "name": [station.name for station in region.stations],
    }
    chosen = _equal(columns, query, len(region.stations))
    area = None if query.box is None else _area(query.box)
    if area is not None:
        chosen &= shapely.intersects(area, reach_boxes(query.coverage, region))
    found = np.flatnonzero(chosen)
    end = query.offset + query.limit
    layer = catchment_layer(query.coverage, region, found[query.offset : end].tolist())
    drawn = range(len(layer.geometry))
    return Page(
        tuple(layer.feature(n) for n in drawn if area is None or shapely.intersects(area, layer.geometry[n])),
        len(found) if area is None else None,
        end if end < len(found) else None,
    )


def _area(box: Box) -> shapely.Geometry:
    west, south, east, north = box
    sides = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    area = shapely.MultiPolygon([shapely.box(left, south, right, north) for left, right in sides])
    shapely.prepare(area)
    return area


def _equal(columns: Mapping[str, Any], query: FeatureQuery, count: int) -> NDArray[np.bool_]:
    """Return which rows have, of every property asked for, one of its values."""
    chosen = np.ones(count, dtype=bool)
    for name, values in query.equal:
        if name not in columns:
            raise InputError("ogc.parameter_unknown", field=name[:40], value=name[:40], allowed=", ".join(columns))
        _check_values(name, columns[name], values)
        chosen &= np.fromiter((any(_same(cell, one) for one in values) for cell in columns[name]), bool, count)
    return chosen


def _check_values(name: str, cells: Sequence[Cell], values: Sequence[str]) -> None:
    """Refuse a text that is asked for in a column of numbers."""
    known = [cell for cell in cells if cell is not None]
    if known and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in known):
        for text in values:
            try:
                float(text)
            except ValueError as error:
                raise InputError("error.number", field=name, name=name, value=text[:40]) from error


def _same(cell: Cell, text: str) -> bool:
    if isinstance(cell, bool):
        return text.lower() == str(cell).lower()
    if isinstance(cell, int | float):
        try:
            return float(text) == cell
        except ValueError:
            return False
    return cell == text
