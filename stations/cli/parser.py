"""The commands and options of `python app.py`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from stations.settings import Settings
from stations.texts import say

if TYPE_CHECKING:
    Rooms = argparse._SubParsersAction[argparse.ArgumentParser]
Words = Callable[[str], str]


class Serve(Protocol):
    """Starts the web server and returns when it has stopped."""

    def __call__(
        self, settings: Settings, *, lang: str, host: str, port: int, workers: int, cert: Path | None, key: Path | None
    ) -> None:
        """Serve the region of `settings`."""


def make_parser(lang: str) -> argparse.ArgumentParser:
    """Return the parser; its help is worded in `lang`."""

    def words(key: str) -> str:
        return say(lang, f"cli.{key}")

    parser = argparse.ArgumentParser(prog="app.py", description=words("about"))
    parser.add_argument("--region", type=Path, metavar="DIR", help=words("region"))
    parser.set_defaults(command="serve", host="127.0.0.1", port=8000, workers=2, cert=None, key=None)
    rooms = parser.add_subparsers(metavar="COMMAND")

    serve = _command(rooms, "serve", words("serve"))
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=2)
    serve.add_argument("--cert", type=Path, metavar="FILE")
    serve.add_argument("--key", type=Path, metavar="FILE")

    _command(rooms, "build", words("build"))
    _add_region(rooms, words)
    _add_files(rooms, words)

    nearest = _command(rooms, "nearest", words("nearest"))
    nearest.add_argument("--lon", required=True)
    nearest.add_argument("--lat", required=True)
    _add_mode(nearest)
    for name in ("need", "service", "entry"):
        nearest.add_argument(f"--{name}", action="append", default=[], metavar="KEY")
    nearest.add_argument("--when", metavar="ISO")
    nearest.add_argument("--limit", default="10")
    nearest.add_argument("--open-on-arrival", action="store_true")
    nearest.add_argument("--always-open", action="store_true")
    nearest.add_argument("--json", action="store_true")

    coverage = _command(rooms, "coverage", words("coverage"))
    _add_mode(coverage)
    coverage.add_argument("--minutes", default="15")
    for name in ("need", "service"):
        coverage.add_argument(f"--{name}", action="append", default=[], metavar="KEY")
    coverage.add_argument("--when", metavar="ISO")
    coverage.add_argument("--out", type=Path, metavar="FILE")

    calibrate = _command(rooms, "calibrate", words("calibrate"))
    calibrate.add_argument("file", type=Path, metavar="FILE")
    return parser


def _add_region(rooms: Rooms, words: Words) -> None:
    region = rooms.add_parser("region", help=words("region_room")).add_subparsers(metavar="COMMAND", required=True)
    create = region.add_parser("create", help=words("create"))
    create.set_defaults(command="create_region")
    create.add_argument("folder", type=Path, metavar="DIR")
    create.add_argument("--name", required=True)
    create.add_argument("--roads", type=Path, required=True, metavar="FILE")
    create.add_argument("--stations", type=Path, metavar="FILE")
    create.add_argument("--datum")
    create.add_argument("--stations-from-osm", action="store_true")
    create.add_argument("--time-zone", metavar="ZONE")
    create.add_argument("--road-column", action="append", default=[], metavar="OURS=THEIRS", help=words("road_column"))


def _add_files(rooms: Rooms, words: Words) -> None:
    stations = rooms.add_parser("stations", help=words("stations")).add_subparsers(metavar="COMMAND", required=True)
    bring = stations.add_parser("import", help=words("import_stations"))
    bring.set_defaults(command="import_stations")
    bring.add_argument("file", type=Path)
    bring.add_argument("--datum", required=True)
    bring.add_argument("--dry-run", action="store_true")
    take = stations.add_parser("export", help=words("export_stations"))
    take.set_defaults(command="export_stations")
    take.add_argument("file", type=Path)
    for room in ("roads", "demand"):
        parser = rooms.add_parser(room, help=words(room)).add_subparsers(metavar="COMMAND", required=True)
        bring = parser.add_parser("import", help=words(f"import_{room}"))
        bring.set_defaults(command=f"import_{room}")
        bring.add_argument("file", type=Path)
        if room == "roads":
            bring.add_argument("--road-column", action="append", default=[], metavar="OURS=THEIRS")


def _command(rooms: Rooms, name: str, text: str) -> argparse.ArgumentParser:
    parser = rooms.add_parser(name, help=text)
    parser.set_defaults(command=name)
    return parser


def _add_mode(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mode", default="ebike", metavar="walk|ebike|car")
