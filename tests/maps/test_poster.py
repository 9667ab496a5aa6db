"""Posters and cards from facts made by hand: always one page, nothing left out, whatever the facts are."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdf
import pypdfium2
import pytest

from stations.errors import InputError
from stations.hours.calendar import DayKind
from stations.hours.timetable import DayHours
from stations.maps.card import CardFacts, card_document, card_text
from stations.maps.imprint import Imprint, imprint_words
from stations.maps.poster import Gate, Other, PosterFacts, day_words, poster_document, station_url, week_rows
from stations.maps.typeset import compile_pdf
from stations.model.keys import Datum, EntryMethod, ServiceKey, StationKind, TravelMode
from stations.model.paper import read_paper
from stations.model.region import ModeProfile, RegionProfile
from stations.model.station import Station
from stations.texts import say

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
PROFILE = RegionProfile(
    region_id="town",
    folder=Path(),
    names={"zh": "小镇", "en": "Town"},
    time_zone="Asia/Shanghai",
    bounds=(116.0, 35.0, 117.0, 36.0),
    modes={
        TravelMode.WALK: ModeProfile(TravelMode.WALK, 4.5),
        TravelMode.EBIKE: ModeProfile(TravelMode.EBIKE, 15.0, measured="10 趟"),
        TravelMode.CAR: ModeProfile(TravelMode.CAR, 30.0),
    },
    sample=True,
    dates={"stations": "2026-08-31"},
    sources={"roads": {"zh": "路网", "en": "roads"}, "stations": {"zh": "名单", "en": "list"}},
)
IMPRINT = Imprint(PROFILE, date(2026, 11, 22), "1.0-7")


def station(**changed) -> Station:
    made = Station("a", "东站", StationKind.HUB, 116.5, 35.5, 116.5, 35.5, Datum.WGS84)
    return replace(made, **changed)


def moment(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"{MONDAY + timedelta(days=day)}T{clock}").replace(tzinfo=ZONE)


def day(number: int, *spans: tuple[str, str], unknown: bool = False, over: bool = False) -> DayHours:
    """The hours of a day of the week; with `over` the last span ends on the day after."""
    ends = [number + (over and place == len(spans) - 1) for place in range(len(spans))]
    return DayHours(
        day=MONDAY + timedelta(days=number),
        kind=DayKind.ORDINARY,
        spans=tuple((moment(number, a), moment(end, b)) for (a, b), end in zip(spans, ends, strict=True)),
        unknown=unknown,
        unconfirmed=False,
    )


WEEK = tuple(day(number, ("08:30", "12:00"), ("14:00", "17:30")) for number in range(7))


def pages(posters, *, paper="A4", lang="zh", large=False):
    document = poster_document(posters, paper=read_paper(paper), imprint=IMPRINT, lang=lang, large=large)
    content = compile_pdf(document.source, files=document.files, when=document.when)
    return pypdf.PdfReader(io.BytesIO(content)).pages


def words_of(posters, **options) -> str:
    return "".join("".join(page.extract_text() for page in pages(posters, **options)).split())


ALL_SERVICES = dict.fromkeys(ServiceKey, 12)
FULL = PosterFacts(
    station(
        name="兖州区龙桥街道建设路与文化路交叉口东南侧快递小哥暖心驿站党群服务中心（" + "甲乙丙丁" * 5 + "）",
        services=ALL_SERVICES,
        address="龙桥街道建设路与文化路交叉口东南侧",
        hours="Mo-Fr 06:30-09:30,11:00-14:00,17:00-20:30; Sa 08:00-12:00; Su off; PH off",
        entry=EntryMethod.APP_SIGNUP,
        entrance_s=200,
        entrance_hours="06:00-23:00",
        township="龙桥街道",
    ),
    tuple(day(number, ("06:30", "09:30"), ("11:00", "14:00"), ("17:00", "20:30")) for number in range(7)),
    Gate(120.0, 2),
    tuple(Other(station(station_id=one, name="很长很长的名字" * 4), 900, 400) for one in "bcd"),
    Other(station(name="夜站"), None, 500),
    url="https://example.cn/stations/a",
)
BARE = PosterFacts(station(name=""), (), None, ())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("paper", ["A5", "A4", "A3"])
def test_every_poster_is_one_page_of_its_paper(paper, large, lang):
    made = pages([FULL, BARE], paper=paper, large=large, lang=lang)
    sheet = read_paper(paper)

    assert len(made) == 2
    assert [float(side) / 72 * 25.4 for side in made[0].mediabox[2:]] == pytest.approx(
        [sheet.width_mm, sheet.height_mm], abs=0.1
    )


@pytest.mark.parametrize("large", [False, True])
def test_a_full_poster_leaves_nothing_out(large):
    told = words_of([FULL], large=large)

    assert FULL.station.name in told
    assert all(
        word in told
        for word in ("就餐12", "党员报到12", "微波炉12", "东边的大门", "120米", "约4分钟", "夜站", "06:00–23:00")
    )
    assert told.count("15分钟") == 3


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("large", [False, True])
def test_nothing_of_a_full_poster_runs_into_what_stands_below(large, lang):
    document = poster_document([FULL], paper=read_paper("A4"), imprint=IMPRINT, lang=lang, large=large)
    page = pypdfium2.PdfDocument(compile_pdf(document.source, files=document.files, when=document.when))[0]
    parts = [(say(lang, f"poster.{name}")) for name in ("hours", "entry", "services", "here")]
    before = [
        FULL.station.address,
        say(lang, "hours.day_6"),
        say(lang, "page.parking_unknown"),
        say(lang, "service.party_checkin"),
    ]
    foot = box_of(page, say(lang, "poster.scan").split()[0])

    for upper, lower in zip(before, parts, strict=True):
        assert box_of(page, upper, last=True)[1] > box_of(page, lower)[3]  # left, bottom, right, top; up is more
    assert foot[1] > 12 / 25.4 * 72  # above the lower margin


def box_of(page, words, *, last=False):
    """The box of the first letter of some words on a page, of their last occurrence where `last`."""
    text = page.get_textpage()
    search, found = text.search(words), None
    while (hit := search.get_next()) is not None:
        found = hit
        if not last:
            break
    assert found is not None, words
    return text.get_charbox(found[0])


def test_a_bare_poster_says_what_is_not_known():
    told = words_of([BARE])

    assert "兖新苑" in told  # its kind stands for the name
    for word in ("开放时间未核实", "有哪些服务还未核实", "进门方式未核实", "停车未核实", "STATIONS_PUBLIC_URL"):
        assert word in told


def test_hours_that_were_not_understood_are_told_as_written():
    assert "早八点到晚上" in words_of([replace(BARE, station=station(hours_text="早八点到晚上"))])


def test_unknown_minutes_are_a_dash_and_never_zero():
    told = words_of([replace(BARE, others=(Other(station(name="西站"), None, 61),))])

    assert "–2分钟" in told  # 61 s by e-bike, rounded up


def test_a_name_with_a_character_that_cannot_be_printed_is_refused():
    with pytest.raises(InputError) as refused:
        pages([replace(BARE, station=station(name="𠮷野驿站"))])

    assert refused.value.values == {"text": "𠮷野驿站", "characters": "𠮷 (U+20BB7)"}


def test_paper_is_refused_by_name():
    with pytest.raises(InputError) as refused:
        read_paper("B4", among=("A4", "A3"))

    assert refused.value.values == {"value": "B4", "allowed": "A4, A3"}


def test_what_runs_past_midnight_is_drawn_on_the_next_day():
    week = (
        day(0, ("22:00", "02:00"), over=True),
        *(day(number) for number in range(1, 6)),
        day(6, ("23:00", "01:00"), over=True),
    )
    rows = week_rows(week, "zh")

    assert rows[0]["spans"] == [[0, 60], [1320, 1440]]  # Sunday's hour after midnight stands on Monday
    assert rows[1]["spans"] == [[0, 120]]
    assert rows[1]["words"] == "休息"  # nothing begins then
    assert rows[0]["words"] == "22:00–次日 02:00"


def test_a_week_that_never_closes_is_one_row():
    week = tuple(day(number, ("00:00", "00:00"), over=True) for number in range(7))

    assert [(row["name"], row["words"]) for row in week_rows(week, "zh")] == [("周一至周日", "全天")]


def test_days_that_are_alike_are_one_row_where_grouped():
    week = (*WEEK[:5], day(5), day(6))

    assert [row["name"] for row in week_rows(week, "zh", grouped=True)] == ["周一至周五", "周六至周日"]
    assert len(week_rows(week, "zh")) == 7


def test_unknown_hours_of_a_day_are_said():
    assert day_words(day(0, unknown=True), "zh") == "未核实"
    assert day_words(day(0, ("08:00", "12:00"), unknown=True), "zh") == "08:00–12:00  未核实"


def test_an_address_is_quoted_and_absent_where_the_program_does_not_know_its_own():
    assert station_url("https://x.cn", "a/b 1") == "https://x.cn/stations/a%2Fb%201"
    assert station_url("", "a") == ""


def test_the_small_print_tells_dates_speeds_and_source():
    told = imprint_words(IMPRINT, "zh")

    # half a year after 31 August is the last of February
    assert IMPRINT.valid_until == "2027-02-28"
    for word in (
        "2026-08-31",
        "2026-11-22",
        "2027-02-28",
        "步行 4.5 km/h（未实测）",
        "电动车 15 km/h（已实测）",
        "路网",
        "1.0-7",
        "审图号",
    ):
        assert word in told
    assert "汽车" not in told


def cards_of(*stations, always=()):
    return [CardFacts("龙桥街道", tuple(always), tuple(stations))]


@pytest.mark.parametrize(("paper", "size_mm"), [("A6", (105, 148)), ("A5", (210, 148))])
def test_a_card_comes_on_its_paper_with_those_first_that_never_close(paper, size_mm):
    many = [station(station_id=str(number), name=f"站{number:03}", hours="08:00-20:00") for number in range(30)]
    document = card_document(
        cards_of(*many, always=[station(name="夜站", hours="24/7")]),
        paper=read_paper(paper),
        imprint=IMPRINT,
        lang="zh",
    )
    made = pypdf.PdfReader(io.BytesIO(compile_pdf(document.source, files=document.files, when=document.when))).pages
    told = "".join("".join(page.extract_text() for page in made).split())

    assert [float(side) / 72 * 25.4 for side in made[0].mediabox[2:]] == pytest.approx(size_mm, abs=0.1)
    assert told.index("夜站") < told.index("站000")
    assert all(f"站{number:03}" in told for number in range(30))


def test_cards_as_plain_text_tell_the_same():
    told = card_text(
        cards_of(station(services={ServiceKey.REST: 3}), always=[station(name="夜站", hours="24/7")]),
        imprint=IMPRINT,
        lang="zh",
    )

    assert told.splitlines()[:2] == ["小镇驿站", "示例数据：站点、道路、时间都是编的，请勿使用"]
    assert told.index("夜站 | 全天") < told.index("东站 | 时间未核实")
    assert "座位 3" in told
