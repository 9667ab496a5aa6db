"""Accounts, their passwords, and who may try to log in how often."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from stations.errors import InputError, NotAllowedError, UnknownThingError
from stations.model.keys import Role
from stations.services import accounts
from stations.services.accounts import (
    COMMONEST,
    add_account,
    check_login,
    find_session_account,
    list_accounts,
    remove_account,
    set_password,
    set_role,
)
from stations.services.office import Office
from stations.settings import read_settings
from stations.texts import LANGUAGES, say

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GOOD = "correct horse 驿站"
CHEAP = "scrypt:256:8:1"


@pytest.fixture(scope="module", autouse=True)
def cheap_hashes():
    """Hash so cheaply that tests are fast; one test is about the real cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "METHOD", CHEAP)
        patch.setattr(accounts, "_NOBODY", accounts._NOBODY.replace("32768:8:3", "256:8:1"))
        yield


@pytest.fixture
def office(town, tmp_path):
    opened = Office(read_settings({"STATIONS_INSTANCE": str(tmp_path)}, region=town.settings.region))
    yield opened
    opened.close()


def log_in(office, name="张伟", password=GOOD, *, client="192.0.2.1", moment=NOON):
    return check_login(office, name, password, client=client, moment=moment)


def refusal(office, **given):
    with pytest.raises(NotAllowedError) as refused:
        log_in(office, **given)
    for lang in LANGUAGES:
        assert say(lang, refused.value.key, **refused.value.values)
    return refused.value.key, refused.value.values


def test_who_has_the_password_gets_in(office):
    made = add_account(office, "张伟", Role.STEWARD, GOOD)

    assert log_in(office) == made
    assert (made.name, made.role) == ("张伟", Role.STEWARD)
    assert list_accounts(office) == (made,)


def test_there_is_no_default_account(office):
    assert list_accounts(office) == ()
    assert refusal(office, name="admin", password="admin")[0] == "account.wrong_login"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("张伟", GOOD + " "),
        ("张伟", GOOD.upper()),
        ("张伟", ""),
        ("张", GOOD),
        ("", GOOD),
        ("张伟\0", GOOD),
        ("张伟", "\ud800" + GOOD),
        ("\ud800", GOOD),
        ("x" * 5000, GOOD),
    ],
)
def test_who_has_not_is_told_the_same_whatever_is_wrong(office, name, password):
    add_account(office, "张伟", Role.STEWARD, GOOD)

    assert refusal(office, name=name, password=password) == ("account.wrong_login", {"left": 4})


def test_a_password_may_be_typed_in_full_width(office):
    add_account(office, "Zhang", Role.VIEWER, "ＡＢＤ１２３４５６８")

    assert log_in(office, "ｚｈａｎｇ", "ABD1234568").name == "Zhang"


def test_an_unknown_name_costs_a_check_of_a_password_too(office, monkeypatch):
    add_account(office, "张伟", Role.STEWARD, GOOD)
    checked = []
    real = accounts.check_password_hash
    monkeypatch.setattr(accounts, "check_password_hash", lambda kept, given: checked.append(kept) or real(kept, given))

    for name in ("张伟", "nobody", "x" * 5000):
        refusal(office, name=name, password="wrong")
    refusal(office, name="nobody", password="x" * 100_000)

    assert len(checked) == 4
    assert {kept.split("$")[0] for kept in checked} == {CHEAP}


def test_the_hash_is_memory_hard_and_salted(office):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "METHOD", "scrypt:32768:8:3")
        kept = [accounts._hash(GOOD) for _ in range(2)]

    # 128 * N * r bytes: 32 MB; a salt of 16 letters and digits
    assert all(re.fullmatch(r"scrypt:32768:8:3\$[A-Za-z0-9]{16}\$[0-9a-f]{128}", one) for one in kept)
    assert kept[0] != kept[1]


@pytest.mark.parametrize(
    ("password", "key"),
    [
        ("123456789", "account.password_short"),
        ("", "account.password_short"),
        ("x" * 201, "account.password_long"),
        ("zhang wei 1", "account.password_is_name"),
        ("ZHANG WEI 1", "account.password_is_name"),
        ("1234567890", "account.password_common"),
        ("１２３４５６７８９０", "account.password_common"),
        ("QwertyUiop", "account.password_common"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(office, password, key):
    with pytest.raises(InputError, match=re.escape(key)):
        add_account(office, "Zhang Wei 1", Role.VIEWER, password)
    add_account(office, "Zhang Wei 1", Role.VIEWER, GOOD)
    with pytest.raises(InputError, match=re.escape(key)):
        set_password(office, "zhang wei 1", password)
    assert log_in(office, "Zhang Wei 1", GOOD)


def test_every_one_of_the_commonest_is_long_enough_to_be_refused_for_that():
    assert [word for word in COMMONEST if len(word) < 10 or word != word.casefold()] == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\nb", "a\0b", "\u200b"])
def test_a_name_must_be_one_that_can_be_shown(office, name):
    with pytest.raises(InputError, match=r"account\.name\("):
        add_account(office, name, Role.VIEWER, GOOD)


def test_a_session_ends_when_the_password_or_the_role_changes_or_the_account_goes(office):
    add_account(office, "root", Role.ADMIN, GOOD)
    first = add_account(office, "张伟", Role.STEWARD, GOOD)
    assert find_session_account(office, "张伟", first.epoch) == first

    second = set_password(office, "张伟", "another password")
    third = set_role(office, "张伟", Role.VIEWER)
    assert first.epoch < second.epoch < third.epoch
    assert [find_session_account(office, "张伟", one.epoch) for one in (first, second, third)] == [None, None, third]

    remove_account(office, "张伟")
    assert find_session_account(office, "张伟", third.epoch) is None
    assert find_session_account(office, "x\0", 1) is None
    with pytest.raises(UnknownThingError):
        remove_account(office, "张伟")


def test_after_five_failures_no_password_is_tried_not_even_the_right_one(office):
    add_account(office, "张伟", Role.STEWARD, GOOD)
    left = [refusal(office, password="wrong", client=f"192.0.2.{k}")[1]["left"] for k in range(5)]

    assert left == [4, 3, 2, 1, 0]
    assert refusal(office) == ("account.throttled", {"failures": 5, "minutes": 15})
    late = NOON + timedelta(minutes=13, seconds=30)
    assert refusal(office, moment=late) == ("account.throttled", {"failures": 5, "minutes": 2})
    assert log_in(office, moment=NOON + timedelta(minutes=15))


def test_a_success_clears_the_count_of_the_name(office):
    add_account(office, "张伟", Role.STEWARD, GOOD)
    for _ in range(4):
        refusal(office, password="wrong")

    log_in(office)

    assert refusal(office, password="wrong") == ("account.wrong_login", {"left": 4})


@pytest.mark.parametrize(
    "clients",
    [
        ["192.0.2.1"] * 21,
        ["::ffff:192.0.2.1"] * 20 + ["192.0.2.1"],
        [f"2001:db8:0:1::{k:x}" for k in range(1, 22)],  # one network of one machine
    ],
)
def test_twenty_failures_of_a_client(office, clients):
    for number, client in enumerate(clients[:20]):
        assert refusal(office, name=f"n{number}", client=client)[0] == "account.wrong_login"

    assert refusal(office, name="new", client=clients[20]) == ("account.throttled", {"failures": 20, "minutes": 15})
    assert refusal(office, name="new", client="2001:db8:0:2::1")[0] == "account.wrong_login"
    assert refusal(office, name="new", client="not an address")[0] == "account.wrong_login"
