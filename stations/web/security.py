"""What every answer bears: a content policy with a nonce, and headers that keep positions to ourselves."""

from __future__ import annotations

import gzip
import secrets

from flask import Flask, Response, g, request
from werkzeug.http import parse_accept_header

from stations.model.region import RegionProfile
from stations.web.current import current_region

WORTH_COMPRESSING_BYTES = 1024
TEXT_TYPES = ("text/", "application/json", "application/geo+json", "image/svg+xml")
HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "geolocation=(self), camera=(), microphone=()"),
    ("Vary", "Accept-Encoding"),
]
BARE_TYPES = frozenset({"application/json", "application/geo+json"})
"""What neither loads nor runs anything, and so need not be told of a nonce."""


def init_app(app: Flask) -> None:
    """Set the headers of every answer, compress its text, and keep sample regions out of search engines."""

    @app.context_processor
    def _nonce() -> dict[str, object]:
        return {"csp_nonce": nonce()}

    @app.after_request
    def _guard(response: Response) -> Response:
        profile = current_region().profile
        if response.mimetype in BARE_TYPES:
            response.headers.extend(bare_headers(profile))
        else:
            response.headers.extend([*_common_headers(profile), ("Content-Security-Policy", _page_policy())])
        return compressed(response)


def bare_headers(profile: RegionProfile) -> list[tuple[str, str]]:
    """Return the headers of answers that are of `BARE_TYPES`."""
    return [*_common_headers(profile), ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")]


def _common_headers(profile: RegionProfile) -> list[tuple[str, str]]:
    return [*HEADERS, ("X-Robots-Tag", "noindex")] if profile.sample else HEADERS


def _page_policy() -> str:
    return (
        f"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        f"script-src 'nonce-{nonce()}'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self'; worker-src 'self'"
    )


def nonce() -> str:
    """Return the word that allows this answer's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def compressed(response: Response) -> Response:
    """Return a text answer gzipped where the browser takes it and it is worth it."""
    if (
        not takes_gzip(request.headers.get("Accept-Encoding", ""))
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
        or response.status_code != 200
        or not response.content_type.startswith(TEXT_TYPES)
    ):
        return response
    plain = response.get_data()
    if len(plain) >= WORTH_COMPRESSING_BYTES:
        response.set_data(gzipped(plain))
        response.headers["Content-Encoding"] = "gzip"
    return response


def takes_gzip(accepted: str) -> bool:
    """Return whether somebody who sends this `Accept-Encoding` takes gzip."""
    return "gzip" in accepted and bool(parse_accept_header(accepted)["gzip"])


def gzipped(plain: bytes) -> bytes:
    """Return a text compressed, the same bytes every time."""
    return gzip.compress(plain, compresslevel=5, mtime=0)
