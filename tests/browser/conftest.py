"""A real browser, and the bundled region served to it on this machine."""

from __future__ import annotations

import csv
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from stations.services.build import build_region
from stations.settings import read_settings
from stations.web import create_app

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
LONGEST_WAIT_MS = 15_000
HOSTILE = "<b>\"'&${1+1}`a`<img src=x onerror=alert(1)>\\ \u05e9\u05dc\u05d5\u05dd\u200f 😀"
"""Live in HTML and in a template literal, then from right to left."""


@dataclass
class Visit:
    """One window of the browser, and everything that went over the wire or to the console in it."""

    page: Page
    context: BrowserContext
    home: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.home + path)
        return self.page

    @property
    def foreign(self) -> list[str]:
        return [url for url in self.requests if not url.startswith((self.home + "/", "data:", "blob:"))]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium; a test that needs it is skipped without, which is a failure in CI."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing: the browser tests are part of the tests here")
        pytest.skip(f"install chromium as {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def home(tmp_path_factory) -> Iterator[str]:
    """Address of the bundled region, built into a folder of its own."""
    settings = read_settings({"STATIONS_INSTANCE": str(tmp_path_factory.mktemp("instance"))})
    list(build_region(settings))
    with _served(create_app(settings)) as url:
        yield url


@pytest.fixture(scope="session")
def hostile_home(make_town, tmp_path_factory) -> Iterator[str]:
    """Address of a town in which the names of stations, demand and places are `HOSTILE`."""
    made = make_town(tmp_path_factory.mktemp("hostile"))
    for file in ("stations.csv", "demand.csv", "places.csv"):
        _rename_all(made.settings.region / file)
    list(build_region(made.settings))
    with _served(create_app(made.settings)) as url:
        yield url


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core; see vendor/README.md."""
    return (Path(__file__).parent / "vendor" / "axe" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def serve():
    """Return a maker of servers as a context; what it serves is gone when the context ends."""
    return _served


@pytest.fixture(scope="session")
def hostile() -> str:
    """The name of everything in the hostile town."""
    return HOSTILE


@pytest.fixture
def visit(chromium, home):
    """Return a maker of windows; none of them may ask another host for anything, or complain on the console."""
    made: list[Visit] = []

    def open_window(width=360, height=740, *, at=None, url=home, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options)
        context.set_default_timeout(LONGEST_WAIT_MS)
        window = Visit(context.new_page(), context, url)
        if at is not None:
            context.set_geolocation({"longitude": at[0], "latitude": at[1]})
            context.grant_permissions(["geolocation"])
        window.page.on("request", lambda request: window.requests.append(request.url))
        window.page.on("websocket", lambda socket: window.requests.append(socket.url))
        window.page.on("console", lambda said: _note(window, said.type, said.text))
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        window.page.on("dialog", lambda dialog: _note(window, "error", dialog.message))
        made.append(window)
        return window

    yield open_window
    for window in made:
        window.context.close()
    assert [url for window in made for url in window.foreign] == []
    assert [said for window in made for said in window.complaints] == []


def _note(window: Visit, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        window.complaints.append(text)


@contextmanager
def _served(app: Flask, *, port: int = 0) -> Iterator[str]:
    class Quiet(WSGIRequestHandler):
        def log(self, *_given: object) -> None:
            pass

    def whole(environ, start_response):
        # werkzeug forgets to close what it was sending when a browser hangs up, so no file is open while it sends
        body = app(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            if hasattr(body, "close"):
                body.close()

    server = make_server("127.0.0.1", port, whole, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _rename_all(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row | {"name": HOSTILE} for row in csv.DictReader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
