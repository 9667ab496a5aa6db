"""Riders are answered from the last published list, whatever becomes of the database."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import make_url

from stations.errors import StoreError
from stations.loaders.region import read_profile
from stations.services.build import build_region, station_store
from stations.web import create_app

ASKED = "/api/nearest?lon=116.8017263&lat=35.5013948&mode=walk&when=2026-11-02T10:00"
"""Beside E of the town, on a Monday morning."""


class Relay:
    """A way to a server that can be cut: to whoever comes by it, the server has stopped."""

    def __init__(self, host, port):
        self._server = (host, port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._ends = []
        self.port = self._door.getsockname()[1]
        self._threads = [threading.Thread(target=self._let_in)]
        self._threads[0].start()

    def _let_in(self):
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection(self._server)
                self._ends += [near, far]
                for ends in ((near, far), (far, near)):
                    self._threads.append(threading.Thread(target=self._carry, args=ends))
                    self._threads[-1].start()

    def _carry(self, source, target):
        with suppress(OSError):
            while content := source.recv(1 << 16):
                target.sendall(content)
            target.shutdown(socket.SHUT_WR)

    def cut(self):
        for end in [self._door, *self._ends]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(10)
        for end in [self._door, *self._ends]:
            end.close()


def answer(client):
    response = client.get(ASKED)
    assert response.status_code == 200
    return response.get_json()


def test_the_search_goes_on_when_the_server_of_the_database_stops(make_town, tmp_path, postgres_url):
    server = make_url(postgres_url)
    relay = Relay(server.host or "127.0.0.1", server.port or 5432)
    by_relay = server.set(host="127.0.0.1", port=relay.port).render_as_string(hide_password=False)
    settings = replace(make_town(tmp_path).settings, database_url=by_relay)
    list(build_region(settings))
    client = create_app(settings).test_client()
    before = answer(client)
    assert before["features"][0]["properties"]["station_id"] == "e"

    relay.cut()

    with pytest.raises(StoreError), station_store(settings, read_profile(settings.region)):
        pass
    assert answer(client) == before
    assert answer(create_app(settings).test_client()) == before  # a worker that starts only now


def test_a_database_that_nobody_answers_for_is_not_asked(make_town, tmp_path):
    made = make_town(tmp_path)
    list(build_region(made.settings))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    closed = replace(made.settings, database_url=f"postgresql+psycopg://nobody@127.0.0.1:{port}/nothing")

    client = create_app(closed).test_client()

    assert answer(client) == answer(create_app(made.settings).test_client())
    assert client.get("/").status_code == 200
    assert client.get("/stations/e").status_code == 200
    assert client.get("/planner?mode=walk").status_code == 200
    assert client.get("/planner?mode=walk&scenario=one").status_code == 200  # it says that there is no database
    assert client.get("/planner/scenarios").status_code == 503
    assert client.get("/api/scenarios").status_code == 503


def test_who_looks_is_not_told_where_the_database_is(make_town, tmp_path, caplog):
    settings = make_town(tmp_path).settings
    list(build_region(settings))
    away = "postgresql+psycopg://li@127.0.0.1:9/secret"
    client = create_app(replace(settings, database_url=away)).test_client()

    told = [client.get("/api/scenarios"), client.get("/planner/scenarios"), client.get("/planner?scenario=x")]

    assert [one.status_code for one in told] == [503, 503, 200]
    assert all("127.0.0.1" not in one.get_data(as_text=True) for one in told)
    assert "127.0.0.1" in caplog.text
