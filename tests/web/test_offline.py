"""What a browser keeps, files at the root, and requests that come through a proxy."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace

import pytest

from stations.errors import InputError
from stations.services.build import build_region
from stations.settings import read_settings
from stations.web import create_app

MOST_LIST_BYTES = 40_000


def kept_by(client):
    script = client.get("/sw.js").text
    return json.loads(re.match(r"const KEPT = (\{.*?\});\n", script)[1])


def test_the_worker_keeps_pages_files_and_answers_that_are_there(client):
    response = client.get("/sw.js")
    kept = kept_by(client)

    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    assert kept["pages"] == ["/?lang=zh", "/?lang=en"]
    assert kept["answers"] == ["/api/stations", "/api/basemap"]
    for path in [*kept["pages"], *kept["files"], *kept["answers"]]:
        with client.get(path) as answer:
            assert answer.status_code == 200, path


def test_the_worker_keeps_every_file_that_the_page_asks_for(client):
    page = client.get("/").text
    asked = {path for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', page) if ".png" not in path}

    assert len(asked) > 10
    assert asked <= {path.replace("&", "&amp;") for path in kept_by(client)["files"]}


def test_the_version_stays_while_nothing_changes(client):
    assert kept_by(client)["version"] == kept_by(client)["version"]


def test_the_manifest_names_icons_of_ours(client):
    response = client.get("/manifest.webmanifest")
    manifest = response.get_json(force=True)

    assert response.mimetype == "application/manifest+json"
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512", "any"}
    for icon in manifest["icons"]:
        with client.get(icon["src"]) as answer:
            assert answer.status_code == 200


# ---- The list


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    """A client of the bundled region."""
    settings = read_settings({"STATIONS_INSTANCE": str(tmp_path_factory.mktemp("bundled"))})
    list(build_region(settings))
    return create_app(settings).test_client()


def test_the_list_of_168_stations_is_light(bundled):
    response = bundled.get("/api/stations", headers={"Accept-Encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"
    kinds = [one["properties"]["kind"] for one in json.loads(gzip.decompress(response.data))["features"]]
    assert len(kinds) - kinds.count("public_place") == 168
    assert len(response.data) <= MOST_LIST_BYTES


def test_the_list_is_not_sent_again_while_it_is_the_same(client):
    etag = client.get("/api/stations").headers["ETag"]
    again = client.get("/api/stations", headers={"If-None-Match": etag})

    assert (again.status_code, again.data) == (304, b"")


# ---- Files at the root


@pytest.fixture
def proven(town, tmp_path):
    """A client of an installation whose instance holds files that prove it to somebody."""
    folder = tmp_path / "well-known"
    folder.mkdir()
    (folder / "WxVerify_9a.txt").write_text("9a8b7c", encoding="utf-8")
    (folder / "notes.md").write_text("no", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("no", encoding="utf-8")
    app = create_app(town.settings)
    office = app.extensions["office"]
    office.settings = replace(office.settings, instance=tmp_path)
    return app.test_client()


def test_a_file_that_proves_the_host_is_served_at_the_root(proven):
    response = proven.get("/WxVerify_9a.txt")

    assert (response.status_code, response.text, response.mimetype) == (200, "9a8b7c", "text/plain")


OTHERS = [
    "other.txt",
    "notes.md",
    "..%2fsecret.txt",
    "%2e%2e/secret.txt",
    "a.b.txt",
    f"{'a' * 65}.txt",
    ".txt",
    "文.txt",
]


@pytest.mark.parametrize("path", OTHERS)
def test_nothing_else_is_served_at_the_root(proven, path):
    assert proven.get(f"/{path}").status_code == 404


# ---- Through a proxy


def shared_address(client, **headers):
    page = client.get("/stations/e", headers=headers).text
    return re.search(r"https?://[^\s\"<]+/stations/e(?=\")", page)[0]


def test_the_code_leads_to_the_address_of_the_request(client):
    assert shared_address(client) == "http://localhost/stations/e"
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    assert shared_address(client, **forged) == "http://localhost/stations/e"  # nobody is trusted who is not named


def test_a_trusted_proxy_says_which_address_was_asked(town):
    client = create_app(replace(town.settings, trusted_proxies=1)).test_client()
    headers = {"X-Forwarded-Host": "evil.example, yz.example.cn", "X-Forwarded-Proto": "https"}

    assert shared_address(client, **headers) == "https://yz.example.cn/stations/e"


def test_the_public_address_wins(town):
    client = create_app(replace(town.settings, public_url="https://yz.example.cn")).test_client()

    assert shared_address(client) == "https://yz.example.cn/stations/e"


@pytest.mark.parametrize(
    ("name", "value"),
    [("STATIONS_TRUSTED_PROXIES", "-1"), ("STATIONS_TRUSTED_PROXIES", "one"), ("STATIONS_PUBLIC_URL", "yz.example.cn")],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(name, value):
    with pytest.raises(InputError) as caught:
        read_settings({name: value})

    assert caught.value.field == name


def test_settings_of_the_public_address_are_read():
    settings = read_settings({"STATIONS_PUBLIC_URL": "https://yz.example.cn/", "STATIONS_TRUSTED_PROXIES": "2"})

    assert (settings.public_url, settings.trusted_proxies) == ("https://yz.example.cn", 2)
