"""What lies inside one block of the town: alleys, a gated estate, open housing, a park, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from data.make_sample import words
from data.make_sample.plane import Point, distance_m, rounded, toward
from data.make_sample.road import Road, road

GATE_M = 26.0  # clear of both carriageways of the avenue, whose middle the block starts at
BOLLARD_M = 24.0
NIGHT_GATE_HOURS = "06:00-22:00"


@dataclass(frozen=True, slots=True)
class Block:
    """Four corners, counter-clockwise from the south-west; which sides have a street (south, east, north, west).

    `remoteness` is 0 in the centre and 1 at the edge of town; `split` tells that the railway runs through.
    """

    corners: tuple[Point, ...]
    streets: tuple[bool, ...]
    old: bool
    remoteness: float
    split: bool

    def at(self, u: float, v: float) -> Point:
        """Return the point at shares `u` (west to east) and `v` (south to north) of the block."""
        sw, se, ne, nw = self.corners
        weights = ((1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v)
        return rounded(
            [sum(w * corner[a] for w, corner in zip(weights, (sw, se, ne, nw), strict=True)) for a in (0, 1)]
        )

    @property
    def width_m(self) -> float:
        """West to east."""
        return distance_m(self.at(0, 0.5), self.at(1, 0.5))

    @property
    def height_m(self) -> float:
        """South to north."""
        return distance_m(self.at(0.5, 0), self.at(0.5, 1))


@dataclass(frozen=True, slots=True)
class Estate:
    """A gated estate: its gate on the street side, doors inside, its outline; metres. `gate_hours` is OSM syntax."""

    name: str
    gate: Point
    doors: tuple[Point, ...]
    outline: tuple[Point, ...]
    gate_hours: str


@dataclass(frozen=True, slots=True)
class Filling:
    """What a block was filled with."""

    roads: Sequence[Road] = ()
    gates: Mapping[Point, Mapping[str, str]] = field(default_factory=dict)
    estates: Sequence[Estate] = ()
    parks: Sequence[tuple[str, tuple[Point, ...]]] = ()


def fill_block(block: Block, random: Random, *, park_names: Sequence[str]) -> Filling:
    """Choose what the block holds and draw it."""
    draw = random.random()
    if block.split or not any(block.streets) or draw < 0.35 * block.remoteness:
        return Filling()
    if block.old:
        return _alleys(block, random) if draw < 0.75 else _open_housing(block, random)
    if all(block.streets) and park_names and draw > 0.95:
        return _park(block, park_names[0])
    if draw < 0.40 + 0.2 * block.remoteness and min(block.width_m, block.height_m) > 130:
        return _estate(block, random)
    return _open_housing(block, random) if draw < 0.88 else _alleys(block, random)


def _alleys(block: Block, random: Random) -> Filling:
    """Draw narrow lanes, most of them for feet only, some blind, some with a bollard at their mouth."""
    roads: list[Road] = []
    gates: dict[Point, Mapping[str, str]] = {}
    columns = max(2, round(block.width_m / 68))
    rows = max(2, round(block.height_m / 75))
    name = random.choice(words.ALLEY_HEADS)
    for k in range(1, columns):
        u = (k + random.uniform(-0.2, 0.2)) / columns
        start, end = random.choice(((0.0, 1.0), (0.0, 1.0), (0.0, 0.62), (0.38, 1.0)))
        line = [block.at(u, start), block.at(u + random.uniform(-0.03, 0.03), 0.5), block.at(u, end)]
        wide = k == columns // 2
        if wide and random.random() < 0.3:
            line.insert(1, toward(line[0], line[1], BOLLARD_M))
            gates[line[1]] = {"barrier": "bollard"}
        roads.append(road(line, "living_street" if wide else "footway", f"{name}巷" if wide else ""))
    for k in range(1, rows):
        v = (k + random.uniform(-0.2, 0.2)) / rows
        start, end = random.choice(((0.0, 1.0), (0.0, 0.7), (0.3, 1.0), (0.2, 0.8)))
        line = [block.at(start, v), block.at(0.5, v + random.uniform(-0.03, 0.03)), block.at(end, v)]
        roads.append(road(line, "footway" if k % 2 else "residential"))
    return Filling(roads, gates)


def _open_housing(block: Block, random: Random) -> Filling:
    """Draw a lane through the block and courts off it; free to use."""
    upright = random.random() < 0.5

    def at(u: float, v: float) -> Point:
        return block.at(u, v) if upright else block.at(v, u)

    depth = block.height_m if upright else block.width_m
    middle = random.uniform(0.35, 0.65)
    swing = random.uniform(-0.06, 0.06)
    lane = [at(middle, 0.0), at(middle + swing, 0.5), at(middle, 1.0 if random.random() < 0.7 else 0.8)]
    gates: dict[Point, Mapping[str, str]] = {}
    if random.random() < 0.12:
        lane.insert(1, toward(lane[0], lane[1], BOLLARD_M))
        gates[lane[1]] = {"barrier": "bollard"}
    roads = [road(lane, random.choice(("residential", "living_street", "service")))]
    courts = max(1, round(depth / 62)) - 1
    for k in range(1, courts + 1):
        v = k / (courts + 1) + random.uniform(-0.05, 0.05)
        reach = random.choice((0.0, 0.12, 0.2, 1.0, 0.85))
        if abs(reach - middle) > 0.1:
            kind = random.choice(("service", "service", "residential", "footway"))
            roads.append(road([at(middle, v), at(reach, v + random.uniform(-0.03, 0.03))], kind))
    return Filling(roads, gates)


def _estate(block: Block, random: Random) -> Filling:
    """Draw a walled estate: one gate, sometimes two, private lanes around and between the houses."""
    side = random.choice([k for k, street in enumerate(block.streets) if street])
    name = random.choice(words.ESTATE_HEADS) + random.choice(words.ESTATE_TAILS)
    gu, gv = random.uniform(0.2, 0.5), random.uniform(0.2, 0.5)
    m = 0.19
    inner = [block.at(m, m), block.at(1 - m, m), block.at(1 - m, 1 - m), block.at(m, 1 - m), block.at(m, m)]
    hours = NIGHT_GATE_HOURS if random.random() < 0.08 else ""
    private = {"access": "private"}
    roads = [road(inner, "service", **private)]
    gates: dict[Point, Mapping[str, str]] = {}
    first: Point | None = None
    for k in [side, (side + 2) % 4][: 2 if random.random() < 0.3 and block.streets[(side + 2) % 4] else 1]:
        street = block.at(*((gu, 0.0), (1.0, gv), (gu, 1.0), (0.0, gv))[k])
        inside = block.at(*((gu, m), (1 - m, gv), (gu, 1 - m), (m, gv))[k])
        gate = toward(street, inside, min(GATE_M, distance_m(street, inside) - 6.0))
        gates[gate] = {"barrier": "gate", "access": "private", **({"opening_hours": hours} if hours else {})}
        roads += [road([street, gate], "service"), road([gate, inside], "service", **private)]
        first = first or gate
    rungs = max(1, round(block.height_m / 62) - 1)
    for k in range(1, rungs + 1):
        v = m + (1 - 2 * m) * k / (rungs + 1)
        ends = random.choice(((m, 1 - m), (m, 1 - m), (m, 0.6), (0.4, 1 - m)))
        roads.append(road([block.at(ends[0], v), block.at(ends[1], v)], "service", **private))
    if random.random() < 0.5:
        roads.append(road([block.at(0.5, m), block.at(0.5, 1 - m)], "footway", **private))
    doors = tuple(block.at(u, v) for u, v in ((0.35, 0.35), (0.65, 0.4), (0.4, 0.65)))
    outline = tuple(block.at(u, v) for u, v in ((0.09, 0.09), (0.91, 0.09), (0.91, 0.91), (0.09, 0.91)))
    assert first is not None
    return Filling(roads, gates, [Estate(name, first, doors, outline, hours)])


def _park(block: Block, name: str) -> Filling:
    """Draw a park with paths for feet, closed to wheels."""
    outline = tuple(block.at(u, v) for u, v in ((0.07, 0.07), (0.93, 0.07), (0.93, 0.93), (0.07, 0.93)))
    loop = [block.at(*uv) for uv in ((0.25, 0.25), (0.75, 0.22), (0.8, 0.7), (0.5, 0.82), (0.22, 0.72), (0.25, 0.25))]
    paths = [
        road(loop, "footway"),
        road([block.at(0.0, 0.5), block.at(0.3, 0.5), block.at(0.52, 0.55), block.at(1.0, 0.5)], "footway"),
        road([block.at(0.5, 0.0), block.at(0.52, 0.55), block.at(0.5, 1.0)], "footway", bicycle="no"),
    ]
    return Filling(paths, parks=[(name, outline)])
