"""Room on paper: boxes that are taken, and whether another one still fits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

CELL_MM = 8.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on paper about (`x`, `y`), `width` by `height` millimetres, turned clockwise by `turn` radians."""

    x: float
    y: float
    width: float
    height: float
    turn: float = 0.0

    def reach(self) -> tuple[float, float]:
        """Return half the width and height of the upright rectangle about it."""
        if self.turn == 0.0:
            return self.width / 2, self.height / 2
        cos, sin = abs(math.cos(self.turn)), abs(math.sin(self.turn))
        return (self.width * cos + self.height * sin) / 2, (self.width * sin + self.height * cos) / 2

    def grown(self, by_mm: float) -> Box:
        """Return the box with a margin all round."""
        return Box(self.x, self.y, self.width + 2 * by_mm, self.height + 2 * by_mm, self.turn)

    def meets(self, other: Box) -> bool:
        """Whether two boxes share more than an edge (separating axes, Gottschalk et al. 1996)."""
        return not (self.turn == 0.0 and other.turn == 0.0 and _apart_upright(self, other)) and not any(
            _apart_along(self, other, angle) for box in (self, other) for angle in (box.turn, box.turn + math.pi / 2)
        )


def _apart_upright(a: Box, b: Box) -> bool:
    return abs(a.x - b.x) * 2 >= a.width + b.width or abs(a.y - b.y) * 2 >= a.height + b.height


def _apart_along(a: Box, b: Box, angle: float) -> bool:
    cos, sin = math.cos(angle), math.sin(angle)
    distance = abs((b.x - a.x) * cos + (b.y - a.y) * sin)
    return distance >= _half_along(a, angle) + _half_along(b, angle) - 1e-9


def _half_along(box: Box, angle: float) -> float:
    between = box.turn - angle
    return (abs(box.width * math.cos(between)) + abs(box.height * math.sin(between))) / 2


class Room:
    """The inside of a frame, `width` by `height` millimetres, on which boxes are taken one after another."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._cells: dict[tuple[int, int], list[tuple[Box, float, float]]] = {}

    def inside(self, box: Box) -> bool:
        """Whether a box lies in the frame as a whole."""
        across, down = box.reach()
        return across <= box.x <= self.width - across and down <= box.y <= self.height - down

    def free(self, boxes: Iterable[Box]) -> bool:
        """Whether all of `boxes` lie in the frame and meet none that is taken."""
        return all(self.inside(box) and not self._met(box) for box in boxes)

    def take(self, boxes: Iterable[Box]) -> None:
        """Take `boxes`, whatever is there."""
        for box in boxes:
            across, down = box.reach()
            for cell in _cells(box, across, down):
                self._cells.setdefault(cell, []).append((box, across, down))

    def release(self, boxes: Iterable[Box]) -> None:
        """Give back `boxes` that were taken."""
        for box in boxes:
            across, down = box.reach()
            for cell in _cells(box, across, down):
                self._cells[cell].remove((box, across, down))

    def _met(self, box: Box) -> bool:
        across, down = box.reach()
        for cell in _cells(box, across, down):
            for other, other_across, other_down in self._cells.get(cell, ()):
                if abs(other.x - box.x) >= across + other_across or abs(other.y - box.y) >= down + other_down:
                    continue
                if (box.turn == 0.0 and other.turn == 0.0) or box.meets(other):
                    return True
        return False


def _cells(box: Box, across: float, down: float) -> Iterable[tuple[int, int]]:
    return product(
        range(int((box.x - across) // CELL_MM), int((box.x + across) // CELL_MM) + 1),
        range(int((box.y - down) // CELL_MM), int((box.y + down) // CELL_MM) + 1),
    )


def line_boxes(start: tuple[float, float], end: tuple[float, float], width: float) -> Sequence[Box]:
    """Return the box of a straight line between two points."""
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    turn = math.atan2(end[1] - start[1], end[0] - start[0])
    return (Box((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, length, width, turn),)
