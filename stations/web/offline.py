"""What a browser keeps for when it has no net: the service worker, the manifest, and files at the root."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache

from flask import Blueprint, Response, abort, jsonify
from flask.typing import ResponseReturnValue

from stations.maps.style import PAGE_SHADES
from stations.settings import PROJECT_ROOT
from stations.texts import LANGUAGES
from stations.web.assets import STATIC_FOLDER, asset
from stations.web.current import current_region
from stations.web.language import tell
from stations.web.office import current_office

bp = Blueprint("offline", __name__)

RIDER_FILES = (
    "site.css",
    "common.js",
    "needs.js",
    "place.js",
    "handoff.js",
    "taps.js",
    "cards.js",
    "search.js",
    "offline.js",
    "map.js",
    "rider.js",
    "base_map.js",
    "icon.svg",
    "vendor/leaflet/leaflet.js",
    "vendor/leaflet/leaflet.css",
)
"""What the rider's page asks for under `/static`."""
KEPT_ANSWERS = ("/api/stations", "/api/basemap")
"""Answers that are kept as they are: none of them is about anybody's position."""
PAGE_SOURCES = ("templates/base.html", "templates/rider.html", "templates/_page_json.html", "stations/maps/style.py")
ICONS_PX = (192, 512)
WELL_KNOWN = re.compile(r"[A-Za-z0-9_]{1,64}")


@bp.get("/sw.js")
def service_worker() -> ResponseReturnValue:
    """Answer the service worker, which bears what it keeps and a version that changes with any of it."""
    pages = [f"/?lang={lang}" for lang in LANGUAGES]
    kept = {"pages": pages, "files": [asset(path) for path in RIDER_FILES], "answers": KEPT_ANSWERS}
    kept["version"] = _version(json.dumps(kept) + _page_digest(current_region().profile.region_id))
    script = (STATIC_FOLDER / "sw.js").read_text(encoding="utf-8")
    response = Response(f"const KEPT = {json.dumps(kept)};\n{script}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """Answer what a phone needs to put the page on its home screen."""
    region = current_region().profile
    icons = [
        {"src": asset(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any maskable"}
        for size in ICONS_PX
    ]
    response = jsonify(
        name=tell("page.title", region=region.names["zh"]),
        short_name=tell("page.title", region=region.names["zh"]),
        lang="zh-CN",
        start_url="/",
        scope="/",
        display="standalone",
        background_color=PAGE_SHADES["ground"].light,
        theme_color=PAGE_SHADES["ground"].light,
        icons=[*icons, {"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    )
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/<name>.txt")
def verification(name: str) -> ResponseReturnValue:
    """Answer a file that proves to somebody that this host is ours, put by hand into `well-known` of the instance."""
    file = current_office().settings.instance / "well-known" / f"{name}.txt"
    if not WELL_KNOWN.fullmatch(name) or not file.is_file():
        abort(404)
    return Response(file.read_bytes(), mimetype="text/plain")


@cache
def _page_digest(region_id: str) -> str:
    """Return what changes with the words and the drawing of the rider's page."""
    sources = [*PAGE_SOURCES, *(f"stations/texts/{lang}.toml" for lang in LANGUAGES)]
    return region_id + _version("".join((PROJECT_ROOT / one).read_text(encoding="utf-8") for one in sources))


def _version(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
