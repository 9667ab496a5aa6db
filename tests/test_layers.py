"""Imports point down the layer line."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = (
    {"errors"},
    {"settings", "texts"},
    {"model"},
    {"geo", "hours"},
    {"loaders", "store", "maps"},
    {"services"},
    {"web", "cli"},
)
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
FILES = sorted((ROOT / "stations").rglob("*.py"))


def rooms_imported(path: Path) -> set[str]:
    """Rooms of the package that a module imports, wherever in the file it does."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "stations":
            parts = node.module.split(".")
            rooms |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            rooms |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("stations.")}
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path.name} imports relatively"
    return rooms


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_a_module_imports_only_what_stands_below_it_or_its_own_room(path):
    room = path.relative_to(ROOT / "stations").parts[0].removesuffix(".py")
    if room == "__init__":
        return
    wrong = {other for other in rooms_imported(path) if other != room and LEVEL[other] >= LEVEL[room]}

    assert not wrong


def test_every_room_has_its_level():
    rooms = {path.relative_to(ROOT / "stations").parts[0].removesuffix(".py") for path in FILES}

    assert rooms - {"__init__"} <= set(LEVEL)


@pytest.mark.parametrize(
    ("library", "only_in"),
    [
        ("folium", {"maps"}),
        ("sqlalchemy", {"store"}),
        ("alembic", {"store"}),
        ("flask", {"web"}),
        ("granian", {"web"}),
        ("osmium", {"loaders"}),
        ("networkx", set()),
        ("osmnx", set()),
    ],
)
def test_a_library_is_known_in_one_room_only(library, only_in):
    users = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == library for name in names):
                users.add(path.relative_to(ROOT / "stations").parts[0])

    assert users <= only_in
