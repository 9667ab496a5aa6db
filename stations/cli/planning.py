"""What planners ask at the terminal: coverage, gaps, the week, resilience; as a table, or a file of the same answer."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from stations.cli.commands import open_region, print_text, read_mode, read_number, read_when, write_out
from stations.cli.planning_tables import coverage_table, gap_table, resilience_table, week_table
from stations.errors import InputError
from stations.model.keys import Need, ServiceKey
from stations.model.queries import CoverageQuery, read_key, read_moment
from stations.services.coverage import compare_placed_and_usable
from stations.services.coverage_json import coverage_object, gap_place_collection, resilience_object, week_object
from stations.services.gap_places import rank_gaps, rank_unknown
from stations.services.region import Region
from stations.services.resilience import measure_resilience
from stations.services.week import ALL_ROWS, WeekKey, measure_week, notable_weeks
from stations.settings import Settings


def coverage(given: Namespace, settings: Settings, lang: str) -> None:
    """Print the coverage, or write it as .json; as .geojson the gaps are written."""
    region = open_region(settings, lang)
    query = _query(given, region)
    compared = compare_placed_and_usable(query, region)
    if given.out is not None and given.out.suffix == ".geojson":
        gaps(given, settings, lang)
    elif given.out is not None:
        _write_json(given.out, coverage_object(compared.usable, region, compared=compared), (".json", ".geojson"))
    else:
        print_text(coverage_table(compared, region, lang))


def gaps(given: Namespace, settings: Settings, lang: str) -> None:
    """Print the gaps as places, the unknown first, or write them as .geojson."""
    region = open_region(settings, lang)
    query = _query(given, region)
    unknown, found = rank_unknown(query, region), rank_gaps(query, region)
    if given.out is not None:
        _write_json(given.out, gap_place_collection(unknown, found, query, region), (".geojson",))
    else:
        print_text(gap_table(unknown, found, query, region, lang))


def week(given: Namespace, settings: Settings, lang: str) -> None:
    """Print the coverage of every hour of a week, or write it as .json."""
    region = open_region(settings, lang)
    given.when = None
    query = _query(given, region)
    zone = region.profile.time_zone
    day = read_moment(given.week, time_zone=zone, name="--week") if given.week else datetime.now(ZoneInfo(zone))
    rows: tuple[WeekKey, ...] = (*query.needs, *query.services)
    answer = measure_week(query, region, week=day.date(), rows=rows or ALL_ROWS)
    weeks = notable_weeks(region, year=day.year)
    if given.out is not None:
        _write_json(given.out, week_object(answer, weeks, region), (".json",))
    else:
        print_text(week_table(answer, weeks, region, lang))


def resilience(given: Namespace, settings: Settings, lang: str) -> None:
    """Print how much hangs on single stations, or write it as .json."""
    region = open_region(settings, lang)
    answer = measure_resilience(_query(given, region), region)
    if given.out is not None:
        _write_json(given.out, resilience_object(answer, region), (".json",))
    else:
        print_text(resilience_table(answer, region, lang))


COMMANDS = {"coverage": coverage, "gaps": gaps, "week": week, "resilience": resilience}


def _query(given: Namespace, region: Region) -> CoverageQuery:
    return CoverageQuery(
        mode=read_mode(given, region.profile),
        minutes=read_number(given.minutes, "--minutes"),
        services=tuple(read_key(ServiceKey, text, name="--service") for text in given.service),
        needs=tuple(read_key(Need, text, name="--need") for text in given.need),
        when=read_when(given, region.profile),
        no_registration=given.no_registration,
        layer=given.layer,
    )


def _write_json(path: Path, content: dict[str, Any], endings: tuple[str, ...]) -> None:
    if path.suffix not in endings:
        raise InputError("error.out_ending", field="out", value=path.name, allowed=", ".join(endings))
    write_out(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
