from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest

import stations.store.writing as writing
from stations.errors import ConflictError, InputError, UnknownThingError
from stations.model.changes import Authorship, ChangeKind, FieldChange, StationChange
from stations.store.stations import StationStore
from stations.texts import LANGUAGES, say

BEIJING = timezone(timedelta(hours=8))


class Clock(datetime):
    """A clock that stands where a test puts it."""

    at = datetime(2026, 3, 15, 12, tzinfo=UTC)

    @classmethod
    def now(cls, tz=None):
        return cls.at.astimezone(tz)


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(writing, "datetime", Clock)
    monkeypatch.setattr(Clock, "at", Clock.at)
    return Clock


def change_ids(changes):
    return [change.change_id for change in changes]


def assert_worded(error):
    for lang in LANGUAGES:
        assert say(lang, error.key, **error.values)


# ---- Who changed what, when, and from what to what


def test_a_change_tells_who_when_why_and_from_which_file_and_row(store, clock, plain):
    me = Authorship("li", reason="第三季度更新", source="north.xlsx")
    made = store.apply(
        [StationChange(None, plain("b"), row=7), StationChange(None, plain("a"), row=14)],
        kind=ChangeKind.IMPORT,
        authorship=me,
    )

    change, stations = store.change(made.change_id)

    assert change == made
    assert (change.change_id, change.kind, change.authorship, change.stations) == (1, ChangeKind.IMPORT, me, 2)
    assert (change.made_at, change.made_at.utcoffset()) == (clock.at, timedelta(0))
    assert (change.undoes, change.undone_by) == (None, None)
    assert stations == (StationChange(None, plain("a"), row=14), StationChange(None, plain("b"), row=7))


def test_every_field_is_in_history_before_and_after(store, edit, plain, full):
    edit(store, (None, full))
    made = edit(store, (full, plain("s9")))
    gone = edit(store, (plain("s9"), None))

    assert store.change(made.change_id)[1] == (StationChange(full, plain("s9")),)
    assert store.change(gone.change_id)[1] == (StationChange(plain("s9"), None),)
    fields = store.change(made.change_id)[1][0].fields
    assert FieldChange("entrance_s", 40, None) in fields
    assert FieldChange("services", full.services, {}) in fields


def test_changes_come_newest_first_in_pages_and_by_station(store, edit, plain):
    edit(store, (None, plain("a")), (None, plain("b")))
    edit(store, (plain("a"), plain("a", phone="1")))
    edit(store, (plain("b"), plain("b", phone="1")))
    edit(store, (plain("a", phone="1"), None))

    assert change_ids(store.changes(limit=9)) == [4, 3, 2, 1]
    assert change_ids(store.changes(limit=2)) == [4, 3]
    assert change_ids(store.changes(limit=2, before=3)) == [2, 1]
    assert change_ids(store.changes(limit=9, station_id="a")) == [4, 2, 1]
    assert change_ids(store.changes(limit=9, station_id="a", before=4)) == [2, 1]
    assert store.changes(limit=9, station_id="nowhere") == ()
    assert [change.stations for change in store.changes(limit=9)] == [1, 1, 1, 2]


def test_a_station_as_a_change_left_it(store, edit, plain):
    edit(store, (None, plain("a")), (None, plain("b")))
    edit(store, (plain("a"), plain("a", phone="1")))
    edit(store, (plain("a", phone="1"), None))

    assert [store.version_of("a", version) for version in (1, 2, 3)] == [plain("a"), plain("a", phone="1"), None]
    assert store.version_of("b", 2) is None


def test_a_change_that_is_not_there_is_named(database, store, edit, plain):
    edit(store, (None, plain("a")))

    for elsewhere, number in ((store, 2), (StationStore(database, "another"), 1)):
        with pytest.raises(UnknownThingError) as refused:
            elsewhere.change(number)
        assert (refused.value.key, refused.value.values) == ("history.change_unknown", {"value": number})
        with pytest.raises(UnknownThingError):
            elsewhere.undo(number, authorship=Authorship("li"))
    assert_worded(refused.value)


# ---- Taking back


def test_an_undo_puts_back_added_changed_and_removed_stations(store, edit, plain, full, me):
    edit(store, (None, plain("a")), (None, full))
    before = store.read().stations
    made = edit(store, (plain("a"), plain("a", phone="1")), (full, None), (None, plain("n")))

    undone = store.undo(made.change_id, authorship=me)

    assert store.read().stations == before
    assert store.read().versions == {"a": 3, "s9": 3}
    assert (undone.kind, undone.undoes, undone.stations, undone.authorship) == (ChangeKind.UNDO, 2, 3, me)
    assert [(change.undoes, change.undone_by) for change in store.changes(limit=9)] == [
        (2, None),
        (None, 3),
        (None, None),
    ]
    assert store.change(made.change_id)[0].undone_by == 3
    assert store.generation() == 3
    assert store.check_history() == ()


def test_a_change_is_undone_once_and_an_undo_can_be_undone(store, edit, plain, me):
    edit(store, (None, plain("a")))
    made = edit(store, (plain("a"), plain("a", phone="1")))
    undone = store.undo(made.change_id, authorship=me)

    with pytest.raises(InputError) as refused:
        store.undo(made.change_id, authorship=me)
    assert (refused.value.key, refused.value.values) == ("history.undone_already", {"value": 2, "by": 3})
    assert_worded(refused.value)
    redone = store.undo(undone.change_id, authorship=me)
    assert store.read().stations == (plain("a", phone="1"),)
    store.undo(redone.change_id, authorship=me)
    assert store.read().stations == (plain("a"),)
    assert store.check_history() == ()


def test_stations_changed_since_are_named_and_nothing_is_undone(store, edit, plain, me):
    edit(store, (None, plain("a")), (None, plain("b")), (None, plain("c")))
    edit(store, (plain("b"), plain("b", phone="1")), (plain("c"), None))
    after = store.read()

    with pytest.raises(ConflictError) as refused:
        store.undo(1, authorship=me)

    assert (refused.value.key, refused.value.changed) == ("history.changed_since", ("b", "c"))
    assert_worded(refused.value)
    assert store.read() == after


def test_only_what_was_not_changed_since_is_undone_when_asked(store, edit, plain, me):
    edit(store, (None, plain("a")), (None, plain("b")), (None, plain("c")))
    edit(store, (plain("b"), plain("b", phone="1")))

    undone = store.undo(1, authorship=me, only_untouched=True)

    assert undone.stations == 2
    assert store.read().stations == (plain("b", phone="1"),)
    assert store.check_history() == ()


def test_when_all_changed_since_there_is_nothing_to_undo(store, edit, plain, me):
    edit(store, (None, plain("a")))
    edit(store, (plain("a"), plain("a", phone="1")))

    with pytest.raises(ConflictError):
        store.undo(1, authorship=me, only_untouched=True)
    assert store.generation() == 2


def test_changes_can_be_taken_back_one_after_the_other(store, edit, plain, me):
    edit(store, (None, plain("a")))
    edit(store, (plain("a"), plain("a", phone="1")))
    edit(store, (plain("a", phone="1"), plain("a", phone="2")))

    for number, left in ((3, (plain("a", phone="1"),)), (2, (plain("a"),)), (1, ())):
        store.undo(number, authorship=me)
        assert store.read().stations == left


# ---- The list as it was


def test_the_list_as_of_a_moment(store, clock, edit, plain, full):
    made = []
    for hour, pair in enumerate(
        [(None, plain("a")), (None, full), (plain("a"), plain("a", phone="1")), (full, None), (None, full)]
    ):
        clock.at = datetime(2026, 3, 15, hour, tzinfo=UTC)
        edit(store, pair)
        made.append((clock.at, store.read().stations))

    for moment, stations in made:
        assert store.as_of(moment) == stations
        assert store.as_of(moment + timedelta(minutes=59)) == stations
    # 10:30 in Beijing is 02:30 UTC, after the third change
    assert store.as_of(datetime(2026, 3, 15, 10, 30, tzinfo=BEIJING)) == (plain("a", phone="1"), full)


def test_of_the_time_before_history_nothing_is_known(database, store, clock, edit, plain):
    with pytest.raises(UnknownThingError) as empty:
        store.as_of(clock.at)
    edit(store, (None, plain("a")))

    with pytest.raises(UnknownThingError) as early:
        store.as_of(clock.at - timedelta(seconds=1))

    assert (empty.value.key, early.value.key) == ("history.none_yet", "history.begins_later")
    assert early.value.values["begins"] == "2026-03-15 12:00"
    for error in (empty.value, early.value):
        assert_worded(error)


def test_a_moment_without_a_zone_is_refused(store):
    with pytest.raises(InputError) as refused:
        store.as_of(datetime(2026, 3, 15))
    assert refused.value.key == "error.when_zone"


def test_a_clock_that_is_put_back_does_not_mix_up_the_order_of_changes(store, clock, edit, plain):
    noon = clock.at
    edit(store, (None, plain("a")))
    clock.at = noon - timedelta(hours=3)
    edit(store, (plain("a"), plain("a", phone="1")))

    assert [change.made_at for change in store.changes(limit=9)] == [noon, noon]
    assert store.as_of(noon) == (plain("a", phone="1"),)


# ---- History and list agree, whatever is done


@pytest.mark.parametrize("seed", range(6))
def test_any_run_of_changes_agrees_with_a_list_kept_by_hand(store, clock, plain, me, seed):
    chance = random.Random(seed)
    lists = [{}]  # as they were after every change, by id
    for step in range(25):
        clock.at = datetime(2026, 3, 15, 12, step, tzinfo=UTC)
        if step and chance.random() < 0.35:
            store.undo(step, authorship=me)  # the newest change, which may be an undo itself
            lists.append(lists[-2])
        else:
            now = lists[-1]
            changes = [
                StationChange(
                    now.get(key), None if key in now and chance.random() < 0.3 else plain(key, phone=str(step))
                )
                for key in chance.sample("abcdefgh", chance.randint(1, 4))
            ]
            store.apply(changes, kind=ChangeKind.IMPORT, authorship=me)
            after = {**now, **{change.station_id: change.after for change in changes}}
            lists.append({key: after[key] for key in sorted(after) if after[key]})
        assert store.read().stations == tuple(lists[-1].values())

    assert store.check_history() == ()
    for step, then in enumerate(lists[1:]):
        assert store.as_of(datetime(2026, 3, 15, 12, step, 59, tzinfo=UTC)) == tuple(then.values())
