"""Makes the sample region: ``python -m data.make_sample [FOLDER]`` from the project's root.

The folder is `data/yanzhou` when none is given. The outline is read from `data/yanzhou/boundary.geojson`, which is
real and not made here.
"""

from __future__ import annotations

import sys
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[2]
if __package__ in (None, ""):  # run as `python data/make_sample`
    sys.path[0] = str(PROJECT_ROOT)

from data.make_sample.region import make_region  # noqa: E402 (the path is set above)

if __name__ == "__main__":
    make_region(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT_ROOT / "data" / "yanzhou")
