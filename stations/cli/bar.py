"""A progress bar on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TypeVar

from stations.model.progress import Progress
from stations.texts import say

Last = TypeVar("Last")
WIDTH = 28


def draw_progress(steps: Iterable[Progress | Last], lang: str) -> Last:
    """Draw every `Progress` that a service yields; return what it yields last that is none (`None` if nothing).

    On a terminal the bar of one step is drawn over itself; elsewhere only its end is written.
    """
    answer: Last | None = None
    for step in steps:
        if isinstance(step, Progress):
            _draw(step, lang)
        else:
            answer = step
    return answer  # type: ignore[return-value]  # a service that yields no answer is drawn for its work alone


def _draw(step: Progress, lang: str) -> None:
    finished = step.done >= step.total
    if not (finished or sys.stderr.isatty()):
        return
    filled = WIDTH * step.done // max(1, step.total)
    bar = "█" * filled + "·" * (WIDTH - filled)
    sys.stderr.write(
        f"\r{bar} {step.done}/{step.total} {say(lang, step.key, total=step.total)}" + ("\n" if finished else "")
    )
    sys.stderr.flush()
