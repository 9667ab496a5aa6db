"""Print the ratios by which the engine is judged: ``python -m tests.benchmarks [row ...]``."""

from __future__ import annotations

import sys

from stations.geo.kernels import warm_up
from tests.benchmarks import (
    bench_build,
    bench_coverage,
    bench_list,
    bench_places,
    bench_planner,
    bench_polygons,
    bench_posters,
    bench_print,
    bench_search,
    bench_siting,
    bench_web,
    bench_what_if,
)

ROWS = {
    "catchments": bench_search.catchments,
    "nearest": bench_search.nearest_of_many,
    "polygons": bench_polygons.polygons,
    "what-if": bench_what_if.what_if,
    "coverage": bench_coverage.coverage,
    "planner-page": bench_planner.planner_page,
    "five": bench_places.five_nearest,
    "straight": bench_places.straight_line,
    "roads": bench_build.roads_of_porto,
    "table": bench_build.table_of_region,
    "growth": bench_search.growth,
    "list": bench_list.read_list,
    "print": bench_print.printed_sheets,
    "posters": bench_posters.posters,
    "siting": bench_siting.siting,
    "siting-week": bench_siting.siting_week,
    "web": bench_web.web_load,
}


def main(names: list[str]) -> int:
    """Measure the rows named, all when none is, and print each as soon as it is known."""
    unknown = sorted(set(names) - set(ROWS))
    if unknown:
        print(f"no row {', '.join(unknown)}; there are {', '.join(ROWS)}", file=sys.stderr)  # noqa: T201
        return 2
    warm_up()
    print("| measured | network | outcome: median (least..greatest) | to reach |\n|---|---|---|---|")  # noqa: T201
    for name in names or ROWS:
        for figure in ROWS[name]():
            print(f"| {figure.row} | {figure.network} | {figure.outcome} | {figure.target} |", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
