"""The bundled region as printed sheets need it (roads, list, demand) without its travel-time tables, and PDF
readers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import shapely

from stations.geo.crs import local_crs
from stations.loaders.boundary import read_boundary
from stations.loaders.region import read_profile
from stations.loaders.roads import read_roads
from stations.loaders.station_list import read_station_list
from stations.maps.paper_room import Box
from stations.maps.sheets.content import SheetContent
from stations.maps.sheets.page import Page, Sheet
from stations.maps.typeset import compile_pdf
from stations.model.keys import Datum
from stations.model.listing import ListOptions
from stations.model.paper import read_paper
from stations.services.region import Region, load_region
from stations.services.sheets import SheetQuery, draw_sheet, gather
from stations.services.station_arrays import arrange
from stations.settings import PROJECT_ROOT
from tests.conftest import Town

WHEN = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://stations.example.cn"


@pytest.fixture(scope="session")
def yanzhou(town: Town) -> Region:
    """The bundled region on a town's tables: what sheets of a district and its townships ask for, and no more."""
    small = load_region(town.settings)
    profile = read_profile(PROJECT_ROOT / "data" / "yanzhou")
    read = read_roads(profile.folder / profile.roads_file, profiles=profile.modes, bounds=profile.bounds, columns={})
    listing = read_station_list(
        profile.folder / "stations.csv", options=ListOptions(Datum.WGS84), bounds=profile.bounds
    )
    stations = tuple(row.station for row in listing.stations)
    return replace(
        small,
        profile=profile,
        roads=replace(small.roads, network=read.network, basemap=read.basemap),
        stations=stations,
        arrays=arrange(stations),
        number_of={station.station_id: number for number, station in enumerate(stations)},
        boundary=read_boundary(profile.folder / "boundary.geojson"),
        _kept={},
    )


@pytest.fixture(scope="session")
def content(yanzhou: Region) -> SheetContent:
    """Everything that the sheets of the bundled region draw from, in Chinese."""
    return gather(SheetQuery("district", read_paper("A3")), yanzhou, when=WHEN, public_url=URL)


@pytest.fixture(scope="session")
def sheet_of(yanzhou: Region) -> Callable[..., Sheet]:
    """Return a maker of sheets of the bundled region: product, paper, and what else a `SheetQuery` takes."""

    def make(product: str, paper: str, *, landscape: bool = True, public_url: str = URL, **more: object) -> Sheet:
        query = SheetQuery(product, read_paper(paper, landscape=landscape), **more)  # type: ignore[arg-type]
        return draw_sheet(query, yanzhou, when=WHEN, public_url=public_url)

    return make


@pytest.fixture(scope="session")
def pdf_of() -> Callable[[Sheet], bytes]:
    """Return what sets a sheet."""

    def compile_sheet(sheet: Sheet) -> bytes:
        document = sheet.document()
        return compile_pdf(document.source, files=document.files, when=document.when)

    return compile_sheet


@pytest.fixture(scope="session")
def plane() -> str:
    """The projection of the networks that tests make by hand."""
    return local_crs(116.8, 35.5)


def _polygon(box: Box, x: float, y: float) -> shapely.Polygon:
    upright = shapely.box(box.x - box.width / 2, box.y - box.height / 2, box.x + box.width / 2, box.y + box.height / 2)
    turned = shapely.affinity.rotate(upright, math.degrees(box.turn), origin=(box.x, box.y))
    return shapely.affinity.translate(turned, x, y)


def _everything(page: Page) -> Iterator[tuple[str, shapely.Polygon]]:
    for words, box in page.texts:
        yield words or "(code or bar)", _polygon(box, 0, 0)
    for drawn, x, y in page.maps:
        for label in drawn.labels:
            yield label.text, shapely.union_all([_polygon(box, x, y) for box in label.boxes])
        for mark in drawn.marks:
            number = f"{'dot' if mark.station.dot else 'station'} {mark.station.number or mark.station.station_id}"
            yield number, shapely.union_all([_polygon(box, x, y) for box in mark.boxes])


@pytest.fixture(scope="session")
def overlaps() -> Callable[[Page], list[tuple[str, str]]]:
    """Return what finds texts, names and marks of a page that share ground, by shapely and not by our own boxes.

    The small dots of stations that are numbered elsewhere may touch one another, and nothing else.
    """

    def find(page: Page) -> list[tuple[str, str]]:
        names, shapes = zip(*_everything(page), strict=True)
        first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        return [
            (names[a], names[b])
            for a, b in zip(first.tolist(), second.tolist(), strict=True)
            if a < b
            and not (names[a].startswith("dot") and names[b].startswith("dot"))
            and shapely.intersection(shapes[a], shapes[b]).area > 0.005
        ]

    return find


@pytest.fixture(scope="session")
def leaving() -> Callable[[Page], list[str]]:
    """Return what finds texts that leave the page, and names and marks that leave the frame of their map."""

    def find(page: Page) -> list[str]:
        paper = shapely.box(0, 0, page.width, page.height).buffer(1e-6)
        out = [words for words, box in page.texts if not paper.covers(_polygon(box, 0, 0))]
        for drawn, _, _ in page.maps:
            frame = shapely.box(0, 0, drawn.frame.width_mm, drawn.frame.height_mm).buffer(1e-6)
            boxes = [(label.text, box) for label in drawn.labels for box in label.boxes]
            boxes += [(mark.station.number, box) for mark in drawn.marks for box in mark.boxes if mark.number_at]
            out += [words for words, box in boxes if not frame.covers(_polygon(box, 0, 0))]
        return out

    return find
