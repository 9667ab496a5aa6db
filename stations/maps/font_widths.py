"""How wide a text is in the project's own fonts, read from their tables."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

FONT_FILES = {
    False: Path(__file__).parent / "fonts" / "NotoSansCJKsc-Regular-subset.otf",
    True: Path(__file__).parent / "fonts" / "NotoSansCJKsc-Bold-subset.otf",
}
FAMILY = "Noto Sans CJK SC"
ASCENT, DESCENT = 0.88, 0.12
"""Em box of a Chinese character above and below its baseline, in ems."""


@lru_cache(maxsize=65536)
def text_width(text: str, size_mm: float, *, bold: bool = False) -> float:
    """Return the advance of `text` in millimetres, without kerning, at a type size (em) of `size_mm`.

    A character that the font does not hold counts as one em; printing it fails elsewhere, by name.
    """
    ems = _advances(bold)
    return size_mm * sum(ems.get(character, 1.0) for character in text)


@cache
def _advances(bold: bool) -> Mapping[str, float]:
    """Return the advance of every character that is not one em wide, in ems, from `hmtx` through `cmap` format 12."""
    font = FONT_FILES[bold].read_bytes()
    count = struct.unpack_from(">H", font, 4)[0]
    rows = [struct.unpack_from(">4sIII", font, 12 + 16 * row) for row in range(count)]
    tables = {tag.decode(): offset for tag, _, offset, _ in rows}
    units = struct.unpack_from(">H", font, tables["head"] + 18)[0]
    long_count = struct.unpack_from(">H", font, tables["hhea"] + 34)[0]
    widths = np.frombuffer(font, ">u2", 2 * long_count, tables["hmtx"])[::2].astype(np.int64)
    found: dict[str, float] = {}
    for first, last, glyph in _groups(font, tables["cmap"]):
        advance = widths[np.minimum(glyph + np.arange(last - first + 1), long_count - 1)]
        for place in np.flatnonzero(advance != units).tolist():
            found[chr(first + place)] = float(advance[place]) / units
    return found


def _groups(font: bytes, cmap: int) -> list[tuple[int, int, int]]:
    """Return the (first, last, glyph of first) of a `cmap`, OpenType 1.9 section 5.2.1.3.12."""
    for row in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        start = cmap + struct.unpack_from(">I", font, cmap + 8 + 8 * row)[0]
        if struct.unpack_from(">H", font, start)[0] == 12:
            count = struct.unpack_from(">I", font, start + 12)[0]
            numbers = np.frombuffer(font, ">u4", 3 * count, start + 16).reshape(-1, 3)
            return [(int(first), int(last), int(glyph)) for first, last, glyph in numbers]
    return []
