"""Taps at the door over HTTP: no account, no position, one voice each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from stations.model.taps import MOST_AN_HOUR
from stations.services.build import build_region
from stations.texts import say
from stations.web import create_app


@pytest.fixture
def made(make_town, tmp_path):
    town = make_town(tmp_path)
    list(build_region(town.settings))
    return town


@pytest.fixture
def door(made):
    """A client of a town that nobody else taps in."""
    return create_app(made.settings).test_client()


def tap(client, answer="got_in", station="e", address="10.0.0.1", **more):
    body = {"station_id": station, "answer": answer, **more}
    return client.post("/api/taps", json=body, environ_base={"REMOTE_ADDR": address})


def listed(client, made):
    lon, lat = made.places["F"]
    asked = {"lon": lon, "lat": lat, "mode": "walk", "when": "2026-11-16T12:00"}
    return {
        feature["id"]: feature["properties"]
        for feature in client.get("/api/nearest", query_string=asked).get_json()["features"]
    }


def test_a_tap_is_answered_with_what_is_known_now(door, made):
    response = tap(door)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.get_json() == {
        "station_id": "e",
        "taps": {"got_in_today": 1, "last_got_in_min": 0, "reported_locked": False},
    }
    assert listed(door, made)["e"]["taps"]["got_in_today"] == 1
    assert listed(door, made)["h"]["taps"] == {"got_in_today": 0, "last_got_in_min": None, "reported_locked": False}


def test_two_who_find_it_locked_put_it_behind_until_one_gets_in(door, made):
    first, second, *_ = listed(door, made)  # both usable, at the same distance but for a second
    tap(door, "locked", station=first, address="10.0.0.1")
    assert [*listed(door, made)][:2] == [first, second]  # one is not enough
    tap(door, "locked", station=first, address="10.0.0.1", at=(datetime.now(UTC) - timedelta(minutes=70)).isoformat())
    assert [*listed(door, made)][:2] == [first, second]  # nor is one device twice

    before = listed(door, made)[first]
    tap(door, "locked", station=first, address="10.0.0.2")
    after = listed(door, made)

    assert [*after][:2] == [second, first]
    assert after[first]["taps"]["reported_locked"] is True
    assert {**after[first], "taps": None} == {**before, "taps": None}  # state and posted hours stay as they were
    assert tap(door, station=first, address="10.0.0.3").get_json()["taps"]["reported_locked"] is False
    assert [*listed(door, made)][:2] == [first, second]


def test_a_tap_that_waited_for_the_net_says_when_it_was_made(door, made):
    made_at = (datetime.now(UTC) - timedelta(minutes=90)).isoformat()
    taps = tap(door, at=made_at, tap_id="from-the-phone-1").get_json()["taps"]
    again = tap(door, at=made_at, tap_id="from-the-phone-1").get_json()["taps"]

    assert taps["last_got_in_min"] in (90, 91)
    assert again == taps | {"last_got_in_min": again["last_got_in_min"]}


WRONG = [
    ({"station_id": ""}, 400, "missing", "station_id"),
    ({"answer": ""}, 400, "missing", "answer"),
    ({"answer": "burnt_down"}, 400, "not_one_of", "answer"),
    ({"station_id": "nobody"}, 404, "station_unknown", "station_id"),
    ({"at": "yesterday"}, 400, "when", "at"),
    ({"at": "2020-01-01T00:00"}, 400, "at_old", "at"),
    ({"at": "2099-01-01T00:00"}, 400, "at_ahead", "at"),
    ({"tap_id": "<script>"}, 400, "id", "tap_id"),
    ({"tap_id": "x" * 10_000}, 400, "id", "tap_id"),
    ({"tap_id": "short"}, 400, "id", "tap_id"),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("more", "status", "code", "field"), WRONG)
def test_what_is_no_tap_is_refused_with_a_sentence(client, more, status, code, field, lang):
    response = client.post("/api/taps", json={"station_id": "e", "answer": "locked", "lang": lang, **more})
    error = response.get_json()["error"]

    assert response.status_code == status
    assert (error["code"], error["field"]) == (code, field)
    assert error["message"]


@pytest.mark.parametrize(
    "body", [{"data": {"station_id": "e", "answer": "locked"}}, {"data": "{", "content_type": "application/json"}]
)
def test_only_json_is_taken(client, body):
    response = client.post("/api/taps", **body)

    assert (response.status_code, response.get_json()["error"]["code"]) == (400, "body")


def test_a_flood_is_answered_one_by_one(door):
    answers = [tap(door, "not_found", station=("e", "h")[number % 2]).status_code for number in range(MOST_AN_HOUR + 3)]
    told = tap(door, "not_found", lang="en").get_json()["error"]

    assert answers == [200] * MOST_AN_HOUR + [429] * 3
    assert told == {"code": "too_many", "message": say("en", "tap.too_many", most=MOST_AN_HOUR), "field": None}
    assert tap(door, address="10.0.0.2").status_code == 200


def test_with_the_database_down_a_tap_is_refused_and_the_list_goes_on(made, tmp_path):
    down = create_app(replace(made.settings, database_url=f"sqlite:///{tmp_path}")).test_client()  # a folder

    assert tap(down).status_code == 503
    assert listed(down, made)["e"]["taps"] == {"got_in_today": None, "last_got_in_min": None, "reported_locked": None}
