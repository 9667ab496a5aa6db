from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.hours.expression import HoursExpression, Reading, check_hours
from stations.hours.prose import HoursReading, read_hours
from stations.hours.wording import describe_hours

# What each phrase means, derived by hand from the words. 工作日 is Monday to Friday, not on public holidays, and
# make-up workdays too; 周一至周五 says nothing of holidays; what is told of a part of the week or year leaves the rest
# closed, but seasons by name must cover the year.
PHRASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "phrases.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
UNDERSTOOD = [row for row in PHRASES if row[1] != "unknown"]
YES_NO = {"yes": True, "no": False, "-": None}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
SUN = {"sunrise": 361, "sunset": 1081}


def meaning(expression: str) -> list[object]:
    """Return the spans of every day of a year, as ordinary day, public holiday, school holiday and both.

    Without months and numbered weekdays, one week is as good as the year.
    """
    hours = HoursExpression(expression)
    named = any(month in expression for month in [*MONTHS, "["])
    days = [date(2026, 1, 1) + timedelta(days=ahead) for ahead in range(365 if named else 7)]
    return [
        hours.spans_on(day, Reading(day.weekday(), held, school=school), sun=lambda event, _: SUN[event])
        for day in days
        for held in (frozenset[int](), frozenset({0}))
        for school in (False, True)
    ]


def spoken(phrase: str) -> str:
    return phrase.replace("\\n", "\n")


def test_the_table_is_large_enough_and_says_nothing_twice():
    assert len(UNDERSTOOD) >= 300
    assert len(PHRASES) - len(UNDERSTOOD) >= 60
    assert len({row[0] for row in PHRASES}) == len(PHRASES)


@pytest.mark.parametrize(("phrase", "expression", "follows", "words"), PHRASES, ids=[row[0] for row in PHRASES])
def test_what_a_phrase_means(phrase, expression, follows, words):
    found = read_hours(spoken(phrase))

    assert found.follows_workdays is YES_NO[follows]
    assert found.not_understood == tuple(word for word in words.split("¦") if word)
    if expression == "unknown":
        assert found.expression is None
    else:
        assert found.expression is not None
        assert meaning(found.expression) == meaning(expression)


@pytest.mark.parametrize("row", UNDERSTOOD, ids=[row[0] for row in UNDERSTOOD])
def test_what_was_read_is_told_in_chinese_and_read_again(row):
    expression = read_hours(spoken(row[0])).expression
    told = describe_hours(expression, "zh")
    again = read_hours(told)

    assert again.not_understood == ()
    assert again.expression is not None
    assert meaning(again.expression) == meaning(expression)
    # Nothing that is read is told as raw syntax, in no language.
    assert told != expression or expression in {"24/7"}
    assert describe_hours(expression, "en") != expression


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Fr 8:30-17:30; PH off",
        "24/7",
        "sunrise-sunset",
        'Mo-Fr "预约"',
        "Sa[1] 09:00-12:00",
        "week 1-10 08:00-09:00",
    ],
)
def test_osm_syntax_comes_back_as_it_is(text):
    assert read_hours(f"  {text.replace(' ', '  ')} ") == HoursReading(text, None, ())


def minutes(first: int, last: int) -> st.SearchStrategy[int]:
    return st.integers(first // 5, last // 5).map(lambda number: number * 5)


@st.composite
def day_spans(draw: st.DrawFn) -> str:
    """One to three spans in order, the last of which may run into the next day."""
    marks = sorted(draw(st.sets(minutes(0, 1435), min_size=2, max_size=6)))
    marks = marks[: len(marks) // 2 * 2]
    ends = list(zip(marks[::2], marks[1::2], strict=True))
    if draw(st.booleans()):
        ends[-1] = (ends[-1][0], draw(minutes(1440, 1440 + ends[0][0])))
    return ",".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in ends)


@st.composite
def weekly(draw: st.DrawFn) -> str:
    days = draw(st.permutations(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]))
    cuts = sorted(draw(st.sets(st.integers(1, 7), min_size=1, max_size=3)))
    groups = [days[first:last] for first, last in zip([0, *cuts], cuts, strict=False)]
    rules = [f"{','.join(group)} {draw(day_spans())}" for group in groups]
    holiday = draw(st.sampled_from(["", "PH off"]) | day_spans().map(lambda spans: f"PH {spans}"))
    return "; ".join([*rules, *([holiday] if holiday else [])])


@given(weekly())
def test_any_week_is_told_in_chinese_and_read_again(expression):
    again = read_hours(describe_hours(expression, "zh"))

    assert again.not_understood == ()
    assert again.expression is not None
    assert meaning(again.expression) == meaning(expression)


PIECES = st.sampled_from(
    re.findall(
        r"\S+",
        """
        周一 至 周五 周六、日 工作日 节假日 除外 除 外 休息 照常 夏季 冬季 （
        ） ， 、 ； 8:30 - 17:30 17 点 半 早 晚 下午 次日
        全天 5月 9月 1日 每月第一个周一 午休 中午 其余时间 调休 含 春节 国庆 日出 日落
        午夜 25:00 8.30 0830 起 止 平时 每天 开放 年 2026 寒暑假 預約 8:30-12:00
        14:00-18:00 5月-9月 10月1日
        """,
    )
)


@given(st.text(max_size=200) | st.lists(PIECES, max_size=25).map("".join))
def test_any_text_is_read_or_named(text):
    found = read_hours(text)

    if found.expression is not None:
        check_hours(found.expression)
        assert found.not_understood == ()
    for words in found.not_understood:
        assert words.removesuffix("…") in text or words.removesuffix("…") in " ".join(text.split())


@pytest.mark.parametrize(
    "piece", ["8", "周一", "8:00-", "（", "夏季", "一", "5、", "8:00-12:00，", "Mo-Fr ", "; ", "é"]
)
def test_a_very_long_text_is_refused_at_once(piece):
    text = piece * (10_000 // len(piece))
    began = perf_counter()
    found = read_hours(text)

    assert perf_counter() - began < 0.5
    assert found.expression is None
    assert len("".join(found.not_understood)) <= 41


def test_a_table_of_many_rows_with_few_texts_is_cheap():
    texts = [spoken(row[0]) for row in PHRASES]
    for text in texts:
        read_hours(text)
    began = perf_counter()
    for number in range(200_000):
        read_hours(texts[number % len(texts)])

    assert perf_counter() - began < 2
