"""Which characters a print of a region may hold."""

from __future__ import annotations

import bz2
from collections.abc import Iterator
from pathlib import Path

UNIHAN = Path("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")
"""The field kTGH numbers the 8,105 characters of the 通用规范汉字表 (2013)."""
RANGES = (
    (0x0020, 0x007E),
    (0x00A0, 0x024F),  # Latin letters of Finnish, Portuguese and most others
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x045F),  # Cyrillic
    (0x1E00, 0x1EFF),
    (0x2010, 0x2049),  # dashes, quotation marks, dots
    (0x2070, 0x209C),
    (0x20AC, 0x20AC),
    (0x2100, 0x218F),  # №, ℃, Roman numerals, fractions
    (0x2190, 0x2199),
    (0x2200, 0x226F),
    (0x2460, 0x24EA),  # circled numbers
    (0x25A0, 0x25EF),
    (0x2605, 0x2606),
    (0x2713, 0x2717),
    (0x3000, 0x303F),
    (0x3220, 0x3229),
    (0xFF01, 0xFF5E),
    (0xFFE0, 0xFFE5),
)
"""Blocks of which all is kept that the font has."""
TEXTS = ("data/yanzhou", "data/make_sample", "data/calendar", "stations/texts", "stations/hours")
"""Folders of whose tables and texts every character is kept."""
ENDINGS = {".csv", ".toml", ".geojson"}


def wanted_characters(root: Path) -> frozenset[int]:
    """Return the code points that are wanted, whether the font has them or not; `root` is that of the project."""
    blocks = {code for first, last in RANGES for code in range(first, last + 1)}
    return frozenset({*standard_characters(), *blocks, *(code for code in _named(root) if code >= 0x20)})


def standard_characters() -> frozenset[int]:
    """Return the code points of the 通用规范汉字表.

    Raises
    ------
    SystemExit
        Debian's unicode-data is not installed, or does not list 8,105 of them.
    """
    if not UNIHAN.exists():
        raise SystemExit("apt-get install unicode-data")
    with bz2.open(UNIHAN, "rt", encoding="utf-8") as file:
        rows = (line.split("\t") for line in file if not line.startswith("#"))
        found = frozenset(int(row[0][2:], 16) for row in rows if len(row) > 1 and row[1] == "kTGH")
    if len(found) != 8105:
        raise SystemExit(f"{UNIHAN} lists {len(found)} characters of the 通用规范汉字表, not 8,105")
    return found


def _named(root: Path) -> Iterator[int]:
    for folder in TEXTS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in ENDINGS:
                yield from map(ord, path.read_text(encoding="utf-8"))
