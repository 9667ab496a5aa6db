"""What the database itself refuses, to whoever writes with its own console."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from stations.errors import StoreError

KEPT = "history is only added to"
UNWRITTEN = "no station is written without history"
UNDELETED = "no station is deleted without history"
NEW_CHANGE = "INSERT INTO change VALUES ({}, 'yanzhou', 'edit', '2026-03-15 12:00:00', 'li', '', '', NULL)"
NEW_STATION = (
    "INSERT INTO station (region_id, station_id, name, kind, lon, lat, source_lon, source_lat, source_datum, services,"
    " entry, source, change_id) VALUES ('yanzhou', '{}', 'n', 'hub', 1, 2, 1, 2, 'wgs84', '{{}}', 'unknown', '', {})"
)


def version(change_id, station_id="a", after="{}", region_id="yanzhou"):
    told = f"'{after}'" if after else "NULL"
    return f"""INSERT INTO station_version (change_id, station_id, region_id, "row", "before", "after")
        VALUES ({change_id}, '{station_id}', '{region_id}', NULL, NULL, {told})"""


@pytest.fixture
def console(store, bring, edit, plain, database_url):
    """A console of the database with a list in it: a and b of change 1, a changed by 2, c added by 3, removed by 4."""
    bring(store, [plain("a"), plain("b")])
    edit(store, (plain("a"), plain("a", phone="1")))
    edit(store, (None, plain("c")))
    edit(store, (plain("c"), None))
    engine = create_engine(database_url)

    def run(*statements):
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement.replace(":", r"\:")))

    yield run
    engine.dispose()


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE change SET author = 'another'"], KEPT),
        (["DELETE FROM change WHERE change_id = 4"], KEPT),
        (['UPDATE station_version SET "after" = NULL'], KEPT),
        (["DELETE FROM station_version WHERE station_id = 'b'"], KEPT),
        ([NEW_CHANGE.format(4)], "a change needs a change_id above all others"),
        ([NEW_CHANGE.format(0)], "a change needs a change_id above all others"),
        ([version(99)], "a station_version needs a change of its region"),
        ([NEW_CHANGE.format(5), version(5, region_id="another")], "a station_version needs a change of its region"),
        ([version(1)], "a station_version needs a change of its region, newer"),
        (["UPDATE station SET name = 'another' WHERE station_id = 'b'"], UNWRITTEN),
        (["UPDATE station SET name = 'another', change_id = 4 WHERE station_id = 'b'"], UNWRITTEN),
        (["UPDATE station SET change_id = 1 WHERE station_id = 'a'"], UNWRITTEN),
        (["UPDATE station SET station_id = 'z' WHERE station_id = 'b'"], UNWRITTEN),
        ([NEW_CHANGE.format(5), "UPDATE station SET name = 'x', change_id = 5 WHERE station_id = 'b'"], UNWRITTEN),
        (
            [
                NEW_CHANGE.format(5),
                version(5, "b", after=""),
                "UPDATE station SET change_id = 5 WHERE station_id = 'b'",
            ],
            UNWRITTEN,
        ),
        ([NEW_STATION.format("z", 4)], UNWRITTEN),
        ([NEW_STATION.format("c", 3)], UNWRITTEN),  # it went by change 4
        ([NEW_STATION.format("c", 4)], UNWRITTEN),
        ([NEW_CHANGE.format(5), NEW_STATION.format("z", 5)], UNWRITTEN),
        (["DELETE FROM station WHERE station_id = 'b'"], UNDELETED),
        (["DELETE FROM station"], UNDELETED),
        ([NEW_CHANGE.format(5), version(5, "b"), "DELETE FROM station WHERE station_id = 'b'"], UNDELETED),
    ],
)
def test_what_goes_round_history_is_refused_with_a_word(console, store, statements, said):
    before = store.read()

    with pytest.raises(DBAPIError, match=said):
        console(*statements)

    assert store.read() == before
    assert store.check_history() == ()


def test_with_history_a_station_may_be_written_and_deleted_by_hand(console, store):
    named = "UPDATE station SET name = 'another', change_id = {} WHERE station_id = 'b'"
    told = json.dumps({"station_id": "b", "name": "another"})

    console(NEW_CHANGE.format(5), version(5, "b", after=told), named.format(5))
    console(NEW_CHANGE.format(6), version(6, "b", after=""), "DELETE FROM station WHERE station_id = 'b'")
    console(NEW_CHANGE.format(7), version(7, "z"), NEW_STATION.format("z", 7))

    assert store.read().versions == {"a": 2, "z": 7}


def test_what_the_console_is_told_the_program_tells_too(database, store, console):
    with pytest.raises(StoreError) as refused, database.writing() as connection:
        connection.execute(text("UPDATE station SET name = 'x'"))

    assert refused.value.values["reason"].startswith(UNWRITTEN)


def test_history_that_the_list_does_not_follow_is_found(console, store):
    # a version by hand, to which the list was not brought
    console(NEW_CHANGE.format(5), version(5, "b", after=""))

    assert store.check_history() == ("b",)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("table", ["change", "station_version", "station"])
def test_a_table_of_history_is_not_emptied_at_once(console, table):
    with pytest.raises(DBAPIError, match=KEPT):
        console(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("INSERT OR REPLACE INTO change VALUES (1, 'yanzhou', 'edit', '2026-03-15', 'x', '', '', NULL)", "above all"),
        ("INSERT OR REPLACE INTO change VALUES (6, 'yanzhou', 'undo', '2026-03-15', 'x', '', '', 4)", "not undone"),
        (version(1).replace("INSERT", "INSERT OR REPLACE"), "newer than those"),
        (version(2).replace("INSERT", "INSERT OR REPLACE"), "newer than those"),
        (NEW_STATION.format("a", 2).replace("INSERT", "INSERT OR REPLACE"), UNWRITTEN),
        ("UPDATE OR REPLACE station SET station_id = 'b' WHERE station_id = 'a'", UNWRITTEN),
    ],
)
def test_sqlite_replaces_nothing_behind_the_triggers(console, store, me, database_url, statement, said):
    store.undo(4, authorship=me)

    # as the sqlite3 console opens it: foreign keys are not minded, what is replaced fires no trigger
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
        with pytest.raises(sqlite3.IntegrityError, match=said):
            connection.execute(statement)
        connection.rollback()

    assert store.check_history() == ()
