from __future__ import annotations

from stations.store.mappings import MappingStore


def test_a_mapping_is_remembered_by_its_source(database):
    store = MappingStore(database, "yanzhou")

    store.remember("区总工会", {"站长电话": "phone", "备注": ""})

    assert store.recall("区总工会") == {"站长电话": "phone", "备注": ""}
    assert store.recall("another") == {}


def test_what_is_said_last_holds(database):
    store = MappingStore(database, "yanzhou")
    store.remember("a", {"x": "phone", "y": "name"})

    store.remember("a", {"x": "address"})

    assert store.recall("a") == {"x": "address"}


def test_regions_do_not_see_each_other(database):
    MappingStore(database, "here").remember("a", {"x": "phone"})

    assert MappingStore(database, "there").recall("a") == {}
    assert MappingStore(database, "there").sources() == ()
    assert MappingStore(database, "here").sources() == ("a",)
