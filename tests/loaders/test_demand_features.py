"""Points and cells of files with geometry, as demand."""

from __future__ import annotations

import json

import geopandas
import pytest
import shapely

from stations.errors import FileError, RefusedListError
from stations.loaders.demand import read_demand

PLACES = [(116.80, 35.50), (116.81, 35.51)]
WHERE = geopandas.GeoSeries([shapely.Point(place) for place in PLACES], crs="EPSG:4326")


def frame(*, geometry=WHERE, **columns):
    return geopandas.GeoDataFrame({"name": ["面馆", "面馆"], "orders": [7, 8], **columns}, geometry=geometry)


@pytest.mark.parametrize(
    ("ending", "crs"),
    [(".geojson", "EPSG:4326"), (".gpkg", "EPSG:4326"), (".gpkg", "EPSG:4527"), (".shp", "EPSG:32650")],
)
def test_points_of_any_format_and_coordinate_system_lie_at_their_place(tmp_path, ending, crs):
    path = tmp_path / f"shops{ending}"
    frame().to_crs(crs).to_file(path)
    points = read_demand(path)

    assert [(point.demand_id, point.name, point.weight) for point in points] == [("1", "面馆", 7), ("2", "面馆", 8)]
    assert [(point.lon, point.lat) for point in points] == [pytest.approx(place, abs=1e-6) for place in PLACES]


def test_a_cell_counts_at_a_point_inside(tmp_path):
    square = shapely.box(116.80, 35.50, 116.82, 35.52)
    ring = square.difference(shapely.box(116.801, 35.501, 116.819, 35.519))  # its middle lies in the hole
    frame(geometry=geopandas.GeoSeries([square, ring], crs="EPSG:4326")).to_file(tmp_path / "cells.gpkg")
    first, second = read_demand(tmp_path / "cells.gpkg")

    assert (first.lon, first.lat) == pytest.approx((116.81, 35.51))
    assert ring.contains(shapely.Point(second.lon, second.lat))


def test_the_column_of_weights_can_be_named(tmp_path):
    frame(单量=[1, 2], extra=[30, 40]).to_file(tmp_path / "shops.gpkg")

    assert [point.weight for point in read_demand(tmp_path / "shops.gpkg", weight="extra")] == [30, 40]
    with pytest.raises(FileError) as refused:
        read_demand(tmp_path / "shops.gpkg", weight="people")
    assert (refused.value.key, refused.value.values["column"]) == ("demand.no_column", "people")


def problems(path):
    with pytest.raises(RefusedListError) as refused:
        read_demand(path)
    return [(problem.key, problem.row, problem.column, problem.value) for problem in refused.value.problems]


def test_weights_that_are_none_are_told_by_feature(tmp_path):
    places = geopandas.GeoSeries([shapely.Point(PLACES[0])] * 4, crs="EPSG:4326")
    rows = geopandas.GeoDataFrame({"orders": ["-1", "many", None, "3"]}, geometry=places)
    rows.to_file(tmp_path / "shops.geojson")

    assert problems(tmp_path / "shops.geojson") == [
        ("list.weight", 1, "orders", "-1"),
        ("list.weight", 2, "orders", "many"),
        ("list.empty", 3, "orders", ""),
    ]


def test_a_feature_without_a_place_is_told(tmp_path):
    line = shapely.LineString(PLACES)
    frame(geometry=geopandas.GeoSeries([None, line], crs="EPSG:4326")).to_file(tmp_path / "shops.gpkg")

    assert problems(tmp_path / "shops.gpkg") == [
        ("demand.geometry", 1, None, None),
        ("demand.geometry", 2, None, None),
    ]


def test_a_weight_without_end_is_told(tmp_path):
    frame(weight=[1.0, float("inf")]).to_file(tmp_path / "shops.gpkg")

    assert problems(tmp_path / "shops.gpkg") == [("list.weight", 2, "weight", "inf")]


def test_a_file_of_several_layers_is_refused_with_their_names(tmp_path):
    frame().to_file(tmp_path / "shops.gpkg", layer="north")
    frame().to_file(tmp_path / "shops.gpkg", layer="south")
    with pytest.raises(FileError) as refused:
        read_demand(tmp_path / "shops.gpkg")

    assert (refused.value.key, refused.value.values["layers"]) == ("demand.layers", "north, south")


def test_a_file_that_names_no_coordinate_system_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="crs"):
        frame(geometry=geopandas.GeoSeries(list(WHERE))).to_file(tmp_path / "shops.shp")
    with pytest.raises(FileError) as refused:
        read_demand(tmp_path / "shops.shp")

    assert refused.value.key == "demand.no_crs"


def test_a_file_without_weights_is_refused_with_its_columns(tmp_path):
    frame().rename(columns={"orders": "seats"}).to_file(tmp_path / "shops.gpkg")
    with pytest.raises(FileError) as refused:
        read_demand(tmp_path / "shops.gpkg")

    assert (refused.value.key, refused.value.values["columns"]) == ("demand.no_weight", "name, seats")


@pytest.mark.parametrize("content", ["", "{", json.dumps({"type": "FeatureCollection", "features": []}), "hello"])
@pytest.mark.parametrize("ending", [".geojson", ".gpkg"])
def test_what_holds_no_features_is_refused(tmp_path, content, ending):
    (tmp_path / f"shops{ending}").write_text(content, encoding="utf-8")
    with pytest.raises(FileError) as refused:
        read_demand(tmp_path / f"shops{ending}")

    assert refused.value.key in ("file.empty", "demand.not_features", "demand.no_weight", "file.no_rows")
