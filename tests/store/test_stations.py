from __future__ import annotations

import multiprocessing
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from stations.errors import ConflictError, InputError
from stations.model.changes import TERMINAL, Authorship, ChangeKind, StationChange
from stations.model.keys import ClosureReason
from stations.store.database import open_database
from stations.store.stations import StationStore
from stations.store.tables import REGION


def ids(stations):
    return [station.station_id for station in stations]


def test_a_region_never_written_is_generation_0_with_no_stations(store):
    stored = store.read()

    assert (stored.generation, stored.stations, stored.versions) == (0, (), {})
    assert store.generation() == 0


def test_every_field_comes_back_as_it_went_in(store, bring, plain, full):
    bring(store, [full, plain("s1", source="")])

    assert store.read().stations == (plain("s1"), full)


def test_unknown_stays_unknown_and_no_stays_no(store, bring, plain):
    bring(store, [plain("a", follows_workdays=None), plain("b", follows_workdays=False)])

    assert [station.follows_workdays for station in store.read().stations] == [None, False]


def test_stations_are_ordered_by_id_as_plain_text(store, bring, plain):
    bring(store, [plain(key) for key in ("b", "A", "a", "-", "10", "9", "_")])

    assert ids(store.read().stations) == ["-", "10", "9", "A", "_", "a", "b"]


def test_what_is_brought_is_written_and_the_others_stay(store, bring, plain):
    bring(store, [plain("a"), plain("b"), plain("c")])

    change = bring(store, [plain("a"), plain("b", name="新名"), plain("d")])

    assert change.stations == 2
    stored = store.read()
    assert [(station.station_id, station.name) for station in stored.stations] == [
        ("a", "示例站 001"),
        ("b", "新名"),
        ("c", "示例站 001"),
        ("d", "示例站 001"),
    ]
    assert stored.versions == {"a": 1, "b": 2, "c": 1, "d": 2}
    assert stored.generation == 2


def test_the_same_list_again_writes_nothing(store, bring, plain, full):
    bring(store, [plain(), full])

    assert bring(store, [full, plain()]) is None
    assert store.apply([StationChange(full, full)], kind=ChangeKind.EDIT, authorship=Authorship("li")) is None
    assert store.generation() == 1
    assert len(store.changes(limit=9)) == 1


def test_nothing_written_to_a_new_region_leaves_it_new(store, plain):
    assert store.apply([], kind=ChangeKind.IMPORT, authorship=Authorship("li")) is None
    assert store.seed_if_empty([plain()]) is True


def test_more_stations_than_one_batch_are_written_alike(store, bring, plain):
    # 2000 rows go at once; of 4100 the third batch is not full
    first = [plain(f"s{k:04d}") for k in range(4100)]
    bring(store, first)
    second = [replace(station, phone="1") for station in first]

    assert bring(store, second).stations == 4100
    assert store.read().stations == tuple(second)
    assert store.check_history() == ()


def test_compare_tells_what_is_new_changed_unchanged_and_missing(store, bring, plain):
    bring(store, [plain("a"), plain("b"), plain("c"), plain("d", closed=ClosureReason.CLOSED_FOR_NOW)])

    found = store.compare([plain("c"), plain("b", phone="1"), plain("e")])

    assert found.added == (StationChange(None, plain("e")),)
    assert found.changed == (StationChange(plain("b"), plain("b", phone="1")),)
    assert found.unchanged == 1
    assert found.missing == (plain("a"),)  # d is closed already
    assert found.versions == {"a": 1, "b": 1, "c": 1, "d": 1}
    assert store.generation() == 1


def test_a_station_can_be_taken_out_and_brought_again(store, bring, edit, plain):
    bring(store, [plain("a"), plain("b")])
    edit(store, (plain("a"), None))
    assert store.read().stations == (plain("b"),)
    bring(store, [plain("a", phone="2")])

    assert store.read().versions == {"a": 3, "b": 1}
    assert store.check_history() == ()


# ---- Two at once


def test_of_two_who_edit_one_station_the_second_is_told_and_loses_nothing(store, bring, plain, me):
    bring(store, [plain("a"), plain("b")])
    seen = store.read().versions
    first, second = plain("a", phone="1"), plain("a", notes="by the gate")
    store.apply([StationChange(plain("a"), first)], kind=ChangeKind.EDIT, authorship=me, expected=seen)

    with pytest.raises(ConflictError) as refused:
        store.apply(
            [StationChange(plain("b"), plain("b", phone="3")), StationChange(plain("a"), second)],
            kind=ChangeKind.EDIT,
            authorship=me,
            expected=seen,
        )

    assert (refused.value.key, refused.value.changed) == ("history.changed_meanwhile", ("a",))
    assert store.read().stations == (first, plain("b"))
    assert store.generation() == 2
    now = store.read().versions
    assert store.apply([StationChange(first, second)], kind=ChangeKind.EDIT, authorship=me, expected=now)


@pytest.mark.parametrize("expected", [None, {}])
def test_a_new_station_whose_id_was_taken_meanwhile_is_a_conflict(store, bring, plain, me, expected):
    bring(store, [plain("a")])

    with pytest.raises(ConflictError) as refused:
        store.apply(
            [StationChange(None, plain("a", name="another")), StationChange(None, plain("b"))],
            kind=ChangeKind.EDIT,
            authorship=me,
            expected=expected,
        )

    assert refused.value.changed == ("a",)
    assert ids(store.read().stations) == ["a"]


@pytest.mark.parametrize("expected", [None, {"a": 1}])
def test_a_station_that_went_meanwhile_is_a_conflict(store, bring, edit, plain, me, expected):
    bring(store, [plain("a")])
    edit(store, (plain("a"), None))

    with pytest.raises(ConflictError) as refused:
        store.apply(
            [StationChange(plain("a"), plain("a", phone="1"))],
            kind=ChangeKind.EDIT,
            authorship=me,
            expected=expected,
        )

    assert refused.value.changed == ("a",)


def test_without_versions_what_was_thought_to_be_there_must_be(store, bring, plain, me):
    bring(store, [plain("a", phone="0")])

    with pytest.raises(ConflictError):
        store.apply([StationChange(plain("a"), plain("a", notes="x"))], kind=ChangeKind.EDIT, authorship=me)


def test_history_has_what_was_stored_whatever_the_writer_thought(store, bring, plain, me):
    bring(store, [plain("a", phone="0")])

    # the version is right, the station that was before is not
    wrong = StationChange(plain("a", phone="9"), plain("a", phone="1"))
    made = store.apply([wrong], kind=ChangeKind.EDIT, authorship=me, expected={"a": 1})

    assert store.change(made.change_id)[1] == (StationChange(plain("a", phone="0"), plain("a", phone="1")),)
    assert store.check_history() == ()


# ---- The first list


def test_a_new_region_is_seeded_once(store, plain):
    assert store.seed_if_empty([plain("a")]) is True
    assert store.seed_if_empty([plain("b")]) is False
    assert store.read().stations == (plain("a"),)
    assert store.generation() == 1
    (change,) = store.changes(limit=9)
    assert (change.kind, change.authorship, change.stations) == (ChangeKind.SEED, Authorship(TERMINAL), 1)
    with store.database.reading() as connection:
        assert connection.scalar(select(REGION.c.seeded_at)) is not None


def test_a_new_region_without_a_list_is_begun_empty(store, plain):
    assert store.seed_if_empty([]) is True
    assert store.seed_if_empty([plain("b")]) is False
    assert (store.generation(), store.changes(limit=9)) == (0, ())


def test_a_list_that_was_emptied_on_purpose_is_not_seeded_again(store, edit, plain):
    store.seed_if_empty([plain("a")])
    edit(store, (plain("a"), None))

    assert store.seed_if_empty([plain("a")]) is False
    assert store.read().stations == ()
    assert store.generation() == 2


def test_regions_do_not_see_each_other(database, bring, edit, plain):
    here, there = StationStore(database, "here"), StationStore(database, "there")
    bring(here, [plain("a")])
    bring(there, [plain("a", name="another")])

    edit(there, (plain("a", name="another"), None))

    assert here.read().stations == (plain("a"),)
    assert (here.generation(), there.generation()) == (1, 2)
    assert [change.change_id for change in here.changes(limit=9)] == [1]
    assert [change.change_id for change in there.changes(limit=9, station_id="a")] == [3, 2]
    assert here.check_history() == there.check_history() == ()


# ---- All or nothing


def test_two_stations_of_one_id_are_refused_and_nothing_changes(store, bring, edit, plain):
    with pytest.raises(InputError) as refused:
        bring(store, [plain("a"), plain("b"), plain("a", name="another")])

    assert (refused.value.key, refused.value.values) == ("list.station_twice", {"value": "a"})
    with pytest.raises(InputError):
        edit(store, (None, plain("a")), (None, plain("a", name="another")))
    assert store.generation() == 0


def test_a_failure_half_way_leaves_all_as_it_was(store, bring, plain):
    bring(store, [plain("a")])

    # a name that the database cannot take: it must be there
    with pytest.raises(OSError, match="database"):
        bring(store, [plain("a", phone="1"), plain("b"), plain("c", name=None)])

    assert store.read().stations == (plain("a"),)
    assert store.generation() == 1
    assert len(store.changes(limit=9)) == 1


def test_readers_always_see_one_list_whole_while_it_is_written(store, bring, plain):
    # every list bears its number in every name, and the generation counts the lists
    lists = [[plain(f"s{k}", name=f"list {number}") for k in range(30)] for number in range(1, 16)]
    bring(store, lists[0])
    seen, done = [], threading.Event()

    def read_on():
        while not done.is_set():
            seen.append(store.read())

    readers = [threading.Thread(target=read_on) for _ in range(3)]
    for reader in readers:
        reader.start()
    for stations in lists[1:]:
        bring(store, stations)
    done.set()
    for reader in readers:
        reader.join()

    assert seen
    for stored in seen:
        assert {station.name for station in stored.stations} == {f"list {stored.generation}"}
        assert set(stored.versions.values()) == {stored.generation}


def _write_alone(url, station):
    database = open_database(url)
    store = StationStore(database, "yanzhou")
    before = None
    for phone in range(10):
        after = replace(station, phone=str(phone))
        store.apply([StationChange(before, after)], kind=ChangeKind.EDIT, authorship=Authorship("li"))
        before = after
    database.close()


def test_writers_of_several_processes_wait_for_each_other(store, database_url, plain):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write_alone, args=(database_url, plain(f"s{k}"))) for k in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    stored = store.read()

    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert stored.generation == 30
    assert [change.change_id for change in store.changes(limit=99)] == list(range(30, 0, -1))
    assert [(station.station_id, station.phone) for station in stored.stations] == [
        ("s0", "9"),
        ("s1", "9"),
        ("s2", "9"),
    ]
    assert store.check_history() == ()
