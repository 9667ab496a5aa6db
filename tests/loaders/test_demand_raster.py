"""Rasters of 4 by 3 cells of 0.01 degrees over a small region, checked cell by cell."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from stations.errors import FileError
from stations.geo.crs import to_metres
from stations.loaders.demand_raster import read_raster
from stations.texts import LANGUAGES, say

BOUNDS = (116.80, 35.50, 116.84, 35.53)
VALUES = [[1, 2, 3, 4], [5, 0, -9, 8], [9.5, 10, 11, 12]]


def from_origin(west, north, width, height):
    return Affine(width, 0, west, 0, -height, north)


def write(folder, values=VALUES, *, crs="EPSG:4326", transform=None, nodata=-9, dtype="float32", bands=1):
    array = np.array(values, dtype=dtype)
    path = folder / "people.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=array.shape[1], height=array.shape[0], count=bands, dtype=dtype, crs=crs,
        transform=transform or from_origin(116.80, 35.53, 0.01, 0.01), nodata=nodata,
    ) as file:  # fmt: skip
        file.write(array, 1)
    return path


def refusal(path, **more):
    with pytest.raises(FileError) as refused:
        read_raster(path, bounds=BOUNDS, boundary=None, **more)
    for lang in LANGUAGES:
        assert say(lang, refused.value.key, **refused.value.values)
    return refused.value


def test_cells_above_zero_are_points_in_the_middle_of_their_cell(tmp_path):
    points, notes = read_raster(write(tmp_path), bounds=BOUNDS, boundary=None)

    assert [(point.demand_id, point.weight) for point in points] == [
        ("r1c1", 1), ("r1c2", 2), ("r1c3", 3), ("r1c4", 4), ("r2c1", 5), ("r2c4", 8),
        ("r3c1", 9.5), ("r3c2", 10), ("r3c3", 11), ("r3c4", 12),
    ]  # fmt: skip
    assert (points[0].lon, points[0].lat) == pytest.approx((116.805, 35.525))
    assert [(note.key, dict(note.values)) for note in notes] == [("demand.raster_unknown", {"count": 1})]


def test_a_raster_in_metres_holds_the_same_people(tmp_path):
    # 3 x 3 cells of 500 m in UTM zone 50, around the middle of the region.
    x, y = to_metres([116.82], [35.515], crs="EPSG:32650")
    path = write(tmp_path, [[1] * 3] * 3, crs="EPSG:32650", transform=from_origin(x[0] - 750, y[0] + 750, 500, 500))
    points, notes = read_raster(path, bounds=BOUNDS, boundary=None)

    assert (len(points), notes) == (9, ())
    assert (points[4].lon, points[4].lat) == pytest.approx((116.82, 35.515), abs=1e-6)


def test_a_turned_raster_is_read_where_it_lies(tmp_path):
    turned = Affine(0, 0.001, 116.82, -0.001, 0, 35.515)
    points, _ = read_raster(write(tmp_path, [[1, 2]], transform=turned), bounds=BOUNDS, boundary=None)

    assert (points[1].lon - points[0].lon, points[1].lat - points[0].lat) == pytest.approx((0, -0.001), abs=1e-7)


def test_cells_outside_are_left_out_and_told(tmp_path):
    half = shapely.box(116.80, 35.50, 116.82, 35.53)
    points, notes = read_raster(write(tmp_path), bounds=BOUNDS, boundary=half)

    assert sum(point.weight for point in points) == 1 + 2 + 5 + 9.5 + 10
    (told,) = notes  # the unknown cell is outside too
    assert dict(told.values) == {"count": 5, "weight": "38", "row_of": 1, "column_of": 3}


def test_a_raster_far_larger_than_the_region_is_cut(tmp_path):
    values = np.zeros((3000, 3000))
    values[1500, 1500] = 7
    path = write(tmp_path, values, transform=from_origin(116.82 - 15.005, 35.515 + 15.005, 0.01, 0.01))
    points, _ = read_raster(path, bounds=BOUNDS, boundary=None)

    assert [(point.demand_id, point.weight) for point in points] == [("r1501c1501", 7)]
    assert (points[0].lon, points[0].lat) == pytest.approx((116.82, 35.515))


def test_without_nodata_plain_counts_are_taken_as_they_are(tmp_path):
    points, notes = read_raster(write(tmp_path, [[1, 0], [2, np.nan]], nodata=None), bounds=BOUNDS, boundary=None)

    assert [point.weight for point in points] == [1, 2]
    assert [note.key for note in notes] == ["demand.raster_unknown"]


@pytest.mark.parametrize(("value", "dtype"), [(-99999, "float32"), (65535, "uint16"), (np.inf, "float32")])
def test_without_nodata_a_value_that_is_no_weight_is_told_with_its_place(tmp_path, value, dtype):
    error = refusal(write(tmp_path, [[1, 2], [value, 3]], nodata=None, dtype=dtype))

    assert error.key == "demand.raster_no_nodata"
    assert (error.values["row"], error.values["column"], error.values["count"]) == (2, 1, 1)
    assert (error.values["lon"], error.values["lat"]) == ("116.80500", "35.51500")
    if np.isfinite(value):
        points, _ = read_raster(tmp_path / "people.tif", bounds=BOUNDS, boundary=None, nodata=value)
        assert [point.weight for point in points] == [1, 2, 3]


def test_negative_people_are_refused(tmp_path):
    error = refusal(write(tmp_path, [[1, -2], [3, -4]]))

    assert (error.key, error.values["count"], error.values["value"]) == ("demand.raster_negative", 2, "-2")


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("demand.no_crs", {"crs": None}),
        ("demand.no_crs", {"transform": Affine(0, 0, 116.8, 0, 0, 35.5)}),
        ("demand.raster_elsewhere", {"transform": from_origin(24.9, 60.2, 0.01, 0.01)}),
        ("demand.raster_elsewhere", {"crs": "EPSG:32650", "transform": from_origin(116.8, 35.53, 0.01, 0.01)}),
        ("demand.raster_blank", {"values": [[0, 0], [0, 0]]}),
        ("demand.raster_kind", {"values": [[1j, 2j]], "dtype": "complex64", "nodata": None}),
    ],
)
def test_a_raster_that_cannot_be_used_is_told_by_its_reason(tmp_path, key, changes):
    assert refusal(write(tmp_path, **changes)).key == key


@pytest.mark.parametrize("content", [b"", b"no picture at all", b"II*\0" + b"\0" * 40])
def test_what_is_no_raster_is_told(tmp_path, content):
    (tmp_path / "people.tif").write_bytes(content)

    assert refusal(tmp_path / "people.tif").key == "demand.not_raster"


def test_a_raster_cut_short_is_told(tmp_path):
    path = write(tmp_path, np.random.default_rng(1).random((400, 400)), transform=from_origin(116.8, 35.53, 1e-4, 1e-4))
    path.write_bytes(path.read_bytes()[:200_000])

    assert refusal(path).key == "demand.not_raster"


def test_a_raster_that_is_not_there_is_told(tmp_path):
    assert refusal(tmp_path / "people.tif").key == "file.missing"


def test_more_bands_than_one_are_told(tmp_path):
    _, notes = read_raster(write(tmp_path, bands=3), bounds=BOUNDS, boundary=None)

    assert [note.key for note in notes] == ["demand.raster_band", "demand.raster_unknown"]
