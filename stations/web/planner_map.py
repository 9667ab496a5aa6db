"""The planner's map: what is drawn of a coverage answer, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from flask import url_for

from stations.maps.demand_raster import draw_demand
from stations.maps.style import service_words, sorted_services
from stations.maps.web_map import GapMark, MapParts, StationMark, coverage_map
from stations.model.coverage import CoverageAnswer, GapPlace
from stations.model.station import Station
from stations.services.catchments import join_catchments
from stations.services.coverage import stations_that_count
from stations.services.region import Region
from stations.web.language import current_language, tell

SIMPLER_DEG = 1e-4
"""About 10 m: what the eye does not see at the scale of a district, and what makes the page half as heavy."""


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """A map, and the side of its cells of demand in metres (0 where there is no demand)."""

    parts: MapParts
    cell_m: int


def draw_map(answer: CoverageAnswer, gaps: Sequence[GapPlace], region: Region) -> DrawnMap:
    """Return the map of a coverage answer with the gaps given, in the language of the request."""
    key = ("desk map", answer.query, len(gaps), current_language())
    return region.keep(key, lambda: _draw(answer, gaps, region))


def _draw(answer: CoverageAnswer, gaps: Sequence[GapPlace], region: Region) -> DrawnMap:
    query = answer.query
    sure, perhaps = stations_that_count(query, region)
    catchment = join_catchments(query, region, tuple(np.flatnonzero(sure).tolist()))
    area = shapely.set_precision(catchment.area.simplify(SIMPLER_DEG), SIMPLER_DEG / 10, mode="pointwise")
    arrays = region.demand_arrays(query.layer)
    demand = draw_demand(arrays.lon, arrays.lat, arrays.weight, answer.states)
    layers = ("stations", "catchment", "demand", "gaps", "full_screen", "full_screen_off")
    parts = coverage_map(
        bounds=region.profile.bounds,
        stations=[_station_mark(region.stations[number]) for number in np.flatnonzero(sure | perhaps)],
        demand=demand,
        gaps=[GapMark(gap.lon, gap.lat, rank, _gap_text(gap)) for rank, gap in enumerate(gaps, start=1)],
        catchment=shapely.geometry.mapping(area),
        names={name: tell(f"layer.{name}") for name in layers},
        basemap_url=url_for("api.basemap"),
    )
    return DrawnMap(parts, demand.cell_m if demand else 0)


def _station_mark(station: Station) -> StationMark:
    lang = current_language()
    services = " · ".join(
        service_words(lang, key, count)
        for key, count in sorted_services({str(key): count for key, count in station.services.items()})
    )
    kind = tell(f"kind.{station.kind}")
    where = f"{kind} · {station.township}" if station.township else kind
    lines = (station.name, where, station.hours_text or station.hours or tell("state.unknown"), services)
    return StationMark(
        station.station_id, station.lon, station.lat, station.kind, tuple(line for line in lines if line)
    )


def _gap_text(gap: GapPlace) -> str:
    return f"{gap.name} · {gap.weight:,.0f} · {tell(f'gap.why_{gap.why}')}"
