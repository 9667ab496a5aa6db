"""Boxes on paper, held against shapely."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from stations.maps.paper_room import Box, Room, line_boxes

boxes = st.builds(
    Box,
    x=st.floats(0, 60),
    y=st.floats(0, 60),
    width=st.floats(0.5, 30),
    height=st.floats(0.5, 10),
    turn=st.one_of(st.just(0.0), st.floats(-math.pi, math.pi)),
)


def polygon(box):
    upright = shapely.box(box.x - box.width / 2, box.y - box.height / 2, box.x + box.width / 2, box.y + box.height / 2)
    return shapely.affinity.rotate(upright, box.turn, origin=(box.x, box.y), use_radians=True)


@given(boxes, boxes)
def test_boxes_meet_where_their_polygons_share_ground(one, other):
    shared = polygon(one).intersection(polygon(other)).area

    if shared > 1e-3:
        assert one.meets(other)
        assert other.meets(one)
    if polygon(one).distance(polygon(other)) > 1e-6:
        assert not one.meets(other)


@given(st.lists(boxes, min_size=1, max_size=25), boxes)
def test_a_room_is_free_where_no_box_is_met(taken, wanted):
    room = Room(60, 60)
    room.take(taken)

    inside = shapely.box(0, 0, 60, 60).buffer(1e-6).covers(polygon(wanted))

    assert room.free((wanted,)) == (room.inside(wanted) and not any(wanted.meets(box) for box in taken))
    assert not room.free((wanted,)) or inside


def test_what_is_given_back_is_free_again():
    room, box = Room(20, 20), Box(10, 10, 4, 4)
    room.take((box, box))
    room.release((box,))

    assert not room.free((box,))
    room.release((box,))
    assert room.free((box,))


def test_edges_may_touch():
    assert not Box(0, 0, 4, 4).meets(Box(4, 0, 4, 4))
    assert Box(0, 0, 4, 4).meets(Box(3.9, 0, 4, 4))


def test_the_box_of_a_line_lies_along_it():
    # from (0, 0) to (3, 4) is 5 long, turned by atan(4/3)
    (box,) = line_boxes((0, 0), (3, 4), 0.2)

    assert (box.x, box.y, box.width, box.height) == (1.5, 2, 5, 0.2)
    assert box.turn == pytest.approx(math.atan2(4, 3))
