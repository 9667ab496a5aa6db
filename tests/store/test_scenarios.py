"""Scenarios kept by name, in both kinds of database."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import inspect

from stations.errors import ConflictError, InputError, UnknownThingError
from stations.model.keys import ServiceKey
from stations.model.queries import Place
from stations.model.scenarios import MOST_NAME, MOST_NOTE, NamedScenario, NewSite, Scenario, read_scenario
from stations.store import scenarios
from stations.store.database import migrate
from stations.store.scenarios import ScenarioStore

CHANGES = Scenario(
    sites=(
        NewSite(Place(116.8 + 0.1, 35.5), "北站 <b>", hours="Mo-Su 20:00-08:00", services=(ServiceKey.TOILET,)),
        NewSite(Place(116.9, 35.6)),
        NewSite(Place(116.9, 35.6), services=()),
    ),
    without=("a",),
    hours=(("b", "24/7"),),
    services=(("b", ServiceKey.TOILET), ("b", ServiceKey.BED), ("c", ServiceKey.AED)),
    no_registration=("d",),
)


@pytest.fixture
def store(database):
    return ScenarioStore(database, "yanzhou")


def named(name="夜间", changes=CHANGES, **more):
    return NamedScenario(name, changes, **more)


def test_a_scenario_comes_back_as_it_was_saved(store):
    began = datetime.now(UTC)
    saved = store.add(named(note="第一行\n第二行", cost=12.5), author="张伟")

    assert store.get(saved.scenario_id) == saved
    assert (saved.name, saved.note, saved.cost, saved.changes) == ("夜间", "第一行\n第二行", 12.5, CHANGES)
    assert (saved.author, saved.version) == ("张伟", 1)
    assert began - timedelta(seconds=1) <= saved.made_at == saved.changed_at <= datetime.now(UTC)
    assert read_scenario(CHANGES.to_plain()) == CHANGES


def test_regions_do_not_see_each_other(store, database):
    saved = store.add(named(), author="a")
    other = ScenarioStore(database, "other")

    assert other.listed() == ()
    assert other.add(named(), author="a").name == saved.name
    for forbidden in (other.get, other.remove):
        with pytest.raises(UnknownThingError):
            forbidden(saved.scenario_id)


def test_the_last_changed_comes_first(store):
    ids = [store.add(named(name), author="a").scenario_id for name in "abc"]
    store.change(ids[0], named("a2", Scenario(without=("x",)), cost=0), version=1)

    assert [one.scenario_id for one in store.listed()] == [ids[0], ids[2], ids[1]]
    changed = store.get(ids[0])
    assert (changed.name, changed.changes, changed.cost, changed.version) == ("a2", Scenario(without=("x",)), 0, 2)
    assert store.remove(ids[0]) == changed
    with pytest.raises(UnknownThingError):
        store.remove(ids[0])


@pytest.mark.parametrize("same", ["夜间 A", "夜间　ａ", " 夜间   a "])
def test_no_two_have_one_name(store, same):
    first, other = store.add(named("夜间 A"), author="a"), store.add(named("b"), author="a")

    with pytest.raises(ConflictError, match="name_taken"):
        store.add(named(same), author="a")
    with pytest.raises(ConflictError, match="name_taken"):
        store.change(other.scenario_id, named(same), version=1)
    assert store.change(first.scenario_id, named(same), version=1).version == 2
    assert {one.scenario_id for one in store.listed()} == {first.scenario_id, other.scenario_id}


def test_who_saves_second_is_told_and_nothing_is_lost(store):
    saved = store.add(named(), author="a")
    store.change(saved.scenario_id, named("mine"), version=1)

    with pytest.raises(ConflictError, match="changed_meanwhile"):
        store.change(saved.scenario_id, named("theirs"), version=1)
    assert [one.name for one in store.listed()] == ["mine"]


def test_of_many_who_save_at_once_one_wins(store):
    saved, outcomes = store.add(named(), author="a"), []

    def change(name):
        try:
            outcomes.append(store.change(saved.scenario_id, named(name), version=1).name)
        except ConflictError:
            outcomes.append(None)

    threads = [threading.Thread(target=change, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (won,) = (name for name in outcomes if name)
    assert len(outcomes) == 6
    assert [one.name for one in store.listed()] == [won]


@pytest.mark.parametrize("ask", [ScenarioStore.get, ScenarioStore.remove])
def test_an_id_with_a_zero_byte_is_unknown_in_both_databases(store, ask):
    with pytest.raises(UnknownThingError):
        ask(store, "a\0b")


def test_there_is_an_end_to_them(store, monkeypatch):
    monkeypatch.setattr(scenarios, "MOST_SAVED", 2)
    for name in "ab":
        store.add(named(name), author="a")

    with pytest.raises(InputError, match="too_many"):
        store.add(named("c"), author="a")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * (MOST_NAME + 1)}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"note": "x" * (MOST_NOTE + 1)}, "note"),
        ({"note": "\0"}, "note"),
        ({"cost": -1.0}, "cost"),
        ({"cost": float("nan")}, "cost"),
        ({"cost": float("inf")}, "cost"),
        ({"changes": Scenario()}, "changes"),
    ],
)
def test_what_is_no_scenario_is_refused(wrong, field):
    with pytest.raises(InputError) as told:
        named(**wrong)
    assert told.value.field == field


@pytest.mark.parametrize(
    ("plain", "field"),
    [
        (None, "changes"),
        ([], "changes"),
        ({"site": []}, "changes"),
        ({"sites": {}}, "sites"),
        ({"sites": [1]}, "sites"),
        ({"sites": [{"lon": 116}]}, "lat"),
        ({"sites": [{"lon": "116", "lat": 35}]}, "lon"),
        ({"sites": [{"lon": True, "lat": 35}]}, "lon"),
        ({"sites": [{"lon": 10**400, "lat": 35}]}, "lon"),
        ({"sites": [{"lon": float("nan"), "lat": 35}]}, "lon"),
        ({"sites": [{"lon": 116, "lat": 91}]}, "lat"),
        ({"sites": [{"lon": 116, "lat": 35, "name": 7}]}, "name"),
        ({"sites": [{"lon": 116, "lat": 35, "name": "x" * 61}]}, "site_name"),
        ({"sites": [{"lon": 116, "lat": 35, "hours": 7}]}, "hours"),
        ({"sites": [{"lon": 116, "lat": 35, "services": "toilet"}]}, "services"),
        ({"sites": [{"lon": 116, "lat": 35, "services": ["pool"]}]}, "services"),
        ({"sites": [{"lon": 116, "lat": 35}] * 21}, "sites"),
        ({"without": "a"}, "without"),
        ({"without": [""]}, "without"),
        ({"without": ["x" * 101]}, "without"),
        ({"without": [str(number) for number in range(51)]}, "without"),
        ({"hours": [["a", "24/7"]]}, "hours"),
        ({"hours": {"a": None}}, "hours"),
        ({"services": {"a": "toilet"}}, "services"),
        ({"services": {"a": ["pool"]}}, "services"),
        ({"no_registration": [None]}, "no_registration"),
    ],
)
def test_what_is_no_change_is_refused(plain, field):
    with pytest.raises(InputError) as told:
        read_scenario(plain)
    assert told.value.field == field


def test_a_database_of_before_is_brought_forward_and_back(database, store, plain):
    with database.writing() as connection:
        migrate(connection, "0004")
        assert "scenario" not in inspect(connection).get_table_names()
        migrate(connection, "head")

    saved = store.add(named(), author="a")
    assert store.listed() == (saved,)
