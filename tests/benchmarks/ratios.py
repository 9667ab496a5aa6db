"""Figures that hold on any machine: two ways to one answer, timed in turn in one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured where, the outcome, and what it should be."""

    row: str
    network: str
    outcome: str
    target: str = ""


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of one call, so that whoever else is on the machine counts less."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


def in_turn(ours: Callable[[], float], peer: Callable[[], float], *, rounds: int = ROUNDS) -> np.ndarray:
    """Return peer's time over ours for each round; both return their own seconds and are called once before."""
    ours()
    peer()
    return np.array([(lambda a, b: b / a)(ours(), peer()) for _ in range(rounds)])


def spread(ratios: np.ndarray, *, scale: float = 1.0) -> str:
    """Return the median of ratios with the least and the greatest."""
    low, middle, high = np.percentile(ratios * scale, [0, 50, 100])
    return f"{middle:.3g} ({low:.3g}..{high:.3g})"


def faster(ours: Callable[[], object], peer: Callable[[], object], *, rounds: int = ROUNDS, scale: float = 1.0) -> str:
    """Return how many times faster ours is, in words; `scale` where the peer does only a part of the work."""
    return f"{spread(in_turn(lambda: seconds(ours), lambda: seconds(peer), rounds=rounds), scale=scale)} times faster"
