"""A station in the words of schema.org, for search engines and other programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stations.hours.timetable import DayHours
from stations.model.region import RegionProfile
from stations.model.station import Station
from stations.texts import say


def describe_place(
    station: Station, profile: RegionProfile, *, lang: str, url: str, week: Iterable[DayHours]
) -> dict[str, Any]:
    """Return a station as a `Place` (https://schema.org/Place), fit for JSON-LD; what is not known is left out.

    Hours are those of the days of `week`, each valid on its own date, days of unknown hours left out: a weekly rule
    would be wrong on holidays.
    """
    lon, lat = station.target
    address = {
        "streetAddress": station.address,
        "addressLocality": station.township,
        "addressRegion": profile.names[lang],
    }
    return {
        "@context": "https://schema.org",
        "@type": "Place",
        "@id": url,
        "url": url,
        "name": station.name,
        "description": say(lang, f"kind.{station.kind}"),
        "address": {"@type": "PostalAddress", **_known(address)},
        "geo": {"@type": "GeoCoordinates", "latitude": round(lat, 6), "longitude": round(lon, 6)},
        **_known({"telephone": station.phone}),
        "openingHoursSpecification": [one for day in week for one in _hours_of(day)],
        "amenityFeature": [
            {
                "@type": "LocationFeatureSpecification",
                "name": say(lang, f"service.{service}"),
                "value": True if count is None else count,
            }
            for service, count in station.services.items()
        ],
    }


def _hours_of(day: DayHours) -> list[dict[str, str]]:
    return [
        {
            "@type": "OpeningHoursSpecification",
            "validFrom": day.day.isoformat(),
            "validThrough": day.day.isoformat(),
            "opens": f"{start:%H:%M}",
            "closes": "23:59" if (end - start).days else f"{end:%H:%M}",
        }
        for start, end in day.spans
    ]


def _known(values: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
