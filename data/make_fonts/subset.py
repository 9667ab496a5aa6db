"""One weight of Noto Sans CJK SC, cut down to some characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

SOURCE = Path("/usr/share/fonts/opentype/noto")
FAMILY = "Noto Sans CJK SC"
FEATURES = ["kern", "palt", "halt", "ccmp", "mark", "mkmk"]
COPYRIGHT_NAME_ID = 0


def write_font(path: Path, weight: str, wanted: Iterable[int]) -> frozenset[int]:
    """Write the subset of one weight and return the code points that it has.

    The dates in the file are those of its source, so that it is the same on every run.
    """
    options = subset.Options(
        layout_features=FEATURES,
        name_IDs=["*"],
        name_languages=[0x409],
        notdef_outline=True,
        hinting=False,
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=list(wanted))
    with _source(weight) as font:
        font.recalcTimestamp = False
        cutter.subset(font)
        font.save(path, reorderTables=True)
    with TTFont(path) as made:
        return frozenset(made.getBestCmap())


def write_coverage(path: Path, codes: Iterable[int]) -> None:
    """Write which code points the fonts have: one range to a line, ``4E00-4E01``."""
    lines = [f"{first:04X}-{last:04X}" for first, last in _ranges(sorted(codes))]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def write_licence(path: Path, *, weight: str) -> None:
    """Write the copyright of the fonts, what was done to them, and their licence."""
    with _source(weight) as font:
        copyright_line = font["name"].getDebugName(COPYRIGHT_NAME_ID)
    text = (Path(__file__).parent / "OFL.txt").read_text(encoding="utf-8")
    path.write_text(
        f"{copyright_line}\n\nSubsets of {FAMILY} (https://github.com/notofonts/noto-cjk), made by data/make_fonts.\n\n"
        f"{text}",
        encoding="utf-8",
    )


@contextmanager
def _source(weight: str) -> Iterator[TTFont]:
    path = SOURCE / f"NotoSansCJK-{weight}.ttc"
    if not path.exists():
        raise SystemExit("apt-get install fonts-noto-cjk")
    with TTCollection(path, lazy=True) as fonts:
        yield next(font for font in fonts if font["name"].getBestFamilyName() == FAMILY)


def _ranges(codes: list[int]) -> Iterator[tuple[int, int]]:
    for _, run in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        held = [code for _, code in run]
        yield held[0], held[-1]
