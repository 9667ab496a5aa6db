"""Coverage of the bundled region by hour and service: one filter, a week, gaps and losses; and of 20,000 cells."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

import numpy as np

from stations.model.keys import Need, TravelMode
from stations.model.queries import CoverageQuery
from stations.model.station import DemandPoint
from stations.services.build import build_region
from stations.services.coverage import compare_placed_and_usable, measure_coverage
from stations.services.gap_places import rank_gaps
from stations.services.region import Region, load_region
from stations.services.resilience import measure_resilience
from stations.services.week import ALL_ROWS, measure_week
from stations.settings import read_settings
from tests.benchmarks.ratios import Figure, spread

CELLS = 20_000
ROUNDS = 25
WEEKS = [date(2026, 1, 5) + timedelta(days=7 * week) for week in range(5)]


def coverage() -> Iterator[Figure]:
    """Time filters at hours and needs that change from one call to the next."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"STATIONS_INSTANCE": folder})
        list(build_region(settings))
        region = load_region(settings)
        for mode in (TravelMode.WALK, TravelMode.EBIKE):
            yield from _figures(region, mode, f"bundled, {len(region.demand):,} points", "< 5 ms")
        grid = replace(region, points_of={"demand": _grid(region)}, _kept={})
        for mode in (TravelMode.WALK, TravelMode.EBIKE):
            began = time.perf_counter()
            grid.demand_times(mode)
            first = f"{(time.perf_counter() - began) * 1000:.0f} ms"
            yield Figure(f"times of all demand, {mode.value}, once for a layer", f"{CELLS:,} cells", first)
            yield from _figures(grid, mode, f"{CELLS:,} cells", "< 50 ms")


def _figures(region: Region, mode: TravelMode, network: str, target: str) -> Iterator[Figure]:
    hours = cycle(
        CoverageQuery(mode, needs=(need,), when=datetime(2026, 11, 16, hour, tzinfo=ZoneInfo("Asia/Shanghai")))
        for need in Need
        for hour in (3, 9, 12, 23)
    )
    filters: list[tuple[str, Callable[[CoverageQuery, Region], object], str]] = [
        ("coverage, one filter", measure_coverage, target),
        ("placed beside usable, by station", compare_placed_and_usable, ""),
        ("gaps as places", rank_gaps, ""),
        ("losses of stations", measure_resilience, ""),
    ]
    for name, ask, wanted in filters:
        told = _timed(lambda ask=ask: ask(next(hours), region), ROUNDS)  # type: ignore[misc] # bound at once
        yield Figure(f"{name}, {mode.value}, 15 min", network, told, wanted)
    weeks = iter(WEEKS)
    told = _timed(lambda: measure_week(CoverageQuery(mode), region, week=next(weeks)), len(WEEKS) - 1)
    row = f"week, {len(ALL_ROWS)} rows of 168 hours, {mode.value}, its hours compiled too"
    yield Figure(row, network, told, "< 1000 ms")


def _timed(work: Callable[[], object], rounds: int) -> str:
    """Return the wall time and the processor time of `work` in words, after one call that is not counted."""
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter(), time.thread_time()
        work()
        times.append((time.perf_counter() - began[0], time.thread_time() - began[1]))
    wall, processor = 1000 * np.array(times[1:]).T
    return f"{spread(wall)} ms, processor {spread(processor)} ms"


def _grid(region: Region) -> tuple[DemandPoint, ...]:
    """Return cells of one size over the whole region, each with a weight and a township."""
    west, south, east, north = region.profile.bounds
    side = int(np.ceil(np.sqrt(CELLS)))
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.linspace(west, east, side), np.linspace(south, north, side)))
    townships = sorted({point.township for point in region.demand if point.township})
    weight = np.random.default_rng(5).integers(1, 50, CELLS)
    return tuple(
        DemandPoint(str(k), str(k), townships[k % len(townships)], float(lon[k]), float(lat[k]), float(weight[k]))
        for k in range(CELLS)
    )
