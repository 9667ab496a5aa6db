"""Which datum a list fits: evidence in arrays, an answer or none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stations.geo.datum_fit import DatumFit, GroundEvidence, fit_datum, mean_shift_m
from stations.model.keys import Datum

NEAR, FAR = 15.0, 120.0


def evidence(road_m, *, named_road_m=None, named_place_m=None, in_township=None):
    unknown = np.full(len(road_m), np.nan)
    arrays = (road_m, named_road_m, named_place_m, in_township)
    return GroundEvidence(*(unknown if one is None else np.array(one, dtype=float) for one in arrays))


def three(wgs84, gcj02, bd09):
    return {
        datum: evidence(metres)
        for datum, metres in zip((Datum.WGS84, Datum.GCJ02, Datum.BD09), (wgs84, gcj02, bd09), strict=True)
    }


def test_a_list_that_lies_at_the_roads_in_another_datum_is_of_that_one():
    # At 15 m the density is .9/25 e^-.6 + .1/250 = .02016, at 120 m .9/25 e^-4.8 + .1/250 = .0006963: each of the
    # 8 places gives ln(.02016 / .0006963) = 3.366, in all 26.9; all of them tell, and agree.
    fit = fit_datum(three([FAR] * 8, [NEAR] * 8, [FAR] * 8), declared=Datum.WGS84)

    assert fit is not None
    assert (fit.likely, fit.agreeing, fit.telling) == (Datum.GCJ02, 8, 8)
    assert fit.evidence == pytest.approx(26.93, abs=0.01)


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("the declared one fits", three([NEAR] * 20, [FAR] * 20, [FAR] * 20)),
        ("seven places are too few", three([FAR] * 7, [NEAR] * 7, [FAR] * 7)),
        ("only four tell", three([FAR] * 4 + [NEAR] * 16, [NEAR] * 20, [FAR] * 20)),
        (
            "six against four is no majority of two thirds",
            three([FAR] * 6 + [NEAR] * 4, [NEAR] * 6 + [FAR] * 4, [FAR] * 10),
        ),
        ("a third fits as well", three([FAR] * 20, [NEAR] * 20, [NEAR] * 20)),
        ("all datums are the same here", three([FAR] * 20, [FAR] * 20, [FAR] * 20)),
        ("nothing is near in any", three([math.inf] * 20, [math.inf] * 20, [math.inf] * 20)),
    ],
)
def test_weak_evidence_is_no_answer(why, found):
    assert fit_datum(found, declared=Datum.WGS84) is None, why


def test_what_is_unknown_says_nothing():
    with_words = {
        datum: evidence([30.0] * 8, named_road_m=[near] + [np.nan] * 7, in_township=[np.nan] * 8)
        for datum, near in ((Datum.WGS84, 900.0), (Datum.GCJ02, 10.0), (Datum.BD09, 900.0))
    }

    assert fit_datum(with_words, declared=Datum.WGS84) is None  # one place tells, five are asked for


def test_addresses_and_townships_decide_where_roads_do_not():
    def read(named_m, agrees):
        return evidence([30.0] * 8, named_place_m=[named_m] * 8, in_township=[agrees] * 8)

    found = {Datum.WGS84: read(1250.0, 0), Datum.GCJ02: read(900.0, 0), Datum.BD09: read(200.0, 1)}

    fit = fit_datum(found, declared=Datum.WGS84)
    assert fit is not None
    assert fit.likely == Datum.BD09


def test_one_place_cannot_outvote_the_others():
    # Nineteen places say nothing either way, one lies absurdly far off: bounded by the share of outliers.
    found = three([1e9] + [NEAR] * 19, [NEAR] * 20, [FAR] * 20)

    assert fit_datum(found, declared=Datum.WGS84) is None


def test_the_answer_says_who_agrees():
    # Twelve fit GCJ-02 better, three the declared one, five neither: 12 of 15 that tell.
    found = three([FAR] * 12 + [NEAR] * 3 + [NEAR] * 5, [NEAR] * 12 + [FAR] * 3 + [NEAR] * 5, [FAR] * 20)

    fit = fit_datum(found, declared=Datum.WGS84)
    assert isinstance(fit, DatumFit)
    assert (fit.agreeing, fit.telling) == (12, 15)


def test_the_shift_is_told_in_metres_east_and_north():
    # One thousandth of a degree of latitude is 111.195 m on the mean sphere; of longitude at 60 N half of that.
    lon, lat = np.array([24.0, 24.1]), np.array([60.0, 60.0])

    east_m, north_m = mean_shift_m(lon, lat, lon + 0.001, lat - 0.001)

    assert east_m == pytest.approx(55.6, abs=0.05)
    assert north_m == pytest.approx(-111.2, abs=0.05)
