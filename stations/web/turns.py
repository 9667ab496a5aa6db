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
    """Lets one thread at a time answer; `most_waiting` wait up to `longest_wait_s`; then, as the others, told `busy`.

    Who waits holds a thread of the worker: there are more threads than may wait, so that pages go on, see `server`.
    """

    def __init__(self, busy: str, *, most_waiting: int, longest_wait_s: float) -> None:
        self.most_waiting = most_waiting
        self._busy, self._longest_wait_s = busy, longest_wait_s
        self._lock, self._room = threading.Lock(), threading.BoundedSemaphore(1 + most_waiting)

    def take(self, answer: Callable[[], Answer]) -> Answer:
        """Return the answer.

        Raises
        ------
        TooManyError
            Others take too long, or wait already.
        """
        if not self._room.acquire(blocking=False):
            raise TooManyError(self._busy)
        try:
            return self._answer(answer)
        finally:
            self._room.release()

    def _answer(self, answer: Callable[[], Answer]) -> Answer:
        if not self._lock.acquire(timeout=self._longest_wait_s):
            raise TooManyError(self._busy)
        try:
            return answer()
        finally:
            self._lock.release()


sites_turn = Turn("siting.busy", most_waiting=2, longest_wait_s=10.0)


def answer_sites(query: SitingQuery, region: Region) -> dict[str, Any]:
    """Return what would help most as GeoJSON, at once where it was asked before; raises as `suggest_sites` does.

    Raises
    ------
    TooManyError
        Others take too long.
    """
    key = ("sites", query)

    def ask() -> dict[str, Any]:
        return region.keep(key, lambda: siting_collection(suggest_sites(query, region), region))

    return ask() if region.is_kept(key) else sites_turn.take(ask)
