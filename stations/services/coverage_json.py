"""Answers on coverage as JSON and GeoJSON, with what they were computed from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import shapely

from stations.model.coverage import (
    CoverageAnswer,
    CoverageShare,
    GapPlace,
    NotableWeek,
    PlacedUsable,
    Resilience,
    SpeedRange,
    WeekAnswer,
)
from stations.model.queries import CoverageQuery
from stations.services.coverage import Gap
from stations.services.geojson import origin_of, rounded
from stations.services.region import Region
from stations.services.what_if import ScenarioAnswer

Json = dict[str, Any]


def coverage_object(answer: CoverageAnswer, region: Region, *, compared: PlacedUsable | None = None) -> Json:
    """Return coverage of the whole and by township; with `compared`, what is placed beside it, by station."""
    return {
        **query_object(answer.query, region),
        "stations_counted": answer.stations_counted,
        "stations_unknown": answer.stations_unknown,
        "whole": _share(answer.whole),
        "townships": [_share(share) for share in answer.townships],
        "speeds": answer.speeds and _speeds(answer.speeds),
        "placed": compared and _share(compared.placed.whole),
        "difference": compared
        and [
            {
                "station_id": one.station_id,
                "name": one.name,
                "why": one.why,
                "weight": one.weight,
                "weight_alone": one.weight_alone,
            }
            for one in compared.stations
        ],
    }


def gap_collection(gaps: Iterable[Gap], query: CoverageQuery, region: Region) -> Json:
    """Return demand that is a gap point by point; `minutes` is null beyond the table."""
    features = [
        _point(
            gap.point.lon,
            gap.point.lat,
            {
                "demand_id": gap.point.demand_id,
                "name": gap.point.name,
                "township": gap.point.township,
                "weight": gap.point.weight,
                "minutes": rounded(gap.minutes),
            },
        )
        for gap in gaps
    ]
    return {"type": "FeatureCollection", **query_object(query, region), "features": features}


def gap_place_collection(
    unknown: Iterable[GapPlace], gaps: Iterable[GapPlace], query: CoverageQuery, region: Region
) -> Json:
    """Return gaps as places, heaviest first, behind the demand of which it is not known; see `state`."""
    features = [
        _point(place.lon, place.lat, {"state": state, **_gap_place(place, query, region)})
        for state, places in (("unknown", unknown), ("gap", gaps))
        for place in places
    ]
    return {"type": "FeatureCollection", **query_object(query, region), "features": features}


def week_object(answer: WeekAnswer, notable: Iterable[NotableWeek], region: Region) -> Json:
    """Return 168 shares for each row, the days of note of the week, and other weeks to look at."""
    asked = {
        name: value
        for name, value in query_object(answer.query, region).items()
        if name not in ("service", "need", "when")
    }
    return {
        **asked,
        "monday": answer.monday.isoformat(),
        "notes": [{"day": note.day.isoformat(), "kind": note.kind, "festival": note.festival} for note in answer.notes],
        "rows": [
            {
                "key": row.key,
                "shares": [rounded(share, 4) for share in row.shares],
                "unknown": [rounded(share, 4) for share in row.unknown],
            }
            for row in answer.rows
        ],
        "weeks": [
            {
                "monday": week.monday.isoformat(),
                "kind": week.kind,
                "festival": week.festival,
                "days": [day.isoformat() for day in week.days],
            }
            for week in notable
        ],
    }


def what_if_feature(query: CoverageQuery, answer: ScenarioAnswer, region: Region) -> Json:
    """Return the catchment of a candidate (null without one), and coverage before and after the scenario."""
    candidate = answer.candidate
    properties = {
        **query_object(query, region),
        "area_km2": candidate and round(candidate.catchment.area_km2, 3),
        "weight_within": candidate and candidate.weight_within,
        "covered_share_before": rounded(answer.share_before, 4),
        "covered_share": rounded(answer.share_after, 4),
        "unknown_share": rounded(answer.unknown_share_after, 4),
        "gained": answer.gained,
        "lost": answer.lost,
    }
    geometry = candidate and shapely.geometry.mapping(candidate.catchment.area)
    return {"type": "Feature", **origin_of(region.profile), "geometry": geometry, "properties": properties}


def resilience_object(answer: Resilience, region: Region) -> Json:
    """Return what is covered twice, whose loss costs most, and whom nobody would miss."""
    return {
        **query_object(answer.query, region),
        "weight": answer.weight,
        "covered": answer.covered,
        "covered_twice": answer.covered_twice,
        "covered_twice_share": rounded(answer.covered_twice_share, 4),
        "losses": [
            {"station_id": one.station_id, "name": one.name, "weight_lost": one.weight_lost} for one in answer.losses
        ],
        "missed_by_nobody": list(answer.missed_by_nobody),
    }


def query_object(query: CoverageQuery, region: Region) -> Json:
    """Return the question, and what the answer was computed from."""
    profile, mode = region.profile, region.profile.modes[query.mode]
    layer = region.layer(query.layer) if region.layers else None
    return {
        **origin_of(profile),
        "mode": query.mode,
        "speed_kmh": mode.speed_kmh,
        "measured": mode.measured or None,
        "minutes": query.minutes,
        "service": list(query.services),
        "need": list(query.needs),
        "when": query.when.isoformat() if query.when else None,
        "no_registration": query.no_registration,
        "layer": layer and layer.name,
        "counts": dict(layer.unit) if layer else {},
        "year": (layer.year or None) if layer else None,
        "demand_source": dict(layer.source) if layer else {},
        "layers": [one.name for one in region.layers],
    }


def _share(share: CoverageShare) -> Json:
    return {
        "area": share.area,
        "weight": share.weight,
        "covered": share.covered,
        "gap": share.gap,
        "unknown": share.unknown,
        "off_network": share.off_network,
        "covered_share": rounded(share.covered_share, 4),
        "gap_share": rounded(share.gap_share, 4),
        "unknown_share": rounded(share.unknown_share, 4),
        "saturated": share.saturated,
        "median_min": rounded(share.median_min),
        "p90_min": rounded(share.p90_min),
        "share_within": {str(minutes): rounded(value, 4) for minutes, value in share.share_within.items()},
        "beyond_table": share.beyond_table,
    }


def _speeds(speeds: SpeedRange) -> Json:
    """Return the range at other speeds; a null `whole` is where the table does not reach far enough."""
    sides = (
        (speeds.slower_kmh, speeds.slower_cutoff_min, speeds.slower),
        (speeds.faster_kmh, speeds.faster_cutoff_min, speeds.faster),
    )
    return {
        "limit_min": rounded(speeds.limit_min),
        "range": [
            {"speed_kmh": speed, "cutoff_min": rounded(cutoff), "whole": share and _share(share)}
            for speed, cutoff, share in sides
        ],
    }


def _gap_place(place: GapPlace, query: CoverageQuery, region: Region) -> Json:
    points = region.demand_of(query.layer)
    remedy = place.remedy
    return {
        "name": place.name,
        "others": place.others,
        "township": place.township,
        "weight": place.weight,
        "nearest_id": place.nearest_id,
        "nearest_name": place.nearest_name,
        "nearest_min": rounded(place.nearest_min),
        "why": place.why,
        "remedy": {
            "key": remedy.key,
            "station_id": remedy.station_id,
            "station_name": remedy.station_name,
            "changes": list(remedy.changes),
            "weight": remedy.weight,
        },
        "demand_ids": [points[number].demand_id for number in place.points],
    }


def _point(lon: float, lat: float, properties: Json) -> Json:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties}
