"""Lanes of villages and streets of township seats."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from data.make_sample import words
from data.make_sample.plane import Point, rounded
from data.make_sample.road import Road, road


@dataclass(frozen=True, slots=True)
class Village:
    """Lanes, the `mouths` where its main streets leave for the fields, and its outline; metres."""

    at: Point
    roads: tuple[Road, ...]
    mouths: tuple[Point, ...]
    outline: tuple[Point, ...]
    seat: bool = False


def build_village(at: Point, name: str, random: Random, *, size: float, seat: bool = False) -> Village:
    """Lay rows of houses on a street grid turned a little, the way villages of the plain lie.

    Main streets go through; lanes start and end where the houses do, some are foot paths.
    """
    turn = random.gauss(0.0, 0.05)
    column_m, row_m = (
        (random.uniform(105, 135), random.uniform(88, 110))
        if seat
        else (random.uniform(72, 105), random.uniform(52, 68))
    )
    columns = max(3, round(random.uniform(3.1, 4.6) * math.sqrt(size)))
    rows = max(3, round(random.uniform(3.3, 4.9) * math.sqrt(size)))
    xs = _positions(columns, column_m, random)
    ys = _positions(rows, row_m, random)
    frame = _Frame(at, turn)
    main_x, main_y = columns // 2, rows // 2
    roads = []
    for j in range(rows):
        roads += _row(frame, xs, ys[j], random, name, main=j == main_y, seat=seat, order=j)
    for i in range(columns):
        roads += _column(frame, xs[i], ys, random, name, main=i == main_x, seat=seat, order=i)
    half_x, half_y = (xs[1] - xs[0]) / 2, (ys[1] - ys[0]) / 2
    west, east, south, north = xs[0] - half_x, xs[-1] + half_x, ys[0] - half_y, ys[-1] + half_y
    mouths = ((west, ys[main_y]), (east, ys[main_y]), (xs[main_x], south), (xs[main_x], north))
    inset = [random.uniform(0.0, 40.0) for _ in range(4)]
    corners = (
        (west, south + inset[0]), (west + inset[0], south - 15), (east - inset[1], south - 15),
        (east, south + inset[1]), (east, north - inset[2]), (east - inset[2], north + 15),
        (west + inset[3], north + 15), (west, north - inset[3]),
    )  # fmt: skip
    return Village(at, tuple(roads), tuple(map(frame.at, mouths)), tuple(map(frame.at, corners)), seat)


@dataclass(frozen=True, slots=True)
class _Frame:
    """A village's own axes."""

    origin: Point
    turn: float

    def at(self, xy: tuple[float, float]) -> Point:
        x, y = xy
        c, s = math.cos(self.turn), math.sin(self.turn)
        return rounded((self.origin[0] + x * c - y * s, self.origin[1] + x * s + y * c))


def _positions(count: int, step_m: float, random: Random) -> list[float]:
    middle = (count - 1) / 2
    return [(k - middle) * step_m + random.uniform(-0.17, 0.17) * step_m for k in range(count)]


def _row(
    frame: _Frame, xs: list[float], y: float, random: Random, name: str, *, main: bool, seat: bool, order: int
) -> list[Road]:
    step = xs[1] - xs[0]
    if main:
        line = [(xs[0] - step / 2, y), *((x, y + random.gauss(0, 2.5)) for x in xs), (xs[-1] + step / 2, y)]
        return [_main_street([frame.at(xy) for xy in line], name, seat=seat, order=0)]
    stretches = []
    for first, last in _stretches(len(xs), random):
        start = xs[first] - (
            random.choice((0.0, 0.3, 0.45)) * step if first == 0 else random.choice((0, 0, 0.4)) * step
        )
        end = xs[last] + (random.choice((0.0, 0.3, 0.45)) * step if last == len(xs) - 1 else 0.0)
        middle = [(x, y + random.gauss(0, 3)) for x in xs[first : last + 1] if start + 5 < x < end - 5]
        line = [(start, y), *middle, (end, y)]
        stretches.append(_lane([frame.at(xy) for xy in line], random, seat=seat, order=order))
    return stretches


def _column(
    frame: _Frame, x: float, ys: list[float], random: Random, name: str, *, main: bool, seat: bool, order: int
) -> list[Road]:
    step = ys[1] - ys[0]
    if main:
        line = [(x, ys[0] - step / 2), *((x + random.gauss(0, 2.5), y) for y in ys), (x, ys[-1] + step / 2)]
        return [_main_street([frame.at(xy) for xy in line], name, seat=seat, order=1)]
    first = random.choice((0, 0, 0, 1))
    last = len(ys) - 1 - random.choice((0, 0, 0, 1))
    if last - first < 1:
        return []
    low = ys[first] - random.choice((0.0, 0.35)) * step
    high = ys[last] + random.choice((0.0, 0.35)) * step
    line = [(x, low), *((x + random.gauss(0, 3), y) for y in ys if low + 5 < y < high - 5), (x, high)]
    return [_lane([frame.at(xy) for xy in line], random, seat=seat, order=order)]


def _stretches(count: int, random: Random) -> list[tuple[int, int]]:
    """Return first and last column of the parts of a row; now and then a row is broken in two."""
    draw = random.random()
    if count > 3 and draw < 0.22:
        gap = random.randrange(1, count - 2)
        return [(0, gap), (gap + 1, count - 1)]
    if draw < 0.42:
        return [(1, count - 1)] if draw < 0.32 else [(0, count - 2)]
    return [(0, count - 1)]


def _main_street(points: list[Point], name: str, *, seat: bool, order: int) -> Road:
    if seat:
        return road(points, "tertiary", words.TOWN_STREETS[order], maxspeed="40")
    return road(points, "unclassified", f"{name}{('大街', '中心路')[order]}" if name else "")


def _lane(points: list[Point], random: Random, *, seat: bool, order: int) -> Road:
    if seat:
        return road(points, random.choice(("residential", "residential", "service")), words.TOWN_STREETS[2 + order % 6])
    draw = random.random()
    highway = "residential" if draw < 0.62 else "service" if draw < 0.82 else "footway" if draw < 0.93 else "path"
    return road(points, highway)
