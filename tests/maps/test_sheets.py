"""Printed sheets of the bundled region, read back from the PDF and from their pages."""

from __future__ import annotations

import csv
import io
import subprocess
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from stations.errors import InputError
from stations.maps.glyphs import check_characters
from stations.maps.paper_frame import Frame
from stations.maps.sheets.atlas import draw_atlas, neighbours
from stations.maps.sheets.district import draw_district
from stations.maps.sheets.index import NAME_MM
from stations.model.paper import read_paper

MM_PER_PT = 25.4 / 72
LONG_NAME = (
    "兖州区新兖镇城市管理综合行政执法大队与邮政快递行业联合党支部"
    "外卖配送员和货车司机暖心驿站示范点北门岗亭旁二楼东侧第三间屋"
)


@pytest.fixture(scope="module")
def a3(sheet_of):
    return sheet_of("district", "A3")


@pytest.fixture(scope="module")
def a3_pdf(a3, pdf_of):
    return pdf_of(a3)


def check_pages(sheet, overlaps, leaving):
    for number, page in enumerate(sheet.pages):
        assert overlaps(page) == [], f"page {number + 1}"
        assert leaving(page) == [], f"page {number + 1}"


@pytest.mark.parametrize(
    ("paper", "landscape", "size_mm"),
    [("A4", False, (210, 297)), ("A3", True, (420, 297)), ("A1", True, (841, 594))],
)
def test_pages_have_the_size_of_the_paper(sheet_of, pdf_of, paper, landscape, size_mm):
    pages = pypdf.PdfReader(io.BytesIO(pdf_of(sheet_of("district", paper, landscape=landscape)))).pages

    for page in pages:
        assert (float(page.mediabox.width) * MM_PER_PT, float(page.mediabox.height) * MM_PER_PT) == pytest.approx(
            size_mm, abs=0.1
        )


def test_all_fonts_are_embedded_and_the_text_can_be_read(a3_pdf):
    reader = pypdf.PdfReader(io.BytesIO(a3_pdf))
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]

    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile3" in descriptor
        assert "NotoSansCJKsc" in font["/BaseFont"]
        assert "/ToUnicode" in font
    text = "".join(page.extract_text() for page in reader.pages)
    for words in (
        "兖州区驿站分布图",
        "示意图",
        "审图号",
        "编制单位",
        "示例数据",
        "未核实",
        "1:125,000",
        "鼓楼街道",
        "图例",
    ):
        assert words in text


def test_two_runs_give_the_same_bytes(sheet_of, pdf_of, a3_pdf):
    assert pdf_of(sheet_of("district", "A3")) == a3_pdf


@pytest.mark.parametrize(
    ("product", "paper", "landscape", "more"),
    [
        ("district", "A3", True, {}),
        ("district", "A4", False, {}),
        ("district", "A4", True, {"large": True}),
        ("district", "A2", False, {"lang": "en"}),
        ("district", "A0", True, {}),
        ("township", "A4", True, {}),
        ("township", "A3", False, {"lang": "en", "large": True}),
    ],
)
def test_nothing_overlaps_and_nothing_leaves_its_frame(sheet_of, overlaps, leaving, product, paper, landscape, more):
    check_pages(sheet_of(product, paper, landscape=landscape, **more), overlaps, leaving)


@pytest.mark.parametrize(("product", "paper"), [("district", "A3"), ("district", "A0"), ("township", "A4")])
def test_every_station_has_one_numbered_mark_in_the_square_of_the_index(sheet_of, content, product, paper):
    sheet = sheet_of(product, paper)
    place = {station.station_id: station for station in content.stations}
    marks = {}
    for page in sheet.pages:
        for drawn, x, y in page.maps:
            columns = sorted((box.x, words) for words, box in page.texts if words.isupper() and y - 8 < box.y < y)
            columns = [(at, words) for at, words in columns if x < at < x + drawn.frame.width_mm]
            for mark in drawn.marks:
                if mark.station.dot or not columns:
                    continue
                assert mark.station.number not in marks
                # derived anew: the letter that stands nearest above the place, and how many squares it lies down
                side = columns[1][0] - columns[0][0] if len(columns) > 1 else drawn.frame.width_mm
                side = 2 * (columns[0][0] - x) if len(columns) > 2 else side
                letter = columns[int(mark.true_x // side)][1]
                marks[mark.station.number] = f"{letter}{int(mark.true_y // side) + 1}"
                metres = drawn.frame.to_mm(place[mark.station.station_id].x, place[mark.station.station_id].y)
                assert (float(metres[0]), float(metres[1])) == pytest.approx((mark.true_x, mark.true_y))
    assert marks == {str(entry.number): entry.square for entry in sheet.index}
    assert len(marks) == 168


def test_the_index_prints_number_square_and_name_of_every_station(a3, a3_pdf, content, tmp_path):
    (tmp_path / "sheet.pdf").write_bytes(a3_pdf)
    command = ["pdftotext", "-raw", "-f", "2", str(tmp_path / "sheet.pdf"), "-"]
    words = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    text = "".join(words.split())

    square = {entry.station_id: entry.square for entry in a3.index}
    for station in content.stations:
        name = "".join(station.name.split())
        assert f"{station.number}{square[station.station_id]}{name}" in text or f"{station.number}{name}" in text
        assert square[station.station_id] in text


def test_the_code_decodes_at_150_dpi(a3_pdf, tmp_path):
    pyzbar = pytest.importorskip("pyzbar.pyzbar")
    (tmp_path / "sheet.pdf").write_bytes(a3_pdf)
    command = ["pdftoppm", "-r", "150", "-f", "1", "-l", "1", "-singlefile", "-png"]
    subprocess.run([*command, str(tmp_path / "sheet.pdf"), str(tmp_path / "sheet")], check=True)

    with Image.open(tmp_path / "sheet.png") as picture:
        found = [code.data.decode() for code in pyzbar.decode(picture)]

    assert found == ["https://stations.example.cn"]


def test_the_code_keeps_its_quiet_zone(a3):
    page = a3.pages[0]
    code = next(box for words, box in page.texts if not words and box.width == pytest.approx(22, abs=1e-6))
    zone = replace(code, width=code.width * 37 / 29, height=code.height * 37 / 29)
    # 27 bytes at correction M need version 3: 29 modules, and 4 on either side (ISO/IEC 18004, table 7)

    assert zone.x + zone.width / 2 <= page.width
    assert zone.y + zone.height / 2 <= page.height
    assert not [words for words, box in page.texts if box is not code and zone.meets(box)]
    for drawn, x, y in page.maps:
        assert (
            x + drawn.frame.width_mm < zone.x - zone.width / 2 or y + drawn.frame.height_mm < zone.y - zone.height / 2
        )


def test_without_an_address_there_is_no_code(sheet_of, a3):
    sheet = sheet_of("district", "A3", public_url="")

    assert not [box for words, box in sheet.pages[0].texts if not words and box.width == pytest.approx(22, abs=1e-6)]


def test_the_legend_tells_of_what_is_on_the_map_and_of_nothing_else(a3, sheet_of):
    words = {text for text, _ in a3.pages[0].texts}

    assert {"快递网点", "24 小时开放", "铁路", "河流、水面", "高速公路、国道"} <= words
    assert "公共场所" not in words  # none in the list
    assert "步行小路" not in words  # not drawn at this scale
    assert "区域界线（示意）" not in words
    assert "区域界线（示意）" in {text for text, _ in sheet_of("district", "A3", boundary=True).pages[0].texts}


def test_the_inset_shows_its_stations_on_their_place(a3):
    (_, _, _), (inset, _, _) = a3.pages[0].maps
    aside = [mark for mark in inset.marks if mark.aside]

    assert len(inset.marks) > 60
    assert len(aside) < 0.2 * len(inset.marks)


def test_atlas_pages_name_their_neighbours(sheet_of):
    sheet = sheet_of("township", "A3", landscape=False)
    key = sheet.pages[0]
    listed = {words for words, _ in key.texts}

    assert {"鼓楼街道", "兴隆庄街道", "分幅"} <= listed
    assert len(key.maps[0][0].marks) == 168
    pages = sorted({entry.page for entry in sheet.index})
    assert len(pages) == 10
    for number in pages:
        on_page = [words for words, box in sheet.pages[number - 1].texts if words == str(number)]
        assert on_page, f"page {number} does not bear its number"


def test_neighbours_lie_on_the_side_of_their_middle():
    # frames of 1 km by 1 km: one to the east touching, one to the north overlapping, one far away
    here = Frame(100, 100, 10_000, 0, 0)
    east, north, far = (
        Frame(100, 100, 10_000, 1000, 200),
        Frame(100, 100, 10_000, -100, 800),
        Frame(100, 100, 10_000, 5000, 0),
    )

    found = neighbours(here, [(2, east), (3, north), (4, far)])

    assert {side: [page for page, _, _ in beside] for side, beside in found.items()} == {
        "east": [2], "north": [3], "south": [], "west": [],
    }  # fmt: skip


def test_a_station_without_name_hours_or_services_and_one_with_a_long_name(content, overlaps, leaving):
    assert len(LONG_NAME) == 60
    first, second, *rest = content.stations
    bare = replace(first, name="", hours="未核实", services=(), township=None)
    long = replace(
        second, name=LONG_NAME, services=tuple(sorted({s for one in content.stations for s in one.services}))
    )
    changed = replace(content, stations=(long, *rest, bare))

    sheet = draw_district(changed, read_paper("A3", landscape=True))

    check_pages(sheet, overlaps, leaving)
    words = [text for page in sheet.pages for text, _ in page.texts]
    assert "（未登记名称）" in words
    assert LONG_NAME in "".join(words)


def test_two_stations_on_one_spot_both_stand_with_their_number(content, overlaps, leaving):
    first, second, *rest = content.stations
    twins = replace(content, stations=(first, replace(second, x=first.x, y=first.y), *rest))

    sheet = draw_district(twins, read_paper("A3", landscape=True))

    check_pages(sheet, overlaps, leaving)
    marks = [mark for page in sheet.pages for drawn, _, _ in page.maps for mark in drawn.marks if not mark.station.dot]
    pair = [mark for mark in marks if mark.station.station_id in {first.station_id, second.station_id}]
    assert len(pair) == 2
    assert sum(mark.aside for mark in pair) >= 1


def test_600_stations_on_one_sheet(content, overlaps, leaving):
    many = tuple(
        replace(one, station_id=f"{one.station_id}-{turn}", number=place, x=one.x + 190 * turn, y=one.y - 140 * turn)
        for place, (turn, one) in enumerate(
            ((turn, one) for turn in range(4) for one in content.stations[:150]), start=1
        )
    )

    sheet = draw_district(replace(content, stations=many), read_paper("A1", landscape=True))

    check_pages(sheet, overlaps, leaving)
    numbered = {
        mark.station.number
        for page in sheet.pages
        for drawn, _, _ in page.maps
        for mark in drawn.marks
        if not mark.station.dot
    }
    assert numbered == {str(number) for number in range(1, 601)}
    assert len(sheet.index) == 600


def test_too_many_for_the_paper_is_said(content):
    first = content.stations[0]
    many = tuple(replace(first, station_id=str(n), number=n, x=first.x + n, y=first.y) for n in range(1, 1500))

    with pytest.raises(InputError, match=r"sheet\.too_dense"):
        draw_district(replace(content, stations=many), read_paper("A4"))


@pytest.mark.parametrize("draw", [draw_district, draw_atlas])
def test_without_stations_there_is_no_sheet(content, draw):
    with pytest.raises(InputError, match=r"sheet\.no_stations"):
        draw(replace(content, stations=()), read_paper("A3"))


def test_a_region_without_a_road_still_has_a_sheet(content, overlaps, leaving):
    base = content.base
    bare = replace(
        base,
        roads={rank: lines[:0] for rank, lines in base.roads.items()},
        areas={name: shapes[:0] for name, shapes in base.areas.items()},
        lines={name: lines[:0] for name, lines in base.lines.items()},
        names=(),
        points=(),
        extent=(0.0, 0.0, 0.0, 0.0),
    )

    check_pages(draw_district(replace(content, base=bare), read_paper("A3", landscape=True)), overlaps, leaving)


def test_every_name_of_the_region_can_be_printed(yanzhou, content):
    check_characters(station.name for station in yanzhou.stations)
    check_characters(place.name for place in yanzhou.places)
    check_characters(named.name for named in content.base.names)
    check_characters(point.name for point in content.base.points)


@pytest.mark.real
def test_every_community_of_the_real_list_can_be_printed(real_data: Path):
    with (real_data / "yanzhou_communities.csv").open(encoding="utf-8-sig") as file:
        check_characters(cell for row in csv.reader(file) for cell in row)


def test_a_character_that_the_fonts_lack_is_named(content):
    stations = (replace(content.stations[0], name="𠀀站"), *content.stations[1:])

    with pytest.raises(InputError, match=r"print\.characters") as caught:
        draw_district(replace(content, stations=stations), read_paper("A3", landscape=True)).document()
    assert "𠀀" in str(caught.value.values)


@pytest.mark.parametrize(("product", "paper"), [("district", "A3"), ("township", "A4")])
def test_every_page_of_a_sample_says_so_across(sheet_of, product, paper):
    for page in sheet_of(product, paper).pages:
        assert 'fill-opacity="0.075"' in page.svg
        assert "示例数据" in page.svg


def test_the_index_is_as_large_as_its_room_and_never_cut(sheet_of, content):
    few = sheet_of("district", "A3", township="小孟镇")

    assert len(few.pages) == 1
    names = {words for words, _ in few.pages[0].texts}
    own = [one for one in content.stations if one.township == "小孟镇"]
    assert {one.name for one in own} <= names
    size = next(box.height for words, box in few.pages[0].texts if words == own[0].name)
    assert size > 1.3 * NAME_MM
