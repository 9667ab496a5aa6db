"""Authors and values of the history in words."""

from __future__ import annotations

import pytest

from stations.services.change_words import author_words, value_words


@pytest.mark.parametrize(
    ("author", "lang", "shown"),
    [
        ("terminal:wang", "zh", "终端（wang）"),
        ("terminal:wang", "en", "terminal (wang)"),
        ("terminal", "zh", "终端"),
        ("李", "zh", "李"),
    ],
)
def test_authors(author, lang, shown):
    assert author_words(lang, author) == shown


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("services", {"charging": None, "rest": 4}, "手机充电、座位 4"),
        ("lon", 116.80000000000001, "116.8"),
        ("kind", "union_post", "工会驿站"),
        ("closed", "merged", "已并入"),
        ("ebike_parking", False, "否"),
        ("phone", None, "–"),
    ],
)
def test_values(field, value, shown):
    assert value_words("zh", field, value) == shown
