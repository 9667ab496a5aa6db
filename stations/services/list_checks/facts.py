"""What a list is held against: the region's bounds, roads, water, named places and outline."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Geometry, Polygon

from stations.geo.basemap import STEPS_PER_DEGREE
from stations.geo.crs import local_crs
from stations.loaders.boundary import read_boundary
from stations.loaders.places import read_places
from stations.model.region import RegionProfile
from stations.model.station import NamedPlace
from stations.services.roads import Roads

_FEWEST_NUMBERS = 8  # four points of a closed ring


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What is known of a region that a list of its stations can be held against.

    Attributes
    ----------
    roads
        `None` where none were built.
    water
        Lakes and rivers as polygons in WGS 84 degrees; empty where none are known.
    places
        Communities and landmarks; empty where none are known.
    boundary
        The outline in WGS 84 degrees, where there is one.
    """

    profile: RegionProfile
    roads: Roads | None = None
    water: tuple[Geometry, ...] = ()
    places: tuple[NamedPlace, ...] = ()
    boundary: Geometry | None = None

    @property
    def crs(self) -> str:
        """A projection to metres around the region."""
        return self.roads.network.crs if self.roads else local_crs(*self.profile.centre)


def facts_of(profile: RegionProfile, roads: Roads | None) -> ListFacts:
    """Return what is known of a region; what it has no file for stays unknown.

    Raises
    ------
    FileError
        Its places or its outline cannot be read.
    """
    places = profile.folder / "places.csv"
    return ListFacts(
        profile=profile,
        roads=roads,
        water=water_of(json.loads(roads.basemap_json).get("water", [])) if roads else (),
        places=read_places(places) if places.exists() else (),
        boundary=read_boundary(profile.folder / "boundary.geojson"),
    )


def water_of(rings: Iterable[list[int]]) -> tuple[Geometry, ...]:
    """Return the closed rings of an encoded base map as polygons in WGS 84 degrees; islands in them are not known."""
    polygons: list[Geometry] = []
    for ring in rings:
        if len(ring) >= _FEWEST_NUMBERS:
            steps = np.array(ring, dtype=np.int64).reshape(-1, 2).cumsum(axis=0)
            polygons.append(shapely.make_valid(Polygon(steps / STEPS_PER_DEGREE)))
    return tuple(polygons)
