"""From a road file to a network, and the table of the bundled region; each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import osmium

from stations.settings import PROJECT_ROOT
from tests.benchmarks.networks import porto_file
from tests.benchmarks.ratios import Figure, spread

ROUNDS = 3
CHILD = Path(__file__).with_name("child.py")


def roads_of_porto() -> Iterator[Figure]:
    """Time the way from the extract to a routable network against osmnx."""
    path, row = porto_file(), "Porto pbf to routable network"
    if path is None:
        yield Figure(row, "porto", "skipped: STATIONS_REAL_DATA is not set")
        return
    python = os.environ.get("OSMNX_PYTHON", sys.executable)
    if subprocess.run([python, "-c", "import osmnx"], capture_output=True, check=False).returncode:
        ours = [_child(sys.executable, "roads", str(path)) for _ in range(ROUNDS)]
        yield Figure(f"{row}: osmnx", "porto", "skipped: osmnx is not installed")
    else:
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder) / "porto.osm"
            _convert(path, plain)
            pairs = [
                (_child(sys.executable, "roads", str(path)), _child(python, "osmnx", str(plain))) for _ in range(ROUNDS)
            ]
        ours = [pair[0] for pair in pairs]
        ratios = np.array([theirs["seconds"] / mine["seconds"] for mine, theirs in pairs])
        yield Figure(f"{row}: osmnx graph_from_xml", "porto", f"{spread(ratios)} times faster", ">= 25")
        yield Figure(f"{row}: peak memory of osmnx", "porto", f"{max(pair[1]['peak_mb'] for pair in pairs):.0f} MB")
    yield Figure(f"{row}: peak memory", "porto", f"{max(one['peak_mb'] for one in ours):.0f} MB", "< 400 MB")
    yield Figure(f"{row}: peak memory before it", "porto", f"{max(one['before_mb'] for one in ours):.0f} MB")


def table_of_region() -> Iterator[Figure]:
    """Report the table of the bundled region, three modes: size, memory, time to build and to load."""
    row = "table, three modes"
    with tempfile.TemporaryDirectory() as folder:
        built = _child(sys.executable, "table", folder)
        loaded = [_child(sys.executable, "load", folder) for _ in range(ROUNDS)]
    yield Figure(f"{row}: size on disk", "bundled", f"{built['size_mb']:.1f} MB", "reported")
    yield Figure(f"{row}: peak memory of the build", "bundled", f"{built['peak_mb']:.0f} MB", "reported")
    yield Figure(f"{row}: peak memory before it", "bundled", f"{built['before_mb']:.0f} MB", "reported")
    yield Figure(f"{row}: time to build, roads there", "bundled", f"{built['seconds'] * 1000:.0f} ms", "reported")
    load_ms = np.array([one["seconds"] for one in loaded]) * 1000
    check_ms = np.array([one["check_seconds"] for one in loaded]) * 1000
    yield Figure(f"{row}: time to load", "bundled", f"{spread(load_ms)} ms", "< 50 ms")
    yield Figure(f"{row}: … of it checksums", "bundled", f"{spread(check_ms)} ms", "reported")


def _child(python: str, *arguments: str) -> dict[str, float]:
    """Run one measurement in a process of its own and return what it says."""
    environ = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    done = subprocess.run([python, str(CHILD), *arguments], capture_output=True, text=True, check=False, env=environ)
    if done.returncode:
        raise RuntimeError(done.stderr)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _convert(source: Path, target: Path) -> None:
    with osmium.SimpleWriter(str(target)) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
