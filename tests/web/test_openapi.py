"""What the API promises is what it does."""

from __future__ import annotations

import re

import pytest

from stations.web.openapi import api_description

PATHS = api_description()["paths"]
NEAREST = PATHS["/api/nearest"]["get"]


def test_every_address_is_promised_and_every_promise_has_one(app):
    there = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert {(path, method) for path, told in PATHS.items() for method in told} == there


def test_it_is_served_and_kept(client):
    response = client.get("/api/openapi.json")

    assert response.get_json() == api_description()
    assert client.get("/api/openapi.json", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_what_is_referred_to_is_there(client):
    schemas = api_description()["components"]["schemas"]
    named = set(re.findall(r"#/components/schemas/(\w+)", client.get("/api/openapi.json").text))

    assert named == set(schemas)


@pytest.mark.parametrize("more", [{}, {"when": "2026-11-16T03:00", "need": "toilet"}])
def test_the_list_has_the_members_and_properties_promised(client, town, more):
    lon, lat = town.places["F"]
    body = client.get("/api/nearest", query_string={"lon": lon, "lat": lat, "mode": "walk", **more}).get_json()
    schema = NEAREST["responses"]["200"]["content"]["application/json"]["schema"]
    found = api_description()["components"]["schemas"]["FoundStation"]

    assert set(body) == set(schema["properties"])
    assert body["features"]
    for feature in body["features"]:
        assert set(feature["properties"]) == set(found["required"])


def test_one_station_has_the_properties_promised(client):
    promised = api_description()["components"]["schemas"]["Station"]["required"]

    assert set(client.get("/api/stations/e").get_json()["properties"]) == set(promised)


def test_every_parameter_promised_is_read(client, town):
    lon, lat = town.places["F"]
    wrong = {"lon": "x", "lat": "x", "mode": "x", "when": "x", "need": "x", "service": "x", "entry": "x", "limit": "x"}
    wrong |= dict.fromkeys(("no_registration", "open_on_arrival", "always_open", "budget_min", "next_lon"), "x")
    wrong |= {"next_lat": "x"}
    names = {one["name"] for one in NEAREST["parameters"]} - {"lang"}

    assert names == set(wrong)
    for name, value in wrong.items():
        asked = {"lon": lon, "lat": lat, **({"next_lon": lon} if name == "next_lat" else {}), name: value}
        asked |= {"next_lat": lat} if name == "next_lon" else {}
        error = client.get("/api/nearest", query_string=asked).get_json()["error"]
        assert error["field"] == name


def names_of(path, method="get"):
    return {one["name"] for one in PATHS[path][method]["parameters"]} - {"lang"}


@pytest.mark.parametrize("name", sorted(names_of("/api/siting")))
def test_every_parameter_of_siting_is_read(client, name):
    with_it = {"week": {"hours": "night"}}.get(name, {})
    response = client.get("/api/siting", query_string={"mode": "walk", **with_it, name: "?"})

    assert response.status_code in (400, 404)
    assert response.get_json()["error"]["field"] == name.partition(".")[0]


def test_a_proof_is_asked_for_by_the_parameters_of_siting():
    assert names_of("/api/jobs", "post") == names_of("/api/siting") | {"kind", "prove"}


@pytest.mark.parametrize(
    "name", ["site_lon", "site_lat", "site_name", "hours_of", "hours", "service_of", "add_service"]
)
def test_what_if_promises_what_goes_together(client, name):
    assert name in names_of("/api/what-if")

    alone = client.get("/api/what-if", query_string={"mode": "walk", name: "1"})

    assert name in alone.get_json()["error"]["message"]
