"""Stretches of time with a state, and how several layers of them become one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple


class HourState(IntEnum):
    """Whether a door is open; the numbers are those in the arrays of `Timetable.states`.

    `UNCONFIRMED` is unknown for one reason: the day could be a holiday or a make-up workday and no notice tells.
    """

    CLOSED = 0
    OPEN = 1
    UNKNOWN = 2
    UNCONFIRMED = 3


class Span(NamedTuple):
    """A stretch that is not closed, `start` included and `end` excluded.

    The unit is the layer's: minutes since the midnight a day begins with (up to 2880, for what starts on a day may
    run into the next), or whole seconds since 1970 (UTC).
    """

    start: int
    end: int
    state: HourState


Spans = tuple[Span, ...]
"""A layer: spans in order that do not overlap; what lies between them is closed."""

Rule = Callable[[Sequence[HourState]], HourState]


def combine(layers: Sequence[Spans], rule: Rule) -> Spans:
    """Return the one layer that `rule` makes of several, at every instant from the states of all of them.

    Neighbours of equal state are joined. `rule` is not asked before the first span of all layers and after the last.
    """
    marks = sorted({mark for layer in layers for span in layer for mark in (span.start, span.end)})
    cursors = [0] * len(layers)
    pieces: list[Span] = []
    for start, end in pairwise(marks):
        states = []
        for number, layer in enumerate(layers):
            while cursors[number] < len(layer) and layer[cursors[number]].end <= start:
                cursors[number] += 1
            inside = cursors[number] < len(layer) and layer[cursors[number]].start <= start
            states.append(layer[cursors[number]].state if inside else HourState.CLOSED)
        pieces.append(Span(start, end, rule(states)))
    return join(pieces)


def join(pieces: Iterable[Span]) -> Spans:
    """Return `pieces` (in order, not overlapping) without the closed ones, touching equal neighbours made one."""
    joined: list[Span] = []
    for piece in pieces:
        if piece.state is HourState.CLOSED:
            continue
        if joined and joined[-1].end == piece.start and joined[-1].state is piece.state:
            piece = Span(joined.pop().start, piece.end, piece.state)
        joined.append(piece)
    return tuple(joined)


def either(states: Sequence[HourState]) -> HourState:
    """Return open where any layer is open, unknown where none is open and one may be."""
    return HourState.OPEN if HourState.OPEN in states else max(states)


def both(states: Sequence[HourState]) -> HourState:
    """Return closed where any layer is closed, unknown where none is closed and one may be."""
    return HourState.CLOSED if HourState.CLOSED in states else max(states)


def agreed(otherwise: HourState) -> Rule:
    """Return the rule of several readings of one text: what they agree on, `otherwise` where they do not."""
    return lambda states: states[0] if len(set(states)) == 1 else otherwise
