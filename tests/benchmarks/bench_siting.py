"""New sites chosen at once against the proven best, on made plains; and the options of a week in the bundled region."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from stations.geo.cover_rows import cover_rows
from stations.geo.siting import choose_options
from stations.geo.siting_exact import prove_most
from stations.model.keys import Need, TravelMode
from stations.model.queries import CoverageQuery
from stations.model.siting import OptionKind, SitingQuery
from stations.services.build import build_region
from stations.services.region import load_region
from stations.services.siting import suggest_sites
from stations.settings import read_settings
from tests.benchmarks.ratios import Figure, spread

POINTS, CANDIDATES, NEW = 5_000, 500, 20
INSTANCES = 20
RADII_KM = (1.1, 2.0)
PROOF_S = 30.0
ROUNDS = 15
WEEK = date(2026, 11, 16)


def siting() -> Iterator[Figure]:
    """Report how far the choice at once is below the best, its time, and what stayed unproven."""
    for radius in RADII_KM:
        below, ms, unproven = [], [], []
        for seed in range(INSTANCES):
            near, weight = _plain(seed, radius)
            began = time.perf_counter()
            rows = cover_rows(near, weight)
            chosen = choose_options(rows, budget=NEW)
            ms.append(1000 * (time.perf_counter() - began))
            proof = prove_most(rows, chosen, budget=NEW, seconds=PROOF_S)
            below.append(100 * (1 - rows.value(chosen) / proof.value))
            if not proof.proven:
                unproven.append(100 * proof.gap)
        row = f"{NEW} of {CANDIDATES} sites for {POINTS:,} points, {radius:g} km"
        worst = f"{spread(np.array(below))} %"
        yield Figure(f"{row}: below the best found in {PROOF_S:g} s", "made", worst, "<= 3 at worst, median 1.5")
        yield Figure(f"{row}: time, merging of rows included", "made", f"{spread(np.array(ms))} ms", "< 100 ms")
        gaps = f"{len(unproven)} of {INSTANCES}, gap at most {max(unproven, default=0):.2f} %"
        yield Figure(f"{row}: not proven in {PROOF_S:g} s", "made", gaps, "reported")


def _plain(seed: int, radius_km: float) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return who is near which candidate, and weights: villages strewn over 20 x 20 km, candidates beside demand."""
    random = np.random.default_rng(seed)
    villages = random.uniform(0, 20, (60, 2))
    points = villages[random.integers(0, len(villages), POINTS)] + random.normal(0, 0.9, (POINTS, 2))
    sites = points[random.choice(POINTS, CANDIDATES, replace=False)] + random.normal(0, 0.2, (CANDIDATES, 2))
    apart = np.hypot(points[:, None, 0] - sites[None, :, 0], points[:, None, 1] - sites[None, :, 1])
    return apart <= radius_km, random.integers(1, 200, POINTS).astype(np.float64)


def siting_week() -> Iterator[Figure]:
    """Time the options of a whole week: sites and changes at stations of the bundled region, 500 candidates."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"STATIONS_INSTANCE": folder})
        list(build_region(settings))
        region = load_region(settings)
        while len(region.places) < CANDIDATES:
            more = [replace(one, lon=one.lon + 0.004) for one in region.places[: CANDIDATES - len(region.places)]]
            region = replace(region, places=(*region.places, *more), _kept={})
        for mode in (TravelMode.WALK, TravelMode.EBIKE):
            asked = CoverageQuery(mode, needs=(Need.HUNGRY,), no_registration=True)
            query = SitingQuery(asked, new=NEW, options=tuple(OptionKind), hours="week", week=WEEK)
            suggest_sites(query, region)
            ms = []
            for number in range(ROUNDS):
                began = time.perf_counter()
                answer = suggest_sites(replace(query, floor=0.1 * (number % 3)), region)
                ms.append(1000 * (time.perf_counter() - began))
            row = f"{mode}: week, {answer.candidates} sites and {answer.changes} changes, worth {NEW} sites"
            yield Figure(row, "bundled", f"{spread(np.array(ms))} ms", "< 1000 ms")
