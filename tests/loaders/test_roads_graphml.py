from __future__ import annotations

import pytest

from stations.errors import FileError
from stations.geo.crs import to_metres
from stations.geo.roads import NO_WAY
from stations.loaders.roads import read_roads
from stations.model.keys import TravelMode
from stations.model.region import ModeProfile

WALK, EBIKE, CAR = TravelMode
PROFILES = {WALK: ModeProfile(WALK, 3.6), EBIKE: ModeProfile(EBIKE, 18.0), CAR: ModeProfile(CAR, 36.0)}
KEYS = ("highway", "oneway", "reversed", "name", "maxspeed", "access", "geometry")
POINTS = {"1": (114.0, 22.5), "2": (114.001, 22.5), "3": (114.002, 22.5)}


def graphml(edges, *, points=POINTS, crs="epsg:4326", head=""):
    keys = "".join(f'<key id="{key}" for="edge" attr.name="{key}" attr.type="string"/>' for key in KEYS)
    nodes = "".join(
        f'<node id="{node}"><data key="px">{x}</data><data key="py">{y}</data></node>'
        for node, (x, y) in points.items()
    )
    lines = "".join(
        f'<edge source="{source}" target="{target}">'
        + "".join(f'<data key="{key}">{value}</data>' for key, value in attributes.items())
        + "</edge>"
        for source, target, attributes in edges
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        '<key id="px" for="node" attr.name="x" attr.type="string"/>'
        '<key id="py" for="node" attr.name="y" attr.type="string"/>'
        f'<key id="c" for="graph" attr.name="crs" attr.type="string"/>{keys}'
        f'<graph edgedefault="directed"><data key="c">{crs}</data>{nodes}{lines}</graph></graphml>'
    )


def read(tmp_path, edges, **options):
    path = tmp_path / "town.graphml"
    path.write_text(graphml(edges, **options), encoding="utf-8")
    return read_roads(path, profiles=PROFILES)


def both_ways(tags):
    return [
        ("1", "2", {"oneway": "False", "reversed": "False"} | tags),
        ("2", "1", {"oneway": "False", "reversed": "True"} | tags),
    ]


def test_the_two_edges_of_a_street_are_one_street(tmp_path):
    network = read(tmp_path, both_ways({"highway": "residential", "name": "福华路"})).network

    assert len(network.street_from) == 1
    assert network.forward_ms[CAR] == network.backward_ms[CAR]
    assert network.names[network.street_name[0]] == "福华路"


def test_a_one_way_edge_goes_one_way_by_wheel_and_both_on_foot(tmp_path):
    network = read(tmp_path, [("1", "2", {"highway": "residential", "oneway": "True"})]).network
    start = int(network.street_from[0])

    assert network.node_lon[start] == pytest.approx(114.0)
    assert network.forward_ms[CAR][0] != NO_WAY
    assert network.backward_ms[CAR][0] == NO_WAY
    assert network.backward_ms[WALK][0] != NO_WAY


def test_the_bends_of_an_edge_are_kept_in_both_directions(tmp_path):
    bend = "114.0 22.5, 114.0005 22.501, 114.001 22.5"
    back = "114.001 22.5, 114.0005 22.501, 114.0 22.5"
    tags = {"highway": "residential", "oneway": "False"}
    edges = [
        ("1", "2", tags | {"geometry": f"LINESTRING ({bend})"}),
        ("2", "1", tags | {"geometry": f"LINESTRING ({back})", "reversed": "True"}),
    ]
    network = read(tmp_path, edges).network

    assert len(network.street_from) == 1
    assert len(network.shape_x) == 3
    assert network.length_m[0] > 240


def test_a_list_of_classes_lets_through_what_all_of_them_let_through(tmp_path):
    network = read(tmp_path, both_ways({"highway": "['path', 'steps']"})).network

    assert network.forward_ms[WALK][0] != NO_WAY
    assert network.forward_ms[EBIKE][0] == NO_WAY
    assert [network.classes[number] for number in network.street_class] == ["path"]


def test_of_several_limits_the_lowest_counts_and_names_are_joined(tmp_path):
    # 0.001 degrees at 22.5 N are 102.9 m: at 18 km/h 20.6 s
    tags = {"highway": "residential", "maxspeed": "['60', '18']", "name": "['甲路', '乙路']"}
    network = read(tmp_path, both_ways(tags)).network

    assert network.forward_ms[CAR][0] == pytest.approx(20_580, abs=20)
    assert network.names[network.street_name[0]] == "甲路 / 乙路"


def test_access_is_heeded(tmp_path):
    edges = [*both_ways({"highway": "service", "access": "private"}), ("2", "3", {"highway": "residential"})]
    read_file = read(tmp_path, edges)

    assert len(read_file.network.street_from) == 1
    assert read_file.report.counts.ways_without_mode == 1


def test_a_projected_graph_is_turned_into_degrees(tmp_path):
    x, y = to_metres([114.0, 114.001], [22.5, 22.5], crs="EPSG:32650")
    points = {"1": (float(x[0]), float(y[0])), "2": (float(x[1]), float(y[1]))}
    network = read(tmp_path, both_ways({"highway": "residential"}), points=points, crs="EPSG:32650").network

    assert sorted(network.node_lon) == pytest.approx([114.0, 114.001], abs=1e-7)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("hello", "roads.not_graphml"),
        ("<gpx/>", "roads.not_graphml"),
        (graphml(both_ways({"highway": "residential"}))[:-60], "roads.not_graphml"),
        (graphml([], points={"1": ("east", "north")}), "roads.graphml_attribute"),
        (graphml([("1", "9", {"highway": "residential"})]), "roads.graphml_attribute"),
        (graphml([("1", "2", {"highway": "residential", "geometry": "LINE (1"})]), "roads.graphml_attribute"),
        (graphml([("1", "2", {"highway": "residential"})], crs="epsg:nowhere"), "roads.crs_unknown"),
        (graphml([], head='<!DOCTYPE g [<!ENTITY a "b">]>'), "roads.doctype"),
        (graphml([]), "roads.none"),
    ],
)
def test_a_file_that_is_not_what_it_promises_is_refused(tmp_path, text, key):
    path = tmp_path / "bad.graphml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as refused:
        read_roads(path, profiles=PROFILES)

    assert refused.value.key == key
    assert refused.value.values["file"] == "bad.graphml"


@pytest.mark.real
def test_futian(real_data):
    # 1,751 nodes and 4,009 directed edges; a street that is not one-way is two of them
    read_file = read_roads(real_data / "futian.graphml", profiles=PROFILES)
    report, network = read_file.report, read_file.network

    assert 4009 / 2 < report.counts.ways_used + report.counts.ways_without_mode < 4009
    assert 1500 < report.nodes_after <= 1751
    assert "泰然五路" in network.names
    one_way = (network.forward_ms[CAR] == NO_WAY) != (network.backward_ms[CAR] == NO_WAY)
    assert 0 < one_way.sum() < len(one_way) / 2
