"""The web: parse, ask one service, draw, answer. The only place that knows HTTP."""

from __future__ import annotations

import os

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from stations.geo.kernels import warm_up
from stations.services.region import LiveRegion
from stations.settings import PROJECT_ROOT, Settings, read_settings
from stations.web import (
    api,
    assets,
    drawing,
    errors,
    jobs,
    language,
    login,
    manage,
    manage_import,
    office,
    offline,
    ogc,
    pages,
    planner,
    planner_export,
    planner_siting,
    scenarios,
    security,
    taps,
)
from stations.web import print as print_pages
from stations.web.express import Express
from stations.web.rate_limit import RateLimit

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
    is_worker, settings = settings is None, settings or read_settings(os.environ)
    app.wsgi_app = Express(app, most_body_bytes=MOST_BODY_BYTES)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.extensions["live_region"] = LiveRegion(settings)
    app.extensions["rate_limit"] = RateLimit(settings.rate_limit)
    for room in (language, assets, security, drawing, errors):
        room.init_app(app)
    office.init_app(app, settings)
    taps.init_app(app)
    login.init_app(app, settings)
    blueprints = [
        pages.bp, offline.bp, planner.bp, planner_export.bp, planner_siting.bp, scenarios.bp, print_pages.bp, api.bp,
        ogc.bp, taps.bp, jobs.bp, login.bp, manage.bp, manage_import.bp,
    ]  # fmt: skip
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    if is_worker:
        app.test_client().get("/planner")  # compiles its templates and folium's, which no planner is to wait for
    return app
