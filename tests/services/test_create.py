"""A region of one's own, from a road file and a station list or the places of the map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stations.errors import FileError, InputError, RefusedListError
from stations.loaders.region import read_profile, write_profile
from stations.loaders.station_list import read_station_list
from stations.model.keys import Datum, EntryMethod, Need, ServiceKey, StationKind, TravelMode
from stations.model.listing import ListOptions
from stations.model.queries import NearestQuery, Place, read_moment
from stations.services.build import build_region
from stations.services.create import NewRegion, create_region, import_roads, road_file_name
from stations.services.demand_layers import NewDemand, import_demand
from stations.services.nearest import find_nearest
from stations.services.region import load_region
from stations.settings import read_settings

TOILET_AT_E = (
    '<node id="99" lon="{lon}" lat="{lat}" version="1"><tag k="amenity" v="toilets"/>'
    '<tag k="name" v="Alley toilet"/><tag k="opening_hours" v="24/7"/><tag k="access" v="yes"/></node></osm>'
)


@pytest.fixture
def files(make_town, tmp_path):
    """The road file and the station list of a town."""
    (tmp_path / "from").mkdir()
    return make_town(tmp_path / "from").settings.region


def create(**given):
    return list(create_region(NewRegion(**given)))


def test_a_region_is_made_of_roads_and_a_list(files, tmp_path):
    folder = tmp_path / "mine"
    steps = create(
        folder=folder, name="我的", roads=files / "roads.osm", stations=files / "stations.csv", datum=Datum.WGS84
    )
    profile = read_profile(folder)

    assert [(step.done, step.total) for step in steps] == [(0, 2), (1, 2), (2, 2)]
    assert sorted(path.name for path in folder.iterdir()) == ["region.toml", "roads.osm", "stations.csv"]
    assert (profile.region_id, profile.sample, dict(profile.names)) == ("mine", False, {"zh": "我的", "en": "我的"})
    assert profile.time_zone == "Asia/Shanghai"
    assert (profile.country, profile.holiday_calendar) == ("CN", "cn")
    assert set(profile.modes) == set(TravelMode)
    assert profile.sources["roads"]["en"] == "© OpenStreetMap contributors, under ODbL 1.0 (roads.osm)"
    assert "ODbL" in profile.sources["roads"]["zh"]
    assert set(profile.dates) == {"roads", "stations"}
    listing = read_station_list(folder / "stations.csv", options=ListOptions(Datum.WGS84), bounds=profile.bounds)
    assert [listed.station.station_id for listed in listing.stations] == ["e", "g", "h", "q"]


def test_the_bounds_are_those_of_the_roads_and_a_little_more(files, tmp_path, town):
    create(folder=tmp_path / "mine", name="x", roads=files / "roads.osm")
    west, south, east, north = read_profile(tmp_path / "mine").bounds
    # G is reached by a private street alone, which is no road for anybody; H is as far east.
    lon = [place[0] for place in town.places.values()]
    lat = [place[1] for place in town.places.values()]

    assert (west, east) == pytest.approx((min(lon) - 0.002, max(lon) + 0.002), abs=1e-5)
    assert (south, north) == pytest.approx((min(lat) - 0.002, max(lat) + 0.002), abs=1e-5)


def test_a_list_in_another_datum_is_moved(files, tmp_path, town):
    # The same numbers said to be GCJ-02 lie half a kilometre further west: see tests/geo/test_datum.py.
    create(
        folder=tmp_path / "mine",
        name="x",
        roads=files / "roads.osm",
        stations=files / "stations.csv",
        datum=Datum.GCJ02,
    )
    profile = read_profile(tmp_path / "mine")
    path = tmp_path / "mine" / "stations.csv"
    first = read_station_list(path, options=ListOptions(Datum.WGS84), bounds=profile.bounds).stations[0].station

    assert town.places["E"][0] - first.lon == pytest.approx(0.0055, abs=0.0002)
    assert (first.source_lon, first.source_datum) == (town.places["E"][0], Datum.GCJ02)


def test_a_region_takes_the_public_places_of_the_map(files, tmp_path, town):
    roads = files / "roads.osm"
    lon, lat = town.places["E"]
    text = roads.read_text(encoding="utf-8").replace("</osm>", TOILET_AT_E.format(lon=lon, lat=lat))
    # osmium wants nodes before ways
    nodes = [line for line in text.splitlines() if line.startswith("<node")]
    others = [line for line in text.splitlines() if not line.startswith(("<node", "<osm", "</osm"))]
    toilet = nodes.pop().removesuffix("</osm>")
    roads.write_text("\n".join(['<osm version="0.6">', *nodes, toilet, *others, "</osm>"]), encoding="utf-8")
    create(folder=tmp_path / "mine", name="Mine", roads=roads, stations_from_osm=True)
    settings = read_settings({"STATIONS_INSTANCE": str(tmp_path / "instance")}, region=tmp_path / "mine")
    list(build_region(settings))
    region = load_region(settings)
    (station,) = region.stations
    query = NearestQuery(
        Place(*town.places["B"]), TravelMode.WALK, read_moment("2026-11-16T12:00", time_zone="Asia/Shanghai"),
        needs=(Need.TOILET,),
    )  # fmt: skip
    (found,) = find_nearest(query, region).found

    assert (station.name, station.kind, station.hours) == ("Alley toilet", StationKind.PUBLIC_PLACE, "24/7")
    assert ServiceKey.TOILET in station.services
    assert station.entry == EntryMethod.WALK_IN
    assert found.travel_s == pytest.approx(240, abs=1)  # 300 m at 4.5 km/h
    assert found.arrival.state == "open"


def test_an_empty_folder_may_be_used(files, tmp_path):
    (tmp_path / "mine").mkdir()
    create(folder=tmp_path / "mine", name="x", roads=files / "roads.osm")

    assert read_profile(tmp_path / "mine").region_id == "mine"


@pytest.mark.parametrize(
    ("folder", "region_id"), [("Helsinki", "helsinki"), ("my region.2", "my-region-2"), ("x" * 60, "x" * 40)]
)
def test_the_folder_names_the_region(files, tmp_path, folder, region_id):
    create(folder=tmp_path / folder, name="x", roads=files / "roads.osm")

    assert read_profile(tmp_path / folder).region_id == region_id


# ---- What cannot be made leaves nothing behind


@pytest.fixture
def left_over(tmp_path):
    """Return what stands in the folder beside what the test put there."""
    return lambda: sorted(path.name for path in tmp_path.iterdir() if path.name != "from")


def test_a_folder_that_holds_something_is_left_alone(files, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")

    with pytest.raises(InputError, match="folder_taken"):
        create(folder=tmp_path / "mine", name="x", roads=files / "roads.osm")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_file_in_the_place_of_the_folder_is_left_alone(files, tmp_path):
    (tmp_path / "mine").write_text("dear", encoding="utf-8")

    with pytest.raises(InputError, match="folder_taken"):
        create(folder=tmp_path / "mine", name="x", roads=files / "roads.osm")
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "dear"


def test_a_folder_name_without_a_letter_gives_no_region(files, tmp_path, left_over):
    with pytest.raises(InputError, match="region_id"):
        create(folder=tmp_path / "示例", name="x", roads=files / "roads.osm")
    assert left_over() == []


def test_a_list_with_a_wrong_row_is_refused_whole(files, tmp_path, left_over):
    path = files / "stations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("hub", "castle"), encoding="utf-8")

    with pytest.raises(RefusedListError) as caught:
        create(folder=tmp_path / "mine", name="x", roads=files / "roads.osm", stations=path, datum=Datum.WGS84)
    assert [(p.row, p.column, p.value) for p in caught.value.problems] == [(2, "kind", "castle")]
    assert left_over() == []


@pytest.mark.parametrize(
    ("roads", "stations"), [("nowhere.osm", None), ("roads.osm", "nowhere.csv"), ("stations.csv", None)]
)
def test_files_that_are_not_there_or_not_roads_leave_nothing(files, tmp_path, left_over, roads, stations):
    with pytest.raises(FileError):
        create(
            folder=tmp_path / "mine",
            name="x",
            roads=files / roads,
            stations=files / stations if stations else None,
            datum=Datum.WGS84,
        )
    assert left_over() == []


def test_a_time_zone_that_does_not_exist_leaves_nothing(files, tmp_path, left_over):
    with pytest.raises(InputError):
        create(folder=tmp_path / "mine", name="x", roads=files / "roads.osm", time_zone="Mars/Olympus")
    assert left_over() == []


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"stations": Path("a.csv"), "stations_from_osm": True, "datum": Datum.WGS84}, "two_station_sources"),
        ({"stations": Path("a.csv")}, "datum_missing"),
        ({"roads": Path("roads.graphml"), "stations_from_osm": True}, "not_osm"),
    ],
)
def test_what_does_not_go_together_is_refused_at_once(given, key):
    with pytest.raises(InputError, match=key):
        NewRegion(**{"folder": Path("mine"), "name": "x", "roads": Path("roads.osm"), **given})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Helsinki.OSM.PBF", "roads.osm.pbf"),
        ("x.osm", "roads.osm"),
        ("futian.graphml", "roads.graphml"),
        ("a.b.SHP", "roads.shp"),
        ("roads.gdb", "roads.gdb"),
    ],
)
def test_a_road_file_keeps_its_ending(given, kept):
    assert road_file_name(Path(given)) == kept


# ---- Roads and demand of a region that stands


def test_other_roads_take_the_place_of_the_old(make_town, tmp_path, town):
    made = make_town(tmp_path)
    list(build_region(made.settings))
    text = (made.settings.region / "roads.osm").read_text(encoding="utf-8")
    (tmp_path / "open.osm").write_text(text.replace('<tag k="access" v="private"/>', ""), encoding="utf-8")
    list(import_roads(tmp_path / "open.osm", made.settings, columns={}))
    list(build_region(made.settings))
    region = load_region(made.settings)
    query = NearestQuery(
        Place(*town.places["C"]), TravelMode.WALK, read_moment("2026-11-16T12:00", time_zone="Asia/Shanghai")
    )
    found = {item.station.station_id: item.travel_s for item in find_nearest(query, region).found}

    assert found["g"] == pytest.approx(300, abs=1)  # C-G is open now
    assert region.profile.sources["roads"]["en"].endswith("(open.osm)")
    assert region.profile.sample is True


def test_roads_of_elsewhere_change_nothing(make_town, tmp_path):
    made = make_town(tmp_path)
    profile = read_profile(made.settings.region)
    write_profile(made.settings.region, replace(profile, bounds=(10.0, 50.0, 11.0, 51.0)))
    before = {path.name: path.read_bytes() for path in made.settings.region.iterdir()}

    with pytest.raises(FileError, match="outside"):
        list(import_roads(made.settings.region / "roads.osm", made.settings, columns={}))
    assert {path.name: path.read_bytes() for path in made.settings.region.iterdir()} == before


def test_the_roads_of_the_region_may_be_brought_in_again(make_town, tmp_path):
    made = make_town(tmp_path)
    before = (made.settings.region / "roads.osm").read_bytes()
    list(import_roads(made.settings.region / "roads.osm", made.settings, columns={}))

    assert (made.settings.region / "roads.osm").read_bytes() == before


def test_other_demand_takes_the_place_of_the_old(make_town, tmp_path):
    made = make_town(tmp_path)
    (tmp_path / "mine.csv").write_text("demand_id,lon,lat,orders\n1,116.8,35.5,7\n", encoding="utf-8")
    *_, count = import_demand(NewDemand(tmp_path / "mine.csv"), made.settings)
    list(build_region(made.settings))

    assert (count.count, count.weight) == (1, 7)
    assert [point.weight for point in load_region(made.settings).demand] == [7]


def test_demand_by_name_is_joined_to_the_places_of_the_region(make_town, tmp_path):
    made = make_town(tmp_path)
    (tmp_path / "mine.csv").write_text("村名,人口\nA村,7\nC村民委员会,8\n", encoding="utf-8")
    *_, count = import_demand(NewDemand(tmp_path / "mine.csv"), made.settings)
    list(build_region(made.settings))
    demand = load_region(made.settings).demand

    assert (count.count, [(point.name, point.weight) for point in demand]) == (2, [("A村", 7), ("C村", 8)])
    assert (demand[0].lon, demand[0].lat) == made.places["A"]


def test_demand_with_a_wrong_row_changes_nothing(make_town, tmp_path):
    made = make_town(tmp_path)
    before = {path.name: path.read_bytes() for path in made.settings.region.iterdir()}
    (tmp_path / "mine.csv").write_text("demand_id,lon,lat,orders\n1,116.8,35.5,many\n", encoding="utf-8")

    with pytest.raises(RefusedListError):
        list(import_demand(NewDemand(tmp_path / "mine.csv"), made.settings))
    assert {path.name: path.read_bytes() for path in made.settings.region.iterdir()} == before


@pytest.mark.parametrize("name", ["", "  ", "\udcff", "a\nb", "a\x00b"])
def test_a_name_that_cannot_be_shown_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="region_name"):
        NewRegion(folder=tmp_path / "made", name=name, roads=tmp_path / "roads.osm")
