"""What an import makes of refused rows, of another datum for the same doors, and of headings that contradict."""

from __future__ import annotations

from dataclasses import replace

from stations.errors import Problem
from stations.geo.datum import from_wgs84
from stations.model.keys import Datum, StationKind
from stations.model.listing import ListedStation, StationListing
from stations.model.station import Station
from stations.services.list_import import ImportReport, _compare
from stations.services.list_match import match_stations
from stations.store.stations import StoredList

FIELDS = frozenset({"name", "kind", "lon", "lat", "source", "source_lon", "source_lat", "source_datum"})


def station(station_id: str, name: str, **more: object) -> Station:
    return Station(station_id, name, StationKind.HUB, 116.8, 35.5, 116.8, 35.5, Datum.WGS84, **more)


def listing_of(*stations: Station, **more: object) -> StationListing:
    rows = tuple(ListedStation(row, one, bool(one.station_id)) for row, one in enumerate(stations, start=2))
    return StationListing(rows, (), len(rows), FIELDS, **more)


def test_a_station_whose_row_was_refused_is_not_missing():
    stored = (station("s1", "东桥（驿站）"), station("s2", "西桥"), station("s3", "南桥"))
    listing = listing_of(refused_names=frozenset({"东桥(驿站)"}), refused_ids=frozenset({"s2"}))
    kept = StoredList(1, stored, {one.station_id: 1 for one in stored})
    assert [one.station_id for one in _compare((), (), listing, kept).missing] == ["s3"]


def test_the_same_door_in_another_datum_is_no_change():
    stored = station("s1", "东桥")
    lon, lat = (round(float(axis), 6) for axis in from_wgs84(116.8, 35.5, Datum.GCJ02))
    listed = replace(stored, lon=116.8000003, source_lon=lon, source_lat=lat, source_datum=Datum.GCJ02)
    (row,) = match_stations(listing_of(listed), (stored,))
    assert row.station == stored


def test_a_door_that_moves_a_metre_is_a_change():
    stored = station("s1", "东桥")
    listed = replace(stored, lat=35.50001, source_lat=35.50001)  # 1.1 m
    (row,) = match_stations(listing_of(listed), (stored,))
    assert row.station.lat == 35.50001


def test_blanks_at_the_ends_of_what_is_stored_are_no_change():
    stored = station("s1", "东桥", source=" row 1")
    (row,) = match_stations(listing_of(replace(stored, source="row 1")), (stored,))
    assert row.station == stored


def test_a_heading_that_contradicts_is_a_doubt_of_the_whole_file():
    problem = Problem("list.datum_said", 1, "高德坐标", "", refuses=False)
    compared = _compare((), (), listing_of(), StoredList(1, (), {}))
    assert ImportReport(listing_of(), (), (problem,), compared).doubts == ("datum_said",)
