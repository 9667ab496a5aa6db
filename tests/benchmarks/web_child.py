"""Serve an application as `serve` does, without its announcement and jobs: ``web_child.py module:factory PORT``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from stations.web.server import THREADS_A_WORKER, WAITING_A_WORKER

WORKERS = 2

if __name__ == "__main__":
    Server(
        sys.argv[1],
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[2]),
        interface=Interfaces.WSGI,
        workers=WORKERS,
        websockets=False,
        blocking_threads=THREADS_A_WORKER,
        backpressure=WAITING_A_WORKER,
        log_level=LogLevels.warning,
        log_access=False,
    ).serve()
