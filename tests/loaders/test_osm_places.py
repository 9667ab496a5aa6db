from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

import osmium
import pytest
from osmium.osm.mutable import Node, Relation, Way

from stations.errors import FileError
from stations.loaders.osm_places import read_osm_stations
from stations.loaders.station_list import read_station_list, write_station_list
from stations.model.keys import Datum, EntryMethod, ServiceKey, StationKind
from stations.model.listing import ListOptions
from stations.model.station import Station


@pytest.fixture
def extract(tmp_path):
    """Write nodes (tags of each), at 24.9 + k/1000, 60.1; then ways and relations."""

    def make(*tags, ways=(), relations=(), ending=".osm.pbf"):
        path = tmp_path / f"town{ending}"
        with osmium.SimpleWriter(str(path)) as writer:
            for k, pairs in enumerate(tags, start=1):
                writer.add_node(Node(id=k, location=(24.9 + k / 1000, 60.1), tags=pairs))
            for way in ways:
                writer.add_way(way)
            for relation in relations:
                writer.add_relation(relation)
        return path

    return make


@pytest.fixture
def one(extract):
    def make(**tags):
        stations = read_osm_stations(extract({key.replace("__", ":"): value for key, value in tags.items()}))
        assert len(stations) == 1
        return stations[0]

    return make


def test_a_toilet_of_which_nothing_more_is_known(extract):
    assert read_osm_stations(extract({"amenity": "toilets"})) == (
        Station(
            "n1",
            "公共厕所 / Public toilet",
            StationKind.PUBLIC_PLACE,
            24.901,
            60.1,
            24.901,
            60.1,
            Datum.WGS84,
            services={ServiceKey.TOILET: None},
            entry=EntryMethod.WALK_IN,
            source="town.osm.pbf n1",
        ),
    )


def test_what_the_tags_say_is_kept(one):
    station = one(
        amenity="library",
        name="Rikhardinkadun kirjasto",
        opening_hours="Mo-Fr 09:00-20:00; Sa 10:00-16:00",
        phone="+358 9 310 8511",
        addr__street="Rikhardinkatu",
        addr__housenumber="3",
        addr__city="Helsinki",
        addr__suburb="Kaartinkaupunki",
        toilets="yes",
        internet_access="wlan",
        fee="no",
        wheelchair="limited",
        check_date="2023-01-05",
        check_date__opening_hours="2024-06-30",
    )

    assert station == Station(
        "n1",
        "Rikhardinkadun kirjasto",
        StationKind.PUBLIC_PLACE,
        24.901,
        60.1,
        24.901,
        60.1,
        Datum.WGS84,
        township="Kaartinkaupunki",
        address="Rikhardinkatu 3, Helsinki",
        services={ServiceKey.REST: None, ServiceKey.TOILET: None, ServiceKey.WIFI: None},
        hours="Mo-Fr 09:00-20:00; Sa 10:00-16:00",
        entry=EntryMethod.WALK_IN,
        phone="+358 9 310 8511",
        verified_on=date(2024, 6, 30),
        source="town.osm.pbf n1",
        notes="fee: no; wheelchair: limited",
    )


@pytest.mark.parametrize(
    ("tags", "services"),
    [
        ({"amenity": "drinking_water"}, {ServiceKey.WATER: None}),
        ({"amenity": "fountain", "drinking_water": "yes"}, {ServiceKey.WATER: None}),
        ({"amenity": "shelter"}, {}),
        ({"amenity": "shelter", "bench": "yes"}, {ServiceKey.REST: None}),
        (
            {"amenity": "fuel", "toilets": "yes", "compressed_air": "yes"},
            {ServiceKey.TOILET: None, ServiceKey.REPAIR: None},
        ),
        ({"amenity": "community_centre", "shower": "no"}, {}),
        ({"amenity": "charging_station", "bicycle": "yes"}, {ServiceKey.EBIKE_CHARGING: None}),
        ({"amenity": "parking", "hgv": "designated", "capacity:hgv": "24"}, {ServiceKey.TRUCK_PARKING: 24}),
        ({"amenity": "parking", "hgv": "yes", "capacity:hgv": "some"}, {ServiceKey.TRUCK_PARKING: None}),
        ({"amenity": "library", "emergency": "defibrillator"}, {ServiceKey.REST: None, ServiceKey.AED: None}),
    ],
)
def test_tags_become_services(extract, tags, services):
    (station,) = read_osm_stations(extract(tags))

    assert station.services == services


@pytest.mark.parametrize(
    "tags",
    [
        {"amenity": "toilets", "access": "private"},
        {"amenity": "toilets", "access": "no"},
        {"amenity": "toilets", "access": "residents"},
        {"amenity": "toilets", "disused": "yes"},
        {"amenity": "shelter", "shelter_type": "bomb_shelter"},
        {"amenity": "restaurant", "toilets": "yes"},
        {"amenity": "parking"},
        {"amenity": "fountain"},
        {"amenity": "charging_station", "motorcar": "yes"},
        {"disused:amenity": "toilets"},
        {"toilets": "yes"},
        {},
    ],
)
def test_what_a_rider_may_not_simply_use_is_left_out(extract, tags):
    assert read_osm_stations(extract(tags)) == ()


@pytest.mark.parametrize(
    ("tags", "entry"),
    [
        ({"access": "yes"}, EntryMethod.WALK_IN),
        ({"access": "permissive"}, EntryMethod.WALK_IN),
        ({"fee": "no"}, EntryMethod.WALK_IN),
        ({"access": "customers"}, EntryMethod.UNKNOWN),
        ({"fee": "yes"}, EntryMethod.UNKNOWN),
        ({"fee": "0.50 EUR"}, EntryMethod.UNKNOWN),
    ],
)
def test_one_walks_in_where_nothing_says_otherwise(one, tags, entry):
    assert one(amenity="toilets", **tags).entry is entry


def test_nobody_says_how_to_get_into_a_community_centre(one):
    assert one(amenity="community_centre").entry is EntryMethod.UNKNOWN


def test_hours_that_are_not_understood_are_kept_as_words(one):
    station = one(amenity="toilets", opening_hours="when the park is open")

    assert (station.hours, station.hours_text) == (None, "when the park is open")


@pytest.mark.parametrize("day", ["2024-06", "last summer", "2024-02-30"])
def test_a_check_date_that_is_no_day_is_unknown(one, day):
    assert one(amenity="toilets", check_date=day).verified_on is None


def test_a_way_stands_at_the_middle_of_the_box_around_it(extract):
    # nodes 1 to 3 at 24.901, 24.902, 24.903 east; the corner 4 is not in the extract
    ways = [
        Way(id=5, nodes=[1, 2, 3, 1], tags={"amenity": "toilets"}),
        Way(id=6, nodes=[3, 4], tags={"amenity": "shelter"}),
    ]

    first, second = read_osm_stations(extract({}, {}, {}, ways=ways))

    assert (first.station_id, first.lon, first.lat) == ("w5", 24.902, 60.1)
    assert (second.station_id, second.lon) == ("w6", 24.903)


def test_a_way_of_which_no_node_is_there_is_left_out(extract):
    assert read_osm_stations(extract({}, ways=[Way(id=5, nodes=[8, 9], tags={"amenity": "toilets"})])) == ()


def test_a_multipolygon_stands_at_the_middle_of_its_outer_rings(tmp_path):
    path = tmp_path / "town.osm"
    corners = [(24.90, 60.10), (24.92, 60.10), (24.92, 60.11), (24.90, 60.11)]
    with osmium.SimpleWriter(str(path)) as writer:
        for k, corner in enumerate(corners, start=1):
            writer.add_node(Node(id=k, location=corner))
        writer.add_way(Way(id=1, nodes=[1, 2, 3]))
        writer.add_way(Way(id=2, nodes=[3, 4, 1]))
        tags = {"type": "multipolygon", "amenity": "library"}
        writer.add_relation(Relation(id=7, members=[("w", 1, "outer"), ("w", 2, "outer")], tags=tags))

    (station,) = read_osm_stations(path)

    assert (station.station_id, station.lon, station.lat) == ("r7", 24.91, 60.105)


def test_a_closed_way_is_one_station_not_two(extract):
    way = Way(id=5, nodes=[1, 2, 3, 1], tags={"amenity": "toilets", "building": "yes"})

    assert [station.station_id for station in read_osm_stations(extract({}, {}, {}, ways=[way]))] == ["w5"]


def test_bounds_leave_out_what_is_outside(extract):
    path = extract({"amenity": "toilets"}, {"amenity": "toilets"})

    assert [station.station_id for station in read_osm_stations(path, bounds=(24.9015, 60.0, 25.0, 60.2))] == ["n2"]


def test_long_and_odd_names_can_be_exported_and_imported_again(extract, tmp_path):
    stations = read_osm_stations(
        extract({"amenity": "toilets", "name": "x" * 100}, {"amenity": "toilets", "name": "a\nb"})
    )

    write_station_list(tmp_path / "out.csv", stations)
    report = read_station_list(tmp_path / "out.csv", options=ListOptions(Datum.WGS84), bounds=(24, 60, 25, 61))

    assert [station.name for station in stations] == ["x" * 59 + "…", "a b"]
    assert tuple(listed.station for listed in report.stations) == stations


def test_xml_is_read_too(extract):
    assert len(read_osm_stations(extract({"amenity": "toilets"}, ending=".osm"))) == 1


@pytest.mark.parametrize(
    ("content", "key"),
    [(None, "missing"), (b"", "not_osm"), (b"not an extract", "not_osm"), (b"\0\0\0\x0d", "not_osm")],
)
def test_a_file_that_is_no_extract_is_refused(tmp_path, content, key):
    path = tmp_path / "town.osm.pbf"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(FileError) as refused:
        read_osm_stations(path)

    assert refused.value.key == f"file.{key}"


def test_a_cut_extract_is_refused(extract):
    path = extract(*[{"amenity": "toilets", "name": f"toilet {k}"} for k in range(500)])
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(FileError) as refused:
        read_osm_stations(path)

    assert refused.value.key == "file.not_osm"


def test_the_rules_name_services_that_there_are():
    rules = tomllib.loads(files("stations.loaders").joinpath("osm_places.toml").read_text("utf-8"))

    named = {service for place in rules["place"] for service in place["services"]}
    named |= {offer["service"] for offer in rules["offer"]}
    assert named <= {*ServiceKey}


@pytest.mark.real
def test_helsinki(real_data):
    stations = read_osm_stations(real_data / "helsinki.osm.pbf")
    by_id = {station.station_id: station for station in stations}

    # counted in the file by tag: 18 toilets (one of them a way), 7 libraries
    assert sum(ServiceKey.TOILET in station.services for station in stations) == 18
    assert sum(ServiceKey.REST in station.services for station in stations) == 7
    assert by_id["n603743745"].hours == "Mo-Su 09:30-16:00"
    assert by_id["n5673089621"].notes == "fee: yes"
    assert by_id["w596937289"].name == "Helsingin keskustakirjasto Oodi"
