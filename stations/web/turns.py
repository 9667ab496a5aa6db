"""What takes seconds is answered one at a time by each worker, so that nobody can occupy all of one by it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from stations.errors import TooManyError
from stations.model.siting import SitingQuery
from stations.services.region import Region
from stations.services.siting import suggest_sites
from stations.services.siting_json import siting_collection

Answer = TypeVar("Answer")


class Turn:
    """Lets one thread at a time answer; the others wait up to `longest_wait_s` and are then told `busy`."""

    def __init__(self, busy: str, *, longest_wait_s: float) -> None:
        self._busy, self._longest_wait_s = busy, longest_wait_s
        self._lock = threading.Lock()

    def take(self, answer: Callable[[], Answer]) -> Answer:
        """Return the answer.

        Raises
        ------
        TooManyError
            Others take too long.
        """
        if not self._lock.acquire(timeout=self._longest_wait_s):
            raise TooManyError(self._busy)
        try:
            return answer()
        finally:
            self._lock.release()


_siting = Turn("siting.busy", longest_wait_s=10.0)


def answer_sites(query: SitingQuery, region: Region) -> dict[str, Any]:
    """Return what would help most as GeoJSON, at once where it was asked before; raises as `suggest_sites` does.

    Raises
    ------
    TooManyError
        Others take too long.
    """
    key = ("sites", query)
    if region.is_kept(key):
        return region.keep(key, dict)  # it is there
    return _siting.take(lambda: region.keep(key, lambda: siting_collection(suggest_sites(query, region), region)))
