"""The whole database in one file, and back, between both kinds."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import threading
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Integer, func, insert, select

from stations.errors import FileError, StoreError
from stations.model.accounts import Account
from stations.model.changes import Authorship, ChangeKind, StationChange
from stations.model.keys import Role
from stations.model.queries import Place
from stations.model.scenarios import NamedScenario, NewSite, Scenario
from stations.store import snapshots
from stations.store.accounts import AccountStore
from stations.store.database import migrate, open_database
from stations.store.drafts import DraftStore
from stations.store.jobs import JobStore
from stations.store.mappings import MappingStore
from stations.store.office_tables import ACCOUNT, DRAFT, JOB
from stations.store.scenarios import ScenarioStore
from stations.store.snapshot_files import Manifest, manifest_text
from stations.store.snapshots import TableCount, restore_snapshot, write_snapshot
from stations.store.stations import StationStore
from stations.store.tables import METADATA, REGION
from stations.texts import LANGUAGES, say

CHANGES = Scenario((NewSite(Place(116.8235, 35.5567), "北站"),), hours=(("a", "24/7"),))
ME = Authorship("张伟", reason="已核实", source="名单.xlsx")


@pytest.fixture
def other(tmp_path):
    """A second database, SQLite, with nothing in it."""
    opened = open_database(f"sqlite:///{tmp_path / 'other' / 'stations.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def lived_in(database, plain, full):
    """A database in which something of everything was done."""
    store = StationStore(database, "yanzhou")
    store.seed_if_empty([full, plain("a"), plain("中", name="<b>\"'\\ \n\U0001f35c")])
    edit = store.apply([StationChange(full, None), StationChange(plain("a"), plain("a", phone="1"))], **by_me())
    store.undo(edit.change_id, authorship=ME)
    StationStore(database, "other").seed_if_empty([plain("a")])
    AccountStore(database).add(Account("张伟", Role.ADMIN, datetime(2026, 11, 22, 1, 2, 3, 456, UTC), 7), "scrypt:…")
    MappingStore(database, "yanzhou").remember("区总工会", {"站长电话": "phone"})
    ScenarioStore(database, "yanzhou").add(NamedScenario("夜间", CHANGES, note="备注", cost=1.5), author="张伟")
    JobStore(database, "yanzhou").start("publish", {}, "")
    DraftStore(database, "yanzhou").put("a", "f", b"\0\1", {})
    return database


def by_me():
    return {"kind": ChangeKind.EDIT, "authorship": ME}


def content(file):
    """Return the tables of a file as they stand there."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}


def repacked(file, changes):
    """Write a file anew with some entries changed; `None` leaves one out."""
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, inside in {**entries, **changes}.items():
            if inside is not None:
                archive.writestr(name, inside)


def everything(database):
    """Return all rows of what is kept."""
    with database.reading() as connection:
        tables = [table for table in METADATA.sorted_tables if table.name not in snapshots.PASSING]
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


def test_there_and_back_is_the_same(lived_in, other, tmp_path):
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"

    counts = write_snapshot(lived_in, first)
    assert restore_snapshot(other, first) == counts
    write_snapshot(other, second)

    assert content(first) == content(second)
    # 3 stations + 2 by the edit + 2 by its undo + 1 of the other region
    assert {TableCount("change", 4), TableCount("station_version", 8), TableCount("station", 4)} <= set(counts)
    for region_id in ("yanzhou", "other"):
        ours, theirs = StationStore(lived_in, region_id), StationStore(other, region_id)
        assert ours.read() == theirs.read()
        assert ours.changes(limit=9) == theirs.changes(limit=9)
        assert theirs.check_history() == ()
    assert AccountStore(lived_in).find("张伟") == AccountStore(other).find("张伟")
    assert MappingStore(other, "yanzhou").recall("区总工会") == {"站长电话": "phone"}
    assert ScenarioStore(other, "yanzhou").listed() == ScenarioStore(lived_in, "yanzhou").listed() != ()


def test_the_other_way_round(lived_in, other, tmp_path):
    write_snapshot(lived_in, tmp_path / "1.zip")
    restore_snapshot(other, tmp_path / "1.zip")
    before = everything(lived_in)
    write_snapshot(other, tmp_path / "2.zip")
    with lived_in.writing() as connection:  # into an empty database of the kind that it came from
        migrate(connection, "base")
        migrate(connection, "head")

    restore_snapshot(lived_in, tmp_path / "2.zip")

    assert everything(lived_in) == before


def test_what_passes_within_days_is_left_out_and_gone(lived_in, tmp_path):
    write_snapshot(lived_in, tmp_path / "1.zip")
    assert set(content(tmp_path / "1.zip")) == {
        f"tables/{name}.jsonl"
        for name in ("account", "change", "column_mapping", "region", "scenario", "station", "station_version")
    }

    restore_snapshot(lived_in, tmp_path / "1.zip")

    with lived_in.reading() as connection:
        assert [connection.scalar(select(func.count()).select_from(table)) for table in (JOB, DRAFT)] == [0, 0]


def test_the_generation_ends_above_what_was_there(lived_in, plain, tmp_path):
    store = StationStore(lived_in, "yanzhou")
    was = store.read()
    write_snapshot(lived_in, tmp_path / "1.zip")
    for phone in "45":
        now = store.read().stations
        store.apply([StationChange(now[0], plain(now[0].station_id, phone=phone))], **by_me())

    restore_snapshot(lived_in, tmp_path / "1.zip")

    assert was.generation == 3
    assert store.read().generation == 6  # it was 5
    assert store.read().stations == was.stations
    assert store.read().versions == was.versions
    assert StationStore(lived_in, "other").generation() == 2  # it was 1, and is another list for all we know


def test_history_is_only_added_to_after_a_restore_too(lived_in, tmp_path, plain):
    write_snapshot(lived_in, tmp_path / "1.zip")
    restore_snapshot(lived_in, tmp_path / "1.zip")

    for table in ("change", "station_version", "station"):
        with pytest.raises(StoreError), lived_in.writing() as connection:
            connection.exec_driver_sql(f"DELETE FROM {table}")
    store = StationStore(lived_in, "yanzhou")
    change = store.apply([StationChange(None, plain("new"))], **by_me())
    assert change.change_id == 5
    assert store.check_history() == ()


def test_a_file_of_an_older_schema_is_brought_forward(lived_in, other, tmp_path, plain, full):
    with lived_in.writing() as connection:
        migrate(connection, "0001")
        before = sorted(connection.exec_driver_sql("SELECT region_id, station_id, name FROM station"))
        snapshot_of_old_schema(connection, tmp_path / "old.zip")
        migrate(connection, "head")

    restore_snapshot(other, tmp_path / "old.zip")

    stored = StationStore(other, "yanzhou").read().stations
    assert replace(full, closed=None, merged_into=None) in stored  # nobody knew of closed stations then
    assert len(before) == 4
    assert {station.station_id for station in stored} == {"a", "s9", "中"}
    assert StationStore(other, "yanzhou").check_history() == ()
    with other.reading() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == head()


def test_a_file_from_before_there_were_scenarios_is_taken(lived_in, other, tmp_path):
    with other.writing() as connection:
        migrate(connection, "0004")
        snapshot_of_old_schema(connection, tmp_path / "old.zip", "0004")
        migrate(connection, "head")

    restore_snapshot(lived_in, tmp_path / "old.zip")

    assert ScenarioStore(lived_in, "yanzhou").listed() == ()
    saved = ScenarioStore(lived_in, "yanzhou").add(NamedScenario("夜间", CHANGES), author="a")
    assert ScenarioStore(lived_in, "yanzhou").listed() == (saved,)


def snapshot_of_old_schema(connection, file, schema="0001"):
    """Write what the program of that day would have written."""
    found = snapshots._reflected(connection)
    tables = {name: table for name, table in found.items() if name not in snapshots.PASSING}
    with zipfile.ZipFile(file, "w") as archive:
        parts = {name: snapshots._write_table(connection, archive, table) for name, table in tables.items()}
        manifest = Manifest(schema, "2026-01-01T00:00:00+00:00", parts)
        archive.writestr("manifest.json", manifest_text(manifest))


def head():
    with closing(open_database("sqlite://")) as database, database.reading() as connection:
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


# ---- While it is in use


def test_a_backup_is_of_one_moment(database, plain, tmp_path):
    # every change writes its number into every name, so a mixture of two would show
    store = StationStore(database, "yanzhou")
    store.seed_if_empty([plain(f"s{k}", name="0") for k in range(30)])
    ended = threading.Event()

    def write_on():
        number = 0
        while not ended.is_set():
            number += 1
            now = store.read().stations
            store.apply([StationChange(s, plain(s.station_id, name=str(number))) for s in now], **by_me())

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        for k in range(8):
            write_snapshot(database, tmp_path / f"{k}.zip")
    finally:
        ended.set()
        writer.join()

    for k in range(8):
        tables = content(tmp_path / f"{k}.zip")
        generation = json.loads(tables["tables/region.jsonl"])[1]
        names = {json.loads(line)[2] for line in tables["tables/station.jsonl"].splitlines()}
        assert names == {str(generation - 1)}
        assert len(tables["tables/change.jsonl"].splitlines()) == generation


def test_readers_see_the_old_or_the_new_while_it_is_put_back(lived_in, tmp_path):
    store = StationStore(lived_in, "yanzhou")
    write_snapshot(lived_in, tmp_path / "1.zip")
    seen, errors, ended = set(), [], threading.Event()

    def read_on():
        while not ended.is_set():
            try:
                stored = store.read()
                seen.add((stored.generation, len(stored.stations)))
            except Exception as error:
                errors.append(error)

    readers = [threading.Thread(target=read_on) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(4):
        restore_snapshot(lived_in, tmp_path / "1.zip")
    ended.set()
    for reader in readers:
        reader.join()

    assert errors == []
    assert seen <= {(generation, 3) for generation in range(3, 8)}


# ---- The file


def test_the_file_is_private_and_whole_or_not_there(database, tmp_path, monkeypatch):
    file = tmp_path / "1.zip"
    write_snapshot(database, file)
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()

    monkeypatch.setattr(snapshots, "manifest_text", lambda _manifest: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_snapshot(database, file)

    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.glob("*1.zip*")] == ["1.zip"]


def test_a_folder_that_is_not_there_is_named(database, tmp_path):
    with pytest.raises(FileError, match=r"file\.unwritable"):
        write_snapshot(database, tmp_path / "nowhere" / "1.zip")
    with pytest.raises(FileError, match=r"file\.missing"):
        restore_snapshot(database, tmp_path / "nowhere" / "1.zip")


def cut(file):
    file.write_bytes(file.read_bytes()[:-100])


def flip(file):
    inside = bytearray(file.read_bytes())
    inside[len(inside) // 3] ^= 0xFF
    file.write_bytes(inside)


def edit_manifest(**changes):
    def edit(file):
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read("manifest.json"))
        repacked(file, {"manifest.json": json.dumps({**manifest, **changes})})

    return edit


def edit_table(name, change, *, sign=True):
    """Change the rows of a table, and with `sign` the checksum, too."""

    def edit(file):
        lines = content(file)[f"tables/{name}.jsonl"]
        edited = change(lines)
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read("manifest.json"))
        if sign:
            manifest["tables"][name] |= {
                "sha256": hashlib.sha256(edited).hexdigest(),
                "rows": edited.count(b"\n"),
            }
        repacked(file, {f"tables/{name}.jsonl": edited, "manifest.json": json.dumps(manifest)})

    return edit


WRONG = {
    "cut short": (cut, "backup.damaged"),
    "one byte": (flip, "backup.damaged"),
    "empty": (lambda file: file.write_bytes(b""), "backup.damaged"),
    "no zip": (lambda file: file.write_bytes(b"PK\x03\x04 no zip at all" * 50), "backup.damaged"),
    "another zip": (lambda file: repacked(file, {"manifest.json": None}), "backup.foreign"),
    "a manifest that is none": (lambda file: repacked(file, {"manifest.json": b"[]"}), "backup.foreign"),
    "not JSON": (lambda file: repacked(file, {"manifest.json": b"{"}), "backup.foreign"),
    "a large manifest": (lambda file: repacked(file, {"manifest.json": b" " * (2 << 20)}), "backup.foreign"),
    "of somebody else": (edit_manifest(format="zip of photos"), "backup.foreign"),
    "of a later format": (edit_manifest(format="stations-backup-2"), "backup.newer"),
    "of a later schema": (edit_manifest(schema="9999"), "backup.newer"),
    "of no schema": (edit_manifest(schema=""), "backup.foreign"),
    "of a direction": (edit_manifest(schema="head"), "backup.foreign"),
    "no tables": (edit_manifest(tables={}), "backup.damaged"),
    "a table less": (lambda file: repacked(file, {"tables/change.jsonl": None}), "backup.damaged"),
    "a changed table": (edit_table("region", lambda rows: rows.replace(b"3", b"4"), sign=False), "backup.damaged"),
    "a row less": (edit_table("region", lambda rows: rows.split(b"\n", 1)[1], sign=False), "backup.damaged"),
    "a row that is none": (edit_table("region", lambda rows: rows + b"{}\n"), "backup.damaged"),
    "a row too short": (edit_table("region", lambda rows: rows + b'["x"]\n'), "backup.damaged"),
    "a row without an end": (edit_table("region", lambda rows: rows[:-1]), "backup.damaged"),
    "text for a number": (edit_table("region", lambda rows: rows.replace(b"3", b'"3"')), "backup.damaged"),
    "yes for a number": (edit_table("region", lambda rows: rows.replace(b", 3,", b", true,")), "backup.damaged"),
    "nothing where something must be": (
        edit_table("region", lambda rows: rows.replace(b", 3,", b", null,")),
        "backup.damaged",
    ),
    "no day": (
        edit_table("station", lambda rows: rows.replace(b'"2026-03-15"', b'"2026-13-15"')),
        "backup.damaged",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_before_anything_is_touched(name, lived_in, tmp_path):
    file = tmp_path / "wrong.zip"
    write_snapshot(lived_in, file)
    spoil, key = WRONG[name]
    spoil(file)
    before = everything(lived_in)

    with pytest.raises(FileError) as refused:
        restore_snapshot(lived_in, file)

    assert refused.value.key == key
    for lang in LANGUAGES:
        assert "wrong.zip" in say(lang, refused.value.key, **refused.value.values)
    assert everything(lived_in) == before
    with lived_in.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(JOB)) == 1


def test_rows_that_fit_no_schema_but_agree_with_their_checksum_change_nothing(lived_in, tmp_path):
    file = tmp_path / "wrong.zip"
    write_snapshot(lived_in, file)
    edit_table("station", lambda rows: rows.replace(b'"yanzhou"', b'"nowhere"'))(file)  # no such region
    before = everything(lived_in)

    with pytest.raises(StoreError):
        restore_snapshot(lived_in, file)

    assert everything(lived_in) == before


def test_a_sqlite_file_is_no_backup(lived_in, tmp_path):
    with closing(sqlite3.connect(tmp_path / "own.sqlite")) as connection:
        connection.execute("CREATE TABLE t (a)")
    shutil.copy(tmp_path / "own.sqlite", tmp_path / "1.zip")

    with pytest.raises(FileError, match=r"backup\.damaged"):
        restore_snapshot(lived_in, tmp_path / "1.zip")


def test_no_table_has_numbers_that_the_database_hands_out():
    # they would begin anew after a restore; see _fill
    handed_out = [
        column
        for table in METADATA.sorted_tables
        for column in table.primary_key
        if isinstance(column.type, Integer) and not column.foreign_keys and column.autoincrement is not False
    ]

    assert handed_out == []


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    opened = [open_database(f"sqlite:///{folder / name}.sqlite") for name in "ab"]
    yield opened, folder
    for database in opened:
        database.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60), moment=st.datetimes(timezones=st.just(UTC)), epoch=st.integers(0, 2**31 - 1))
def test_any_text_and_moment_comes_back(two, text, moment, epoch):
    (one, another), folder = two
    row = {"name_key": text, "name": text, "role": "viewer", "password_hash": text, "made_at": moment, "epoch": epoch}
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    with one.writing() as connection:
        connection.execute(ACCOUNT.delete())
        connection.execute(insert(ACCOUNT), row)

    write_snapshot(one, folder / "1.zip")
    restore_snapshot(another, folder / "1.zip")

    with another.reading() as connection:
        assert dict(connection.execute(select(ACCOUNT)).mappings().one()) == row
        assert connection.execute(select(REGION)).all() == []
