"""The rider's list under load, against a bare Flask hello on the same server in the same run; by `wrk`."""

from __future__ import annotations

import csv
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.make_sample.station_words import HOURS, SERVICES
from stations.services.build import build_region
from stations.settings import PROJECT_ROOT, read_settings
from tests.benchmarks.ratios import ROUNDS, Figure

CHILD = Path(__file__).with_name("web_child.py")
BUNDLED = PROJECT_ROOT / "data" / "yanzhou"
MANY = 20_000
SECONDS = 5
WARMING_S = 15
CONNECTIONS = 8
STARTS_WITHIN_S = 120
LEAST_RATIO = {"168 stations": 0.3, f"{MANY:,} stations": 0.15}
QUESTIONS = """
local modes, needs = {"walk", "ebike"}, {"toilet", "hungry", "tired", "phone", "thirsty", "weather"}
math.randomseed(os.time())
request = function()
  local asked = string.format(
    "/api/nearest?lon=%%.4f&lat=%%.4f&mode=%%s&limit=10&when=2026-11-%%02dT%%02d:%%02d",
    116.75 + math.random() * 0.12, 35.53 + math.random() * 0.07, modes[math.random(#modes)],
    math.random(16, 22), math.random(0, 23), math.random(0, 59))
  if math.random() < 0.5 then asked = asked .. "&need=" .. needs[math.random(#needs)] end
  if math.random() < 0.2 then asked = asked .. "&open_on_arrival=1" end
  if math.random() < 0.2 then asked = asked .. "&no_registration=1" end
  if math.random() < 0.1 then asked = asked .. "&budget_min=20" end
  return wrk.format("GET", asked%s)
end
""".replace("%%", "\0")
"""Random places of the town, modes, filters and moments of one week."""


@dataclass(frozen=True)
class Load:
    """One run: requests and processor microseconds of the server per request, the slowest in a hundred, and errors."""

    a_second: float
    processor_us: float
    p99: str
    errors: int


def web_load() -> Iterator[Figure]:
    """Report requests a second of the rider's list as a ratio to a hello, for the bundled list and a large one."""
    if shutil.which("wrk") is None:
        yield Figure("rider's list under load", "–", "not measured: wrk is not installed (apt-get install wrk)")
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, region in (("168 stations", BUNDLED), (f"{MANY:,} stations", _many(Path(folder) / "many"))):
            instance = Path(folder) / f"instance {name.split()[0]}"
            list(build_region(read_settings({"STATIONS_INSTANCE": str(instance)}, region=region)))
            yield from _load_of(name, region, instance)


def _load_of(name: str, region: Path, instance: Path) -> Iterator[Figure]:
    environ = {"STATIONS_REGION": str(region), "STATIONS_INSTANCE": str(instance), "STATIONS_RATE_LIMIT": "0"}
    with (
        serving("tests.benchmarks.hello:create_app", {}) as hello,
        serving("stations.web:create_app", environ) as ours,
    ):
        for zipped in (False, True):
            script = instance / "questions.lua"
            with_gzip = ', {["Accept-Encoding"] = "gzip"}' if zipped else ""
            script.write_text((QUESTIONS % with_gzip).replace("\0", "%"), encoding="ascii")
            _wrk(ours, script, seconds=WARMING_S)
            runs = [(_wrk(hello, None), _wrk(ours, script)) for _ in range(ROUNDS)]
            yield from _figures(
                f"{name}{', compressed' if zipped else ''}", runs, None if zipped else LEAST_RATIO[name]
            )


def _figures(name: str, runs: list[tuple[Load, Load]], least: float | None) -> Iterator[Figure]:
    bare, own = [run[0] for run in runs], [run[1] for run in runs]
    target = f">= {least}" if least else "reported"
    ratios = [b.a_second / a.a_second for a, b in runs]
    yield Figure(f"rider's list, {name}: requests a second over hello's", "bundled", _spread(ratios), target)
    shares = [a.processor_us / b.processor_us for a, b in runs]
    yield Figure(f"rider's list, {name}: processor time of hello over ours", "bundled", _spread(shares), "reported")
    rates = f"{_spread([load.a_second for load in own])}, hello {_spread([load.a_second for load in bare])}"
    yield Figure(f"rider's list, {name}: requests a second", "bundled", rates, "reported")
    slowest, errors = ", ".join(load.p99 for load in own), sum(load.errors for load in own)
    yield Figure(f"rider's list, {name}: p99 of each round; errors", "bundled", f"{slowest}; {errors}", "no errors")


def _spread(values: list[float]) -> str:
    low, middle, high = np.percentile(values, [0, 50, 100])
    return f"{middle:.3g} ({low:.3g}..{high:.3g})"


def _wrk(server: tuple[int, int], script: Path | None, *, seconds: int = SECONDS) -> Load:
    port, process = server
    script_options = ["-s", str(script)] if script else []
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}",
        "--latency",
        *script_options,
        f"http://127.0.0.1:{port}/",
    ]
    began = _processor_s(process)
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent_s = _processor_s(process) - began
    count = int(re.search(r"(\d+) requests in", told)[1])  # type: ignore[index]
    bad = sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", told)))
    bad += sum(map(int, re.findall(r"\d+", "".join(re.findall(r"Socket errors: (.*)", told)))))
    a_second = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])  # type: ignore[index]
    p99 = re.search(r"99%\s+(\S+)", told)[1]  # type: ignore[index]
    return Load(a_second, spent_s / count * 1e6, p99, bad)


@contextmanager
def serving(target: str, environ: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Give the port and the process of a server that answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    whole = {**os.environ, **environ, "PYTHONPATH": str(PROJECT_ROOT)}
    server = subprocess.Popen([sys.executable, str(CHILD), target, str(port)], env=whole, cwd=PROJECT_ROOT)
    try:
        _wait_for(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(port: int) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=STARTS_WITHIN_S)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise TimeoutError("the server did not start")


def _processor_s(process: int) -> float:
    """Return the processor seconds that a process and its children have taken."""
    ticks = 0
    for pid in [process, *_children(process)]:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    own = [int(pid) for task in tasks for pid in (task / "children").read_text(encoding="ascii").split()]
    return [pid for child in own for pid in (child, *_children(child))]


def _many(folder: Path) -> Path:
    """Make a region of the bundled roads with a large list: on foot as far as usual, by e-bike 15 minutes."""
    folder.mkdir()
    (folder / "roads.osm.pbf").symlink_to(BUNDLED / "roads.osm.pbf")
    profile = (BUNDLED / "region.toml").read_text(encoding="utf-8").split("[modes.car]")[0]
    walk, ebike = profile.split("[modes.ebike]")
    ebike = ebike.replace("limit_min = 35", "limit_min = 15")
    (folder / "region.toml").write_text(f"{walk}[modes.ebike]{ebike}", encoding="utf-8")
    with (BUNDLED / "demand.csv").open(encoding="utf-8", newline="") as file:
        homes = np.array([[float(row["lon"]), float(row["lat"])] for row in csv.DictReader(file)])
    rng = np.random.default_rng(7)
    places = homes[rng.integers(len(homes), size=MANY)] + rng.normal(0, 0.001, (MANY, 2))
    with (folder / "stations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["station_id", "name", "kind", "lon", "lat", "services", "hours", "entry"])
        kinds, hours = list(SERVICES), [expression for expression, _ in HOURS.values()]
        for number, (lon, lat) in enumerate(places.tolist()):
            kind = kinds[number % len(kinds)]
            services = [key for key, share in SERVICES[kind].items() if rng.random() < share]
            entry = ("walk_in", "staffed", "scan", "unknown")[rng.integers(4)]
            row = [f"m{number:05}", f"示例站 {number:05}", kind, round(lon, 6), round(lat, 6)]
            writer.writerow([*row, ";".join(services), hours[rng.integers(len(hours))], entry])
    return folder
