"""How much hangs on single stations of the town: equal to dropping them one by one."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from stations.model.keys import TravelMode
from stations.model.queries import CoverageQuery
from stations.services.coverage import measure_with, stations_that_count
from stations.services.region import load_region
from stations.services.resilience import measure_resilience

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


def test_what_hangs_on_one_station(region):
    # On foot within 6 min: e has E B D F, h has F alone.
    answer = measure_resilience(CoverageQuery(TravelMode.WALK, minutes=6), region)

    assert (answer.covered, answer.covered_twice) == (400, 100)
    assert answer.covered_twice_share == pytest.approx(100 / 650)
    assert [(loss.station_id, loss.weight_lost) for loss in answer.losses] == [("e", 300)]
    assert answer.missed_by_nobody == ("g", "h", "q")


@pytest.mark.parametrize("minutes", [3, 5, 6, 11, 16])
@pytest.mark.parametrize("mode", [TravelMode.WALK, TravelMode.EBIKE])
@pytest.mark.parametrize("when", [None, NOON])
def test_the_loss_is_what_dropping_the_station_costs(region, mode, minutes, when):
    query = CoverageQuery(mode, minutes=minutes, when=when)
    sure, perhaps = stations_that_count(query, region)
    answer = measure_resilience(query, region)

    lost = {loss.station_id: loss.weight_lost for loss in answer.losses}
    for number in np.flatnonzero(sure):
        without = sure.copy()
        without[number] = False
        left = measure_with(query, region, without, perhaps).whole.covered
        assert answer.covered - left == lost.get(region.stations[number].station_id, 0)
    assert set(lost) | set(answer.missed_by_nobody) == {region.stations[k].station_id for k in np.flatnonzero(sure)}
