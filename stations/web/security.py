"""What every answer bears: a content policy with a nonce, and headers that keep positions to ourselves."""

from __future__ import annotations

import gzip
import secrets

from flask import Flask, Response, g, request

from stations.web.current import current_region

WORTH_COMPRESSING_BYTES = 1024
TEXT_TYPES = ("text/", "application/json", "application/geo+json", "image/svg+xml")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
}


def init_app(app: Flask) -> None:
    """Set the headers of every answer, compress its text, and keep sample regions out of search engines."""

    @app.context_processor
    def _nonce() -> dict[str, object]:
        return {"csp_nonce": nonce()}

    @app.after_request
    def _guard(response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = (
            f"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
            f"script-src 'nonce-{nonce()}'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self'"
        )
        if current_region().profile.sample:
            response.headers["X-Robots-Tag"] = "noindex"
        return compressed(response)


def nonce() -> str:
    """Return the word that allows this answer's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def compressed(response: Response) -> Response:
    """Return a text answer gzipped where the browser takes it and it is worth it."""
    response.vary.add("Accept-Encoding")
    if (
        response.direct_passthrough
        or "Content-Encoding" in response.headers
        or response.status_code != 200
        or not request.accept_encodings["gzip"]
        or not response.content_type.startswith(TEXT_TYPES)
    ):
        return response
    plain = response.get_data()
    if len(plain) >= WORTH_COMPRESSING_BYTES:
        response.set_data(gzip.compress(plain, compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
