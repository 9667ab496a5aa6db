from __future__ import annotations

import json

import pytest
from shapely.geometry import MultiPolygon, Polygon, box, mapping

from stations.errors import FileError
from stations.loaders.boundary import read_boundary

OUTLINE = box(116.6, 35.4, 117.0, 35.7)
GEOMETRY = mapping(OUTLINE)


def read(folder, content):
    path = folder / "boundary.geojson"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return read_boundary(path)


def feature(geometry):
    return {"type": "Feature", "properties": {"name": "兖州区"}, "geometry": geometry}


def test_no_file_is_no_outline(tmp_path):
    assert read_boundary(tmp_path / "boundary.geojson") is None


@pytest.mark.parametrize(
    "content",
    [
        GEOMETRY,
        feature(GEOMETRY),
        {"type": "FeatureCollection", "features": [feature(GEOMETRY)]},
        {
            "type": "FeatureCollection",
            "features": [feature(None), feature(GEOMETRY), feature({"type": "Point", "coordinates": [1, 2]})],
        },
        {"type": "GeometryCollection", "geometries": [GEOMETRY]},
        {**feature(GEOMETRY), "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}},
    ],
)
def test_an_outline_is_read_however_it_is_wrapped(tmp_path, content):
    outline = read(tmp_path, content)

    assert isinstance(outline, Polygon)
    assert outline.equals(OUTLINE)


def test_polygons_are_joined_and_holes_kept(tmp_path):
    with_hole = Polygon(OUTLINE.exterior, [box(116.7, 35.5, 116.8, 35.6).exterior])
    parts = [with_hole, box(117.0, 35.4, 117.2, 35.7), box(118, 35, 119, 36)]

    outline = read(tmp_path, {"type": "FeatureCollection", "features": [feature(mapping(part)) for part in parts]})

    assert isinstance(outline, MultiPolygon)
    # 0.4 x 0.3 less 0.1 x 0.1, then 0.2 x 0.3, then 1 x 1 square degrees
    assert outline.area == pytest.approx(0.11 + 0.06 + 1.0)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("{", "not_json"),
        ("", "empty"),
        ("[]", "not_geojson"),
        ({"type": "Polygon", "coordinates": "here"}, "not_geojson"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, "x"], [4, 5], [1, 2]]]}, "not_geojson"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}, "not_geojson"),
        ({"type": "Polygon"}, "not_geojson"),
        ({"type": "Point", "coordinates": [116, 35]}, "no_polygon"),
        ({"type": "FeatureCollection", "features": []}, "no_polygon"),
        ({"type": "Polygon", "coordinates": []}, "no_polygon"),
        (mapping(box(39500000, 3900000, 39510000, 3910000)), "not_degrees"),
        ({**GEOMETRY, "crs": {"type": "name", "properties": {"name": "EPSG:3857"}}}, "not_degrees"),
    ],
)
def test_what_is_no_outline_is_refused(tmp_path, content, key):
    with pytest.raises(FileError) as refused:
        read(tmp_path, content)

    assert refused.value.key == f"file.{key}"


@pytest.mark.real
def test_the_outline_of_yanzhou(real_data):
    outline = read_boundary(real_data / "yanzhou_boundary.geojson")

    assert outline.contains(OUTLINE.centroid)
    # 650 km2 at 111.0 by 90.6 km per degree
    assert outline.area * 111.0 * 90.6 == pytest.approx(650, rel=0.02)
