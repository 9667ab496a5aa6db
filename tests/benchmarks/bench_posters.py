"""Posters and cards of the bundled region: seconds, pages, bytes and memory, from a built table, without start-up."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from stations.services.build import build_region
from stations.settings import read_settings
from tests.benchmarks.ratios import Figure

KINDS = {"posters": "168 posters, A4, one PDF", "cards": "pocket cards of all townships, A6"}


def posters() -> Iterator[Figure]:
    """Time both, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        list(build_region(read_settings({"STATIONS_INSTANCE": folder})))
        for product, row in KINDS.items():
            told = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.bench_posters", product, folder],
                check=True,
                capture_output=True,
                text=True,
            )
            one = json.loads(told.stdout)
            outcome = (
                f"{one['seconds']:.1f} s ({one['composing_s']:.1f} s composing; processor {one['processor_s']:.1f} s), "
                f"{one['pages']} pages, "
                f"{one['mb']:.1f} MB, peak {one['peak_mb']:.0f} MB"
            )
            yield Figure(row, "bundled", outcome, "< 10 s, < 20 MB" if product == "posters" else "")


def measure(product: str, instance: str) -> dict[str, float]:
    """Make one product once, after a first poster that loads fonts and compiles what is compiled."""
    import io
    import re
    import time
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import pypdf

    from stations.maps.typeset import compile_pdf
    from stations.services.prints import PrintQuery, compose, print_pdf
    from stations.services.region import load_region

    region = load_region(read_settings({"STATIONS_INSTANCE": instance}))
    when = datetime(2026, 11, 22, 9, tzinfo=ZoneInfo(region.profile.time_zone))
    url = "https://example.cn"
    print_pdf(PrintQuery("posters", station_ids=("yz001",)), region, when=when, public_url=url)
    began, worked = time.perf_counter(), time.process_time()
    document = compose(PrintQuery(product), region, when=when, public_url=url)
    composed = time.perf_counter()
    content = compile_pdf(document.source, files=document.files, when=document.when)
    ended = time.perf_counter()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return {
        "seconds": ended - began,
        "processor_s": time.process_time() - worked,
        "composing_s": composed - began,
        "pages": len(pypdf.PdfReader(io.BytesIO(content)).pages),
        "mb": len(content) / 1e6,
        "peak_mb": int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024,  # type: ignore[index]
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sys.argv[2])))  # noqa: T201
