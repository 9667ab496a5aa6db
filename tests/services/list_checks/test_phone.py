"""Telephone numbers nobody can dial."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stations.model.keys import Datum
from stations.services.list_checks import check_listing


def told(row, facts):
    return [(one.check, dict(one.values)) for one in check_listing([row], (), facts, datum=Datum.WGS84)]


@pytest.mark.parametrize(
    "phone",
    [
        "13812345678", "138 1234 5678", "138-1234-5678", "+86 13812345678", "+86-138-1234-5678", "8613812345678",
        "008613812345678", "０５３７－３４１２３４５", "0537-3412345", "05373412345", "0537 3412345",
        "(0537)3412345", "（0537）341 2345",
        "010-12345678", "+86 10 1234 5678", "0531-81234567", "0537-3412345-802", "0537-3412345转802",
        "400-123-4567", "4001234567",
        "400 1234 567", "800-810-0000", "110", "120", "12345", "10086", "95588", "96518", "12351",
        "0537-3412345/13812345678", "0537-3412345、13812345678；12345", "13812345678 13987654321",
        "13812345678，13987654321",
        "0537-3412345或13812345678", "王主任：13812345678",
        "座机 0537-3412345 手机 13812345678", "电话0537-3412345（白天）", "400-123-4567（24小时）", None,
    ],
)  # fmt: skip
def test_numbers_that_can_be_dialled_in_mainland_china(bare_facts, make_row, phone):
    assert told(make_row(2, phone=phone), bare_facts) == []


@pytest.mark.parametrize(
    ("phone", "wrong"),
    [
        ("1381234567", "1381234567"),
        ("138123456789", "138123456789"),
        ("12812345678", "12812345678"),
        ("3412345", "3412345"),  # no area code
        ("0537-341234", "0537-341234"),
        ("13812345678/1381234", "1381234"),
        ("138****5678", "138****5678"),
        ("1.38E+10", "1.38"),
        ("13812345678.0", "13812345678.0"),
        ("不详", "不详"),
    ],
)
def test_numbers_that_cannot(bare_facts, make_row, phone, wrong):
    ((check, values),) = told(make_row(2, phone=phone), bare_facts)

    assert (check, values["wrong"]) == ("phone", wrong)


@pytest.mark.parametrize(
    ("phone", "likely"), [("537-3412345", "0537-3412345"), ("5373412345", "05373412345"), ("1012345678", "01012345678")]
)
def test_an_area_code_that_lost_its_zero_is_given_back(bare_facts, make_row, phone, likely):
    ((check, values),) = told(make_row(2, phone=phone), bare_facts)

    assert (check, values["likely"]) == ("phone_zero", likely)


@pytest.mark.parametrize(
    ("phone", "found"),
    [
        ("+358 50 521 0080", False),
        ("09 310 85000; +358 9 310 85000", False),
        ("112", False),
        ("12", True),
        ("+358 40 123 4567 8901 234", True),
        ("call us", True),
    ],
)
def test_abroad_only_the_number_of_digits_is_looked_at(bare_facts, make_row, phone, found):
    facts = replace(bare_facts, profile=replace(bare_facts.profile, time_zone="Europe/Helsinki", country=""))

    assert [check for check, _ in told(make_row(2, phone=phone), facts)] == ["phone_abroad"] * found
