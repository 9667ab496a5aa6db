"""What if, by hand: coverage with sites more, stations off or changed; and who stands behind a spot of the map."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

from stations.cli.commands import open_region, print_text, read_number
from stations.cli.planning import now_in, read_query, write_json
from stations.cli.planning_tables import demand_here_table, what_if_table
from stations.errors import InputError
from stations.loaders.layer_writing import MethodLine
from stations.model.keys import ServiceKey
from stations.model.queries import Place, read_key
from stations.model.scenarios import NewSite, Scenario
from stations.services.comparison import change_lines
from stations.services.coverage_json import what_if_feature
from stations.services.demand_here import look_at_demand
from stations.services.layer_files import check_ending, write_file
from stations.services.planner_export import planner_file
from stations.services.scenarios import region_of
from stations.services.what_if import try_scenario
from stations.settings import Settings
from stations.texts import say


def add_changes(command: ArgumentParser, lang: str) -> None:
    """Add the options that tell what would be changed; `read_changes` reads them."""
    for name, values in (
        ("site", "LON,LAT[,NAME]"),
        ("without", "ID"),
        ("hours", "ID=HOURS"),
        ("add-service", "ID=KEY"),
        ("waive", "ID"),
    ):
        told = say(lang, f"changes.{name.replace('-', '_')}")
        command.add_argument(f"--{name}", action="append", default=[], metavar=values, help=told)


def read_changes(given: Namespace) -> Scenario:
    """Return what the options of `add_changes` say would be changed; raises `InputError`."""
    return Scenario(
        sites=tuple(_site(text) for text in given.site),
        without=tuple(dict.fromkeys(given.without)),
        hours=tuple(dict(_pairs(given.hours, "--hours")).items()),  # the last of each station
        services=tuple(
            (station_id, read_key(ServiceKey, key, name="--add-service"))
            for station_id, key in dict.fromkeys(_pairs(given.add_service, "--add-service"))
        ),
        no_registration=tuple(dict.fromkeys(given.waive)),
    )


def add_commands(add: Callable[..., ArgumentParser], add_question: Callable[[ArgumentParser], None], lang: str) -> None:
    """Add the commands; `add_question` adds the options of a question on coverage."""
    tried = add("what-if", what_if, say(lang, "changes.help"))
    add_changes(tried, lang)
    add_question(tried)
    tried.add_argument("--table", default="coverage", metavar="NAME", help=say(lang, "cli.table"))
    looked = add("here", here, say(lang, "changes.here"))
    for name in ("lon", "lat"):
        looked.add_argument(f"--{name}", required=True)
    looked.add_argument("--within", default="200", metavar="METRES", help=say(lang, "changes.within"))
    add_question(looked)


def what_if(given: Namespace, settings: Settings, lang: str) -> None:
    """Print what coverage would be, or write it: as JSON, or any table of the region as it would be."""
    changes = read_changes(given)
    if changes.is_empty:
        raise InputError("changes.none", field="--site")
    check_ending(given.out)
    region = open_region(settings, lang)
    query = read_query(given, region)
    answer = try_scenario(query, changes, region)
    told = change_lines(changes, region, lang)
    if given.out is None:
        print_text(what_if_table(query, answer, told, region, lang))
    elif given.out.suffix == ".json":
        write_json(given.out, what_if_feature(query, answer, region))
    else:
        file = planner_file(given.table, query, region_of(changes, region), made_at=now_in(region), lang=lang)
        line = MethodLine("changes", say(lang, "changes.label"), "; ".join(told))
        write_file(given.out, replace(file, method=(*file.method, line)))


def here(given: Namespace, settings: Settings, lang: str) -> None:
    """Print, or write as JSON, what stands behind a spot: the demand near it, its state, how far its station is."""
    region = open_region(settings, lang)
    place = Place(read_number(given.lon, "--lon"), read_number(given.lat, "--lat"))
    metres = read_number(given.within, "--within")
    if not metres > 0:
        raise InputError("error.above_zero", field="--within", name="--within", value=given.within)
    query = read_query(given, region)
    if given.out is not None and given.out.suffix != ".json":
        raise InputError("error.out_ending", field="out", value=given.out.name, allowed=".json")
    found = look_at_demand(query, region, place, within_m=metres)
    if given.out is None:
        print_text(demand_here_table(query, found, region, lang))
    else:
        write_json(given.out, asdict(found) if found else None)


def _site(text: str) -> NewSite:
    lon, comma, rest = text.partition(",")
    lat, _, name = rest.partition(",")
    if not comma:
        raise InputError("changes.site_form", field="--site", value=text[:60])
    return NewSite(Place(read_number(lon, "--site"), read_number(lat, "--site")), " ".join(name.split()))


def _pairs(texts: Sequence[str], option: str) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        station_id, sign, value = text.partition("=")
        if not (station_id and sign and value):
            raise InputError("changes.pair_form", field=option, name=option, value=text[:60])
        pairs.append((station_id, value))
    return pairs
