from __future__ import annotations

import pytest

from stations.errors import FileError, RefusedListError
from stations.loaders.places import read_places
from stations.model.station import NamedPlace

HEADER = "name,category,township,lon,lat"


def read(folder, *lines, encoding="utf-8"):
    (folder / "places.csv").write_bytes("\r\n".join(lines).encode(encoding))
    return read_places(folder / "places.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_places_are_read_in_file_order(tmp_path, encoding):
    assert read(
        tmp_path, HEADER, "兴隆塔,景点,鼓楼街道,116.83,35.56", "韦园社区,,,116.82,35.57", encoding=encoding
    ) == (
        NamedPlace("兴隆塔", "景点", "鼓楼街道", 116.83, 35.56),
        NamedPlace("韦园社区", "", None, 116.82, 35.57),
    )


def test_a_header_alone_is_no_places(tmp_path):
    assert read(tmp_path, HEADER) == ()


def test_every_problem_is_told_by_row_and_column(tmp_path):
    with pytest.raises(RefusedListError) as refused:
        read(tmp_path, HEADER, ",c,t,116.8,35.5", "b,c,t,nan,35.5", "c,c,t,116.8,-91", "d,c,t,1,2,3")

    assert [(problem.key, problem.row, problem.column) for problem in refused.value.problems] == [
        ("list.empty", 2, "name"),
        ("list.number", 3, "lon"),
        ("list.number", 4, "lat"),
        ("list.cells", 5, None),
    ]


def test_missing_columns_are_told(tmp_path):
    with pytest.raises(RefusedListError) as refused:
        read(tmp_path, "name,x,y", "a,1,2")

    assert [(problem.key, problem.column) for problem in refused.value.problems] == [
        ("list.column_missing", "lon"),
        ("list.column_missing", "lat"),
    ]


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileError) as refused:
        read_places(tmp_path / "places.csv")

    assert refused.value.key == "file.missing"
