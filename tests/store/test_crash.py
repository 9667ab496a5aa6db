"""Writers that are killed at any moment leave the old list or the new one; `tests.crash` does it many more times."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_killed_writer_leaves_the_old_list_or_the_new_one(database_url):
    command = [sys.executable, "-m", "tests.crash", "--rounds", "6", "--url", database_url]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    assert ended.returncode == 0, ended.stderr
    assert " 6 kills" in ended.stdout
