"""Opening hours that no door can keep: times no clock shows, backwards, never, over a day long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from stations.errors import InputError, Problem
from stations.hours.expression import HoursExpression, Reading
from stations.services.list_checks.clock import DAY_MIN, clock, impossible_times, written_spans
from stations.services.list_checks.rows import Rows

_OSM_SPAN = re.compile(r"(?<![\d:])(\d{1,2}:\d\d)-(\d{1,2}:\d\d)(?![\d:])")
_RULE_END = re.compile(r";|\|\||, (?=[A-Z])")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LEAP_YEAR = date(2024, 1, 1)
_SUN_MIN = {"dawn": 5 * 60, "sunrise": 6 * 60, "sunset": 18 * 60, "dusk": 19 * 60}


class _Fault(NamedTuple):
    check: str
    wrong: str
    likely: str


def check_hours_possible(rows: Rows) -> tuple[Problem, ...]:
    """Find hours that no door can keep, in the words they came in, and where those are right in the hours themselves.

    One problem a row and column. A span over midnight is taken for meant unless it is longer than 14 hours and ends
    by day.
    """
    found = []
    for index, row in enumerate(rows.listed):
        station = row.station
        texts = (
            ("hours_text", station.hours_text),
            ("hours", station.hours),
            ("entrance_hours", station.entrance_hours),
        )
        faults = {column: _fault(text, column != "hours_text") for column, text in texts if text}
        if faults.get("hours_text"):
            faults.pop("hours", None)  # the same mistake, read from those words
        found += [
            rows.problem(fault.check, index, column, dict(texts)[column], wrong=fault.wrong, likely=fault.likely)
            for column, fault in faults.items()
            if fault
        ]
    return tuple(found)


@lru_cache(maxsize=4096)
def _fault(text: str, osm: bool) -> _Fault | None:
    """Return the first thing that is wrong with hours in OSM syntax or in prose."""
    return next(_osm_faults(text) if osm else _prose_faults(text), None)


def _prose_faults(text: str) -> Iterator[_Fault]:
    yield from (_Fault("hours_clock", time, "") for time in impossible_times(text))
    for span in written_spans(text):
        if span.empty:
            yield _Fault("hours_empty", span.text, "")
        elif span.backwards:
            yield _Fault("hours_backwards", span.text, span.likely)
        elif span.length_min > DAY_MIN:
            yield _Fault("hours_long", span.text, f"{clock(span.start_min)}-{clock(span.end_min)}")


def _osm_faults(text: str) -> Iterator[_Fault]:
    for rule in _RULE_END.split(text):
        spans = [span for found in _OSM_SPAN.finditer(rule) for span in written_spans(found[0])]
        yield from (_Fault("hours_empty", span.text, "") for span in spans if span.empty)
        yield from (_Fault("hours_backwards", span.text, span.likely) for span in spans if span.backwards)
        if sum(span.length_min for span in spans) > DAY_MIN:
            yield _Fault("hours_long", ",".join(span.text for span in spans), "24/7")
    if _never_open(text):
        yield _Fault("hours_never", text, "")


def _never_open(text: str) -> bool:
    """Whether a door is closed on every day of a year, holiday or not; unknown, so false, where years are named."""
    if _YEAR.search(text):
        return False
    try:
        hours = HoursExpression(text)
    except InputError:
        return False  # told by who reads it
    for day in (_LEAP_YEAR + timedelta(days=number) for number in range(366)):
        for reading in (Reading(day.weekday()), Reading(day.weekday(), hours.offsets, school=True)):
            if hours.spans_on(day, reading, sun=lambda event, _day: _SUN_MIN[event]):
                return False
    return True
