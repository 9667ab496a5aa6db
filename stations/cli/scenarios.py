"""Scenarios at the terminal: kept, listed, compared, dropped; by the functions that the pages use."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from stations.cli.commands import open_region, print_text
from stations.cli.office import open_office
from stations.cli.planning import now_in, read_day, read_query, write_json
from stations.cli.station_list import author_here
from stations.cli.tables import aligned
from stations.cli.what_if import add_changes, read_changes
from stations.errors import InputError
from stations.model.comparison import Comparison
from stations.model.scenarios import NamedScenario, SavedScenario, Scenario, read_scenario
from stations.services.comparison import (
    change_lines,
    compare_scenarios,
    comparison_file,
    comparison_object,
    say_difference,
    say_measure,
    say_value,
)
from stations.services.layer_files import check_ending, write_file
from stations.services.region import Region
from stations.services.saved_scenarios import (
    change_scenario,
    find_scenarios,
    list_scenarios,
    name_scenario,
    remove_scenario,
    save_scenario,
)
from stations.services.scenarios import fit_scenario
from stations.settings import Settings
from stations.texts import say

if TYPE_CHECKING:
    import argparse

    Rooms = argparse._SubParsersAction[ArgumentParser]


def add_commands(rooms: Rooms, add_question: Callable[[ArgumentParser], None], lang: str) -> None:
    """Add the commands to a parser; `add_question` adds the options of a question on coverage."""
    room = rooms.add_parser("scenarios", help=say(lang, "scenario.help")).add_subparsers(
        metavar="COMMAND", required=True
    )

    def command(name: str, run: Callable[..., None], *, named: str | None = "") -> ArgumentParser:
        parser = room.add_parser(name, help=say(lang, f"scenario.help_{name}"))
        parser.set_defaults(run=run)
        if named is not None:
            parser.add_argument("scenario", metavar="ID|NAME", nargs=named or None)
        return parser

    command("list", list_all, named=None)
    command("show", show)
    added = command("add", add, named=None)
    added.add_argument("name", metavar="NAME")
    add_changes(added, lang)
    added.add_argument("--changes", type=Path, metavar="FILE", help=say(lang, "scenario.help_changes"))
    changed = command("change", change)
    changed.add_argument("--name", metavar="NAME")
    for one in (added, changed):
        one.add_argument("--note", metavar="TEXT")
        one.add_argument("--cost", metavar="AMOUNT")
    command("remove", remove, named="+")
    compared = command("compare", compare, named="*")
    compared.add_argument("--week", metavar="DAY", help=say(lang, "cli.week_day"))
    add_question(compared)


def list_all(_given: Namespace, settings: Settings, lang: str) -> None:
    """Print all scenarios: id, name, what it changes in short, and when it was changed."""
    with open_office(settings) as office:
        found = list_scenarios(office)
    rows = [
        [one.scenario_id, f"{one.changed_at:%Y-%m-%d}", "–" if one.cost is None else f"{one.cost:,.0f}", one.name]
        for one in found
    ]
    print_text("\n".join(aligned(rows)) if rows else say(lang, "scenario.none_here"))


def show(given: Namespace, settings: Settings, lang: str) -> None:
    """Print what a scenario changes, and what of it does not apply any more."""
    region = open_region(settings, lang)
    with open_office(settings) as office:
        (found,) = find_scenarios(office, [given.scenario])
    print_text("\n".join([f"{found.scenario_id}  {found.name}", *_lines(found, region, lang)]))


def add(given: Namespace, settings: Settings, lang: str) -> None:
    """Keep a scenario."""
    region = open_region(settings, lang)
    changes = read_changes(given) if given.changes is None else _read_file(given.changes)
    named = name_scenario(given.name, changes, note=given.note or "", cost=given.cost or "")
    with open_office(settings) as office:
        saved = save_scenario(office, named, region, author=author_here())
    print_text(say(lang, "scenario.kept", name=saved.name, id=saved.scenario_id))


def change(given: Namespace, settings: Settings, lang: str) -> None:
    """Give a scenario another name, note or cost."""
    region = open_region(settings, lang)
    with open_office(settings) as office:
        (before,) = find_scenarios(office, [given.scenario])
        old_cost = "" if before.cost is None else repr(before.cost)
        named: NamedScenario = name_scenario(
            before.name if given.name is None else given.name,
            before.changes,
            note=before.note if given.note is None else given.note,
            cost=old_cost if given.cost is None else given.cost,
        )
        saved = change_scenario(office, before.scenario_id, named, region, version=before.version)
    print_text(say(lang, "scenario.kept", name=saved.name, id=saved.scenario_id))


def remove(given: Namespace, settings: Settings, lang: str) -> None:
    """Drop scenarios."""
    with open_office(settings) as office:
        for one in find_scenarios(office, given.scenario):
            remove_scenario(office, one.scenario_id)
            print_text(say(lang, "scenario.dropped", name=one.name, id=one.scenario_id))


def compare(given: Namespace, settings: Settings, lang: str) -> None:
    """Print scenarios side by side with the region as it is, or write that as .json or as a table."""
    check_ending(given.out)
    region = open_region(settings, lang)
    query = read_query(given, region)
    day = read_day(given.week, region, query.when)
    with open_office(settings) as office:
        chosen = find_scenarios(office, given.scenario)
    answer = compare_scenarios(query, chosen, region, week=day)
    if given.out is None:
        print_text(_table(answer, region, lang))
    elif given.out.suffix == ".json":
        write_json(given.out, comparison_object(answer, region, lang))
    else:
        write_file(given.out, comparison_file(answer, region, made_at=now_in(region), lang=lang))


def _table(answer: Comparison, region: Region, lang: str) -> str:
    heads = [one.saved.name if one.saved else say(lang, "scenario.today") for one in answer.columns]
    rows = [["", *heads]]
    for row in answer.measures:
        cells = []
        for number in range(len(heads)):
            star = "★" if number in row.best else ""
            parts = (say_value(row, number, answer, region), say_difference(row, number, lang))
            cells.append(star + " ".join(part for part in parts if part))
        rows.append([say_measure(row, answer, region, lang), *cells])
    lines = [say(lang, "scenario.reading", monday=answer.monday), *aligned(rows)]
    for one in answer.columns[1:]:
        assert one.saved is not None  # the first is the region as it is
        lines += ["", one.saved.name, *_lines(one.saved, region, lang)]
    return "\n".join([*lines, *([say(lang, "page.sample")] if region.profile.sample else [])])


def _lines(saved: SavedScenario, region: Region, lang: str) -> list[str]:
    lines = [f"  {line}" for line in change_lines(saved.changes, region, lang)]
    lines += [
        f"  {say(lang, 'scenario.left_out')}: {say(lang, error.key, **error.values)}"
        for error in fit_scenario(saved.changes, region).errors
    ]
    lines += [f"  {say(lang, 'scenario.row_cost')}: {saved.cost:,.0f}"] if saved.cost is not None else []
    return [*lines, *(f"  {line}" for line in saved.note.splitlines())]


def _read_file(path: Path) -> Scenario:
    try:
        return read_scenario(json.loads(path.read_text(encoding="utf-8-sig")))
    except InputError:
        raise
    except (OSError, ValueError, RecursionError):
        raise InputError("scenario.changes_file", field="--changes", file=path.name) from None
