"""Accounts of those who work on the station list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stations.model.keys import Role


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in.

    `made_at` is UTC. `epoch` rises whenever the password or the role changes, so that a session that was begun before
    is told from one that was begun after.
    """

    name: str
    role: Role
    made_at: datetime
    epoch: int
