from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import FileError
from stations.loaders.region import read_profile, write_profile
from stations.model.keys import TravelMode
from stations.model.region import ModeProfile, RegionProfile
from stations.texts import LANGUAGES, say

LEAST = """\
region_id = "yanzhou"
time_zone = "Asia/Shanghai"
bounds = [116.5, 35.3, 117.0, 35.8]
[names]
zh = "兖州区"
en = "Yanzhou"
[modes.walk]
speed_kmh = 4.5
"""

FULL = """\
region_id = "yanzhou"
sample = true
time_zone = "Asia/Shanghai"
bounds = [116, 35, 117.0, 36]
snap_limit_m = 300
holiday_calendar = "cn"
country = "CN"
makeup_weekday = "We"
roads_file = "roads.gpkg"
[demand_counts]
zh = "常住人口"
en = "residents"
[names]
zh = "兖州区"
en = "Yanzhou"
[dates]
roads = 2026-01-31
stations = "2026"
[sources.roads]
zh = "示例"
en = "sample"
[sources."demand.csv"]
en = "census"
[modes.walk]
speed_kmh = 4.5
measured = " 2026-11-20, 34 trips "
[modes.car]
speed_kmh = 30
parking_s = 120
limit_min = 20
traffic_factor = 0.8
[modes.car.class_speeds_kmh]
primary = 50
[road_columns]
class = "fclass"
[print]
review_number = "鲁S(2026)001号"
issuer = "兖州区"
valid_until = 2027-05-01
"""


def read(folder, text):
    (folder / "region.toml").write_text(text, "utf-8")
    return read_profile(folder)


def test_every_key_is_read(tmp_path):
    assert read(tmp_path, FULL) == RegionProfile(
        region_id="yanzhou",
        folder=tmp_path,
        names={"zh": "兖州区", "en": "Yanzhou"},
        time_zone="Asia/Shanghai",
        bounds=(116.0, 35.0, 117.0, 36.0),
        modes={
            TravelMode.WALK: ModeProfile(TravelMode.WALK, 4.5, measured="2026-11-20, 34 trips"),
            TravelMode.CAR: ModeProfile(TravelMode.CAR, 30.0, 120, 0.8, {"primary": 50.0}, 20),
        },
        sample=True,
        snap_limit_m=300.0,
        holiday_calendar="cn",
        country="CN",
        makeup_weekday=2,
        roads_file="roads.gpkg",
        road_columns={"class": "fclass"},
        dates={"roads": "2026-01-31", "stations": "2026"},
        sources={"roads": {"zh": "示例", "en": "sample"}, "demand.csv": {"en": "census"}},
        demand_counts={"zh": "常住人口", "en": "residents"},
        prints={"review_number": "鲁S(2026)001号", "issuer": "兖州区", "valid_until": "2027-05-01"},
    )


def test_what_is_left_out_takes_the_defaults(tmp_path):
    assert read(tmp_path, LEAST) == RegionProfile(
        region_id="yanzhou",
        folder=tmp_path,
        names={"zh": "兖州区", "en": "Yanzhou"},
        time_zone="Asia/Shanghai",
        bounds=(116.5, 35.3, 117.0, 35.8),
        modes={TravelMode.WALK: ModeProfile(TravelMode.WALK, 4.5)},
    )


@pytest.mark.parametrize(
    ("old", "new", "key", "name", "value"),
    [
        ('region_id = "yanzhou"\n', "", "key_missing", "region_id", None),
        ('"yanzhou"', "7", "key_not_text", "region_id", 7),
        ('"yanzhou"', '"../up"', "region_id", "region_id", "../up"),
        ('"yanzhou"', '"Yanzhou"', "region_id", "region_id", "Yanzhou"),
        ('"yanzhou"', '""', "region_id", "region_id", ""),
        ('"yanzhou"', f'"{"y" * 41}"', "region_id", "region_id", "y" * 41),
        ("sample = true", 'sample = "true"', "key_not_flag", "sample", "true"),
        ("sample = true", "samples = true", "key_unknown", "samples", True),
        ('"Asia/Shanghai"', '"Asia/Yanzhou"', "time_zone", "time_zone", "Asia/Yanzhou"),
        ('"Asia/Shanghai"', '"Asia"', "time_zone", "time_zone", "Asia"),
        ('"Asia/Shanghai"', '"/etc/passwd"', "time_zone", "time_zone", "/etc/passwd"),
        ('"Asia/Shanghai"', '""', "time_zone", "time_zone", ""),
        ("[116, 35, 117.0, 36]", "[116, 35, 117.0]", "bounds", "bounds", [116, 35, 117.0]),
        ("[116, 35, 117.0, 36]", "[117.0, 35, 116, 36]", "bounds", "bounds", [117.0, 35, 116, 36]),
        ("[116, 35, 117.0, 36]", "[35, 116, 36, 117]", "bounds", "bounds", [35, 116, 36, 117]),
        ("[116, 35, 117.0, 36]", '[116, 35, 117.0, "36"]', "bounds", "bounds", [116, 35, 117.0, "36"]),
        ("[116, 35, 117.0, 36]", "[116, 35, 117.0, inf]", "bounds", "bounds", [116, 35, 117.0, float("inf")]),
        ("[116, 35, 117.0, 36]", '"all"', "bounds", "bounds", "all"),
        ("snap_limit_m = 300", "snap_limit_m = 0", "key_not_positive", "snap_limit_m", 0),
        ("snap_limit_m = 300", "snap_limit_m = true", "key_not_number", "snap_limit_m", True),
        ("snap_limit_m = 300", "snap_limit_m = inf", "key_not_number", "snap_limit_m", float("inf")),
        ('makeup_weekday = "We"', 'makeup_weekday = "Wed"', "weekday", "makeup_weekday", "Wed"),
        ('en = "Yanzhou"\n', "", "key_missing", "names.en", None),
        ('zh = "兖州区"', "zh = 1", "key_not_text", "names.zh", 1),
        ("[modes.car]", "[modes.bike]", "key_unknown", "modes.bike", None),
        ("speed_kmh = 4.5", "speed_kmh = 0", "key_not_positive", "modes.walk.speed_kmh", 0),
        ("speed_kmh = 4.5", "speed_kmh = -1", "key_not_positive", "modes.walk.speed_kmh", -1),
        ("speed_kmh = 4.5", 'speed_kmh = "fast"', "key_not_number", "modes.walk.speed_kmh", "fast"),
        ("speed_kmh = 4.5", "", "key_missing", "modes.walk.speed_kmh", None),
        ("speed_kmh = 4.5", "speed_kmh = 4.5\nspeed = 5", "key_unknown", "modes.walk.speed", 5),
        ("parking_s = 120", "parking_s = -1", "key_not_whole", "modes.car.parking_s", -1),
        ("parking_s = 120", "parking_s = 1.5", "key_not_whole", "modes.car.parking_s", 1.5),
        ('measured = " 2026-11-20, 34 trips "', "measured = 34", "key_not_text", "modes.walk.measured", 34),
        ("limit_min = 20", "limit_min = 0", "key_not_whole", "modes.car.limit_min", 0),
        ("traffic_factor = 0.8", "traffic_factor = 0", "key_not_positive", "modes.car.traffic_factor", 0),
        ("primary = 50", "primary = 0", "key_not_positive", "modes.car.class_speeds_kmh.primary", 0),
        ('class = "fclass"', "class = []", "key_not_text", "road_columns.class", []),
        ("valid_until = 2027-05-01", 'valid_until = "May"', "key_not_day", "print.valid_until", "May"),
        ('issuer = "兖州区"', "editor = 1", "key_unknown", "print.editor", 1),
        ("[demand_counts]\n", "[[demand_counts]]\n", "key_not_table", "demand_counts", None),
    ],
)
def test_a_bad_key_is_told_by_file_key_and_value(tmp_path, old, new, key, name, value):
    assert old in FULL
    with pytest.raises(FileError) as refused:
        read(tmp_path, FULL.replace(old, new, 1))

    assert (refused.value.key, refused.value.values["name"]) == (f"file.{key}", name)
    if value is not None:
        assert refused.value.values["value"] == value
    for lang in LANGUAGES:
        sentence = say(lang, refused.value.key, **refused.value.values)
        assert "region.toml" in sentence
        assert name in sentence


def test_a_region_without_modes_is_refused(tmp_path):
    with pytest.raises(FileError) as refused:
        read(tmp_path, LEAST.split("[modes.walk]")[0])

    assert (refused.value.key, refused.value.values["name"]) == ("file.key_missing", "modes")


@pytest.mark.parametrize(("text", "key"), [("region_id = ", "not_toml"), (" ", "empty"), ("a\0b", "not_text")])
def test_a_file_that_is_no_toml_is_refused(tmp_path, text, key):
    with pytest.raises(FileError) as refused:
        read(tmp_path, text)

    assert refused.value.key == f"file.{key}"


def test_a_folder_that_is_no_region_is_refused(tmp_path):
    with pytest.raises(FileError) as refused:
        read_profile(tmp_path / "none")

    assert (refused.value.key, refused.value.values) == ("file.missing", {"file": "region.toml"})


@pytest.mark.parametrize("text", [LEAST, FULL])
def test_what_is_written_is_read_back_the_same(tmp_path, text):
    profile = read(tmp_path, text)
    (tmp_path / "other").mkdir()

    write_profile(tmp_path / "other", profile)

    assert read_profile(tmp_path / "other") == replace(profile, folder=tmp_path / "other")


words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))


@given(name=words, file=words, source=words, column=words, speed=st.floats(1e-9, 1e9))
def test_any_words_are_escaped_right(tmp_path_factory, name, file, source, column, speed):
    folder = tmp_path_factory.mktemp("region")
    profile = RegionProfile(
        region_id="r",
        folder=folder,
        names={"zh": name, "en": name},
        time_zone="Europe/Helsinki",
        bounds=(24.9, 60.1, 25.0, 60.2),
        modes={TravelMode.CAR: ModeProfile(TravelMode.CAR, speed, class_speeds_kmh={column: speed})},
        road_columns={column: name},
        sources={file: {"zh": source}},
    )

    write_profile(folder, profile)

    assert read_profile(folder) == profile


def test_a_folder_that_is_not_there_is_told(tmp_path):
    profile = read(tmp_path, LEAST)

    with pytest.raises(FileError) as refused:
        write_profile(Path(tmp_path / "none"), profile)

    assert refused.value.key == "file.unwritable"
