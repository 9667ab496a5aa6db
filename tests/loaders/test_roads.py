from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from stations.errors import FileError
from stations.geo.crs import local_crs
from stations.loaders.roads import read_roads
from stations.model.keys import TravelMode
from stations.model.region import ModeProfile
from stations.texts import say

PROFILES = {mode: ModeProfile(mode, 15.0) for mode in TravelMode}
ROAD = (
    '<?xml version="1.0"?><osm version="0.6"><node id="1" lon="116.8" lat="35.5"/>'
    '<node id="2" lon="116.81" lat="35.5"/>'
    '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way></osm>'
)


@pytest.fixture
def road(tmp_path):
    path = tmp_path / "road.osm"
    path.write_text(ROAD, encoding="utf-8")
    return path


def refusal(path, **options):
    with pytest.raises(FileError) as refused:
        read_roads(path, profiles=PROFILES, **options)
    for lang in ("zh", "en"):
        assert path.name in say(lang, refused.value.key, **refused.value.values)
    return refused.value


def test_the_projection_is_centred_on_the_region_or_else_on_the_roads(road):
    of_region = read_roads(road, profiles=PROFILES, bounds=(116.7, 35.4, 116.9, 35.8))
    of_roads = read_roads(road, profiles=PROFILES)

    assert of_region.network.crs == local_crs(116.8, 35.6)
    assert of_roads.network.crs == local_crs(116.805, 35.5)


def test_the_report_can_be_written_as_json(road):
    report = asdict(read_roads(road, profiles=PROFILES).report)

    assert json.loads(json.dumps(report))["bounds"] == [116.8, 35.5, 116.81, 35.5]
    assert (report["nodes_before"], report["nodes_after"], report["streets"]) == (2, 2, 1)


def test_roads_of_another_place_are_refused_with_both_extents(road):
    refused = refusal(road, bounds=(35.4, 116.7, 35.8, 116.9))

    assert refused.key == "roads.outside"
    assert refused.values["roads"] == "116.8000..116.8100 E, 35.5000..35.5000 N"
    assert refused.values["region"] == "35.4000..35.8000 E, 116.7000..116.9000 N"


@pytest.mark.parametrize("name", ["none.osm.pbf", "none.graphml", "none.shp"])
def test_a_missing_file(tmp_path, name):
    assert refusal(tmp_path / name).key == "roads.missing"


@pytest.mark.parametrize("name", ["empty.osm.pbf", "empty.osm", "empty.graphml", "empty.shp", "empty.geojson"])
def test_an_empty_file(tmp_path, name):
    (tmp_path / name).touch()

    assert refusal(tmp_path / name).key == "roads.empty"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("text.osm.pbf", "roads.not_osm"),
        ("text.osm", "roads.not_osm"),
        ("text.osm.gz", "roads.not_osm"),
        ("text.graphml", "roads.not_graphml"),
        ("text.shp", "roads.not_lines"),
        ("text.gpkg", "roads.not_lines"),
        ("text.geojson", "roads.not_lines"),
        ("text.gdb", "roads.not_folder"),
        ("text.docx", "roads.ending"),
    ],
)
def test_a_text_that_bears_the_name_of_a_road_file(tmp_path, name, key):
    (tmp_path / name).write_text("these are not the roads you are looking for", encoding="utf-8")

    assert refusal(tmp_path / name).key == key


def test_a_folder_that_bears_the_name_of_a_road_file(tmp_path):
    (tmp_path / "folder.osm.pbf").mkdir()

    assert refusal(tmp_path / "folder.osm.pbf").key == "roads.folder"


@pytest.mark.parametrize(
    "text", [ROAD[:-20], '<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "b">]><osm version="0.6"/>']
)
def test_an_osm_file_that_is_cut_short_or_declares_entities(tmp_path, text):
    path = tmp_path / "cut.osm"
    path.write_text(text, encoding="utf-8")

    assert refusal(path).key == "roads.not_osm"


@pytest.mark.parametrize("tags", ["", '<tag k="highway" v="proposed"/>'])
def test_a_file_without_a_road(tmp_path, tags):
    path = tmp_path / "none.osm"
    path.write_text(ROAD.replace('<tag k="highway" v="residential"/>', tags), encoding="utf-8")

    assert refusal(path).key == "roads.none"


@pytest.mark.real
@pytest.mark.parametrize("kept", [300, 100_000, 600_000])
def test_a_truncated_extract(real_data, tmp_path, kept):
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes((real_data / "helsinki.osm.pbf").read_bytes()[:kept])

    assert refusal(path).key == "roads.not_osm"
