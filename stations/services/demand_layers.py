"""Bring demand into a region: one layer for each kind, with what it counts, of which year and from where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from stations.errors import FileError, InputError, Problem, UnknownThingError
from stations.geo.crs import local_crs, to_metres
from stations.geo.datum import to_wgs84
from stations.loaders.boundary import read_boundary
from stations.loaders.demand import read_demand, write_demand
from stations.loaders.demand_features import FEATURE_ENDINGS
from stations.loaders.demand_raster import RASTER_ENDINGS, read_raster
from stations.loaders.places import read_places
from stations.loaders.region import LAYER_NAME, LAYER_YEAR, read_profile, write_profile
from stations.loaders.sheets import SHEET_ENDINGS
from stations.model.keys import Datum
from stations.model.progress import Progress
from stations.model.region import FIRST_LAYER, DemandLayer, RegionProfile
from stations.model.station import DemandPoint, NamedPlace
from stations.services.create import day_of
from stations.settings import Settings

COMMUNITY = "community"
NEAR_M = 5_000.0
"""A place further than this from every community belongs to none of them."""
ENDINGS = (".csv", *SHEET_ENDINGS, *FEATURE_ENDINGS, *RASTER_ENDINGS)


@dataclass(frozen=True, slots=True)
class NewDemand:
    """A file of demand, and what is said of it.

    `layer` is the name of the layer that it makes or replaces; empty means ``demand.csv``. `unit` is what the weights
    count, `weight` the heading of their column where its name does not tell; `datum` which earth the coordinates were
    written in; `nodata` the value of unknown cells of a raster that does not tell it.
    """

    path: Path
    layer: str = ""
    unit: str = ""
    year: str = ""
    source: str = ""
    weight: str = ""
    datum: Datum = Datum.WGS84
    nodata: float | None = None


@dataclass(frozen=True, slots=True)
class BroughtDemand:
    """What was brought: how many places, their weights together, and what is to be told of them."""

    layer: DemandLayer
    count: int
    weight: float
    notes: tuple[Problem, ...]


def import_demand(new: NewDemand, settings: Settings) -> Iterator[Progress | BroughtDemand]:
    """Check a file of demand and take it over as a layer; last comes what was brought.

    Raises
    ------
    FileError
        It cannot be read, or what it holds cannot be used as demand.
    InputError
        A new layer lacks its unit, year or source, or its name or year cannot be used; nothing was changed.
    RefusedListError
        A row cannot be used, or names a place that ``places.csv`` of the region does not have; the old demand stays.
    """
    profile = read_profile(settings.region)
    layer = _layer_of(new, profile)
    yield Progress("progress.demand", 0, 1)
    places = profile.folder / "places.csv"
    known = read_places(places) if places.exists() else ()
    points, notes = _read(new, profile, known)
    if not sum(point.weight for point in points):
        raise FileError("demand.all_zero", path=new.path)
    points, more = with_townships(points, profile, known)
    notes = (*notes, *more, *_outside(points, profile, new.path))
    write_demand(profile.folder / layer.file, points)
    write_profile(profile.folder, _with_layer(profile, layer, new))
    yield Progress("progress.demand", 1, 1)
    yield BroughtDemand(layer, len(points), float(sum(point.weight for point in points)), notes)


def _layer_of(new: NewDemand, profile: RegionProfile) -> DemandLayer:
    """Return what the layer will say of itself: what is given, else what it said before, else an error."""
    if new.year and not LAYER_YEAR.fullmatch(new.year):
        raise InputError("demand.year", field="--year", value=new.year[:40])
    file = {"zh": new.path.name, "en": new.path.name}
    if new.layer in ("", FIRST_LAYER):
        first = profile.all_layers[0]
        source = {"zh": new.source, "en": new.source} if new.source else file
        unit = {"zh": new.unit, "en": new.unit} if new.unit else first.unit
        return DemandLayer(FIRST_LAYER, first.file, unit, new.year or day_of(new.path), source)
    if not LAYER_NAME.fullmatch(new.layer):
        raise InputError("demand.layer_name", field="--layer", value=new.layer[:60])
    before = profile.layers.get(new.layer)
    if before is None:
        for name, value in (("--unit", new.unit), ("--year", new.year), ("--source", new.source)):
            if not value:
                raise InputError("demand.lacks", field=name, name=name, layer=new.layer)
        before = DemandLayer(new.layer, f"demand-{new.layer}.csv")
    return DemandLayer(
        new.layer,
        before.file,
        {"zh": new.unit, "en": new.unit} if new.unit else before.unit,
        new.year or before.year,
        {"zh": new.source, "en": new.source} if new.source else before.source,
    )


def _with_layer(profile: RegionProfile, layer: DemandLayer, new: NewDemand) -> RegionProfile:
    if layer.name != FIRST_LAYER:
        return replace(profile, layers={**profile.layers, layer.name: layer})
    return replace(
        profile,
        demand_counts=layer.unit,
        dates={**profile.dates, "demand": layer.year},
        sources={**profile.sources, "demand": layer.source},
    )


def _read(
    new: NewDemand, profile: RegionProfile, places: Sequence[NamedPlace]
) -> tuple[tuple[DemandPoint, ...], tuple[Problem, ...]]:
    ending = new.path.suffix.lower()
    if ending not in ENDINGS:
        raise FileError("file.ending", path=new.path, ending=ending or "–", allowed=", ".join(ENDINGS))
    if ending in RASTER_ENDINGS:
        boundary = read_boundary(profile.folder / "boundary.geojson")
        return read_raster(new.path, bounds=profile.bounds, boundary=boundary, nodata=new.nodata)
    return to_wgs84_points(read_demand(new.path, places=places, weight=new.weight), new.datum), ()


def to_wgs84_points(points: tuple[DemandPoint, ...], datum: Datum) -> tuple[DemandPoint, ...]:
    """Return places whose coordinates were written in `datum`, in WGS 84 with seven decimals."""
    if datum is Datum.WGS84:
        return points
    lon, lat = np.array([point.lon for point in points]), np.array([point.lat for point in points])
    east, north = to_wgs84(lon, lat, datum)
    moved = zip(points, east.round(7).tolist(), north.round(7).tolist(), strict=True)
    return tuple(replace(point, lon=x, lat=y) for point, x, y in moved)


def with_townships(
    points: Sequence[DemandPoint], profile: RegionProfile, places: Sequence[NamedPlace]
) -> tuple[tuple[DemandPoint, ...], tuple[Problem, ...]]:
    """Return the points, those without a township named after the nearest community, with what is to be told of it."""
    communities = [place for place in places if place.category == COMMUNITY]
    without = [number for number, point in enumerate(points) if not point.township]
    if not communities or not without:
        return tuple(points), ()
    crs = local_crs(*profile.centre)
    tree = cKDTree(np.column_stack(to_metres([p.lon for p in communities], [p.lat for p in communities], crs=crs)))
    there = to_metres([points[k].lon for k in without], [points[k].lat for k in without], crs=crs)
    found = list(points)
    named = 0
    away, nearest_of = (np.asarray(one).tolist() for one in tree.query(np.column_stack(there)))
    for k, away_m, nearest in zip(without, away, nearest_of, strict=True):
        if away_m <= NEAR_M:
            community = communities[nearest]
            name = community.name if found[k].name == found[k].demand_id else found[k].name
            found[k] = replace(found[k], name=name, township=community.township)
            named += 1
    note = Problem("demand.township_by_nearest", None, None, None, (("count", named),), refuses=False)
    return tuple(found), (note,) if named else ()


def _outside(points: Sequence[DemandPoint], profile: RegionProfile, path: Path) -> tuple[Problem, ...]:
    """Return what is to be told of places outside the region, which stay though no road will be near; refuse all."""
    west, south, east, north = profile.bounds
    out = [point for point in points if not (west <= point.lon <= east and south <= point.lat <= north)]
    if not out:
        return ()
    if len(out) == len(points):
        ours = ", ".join(f"{degrees:.3f}" for degrees in profile.bounds)
        raise FileError("demand.elsewhere", path=path, lon=f"{out[0].lon:.5f}", lat=f"{out[0].lat:.5f}", ours=ours)
    told = (
        ("count", len(out)),
        ("weight", f"{sum(point.weight for point in out):,.0f}"),
        ("first", out[0].demand_id),
        ("lon", f"{out[0].lon:.5f}"),
        ("lat", f"{out[0].lat:.5f}"),
    )
    return (Problem("demand.outside", None, None, None, told, refuses=False),)


def remove_demand(name: str, settings: Settings) -> None:
    """Take a layer out of a region; its file is deleted.

    Raises
    ------
    UnknownThingError
        The region has no such layer beside ``demand.csv``.
    """
    profile = read_profile(settings.region)
    if name not in profile.layers:
        allowed = ", ".join(profile.layers) or "–"
        raise UnknownThingError("coverage.layer_unknown", field="layer", value=name[:40], allowed=allowed)
    left = {key: layer for key, layer in profile.layers.items() if key != name}
    write_profile(profile.folder, replace(profile, layers=left))
    (profile.folder / profile.layers[name].file).unlink(missing_ok=True)
