from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stations.hours.spans import HourState, Span, Spans, agreed, both, combine, either, join

STATES = st.sampled_from(list(HourState))
MINUTES = 12


def as_layer(states: list[HourState]) -> Spans:
    return join(Span(minute, minute + 1, state) for minute, state in enumerate(states))


def as_states(layer: Spans) -> list[HourState]:
    states = [HourState.CLOSED] * MINUTES
    for span in layer:
        states[span.start : span.end] = [span.state] * (span.end - span.start)
    return states


@given(st.lists(st.lists(STATES, min_size=MINUTES, max_size=MINUTES), min_size=1, max_size=4))
def test_combining_layers_is_combining_the_states_of_every_minute(layers):
    for rule in (either, both, agreed(HourState.UNKNOWN)):
        combined = combine([as_layer(layer) for layer in layers], rule)

        assert as_states(combined) == [rule(minute) for minute in zip(*layers, strict=True)]
        assert all(one.end < two.start or one.state != two.state for one, two in pairwise(combined))


def test_open_wins_beside_unknown_and_closed_wins_behind_a_gate():
    assert either([HourState.CLOSED, HourState.UNKNOWN, HourState.OPEN]) is HourState.OPEN
    assert both([HourState.CLOSED, HourState.UNKNOWN]) is HourState.CLOSED
    assert both([HourState.OPEN, HourState.UNKNOWN]) is HourState.UNKNOWN
    assert both([HourState.UNKNOWN, HourState.UNCONFIRMED]) is HourState.UNCONFIRMED
