"""The planner's tables as files over HTTP."""

from __future__ import annotations

import html
import io
import re
import threading
import zipfile

import pytest

from stations.services.layer_files import FORMATS
from stations.services.planner_export import EXPORTS, planner_file
from stations.web import planner_export
from stations.web.turns import Turn


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", EXPORTS)
def test_every_table_can_be_taken_away(client, name, form):
    response = client.get(f"/planner/export/{name}.{form}?mode=walk&minutes=6&when=2026-11-16T03:00")

    when = "20261116-1200" if name == "week" else "20261116-0300"
    ending = "zip" if form == "csv" else form
    assert response.status_code == 200
    assert response.mimetype == planner_export.TYPES[form]
    if name != "week":  # the week at hand, where none is named
        wanted = f"attachment; filename=town-{name}-walk-6min-{when}-sample.{ending}"
        assert response.headers["Content-Disposition"] == wanted


def test_the_week_is_the_one_named(client):
    content = client.get("/planner/export/week.csv?mode=walk&week=2026-02-18").data
    rows = zipfile.ZipFile(io.BytesIO(content)).read("week.csv").decode("utf-8-sig").splitlines()

    assert rows[1].split(",")[2:4] == ["2026-02-16", "0"]


def test_it_speaks_the_language_asked_for(client):
    def method(lang):
        content = client.get(f"/planner/export/gaps.csv?mode=walk&lang={lang}").data
        return zipfile.ZipFile(io.BytesIO(content)).read("gaps-method.txt").decode("utf-8-sig")

    assert "示例数据: 是" in method("zh")
    assert "sample data: yes" in method("en")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("rivers.csv", 404),
        ("gaps.pdf", 404),
        ("gaps.csv?minutes=31", 400),
        ("gaps.csv?layer=nobody", 404),
        ("week.csv?week=someday", 400),
    ],
)
def test_what_cannot_be_exported_is_said_on_a_page(client, address, status):
    response = client.get(f"/planner/export/{address}")

    assert (response.status_code, response.mimetype) == (status, "text/html")


def test_catchments_are_drawn_for_one_at_a_time(app, monkeypatch):
    inside, go_on, statuses = threading.Event(), threading.Event(), []

    def slow(*_given, **_options):
        inside.set()
        assert go_on.wait(20)
        return planner_file(*_given, **_options)

    monkeypatch.setattr(planner_export, "planner_file", slow)
    monkeypatch.setattr(planner_export, "drawing_turn", Turn("export.busy", most_waiting=1, longest_wait_s=0.05))
    address = "/planner/export/catchments.gpkg"
    first = threading.Thread(target=lambda: statuses.append(app.test_client().get(address).status_code))
    first.start()
    assert inside.wait(20)
    second = app.test_client().get(address).status_code
    go_on.set()
    first.join()

    assert (second, statuses) == (429, [200])
    assert app.test_client().get(address).status_code == 200


@pytest.mark.parametrize(("form", "begin"), [("pdf", b"%PDF-"), ("docx", b"PK")])
def test_the_brief_can_be_taken_away(client, form, begin):
    response = client.get(f"/planner/brief.{form}?mode=walk&minutes=6&when=2026-11-16T03:00")

    assert (response.status_code, response.mimetype) == (200, planner_export.BRIEF_TYPES[form])
    assert response.data.startswith(begin)
    assert f"town-brief-walk-6min-20261116-0300-sample.{form}" in response.headers["Content-Disposition"]


@pytest.mark.parametrize(("asked", "status"), [("txt", 404), ("pdf?minutes=31", 400), ("docx?layer=nobody", 404)])
def test_a_brief_that_cannot_be_is_said(client, asked, status):
    assert client.get(f"/planner/brief.{asked}").status_code == status


def test_the_desk_leads_to_every_file_of_its_question(client):
    page = client.get("/planner?mode=walk&minutes=6&need=tired&when=2026-11-16T03:00&week=2026-02-18").text
    links = {html.unescape(link) for link in re.findall(r'href="(/planner/(?:export|brief)[^"]*)"', page)}

    assert len(links) == len(EXPORTS) * len(FORMATS) + 2
    for link in links:
        asked = "mode=walk&minutes=6&when=" if "/week." in link else "mode=walk&minutes=6&need=tired&when="
        assert f"{asked}2026-11-16T03:00" in link.replace("%3A", ":")  # the week tells every need and service
        assert client.get(link).status_code == 200
    assert all("week=2026-02-16" in link for link in links if "/week." in link)


def test_suggested_sites_can_be_taken_away(client):
    asked = "mode=walk&minutes=5.2&new=1"
    content = client.get(f"/planner/export/siting.geojson?{asked}&lang=en")
    told = client.get(f"/api/siting?{asked}").json

    assert content.headers["Content-Disposition"].startswith("attachment; filename=town-siting-walk-5.2min")
    assert [one["geometry"] for one in content.json["features"]] == [one["geometry"] for one in told["features"]]
    assert content.json["method"]["sites_goal"]
    page = client.get(f"/planner?{asked}").text
    (link,) = re.findall(r'href="(/planner/export/siting\.gpkg[^"]*)"', page)
    assert client.get(html.unescape(link)).status_code == 200


@pytest.mark.parametrize(("asked", "status"), [("new=0", 400), ("new=x", 400), ("job=nobody", 404)])
def test_sites_that_cannot_be_are_said(client, asked, status):
    assert client.get(f"/planner/export/siting.csv?mode=walk&{asked}").status_code == status
