"""Straight lines: the great circle from a place to every station."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the WGS 84 ellipsoid."""

_RUN = 8
"""Places in a box of the lowest level."""
_NOBODY = -1


def straight_line_m(lon: float, lat: float, to_lon: ArrayLike, to_lat: ArrayLike) -> NDArray[np.float64]:
    """Return the great-circle metres from one place to many (WGS 84 degrees), shape (K,).

    The haversine formula on the mean sphere; within 0.6 % of the geodesic. A lower bound of travel in all but name:
    it is never called travel distance.
    """
    to = np.asarray(to_lon, dtype=np.float64), np.asarray(to_lat, dtype=np.float64)
    metres = np.empty(to[0].shape)
    _haversine(float(lon), float(lat), to[0].ravel(), to[1].ravel(), metres.ravel())
    return metres


@njit(cache=True)
def _haversine(
    lon: float, lat: float, to_lon: NDArray[np.float64], to_lat: NDArray[np.float64], metres: NDArray[np.float64]
) -> None:
    phi = math.radians(lat)
    for k in range(to_lon.shape[0]):
        other = math.radians(to_lat[k])
        half_chord = (
            math.sin((other - phi) / 2) ** 2
            + math.cos(phi) * math.cos(other) * math.sin((math.radians(to_lon[k]) - math.radians(lon)) / 2) ** 2
        )
        metres[k] = 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(max(half_chord, 0.0), 1.0)))


class StraightLineIndex:
    """Many places, to be asked which are nearest to another by great circle.

    Places are points of the unit sphere in space: a shorter chord is a shorter great circle, at the date line and the
    poles too. They stand in the order of the leaves of a k-d tree (J. L. Bentley 1975, `scipy.spatial.cKDTree`), so
    that neighbours lie close together in memory, with boxes around every few of them, around every two of those
    boxes, and so on. The search goes down that tree of boxes, compiled: to scipy's own one place costs ten times as
    much to be asked for as to be found.

    Parameters
    ----------
    lon, lat
        WGS 84 degrees, shape (K,).

    Raises
    ------
    ValueError
        A coordinate, here or in a question, is not a number.
    """

    def __init__(self, lon: ArrayLike, lat: ArrayLike) -> None:
        points = _vectors(lon, lat)
        self._number = np.asarray(cKDTree(points).indices, dtype=np.int64)
        self._points = points[self._number]
        self._boxes, self._begin = _boxes_around(self._points)
        self._any = np.ones(len(points), dtype=np.bool_)

    def nearest(self, lon: ArrayLike, lat: ArrayLike, k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the `k` places nearest to each of Q others, nearest first, equal distances by number.

        Parameters
        ----------
        lon, lat
            WGS 84 degrees, shape (Q,).

        Returns
        -------
        number
            int64 (Q, min(k, K)).
        metres
            float64, by great circle on the mean sphere, shape as `number`.
        """
        return self._search(lon, lat, k, self._any)

    def nearest_of(self, allowed: NDArray[np.bool_], lon: float, lat: float, k: int) -> NDArray[np.int64]:
        """Return the numbers of the `allowed` places nearest to one other, nearest first, as many as `k`.

        `allowed` is bool (K,); `lon` and `lat` are WGS 84 degrees. Equal distances go by number.
        """
        number = self._search(lon, lat, k, allowed)[0][0]
        found: NDArray[np.int64] = number[number != _NOBODY]
        return found

    def _search(
        self, lon: ArrayLike, lat: ArrayLike, k: int, allowed: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        origins = _vectors(lon, lat)
        shape = len(origins), min(k, len(self._number))
        number, metres = np.empty(shape, dtype=np.int64), np.empty(shape)
        if number.size:
            _search(origins, self._points, self._number, self._boxes, self._begin, allowed, number, metres)
        return number, metres


def _vectors(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
    return _unit_vectors(np.array(lon, dtype=np.float64, ndmin=1), np.array(lat, dtype=np.float64, ndmin=1))


def _boxes_around(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return boxes as a heap, least corner and greatest, and where the run of points of each lowest box begins.

    float64 (2 L, 6) and int64 (L + 1,): box b holds the boxes 2 b and 2 b + 1, box L + i the i-th run of points. Runs
    are of equal size, so that boxes halve the points where the k-d tree does.
    """
    if not len(points):
        return np.zeros((2, 6)), np.zeros(2, dtype=np.int64)
    size = 1 << max(len(points) // _RUN, 1).bit_length() - 1
    begin = np.arange(size + 1) * len(points) // size
    boxes = np.empty((2 * size, 6))
    boxes[size:, :3] = np.minimum.reduceat(points, begin[:-1])
    boxes[size:, 3:] = np.maximum.reduceat(points, begin[:-1])
    while size > 1:
        pairs, size = boxes[size : 2 * size].reshape(size // 2, 2, 6), size // 2
        boxes[size : 2 * size, :3] = pairs[:, :, :3].min(axis=1)
        boxes[size : 2 * size, 3:] = pairs[:, :, 3:].max(axis=1)
    return boxes, begin


@njit(cache=True, nogil=True)
def _unit_vectors(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points of the unit sphere at WGS 84 degrees taken as spherical ones; shape (K, 3)."""
    points = np.empty((lon.shape[0], 3))
    for i in range(lon.shape[0]):
        along, up = math.radians(lon[i]), math.radians(lat[i])
        points[i, 0] = math.cos(up) * math.cos(along)
        points[i, 1] = math.cos(up) * math.sin(along)
        points[i, 2] = math.sin(up)
    return points


@njit(cache=True, nogil=True)
def _search(
    origins: NDArray[np.float64],
    points: NDArray[np.float64],
    number_of: NDArray[np.int64],
    boxes: NDArray[np.float64],
    begin: NDArray[np.int64],
    allowed: NDArray[np.bool_],
    number: NDArray[np.int64],
    metres: NDArray[np.float64],
) -> None:
    """Write the nearest allowed ones of `points` to every origin, as many as a row has room for, then `_NOBODY`."""
    lowest, room = boxes.shape[0] // 2, number.shape[1]
    waiting, gaps = np.empty(64, dtype=np.int64), np.empty(64)  # one box of each level at most, and one more
    best, square = np.empty(room, dtype=np.int64), np.empty(room)
    for q in range(origins.shape[0]):
        x, y, z = origins[q]
        if math.isnan(x):
            raise ValueError("lon and lat must be numbers")
        best[:], square[:] = _NOBODY, np.inf
        depth, waiting[0], gaps[0] = 1, 1, 0.0
        while depth:
            depth -= 1
            box = waiting[depth]
            if gaps[depth] > square[room - 1]:  # not where it is equal: a smaller number may be in it
                continue
            if box < lowest:
                near, far = 2 * box, 2 * box + 1
                near_gap, far_gap = _square_to_box(x, y, z, boxes, near), _square_to_box(x, y, z, boxes, far)
                if far_gap < near_gap:
                    near, far, near_gap, far_gap = far, near, far_gap, near_gap
                waiting[depth], gaps[depth] = far, far_gap
                waiting[depth + 1], gaps[depth + 1] = near, near_gap
                depth += 2
                continue
            for i in range(begin[box - lowest], begin[box - lowest + 1]):
                gap = (points[i, 0] - x) ** 2 + (points[i, 1] - y) ** 2 + (points[i, 2] - z) ** 2
                if gap <= square[room - 1] and allowed[number_of[i]]:
                    _take(number_of[i], gap, best, square)
        for i in range(room):
            number[q, i] = best[i]
            metres[q, i] = 2 * EARTH_RADIUS_M * math.asin(min(math.sqrt(square[i]) / 2, 1.0))


@njit(cache=True, nogil=True)
def _square_to_box(x: float, y: float, z: float, boxes: NDArray[np.float64], box: int) -> float:
    """Return the square of the distance to a box, rounded as that to a point in it, so never above it."""
    gap_x = max(boxes[box, 0] - x, x - boxes[box, 3], 0.0)
    gap_y = max(boxes[box, 1] - y, y - boxes[box, 4], 0.0)
    gap_z = max(boxes[box, 2] - z, z - boxes[box, 5], 0.0)
    return float(gap_x * gap_x + gap_y * gap_y + gap_z * gap_z)


@njit(cache=True, nogil=True)
def _take(candidate: int, gap: float, best: NDArray[np.int64], square: NDArray[np.float64]) -> None:
    """Put a candidate into its place among the best, by distance and then by number; the last one drops out."""
    place = len(best)
    while place and (gap < square[place - 1] or (gap == square[place - 1] and candidate < best[place - 1])):
        place -= 1
        if place + 1 < len(best):
            best[place + 1], square[place + 1] = best[place], square[place]
    if place < len(best):
        best[place], square[place] = candidate, gap
