"""Printed sheets: the district, its townships and its coverage, from what the screen shows."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version

import numpy as np
import shapely

from stations.errors import InputError
from stations.geo.crs import to_metres
from stations.hours.wording import describe_hours
from stations.maps.imprint import speed_words
from stations.maps.print_parts import Document
from stations.maps.sheets.atlas import draw_atlas
from stations.maps.sheets.content import SheetContent, SheetFacts, SheetStation
from stations.maps.sheets.coverage import CoverageContent, CoverageGap, CoveragePoint, draw_coverage
from stations.maps.sheets.district import draw_district
from stations.maps.sheets.page import Sheet
from stations.model.coverage import CoverageAnswer
from stations.model.keys import ServiceKey, TravelMode
from stations.model.paper import Paper, read_paper
from stations.model.queries import CoverageQuery
from stations.model.station import Station
from stations.services.catchments import join_catchments
from stations.services.coverage import Gap, find_gaps, measure_coverage, stations_that_count
from stations.services.posters import paper_base
from stations.services.region import Region
from stations.texts import say

DISTRICT, ATLAS, COVERAGE = "district", "township", "coverage"
PRODUCTS = (DISTRICT, ATLAS, COVERAGE)
PAPERS = ("A4", "A3", "A2", "A1", "A0")
VALID_MONTHS = 6
"""How long a sheet may hang after the day of its data, where the region does not say."""


@dataclass(frozen=True, slots=True)
class SheetQuery:
    """Which sheet: of all stations, or of those of a township, or of those that offer all of `services`.

    `large` is the variant for those who read with difficulty, `boundary` draws the outline of the region.
    `coverage` is what a coverage sheet shows, where it is not the default of the region's first mode.

    Raises
    ------
    InputError
        There is no such product, or it does not come on this paper.
    """

    product: str
    paper: Paper
    lang: str = "zh"
    township: str = ""
    services: tuple[ServiceKey, ...] = ()
    large: bool = False
    boundary: bool = False
    coverage: CoverageQuery | None = None

    def __post_init__(self) -> None:
        read_paper(self.paper.name, among=PAPERS)
        if self.product not in PRODUCTS:
            raise InputError(
                "error.not_one_of",
                field="product",
                name="product",
                value=self.product[:40],
                allowed=", ".join(PRODUCTS),
            )


def make_sheet(query: SheetQuery, region: Region, *, when: datetime, public_url: str) -> Document:
    """Return the sheet of a query as a document to set; raises as `draw_sheet` does."""
    return draw_sheet(query, region, when=when, public_url=public_url).document()


def draw_sheet(query: SheetQuery, region: Region, *, when: datetime, public_url: str) -> Sheet:
    """Return the sheet of a query, drawn.

    Parameters
    ----------
    when
        The moment of printing, with its time zone.
    public_url
        Where the program is reached, for the code; empty where that is not known, then there is no code.

    Raises
    ------
    InputError
        No open station fits the query, or so many that they find no room on the paper.
    """
    if query.product == COVERAGE:
        return draw_coverage(
            gather_coverage(query, region, when=when, public_url=public_url), query.paper, large=query.large
        )
    content = gather(query, region, when=when, public_url=public_url)
    if query.product == ATLAS:
        return draw_atlas(content, query.paper, large=query.large)
    return draw_district(content, query.paper, large=query.large)


def gather(query: SheetQuery, region: Region, *, when: datetime, public_url: str) -> SheetContent:
    """Return what the sheets of a query draw from.

    Stations are numbered through the region, by township in the order of the list, so that a station bears one
    number on
    every sheet.

    Raises
    ------
    InputError
        No open station fits the query.
    """
    base = paper_base(region)
    own = [region.stations[number] for number in np.flatnonzero(region.arrays.listed).tolist()]
    listed = [station for station in own if station.closed is None]
    numbered = list(enumerate(_by_township(listed), start=1))
    chosen = [
        (number, station)
        for number, station in numbered
        if (not query.township or station.township == query.township)
        and all(service in station.services for service in query.services)
    ]
    if not chosen:
        raise InputError("sheet.no_stations", field="township", region=region.profile.names[query.lang])
    x, y = to_metres([one.lon for _, one in chosen], [one.lat for _, one in chosen], crs=base.crs)
    hours = {text: describe_hours(text, query.lang) for text in {station.hours for _, station in chosen}}
    stations = tuple(
        _sheet_station(number, station, a, b, hours[station.hours], query.lang)
        for (number, station), a, b in zip(chosen, x.tolist(), y.tolist(), strict=True)
    )
    boundary = _in_metres(region.boundary, base.crs) if query.boundary and region.boundary is not None else None
    return SheetContent(_facts(query, region, when, public_url), base, stations, boundary)


def _in_metres(shape: shapely.Geometry, crs: str) -> shapely.Geometry:
    return shapely.transform(shape, lambda points: np.column_stack(to_metres(points[:, 0], points[:, 1], crs=crs)))


def _by_township(stations: Sequence[Station]) -> list[Station]:
    """Return stations with those of one township together, in the order in which townships first occur."""
    order: dict[str | None, int] = {}
    for station in stations:
        order.setdefault(station.township, len(order))
    return sorted(stations, key=lambda station: (station.township is None, order[station.township]))


def _sheet_station(number: int, station: Station, x: float, y: float, hours: str, lang: str) -> SheetStation:
    services = tuple(service for service in ServiceKey if service in station.services)
    return SheetStation(
        station_id=station.station_id,
        number=number,
        name=station.name,
        kind=station.kind,
        township=station.township,
        x=x,
        y=y,
        hours=hours,
        entry=say(lang, f"entry.{station.entry}"),
        services=services,
        always_open=hours == say(lang, "hours.always"),
    )


def _facts(query: SheetQuery, region: Region, when: datetime, public_url: str) -> SheetFacts:
    profile, lang = region.profile, query.lang
    data_date = profile.dates.get("stations", "")
    chosen = [say(lang, f"service.{service}") for service in query.services]
    return SheetFacts(
        lang=lang,
        region=profile.names[lang],
        sample=profile.sample,
        when=when.date(),
        data_date=data_date,
        valid_until=profile.prints.get("valid_until", "") or _months_on(data_date, VALID_MONTHS),
        version=f"{version('stations')}-{region.generation}",
        roads_source=profile.sources.get("roads", {}).get(lang, ""),
        speeds=speed_words(profile, lang),
        review_number=profile.prints.get("review_number", ""),
        issuer=profile.prints.get("issuer", ""),
        url=public_url,
        filtered=say(lang, "sheet.filtered", services=say(lang, "hours.and").join(chosen)) if chosen else "",
    )


def _months_on(day: str, months: int) -> str:
    """Return the ISO day some months after another, at most the last of its month; empty where that is unknown."""
    try:
        begun = date.fromisoformat(day)
    except ValueError:
        return ""
    year, month = divmod(begun.year * 12 + begun.month - 1 + months, 12)
    return date(year, month + 1, min(begun.day, monthrange(year, month + 1)[1])).isoformat()


def gather_coverage(query: SheetQuery, region: Region, *, when: datetime, public_url: str) -> CoverageContent:
    """Return what the coverage sheet draws from: the same answer as the screen's.

    Raises
    ------
    InputError
        The region has no demand.
    """
    profile, lang, base = region.profile, query.lang, paper_base(region)
    if not region.layers:
        raise InputError("sheet.no_demand", field="product", region=profile.names[lang])
    asked = query.coverage or CoverageQuery(default_mode(region), services=query.services)
    demand, arrays = region.demand_of(asked.layer), region.demand_arrays(asked.layer)
    answer = measure_coverage(asked, region)
    sure, perhaps = stations_that_count(asked, region)
    catchment = join_catchments(asked, region, tuple(np.flatnonzero(sure).tolist()))
    drawn = [region.stations[number] for number in np.flatnonzero(sure | perhaps).tolist()]
    x, y = to_metres([one.lon for one in drawn], [one.lat for one in drawn], crs=base.crs)
    demand_x, demand_y = to_metres(arrays.lon, arrays.lat, crs=base.crs)
    return CoverageContent(
        facts=_facts(query, region, when, public_url),
        base=base,
        subtitle=_coverage_words(asked, lang),
        stations=tuple(zip((one.station_id for one in drawn), x.tolist(), y.tolist(), strict=True)),
        area=_in_metres(catchment.area, base.crs),
        points=tuple(
            CoveragePoint(a, b, state, point.weight)
            for point, a, b, state in zip(demand, demand_x.tolist(), demand_y.tolist(), answer.states, strict=True)
        ),
        whole=answer.whole,
        townships=answer.townships,
        gaps=tuple(_gap_words(gap, lang) for gap in find_gaps(answer, region)),
        method=_method(answer, region, lang),
        counts=region.layer(asked.layer).unit.get(lang, "–"),
    )


def default_mode(region: Region) -> TravelMode:
    """Return the mode that a coverage sheet shows where none is named: e-bike, or the region's first."""
    modes = region.profile.modes
    return TravelMode.EBIKE if TravelMode.EBIKE in modes else next(iter(modes))


def _coverage_words(asked: CoverageQuery, lang: str) -> str:
    when = (
        say(lang, "sheet.coverage_when", when=f"{asked.when:%Y-%m-%d %H:%M}")
        if asked.when
        else say(lang, "sheet.coverage_any")
    )
    words = [
        say(
            lang,
            "sheet.coverage_subtitle",
            mode=say(lang, f"mode.{asked.mode}"),
            minutes=f"{asked.minutes:g}",
            when=when,
        )
    ]
    named = [say(lang, f"service.{one}") for one in asked.services] + [say(lang, f"need.{one}") for one in asked.needs]
    if named:
        words.append(say(lang, "sheet.coverage_services", services=say(lang, "hours.and").join(named)))
    if asked.no_registration:
        words.append(say(lang, "coverage.no_registration"))
    return " · ".join(words)


def _gap_words(gap: Gap, lang: str) -> CoverageGap:
    time = (
        say(lang, "sheet.gap_far")
        if gap.minutes is None
        else say(lang, "sheet.gap_minutes", minutes=math.ceil(gap.minutes))
    )
    name = " · ".join(part for part in (gap.point.name, gap.point.township) if part)
    return CoverageGap(name or "–", gap.point.weight, time)


def _method(answer: CoverageAnswer, region: Region, lang: str) -> tuple[str, ...]:
    profile, asked = region.profile, answer.query
    mode = profile.modes[asked.mode]
    unknown = say(lang, "sheet.date_unknown")
    dates = {name: profile.dates.get(name, unknown) for name in ("roads", "stations", "demand")}
    layer = region.layer(asked.layer)
    source = layer.source.get(lang) or say(lang, "sheet.source_unknown")
    if layer is not region.layers[0] and layer.year:
        dates["demand"] = layer.year
    return (
        say(
            lang,
            "page.method_text",
            mode=say(lang, f"mode.{asked.mode}"),
            speed=f"{mode.speed_kmh:g}",
            measured=say(lang, "trips.measured", text=mode.measured)
            if mode.measured
            else say(lang, "trips.not_measured"),
            parking=mode.parking_s,
            minutes=f"{asked.minutes:g}",
        ),
        say(lang, "sheet.method_counted", counted=answer.stations_counted, unknown=answer.stations_unknown),
        say(lang, "page.method_unknown"),
        say(lang, "sheet.method_area"),
        say(lang, "sheet.method_dates", source=source, **dates),
    )
