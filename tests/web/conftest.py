"""Fixtures for tests of pages and answers: the town behind an application, and one whose names hold live text."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stations.services.build import build_region
from stations.web import create_app

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


def _fill(path: Path, columns: tuple[str, ...]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    filled = [row | dict.fromkeys(columns, HOSTILE) for row in rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(filled[0]))
        writer.writeheader()
        writer.writerows(filled)
