from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from stations.errors import InputError, UnknownThingError
from stations.model.accounts import Account
from stations.model.keys import Role
from stations.store.accounts import AccountStore, FailureLimits, Reserved, Throttled
from stations.store.office_tables import LOGIN_FAILURE

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LIMITS = FailureLimits(of_name=5, of_client=20)
SALT = "s" * 32


@pytest.fixture
def store(database):
    return AccountStore(database)


def account(name="zhang", role=Role.STEWARD, epoch=100):
    return Account(name, role, NOON, epoch)


def reserve(store, name="zhang", client="192.0.2.1", *, moment=NOON):
    return store.reserve(name, client, moment=moment, limits=LIMITS, salt=SALT)


def test_an_account_is_found_however_its_name_is_written(store):
    store.add(account("Zhang Wei"), "hash")

    for name in ("Zhang Wei", "zhang wei", " ZHANG WEI ", "Ｚｈａｎｇ Ｗｅｉ"):
        found = store.find(name)
        assert found is not None
        assert (found.account, found.password_hash) == (account("Zhang Wei"), "hash")
    assert store.find("zhang") is None


def test_a_name_is_given_once(store):
    store.add(account("Zhang"), "hash")

    with pytest.raises(InputError, match=r"account\.name_taken"):
        store.add(account("ZHANG"), "other")
    assert [one.name for one in store.listed()] == ["Zhang"]


@pytest.mark.parametrize(("before", "moment_s", "after"), [(100, 50, 101), (100, 100, 101), (100, 5000, 5000)])
def test_the_epoch_rises_and_is_never_one_of_before(store, before, moment_s, after):
    store.add(account(epoch=before), "hash")

    changed = store.change("zhang", moment=datetime.fromtimestamp(moment_s, UTC), password_hash="other")

    assert changed.epoch == after
    assert store.find("zhang").account == changed
    assert store.find("zhang").password_hash == "other"


def test_a_change_of_role_keeps_the_password(store):
    store.add(account(), "hash")

    changed = store.change("zhang", moment=NOON, role=Role.ADMIN)

    assert changed.role == Role.ADMIN
    assert store.find("zhang").password_hash == "hash"


def test_the_last_administrator_stays_unless_it_is_meant(store):
    store.add(account("one", Role.ADMIN), "hash")
    store.add(account("two", Role.STEWARD), "hash")

    for act in (lambda: store.remove("one"), lambda: store.change("one", moment=NOON, role=Role.VIEWER)):
        with pytest.raises(InputError, match=r"account\.last_admin"):
            act()
    store.change("two", moment=NOON, role=Role.ADMIN)
    store.remove("one")
    store.change("two", moment=NOON, role=Role.VIEWER, last_admin_too=True)

    assert [(one.name, one.role) for one in store.listed()] == [("two", Role.VIEWER)]


def test_an_unknown_account_is_named(store):
    for act in (lambda: store.remove("nobody"), lambda: store.change("nobody", moment=NOON, role=Role.VIEWER)):
        with pytest.raises(UnknownThingError, match="nobody"):
            act()


# ---- Failed logins


def test_five_failures_of_a_name_and_no_more(store):
    left = [reserve(store, client=f"192.0.2.{k}", moment=NOON + timedelta(minutes=k)).left for k in range(5)]

    assert left == [4, 3, 2, 1, 0]
    # the first of the five counts until 12:15
    assert reserve(store, moment=NOON + timedelta(minutes=6)) == Throttled(5, NOON + timedelta(minutes=15))
    assert isinstance(reserve(store, name="li", moment=NOON), Reserved)
    assert isinstance(reserve(store, moment=NOON + timedelta(minutes=15)), Reserved)


def test_twenty_failures_of_a_client_whatever_the_names(store):
    for k in range(20):
        assert isinstance(reserve(store, name=f"name {k}", moment=NOON + timedelta(seconds=k)), Reserved)

    refused = reserve(store, name="another", moment=NOON + timedelta(minutes=1))

    assert refused == Throttled(20, NOON + timedelta(minutes=15))
    assert isinstance(reserve(store, name="another", client="192.0.2.2", moment=NOON), Reserved)


def test_who_is_refused_is_not_counted_so_the_wait_does_not_grow(store):
    for _ in range(5):
        reserve(store)
    for _ in range(50):
        assert isinstance(reserve(store, moment=NOON + timedelta(minutes=14)), Throttled)

    assert isinstance(reserve(store, moment=NOON + timedelta(minutes=15)), Reserved)


def test_a_success_clears_the_name_and_not_the_client(store):
    for k in range(15):
        reserve(store, name=f"other {k}")
    for _ in range(4):
        reserve(store)
    found = reserve(store)
    assert isinstance(found, Reserved)

    store.succeed(found)

    assert reserve(store) == Reserved(found.name_hash, left=4)  # 16 of the client, 1 of the name


def test_neither_names_nor_addresses_are_stored_and_all_is_dropped_after_a_day(store):
    reserve(store, name="my-password-by-mistake", client="192.0.2.77")
    with store.database.reading() as connection:
        row = connection.execute(select(LOGIN_FAILURE)).one()
    assert "192.0.2.77" not in str(row)
    assert "mistake" not in str(row)

    reserve(store, moment=NOON + timedelta(days=1, seconds=1))

    with store.database.reading() as connection:
        assert len(connection.execute(select(LOGIN_FAILURE)).all()) == 1


def test_logins_tried_at_once_are_counted_one_by_one(store):
    results = []
    threads = [threading.Thread(target=lambda: results.append(reserve(store))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(type(result).__name__ for result in results) == ["Reserved"] * 5 + ["Throttled"] * 7
