"""What all readers of station lists promise, whatever the file: columns told, no row lost, no crash."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from stations.errors import FileError, InputError
from stations.loaders.station_list import read_pasted_list, read_station_list, write_station_list
from stations.loaders.station_row import COLUMNS
from stations.model.keys import Datum, ServiceKey, StationKind
from stations.model.listing import ColumnMatch, ListOptions, MatchedBy
from stations.model.station import Station
from stations.texts import words

BOUNDS = (116.6, 35.4, 117.0, 35.75)
WGS84 = ListOptions(Datum.WGS84)
PLACED = {"lon", "lat", "source_lon", "source_lat", "source_datum"}


def paste(text, **options):
    return read_pasted_list(text, options=ListOptions(Datum.WGS84, **options), bounds=BOUNDS)


def test_a_pasted_table_is_read():
    listing = paste("名称\t类型\t经度\t纬度\t电话\n兖新苑一号\t兖新苑\t116.82\t35.56\n\n司机之家\t\t116.83\t35.57\t1\n")

    assert [(listed.row, listed.station.name, listed.station.source) for listed in listing.stations] == [
        (2, "兖新苑一号", "pasted row 2"),
        (4, "司机之家", "pasted row 4"),
    ]
    assert (listing.rows_read, listing.problems, listing.sheets) == (2, (), ())
    assert not listing.stations[0].id_given


def test_a_pasted_list_is_named_after_its_source():
    assert paste("名称,经度,纬度\n司机之家,116.82,35.56", source="微信群").stations[0].station.source == "微信群 row 2"


@pytest.mark.parametrize(
    ("text", "key"),
    [("", "file.empty"), (" \n", "file.empty"), ("你好", "list.no_header"), ('名称,经度,纬度\n"', "file.csv_broken")],
)
def test_what_cannot_be_pasted(text, key):
    with pytest.raises(FileError) as refused:
        paste(text)

    assert refused.value.key == key


def test_every_column_is_told_with_what_it_is_taken_for():
    listing = paste("站点名称,lon,纬度,饮水,负责人,\n司机之家,116.82,35.56,√,张三,\n司机之家,116.83,35.57,,李四,")

    assert listing.columns == (
        ColumnMatch("站点名称", "name", MatchedBy.SYNONYM, ("司机之家", "司机之家")),
        ColumnMatch("lon", "lon", MatchedBy.NAME, ("116.82", "116.83")),
        ColumnMatch("纬度", "lat", MatchedBy.SYNONYM, ("35.56", "35.57")),
        ColumnMatch("饮水", "services", MatchedBy.SYNONYM, ("√",)),
        ColumnMatch("负责人", None, None, ("张三", "李四")),
    )
    assert listing.fields == {"name", "services"} | PLACED
    assert [dict(listed.station.services) for listed in listing.stations] == [{ServiceKey.WATER: None}, {}]


def test_three_cells_of_a_column_are_shown_and_no_more():
    rows = "".join(f"司机之家{number},116.82,35.56\n" for number in range(9))

    assert paste("名称,经度,纬度\n" + rows).columns[0].samples == ("司机之家0", "司机之家1", "司机之家2")


def test_what_a_person_said_of_columns_wins():
    text = "名称,经度,纬度,手机,电话,负责人\n司机之家,116.82,35.56,1,2,张三"
    listing = paste(text, columns={"手机": "phone", "负责人": "notes", "没有的列": "address"})

    assert (listing.stations[0].station.phone, listing.stations[0].station.notes) == ("1", "张三")
    assert [(match.heading, match.field, match.by) for match in listing.columns[3:]] == [
        ("手机", "phone", MatchedBy.HAND),
        ("电话", None, None),
        ("负责人", "notes", MatchedBy.HAND),
    ]


def test_a_person_may_not_say_what_is_no_field():
    with pytest.raises(InputError) as refused:
        paste("名称,经度,纬度\n司机之家,116.82,35.56", columns={"名称": "title"})

    assert (refused.value.key, refused.value.field) == ("columns.field_unknown", "名称")


def test_sheets_are_named_and_what_only_one_of_them_tells_is_not_the_lists_to_change(tmp_path):
    book = Workbook()
    book.active.title = "城区"
    book.active.append(["名称", "经度", "纬度", "电话"])
    book.active.append(["司机之家", 116.82, 35.56, "1"])
    other = book.create_sheet("乡镇")
    other.append(["名称", "经度", "纬度"])
    other.append(["坏", 1, 2])
    book.save(tmp_path / "a.xlsx")
    listing = read_station_list(tmp_path / "a.xlsx", options=WGS84, bounds=BOUNDS)

    assert (listing.sheets, listing.fields) == (("城区", "乡镇"), {"name"} | PLACED)
    assert listing.stations[0].sheet == "城区"
    assert {dict(problem.values)["sheet"] for problem in listing.problems} == {"乡镇"}


FULL = Station(
    "a", "=1+1", StationKind.HUB, 116.8, 35.5, 116.8, 35.5, Datum.WGS84, notes='@SUM(A1)"<b>&_x0041_', phone="+86"
)


def test_no_cell_of_a_workbook_is_a_formula(tmp_path):
    write_station_list(tmp_path / "a.xlsx", [FULL])
    sheet = load_workbook(tmp_path / "a.xlsx").active
    cells = {heading.value: cell for heading, cell in zip(*sheet.iter_rows(), strict=True)}

    assert [(cells[name].data_type, cells[name].value) for name in ("名称", "电话")] == [("s", "=1+1"), ("s", "+86")]
    assert cells["名称"].number_format == "@"
    assert (cells["经度"].data_type, cells["经度"].value) == ("n", 116.8)


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".geojson", ".gpkg", ".kml"])
def test_what_a_spreadsheet_would_take_for_more_comes_back(tmp_path, ending):
    write_station_list(tmp_path / f"a{ending}", [FULL], sample=True)
    listing = read_station_list(tmp_path / f"a{ending}", options=WGS84, bounds=BOUNDS)

    assert [listed.station for listed in listing.stations] == [FULL]
    assert "sample" not in {match.heading for match in listing.columns}
    shown = {name: words("zh")[f"field.{name}"] if ending == ".xlsx" else name for name in COLUMNS}
    assert all(match.heading == shown[match.field] for match in listing.columns)


def test_a_text_that_no_cell_holds_is_not_cut(tmp_path):
    with pytest.raises(FileError) as refused:
        write_station_list(
            tmp_path / "a.xlsx", [Station("a", "b", StationKind.HUB, 1, 2, 1, 2, Datum.WGS84, notes="长" * 40_000)]
        )

    assert refused.value.key == "list.cell_too_long"
    assert list(tmp_path.iterdir()) == []


# ---- Whatever comes: read = accepted + refused, and no crash

HEADINGS = (
    "编号", "类型", "纬度", "坐标", "服务项目", "营业时间", "电话", "状态", "饮水", "核实日期", "进门方式", "入口经度",
)  # fmt: skip
AWKWARD = st.sampled_from([
    "", " ", "兖新苑", "司机之家", "116.82", "35.56", "116.82,35.56", "35.56 116.82", "1e999", "nan", "1+1", "'", "√",
    "24/7", "全天", "周一至周五 8:30-17:30", "座位12个", "无", "/", "已关闭", "a\nb", "\u202e", "\u2028", "０", "46096",
    "2026-02-30", "-", "长" * 200, "名称",
])  # fmt: skip
SIGNS = st.characters(exclude_categories=("Cs", "Cn", "Co"), exclude_characters="=\r_#")
CELLS = AWKWARD | st.text(SIGNS, max_size=12)
BLANK = " \t\r\n\f\v\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"


def is_blank(row):
    return all(value is None or (isinstance(value, str) and not value.strip(BLANK)) for value in row)


def hold(listing, rows_read):
    """Check that every row is accounted for, once."""
    problems = [problem for problem in listing.problems if problem.refuses]
    refused = {problem.row for problem in problems if problem.key != "list.column_missing"}
    passed = sum(
        dict(problem.values)["count"] for problem in listing.problems if problem.key == "list.rows_passed_over"
    )
    assert listing.rows_read + passed == rows_read
    if any(problem.key == "list.column_missing" for problem in problems):
        assert listing.stations == ()
    else:
        assert {listed.row for listed in listing.stations}.isdisjoint(refused)
        assert len(listing.stations) + len(refused) == listing.rows_read


@settings(max_examples=100, deadline=None)
@given(
    headings=st.lists(st.sampled_from(HEADINGS), max_size=8, unique=True), rows=st.lists(st.lists(CELLS, max_size=10))
)
def test_no_row_of_a_random_table_is_lost(headings, rows):
    text = io.StringIO()
    csv.writer(text).writerows([["名称", "经度", *headings], *rows])

    hold(paste(text.getvalue()), sum(not is_blank(row) for row in rows))


VALUES = (
    CELLS.map(lambda text: "".join(sign for sign in text if sign.isprintable() or sign == "\n"))
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(10**6), 10**12)
    | st.booleans()
    | st.none()
    | st.datetimes(min_value=datetime(1900, 3, 1))
    | st.times()
)


@settings(max_examples=40, deadline=None)
@given(
    headings=st.lists(st.sampled_from(HEADINGS), max_size=8, unique=True),
    rows=st.lists(st.lists(VALUES, max_size=12), max_size=8),
    titles=st.integers(0, 3),
)
def test_no_row_of_a_random_workbook_is_lost(tmp_path_factory, headings, rows, titles):
    path = tmp_path_factory.mktemp("random") / "a.xlsx"
    book = Workbook()
    for row in [*[["骑手驿站名单"]] * titles, ["站点名称", "lon", *headings], *rows]:
        book.active.append(row)
    book.save(path)
    listing = read_station_list(path, options=WGS84, bounds=BOUNDS)

    hold(listing, sum(not is_blank(row) for row in rows))
    assert all(problem.row is None or problem.row > titles for problem in listing.problems)


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=300), ending=st.sampled_from([".csv", ".geojson", ".kml", ".gpkg"]))
def test_no_bytes_are_too_much(tmp_path_factory, content, ending):
    path = tmp_path_factory.mktemp("bytes") / f"a{ending}"
    path.write_bytes(content)

    with pytest.raises(FileError):
        read_station_list(path, options=WGS84, bounds=BOUNDS)


@settings(max_examples=25, deadline=None)
@given(content=st.binary(max_size=300), head=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]))
def test_no_bytes_of_a_workbook_are_too_much(tmp_path_factory, content, head):
    path = tmp_path_factory.mktemp("bytes") / "a.xlsx"
    path.write_bytes(head + content)

    with pytest.raises(FileError):
        read_station_list(path, options=WGS84, bounds=BOUNDS)


@settings(max_examples=40, deadline=None)
@given(changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_workbook_with_wrong_bytes_is_read_or_refused(tmp_path_factory, changes):
    path = tmp_path_factory.mktemp("bytes") / "a.xlsx"
    write_station_list(path, [FULL])
    content = bytearray(path.read_bytes())
    for share, byte in changes:
        content[int(share * len(content))] = byte
    path.write_bytes(content)

    try:
        listing = read_station_list(path, options=WGS84, bounds=BOUNDS)
    except FileError:
        return
    hold(listing, 1)
