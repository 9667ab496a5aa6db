"""Fixtures for tests of pages and answers: the town behind an application, and one whose names hold live text."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stations.model.keys import Role
from stations.services.accounts import add_account
from stations.services.build import build_region
from stations.services.office import Office
from stations.web import create_app

PASSWORD = "long enough 7"
HOSTILE = "<b>\"'&${1+1}`a`</script><script>alert(1)</script>{{7*7}}\\"
"""Live in HTML, in a script, in a template literal, and in a template of ours."""


@pytest.fixture(scope="session")
def app(town) -> Flask:
    """The application over the town, as a WSGI server gets it."""
    return create_app(town.settings)


@pytest.fixture
def client(app) -> FlaskClient:
    """A browser without scripts."""
    return app.test_client()


@pytest.fixture(scope="session")
def hostile_client(make_town, tmp_path_factory) -> FlaskClient:
    """A client of a town in which every free text is `HOSTILE`."""
    made = make_town(tmp_path_factory.mktemp("hostile"))
    for file, columns in {
        "stations.csv": ("name", "address", "notes", "hours_text", "township"),
        "demand.csv": ("name",),
        "places.csv": ("name",),
    }.items():
        _fill(made.settings.region / file, columns)
    profile = made.settings.region / "region.toml"
    words = profile.read_text(encoding="utf-8")
    for name in ('zh = "小镇"', 'zh = "示例"'):
        words = words.replace(name, f"zh = {json.dumps(HOSTILE)}")
    words = words.replace("speed_kmh = 3.6", f"speed_kmh = 3.6\nmeasured = {json.dumps(HOSTILE)}")
    profile.write_text(words, encoding="utf-8")
    list(build_region(made.settings))
    return create_app(made.settings).test_client()


@pytest.fixture(scope="session")
def hostile() -> str:
    """The text that stands in the hostile town."""
    return HOSTILE


@pytest.fixture
def own(make_town, tmp_path):
    """A town of its own with an account of each role, and its office."""
    made = make_town(tmp_path)
    list(build_region(made.settings))
    office = Office(made.settings)
    for role in Role:
        add_account(office, f"the-{role}", role, PASSWORD)
    yield create_app(made.settings), office, made
    office.close()


def token_of(page) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))[1]


def logged_in(app, role=Role.STEWARD):
    """Return a browser in which an account of `role` has logged in, and the token of its forms."""
    client = app.test_client()
    form = {"name": f"the-{role}", "password": PASSWORD, "csrf_token": token_of(client.get("/login"))}
    assert client.post("/login", data=form).status_code == 302
    return client, token_of(client.get("/manage"))


def _fill(path: Path, columns: tuple[str, ...]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    filled = [row | dict.fromkeys(columns, HOSTILE) for row in rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(filled[0]))
        writer.writeheader()
        writer.writerows(filled)
