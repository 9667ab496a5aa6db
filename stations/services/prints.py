"""Everything that can be printed, by one question: compose it, set it, keep it by its content, or do it as a job."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from stations.errors import InputError
from stations.maps.card import PAPERS as CARD_PAPERS
from stations.maps.poster import PAPERS as POSTER_PAPERS
from stations.maps.print_parts import Document
from stations.maps.typeset import compile_pdf, compile_png
from stations.model.keys import ServiceKey
from stations.model.paper import read_paper
from stations.model.progress import Progress
from stations.model.queries import CoverageQuery
from stations.services.cards import CardQuery, make_cards
from stations.services.posters import PosterQuery, make_posters, stations_for_print, townships_of
from stations.services.print_files import print_folder
from stations.services.publishing import Workshop
from stations.services.region import Region, load_region
from stations.services.sheets import ATLAS, COVERAGE, DISTRICT, SheetQuery, make_sheet
from stations.services.sheets import PAPERS as SHEET_PAPERS

POSTERS, CARDS = "posters", "cards"
PAPERS_OF: Mapping[str, tuple[str, ...]] = {
    POSTERS: POSTER_PAPERS,
    CARDS: CARD_PAPERS,
    DISTRICT: SHEET_PAPERS,
    ATLAS: SHEET_PAPERS,
    COVERAGE: SHEET_PAPERS,
}
"""The products, the one that is asked for most first, and what paper each comes on."""
USUAL_PAPER = {POSTERS: "A4", CARDS: "A6", DISTRICT: "A3", ATLAS: "A4", COVERAGE: "A3"}
MOST_AT_ONCE = 12
"""So many posters are made while somebody waits; more are a job."""


@dataclass(frozen=True, slots=True)
class PrintQuery:
    """What is to be printed; each product takes of it what it knows.

    `station_ids` are for posters, `street` is for cards, `services`, `landscape` and `boundary` (the outline of the
    region, which no sheet shows unasked) for sheets, `coverage` for the coverage sheet. `paper` is the product's
    usual one where it is empty.

    Raises
    ------
    InputError
        There is no such product, or it does not come on this paper.
    """

    product: str
    paper: str = ""
    landscape: bool = False
    lang: str = "zh"
    township: str = ""
    street: str = ""
    station_ids: tuple[str, ...] = ()
    services: tuple[ServiceKey, ...] = ()
    large: bool = False
    boundary: bool = False
    coverage: CoverageQuery | None = None

    def __post_init__(self) -> None:
        if self.product not in PAPERS_OF:
            allowed = ", ".join(PAPERS_OF)
            raise InputError(
                "error.not_one_of", field="product", name="product", value=self.product[:40], allowed=allowed
            )
        object.__setattr__(self, "paper", (self.paper or USUAL_PAPER[self.product]).strip().upper())
        read_paper(self.paper, among=PAPERS_OF[self.product])


def compose(query: PrintQuery, region: Region, *, when: datetime, public_url: str) -> Document:
    """Return the document of a query, yet to be set; raises as the service of its product does.

    Parameters
    ----------
    when
        The moment of printing, with its time zone.
    public_url
        Where the program is reached, for the codes; empty where that is not known.
    """
    paper = read_paper(query.paper, landscape=query.landscape)
    if query.product == POSTERS:
        posters = PosterQuery(
            read_paper(query.paper),
            lang=query.lang,
            station_ids=query.station_ids,
            township=query.township,
            large=query.large,
        )
        return make_posters(posters, region, when=when, public_url=public_url)
    if query.product == CARDS:
        cards = CardQuery(
            read_paper(query.paper), lang=query.lang, township=query.township, street=query.street, large=query.large
        )
        return make_cards(cards, region, when=when, public_url=public_url)
    sheet = SheetQuery(
        query.product,
        paper,
        lang=query.lang,
        township=query.township,
        services=query.services,
        large=query.large,
        boundary=query.boundary,
        coverage=query.coverage,
    )
    return make_sheet(sheet, region, when=when, public_url=public_url)


def print_pdf(query: PrintQuery, region: Region, *, when: datetime, public_url: str) -> bytes:
    """Return a query as PDF; raises as `compose` and `compile_pdf` do."""
    document = compose(query, region, when=when, public_url=public_url)
    return compile_pdf(document.source, files=document.files, when=document.when)


def print_png(
    query: PrintQuery, region: Region, *, when: datetime, public_url: str, ppi: float, page: int = 1
) -> bytes:
    """Return one page of a query as PNG; raises as `print_pdf` does."""
    document = compose(query, region, when=when, public_url=public_url)
    return compile_png(document.source, files=document.files, when=document.when, ppi=ppi, page=page)


def is_bulk(query: PrintQuery, region: Region) -> bool:
    """Whether a query takes so long that it is done as a job."""
    if query.product == ATLAS:
        return not query.township
    if query.product != POSTERS:
        return False
    return len(stations_for_print(region, station_ids=query.station_ids, township=query.township)) > MOST_AT_ONCE


def preview_of(query: PrintQuery, region: Region, *, page: int) -> tuple[PrintQuery, int]:
    """Return a smaller query whose page looks as a page of the whole does, and which page of it that is.

    Of posters it is the one station, of an atlas or of cards of many townships the one township.
    """
    if query.product == POSTERS:
        numbers = stations_for_print(region, station_ids=query.station_ids, township=query.township)
        number = numbers[min(max(page, 1), len(numbers)) - 1]
        return replace(query, station_ids=(region.stations[number].station_id,), township=""), 1
    townships = townships_of(region)
    if query.product in (CARDS, ATLAS) and townships and not query.township and not query.street:
        one = replace(query, township=townships[min(max(page, 1), len(townships)) - 1])
        return one, 2 if query.product == ATLAS else 1  # the key map of one township would show nothing
    return query, page


def print_name(query: PrintQuery, region: Region, *, when: datetime, public_url: str) -> str:
    """Return the name of what a query gives today: another one as soon as anything in it is another."""
    told = (query, region.name, region.generation, region.profile, len(region.demand), when.date(), public_url)
    return f"{query.product}-{hashlib.sha256(repr(told).encode()).hexdigest()[:24]}"


def to_plain(query: PrintQuery) -> dict[str, Any]:
    """Return a query that is done as a job as JSON can say it."""
    return {name: value for name, value in asdict(query).items() if name != "coverage"}


def from_plain(plain: Mapping[str, Any]) -> PrintQuery:
    """Return the query that `to_plain` wrote."""
    lists = {"station_ids": tuple(plain["station_ids"]), "services": tuple(map(ServiceKey, plain["services"]))}
    return PrintQuery(**{**plain, **lists})


def run_print(arguments: Mapping[str, Any], shop: Workshop) -> Iterator[Progress | dict[str, object]]:
    """Set a query and keep its PDF; last comes the name that it is kept by. A job of kind ``print``.

    Raises
    ------
    InputError
        It cannot be printed.
    UnknownThingError
        A station that was named is not there, or the region was not built.
    """
    yield Progress("progress.print", 0, 3)
    region = load_region(shop.office.settings)
    query = from_plain(arguments["query"])
    when = datetime.now(ZoneInfo(region.profile.time_zone))
    public_url = arguments["public_url"]
    name = print_name(query, region, when=when, public_url=public_url)
    document = compose(query, region, when=when, public_url=public_url)
    yield Progress("progress.print", 1, 3)
    content = compile_pdf(document.source, files=document.files, when=document.when)
    yield Progress("progress.print", 2, 3)
    print_folder(shop.office.settings, region.profile).keep(f"{name}.pdf", content)
    yield {"name": name}
