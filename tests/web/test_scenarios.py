"""Scenarios over HTTP: who may save them, that nothing is lost, and what stands side by side."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html import unescape

import openpyxl
import pytest

from stations.model.keys import Role
from stations.model.scenarios import read_scenario
from stations.services.build import build_region
from stations.texts import say
from stations.web import create_app
from stations.web.openapi import api_description
from tests.web.conftest import HOSTILE, logged_in

QUESTION = "mode=walk&minutes=6&lang=en"


@pytest.fixture
def app(own):
    return own[0]


@pytest.fixture
def office(own):
    return own[1]


@pytest.fixture
def at_b(own):
    lon, lat = own[2].places["B"]
    return {"lon": lon, "lat": lat, "name": "北站"}


@pytest.fixture
def steward(app):
    """Return a function by which a steward writes to `/api/scenarios`."""
    client, token = logged_in(app)

    def write(body, path="", method="POST"):
        return client.open(
            f"/api/scenarios{path}",
            query_string="lang=en",
            method=method,
            data=json.dumps(body),
            content_type="application/json",
            headers={"X-CSRFToken": token},
        )

    write.client, write.token = client, token
    return write


@pytest.fixture
def two(steward, at_b):
    """Two scenarios: a site at B, and e off with h always open."""
    bodies = (
        {"name": "站在 B", "note": "备注", "cost": 12, "changes": {"sites": [at_b]}},
        {"name": "关 e", "changes": {"without": ["e"], "hours": {"h": "24/7"}}},
    )
    return [steward(body).json["scenario_id"] for body in bodies]


def test_a_scenario_is_saved_read_changed_and_dropped(steward, app, at_b):
    body = {"name": " 夜间  方案 ", "note": "第一行", "cost": 3.5, "changes": {"sites": [at_b], "without": ["e"]}}
    saved = steward(body)
    assert saved.status_code == 201
    path = saved.headers["Location"]
    stranger = app.test_client()
    read = stranger.get(f"{path}?lang=en").json
    assert read == saved.json
    assert (read["name"], read["note"], read["cost"], read["version"]) == ("夜间 方案", "第一行", 3.5, 1)
    assert read["changes"]["sites"] == [{**at_b, "hours": None, "services": None}]
    assert read["problems"] == []
    assert set(read) == set(api_description()["components"]["schemas"]["Scenario"]["properties"])
    assert "author" not in read  # who works here is nobody's business

    only_the_name = steward({"name": "别的", "version": 1}, f"/{read['scenario_id']}", "PUT")
    assert (only_the_name.status_code, only_the_name.json["note"], only_the_name.json["version"]) == (200, "第一行", 2)
    assert only_the_name.json["changes"] == read["changes"]
    other = {"version": 2, "changes": {"without": ["h"]}, "cost": None, "note": ""}
    changed = steward(other, f"/{read['scenario_id']}", "PUT").json
    assert (changed["changes"]["sites"], changed["cost"], changed["note"]) == ([], None, "")

    assert [one["name"] for one in stranger.get("/api/scenarios").json["scenarios"]] == ["别的"]
    assert steward(None, f"/{read['scenario_id']}", "DELETE").json["name"] == "别的"
    assert stranger.get(path).status_code == 404
    assert steward(None, f"/{read['scenario_id']}", "DELETE").status_code == 404


WRITES = [("POST", ""), ("PUT", "/x"), ("DELETE", "/x")]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_stranger_writes_nothing(app, office, method, path):
    body = {"name": "a", "changes": {"without": ["e"]}}
    answer = app.test_client().open(f"/api/scenarios{path}?lang=en", method=method, json=body)

    assert (answer.status_code, answer.json["error"]["code"]) == (403, "login_needed")
    assert office.scenarios.listed() == ()


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_who_may_only_look_writes_nothing(app, office, method, path):
    client, token = logged_in(app, Role.VIEWER)
    answer = client.open(f"/api/scenarios{path}", method=method, json={}, headers={"X-CSRFToken": token})

    assert (answer.status_code, answer.json["error"]["code"]) == (403, "role_needed")


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_without_the_token_of_the_page_nothing_is_written(steward, office, method, path):
    body = {"name": "a", "changes": {"without": ["e"]}}
    answer = steward.client.open(f"/api/scenarios{path}", method=method, json=body)

    assert (answer.status_code, answer.json["error"]["code"]) == (400, "form_token")
    assert office.scenarios.listed() == ()


@pytest.mark.parametrize("path", ["", "/x", "/x/delete"])
def test_a_form_of_a_stranger_leads_to_the_login(app, office, path):
    answer = app.test_client().post(f"/planner/scenarios{path}", data={"name": "a", "without": "e"})

    assert answer.status_code == 302
    assert answer.location.startswith("/login")
    assert office.scenarios.listed() == ()


WHOLE = {"name": "a", "changes": {"without": ["e"]}}
WRONG = {
    "no body": ([], 400, "body", None),
    "no name": ({**WHOLE, "name": ""}, 400, "name_missing", "name"),
    "a name that is none": ({**WHOLE, "name": 7}, 400, "unreadable", "name"),
    "too long a name": ({**WHOLE, "name": "x" * 61}, 400, "too_long", "name"),
    "too long a note": ({**WHOLE, "note": "x" * 1001}, 400, "too_long", "note"),
    "a control character": ({**WHOLE, "name": "a\0b"}, 400, "control", "name"),
    "no character": ({**WHOLE, "name": "a\uffff"}, 400, "control", "name"),
    "half a character": ({**WHOLE, "name": "\ud800"}, 400, "body", None),
    "a name that cannot be seen": ({**WHOLE, "name": "\u200b\u202e"}, 400, "name_missing", "name"),
    "a cost that is none": ({**WHOLE, "cost": "viel"}, 400, "cost", "cost"),
    "a cost below nothing": ({**WHOLE, "cost": -1}, 400, "cost", "cost"),
    "yes for a cost": ({**WHOLE, "cost": True}, 400, "cost", "cost"),
    "no changes": ({"name": "a"}, 400, "unreadable", "changes"),
    "nothing changed": ({"name": "a", "changes": {}}, 400, "nothing_changed", "changes"),
    "an unknown part": ({"name": "a", "changes": {"off": ["e"]}}, 400, "unreadable", "changes"),
    "an unknown station": ({"name": "a", "changes": {"without": ["nobody"]}}, 404, "station_unknown", "station_id"),
    "unreadable hours": ({"name": "a", "changes": {"hours": {"e": "whenever"}}}, 400, "unreadable", "hours"),
    "hours of a site": (
        {"name": "a", "changes": {"sites": [{"lon": 116.8, "lat": 35.5, "hours": "x"}]}}, 400, "unreadable", "hours",
    ),
    "a site in the sea": ({"name": "a", "changes": {"sites": [{"lon": 0, "lat": 0}]}}, 400, "candidate_off", "lon"),
    "a site nowhere": ({"name": "a", "changes": {"sites": [{"lon": 1e9, "lat": 0}]}}, 400, "coordinate", "lon"),
    "too many sites": (
        {"name": "a", "changes": {"sites": [{"lon": 116.8, "lat": 35.5}] * 21}}, 400, "too_many_sites", "sites",
    ),
    "too many stations": (
        {"name": "a", "changes": {"without": [str(n) for n in range(51)]}}, 400, "too_many_stations", "without",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_told_and_nothing_is_written(steward, office, what):
    body, status, code, field = WRONG[what]
    answer = steward(body)

    assert (answer.status_code, answer.json["error"]["code"], answer.json["error"]["field"]) == (status, code, field)
    assert "{" not in answer.json["error"]["message"]
    assert office.scenarios.listed() == ()


def test_two_who_save_at_once_do_not_overwrite_each_other(steward, two, office):
    first, _ = two
    assert steward({"name": "mine", "version": 1}, f"/{first}", "PUT").status_code == 200
    second = steward({"name": "theirs", "version": 1}, f"/{first}", "PUT")

    assert (second.status_code, second.json["error"]["code"]) == (409, "changed_meanwhile")
    assert steward({"name": "x"}, f"/{first}", "PUT").json["error"]["field"] == "version"
    assert steward({"name": "x", "version": "new"}, f"/{first}", "PUT").status_code == 400
    taken = steward({"name": "MINE", "changes": {"without": ["e"]}})
    assert (taken.status_code, taken.json["error"]["code"]) == (409, "name_taken")
    assert sorted(one.name for one in office.scenarios.listed()) == ["mine", "关 e"]


def test_scenarios_side_by_side(app, two):
    # See the town: of 650, e and h cover 400 within 6 min; a site at B 600; without e, h covers E F... and no more.
    answer = app.test_client().get(f"/api/scenarios/compare?scenario={two[0]}&scenario={two[1]}&{QUESTION}").json
    rows = {row["key"]: row for row in answer["rows"] if row["area"] is None}

    assert [one["name"] for one in answer["columns"]] == [None, "站在 B", "关 e"]
    assert rows["covered"]["values"] == [400, 600, 100]
    assert rows["covered"]["differences"] == [0, 200, -300]
    assert (rows["covered"]["best"], rows["gap"]["best"], rows["unknown"]["best"]) == ([1], [1], [])
    assert rows["cost"]["values"] == [None, 12, None]
    (town,) = [row for row in answer["rows"] if row["area"] == "镇"]
    assert town["values"] == [pytest.approx(4 / 6, abs=1e-4), 1, pytest.approx(1 / 6, abs=1e-4)]


def test_the_page_shows_them_with_what_is_asked(app, two):
    path = f"/planner/scenarios?scenario={two[1]}&scenario={two[0]}&when=2026-11-16T12:00&{QUESTION}"
    page = app.test_client().get(path)
    text = page.get_data(as_text=True)

    assert page.status_code == 200
    heads = re.findall(r'<th scope="col">(?:<bdi>)?([^<]+)', text)
    assert heads == [say("en", "scenario.today"), "关 e", "站在 B"]
    assert text.index("92.3 %") > text.index("61.5 %")  # 400 and 600 of 650
    assert "+30.8 points" in text
    assert "★" in text
    (link,) = re.findall(rf'href="([^"]*scenario={two[0]}[^"]*)#what-if"', text)
    assert unescape(link).endswith("&when=2026-11-16T12:00&lang=en")
    assert 'value="2026-11-16T12:00"' in text
    assert "csrf_token" not in text  # who is not logged in has nothing to send
    assert "/login?next=" in text


def test_more_than_four_and_unknown_ones_are_told_and_the_rest_is_shown(app, steward, two):
    ids = [steward({"name": str(n), "changes": {"without": ["e"]}}).json["scenario_id"] for n in range(3)]
    many = "&".join(f"scenario={one}" for one in [*two, *ids])
    page = app.test_client().get(f"/planner/scenarios?{many}&{QUESTION}")
    assert page.status_code == 400
    assert say("en", "scenario.too_many_compared", value=5, most=4) in page.text
    assert page.text.count('scope="col"') == 5
    assert app.test_client().get(f"/api/scenarios/compare?{many}&{QUESTION}").status_code == 400

    page = app.test_client().get(f"/planner/scenarios?scenario=gone&scenario={two[0]}&{QUESTION}")
    assert page.status_code == 404
    assert say("en", "scenario.unknown", value="gone") in page.text
    assert "站在 B" in page.text
    assert app.test_client().get(f"/api/scenarios/compare?scenario=gone&{QUESTION}").status_code == 404


def test_a_station_that_left_the_list_is_told_and_the_scenario_stays(steward, app, office, two, own):
    from stations.model.changes import Authorship, ChangeKind, StationChange

    store = office.stations
    (station,) = (one for one in store.read().stations if one.station_id == "e")
    store.apply([StationChange(station, None)], kind=ChangeKind.EDIT, authorship=Authorship("a"))
    list(build_region(own[2].settings))
    app = create_app(own[2].settings)
    client = app.test_client()

    read = client.get(f"/api/scenarios/{two[1]}?lang=en").json
    assert [one["code"] for one in read["problems"]] == ["station_unknown"]
    assert read["changes"]["without"] == ["e"]
    page = client.get(f"/planner/scenarios?scenario={two[1]}&{QUESTION}")
    assert page.status_code == 200
    assert say("en", "error.station_unknown", value="e") in unescape(page.text)
    assert client.get(f"/planner?scenario={two[1]}&{QUESTION}").status_code == 200
    renamed = steward({"name": "neu", "version": 1}, f"/{two[1]}", "PUT")
    assert renamed.status_code == 200  # what it changes was not touched


def test_forms_save_rename_and_delete_and_keep_what_was_typed(steward, at_b, office):
    client, token = steward.client, steward.token
    form = {
        "csrf_token": token, "name": "建议", "site_lon": [at_b["lon"]], "site_lat": [at_b["lat"]], "site_name": ["B"],
    }  # fmt: skip
    saved = client.post(f"/planner/scenarios?{QUESTION}", data=form)
    assert saved.status_code == 303
    assert say("en", "scenario.saved", name="建议") in client.get(saved.location).text
    (one,) = office.scenarios.listed()
    assert (one.author, one.changes.sites[0].name) == ("the-steward", "B")

    path = f"/planner/scenarios/{one.scenario_id}"
    typed = {"csrf_token": token, "scenario_id": one.scenario_id, "version": 1, "name": "", "note": "kept note"}
    refused = client.post(f"{path}?{QUESTION}", data=typed)
    assert refused.status_code == 400
    assert say("en", "scenario.name_missing") in refused.text
    assert "kept note" in refused.text
    changed = client.post(f"{path}?{QUESTION}", data={**typed, "name": "neu", "cost": "1e3", "note": "a\r\nb"})
    assert changed.status_code == 303
    (one,) = office.scenarios.listed()
    assert (one.name, one.cost, one.note, one.changes.sites[0].name) == ("neu", 1000, "a\nb", "B")
    late = client.post(f"{path}?{QUESTION}", data={**typed, "name": "spät"})
    assert (late.status_code, "kept note" in late.text) == (409, True)

    again = client.post(f"/planner/scenarios?{QUESTION}", data={**form, "name": "NEU"})
    assert again.status_code == 409
    assert client.post(f"{path}/delete?{QUESTION}", data={}).status_code == 400  # without its token
    assert client.post(f"{path}/delete?{QUESTION}", data={"csrf_token": token}).status_code == 303
    assert office.scenarios.listed() == ()
    assert client.post(f"{path}/delete?{QUESTION}", data={"csrf_token": token}).status_code == 404


def test_text_of_people_stays_text(steward, at_b):
    name = HOSTILE[:60]
    body = {"name": name, "note": HOSTILE, "changes": {"sites": [{**at_b, "name": name}]}}
    saved = steward(body).json
    assert saved["name"] == " ".join(name.split())
    for path in ("/planner/scenarios", f"/planner?scenario={saved['scenario_id']}&mode=walk"):
        for client in (steward.client, steward.client.application.test_client()):
            page = client.get(path)
            assert page.status_code == 200
            assert "<script>alert" not in page.text
            assert "<b>\"'" not in page.text
            assert "49" not in re.findall(r"<h3><bdi>(.*?)</bdi>", page.text)


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson", "gpkg"])
def test_the_comparison_is_taken_away_with_its_method(app, two, form):
    path = f"/planner/scenarios/export.{form}?scenario={two[0]}&scenario={two[1]}&{QUESTION}"
    with app.test_client().get(path) as response:
        content = response.data
    assert response.status_code == 200
    if form == "csv":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            table, method = (archive.read(f"scenarios{end}").decode("utf-8-sig") for end in (".csv", "-method.txt"))
        rows = [line.split(",") for line in table.splitlines()]
        assert rows[0][:6] == ["row_id", "measure", "unit", "today", "scenario_1", "change_1"]
        (covered,) = [row for row in rows if row[0] == "covered"]
        assert [float(cell) for cell in covered[3:]] == [400, 600, 200, 100, -300]
        assert "站在 B: " in method
    if form == "xlsx":
        sheet, method = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        heads = [cell.value for cell in sheet[1]]
        assert heads[heads.index("as it is today") :][:5] == [
            "as it is today", "站在 B", "站在 B − today", "关 e", "关 e − today",
        ]  # fmt: skip
        today = {
            row[0].value: row[heads.index("as it is today")].number_format[:5] for row in sheet.iter_rows(min_row=2)
        }
        assert (today["covered"][:4], today["covered · residents"]) == ("0.0%", "#,##0")
        assert any("北站" in str(row[1]) for row in method.iter_rows(values_only=True))


def test_what_has_no_format_or_no_scenario_is_told(app, two):
    client = app.test_client()

    assert client.get(f"/planner/scenarios/export.pdf?scenario={two[0]}").status_code == 404
    assert client.get("/planner/scenarios/export.csv?scenario=gone").status_code == 404
    assert client.get("/planner/scenarios?mode=boat").status_code == 400
    assert client.get("/planner/scenarios?layer=none").status_code == 404


def test_without_scenarios_the_page_says_how_to_make_one(app):
    page = app.test_client().get("/planner/scenarios?lang=en")

    assert page.status_code == 200
    assert say("en", "scenario.none") in unescape(page.text)


def test_the_desk_opens_a_scenario_and_goes_on_without_one(app, two):
    client = app.test_client()
    opened = client.get(f"/planner?scenario={two[0]}&{QUESTION}")
    unknown = client.get(f"/planner?scenario=gone&{QUESTION}")

    assert (opened.status_code, unknown.status_code) == (200, 200)
    assert two[0] in opened.text
    assert say("en", "scenario.unknown", value="gone") in unknown.text


def test_what_if_takes_the_changes_of_a_scenario(app, at_b):
    client = app.test_client()
    question = {"mode": "walk", "minutes": 6}
    nested = client.post("/api/what-if", json={**question, "changes": {"sites": [at_b], "without": ["h"]}}).json
    plain = client.get(
        f"/api/what-if?mode=walk&minutes=6&site_lon={at_b['lon']}&site_lat={at_b['lat']}&site_name=&without=h"
    ).json

    assert nested["properties"] == plain["properties"]
    assert (nested["properties"]["gained"], nested["properties"]["lost"]) == (200, 0)  # F reaches e too
    uneven = client.get("/api/what-if?mode=walk&site_lon=1&site_lat=2&site_lat=3&site_name=a")
    assert (uneven.status_code, uneven.json["error"]["code"]) == (400, "not_as_many")
    assert client.get("/api/what-if?mode=walk&hours_of=e").status_code == 400
    assert client.get("/api/what-if?mode=walk").json["error"]["code"] == "missing"
    assert client.post("/api/what-if", json={**question, "changes": 7}).status_code == 400


def test_suggestions_are_saved_by_a_plain_form(steward, office):
    client = steward.client
    asked = f"{QUESTION}&new=2&need=toilet&when=2026-11-16T03:00&options=sites&options=hours&options=services"
    page = client.get(f"/planner?{asked}")
    form = page.text[page.text.index('action="/planner/scenarios?') :]
    form = form[: form.index("</form>")]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form):
        fields.setdefault(name, []).append(unescape(value))
    saved = client.post(f"/planner/scenarios?{QUESTION}", data={**fields, "name": "建议"})
    suggested = client.get(f"/api/siting?{asked}").json["features"]

    assert saved.status_code == 303
    (one,) = office.scenarios.listed()
    assert suggested
    for feature in suggested:
        changes = read_scenario(feature["properties"]["changes"])
        assert set(changes.sites) <= set(one.changes.sites)
        assert set(changes.hours) <= set(one.changes.hours)
        assert set(changes.services) <= set(one.changes.services)
    assert 'name="site_lon"' not in client.application.test_client().get(f"/planner?{asked}").text
