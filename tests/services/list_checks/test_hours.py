"""Hours that no door can keep."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from stations.hours.prose import read_hours
from stations.model.keys import Datum
from stations.services.list_checks import check_listing
from stations.services.list_checks.clock import impossible_times, written_spans

PHRASES = Path(__file__).parents[2] / "hours" / "phrases.tsv"


def told(row, facts):
    return [(one.check, one.column, dict(one.values)) for one in check_listing([row], (), facts, datum=Datum.WGS84)]


@pytest.mark.parametrize(
    ("text", "check", "wrong", "likely"),
    [
        ("每天 8:00-25:00", "hours_clock", "25:00", ""),
        ("8：30—17：75", "hours_clock", "17:75", ""),
        ("９点至２６点", "hours_clock", "26点", ""),
        ("24:01关门", "hours_clock", "24:01", ""),
        ("17:30-8:30", "hours_backwards", "17:30-8:30", "08:30-17:30"),  # 15 hours, ending by day
        ("8:30-5:30", "hours_backwards", "8:30-5:30", "08:30-17:30"),  # half past five in the afternoon
        ("周六 下午5点到上午8点", "hours_backwards", "下午5点到上午8点", "08:00-17:00"),
        ("9:00-9:00", "hours_empty", "9:00-9:00", ""),
        ("8:00至次日20:00", "hours_long", "8:00至次日20:00", "08:00-20:00"),  # 36 hours
    ],
)
def test_prose_that_no_door_can_keep(bare_facts, make_row, text, check, wrong, likely):
    ((found, column, values),) = told(make_row(2, hours_text=text), bare_facts)

    assert (found, column) == (check, "hours_text")
    assert (values["wrong"], values["likely"]) == (wrong, likely)


@pytest.mark.parametrize(
    "text",
    [
        "全天 24 小时开放", "22:00-6:00", "18:00-8:00", "20:00-8:00", "6:00-2:00",
        "18:00-次日2:00", "晚6点-凌晨2点", "0:00-24:00",
        "00:00-00:00", "晚上10点至12点", "下午2:00-5:30", "晚8点-早8点", "08:00:00-17:30:00", "8-12点，14-18点",
        "7*24小时",
        "电话0537-3412345", "2026-10-01至2026-10-07休息", "时间不定", "12:00-14:00", "上午8:30-11:30 下午1:30-5:30",
    ],
)  # fmt: skip
def test_prose_that_can_be_kept_or_is_not_understood(bare_facts, make_row, text):
    assert told(make_row(2, hours_text=text), bare_facts) == []


@pytest.mark.parametrize(
    ("hours", "check"),
    [
        ("Mo-Fr 17:30-08:30", "hours_backwards"),
        ("09:00-09:00", "hours_empty"),
        ("08:00-34:00", "hours_long"),
        ("08:00-20:00,10:00-24:00", "hours_long"),  # 12 + 14 hours on one day
        ("off", "hours_never"),
        ("Mo-Su closed", "hours_never"),
        ("24/7; Mo-Su off", "hours_never"),
    ],
)
def test_osm_hours_that_no_door_can_keep(bare_facts, make_row, hours, check):
    assert [(found, column) for found, column, _ in told(make_row(2, hours=hours), bare_facts)] == [(check, "hours")]


@pytest.mark.parametrize(
    "hours",
    [
        "24/7", "00:00-24:00", "22:00-06:00; PH off", "10:00-01:00", "18:00-26:00",
        "Mo-Fr 08:00-12:00,14:00-18:00; Sa off",
        "PH 10:00-12:00", "May-Sep 08:00-20:00", "sunrise-sunset", "2031 May 01-Oct 01 08:00-20:00",
        "Feb 29 10:00-12:00",
        "Mo-Fr 08:00-20:00; Sa 11:00-17:00, Su closed", "SH Mo-Fr 10:00-12:00", '08:00-18:00 "on appointment"',
        "Mo 08:00-20:00, Tu 08:00-20:00, We 08:00-20:00",
    ],
)  # fmt: skip
def test_osm_hours_that_can_be_kept(bare_facts, make_row, hours):
    assert told(make_row(2, hours=hours), bare_facts) == []


def test_one_mistake_in_prose_and_in_what_was_read_from_it_is_told_once(bare_facts, make_row):
    row = make_row(2, hours_text="17:30-8:30", hours="17:30-08:30", entrance_hours="off")

    assert [column for _, column, _ in told(row, bare_facts)] == ["hours_text", "entrance_hours"]


def test_phrases_that_are_understood_are_never_flagged():
    # The phrases by which the reading of prose is tested, each with what it means, derived by hand.
    with PHRASES.open(encoding="utf-8", newline="") as file:
        lines = [
            line for line in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if line and line[0][:1] != "#"
        ]
    understood = [phrase for phrase, expression, *_ in lines if expression != "unknown"]

    assert len(understood) > 200
    for phrase in understood:
        assert not impossible_times(phrase), phrase
        assert not any(span.backwards or span.empty for span in written_spans(phrase)), phrase


@pytest.mark.parametrize("text", ["8:00-25:00", "8:30-17:75", "8:30-5:30", "9:00-9:00"])
def test_what_is_flagged_is_not_understood_either(text):
    assert read_hours(text).expression is None
