from __future__ import annotations

import numpy as np
import pytest

from stations.geo.line_noding import node_lines


def noded(*lines, level=None):
    sizes = [len(line) for line in lines]
    x, y = (np.array([place[axis] for line in lines for place in line], dtype=np.float64) for axis in (0, 1))
    offset = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    result = node_lines(x, y, offset, level=np.array(level or [0] * len(lines), dtype=np.int64))
    return [
        [(float(result.node_x[n]), float(result.node_y[n])) for n in result.line_nodes[start:stop]]
        for start, stop in zip(result.offset[:-1], result.offset[1:], strict=True)
    ], [
        result.line_nodes[start:stop].tolist()
        for start, stop in zip(result.offset[:-1], result.offset[1:], strict=True)
    ]


def shared(one, other):
    return len(set(one) & set(other))


def test_lines_that_cross_meet_in_a_new_point():
    places, nodes = noded([(0, 0), (100, 0)], [(50, -50), (50, 50)])

    assert shared(*nodes) == 1
    assert places[0] == [(0, 0), (50, 0), (100, 0)]


def test_lines_on_different_levels_pass_each_other():
    _, nodes = noded([(0, 0), (100, 0)], [(50, -50), (50, 50)], level=[0, 1])

    assert shared(*nodes) == 0


@pytest.mark.parametrize(("gap_m", "meet"), [(0.0, 1), (0.4, 1), (0.6, 0)])
def test_ends_meet_within_half_a_metre(gap_m, meet):
    _, nodes = noded([(0, 0), (100, 0)], [(100 + gap_m, 0), (200, 0)])

    assert shared(*nodes) == meet


@pytest.mark.parametrize(("gap_m", "meet"), [(0.0, 1), (0.4, 1), (0.6, 0)])
def test_an_end_on_the_inside_of_a_line_cuts_it(gap_m, meet):
    _, nodes = noded([(0, 0), (100, 0)], [(50, gap_m), (50, 80)])

    assert shared(*nodes) == meet
    assert len(set(nodes[0])) == 2 + meet


def test_an_end_close_to_a_corner_takes_the_corner():
    _, nodes = noded([(0, 0), (50, 0), (50, 100)], [(50.2, -0.2), (90, -40)])

    assert shared(*nodes) == 1


def test_a_ramp_meets_the_bridge_it_ends_on_whatever_the_levels():
    _, nodes = noded([(0, 0), (100, 0)], [(50, 0), (50, 80)], level=[1, 0])

    assert shared(*nodes) == 1


def test_a_shared_corner_is_a_junction():
    _, nodes = noded([(0, 0), (50, 0), (100, 0)], [(50, -50), (50, 0), (50, 50)], level=[0, 1])

    assert shared(*nodes) == 1


def test_lines_that_run_over_each_other_share_all_of_it():
    _, nodes = noded([(0, 0), (100, 0)], [(30, 0), (70, 0), (70, 50)])

    assert len(nodes[0]) - len({*nodes[0]} - {*nodes[1]}) >= 2
    assert shared(*nodes) == 2


def test_a_closed_line_closes():
    _, nodes = noded([(0, 0), (100, 0), (100, 100), (0, 0)])

    assert nodes[0][0] == nodes[0][-1]


def test_no_lines_are_no_nodes():
    places, nodes = noded()

    assert places == nodes == []
