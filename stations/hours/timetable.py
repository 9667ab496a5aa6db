"""When every station can be used: expressions compiled once per week, then only looked up."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from threading import Lock
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from stations.errors import InputError
from stations.hours.calendar import DayKind, WorkCalendar, holidays_of, kind_of
from stations.hours.days import day_spans
from stations.hours.expression import DAY_MIN, HoursExpression
from stations.hours.spans import HourState, Span, Spans, both, combine, either, join
from stations.hours.sun import Sun
from stations.model.answers import Arrival
from stations.model.keys import ArrivalState
from stations.model.region import RegionProfile
from stations.model.station import Station

SOON_S = 3600
WINDOW_DAYS = 21
MAX_TRAVEL_S = 14 * 86400
KEPT_WEEKS = 16
MOST_TEXTS = 20_000
NEVER = -1
"""In place of an instant: there is none within the window, or it is not known."""


@dataclass(frozen=True, slots=True)
class DayHours:
    """The hours that start on one day, for display.

    `spans` are the stretches known to be open, with the time zone; an end may lie on the next day. `unknown` says
    that at some time of the day the state is not known, `unconfirmed` that a missing holiday notice is a reason.
    `kind` is what the date is to the region.
    """

    day: date
    kind: DayKind
    spans: tuple[tuple[datetime, datetime], ...]
    unknown: bool
    unconfirmed: bool


class _Terms(NamedTuple):
    """What the hours of a station depend on; stations with the same terms are compiled once."""

    hours: str | None
    entrance_hours: str | None
    follows_workdays: bool | None


@dataclass(frozen=True, slots=True)
class _Course:
    """The states through one window: `states[i]` holds from `starts[i]` until the next start, or to the end.

    `opens[i]` is when it opens after stretch i; `None` where it does not, or may do so before it is known to. `days`
    are the spans that start on each day of the window. All instants are whole seconds since 1970 (UTC).
    """

    starts: tuple[int, ...]
    states: tuple[HourState, ...]
    opens: tuple[int | None, ...]
    days: tuple[Spans, ...]

    def at(self, instant: int) -> int:
        """Return the number of the stretch that holds `instant`."""
        return bisect_right(self.starts, instant) - 1


@dataclass(frozen=True, slots=True)
class WeekArrays:
    """The states of all stations through one window, for looking up many at once; instants as in `_Course`.

    Station k follows course ``course[k]`` (int64, (K,)); course c has the stretches ``offset[c]:offset[c + 1]`` of S.

    Attributes
    ----------
    start
        int64 (S,), when a stretch begins; it ends with the next of its course, the last one with the window.
    state
        uint8 (S,), `HourState`.
    opens
        int64 (S,), when it next opens after the stretch; `NEVER` where it does not, or may do so before it is known to.
    first, length
        When the window begins, and its seconds.
    """

    course: NDArray[np.int64]
    offset: NDArray[np.int64]
    start: NDArray[np.int64]
    state: NDArray[np.uint8]
    opens: NDArray[np.int64]
    first: int
    length: int
    _key: NDArray[np.int64]

    def stretch_at(self, stations: NDArray[np.int64], instants: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the stretch (of S) that holds the instant of each station; all of shape (N,)."""
        since = np.clip(instants - self.first, 0, self.length - 1)
        return np.searchsorted(self._key, self.course[stations] * self.length + since, side="right") - 1

    def stretches_at(self, instant: int) -> NDArray[np.int64]:
        """Return the stretch (of S) that holds an instant, of every course."""
        since = min(max(instant - self.first, 0), self.length - 1)
        return np.searchsorted(self._key, np.arange(len(self.offset) - 1) * self.length + since, side="right") - 1


class _Window(NamedTuple):
    courses: tuple[_Course, ...]
    arrays: WeekArrays


class Timetable:
    """The hours of `stations`, in their order, in the time zone of the region.

    For a moment it holds the window from the Monday of its local week over three weeks, compiled when first asked
    for; the last weeks asked for are kept. It may be shared between threads.

    A station can be used where both its hours and those of its gate (`entrance_hours`, held to the same make-up
    days) are open. Where the hours are not known the state is unknown, except while the gate is shut.

    Parameters
    ----------
    stations
        Their position in this sequence is the `index` of the methods.
    profile
        Time zone, country, weekday of make-up days, and where the sun is taken for the hours that name it.
    calendar
        Days off and make-up days; `None` where the region has none, then `CountryHolidays` of the profile stand in,
        and where that names no country no day is a public holiday.

    Raises
    ------
    InputError
        A station bears hours that `check_hours` refuses, or the profile a country that is not known.
    """

    def __init__(self, stations: Sequence[Station], *, profile: RegionProfile, calendar: WorkCalendar | None) -> None:
        self._zone = ZoneInfo(profile.time_zone)
        self._holidays = holidays_of(calendar=calendar, country=profile.country)
        self._makeup_weekday = profile.makeup_weekday
        lon, lat = profile.centre
        self._sun = Sun(self._zone, lon=lon, lat=lat)
        terms = [_Terms(one.hours, one.entrance_hours, one.follows_workdays) for one in stations]
        self._terms = tuple(dict.fromkeys(terms))
        number = {one: place for place, one in enumerate(self._terms)}
        self._course_of = np.array([number[one] for one in terms], dtype=np.intp)
        texts = {text for one in self._terms for text in (one.hours, one.entrance_hours) if text is not None}
        self._expressions = {text: HoursExpression(text) for text in texts}
        self._windows: OrderedDict[date, _Window] = OrderedDict()
        self._texts: dict[int, str] = {}
        self._lock = Lock()

    def arrival(self, index: int, *, when: datetime, travel_s: int) -> Arrival:
        """Return what somebody finds who sets out at `when` and is at the door `travel_s` seconds later.

        A station that is shut on arrival and opens within the hour after is `OPENS_LATER`, also when it was open at
        `when`: the moment of use tells a rider more than a door that closed on the way. `open_until` is how long it
        is known to stay open. `opens_at` is `None` where nothing opens in the weeks ahead, or where it may open at an
        hour that is not known. An opening second is inside, a closing second is not.

        Raises
        ------
        InputError
            `when` bears no time zone, or `travel_s` is negative or above two weeks.
        """
        return self.arrivals([index], [travel_s], when=when)[0]

    def arrivals(self, indexes: Sequence[int], travel_s: Sequence[int], *, when: datetime) -> list[Arrival]:
        """Return what `arrival` returns for several stations, each at its own distance; raises as it does."""
        window, left = self._window(when), seconds_of(when)
        return [
            self._arrival(window.courses[self._course_of[index]], left, seconds)
            for index, seconds in zip(indexes, travel_s, strict=True)
        ]

    def _arrival(self, course: _Course, left: int, travel_s: int) -> Arrival:
        if not 0 <= travel_s <= MAX_TRAVEL_S:
            raise InputError("hours.travel", field="travel_s", value=travel_s, most=MAX_TRAVEL_S)
        arrived = left + travel_s
        stretch = course.at(arrived)
        state = course.states[stretch]
        if state is HourState.OPEN:
            ends = course.starts[stretch + 1] if stretch + 1 < len(course.starts) else None
            return Arrival(ArrivalState.OPEN, usable_in_s=travel_s, open_until=self._local(ends))
        if state is not HourState.CLOSED:
            return Arrival(ArrivalState.UNKNOWN, holidays_unconfirmed=state is HourState.UNCONFIRMED)
        opens = course.opens[stretch]
        if opens is not None and opens - arrived <= SOON_S:
            return Arrival(ArrivalState.OPENS_LATER, usable_in_s=opens - left, opens_at=self._local(opens))
        was_open = course.states[course.at(left)] is HourState.OPEN
        shut = ArrivalState.CLOSES_BEFORE_ARRIVAL if was_open else ArrivalState.CLOSED
        return Arrival(shut, opens_at=self._local(opens))

    def states(self, when: datetime) -> NDArray[np.uint8]:
        """Return the state of every station at `when`, shape (stations,).

        Returns
        -------
        ndarray of uint8
            `HourState.CLOSED`, `OPEN` or `UNKNOWN`; a holiday that is not confirmed is `UNKNOWN`.

        Raises
        ------
        InputError
            `when` bears no time zone.
        """
        instants = np.full(len(self._course_of), seconds_of(when))
        return self.states_at(np.arange(len(self._course_of)), instants, when=when)

    def states_at(
        self, stations: NDArray[np.int64], instants: NDArray[np.int64], *, when: datetime
    ) -> NDArray[np.uint8]:
        """Return the state of stations (by index), each at an instant of its own, as `states` does; shape (N,).

        Parameters
        ----------
        instants
            int64 (N,), whole seconds since 1970 (UTC), within two weeks after `when`.
        """
        arrays = self.week_arrays(when)
        return np.minimum(arrays.state[arrays.stretch_at(stations, instants)], np.uint8(HourState.UNKNOWN))

    def week_arrays(self, when: datetime) -> WeekArrays:
        """Return the states of all stations through the window of `when`; raises as `states` does."""
        return self._window(when).arrays

    def week_of(self, index: int, when: datetime) -> tuple[DayHours, ...]:
        """Return the hours of a station on seven days, the local date of `when` being the first.

        Raises
        ------
        InputError
            `when` bears no time zone.
        """
        course = self._window(when).courses[self._course_of[index]]
        today = when.astimezone(self._zone).date()
        weekday = today.weekday()
        return tuple(self._day_hours(today + timedelta(days=ahead), course.days[weekday + ahead]) for ahead in range(7))

    def _day_hours(self, day: date, spans: Spans) -> DayHours:
        return DayHours(
            day=day,
            kind=kind_of(day, self._holidays),
            spans=tuple(
                (datetime.fromtimestamp(span.start, self._zone), datetime.fromtimestamp(span.end, self._zone))
                for span in spans
                if span.state is HourState.OPEN
            ),
            unknown=any(span.state is not HourState.OPEN for span in spans),
            unconfirmed=any(span.state is HourState.UNCONFIRMED for span in spans),
        )

    def moment_of(self, instant: int) -> datetime:
        """Return the local moment of a whole second since 1970."""
        return datetime.fromtimestamp(instant, self._zone)

    def text_of(self, instant: int) -> str:
        """Return the local moment of a whole second since 1970 in ISO 8601; doors open and close at few of them."""
        text = self._texts.get(instant)
        if text is None:
            if len(self._texts) >= MOST_TEXTS:
                self._texts.clear()
            text = self._texts[instant] = self.moment_of(instant).isoformat()
        return text

    def _local(self, instant: int | None) -> datetime | None:
        return None if instant is None else self.moment_of(instant)

    def _window(self, when: datetime) -> _Window:
        if when.tzinfo is None:
            raise InputError("error.when_zone", field="when", value=when.isoformat())
        today = when.astimezone(self._zone).date()
        monday = today - timedelta(days=today.weekday())
        with self._lock:
            if monday not in self._windows:
                self._windows[monday] = self._compile(monday)
                while len(self._windows) > KEPT_WEEKS:
                    self._windows.popitem(last=False)
            self._windows.move_to_end(monday)
            return self._windows[monday]

    def _compile(self, monday: date) -> _Window:
        # What starts on the Sunday before may run into the Monday; nothing runs on for more than a day.
        days = [monday + timedelta(days=ahead) for ahead in range(-1, WINDOW_DAYS)]
        instants: dict[tuple[date, int], int] = {}

        def instant(day: date, minute: int) -> int:
            if (day, minute) not in instants:
                instants[day, minute] = _instant(self._zone, day, minute)
            return instants[day, minute]

        layers: dict[tuple[str | None, bool | None], tuple[Spans, ...]] = {}
        for terms in self._terms:
            for text in (terms.hours, terms.entrance_hours):
                key = (text, terms.follows_workdays)
                if key not in layers:
                    layers[key] = tuple(self._layer(text, terms.follows_workdays, day, instant) for day in days)
        window = (instant(monday, 0), instant(monday, WINDOW_DAYS * DAY_MIN))
        courses = tuple(
            _course(
                layers[terms.hours, terms.follows_workdays],
                None if terms.entrance_hours is None else layers[terms.entrance_hours, terms.follows_workdays],
                window,
            )
            for terms in self._terms
        )
        return _Window(courses, _arrays_of(courses, self._course_of, window))

    def _layer(
        self, text: str | None, follows_workdays: bool | None, day: date, instant: Callable[[date, int], int]
    ) -> Spans:
        """Return what starts on `day` by the hours `text`, in seconds; a text that is not known is unknown."""
        if text is None:
            spans: Spans = (Span(0, DAY_MIN, HourState.UNKNOWN),)
        else:
            spans = day_spans(
                self._expressions[text],
                day,
                holidays=self._holidays,
                makeup_weekday=self._makeup_weekday,
                follows_workdays=follows_workdays,
                sun=self._sun.minute_of,
            )
        return join(
            Span(start, end, state)
            for start, end, state in ((instant(day, span.start), instant(day, span.end), span.state) for span in spans)
            if start < end
        )


def _course(hours: tuple[Spans, ...], gate: tuple[Spans, ...] | None, window: tuple[int, int]) -> _Course:
    """Lay the days over each other, and the gate's over the station's, within `window`.

    The days of `hours` and `gate` begin with the one before the window.
    """
    whole, days = _through(hours), hours[1:]
    if gate is not None:
        whole = combine([whole, _through(gate)], both)
        # The gate's hours that meet those of a day start on the day before, the day itself or the next.
        days = tuple(combine([day, _through(gate[number : number + 3])], both) for number, day in enumerate(days))
    starts, states = [window[0]], [HourState.CLOSED]
    for span in whole:
        for begin, state in ((max(span.start, window[0]), span.state), (span.end, HourState.CLOSED)):
            if begin >= window[1] or span.end <= window[0]:
                continue
            if begin == starts[-1]:
                states[-1] = state
            else:
                starts.append(begin)
                states.append(state)
    return _Course(tuple(starts), tuple(states), _openings(starts, states), days)


def _openings(starts: Sequence[int], states: Sequence[HourState]) -> tuple[int | None, ...]:
    """Return when it opens after each stretch, `None` where it is not known to before it may."""
    opens: list[int | None] = [None]
    for start, state in zip(reversed(starts[1:]), reversed(states[1:]), strict=True):
        opens.append(opens[-1] if state is HourState.CLOSED else start if state is HourState.OPEN else None)
    return tuple(reversed(opens))


def _arrays_of(courses: tuple[_Course, ...], course_of: NDArray[np.intp], window: tuple[int, int]) -> WeekArrays:
    counts = [len(course.starts) for course in courses]
    start = np.array([start for course in courses for start in course.starts], dtype=np.int64)
    opens = [instant for course in courses for instant in course.opens]
    first, length = window[0], window[1] - window[0]
    return WeekArrays(
        course=course_of.astype(np.int64),
        offset=np.cumsum([0, *counts], dtype=np.int64),
        start=start,
        state=np.array([state for course in courses for state in course.states], dtype=np.uint8),
        opens=np.array([NEVER if instant is None else instant for instant in opens], dtype=np.int64),
        first=first,
        length=length,
        _key=np.repeat(np.arange(len(courses)), counts) * length + start - first,
    )


def _through(days: tuple[Spans, ...]) -> Spans:
    """Return one layer of the spans of all days; what starts on a day ends before the day after the next begins."""
    return combine([tuple(span for day in days[parity::2] for span in day) for parity in (0, 1)], either)


def seconds_of(when: datetime) -> int:
    """Return the whole second since 1970 (UTC) that holds a moment."""
    return math.floor(when.timestamp())


def _instant(zone: ZoneInfo, day: date, minute: int) -> int:
    """Return the second since 1970 at which the clock shows `minute` of `day`.

    An hour that the clock shows twice counts the first time; one that it skips is the moment it skips it.
    """
    first = (datetime.combine(day, time()) + timedelta(minutes=minute)).replace(tzinfo=zone)
    second = first.replace(fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before is None or after is None or before >= after:
        return int(first.timestamp())
    shown, skipped = int(second.timestamp()), int(first.timestamp())
    while skipped - shown > 1:
        middle = (shown + skipped) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == after:
            skipped = middle
        else:
            shown = middle
    return skipped
