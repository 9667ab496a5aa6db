"""Building a town: only what is missing, whole or not at all, and what workers see of it."""

from __future__ import annotations

import logging
import multiprocessing
import shutil
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

import stations.services.build as build_module
import stations.services.region as region_module
from stations.errors import DamagedArtefactError, FileError, RefusedListError, UnknownThingError
from stations.geo.table_build import compute_table
from stations.model.changes import Authorship
from stations.model.keys import Datum, TravelMode
from stations.model.listing import ListOptions
from stations.model.progress import Progress
from stations.services.build import build_region, report_build
from stations.services.demand_layers import NewDemand, import_demand
from stations.services.list_export import export_stations
from stations.services.list_import import ListImport, import_stations
from stations.services.region import LiveRegion, load_region
from stations.services.roads import build_roads
from stations.store.table_files import published

WALK, EBIKE, CAR = TravelMode.WALK, TravelMode.EBIKE, TravelMode.CAR

BY = Authorship("test")


@pytest.fixture
def own(make_town, tmp_path):
    """A town of the test's own, not built yet."""
    return make_town(tmp_path)


@pytest.fixture
def built(own):
    build(own)
    return own


@pytest.fixture
def always_looking(monkeypatch):
    """Let workers look at every question whether something new was published."""
    monkeypatch.setattr(region_module, "LOOK_EVERY_S", 0.0)


@pytest.fixture
def computed(monkeypatch):
    """Return, by mode, how many columns every table was computed anew for."""
    counts = {}

    def counting(network, mode, seats, *, limit_ms, before):
        kept = 0 if before is None else int((before.number >= 0).sum())
        counts.setdefault(mode, []).append(len(seats.street) - kept)
        return compute_table(network, mode, seats, limit_ms=limit_ms, before=before)

    monkeypatch.setattr(build_module, "compute_table", counting)
    return counts


def build(town):
    return list(build_region(town.settings))


def tables_of(town):
    return town.settings.instance / "town" / "tables"


def bundle_of(town):
    return tables_of(town) / published(tables_of(town) / "current")


def roads_of(town):
    (folder,) = [entry for entry in (town.settings.instance / "town" / "roads").iterdir() if entry.is_dir()]
    return folder


def arrays_of(region):
    return {(mode, key): value for mode, table in region.tables.items() for key, value in table.to_arrays().items()}


def assert_same_tables(one, other):
    mine, theirs = arrays_of(one), arrays_of(other)
    assert mine.keys() == theirs.keys()
    for key, value in mine.items():
        np.testing.assert_array_equal(value, theirs[key], err_msg=str(key))


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def damage(path):
    """Put another file in the place of `path`, one bit apart, as a bad disk or copy would leave it."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.with_suffix(".other").write_bytes(content)
    path.with_suffix(".other").replace(path)


# ---- What is computed, and what is not


def test_a_first_build_tells_its_progress_and_publishes(own):
    steps = build(own)

    assert all(isinstance(step, Progress) and 0 <= step.done <= step.total for step in steps)
    assert list(dict.fromkeys(step.key for step in steps)) == [
        "progress.roads", "progress.compile", "progress.table_walk", "progress.table_ebike", "progress.table_car",
    ]  # fmt: skip
    region = load_region(own.settings)
    assert [station.station_id for station in region.stations] == ["e", "g", "h", "q"]
    assert region.generation == 1


def test_a_second_build_computes_nothing(built, monkeypatch):
    before = bundle_of(built)

    def fail(*_given, **_options):
        raise AssertionError("computed again")

    monkeypatch.setattr(build_module, "compute_table", fail)
    monkeypatch.setattr("stations.services.roads.read_roads", fail)

    assert build(built) == []
    assert bundle_of(built) == before


def test_the_list_of_the_folder_seeds_the_database_once(built):
    edit(built.settings.region / "stations.csv", "站 e", "another name")
    build(built)

    assert load_region(built.settings).station("e").name == "站 e"


def test_once_seeded_the_list_of_the_folder_may_be_broken_or_gone(built):
    (built.settings.region / "stations.csv").write_text("rubbish", encoding="utf-8")
    build(built)
    (built.settings.region / "stations.csv").unlink()
    build(built)

    assert len(load_region(built.settings).stations) == 4


def test_a_region_without_a_list_is_built_empty(own):
    (own.settings.region / "stations.csv").unlink()
    build(own)

    assert load_region(own.settings).stations == ()
    assert report_build(own.settings).stations == 0


def test_a_broken_list_in_the_folder_is_told_and_publishes_nothing(own):
    edit(own.settings.region / "stations.csv", "courier_outlet", "castle")

    with pytest.raises(RefusedListError) as caught:
        build(own)
    assert [(p.row, p.column, p.value) for p in caught.value.problems] == [(4, "kind", "castle")]
    with pytest.raises(UnknownThingError, match="not_built"):
        load_region(own.settings)


def moved(town, tmp_path, *, to="B"):
    """Return the list of the town with h moved to another place."""
    path = tmp_path / "moved.csv"
    export_stations(path, town.settings)
    lon, lat = town.places["H"]
    there = town.places[to]
    text = path.read_text(encoding="utf-8").replace(f"{lon},{lat}", f"{there[0]},{there[1]}")
    path.write_text(text, encoding="utf-8")
    return ListImport(path, ListOptions(Datum.WGS84), sure=True)


def test_only_the_column_of_a_moved_station_is_computed(built, computed, make_town, tmp_path):
    *_, outcome = import_stations(moved(built, tmp_path), built.settings, BY)
    found = outcome.report.comparison

    assert (len(found.added), len(found.changed), found.unchanged, len(found.missing)) == (0, 1, 3, 0)
    assert computed == {WALK: [1], EBIKE: [1], CAR: [1]}
    (tmp_path / "fresh").mkdir()
    fresh = make_town(tmp_path / "fresh")
    shutil.copyfile(tmp_path / "moved.csv", fresh.settings.region / "stations.csv")
    build(fresh)
    assert_same_tables(load_region(built.settings), load_region(fresh.settings))


def test_a_station_that_moved_back_gives_the_first_table_again(built, tmp_path):
    first = load_region(built.settings)
    export_stations(tmp_path / "first.csv", built.settings)
    list(import_stations(moved(built, tmp_path), built.settings, BY))
    list(import_stations(ListImport(tmp_path / "first.csv", ListOptions(Datum.WGS84), sure=True), built.settings, BY))

    assert load_region(built.settings).generation == 3
    assert_same_tables(load_region(built.settings), first)


def test_a_new_name_computes_no_column(built, computed, tmp_path):
    export_stations(tmp_path / "list.csv", built.settings)
    edit(tmp_path / "list.csv", "站 e", "renamed")
    list(import_stations(ListImport(tmp_path / "list.csv", ListOptions(Datum.WGS84), sure=True), built.settings, BY))

    assert computed == {}  # the tables are taken over as they are
    assert load_region(built.settings).station("e").name == "renamed"


def test_another_speed_builds_roads_and_tables_anew(built, computed):
    before, old_roads = load_region(built.settings), roads_of(built)
    edit(built.settings.region / "region.toml", "speed_kmh = 3.6", "speed_kmh = 7.2")
    build(built)
    after = load_region(built.settings)

    assert computed == {WALK: [4], EBIKE: [4], CAR: [4]}
    assert roads_of(built) != old_roads  # and the old ones are cleared away
    slow, fast = (region.tables[WALK].columns.column(0).ms for region in (before, after))
    assert fast.max() == pytest.approx(slow.max() / 2, abs=5)


def test_another_reach_computes_the_tables_of_its_mode_anew(built, computed):
    edit(built.settings.region / "region.toml", "speed_kmh = 3.6", "speed_kmh = 3.6\nlimit_min = 4")
    build(built)

    assert computed == {WALK: [4]}
    assert 0 < load_region(built.settings).tables[WALK].columns.ms.max() <= 4 * 60_000


def test_a_mode_that_is_added_is_built(built, computed):
    edit(built.settings.region / "region.toml", "[modes.car]\nspeed_kmh = 36.0\n", "")
    build(built)
    assert set(load_region(built.settings).tables) == {WALK, EBIKE}

    edit(built.settings.region / "region.toml", "[modes.ebike]", "[modes.car]\nspeed_kmh = 36.0\n[modes.ebike]")
    with pytest.raises(UnknownThingError, match="not_built"):
        load_region(built.settings)
    build(built)
    assert set(load_region(built.settings).tables) == {WALK, EBIKE, CAR}


def test_old_tables_are_cleared_away_but_for_the_one_before(built, tmp_path):
    for to in ("A", "C", "D", "F"):
        list(import_stations(moved(built, tmp_path, to=to), built.settings, BY))
        shutil.rmtree(tmp_path / "list", ignore_errors=True)
    kept = [entry for entry in tables_of(built).iterdir() if entry.is_dir()]

    assert bundle_of(built) in kept
    assert len(kept) <= 2


# ---- What lies off the roads


def test_the_report_names_stations_and_shares_off_the_roads(built):
    report = report_build(built.settings)

    # G is reached by the private street alone, which nobody may use; "far" is 50 of 650 residents, 800 m away.
    assert report.stations == 4
    # g stands 300 m from C and from H; the private street before its door is no street for riders.
    assert {mode: [station_id for station_id, _ in off] for mode, off in report.stations_off.items()} == {
        WALK: ["g"], EBIKE: ["g"], CAR: ["g"],
    }  # fmt: skip
    assert [round(metres) for ((_, metres),) in report.stations_off.values()] == [300, 300, 300]
    assert report.demand_off_share[WALK] == pytest.approx(50 / 650)
    # Merged, what is left are the ends and crossings; P and Q alone are apart from the others.
    used = load_region(built.settings).roads.network
    assert report.nodes_off_main_share[WALK] == pytest.approx(2 / len(used.node_x), abs=0.06)
    assert 0 < report.nodes_off_main_share[WALK] < 0.5


# ---- Damage


@pytest.mark.parametrize("file", ["manifest.json", "walk.seats.street.npy", "car.back.ms.npy"])
def test_a_damaged_table_is_noticed_and_built_anew(built, file):
    good = load_region(built.settings)
    damage(bundle_of(built) / file)
    with pytest.raises(DamagedArtefactError):
        load_region(built.settings)
    build(built)

    assert_same_tables(load_region(built.settings), good)


def test_a_worker_takes_the_table_that_was_built_anew(built, always_looking):
    # The name is the same; what the worker has mapped may be the damaged file.
    live = LiveRegion(built.settings)
    before = live.current()
    damage(bundle_of(built) / "walk.columns.ms.npy")
    build(built)

    assert live.current() is not before
    assert live.current().name == before.name


@pytest.mark.parametrize("harm", ["truncate", "delete", "empty folder", "delete folder"])
@pytest.mark.parametrize("where", [bundle_of, roads_of])
def test_what_was_cut_or_deleted_is_built_anew(built, where, harm):
    folder = where(built)
    file = max(folder.glob("*.npy"), key=lambda path: path.stat().st_size)
    if harm == "truncate":
        file.write_bytes(file.read_bytes()[:-7])
    elif harm == "delete":
        file.unlink()
    else:
        shutil.rmtree(folder)
        if harm == "empty folder":
            folder.mkdir()
    build(built)

    assert where(built) == folder
    assert len(load_region(built.settings).stations) == 4


@pytest.mark.parametrize("garbage", [b"", b"\xff\xfe\x00", b"../../etc", b"garbage", b"a" * 5000])
def test_a_garbage_pointer_is_put_right(built, garbage):
    (tables_of(built) / "current").write_bytes(garbage)

    with pytest.raises(UnknownThingError, match="not_built"):
        load_region(built.settings)
    build(built)
    assert len(load_region(built.settings).stations) == 4


def test_roads_without_their_table_are_not_served(built):
    # As a worker meets it that starts while the roads are new and the table is not.
    edit(built.settings.region / "region.toml", "speed_kmh = 3.6", "speed_kmh = 7.2")
    profile = region_module.read_profile(built.settings.region)
    list(build_roads(profile, region_module.road_folder(built.settings, profile)))

    with pytest.raises(UnknownThingError, match="not_built"):
        load_region(built.settings)


# ---- Workers


def test_a_worker_serves_the_old_while_the_new_is_damaged(built, always_looking, tmp_path, caplog):
    live = LiveRegion(built.settings)
    before = live.current()
    list(import_stations(moved(built, tmp_path), built.settings, BY))
    damage(max(bundle_of(built).glob("*.npy"), key=lambda path: path.stat().st_size))
    with caplog.at_level(logging.ERROR):
        assert live.current() is before
        assert live.current() is before
    assert caplog.text.count("the old one is served") == 1

    build(built)
    assert live.current().generation == 2


@pytest.mark.parametrize("harm", ["pointer", "tables", "roads", "road file", "profile", "demand"])
def test_a_worker_serves_on_whatever_happens_to_the_files(built, always_looking, harm):
    live = LiveRegion(built.settings)
    before = live.current()
    if harm == "pointer":
        (tables_of(built) / "current").write_bytes(b"\x00garbage")
    elif harm in ("tables", "roads"):
        shutil.rmtree(built.settings.instance / "town" / harm)
    else:
        file = {"road file": "roads.osm", "profile": "region.toml", "demand": "demand.csv"}[harm]
        (built.settings.region / file).write_text("rubbish [", encoding="utf-8")

    assert live.current() is before
    assert live.current().demand_times(WALK).on_network.any()


def test_a_worker_swaps_stations_and_table_together_within_two_seconds(built, tmp_path):
    live = LiveRegion(built.settings)
    assert len({live.current().name for _ in range(3)}) == 1
    list(import_stations(moved(built, tmp_path), built.settings, BY))
    stop_at = time.monotonic() + 2.0
    while live.current().generation == 1 and time.monotonic() < stop_at:
        time.sleep(0.02)

    now = live.current()
    assert (now.generation, now.station("h").lon) == (2, built.places["B"][0])
    assert now.tables[WALK].columns.column(now.number("h")).node.size > 0


def test_workers_see_new_demand_too(built, always_looking):
    live = LiveRegion(built.settings)
    edit(built.settings.region / "demand.csv", ",100", ",200")

    assert {point.weight for point in live.current().demand} == {200, 50}


def test_workers_see_layers_of_demand_come_and_change(built, always_looking, tmp_path):
    live = LiveRegion(built.settings)
    (tmp_path / "shops.csv").write_text("lon,lat,orders\n116.8,35.5,7\n", encoding="utf-8")
    list(import_demand(NewDemand(tmp_path / "shops.csv", "shops", "meals", "2026", "a list"), built.settings))
    assert [point.weight for point in live.current().demand_of("shops")] == [7]

    edit(built.settings.region / "demand-shops.csv", ",7.0", ",9.0")
    assert [point.weight for point in live.current().demand_of("shops")] == [9]


def test_many_threads_are_answered_while_a_worker_swaps(built, always_looking, tmp_path):
    live = LiveRegion(built.settings)
    wrong, stop = [], threading.Event()

    def ask():
        while not stop.is_set():
            region = live.current()
            if len(region.tables[WALK].seats.street) != len(region.stations):
                wrong.append(region.name)
            time.sleep(0.001)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for to in ("A", "C"):
        list(import_stations(moved(built, tmp_path, to=to), built.settings, BY))
    stop.set()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert live.current().generation == 2  # h stands at H no more, so the second list moves nobody


@pytest.mark.parametrize("harm", ["moved", "rubbish"])
def test_a_worker_serves_on_without_the_database(built, always_looking, harm):
    live = LiveRegion(built.settings)
    database = built.settings.instance / "stations.sqlite"
    if harm == "moved":
        for file in built.settings.instance.glob("stations.sqlite*"):
            file.rename(file.with_name("away-" + file.name))
    else:
        database.write_bytes(b"no database" * 500)

    assert len(live.current().stations) == 4
    assert len(load_region(built.settings).stations) == 4  # a worker that starts now does not need it either


def test_a_missing_road_file_is_named(own):
    (own.settings.region / "roads.osm").unlink()

    with pytest.raises(FileError) as caught:
        build(own)
    assert caught.value.values["file"] == "roads.osm"


# ---- Several at once


def _build_in_a_process(settings):
    list(build_region(settings))


def test_two_builds_at_once_end_sound(own):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_build_in_a_process, args=(own.settings,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0, 0]
    assert len(load_region(own.settings).stations) == 4
    assert build(own) == []


def test_of_two_builders_the_newer_list_is_published(built, tmp_path):
    # The first has read the list and is slow; an import begins meanwhile.
    wanted = moved(built, tmp_path)
    edit(built.settings.region / "region.toml", "speed_kmh = 3.6", "speed_kmh = 7.2")
    slow = build_region(built.settings)
    assert any(step.key == "progress.table_walk" for step in slow)
    importer = threading.Thread(target=lambda: list(import_stations(wanted, built.settings, BY)))
    importer.start()
    importer.join(0.5)
    assert importer.is_alive()  # it waits
    list(slow)
    importer.join()

    assert load_region(built.settings).generation == 2
    assert build(built) == []


# ---- The list before the first build


def test_a_list_that_comes_before_the_first_build_joins_the_folders_own(own, tmp_path):
    export_stations(tmp_path / "first.csv", own.settings)
    edit(tmp_path / "first.csv", "站 e", "renamed")
    *_, outcome = import_stations(
        ListImport(tmp_path / "first.csv", ListOptions(Datum.WGS84), sure=True), own.settings, BY
    )

    found = outcome.report.comparison
    assert (len(found.changed), found.unchanged) == (1, 3)
    assert {station.name for station in load_region(own.settings).stations} == {"renamed", "站 g", "站 h", "站 q"}


def test_a_large_table_is_announced_before_it_is_built(own):
    keys = [step.key for step in build_region(replace(own.settings, large_table_mb=0.0))]
    assert "progress.large" not in keys  # less than half a megabyte is none

    steps = list(build_region(replace(own.settings, large_table_mb=-1.0, instance=own.settings.instance / "new")))
    told = next(place for place, step in enumerate(steps) if step.key == "progress.large")
    assert all(not step.key.startswith("progress.table") for step in steps[:told])
