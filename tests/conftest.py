"""Fixtures for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real road files; a test that needs it is skipped without, which is a failure in CI."""
    folder = os.environ.get("STATIONS_REAL_DATA", "")
    if not folder:
        if os.environ.get("CI"):
            pytest.fail("STATIONS_REAL_DATA is not set: the real files are part of the tests here")
        pytest.skip("set STATIONS_REAL_DATA to the folder of real road files")
    return Path(folder).resolve()
