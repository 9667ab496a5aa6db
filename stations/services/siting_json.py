"""Suggested sites as GeoJSON, with what they would do and how good the choice surely is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from stations.model.siting import Candidate, SitingAnswer
from stations.services.coverage_json import query_object
from stations.services.region import Region

NUMBERS = (
    "candidates", "candidates_off", "weight", "off_network", "covered_before", "covered_after", "mean_s_before",
    "mean_s_after", "at_limit", "value", "bound", "proven",
)  # fmt: skip
"""What the answer as a whole says, by the names of `SitingAnswer`."""


def siting_collection(answer: SitingAnswer, region: Region) -> dict[str, Any]:
    """Return suggestions as a GeoJSON FeatureCollection, the one that adds most first."""
    query = answer.query
    return {
        "type": "FeatureCollection",
        "query": {
            **query_object(query.coverage, region),
            "new": query.new,
            "goal": query.goal,
            "candidates": query.source,
            "target_share": query.target_share,
        },
        **{name: getattr(answer, name) for name in NUMBERS},
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [one.candidate.lon, one.candidate.lat]},
                "properties": {
                    "rank": rank,
                    "name": one.candidate.name,
                    "township": one.candidate.township,
                    "covered": one.covered,
                    "saved_s": one.saved_s,
                    "relieves": list(one.relieves),
                    "next_best": _plain(one.next_best),
                    "next_gain": one.next_gain,
                },
            }
            for rank, one in enumerate(answer.suggestions, start=1)
        ],
    }


def _plain(candidate: Candidate | None) -> dict[str, Any] | None:
    return None if candidate is None else asdict(candidate)
