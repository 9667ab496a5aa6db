"""The language of a request: `lang` in its address or its body, Chinese when it names none."""

from __future__ import annotations

from flask import Flask, g, request
from werkzeug.exceptions import HTTPException

from stations.texts import LANGUAGES, say
from stations.web.parse import json_body


def init_app(app: Flask) -> None:
    """Give every template `lang` and the text function `t`."""

    @app.context_processor
    def _words() -> dict[str, object]:
        return {"lang": current_language(), "t": tell}


def current_language() -> str:
    """Return `zh` or `en`."""
    if "lang" not in g:
        asked = request.args.get("lang") or _named_in_body()
        g.lang = asked if asked in LANGUAGES else LANGUAGES[0]
    return str(g.lang)


def tell(key: str, /, **values: object) -> str:
    """Return a sentence in the language of the request."""
    return say(current_language(), key, **values)


def _named_in_body() -> object:
    """Return what the body says, `None` where the body itself is what is wrong."""
    try:
        body = json_body(request) if request.is_json else request.form
    except HTTPException:  # too large: that is being told
        return None
    return body.get("lang") if isinstance(body, dict) else None
