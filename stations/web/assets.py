"""Static files, named by their content so that a browser may keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue

STATIC_FOLDER = Path(__file__).parent / "static"
A_YEAR_S = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Serve `/static/…` and give templates `asset(path)`."""

    @app.get("/static/<path:path>")
    def static(path: str) -> ResponseReturnValue:
        kept = A_YEAR_S if "v" in request.args else 0
        return send_from_directory(STATIC_FOLDER, path, max_age=kept)

    app.jinja_env.globals["asset"] = asset


def asset(path: str) -> str:
    """Return the address of a static file, which changes with its content."""
    return url_for("static", path=path, v=_digest(path))


@cache
def _digest(path: str) -> str:
    return hashlib.blake2b((STATIC_FOLDER / path).read_bytes(), digest_size=6).hexdigest()
