"""Features for other programs: what the standard asks for, and what GDAL and OWSLib read of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
import shapely
from owslib.ogcapi.features import Features
from werkzeug.serving import make_server

from stations.services.build import build_region
from stations.services.ogc import COLLECTIONS
from stations.web import create_app
from stations.web.ogc_api import ogc_description

CROWD = 1_250
ALONE = 130
"""Of the crowd, those who live far from any road and from each other."""
ITEMS = "/ogc/collections/{}/items"
PUBLIC = "https://stations.example.cn"


@contextmanager
def serving(app):
    """Serve an application on a port of its own; yield where."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/ogc"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def crowd(make_town, tmp_path_factory):
    """The town with more demand than one page holds, and many places of which nothing is known."""
    made = make_town(tmp_path_factory.mktemp("crowd"))
    (lon, lat), (east, north) = made.places["A"], made.places["F"]
    rng = np.random.default_rng(7)
    rows = [
        f"p{number:05},点 {number},镇,{rng.uniform(lon, east):.7f},{rng.uniform(lat, north):.7f},{number + 1}"
        for number in range(CROWD - ALONE)
    ]
    rows += [f"a{n:05},独户 {n},镇,{lon - 0.02 - 0.01 * (n % 12)},{lat - 0.01 * (n // 12)},1" for n in range(ALONE)]
    text = "\n".join(["demand_id,name,township,lon,lat,residents", *rows])
    (made.settings.region / "demand.csv").write_text(text, encoding="utf-8")
    list(build_region(made.settings))
    return create_app(made.settings)


@pytest.fixture(scope="module")
def address(crowd):
    with serving(crowd) as url:
        yield url


@pytest.fixture(scope="module")
def ogr():
    """A reader by GDAL's own OAPIF driver: collection to features."""
    if not shutil.which("ogr2ogr") or not shutil.which("ogrinfo"):
        if os.environ.get("CI"):
            pytest.fail("ogrinfo is not installed: GDAL is part of the tests here (gdal-bin)")
        pytest.skip("needs ogrinfo (Debian's gdal-bin)")

    def read(url, collection, *options):
        command = ["ogr2ogr", "-f", "GeoJSON", "/vsistdout/", f"OAPIF:{url}", collection, *options]
        ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        assert ended.stderr == ""
        return json.loads(ended.stdout)["features"]

    return read


def geometries(features, key):
    return {one["properties"][key]: shapely.geometry.shape(one["geometry"]) for one in features}


def same_geometry(found, wanted, key):
    ours, theirs = geometries(found, key), geometries(wanted, key)
    assert set(ours) == set(theirs)
    return all(shapely.equals_exact(ours[name], theirs[name], tolerance=1e-7) for name in theirs)


def published(app, collection):
    """Return what the GeoJSON API answers of the same, and the property that names its features."""
    client = app.test_client()
    if collection == "stations":
        return client.get("/api/stations").get_json()["features"], "station_id"
    if collection == "gaps":
        features = client.get("/api/gaps?mode=walk&minutes=15").get_json()["features"]
        return [one | {"properties": {"gap_id": one["properties"]["demand_ids"][0]}} for one in features], "gap_id"
    if collection == "catchments":
        ids = [one["id"] for one in client.get("/api/stations").get_json()["features"]]
        asked = {"mode": "walk", "minutes": "15", "station_id": ids}
        return client.get("/api/catchments", query_string=asked).get_json()["features"], "station_id"
    region = app.extensions["live_region"].current()
    places = [{"type": "Point", "coordinates": [point.lon, point.lat]} for point in region.demand]
    named = [{"demand_id": point.demand_id} for point in region.demand]
    return [{"geometry": g, "properties": p} for g, p in zip(places, named, strict=True)], "demand_id"


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_gdal_reads_what_the_geojson_api_answers(crowd, address, ogr, collection):
    wanted, key = published(crowd, collection)
    assert wanted

    found = ogr(address, collection, "-oo", "PAGE_SIZE=100")

    assert len(found) == len(wanted)
    assert same_geometry(found, wanted, key)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_owslib_reads_what_the_geojson_api_answers(crowd, address, collection):
    wanted, key = published(crowd, collection)
    service, found = Features(address), []
    for _ in range(len(wanted) // 100 + 1):
        page = service.collection_items(collection, limit=100, offset=len(found))
        found += page["features"]

    assert service.feature_collections() == list(COLLECTIONS)
    assert len(found) == page["numberMatched"] == len(wanted)
    assert same_geometry(found, wanted, key)


def test_gdal_lists_every_collection_and_its_count(crowd, address, ogr):
    command = ["ogrinfo", "-ro", "-al", "-so", f"OAPIF:{address}"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout

    for collection in COLLECTIONS:
        own = told.split(f"Layer name: {collection}\n")[1].split("Layer name:")[0]
        assert f"Feature Count: {len(published(crowd, collection)[0])}\n" in own
        assert "WGS 84" in own


def test_gdal_asks_by_box(crowd, address, ogr):
    points = [(one.lon, one.lat) for one in crowd.extensions["live_region"].current().demand]
    west, south = np.quantile(np.array(points), 0.3, axis=0).round(6)
    east, north = np.quantile(np.array(points), 0.7, axis=0).round(6)
    inside = sum(west <= lon <= east and south <= lat <= north for lon, lat in points)

    found = ogr(address, "demand", "-spat", *map(str, (west, south, east, north)), "-oo", "PAGE_SIZE=1000")

    assert 0 < len(found) == inside < CROWD


def test_owslib_reads_the_promise(address):
    service = Features(address)

    assert service.api() == ogc_description(address)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in service.conformance()["conformsTo"]


def test_the_links_lead_through_all_pages_and_back(crowd):
    client, address, found = crowd.test_client(), ITEMS.format("demand") + "?limit=1000&lang=en", []
    while address:
        page = client.get(address).get_json()
        links = {link["rel"]: link["href"] for link in page["links"]}
        found.append([one["id"] for one in page["features"]])
        address, before = links.get("next"), links.get("prev")

    assert [len(ids) for ids in found] == [1000, 250]
    assert len(set(found[0] + found[1])) == CROWD
    assert [one["id"] for one in client.get(before).get_json()["features"]] == found[0]


def test_nobody_gets_more_than_a_thousand_at_once(crowd):
    page = crowd.test_client().get(ITEMS.format("demand") + "?limit=1000000").get_json()

    assert (page["numberMatched"], page["numberReturned"], len(page["features"])) == (CROWD, 1000, 1000)


def test_every_link_is_whole_and_leads_somewhere(client):
    for address in (
        "/ogc",
        "/ogc/",
        "/ogc/collections",
        "/ogc/collections/gaps",
        ITEMS.format("stations") + "?limit=2",
    ):
        body = client.get(address, headers={"Host": "here.example:81"}).get_json()
        links = body["links"] + [link for one in body.get("collections", []) for link in one["links"]]
        for link in links:
            assert link["href"].startswith("http://here.example:81/ogc")
            response = client.get(link["href"])
            assert response.status_code == 200
            assert response.content_type == link["type"]


def test_links_bear_the_public_address_where_there_is_one(town):
    client = create_app(replace(town.settings, public_url=PUBLIC)).test_client()

    for address in ("/ogc", "/ogc/collections", ITEMS.format("stations")):
        assert all(link["href"].startswith(f"{PUBLIC}/ogc") for link in client.get(address).get_json()["links"])
    assert client.get("/ogc/api").json["servers"] == [{"url": f"{PUBLIC}/ogc"}]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_feature_alone_is_the_one_of_the_list(client, collection):
    for one in client.get(ITEMS.format(collection)).get_json()["features"]:
        alone = client.get(f"{ITEMS.format(collection)}/{one['id']}").get_json()

        assert {key: alone[key] for key in one} == one


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_properties_promised_are_there(client, collection):
    one = client.get(ITEMS.format(collection)).get_json()["features"][0]

    assert set(COLLECTIONS[collection].properties) <= set(one["properties"])


@pytest.mark.parametrize(
    ("collection", "asked", "ids"),
    [
        # Stations: e a hub at E, h at H (closed on Sundays), g and q posts; streets are 300 m, 1 m/s on foot
        ("stations", {"kind": "hub"}, ["e"]),
        ("stations", {"kind": ["hub", "driver_home"]}, ["e", "q"]),
        ("stations", {"kind": "hub", "entry": "scan"}, []),
        ("stations", {"name": "站 g"}, ["g"]),
        ("stations", {"limit": "2", "offset": "1"}, ["g", "h"]),
        ("catchments", {"station_id": "h", "minutes": "5"}, ["h"]),
        ("demand", {"weight": "50"}, ["far"]),
        ("demand", {"weight": "50.0", "state": "unknown"}, ["far"]),
        ("demand", {"state": "covered", "minutes": "5", "need": "tired"}, ["B", "D", "E"]),
    ],
)
def test_properties_are_asked_for_by_equality(client, collection, asked, ids):
    page = client.get(ITEMS.format(collection), query_string=asked).get_json()

    assert [one["id"] for one in page["features"]] == ids


def test_a_box_takes_what_touches_it(client, town):
    lon, lat = town.places["E"]
    asked = {"bbox": f"{lon},{lat},{lon},{lat}"}

    def ids(collection, **more):
        page = client.get(ITEMS.format(collection), query_string={**asked, **more}).get_json()
        return {one["id"] for one in page["features"]}

    assert ids("stations") == {"e"}
    assert ids("demand") == {"E"}
    assert ids("stations", bbox=f"{lon - 1e-5},{lat - 1e-5},-5,{lon + 1e-5},{lat + 1e-5},5") == {"e"}
    assert ids("stations", bbox=f"{lon + 2e-5},-90,{lon - 1},90") == {"g", "h"}  # on round the other side of the earth


@pytest.mark.parametrize("minutes", [3, 5, 15])
def test_a_box_takes_the_catchments_that_touch_it_and_no_others(client, town, minutes):
    features = client.get(ITEMS.format("catchments"), query_string={"minutes": minutes}).get_json()["features"]
    areas = {one["id"]: shapely.geometry.shape(one["geometry"]) for one in features}

    for lon, lat in town.places.values():
        box = (lon - 0.0002, lat - 0.0002, lon + 0.0002, lat + 0.0002)
        page = client.get(
            ITEMS.format("catchments"), query_string={"minutes": minutes, "bbox": ",".join(map(str, box))}
        ).get_json()
        touching = {name for name, area in areas.items() if area.intersects(shapely.box(*box))}
        assert {one["id"] for one in page["features"]} == touching


def test_gaps_know_the_hour(client):
    by_day = client.get(ITEMS.format("gaps"), query_string={"need": "toilet", "when": "2026-11-16T12:00"}).get_json()
    by_night = client.get(ITEMS.format("gaps"), query_string={"need": "toilet", "when": "2026-11-16T03:00"}).get_json()

    def weight(page):
        return sum(one["properties"]["weight"] for one in page["features"] if one["properties"]["state"] == "gap")

    assert weight(by_day) < weight(by_night) == 600


@pytest.mark.parametrize(
    ("address", "status", "field"),
    [
        ("/ogc/collections/rivers", 404, None),
        ("/ogc/collections/rivers/items", 404, None),
        ("/ogc/collections/stations/items/nobody", 404, None),
        ("/ogc/collections/demand/items/nobody", 404, None),
        ("/ogc/collections/catchments/items/nobody", 404, "station_id"),
        ("/ogc/nothing", 404, None),
        (ITEMS.format("stations") + "?limit=0", 400, "limit"),
        (ITEMS.format("stations") + "?limit=ten", 400, "limit"),
        (ITEMS.format("stations") + "?limit=1.5", 400, "limit"),
        (ITEMS.format("stations") + "?offset=-1", 400, "offset"),
        (ITEMS.format("stations") + "?offset=1" + "0" * 30, 400, "offset"),
        (ITEMS.format("stations") + "?bbox=1,2,3", 400, "bbox"),
        (ITEMS.format("stations") + "?bbox=1,5,3,4", 400, "bbox"),
        (ITEMS.format("stations") + "?bbox=nan,1,2,3", 400, "bbox"),
        (ITEMS.format("stations") + "?bbox=0,0,181,1", 400, "bbox"),
        (ITEMS.format("stations") + "?bbox=a,b,c,d", 400, "bbox"),
        (ITEMS.format("stations") + "?datetime=yesterday", 400, "datetime"),
        (ITEMS.format("stations") + "?datetime=2026-11-16/2026-11-15", 400, "datetime"),
        (ITEMS.format("stations") + "?colour=red", 400, "colour"),
        (ITEMS.format("stations") + "?f=html", 400, "f"),
        (ITEMS.format("stations") + "?minutes=5", 400, "minutes"),
        (ITEMS.format("demand") + "?weight=many", 400, "weight"),
        (ITEMS.format("gaps") + "?minutes=31", 400, "minutes"),
        (ITEMS.format("gaps") + "?mode=plane", 400, "mode"),
        (ITEMS.format("demand") + "?layer=restaurants", 404, "layer"),
        (ITEMS.format("demand") + "?when=2026-13-01", 400, "when"),
    ],
)
def test_what_cannot_be_answered_is_said(client, address, status, field):
    response = client.get(address)

    assert response.status_code == status
    assert response.get_json()["error"]["field"] == field
    assert response.get_json()["error"]["message"]


@pytest.mark.parametrize(
    "moment", ["2026-11-16T00:00:00Z", "2026-11-15/2026-11-16", "../2026-11-16T00:00:00Z", "2026-11-16/", "../.."]
)
def test_features_without_a_time_match_every_moment(client, moment):
    page = client.get(ITEMS.format("stations"), query_string={"datetime": moment}).get_json()

    assert page["numberMatched"] == 4


def test_a_page_tells_when_it_was_made_and_how_many_there_are(client):
    page = client.get(ITEMS.format("demand") + "?limit=2").get_json()

    assert datetime.fromisoformat(page["timeStamp"]).utcoffset() == timedelta(0)
    assert (page["numberMatched"], page["numberReturned"], len(page["features"])) == (7, 2, 2)
    assert {link["rel"] for link in page["links"]} == {"self", "next", "collection"}


@pytest.mark.parametrize("path", ["", "/api", "/conformance", "/collections", "/collections/gaps"])
def test_what_has_not_changed_is_not_sent_again(client, path):
    first = client.get(f"/ogc{path}")

    assert client.get(f"/ogc{path}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_features_that_have_not_changed_are_not_sent_again(client, collection):
    address = ITEMS.format(collection)
    first, other = client.get(address), client.get(f"{address}?limit=1")
    feature = f"{address}/{first.get_json()['features'][0]['id']}"

    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get(address, headers={"If-None-Match": other.headers["ETag"]}).status_code == 200
    tag = client.get(feature).headers["ETag"]
    assert client.get(feature, headers={"If-None-Match": tag}).data == b""


def test_one_address_can_ask_so_many_questions_and_all_their_pages(town):
    client = create_app(replace(town.settings, rate_limit=2)).test_client()

    def ask(collection, **asked):
        return client.get(ITEMS.format(collection), query_string=asked)

    assert ask("demand", mode="walk").status_code == ask("demand", mode="ebike").status_code == 200
    refused = ask("gaps")
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (429, "too_many")
    assert ask("catchments").status_code == 429
    assert [ask("demand", mode="walk", offset=place).status_code for place in range(7)] == [200] * 7


def test_only_reading_is_allowed(client):
    response = client.post(ITEMS.format("stations"))

    assert response.status_code == 405
    assert response.get_json()["error"]["code"] == "http_405"
