from __future__ import annotations

import heapq
from xml.sax.saxutils import quoteattr

import pytest

from stations.geo.crs import local_crs, to_degrees, to_metres
from stations.geo.roads import NO_WAY
from stations.loaders.roads import read_roads
from stations.loaders.roads_osm import read_osm
from stations.model.keys import TravelMode
from stations.model.region import ModeProfile

WALK, EBIKE, CAR = TravelMode
CRS = local_crs(116.8, 35.5)
PROFILES = {WALK: ModeProfile(WALK, 3.6), EBIKE: ModeProfile(EBIKE, 18.0), CAR: ModeProfile(CAR, 36.0)}
PLACES = {"a": (0, 0), "b": (100, 0), "c": (200, 0), "d": (300, 0), "n": (100, 100), "m": (200, 100)}
"""Names of nodes, metres from the middle; 100 m are 100 s on foot, 20 s by e-bike, 10 s by car."""


class Town:
    """A town of the letters of `PLACES`, read from a file the test writes."""

    def __init__(self, folder, ways, *, nodes=(), more=""):
        path = folder / "town.osm"
        path.write_text(osm_text(ways, nodes=dict(nodes), more=more), encoding="utf-8")
        self.read = read_roads(path, profiles=PROFILES)
        self.network = self.read.network
        x, y = to_metres(self.network.node_lon, self.network.node_lat, crs=CRS)
        self._at = [
            next((name for name, place in PLACES.items() if abs(place[0] - a) + abs(place[1] - b) < 0.1), "?")
            for a, b in zip(x, y, strict=True)
        ]

    def travel_s(self, start, end, mode):
        """Return seconds from one place to the other, None where there is no way; both must be street ends."""
        arcs = {}
        streets = self.network
        for street, (a, b) in enumerate(zip(streets.street_from.tolist(), streets.street_to.tolist(), strict=True)):
            arcs.setdefault(a, []).append((b, streets.forward_ms[mode][street]))
            arcs.setdefault(b, []).append((a, streets.backward_ms[mode][street]))
        queue = [(0, self._at.index(start))]
        done = {}
        while queue:
            time, node = heapq.heappop(queue)
            if node not in done:
                done[node] = time
                for head, cost in arcs[node]:
                    if cost != NO_WAY:
                        heapq.heappush(queue, (time + int(cost), head))
        found = done.get(self._at.index(end))
        return None if found is None else round(found / 1000)

    def trips(self, start, end):
        return tuple(self.travel_s(start, end, mode) for mode in (WALK, EBIKE, CAR))


def osm_text(ways, *, nodes, more):
    def tag_lines(tags):
        return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())

    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for number, (name, place) in enumerate(PLACES.items(), start=1):
        lon, lat = to_degrees(*place, crs=CRS)
        lines.append(f'<node id="{number}" lon="{lon:.7f}" lat="{lat:.7f}">{tag_lines(nodes.get(name, {}))}</node>')
    for number, (letters, tags) in enumerate(ways, start=1):
        refs = "".join(f'<nd ref="{[*PLACES, "z"].index(letter) + 1}"/>' for letter in letters)
        lines.append(f'<way id="{number}">{refs}{tag_lines({"highway": "residential"} | tags)}</way>')
    return "\n".join([*lines, more, "</osm>"])


def test_a_one_way_street_is_only_driven_along_its_direction(tmp_path):
    # a -> b -> c, 200 m: 200 s on foot, 40 s by e-bike, 20 s by car
    town = Town(tmp_path, [("abc", {"oneway": "yes"})])

    assert town.trips("a", "c") == (200, 40, 20)
    assert town.trips("c", "a") == (200, None, None)


def test_a_bicycle_may_go_against_a_one_way_street_where_a_sign_says_so(tmp_path):
    town = Town(tmp_path, [("abc", {"oneway": "yes", "oneway:bicycle": "no"})])

    assert town.trips("c", "a") == (200, 40, None)


def test_a_roundabout_is_gone_round(tmp_path):
    # b c m n is the ring, driven b -> c -> m -> n -> b; a hangs on b, d on c
    town = Town(tmp_path, [("bcmnb", {"junction": "roundabout"}), ("ab", {}), ("cd", {})])

    assert town.trips("a", "d") == (300, 60, 30)
    # back: c -> m -> n -> b is 300 m of ring by wheel, 100 m on foot
    assert town.trips("d", "a") == (300, 100, 50)


def test_a_foot_only_alley_is_a_short_cut_for_walkers(tmp_path):
    # b-c straight is an alley of 100 m; round by n and m it is 300 m
    town = Town(tmp_path, [("ab", {}), ("bnmc", {}), ("cd", {}), ("bc", {"highway": "footway"})])

    assert town.trips("a", "d") == (300, 100, 50)


def test_a_bollard_stops_cars_only(tmp_path):
    town = Town(tmp_path, [("abc", {})], nodes={"b": {"barrier": "bollard"}})

    assert town.trips("a", "c") == (200, 40, None)


@pytest.mark.parametrize("tags", [{"locked": "yes"}, {"access": "private"}, {"access": "no"}])
def test_a_locked_gate_stops_everybody(tmp_path, tags):
    town = Town(tmp_path, [("abc", {})], nodes={"b": {"barrier": "gate"} | tags})

    assert town.trips("a", "c") == (None, None, None)


def test_a_gate_without_tags_is_passed_and_leaves_no_trace(tmp_path):
    town = Town(tmp_path, [("abc", {})], nodes={"b": {"barrier": "gate"}})

    assert town.trips("a", "c") == (200, 40, 20)
    assert len(town.network.street_from) == 1


def test_a_gate_beside_the_crossing_keeps_the_crossing_open(tmp_path):
    # the gate stands on b-c; from a to n one does not pass it
    town = Town(tmp_path, [("abc", {}), ("bn", {}), ("cd", {})], nodes={"c": {"barrier": "gate", "locked": "yes"}})

    assert town.trips("a", "n") == (200, 40, 20)
    assert town.trips("a", "d") == (None, None, None)


def test_a_private_road_is_not_a_way_through(tmp_path):
    town = Town(tmp_path, [("ab", {}), ("bc", {"access": "private"}), ("cd", {})])

    assert town.trips("a", "d") == (None, None, None)
    assert town.read.report.counts.ways_without_mode == 1


def test_an_island_stays_and_is_not_reached(tmp_path):
    town = Town(tmp_path, [("abcd", {}), ("nm", {})])

    assert town.trips("n", "m") == (100, 20, 10)
    assert town.trips("a", "n") == (None, None, None)


def test_an_ebike_is_pushed_where_one_has_to_dismount(tmp_path):
    # a-b ridden 20 s, b-c pushed 100 s
    town = Town(tmp_path, [("ab", {}), ("bc", {"highway": "footway", "bicycle": "dismount"})])

    assert town.trips("a", "c") == (200, 120, None)


def test_a_motorroad_is_for_motors(tmp_path):
    town = Town(tmp_path, [("abc", {"highway": "trunk", "motorroad": "yes"})])

    assert town.trips("a", "c") == (None, None, 20)


def test_a_ring_without_junction_survives(tmp_path):
    town = Town(tmp_path, [("bcmnb", {})])

    assert town.network.length_m.sum() == pytest.approx(400, abs=0.1)


def test_a_way_drawn_the_other_way_is_the_same_street(tmp_path):
    town = Town(tmp_path, [("ab", {"oneway": "yes"}), ("cb", {"oneway": "-1"}), ("cd", {"oneway": "yes"})])

    assert len(town.network.street_from) == 1
    assert town.trips("a", "d") == (300, 60, 30)
    assert town.trips("d", "a") == (300, None, None)


def test_names_split_streets(tmp_path):
    town = Town(tmp_path, [("abc", {"name": "东街"}), ("cd", {"name": "西街"})])

    assert sorted(town.network.names[number] for number in town.network.street_name) == ["东街", "西街"]


def test_a_signed_limit_slows_cars(tmp_path):
    town = Town(tmp_path, [("abc", {"maxspeed": "18"})])

    assert town.trips("a", "c") == (200, 40, 40)


def test_a_node_that_is_not_in_the_file_cuts_the_way_and_is_counted(tmp_path):
    town = Town(tmp_path, [("abzcd", {})])

    assert town.travel_s("a", "b", WALK) == 100
    assert town.travel_s("a", "d", WALK) is None
    assert town.read.report.counts.nodes_missing == 1


def test_what_is_left_out_is_counted(tmp_path):
    ways = [
        ("ab", {"access:conditional": "no @ (22:00-06:00)"}),
        ("bc", {"highway": "hiway"}),
        ("cd", {"foot": "maybe"}),
    ]
    counts = Town(tmp_path, ways).read.report.counts

    assert (counts.ways_used, counts.ways_without_mode, counts.ways_conditional) == (2, 1, 1)
    assert counts.unknown_values == (("highway=hiway", 1), ("foot=maybe", 1))


def test_the_order_of_the_file_does_not_matter(tmp_path):
    path = tmp_path / "turned.osm"
    lines = osm_text([("abc", {})], nodes={}, more="").split("\n")
    nodes = [line for line in lines if line.startswith("<node")]
    path.write_text(
        "\n".join([*(line for line in lines[:-1] if line not in nodes), *nodes, "</osm>"]), encoding="utf-8"
    )

    assert read_roads(path, profiles=PROFILES).network.length_m.tolist() == pytest.approx([200], abs=0.1)


def test_the_base_map_takes_what_a_map_draws(tmp_path):
    pond = '<way id="90"><nd ref="2"/><nd ref="3"/><nd ref="6"/><nd ref="2"/><tag k="natural" v="water"/></way>'
    open_pond = '<way id="91"><nd ref="2"/><nd ref="3"/><tag k="natural" v="water"/></way>'
    river = '<way id="92"><nd ref="1"/><nd ref="5"/><tag k="waterway" v="river"/><tag k="name" v="泗河"/></way>'
    path = tmp_path / "town.osm"
    text = osm_text([("ab", {})], nodes={"d": {"place": "village", "name": "小孟"}}, more=pond + open_pond + river)
    path.write_text(text, encoding="utf-8")
    basemap = read_osm(path)[1]

    assert basemap.layers["water"].offset.tolist() == [0, 4]
    assert basemap.layers["waterway"].names == ("泗河",)
    assert (basemap.place_names, basemap.place_kinds) == (("小孟",), ("village",))


@pytest.mark.parametrize(
    ("tags", "drawn"),
    [
        ({"railway": "rail"}, True),
        ({"railway": "light_rail", "tunnel": "no"}, True),
        ({"railway": "rail", "service": "yard"}, False),
        ({"railway": "rail", "tunnel": "yes"}, False),
        ({"railway": "subway"}, False),
        ({"railway": "tram"}, False),  # it runs in the street that is drawn
    ],
)
def test_a_railway_is_drawn_where_one_sees_it(tags, drawn, tmp_path):
    told = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    track = f'<way id="900" version="1"><nd ref="1"/><nd ref="2"/>{told}</way>'
    path = tmp_path / "town.osm"
    path.write_text(osm_text([("ab", {})], nodes={}, more=track), encoding="utf-8")

    assert len(read_osm(path)[1].layers["railway"].names) == int(drawn)


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("helsinki.osm.pbf", 24_260, 4_000),  # nodes of all things in the extract; a good tenth are street ends
        ("porto.osm.pbf", 348_000, 80_000),  # 68 thousand where merging heeds neither names nor barriers
    ],
)
def test_real_extracts_shrink_to_their_junctions(real_data, file, before, after):
    report = read_roads(real_data / file, profiles=PROFILES).report

    assert before / 4 < report.nodes_before <= before
    assert after / 2 < report.nodes_after <= after
    assert report.counts.ways_used > 2000


@pytest.mark.parametrize("name", ["人民路", "a,b=c", "50% of @x", "two\nlines", "tab\there", "😀 \u2028 end", "%20%"])
def test_names_come_as_they_stand_in_the_file(tmp_path, name):
    town = Town(tmp_path, [("ab", {"name": name})])

    assert name in town.network.names
    assert town.trips("a", "b") == (100, 20, 10)
