from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from stations.errors import InputError, UnknownThingError
from stations.store import drafts
from stations.store.drafts import DraftStore
from stations.store.office_tables import DRAFT


@pytest.fixture
def store(database):
    return DraftStore(database, "yanzhou")


def age(database, draft_id, hours):
    with database.writing() as connection:
        made_at = datetime.now(UTC) - timedelta(hours=hours)
        connection.execute(update(DRAFT).where(DRAFT.c.draft_id == draft_id).values(made_at=made_at))


def test_a_file_comes_back_as_it_was_brought(store):
    content = bytes(range(256)) * 10

    draft_id = store.put("张伟", "名单.xlsx", content, {"datum": "gcj02", "sheet": None})

    draft = store.get(draft_id)
    assert (draft.author, draft.file_name, draft.content) == ("张伟", "名单.xlsx", content)
    assert draft.options == {"datum": "gcj02", "sheet": None}
    assert timedelta() <= datetime.now(UTC) - draft.made_at < timedelta(minutes=1)


def test_nobody_can_guess_an_id(store):
    ids = {store.put("a", "f", b"x", {}) for _ in range(10)}

    assert len(ids) == 10
    assert min(map(len, ids)) >= 22  # 128 bits in base 64


def test_how_it_is_read_can_be_said_anew(store):
    draft_id = store.put("a", "f", b"x", {"datum": "gcj02"})

    store.change(draft_id, {"datum": "wgs84"})

    assert store.get(draft_id).options == {"datum": "wgs84"}


def test_what_is_removed_is_gone(store):
    draft_id = store.put("a", "f", b"x", {})

    store.remove(draft_id)
    store.remove(draft_id)

    with pytest.raises(UnknownThingError, match=r"draft\.unknown"):
        store.get(draft_id)
    with pytest.raises(UnknownThingError, match=r"draft\.unknown"):
        store.change(draft_id, {})


def test_the_drafts_that_wait_are_listed_newest_first_without_content(store):
    first, second = store.put("a", "1.csv", b"x" * 1000, {}), store.put("b", "2.csv", b"y", {"datum": "bd09"})
    old = store.put("c", "3.csv", b"z", {})
    age(store.database, first, 1)
    age(store.database, old, 25)

    assert [(d.draft_id, d.author, d.file_name, d.content) for d in store.listed()] == [
        (second, "b", "2.csv", b""),
        (first, "a", "1.csv", b""),
    ]


def test_after_a_day_a_draft_is_gone_and_the_next_one_drops_it(store):
    old, kept = store.put("a", "old", b"x", {}), store.put("a", "kept", b"x", {})
    age(store.database, old, 24.1)
    age(store.database, kept, 23.9)

    with pytest.raises(UnknownThingError):
        store.get(old)
    store.put("a", "new", b"x", {})

    with store.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(DRAFT)) == 2
    assert store.get(kept).file_name == "kept"


def test_regions_do_not_see_each_other(database, store):
    draft_id = store.put("a", "f", b"x", {})

    with pytest.raises(UnknownThingError):
        DraftStore(database, "other").get(draft_id)


def test_a_file_above_the_limit_is_refused_with_its_size(store, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_BYTES", 2 * 1024 * 1024)

    store.put("a", "just.xlsx", b"x" * 2 * 1024 * 1024, {})
    with pytest.raises(InputError) as refused:
        store.put("a", "big.xlsx", b"x" * (3 * 1024 * 1024), {})

    assert refused.value.key == "draft.too_large"
    assert refused.value.values == {"file": "big.xlsx", "most": 2, "size": "3.0"}


def test_so_many_wait_and_no_more(store):
    for _ in range(20):
        store.put("a", "f", b"x", {})

    with pytest.raises(InputError, match=r"draft\.too_many"):
        store.put("a", "f", b"x", {})
    assert DraftStore(store.database, "other").put("a", "f", b"x", {})
