from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.loaders.cells import (
    Degrees,
    cell_text,
    csv_cell,
    datum_said,
    plain_text_cell,
    read_date,
    read_degrees,
    read_number,
    read_two_degrees,
)
from stations.model.keys import Datum

# 116 + 49/60 + 24.6/3600 = 116.8235
LON = 116.8235


@pytest.mark.parametrize(
    ("text", "value", "axis"),
    [
        ("116.8235", LON, None),
        ("+116.8235", LON, None),
        ("-8.61", -8.61, None),
        ("１１６．８２３５", LON, None),
        ("116。8235", LON, None),
        ("116.8235°", LON, None),
        ("116.8235度", LON, None),
        ("116°49'24.6\"", LON, None),
        ("116°49′24.6″", LON, None),
        ("116º49´24.6''", LON, None),
        ("116° 49' 24.6\" E", LON, "lon"),
        ("E116°49'24.6\"", LON, "lon"),
        ("116度49分24.6秒", LON, None),
        ("东经116度49分24.6秒", LON, "lon"),
        ("东经：116.8235", LON, "lon"),
        ("116:49:24.6", LON, None),
        ("116 49 24.6", LON, None),
        ("116d49m24.6s", LON, None),
        ("116°49.41'", LON, None),
        ("lng=116.8235", LON, "lon"),
        ("北纬35.5", 35.5, "lat"),
        ("35.5N", 35.5, "lat"),
        ("8.61W", -8.61, "lon"),
        ("南纬35°30'", -35.5, "lat"),
    ],
)
def test_an_angle_is_read_in_every_usual_spelling(text, value, axis):
    assert read_degrees(text) == Degrees(pytest.approx(value, abs=1e-12), axis)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "路口",
        "116,8235",
        "116°60'",
        "116°10'60\"",
        "116.5°30'",
        "-8.61W",
        "nan",
        "1e999",
        "116.8.2",
        "1_000",
        "E116N",
    ],
)
def test_what_is_no_angle(text):
    assert read_degrees(text) is None


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("116.82,35.56", 116.82, 35.56),
        ("116.82，35.56", 116.82, 35.56),
        ("(35.56, 116.82)", 35.56, 116.82),
        ("【116.82；35.56】", 116.82, 35.56),
        ("116.82 35.56", 116.82, 35.56),
        ("116.82、35.56", 116.82, 35.56),
        ("POINT (116.82 35.56)", 116.82, 35.56),
        ("116.82E35.56N", 116.82, 35.56),
        ("东经116.82°北纬35.56°", 116.82, 35.56),
        ("lng:116.82,lat:35.56", 116.82, 35.56),
        ("116°30'0\"E 35°30'0\"N", 116.5, 35.5),
        ("116°30'，35°30'", 116.5, 35.5),
    ],
)
def test_both_coordinates_of_one_cell_are_read(text, first, second):
    found = read_two_degrees(text)

    assert found is not None
    assert (found[0].value, found[1].value) == (pytest.approx(first), pytest.approx(second))


@pytest.mark.parametrize("text", ["", "116.82", "116,82,35,56", "116.82,", "a,b", "35N,36N", "1" * 200 + ",2"])
def test_what_is_no_pair(text):
    assert read_two_degrees(text) is None


@given(st.text("0123456789.°'\"，, ENSW东经度分秒-+:()", max_size=60))
def test_no_text_of_signs_is_too_much(text):
    read_degrees(text)
    read_two_degrees(text)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_pair_of_numbers_is_read_to_the_last_bit(lon, lat):
    found = read_two_degrees(f"{lon:f},{lat:f}")

    assert found is not None
    assert (found[0].value, found[1].value) == (float(f"{lon:f}"), float(f"{lat:f}"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (13800000000.0, "13800000000"),
        (116.8235, "116.8235"),
        (1e20, "1e+20"),
        (float("nan"), ""),
        (True, "yes"),
        (None, ""),
        ("　名 称\xa0", "名 称"),
        (date(2026, 3, 5), "2026-03-05"),
        (datetime(2026, 3, 5), "2026-03-05"),
        (datetime(2026, 3, 5, 8, 30), "2026-03-05 08:30"),
        (time(8, 30), "08:30"),
        (timedelta(hours=26), "26:00"),
    ],
)
def test_values_of_a_spreadsheet_as_text(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-05", date(2026, 3, 5)),
        ("2026/3/5", date(2026, 3, 5)),
        ("2026.3.5", date(2026, 3, 5)),
        ("2026年3月5日", date(2026, 3, 5)),
        ("２０２６年３月５日", date(2026, 3, 5)),
        ("20260305", date(2026, 3, 5)),
        ("2026-03-05 08:00:00", date(2026, 3, 5)),
        ("36526", date(2000, 1, 1)),  # as every spreadsheet has it
        ("2026-02-30", None),
        ("5.3.2026", None),
        ("三月", None),
    ],
)
def test_days(text, day):
    assert read_date(text) == day


@given(st.text("'=+-@＝ab", max_size=8))
def test_what_is_made_harmless_comes_back(text):
    assert csv_cell(plain_text_cell(text)) == text or text.startswith('="')


@pytest.mark.parametrize(("text", "number"), [("1.5", 1.5), ("nan", None), ("1,5", None), ("１", None)])
def test_numbers(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("heading", "datum"),
    [
        ("经度（高德）", Datum.GCJ02),
        ("百度坐标", Datum.BD09),
        ("GPS经纬度", Datum.WGS84),
        ("经度", None),
        ("高德或百度", None),
    ],
)
def test_a_heading_may_name_its_datum(heading, datum):
    assert datum_said(heading) is datum
