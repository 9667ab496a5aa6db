"""Suggested sites as a file: a row and a point each, and a method that tells the goal and how good the choice is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import shapely

from stations.loaders.layer_writing import LayerFile, MethodLine
from stations.model.queries import CoverageQuery
from stations.model.siting import SitingGoal, gap_of
from stations.services.coverage_json import query_object
from stations.services.layer_files import layer_file
from stations.services.layers import Cell, Layer, as_columns
from stations.services.method_sheet import describe_method
from stations.services.region import Region
from stations.services.siting_words import say_hours
from stations.texts import say, words

SITE_COLUMNS = (
    "rank", "name", "township", "newly_covered", "saved_h", "relieves", "relieves_names", "next_best", "next_gain",
)  # fmt: skip
"""What a file without any suggestion has."""
_TOLD = frozenset({
    "new", "goal", "candidates", "target_share", "candidates_off", "weight", "off_network", "covered_before",
    "covered_after", "mean_s_before", "mean_s_after", "at_limit", "value", "bound", "proven", "type", "cost", "budget",
    "hours", "week", "hour_count", "floor", "changes",
})  # fmt: skip
"""What the method tells in words of its own; anything further that an answer holds follows as it is."""


def siting_file(
    found: Mapping[str, Any], query: CoverageQuery, region: Region, *, made_at: datetime, lang: str = "zh"
) -> LayerFile:
    """Return what is to be written of suggested sites.

    Parameters
    ----------
    found
        What `siting_collection` made of them, be it at once or by a job; every property of a suggestion is a column.
    query
        The question on coverage that they answer.
    """
    of_week = bool(found["query"]["hours"])
    method = describe_method(query, region, made_at=made_at, lang=lang, any_hour=of_week)
    if of_week:
        method = tuple(replace(line, text=_hours(found, lang)) if line.key == "hour" else line for line in method)
    asked = set(query_object(query, region))
    more = [MethodLine(f"sites_{key}", _label(key, lang), text) for key, text in _method(found, asked, lang)]
    return layer_file(_layer(found, region), (*method, *more), lang=lang)


def _layer(found: Mapping[str, Any], region: Region) -> Layer:
    rows = [dict(_cells(one["properties"], region)) for one in found["features"]]
    names = tuple(rows[0]) if rows else SITE_COLUMNS
    places = np.empty(len(rows), dtype=object)
    places[:] = [one["geometry"] and shapely.geometry.shape(one["geometry"]) for one in found["features"]]
    return Layer("siting", "rank", as_columns(names, [tuple(row.get(name) for name in names) for row in rows]), places)


def _cells(properties: Mapping[str, Any], region: Region) -> Iterator[tuple[str, Cell]]:
    """Yield a suggestion as plain cells; saved seconds as hours, stations by id and by name."""
    for name, value in properties.items():
        if name == "covered":
            yield "newly_covered", value
        elif name.endswith("_s") and isinstance(value, int | float):
            yield f"{name.removesuffix('_s')}_h", round(value / 3600, 1)
        elif isinstance(value, list | tuple):
            yield name, ("+" if name == "kinds" else ";").join(map(str, value)) or None
            if name == "relieves":
                yield "relieves_names", "、".join(_station_name(one, region) for one in value) or None
        elif name == "changes":  # what they are stands in the columns beside
            continue
        elif isinstance(value, Mapping):
            yield name, value.get("name")
        else:
            yield name, str(value) if isinstance(value, str) else value


def _station_name(station_id: str, region: Region) -> str:
    """Return the name of a station, its id where it is gone since the sites were found."""
    return region.station(station_id).name if station_id in region.number_of else station_id


def _method(found: Mapping[str, Any], asked: set[str], lang: str) -> Iterator[tuple[str, str]]:
    """Yield what was asked and what came of it."""
    query = found["query"]
    yield "goal", say(lang, f"export.sites_goal_{query['goal']}")
    if query["goal"] == SitingGoal.FEWEST:
        yield "target_share", f"{query['target_share']:.1%}"
    yield "options", " · ".join(f"{say(lang, f'siting.kind_{kind}')} {cost:g}" for kind, cost in query["cost"].items())
    yield "spent", say(lang, "siting.spent", cost=f"{found['cost']:g}", budget=f"{query['budget']:g}")
    if query["floor"]:
        lowest = min(found["townships"], key=lambda one: one["after"], default=None)
        yield "floor", f"{query['floor']:.1%}" + (f" ({lowest['name']} {lowest['after']:.1%})" if lowest else "")
    listed = say(lang, "siting.candidates", count=found["candidates"], off=found["candidates_off"])
    yield "candidates", f"{_source(query['candidates'], lang)} · {listed}"
    if found["changes"]:
        yield "changes", say(lang, "siting.changes", count=found["changes"])
    total = (found["weight"] or 1.0) * found["hour_count"]
    before, after = (f"{found[name] / total:.1%}" for name in ("covered_before", "covered_after"))
    yield "covered", say(lang, "siting.covered", before=before, after=after)
    if found["mean_s_before"] is not None and found["mean_s_after"] is not None:
        means = {name: f"{found[f'mean_s_{name}'] / 60:.1f}" for name in ("before", "after")}
        yield "mean", say(lang, "siting.mean", **means, at_limit=f"{found['at_limit']:,.0f}")
    yield "proof", _proof(found, lang)
    for name, value in (*query.items(), *found.items()):
        if name not in _TOLD | asked and isinstance(value, str | int | float):
            yield name, str(value)


def _hours(found: Mapping[str, Any], lang: str) -> str:
    """Return the chosen hours of the week."""
    query = found["query"]
    hours = say_hours(query["hours"], lang)
    return say(lang, "siting.hours_counted", week=query["week"], count=found["hour_count"], hours=hours)


def _proof(found: Mapping[str, Any], lang: str) -> str:
    if found["bound"] is None:
        return say(lang, "export.sites_unproven")
    gap = gap_of(found["value"], found["bound"])
    return say(lang, "siting.proven" if found["proven"] else "siting.within", gap=f"{gap:.2%}")


def _source(source: str, lang: str) -> str:
    return words(lang).get(f"planner.source_{source}", source)


def _label(key: str, lang: str) -> str:
    return words(lang).get(f"export.sites_{key}", key)
