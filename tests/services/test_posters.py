"""Posters and cards of whole regions, read back from the PDF."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pypdf
import pypdfium2
import pytest
from pyzbar import pyzbar

from stations.errors import InputError, UnknownThingError
from stations.hours.calendar import DayKind
from stations.maps.typeset import compile_pdf
from stations.model.keys import StationKind, TravelMode
from stations.model.paper import read_paper
from stations.model.queries import NearestQuery, Place
from stations.services.build import build_region
from stations.services.cards import CardQuery, list_cards, make_cards, stations_along
from stations.services.nearest import find_nearest
from stations.services.posters import (
    PosterQuery,
    always_open,
    gate_of,
    make_posters,
    ordinary_week,
    others_near,
    stations_for_print,
    townships_of,
)
from stations.services.prints import PrintQuery, preview_of
from stations.services.region import load_region
from stations.settings import read_settings

URL = "https://yizhan.example.cn"
WHEN = datetime(2026, 11, 22, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
A4 = read_paper("A4")


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """The bundled region, built."""
    settings = read_settings({"STATIONS_INSTANCE": str(tmp_path_factory.mktemp("prints"))})
    list(build_region(settings))
    return load_region(settings)


@pytest.fixture(scope="module")
def small(town):
    """The town of the other tests."""
    return load_region(town.settings)


def pdf_of(document) -> bytes:
    return compile_pdf(document.source, files=document.files, when=document.when)


def texts_of(content: bytes) -> list[str]:
    """The text of every page, without white space."""
    return ["".join(page.get_textpage().get_text_bounded().split()) for page in pypdfium2.PdfDocument(content)]


def own_stations(region):
    own = [station for station in region.stations if station.kind is not StationKind.PUBLIC_PLACE]
    return sorted(own, key=lambda one: one.station_id)


@pytest.fixture(scope="module")
def all_posters(region) -> bytes:
    return pdf_of(make_posters(PosterQuery(A4), region, when=WHEN, public_url=URL))


def test_every_station_of_the_region_has_its_page_under_20_megabytes(region, all_posters):
    texts = texts_of(all_posters)

    assert len(texts) == 168
    assert len(all_posters) < 20e6
    for station, text in zip(own_stations(region), texts, strict=True):
        assert "".join(station.name.split()) in text
        assert "示例数据" in text


def test_every_font_is_embedded(all_posters):
    reader = pypdf.PdfReader(io.BytesIO(all_posters))
    fonts = {ref.idnum: ref.get_object() for page in reader.pages for ref in page["/Resources"]["/Font"].values()}

    assert fonts
    for font in fonts.values():
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(described)


@pytest.mark.parametrize("page", [0, 100, 167])
def test_a_code_leads_to_the_station_in_a_print_of_150_dots_to_the_inch(region, all_posters, page):
    picture = pypdfium2.PdfDocument(all_posters)[page].render(scale=150 / 72).to_pil()
    found = pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
    station = own_stations(region)[page]

    assert [code.data.decode() for code in found] == [f"{URL}/stations/{station.station_id}"]
    # 35 mm with four white modules on each side of 29: the black is 35 * 29 / 37 = 27.4 mm, 162 dots
    assert found[0].rect.width == pytest.approx(35 * 29 / 37 / 25.4 * 150, abs=4)


def test_two_runs_give_the_same_bytes(region):
    query = PosterQuery(A4, station_ids=("yz001", "yz120"))

    assert pdf_of(make_posters(query, region, when=WHEN, public_url=URL)) == pdf_of(
        make_posters(query, region, when=WHEN, public_url=URL)
    )


def test_minutes_are_those_of_the_screen(region):
    number = region.number("yz014")
    others, _ = others_near(number, region, when=WHEN)
    station = region.stations[number]
    found = find_nearest(NearestQuery(Place(station.lon, station.lat), TravelMode.EBIKE, WHEN, limit=200), region).found
    told = {one.station.station_id: one.travel_s for one in found}
    nearest = sorted((s, key) for key, s in told.items() if s is not None and key != "yz014")[:3]

    assert [(one.ebike_s, one.station.station_id) for one in others] == nearest
    assert all(one.walk_s is not None and one.walk_s > one.ebike_s - 60 for one in others)


def test_the_others_of_a_station_are_worked_out_by_hand(small):
    # H-M-F-E are 600 m on foot at 1 m/s, for a one-way street does not bind those on foot; rounded up to seconds
    others, night = others_near(small.number("h"), small, when=WHEN)

    assert others[0].station.station_id == "e"
    assert others[0].walk_s == pytest.approx(600, abs=1)
    assert night is None  # E never closes and is among the three


def test_a_poster_shows_a_week_without_holidays(region):
    golden_week = WHEN.replace(month=10, day=3)  # 1 to 7 October 2026 are off
    week = ordinary_week(region, 0, golden_week)

    assert [day.day.weekday() for day in week] == list(range(7))
    assert {day.kind for day in week} == {DayKind.ORDINARY}
    assert abs((week[0].day - date(2026, 10, 3)).days) < 28


def test_only_what_is_known_to_be_open_all_week_never_closes(region):
    for number in always_open(region, WHEN):
        assert region.stations[number].hours is not None
    assert {region.stations[number].hours for number in always_open(region, WHEN)} <= {"24/7", "00:00-24:00"}


def test_a_gate_is_told_from_the_door(small):
    # 0.001 degrees of longitude at 35.5 north are 90.7 m
    east = replace(small.stations[0], entrance_lon=small.stations[0].lon + 0.001, entrance_lat=small.stations[0].lat)

    assert gate_of(east).metres == pytest.approx(90.6, abs=0.5)
    assert gate_of(east).eighth == 2
    assert gate_of(small.stations[0]) is None


def test_stations_are_those_of_the_township_that_is_named(region):
    chosen = stations_for_print(region, township="大安镇")

    assert chosen
    assert {region.stations[number].township for number in chosen} == {"大安镇"}
    assert sum(len(stations_for_print(region, township=name)) for name in townships_of(region)) == 168


def test_what_is_not_there_is_said_by_name(region):
    with pytest.raises(UnknownThingError):
        stations_for_print(region, station_ids=["nope"])
    with pytest.raises(InputError) as refused:
        stations_for_print(region, township="火星镇")
    with pytest.raises(InputError) as no_paper:
        PosterQuery(read_paper("A0"))

    assert refused.value.values["value"] == "火星镇"
    assert no_paper.value.values["value"] == "A0"


def test_stations_along_a_street_come_from_one_end_to_the_other(region):
    numbers = stations_along("建设路", region)
    lons = [region.stations[number].lon for number in numbers]
    lats = [-region.stations[number].lat for number in numbers]

    assert len(numbers) > 1
    assert lons == sorted(lons) or lats == sorted(lats)
    with pytest.raises(InputError):
        stations_along("没有这条路", region)


def test_cards_hold_every_station_once(region):
    told = list_cards(CardQuery(read_paper("A6")), region, when=WHEN)
    document = make_cards(CardQuery(read_paper("A6")), region, when=WHEN, public_url=URL)
    read = "".join(texts_of(pdf_of(document)))

    for station in own_stations(region):
        assert told.count(f"{station.name} |") == 1
        assert "".join(station.name.split()) in read


def test_a_card_is_scanned_to_the_page_of_riders(region):
    query = CardQuery(read_paper("A6"), lang="en", township="小孟镇")
    content = pdf_of(make_cards(query, region, when=WHEN, public_url=URL))
    picture = pypdfium2.PdfDocument(content)[0].render(scale=150 / 72).to_pil()

    assert [code.data.decode() for code in pyzbar.decode(picture)] == [f"{URL}/?lang=en"]


def test_the_sample_of_an_atlas_is_the_map_of_a_township(region):
    query, page = preview_of(PrintQuery("township"), region, page=1)

    assert (query.township, page) == (townships_of(region)[0], 2)
