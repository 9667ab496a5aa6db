"""OSM opening hours of one station, read day by day.

A span belongs to the day it starts: the night shift of 30 September ends at 6:00 on 1 October, holiday or not. The
library gives the hours after midnight to the later day, so it is never asked about them. For each day the weekday
and holiday selectors are first settled to "matches" or "does not", then the clock times of the text, 00:00 to 48:00,
are numbered in order and those numbers are written as the minutes of one day. Every span then ends before midnight
and the library settles which rule wins; afterwards the numbers are turned back into times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from opening_hours import OpeningHours, State, validate

from stations.errors import InputError
from stations.hours.spans import HourState, Span, Spans, combine, join
from stations.hours.sun import SUN_EVENTS

DAY_MIN = 24 * 60
MAX_CHARACTERS = 1000
MAX_OFFSET_DAYS = 366

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY = rf"(?i:{'|'.join(WEEKDAYS)})\b"
_NUMBERED = rf"{_DAY}\[[^\]]*\](?: [+-]\d+ days?)?"
_RANGE = rf"{_DAY}(?:-{_DAY})?"
_HOLIDAY = r"(?:PH|SH)\b(?: [+-]?\d+ days?)?"
_ITEM = rf"(?:{_NUMBERED}|{_RANGE}|{_HOLIDAY})"
_SELECTOR = re.compile(rf"\b{_ITEM}(?:[, ]{_ITEM})*")
_WITHIN = re.compile(rf"(?P<holidays>{_HOLIDAY}(?:,{_HOLIDAY})*) (?P<days>{_DAY}.*)")
_OFFSET = re.compile(r"PH\b(?: (?P<days>[+-]?\d+) days?)?")

_COMMENT = re.compile(r'"[^"]*"')
_SUN = re.compile(rf"\(({'|'.join(SUN_EVENTS)})([+-])(\d\d):(\d\d)\)|\b({'|'.join(SUN_EVENTS)})\b")
_TIMES = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_RULE_END = re.compile(r"(; |, )")
_RULE = re.compile(r'(?P<what>.*?)(?P<modifier>(?:(?:^| )(?:closed|unknown|open))?(?:(?:^| )"c")?)')

_STATES = {State.OPEN: HourState.OPEN, State.UNKNOWN: HourState.UNKNOWN, State.CLOSED: HourState.CLOSED}

SunMinute = Callable[[str, date], int]
"""Tells the minute of a day at which a sun event happens."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a date is to be read.

    `weekday` (0 = Monday) is the day whose hours it takes. `holidays` holds n where the date n days before it is a
    public holiday, so 0 where it is one itself; `school` whether it is a school holiday.
    """

    weekday: int
    holidays: frozenset[int] = frozenset()
    school: bool = False


def _check_text(expression: str) -> None:
    if len(expression) > MAX_CHARACTERS:
        raise InputError("hours.too_long", field="hours", count=len(expression), most=MAX_CHARACTERS)
    if not expression.strip() or not _is_text(expression) or not validate(expression):
        raise InputError("hours.unreadable", field="hours", value=expression)


def _is_text(words: str) -> bool:
    try:
        words.encode()
    except UnicodeEncodeError:  # half of a character, which the library cannot take
        return False
    return True


@lru_cache(maxsize=4096)
def check_hours(expression: str) -> None:
    """Check that `expression` is OSM opening hours that can be read on every day.

    Raises
    ------
    InputError
        The text is empty, longer than 1000 characters, or not in the syntax of OSM opening hours.
    """
    hours = HoursExpression(expression)
    for weekday in range(7):
        for reading in (Reading(weekday), Reading(weekday, hours.offsets, school=True)):
            hours.spans_on(date(2024, 1, 1 + weekday), reading, sun=lambda _event, _day: DAY_MIN // 2)


@dataclass(frozen=True, slots=True)
class _OneDay:
    """A text whose spans all lie within one day, and the minutes (0 to 2880) that its minutes stand for."""

    hours: OpeningHours
    minutes: tuple[int, ...]


@dataclass(slots=True)
class HoursExpression:
    """One OSM opening-hours text.

    `offsets` are the day offsets of its `PH` (0 for a plain one, empty where it names none); `school` tells whether
    it names `SH`. An open span that bears a comment is unknown: the condition it states cannot be read. The end of
    an open-ended span (``18:00+``) is taken as midnight, as the library takes it.

    Raises
    ------
    InputError
        As `check_hours` does.
    """

    text: str
    offsets: frozenset[int] = field(init=False)
    school: bool = field(init=False)
    _plain: str = field(init=False, repr=False)
    _read: dict[str, tuple[_OneDay, ...]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        _check_text(self.text)
        self._plain = _COMMENT.sub('"c"', self.text)
        self.offsets = frozenset(int(found["days"] or 0) for found in _OFFSET.finditer(self._plain))
        if any(abs(offset) > MAX_OFFSET_DAYS for offset in self.offsets):
            raise InputError("hours.unreadable", field="hours", value=self.text)
        self.school = re.search(r"\bSH\b", self._plain) is not None

    def spans_on(self, day: date, reading: Reading, *, sun: SunMinute) -> Spans:
        """Return the spans that start on `day` when it is read as `reading` says.

        Parameters
        ----------
        day
            Local date; what the text says of months, weeks and dates is taken from it.
        reading
            Which weekday's hours the day takes, and which holidays it is.
        sun
            Tells the minute of a sun event; asked only where the text names one.

        Returns
        -------
        Spans
            Minutes since the midnight that `day` begins with, 0 to 2880.
        """
        text = _SELECTOR.sub(lambda found: _settle(found[0], day.weekday(), reading), self._plain)
        text = _SUN.sub(lambda found: _sun_time(found, day, sun), text)
        if text not in self._read:
            self._read[text] = _fold(text, whole=self.text)
        groups = [_unfold(one_day, day) for one_day in self._read[text]]
        return groups[0] if len(groups) == 1 else combine(groups, _first_not_closed)


def _settle(selector: str, weekday: int, reading: Reading) -> str:
    """Return a selector that matches a day that is a `weekday` exactly where `selector` matches it as read.

    ``PH Mo-Fr`` means holidays that are weekdays; the library takes it as a list, so it is settled here.
    """
    within = _WITHIN.fullmatch(selector)
    if within and not any(_holds(item, reading) for item in within["holidays"].split(",")):
        return WEEKDAYS[(weekday + 3) % 7]
    items = re.findall(_ITEM, within["days"] if within else selector)
    if any(_holds(item, reading) for item in items):
        return WEEKDAYS[weekday]
    # The first Monday of a month is one by its date, whatever hours the day takes: left to the library.
    return ",".join(item for item in items if "[" in item) or WEEKDAYS[(weekday + 3) % 7]


def _holds(item: str, reading: Reading) -> bool:
    if item.startswith("SH"):
        return reading.school
    if found := _OFFSET.fullmatch(item):
        return int(found["days"] or 0) in reading.holidays
    if "[" in item:
        return False
    ends = [WEEKDAYS.index(name.capitalize()) for name in item.split("-")]
    return (reading.weekday - ends[0]) % 7 <= (ends[-1] - ends[0]) % 7


def _sun_time(found: re.Match[str], day: date, sun: SunMinute) -> str:
    minute = sun(found[1] or found[5], day)
    if found[1]:
        minute += (1 if found[2] == "+" else -1) * (int(found[3]) * 60 + int(found[4]))
    return _clock(min(max(minute, 0), DAY_MIN - 1))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _first_not_closed(states: Sequence[HourState]) -> HourState:
    return next((state for state in states if state is not HourState.CLOSED), HourState.CLOSED)


def _fold(text: str, *, whole: str) -> tuple[_OneDay, ...]:
    """Fold the rules before each ``||`` for themselves: a fallback counts at every time the others are closed.

    The library lets it count on days that no other rule names, not at other hours of a day that one does.
    """
    regular = _without_open_ends(str(OpeningHours(text, auto_country=False, auto_timezone=False)))
    return tuple(_fold_into_one_day(group, whole=whole) for group in regular.split(" || "))


def _fold_into_one_day(rules: str, *, whole: str) -> _OneDay:
    """Write the times of `rules` as the minutes of one day, in their order.

    A rule without times is open for the day itself, and closes all that starts on it.
    """
    pieces = _RULE_END.split(rules)
    pieces[::2] = [_with_times(rule) for rule in pieces[::2]]
    written = "".join(pieces)
    marks = sorted({0, DAY_MIN} | {mark for times in _TIMES.findall(written) for mark in _ends(*times)})
    place = {mark: _clock(number) for number, mark in enumerate(marks)}
    folded = _TIMES.sub(lambda found: "-".join(place[mark] for mark in _ends(*found.groups())), written)
    if not validate(folded):
        raise InputError("hours.unreadable", field="hours", value=whole)
    return _OneDay(OpeningHours(folded, auto_country=False, auto_timezone=False), tuple(marks))


def _without_open_ends(text: str) -> str:
    text = re.sub(r"(?<!-)(\d\d:\d\d)\+", r"\1-24:00", text)
    return re.sub(r"(\d\d:\d\d-\d\d:\d\d)(?:\+|/\d\d:\d\d)", r"\1", text)


def _with_times(rule: str) -> str:
    found = _RULE.fullmatch(rule)
    if found is None or "closed" in found["modifier"] or _TIMES.search(rule):
        return rule
    return f"{found['what'].replace('24/7', '')} 00:00-24:00{found['modifier']}".strip()


def _ends(hour: str, minute: str, end_hour: str, end_minute: str) -> tuple[int, int]:
    """Return start and end in minutes; an end that is not after the start is one of the next day."""
    start, end = int(hour) * 60 + int(minute), int(end_hour) * 60 + int(end_minute)
    return start, end if end > start else end + DAY_MIN


def _unfold(one_day: _OneDay, day: date) -> Spans:
    midnight = datetime(day.year, day.month, day.day)
    last = len(one_day.minutes) - 1
    pieces = []
    for start, end, state, comment in one_day.hours.intervals(midnight, midnight + timedelta(days=1)):
        first = int((start - midnight).total_seconds()) // 60
        behind = min(int((end - midnight).total_seconds()) // 60, last)
        if state != State.CLOSED and first < behind:
            held = HourState.UNKNOWN if comment else _STATES[state]
            pieces.append(Span(one_day.minutes[first], one_day.minutes[behind], held))
    return join(pieces)
