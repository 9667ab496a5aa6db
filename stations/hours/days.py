"""The spans of a day when it is not certain what kind of day it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

from stations.hours.calendar import DayKind, Holidays
from stations.hours.expression import HoursExpression, Reading, SunMinute
from stations.hours.spans import HourState, Spans, agreed, combine


def day_spans(
    hours: HoursExpression,
    day: date,
    *,
    holidays: Holidays,
    makeup_weekday: int,
    follows_workdays: bool | None,
    sun: SunMinute,
) -> Spans:
    """Return the spans that start on `day`, unknown where the ways to read the day do not agree.

    A make-up workday takes the hours of `makeup_weekday` (0 = Monday) where the station follows them, those of its
    own weekday where it does not, and is read both ways where that is not known. A day that could be a holiday or a
    make-up workday is read as each of them; where they differ the state is `UNCONFIRMED`. A day is read as a school
    holiday and as none wherever the text names them, for no calendar of them is known.

    Returns
    -------
    Spans
        Minutes since the midnight that `day` begins with, 0 to 2880.
    """
    readings = list(
        dict.fromkeys(_readings(hours, day, holidays, makeup_weekday=makeup_weekday, follows_workdays=follows_workdays))
    )
    layers = [_read_school_both_ways(hours, day, reading, sun) for reading in readings]
    if len(layers) == 1:
        return layers[0]
    return combine(
        layers, agreed(HourState.UNCONFIRMED if _is_open_question(hours, day, holidays) else HourState.UNKNOWN)
    )


def _readings(
    hours: HoursExpression, day: date, holidays: Holidays, *, makeup_weekday: int, follows_workdays: bool | None
) -> Iterator[Reading]:
    own = day.weekday()
    as_makeup = {True: {makeup_weekday}, False: {own}, None: {own, makeup_weekday}}[follows_workdays]
    near = sorted(hours.offsets - {0})
    choices = [_may_be_off(day - timedelta(days=offset), holidays) for offset in near]
    for kind in sorted(holidays.possible(day)):
        for weekday in sorted(as_makeup) if kind is DayKind.MAKEUP else (own,):
            for off in product(*choices):
                held = {offset for offset, is_off in zip(near, off, strict=True) if is_off}
                if kind is DayKind.OFF and 0 in hours.offsets:
                    held.add(0)
                yield Reading(weekday, frozenset(held))


def _may_be_off(day: date, holidays: Holidays) -> tuple[bool, ...]:
    kinds = holidays.possible(day)
    return tuple(sorted({kind is DayKind.OFF for kind in kinds}))


def _read_school_both_ways(hours: HoursExpression, day: date, reading: Reading, sun: SunMinute) -> Spans:
    outside = hours.spans_on(day, reading, sun=sun)
    if not hours.school:
        return outside
    inside = hours.spans_on(day, Reading(reading.weekday, reading.holidays, school=True), sun=sun)
    return combine([outside, inside], agreed(HourState.UNKNOWN))


def _is_open_question(hours: HoursExpression, day: date, holidays: Holidays) -> bool:
    """Whether a notice that is not there would settle how `day` is to be read."""
    return any(len(holidays.possible(day - timedelta(days=offset))) > 1 for offset in hours.offsets | {0})
