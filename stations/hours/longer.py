"""Longer hours: a text that is open whenever one opening-hours text is, and in chosen hours of the week too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from stations.hours.expression import DAY_MIN, WEEKDAYS, HoursExpression, Reading
from stations.hours.spans import HourState

ALWAYS = "24/7"
WEEK_MIN = 7 * DAY_MIN
_MONDAY = date(2024, 1, 1)
_DAYS = "|".join(WEEKDAYS)
_WEEKLY = re.compile(rf"(?:24/7|\b(?:{_DAYS}|PH)\b|\b\d\d:\d\d-\d\d:\d\d\b|\b(?:off|closed)\b|[,; -])*")
"""Texts that are the same every week, public holidays apart."""

Week = NDArray[np.bool_]
"""Which minutes of a week are open, bool (10080,), from Monday 00:00."""


def longer_hours(text: str, chosen: NDArray[np.bool_]) -> str:
    """Return opening hours (OSM syntax) that are open whenever `text` is, and in the `chosen` hours of every week.

    A weekly text comes back as one weekly text; to any other the chosen hours are added by a rule behind it. Whether a
    rule of `text` for single dates overrides that is for the timetable to tell.

    Parameters
    ----------
    chosen
        bool (168,), from Monday 00:00.

    Raises
    ------
    InputError
        `text` is not in the syntax of OSM opening hours.
    """
    more: Week = np.repeat(chosen, 60)
    if more.all():
        return ALWAYS
    expression = HoursExpression(text)
    holiday = _rules(_week_of(expression, holiday=True) | more) if expression.offsets else []
    rules = _rules(_week_of(expression) | more)
    of_weekdays = len(holiday) > 1 or (holiday and holiday[0][0].isalpha())
    if _WEEKLY.fullmatch(text) is None or (of_weekdays and holiday != rules):
        return ", ".join([text.strip(), *(rule if rule[0].isalpha() else f"Mo-Su {rule}" for rule in _rules(more))])
    if holiday and holiday != rules:
        rules.append(f"PH {'00:00-24:00' if holiday[0] == ALWAYS else holiday[0]}")
    return "; ".join(rules)


def _week_of(expression: HoursExpression, *, holiday: bool = False) -> Week:
    """Return the minutes of a week at which a text is open, of a week of holidays where it is asked for."""
    week: Week = np.zeros(2 * WEEK_MIN, dtype=bool)
    for weekday in range(7):
        day = date.fromordinal(_MONDAY.toordinal() + weekday)
        reading = Reading(weekday, expression.offsets if holiday else frozenset())
        for span in expression.spans_on(day, reading, sun=lambda _event, _day: 0):
            if span.state is HourState.OPEN:
                week[weekday * DAY_MIN + span.start : weekday * DAY_MIN + span.end] = True
    return week[:WEEK_MIN] | week[WEEK_MIN:]


def _rules(week: Week) -> list[str]:
    """Return the rules of a week, days with the same hours together."""
    if week.all():
        return [ALWAYS]
    of_day = [_times(week, weekday) for weekday in range(7)]
    if len(set(of_day)) == 1:
        return [of_day[0]]
    different = dict.fromkeys(filter(None, of_day))
    return [f"{_days([day for day in range(7) if of_day[day] == times])} {times}" for times in different]


def _times(week: Week, weekday: int) -> str:
    """Return the spans that start on a day, as text: one runs on into the next unless it is a day long or more."""
    spans = sorted((start, end) for day, start, end in _day_spans(week) if day == weekday)
    return ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _day_spans(week: Week) -> Iterator[tuple[int, int, int]]:
    """Yield the weekday of each span and its minutes; a stretch of a day or more is cut at every midnight."""
    for start, end in _runs(week):
        day, minute = divmod(start, DAY_MIN)
        last = minute + end - start
        if end - start < DAY_MIN:
            yield day, minute, last
        else:
            for ahead in range(-(-last // DAY_MIN)):
                first = minute if ahead == 0 else 0
                yield (day + ahead) % 7, first, min(DAY_MIN, last - ahead * DAY_MIN)


def _runs(week: Week) -> Iterator[tuple[int, int]]:
    """Yield where each open stretch starts and ends, the week taken as a circle that is somewhere shut."""
    shut = int(np.flatnonzero(~week)[0])
    turned = np.roll(week, -shut).astype(np.int8)
    change = np.diff(np.append(turned, 0))
    for start, end in zip(np.flatnonzero(change == 1) + 1, np.flatnonzero(change == -1) + 1, strict=True):
        first = (int(start) + shut) % WEEK_MIN
        yield first, first + int(end - start)


def _days(days: Sequence[int]) -> str:
    parts = []
    for _, run in groupby(enumerate(days), key=lambda one: one[1] - one[0]):
        along = [day for _, day in run]
        parts.append(WEEKDAYS[along[0]] if len(along) == 1 else f"{WEEKDAYS[along[0]]}-{WEEKDAYS[along[-1]]}")
    return ",".join(parts)


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}" if minute != DAY_MIN else "24:00"
