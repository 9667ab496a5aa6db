from __future__ import annotations

import pytest

from stations.errors import FileError, RefusedListError
from stations.loaders.demand import read_demand
from stations.model.station import DemandPoint

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


@pytest.mark.parametrize(("lines", "key"), [(("",), "empty"), ((HEADER,), "no_rows"), (("a,b", "1,2"), "no_header")])
def test_a_file_without_demand_is_refused(tmp_path, lines, key):
    with pytest.raises(FileError) as refused:
        read(tmp_path, *lines)

    assert refused.value.key == f"file.{key}"


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileError) as refused:
        read_demand(tmp_path / "none.csv")

    assert refused.value.key == "file.missing"
