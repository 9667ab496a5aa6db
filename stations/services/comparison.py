"""Scenarios side by side with the region as it is: as an answer, in words, as JSON, and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from stations.errors import InputError, StationsError
from stations.hours.wording import describe_hours
from stations.loaders.layer_writing import LayerFile, MethodLine
from stations.model.comparison import MOST_COMPARED, ComparedScenario, Comparison, Measure
from stations.model.queries import CoverageQuery
from stations.model.scenarios import NewSite, SavedScenario, Scenario
from stations.services.coverage import measure_coverage
from stations.services.coverage_json import query_object
from stations.services.geojson import rounded
from stations.services.layer_files import layer_file
from stations.services.layers import Cell, Layer, as_columns
from stations.services.method_sheet import describe_method
from stations.services.region import Region
from stations.services.scenarios import fit_scenario, region_of
from stations.services.week import measure_week
from stations.texts import say

Json = dict[str, Any]
EXPORT = "scenarios"


def compare_scenarios(
    query: CoverageQuery, scenarios: Sequence[SavedScenario], region: Region, *, week: date
) -> Comparison:
    """Return what the region is like as it is, and with each of some scenarios, by one question.

    What of a scenario cannot be had any more, or not by the mode asked about, is left out, and said in its column.

    Parameters
    ----------
    week
        Any day of the week through which the hours are counted.

    Raises
    ------
    InputError
        There are more than four scenarios, or the cutoff goes beyond what the table holds.
    UnknownThingError
        The region has no such layer of demand.
    """
    if len(scenarios) > MOST_COMPARED:
        raise InputError("scenario.too_many_compared", field="scenario", value=len(scenarios), most=MOST_COMPARED)
    monday = week - timedelta(days=week.weekday())
    return Comparison(query, monday, tuple(_column(query, one, region, monday) for one in (None, *scenarios)))


def change_lines(scenario: Scenario, region: Region, lang: str) -> tuple[str, ...]:
    """Return what a scenario changes, a sentence for each change; stations that are gone are told by their ids."""

    def name(station_id: str) -> str:
        return region.station(station_id).name if station_id in region.number_of else station_id

    added: dict[str, list[str]] = {}
    for station_id, key in scenario.services:
        added.setdefault(station_id, []).append(say(lang, f"service.{key}"))
    between = say(lang, "hours.and")
    return (
        *(_site_line(site, lang) for site in scenario.sites),
        *(say(lang, "planner.off", station=name(one)) for one in scenario.without),
        *(
            say(lang, "planner.other_hours", station=name(one), hours=describe_hours(text, lang))
            for one, text in scenario.hours
        ),
        *(
            say(lang, "planner.more_services", station=name(one), services=between.join(services))
            for one, services in added.items()
        ),
        *(say(lang, "planner.waived", station=name(one)) for one in scenario.no_registration),
    )


def scenario_object(saved: SavedScenario, region: Region, lang: str) -> Json:
    """Return a scenario as JSON, with its changes in words and what of it cannot be had any more."""
    errors = fit_scenario(saved.changes, region).errors
    return {
        "scenario_id": saved.scenario_id,
        "name": saved.name,
        "note": saved.note,
        "cost": saved.cost,
        "changes": saved.changes.to_plain(),
        "changes_text": list(change_lines(saved.changes, region, lang)),
        "problems": _problems(errors, lang),
        "made_at": saved.made_at.isoformat(timespec="seconds"),
        "changed_at": saved.changed_at.isoformat(timespec="seconds"),
        "version": saved.version,
    }


def comparison_object(answer: Comparison, region: Region, lang: str) -> Json:
    """Return a comparison as JSON: its columns, and a row for each measure with the differences to the first column."""
    return {
        **query_object(answer.query, region),
        "monday": answer.monday.isoformat(),
        "columns": [
            {
                "scenario_id": one.saved and one.saved.scenario_id,
                "name": one.saved and one.saved.name,
                "problems": _problems(one.errors, lang),
                "week": [rounded(share, 4) for share in one.week.shares],
            }
            for one in answer.columns
        ],
        "rows": [
            {
                "key": row.key,
                "area": row.area,
                "unit": row.unit,
                "values": [rounded(value, 4) for value in row.values],
                "differences": list(row.differences),
                "best": sorted(row.best),
            }
            for row in answer.measures
        ],
    }


def comparison_file(answer: Comparison, region: Region, *, made_at: datetime, lang: str) -> LayerFile:
    """Return a comparison as a table to be written, with the method, which names the scenarios and their changes."""
    numbers = range(1, len(answer.columns))
    names = ("row_id", "measure", "unit", "today", *(f"{what}_{k}" for k in numbers for what in ("scenario", "change")))
    rows = [_cells(row, say_measure(row, answer, region, lang), lang) for row in answer.measures]
    layer = Layer(EXPORT, "row_id", as_columns(names, rows), np.full(len(rows), None, dtype=object))
    method = [*describe_method(answer.query, region, made_at=made_at, lang=lang)]
    method += [MethodLine("compared_week", say(lang, "scenario.week_of"), answer.monday.isoformat())]
    headings = {"today": say(lang, "scenario.today")}
    for k, column in enumerate(answer.columns[1:], start=1):
        assert column.saved is not None  # the first is the region as it is
        headings |= {
            f"scenario_{k}": column.saved.name,
            f"change_{k}": say(lang, "scenario.difference_of", name=column.saved.name),
        }
        method.append(MethodLine(f"scenario_{k}", column.saved.name, _told(column, region, lang)))
    file = layer_file(layer, method, lang=lang)
    units = tuple(row.unit for row in answer.measures)
    return replace(file, headings={**file.headings, **headings}, row_units=units)


def say_measure(row: Measure, answer: Comparison, region: Region, lang: str) -> str:
    """Return the name of a row, with what the demand counts where it tells an amount; of a township the township's."""
    if row.key == "township":
        return row.area or "–"
    unit = region.layer(answer.query.layer).unit.get(lang) if region.layers else None
    return say(lang, f"scenario.row_{row.key}", counts=unit or say(lang, "scenario.unit_weight"))


def say_value(row: Measure, number: int, answer: Comparison, region: Region) -> str:
    """Return the value of a column as people read it; a quantile of demand on the network may lie beyond the table."""
    value, whole = row.values[number], answer.columns[number].coverage.whole
    if value is None:
        far = row.unit == "minutes" and whole.weight > whole.off_network
        return f"> {region.limit_ms(answer.query.mode) / 60_000:g}" if far else "–"
    return f"{value * 100:.1f} %" if row.unit == "share" else _number(value, row.unit)


def say_difference(row: Measure, number: int, lang: str) -> str:
    """Return by how much a column differs from the first, with its sign; nothing where it does not."""
    value = row.differences[number]
    if not value or row.unit == "cost":
        return ""
    points = row.unit == "share"
    words = say(lang, "scenario.points", value=f"{abs(value) * 100:.1f}") if points else _number(abs(value), row.unit)
    return ("+" if value > 0 else "−") + words


def _number(value: float, unit: str) -> str:
    return f"{value:,.1f}" if unit == "minutes" else f"{value:,.0f}"


def _column(query: CoverageQuery, saved: SavedScenario | None, region: Region, monday: date) -> ComparedScenario:
    fit = fit_scenario(saved.changes if saved else Scenario(), region, mode=query.mode)
    own = region_of(fit.scenario, region)
    coverage = own.keep(("coverage", query), lambda: measure_coverage(query, own))
    key = ("week of all that is asked", replace(query, when=None), monday)
    (row,) = own.keep(key, lambda: measure_week(query, own, week=monday, rows=None).rows)
    hours = sum(share for share in row.shares if share is not None)
    return ComparedScenario(saved, fit.scenario, fit.errors, coverage, row, hours * coverage.whole.weight)


def _site_line(site: NewSite, lang: str) -> str:
    hours = say(lang, "scenario.any_hour") if site.hours is None else describe_hours(site.hours, lang)
    if site.services is None:
        services = say(lang, "scenario.any_service")
    else:
        services = say(lang, "hours.and").join(say(lang, f"service.{key}") for key in site.services)
        services = services or say(lang, "scenario.no_service")
    return say(lang, "scenario.site", name=site.label, hours=hours, services=services)


def _cells(row: Measure, name: str, lang: str) -> tuple[Cell, ...]:
    first, *others = row.values
    known = [(value, None if value is None or first is None else value - first) for value in others]
    pairs = [rounded(cell, 4) for pair in known for cell in pair]
    key = f"{row.key} {row.area}" if row.area is not None else row.key
    return (key, name, say(lang, f"scenario.unit_{row.unit}"), rounded(first, 4), *pairs)


def _told(column: ComparedScenario, region: Region, lang: str) -> str:
    saved = column.saved
    lines = [*change_lines(column.applies, region, lang)]
    lines += [f"{say(lang, 'scenario.left_out')}: {say(lang, one.key, **one.values)}" for one in column.errors]
    return "; ".join([*lines, *([saved.note] if saved and saved.note else [])])


def _problems(errors: Sequence[StationsError], lang: str) -> list[Json]:
    return [{"code": one.key.split(".")[-1], "message": say(lang, one.key, **one.values)} for one in errors]
