"""Static files, named by their content so that a browser may keep them for good."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue

STATIC_FOLDER = Path(__file__).parent / "static"
A_YEAR_S = 365 * 24 * 3600
COMPRESSED = (".js", ".css", ".svg")


def init_app(app: Flask) -> None:
    """Serve `/static/…` and give templates `asset(path)`."""

    @app.get("/static/<path:path>")
    def static(path: str) -> ResponseReturnValue:
        kept = A_YEAR_S if "v" in request.args else 0
        response = send_from_directory(STATIC_FOLDER, path, max_age=kept)
        if request.args.get("v") and request.accept_encodings["gzip"] and path.endswith(COMPRESSED):
            return _as_gzip(response, path)
        return response

    app.jinja_env.globals["asset"] = asset


def asset(path: str) -> str:
    """Return the address of a static file, which changes with its content."""
    return url_for("static", path=path, v=_digest(path))


def _as_gzip(response: Response, path: str) -> Response:
    """Return a file's answer compressed; its body is made once for each version of the file."""
    if response.status_code == 200:
        response.close()  # the file, which is not read
        response.direct_passthrough = False
        response.set_data(_gzipped(path, (STATIC_FOLDER / path).stat().st_mtime_ns))
        response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=64)
def _gzipped(path: str, _mtime_ns: int) -> bytes:
    return gzip.compress((STATIC_FOLDER / path).read_bytes(), mtime=0)


@cache
def _digest(path: str) -> str:
    return hashlib.blake2b((STATIC_FOLDER / path).read_bytes(), digest_size=6).hexdigest()
