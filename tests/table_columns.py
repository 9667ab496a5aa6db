"""The columns of a table, there and back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from stations.geo.search import Reached
from stations.geo.table import TravelTable


def both_columns(table: TravelTable) -> list[tuple[Reached, Reached]]:
    """Return the columns there and back of every station of a table; the way back is kept by node alone."""
    node = np.repeat(np.arange(len(table.back.offset) - 1, dtype=np.int32), np.diff(table.back.offset))
    order = np.argsort(table.back.station, kind="stable")
    count = len(table.seats.street)
    ends = np.searchsorted(table.back.station[order], np.arange(count + 1))
    parts = [order[a:b] for a, b in pairwise(ends)]
    no_street = np.empty(0, dtype=np.int32)
    return [
        (table.columns.column(k), Reached(node[part], np.asarray(table.back.ms)[part], no_street))
        for k, part in enumerate(parts)
    ]
