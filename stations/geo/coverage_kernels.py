"""Compiled loops over times from demand to stations: the soonest, how many are near, and whole weeks at once."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from stations.geo.search_kernels import UNREACHED


@njit(cache=True, nogil=True)
def soonest_of(
    times_ms: NDArray[np.uint32],
    extra_ms: NDArray[np.int64],
    chosen: NDArray[np.int64],
    slower: float,
    soonest_ms: NDArray[np.float64],
    which: NDArray[np.int64],
) -> None:
    """Write the least time of each row to the `chosen` stations, and to which; inf and -1 where none is reached.

    Network time is multiplied by `slower`, what a station adds is not. Of equal times the first chosen counts.
    """
    for d in range(times_ms.shape[0]):
        best, first = np.inf, -1
        for k in chosen:
            if times_ms[d, k] != UNREACHED:
                total = times_ms[d, k] * slower + extra_ms[k]
                if total < best:
                    best, first = total, k
        soonest_ms[d], which[d] = best, first


@njit(cache=True, nogil=True)
def count_within(
    times_ms: NDArray[np.uint32],
    extra_ms: NDArray[np.int64],
    chosen: NDArray[np.int64],
    cutoff_ms: int,
    count: NDArray[np.int64],
    last: NDArray[np.int64],
) -> None:
    """Write how many of the `chosen` stations lie within an inclusive cutoff of each row, and the last of them."""
    for d in range(times_ms.shape[0]):
        near, found = 0, -1
        for k in chosen:
            if times_ms[d, k] != UNREACHED and times_ms[d, k] + extra_ms[k] <= cutoff_ms:
                near += 1
                found = k
        count[d], last[d] = near, found


@njit(cache=True, nogil=True)
def weigh_masks(
    near: NDArray[np.uint64],
    weight: NDArray[np.float64],
    sure: NDArray[np.uint64],
    perhaps: NDArray[np.uint64],
    covered: NDArray[np.float64],
    unknown: NDArray[np.float64],
) -> None:
    """Write the weight that each of M choices of stations covers, and the weight that it only perhaps covers.

    Stations are bits: `near` (G, W) are those within the cutoff of each kind of place, `sure` and `perhaps` (M, W)
    those of each choice.
    """
    for m in range(sure.shape[0]):
        certain, open_question = 0.0, 0.0
        for g in range(near.shape[0]):
            hit, maybe = np.uint64(0), np.uint64(0)
            for w in range(near.shape[1]):
                hit |= near[g, w] & sure[m, w]
                maybe |= near[g, w] & perhaps[m, w]
            if hit:
                certain += weight[g]
            elif maybe:
                open_question += weight[g]
        covered[m], unknown[m] = certain, open_question


def warm_up_coverage() -> None:
    """Compile, or load what was compiled before."""
    times, extra, chosen = np.zeros((1, 1), dtype=np.uint32), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    numbers, more = np.zeros(1), np.zeros(1)
    soonest_of(times, extra, chosen, 1.0, numbers, chosen.copy())
    count_within(times, extra, chosen, 1, chosen.copy(), chosen.copy())
    bits = np.zeros((1, 1), dtype=np.uint64)
    weigh_masks(bits, numbers, bits, bits, numbers.copy(), more)
