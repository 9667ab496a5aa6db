"""Printed sheets as a service: what is asked for, and the same answers as on the screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from stations.errors import InputError
from stations.model.keys import ClosureReason, ServiceKey, StationKind, TravelMode
from stations.model.paper import read_paper
from stations.model.queries import CoverageQuery
from stations.model.region import DemandLayer
from stations.services.coverage import measure_coverage
from stations.services.region import load_region
from stations.services.sheets import SheetQuery, draw_sheet, gather, gather_coverage, make_sheet
from stations.services.station_arrays import arrange

WHEN = datetime(2026, 11, 22, 15, tzinfo=UTC)
A3 = read_paper("A3", landscape=True)


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


def with_stations(region, stations):
    return replace(region, stations=tuple(stations), arrays=arrange(stations), _kept={})


def words_of(sheet):
    return {words for page in sheet.pages for words, _ in page.texts}


@pytest.mark.parametrize("product", ["posters", ""])
def test_an_unknown_product_is_refused(product):
    with pytest.raises(InputError, match=r"error\.not_one_of"):
        SheetQuery(product, A3)


def test_an_unknown_paper_is_refused_with_those_that_there_are():
    with pytest.raises(InputError, match=r"print\.paper") as caught:
        SheetQuery("district", read_paper("A6"))
    assert caught.value.values["allowed"] == "A4, A3, A2, A1, A0"


def test_stations_are_numbered_by_township_and_keep_their_number_on_every_sheet(region):
    # e and h in the east, g in the west, q nowhere: west comes second in the list, what has no township last
    places = {"e": "东镇", "g": "西镇", "h": "东镇", "q": None}
    region = with_stations(region, [replace(one, township=places[one.station_id]) for one in region.stations])

    def numbers(**more):
        content = gather(SheetQuery("district", A3, **more), region, when=WHEN, public_url="")
        return {one.station_id: one.number for one in content.stations}

    assert numbers() == {"e": 1, "h": 2, "g": 3, "q": 4}
    assert numbers(township="西镇") == {"g": 3}
    assert numbers(services=(ServiceKey.TOILET,)) == {"h": 2, "g": 3}


def test_what_nobody_offers_makes_no_sheet(region):
    with pytest.raises(InputError, match=r"sheet\.no_stations"):
        make_sheet(SheetQuery("district", A3, services=(ServiceKey.BED,)), region, when=WHEN, public_url="")


def test_public_places_beside_our_own_stations_are_left_out(region):
    kinds = [StationKind.PUBLIC_PLACE if one.station_id == "g" else one.kind for one in region.stations]
    mixed = [replace(one, kind=kind) for one, kind in zip(region.stations, kinds, strict=True)]

    content = gather(SheetQuery("district", A3), with_stations(region, mixed), when=WHEN, public_url="")

    assert {one.station_id for one in content.stations} == {"e", "h", "q"}


def test_closed_stations_are_not_printed(region):
    shut = [
        replace(one, closed=ClosureReason.CLOSED_FOR_GOOD if one.station_id == "h" else None) for one in region.stations
    ]

    content = gather(SheetQuery("district", A3), with_stations(region, shut), when=WHEN, public_url="")

    assert {one.station_id for one in content.stations} == {"e", "g", "q"}


@pytest.mark.parametrize(
    ("lang", "unknown", "always"), [("zh", "未核实", "全天"), ("en", "not verified", "24 hours a day")]
)
def test_hours_are_in_words_and_unknown_ones_say_so(region, lang, unknown, always):
    content = gather(SheetQuery("district", A3, lang), region, when=WHEN, public_url="")
    hours = {one.station_id: one.hours for one in content.stations}

    assert hours["q"] == unknown
    assert hours["e"] == always
    assert {one.station_id for one in content.stations if one.always_open} == {"e", "g"}


def test_the_small_print_says_how_old_and_until_when(region):
    # the list is of 1 November 2026: six months on is 1 May 2027
    sheet = draw_sheet(SheetQuery("district", A3), region, when=WHEN, public_url="")
    words = " ".join(words_of(sheet))

    for part in (
        "站点数据 2026-11-01",
        "有效期至 2027-05-01",
        "示意图",
        "审图号：＿",
        "编制单位：＿",
        "底图来源：示例",
        "3.6 km/h",
        "版本",
    ):
        assert part in words
    assert "示例数据" in words


def test_the_region_may_name_its_review_number_issuer_and_last_day(region):
    prints = {"review_number": "鲁S(2026)001号", "issuer": "兖州区社会工作部", "valid_until": "2026-12-31"}
    named = replace(region, profile=replace(region.profile, prints=prints, sample=False))

    words = " ".join(words_of(draw_sheet(SheetQuery("district", A3), named, when=WHEN, public_url="")))

    for part in ("审图号：鲁S(2026)001号", "编制单位：兖州区社会工作部", "有效期至 2026-12-31"):
        assert part in words
    assert "示例" not in words.replace("底图来源：示例", "")


@pytest.mark.parametrize(
    ("day", "until"),
    [("2026-08-31", "2027-02-28"), ("2026-01-15", "2026-07-15"), ("soon", "日期未知"), ("", "日期未知")],
)
def test_six_months_on(region, day, until):
    dated = replace(region, profile=replace(region.profile, dates={"stations": day}))

    words = " ".join(words_of(draw_sheet(SheetQuery("district", A3), dated, when=WHEN, public_url="")))

    assert f"有效期至 {until}" in words


def test_the_outline_is_drawn_only_where_it_is_asked_for(region):
    import shapely

    bounded = replace(region, boundary=shapely.box(116.79, 35.49, 116.82, 35.52))

    assert gather(SheetQuery("district", A3), bounded, when=WHEN, public_url="").boundary is None
    assert gather(SheetQuery("district", A3, boundary=True), bounded, when=WHEN, public_url="").boundary is not None


@pytest.mark.parametrize("asked", [CoverageQuery(TravelMode.WALK, 5), CoverageQuery(TravelMode.EBIKE, 15, when=WHEN)])
def test_the_coverage_sheet_tells_what_the_screen_tells(region, asked):
    content = gather_coverage(SheetQuery("coverage", A3, coverage=asked), region, when=WHEN, public_url="")
    answer = measure_coverage(asked, region)

    assert (content.whole, content.townships) == (answer.whole, answer.townships)
    assert [point.state for point in content.points] == list(answer.states)
    sheet = draw_sheet(SheetQuery("coverage", A3, coverage=asked), region, when=WHEN, public_url="")
    words = words_of(sheet)
    share = answer.whole.covered_share
    assert f"{share * 100:.1f}%" in words
    assert f"{answer.whole.weight:,.0f}" in words
    assert any(f"{asked.minutes:g} 分钟以内（含）" in line for line in words)


def test_a_coverage_sheet_of_another_layer_counts_that_layer(region):
    shops = (replace(region.demand[0], weight=3.0), replace(region.demand[1], weight=4.0))
    layer = DemandLayer("shops", "demand-shops.csv", {"zh": "家餐馆"}, "2024", {"zh": "餐馆名录"})
    both = replace(
        region,
        profile=replace(region.profile, layers={"shops": layer}),
        points_of={**region.points_of, "shops": shops},
        _kept={},
    )
    asked = CoverageQuery(TravelMode.WALK, 5, layer="shops", no_registration=True)
    content = gather_coverage(SheetQuery("coverage", A3, coverage=asked), both, when=WHEN, public_url="")

    assert (content.whole.weight, len(content.points), content.counts) == (7, 2, "家餐馆")
    assert any("2024" in line and "餐馆名录" in line for line in content.method)
    assert content.subtitle.endswith("免登记")


def test_without_demand_there_is_no_coverage_sheet(region):
    with pytest.raises(InputError, match=r"sheet\.no_demand"):
        draw_sheet(SheetQuery("coverage", A3), replace(region, points_of={}), when=WHEN, public_url="")


def test_marks_stand_where_the_stations_are(region):
    # streets of the town are 300 m long: e and h are 600 m apart, east and west of each other
    sheet = draw_sheet(SheetQuery("district", A3), region, when=WHEN, public_url="")
    (drawn, _, _) = sheet.pages[0].maps[0]
    marks = {mark.station.station_id: mark for mark in drawn.marks}

    apart = np.hypot(marks["e"].true_x - marks["h"].true_x, marks["e"].true_y - marks["h"].true_y)

    assert apart == pytest.approx(600 * 1000 / drawn.frame.scale, rel=0.005)
