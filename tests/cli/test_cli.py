"""Every command at the terminal, and what it says when it is given what it cannot use."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing

import pytest

from stations.cli import main
from stations.cli.tables import nearest_table
from stations.model.keys import TravelMode
from stations.model.queries import NearestQuery, Place, read_moment
from stations.services.build import build_region
from stations.services.nearest import find_nearest
from stations.services.region import load_region
from stations.settings import SETTINGS, read_settings
from stations.texts import say

NOON = "2026-11-16T12:00"  # a Monday
CHINESE = re.compile("[\u4e00-\u9fff]")


class Terminal:
    """A terminal in the folder of a built town of its own."""

    def __init__(self, settings, folder, capsys):
        self.settings, self.folder, self.capsys, self.served = settings, folder, capsys, []

    def run(self, *words, region=None):
        """Return exit status, stdout and stderr of one command."""
        argv = ["--region", str(region or self.settings.region), *map(str, words)]
        try:
            status = main(argv, serve=self._serve)
        except SystemExit as left:  # argparse leaves by itself
            status = left.code
        out, err = self.capsys.readouterr()
        assert "Traceback" not in out + err
        return status, out, err

    def _serve(self, settings, **options):
        self.served.append((settings, options))

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content) if isinstance(content, bytes) else path.write_text(content, encoding="utf-8")
        return path

    def state(self):
        """Return all that must not change when a command is refused: database, published table, region."""
        instance = self.settings.instance
        with closing(sqlite3.connect(instance / "stations.sqlite")) as database:
            rows = list(database.iterdump())
        tables = instance / "town" / "tables"
        files = {path: path.read_bytes() for path in self.settings.region.rglob("*") if path.is_file()}
        return rows, (tables / "current").read_bytes(), sorted(p.name for p in tables.iterdir()), files


@pytest.fixture(scope="module")
def template(make_town, tmp_path_factory):
    """The folder of a built town to copy."""
    folder = tmp_path_factory.mktemp("template")
    made = make_town(folder)
    list(build_region(made.settings))
    return folder


@pytest.fixture
def terminal(template, tmp_path, monkeypatch, capsys):
    shutil.copytree(template, tmp_path / "town")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in ("LC_ALL", "LC_MESSAGES", *(row.name for row in SETTINGS)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("STATIONS_INSTANCE", str(tmp_path / "town" / "instance"))
    settings = read_settings(
        {"STATIONS_INSTANCE": str(tmp_path / "town" / "instance")}, region=tmp_path / "town" / "region"
    )
    return Terminal(settings, tmp_path / "here", capsys)


@pytest.fixture
def at(town):
    def place(name):
        lon, lat = town.places[name]
        return ["--lon", lon, "--lat", lat]

    return place


def edited(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new)


# ---- Serving and building


@pytest.mark.parametrize("words", [[], ["serve"]])
def test_serving_builds_and_starts(terminal, words):
    status, _, _ = terminal.run(*words)
    ((settings, options),) = terminal.served

    assert status == 0
    assert settings == terminal.settings
    assert options == {"lang": "en", "host": "127.0.0.1", "port": 8000, "workers": 2, "cert": None, "key": None}


def test_serving_takes_its_options(terminal):
    terminal.run("serve", "--host", "0.0.0.0", "--port", "81", "--workers", "3")

    assert terminal.served[0][1] | {"lang": ""} == {
        "lang": "", "host": "0.0.0.0", "port": 81, "workers": 3, "cert": None, "key": None,
    }  # fmt: skip


def test_building_reports_what_lies_off_the_roads(terminal):
    shutil.rmtree(terminal.settings.instance)
    status, out, err = terminal.run("build")

    assert status == 0
    assert "4 stations" in out
    assert "on foot: 25.0% of stations and 7.69% of demand have no road near" in out  # g of 4; 50 of 650
    assert "stations with no road near (1): g" in out
    assert "travel times by car" in err  # the bar
    assert terminal.run("build")[1] == out


# ---- Nearest and coverage


def test_nearest_prints_a_table(terminal, at):
    status, out, _ = terminal.run("nearest", *at("E"), "--mode", "walk", "--when", NOON)
    lines = out.splitlines()

    assert status == 0
    assert lines[0] == say("en", "cli.sample")
    assert "Town · on foot at 3.6 km/h · setting out 2026-11-16 12:00" in lines[1]
    assert [re.search(r"\b([eghq])  站", line)[1] for line in lines[2:]] == ["e", "h", "q", "g"]
    assert "open on arrival, until 18:00" in lines[3]
    assert "no way there by road" in lines[4].lower()


def test_nearest_as_json_is_what_the_web_answers(terminal, at):
    words = ["nearest", *at("E"), "--mode", "walk", "--when", NOON, "--need", "toilet", "--need", "hungry", "--json"]
    status, out, _ = terminal.run(*words)
    body = json.loads(out)

    assert status == 0
    assert [feature["properties"]["station_id"] for feature in body["features"]] == ["h"]
    assert body["features"][0]["properties"]["travel_s"] == pytest.approx(600, abs=1)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--limit", "2"], ["e", "h"]),
        (["--service", "rest", "--service", "water"], ["e"]),
        (["--entry", "scan"], ["h"]),
        (["--open-on-arrival"], ["e", "h"]),
        (["--always-open"], ["e"]),
        (["--need", "truck"], []),
    ],
)
def test_nearest_takes_every_filter(terminal, at, words, expected):
    _, out, _ = terminal.run("nearest", *at("E"), "--mode", "walk", "--when", NOON, "--json", *words)

    assert [feature["properties"]["station_id"] for feature in json.loads(out)["features"]] == expected


def test_nearest_without_a_fit_says_so(terminal, at):
    assert "no station fits" in terminal.run("nearest", *at("E"), "--need", "truck")[1]


@pytest.mark.parametrize(
    ("place", "words"), [("P", "is not joined to the main network"), ("west", "no road within 250 m")]
)
def test_nearest_tells_how_well_the_origin_sits(terminal, town, place, words):
    lon, lat = town.places["P"] if place == "P" else (town.places["A"][0] - 0.009, town.places["A"][1])

    assert words in terminal.run("nearest", "--lon", lon, "--lat", lat, "--mode", "walk")[1]


def test_columns_of_a_table_stand_under_one_another(town):
    region = load_region(town.settings)
    when = read_moment(NOON, time_zone="Asia/Shanghai")
    answer = find_nearest(NearestQuery(Place(*town.places["E"]), TravelMode.WALK, when), region)
    rows = nearest_table(answer, region.profile, "zh").splitlines()[2:]
    widths = [sum(2 if CHINESE.match(sign) or sign in "，" else 1 for sign in row[: row.index("站 ")]) for row in rows]

    assert len(set(widths)) == 1


def test_coverage_prints_a_table(terminal):
    status, out, _ = terminal.run("coverage", "--mode", "walk", "--minutes", "6")

    assert status == 0
    assert "within 6 min (inclusive) · any hour" in out
    # Counted by hand in tests/services/test_coverage.py.
    (whole,) = [line for line in out.splitlines() if line.startswith("whole region")]
    assert whole.split()[2:6] == ["650", "61.5%", "30.8%", "7.7%"]
    assert "镇" in out


def test_coverage_is_written_by_the_ending_of_the_file(terminal):
    words = ["coverage", "--mode", "walk", "--minutes", "6", "--need", "tired", "--service", "water", "--when", NOON]
    assert terminal.run(*words, "--out", "cover.json")[:2] == (0, "")
    assert terminal.run(*words, "--table", "gaps", "--out", "gaps.geojson")[:2] == (0, "")
    assert terminal.run(*words, "--out", "cover.csv")[:2] == (0, "")
    cover = json.loads((terminal.folder / "cover.json").read_text(encoding="utf-8"))
    gaps = json.loads((terminal.folder / "gaps.geojson").read_text(encoding="utf-8"))

    assert (cover["sample"], cover["need"], cover["service"], cover["when"]) == (
        True, ["tired"], ["water"], "2026-11-16T12:00:00+08:00",
    )  # fmt: skip
    assert cover["whole"]["covered"] + cover["whole"]["gap"] + cover["whole"]["unknown"] == 650
    found = [(feature["properties"]["state"], feature["id"]) for feature in gaps["features"]]
    assert found == [("unknown", "far"), ("gap", "A"), ("gap", "C")]
    assert gaps["method"]["hour"] == "2026-11-16 12:00 +0800"
    assert (terminal.folder / "cover.csv").read_text(encoding="utf-8-sig").splitlines()[1].startswith("region,Town,650")
    assert "2026-11-16 12:00" in (terminal.folder / "cover-method.txt").read_text(encoding="utf-8-sig")


# ---- Station lists


def test_a_list_taken_out_and_brought_in_again_changes_nothing(terminal):
    for name in ("list.csv", "list.geojson"):
        assert "wrote 4 stations" in terminal.run("stations", "export", name)[1]
        before = terminal.state()
        status, out, _ = terminal.run("stations", "import", name, "--datum", "wgs84")

        assert status == 0
        assert "0 new, 0 changed, 4 unchanged, 0 missing" in out
        assert "nothing was changed" in out
        assert terminal.state() == before


def test_a_changed_list_is_served_at_once(terminal, at):
    terminal.run("stations", "export", "list.csv")
    lines = edited(terminal.folder / "list.csv", "站 e", "renamed").splitlines()
    terminal.write("list.csv", "\n".join(lines[:3]))  # e and g
    status, out, _ = terminal.run("stations", "import", "list.csv", "--datum", "wgs84")

    assert status == 0
    assert "0 new, 1 changed, 1 unchanged, 2 missing" in out
    assert "renamed" in terminal.run("nearest", *at("E"), "--mode", "walk")[1]


def test_a_dry_run_stores_nothing(terminal):
    terminal.run("stations", "export", "list.csv")
    terminal.write("list.csv", edited(terminal.folder / "list.csv", "站 e", "renamed"))
    before = terminal.state()
    status, out, _ = terminal.run("stations", "import", "list.csv", "--datum", "wgs84", "--dry-run")

    assert status == 0
    assert "0 new, 1 changed, 3 unchanged, 0 missing" in out
    assert "name: 站 e → renamed" in out
    assert "nothing was written" in out
    assert terminal.state() == before


def test_the_datum_moves_what_is_brought_in(terminal, town):
    # The numbers of E said to be GCJ-02 lie 499 m further west, at Yanzhou: see tests/geo/test_datum.py.
    terminal.run("stations", "export", "list.csv")
    terminal.run("stations", "import", "list.csv", "--datum", "gcj02")
    terminal.run("stations", "export", "moved.geojson")
    moved = json.loads((terminal.folder / "moved.geojson").read_text(encoding="utf-8"))["features"][0]

    assert town.places["E"][0] - moved["geometry"]["coordinates"][0] == pytest.approx(0.0055, abs=0.0002)
    assert moved["properties"]["source_datum"] == "gcj02"


def test_hours_that_are_not_understood_are_unknown_and_told(terminal):
    terminal.run("stations", "export", "list.csv")
    terminal.write("list.csv", edited(terminal.folder / "list.csv", "Mo-Fr 08:00-18:00", "whenever"))
    status, out, _ = terminal.run("stations", "import", "list.csv", "--datum", "wgs84")

    assert status == 0
    assert "whenever" in out
    assert "hours (formal): Mo-Fr 08:00-18:00 → –" in out


def test_a_change_is_shown_in_history_and_taken_back(terminal):
    terminal.run("stations", "export", "first.csv")
    terminal.write("list.csv", edited(terminal.folder / "first.csv", "站 e", "renamed"))
    terminal.run("stations", "import", "list.csv", "--datum", "wgs84", "--reason", "sign changed")
    history = terminal.run("stations", "history")[1]

    assert "sign changed · list.csv" in history
    assert "* e renamed" in terminal.run("stations", "history", "2")[1]
    assert "taken back" in terminal.run("stations", "undo", "2")[1]
    terminal.run("stations", "export", "again.csv")
    assert (terminal.folder / "again.csv").read_bytes() == (terminal.folder / "first.csv").read_bytes()
    status, _, err = terminal.run("stations", "undo", "2")
    assert (status, "3" in err) == (2, True)


def test_everything_is_taken_out_in_open_formats(terminal):
    status, _, _ = terminal.run("stations", "export", "all", "--all")

    assert status == 0
    names = {path.name for path in (terminal.folder / "all").iterdir()}
    assert {"stations.csv", "stations.geojson", "stations.gpkg", "history.csv", "region.toml", "demand.csv"} <= names
    assert terminal.run("stations", "export", "all", "--all")[0] == 2


def test_a_list_may_be_taken_out_before_the_first_build(terminal):
    shutil.rmtree(terminal.settings.instance)

    assert "wrote 4 stations" in terminal.run("stations", "export", "list.csv")[1]


# ---- Regions, roads, demand


def test_a_region_is_made_of_roads_and_a_list(terminal, at):
    source = terminal.settings.region
    status, out, _ = terminal.run(
        "region", "create", "mine", "--name", "Mine", "--roads", source / "roads.osm",
        "--stations", source / "stations.csv", "--datum", "wgs84",
    )  # fmt: skip
    assert status == 0
    assert "python app.py --region mine" in out
    status, out, _ = terminal.run("nearest", *at("B"), "--mode", "walk", "--when", NOON, region="mine")

    assert status == 0
    assert say("en", "cli.sample") not in out
    assert re.search(r"^4 min .* e  站 e", out, re.MULTILINE)  # 300 m at 4.5 km/h


def test_a_region_is_made_of_roads_and_the_places_of_the_map(terminal, at, town):
    lon, lat = town.places["E"]
    toilet = (
        f'<node id="99" lon="{lon}" lat="{lat}" version="1"><tag k="amenity" v="toilets"/>'
        '<tag k="name" v="Alley toilet"/><tag k="opening_hours" v="24/7"/></node>'
    )
    first_way = '<way id="1"'
    path = terminal.write(
        "mine.osm", edited(terminal.settings.region / "roads.osm", first_way, f"{toilet}\n{first_way}")
    )
    assert terminal.run("region", "create", "mine", "--name", "M", "--roads", path, "--stations-from-osm")[0] == 0
    status, out, _ = terminal.run(
        "nearest", *at("B"), "--mode", "walk", "--need", "toilet", "--when", NOON, region="mine"
    )

    assert status == 0
    assert re.search(r"^4 min +open on arrival, all day +\S+ +Alley toilet", out, re.MULTILINE)


def test_other_roads_are_taken_over_and_built(terminal, at):
    path = terminal.write(
        "open.osm", edited(terminal.settings.region / "roads.osm", '<tag k="access" v="private"/>', "")
    )
    status, out, _ = terminal.run("roads", "import", path)

    assert status == 0
    assert "on foot: 0.0% of stations" in out
    assert re.search(r"^5 min .* g  站 g", terminal.run("nearest", *at("C"), "--mode", "walk")[1], re.MULTILINE)


def test_other_demand_is_taken_over(terminal, town):
    lon, lat = town.places["E"]
    path = terminal.write("orders.csv", f"demand_id,lon,lat,orders\n1,{lon},{lat},70\n")
    status, out, _ = terminal.run("demand", "import", path)

    assert status == 0
    assert "1 demand points are used now" in out
    (whole,) = [line for line in terminal.run("coverage")[1].splitlines() if line.startswith("whole region")]
    assert whole.split()[2:4] == ["70", "100.0%"]


def test_gaps_week_and_resilience_are_printed(terminal):
    asked = ["--mode", "walk", "--minutes", "6"]
    status, gaps, _ = terminal.run("gaps", *asked)
    week = terminal.run("week", *asked, "--week", "2026-02-28", "--need", "toilet")[1]
    resilience = terminal.run("resilience", *asked)[1]

    assert status == 0
    assert gaps.index("unknown, look at these first (1 places, 50)") < gaps.index("gaps (2 places, 200)")
    assert "no road near" in gaps
    assert "a new site near here" in gaps
    toilet = terminal.run("gaps", *asked, "--need", "toilet")[1]
    assert "add the service at 站 e (serves 300)" in toilet.split(say("en", "planner.remedies"))[1]
    assert "from 2026-02-23 (Monday)" in week
    assert "2026-02-28 make-up workday" in week
    assert "2026-02-16 day off: Spring Festival" in week
    strip = next(line for line in week.splitlines() if line.startswith(say("en", "need.toilet")))
    assert len(strip.replace(" ", "")) >= 168
    assert "covered by two stations or more: 15.4%" in resilience
    assert "stations that nobody would miss (3): g, h, q" in resilience


def test_what_if_by_hand_is_what_the_page_answers(terminal, town):
    lon, lat = town.places["A"]
    asked = ["--mode", "walk", "--minutes", "6", "--need", "tired", "--when", "2026-11-16T03:00"]
    status, closed, _ = terminal.run("what-if", *asked, "--without", "e")
    opened = terminal.run("what-if", *asked, "--site", f"{lon},{lat},A gate", "--hours", "h=24/7", "--waive", "h")[1]

    # e alone covers 400 of 650 by night; a station at A itself covers at least the 100 who live there
    assert status == 0
    assert "61.5% → 0.0%" in closed
    assert "0 more are covered, 400 no longer" in closed
    assert "A gate" in opened
    assert "the last new site: catchment " in opened
    assert terminal.run("what-if", *asked, "--without", "e", "--out", "off.json")[:2] == (0, "")
    told = json.loads((terminal.folder / "off.json").read_text(encoding="utf-8"))["properties"]
    assert (told["gained"], told["lost"]) == (0, 400)
    assert terminal.run("what-if", *asked, "--without", "e", "--out", "off.geojson")[:2] == (0, "")
    table = json.loads((terminal.folder / "off.geojson").read_text(encoding="utf-8"))
    assert table["features"][0]["properties"]["covered"] == 0
    assert "e" in table["method"]["changes"]


def test_who_stands_behind_a_spot_is_told(terminal, town):
    lon, lat = town.places["A"]
    asked = ["--mode", "walk", "--minutes", "6", "--need", "tired", "--when", "2026-11-16T03:00"]
    status, told, _ = terminal.run("here", "--lon", lon, "--lat", lat, *asked)
    nobody = terminal.run("here", "--lon", "1", "--lat", "1", *asked)[1]

    assert status == 0
    assert "A 100\n  Gap 100" in told
    assert say("en", "planner.here_nothing") in nobody
    assert terminal.run("here", "--lon", lon, "--lat", lat, *asked, "--out", "here.json")[:2] == (0, "")
    assert json.loads((terminal.folder / "here.json").read_text(encoding="utf-8"))["weight"] == 100


def test_each_answer_can_be_written(terminal):
    for command in ("coverage", "gaps", "week", "resilience", "siting"):
        more = ["--new", "1"] if command == "siting" else []
        for ending in ("json", "csv", "xlsx", "geojson", "gpkg"):
            assert terminal.run(command, "--mode", "walk", *more, "--out", f"out.{ending}")[:2] == (0, "")
        answer = json.loads((terminal.folder / "out.json").read_text(encoding="utf-8"))
        assert answer.get("query", answer)["region"] == "town"
        assert json.loads((terminal.folder / "out.geojson").read_text(encoding="utf-8"))["name"] == command
        status, _, told = terminal.run(command, "--mode", "walk", *more, "--out", "out.pdf")
        assert status == 2
        assert "out.pdf" in told


def test_a_layer_of_demand_is_brought_listed_asked_and_taken_out(terminal, town):
    lon, lat = town.places["E"]
    path = terminal.write("shops.csv", f"lon,lat,orders\n{lon},{lat},70\n11.5,48.25,5\n")
    told = ["--layer", "shops", "--unit", "meals", "--year", "2026", "--source", "a list"]
    status, out, _ = terminal.run("demand", "import", path, *told)

    assert status == 0
    assert "2 demand points are used now, 75 meals" in out
    assert "1 points (5 together) lie outside the region" in out
    listed = terminal.run("demand", "list")[1].splitlines()[-1].split()
    assert listed == ["shops", "2", "75", "meals", "2026", "a", "list"]
    whole = next(
        line for line in terminal.run("coverage", "--layer", "shops")[1].splitlines() if line.startswith("whole region")
    )
    assert whole.split()[2:6] == ["75", "93.3%", "0.0%", "6.7%"]
    terminal.run("stations", "export", "all", "--all")
    assert (terminal.folder / "all" / "demand-shops.csv").is_file()
    assert terminal.run("demand", "remove", "shops")[0] == 0
    status, _, wrong = terminal.run("coverage", "--layer", "shops")
    assert (status, wrong) == (2, 'there is no layer of demand "shops"; there are: demand\n')


# ---- What cannot be used: status 2, one clear sentence, nothing changed

HEAD = "station_id,name,kind,lon,lat,hours\n"
LISTS = {
    "missing column": ("station_id,name,kind,lon\na,A,hub,116.8\n", ["row 1", "column lat", "lacks"]),
    "outside": (HEAD + "a,A,hub,116.8,35.5,\nb,B,hub,121.47,31.23,\n", ["row 3", "121.47", "31.23", "outside"]),
    "swapped": (HEAD + "a,A,hub,35.5,116.8,\n", ["row 2", "35.5", "116.8", "swapped"]),
    "kind": (HEAD + "a,A,castle,116.8,35.5,\n", ["row 2", "column kind", "castle"]),
    "nan": (HEAD + "a,A,hub,116.8,nan,\n", ["row 2", "column lat", "nan"]),
    "twice": (HEAD + "a,A,hub,116.8,35.5,\na,B,hub,116.8,35.5,\n", ["row 3", "row 2", "column station_id"]),
    "cells": (HEAD + "a,A,hub,116.8,35.5\n", ["row 2", "5", "6"]),
    "empty": ("", ["is empty"]),
    "not text": (b"\x00\x01\x02\xff" * 40, ["not a text file"]),
    "cut": (HEAD + 'a,"A,hub,116.8,35.5,\n', ["quotation mark"]),
    "road file": ("<osm></osm>", ["header"]),
}


@pytest.mark.parametrize("case", LISTS)
def test_a_station_list_that_cannot_be_used(terminal, case):
    content, told = LISTS[case]
    terminal.write("mine.csv", content)
    before = terminal.state()
    for words in (["--dry-run"], []):
        status, out, err = terminal.run("stations", "import", "mine.csv", "--datum", "wgs84", *words)

        assert status == 2
        assert out == "" or words == ["--dry-run"]
        assert [words for words in ["mine.csv", *told] if words not in out + err] == []
        assert terminal.state() == before


@pytest.mark.parametrize("name", ["nowhere.csv", "nowhere.geojson", "."])
def test_a_station_list_that_is_not_there(terminal, name):
    before = terminal.state()
    status, _, err = terminal.run("stations", "import", name, "--datum", "wgs84")

    assert status == 2
    assert len(err.splitlines()) == 1
    assert terminal.state() == before


def test_all_problems_of_a_list_are_told_up_to_fifty(terminal):
    rows = "".join(f"s{n},A,castle,116.8,35.5,\n" for n in range(60))
    terminal.write("mine.csv", HEAD + rows)
    _, _, err = terminal.run("stations", "import", "mine.csv", "--datum", "wgs84")

    assert "60 problems" in err.splitlines()[0]
    assert len(err.splitlines()) == 52
    assert "and 10 more" in err.splitlines()[-1]


def test_a_list_is_refused_whole_though_one_row_is_wrong(terminal):
    terminal.write("mine.csv", HEAD + "new,New,hub,116.8,35.5,\nbad,Bad,castle,116.8,35.5,\n")
    before = terminal.state()

    assert terminal.run("stations", "import", "mine.csv", "--datum", "wgs84")[0] == 2
    assert terminal.state() == before


WHOLE = "whole"
ROADS = {
    "missing.osm": (None, ["missing.osm", "not there"]),
    "empty.osm": (b"", ["empty.osm", "empty"]),
    "cut.osm": (lambda whole: whole[: len(whole) // 2], ["cut.osm", "not a whole OpenStreetMap file"]),
    "cut.osm.pbf": (lambda _: b"\x00\x00\x00\x0d\x0a\x09OSMHeader", ["cut.osm.pbf", "not a whole OpenStreetMap file"]),
    "text.osm.pbf": (b"this is text", ["text.osm.pbf", "not a whole OpenStreetMap file"]),
    "text.graphml": (b"this is text", ["text.graphml", "not a whole GraphML file"]),
    "text.gpkg": (b"this is text", ["text.gpkg", "cannot be opened"]),
    "roads.docx": (lambda whole: whole, ["roads.docx", ".osm.pbf"]),
    "none.osm": (b'<osm version="0.6"><node id="1" lon="116.8" lat="35.5"/></osm>', ["none.osm", "no road"]),
    "far.osm": (
        lambda whole: whole.replace(b'lon="116.', b'lon="11.').replace(b'lat="35.', b'lat="48.'),
        ["far.osm", "no road in the region", "116.79", "11.8"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROADS)
def test_a_road_file_that_cannot_be_used(terminal, name):
    content, told = ROADS[name]
    whole = (terminal.settings.region / "roads.osm").read_bytes()
    if content is not None:
        terminal.write(name, content(whole) if callable(content) else content)
    before = terminal.state()
    status, out, err = terminal.run("roads", "import", name)

    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert [words for words in told if words not in err] == []
    assert terminal.state() == before


@pytest.mark.parametrize("name", [name for name in ROADS if name != "far.osm"])
def test_no_region_is_made_of_such_a_road_file(terminal, name):
    content, told = ROADS[name]
    whole = (terminal.settings.region / "roads.osm").read_bytes()
    if content is not None:
        terminal.write(name, content(whole) if callable(content) else content)
    status, out, err = terminal.run("region", "create", "mine", "--name", "M", "--roads", name)

    assert (status, out) == (2, "")
    assert [words for words in told if words not in err] == []
    assert [path.name for path in terminal.folder.iterdir() if path.name != name] == []


def test_the_roads_of_the_region_are_looked_at_before_anything_is_lost(terminal):
    before = terminal.state()
    (terminal.settings.region / "roads.osm").write_bytes(b"rubbish")
    status, _, err = terminal.run("build")

    assert status == 2
    assert "roads.osm" in err.splitlines()[-1]
    assert terminal.state()[:3] == before[:3]


DEMANDS = {
    "": ["is empty"],
    "demand_id,lon,lat,weight\n": ["no rows"],
    "demand_id,lon,lat,weight\n1,116.8,35.5,-3\n": ["row 2", "column weight", "-3"],
    "demand_id,lon,lat,weight\n1,116.8,north,3\n": ["row 2", "column lat", "north"],
    "demand_id,lon,weight\n1,116.8,3\n": ["column lat"],
}


@pytest.mark.parametrize("content", DEMANDS)
def test_a_demand_file_that_cannot_be_used(terminal, content):
    terminal.write("mine.csv", content)
    before = terminal.state()
    status, out, err = terminal.run("demand", "import", "mine.csv")

    assert (status, out) == (2, "")
    assert [words for words in ["mine.csv", *DEMANDS[content]] if words not in err] == []
    assert terminal.state() == before


HERE = ["nearest", "--lon", "116.8", "--lat", "35.5"]
WORDS = [
    (["nearest", "--lon", "116.8", "--lat", "nan"], ["lat", "nan"]),
    (["nearest", "--lon", "116.8", "--lat", "200"], ["lat", "200"]),
    (["nearest", "--lon", "east", "--lat", "35.5"], ["--lon", "east"]),
    ([*HERE, "--mode", "teleport"], ["--mode", "teleport", "walk, ebike, car"]),
    ([*HERE, "--need", "gold"], ["--need", "gold", "toilet"]),
    ([*HERE, "--service", "gold"], ["--service", "gold"]),
    ([*HERE, "--entry", "window"], ["--entry", "window"]),
    ([*HERE, "--limit", "0"], ["limit", "0"]),
    ([*HERE, "--limit", "201"], ["limit", "201"]),
    ([*HERE, "--limit", "x"], ["--limit", "x"]),
    ([*HERE, "--when", "garbage"], ["garbage"]),
    ([*HERE, "--when", "1800-01-01"], ["1800-01-01"]),
    (["coverage", "--minutes", "-3"], ["minutes", "-3"]),
    (["coverage", "--minutes", "31"], ["minutes", "31"]),
    (["coverage", "--minutes", "soon"], ["--minutes", "soon"]),
    (["coverage", "--mode", "teleport"], ["teleport"]),
    (["coverage", "--out", "cover.pdf"], ["cover.pdf", ".json, .csv, .xlsx, .geojson, .gpkg"]),
    (["coverage", "--out", "cover"], ["cover", ".json, .csv"]),
    (["coverage", "--table", "demand", "--out", "demand.json"], ["demand.json", ": .csv, .xlsx"]),
    (["what-if"], ["--site", "--without"]),
    (["what-if", "--site", "here"], ["--site", "here"]),
    (["what-if", "--site", "116.8,north"], ["--site", "north"]),
    (["what-if", "--hours", "e"], ["--hours", "e", "ID=VALUE"]),
    (["what-if", "--hours", "e=always"], ["always"]),
    (["what-if", "--without", "nobody"], ["nobody"]),
    (["what-if", "--add-service", "e=gold"], ["--add-service", "gold"]),
    (["what-if", "--without", "e", "--out", "off.pdf"], ["off.pdf", ".json, .csv"]),
    (["here", "--lon", "x", "--lat", "1"], ["--lon", "x"]),
    (["here", "--lon", "1", "--lat", "1", "--within", "-5"], ["--within", "-5"]),
    (["here", "--lon", "1", "--lat", "1", "--out", "here.csv"], ["here.csv", ".json"]),
    (["brief"], ["--out", ".pdf, .docx"]),
    (["brief", "--out", "brief.txt"], ["brief.txt", ".pdf, .docx"]),
    (["coverage", "--table", "rivers", "--out", "cover.csv"], ["rivers", "coverage, demand, gaps"]),
    (["coverage", "--out", "nowhere/cover.csv"], ["cover.csv"]),
    (["coverage", "--out", "nowhere/cover.json"], ["cover.json"]),
    (["stations", "export", "list.docx"], ["list.docx", ".docx", ".csv, "]),
    (["stations", "export", "nowhere/list.csv"], ["list.csv"]),
    (["stations", "import", "list.csv", "--datum", "mars"], ["--datum", "mars", "wgs84, gcj02, bd09"]),
    (["region", "create", "mine", "--name", "M", "--roads", "r.osm", "--stations", "s.csv"], ["s.csv", "--datum"]),
    (
        ["region", "create", "mine", "--name", "M", "--roads", "r.osm", "--stations", "s.csv", "--stations-from-osm"],
        ["--stations-from-osm"],
    ),
    (["region", "create", "mine", "--name", "M", "--roads", "r.graphml", "--stations-from-osm"], ["r.graphml"]),
    (["region", "create", "mine", "--name", "M", "--roads", "r.shp", "--road-column", "class"], ["class"]),
]


@pytest.mark.parametrize(("words", "told"), WORDS)
def test_words_that_cannot_be_used(terminal, words, told):
    before = terminal.state()
    status, out, err = terminal.run(*words)

    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert [part for part in told if part not in err] == []
    assert terminal.state() == before
    assert list(terminal.folder.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ["fly"],
        ["nearest"],
        ["serve", "--port", "x"],
        ["stations"],
        ["stations", "import", "list.csv"],
        ["region", "create"],
    ],
)
def test_words_that_are_no_command(terminal, words):
    status, out, err = terminal.run(*words)

    assert (status, out) == (2, "")
    assert "usage:" in err


@pytest.mark.parametrize("region", ["nowhere", "here.toml"])
def test_a_region_folder_that_is_not_there(terminal, region):
    terminal.write("here.toml", "")
    for words in (["build"], [*HERE], ["stations", "export", "a.csv"], []):
        status, _, err = terminal.run(*words, region=region)

        assert status == 2
        assert region in err
        assert len(err.splitlines()) == 1
    assert terminal.served == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('region_id = "town"', "region_id = town", "region.toml"),
        ("speed_kmh = 3.6", "speed_kmh = -3.6", "modes.walk.speed_kmh"),
        ("speed_kmh = 3.6", "speed_kmh = nan", "modes.walk.speed_kmh"),
        ("[modes.walk]", "[modes.sled]", "modes.sled"),
        ('time_zone = "Asia/Shanghai"', 'time_zone = "Mars/Olympus"', "Mars/Olympus"),
        ('roads_file = "roads.osm"', 'roads_file = "roads.pbf"', "roads.pbf"),
        ('holiday_calendar = "cn"', 'holiday_calendar = "mars"', "mars"),
    ],
)
def test_a_broken_profile_is_told(terminal, old, new, told):
    path = terminal.settings.region / "region.toml"
    path.write_text(edited(path, old, new), encoding="utf-8")
    before = terminal.state()
    for words in (["build"], [*HERE], ["serve"]):
        status, _, err = terminal.run(*words)

        assert status == 2
        assert told in err.splitlines()[-1]
    assert terminal.served == []
    assert terminal.state()[0] == before[0]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("one.osm", '<osm version="0.6"><node id="1" lon="116.8" lat="35.5"/>{way}</osm>', "no length"),
        ("nan.osm", '<osm version="0.6"><node id="1" lon="nan" lat="35.5"/>{way}</osm>', "nan.osm"),
        ("id.osm", '<osm version="0.6"><node id="99999999999999999999" lon="1" lat="1"/>{way}</osm>', "id.osm"),
        ("word.graphml", '<?xml version="1.0" encoding="nonsense"?><graphml/>', "word.graphml"),
        ("nan.graphml", "{graphml}", "not on earth"),
    ],
)
def test_roads_that_are_none_are_told(terminal, tmp_path, name, content, told):
    way = '<way id="1"><nd ref="1"/><nd ref="1"/><tag k="highway" v="residential"/></way>'
    keys = "".join(f'<key id="{key}" for="{key_of}" attr.name="{key}"/>' for key, key_of in KEYS)
    nodes = "".join(f'<node id="{n}"><data key="x">nan</data><data key="y">35.5</data></node>' for n in (1, 2))
    edge = '<edge source="1" target="2"><data key="highway">residential</data></edge>'
    space = 'xmlns="http://graphml.graphdrawing.org/xmlns"'
    graphml = f"<graphml {space}>{keys}<graph>{nodes}{edge}</graph></graphml>"
    (tmp_path / name).write_text(content.format(way=way, graphml=graphml), encoding="utf-8")
    status, _, err = terminal.run(
        "region", "create", str(tmp_path / "made"), "--name", "X", "--roads", str(tmp_path / name)
    )

    assert status == 2
    assert told in err.splitlines()[-1]
    assert not (tmp_path / "made").exists()


KEYS = (("x", "node"), ("y", "node"), ("highway", "edge"))


def test_a_database_that_is_none_is_told(terminal, monkeypatch):
    file = terminal.settings.instance / "stations.sqlite"
    for beside in file.parent.glob("stations.sqlite-*"):  # what SQLite would mend the file from
        beside.unlink()
    file.write_bytes(b"rubbish" * 1000)
    status, _, err = terminal.run("build")
    assert status == 2
    assert "the database cannot be used now" in err.splitlines()[-1]

    monkeypatch.setenv("STATIONS_DATABASE_URL", "rubbish")
    status, _, err = terminal.run("stations", "export", "a.csv")
    assert status == 2
    assert "STATIONS_DATABASE_URL" in err


@pytest.mark.parametrize("words", [["build"], ["stations", "export", "a.csv"], HERE])
def test_an_instance_folder_that_is_a_file_is_told(terminal, monkeypatch, words):
    monkeypatch.setenv("STATIONS_INSTANCE", str(terminal.write("instance", "a file")))
    status, _, err = terminal.run(*words)

    assert status == 2
    assert len(err.splitlines()) == 1


def test_what_cannot_be_written_is_told(terminal):
    tables = terminal.settings.instance / "town" / "tables"
    shutil.rmtree(tables)
    tables.write_text("a file", encoding="utf-8")
    status, _, err = terminal.run("build")

    assert status == 2
    assert "tables" in err.splitlines()[-1]


# ---- Its language


@pytest.mark.parametrize(
    ("variables", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": ""}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, True),
        ({"LANG": "de_DE.UTF-8"}, False),
    ],
)
def test_the_terminal_says_which_language(terminal, monkeypatch, variables, chinese):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    terminal.write("mine.csv", LISTS["nan"][0])
    refused = terminal.run("stations", "import", "mine.csv", "--datum", "wgs84")[2]
    answered = terminal.run("coverage", "--minutes", "6")[1].splitlines()[0]
    helped = terminal.run("--help")[1]

    assert bool(CHINESE.search(refused)) == chinese
    assert answered == say("zh" if chinese else "en", "cli.sample")
    assert bool(CHINESE.search(helped)) == chinese


def test_the_language_travels_to_the_server(terminal, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    terminal.run("serve")

    assert terminal.served[0][1]["lang"] == "zh"


# ---- Against the ground

TRIPS = ("lon,lat,station_id,mode,minutes,date,note", "B,e,walk,7.5,2026-11-20,rain", "F,h,walk,7.5,,", "C,h,walk,15,,",
         "F,h,car,3.05,,", "B,nobody,walk,4,,", "A,q,walk,4,,")  # fmt: skip


@pytest.fixture
def trips(terminal, town):
    """A file of timed trips; those on foot were made at 2.4 km/h, 1.5 times as slow as the table has it."""
    lines = [line.partition(",") for line in TRIPS[1:]]
    rows = [f"{town.places[at][0]},{town.places[at][1]},{rest}" for at, _, rest in lines]
    return terminal.write("trips.csv", "\n".join([TRIPS[0], *rows]))


def test_trips_are_held_against_the_table(terminal, trips):
    before = terminal.state()
    status, out, _ = terminal.run("calibrate", trips)
    lines = out.splitlines()

    assert status == 0
    assert terminal.state() == before  # a check changes no setting
    assert lines[0] == say("en", "cli.sample")
    assert "6 trips in trips.csv, 4 compared" in lines[1]
    assert re.search(r"^on foot +3 +-3.3 +3.3 +3.6 km/h +2.4 km/h$", out, re.MULTILINE)
    assert re.search(r"^by e-bike +0 +– +– +18 km/h +not measured on the ground$", out, re.MULTILINE)
    assert re.search(r"^by car +1 +-0.3 +0.3 +road speeds × 1 +unknown: fewer than 3 trips$", out, re.MULTILINE)
    assert re.search(r"^2 +e +7.5 +5.0 +-2.5 +2026-11-20 +rain$", out, re.MULTILINE)
    assert re.search(r"^6 +nobody +on foot +there is no such station$", out, re.MULTILINE)
    assert re.search(r"^7 +q +on foot +beyond the table \(35 min\), or no way there by road$", out, re.MULTILINE)
    assert lines[-1] == say("en", "trips.check_only")


def test_trips_are_told_in_chinese(terminal, trips, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    _, out, _ = terminal.run("calibrate", trips)

    assert re.search(r"^电动车 .*未实测$", out, re.MULTILINE)


def test_trips_that_give_no_speed_say_so(terminal, town):
    # The 60 s that parking takes are longer than the whole trip was.
    lon, lat = town.places["B"]
    path = terminal.write("trips.csv", "lon,lat,station_id,mode,minutes\n" + f"{lon},{lat},e,ebike,0.5\n" * 3)

    assert "unknown: these trips give no speed" in terminal.run("calibrate", path)[1]


def test_a_file_of_trips_that_cannot_be_used(terminal, trips):
    terminal.write("trips.csv", edited(trips, "walk,15", "sled,0"))
    status, out, err = terminal.run("calibrate", trips)

    assert (status, out) == (2, "")
    assert "nothing was compared" in err
    assert [words for words in ("row 4", "column mode", "sled", "column minutes") if words not in err] == []
    assert terminal.run("calibrate", "nowhere.csv")[0] == 2


def test_a_table_says_whether_it_was_measured(terminal, at):
    asked = ["nearest", *at("E"), "--when", NOON, "--mode"]
    profile = terminal.settings.region / "region.toml"
    before = (terminal.settings.instance / "town" / "tables" / "current").read_bytes()
    profile.write_text(
        edited(profile, "speed_kmh = 3.6", 'speed_kmh = 3.6\nmeasured = "2026-11-20, 34 trips {x}"'), encoding="utf-8"
    )
    for mode, words in (("walk", "measured: 2026-11-20, 34 trips {x}"), ("ebike", "not measured on the ground")):
        assert f"travel times {words}" in terminal.run(*asked, mode)[1].splitlines()[1]
        assert terminal.run("coverage", "--mode", mode)[1].splitlines()[-1].endswith(f"{words}.")
    body = {mode: json.loads(terminal.run(*asked, mode, "--json")[1]) for mode in ("walk", "ebike")}

    assert body["walk"]["measured"] == "2026-11-20, 34 trips {x}"
    assert body["ebike"]["measured"] is None
    assert (terminal.settings.instance / "town" / "tables" / "current").read_bytes() == before  # nothing was built anew
