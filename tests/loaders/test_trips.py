from __future__ import annotations

from datetime import date

import pytest

from stations.errors import FileError, RefusedListError
from stations.loaders.trips import read_trips
from stations.model.keys import TravelMode
from stations.model.trips import Trip
from stations.texts import LANGUAGES, say

HEADER = "lon,lat,station_id,mode,minutes,date,note"


def read(folder, *lines, encoding="utf-8"):
    path = folder / "trips.csv"
    path.write_bytes("\n".join(lines).encode(encoding))
    return read_trips(path)


def refusal(folder, *lines):
    with pytest.raises(RefusedListError) as refused:
        read(folder, *lines)
    assert refused.value.key == "trips.refused"
    return refused.value.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_trips_are_read_in_file_order(tmp_path, encoding):
    trips = read(
        tmp_path,
        HEADER,
        "116.82,35.57,yz002,ebike,7.5,2026-11-20,雨天",
        "116.83,35.58,yz001,walk,240,,",
        encoding=encoding,
    )

    assert trips == (
        Trip(2, 116.82, 35.57, "yz002", TravelMode.EBIKE, 7.5, date(2026, 11, 20), "雨天"),
        Trip(3, 116.83, 35.58, "yz001", TravelMode.WALK, 240.0),
    )


def test_date_and_note_may_be_left_out(tmp_path):
    assert read(tmp_path, "mode,minutes,station_id,lat,lon,rider", "car,4,s,35.5,116.8,x") == (
        Trip(2, 116.8, 35.5, "s", TravelMode.CAR, 4.0),
    )


@pytest.mark.parametrize(
    ("row", "key", "column", "value"),
    [
        ("east,35.5,s,walk,5,,", "list.number", "lon", "east"),
        ("181,35.5,s,walk,5,,", "list.number", "lon", "181"),
        ("116.8,nan,s,walk,5,,", "list.number", "lat", "nan"),
        ("116.8,,s,walk,5,,", "list.number", "lat", ""),
        ("116.8,35.5,,walk,5,,", "list.empty", "station_id", ""),
        ("116.8,35.5,s,sled,5,,", "trips.mode", "mode", "sled"),
        ("116.8,35.5,s,,5,,", "trips.mode", "mode", ""),
        ("116.8,35.5,s,Walk,5,,", "trips.mode", "mode", "Walk"),
        ("116.8,35.5,s,walk,0,,", "trips.minutes", "minutes", "0"),
        ("116.8,35.5,s,walk,-3,,", "trips.minutes", "minutes", "-3"),
        ("116.8,35.5,s,walk,240.1,,", "trips.minutes", "minutes", "240.1"),
        ("116.8,35.5,s,walk,5:30,,", "trips.minutes", "minutes", "5:30"),
        ("116.8,35.5,s,walk,,,", "trips.minutes", "minutes", ""),
        ("116.8,35.5,s,walk,inf,,", "trips.minutes", "minutes", "inf"),
        ("116.8,35.5,s,walk,5,2026-02-30,", "list.date", "date", "2026-02-30"),
        ("116.8,35.5,s,walk,5,20.11.2026,", "list.date", "date", "20.11.2026"),
        ("116.8,35.5,s,walk,5,,\x1b[2J", "list.control_character", "note", None),
        ("116.8,35.5,s", "list.cells", None, None),
    ],
)
def test_a_wrong_cell_is_told_by_row_column_and_value(tmp_path, row, key, column, value):
    (problem,) = refusal(tmp_path, HEADER, "116.8,35.5,s,walk,5,,", row)

    assert (problem.key, problem.row, problem.column, problem.value) == (key, 3, column, value)
    values = {"row": problem.row, "column": column, "value": value, **dict(problem.values)}
    for lang in LANGUAGES:
        assert "3" in say(lang, key, **values)


def test_all_problems_of_a_row_are_told(tmp_path):
    problems = refusal(tmp_path, HEADER, "x,99,,sled,0,today,")

    assert {problem.column for problem in problems} == {"lon", "lat", "station_id", "mode", "minutes", "date"}


def test_a_missing_column_is_told(tmp_path):
    (problem,) = refusal(tmp_path, "lon,lat,station_id,mode", "116.8,35.5,s,walk")

    assert (problem.key, problem.row, problem.column) == ("list.column_missing", 1, "minutes")


def test_a_header_alone_is_no_list(tmp_path):
    with pytest.raises(FileError) as refused:
        read(tmp_path, HEADER)

    assert refused.value.key == "file.no_rows"
