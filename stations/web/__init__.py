"""The web: parse, ask one service, draw, answer. The only place that knows HTTP."""

from __future__ import annotations

import os

from flask import Flask

from stations.geo.kernels import warm_up
from stations.services.region import LiveRegion
from stations.settings import PROJECT_ROOT, Settings, read_settings
from stations.web import api, assets, drawing, errors, language, pages, planner, security

MOST_BODY_BYTES = 64 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application that serves the region of `settings`, of the environment when none are given.

    Raises
    ------
    UnknownThingError
        The region was not built yet.
    """
    app = Flask("stations", template_folder=str(PROJECT_ROOT / "templates"), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask types the provider by its base
    app.json.sort_keys = False  # type: ignore[attr-defined]  # likewise
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    warm_up()  # so that no request waits for a compiler
    app.extensions["live_region"] = LiveRegion(settings or read_settings(os.environ))
    for room in (language, assets, security, drawing, errors):
        room.init_app(app)
    for blueprint in (pages.bp, planner.bp, api.bp):
        app.register_blueprint(blueprint)
    return app
