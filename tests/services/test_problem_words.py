"""Problems of lists as sentences: no keys of the program in them, and a name for every check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import stations
from stations.errors import Problem
from stations.model.keys import Datum
from stations.services.problem_words import group_problems, say_problem
from stations.texts import LANGUAGES, words

LOADERS = Path(stations.__file__).parent / "loaders"
TOLD = re.compile(r'(?:Problem\(\s*"list\.|(?:problem|remark|refuse|tell)\(\s*")([a-z_]+)"')


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_problem_of_the_readers_has_a_name(lang):
    names = [*(LOADERS.glob("list_*.py")), LOADERS / "positions.py", LOADERS / "station_row.py"]
    checks = {check for path in names for check in TOLD.findall(path.read_text(encoding="utf-8"))}
    assert {"service_unknown", "empty", "column_missing", "rows_passed_over", "datum_said"} <= checks
    assert {check for check in checks if f"check_name.{check}" not in words(lang)} == set()


def test_sentences_name_fields_kinds_and_datums_in_words():
    assert say_problem("zh", Problem("list.column_missing", None, "lon", None)) == "表头缺少“经度”列"
    values = (("wrong", "x"), ("allowed", "hub, driver_home"), ("allowed_of", "kind"))
    assert say_problem("zh", Problem("list.unknown_key", 2, "类别", "x", values)).endswith("可用的有：兖新苑、司机之家")
    said = say_problem(
        "zh", Problem("list.datum_said", None, "高德坐标", "", (("said", Datum.GCJ02), ("declared", Datum.WGS84)))
    )
    assert "高德" in said
    assert "gcj02" not in said


def test_the_sheet_comes_first():
    problem = Problem("list.empty", 3, "名称", "", (("sheet", "城区"),))
    assert say_problem("zh", problem).startswith("城区: 第 3 行")


def test_problems_that_differ_by_nothing_but_their_rows_are_told_once():
    same = [
        Problem("list.hours_not_understood", row, "营业时间", "看心情", (("words", "看心情"),)) for row in range(3, 18)
    ]
    other = Problem("list.hours_not_understood", 4, "营业时间", "随缘", (("words", "随缘"),))
    whole = Problem("list.column_missing", None, "lon", None)
    groups = group_problems([whole, same[0], other, *same[1:]])

    assert [(one, len(rows)) for one, rows in groups] == [(whole, 0), (same[0], 15), (other, 1)]
    shown = [say_problem("zh", *group) for group in groups]
    assert shown[1].startswith("第 3 行")
    assert shown[1].endswith("（共 15 行：3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 …）")
    assert shown[2] == say_problem("zh", other)
