"""The server as it is started: several workers, a new list within two seconds, and any other WSGI server."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from stations.errors import FileError, InputError
from stations.web.server import Address, serve

ROOT = Path(__file__).parents[2]
LONGEST_START_S = 60
POSITION = "lon=116.8017263&lat=35.5013948"


@dataclass
class Server:
    """A started server: its process, address, folder, and the lines it has written so far."""

    process: subprocess.Popen[str]
    url: str
    region: Path
    environ: dict[str, str]
    lines: list[str]

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as response:
            return json.load(response)

    def run(self, *words):
        """Run a command in another process; return when it ended."""
        command = [sys.executable, "app.py", "--region", self.region, *map(str, words)]
        ended = subprocess.run(command, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=True)
        return ended.stdout, time.monotonic()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def server(make_town, tmp_path_factory):
    """Start the real server with two workers; the first start builds the region."""
    folder = tmp_path_factory.mktemp("served")
    made = make_town(folder)
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("STATIONS_", "LC_"))}
    environ |= {"STATIONS_INSTANCE": str(made.settings.instance), "LANG": "C.UTF-8"}
    command = [sys.executable, "app.py", "--region", made.settings.region, "serve", "--port", str(free_port())]
    process = subprocess.Popen(
        [*command, "--workers", "2"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")))
    reader.start()
    try:
        yield Server(process, wait_for_address(process, lines), made.settings.region, environ, lines)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        reader.join(10)
        process.stdout.close()


def wait_for_address(process, lines):
    """Return the address that the server printed, once it answers there."""
    stop_at = time.monotonic() + LONGEST_START_S
    while time.monotonic() < stop_at and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+", "".join(lines))
        if found and answers(found[0]):
            return found[0]
        time.sleep(0.05)
    raise AssertionError("the server did not start:\n" + "".join(lines))


def answers(url):
    try:
        urllib.request.urlopen(url + "/healthz", timeout=5).close()
    except (urllib.error.URLError, OSError):
        return False
    return True


def workers_of(process):
    """Return the processes that the server started, by their ids."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not tell a process's children")
    return [int(child) for child in children.read_text().split()]


def sees_socket(pid):
    return any(
        os.readlink(link).startswith("socket:") for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()
    )


def test_a_start_tells_the_address_and_warns_of_nothing(server):
    assert [line for line in server.lines if "WARNING" in line] == []


def test_several_workers_answer(server):
    assert len([pid for pid in workers_of(server.process) if sees_socket(pid)]) >= 2
    assert server.get("/healthz") == {"status": "ok", "region": "town", "generation": 1, "stations": 4}
    assert len(server.get(f"/api/nearest?{POSITION}")["features"]) == 4


def test_a_position_is_in_no_line_that_the_server_writes(server):
    for query in (POSITION, f"{POSITION}&limit=0"):
        try:
            server.get(f"/api/nearest?{query}")
        except urllib.error.HTTPError as refused:
            refused.close()
    time.sleep(0.2)

    assert "116.80172" not in "".join(server.lines)
    assert "api/nearest" not in "".join(server.lines)


def test_every_worker_serves_a_new_list_within_two_seconds(server, tmp_path):
    ask = [f"/api/nearest?{POSITION}", "/healthz", "/api/stations"] * 14
    with ThreadPoolExecutor(8) as pool:  # let both workers see the old list first
        assert {answer["generation"] for answer in pool.map(server.get, ["/healthz"] * 40)} == {1}
        server.run("stations", "export", tmp_path / "list.csv")
        text = (tmp_path / "list.csv").read_text(encoding="utf-8").replace("站 e", "renamed")
        (tmp_path / "list.csv").write_text(text, encoding="utf-8")
        out, ended_at = server.run("stations", "import", tmp_path / "list.csv", "--datum", "wgs84")
        assert "1 changed" in out
        time.sleep(max(0.0, ended_at + 2.0 - time.monotonic()))
        bodies = list(pool.map(server.get, ask))

    assert len(bodies) == 42
    assert {body["generation"] for body in bodies if "generation" in body} == {2}
    names = [{f["properties"]["name"] for f in body["features"]} for body in bodies if "features" in body]
    assert all("renamed" in listed and "站 e" not in listed for listed in names)


def test_the_server_ends_when_told_to(server):
    children = workers_of(server.process)
    server.process.send_signal(signal.SIGTERM)

    assert server.process.wait(20) == 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert "Traceback" not in "".join(server.lines)
    assert not answers(server.url)


# ---- What it does not start with


def test_a_server_that_is_still_starting_ends_when_told_to(town):
    environ = {**os.environ, "STATIONS_INSTANCE": str(town.settings.instance)}
    command = [sys.executable, "app.py", "--region", town.settings.region, "serve", "--port", str(free_port())]
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        end = time.monotonic() + LONGEST_START_S
        while not workers_of(process) and time.monotonic() < end:
            time.sleep(0.01)
        process.terminate()
        process.wait(timeout=15)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert process.returncode == 0


def test_an_address_says_how_it_is_opened_and_whether_locating_works(tmp_path):
    pem = tmp_path / "a.pem"
    pem.touch()

    assert Address().url == "http://127.0.0.1:8000"
    assert Address(host="::1", port=81).url == "http://[::1]:81"
    assert Address(cert=pem, key=pem).url == "https://127.0.0.1:8000"
    assert Address().is_secure_context
    assert not Address(host="0.0.0.0").is_secure_context
    assert Address(host="0.0.0.0", cert=pem, key=pem).is_secure_context


@pytest.mark.parametrize(
    ("options", "error", "key"),
    [
        ({"port": 0}, InputError, "error.port"),
        ({"port": 70_000}, InputError, "error.port"),
        ({"workers": 0}, InputError, "error.workers"),
        ({"cert": Path("a.pem")}, InputError, "error.cert_and_key"),
        ({"cert": Path("nowhere.pem"), "key": Path("nowhere.pem")}, FileError, "file.missing"),
    ],
)
def test_what_cannot_be_served_on_is_refused(town, options, error, key):
    given = {"host": "127.0.0.1", "port": 8000, "workers": 2, "cert": None, "key": None, **options}
    with pytest.raises(error) as caught:
        serve(town.settings, lang="en", **given)
    assert caught.value.key == key


# ---- Any other WSGI server

ELSEWHERE = """
import sys
from wsgiref.util import setup_testing_defaults
import app
environ = {"PATH_INFO": "/healthz"}
setup_testing_defaults(environ)
told = []
body = b"".join(app.app(environ, lambda status, headers: told.append(status)))
assert app.app is app.app
print(told[0], body.decode())
"""


def test_app_app_is_for_any_wsgi_server(town):
    environ = {**os.environ, "STATIONS_REGION": str(town.settings.region)}
    environ |= {"STATIONS_INSTANCE": str(town.settings.instance), "STATIONS_DATABASE_URL": ""}
    ended = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    status, _, body = ended.stdout.partition(" OK ")

    assert status == "200"
    assert json.loads(body)["region"] == "town"


@pytest.mark.parametrize(
    ("host", "port_is_taken"), [("999.1.1.1", False), ("nonsense", False), ("", False), ("127.0.0.1", True)]
)
def test_a_host_or_port_that_cannot_be_had_is_told(town, host, port_is_taken):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1] if port_is_taken else 8009
        with pytest.raises(InputError, match="cannot_listen"):
            serve(town.settings, lang="en", host=host, port=port, workers=1, cert=None, key=None)
