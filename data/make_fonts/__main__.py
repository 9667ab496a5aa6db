"""Makes the fonts of prints: ``python -m data.make_fonts [FOLDER]`` from the project's root.

Wants Debian's packages fonts-noto-cjk and unicode-data, and fonttools. The folder is `stations/maps/fonts` when none
is given.
"""

from __future__ import annotations

import sys
from pathlib import Path

from data.make_fonts.characters import wanted_characters
from data.make_fonts.subset import write_coverage, write_font, write_licence

PROJECT_ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ("Regular", "Bold")

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT_ROOT / "stations" / "maps" / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = wanted_characters(PROJECT_ROOT)
    covered = [write_font(folder / f"NotoSansCJKsc-{weight}-subset.otf", weight, wanted) for weight in WEIGHTS]
    write_coverage(folder / "coverage.txt", frozenset.intersection(*covered))
    write_licence(folder / "LICENSE.txt", weight=WEIGHTS[0])
