"""The bare application that others are compared to, as a WSGI server gets it."""

from __future__ import annotations

from flask import Flask


def create_app() -> Flask:
    """Return an application that says hello and does nothing else."""
    app = Flask("hello")

    @app.get("/")
    def hello() -> str:
        return "hello"

    return app
