"""The checks together: order, sentences, and a whole list in another datum."""

from __future__ import annotations

import json

import pytest

from stations.model.keys import Datum
from stations.services.list_checks import CHECKS, check_listing
from stations.services.problem_words import say_problem
from stations.texts import words
from tests.checks_table import SOWERS, Random, listed, misread


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_check_has_a_sentence_a_name_and_a_suggestion(lang):
    for section in ("check", "check_name", "check_hint"):
        told = {key.removeprefix(f"{section}.") for key in words(lang) if key.startswith(f"{section}.")}
        assert told >= set(CHECKS)
        assert section == "check_name" or told == set(CHECKS)  # what the readers find has a name too


@pytest.mark.parametrize("name", [name for name in SOWERS if name != "phone_abroad"])
def test_every_problem_can_be_said_and_kept(sample_list, name):
    sown = SOWERS[name](sample_list, Random(name))
    assert sown is not None

    problems = check_listing(listed(sown.stations), sown.stored, sample_list.facts, datum=Datum.WGS84)

    for problem in problems:
        json.dumps(problem.values)
        for lang in ("zh", "en"):
            said = say_problem(lang, problem)
            assert str(problem.row) in said
            assert "{" not in said


def test_a_whole_list_in_gcj_02_that_says_wgs_84(sample_list):
    # GCJ-02 minus WGS 84 at Yanzhou is +499 m east, -29 m north: read as WGS 84 the list lies that much too far east.
    rows = listed([misread(one, Datum.GCJ02, Datum.WGS84) for one in sample_list.stations])

    first, *_ = check_listing(rows, (), sample_list.facts, datum=Datum.WGS84)

    values = dict(first.values)
    assert (first.check, first.row, first.refuses) == ("datum", None, False)
    assert (values["declared"], values["likely"], values["likely_key"]) == ("WGS 84", "GCJ-02", "gcj02")
    assert values["shift_m"] == pytest.approx(500, abs=5)
    assert values["arrow"] == "←"
    assert int(values["likely_road_m"]) < 20 < int(values["declared_road_m"])
    assert float(values["example_lon"]) == pytest.approx(sample_list.stations[0].lon, abs=2e-6)
    assert float(values["example_lat"]) == pytest.approx(sample_list.stations[0].lat, abs=2e-6)
    for lang in ("zh", "en"):
        assert f"{values['shift_m']} " in say_problem(lang, first)


def test_what_concerns_the_whole_comes_first_and_rows_follow_in_order(sample_list):
    stations = [misread(one, Datum.BD09, Datum.WGS84) for one in sample_list.stations]
    rows = listed(stations)

    problems = check_listing(rows, sample_list.stations, sample_list.facts, datum=Datum.WGS84)

    numbers = [problem.row or 0 for problem in problems]
    assert numbers == sorted(numbers)
    assert [problem.check for problem in problems].count("moved") == len(stations)


def test_checking_twice_tells_the_same(sample_list):
    sown = SOWERS["duplicate"](sample_list, Random(1))
    assert sown is not None

    one, other = (check_listing(listed(sown.stations), (), sample_list.facts, datum=Datum.WGS84) for _ in range(2))

    assert one == other
