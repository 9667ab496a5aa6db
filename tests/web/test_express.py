"""The short way to the rider's list gives what the application gives."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest

from stations.texts import say
from stations.web import create_app
from stations.web.rate_limit import RateLimit

NOON = "2026-11-16T12:00"
ASKED = [
    {},
    {"mode": "ebike", "limit": "2"},
    {"need": ["toilet", "hungry"], "entry": ["scan"]},
    {"when": "2026-11-16T03:00", "open_on_arrival": "1", "need": "toilet"},  # something else instead
    {"budget_min": "20", "next_lon": "116.8", "next_lat": "35.5"},
    {"lang": "en"},
    {"q": ""},
]


@pytest.fixture
def at_f(town):
    lon, lat = town.places["F"]
    return {"lon": lon, "lat": lat, "mode": "walk", "when": NOON}


def headers_of(response):
    return sorted(response.headers.items())


@pytest.mark.parametrize("more", ASKED)
def test_both_ways_are_alike_to_the_byte(client, at_f, more):
    asked = {**at_f, **more}
    by_form = client.post("/api/nearest", data=asked)  # forms are left to the application

    for short in (client.get("/api/nearest", query_string=asked), client.post("/api/nearest", json=asked)):
        assert short.status_code == by_form.status_code == 200
        assert short.data == by_form.data
        assert headers_of(short) == headers_of(by_form)


def test_both_ways_compress_alike(client, at_f):
    accepts = {"Accept-Encoding": "br, gzip;q=0.8"}
    short = client.get("/api/nearest", query_string=at_f, headers=accepts)
    long = client.post("/api/nearest", data=at_f, headers=accepts)

    assert short.data == long.data
    assert headers_of(short) == headers_of(long)
    assert gzip.decompress(short.data) == client.get("/api/nearest", query_string=at_f).data
    assert (
        "Content-Encoding"
        not in client.get("/api/nearest", query_string=at_f, headers={"Accept-Encoding": "gzip;q=0"}).headers
    )


@pytest.mark.parametrize(
    "asked",
    [
        {"lon": "x"}, {"lat": ""}, {"limit": "0"}, {"when": "garbage"}, {"next_lon": "116.8"}, {"budget_min": "0"},
        {"mode": "teleport", "lang": "en"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_the_application(client, at_f, asked):
    given = {**at_f, **asked}
    answers = [
        client.get("/api/nearest", query_string=given),
        client.post("/api/nearest", json=given),
        client.post("/api/nearest", data=given),
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.data for answer in answers}) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"[" * 30_000, b"\xff"])
def test_a_body_that_was_read_in_vain_is_read_again(client, body):
    response = client.post("/api/nearest", data=body, content_type="application/json")

    assert (response.status_code, response.get_json()["error"]["code"]) == (400, "body")


def test_head_and_options_are_left_to_the_application(client, at_f):
    assert client.head("/api/nearest", query_string=at_f).data == b""
    assert "GET" in client.options("/api/nearest").headers["Allow"]


# ---- How often one client may ask


@pytest.fixture
def limited(town):
    return create_app(replace(town.settings, rate_limit=3)).test_client()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_asks_too_often_is_told_so(limited, at_f, lang):
    asked = {**at_f, "lang": lang}
    ways = [
        lambda: limited.get("/api/nearest", query_string=asked),
        lambda: limited.post("/api/nearest", json=asked),
        lambda: limited.post("/api/nearest", data=asked),
        lambda: limited.get("/api/nearest", query_string=asked),
        lambda: limited.post("/api/nearest", data=asked),
    ]
    answers = [way() for way in ways]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    told = {"code": "too_many", "message": say(lang, "error.too_many", most=3), "field": None}
    assert [answer.get_json()["error"] for answer in answers[3:]] == [told, told]
    assert limited.get("/api/stations").status_code == 200
    other = limited.get("/api/nearest", query_string=asked, environ_base={"REMOTE_ADDR": "10.1.1.1"})
    assert other.status_code == 200


def test_wrong_questions_count_once(limited, at_f):
    wrong = {**at_f, "limit": "0"}
    answers = [limited.get("/api/nearest", query_string=wrong).status_code for _ in range(4)]

    assert answers == [400, 400, 400, 429]


def test_without_a_limit_anybody_asks_as_often_as_they_like():
    limit = RateLimit(0)

    assert all(limit.allows("a") for _ in range(1000))


def test_a_minute_later_one_may_ask_again(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("stations.web.rate_limit.time.monotonic", lambda: now[0])
    limit = RateLimit(1)

    assert [limit.allows("a"), limit.allows("a"), limit.allows("b")] == [True, False, True]
    now[0] += 60
    assert limit.allows("a")
