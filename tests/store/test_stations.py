from __future__ import annotations

import multiprocessing
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from stations.errors import InputError
from stations.store.database import open_database
from stations.store.stations import ImportCounts, StationStore
from stations.store.tables import REGION


@pytest.fixture
def store(database):
    return StationStore(database, "yanzhou")


def test_a_region_never_written_is_generation_0_with_no_stations(store):
    stored = store.read()

    assert (stored.generation, stored.stations) == (0, ())
    assert store.generation() == 0


def test_every_field_comes_back_as_it_went_in(store, plain, full):
    store.merge([full, plain("s1", source="")])

    assert store.read().stations == (plain("s1"), full)


def test_unknown_stays_unknown_and_no_stays_no(store, plain):
    store.merge([plain("a", follows_workdays=None), plain("b", follows_workdays=False)])

    assert [station.follows_workdays for station in store.read().stations] == [None, False]


def test_stations_are_ordered_by_id_as_plain_text(store, plain):
    store.merge([plain(key) for key in ("b", "A", "a", "-", "10", "9", "_")])

    assert [station.station_id for station in store.read().stations] == ["-", "10", "9", "A", "_", "a", "b"]


def test_merge_counts_and_keeps_what_the_list_does_not_name(store, plain):
    store.merge([plain("a"), plain("b"), plain("c")])

    counts = store.merge([plain("a"), plain("b", name="新名"), plain("d")])

    assert counts == ImportCounts(added=1, changed=1, unchanged=1, missing=1, removed=0, generation=2)
    assert [(station.station_id, station.name) for station in store.read().stations] == [
        ("a", "示例站 001"),
        ("b", "新名"),
        ("c", "示例站 001"),
        ("d", "示例站 001"),
    ]


def test_the_same_list_again_raises_no_generation(store, plain, full):
    store.merge([plain(), full])

    counts = store.merge([full, plain()])

    assert counts == ImportCounts(added=0, changed=0, unchanged=2, missing=0, removed=0, generation=1)
    assert store.generation() == 1


def test_compare_counts_as_merge_would_and_changes_nothing(store, plain):
    store.merge([plain("a"), plain("b")])
    coming = [plain("a", phone="1"), plain("c")]

    counts = store.compare(coming)

    assert store.generation() == 1
    assert counts == ImportCounts(added=1, changed=1, unchanged=0, missing=1, removed=0, generation=2)
    assert store.merge(coming) == counts


def test_replace_all_removes_what_the_list_does_not_name(store, plain):
    store.merge([plain("a"), plain("b")])

    counts = store.replace_all([plain("b")])

    assert counts == ImportCounts(added=0, changed=0, unchanged=1, missing=0, removed=1, generation=2)
    assert store.read().stations == (plain("b"),)
    assert store.replace_all([plain("b")]).generation == 2


def test_a_new_region_is_seeded_once(store, plain):
    assert store.seed_if_empty([plain("a")]) is True
    assert store.seed_if_empty([plain("b")]) is False
    assert store.read().stations == (plain("a"),)
    assert store.generation() == 1
    with store.database.reading() as connection:
        assert connection.scalar(select(REGION.c.seeded_at)) is not None


def test_a_list_that_was_emptied_on_purpose_is_not_seeded_again(store, plain):
    store.seed_if_empty([plain("a")])
    store.replace_all([])

    assert store.seed_if_empty([plain("a")]) is False
    assert store.read().stations == ()
    assert store.generation() == 2


def test_regions_do_not_see_each_other(database, plain):
    here, there = StationStore(database, "here"), StationStore(database, "there")
    here.merge([plain("a")])
    there.merge([plain("a", name="another")])

    there.replace_all([])

    assert here.read().stations == (plain("a"),)
    assert (here.generation(), there.generation()) == (1, 2)


def test_two_stations_of_one_id_are_refused_and_nothing_changes(store, plain):
    with pytest.raises(InputError) as refused:
        store.merge([plain("a"), plain("b"), plain("a", name="another")])

    assert (refused.value.key, refused.value.values) == ("list.station_twice", {"value": "a"})
    assert store.generation() == 0


def test_a_failure_half_way_leaves_all_as_it_was(store, plain):
    store.merge([plain("a")])

    # a name that the database cannot take: it must be there
    with pytest.raises(OSError, match="database"):
        store.merge([plain("a", phone="1"), plain("b"), plain("c", name=None)])

    assert store.read().stations == (plain("a"),)
    assert store.generation() == 1


def test_readers_always_see_one_list_whole_while_it_is_written(store, plain):
    # every list bears its number in every name, and the generation counts the lists
    lists = [[plain(f"s{k}", name=f"list {number}") for k in range(30)] for number in range(1, 16)]
    store.merge(lists[0])
    seen, done = [], threading.Event()

    def read_on():
        while not done.is_set():
            seen.append(store.read())

    readers = [threading.Thread(target=read_on) for _ in range(3)]
    for reader in readers:
        reader.start()
    for stations in lists[1:]:
        store.merge(stations)
    done.set()
    for reader in readers:
        reader.join()

    assert seen
    for stored in seen:
        assert {station.name for station in stored.stations} == {f"list {stored.generation}"}


def _merge_alone(url, station):
    database = open_database(url)
    for phone in range(10):
        StationStore(database, "yanzhou").merge([replace(station, phone=str(phone))])
    database.close()


def test_writers_of_several_processes_wait_for_each_other(database, database_url, plain):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_merge_alone, args=(database_url, plain(f"s{k}"))) for k in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    stored = StationStore(database, "yanzhou").read()

    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert stored.generation == 30
    assert [(station.station_id, station.phone) for station in stored.stations] == [
        ("s0", "9"),
        ("s1", "9"),
        ("s2", "9"),
    ]
