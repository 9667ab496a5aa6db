"""Scenarios at the terminal, in the town (see `Town`)."""

from __future__ import annotations

import json

import openpyxl
import pytest

from stations.cli import main
from stations.services.build import build_region
from stations.services.office import Office


@pytest.fixture
def town_here(make_town, tmp_path, monkeypatch):
    """A built town of its own, which commands find by the environment."""
    made = make_town(tmp_path)
    list(build_region(made.settings))
    monkeypatch.setenv("STATIONS_INSTANCE", str(made.settings.instance))
    monkeypatch.delenv("STATIONS_DATABASE_URL", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return made


@pytest.fixture
def run(town_here, capsys):
    """Run a command; return its status and what it said."""

    def run_command(*words):
        status = main(["--region", str(town_here.settings.region), "scenarios", *map(str, words)], serve=None)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return status, out + err

    return run_command


@pytest.fixture
def saved(town_here):
    """What stands in the database."""
    office = Office(town_here.settings)
    yield lambda: office.scenarios.listed()
    office.close()


def at(town, name):
    return ",".join(map(str, town.places[name]))


def test_a_scenario_from_its_beginning_to_its_end(run, saved, town_here):
    assert run("list") == (0, "there is no scenario yet\n")
    status, told = run(
        "add", "夜间", "--site", f"{at(town_here, 'B')},北站", "--without", "e", "--hours", "h=Mo-Su 00:00-05:00",
        "--add-service", "h=bed", "--waive", "h", "--note", "备注", "--cost", "12",
    )  # fmt: skip
    (one,) = saved()
    assert (status, one.scenario_id in told) == (0, True)
    assert one.author.startswith("terminal")
    assert (one.changes.sites[0].name, one.changes.without, one.changes.hours) == (
        "北站",
        ("e",),
        (("h", "Mo-Su 00:00-05:00"),),
    )

    assert one.scenario_id in run("list")[1]
    shown = run("show", "夜间")[1]
    for part in ("new site 北站", "站 e: off", "站 h: ", "12", "备注"):
        assert part in shown
    assert run("change", one.scenario_id, "--name", "新名", "--cost", "")[0] == 0
    (one,) = saved()
    assert (one.name, one.cost, one.note, one.version) == ("新名", None, "备注", 2)
    assert run("remove", "新名")[0] == 0
    assert saved() == ()


def test_scenarios_side_by_side(run, town_here, tmp_path):
    run("add", "站在 B", "--site", at(town_here, "B"), "--cost", 7)
    run("add", "关 e", "--without", "e")
    asked = ("compare", "站在 B", "关 e", "--mode", "walk", "--minutes", "6", "--week", "2026-11-16")
    status, told = run(*asked)
    assert status == 0
    (covered,) = [line.split("  ") for line in told.splitlines() if line.startswith("covered · residents")]
    assert [cell.strip() for cell in covered[1:] if cell] == ["400", "★600 +200", "100 −300"]

    for ending in ("json", "csv", "xlsx"):
        assert run(*asked, "--out", tmp_path / f"side.{ending}")[0] == 0
    rows = json.loads((tmp_path / "side.json").read_text(encoding="utf-8"))["rows"]
    assert next(row["values"] for row in rows if row["key"] == "covered") == [400, 600, 100]
    assert "covered,covered · residents,demand,400.0,600.0,200.0,100.0,-300.0" in (tmp_path / "side.csv").read_text(
        encoding="utf-8-sig"
    )
    assert "站在 B: new site" in (tmp_path / "side-method.txt").read_text(encoding="utf-8-sig")
    assert len(openpyxl.load_workbook(tmp_path / "side.xlsx").worksheets) == 2


def test_changes_from_a_file_are_those_of_the_api(run, saved, town_here, tmp_path):
    lon, lat = town_here.places["B"]
    changes = {"sites": [{"lon": lon, "lat": lat, "hours": "Mo-Su 20:00-08:00", "services": ["toilet"]}]}
    (tmp_path / "changes.json").write_text(json.dumps(changes), encoding="utf-8")

    assert run("add", "a", "--changes", tmp_path / "changes.json")[0] == 0
    assert saved()[0].changes.to_plain()["sites"][0]["hours"] == "Mo-Su 20:00-08:00"


WRONG = {
    "no change": (("add", "a"), "changes nothing"),
    "no name": (("add", " ", "--without", "e"), "needs a name"),
    "no station": (("add", "a", "--without", "nobody"), "nobody"),
    "no hours": (("add", "a", "--hours", "e=whenever"), "whenever"),
    "no pair": (("add", "a", "--hours", "24/7"), "24/7"),
    "no service": (("add", "a", "--add-service", "e=pool"), "pool"),
    "no place": (("add", "a", "--site", "116.8"), "--site"),
    "a place in the sea": (("add", "a", "--site", "0,0"), "no road"),
    "no amount": (("add", "a", "--without", "e", "--cost", "much"), "much"),
    "no file": (("add", "a", "--changes", "nowhere.json"), "nowhere.json"),
    "no scenario": (("show", "none"), "none"),
    "none to drop": (("remove", "none"), "none"),
    "none to compare": (("compare", "none"), "none"),
    "no format": (("compare", "--out", "side.pdf"), "side.pdf"),
    "no day": (("compare", "--week", "someday"), "someday"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_one_sentence(run, saved, what):
    words, part = WRONG[what]
    status, told = run(*words)

    assert status == 2
    assert part in told
    assert len(told.splitlines()) == 1
    assert saved() == ()


def test_two_of_one_name_and_more_than_four_are_refused(run, saved):
    for name in "abcde":
        run("add", name, "--without", "e")

    assert "is there already" in run("add", "A", "--without", "h")[1]
    assert "at most" in run("compare", *"abcde")[1]
    assert len(saved()) == 5
