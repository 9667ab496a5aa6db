"""The command that prints: posters, cards, sheets."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from stations.cli.bar import draw_progress
from stations.errors import InputError
from stations.model.keys import ServiceKey, TravelMode
from stations.model.paper import read_paper
from stations.model.queries import CoverageQuery, read_key, read_moment
from stations.services.build import build_region
from stations.services.cards import CardQuery, list_cards
from stations.services.posters import stations_for_print
from stations.services.prints import CARDS, PAPERS_OF, POSTERS, PrintQuery, print_pdf, print_png
from stations.services.region import Region, load_region
from stations.services.sheets import COVERAGE
from stations.settings import Settings
from stations.texts import LANGUAGES, say

if TYPE_CHECKING:
    import argparse

    Rooms = argparse._SubParsersAction[ArgumentParser]

PNG_PPI = 150.0
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The date of every file in a zip, so that two runs give the same bytes."""


def add_commands(rooms: Rooms, lang: str) -> None:
    """Add ``print`` to a parser; its help is worded in `lang`."""
    parser = rooms.add_parser("print", help=say(lang, "print.help"))
    parser.set_defaults(run=print_product)
    parser.add_argument("product", metavar="|".join(PAPERS_OF))
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=say(lang, "print.help_out"))
    parser.add_argument("--paper", default="", metavar="A6|A5|A4|A3|A2|A1|A0")
    parser.add_argument("--landscape", action="store_true")
    parser.add_argument("--township", default="", metavar="NAME")
    parser.add_argument("--station", action="append", default=[], metavar="ID")
    parser.add_argument("--street", default="", metavar="NAME")
    parser.add_argument("--service", action="append", default=[], metavar="KEY")
    parser.add_argument("--lang", default=lang, metavar="|".join(LANGUAGES))
    parser.add_argument("--boundary", action="store_true", help=say(lang, "print.help_boundary"))
    parser.add_argument("--large", action="store_true", help=say(lang, "print.help_large"))
    parser.add_argument("--mode", metavar="walk|ebike|car", help=say(lang, "print.help_mode"))
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--when", metavar="ISO")


def print_product(given: Namespace, settings: Settings, lang: str) -> None:
    """Write a print: as .pdf, its first page as .png, posters one by one as .zip, cards as .txt."""
    endings = {".pdf", ".png"} | {POSTERS: {".zip"}, CARDS: {".txt"}}.get(given.product, set())
    if given.out.suffix not in endings:
        raise InputError("error.out_ending", field="out", value=given.out.name, allowed=", ".join(sorted(endings)))
    if given.lang not in LANGUAGES:
        allowed = ", ".join(LANGUAGES)
        raise InputError("error.not_one_of", field="lang", name="--lang", value=given.lang, allowed=allowed)
    draw_progress(build_region(settings), lang)
    region = load_region(settings)
    query = _query(given, region)
    when = datetime.now(ZoneInfo(region.profile.time_zone))
    if not settings.public_url:
        sys.stderr.write(say(lang, "print.no_address") + "\n")
    _write(given.out, query, region, when, settings.public_url)
    size = f"{given.out.stat().st_size / 1e6:.1f}"
    sys.stdout.write(say(lang, "print.written", file=given.out.name, size=size) + "\n")


def _query(given: Namespace, region: Region) -> PrintQuery:
    services = tuple(read_key(ServiceKey, one, name="--service") for one in given.service)
    coverage = None
    if given.product == COVERAGE and (given.mode or given.when):
        coverage = CoverageQuery(
            read_key(TravelMode, given.mode or TravelMode.EBIKE, name="--mode"),
            given.minutes,
            services=services,
            when=read_moment(given.when, time_zone=region.profile.time_zone) if given.when else None,
        )
    return PrintQuery(
        product=given.product,
        paper=given.paper,
        landscape=given.landscape,
        lang=given.lang,
        township=given.township,
        street=given.street,
        station_ids=tuple(given.station),
        services=services,
        large=given.large,
        boundary=given.boundary,
        coverage=coverage,
    )


def _write(out: Path, query: PrintQuery, region: Region, when: datetime, public_url: str) -> None:
    if out.suffix == ".txt":
        cards = CardQuery(read_paper(query.paper), lang=query.lang, township=query.township, street=query.street)
        out.write_text(list_cards(cards, region, when=when), encoding="utf-8")
    elif out.suffix == ".png":
        out.write_bytes(print_png(query, region, when=when, public_url=public_url, ppi=PNG_PPI))
    elif out.suffix == ".zip":
        _write_zip(out, query, region, when, public_url)
    else:
        out.write_bytes(print_pdf(query, region, when=when, public_url=public_url))


def _write_zip(out: Path, query: PrintQuery, region: Region, when: datetime, public_url: str) -> None:
    """Write posters each as a PDF of its own, named by the station."""
    numbers = stations_for_print(region, station_ids=query.station_ids, township=query.township)
    with ZipFile(out, "w", ZIP_STORED) as file:
        for number in numbers:
            station_id = region.stations[number].station_id
            one = PrintQuery(query.product, query.paper, lang=query.lang, station_ids=(station_id,), large=query.large)
            content = print_pdf(one, region, when=when, public_url=public_url)
            file.writestr(ZipInfo(f"{station_id}.pdf", _FIRST_DAY), content)
