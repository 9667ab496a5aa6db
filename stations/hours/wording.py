"""Opening hours in words: OSM syntax to short Chinese or English prose."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from stations.hours.expression import DAY_MIN, WEEKDAYS, HoursExpression, Reading
from stations.hours.spans import HourState, Span, Spans
from stations.hours.wording_dates import DATES, count_days, describe_dates
from stations.texts import say

_MONDAY = date(2024, 1, 1)
_WEEKLY = r"(?:24/7|\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)\b|\d{1,2}:\d\d|\b(?:sunrise|sunset|off|closed|open)\b|[, -])*"
_NTH_ITEM = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)\[(?:-1|[1-5])\]"
_END = r"(?:\d{1,2}:\d\d|sunrise|sunset)"
_HOURS = rf"(?:off|closed|{_END}-{_END}(?:,{_END}-{_END})*)"
_RULES = (
    ("weekly", re.compile(rf"(?P<dates>)(?P<rest>{_WEEKLY})")),
    ("dated", re.compile(rf"(?P<dates>{DATES}) (?P<rest>{_WEEKLY}|SH {_HOURS})")),
    ("nth", re.compile(rf"(?P<dates>){_NTH_ITEM}(?:,{_NTH_ITEM})* (?P<rest>{_HOURS})")),
    ("school", re.compile(rf"(?P<dates>)SH (?P<rest>{_HOURS})")),
)
_SHORT_DAYS = 27
_WHOLE_DAY: Spans = (Span(0, DAY_MIN, HourState.OPEN),)


class _Rule(NamedTuple):
    """One rule of a text: `order` is its place among the kinds, each of which may override those before it."""

    order: int
    dates: str
    rest: str
    text: str


_BASE, _SEASON, _NTH, _HOLIDAY, _DATE, _SCHOOL = range(6)


@lru_cache(maxsize=4096)
def describe_hours(expression: str | None, lang: str) -> str:
    """Return `expression` in words of `lang`, e.g. ``周一至周五 08:30–17:30，节假日休息``.

    Weekly hours (split, past midnight, by the sun), seasons, dates, numbered weekdays, public and school holidays
    are put into words. What is more complex (weeks, comments, offsets, rules that override more special ones) comes
    back as it was written.

    Raises
    ------
    InputError
        The text is not in the syntax of OSM opening hours.
    """
    if expression is None:
        return say(lang, "hours.unverified")
    HoursExpression(expression)
    rules = [_rule(text) for text in re.split(r"\s*;\s*", expression.strip())]
    if None in rules:
        return expression.strip()
    known = [rule for rule in rules if rule is not None]
    words = _describe_weekly(expression, lang) if _is_weekly(known) else _describe_rules(known, lang)
    return expression.strip() if words is None else words


def describe_day(spans: Spans, lang: str) -> str:
    """Return the open spans of one day (minutes since its midnight) in words, e.g. ``08:30–11:30、14:00–次日02:00``."""
    return _Week(lang, {}).spans(spans)


def _rule(text: str) -> _Rule | None:
    for kind, pattern in _RULES:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        order = {"weekly": _BASE, "dated": _SEASON, "nth": _NTH, "school": _SCHOOL}[kind]
        if kind == "weekly" and text.startswith("PH ") and "PH," not in text:
            order = _HOLIDAY
        if kind == "dated" and count_days(found["dates"]) <= _SHORT_DAYS:
            order = _DATE
        return _Rule(order, found["dates"], found["rest"], text)
    return None


def _is_weekly(rules: Sequence[_Rule]) -> bool:
    return all(rule.order in {_BASE, _HOLIDAY} for rule in rules)


def _describe_rules(rules: Sequence[_Rule], lang: str) -> str | None:
    """Return the words of rules that stand in their order, the general before the special; `None` where not."""
    orders = [rule.order for rule in rules]
    mixed = any("PH" in rule.text for rule in rules if rule.order == _BASE)
    if orders != sorted(orders) or mixed:
        return None
    parts: list[str | None] = []
    for (order, dates), group in groupby(rules, key=lambda rule: (rule.order, rule.dates)):
        held = list(group)
        if order == _BASE:
            parts.append(_describe_weekly("; ".join(rule.rest for rule in held), lang))
        elif order in {_SEASON, _DATE}:
            parts += _describe_dated(dates, [rule.rest for rule in held], lang)
        else:
            parts += [_describe_marked(rule, lang) for rule in held]
    return None if None in parts else say(lang, "hours.semicolon").join(part for part in parts if part)


def _describe_marked(rule: _Rule, lang: str) -> str | None:
    if rule.order == _NTH:
        days = _describe_nth(rule.text.removesuffix(rule.rest), lang)
        hours = rule.rest
    else:
        days = say(lang, "hours.school_holidays" if rule.order == _SCHOOL else "hours.public_holidays")
        hours = rule.text.removeprefix("PH ").removeprefix("SH ")
    if hours in {"off", "closed"}:
        return say(lang, "hours.closed_on", days=days)
    week = _Week.of(hours, lang)
    return None if week is None else say(lang, "hours.on_days", days=days, spans=week.spans(week.days[0]))


def _describe_nth(names: str, lang: str) -> str:
    found = re.findall(r"(\w\w)\[(-?\d)\]", names)
    parts = []
    for name, group in groupby(found, key=lambda pair: pair[0]):
        day = say(lang, f"hours.day_{WEEKDAYS.index(name)}")
        numbers = [number for _, number in group]
        counted = say(lang, "hours.and").join(say(lang, f"hours.nth_{number}") for number in numbers if number != "-1")
        parts += [say(lang, "hours.nth_day", numbers=counted, day=day)] if counted else []
        parts += [say(lang, "hours.last_day", day=day)] if "-1" in numbers else []
    return say(lang, "hours.and").join(parts)


def _describe_dated(dates: str, rules: Sequence[str], lang: str) -> list[str | None]:
    """Return the words of the rules of some dates; each begins with them, so that none reads as if for all year."""
    named = describe_dates(dates, lang)
    marked = [rule for rule in rules if rule.startswith(("PH ", "SH "))]
    weekly = [rule for rule in rules if rule not in marked]
    if rules != weekly + sorted(marked) or any("PH" in rule for rule in weekly):
        return [None]
    parts: list[str | None] = []
    if weekly in (["off"], ["closed"]):
        parts.append(say(lang, "hours.closed_on", days=named))
    elif weekly:
        week = _Week.of("; ".join(weekly), lang)
        if week is None:
            return [None]
        parts += [say(lang, "hours.in_dates", dates=named, hours=hours) for hours in week.groups()]
        off = [day for day in range(7) if not week.days[day] and any(_closes(rule, day) for rule in weekly)]
        if off:
            days = week.names([day in off for day in range(7)])
            parts.append(say(lang, "hours.closed_on", days=say(lang, "hours.in_dates", dates=named, hours=days)))
    for rule in marked:
        words = _describe_marked(_Rule(_SCHOOL if rule.startswith("SH ") else _HOLIDAY, "", rule, rule), lang)
        parts.append(None if words is None else say(lang, "hours.in_dates", dates=named, hours=words))
    return parts


def _closes(rule: str, weekday: int) -> bool:
    if not rule.endswith(("off", "closed")):
        return False
    opened = HoursExpression(re.sub(r" ?(?:off|closed)$", " 00:00-24:00", rule).strip())
    return bool(_spans(opened, weekday, lambda _event, _day: 0))


def _describe_weekly(expression: str, lang: str) -> str | None:
    week = _Week.of(expression, lang)
    off = _Week.of(expression, lang, on_holiday=True)
    if week is None or off is None or (off.days != week.days and len(set(off.days)) > 1):
        return None
    text = week.describe()
    if off.days == week.days:
        return text
    note = (
        say(lang, "hours.on_holidays", spans=week.spans(off.days[0]))
        if off.days[0]
        else say(lang, "hours.off_on_holidays")
    )
    return text + say(lang, "hours.comma") + note if any(week.days) else note


class _Week:
    """The spans that start on each weekday, and the words for them.

    `sun` maps the minutes that stand for sunrise and sunset to their words.
    """

    def __init__(self, lang: str, sun: dict[int, str], days: Sequence[Spans] = ()) -> None:
        self.lang = lang
        self.days = list(days)
        self._sun = sun

    @classmethod
    def of(cls, expression: str, lang: str, *, on_holiday: bool = False) -> _Week | None:
        """Return the week of a weekly text, `None` where a sun event would fall on a time of it."""
        # A minute of its own stands for each event: odd ones, which no text about the sun writes.
        stands = {"sunrise": 6 * 60 + 1, "sunset": 18 * 60 + 1}
        if any(_clock(minute) in expression for minute in stands.values()) and "sun" in expression:
            return None
        hours = HoursExpression(expression)
        days = [_spans(hours, day, lambda event, _day: stands[event], on_holiday=on_holiday) for day in range(7)]
        events = {minute: say(lang, f"hours.{event}") for event, minute in stands.items() if event in expression}
        return cls(lang, events, days)

    def describe(self) -> str:
        """Return the whole week in words."""
        if not any(self.days):
            return say(self.lang, "hours.never")
        if set(self.days) == {_WHOLE_DAY}:
            return say(self.lang, "hours.always")
        return say(self.lang, "hours.semicolon").join(self.groups())

    def groups(self) -> list[str]:
        """Return days and hours, the days of equal hours together; days that are closed are left out."""
        if len(set(self.days)) == 1 and self.days[0]:
            return [say(self.lang, "hours.every_day", spans=self.spans(self.days[0]))]
        return [
            say(
                self.lang,
                "hours.on_days",
                days=self.names([day == spans for day in self.days]),
                spans=self.spans(spans),
            )
            for spans in dict.fromkeys(self.days)
            if spans
        ]

    def names(self, held: Sequence[bool]) -> str:
        """Return the names of the weekdays that are held, three or more in a row as a range."""
        names = [say(self.lang, f"hours.day_{weekday}") for weekday in range(7)]
        parts: list[str] = []
        for is_held, run in groupby(range(7), key=lambda weekday: held[weekday]):
            days = list(run)
            if is_held and len(days) > 2:
                parts.append(say(self.lang, "hours.day_range", first=names[days[0]], last=names[days[-1]]))
            elif is_held:
                parts += [names[day] for day in days]
        return say(self.lang, "hours.and").join(parts)

    def spans(self, spans: Spans) -> str:
        """Return the hours of a day in words."""
        if spans == _WHOLE_DAY:
            return say(self.lang, "hours.all_day")
        return say(self.lang, "hours.and").join(
            f"{self._sun.get(span.start, _clock(span.start))}–{self._end(span.end)}" for span in spans
        )

    def _end(self, minute: int) -> str:
        if minute in self._sun:
            return self._sun[minute]
        return _clock(minute) if minute <= DAY_MIN else say(self.lang, "hours.next_day", time=_clock(minute - DAY_MIN))


def _spans(hours: HoursExpression, weekday: int, sun: Callable[[str, date], int], *, on_holiday: bool = False) -> Spans:
    reading = Reading(weekday, hours.offsets if on_holiday else frozenset())
    return hours.spans_on(_MONDAY + timedelta(days=weekday), reading, sun=sun)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
