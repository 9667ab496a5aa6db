"""Positions of riders are used for the answer, and neither logged nor stored."""

from __future__ import annotations

import http.client
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from urllib.parse import urlencode

import pytest

from stations.services.build import build_region
from stations.services.taps import READER
from stations.settings import PROJECT_ROOT
from stations.web import create_app, server

POSITION = {"lon": "116.8017263", "lat": "35.5013948"}
TRACES = (b"116.80172", b"35.50139")


def traces_in(content):
    return [trace for trace in TRACES if trace in content]


@pytest.fixture
def failing(monkeypatch):
    """Make the rider's list fail with an error that tells the whole question."""

    def fail(query, _region, **_known):
        try:
            raise KeyError(query.origin)
        except KeyError as error:
            raise RuntimeError(f"cannot answer {query}") from error

    for way in ("api", "express"):
        monkeypatch.setattr(f"stations.web.{way}.rank_nearest", fail)


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


NEXT_STOP = {"next_lon": "116.8031415", "next_lat": "35.5027182"}
NEXT_TRACES = (b"116.80314", b"35.50271")


def test_nothing_of_a_question_is_stored(client, town):
    client.get("/api/nearest", query_string={**POSITION, **NEXT_STOP})
    client.post("/api/nearest", json={**POSITION, **NEXT_STOP, "need": ["toilet"], "mode": "walk", "budget_min": 20})
    client.post("/api/nearest", data=POSITION)
    client.post("/", data={"place": "A村"})
    client.post("/api/route", json={**POSITION, "station_id": "e", "mode": "walk"})
    # A tap bears no position; where one is sent along all the same, it is not kept either.
    assert client.post("/api/taps", json={**POSITION, "station_id": "e", "answer": "locked"}).status_code == 200
    written = {path: path.read_bytes() for path in town.settings.instance.rglob("*") if path.is_file()}

    assert any(path.name == "stations.sqlite" for path in written)
    assert not [path for path, content in written.items() if traces_in(content)]
    assert not [path for path, content in written.items() if any(trace in content for trace in NEXT_TRACES)]


def test_a_question_writes_nothing_at_all(make_town, tmp_path):
    made = make_town(tmp_path)
    list(build_region(made.settings))
    asked = create_app(made.settings).test_client()
    asked.get("/api/nearest", query_string=POSITION)

    def written():
        kept = made.settings.instance.rglob("*")
        return {path: path.read_bytes() for path in kept if path.is_file() and path.suffix != ".sqlite-shm"}

    wait_for_taps_to_be_read()
    before = written()
    asked.get("/api/nearest", query_string={**POSITION, **NEXT_STOP})
    asked.post("/api/nearest", json={**POSITION, "need": ["toilet"], "mode": "walk"})

    assert written() == before


def wait_for_taps_to_be_read():
    for thread in threading.enumerate():
        if thread.name == READER:
            thread.join(10)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_running_server_writes_no_position_anywhere(make_town, tmp_path, method):
    made = make_town(tmp_path)
    list(build_region(made.settings))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = {**os.environ, "STATIONS_INSTANCE": str(made.settings.instance)}
    command = [sys.executable, "app.py", "--region", str(made.settings.region), "serve", "--port", str(port)]
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--workers", "1"], cwd=PROJECT_ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            for wrong in ({}, {"limit": "0"}):
                assert ask(port, method, {**POSITION, **NEXT_STOP, **wrong}) == (400 if wrong else 200)
        finally:
            server.terminate()
            server.wait(30)
    everything = [path for path in tmp_path.rglob("*") if path.is_file() and made.settings.region not in path.parents]

    assert tmp_path / "server.log" in everything
    for path in everything:
        content = path.read_bytes()
        assert not [trace for trace in (*TRACES, *NEXT_TRACES) if trace in content], path


def ask(port, method, asked):
    """Return the status of a question to a server, which may be about to start."""
    for _ in range(300):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            if method == "GET":
                connection.request("GET", f"/api/nearest?{urlencode(asked)}")
            else:
                connection.request("POST", "/api/nearest", json.dumps(asked), {"Content-Type": "application/json"})
            return connection.getresponse().status
        except ConnectionError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise AssertionError("the server did not start")


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
