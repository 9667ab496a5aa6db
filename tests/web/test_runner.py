"""The server's child that runs jobs: there while the server is, started again, gone with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stations.services.build import build_region

ROOT = Path(__file__).parents[2]
LONGEST_S = 60
PARENT = """
import time
from stations.web.runner import JobRunner
runner = JobRunner()
runner.start()
print("started", flush=True)
{then}
"""


def environ(settings):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("STATIONS_")}
    return {**kept, "STATIONS_INSTANCE": str(settings.instance), "STATIONS_REGION": str(settings.region)}


def start(settings, then):
    command = [sys.executable, "-c", PARENT.format(then=then)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=environ(settings), stdout=pipe, stderr=subprocess.STDOUT, text=True)


def children(process):
    listed = Path(f"/proc/{process.pid}/task")
    if not listed.exists():
        pytest.skip("this system does not tell a process's children")
    return [int(child) for task in listed.iterdir() for child in (task / "children").read_text().split()]


def is_there(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(what):
    stop_at = time.monotonic() + LONGEST_S
    while not (found := what()):
        assert time.monotonic() < stop_at
        time.sleep(0.05)
    return found


@pytest.fixture
def settings(make_town, tmp_path):
    made = make_town(tmp_path)
    list(build_region(made.settings))
    return made.settings


@pytest.fixture
def parent(settings):
    process = start(settings, "time.sleep(600)")
    yield process
    process.kill()
    process.communicate()


def test_it_is_started_again_when_it_dies(parent):
    (first,) = wait_for(lambda: children(parent))

    os.kill(first, signal.SIGKILL)
    (second,) = wait_for(lambda: [pid for pid in children(parent) if pid != first])

    assert is_there(second)


def test_it_ends_when_the_server_is_killed(parent):
    (child,) = wait_for(lambda: children(parent))
    time.sleep(0.5)

    parent.kill()
    parent.wait()

    wait_for(lambda: not is_there(child))


def test_it_ends_with_the_server(settings):
    process = start(settings, "time.sleep(3); runner.stop()")
    (child,) = wait_for(lambda: children(process))
    out, _ = process.communicate(timeout=LONGEST_S)

    assert (process.returncode, out) == (0, "started\n")
    assert not is_there(child)
