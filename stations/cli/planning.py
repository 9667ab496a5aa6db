"""What planners ask at the terminal: coverage, gaps, the week, resilience; as a table, or a file of the same answer."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from stations.cli.bar import draw_progress
from stations.cli.commands import open_region, print_text, read_mode, read_number, read_when, read_whole, write_out
from stations.cli.planning_tables import coverage_table, gap_table, resilience_table, siting_table, week_table
from stations.cli.tables import aligned
from stations.errors import InputError
from stations.model.keys import Datum, Need, ServiceKey
from stations.model.queries import CoverageQuery, read_key, read_moment
from stations.model.siting import CandidateSource, SitingGoal, SitingQuery, read_costs, read_options
from stations.services.brief import FORMATS as BRIEF_FORMATS
from stations.services.brief import write_brief
from stations.services.coverage import compare_placed_and_usable
from stations.services.coverage_json import coverage_object, gap_place_collection, resilience_object, week_object
from stations.services.demand_layers import NewDemand
from stations.services.demand_layers import import_demand as bring_demand
from stations.services.demand_layers import remove_demand as drop_demand
from stations.services.gap_places import rank_gaps, rank_unknown
from stations.services.layer_files import check_ending, write_file, write_whole
from stations.services.owned_places import import_owned, remove_owned
from stations.services.planner_export import in_week, planner_file
from stations.services.problem_words import say_problem
from stations.services.region import Region
from stations.services.resilience import measure_resilience
from stations.services.siting import suggest_sites
from stations.services.siting_export import siting_file
from stations.services.siting_json import siting_collection
from stations.services.week import ALL_ROWS, WeekKey, measure_week, notable_weeks
from stations.settings import Settings
from stations.texts import say


def coverage(given: Namespace, settings: Settings, lang: str) -> None:
    """Print the coverage, or write it."""
    region = open_region(settings, lang)
    query = read_query(given, region)
    compared = compare_placed_and_usable(query, region)
    if given.out is not None:
        whole = given.table == "coverage"
        content = coverage_object(compared.usable, region, compared=compared) if whole else None
        _write(given.out, given.table, query, region, lang, content)
    else:
        print_text(coverage_table(compared, region, lang))


def gaps(given: Namespace, settings: Settings, lang: str) -> None:
    """Print the gaps as places, the unknown first, or write them."""
    region = open_region(settings, lang)
    query = read_query(given, region)
    unknown, found = rank_unknown(query, region), rank_gaps(query, region)
    if given.out is not None:
        _write(given.out, "gaps", query, region, lang, gap_place_collection(unknown, found, query, region))
    else:
        print_text(gap_table(unknown, found, query, region, lang))


def week(given: Namespace, settings: Settings, lang: str) -> None:
    """Print the coverage of every hour of a week, or write it."""
    region = open_region(settings, lang)
    given.when = None
    query = read_query(given, region)
    day = read_day(given.week, region, None)
    rows: tuple[WeekKey, ...] = (*query.needs, *query.services)
    answer = measure_week(query, region, week=day, rows=rows or ALL_ROWS)
    weeks = notable_weeks(region, year=day.year)
    if given.out is not None:
        _write(given.out, "week", in_week(query, day, region), region, lang, week_object(answer, weeks, region))
    else:
        print_text(week_table(answer, weeks, region, lang))


def resilience(given: Namespace, settings: Settings, lang: str) -> None:
    """Print how much hangs on single stations, or write it."""
    region = open_region(settings, lang)
    query = read_query(given, region)
    answer = measure_resilience(query, region)
    if given.out is not None:
        _write(given.out, "resilience", query, region, lang, resilience_object(answer, region))
    else:
        print_text(resilience_table(answer, region, lang))


def brief(given: Namespace, settings: Settings, lang: str) -> None:
    """Write the one-page brief, as .pdf or .docx."""
    path = given.out or Path("--out")
    form = path.suffix.removeprefix(".")
    if form not in BRIEF_FORMATS:
        allowed = ", ".join(f".{one}" for one in BRIEF_FORMATS)
        raise InputError("error.out_ending", field="out", value=path.name, allowed=allowed)
    region = open_region(settings, lang)
    write_whole(path, write_brief(read_query(given, region), region, when=now_in(region), form=form, lang=lang))


def siting(given: Namespace, settings: Settings, lang: str) -> None:
    """Print what would help most, sites and changes at stations, or write it."""
    if given.new is None and given.budget is None:
        raise InputError("siting.how_much", field="--new")
    region = open_region(settings, lang)
    coverage, hours = read_query(given, region), given.hours.strip()
    week = read_day(given.week, region, coverage.when)
    query = SitingQuery(
        replace(coverage, when=None) if hours else coverage,
        new=read_whole(given.new or "1", "--new"),
        goal=read_key(SitingGoal, given.goal, name="--goal"),
        source=read_key(CandidateSource, given.candidates, name="--candidates"),
        target_share=read_number(given.target, "--target"),
        proof_s=read_number(given.prove, "--prove"),
        options=read_options(given.options, name="--options"),
        cost=read_costs(given.cost, name="--cost"),
        budget=None if given.budget is None else read_number(given.budget, "--budget"),
        hours=hours,
        week=week if hours else None,
        floor=read_number(given.floor, "--floor"),
    )
    check_ending(given.out)
    answer = suggest_sites(query, region)
    found = siting_collection(answer, region)
    if given.out is None:
        print_text(siting_table(answer, region, lang))
    elif given.out.suffix == ".json":
        write_json(given.out, found)
    else:
        write_file(given.out, siting_file(found, query.coverage, region, made_at=now_in(region), lang=lang))


def import_demand(given: Namespace, settings: Settings, lang: str) -> None:
    """Bring a layer of demand into the region."""
    new = NewDemand(
        given.file,
        layer=given.layer,
        unit=given.unit.strip(),
        year=given.year.strip(),
        source=given.source.strip(),
        weight=given.weight,
        datum=read_key(Datum, given.datum, name="--datum"),
        nodata=read_number(given.nodata, "--nodata") if given.nodata else None,
    )
    brought = draw_progress(bring_demand(new, settings), lang)
    unit = brought.layer.unit.get(lang, "")
    print_text(say(lang, "cli.imported_demand", count=brought.count, weight=f"{brought.weight:,.0f}", unit=unit))
    for note in brought.notes:
        print_text(f"  {say_problem(lang, note)}")


def list_demand(_given: Namespace, settings: Settings, lang: str) -> None:
    """Print the layers of demand, with what they count, of which year and from where."""
    region = open_region(settings, lang)
    rows = [[say(lang, f"demand.column_{name}") for name in ("layer", "places", "weight", "unit", "year", "source")]]
    for layer in region.layers:
        weight = region.demand_arrays(layer.name).weight
        words = (layer.unit.get(lang) or "–", layer.year or "–", layer.source.get(lang) or "–")
        rows.append([layer.name, f"{len(weight):,}", f"{weight.sum():,.0f}", *words])
    print_text("\n".join(aligned(rows)))


def remove_demand(given: Namespace, settings: Settings, lang: str) -> None:
    """Take a layer of demand out of the region."""
    drop_demand(given.layer, settings)
    print_text(say(lang, "demand.removed", layer=given.layer))


def bring_owned(given: Namespace, settings: Settings, lang: str) -> None:
    """Take over a list of places that the district owns."""
    brought = import_owned(given.file, read_key(Datum, given.datum, name="--datum"), settings)
    print_text(say(lang, "candidate.imported", count=brought.count))
    for note in brought.notes:
        print_text(f"  {say_problem(lang, note)}")


def list_owned(_given: Namespace, settings: Settings, lang: str) -> None:
    """Print the places that the district owns."""
    owned = open_region(settings, lang).owned
    rows = [[one.name, one.township or "–", f"{one.lon:.6f}", f"{one.lat:.6f}"] for one in owned]
    print_text("\n".join(aligned(rows)) if rows else say(lang, "siting.no_owned"))


def drop_owned(given: Namespace, settings: Settings, lang: str) -> None:
    """Take a place out of the list of those that the district owns."""
    remove_owned(given.name, settings)
    print_text(say(lang, "candidate.removed", name=given.name))


COMMANDS = {
    "coverage": coverage,
    "gaps": gaps,
    "week": week,
    "resilience": resilience,
    "siting": siting,
    "brief": brief,
}


def read_day(text: str | None, region: Region, when: datetime | None) -> date:
    """Return the day that `--week` names, where it is absent that of `when`, else today; raises `InputError`."""
    day = read_moment(text, time_zone=region.profile.time_zone, name="--week") if text else when or now_in(region)
    return day.date()


def read_query(given: Namespace, region: Region) -> CoverageQuery:
    """Return the question on coverage that the options ask; raises `InputError`."""
    return CoverageQuery(
        mode=read_mode(given, region.profile),
        minutes=read_number(given.minutes, "--minutes"),
        services=tuple(read_key(ServiceKey, text, name="--service") for text in given.service),
        needs=tuple(read_key(Need, text, name="--need") for text in given.need),
        when=read_when(given, region.profile),
        no_registration=given.no_registration,
        layer=given.layer,
    )


def now_in(region: Region) -> datetime:
    """Return the moment at hand, by the clock of the region."""
    return datetime.now(ZoneInfo(region.profile.time_zone))


def _write(
    path: Path, name: str, query: CoverageQuery, region: Region, lang: str, content: dict[str, Any] | None
) -> None:
    """Write the answer as JSON, where it has such a form, or the table `name` by the ending of the file."""
    check_ending(path, as_json=content is not None)
    if path.suffix == ".json":
        write_json(path, content)
    else:
        write_file(path, planner_file(name, query, region, made_at=now_in(region), lang=lang))


def write_json(path: Path, content: dict[str, Any] | None) -> None:
    """Write an answer as JSON."""
    write_out(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
