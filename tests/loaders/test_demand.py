from __future__ import annotations

import pytest
from openpyxl import Workbook

from stations.errors import FileError, RefusedListError
from stations.loaders.demand import read_demand, write_demand
from stations.model.station import DemandPoint, NamedPlace
from stations.texts import LANGUAGES, say

HEADER = "demand_id,name,township,lon,lat,residents"


def read(folder, *lines, encoding="utf-8"):
    path = folder / "demand.csv"
    path.write_bytes("\n".join(lines).encode(encoding))
    return read_demand(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_points_are_read_in_file_order(tmp_path, encoding):
    points = read(
        tmp_path, HEADER, "d2,韦园社区,鼓楼街道,116.82,35.57,1200", "d1,文东社区,,116.83,35.58,0.5", encoding=encoding
    )

    assert points == (
        DemandPoint("d2", "韦园社区", "鼓楼街道", 116.82, 35.57, 1200.0),
        DemandPoint("d1", "文东社区", None, 116.83, 35.58, 0.5),
    )


@pytest.mark.parametrize(
    ("header", "row", "weight"),
    [
        ("demand_id,lon,lat,orders_per_day", "d,116.8,35.5,7", 7.0),
        ("demand_id,weight,lon,lat,remark", "d,7,116.8,35.5,100", 7.0),
        ("demand_id,residents,lon,lat", "d,7,116.8,35.5", 7.0),
        ("demand_id,weight,residents,lon,lat", "d,7,9,116.8,35.5", 7.0),
    ],
)
def test_the_weight_is_named_so_or_in_the_last_column(tmp_path, header, row, weight):
    assert [point.weight for point in read(tmp_path, header, row)] == [weight]


def refusal(folder, *lines):
    with pytest.raises(RefusedListError) as refused:
        read(folder, *lines)
    return [(problem.key, problem.row, problem.column, problem.value) for problem in refused.value.problems]


def test_every_problem_is_told_by_row_and_column(tmp_path):
    assert refusal(
        tmp_path,
        HEADER,
        "a,n,t,116.8,35.5,-1",
        "b,n,t,east,95,many",
        "c,n,t,116.8,35.5,10",
        "c,n,t,116.8,35.5,10",
        ",n,t,116.8,35.5,nan",
    ) == [
        ("list.weight", 2, "residents", "-1"),
        ("list.number", 3, "lon", "east"),
        ("list.number", 3, "lat", "95"),
        ("list.weight", 3, "residents", "many"),
        ("list.id_twice", 5, "demand_id", "c"),
        ("list.weight", 6, "residents", "nan"),
        ("list.empty", 6, "demand_id", ""),
    ]


def test_missing_columns_are_told(tmp_path):
    assert refusal(tmp_path, "demand_id,name,lat", "a,b,35.5") == [
        ("list.column_missing", 1, "lon", None),
        ("list.column_missing", 1, "weight", None),
    ]


def test_a_cut_row_is_told(tmp_path):
    assert refusal(tmp_path, HEADER, "a,n,t,116.8,35.5,1", "b,n,t,116.") == [("list.cells", 3, None, None)]


@pytest.mark.parametrize(
    ("lines", "key"), [(("",), "file.empty"), ((HEADER,), "file.no_rows"), (("a,b", "1,2"), "demand.no_header")]
)
def test_a_file_without_demand_is_refused(tmp_path, lines, key):
    with pytest.raises(FileError) as refused:
        read(tmp_path, *lines)

    assert refused.value.key == key


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileError) as refused:
        read_demand(tmp_path / "none.csv")

    assert refused.value.key == "file.missing"


# ---- Numbers by the names of places

PLACES = (
    NamedPlace("鼓楼街道", "township", "鼓楼街道", 116.82, 35.57),
    NamedPlace("韦园社区", "community", "鼓楼街道", 116.826, 35.561),
    NamedPlace("文东社区", "community", "鼓楼街道", 116.817, 35.557),
    NamedPlace("前海村", "community", "大安镇", 116.81, 35.64),
    NamedPlace("前海村", "community", "新驿镇", 116.67, 35.63),
    NamedPlace("牛王庙村", "community", "大安镇", 116.80, 35.65),
)


def workbook(folder, *rows, name="demand.xlsx"):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def test_a_workbook_of_names_and_numbers_is_joined_to_the_places(tmp_path):
    path = workbook(
        tmp_path,
        ["兖州区人口"],
        ["序号", "社区（村）", "所属镇街", "常住人口"],
        [1, "韦园社区居委会", "鼓楼街道", 1200],
        [2, "鼓楼街道文东", None, "1,300人"],
        [3, "前海村", "大安", 80.5],
        ["", "合计", None, 2580.5],
    )

    assert read_demand(path, places=PLACES) == (
        DemandPoint("鼓楼街道韦园社区", "韦园社区", "鼓楼街道", 116.826, 35.561, 1200.0),
        DemandPoint("鼓楼街道文东社区", "文东社区", "鼓楼街道", 116.817, 35.557, 1300.0),
        DemandPoint("大安镇前海村", "前海村", "大安镇", 116.81, 35.64, 80.5),
    )


def test_a_csv_of_names_and_numbers_is_joined_too(tmp_path):
    (tmp_path / "orders.csv").write_bytes("地点,订单数\n牛王庙村民委员会,7\n".encode("gb18030"))

    assert [(point.name, point.weight) for point in read_demand(tmp_path / "orders.csv", places=PLACES)] == [
        ("牛王庙村", 7)
    ]


def test_a_column_of_weights_that_is_not_there_is_told(tmp_path):
    (tmp_path / "orders.csv").write_text("经度,纬度,订单数,单量\n116.8,35.5,7,9\n", encoding="utf-8")

    assert [point.weight for point in read_demand(tmp_path / "orders.csv", weight="单量")] == [9]
    with pytest.raises(FileError) as refused:
        read_demand(tmp_path / "orders.csv", weight="人数")
    assert (refused.value.key, refused.value.values["column"]) == ("demand.no_column", "人数")


def test_a_workbook_with_coordinates_needs_no_places(tmp_path):
    path = workbook(tmp_path, ["编号", "名称", "经度", "纬度", "人口"], ["d1", "这里", 116.8, 35.5, 9])

    assert read_demand(path) == (DemandPoint("d1", "这里", None, 116.8, 35.5, 9.0),)


def test_a_workbook_of_coordinates_needs_no_names(tmp_path):
    path = workbook(tmp_path, ["经度", "纬度", "单量"], [116.8, 35.5, 9], [116.9, 35.6, 8])

    assert [(point.demand_id, point.weight) for point in read_demand(path)] == [("2", 9), ("3", 8)]


def test_shops_of_one_name_are_several_places(tmp_path):
    path = workbook(tmp_path, ["名称", "经度", "纬度", "单量"], ["面馆", 116.8, 35.5, 9], ["面馆", 116.9, 35.6, 8])

    assert [(point.name, point.weight) for point in read_demand(path)] == [("面馆", 9), ("面馆", 8)]


def test_names_that_are_not_known_or_not_clear_are_listed(tmp_path):
    path = workbook(
        tmp_path,
        ["村居", "人口"],
        ["韦园社区", 10],
        ["没有的村", 20],
        ["前海村", 30],
        ["韦园", 40],
        [None, 50],
        ["文东社区", "很多"],
    )
    with pytest.raises(RefusedListError) as refused:
        read_demand(path, places=PLACES)

    assert [(problem.key, problem.row, problem.column, problem.value) for problem in refused.value.problems] == [
        ("list.place_unknown", 3, "村居", "没有的村"),
        ("list.place_ambiguous", 4, "村居", "前海村"),
        ("list.place_twice", 5, "村居", "韦园"),
        ("list.empty", 6, "村居", ""),
        ("list.weight", 7, "人口", "很多"),
    ]
    assert dict(refused.value.problems[1].values)["among"] == "大安镇前海村, 新驿镇前海村"
    for problem in refused.value.problems:
        values = {"row": problem.row, "column": problem.column, "value": problem.value, **dict(problem.values)}
        assert all(say(lang, problem.key, **values) for lang in LANGUAGES)


def test_a_place_of_another_township_is_not_taken(tmp_path):
    path = workbook(tmp_path, ["社区", "镇街", "人口"], ["韦园社区", "大安镇", 10])
    with pytest.raises(RefusedListError) as refused:
        read_demand(path, places=PLACES)

    assert refused.value.problems[0].key == "list.place_unknown"


def test_what_is_written_is_read_back(tmp_path):
    points = (
        DemandPoint("a", "韦园, 社区", "鼓楼街道", 116.826, 35.561, 1.5),
        DemandPoint("b", "b", None, 1.0, 2.0, 0.0),
    )
    write_demand(tmp_path / "demand.csv", points)

    assert read_demand(tmp_path / "demand.csv") == points


@pytest.mark.parametrize(
    ("rows", "key"), [([["你好"]], "demand.no_header"), ([["社区", "人口"]], "file.no_rows"), ([], "demand.no_header")]
)
def test_a_workbook_without_demand_is_refused(tmp_path, rows, key):
    with pytest.raises(FileError) as refused:
        read_demand(workbook(tmp_path, *rows), places=PLACES)

    assert refused.value.key == key
