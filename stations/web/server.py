"""Start granian with the application in several workers."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server as Granian

from stations.errors import FileError, InputError
from stations.services.secret_key import secret_key
from stations.settings import Settings
from stations.texts import say
from stations.web.runner import JobRunner

THREADS_A_WORKER = 10
"""More than answer or wait at once where answers are made one at a time (see `turns`, `print`): pages go on."""
WAITING_A_WORKER = 128


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; `cert` and `key` are PEM files for TLS, both or none.

    Raises
    ------
    InputError
        Only one of `cert` and `key` is given, or `port` is out of range.
    FileError
        A file of them is missing.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    cert: Path | None = None
    key: Path | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.port <= 65535:
            raise InputError("error.port", field="--port", value=self.port)
        if (self.cert is None) != (self.key is None):
            raise InputError("error.cert_and_key", field="--cert")
        for file in (self.cert, self.key):
            if file is not None and not file.is_file():
                raise FileError("file.missing", path=file)

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        scheme = "https" if self.cert else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"

    @property
    def is_secure_context(self) -> bool:
        """Whether browsers allow locating here: TLS, or this machine alone."""
        return self.cert is not None or self.host in ("127.0.0.1", "::1", "localhost")


def serve(
    settings: Settings, *, lang: str, host: str, port: int, workers: int, cert: Path | None, key: Path | None
) -> None:
    """Say where the pages are and serve them until told to stop. The settings travel to the workers by environment.

    Raises
    ------
    InputError
        Only one of `cert` and `key` is given, a file of them is missing, `port` or `workers` is out of range, or the
        secret key is too short.
    """
    address = Address(host, port, cert, key)
    if workers < 1:
        raise InputError("error.workers", field="--workers", value=workers)
    os.environ["STATIONS_REGION"] = str(settings.region)
    os.environ["STATIONS_INSTANCE"] = str(settings.instance)
    os.environ["STATIONS_DATABASE_URL"] = settings.database_url
    secret_key(settings)  # made before there are several who would need the same one
    host = _reachable(host, port)
    server = Granian(
        "stations.web:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        websockets=False,
        blocking_threads=THREADS_A_WORKER,
        backpressure=WAITING_A_WORKER,
        log_level=LogLevels.warning,
        log_access=False,
        ssl_cert=cert,
        ssl_key=key,
        respawn_failed_workers=True,
    )
    # It finds so many threads odd; most of them wait.
    logging.getLogger("_granian").addFilter(lambda told: "Python threads" not in told.getMessage())
    runner = JobRunner()
    server.on_startup(lambda: _announce(address, lang))
    server.on_startup(runner.start)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_end_when_told)
    try:
        server.serve()
    finally:
        runner.stop()


def _end_when_told() -> None:
    """Let a worker that is still starting end at once when the server tells it to.

    It starts as a copy of the server, with the server's own answer to signals, which takes note and goes on: then it
    would serve for ever, and the server wait for its end. When it serves, granian gives it an answer of its own.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # from the keyboard: the server hears it too, and tells its workers


def _reachable(host: str, port: int) -> str:
    """Return the number of a host that can be listened at.

    Raises
    ------
    InputError
        It is no number of a host (or `localhost`), not of this machine, or the port is taken.
    """
    number = "127.0.0.1" if host == "localhost" else host or "?"
    try:
        found = socket.getaddrinfo(number, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        family, kind, _, _, address = found[0]
        with socket.socket(family, kind) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        raise InputError("error.cannot_listen", field="--port", host=host, port=port, why=error.strerror) from error
    return str(address[0])


def _announce(address: Address, lang: str) -> None:
    lines = [say(lang, "cli.serving", url=address.url)]
    if not address.is_secure_context:
        lines.append(say(lang, "cli.no_tls"))
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
