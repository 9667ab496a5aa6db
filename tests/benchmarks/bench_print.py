"""Printing from a built region: seconds, pages, bytes and peak memory of a sheet, from the question to the PDF.

``python -m tests.benchmarks.bench_print INSTANCE PRODUCT PAPER`` measures one in a process of its own, as JSON.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from stations.settings import PROJECT_ROOT, read_settings
from tests.benchmarks.ratios import Figure

ROUNDS = 5
PRODUCTS = (
    ("district", "A3", "< 1 s"),
    ("district", "A0", "< 2 s"),
    ("township", "A4", ""),
    ("coverage", "A3", ""),
    ("posters", "A4", "< 10 s, < 20 MB"),
)
WHEN = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://stations.example.cn"


def printed_sheets() -> Iterator[Figure]:
    """Report the sheets and posters of the bundled region, without start-up: the region is loaded, nothing was
    drawn.
    """
    from stations.services.build import build_region

    with tempfile.TemporaryDirectory() as instance:
        for _ in build_region(read_settings({"STATIONS_INSTANCE": instance})):
            pass
        for product, paper, target in PRODUCTS:
            figures = _child(instance, product, paper)
            outcome = (
                f"{figures['first_s']:.2f} s, again {figures['again_s']:.2f} s; {figures['pages']:.0f} pages; "
                f"{figures['bytes'] / 1e6:.2f} MB; peak {figures['peak_mb']:.0f} MB ({figures['before_mb']:.0f} before)"
            )
            yield Figure(
                f"printing {product} on {paper}: processor time, first and median after", "Yanzhou", outcome, target
            )


def _child(instance: str, product: str, paper: str) -> dict[str, float]:
    words = [sys.executable, "-m", "tests.benchmarks.bench_print", instance, product, paper]
    environ = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environ, cwd=PROJECT_ROOT)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _measure(instance: str, product: str, paper: str) -> dict[str, float]:
    import pypdf

    work = _work(instance, product, paper)
    before_mb = _peak_mb()
    times, made = [], b""
    for _ in range(1 + ROUNDS):
        began = time.process_time()
        made = work()
        times.append(time.process_time() - began)
    peak_mb = _peak_mb()
    return {
        "first_s": times[0],
        "again_s": sorted(times[1:])[ROUNDS // 2],
        "pages": len(pypdf.PdfReader(io.BytesIO(made)).pages),
        "bytes": len(made),
        "before_mb": before_mb,
        "peak_mb": peak_mb,
    }


def _work(instance: str, product: str, paper: str) -> Callable[[], bytes]:
    from stations.maps.typeset import compile_pdf
    from stations.model.paper import read_paper
    from stations.services.posters import PosterQuery, make_posters
    from stations.services.region import load_region
    from stations.services.sheets import SheetQuery, make_sheet

    region = load_region(read_settings({"STATIONS_INSTANCE": instance}))

    def work() -> bytes:
        if product == "posters":
            document = make_posters(PosterQuery(read_paper(paper)), region, when=WHEN, public_url=URL)
        else:
            query = SheetQuery(product, read_paper(paper, landscape=True))
            document = make_sheet(query, region, when=WHEN, public_url=URL)
        return compile_pdf(document.source, files=document.files, when=document.when)

    return work


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


if __name__ == "__main__":
    print(json.dumps(_measure(*sys.argv[1:4])))  # noqa: T201
