"""A road as it is drawn, before it meets the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.make_sample.plane import Point, rounded

Tags = Mapping[str, str]

RIVER = "river"
RAIL = "rail"
MOTORWAY = "motorway"
EVERYTHING = frozenset({RIVER, RAIL, MOTORWAY})


@dataclass(frozen=True, slots=True)
class Road:
    """A line with its OSM tags.

    `crosses` names what it may cross on a bridge or below; by anything else it is cut. `span_tags` are the tags of
    the stretch that crosses. A `lifted` road meets others at its ends only. An `alone` road is kept though it is
    joined to nothing.
    """

    points: tuple[Point, ...]
    tags: Tags
    crosses: frozenset[str] = frozenset()
    span_tags: Tags = field(default_factory=dict)
    lifted: bool = False
    alone: bool = False


def road(points: Sequence[Sequence[float]], highway: str, name: str = "", **tags: str) -> Road:
    """Return a road of the OSM class `highway`; an underscore in a key of `tags` stands for a colon."""
    named = {"name": name} if name else {}
    rest = {key.replace("_", ":"): value for key, value in tags.items()}
    return Road(tuple(rounded(point) for point in points), {"highway": highway, **named, **rest})
