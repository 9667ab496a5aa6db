"""Positions of riders are used for the answer, and neither logged nor stored."""

from __future__ import annotations

import logging

import pytest

from stations.web import server

POSITION = {"lon": "116.8017263", "lat": "35.5013948"}
TRACES = (b"116.80172", b"35.50139")


def traces_in(content):
    return [trace for trace in TRACES if trace in content]


@pytest.fixture
def failing(monkeypatch):
    """Make the rider's list fail with an error that tells the whole question."""

    def fail(query, region):
        try:
            raise KeyError(query.origin)
        except KeyError as error:
            raise RuntimeError(f"cannot answer {query}") from error

    monkeypatch.setattr("stations.web.api.find_nearest", fail)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_internal_error_is_told_in_the_one_shape(client, failing, lang):
    response = client.get("/api/nearest", query_string={**POSITION, "lang": lang})

    assert response.status_code == 500
    assert list(response.get_json()) == ["error"]
    assert response.get_json()["error"] | {"message": ""} == {"code": "internal", "message": "", "field": None}
    assert "RuntimeError" not in response.text
    assert traces_in(response.data) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_internal_error_is_noted_without_the_position(client, failing, caplog, capfd, method):
    asked = {"query_string": POSITION} if method == "get" else {"json": POSITION}
    with caplog.at_level(logging.DEBUG):
        getattr(client, method)("/api/nearest", **asked)
    written = capfd.readouterr()

    assert "failed in api.nearest: RuntimeError" in caplog.text
    assert "test_privacy.py" in caplog.text  # where it failed
    assert traces_in((caplog.text + written.out + written.err).encode()) == []


def test_refused_questions_are_not_logged(client, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        client.get("/api/nearest", query_string={**POSITION, "limit": "0"})
        client.post("/api/nearest", json={**POSITION, "when": "garbage"})
        client.get("/nowhere", query_string=POSITION)
    written = capfd.readouterr()

    assert traces_in((caplog.text + written.out + written.err).encode()) == []


def test_nothing_of_a_question_is_stored(client, town):
    def written():
        return {path: path.read_bytes() for path in town.settings.instance.rglob("*") if path.is_file()}

    before = written()
    client.get("/api/nearest", query_string=POSITION)
    client.post("/api/nearest", json={**POSITION, "need": ["toilet"], "mode": "walk"})
    client.post("/", data={"place": "A村"})

    assert written() == before
    assert not [path for path, content in before.items() if traces_in(content)]


def test_the_server_keeps_no_access_log(monkeypatch, town):
    started = []

    class Fake:
        def __init__(self, target, **options):
            started.append((target, options))

        def on_startup(self, _announce):
            pass

        def serve(self):
            pass

    monkeypatch.setattr(server, "Granian", Fake)
    for name in ("STATIONS_REGION", "STATIONS_INSTANCE", "STATIONS_DATABASE_URL"):
        monkeypatch.setenv(name, "")  # put back as it was when the test ends
    server.serve(town.settings, lang="en", host="127.0.0.1", port=8000, workers=2, cert=None, key=None)
    ((target, options),) = started

    assert target == "stations.web:create_app"
    assert options["log_access"] is False
    assert options["workers"] == 2
    assert options["websockets"] is False
