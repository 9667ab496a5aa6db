"""A station list of 200,000 rows, read and brought, as CSV and as workbook: rows per second and peak memory."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from openpyxl import Workbook

from stations.loaders.region import read_profile
from stations.services.region import road_folder
from stations.services.roads import build_roads
from stations.settings import PROJECT_ROOT, read_settings
from tests.benchmarks.ratios import Figure

ROWS = 200_000
LEAST_ROWS_A_SECOND = 5_000
MOST_MB = 1_000
BOUNDS = (116.6, 35.4, 117.0, 35.75)
HEADINGS = ("编号", "站点名称", "类型", "经度", "纬度", "镇街", "地址", "服务项目", "营业时间", "联系电话", "备注")
CHILD = Path(__file__).with_name("child.py")


def read_list() -> Iterator[Figure]:
    """Report how fast a large list is read in GCJ-02, its words in Chinese, and how much memory it takes.

    Then the same of the whole import: read, checked, matched and stored, in the bundled region.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("csv", _write_csv), ("xlsx", _write_xlsx)):
            path = Path(folder) / f"list.{name}"
            write(path)
            row = f"list of {ROWS:,} rows, {name} of {path.stat().st_size / 1e6:.1f} MB"
            yield from _figures(f"{row}, read", _child("list", path))
            own = Path(folder) / f"import-{name}" / path.name
            own.parent.mkdir()
            path.rename(own)
            _build_roads(own.parent)
            yield from _figures(f"{row}, brought", _child("import", own))


def _figures(row: str, figures: dict[str, float]) -> Iterator[Figure]:
    for what, name in (("seconds", "rows per second"), ("cpu_seconds", "rows per second of processor time")):
        yield Figure(f"{row}: {name}", "made", f"{ROWS / figures[what]:,.0f}", f"> {LEAST_ROWS_A_SECOND:,}")
    peak = f"{figures['peak_mb']:.0f} MB and {figures['child_mb']:.0f} MB of the process that reads the sheet"
    yield Figure(f"{row}: peak memory", "made", peak, f"< {MOST_MB:,} MB")
    yield Figure(f"{row}: peak memory before it", "made", f"{figures['before_mb']:.0f} MB")


def _build_roads(instance: Path) -> None:
    settings = read_settings({"STATIONS_INSTANCE": str(instance)})
    profile = read_profile(settings.region)
    list(build_roads(profile, road_folder(settings, profile)))


def _rows() -> Iterator[tuple[str | float, ...]]:
    random = Random(4)
    hours = (
        "周一至周五 8:30-17:30",
        "工作日9点到17点30，周末休息",
        "全天",
        "8:00-12:00；14:00-18:00",
        "Mo-Su 07:00-22:00",
    )
    kinds = ("兖新苑", "党群服务中心", "快递网点", "小区物业", "司机之家")
    for number in range(ROWS):
        kind = kinds[number % len(kinds)]
        yield (
            f"s{number:06}",
            f"{kind}{number}号站",
            kind,
            round(random.uniform(116.65, 116.95), 6),
            round(random.uniform(35.45, 35.7), 6),
            ("鼓楼街道", "龙桥街道", "新兖镇")[number % 3],
            f"文化路{random.randrange(1, 900)}号{random.randrange(1, 40)}号楼",
            f"免费饮水、休憩、热饭、充电、座位{random.randrange(2, 40)}个",
            hours[number % len(hours)],
            f"1{random.randrange(30, 99)}{random.randrange(10**8):08}",
            "" if number % 4 else "请从东门进",
        )


def _write_csv(path: Path) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(_rows())


def _write_xlsx(path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("站点")
    sheet.append(HEADINGS)
    for row in _rows():
        sheet.append(row)
    book.save(path)


def _child(kind: str, path: Path) -> dict[str, float]:
    environ = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    words = [sys.executable, str(CHILD), kind, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environ)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
