"""Opening hours in words: OSM syntax to short Chinese or English prose."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import groupby

from stations.hours.expression import DAY_MIN, HoursExpression, Reading
from stations.hours.spans import HourState, Span, Spans
from stations.texts import say

_MONDAY = date(2024, 1, 1)
_SIMPLE = re.compile(
    r"(?:24/7|\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)\b|\d{1,2}:\d\d-\d{1,2}:\d\d|\b(?:off|closed|open)\b|[;, -])*"
)
_WHOLE_DAY: Spans = (Span(0, DAY_MIN, HourState.OPEN),)


def describe_hours(expression: str | None, lang: str) -> str:
    """Return `expression` in words of `lang`, e.g. ``周一至周五 08:30–17:30，节假日休息``.

    Weekly hours, split or past midnight, with or without other hours on public holidays, are put into words. What is
    more complex (seasons, dates, weeks, sun, comments, school holidays) comes back as it was written.

    Raises
    ------
    InputError
        The text is not in the syntax of OSM opening hours.
    """
    if expression is None:
        return say(lang, "hours.unverified")
    hours = HoursExpression(expression)
    week = [_spans(hours, weekday) for weekday in range(7)]
    off = [_spans(hours, weekday, on_holiday=True) for weekday in range(7)] if _is_weekly(expression) else []
    if not off or (off != week and len(set(off)) > 1):
        return expression.strip()
    text = _describe_week(week, lang)
    if off == week:
        return text
    on_holidays = _describe_spans(off[0], lang)
    note = say(lang, "hours.on_holidays", spans=on_holidays) if off[0] else say(lang, "hours.off_on_holidays")
    return text + say(lang, "hours.comma") + note


def _is_weekly(expression: str) -> bool:
    return _SIMPLE.fullmatch(expression) is not None


def _spans(hours: HoursExpression, weekday: int, *, on_holiday: bool = False) -> Spans:
    reading = Reading(weekday, hours.offsets if on_holiday else frozenset())
    return hours.spans_on(_MONDAY + timedelta(days=weekday), reading, sun=lambda _event, _day: 0)


def _describe_week(week: list[Spans], lang: str) -> str:
    if not any(week):
        return say(lang, "hours.never")
    if len(set(week)) == 1:
        key = "hours.always" if week[0] == _WHOLE_DAY else "hours.every_day"
        return say(lang, key, spans=_describe_spans(week[0], lang))
    groups = [
        say(lang, "hours.on_days", days=_describe_days(week, spans, lang), spans=_describe_spans(spans, lang))
        for spans in dict.fromkeys(week)
        if spans
    ]
    return say(lang, "hours.semicolon").join(groups)


def _describe_days(week: list[Spans], spans: Spans, lang: str) -> str:
    names = [say(lang, f"hours.day_{weekday}") for weekday in range(7)]
    parts: list[str] = []
    for has_spans, run in groupby(range(7), key=lambda weekday: week[weekday] == spans):
        days = list(run)
        if has_spans and len(days) > 2:
            parts.append(say(lang, "hours.day_range", first=names[days[0]], last=names[days[-1]]))
        elif has_spans:
            parts += [names[day] for day in days]
    return say(lang, "hours.and").join(parts)


def _describe_spans(spans: Spans, lang: str) -> str:
    if spans == _WHOLE_DAY:
        return say(lang, "hours.all_day")
    return say(lang, "hours.and").join(f"{_clock(span.start)}–{_end(span.end, lang)}" for span in spans)


def _end(minute: int, lang: str) -> str:
    return _clock(minute) if minute <= DAY_MIN else say(lang, "hours.next_day", time=_clock(minute - DAY_MIN))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
