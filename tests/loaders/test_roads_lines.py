from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from stations.errors import FileError
from stations.geo.crs import local_crs, to_degrees
from stations.geo.roads import NO_WAY
from stations.loaders.roads import read_roads
from stations.model.keys import TravelMode
from stations.model.region import ModeProfile

WALK, EBIKE, CAR = TravelMode
PROFILES = {WALK: ModeProfile(WALK, 3.6), EBIKE: ModeProfile(EBIKE, 18.0), CAR: ModeProfile(CAR, 36.0)}
CRS = local_crs(114.05, 22.53)


def written(path, lines, *, crs="EPSG:4547", **columns):
    """Write lines given in metres about 114.05 E, 22.53 N to a file in `crs`."""
    shapes = [shapely.LineString(np.column_stack(to_degrees(*zip(*line, strict=True), crs=CRS))) for line in lines]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_crs(crs)
    frame.to_file(path)
    return path


def read(path, **options):
    return read_roads(path, profiles=PROFILES, **options)


@pytest.mark.parametrize("name", ["roads.shp", "roads.gpkg", "roads.gdb"])
@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4490", "EPSG:32650"])
def test_lines_in_any_system_give_the_same_streets(tmp_path, name, crs):
    # a cross of two lines of 100 m that have no point in common: four arms of 50 m, 50 s on foot
    lines = [[(0, 0), (100, 0)], [(50, -50), (50, 50)]]
    network = read(written(tmp_path / name, lines, crs=crs, fclass=["residential", "footway"])).network

    assert network.forward_ms[WALK].tolist() == pytest.approx([50_000] * 4, abs=2)
    assert sorted(network.forward_ms[CAR] == NO_WAY) == [False, False, True, True]


def test_geojson_needs_no_system(tmp_path):
    path = written(tmp_path / "roads.geojson", [[(0, 0), (100, 0)]], crs="EPSG:4326", highway=["residential"])

    assert read(path).network.length_m == pytest.approx([100], abs=0.01)


def test_a_bridge_is_not_a_junction(tmp_path):
    lines = [[(0, 0), (100, 0)], [(50, -50), (50, 50)]]
    path = written(tmp_path / "roads.shp", lines, highway=["primary", "primary"], bridge=["T", "F"])

    assert len(read(path).network.street_from) == 2


@pytest.mark.parametrize(
    ("word", "used", "closed"),
    [
        ("国道", "trunk", set()),
        ("高速公路", "motorway", {WALK, EBIKE}),
        ("人行道", "footway", {EBIKE, CAR}),
        ("支路", "tertiary", set()),
        ("track_grade3", "track", {CAR}),
        ("Residential", "residential", set()),
    ],
)
def test_classes_in_other_words(tmp_path, word, used, closed):
    network = read(written(tmp_path / "roads.gpkg", [[(0, 0), (100, 0)]], 道路等级=[word])).network

    assert {mode for mode in TravelMode if network.forward_ms[mode][0] == NO_WAY} == closed
    assert network.classes == (used,)


def test_an_unknown_class_is_an_ordinary_road_and_is_told(tmp_path):
    lines = [[(0, 0), (100, 0)], [(0, 50), (100, 50)]]
    found = read(written(tmp_path / "roads.gpkg", lines, type=["丙级", None]))

    assert found.network.classes == ("unclassified",)
    assert dict(found.report.counts.unknown_values) == {"type=丙级": 1, "type=": 1}


def test_without_a_class_column_all_roads_are_alike_and_the_report_shows_it(tmp_path):
    found = read(written(tmp_path / "roads.gpkg", [[(0, 0), (100, 0)]], 路名=["福华路"]))

    assert found.network.classes == ("unclassified",)
    assert found.report.columns == {"name": "路名"}
    assert found.report.counts.unknown_values == ()


@pytest.mark.parametrize(
    ("value", "along", "against"),
    [
        ("F", True, False),
        ("T", False, True),
        ("B", True, True),
        ("yes", True, False),
        ("-1", False, True),
        ("FT", True, False),
        ("是", True, False),
        (None, True, True),
        (1.0, True, False),
        (-1, False, True),
        (True, True, False),
    ],
)
def test_one_way_columns(tmp_path, value, along, against):
    path = written(tmp_path / "roads.gpkg", [[(0, 0), (100, 0)]], highway=["residential"], oneway=[value])
    network = read(path).network

    assert (network.forward_ms[CAR][0] != NO_WAY, network.backward_ms[CAR][0] != NO_WAY) == (along, against)
    assert NO_WAY not in (network.forward_ms[WALK][0], network.backward_ms[WALK][0])


def test_a_mapping_of_columns_wins_over_the_synonyms(tmp_path):
    path = written(
        tmp_path / "roads.shp",
        [[(0, 0), (100, 0)]],
        highway=["footway"],
        KIND=["residential"],
        V=[18],
        LABEL=["深南路"],
    )
    found = read(path, columns={"class": "KIND", "maxspeed": "V", "name": "label"})

    assert found.network.classes == ("residential",)
    assert found.network.forward_ms[CAR].tolist() == pytest.approx([20_000], abs=2)  # 100 m at 18 km/h
    assert found.network.names == ("", "深南路")


def test_columns_named_like_access_keys_are_heeded(tmp_path):
    path = written(tmp_path / "roads.gpkg", [[(0, 0), (100, 0)]], highway=["residential"], bicycle=["no"])

    assert read(path).network.forward_ms[EBIKE].tolist() == [NO_WAY]


def test_one_of_several_tables_has_to_be_named(tmp_path):
    path = tmp_path / "roads.gpkg"
    frame = gpd.GeoDataFrame({"highway": ["path"]}, geometry=[shapely.LineString([(114, 22), (114.1, 22)])], crs=4326)
    frame.to_file(path, layer="old")
    frame.to_file(path, layer="new")
    with pytest.raises(FileError) as refused:
        read(path)

    assert refused.value.key == "roads.many_tables"
    assert len(read(path, columns={"table": "new"}).network.street_from) == 1
    with pytest.raises(FileError) as refused:
        read(path, columns={"table": "newest"})
    assert refused.value.key == "roads.table_unknown"


def test_a_shapefile_in_gbk_is_read_when_told(tmp_path):
    path = tmp_path / "roads.shp"
    frame = gpd.GeoDataFrame({"等级": ["国道"]}, geometry=[shapely.LineString([(114, 22), (114.1, 22)])], crs=4326)
    frame.to_file(path, encoding="GBK")
    path.with_suffix(".cpg").unlink()

    assert read(path, columns={"encoding": "GBK"}).network.classes == ("trunk",)


@pytest.mark.parametrize("encoding", ["UTF-8", "klingon"])
def test_a_wrong_encoding_is_told(tmp_path, encoding):
    path = tmp_path / "roads.shp"
    frame = gpd.GeoDataFrame({"等级": ["国道"]}, geometry=[shapely.LineString([(114, 22), (114.1, 22)])], crs=4326)
    frame.to_file(path, encoding="GBK")
    path.with_suffix(".cpg").unlink()
    with pytest.raises(FileError) as refused:
        read(path, columns={"encoding": encoding})

    assert refused.value.key == "roads.encoding"


def test_a_shapefile_without_prj_is_refused(tmp_path):
    path = written(tmp_path / "roads.shp", [[(0, 0), (100, 0)]], highway=["path"])
    path.with_suffix(".prj").unlink()
    with pytest.raises(FileError) as refused:
        read(path)

    assert refused.value.key == "roads.no_crs"


def test_a_column_that_is_not_there_is_named(tmp_path):
    path = written(tmp_path / "roads.shp", [[(0, 0), (100, 0)]], highway=["path"])
    with pytest.raises(FileError) as refused:
        read(path, columns={"class": "KIND"})

    assert refused.value.key == "roads.column_missing"
    assert (refused.value.values["column"], refused.value.values["columns"]) == ("KIND", "highway")


def test_points_are_no_roads(tmp_path):
    path = tmp_path / "wells.gpkg"
    gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(114, 22)], crs=4326).to_file(path)
    with pytest.raises(FileError) as refused:
        read(path)

    assert refused.value.key == "roads.no_line_table"


def test_coordinates_that_do_not_fit_their_system_are_refused(tmp_path):
    path = tmp_path / "roads.gpkg"
    metres = shapely.LineString([(500_000, 2_500_000), (500_100, 2_500_000)])
    gpd.GeoDataFrame({"n": [1]}, geometry=[metres], crs="EPSG:4490").to_file(path)
    with pytest.raises(FileError) as refused:
        read(path)

    assert refused.value.key == "roads.coordinates"


def times_ms(network, mode, places):
    """Milliseconds between the nodes nearest to `places`, by scipy."""
    count = len(network.node_lon)
    tail = np.concatenate([network.street_from, network.street_to])
    head = np.concatenate([network.street_to, network.street_from])
    cost = np.concatenate([network.forward_ms[mode], network.backward_ms[mode]]).astype(np.float64)
    order = np.lexsort((cost, head, tail))
    order = order[cost[order] < NO_WAY]
    first = order[np.unique(tail[order].astype(np.int64) * count + head[order], return_index=True)[1]]
    arcs = coo_array((cost[first], (tail[first], head[first])), shape=(count, count)).tocsr()
    nodes = cKDTree(np.column_stack([network.node_lon, network.node_lat])).query(places)[1]
    return dijkstra(arcs, indices=nodes)[:, nodes]


@pytest.mark.real
def test_futian_as_a_shapefile_in_a_cgcs2000_zone_gives_the_same_times(real_data, tmp_path):
    source = read(real_data / "futian.graphml").network
    street = np.repeat(np.arange(len(source.street_from)), np.diff(source.shape_offset))
    lines = shapely.linestrings(np.column_stack([source.shape_x, source.shape_y]), indices=street)
    closed = {mode: (source.forward_ms[mode] == NO_WAY, source.backward_ms[mode] == NO_WAY) for mode in TravelMode}
    oneway = np.where(closed[CAR][1] & ~closed[CAR][0], "F", np.where(closed[CAR][0] & ~closed[CAR][1], "T", "B"))
    columns = {
        "fclass": [source.classes[number] for number in source.street_class],
        "name": [source.names[number] for number in source.street_name],
        "oneway": oneway,
        "layer": np.arange(1, len(lines) + 1),  # in the source, lines that cross without a node are bridges
    }
    path = tmp_path / "futian.shp"
    gpd.GeoDataFrame(columns, geometry=list(lines), crs=source.crs).to_crs("EPSG:4547").to_file(path, encoding="UTF-8")
    ours = read(path).network
    assert len(ours.street_from) == pytest.approx(len(source.street_from), abs=20)
    places = np.column_stack([source.node_lon, source.node_lat])[:: len(source.node_lon) // 25]
    before, after = times_ms(source, WALK, places), times_ms(ours, WALK, places)
    np.testing.assert_array_equal(np.isfinite(before), np.isfinite(after))
    reached = np.isfinite(before)
    np.testing.assert_allclose(after[reached], before[reached], rtol=1e-4, atol=100)
