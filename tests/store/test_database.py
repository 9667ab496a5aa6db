from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from stations.errors import StationsError, StoreError
from stations.store.database import migrate, open_database
from stations.store.stations import StationStore
from stations.store.tables import METADATA
from stations.texts import LANGUAGES, say


@pytest.fixture
def sqlite_file(tmp_path):
    return tmp_path / "instance" / "yanzhou" / "stations.sqlite"


def test_the_migrations_lead_to_the_tables_that_the_program_uses(database):
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_down_to_nothing_and_up_again(database, bring, plain):
    bring(StationStore(database, "yanzhou"), [plain()])

    with database.writing() as connection:
        migrate(connection, "base")
    with database.reading() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    with database.writing() as connection:
        migrate(connection, "head")

    assert StationStore(database, "yanzhou").read().stations == ()


def test_opening_again_keeps_what_is_there(database, database_url, bring, plain):
    bring(StationStore(database, "yanzhou"), [plain()])

    again = open_database(database_url)

    assert StationStore(again, "yanzhou").read().stations == (plain(),)
    again.close()


def test_what_fails_inside_a_migration_leaves_no_half_schema(database):
    def fail_after_going_down():
        with database.writing() as connection:
            migrate(connection, "base")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_going_down()

    with database.reading() as connection:
        assert "station" in inspect(connection).get_table_names()


def test_a_sqlite_file_is_made_with_its_folder_and_is_private(sqlite_file):
    open_database(f"sqlite:///{sqlite_file}").close()

    assert [file.name for file in sorted(sqlite_file.parent.iterdir())] == ["stations.sqlite", "stations.sqlite.lock"]
    assert {file.stat().st_mode & 0o777 for file in sqlite_file.parent.iterdir()} == {0o600}


def test_sqlite_writes_ahead_and_minds_foreign_keys(sqlite_file):
    database = open_database(f"sqlite:///{sqlite_file}")

    with database.reading() as connection:
        pragmas = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
        assert connection.scalar(text("PRAGMA busy_timeout")) == 10_000

    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}
    with pytest.raises(StoreError), database.writing() as connection:
        connection.execute(text("INSERT INTO change VALUES (1, 'no region', 'edit', '2026-03-15', 'li', '', '', NULL)"))
    database.close()


def _open_and_look(url, results):
    database = open_database(url)
    results.put(StationStore(database, "yanzhou").generation())
    database.close()


def test_several_processes_may_open_a_new_database_at_once(database_url):
    spawn = multiprocessing.get_context("spawn")
    results = spawn.Queue()
    starters = [spawn.Process(target=_open_and_look, args=(database_url, results)) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join(60)

    assert [starter.exitcode for starter in starters] == [0, 0, 0, 0]
    assert [results.get(timeout=5) for _ in starters] == [0, 0, 0, 0]


def _refusal(url):
    with pytest.raises(StoreError) as refused:
        open_database(url)
    for lang in LANGUAGES:
        assert say(lang, refused.value.key, **refused.value.values)
    return refused.value


def test_a_file_that_is_no_database_is_named_as_such_and_left_alone(sqlite_file):
    sqlite_file.parent.mkdir(parents=True)
    sqlite_file.write_bytes(b"this is not a database, " * 100)

    refusal = _refusal(f"sqlite:///{sqlite_file}")

    assert (refusal.key, refusal.values) == ("file.database", {"reason": "file is not a database"})
    assert isinstance(refusal, StationsError)
    assert isinstance(refusal, OSError)
    assert sqlite_file.read_bytes().startswith(b"this is not")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")

    assert _refusal(f"sqlite:///{tmp_path / 'file' / 'stations.sqlite'}").key == "file.database"


def test_a_url_that_is_none_is_named():
    assert _refusal("stations.sqlite").key == "file.database_url"


def test_a_database_of_a_newer_version_is_refused(sqlite_file):
    open_database(f"sqlite:///{sqlite_file}").close()
    with closing(sqlite3.connect(sqlite_file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    assert _refusal(f"sqlite:///{sqlite_file}").key == "file.database_newer"


def test_a_percent_sign_in_a_folder_is_no_obstacle(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / '100%(a)s' / 'stations.sqlite'}")

    assert StationStore(database, "yanzhou").generation() == 0
    database.close()


def test_a_database_that_goes_away_is_a_named_error(database, sqlite_file):
    store = StationStore(database, "yanzhou")
    with database.writing() as connection:
        migrate(connection, "base")

    with pytest.raises(StoreError):
        store.read()
