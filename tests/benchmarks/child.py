"""One measurement in a process of its own, printed as JSON: ``child.py roads|osmnx|table|load|list|import PATH``.

`seconds` do not count imports and compiling; memory is the greatest resident set of this process, `before_mb` of it
with only the libraries loaded.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

KB_PER_MB = 1024


def main(kind: str, path: Path) -> None:
    """Measure and print."""
    kinds = {"roads": _roads, "osmnx": _osmnx, "table": _table, "load": _load, "list": _list, "import": _import}
    print(json.dumps(kinds[kind](path)))  # noqa: T201


def _measured(work: Callable[[], object]) -> dict[str, float]:
    before_mb = _peak_mb()
    began = time.perf_counter()
    work()
    return {"seconds": time.perf_counter() - began, "before_mb": before_mb, "peak_mb": _peak_mb()}


def _peak_mb() -> float:
    """Return the greatest resident set; `getrusage` would count the process that started this one, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / KB_PER_MB  # type: ignore[index]


def _roads(path: Path) -> dict[str, float]:
    from stations.loaders.roads import read_roads
    from tests.benchmarks.networks import PROFILE

    return _measured(lambda: read_roads(path, profiles=PROFILE.modes))


def _osmnx(path: Path) -> dict[str, float]:
    import osmnx

    return _measured(lambda: osmnx.graph_from_xml(path))


def _table(path: Path) -> dict[str, float]:
    from stations.geo.kernels import warm_up
    from stations.services.build import publish_stations, station_store
    from stations.services.region import road_folder
    from stations.services.roads import build_roads, load_roads
    from stations.settings import read_settings
    from tests.benchmarks.networks import PROFILE

    settings = read_settings({"STATIONS_INSTANCE": str(path)})
    warm_up()
    list(build_roads(PROFILE, road_folder(settings, PROFILE)))
    roads = load_roads(PROFILE, road_folder(settings, PROFILE))
    with station_store(settings, PROFILE) as store:
        figures = _measured(lambda: list(publish_stations(settings, PROFILE, roads, store)))
    figures["size_mb"] = sum(file.stat().st_size for file in _folder(path).iterdir()) / 1e6
    return figures


def _load(path: Path) -> dict[str, float]:
    from stations.geo.table import table_from_arrays
    from stations.store.table_files import read_bundle

    folder = _folder(path)

    def load() -> None:
        arrays, meta = read_bundle(folder)
        for mode, limit_ms in meta["limit_ms"].items():
            own = {key.removeprefix(f"{mode}."): value for key, value in arrays.items() if key.startswith(f"{mode}.")}
            table_from_arrays(mode, limit_ms, own)

    def check() -> None:
        for file in folder.glob("*.npy"):
            zlib.crc32(file.read_bytes())

    check()
    return {**_measured(load), "check_seconds": _measured(check)["seconds"]}


def _list(path: Path) -> dict[str, float]:
    from stations.loaders.station_list import read_station_list
    from stations.model.keys import Datum
    from stations.model.listing import ListOptions
    from tests.benchmarks.bench_list import BOUNDS, ROWS

    read: list[int] = []

    def work() -> None:
        listing = read_station_list(path, options=ListOptions(Datum.GCJ02), bounds=BOUNDS)
        read.append(len(listing.stations))

    figures = _measured_with_sheet(work)
    assert read == [ROWS], f"{read} stations were read"
    return figures


def _import(path: Path) -> dict[str, float]:
    """Read, check, match and store a list beside the stations of the bundled region; its roads are there already."""
    from stations.loaders.region import read_profile
    from stations.loaders.station_list import read_station_list
    from stations.model.changes import Authorship
    from stations.model.keys import Datum
    from stations.model.listing import ListOptions
    from stations.services.build import station_store
    from stations.services.list_checks import facts_of
    from stations.services.list_import import ImportDecision, check_import, confirm_import
    from stations.services.region import road_folder
    from stations.services.roads import load_roads
    from stations.settings import read_settings
    from tests.benchmarks.bench_list import BOUNDS, ROWS

    settings = read_settings({"STATIONS_INSTANCE": str(path.parent)})
    profile = read_profile(settings.region)
    options = ListOptions(Datum.GCJ02)
    facts = facts_of(profile, load_roads(profile, road_folder(settings, profile)))
    decision = ImportDecision(good_rows_only=True, sure=True)
    with station_store(settings, profile) as store:
        before = len(store.read().stations)

        def work() -> None:
            listing = read_station_list(path, options=options, bounds=BOUNDS)
            report = check_import(listing, options, facts, store.read())
            confirm_import(report, decision, store, Authorship("benchmark"))

        figures = _measured_with_sheet(work)
        stored = len(store.read().stations) - before
    assert stored == ROWS, f"{stored} stations were stored"
    return figures


def _measured_with_sheet(work: Callable[[], object]) -> dict[str, float]:
    """Measure work that may read a sheet in a process of its own, processor time too."""
    began = time.process_time()
    figures = _measured(work)
    own_s = time.process_time() - began
    sheet = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        **figures,
        "cpu_seconds": own_s + sheet.ru_utime + sheet.ru_stime,
        "child_mb": sheet.ru_maxrss / KB_PER_MB,
    }


def _folder(instance: Path) -> Path:
    tables = instance / "yanzhou" / "tables"
    return tables / (tables / "current").read_text(encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
