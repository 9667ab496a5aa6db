"""Coverage: how much demand is within a cutoff of a usable station. Costs come in; none is computed here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from stations.geo.coverage_kernels import count_within, soonest_of, weigh_masks

Mask = NDArray[np.bool_]
NOBODY = -1
"""In place of the number of a station: there is none."""


class CoverState(IntEnum):
    """State of one demand point."""

    GAP = 0
    COVERED = 1
    UNKNOWN = 2


@dataclass(frozen=True, slots=True)
class Times:
    """What it takes from D places of demand to K stations.

    Attributes
    ----------
    ms
        uint32 (D, K), network time, `UNREACHED` beyond the table.
    extra_ms
        int64 (K,), parking and the walk from the gate.
    on_network
        bool (D,).
    """

    ms: NDArray[np.uint32]
    extra_ms: NDArray[np.int64]
    on_network: Mask


@dataclass(frozen=True, slots=True)
class Cover:
    """State and soonest time of D demand points.

    Attributes
    ----------
    state
        uint8 (D,), a `CoverState`.
    seconds
        float64 (D,), to the soonest station that is surely usable; inf beyond the table, nan off the network.
    """

    state: NDArray[np.uint8]
    seconds: NDArray[np.float64]


def cover_demand(times: Times, *, sure: Mask, perhaps: Mask, cutoff_ms: int, slower: float = 1.0) -> Cover:
    """Return which demand is covered, a gap or unknown at an inclusive cutoff.

    Unknown is demand off the network, and demand that only a station of unknown state reaches in time.

    Parameters
    ----------
    sure, perhaps
        bool (K,): stations that count, and stations of which it is not known whether they do.
    slower
        What network time is multiplied by: the speed of the table over the one asked about.
    """
    soonest, _ = soonest_ms(times, sure, slower=slower)
    maybe, _ = soonest_ms(times, perhaps, slower=slower)
    state = np.full(len(soonest), CoverState.GAP, dtype=np.uint8)
    state[maybe <= cutoff_ms] = CoverState.UNKNOWN
    state[soonest <= cutoff_ms] = CoverState.COVERED
    state[~times.on_network] = CoverState.UNKNOWN
    return Cover(state, np.where(times.on_network, soonest / 1000, np.nan))


def soonest_ms(times: Times, mask: Mask, *, slower: float = 1.0) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the milliseconds to the soonest station of `mask` and its number; inf and `NOBODY` beyond the table.

    Both of shape (D,). Of equal times the station with the lower number counts.
    """
    soonest, which = np.empty(len(times.ms)), np.empty(len(times.ms), dtype=np.int64)
    soonest_of(times.ms, times.extra_ms, np.flatnonzero(mask), slower, soonest, which)
    return soonest, which


def count_stations(times: Times, mask: Mask, *, cutoff_ms: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many stations of `mask` lie within an inclusive cutoff of each place, and one of them (`NOBODY`)."""
    count, last = np.empty(len(times.ms), dtype=np.int64), np.empty(len(times.ms), dtype=np.int64)
    count_within(times.ms, times.extra_ms, np.flatnonzero(mask), cutoff_ms, count, last)
    return count, last


def within_cutoff(times: Times, *, cutoff_ms: int) -> Mask:
    """Return which stations lie within an inclusive cutoff of which place, bool (D, K)."""
    # The sentinel is the greatest uint32: no cutoff reaches it.
    return times.ms <= cutoff_ms - times.extra_ms


@dataclass(frozen=True, slots=True)
class NearSets:
    """Demand grouped by which stations are near, so that many choices of stations are weighed at once.

    `bits` is uint64 (G, W), one bit a station; `weight` float64 (G,).
    """

    bits: NDArray[np.uint64]
    weight: NDArray[np.float64]


def group_by_near(near: Mask, weight: NDArray[np.float64]) -> NearSets:
    """Return demand grouped by its row of `near` (bool (D, K)); what is near to no station is left out."""
    some = near.any(axis=1)
    bits, group = np.unique(as_bits(near[some]), axis=0, return_inverse=True)
    together = np.zeros(len(bits))
    np.add.at(together, group.ravel(), weight[some])
    return NearSets(bits, together)


def weigh_choices(sets: NearSets, sure: Mask, perhaps: Mask) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the demand that each of M choices of stations (bool (M, K)) covers, and that it only perhaps covers.

    Both float64 (M,). Choices that are equal are weighed once.
    """
    both, choice = np.unique(np.hstack([as_bits(sure), as_bits(perhaps)]), axis=0, return_inverse=True)
    words = both.shape[1] // 2
    covered, unknown = np.zeros(len(both)), np.zeros(len(both))
    first, second = np.ascontiguousarray(both[:, :words]), np.ascontiguousarray(both[:, words:])
    weigh_masks(sets.bits, sets.weight, first, second, covered, unknown)
    return covered[choice.ravel()], unknown[choice.ravel()]


def as_bits(mask: Mask) -> NDArray[np.uint64]:
    """Return rows of flags (bool (R, K)) as rows of words of 64 bits, at least one."""
    packed = np.packbits(mask, axis=1, bitorder="little")
    words = max(1, -(-packed.shape[1] // 8))
    padded = np.zeros((len(mask), 8 * words), dtype=np.uint8)
    padded[:, : packed.shape[1]] = packed
    return padded.view(np.uint64)


def weighted_quantile(values: NDArray[np.float64], weights: NDArray[np.float64], share: float) -> float | None:
    """Return the smallest value at or below which at least `share` (0 to 1) of the weight lies.

    `values` may be inf; the answer is `None` when it is, or when there is no weight.
    """
    total = weights.sum()
    if total <= 0:
        return None
    order = np.argsort(values, kind="stable")
    place = np.searchsorted(np.cumsum(weights[order]), share * total * (1 - 1e-12))
    value = float(values[order][min(place, len(order) - 1)])
    return value if np.isfinite(value) else None
