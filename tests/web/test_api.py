"""What other programs ask: every address under /api, its shape, its headers, and its errors."""

from __future__ import annotations

import gzip
import json

import pytest

from stations.model.keys import EntryMethod, Need, ServiceKey, TravelMode
from stations.texts import say

NOON = "2026-11-16T12:00"  # a Monday
PROMISED = {
    "station_id", "name", "kind", "services", "entry", "travel_s", "return_s", "travel_reason", "straight_line_m",
    "state", "usable_in_s", "open_until", "opens_at", "verified_on", "links", "source",
}  # fmt: skip
LISTED = {
    "station_id", "name", "kind", "township", "address", "services", "hours", "hours_text", "follows_workdays", "entry",
    "entrance", "entrance_s", "entrance_hours", "ebike_parking", "phone", "verified_on", "source", "notes",
}  # fmt: skip
FOUND = LISTED | PROMISED | {
    "to_gate", "holidays_unconfirmed", "onward_s", "detour_s", "spare_s", "state_at", "taps",
}  # fmt: skip


@pytest.fixture
def at(town):
    def place(name, **more):
        lon, lat = town.places[name]
        return {"lon": lon, "lat": lat, "mode": "walk", "when": NOON, **more}

    return place


def ids(response):
    return [feature["properties"]["station_id"] for feature in response.get_json()["features"]]


# ---- The rider's list


def test_nearest_is_geojson_best_first(client, at):
    response = client.get("/api/nearest", query_string=at("E"))
    body = response.get_json()

    assert response.status_code == 200
    assert response.mimetype == "application/geo+json"
    assert body["type"] == "FeatureCollection"
    assert {key: body[key] for key in ("region", "sample", "mode", "speed_kmh", "when")} == {
        "region": "town", "sample": True, "mode": "walk", "speed_kmh": 3.6, "when": "2026-11-16T12:00:00+08:00",
    }  # fmt: skip
    assert body["origin"] == {**{k: at("E")[k] for k in ("lon", "lat")}, "snap_m": 0.0, "on_main": True}
    assert ids(response) == ["e", "h", "q", "g"]  # 0 s, 600 s, then by straight line: q 600 m, g 671 m


def test_nearest_has_exactly_the_promised_properties(client, at):
    body = client.get("/api/nearest", query_string=at("F")).get_json()

    assert {frozenset(feature["properties"]) for feature in body["features"]} == {frozenset(FOUND)}


def test_nearest_tells_what_it_knows_and_what_it_does_not(client, at, town):
    e, h, q, g = client.get("/api/nearest", query_string=at("E")).get_json()["features"]

    assert e["geometry"] == {"type": "Point", "coordinates": list(town.places["E"])}
    assert e["properties"]["services"] == {"rest": 4, "water": None}
    assert (e["properties"]["state"], e["properties"]["open_until"]) == ("open", None)
    assert h["properties"]["travel_s"] == pytest.approx(600, abs=1)
    assert (h["properties"]["state"], h["properties"]["open_until"]) == ("open", "2026-11-16T18:00:00+08:00")
    assert h["properties"]["usable_in_s"] == h["properties"]["travel_s"]
    assert (g["properties"]["travel_s"], g["properties"]["travel_reason"]) == (None, "off_network")
    assert (q["properties"]["state"], q["properties"]["hours"], q["properties"]["entry"]) == (
        "unknown",
        None,
        "unknown",
    )
    assert e["properties"]["verified_on"] is None


def test_nearest_offers_links_with_the_origin_told_to_baidu_alone(client, at):
    (first, *_) = client.get("/api/nearest", query_string=at("F")).get_json()["features"]
    links = first["properties"]["links"]

    assert set(links) == {"amap", "tencent", "baidu", "geo"}
    assert [key for key, link in links.items() if "origin" in link] == ["baidu"]


def test_repeated_parameters_must_all_be_met(client, at):
    assert ids(client.get("/api/nearest", query_string=at("F", need=["toilet"]))) == ["h", "g"]
    assert ids(client.get("/api/nearest", query_string=at("F", need=["toilet", "hungry"]))) == ["h"]
    assert ids(client.get("/api/nearest", query_string=at("F", service=["rest", "water"]))) == ["e"]
    assert ids(client.get("/api/nearest", query_string=at("F", entry=["scan", "unknown"]))) == ["h", "q"]


def test_a_form_and_a_json_body_ask_the_same_as_an_address(client, at):
    asked = at("F", need=["toilet", "hungry"], limit=3)
    address = client.get("/api/nearest", query_string=asked).get_json()

    assert client.post("/api/nearest", data=asked).get_json() == address
    assert client.post("/api/nearest", json=asked).get_json() == address


@pytest.mark.parametrize("said", [True, "1", "true", "yes", "on"])
def test_yes_may_be_said_in_several_ways(client, at, said):
    body = {**at("F"), "always_open": said}

    assert ids(client.post("/api/nearest", json=body)) == ["e"]


def test_null_in_a_json_body_is_not_there(client, at):
    body = {**at("E"), "need": None, "open_on_arrival": False, "limit": 2}

    assert ids(client.post("/api/nearest", json=body)) == ["e", "h"]


def test_the_mode_is_the_e_bike_when_none_is_named(client, at):
    asked = {key: value for key, value in at("F").items() if key != "mode"}

    assert client.get("/api/nearest", query_string=asked).get_json()["mode"] == "ebike"


def test_now_is_meant_when_no_moment_is_named(client, at):
    asked = {key: value for key, value in at("F").items() if key != "when"}

    assert client.get("/api/nearest", query_string=asked).get_json()["when"].endswith("+08:00")


def test_a_moment_keeps_the_offset_it_bears(client, at):
    # 10:00 UTC is 18:00 here, when h closes.
    body = client.get("/api/nearest", query_string=at("F", when="2026-11-16T10:00Z")).get_json()

    assert body["when"] == "2026-11-16T10:00:00+00:00"
    assert {f["properties"]["station_id"]: f["properties"]["state"] for f in body["features"]}["h"] == "closed"


@pytest.mark.parametrize("when", ["2000-01-01T00:00", "2100-12-31T23:59"])
def test_the_first_and_last_year_are_answered(client, at, when):
    assert client.get("/api/nearest", query_string=at("F", when=when)).status_code == 200


def test_the_rider_list_is_never_kept(client, at):
    response = client.get("/api/nearest", query_string=at("F"))

    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


# ---- The other answers


def test_the_list_of_stations(client):
    response = client.get("/api/stations")
    body = response.get_json()

    assert response.mimetype == "application/geo+json"
    assert ids(response) == ["e", "g", "h", "q"]
    assert {frozenset(feature["properties"]) for feature in body["features"]} == {frozenset(LISTED | {"course"})}
    assert body["sample"] is True
    assert body["sources"]["roads"]["en"] == "sample"


def test_one_station(client):
    body = client.get("/api/stations/h").get_json()

    assert body["type"] == "Feature"
    assert body["id"] == "h"
    assert set(body["properties"]) == LISTED
    assert body["sample"] is True


def test_catchments_of_stations_and_of_all_joined(client):
    asked = {"mode": "walk", "minutes": "4", "station_id": ["e", "h", "e"]}
    each = client.get("/api/catchments", query_string=asked).get_json()
    joined = client.get("/api/catchments", query_string={"mode": "walk"}).get_json()

    assert [feature["properties"]["station_id"] for feature in each["features"]] == ["e", "h"]
    assert {feature["geometry"]["type"] for feature in each["features"]} == {"MultiPolygon"}
    assert all(feature["properties"]["area_km2"] > 0 for feature in each["features"])
    assert (each["mode"], each["speed_kmh"], each["minutes"]) == ("walk", 3.6, 4)
    assert [feature["properties"]["station_id"] for feature in joined["features"]] == [None]
    assert joined["minutes"] == 15


def test_coverage_says_what_it_was_computed_from(client):
    body = client.get("/api/coverage", query_string={"mode": "walk", "minutes": 6}).get_json()

    assert (body["mode"], body["speed_kmh"], body["minutes"], body["when"]) == ("walk", 3.6, 6, None)
    assert body["counts"] == {"zh": "居民", "en": "residents"}
    # Counted by hand in tests/services/test_coverage.py.
    assert {key: body["whole"][key] for key in ("weight", "covered", "gap", "unknown")} == {
        "weight": 650, "covered": 400, "gap": 200, "unknown": 50,
    }  # fmt: skip
    assert body["whole"]["covered_share"] == pytest.approx(400 / 650, abs=1e-4)
    assert set(body["whole"]["share_within"]) == {"5", "10", "15"}
    assert [share["area"] for share in body["townships"]] == ["镇"]


def test_gaps_are_places_heaviest_first(client):
    body = client.get("/api/gaps", query_string={"mode": "walk", "minutes": 6, "by": "point"}).get_json()

    assert [feature["properties"]["demand_id"] for feature in body["features"]] == ["A", "C"]
    assert set(body["features"][0]["properties"]) == {"demand_id", "name", "township", "weight", "minutes"}


def test_gaps_are_told_as_places_behind_what_is_unknown(client):
    body = client.get("/api/gaps", query_string={"mode": "walk", "minutes": 6}).get_json()

    found = [feature["properties"] for feature in body["features"]]
    assert [(one["state"], one["demand_ids"], one["why"]) for one in found] == [
        ("unknown", ["far"], "off_network"), ("gap", ["A"], "too_far"), ("gap", ["C"], "too_far"),
    ]  # fmt: skip
    assert found[1]["remedy"] == {
        "key": "new_site", "station_id": None, "station_name": None, "changes": [], "weight": None,
    }  # fmt: skip
    assert (found[1]["nearest_id"], found[1]["nearest_min"]) == ("e", 10)


def test_what_is_placed_stands_beside_what_can_be_used(client):
    asked = {"mode": "walk", "minutes": 11, "need": "toilet", "when": "2026-11-16T03:00", "no_registration": 1}
    body = client.get("/api/coverage", query_string=asked).get_json()

    assert (body["no_registration"], body["placed"]["covered"], body["whole"]["covered"]) == (True, 600, 0)
    assert body["difference"][0] == {
        "station_id": "e", "name": "站 e", "why": "lacks_service", "weight": 400, "weight_alone": 300,
    }  # fmt: skip
    assert [side["speed_kmh"] for side in body["speeds"]["range"]] == [3.6, 5.1]
    assert (body["layer"], body["layers"], body["whole"]["off_network"]) == ("demand", ["demand"], 50)


def test_a_speed_beyond_the_table_is_null(client):
    body = client.get("/api/coverage", query_string={"mode": "walk", "minutes": 26}).get_json()

    assert body["speeds"]["range"][0]["whole"]["covered"] == 600
    assert body["speeds"]["range"][1]["whole"] is None
    assert (body["speeds"]["range"][1]["cutoff_min"], body["speeds"]["limit_min"]) == (36.8, 35)


def test_a_week_has_168_hours_for_each_need(client):
    asked = {"mode": "walk", "minutes": 6, "week": "2026-02-28", "need": ["toilet", "tired"], "service": "water"}
    body = client.get("/api/week", query_string=asked).get_json()

    assert (body["monday"], [row["key"] for row in body["rows"]]) == ("2026-02-23", ["toilet", "tired", "water"])
    assert {len(row["shares"]) for row in body["rows"]} == {168}
    assert body["notes"][-1] == {"day": "2026-02-28", "kind": "makeup", "festival": None}
    assert {"monday": "2026-02-16", "kind": "off", "festival": "spring"}.items() <= body["weeks"][3].items()
    assert len(client.get("/api/week", query_string={"mode": "walk"}).get_json()["rows"]) == 36


def test_resilience_names_the_stations_that_matter(client):
    body = client.get("/api/resilience", query_string={"mode": "walk", "minutes": 6}).get_json()

    assert (body["weight"], body["covered"], body["covered_twice"]) == (650, 400, 100)
    assert body["losses"] == [{"station_id": "e", "name": "站 e", "weight_lost": 300}]
    assert body["missed_by_nobody"] == ["g", "h", "q"]


@pytest.mark.parametrize("path", ["/api/coverage", "/api/gaps", "/api/week", "/api/resilience"])
def test_a_layer_that_is_not_there_is_told(client, path):
    response = client.get(path, query_string={"layer": "餐馆"})

    assert response.status_code == 404
    assert response.get_json()["error"]["field"] == "layer"
    assert "餐馆" in response.get_json()["error"]["message"]


def test_coverage_at_an_hour(client):
    asked = {"mode": "walk", "minutes": 11, "need": "toilet", "when": "2026-11-16T03:00"}
    body = client.get("/api/coverage", query_string=asked).get_json()

    assert body["when"] == "2026-11-16T03:00:00+08:00"
    assert body["need"] == ["toilet"]
    assert body["whole"]["covered"] == 0  # h is shut, and nobody can walk to g


def test_places_are_found_by_what_is_typed(client, town):
    body = client.get("/api/places", query_string={"q": "a"}).get_json()

    lon, lat = town.places["A"]
    assert body == {"places": [{"name": "A村", "category": "community", "township": "镇", "lon": lon, "lat": lat}]}
    assert client.get("/api/places").get_json() == {"places": []}


def test_the_base_map_holds_the_roads(client):
    body = client.get("/api/basemap").get_json()

    assert body["roads"]
    assert client.get("/api/basemap").mimetype == "application/json"


def test_health_says_what_is_served(client):
    assert client.get("/healthz").get_json() == {"status": "ok", "region": "town", "generation": 1, "stations": 4}


# ---- Keeping and compressing


@pytest.mark.parametrize("path", ["/api/stations", "/api/stations/e", "/api/catchments?mode=walk", "/api/basemap"])
def test_what_stays_the_same_is_not_sent_twice(client, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_text_is_compressed_for_who_takes_it(client):
    plain = client.get("/api/stations")
    packed = client.get("/api/stations", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Content-Encoding" not in client.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers  # too short


# ---- Errors: one shape, the value named, in both languages

COVERAGE, NEAREST, CATCHMENTS = "/api/coverage", "/api/nearest", "/api/catchments"
HERE = {"lon": "116.8", "lat": "35.5"}
WRONG = [
    (NEAREST, {**HERE, "lat": "nan"}, "coordinate", "lat", "nan"),
    (NEAREST, {**HERE, "lat": "200"}, "coordinate", "lat", "200"),
    (NEAREST, {**HERE, "lon": "-inf"}, "coordinate", "lon", "-inf"),
    (NEAREST, {**HERE, "lon": "1e400"}, "coordinate", "lon", "inf"),
    (NEAREST, {**HERE, "lat": "here"}, "number", "lat", "here"),
    (NEAREST, {"lon": "116.8"}, "missing", "lat", "lat"),
    (NEAREST, {"lat": "35.5"}, "missing", "lon", "lon"),
    (NEAREST, {**HERE, "lat": ""}, "missing", "lat", "lat"),
    (NEAREST, {**HERE, "mode": "teleport"}, "not_one_of", "mode", "teleport"),
    (NEAREST, {**HERE, "need": "gold"}, "not_one_of", "need", "gold"),
    (NEAREST, {**HERE, "need": ["toilet", "gold"]}, "not_one_of", "need", "gold"),
    (NEAREST, {**HERE, "service": "gold"}, "not_one_of", "service", "gold"),
    (NEAREST, {**HERE, "entry": "window"}, "not_one_of", "entry", "window"),
    (NEAREST, {**HERE, "limit": "0"}, "limit", "limit", "0"),
    (NEAREST, {**HERE, "limit": "201"}, "limit", "limit", "201"),
    (NEAREST, {**HERE, "limit": "x"}, "number", "limit", "x"),
    (NEAREST, {**HERE, "limit": "9" * 5000}, "number", "limit", "9999"),
    (NEAREST, {**HERE, "when": "garbage"}, "when", "when", "garbage"),
    (NEAREST, {**HERE, "when": "1800-01-01T12:00"}, "when", "when", "1800-01-01T12:00"),
    (NEAREST, {**HERE, "when": "2101-01-01"}, "when", "when", "2101-01-01"),
    (NEAREST, {**HERE, "open_on_arrival": "maybe"}, "not_one_of", "open_on_arrival", "maybe"),
    (NEAREST, {**HERE, "no_registration": "maybe"}, "not_one_of", "no_registration", "maybe"),
    (NEAREST, {**HERE, "budget_min": "-5"}, "budget", "budget_min", "-5"),
    (NEAREST, {**HERE, "budget_min": "0"}, "budget", "budget_min", "0"),
    (NEAREST, {**HERE, "budget_min": "241"}, "budget", "budget_min", "241"),
    (NEAREST, {**HERE, "budget_min": "nan"}, "budget", "budget_min", "nan"),
    (NEAREST, {**HERE, "budget_min": "soon"}, "number", "budget_min", "soon"),
    (NEAREST, {**HERE, "next_lon": "116.8"}, "missing", "next_lat", "next_lat"),
    (NEAREST, {**HERE, "next_lat": "35.5"}, "missing", "next_lon", "next_lon"),
    (NEAREST, {**HERE, "next_lon": "181", "next_lat": "35.5"}, "coordinate", "next_lon", "181"),
    (NEAREST, {**HERE, "next_lon": "116.8", "next_lat": "x"}, "number", "next_lat", "x"),
    (COVERAGE, {"minutes": "-3"}, "minutes", "minutes", "-3"),
    (COVERAGE, {"minutes": "31"}, "minutes", "minutes", "31"),
    (COVERAGE, {"minutes": "0"}, "minutes", "minutes", "0"),
    (COVERAGE, {"minutes": "nan"}, "minutes", "minutes", "nan"),
    (COVERAGE, {"minutes": "soon"}, "number", "minutes", "soon"),
    (COVERAGE, {"mode": "teleport"}, "not_one_of", "mode", "teleport"),
    (COVERAGE, {"when": "garbage"}, "when", "when", "garbage"),
    ("/api/gaps", {"by": "street"}, "not_one_of", "by", "street"),
    ("/api/week", {"week": "someday"}, "when", "week", "someday"),
    ("/api/gaps", {"minutes": "31"}, "minutes", "minutes", "31"),
    (CATCHMENTS, {"minutes": "-3"}, "minutes", "minutes", "-3"),
    (CATCHMENTS, {"station_id": [str(n) for n in range(21)]}, "too_many_stations", "station_id", "21"),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("path", "asked", "code", "field", "value"), WRONG)
def test_what_cannot_be_asked_is_told_by_name_and_value(client, path, asked, code, field, value, lang):
    response = client.get(path, query_string={**asked, "lang": lang})
    error = response.get_json()["error"]

    assert response.status_code == 400
    assert list(response.get_json()) == ["error"]
    assert set(error) == {"code", "message", "field"}
    assert (error["code"], error["field"]) == (code, field)
    assert value in error["message"]
    assert is_chinese(error["message"]) == (lang == "zh")


@pytest.mark.parametrize(
    ("name", "keys"), [("mode", TravelMode), ("need", Need), ("service", ServiceKey), ("entry", EntryMethod)]
)
def test_an_unknown_key_is_answered_with_those_that_there_are(client, name, keys):
    error = client.get(NEAREST, query_string={**HERE, name: "gold"}).get_json()["error"]

    assert all(key in error["message"] for key in keys)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_unknown_stations_are_not_found(client, lang):
    for path in ("/api/stations/nobody", "/api/catchments?station_id=nobody"):
        response = client.get(path + ("&" if "?" in path else "?") + f"lang={lang}")
        error = response.get_json()["error"]

        assert response.status_code == 404
        assert (error["code"], error["field"]) == ("station_unknown", "station_id")
        assert "nobody" in error["message"]
        assert is_chinese(error["message"]) == (lang == "zh")


def test_addresses_that_do_not_exist(client):
    under_api = client.get("/api/nowhere")
    outside = client.get("/nowhere?lang=en")

    assert (under_api.status_code, under_api.get_json()["error"]["code"]) == (404, "http_404")
    assert (outside.status_code, outside.mimetype) == (404, "text/html")
    assert "there is no such page" in outside.text


@pytest.mark.parametrize(
    ("method", "path"), [("post", "/api/stations"), ("delete", "/api/nearest"), ("put", "/api/coverage")]
)
def test_methods_that_are_not_taken(client, method, path):
    response = getattr(client, method)(path)

    assert response.status_code == 405
    assert response.get_json()["error"]["code"] == "http_405"
    assert "GET" in response.headers["Allow"]


BROKEN_BODIES = [
    ("[1, 2]", None),
    ('"text"', None),
    ("null", None),
    ('{"lon": 116.8, "lat"', None),
    ("", None),
    ("\x00\xff", None),
    ('{"lon": {"x": 1}}', "lon"),
    ('{"need": [["toilet"]]}', "need"),
]


@pytest.mark.parametrize(("body", "field"), BROKEN_BODIES)
def test_bodies_that_are_no_plain_object(client, body, field):
    response = client.post(NEAREST, data=body.encode("latin-1"), content_type="application/json")

    assert response.status_code == 400
    assert response.get_json()["error"] | {"message": ""} == {"code": "body", "message": "", "field": field}


def test_a_deeply_nested_body_is_refused(client):
    response = client.post(NEAREST, data="[" * 30_000 + "]" * 30_000, content_type="application/json")

    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == "body"


HALF_A_CHARACTER = [rb'{"mode": "\ud800"}', b'{"mode": "\xed\xa0\x80"}', r'{"mode": "\ud800"}'.encode("utf-16-le")]


@pytest.mark.parametrize("path", [NEAREST, "/api/what-if"])
@pytest.mark.parametrize("body", HALF_A_CHARACTER)
def test_half_a_character_is_refused_in_a_body(client, path, body):
    response = client.post(path, data=body, content_type="application/json")

    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == "body"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize("path", [NEAREST, "/"])
def test_a_body_over_64_kb_is_refused(client, path, kind, lang):
    large = json.dumps({"place": "x" * 70_000}) if kind.endswith("json") else "place=" + "x" * 70_000
    form = {"data": {"place": "x" * 70_000}} if kind.startswith("multipart") else {"data": large}
    response = client.post(f"{path}?lang={lang}", content_type=kind, **form)

    assert response.status_code == 413
    if path == NEAREST:
        told = response.get_json()["error"]
        assert told == {"code": "http_413", "message": say(lang, "error.http_413"), "field": None}
    else:
        assert response.mimetype == "text/html"
        assert say(lang, "error.http_413") in response.text


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_over_64_kb_is_refused_without_a_language_too(client, kind):
    large = json.dumps({"lang": "en", "place": "x" * 70_000}) if kind.endswith("json") else "place=" + "x" * 70_000

    assert client.post(NEAREST, data=large, content_type=kind).status_code == 413
    assert client.post("/", data=large, content_type=kind).status_code == 413


def test_the_language_may_stand_in_a_form_or_a_json_body(client):
    # The rider's page asks by JSON and names its language there.
    asked = {**HERE, "mode": "teleport", "lang": "en"}

    assert not is_chinese(client.post(NEAREST, json=asked).get_json()["error"]["message"])
    assert not is_chinese(client.post(NEAREST, data=asked).get_json()["error"]["message"])


@pytest.mark.parametrize("lang", ["", "fr", "EN", "../zh"])
def test_a_language_that_is_not_there_is_chinese(client, lang):
    asked = {**HERE, "mode": "teleport", "lang": lang}

    assert is_chinese(client.get(NEAREST, query_string=asked).get_json()["error"]["message"])


def is_chinese(text):
    """Whether most of the words of `text` are Chinese: an English sentence may still name a Chinese key."""
    return sum("\u4e00" <= character <= "\u9fff" for character in text) >= 4


def test_a_way_is_a_line_with_seconds_and_metres(client, town):
    lon, lat = town.places["B"]
    route = client.get(f"/api/route?lon={lon}&lat={lat}&station_id=e&mode=walk")
    listed = client.get(f"/api/nearest?lon={lon}&lat={lat}&mode=walk").json["features"]

    assert route.status_code == 200
    assert route.headers["Cache-Control"] == "no-store"
    assert route.mimetype == "application/geo+json"
    assert route.json["geometry"]["type"] == "LineString"
    assert route.json["properties"]["length_m"] == pytest.approx(300, abs=0.1)
    times = {feature["id"]: feature["properties"]["travel_s"] for feature in listed}
    assert route.json["properties"]["travel_s"] == times["e"]


@pytest.mark.parametrize(
    ("query", "status", "code", "field"),
    [
        ("lon=116.8&lat=35.5&mode=walk", 400, "missing", "station_id"),
        ("lon=nan&lat=35.5&mode=walk&station_id=e", 400, "coordinate", "lon"),
        ("lon=116.8&lat=35.5&mode=walk&station_id=nobody", 404, "station_unknown", "station_id"),
        ("lon=116.8&lat=35.5&mode=walk&station_id=q", 404, "no_route", "station_id"),
        ("lon=116.8&lat=35.5&mode=fly&station_id=e", 400, "not_one_of", "mode"),
    ],
)
def test_what_is_no_way_is_told(client, query, status, code, field):
    answer = client.get(f"/api/route?{query}")

    assert answer.status_code == status
    assert (answer.json["error"]["code"], answer.json["error"]["field"]) == (code, field)


def test_a_candidate_has_a_catchment_and_its_demand(client, town):
    lon, lat = town.places["B"]
    answer = client.get(f"/api/what-if?lon={lon}&lat={lat}&mode=walk&minutes=6")

    assert answer.status_code == 200
    assert answer.json["geometry"]["type"] == "MultiPolygon"
    assert answer.json["properties"]["weight_within"] == 400  # A, B, C and E are within 300 m


def test_a_candidate_off_the_roads_is_told(client, town):
    lon, lat = town.places["A"]
    answer = client.get(f"/api/what-if?lon={lon - 0.009}&lat={lat}&mode=walk")

    assert answer.status_code == 400
    assert "250" in answer.json["error"]["message"]
