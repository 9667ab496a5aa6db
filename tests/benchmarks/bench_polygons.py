"""Catchment polygons against shapely's buffer and union of the same street pieces, and how true they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from stations.geo.arcs import usable_streets
from stations.geo.catchment import REACH_M, StreetPieces, draw_polygon, reached_pieces
from stations.geo.drawing_kernels import clip_pieces
from stations.geo.roads import RoadNetwork
from stations.geo.table import TravelTable
from stations.geo.table_build import compute_table
from tests.benchmarks.networks import EBIKE, LIMIT_MS, STATIONS, network_of, random_seats, real_names
from tests.benchmarks.ratios import Figure, faster

EVERY = 10
"""The peer draws every tenth only; those are held against the truth, too."""


def polygons() -> Iterator[Figure]:
    """Time 160 polygons, and hold some against the true buffer."""
    for name in real_names():
        yield from _polygons_of(name)


def _polygons_of(name: str) -> Iterator[Figure]:
    network = network_of(name)
    seats = random_seats(network, STATIONS)
    *_, table = compute_table(network, EBIKE, seats, limit_ms=LIMIT_MS)
    assert isinstance(table, TravelTable)
    pieces = [_pieces(network, table, k) for k in range(STATIONS)]
    lines = [_lines(network, piece) for piece in pieces[::EVERY]]
    outcome = faster(
        lambda: [draw_polygon(network, EBIKE, piece) for piece in pieces],
        lambda: [_true_buffer(line) for line in lines],
        rounds=3,
        scale=EVERY,
    )
    yield Figure(f"160 polygons: shapely buffer + union ({len(lines)}, scaled)", name, outcome, ">= 25")
    outcome = faster(
        lambda: [draw_polygon(network, EBIKE, _pieces(network, table, k)) for k in range(STATIONS)],
        lambda: [_true_buffer(line) for line in lines],
        rounds=3,
        scale=EVERY,
    )
    yield Figure("… the pieces found from the table in our time only", name, outcome, ">= 25")
    shares = np.array([_shares(network, piece) for piece in pieces[::EVERY]])
    for column, (what, most) in enumerate(
        (
            ("reachable street outside", "<= 0.5 %"),
            ("unreachable street inside", "<= 3 %"),
            ("area off the true buffer", "<= 3 %"),
        )
    ):
        low, middle, high = np.percentile(shares[:, column], [0, 50, 100]) * 100
        yield Figure(f"polygon: {what} ({len(shares)})", name, f"{middle:.3f} % ({low:.3f}..{high:.3f})", most)


def _pieces(network: RoadNetwork, table: TravelTable, k: int) -> StreetPieces:
    none = np.zeros(STATIONS, dtype=np.int64)
    return reached_pieces(network, table, np.array([k]), none, cutoff_ms=LIMIT_MS)


def _lines(network: RoadNetwork, pieces: StreetPieces) -> np.ndarray:
    """Return pieces of street as lines, one each."""
    shapes = network.shape_offset, network.shape_x, network.shape_y
    segments, of_piece = [], []
    for number in range(len(pieces.street)):
        one = slice(number, number + 1)
        found = clip_pieces(pieces.street[one], pieces.start[one], pieces.end[one], *shapes)
        segments.append(np.vstack([found[:1, :2], found[:, 2:]]))
        of_piece.append(np.full(len(segments[-1]), number))
    return shapely.linestrings(np.vstack(segments), indices=np.concatenate(of_piece))


def _true_buffer(lines: np.ndarray) -> shapely.Geometry:
    return shapely.union_all(shapely.buffer(lines, REACH_M))


def _shares(network: RoadNetwork, pieces: StreetPieces) -> tuple[float, float, float]:
    """Return the shares of reachable street outside and of unreachable street inside, and of area off the buffer."""
    polygon, true = draw_polygon(network, EBIKE, pieces), _true_buffer(_lines(network, pieces))
    reached, missed = _both_sides(network, pieces, polygon.bounds)
    inside, wrongly = (
        _length_inside(_lines(network, reached), polygon),
        _length_inside(_lines(network, missed), polygon),
    )
    return 1 - inside[0] / inside[1], wrongly[0] / wrongly[1], abs(polygon.area / true.area - 1)


def _length_inside(lines: np.ndarray, polygon: shapely.Geometry) -> tuple[float, float]:
    shapely.prepare(polygon)
    whole, touched = shapely.contains_properly(polygon, lines), shapely.intersects(polygon, lines)
    cut = shapely.length(shapely.intersection(lines[touched & ~whole], polygon)).sum()
    return shapely.length(lines[whole]).sum() + cut, shapely.length(lines).sum()


def _both_sides(
    network: RoadNetwork, pieces: StreetPieces, bounds: tuple[float, ...]
) -> tuple[StreetPieces, StreetPieces]:
    """Return what is reached and what is not of the streets e-bikes may use that touch a box, nothing twice."""
    x, y = network.shape_x, network.shape_y
    first = network.shape_offset[:-1]
    near = (np.minimum.reduceat(x, first) <= bounds[2]) & (np.maximum.reduceat(x, first) >= bounds[0])
    near &= (np.minimum.reduceat(y, first) <= bounds[3]) & (np.maximum.reduceat(y, first) >= bounds[1])
    near &= usable_streets(network, EBIKE) & (network.length_m > 0)
    spans: dict[int, list[tuple[float, float]]] = {street: [] for street in np.flatnonzero(near).tolist()}
    for street, start, end in zip(pieces.street.tolist(), pieces.start.tolist(), pieces.end.tolist(), strict=True):
        if street in spans:
            spans[street].append((start, end))
    reached, missed = [], []
    for street, parts in spans.items():
        at = 0.0
        for start, end in sorted(parts):
            if start > at:
                missed.append((street, at, start))
            if end > max(at, start):
                reached.append((street, max(at, start), end))
            at = max(at, end)
        if at < 1.0:
            missed.append((street, at, 1.0))
    return _as_pieces(reached), _as_pieces(missed)


def _as_pieces(rows: list[tuple[int, float, float]]) -> StreetPieces:
    street, start, end = zip(*rows, strict=True)
    return StreetPieces(np.array(street, dtype=np.int32), np.array(start), np.array(end))
