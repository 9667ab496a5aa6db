"""Layers of demand of the town: brought, shown, and taken out again."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from stations.errors import FileError, InputError, RefusedListError, UnknownThingError
from stations.geo.datum import from_wgs84
from stations.loaders.region import read_profile
from stations.model.keys import Datum, TravelMode
from stations.model.queries import CoverageQuery
from stations.services.build import build_region
from stations.services.coverage import measure_coverage
from stations.services.demand_layers import NewDemand, import_demand, remove_demand
from stations.services.region import load_region
from stations.services.week import measure_week

SHOPS = {"layer": "shops", "unit": "家餐馆", "year": "2026", "source": "市监局名录"}


@pytest.fixture
def made(make_town, tmp_path):
    town = make_town(tmp_path)
    list(build_region(town.settings))
    return town


def bring(made, path, **told):
    *_, brought = import_demand(NewDemand(path, **told), made.settings)
    return brought


def shops(folder, made, *, at="AF", weights=(3, 4)):
    rows = [f"{made.places[name][0]},{made.places[name][1]},{weight}" for name, weight in zip(at, weights, strict=True)]
    (folder / "shops.csv").write_text("\n".join(["lon,lat,orders", *rows]), encoding="utf-8")
    return folder / "shops.csv"


def test_a_layer_stands_beside_the_residents(made, tmp_path):
    brought = bring(made, shops(tmp_path, made), **SHOPS)
    region = load_region(made.settings)

    assert (brought.count, brought.weight, brought.layer.name) == (2, 7, "shops")
    assert [layer.name for layer in region.layers] == ["demand", "shops"]
    layer = region.layer("shops")
    assert (layer.unit["zh"], layer.year, layer.source["zh"]) == ("家餐馆", "2026", "市监局名录")
    assert region.demand[0].weight == 100
    asked = CoverageQuery(TravelMode.WALK, minutes=6, layer="shops")
    assert measure_coverage(asked, region).whole.covered == 4  # F; A is 600 s from e
    (row,) = measure_week(asked, region, week=date(2026, 11, 16), rows=[None]).rows
    assert (row.shares[3], row.shares[12]) == (4 / 7, 4 / 7)  # F has e by night too


def test_points_without_a_township_get_that_of_the_nearest_community(made, tmp_path):
    brought = bring(made, shops(tmp_path, made), **SHOPS)
    points = load_region(made.settings).demand_of("shops")

    assert [(point.name, point.township) for point in points] == [("A村", "镇"), ("C村", "镇")]
    assert [note.key for note in brought.notes] == ["demand.township_by_nearest"]


def test_a_layer_is_replaced_and_keeps_what_is_not_said_again(made, tmp_path):
    bring(made, shops(tmp_path, made), **SHOPS)
    bring(made, shops(tmp_path, made, at="B", weights=(9,)), layer="shops", year="2027")
    region = load_region(made.settings)

    assert [point.weight for point in region.demand_of("shops")] == [9]
    assert (region.layer("shops").year, region.layer("shops").unit["en"]) == ("2027", "家餐馆")


def test_the_first_layer_tells_its_unit_year_and_source_too(made, tmp_path):
    bring(made, shops(tmp_path, made), unit="骑手", year="2025", source="平台")
    first = load_region(made.settings).layers[0]

    assert (first.name, first.unit["zh"], first.year, first.source["en"]) == ("demand", "骑手", "2025", "平台")


@pytest.mark.parametrize("lacking", ["unit", "year", "source"])
def test_a_new_layer_needs_unit_year_and_source(made, tmp_path, lacking):
    with pytest.raises(InputError) as refused:
        bring(made, shops(tmp_path, made), **{**SHOPS, lacking: ""})

    assert (refused.value.key, refused.value.field) == ("demand.lacks", f"--{lacking}")
    assert not read_profile(made.settings.region).layers


@pytest.mark.parametrize(
    ("told", "key"),
    [({"year": "last"}, "demand.year"), ({"layer": "a/b"}, "demand.layer_name"), ({"layer": "."}, "demand.layer_name")],
)
def test_names_and_years_that_cannot_be_are_told(made, tmp_path, told, key):
    with pytest.raises(InputError) as refused:
        bring(made, shops(tmp_path, made), **{**SHOPS, **told})

    assert refused.value.key == key


def test_a_wrong_row_changes_nothing(made, tmp_path):
    before = {path.name: path.read_bytes() for path in made.settings.region.iterdir()}
    for weights in ((3, -4), (3, ""), (3, "viele")):
        with pytest.raises(RefusedListError):
            bring(made, shops(tmp_path, made, weights=weights), **SHOPS)
    with pytest.raises(FileError, match="all_zero"):
        bring(made, shops(tmp_path, made, weights=(0, 0)), **SHOPS)
    with pytest.raises(FileError, match="ending"):
        bring(made, tmp_path / "shops.pdf", **SHOPS)

    assert {path.name: path.read_bytes() for path in made.settings.region.iterdir()} == before


def test_a_file_of_another_place_is_refused(made, tmp_path):
    path = tmp_path / "elsewhere.csv"
    path.write_text("lon,lat,orders\n121.4,31.2,5\n121.5,31.3,6\n", encoding="utf-8")
    with pytest.raises(FileError) as error:
        list(import_demand(NewDemand(path, layer="meals", unit="u", year="2026", source="s"), made.settings))

    assert (error.value.key, error.value.values["lon"]) == ("demand.elsewhere", "121.40000")


def test_metres_in_columns_x_and_y_are_told_as_no_degrees(made, tmp_path):
    path = tmp_path / "metres.csv"
    path.write_text("name,x,y,weight\nA,13004000,4240000,10\n", encoding="utf-8")
    with pytest.raises(RefusedListError) as error:
        list(import_demand(NewDemand(path, layer="meals", unit="u", year="2026", source="s"), made.settings))

    assert {problem.value for problem in error.value.problems} == {"13004000", "4240000"}


def test_points_outside_stay_as_unknown_and_are_told(made, tmp_path):
    path = shops(tmp_path, made)
    path.write_text(path.read_text(encoding="utf-8") + "\n10.5,50.25,6\n", encoding="utf-8")
    brought = bring(made, path, **SHOPS)
    whole = measure_coverage(CoverageQuery(TravelMode.WALK, layer="shops"), load_region(made.settings)).whole

    told = {note.key: dict(note.values) for note in brought.notes}
    assert told["demand.outside"] == {"count": 1, "weight": "6", "first": "4", "lon": "10.50000", "lat": "50.25000"}
    assert (whole.weight, whole.off_network, whole.unknown) == (13, 6, 6)


def test_coordinates_of_another_datum_are_turned(made, tmp_path):
    lon, lat = from_wgs84(*made.places["F"], Datum.GCJ02)
    (tmp_path / "shops.csv").write_text(f"lon,lat,orders\n{lon!r},{lat!r},5\n", encoding="utf-8")
    bring(made, tmp_path / "shops.csv", datum=Datum.GCJ02, **SHOPS)
    (point,) = load_region(made.settings).demand_of("shops")

    assert (point.lon, point.lat) == pytest.approx(made.places["F"], abs=1e-7)


def test_a_raster_is_a_layer(made, tmp_path):
    west, _, _, north = read_profile(made.settings.region).bounds
    with rasterio.open(
        tmp_path / "people.tif", "w", driver="GTiff", width=40, height=40, count=1, dtype="float32", crs="EPSG:4326",
        transform=Affine(0.001, 0, west, 0, -0.001, north), nodata=-1,
    ) as file:  # fmt: skip
        file.write(np.ones((40, 40), dtype="float32"), 1)
    brought = bring(made, tmp_path / "people.tif", layer="grid", unit="人", year="2020", source="格网")
    whole = measure_coverage(CoverageQuery(TravelMode.WALK, layer="grid"), load_region(made.settings)).whole

    assert whole.weight == brought.weight > 500
    assert 0 < whole.covered < whole.weight
    assert whole.covered + whole.gap + whole.unknown == whole.weight


def test_a_layer_is_taken_out(made, tmp_path):
    bring(made, shops(tmp_path, made), **SHOPS)
    remove_demand("shops", made.settings)

    assert [layer.name for layer in load_region(made.settings).layers] == ["demand"]
    assert not list(made.settings.region.glob("demand-*"))
    with pytest.raises(UnknownThingError, match="shops"):
        remove_demand("shops", made.settings)
