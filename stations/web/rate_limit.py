"""How often one client may ask within a minute; counted by each worker for itself, and forgotten with the minute."""

from __future__ import annotations

import threading
import time

from stations.errors import TooManyError

MINUTE_S = 60
MOST_CLIENTS = 100_000


class RateLimit:
    """Counts what clients ask, by their address, within the minute at hand; `most` of 0 lets everything pass."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._minute = 0
        self._asked: dict[str, int] = {}

    def count(self, client: str) -> None:
        """Count one more question of a client.

        Raises
        ------
        TooManyError
            The client asked as often as it may.
        """
        if not self.allows(client):
            raise TooManyError("error.too_many", most=self._most)

    def allows(self, client: str) -> bool:
        """Count one more question of a client and return whether it may be answered."""
        if not self._most:
            return True
        minute = int(time.monotonic() // MINUTE_S)
        with self._lock:
            if minute != self._minute or len(self._asked) >= MOST_CLIENTS:
                self._minute, self._asked = minute, {}
            asked = self._asked[client] = self._asked.get(client, 0) + 1
        return asked <= self._most
