from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from stations.errors import FileError, RefusedListError
from stations.loaders.calendar import read_calendar
from stations.settings import PROJECT_ROOT

HEAD = "date,kind,festival_zh,festival_en,notice\n"
NOTICE = "节,festival,关于2031年部分节假日安排的通知"
WHOLE = (
    HEAD
    + "".join(f"2031-{day},off,{NOTICE}\n" for day in ("01-01", "05-01", "10-01"))
    + f"2031-10-11,workday,{NOTICE}\n"
)


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "cn.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_bundled_calendar_holds_the_days_of_the_three_notices():
    calendar = read_calendar(PROJECT_ROOT / "data" / "calendar" / "cn.csv")

    assert calendar.confirmed_years == {2024, 2025, 2026}
    # Days off by the notices: 1+8+3+5+1+3+7 = 28, 1+8+3+5+3+8 = 28, 3+9+3+5+3+3+7 = 33; make-up days 8, 5, 6.
    assert [sum(day.year == year for day in calendar.off) for year in (2024, 2025, 2026)] == [28, 28, 33]
    assert [sum(day.year == year for day in calendar.makeup) for year in (2024, 2025, 2026)] == [8, 5, 6]
    assert {date(2026, 2, 15), date(2026, 2, 23), date(2025, 10, 8), date(2024, 2, 17)} <= calendar.off
    assert {date(2026, 9, 20), date(2026, 2, 28), date(2025, 1, 26), date(2024, 9, 29)} <= calendar.makeup
    assert not calendar.off & calendar.makeup
    assert all(day.weekday() >= 5 for day in calendar.makeup)


def test_a_small_calendar_is_read_with_a_byte_order_mark(tmp_path):
    calendar = read_calendar(written(tmp_path, b"\xef\xbb\xbf" + WHOLE.encode()))

    assert calendar.off == {date(2031, 1, 1), date(2031, 5, 1), date(2031, 10, 1)}
    assert calendar.makeup == {date(2031, 10, 11)}
    assert calendar.confirmed_years == {2031}


@pytest.mark.parametrize(
    ("content", "key"),
    [(b"", "hours.calendar_empty"), (HEAD, "hours.calendar_empty"), (b"\xff\xfe\x00d", "hours.calendar_not_text")],
)
def test_a_file_that_is_no_calendar_is_named(tmp_path, content, key):
    with pytest.raises(FileError) as caught:
        read_calendar(written(tmp_path, content))

    assert caught.value.key == key
    assert caught.value.values["file"] == "cn.csv"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileError) as caught:
        read_calendar(tmp_path / "none.csv")

    assert caught.value.key == "hours.calendar_missing"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (WHOLE.replace("kind", "sort", 1), [("hours.calendar_column", 1, "kind", None)]),
        (WHOLE.replace("2031-05-01", "1 May"), [("hours.calendar_date", 3, "date", "1 May")]),
        (WHOLE.replace("01-01,off", "01-01,free"), [("hours.calendar_kind", 2, "kind", "free")]),
        (WHOLE.replace("10-11", "10-13"), [("hours.calendar_workday", 5, "date", "2031-10-13")]),
        (WHOLE + "2031-10-02,off,节,festival,\n", [("hours.calendar_notice", 6, "notice", "")]),
        (WHOLE + f"2031-05-01,off,{NOTICE}\n", [("hours.calendar_twice", 6, "date", "2031-05-01")]),
        (WHOLE[: WHOLE.index("2031-10-01")], [("hours.calendar_cut", None, "date", "2031-10-01")]),
        (
            WHOLE.replace("01-01,off", "01-01,free") + "2031-1",
            [
                ("hours.calendar_kind", 2, "kind", "free"),
                ("hours.calendar_date", 6, "date", "2031-1"),
                ("hours.calendar_kind", 6, "kind", ""),
                ("hours.calendar_notice", 6, "notice", ""),
            ],
        ),
    ],
)
def test_wrong_rows_are_told_all_at_once_and_nothing_is_taken(tmp_path, text, problems):
    with pytest.raises(RefusedListError) as caught:
        read_calendar(written(tmp_path, text))

    assert [(one.key, one.row, one.column, one.value) for one in caught.value.problems] == problems
