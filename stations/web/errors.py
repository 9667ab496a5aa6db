"""One table that maps errors to statuses, and one shape that they all have."""

from __future__ import annotations

import logging
import traceback

from flask import Flask, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from stations.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    StationsError,
    StoreError,
    TooManyError,
    UnknownThingError,
)
from stations.web.language import current_language, tell

STATUS_OF: tuple[tuple[type[StationsError], int], ...] = (
    (UnknownThingError, 404),
    (NotAllowedError, 403),
    (TooManyError, 429),
    (ConflictError, 409),
    (StoreError, 503),
    (InputError, 400),
    (StationsError, 500),
)


def init_app(app: Flask) -> None:
    """Answer every error in the one shape: JSON under `/api` and `/ogc`, a page elsewhere."""
    app.register_error_handler(StationsError, _answer_own)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)


def _answer_own(error: StationsError) -> ResponseReturnValue:
    if isinstance(error, StoreError):
        logging.getLogger(__name__).error("the database cannot be used: %s %s", error.key, error.values)
    return answer_error(error, status_of(error))


def status_of(error: StationsError) -> int:
    """Return the status that tells one of our errors."""
    return next(status for kind, status in STATUS_OF if isinstance(error, kind))


def answer_error(error: StationsError, status: int) -> ResponseReturnValue:
    """Answer one of our errors with a status."""
    return _answer(status, error.key.split(".")[-1], say_error(error), error.field)


def say_error(error: StationsError) -> str:
    """Return the sentence of one of our errors; of a database that fails not its own words, which name its server."""
    return tell("error.database_away") if isinstance(error, StoreError) else tell(error.key, **error.values)


def _answer_http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    key = f"error.http_{status}" if status in (404, 405, 413) else "error.http_other"
    response = make_response(_answer(status, f"http_{status}", tell(key, status=status), None))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _answer_unexpected(error: Exception) -> ResponseReturnValue:
    # The route and the place in the code, neither the address nor the error's own words: both may hold a position.
    place = "".join(traceback.format_tb(error.__traceback__))
    logging.getLogger(__name__).error("failed in %s: %s\n%s", request.endpoint, type(error).__name__, place)
    return _answer(500, "internal", tell("error.internal"), None)


def _answer(status: int, code: str, message: str, field: str | None) -> ResponseReturnValue:
    if request.path.startswith(("/api/", "/ogc")):
        return jsonify(error={"code": code, "message": message, "field": field}), status
    page = render_template("error.html", status=status, message=message, lang=current_language())
    return page, status
