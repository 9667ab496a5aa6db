"""Rows of weighted demand, and which options cover which of them: what every question of siting is asked of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NOBODY = -1
ENOUGH = 1 - 1e-12
"""What reaches this share of a floor or target reaches it: sums differ by rounding."""


class CoverRows(NamedTuple):
    """R rows of weight and which of C options cover them; F floors that the covered rows have to reach.

    Compiled loops take it as it is.

    Attributes
    ----------
    offset, row
        int64 (C + 1,) and int32: option c covers ``row[offset[c]:offset[c + 1]]``, rising.
    weight
        float64 (R,), what covering a row is worth.
    cost
        float64 (C,), above zero, in the unit of the budget.
    floor, part
        int32 and float64 (R,): the number of the floor that a row counts for (`NOBODY`: none), and by how much.
    need
        float64 (F,), above zero: the sum of `part` that has to be covered for each floor.
    """

    offset: NDArray[np.int64]
    row: NDArray[np.int32]
    weight: NDArray[np.float64]
    cost: NDArray[np.float64]
    floor: NDArray[np.int32]
    part: NDArray[np.float64]
    need: NDArray[np.float64]

    def covered_by(self, option: int) -> NDArray[np.int32]:
        """Return the rows of one option."""
        return self.row[self.offset[option] : self.offset[option + 1]]

    def covered(self, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which rows any of the options `chosen` (their numbers) covers, bool (R,)."""
        covered = np.zeros(len(self.weight), dtype=bool)
        for option in chosen.tolist():
            covered[self.covered_by(option)] = True
        return covered

    def value(self, chosen: NDArray[np.int64]) -> float:
        """Return the weight of the rows that any of the options `chosen` covers."""
        return float(self.weight[self.covered(chosen)].sum())

    def reached(self, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what the options `chosen` reach of every floor, float64 (F,)."""
        counted = self.covered(chosen) & (self.floor != NOBODY)
        reached = np.zeros(len(self.need))
        np.add.at(reached, self.floor[counted], self.part[counted])
        return reached

    def holds(self, chosen: NDArray[np.int64]) -> bool:
        """Return whether the options `chosen` reach every floor."""
        return bool((self.reached(chosen) >= self.need * ENOUGH).all())


class Block(NamedTuple):
    """Some rows, those that the same options cover merged: packed bits (R, C / 8), weight, floor and part (R,)."""

    bits: NDArray[np.uint8]
    weight: NDArray[np.float64]
    floor: NDArray[np.int32]
    part: NDArray[np.float64]


def cover_rows(
    covers: NDArray[np.bool_], weight: NDArray[np.float64], *, cost: NDArray[np.float64] | None = None
) -> CoverRows:
    """Return the rows of a matrix, those that the same options cover merged into one; every option costs 1 by default.

    Parameters
    ----------
    covers
        bool (R, C).
    weight
        float64 (R,); rows without weight, or that nothing covers, are left out.
    """
    return join_blocks([cover_block(covers, weight)], np.ones(covers.shape[1]) if cost is None else cost)


def cover_block(
    covers: NDArray[np.bool_],
    weight: NDArray[np.float64],
    *,
    floor: NDArray[np.int32] | None = None,
    part: NDArray[np.float64] | None = None,
) -> Block:
    """Return the rows of a matrix as a block; rows without weight and part, or that nothing covers, are left out."""
    floor = np.full(len(weight), NOBODY, dtype=np.int32) if floor is None else floor
    part = np.zeros(len(weight)) if part is None else part
    useful = ((weight > 0) | ((floor != NOBODY) & (part > 0))) & covers.any(axis=1)
    return _merged(Block(np.packbits(covers[useful], axis=1), weight[useful], floor[useful], part[useful]))


def join_blocks(
    blocks: Sequence[Block], cost: NDArray[np.float64], *, need: NDArray[np.float64] | None = None
) -> CoverRows:
    """Return the rows of all blocks, merged; they have the same options, as many as `cost`, and the same floors."""
    together = Block(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))
    merged = _merged(together) if len(blocks) > 1 else together
    rows_of = [
        np.flatnonzero(merged.bits[:, option // 8] & (128 >> option % 8)).astype(np.int32)
        for option in range(len(cost))
    ]
    return CoverRows(
        offset=np.cumsum([0, *map(len, rows_of)], dtype=np.int64),
        row=np.concatenate([np.empty(0, dtype=np.int32), *rows_of]),
        weight=merged.weight,
        cost=np.ascontiguousarray(cost, dtype=np.float64),
        floor=merged.floor,
        part=merged.part,
        need=np.empty(0) if need is None else need,
    )


def _merged(block: Block) -> Block:
    """Return a block in which no two rows of one floor are covered by the same options."""
    if not block.bits.size:
        return block
    key = np.hstack([block.bits, block.floor.astype(np.int32).view(np.uint8).reshape(-1, 4)])
    alike = np.ascontiguousarray(key).view(np.dtype((np.void, key.shape[1]))).ravel()
    _, first, group = np.unique(alike, return_index=True, return_inverse=True)
    weight, part = np.zeros(len(first)), np.zeros(len(first))
    np.add.at(weight, group, block.weight)
    np.add.at(part, group, block.part)
    return Block(block.bits[first], weight, block.floor[first], part)


def saving_blocks(
    seconds: NDArray[np.float64], now: NDArray[np.float64], hours: NDArray[np.float64], weight: NDArray[np.float64]
) -> Iterator[Block]:
    """Yield the rows of time saved: their covered weight is what options save of the weighted seconds of `now`.

    The row between two travel times of a point is covered by every option at least as near as the nearer one.

    Parameters
    ----------
    seconds
        float64 (D, C) from each demand point to each option, inf where it is not reached.
    now
        float64 (J, D), finite: the seconds without any option, at J kinds of hours.
    hours
        float64 (J,), how many there are of each kind.

    Source: G. Cornuejols, G. L. Nemhauser, L. A. Wolsey, A canonical representation of simple plant location problems
    and its applications, 1980.
    """
    for point in range(now.shape[1]):
        levels = now[:, point]
        near = seconds[point][seconds[point] < levels.max()]
        if len(near) and weight[point]:
            steps = np.unique(np.concatenate([near, levels]))
            steps = steps[np.searchsorted(steps, near.min()) :]  # before the nearest option nothing is saved
            still = (levels[:, None] >= steps[1:]).T @ hours  # the hours at which the way is as long as that now
            bits = np.packbits(seconds[point] <= steps[:-1, None], axis=1)
            count = len(bits)
            yield Block(bits, np.diff(steps) * still * weight[point], np.full(count, NOBODY, np.int32), np.zeros(count))
