"""The language of a request: `lang` in its address, Chinese when it names none."""

from __future__ import annotations

from flask import Flask, g, request

from stations.texts import LANGUAGES, say


def init_app(app: Flask) -> None:
    """Give every template `lang` and the text function `t`."""

    @app.context_processor
    def _words() -> dict[str, object]:
        return {"lang": current_language(), "t": tell}


def current_language() -> str:
    """Return `zh` or `en`."""
    if "lang" not in g:
        asked = request.args.get("lang") or request.form.get("lang") or ""
        g.lang = asked if asked in LANGUAGES else LANGUAGES[0]
    return str(g.lang)


def tell(key: str, /, **values: object) -> str:
    """Return a sentence in the language of the request."""
    return say(current_language(), key, **values)
