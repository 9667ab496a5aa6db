"""Answers as GeoJSON (RFC 7946): WGS 84, lon before lat."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import shapely

from stations.model.answers import FoundStation, NearestAnswer, NextStop
from stations.model.keys import TravelMode
from stations.model.queries import NearestQuery
from stations.model.region import RegionProfile
from stations.model.station import Station
from stations.model.taps import DoorReport
from stations.services.catchments import Catchment
from stations.services.handoff import handoff_links
from stations.services.route import RouteAnswer

Json = dict[str, Any]


def nearest_collection(answer: NearestAnswer, profile: RegionProfile) -> Json:
    """Return the rider's list, best first; `nearest_json` writes the same faster."""

    def feature(item: FoundStation) -> Json:
        links = handoff_links(item.station, answer.query.mode, area=profile.names["zh"], origin=answer.query.origin)
        return station_geojson(
            item.station, {**station_properties(item.station), "links": links, **travel_properties(item, answer)}
        )

    instead = answer.instead
    return {
        "type": "FeatureCollection",
        **origin_of(profile),
        **nearest_head(answer.query, profile, answer.origin_snap_m, answer.origin_on_main, answer.next_stop),
        "features": [feature(item) for item in answer.found],
        "instead": instead
        and {
            "next_to_open": instead.next_to_open and feature(instead.next_to_open),
            "nearest_open": instead.nearest_open and feature(instead.nearest_open),
            "public": [feature(item) for item in instead.public],
        },
    }


def nearest_head(
    query: NearestQuery, profile: RegionProfile, snap_m: float | None, on_main: bool, stop: NextStop | None
) -> Json:
    """Return what a rider's list says of the question as a whole; `snap_m` and `on_main` are the origin's."""
    return {
        "mode": query.mode,
        "speed_kmh": profile.modes[query.mode].speed_kmh,
        "measured": profile.modes[query.mode].measured or None,
        "when": query.when.isoformat(),
        "origin": {
            "lon": query.origin.lon,
            "lat": query.origin.lat,
            "snap_m": rounded(snap_m),
            "on_main": on_main,
        },
        "budget_min": query.budget_min,
        "next": stop
        and query.next_stop
        and {
            "lon": query.next_stop.lon,
            "lat": query.next_stop.lat,
            "snap_m": rounded(stop.snap_m),
            "on_main": stop.on_main,
            "direct_s": stop.direct_s,
        },
    }


def travel_properties(item: FoundStation, answer: NearestAnswer) -> Json:
    """Return what a rider's list says of a station for this question alone."""
    arrival = item.arrival
    return {
        "travel_s": item.travel_s,
        "return_s": item.return_s,
        "onward_s": item.onward_s,
        "detour_s": item.detour_s,
        "spare_s": item.spare_s,
        "travel_reason": item.travel_reason,
        "straight_line_m": round(item.straight_line_m),
        "to_gate": item.to_gate,
        "state": arrival.state,
        "state_at": "departure" if item.at_departure else "arrival",
        "usable_in_s": arrival.usable_in_s,
        "open_until": arrival.open_until.isoformat() if arrival.open_until else None,
        "opens_at": arrival.opens_at.isoformat() if arrival.opens_at else None,
        "holidays_unconfirmed": arrival.holidays_unconfirmed,
        "taps": tap_properties(answer.doors, item.station.station_id),
    }


def tap_properties(doors: DoorReport, station_id: str) -> Json:
    """Return what riders found at a door; null where no taps could be read."""
    return {
        "got_in_today": doors.got_in_today(station_id),
        "last_got_in_min": doors.last_got_in_min(station_id),
        "reported_locked": doors.reported_locked(station_id),
    }


def station_collection(stations: Iterable[Station], profile: RegionProfile) -> Json:
    """Return stations as they are listed, without travel."""
    features = [station_geojson(station, station_properties(station)) for station in stations]
    return {"type": "FeatureCollection", **origin_of(profile), "features": features}


def station_feature(station: Station, profile: RegionProfile) -> Json:
    """Return one station."""
    properties = station_properties(station)
    return {**station_geojson(station, properties), **origin_of(profile)}


def catchment_collection(
    catchments: Iterable[Catchment], profile: RegionProfile, *, mode: TravelMode, minutes: float
) -> Json:
    """Return catchments as MultiPolygons with the mode, speed and cutoff they were computed with."""
    features = [
        {
            "type": "Feature",
            "geometry": shapely.geometry.mapping(catchment.area),
            "properties": {"station_id": catchment.station_id, "area_km2": round(catchment.area_km2, 3)},
        }
        for catchment in catchments
    ]
    computed = {"mode": mode, "speed_kmh": profile.modes[mode].speed_kmh, "minutes": minutes}
    return {"type": "FeatureCollection", **origin_of(profile), **computed, "features": features}


def route_feature(answer: RouteAnswer, profile: RegionProfile) -> Json:
    """Return the way to a station as a line, with its seconds and metres."""
    mode = answer.query.mode
    properties = {
        "station_id": answer.query.station_id,
        "mode": mode,
        "speed_kmh": profile.modes[mode].speed_kmh,
        "travel_s": answer.travel_s,
        "length_m": round(answer.length_m, 1),
    }
    geometry = shapely.geometry.mapping(answer.line)
    return {"type": "Feature", **origin_of(profile), "geometry": geometry, "properties": properties}


def origin_of(profile: RegionProfile) -> Json:
    """Return what every answer says of where it comes from."""
    return {
        "region": profile.region_id,
        "sample": profile.sample,
        "dates": dict(profile.dates),
        "sources": {key: dict(texts) for key, texts in profile.sources.items()},
    }


def station_properties(station: Station) -> Json:
    """Return what is known of a station."""
    has_entrance = station.entrance_lon is not None
    return {
        "station_id": station.station_id,
        "name": station.name,
        "kind": station.kind,
        "township": station.township,
        "address": station.address,
        "services": dict(station.services),
        "hours": station.hours,
        "hours_text": station.hours_text,
        "follows_workdays": station.follows_workdays,
        "entry": station.entry,
        "entrance": [station.entrance_lon, station.entrance_lat] if has_entrance else None,
        "entrance_s": station.entrance_s,
        "entrance_hours": station.entrance_hours,
        "ebike_parking": station.ebike_parking,
        "phone": station.phone,
        "verified_on": station.verified_on.isoformat() if station.verified_on else None,
        "source": station.source,
        "notes": station.notes,
    }


def station_geojson(station: Station, properties: Json) -> Json:
    """Return a station as a feature of these properties, at its door."""
    return {
        "type": "Feature",
        "id": station.station_id,
        "geometry": {"type": "Point", "coordinates": [station.lon, station.lat]},
        "properties": properties,
    }


def rounded(value: float | None, digits: int = 1) -> float | None:
    """Return a number as answers tell it; `None` stays."""
    return None if value is None else round(value, digits)
