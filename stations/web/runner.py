"""The one child of the server that runs jobs: started with it, started again when it dies, ended with it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time

from stations.settings import PROJECT_ROOT

LOOK_EVERY_S = 0.5
GRACE_S = 5.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
LIVED_S = 60.0
"""A child that lived that long is started again without a longer pause than the first."""


class JobRunner:
    """Keeps a process at work on the jobs of the region; its settings are those of the environment.

    The child ends by itself when this process is gone, even when it was killed.
    """

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="job runner", daemon=True)

    def start(self) -> None:
        """Start the child, and look after it from now on."""
        self._thread.start()

    def stop(self) -> None:
        """End the child: kindly, then for good. One that was never started is no error."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(2 * GRACE_S)

    def _keep(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._ended.is_set():
            began = time.monotonic()
            child = subprocess.Popen(
                [sys.executable, str(PROJECT_ROOT / "app.py"), "work", "--parent", str(os.getpid())],
                stdin=subprocess.DEVNULL,
            )
            while child.poll() is None and not self._ended.wait(LOOK_EVERY_S):
                pass
            if self._ended.is_set():
                _end(child)
                return
            logging.getLogger(__name__).error(
                "the job runner ended with status %s; it is started again", child.returncode
            )
            pause_s = FIRST_PAUSE_S if time.monotonic() - began > LIVED_S else min(LONGEST_PAUSE_S, 2 * pause_s)
            self._ended.wait(pause_s)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
