"""The planner's page with 20,000 cells of demand in a real browser, and what-if and scenarios over HTTP."""

from __future__ import annotations

import csv
import http.client
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from stations.model.queries import Place
from stations.model.scenarios import NamedScenario, NewSite, Scenario
from stations.services.build import build_region
from stations.services.office import Office
from stations.settings import read_settings
from tests.benchmarks.bench_web import BUNDLED, serving
from tests.benchmarks.ratios import ROUNDS, Figure

CELLS = 20_000
CHROMIUM = "/usr/bin/chromium"
PAGE = "/planner?mode=walk&minutes=15&need=toilet&when=2026-11-18T{hour:02}:00"
WHAT_IF = "/api/what-if?mode={mode}&minutes=15&need=toilet&when=2026-11-18T02:00&lon={lon:.5f}&lat={lat:.5f}"
TRIES = 100
OVER_THE_WIRE = """() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
    .reduce((sum, one) => sum + one.transferSize, 0)"""
READY_MS = "() => performance.getEntriesByName('desk-ready')[0].startTime"


def planner_page() -> Iterator[Figure]:
    """Report the time until the page can be used, what it weighs with all it loads, and what-if by mode."""
    with tempfile.TemporaryDirectory() as folder:
        region, instance = _with_cells(Path(folder) / "region"), Path(folder) / "instance"
        list(build_region(read_settings({"STATIONS_INSTANCE": str(instance)}, region=region)))
        environ = {"STATIONS_REGION": str(region), "STATIONS_INSTANCE": str(instance)}
        with serving("stations.web:create_app", environ) as (port, _):
            yield from _in_browser(port)
            for mode in ("walk", "ebike", "car"):
                times = [_milliseconds(port, mode, number) for number in range(TRIES)][TRIES // 5 :]
                middle, rare = np.percentile(times, [50, 90])
                row = f"what-if over HTTP, {mode}, {CELLS:,} cells"
                yield Figure(row, "bundled", f"p50 {middle:.1f} ms, p90 {rare:.1f} ms", "< 50 ms")
            yield from _compared(port, environ, region)


def _compared(port: int, environ: dict[str, str], region: Path) -> Iterator[Figure]:
    """Time four scenarios of five sites and ten changed stations each beside the region as it is."""
    office = Office(read_settings(environ, region=region))
    rng = np.random.default_rng(3)
    for number in range(4):
        sites = [
            NewSite(Place(116.8235 + rng.uniform(-0.02, 0.02), 35.5567 + rng.uniform(-0.01, 0.01))) for _ in range(5)
        ]
        hours = [(f"yz{10 * number + k:03}", "24/7") for k in range(1, 11)]
        office.scenarios.add(NamedScenario(str(number), Scenario(tuple(sites), hours=tuple(hours))), author="")
    office.close()
    path = "/planner/scenarios?mode={}&minutes=15&need=toilet&when=2026-11-18T0{}:00"
    times = [[_took(port, path.format(mode, hour)) for hour in (1, 2, 2)] for mode in ("walk", "ebike", "car")]
    first, another, again = (np.median(column) for column in zip(*times, strict=True))
    told = f"{first:.0f} ms at first, {another:.0f} ms at another hour, {again:.0f} ms again"
    yield Figure(f"four scenarios side by side, {CELLS:,} cells", "bundled", told, "reported")


def _in_browser(port: int) -> Iterator[Figure]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        first, *new = [_visit(browser, port, hour=hour) for hour in range(ROUNDS + 1)]
        seen = [_visit(browser, port, hour=0) for _ in range(ROUNDS)]
        browser.close()
    row, aim = f"planner's page, {CELLS:,} cells", "< 1000 ms"
    yield Figure(f"{row}, first question to a worker: to interactive", "bundled", f"{first[0]:.0f} ms", aim)
    for name, visits in (("another hour", new), ("asked before", seen)):
        ready, weight = (np.percentile(values, [0, 50, 100]) for values in zip(*visits, strict=True))
        told = f"{ready[1]:.0f} ms ({ready[0]:.0f}..{ready[2]:.0f})"
        yield Figure(f"{row}, {name}: to interactive", "bundled", told, aim)
    yield Figure(f"{row}: over the wire, nothing kept", "bundled", f"{weight[1] / 1000:.0f} kB", "< 300 kB")


def _visit(browser: Browser, port: int, *, hour: int) -> tuple[float, float]:
    """Return the milliseconds until scripts and map are ready, and the bytes of all that was loaded."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{port}{PAGE.format(hour=hour)}")
    page.wait_for_load_state("networkidle")
    found = float(page.evaluate(READY_MS)), float(page.evaluate(OVER_THE_WIRE))
    context.close()
    return found


def _milliseconds(port: int, mode: str, number: int) -> float:
    rng = np.random.default_rng(number)
    lon, lat = 116.8235 + rng.uniform(-0.02, 0.02), 35.5567 + rng.uniform(-0.01, 0.01)
    return _took(port, WHAT_IF.format(mode=mode, lon=lon, lat=lat))


def _took(port: int, path: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    began = time.perf_counter()
    connection.request("GET", path)
    connection.getresponse().read()
    took = (time.perf_counter() - began) * 1000
    connection.close()
    return took


def _with_cells(folder: Path) -> Path:
    """Make a region of the bundled roads and stations whose demand is many cells round the bundled places."""
    folder.mkdir()
    for name in ("roads.osm.pbf", "stations.csv", "places.csv", "boundary.geojson", "region.toml"):
        (folder / name).symlink_to(BUNDLED / name)
    with (BUNDLED / "demand.csv").open(encoding="utf-8", newline="") as file:
        homes = list(csv.DictReader(file))
    rng = np.random.default_rng(7)
    with (folder / "demand.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["demand_id", "name", "township", "lon", "lat", "residents"])
        for number in range(CELLS):
            home = homes[number % len(homes)]
            lon, lat = (float(home[name]) + rng.normal(0, 0.002) for name in ("lon", "lat"))
            writer.writerow([f"c{number:05}", home["name"], home["township"], round(lon, 6), round(lat, 6), 27])
    return folder
