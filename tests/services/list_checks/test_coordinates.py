"""0, 0; swapped; outside; beyond the outline."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely

from stations.geo.datum import from_wgs84, to_wgs84
from stations.model.keys import Datum
from stations.services.list_checks import check_listing
from stations.services.list_checks.coordinates import widened
from stations.texts import say


def told(rows, facts, *, datum=Datum.WGS84, stored=()):
    return [
        (problem.check, problem.row, problem.refuses) for problem in check_listing(rows, stored, facts, datum=datum)
    ]


@pytest.mark.parametrize(
    ("lon", "lat", "check"),
    [
        (0.0, 0.0, "zero"),
        (35.56, 116.82, "swapped"),  # latitude 116.82 is not on earth, and not asked to be
        (117.82, 35.56, "outside"),  # one digit wrong: 90 km east
        (11.682, 35.56, "outside"),
        (116.82, 0.0, "outside"),  # half of it empty
        (float("nan"), 35.56, "outside"),
    ],
)
def test_coordinates_that_cannot_be_meant_refuse_their_row(bare_facts, make_row, lon, lat, check):
    rows = [make_row(2), make_row(3, lon, lat)]

    assert told(rows, bare_facts) == [(check, 3, True)]


def test_five_kilometres_beyond_the_bounds_are_let_pass(bare_facts, make_row):
    # East bound 116.893942; one degree of longitude in the middle (35.557785 N) is 111195 cos(35.557785) = 90462 m.
    inside, outside = 116.893942 + 4990 / 90462, 116.893942 + 5010 / 90462

    assert widened(bare_facts.profile.bounds)[2] == pytest.approx(116.893942 + 5000 / 90462, abs=2e-6)
    assert told([make_row(2, inside), make_row(3, outside)], bare_facts) == [("outside", 3, True)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_swapped_coordinates_are_given_the_right_way_round_as_they_were_written(bare_facts, make_row, lang):
    row = make_row(5, 35.5595, 116.8235, datum=Datum.GCJ02)

    (problem,) = check_listing([row], (), bare_facts, datum=Datum.GCJ02)

    hint = say(lang, "check_hint.swapped", row=5, **dict(problem.values))
    assert problem.value == "35.5595, 116.8235"
    assert hint.index("116.8235") < hint.index("35.5595")


def test_coordinates_are_told_as_the_file_has_them(bare_facts, make_row):
    lon, lat = to_wgs84(118.5, 35.56, Datum.BD09)
    row = make_row(2, lon, lat)
    row = replace(row, station=replace(row.station, source_lon=118.5, source_lat=35.56, source_datum=Datum.BD09))

    (problem,) = check_listing([row], (), bare_facts, datum=Datum.BD09)

    assert problem.value == "118.5, 35.56"


def test_without_the_coordinates_it_came_with_they_are_reckoned_back(bare_facts, make_row):
    lon, lat = from_wgs84(118.5, 35.56, Datum.GCJ02)

    (problem,) = check_listing([make_row(2, 118.5, 35.56)], (), bare_facts, datum=Datum.GCJ02)

    assert problem.value == f"{lon:.6f}".rstrip("0") + ", " + f"{lat:.6f}".rstrip("0")


def test_the_outline_is_told_of_from_one_kilometre_on_and_refuses_nothing(bare_facts, make_row):
    facts = replace(bare_facts, boundary=shapely.box(116.7, 35.4, 116.8, 35.7))
    # 0.01 degrees of longitude at 35.56 N are 90462 * 0.01 = 905 m, 0.012 are 1086 m.
    rows = [make_row(2, 116.79), make_row(3, 116.81), make_row(4, 116.812)]

    assert told(rows, facts) == [("outline", 4, False)]


def test_the_same_row_of_two_sheets_is_two_rows(bare_facts, make_row):
    rows = [replace(make_row(2), sheet="东"), replace(make_row(2, 0.0, 0.0), sheet="西")]

    (problem,) = check_listing(rows, (), bare_facts, datum=Datum.WGS84)

    assert dict(problem.values)["sheet"] == "西"


def test_an_empty_list_has_no_problems(bare_facts):
    assert told([], bare_facts) == []


def test_without_roads_places_and_outline_only_the_bounds_speak(bare_facts, make_row):
    river = make_row(2, 116.70, 35.60)

    assert told([river], bare_facts) == []
