"""The office's pages: who may do what, and that nothing of it is lost."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest

from stations.geo.datum import from_wgs84
from stations.model.changes import ChangeKind
from stations.model.keys import Datum, Role
from stations.services.accounts import remove_account
from tests.web.conftest import PASSWORD, logged_in, token_of


@pytest.fixture
def app(own):
    return own[0]


@pytest.fixture
def store(own):
    return own[1].stations


def form_of(client, station_id) -> dict[str, str]:
    """Return what the form of a station would send if nothing were touched."""
    page = client.get(f"/manage/stations/{station_id}").get_data(as_text=True)
    form = page[page.index("station-form") :]
    values = {}
    for tag in re.findall(r"<input ([^>]*)>", form):
        facts = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if facts.get("type") != "checkbox" or " checked" in tag:
            values[facts["name"]] = facts.get("value", "on")
    for name, body in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        values[name] = chosen[1] if chosen else ""
    return values


def test_a_stranger_is_sent_to_the_login_and_back(app):
    client = app.test_client()
    answer = client.get("/manage/history?station_id=a")
    assert answer.status_code == 302
    page = client.get(answer.location)
    assert "登录" in page.get_data(as_text=True)
    form = {"name": "the-viewer", "password": PASSWORD, "csrf_token": token_of(page)}
    form["next"] = re.search(r'name="next" value="([^"]+)"', page.get_data(as_text=True))[1].replace("&amp;", "&")
    assert client.post("/login", data=form).location == "/manage/history?station_id=a"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", "/a\nb"]
)
def test_no_login_leads_elsewhere(app, elsewhere):
    client = app.test_client()
    token = token_of(client.get("/login"))
    form = {"name": "the-viewer", "password": PASSWORD, "csrf_token": token, "next": elsewhere}
    assert client.post("/login", data=form).location == "/manage"


def test_the_cookie_is_signed_and_this_sites_alone(app):
    client = app.test_client()
    page = client.get("/login", base_url="https://localhost")
    form = {"name": "the-viewer", "password": PASSWORD, "csrf_token": token_of(page)}
    cookie = client.post("/login", data=form, base_url="https://localhost").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" in cookie
    forged = app.test_client()
    forged.set_cookie("stations_session", "eyJhY2NvdW50IjoidGhlLWFkbWluIn0.x.y")
    assert forged.get("/manage").status_code == 302


def test_a_wrong_password_is_told_and_the_sixth_try_must_wait(app):
    client = app.test_client()
    form = {"name": "the-admin", "password": "wrong wrong", "csrf_token": token_of(client.get("/login"))}
    assert [client.post("/login", data=form).status_code for _ in range(6)] == [401] * 5 + [429]
    right = client.post("/login", data={**form, "password": PASSWORD})
    assert right.status_code == 429


def test_a_removed_account_is_out_at_once(own):
    app, office, _ = own
    client, _ = logged_in(app)
    remove_account(office, "the-steward")
    assert client.get("/manage").status_code == 302


def test_riders_get_no_cookie(app):
    client = app.test_client()
    for path in ("/", "/stations/e", "/planner/coverage", "/api/stations", "/healthz"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers, path


WRITES = (
    "/manage/stations/e",
    "/manage/stations/new",
    "/manage/history/1/undo",
    "/manage/rebuild",
    "/manage/import",
    "/manage/import/x/columns",
    "/manage/import/x/confirm",
    "/manage/import/x/drop",
)


@pytest.mark.parametrize("path", WRITES)
def test_nothing_is_written_without_the_forms_token(app, store, path):
    client, _ = logged_in(app)
    before = store.generation()
    answer = client.post(path, data={"name": "x"})
    assert answer.status_code == 400
    assert "表单已过期" in answer.get_data(as_text=True)
    assert store.generation() == before


@pytest.mark.parametrize("path", WRITES)
def test_a_viewer_may_not_write(app, store, path):
    client, token = logged_in(app, Role.VIEWER)
    before = store.generation()
    assert client.post(path, data={"csrf_token": token}).status_code == 403
    assert store.generation() == before


def test_the_list_is_searched(app):
    client, _ = logged_in(app, Role.VIEWER)
    page = client.get("/manage?q=nothing-like-it").get_data(as_text=True)
    assert "没有符合条件的站点" in page
    whole = client.get("/manage").get_data(as_text=True)
    assert whole.count("<tr>") > 2
    assert client.get("/manage").headers["Cache-Control"] == "no-store"


def test_an_untouched_form_changes_nothing(app, store):
    client, _ = logged_in(app)
    for station in store.read().stations:
        answer = client.post(f"/manage/stations/{station.station_id}", data=form_of(client, station.station_id))
        assert answer.status_code == 302, answer.get_data(as_text=True)
    assert store.generation() == 1


def test_an_edit_is_attributed_shown_and_undone(app, store):
    client, token = logged_in(app)
    form = form_of(client, "e") | {"phone": "0537-3412345", "hours": "周一至周五 8:30-17:30", "reason": "打电话问的"}
    form |= {"service_shower": "on", "service_count_shower": "3"}
    assert client.post("/manage/stations/e", data=form).status_code == 302
    change = store.changes(limit=1)[0]
    assert (change.kind, change.authorship.author, change.authorship.reason) == (
        ChangeKind.EDIT,
        "the-steward",
        "打电话问的",
    )
    stored = {one.station_id: one for one in store.read().stations}["e"]
    assert (stored.phone, stored.services["shower"]) == ("0537-3412345", 3)
    assert stored.hours is not None
    page = client.get(f"/manage/history/{change.change_id}").get_data(as_text=True)
    assert "0537-3412345" in page
    assert client.post(f"/manage/history/{change.change_id}/undo", data={"csrf_token": token}).status_code == 302
    assert {one.station_id: one for one in store.read().stations}["e"].phone != "0537-3412345"


def test_wrong_values_are_told_and_nothing_typed_is_lost(app, store):
    client, _ = logged_in(app)
    form = form_of(client, "e") | {"lon": "abc", "verified_on": "2026-02-30", "address": "新的地址 9 号"}
    answer = client.post("/manage/stations/e", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "新的地址 9 号" in page
    assert "abc" in page
    assert store.generation() == 1


def test_the_second_editor_sees_the_first_and_loses_nothing(app, store):
    one, two = logged_in(app)[0], logged_in(app, Role.ADMIN)[0]
    mine, theirs = form_of(one, "e"), form_of(two, "e")
    assert one.post("/manage/stations/e", data=mine | {"phone": "0537-1111111", "notes": "后门进"}).status_code == 302
    answer = two.post("/manage/stations/e", data=theirs | {"phone": "0537-2222222", "address": "东街 2 号"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "0537-1111111" in page
    merged = {
        key: re.search(rf'name="{key}" value="([^"]*)"', page)[1] for key in ("phone", "notes", "address", "version")
    }
    assert (merged["phone"], merged["notes"], merged["address"]) == ("0537-2222222", "后门进", "东街 2 号")
    assert two.post("/manage/stations/e", data=theirs | merged).status_code == 302
    stored = {station.station_id: station for station in store.read().stations}["e"]
    assert (stored.phone, stored.notes, stored.address) == ("0537-2222222", "后门进", "东街 2 号")
    assert store.check_history() == ()


def test_a_new_station_takes_the_next_id(app, store):
    client, token = logged_in(app)
    place = store.read().stations[0]
    form = {"csrf_token": token, "name": "新站", "kind": "hub", "lon": str(place.lon), "lat": str(place.lat)}
    assert client.post("/manage/stations/new", data=form | {"station_id": "yz009"}).status_code == 302
    assert client.post("/manage/stations/new", data=form | {"name": "又一站"}).status_code == 302
    names = {one.station_id: one.name for one in store.read().stations}
    assert names["yz009"] == "新站"
    assert names["yz010"] == "又一站"
    assert client.post("/manage/stations/new", data=form | {"station_id": "yz009"}).status_code == 409


def test_hours_are_previewed_in_words(app):
    client, token = logged_in(app)
    answer = client.post("/manage/hours", data={"csrf_token": token, "hours": "每天 8:00-21:00"}).get_json()
    assert answer["expression"]
    assert any("21:00" in line for line in [answer["words"], *answer["lines"]])
    unknown = client.post("/manage/hours", data={"csrf_token": token, "hours": "看老板心情"}).get_json()
    assert unknown["expression"] is None
    assert unknown["not_understood"]


def save(client, form, station_id="e"):
    answer = client.post(f"/manage/stations/{station_id}", data=form)
    return answer.status_code, answer.get_data(as_text=True)


def stored_one(store, station_id="e"):
    return {one.station_id: one for one in store.read().stations}[station_id]


def test_prose_is_previewed_as_the_syntax_that_fills_the_grid(app):
    client, token = logged_in(app)
    said = {"csrf_token": token, "hours": "工作日 8:30-17:30"}
    answer = client.post("/manage/hours", data=said).get_json()
    assert answer["expression"].startswith("Mo-Fr 08:30-17:30")
    assert answer["follows_workdays"] == "yes"


def test_old_words_of_hours_go_and_known_hours_are_not_lost_unasked(app, store):
    client, _ = logged_in(app)
    assert save(client, form_of(client, "e") | {"hours": "周一至周五 8:30-17:30"})[0] == 302
    assert stored_one(store).hours_text == "周一至周五 8:30-17:30"
    assert save(client, form_of(client, "e") | {"hours": "Mo-Su 08:00-20:00"})[0] == 302
    assert stored_one(store).hours_text is None
    form = form_of(client, "e") | {"hours": "看老板心情"}
    status, page = save(client, form)
    assert (status, "看老板心情" in page, "时间会变为" in page) == (400, True, True)
    assert stored_one(store).hours == "Mo-Su 08:00-20:00"
    assert save(client, form | {"hours_unknown": "on"})[0] == 302
    assert (stored_one(store).hours, stored_one(store).hours_text) == (None, "看老板心情")


def test_what_a_list_would_be_asked_about_is_asked_before_saving(app, store):
    client, _ = logged_in(app)
    form = form_of(client, "e") | {"phone": "12"}
    status, page = save(client, form)
    assert status == 400
    assert "我看过了" in page
    assert "第 1 行" not in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    assert save(client, form | {"phone": "13", "seen": seen})[0] == 400, "a tick answers for what was shown alone"
    assert save(client, form | {"seen": seen})[0] == 302
    status, page = save(client, form_of(client, "e") | {"verified_on": "2999-01-01"})
    assert (status, "核实日期：2999-01-01" in page) == (400, True)


def test_coordinates_of_another_datum_are_converted_and_kept(app, store):
    client, _ = logged_in(app)
    before = stored_one(store)
    lon, lat = from_wgs84(before.lon + 1e-5, before.lat, Datum.GCJ02)
    form = form_of(client, "e") | {"lon": repr(lon), "lat": repr(lat), "datum": "gcj02"}
    assert save(client, form)[0] == 302
    after = stored_one(store)
    assert (after.lon, after.lat) == pytest.approx((before.lon + 1e-5, before.lat), abs=1e-8)
    assert (after.source_lon, after.source_lat, after.source_datum) == (lon, lat, Datum.GCJ02)
    assert (after.entrance_lon, after.entrance_lat) == (before.entrance_lon, before.entrance_lat)


@pytest.mark.parametrize("into", ["", "e", "nowhere"])
def test_a_merged_station_names_another_open_one(app, store, into):
    client, _ = logged_in(app)
    status, page = save(client, form_of(client, "e") | {"closed": "merged", "merged_into": into, "notes": "搬走了"})
    assert (status, "并入站点：" in page, "搬走了" in page) == (400, True, True)
    assert store.generation() == 1


def test_an_import_merges_into_no_unknown_station(app, store):
    client, token = logged_in(app)
    page = client.get(upload(client, token, rows_of(store)).location).get_data(as_text=True)
    draft = re.search(r"/manage/import/([\w-]+)/confirm", page)[1]
    missing = re.search(r'name="close_(\w+)"', page)[1]
    form = {"csrf_token": token, "generation": str(store.generation()), f"close_{missing}": "merged"}
    answer = client.post(f"/manage/import/{draft}/confirm", data=form | {f"into_{missing}": "nowhere"})
    assert answer.status_code == 400
    assert "nowhere" in answer.get_data(as_text=True)
    assert store.generation() == 1


def test_a_count_without_a_tick_means_that_the_service_is_there(app, store):
    client, _ = logged_in(app)
    assert save(client, form_of(client, "e") | {"service_count_shower": "3"})[0] == 302
    assert stored_one(store).services["shower"] == 3
    unticked = form_of(client, "e")
    del unticked["service_shower"]
    assert save(client, unticked)[0] == 302
    assert "shower" not in stored_one(store).services


def test_problems_of_a_form_speak_of_its_fields(app):
    client, _ = logged_in(app)
    _, page = save(client, form_of(client, "e") | {"entrance_lon": "116.8", "entrance_lat": ""})
    assert "入口纬度：没有填，但填了入口经度" in page


def workbook(rows) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def upload(client, token, rows, *, source=""):
    data = {"csrf_token": token, "datum": "wgs84", "source": source, "file": (workbook(rows), "名单.xlsx")}
    return client.post("/manage/import", data=data, content_type="multipart/form-data")


def rows_of(store, *, phone="0537-3400000"):
    place = store.read().stations[0]
    return [
        ["站点名称", "类别", "经度", "纬度", "联系电话", "站长说明"],
        [place.name, "兖新苑", place.lon, place.lat, phone, "甲"],
        ["东门驿站", "司机之家", place.lon + 0.001, place.lat, "", "乙"],
    ]


def test_rows_are_left_out_at_confirming(app, store):
    client, token = logged_in(app)
    before = {one.station_id: one for one in store.read().stations}
    page = client.get(upload(client, token, rows_of(store)).location).get_data(as_text=True)
    draft = re.search(r"/manage/import/([\w-]+)/confirm", page)[1]
    changed, added = re.findall(r'form="confirm-list" name="leave_out" value="(\w+)"', page)
    assert (changed in before, added in before) == (True, False)
    form = {"csrf_token": token, "generation": str(store.generation()), "sure": "on", "leave_out": changed}
    wrong = client.post(f"/manage/import/{draft}/confirm", data=form | {"leave_out": "nowhere"})
    assert (wrong.status_code, "nowhere" in wrong.get_data(as_text=True), store.generation()) == (400, True, 1)
    assert client.post(f"/manage/import/{draft}/confirm", data=form).status_code == 302
    after = {one.station_id: one for one in store.read().stations}
    assert after.pop(added).name == "东门驿站"
    assert after == before


def test_a_list_is_uploaded_looked_at_confirmed_and_taken_back(app, store):
    client, token = logged_in(app)
    before = store.read()
    shown = client.get(upload(client, token, rows_of(store)).location)
    page = shown.get_data(as_text=True)
    assert "东门驿站" in page
    assert store.read() == before, "looking changes nothing"
    draft = re.search(r"/manage/import/([\w-]+)/confirm", page)[1]
    form = {"csrf_token": token, "generation": str(before.generation), "reason": "区里发来的"}
    answer = client.post(f"/manage/import/{draft}/confirm", data=form)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    change = store.changes(limit=1)[0]
    assert (change.kind, change.authorship.source, change.stations) == (ChangeKind.IMPORT, "名单.xlsx", 2)
    assert client.get(f"/manage/import/{draft}").status_code == 404
    assert client.post(f"/manage/history/{change.change_id}/undo", data={"csrf_token": token}).status_code == 302
    assert store.read().stations == before.stations


def test_the_same_list_again_changes_nothing(app, store):
    client, token = logged_in(app)
    for _ in range(2):
        page = client.get(upload(client, token, rows_of(store)).location).get_data(as_text=True)
        draft = re.search(r"/manage/import/([\w-]+)/confirm", page)[1]
        form = {"csrf_token": token, "generation": str(store.generation())}
        assert client.post(f"/manage/import/{draft}/confirm", data=form).status_code == 302
    assert len(store.changes(limit=9)) == 2


def test_a_list_that_changed_meanwhile_is_shown_again(app, store):
    client, token = logged_in(app)
    page = client.get(upload(client, token, rows_of(store)).location).get_data(as_text=True)
    draft = re.search(r"/manage/import/([\w-]+)/confirm", page)[1]
    old = str(store.generation())
    client.post("/manage/stations/e", data=form_of(client, "e") | {"notes": "改过"})
    answer = client.post(f"/manage/import/{draft}/confirm", data={"csrf_token": token, "generation": old})
    assert answer.status_code == 409
    assert "重新比较" in answer.get_data(as_text=True)


def test_bad_rows_stop_a_list_until_the_good_ones_are_asked_for(app, store):
    client, token = logged_in(app)
    rows = [*rows_of(store), ["远方", "兖新苑", 10.0, 50.0, "", ""]]
    page = client.get(upload(client, token, rows).location).get_data(as_text=True)
    draft = re.search(r"/manage/import/([\w-]+)/confirm", page)[1]
    form = {"csrf_token": token, "generation": str(store.generation())}
    assert client.post(f"/manage/import/{draft}/confirm", data=form).status_code == 400
    asked_once = client.post(f"/manage/import/{draft}/confirm", data={**form, "good_rows_only": "on"})
    assert asked_once.status_code == 400, "one row of three is more than a tenth: it asks twice"
    both = {**form, "good_rows_only": "on", "sure": "on"}
    assert client.post(f"/manage/import/{draft}/confirm", data=both).status_code == 302
    assert "东门驿站" in {one.name for one in store.read().stations}
    assert "远方" not in {one.name for one in store.read().stations}


def test_what_a_column_means_is_said_once(app, store):
    client, token = logged_in(app)
    place = upload(client, token, rows_of(store), source="工会").location
    draft = place.split("/")[-1].split("?")[0]
    said = {"csrf_token": token, "heading": "站长说明", "field": "notes", "datum": "wgs84"}
    client.post(f"/manage/import/{draft}/columns", data=said)
    page = client.get(place).get_data(as_text=True)
    assert re.search(r'aria-label="站长说明">.*?value="notes" selected', page, re.DOTALL)
    form = {"csrf_token": token, "generation": str(store.generation())}
    assert client.post(f"/manage/import/{draft}/confirm", data=form).status_code == 302
    assert "乙" in {one.notes for one in store.read().stations}
    again = client.get(upload(client, token, rows_of(store), source="工会").location).get_data(as_text=True)
    assert re.search(r'aria-label="站长说明">.*?value="notes" selected', again, re.DOTALL)


def test_missing_stations_are_closed_with_a_reason_and_not_removed(app, store):
    client, token = logged_in(app)
    page = client.get(upload(client, token, rows_of(store)).location).get_data(as_text=True)
    draft = re.search(r"/manage/import/([\w-]+)/confirm", page)[1]
    whole = len(store.read().stations)
    form = {"csrf_token": token, "generation": str(store.generation()), "close-all": "closed_for_good"}
    assert client.post(f"/manage/import/{draft}/confirm", data=form).status_code == 302
    stored = store.read().stations
    assert len(stored) == whole + 1
    assert sum(one.closed == "closed_for_good" for one in stored) == whole - 1


def test_a_pasted_table_is_a_list(app):
    client, token = logged_in(app)
    pasted = "名称\t类别\t经度\t纬度\n<b>甲</b>\t兖新苑\t1\t2\n"
    data = {"csrf_token": token, "datum": "gcj02", "pasted": pasted}
    page = client.get(client.post("/manage/import", data=data).location).get_data(as_text=True)
    assert "粘贴的表格" in page
    assert "<b>甲</b>" not in page


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("名单.xlsx", b"PK\x03\x04 broken"),
        ("名单.csv", b"\x89PNG\r\n\x1a\n"),
        ("名单.exe", b"MZ"),
        ("../../名单.csv", b"a,b\n1,2"),
        ("名单.csv", b""),
    ],
)
def test_a_file_that_is_no_list_is_told_so_and_not_kept(app, store, name, content):
    client, token = logged_in(app)
    data = {"csrf_token": token, "datum": "wgs84", "file": (io.BytesIO(content), name)}
    answer = client.post("/manage/import", data=data, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'role="alert"' in page
    assert Path(name).name in page
    assert 'value="wgs84" required checked' in page
    assert "/manage/import/" not in client.get("/manage/import").get_data(as_text=True)
    assert store.generation() == 1


def test_the_datum_is_never_guessed(app):
    client, token = logged_in(app)
    answer = client.post("/manage/import", data={"csrf_token": token, "pasted": "a"})
    assert answer.status_code == 400
    assert "请选择坐标系" in answer.get_data(as_text=True)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "geojson", "gpkg", "kml"])
def test_the_list_is_taken_out(app, ending):
    client, _ = logged_in(app, Role.VIEWER)
    answer = client.get(f"/manage/export.file?format={ending}")
    assert answer.status_code == 200
    assert len(answer.get_data()) > 100
    assert ending in answer.headers["Content-Disposition"]
    assert client.get("/manage/export.file?as_of=2100-01-01").status_code == 400
    assert client.get("/manage/export.file?format=exe").status_code == 400


# ---- Proofs of sites, which occupy the machine


PROOF = {"kind": "siting", "mode": "walk", "minutes": "5.2", "new": "1", "prove": "5"}


def test_who_keeps_the_list_starts_a_proof_and_two_at_most(own):
    app, office, _ = own
    client, token = logged_in(app)
    started = [client.post("/api/jobs", data={**PROOF, "csrf_token": token}) for _ in range(3)]

    assert [one.status_code for one in started] == [202, 202, 429]
    job = started[0].get_json()
    assert (job["kind"], job["state"]) == ("siting", "queued")
    assert started[0].headers["Location"] == f"/api/jobs/{job['job_id']}"
    assert office.jobs.read(job["job_id"]).author == "the-steward"
    assert office.jobs.read(job["job_id"]).arguments["proof_s"] == 5


@pytest.mark.parametrize(
    "given", [{"prove": "121"}, {"prove": "0"}, {"prove": "nan"}, {"kind": "publish"}, {"new": "0"}]
)
def test_a_proof_that_cannot_be_asked_does_not_wait(own, given):
    app, office, _ = own
    client, token = logged_in(app)

    assert client.post("/api/jobs", data={**PROOF, **given, "csrf_token": token}).status_code == 400
    assert not office.jobs.is_waiting("siting")


def test_a_stranger_and_a_viewer_start_no_proof(own):
    app, office, _ = own
    viewer, token = logged_in(app, Role.VIEWER)

    assert viewer.post("/api/jobs", data={**PROOF, "csrf_token": token}).status_code == 403
    assert app.test_client().post("/api/jobs", data=PROOF).status_code in (400, 401, 403)
    assert not office.jobs.is_waiting("siting")
