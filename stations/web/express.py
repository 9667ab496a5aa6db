"""The rider's list by the short way: answered before the web framework, which costs as much as the answer itself.

Only what has an answer is answered here. Whatever is wrong with a question goes on to the application, which asks
again and tells it; so both ways give the same bytes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from flask import Flask
from werkzeug.datastructures import MultiDict

from stations.services.nearest import rank_nearest
from stations.services.nearest_json import nearest_json
from stations.services.region import LiveRegion
from stations.web.parse import Parameters, flattened, parse_nearest
from stations.web.rate_limit import RateLimit
from stations.web.security import bare_headers, gzipped, takes_gzip
from stations.web.taps import known_doors

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/api/nearest"
GEOJSON = "application/geo+json"
COUNTED = "stations.counted"
"""Says in an environment that the rate limit has counted this question."""


class Express:
    """A WSGI application that answers `GET` and JSON `POST` of the rider's list, and leaves all else to `app`."""

    def __init__(self, app: Flask, *, most_body_bytes: int) -> None:
        self._app = app
        self._onward: WSGIApplication = app.wsgi_app
        self._most_body_bytes = most_body_bytes

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or pass on."""
        answer = self._answer(environ) if environ.get("PATH_INFO") == PATH else None
        if answer is None:
            return self._onward(environ, start_response)
        body, headers = answer
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: WSGIEnvironment) -> tuple[bytes, list[tuple[str, str]]] | None:
        try:
            given = self._parameters(environ)
            limit = cast("RateLimit", self._app.extensions["rate_limit"])
            if given is None or not limit.allows(environ.get("REMOTE_ADDR", "")):
                return None
            environ[COUNTED] = True
            region = cast("LiveRegion", self._app.extensions["live_region"]).current()
            query = parse_nearest(given, region.profile)
            body = nearest_json(rank_nearest(query, region, doors=known_doors(self._app, region)))
        except Exception:  # told, and noted, by the application
            return None
        headers = [("Content-Type", GEOJSON), ("Cache-Control", "no-store"), *bare_headers(region.profile)]
        if takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            body = gzipped(body)
            headers.append(("Content-Encoding", "gzip"))
        return body, headers

    def _parameters(self, environ: WSGIEnvironment) -> Parameters | None:
        """Return what `parameters_of` would; `None` for what is not asked in one of the two usual ways."""
        pairs = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        length = environ.get("CONTENT_LENGTH") or "0"
        if environ["REQUEST_METHOD"] == "GET" and length == "0":
            return MultiDict(pairs)
        is_json = environ.get("CONTENT_TYPE", "").split(";")[0] == "application/json"
        if environ["REQUEST_METHOD"] != "POST" or not is_json or int(length) > self._most_body_bytes:
            return None
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)  # for the application, should it have to read it again
        return MultiDict([*pairs, *flattened(json.loads(body))])
