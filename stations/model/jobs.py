"""Long work that is asked for in one process and done in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from stations.model.progress import Progress


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed: `key` names the sentence, `values` fill it."""

    key: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work.

    Times are UTC; `started_at` is when it was begun last. `author` is empty where the program began it by itself.
    `outcome` is what the work ended with, as JSON has it. Once `cancel_asked` it ends at its next step.
    """

    job_id: str
    kind: str
    state: JobState
    arguments: Mapping[str, Any]
    author: str
    made_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    progress: Progress | None = None
    outcome: Any = None
    error: JobError | None = None
    cancel_asked: bool = False

    @property
    def words_key(self) -> str:
        """The key of the words for how far it is."""
        stopping = self.cancel_asked and self.state == JobState.RUNNING
        return "job.state_stopping" if stopping else f"job.state_{self.state}"
