"""Public places stand beside a region's own stations, and are the list where it has none."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from stations.model.keys import TravelMode
from stations.model.queries import CatchmentQuery, CoverageQuery, NearestQuery, Place
from stations.services.build import build_region, report_build
from stations.services.catchments import find_catchments, join_catchments
from stations.services.coverage import stations_that_count
from stations.services.nearest import find_nearest
from stations.services.region import load_region

NIGHT = datetime(2026, 11, 16, 3, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
WALK = TravelMode.WALK


@pytest.fixture(scope="module")
def make(make_town, tmp_path_factory):
    """Make the town with some of its stations as public places; e (24/7) and h have times, g and q have none."""

    def region(*public):
        made = make_town(tmp_path_factory.mktemp("town"))
        path = made.settings.region / "stations.csv"
        lines = path.read_text(encoding="utf-8").splitlines()
        kind = re.compile(r",(hub|union_post|courier_outlet|driver_home),")
        changed = [kind.sub(",public_place,", line) if line.split(",")[0] in public else line for line in lines]
        path.write_text("\n".join(changed) + "\n", encoding="utf-8")
        list(build_region(made.settings))
        return load_region(made.settings), made

    return region


def asked(made, **more):
    return NearestQuery(Place(*made.places["F"]), WALK, NIGHT, **more)


def ids(found):
    return [item.station.station_id for item in found]


def test_beside_own_stations_they_are_told_only_at_night(make):
    region, made = make("e", "g")
    answer = find_nearest(asked(made), region)

    assert ids(answer.found) == ["h", "q"]
    assert ids(answer.instead.public) == ["e", "g"]  # both never close; g has no road and follows
    assert [item.at_departure for item in answer.instead.public] == [False, True]
    assert find_nearest(asked(made, limit=1), region).instead is not None
    assert find_nearest(NearestQuery(Place(*made.places["F"]), WALK, NIGHT.replace(hour=12)), region).instead is None


def test_where_there_are_no_own_stations_they_are_the_list(make):
    region, made = make("e", "g", "h", "q")
    answer = find_nearest(asked(made), region)

    assert ids(answer.found) == ["e", "h", "g", "q"]
    assert answer.instead is None
    closed = find_nearest(NearestQuery(Place(*made.places["P"]), WALK, NIGHT, open_on_arrival=True), region)
    assert closed.instead.public == ()
    assert closed.instead.nearest_open.station.station_id == "e"


def test_they_count_nowhere_beside_own_stations(make):
    region, made = make("e", "g")
    sure, perhaps = stations_that_count(CoverageQuery(WALK), region)
    everywhere = find_catchments(CatchmentQuery(WALK), region)[0]
    own = join_catchments(CatchmentQuery(WALK), region, tuple(np.flatnonzero(sure).tolist()))

    assert [station.station_id for station, counts in zip(region.stations, sure, strict=True) if counts] == ["h", "q"]
    assert not perhaps.any()
    assert everywhere.area.equals(own.area)
    assert report_build(made.settings).stations == 2
    assert report_build(made.settings).stations_off[WALK] == ()  # g is off, but is not counted


def test_without_own_stations_they_count(make):
    region, made = make("e", "g", "h", "q")

    assert stations_that_count(CoverageQuery(WALK), region)[0].all()
    assert report_build(made.settings).stations == 4
