"""What the README says holds."""

from __future__ import annotations

import re
from pathlib import Path

from stations.settings import SETTINGS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_settings_is_that_of_the_code():
    rows = re.findall(r"^\| `(STATIONS_\w+)` \| `?([^|`]*?)`? ?\| (.+?) \|$", README, re.MULTILINE)

    assert rows == [(row.name, row.default, row.help) for row in SETTINGS]


def test_what_the_readme_links_to_is_there():
    links = re.findall(r"\]\((?!http|#)([^)]+)\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_no_commit_names_a_registry():
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")

    assert "http" not in pinned
    assert all(re.fullmatch(r"#.*|[a-z0-9-]+==[\w.]+", line) for line in pinned.splitlines())
