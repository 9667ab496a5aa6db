"""Suggested sites as GeoJSON, with what they would do and how good the choice surely is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from stations.model.siting import SitingAnswer, SitingOption, SitingQuery
from stations.services.coverage_json import query_object
from stations.services.region import Region

NUMBERS = (
    "candidates", "candidates_off", "changes", "hour_count", "weight", "off_network", "covered_before", "covered_after",
    "mean_s_before", "mean_s_after", "at_limit", "cost", "value", "bound", "proven",
)  # fmt: skip
"""What the answer as a whole says, by the names of `SitingAnswer`."""


def siting_collection(answer: SitingAnswer, region: Region) -> dict[str, Any]:
    """Return suggestions as a GeoJSON FeatureCollection, the one that adds most first."""
    return {
        "type": "FeatureCollection",
        "query": _query_object(answer.query, region),
        **{name: getattr(answer, name) for name in NUMBERS},
        "townships": [asdict(one) for one in answer.townships],
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [one.option.lon, one.option.lat]},
                "properties": {
                    "rank": rank,
                    **_plain(one.option),
                    "covered": one.covered,
                    "covered_hours": one.covered_hours,
                    "saved_s": one.saved_s,
                    "relieves": list(one.relieves),
                    "next_best": None if one.next_best is None else _plain(one.next_best),
                    "next_gain": one.next_gain,
                },
            }
            for rank, one in enumerate(answer.suggestions, start=1)
        ],
    }


def _query_object(query: SitingQuery, region: Region) -> dict[str, Any]:
    return {
        **query_object(query.coverage, region),
        "new": query.new,
        "goal": query.goal,
        "candidates": query.source,
        "target_share": query.target_share,
        "options": list(query.options),
        "cost": {kind: query.cost_of(kind) for kind in query.options},
        "budget": query.most_cost,
        "hours": query.hours or None,
        "week": query.week.isoformat() if query.week else None,
        "floor": query.floor,
    }


def _plain(option: SitingOption) -> dict[str, Any]:
    """Return an option with the changes that do it, as a scenario takes them."""
    return {**asdict(option), "kinds": list(option.kinds), "changes": option.changes.to_plain()}
