"""The commands and options of `python app.py`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from stations.cli import commands, office, planning, scenarios, station_list, what_if
from stations.cli import print as printing
from stations.model.siting import CandidateSource, SitingGoal
from stations.texts import say

if TYPE_CHECKING:
    Rooms = argparse._SubParsersAction[argparse.ArgumentParser]
Words = Callable[[str], str]
Run = Callable[..., None]


def make_parser(lang: str) -> argparse.ArgumentParser:
    """Return the parser; its help is worded in `lang`."""

    def words(key: str) -> str:
        return say(lang, f"cli.{key}")

    parser = argparse.ArgumentParser(prog="app.py", description=words("about"))
    parser.add_argument("--region", type=Path, metavar="DIR", help=words("region"))
    parser.set_defaults(run=commands.serve, host="127.0.0.1", port=8000, workers=2, cert=None, key=None)
    rooms = parser.add_subparsers(metavar="COMMAND")

    serve = _command(rooms, "serve", commands.serve, words("serve"))
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=2)
    serve.add_argument("--cert", type=Path, metavar="FILE")
    serve.add_argument("--key", type=Path, metavar="FILE")

    _command(rooms, "build", commands.build, words("build"))
    _add_region(rooms, words)
    _add_stations(rooms, words)
    _add_files(rooms, words)

    nearest = _command(rooms, "nearest", commands.nearest, words("nearest"))
    nearest.add_argument("--lon", required=True)
    nearest.add_argument("--lat", required=True)
    _add_mode(nearest)
    for name in ("need", "service", "entry"):
        nearest.add_argument(f"--{name}", action="append", default=[], metavar="KEY")
    nearest.add_argument("--when", metavar="ISO")
    nearest.add_argument("--limit", default="10")
    nearest.add_argument("--open-on-arrival", action="store_true")
    nearest.add_argument("--always-open", action="store_true")
    nearest.add_argument("--no-registration", action="store_true", help=words("no_registration"))
    nearest.add_argument("--budget-min", metavar="MIN", help=words("budget"))
    nearest.add_argument("--next-lon", metavar="LON", help=words("next_stop"))
    nearest.add_argument("--next-lat", metavar="LAT")
    nearest.add_argument("--json", action="store_true")

    for name, run in planning.COMMANDS.items():
        _add_coverage(_command(rooms, name, run, words(name)), words)

    def add_command(name: str, run: Run, text: str) -> argparse.ArgumentParser:
        return _command(rooms, name, run, text)

    what_if.add_commands(add_command, lambda command: _add_coverage(command, words), lang)
    scenarios.add_commands(rooms, lambda command: _add_coverage(command, words), lang)

    calibrate = _command(rooms, "calibrate", commands.calibrate, words("calibrate"))
    calibrate.add_argument("file", type=Path, metavar="FILE")
    office.add_commands(rooms, lang)
    printing.add_commands(rooms, lang)
    return parser


def _add_coverage(command: argparse.ArgumentParser, words: Words) -> None:
    _add_mode(command)
    command.add_argument("--minutes", default="15")
    for name in ("need", "service"):
        command.add_argument(f"--{name}", action="append", default=[], metavar="KEY")
    if command.get_default("run") is planning.week:
        command.add_argument("--week", metavar="DAY", help=words("week_day"))
    else:
        command.add_argument("--when", metavar="ISO")
    if command.get_default("run") is planning.coverage:
        command.add_argument("--table", default="coverage", metavar="NAME", help=words("table"))
    if command.get_default("run") is planning.siting:
        command.add_argument("--new", metavar="P", help=words("siting_new"))
        command.add_argument("--options", default="", metavar="KINDS", help=words("siting_options"))
        command.add_argument("--cost", default="", metavar="KIND=AMOUNT,…", help=words("siting_cost"))
        command.add_argument("--budget", metavar="AMOUNT", help=words("siting_budget"))
        command.add_argument("--hours", default="", metavar="HOURS", help=words("siting_hours"))
        command.add_argument("--week", metavar="DAY", help=words("siting_week"))
        command.add_argument("--floor", default="0", metavar="SHARE", help=words("siting_floor"))
        command.add_argument("--goal", default=SitingGoal.COVERED.value, metavar="|".join(SitingGoal))
        command.add_argument("--candidates", default=CandidateSource.PLACES.value, metavar="|".join(CandidateSource))
        command.add_argument("--target", default="0.95", metavar="SHARE", help=words("siting_target"))
        command.add_argument("--prove", default="0", metavar="SECONDS", help=words("siting_prove"))
    command.add_argument("--no-registration", action="store_true", help=words("no_registration"))
    command.add_argument("--layer", default="", metavar="NAME", help=words("layer"))
    command.add_argument("--out", type=Path, metavar="FILE", help=words("out"))


def _add_region(rooms: Rooms, words: Words) -> None:
    region = rooms.add_parser("region", help=words("region_room")).add_subparsers(metavar="COMMAND", required=True)
    create = _command(region, "create", commands.create_region, words("create"))
    create.add_argument("folder", type=Path, metavar="DIR")
    create.add_argument("--name", required=True)
    create.add_argument("--roads", type=Path, required=True, metavar="FILE")
    create.add_argument("--stations", type=Path, metavar="FILE")
    create.add_argument("--datum")
    create.add_argument("--stations-from-osm", action="store_true")
    create.add_argument("--time-zone", metavar="ZONE")
    create.add_argument("--road-column", action="append", default=[], metavar="OURS=THEIRS", help=words("road_column"))


def _add_stations(rooms: Rooms, words: Words) -> None:
    stations = rooms.add_parser("stations", help=words("stations")).add_subparsers(metavar="COMMAND", required=True)
    bring = _command(stations, "import", station_list.import_list, words("import_stations"))
    bring.add_argument("file", type=Path)
    bring.add_argument("--datum", required=True, metavar="wgs84|gcj02|bd09")
    bring.add_argument("--sheet", metavar="NAME", help=words("sheet"))
    bring.add_argument("--map", action="append", default=[], metavar="THEIRS=OURS", help=words("map"))
    bring.add_argument("--source", default="", metavar="NAME", help=words("source"))
    bring.add_argument("--dry-run", action="store_true", help=words("dry_run"))
    bring.add_argument("--good-rows", action="store_true", help=words("good_rows"))
    bring.add_argument("--sure", action="store_true", help=words("sure"))
    bring.add_argument("--leave-out", action="append", default=[], metavar="ID", help=words("leave_out"))
    bring.add_argument("--close-missing", metavar="REASON", help=words("close_missing"))
    _add_reason(bring, words)
    take = _command(stations, "export", station_list.export_list, words("export_stations"))
    take.add_argument("file", type=Path)
    take.add_argument("--as-of", metavar="DAY", help=words("as_of"))
    take.add_argument("--all", action="store_true", help=words("export_all"))
    history = _command(stations, "history", station_list.history, words("history"))
    history.add_argument("change", type=int, nargs="?")
    history.add_argument("--station", metavar="ID")
    history.add_argument("--limit", type=int, default=20)
    undo = _command(stations, "undo", station_list.undo, words("undo"))
    undo.add_argument("change", type=int)
    undo.add_argument("--only-untouched", action="store_true", help=words("only_untouched"))
    _add_reason(undo, words)


def _add_files(rooms: Rooms, words: Words) -> None:
    roads = rooms.add_parser("roads", help=words("roads")).add_subparsers(metavar="COMMAND", required=True)
    bring = _command(roads, "import", commands.import_roads, words("import_roads"))
    bring.add_argument("file", type=Path)
    bring.add_argument("--road-column", action="append", default=[], metavar="OURS=THEIRS")
    demand = rooms.add_parser("demand", help=words("demand")).add_subparsers(metavar="COMMAND", required=True)
    bring = _command(demand, "import", planning.import_demand, words("import_demand"))
    bring.add_argument("file", type=Path)
    bring.add_argument("--layer", default="", metavar="NAME", help=words("layer_new"))
    bring.add_argument("--unit", default="", metavar="TEXT", help=words("layer_unit"))
    bring.add_argument("--year", default="", metavar="YYYY")
    bring.add_argument("--source", default="", metavar="TEXT", help=words("layer_source"))
    bring.add_argument("--weight", default="", metavar="COLUMN", help=words("layer_weight"))
    bring.add_argument("--datum", default="wgs84", metavar="wgs84|gcj02|bd09", help=words("layer_datum"))
    bring.add_argument("--nodata", metavar="VALUE", help=words("layer_nodata"))
    _command(demand, "list", planning.list_demand, words("list_demand"))
    _command(demand, "remove", planning.remove_demand, words("remove_demand")).add_argument("layer", metavar="NAME")
    owned = rooms.add_parser("candidates", help=words("owned")).add_subparsers(metavar="COMMAND", required=True)
    bring = _command(owned, "import", planning.bring_owned, words("import_owned"))
    bring.add_argument("file", type=Path)
    bring.add_argument("--datum", required=True, metavar="wgs84|gcj02|bd09")
    _command(owned, "list", planning.list_owned, words("list_owned"))
    _command(owned, "remove", planning.drop_owned, words("remove_owned")).add_argument("name", metavar="NAME")


def _command(rooms: Rooms, name: str, run: Run, text: str) -> argparse.ArgumentParser:
    parser = rooms.add_parser(name, help=text)
    parser.set_defaults(run=run)
    return parser


def _add_reason(parser: argparse.ArgumentParser, words: Words) -> None:
    parser.add_argument("--reason", default="", metavar="TEXT", help=words("reason"))


def _add_mode(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mode", default="ebike", metavar="walk|ebike|car")
