"""Stations: `python app.py` serves; `app:app` is for any other WSGI server."""

from __future__ import annotations

import sys
from typing import Any


def __getattr__(name: str) -> Any:
    # Made when a WSGI server asks for it, so that the command line need not load a region.
    if name == "app":
        from stations.web import create_app

        globals()["app"] = create_app()
        return globals()["app"]
    raise AttributeError(name)


def serve(*given: Any, **options: Any) -> None:
    """Start the web server, which only the command that serves has to load."""
    from stations.web.server import serve as start

    start(*given, **options)


if __name__ == "__main__":
    from stations.cli import main

    sys.exit(main(sys.argv[1:], serve=serve))
