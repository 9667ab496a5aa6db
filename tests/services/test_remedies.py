"""What helps most for least in the town of `tests/conftest.py`, held to what coverage says once it is really done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from stations.model.coverage import Remedy
from stations.model.keys import EntryMethod, Need, TravelMode
from stations.model.queries import CoverageQuery
from stations.services.coverage import measure_coverage
from stations.services.gap_places import rank_gaps
from stations.services.region import load_region
from stations.services.remedies import rank_remedies
from stations.services.scenarios import region_with
from stations.services.siting_options import changes_of
from stations.services.station_arrays import arrange

NIGHT = datetime(2026, 11, 16, 3, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


@pytest.mark.parametrize("need", list(Need))
@pytest.mark.parametrize("minutes", [3, 6, 11])
def test_a_remedy_gains_what_coverage_says_once_it_is_done(region, need, minutes):
    query = CoverageQuery(TravelMode.WALK, minutes, needs=(need,), when=NIGHT)
    before = measure_coverage(query, region).whole.covered

    for one in rank_remedies(query, region, rank_gaps(query, region)):
        after = measure_coverage(query, region_with(changes_of(one.remedy, query, region), region))
        assert after.whole.covered - before == one.remedy.weight


def test_what_gains_most_for_its_effort_is_first_though_less_was_known_of_it(region):
    # Opened at night, h is within 11 min of C, E and F; e, which is open, with a toilet of all: 300 for 2, 600 for 3.
    query = CoverageQuery(TravelMode.WALK, 11, needs=(Need.TOILET,), when=NIGHT)
    (gap, *_) = rank_gaps(query, region)
    service = replace(gap, remedy=Remedy("service", "e", "e", ("service",), 1.0))

    ranked = rank_remedies(query, region, [gap, service])

    assert [(one.remedy.station_id, one.remedy.weight) for one in ranked] == [("e", 600), ("h", 300)]


def test_a_station_of_which_the_way_in_is_not_known_gains_nothing_for_sure(region):
    stations = tuple(replace(one, entry=EntryMethod.UNKNOWN) for one in region.stations)
    doubtful = replace(region, stations=stations, arrays=arrange(stations), _kept={})
    query = CoverageQuery(TravelMode.WALK, 11, needs=(Need.TOILET,), when=NIGHT)
    gaps = rank_gaps(query, region)

    assert rank_remedies(query, doubtful, gaps)
    assert rank_remedies(replace(query, no_registration=True), doubtful, gaps) == ()
