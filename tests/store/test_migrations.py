"""Migrations forward and back with stations in the database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, text

from stations.model.changes import TERMINAL, Authorship, ChangeKind, StationChange
from stations.model.keys import ClosureReason
from stations.store.database import migrate, open_database
from stations.store.stations import StationStore

LISTED = (
    "INSERT INTO station (region_id, station_id, name, kind, lon, lat, source_lon, source_lat, source_datum, township,"
    " services, hours, follows_workdays, entry, entrance_s, ebike_parking, verified_on, source)"
    " VALUES (:region_id, :station_id, '兖新苑', 'driver_home', 116.30000000000001, 35.5, 116.3, 35.5, 'gcj02', NULL,"
    """ '{"rest": 12, "water": null}', 'Mo-Fr 08:00-18:00', :follows, 'door_code', 40, NULL, '2026-03-15', 'row 9')"""
)


@pytest.fixture
def old(database_url):
    """A database of the schema without history: two regions with stations, one begun without."""
    database = open_database(database_url)
    with database.writing() as connection:
        migrate(connection, "0001")
        for region_id in ("north", "south", "west"):
            connection.execute(text("INSERT INTO region VALUES (:region_id, 3, NULL)"), {"region_id": region_id})
        for region_id, station_id, follows in (("north", "a", True), ("north", "b", None), ("south", "a", False)):
            row = {"region_id": region_id, "station_id": station_id, "follows": follows}
            connection.execute(text(LISTED), row)
    yield database
    database.close()


def rows(database, columns="*"):
    with database.reading() as connection:
        found = connection.execute(text(f"SELECT {columns} FROM station ORDER BY region_id, station_id"))
        return [tuple(row) for row in found]


def test_the_stations_there_are_become_the_first_change(old):
    began = datetime.now(UTC)
    with old.writing() as connection:
        migrate(connection, "head")

    north, south, west = (StationStore(old, region_id) for region_id in ("north", "south", "west"))
    (change,) = north.changes(limit=9)
    assert (change.kind, change.authorship, change.stations) == (ChangeKind.SEED, Authorship(TERMINAL), 2)
    assert began <= change.made_at <= datetime.now(UTC)
    stored = north.read()
    assert (stored.generation, stored.versions) == (3, {"a": 1, "b": 1})
    assert north.change(1)[1] == tuple(StationChange(None, station) for station in stored.stations)
    assert [station.closed for station in stored.stations] == [None, None]
    assert south.read().versions == {"a": 2}
    assert west.changes(limit=9) == ()
    assert [store.check_history() for store in (north, south, west)] == [(), (), ()]
    assert north.as_of(datetime.now(UTC)) == stored.stations


def test_every_value_of_the_stations_is_kept_on_the_way_up_and_down(old):
    columns = (
        "region_id, station_id, name, kind, lon, lat, source_lon, source_lat, source_datum, township, address, hours,"
        " hours_text, follows_workdays, entry, entrance_lon, entrance_lat, entrance_s, entrance_hours, ebike_parking,"
        " phone, verified_on, source, notes, CAST(services AS text)"
    )
    before = rows(old, columns)
    assert len(before) == 3
    for _ in range(2):
        with old.writing() as connection:
            migrate(connection, "head")
        assert rows(old, columns) == before
        with old.writing() as connection:
            migrate(connection, "0001")
        assert rows(old, columns) == before
        with old.reading() as connection:
            assert set(inspect(connection).get_table_names()) == {"region", "station", "alembic_version"}


def test_down_and_up_again_loses_no_station_though_its_history(database, store, bring, edit, plain, full, me):
    bring(store, [full, plain("a"), plain("b")])
    edit(store, (plain("a"), plain("a", closed=ClosureReason.CLOSED_FOR_NOW)))
    edit(store, (plain("b"), None))

    with database.writing() as connection:
        migrate(connection, "0001")
        migrate(connection, "head")

    assert [station.station_id for station in store.read().stations] == ["a", "s9"]
    assert len(store.changes(limit=9)) == 1
    assert store.check_history() == ()
    store.undo(1, authorship=me)
    assert store.read().stations == ()


def test_the_triggers_stand_after_going_down_and_up(database, store, bring, plain):
    with database.writing() as connection:
        migrate(connection, "0001")
        migrate(connection, "head")
    bring(store, [plain("a")])

    with pytest.raises(OSError, match="without history"), database.writing() as connection:
        connection.execute(text("UPDATE station SET name = 'x'"))
