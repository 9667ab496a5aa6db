"""What a long service yields while it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a long work: `key` names its sentence, which may tell `total`; `done` of `total` steps."""

    key: str
    done: int
    total: int
