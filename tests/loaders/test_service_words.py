from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stations.loaders
from stations.loaders.service_words import read_services, service_of
from stations.loaders.station_words import closure_of, entry_of, is_unknown, kind_in_name, kind_of, yes_or_no
from stations.model.keys import ClosureReason, EntryMethod, ServiceKey, StationKind
from stations.texts import words

FOLDER = Path(stations.loaders.__file__).parent
WATER, REST, HEATING, CHARGING = (ServiceKey(key) for key in ("water", "rest", "meal_heating", "charging"))


@pytest.mark.parametrize(
    ("text", "services"),
    [
        (
            "免费饮水、休憩、热饭、充电、如厕",
            {WATER: None, REST: None, HEATING: None, CHARGING: None, ServiceKey.TOILET: None},
        ),
        ("座位12个", {REST: 12}),
        ("12个座位", {REST: 12}),
        ("座位（12）", {REST: 12}),
        ("座位：１２", {REST: 12}),
        ("座位×12", {REST: 12}),
        ("座位十二个", {REST: 12}),
        ("两张床", {ServiceKey.BED: 2}),
        ("微波炉2台", {HEATING: 2}),
        ("热饭、微波炉2台", {HEATING: 2}),
        ("WiFi", {ServiceKey.WIFI: None}),
        ("Wi-Fi/AED", {ServiceKey.WIFI: None, ServiceKey.AED: None}),
        ("rest:12;water", {REST: 12, WATER: None}),
        ("饮水休憩充电", {WATER: None, REST: None, CHARGING: None}),
        ("饮水 休憩", {WATER: None, REST: None}),
        ("饮水和充电", {WATER: None, CHARGING: None}),
        ("1.饮水 2.休憩", {WATER: None, REST: None}),
        ("1、饮水；2、休憩", {WATER: None, REST: None}),
        ("①饮水②休憩", {WATER: None, REST: None}),
        ("提供免费热水等服务", {WATER: None}),
        ("饮水（免费）", {WATER: None}),
        ("电动车充电桩4个、手机充电口8个", {ServiceKey.EBIKE_CHARGING: 4, CHARGING: 8}),
        ("无线网", {ServiceKey.WIFI: None}),
        ("Drinking Water, Toilets", {WATER: None, ServiceKey.TOILET: None}),
        ("无", {}),
        ("", {}),
    ],
)
def test_services_in_words(text, services):
    reading = read_services(text)

    assert dict(reading.services) == services
    assert (reading.unknown, reading.notes, reading.twice, reading.bad_counts) == ((), (), (), ())


@pytest.mark.parametrize(
    ("text", "services", "unknown", "notes"),
    [
        ("饮水、桑拿", {WATER: None}, ("桑拿",), ("桑拿",)),
        ("充电（维修中）", {}, ("充电（维修中）",), ("充电（维修中）",)),  # not there now, so not promised
        ("无微波炉", {}, (), ("无微波炉",)),
        ("不提供淋浴", {}, (), ("不提供淋浴",)),
        ("沙发2张", {REST: None}, (), ("沙发2张",)),  # sofas are not seats
        ("饮水机1台", {WATER: None}, (), ("饮水机1台",)),
        ("休息区桑拿房", {}, ("休息区桑拿房",), ("休息区桑拿房",)),
    ],
)
def test_what_is_not_understood_is_kept_in_its_words(text, services, unknown, notes):
    reading = read_services(text)

    assert (dict(reading.services), reading.unknown, reading.notes) == (services, unknown, notes)


@given(st.text(max_size=80) | st.text("饮水休憩充电座位无免费0123456789个台、,;:()（）\n ", max_size=60))
def test_nothing_is_dropped(text):
    reading = read_services(text)

    kept = reading.services or reading.notes or reading.twice or reading.bad_counts
    assert (
        kept
        or not any(sign.isalpha() for sign in text)
        or is_unknown(text)
        or text.strip() in {"无", "没有", "na", "NA"}
    )


@pytest.mark.parametrize("word", ["休息座位", "充电", "免费", "有"])
def test_a_long_text_of_known_words_takes_no_time(word):
    assert read_services(word * 2000 + "x").unknown


def test_a_service_is_counted_once():
    assert read_services("座位2个、座位3个").twice == ("座位3个",)
    assert read_services("rest:many").bad_counts == ("rest:many",)


@pytest.mark.parametrize("service", ServiceKey)
def test_the_words_that_the_pages_show_are_known(service):
    assert service_of(words("zh")[f"service.{service}"]) is service


@pytest.mark.parametrize(
    "file", ["service_words.toml", "station_words.toml", "station_columns.toml", "demand_columns.toml"]
)
def test_no_word_means_two_things(file):
    content = tomllib.loads((FOLDER / file).read_text("utf-8"))
    tables = {"": content} if file.endswith("columns.toml") else content
    if file == "service_words.toml":
        both = {key: content["words"].get(key, []) + content["counted"].get(key, []) for key in ServiceKey}
        tables = {"words": both}
    for table in tables.values():
        if not isinstance(table, dict):
            continue
        listed = Counter(word.casefold().replace(" ", "") for key in table for word in set(table[key]))
        assert [word for word, count in listed.items() if count > 1] == []


@pytest.mark.parametrize("kind", StationKind)
def test_the_kinds_that_the_pages_show_are_known(kind):
    assert kind_of(words("zh")[f"kind.{kind}"]) is kind
    assert kind_of(kind.upper()) is kind


@pytest.mark.parametrize("entry", EntryMethod)
def test_the_ways_in_that_the_pages_show_are_known(entry):
    assert entry_of(words("zh")[f"entry.{entry}"]) is entry


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("示例站 001 · 快递网点", StationKind.COURIER_OUTLET),
        ("卡车司机之家", StationKind.DRIVER_HOME),
        ("党群服务中心兖新苑", None),
        ("文化路一号", None),
    ],
)
def test_a_name_may_tell_the_kind(name, kind):
    assert kind_in_name(name) is kind


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("是", True),
        ("有", True),
        ("√", True),
        ("Yes", True),
        ("否", False),
        ("无", False),
        ("×", False),
        ("也许", None),
    ],
)
def test_yes_and_no(word, answer):
    assert yes_or_no(word) is answer


def test_closures():
    assert closure_of("正常") is None
    assert closure_of("已关闭") is ClosureReason.CLOSED_FOR_GOOD
    assert [closure_of(reason) for reason in ClosureReason] == list(ClosureReason)
    with pytest.raises(LookupError):
        closure_of("筹备")
