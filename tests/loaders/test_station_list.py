from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.errors import FileError
from stations.geo.datum import to_wgs84
from stations.loaders.station_list import read_station_list, write_station_list
from stations.loaders.station_row import COLUMNS
from stations.model.keys import ClosureReason, Datum, EntryMethod, ServiceKey, StationKind
from stations.model.listing import ColumnMatch, ListOptions, MatchedBy
from stations.model.station import Station
from stations.texts import LANGUAGES, say

ENDINGS = (".csv", ".xlsx", ".geojson", ".gpkg", ".kml")
BOUNDS = (116.6, 35.4, 117.0, 35.75)
GOOD = {"station_id": "s1", "name": "兖新苑 1", "kind": "hub", "lon": "116.8235", "lat": "35.5567"}

FULL = Station(
    station_id="s9",
    name="司机之家",
    kind=StationKind.DRIVER_HOME,
    lon=116.1 + 0.7,
    lat=35.5567000000001,
    source_lon=116.1 + 0.7,
    source_lat=35.5567000000001,
    source_datum=Datum.WGS84,
    township="鼓楼街道",
    address="文化路 1 号, 东门",
    services={ServiceKey.REST: 12, ServiceKey.WATER: None, ServiceKey.BED: 0},
    hours="Mo-Fr 08:00-18:00",
    hours_text='工作日 "白天"',
    follows_workdays=False,
    entry=EntryMethod.DOOR_CODE,
    entrance_lon=116.801,
    entrance_lat=35.557,
    entrance_s=40,
    entrance_hours="24/7",
    ebike_parking=True,
    phone="+86 537 0000000",
    verified_on=date(2026, 3, 15),
    source="north.csv row 9",
    notes="=1+1",
    closed=ClosureReason.MERGED,
    merged_into="s3",
)


def read(path, datum=Datum.WGS84, bounds=BOUNDS, **options):
    return read_station_list(path, options=ListOptions(datum, **options), bounds=bounds)


def stations_of(listing):
    return tuple(listed.station for listed in listing.stations)


@pytest.fixture
def listed(tmp_path):
    """Write rows (the changes to a good one) as a CSV and read it."""

    def make(*rows, columns=None, datum=Datum.WGS84):
        path = tmp_path / "north.csv"
        cells = [{**GOOD, "station_id": f"s{k}", **row} for k, row in enumerate(rows, start=1)]
        names = columns or list(dict.fromkeys(name for row in cells for name in row))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, extrasaction="ignore", restval="")
            writer.writeheader()
            writer.writerows(cells)
        return read(path, datum)

    return make


def told(report):
    """What is wrong, worded in every language as the terminal does, so that every sentence finds its values."""
    for problem in report.problems:
        for lang in LANGUAGES:
            values = {"row": problem.row, "column": problem.column, "value": problem.value, **dict(problem.values)}
            assert say(lang, problem.key, **values)
    return [(problem.key, problem.row, problem.column) for problem in report.problems]


def test_what_is_not_told_is_unknown(listed):
    report = listed({})

    assert stations_of(report) == (
        Station(
            "s1",
            "兖新苑 1",
            StationKind.HUB,
            116.8235,
            35.5567,
            116.8235,
            35.5567,
            Datum.WGS84,
            source="north.csv row 2",
        ),
    )
    assert (report.rows_read, report.problems) == (1, ())
    assert (report.stations[0].row, report.stations[0].id_given, report.stations[0].sheet) == (2, True, "")


def test_every_column_is_read(listed):
    report = listed(
        {
            "township": "鼓楼街道",
            "address": " 文化路 ",
            "services": "meal_heating:2;rest:12；water: ;",
            "hours": "Mo-Fr 08:00-18:00",
        },
        {
            "services": "meal_heating:2；rest：0 ; water;",
            "hours": "22:00-06:00",
            "hours_text": "夜间",
            "follows_workdays": "yes",
            "entry": "scan",
            "entrance_lon": "116.824",
            "entrance_lat": "35.557",
            "entrance_s": "45",
            "entrance_hours": "06:00-23:00",
            "ebike_parking": "no",
            "phone": "110",
            "verified_on": "2026/3/5",
            "source": "",
            "notes": "二楼",
        },
    )

    assert told(report) == [("list.service_count", 2, "services")]
    assert stations_of(report) == (
        Station(
            "s2",
            "兖新苑 1",
            StationKind.HUB,
            116.8235,
            35.5567,
            116.8235,
            35.5567,
            Datum.WGS84,
            services={ServiceKey.MEAL_HEATING: 2, ServiceKey.REST: 0, ServiceKey.WATER: None},
            hours="22:00-06:00",
            hours_text="夜间",
            follows_workdays=True,
            entry=EntryMethod.SCAN,
            entrance_lon=116.824,
            entrance_lat=35.557,
            entrance_s=45,
            entrance_hours="06:00-23:00",
            ebike_parking=False,
            phone="110",
            verified_on=date(2026, 3, 5),
            source="",
            notes="二楼",
        ),
    )


@pytest.mark.parametrize(
    ("change", "key", "column"),
    [
        ({"station_id": "a b"}, "id_form", "station_id"),
        ({"station_id": "站"}, "id_form", "station_id"),
        ({"station_id": "../up"}, "id_form", "station_id"),
        ({"station_id": "a" * 41}, "id_form", "station_id"),
        ({"name": "  "}, "empty", "name"),
        ({"name": "名" * 61}, "name_long", "name"),
        ({"name": "two\nlines"}, "control_character", "name"),
        ({"name": "bell\a!"}, "control_character", "name"),
        ({"name": "\u202egnorw"}, "control_character", "name"),
        ({"notes": "a\u2028b"}, "control_character", "notes"),
        ({"kind": "", "name": "驿站"}, "kind_unknown", "kind"),
        ({"kind": "HUBB", "name": "驿站"}, "unknown_key", "kind"),
        ({"kind": "城堡", "name": "物业旁的司机之家"}, "unknown_key", "kind"),  # the name tells two
        ({"closed": "建设中"}, "closure_unknown", "closed"),
        ({"merged_into": "二号站"}, "id_form", "merged_into"),
        ({"services": "rest:-1"}, "service_count", "services"),
        ({"services": "rest:1.5"}, "service_count", "services"),
        ({"services": "rest:many"}, "service_count", "services"),
        ({"services": "rest:٣"}, "service_count", "services"),
        ({"services": "rest:2;water;rest:12"}, "service_twice", "services"),
        ({"lon": ""}, "empty", "lon"),
        ({"lon": "116,8"}, "number", "lon"),
        ({"lat": "nan"}, "number", "lat"),
        ({"lat": "inf"}, "number", "lat"),
        ({"lat": "1e999"}, "number", "lat"),
        ({"lon": "116.8X"}, "number", "lon"),
        ({"lon": "116°60'"}, "number", "lon"),
        ({"lon": "35.5N", "lat": "116.8E"}, "swapped", "lon"),
        ({"lon": "35.5567", "lat": "116.8235"}, "swapped", "lon"),
        ({"lon": "24.94", "lat": "60.17"}, "outside", "lon"),
        ({"lon": "1168235", "lat": "355567"}, "outside", "lon"),
        ({"entrance_hours": "25:00-99:00"}, "hours", "entrance_hours"),
        ({"follows_workdays": "maybe"}, "yes_no", "follows_workdays"),
        ({"ebike_parking": "1"}, "yes_no", "ebike_parking"),
        ({"entrance_lon": "116.824"}, "half_given", "entrance_lat"),
        ({"entrance_lat": "35.5567"}, "half_given", "entrance_lon"),
        ({"entrance_s": "-5"}, "not_whole", "entrance_s"),
        ({"entrance_s": "1.5"}, "not_whole", "entrance_s"),
        # 0.02 degrees of latitude are 2.2 km
        ({"entrance_lon": "116.8235", "entrance_lat": "35.5767"}, "entrance_far", "entrance_lon"),
        ({"entrance_lon": "35.5567", "entrance_lat": "116.8235"}, "entrance_far", "entrance_lon"),
        ({"verified_on": "soon"}, "date", "verified_on"),
        ({"verified_on": "2026-02-30"}, "date", "verified_on"),
        ({"verified_on": "15.03.2026"}, "date", "verified_on"),
        ({"source_datum": "gcj02"}, "half_given", "source_lon"),
        ({"source_datum": "mars", "source_lon": "116.8", "source_lat": "35.5"}, "unknown_key", "source_datum"),
    ],
)
def test_a_bad_cell_is_told_by_row_and_column_and_the_other_rows_stand(listed, change, key, column):
    report = listed({}, change, {})

    assert (f"list.{key}", 3, column) in told(report)
    assert {problem.row for problem in report.problems} == {3}
    assert [station.station_id for station in stations_of(report)] == ["s1", "s3"]
    assert (report.rows_read, report.rows_refused) == (3, 1)


def test_a_problem_bears_the_value_and_what_is_allowed(listed):
    (problem,) = listed({"kind": "hubb", "name": "驿站"}).problems

    assert problem.value == "hubb"
    assert dict(problem.values)["allowed"].startswith("hub, party_centre")


def test_a_value_of_a_thousand_characters_is_shown_cut(listed):
    (problem,) = listed({"name": "名" * 1000}).problems

    assert problem.value == "名" * 80 + "…"


def test_every_problem_of_every_row_is_told(listed):
    report = listed({"kind": "x", "name": "y", "lat": "nan"}, {}, {"name": "", "hours": "whenever", "entrance_s": "-1"})

    assert told(report) == [
        ("list.number", 2, "lat"),
        ("list.unknown_key", 2, "kind"),
        ("list.empty", 4, "name"),
        ("list.hours_not_understood", 4, "hours"),
        ("list.not_whole", 4, "entrance_s"),
    ]


def test_an_id_may_be_used_once(listed):
    report = listed({"station_id": "a"}, {"station_id": "b"}, {"station_id": "a", "name": "second"})

    assert told(report) == [("list.id_twice", 4, "station_id")]
    assert dict(report.problems[0].values) == {"first": 2}
    assert [station.name for station in stations_of(report)] == ["兖新苑 1", "兖新苑 1"]


def test_a_missing_column_is_told_once_and_refuses_every_row(listed):
    report = listed({}, {"name": ""}, columns=["station_id", "name", "kind", "lon"])

    assert told(report) == [("list.column_missing", 1, "lat"), ("list.empty", 3, "name")]
    assert (report.stations, report.rows_read, report.rows_refused) == ((), 2, 2)


def test_a_column_that_means_nothing_is_told(listed):
    report = listed({"phones": "110"})

    assert report.columns[-1] == ColumnMatch("phones", None, None, ("110",))
    assert len(report.stations) == 1


def test_a_station_may_stand_up_to_5_km_outside_the_bounds(listed):
    # one degree of latitude is 111.2 km, one of longitude at 35.575 north 90.4 km; the edges are 35.4 and 116.6
    inside = listed({"lat": str(35.4 - 4.9 / 111.2)}, {"lon": str(116.6 - 4.9 / 90.4)})
    outside = listed({"lat": str(35.4 - 5.1 / 111.2)}, {"lon": str(116.6 - 5.1 / 90.4)})

    assert (len(inside.stations), len(outside.stations)) == (2, 0)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_the_declared_datum_is_taken_out_and_what_came_is_kept(listed, datum):
    (station,) = stations_of(listed({"entrance_lon": "116.824", "entrance_lat": "35.557"}, datum=datum))

    assert (station.lon, station.lat) == to_wgs84(116.8235, 35.5567, datum)
    assert (station.entrance_lon, station.entrance_lat) == to_wgs84(116.824, 35.557, datum)
    assert (station.source_lon, station.source_lat, station.source_datum) == (116.8235, 35.5567, datum)


def test_coordinates_of_origin_that_mean_another_place_are_not_kept(listed):
    # the same figures in GCJ-02 mean a place half a kilometre away: lon and lat were edited since
    (station,) = stations_of(listed({"source_datum": "gcj02", "source_lon": "116.8235", "source_lat": "35.5567"}))

    assert station.source_datum is Datum.WGS84


def test_spreadsheet_habits_are_read(tmp_path):
    path = tmp_path / "gb.csv"
    lines = [
        "station_id;name;kind;lon;lat;;",
        "",
        "s1;兖新苑;hub;116.8235;35.5567;;",
        ";;;;;;",
        's2;"歇;脚";hub;116.8235;35.5567;;',
    ]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))

    report = read(path)

    assert [(station.name, station.source) for station in stations_of(report)] == [
        ("兖新苑", "gb.csv row 3"),
        ("歇;脚", "gb.csv row 5"),
    ]
    assert report.rows_read == 2


def test_rows_of_the_wrong_length_are_told(tmp_path):
    path = tmp_path / "cut.csv"
    path.write_text(
        "station_id,name,kind,lon,lat\ns1,a,hub,116.8,35.5,more\ns2,b,hub,116.8,35.5\ns3,c,hub,116.", "utf-8"
    )

    report = read(path)

    assert told(report) == [("list.cells", 2, None), ("list.cells", 4, None)]
    assert (len(report.stations), report.rows_read) == (1, 3)


HEADER = "station_id,name,kind,lon,lat\n"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (None, "missing"),
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"  \n\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not_text"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "not_text"),
        (b"\xff\xfea\x00b\x00", "not_text"),
        (b"\x81\xff\xff\x80", "not_text"),
        ((HEADER.strip() + ",lon\n").encode(), "column_twice"),
        ((HEADER + 's1,"a,hub,116.8,35.5\n').encode(), "csv_broken"),
        ((HEADER + 's1,"a"b,hub,116.8,35.5\n').encode(), "csv_broken"),
        ((HEADER + "s1,兖新苑兖新苑").encode()[:-1], "damaged_text"),
        ((HEADER + "s1,兖新苑,hub\n").encode() + b"s2,\xff\xfe,hub", "damaged_text"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(tmp_path, content, key):
    path = tmp_path / "north.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(FileError) as refused:
        read(path)

    assert refused.value.key == f"file.{key}"
    for lang in LANGUAGES:
        assert "north.csv" in say(lang, refused.value.key, **refused.value.values)


def test_a_file_without_a_header_is_no_list(tmp_path):
    (tmp_path / "north.csv").write_text("s1,a,hub,116.8,35.5\n")

    with pytest.raises(FileError) as refused:
        read(tmp_path / "north.csv")

    assert refused.value.key == "list.no_header"


def test_a_folder_is_no_list(tmp_path):
    with pytest.raises(FileError) as refused:
        read(tmp_path)

    assert refused.value.key == "file.unreadable"


def test_a_header_alone_is_an_empty_list(tmp_path):
    (tmp_path / "a.csv").write_text(HEADER)

    report = read(tmp_path / "a.csv")

    assert (report.stations, report.problems, report.rows_read) == ((), (), 0)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("sample", [False, True])
def test_an_import_of_an_export_changes_nothing(tmp_path, ending, sample):
    gcj_lon, gcj_lat = to_wgs84(116.83, 35.56, Datum.GCJ02)
    moved = replace(
        FULL,
        station_id="-g",
        lon=gcj_lon,
        lat=gcj_lat,
        source_lon=116.83,
        source_lat=35.56,
        source_datum=Datum.GCJ02,
        entrance_lon=gcj_lon,
        entrance_lat=gcj_lat,
    )
    bare = Station("b", "'=x", StationKind.HUB, 116.8, 35.5, 116.8, 35.5, Datum.WGS84)
    path = tmp_path / f"out{ending}"

    write_station_list(path, [FULL, moved, bare], sample=sample)
    report = read(path)

    assert report.problems == ()
    told_by = MatchedBy.SYNONYM if ending == ".xlsx" else MatchedBy.NAME  # a workbook is for people
    assert {match.by for match in report.columns} == {told_by}
    assert stations_of(report) == (FULL, moved, bare)


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_export_of_nothing_is_read_as_nothing(tmp_path, ending):
    write_station_list(tmp_path / f"out{ending}", [])

    report = read(tmp_path / f"out{ending}")

    assert (report.stations, report.problems, report.rows_read) == ((), (), 0)


words = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cf")), min_size=1, max_size=60)
risky = st.builds("".join, st.tuples(st.text("'=+-@\",;＝", max_size=4), words)).map(lambda text: text[:60])


@settings(max_examples=60, deadline=None)
@given(name=words | risky, notes=risky, ending=st.sampled_from(ENDINGS))
def test_any_words_survive_export_and_import(tmp_path_factory, name, notes, ending):
    path = tmp_path_factory.mktemp("words") / f"out{ending}"
    station = replace(FULL, name=name, notes=notes)

    write_station_list(path, [station])

    assert stations_of(read(path)) == (station,)


@settings(max_examples=60, deadline=None)
@given(lon=st.floats(116.6, 117.0), lat=st.floats(35.4, 35.75), ending=st.sampled_from(ENDINGS))
def test_coordinates_survive_export_and_import_to_the_last_bit(tmp_path_factory, lon, lat, ending):
    path = tmp_path_factory.mktemp("places") / f"out{ending}"
    station = Station("s", "n", StationKind.HUB, lon, lat, lon, lat, Datum.WGS84)

    write_station_list(path, [station])

    assert stations_of(read(path)) == (station,)


@pytest.mark.parametrize("text", ["=1+1", "+86 537", "-x", "@SUM(A1)", "＝cmd", "'=1"])
def test_no_cell_of_an_export_is_taken_for_a_formula(tmp_path, text):
    path = tmp_path / "out.csv"

    write_station_list(path, [replace(FULL, name=text)])

    with path.open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["name"] == "'" + text


def test_negative_coordinates_are_numbers_not_formulas(tmp_path):
    # Porto lies west of Greenwich
    station = Station("p", "n", StationKind.HUB, -8.61, 41.15, -8.61, 41.15, Datum.WGS84)
    path = tmp_path / "out.csv"

    write_station_list(path, [station])

    assert ",-8.61," in path.read_text("utf-8-sig")
    assert stations_of(read(path, bounds=(-8.7, 41.1, -8.5, 41.2))) == (station,)


def test_a_csv_export_has_the_documented_columns_and_opens_in_spreadsheets(tmp_path):
    write_station_list(tmp_path / "out.csv", [FULL])

    content = (tmp_path / "out.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").split("\r\n")[0] == ",".join(COLUMNS)


def test_a_sample_export_says_so(tmp_path):
    write_station_list(tmp_path / "out.csv", [FULL], sample=True)
    write_station_list(tmp_path / "out.geojson", [FULL], sample=True)
    write_station_list(tmp_path / "real.geojson", [FULL])

    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["sample"] for row in csv.DictReader(file)] == ["yes"]
    assert json.loads((tmp_path / "out.geojson").read_text("utf-8"))["sample"] is True
    assert "sample" not in json.loads((tmp_path / "real.geojson").read_text("utf-8"))


def test_geojson_bears_plain_types(tmp_path):
    write_station_list(tmp_path / "out.geojson", [FULL])

    (feature,) = json.loads((tmp_path / "out.geojson").read_text("utf-8"))["features"]

    assert feature["geometry"] == {"type": "Point", "coordinates": [FULL.lon, FULL.lat]}
    assert feature["properties"]["services"] == {"rest": 12, "water": None, "bed": 0}
    assert feature["properties"]["entrance_s"] == 40
    assert feature["properties"]["follows_workdays"] is False
    assert feature["properties"]["verified_on"] == "2026-03-15"
    assert "lon" not in feature["properties"]


@pytest.mark.parametrize(
    ("feature", "key", "column"),
    [
        (None, "geometry", "geometry"),
        ({"type": "Feature", "geometry": None, "properties": {}}, "geometry", "geometry"),
        (
            {"geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "properties": {}},
            "geometry",
            "geometry",
        ),
        ({"geometry": {"type": "Point", "coordinates": [116.8]}, "properties": {}}, "geometry", "geometry"),
        ({"geometry": {"type": "Point", "coordinates": [116.8, "NaN"]}}, "geometry", "geometry"),
        ({"geometry": {"type": "Point", "coordinates": [116.8, float("nan")]}, "properties": GOOD}, "number", "lat"),
        ({"geometry": {"type": "Point", "coordinates": [[1], 35.5]}, "properties": GOOD}, "number", "lon"),
        ({"geometry": {"type": "Point", "coordinates": [35.5, 116.8]}, "properties": GOOD}, "swapped", "lon"),
    ],
)
def test_a_bad_feature_is_told_by_its_number(tmp_path, feature, key, column):
    good = {
        "geometry": {"type": "Point", "coordinates": [116.8, 35.5, 40.0]},
        "properties": {**GOOD, "station_id": "g"},
    }
    path = tmp_path / "in.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [good, feature]}), "utf-8")

    report = read(path)

    assert told(report) == [(f"list.{key}", 2, column)]
    assert (len(report.stations), report.rows_read) == (1, 2)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ('{"type": "FeatureCollection", "feat', "not_json"),
        ("[1, 2]", "not_geojson"),
        ('{"type": "Feature"}', "not_geojson"),
        ('{"features": {}}', "not_geojson"),
        ("[" * 100_000, "not_json"),
        ("1" * 10_000, "not_json"),
    ],
)
def test_a_geojson_that_is_none_is_refused(tmp_path, content, key):
    (tmp_path / "in.geojson").write_text(content)

    with pytest.raises(FileError) as refused:
        read(tmp_path / "in.geojson")

    assert refused.value.key == f"file.{key}"


def test_an_unknown_ending_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(FileError) as refused:
        write_station_list(tmp_path / "out.pdf", [FULL])

    assert refused.value.key == "file.ending"
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_keeps_what_was_there(tmp_path):
    path = tmp_path / "out.geojson"
    write_station_list(path, [FULL])
    before = path.read_bytes()

    with pytest.raises(ValueError, match="JSON"):
        write_station_list(path, [replace(FULL, lon=float("nan"))])

    assert path.read_bytes() == before
    with pytest.raises(FileError) as refused:
        write_station_list(tmp_path / "no folder" / "out.csv", [FULL])
    assert refused.value.key == "file.unwritable"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.geojson"]
