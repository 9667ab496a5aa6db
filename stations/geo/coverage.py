"""Coverage: how much demand is within a cutoff of a usable station. Costs come in; none is computed here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from stations.geo.kernels import UNREACHED


class CoverState(IntEnum):
    """State of one demand point."""

    GAP = 0
    COVERED = 1
    UNKNOWN = 2


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


def cover_demand(
    times_ms: NDArray[np.uint32],
    extra_ms: NDArray[np.int64],
    *,
    on_network: NDArray[np.bool_],
    sure: NDArray[np.bool_],
    perhaps: NDArray[np.bool_],
    cutoff_ms: int,
) -> Cover:
    """Return which demand is covered, a gap or unknown at an inclusive cutoff.

    Unknown is demand off the network, and demand that only a station of unknown state reaches in time.

    Parameters
    ----------
    times_ms
        uint32 (D, K), network time from demand to station, `UNREACHED` beyond the table.
    extra_ms
        int64 (K,), parking and the walk from the gate.
    on_network
        bool (D,).
    sure, perhaps
        bool (K,): stations that count, and stations of which it is not known whether they do.
    """
    soonest = _soonest_ms(times_ms, extra_ms, sure)
    maybe = _soonest_ms(times_ms, extra_ms, perhaps)
    state = np.full(len(soonest), CoverState.GAP, dtype=np.uint8)
    state[maybe <= cutoff_ms] = CoverState.UNKNOWN
    state[soonest <= cutoff_ms] = CoverState.COVERED
    state[~on_network] = CoverState.UNKNOWN
    return Cover(state, np.where(on_network, soonest / 1000, np.nan))


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


def _soonest_ms(
    times_ms: NDArray[np.uint32], extra_ms: NDArray[np.int64], mask: NDArray[np.bool_]
) -> NDArray[np.float64]:
    chosen = times_ms[:, mask]
    total = np.where(chosen == UNREACHED, np.inf, chosen + extra_ms[mask].astype(np.float64))
    return np.asarray(total.min(axis=1, initial=np.inf), dtype=np.float64)
