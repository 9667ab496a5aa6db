"""A station that is closed stays in the list, and riders are not sent there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stations.loaders.region import read_profile
from stations.model.changes import Authorship, ChangeKind, StationChange
from stations.model.keys import ClosureReason
from stations.services.build import build_region, publish_stations, station_store
from stations.services.region import load_region, road_folder
from stations.services.roads import load_roads

ME = Authorship("li")


@pytest.mark.parametrize("reason", ClosureReason)
def test_only_open_stations_are_published(make_town, tmp_path, reason):
    settings = make_town(tmp_path).settings
    list(build_region(settings))
    profile = read_profile(settings.region)
    roads = load_roads(profile, road_folder(settings, profile))
    with station_store(settings, profile) as store:
        h = next(station for station in store.read().stations if station.station_id == "h")
        closed = replace(h, closed=reason, merged_into="e" if reason is ClosureReason.MERGED else None)
        change = store.apply([StationChange(h, closed)], kind=ChangeKind.EDIT, authorship=ME)
        list(publish_stations(settings, profile, roads, store))

        region = load_region(settings)
        assert [station.station_id for station in region.stations] == ["e", "g", "q"]
        assert {len(table.seats.street) for table in region.tables.values()} == {3}
        assert closed in store.read().stations

        store.undo(change.change_id, authorship=ME)
        list(publish_stations(settings, profile, roads, store))
        assert h in load_region(settings).stations
