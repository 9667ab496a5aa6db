"""An order of places in which neighbours come close to one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BITS = 16


def curve_order(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places in their order along a Z-shaped curve (G. M. Morton 1966); those of one cell stay in order.

    Parameters
    ----------
    x, y
        float64 (N,), metres. The square around them is divided into 2**`BITS` columns and rows.
    """
    along = np.zeros(len(x), dtype=np.uint64)
    if len(x):
        cell_m = max(np.ptp(x), np.ptp(y), 1.0) / ((1 << BITS) - 1)
        for axis, metres in enumerate((x, y)):
            cell = ((metres - metres.min()) / cell_m).astype(np.uint64)
            for bit in range(BITS):
                along |= (cell >> np.uint64(bit) & np.uint64(1)) << np.uint64(2 * bit + axis)
    return np.argsort(along, kind="stable")
