"""What hours come to in the next days, in words for whoever is editing them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from stations.errors import InputError
from stations.hours.calendar import DayKind, Holidays, WorkCalendar, holidays_of
from stations.hours.days import day_spans
from stations.hours.expression import DAY_MIN, HoursExpression, SunMinute
from stations.hours.spans import HourState, Span, Spans, combine, either
from stations.hours.sun import SUN_EVENTS, Sun
from stations.hours.wording import describe_day
from stations.hours.wording_dates import MONTHS, describe_dates
from stations.model.region import RegionProfile
from stations.texts import say

_AHEAD_DAYS = 400
_UNKNOWN_DAY: Spans = (Span(0, DAY_MIN, HourState.UNKNOWN),)


def preview_hours(
    expression: str | None,
    *,
    follows_workdays: bool | None,
    calendar: WorkCalendar | None,
    moment: datetime,
    lang: str,
    profile: RegionProfile | None = None,
) -> tuple[str, ...]:
    """Return a line for today, one for tomorrow and one for the next public holiday, in words of `lang`.

    For example ``今天：现在开放，到 21:00``, ``明天：休息``, ``国庆（10月1日至7日）：休息``. What is not known is said
    to be unknown; so are the holidays of a year whose notice is not out. A holiday that has begun is told by the
    lines of its days; the third line is the one after. It is left out where no day ahead is a public holiday.

    Parameters
    ----------
    expression
        OSM opening hours; `None` where unknown.
    follows_workdays
        Whether make-up workdays are held; `None` where unknown.
    calendar
        Days off and make-up days; `None` where the region has none, then those of the country of `profile`.
    moment
        Now, in the time zone whose clock the lines are told by, or in any where there is a `profile`.
    profile
        The region, for its time zone, make-up weekday and sun. Without it the moment's own zone, Monday, and hours
        by the sun unknown.

    Raises
    ------
    InputError
        `moment` bears no time zone, or `expression` is not in the syntax of OSM opening hours.
    """
    if moment.tzinfo is None:
        raise InputError("error.when_zone", field="when", value=moment.isoformat())
    now = moment if profile is None else moment.astimezone(ZoneInfo(profile.time_zone))
    holidays = holidays_of(calendar=calendar, country="CN" if profile is None else profile.country)
    days = _Days(expression, follows_workdays, holidays, profile, lang)
    today = now.date()
    lines = [
        (say(lang, "hours.preview_today"), days.now(today, now.hour * 60 + now.minute)),
        (say(lang, "hours.preview_tomorrow"), days.words(today + timedelta(days=1))),
    ]
    written = [say(lang, "hours.preview_line", day=day, hours=hours) for day, hours in lines]
    return (*written, *days.next_holiday(today, named=isinstance(holidays, WorkCalendar)))


class _Days:
    """The hours of one station, day by day."""

    def __init__(
        self,
        expression: str | None,
        follows_workdays: bool | None,
        holidays: Holidays,
        profile: RegionProfile | None,
        lang: str,
    ) -> None:
        sunny = expression is not None and any(event in expression for event in SUN_EVENTS)
        self._hours = None if expression is None or (sunny and profile is None) else HoursExpression(expression)
        self._follows = follows_workdays
        self._holidays = holidays
        self._makeup_weekday = 0 if profile is None else profile.makeup_weekday
        self._sun = _sun_of(profile)
        self._lang = lang

    def spans(self, day: date) -> Spans:
        """Return the spans that start on `day`, minutes since its midnight."""
        if self._hours is None:
            return _UNKNOWN_DAY
        return day_spans(
            self._hours,
            day,
            holidays=self._holidays,
            makeup_weekday=self._makeup_weekday,
            follows_workdays=self._follows,
            sun=self._sun,
        )

    def words(self, day: date) -> str:
        """Return the hours that start on `day`."""
        spans = self.spans(day)
        opened = tuple(span for span in spans if span.state is HourState.OPEN)
        if not spans:
            return self._say("closed")
        if not opened:
            return self._say("unconfirmed" if any(one.state is HourState.UNCONFIRMED for one in spans) else "unknown")
        told = describe_day(opened, self._lang)
        return told if opened == spans else self._say("in_part_unknown", spans=told)

    def now(self, today: date, minute: int) -> str:
        """Return how it stands at `minute` of `today`, and what comes next on that day."""
        near = [_moved(self.spans(today + timedelta(days=ahead)), ahead * DAY_MIN) for ahead in (-1, 0, 1)]
        ahead = [span for span in combine(near, either) if span.end > minute]
        if not ahead or ahead[0].start > minute:
            return self._shut(ahead, today)
        if ahead[0].state is not HourState.OPEN:
            return self._say("unconfirmed" if ahead[0].state is HourState.UNCONFIRMED else "now_unknown")
        if ahead[0].end >= 2 * DAY_MIN:
            return self._say("open_always")
        return self._say("open_until", time=self._clock(ahead[0].end))

    def _shut(self, ahead: Sequence[Span], today: date) -> str:
        if ahead and ahead[0].start < DAY_MIN:
            key = "opens_at" if ahead[0].state is HourState.OPEN else "unknown_from"
            return self._say(key, time=self._clock(ahead[0].start))
        return self._say("shut_for_today" if self.spans(today) else "closed")

    def next_holiday(self, today: date, *, named: bool) -> Iterator[str]:
        """Yield the line of the next holiday; of none where none is ahead."""
        days = [today + timedelta(days=ahead) for ahead in range(_AHEAD_DAYS)]
        kinds = [self._holidays.possible(day) for day in days]
        off = frozenset({DayKind.OFF})
        place = 0
        while place < len(days) and kinds[place] == off:
            place += 1
        place = next((n for n in range(place, len(days)) if DayKind.OFF in kinds[n]), len(days))
        if place == len(days):
            return
        if kinds[place] != off:
            yield self._say("no_holiday")
            return
        behind = next((n for n in range(place, len(days)) if kinds[n] != off), len(days))
        yield self._holiday_line(days[place:behind], named=named)

    def _holiday_line(self, days: Sequence[date], *, named: bool) -> str:
        festival = say(self._lang, f"hours.festival_{festival_of(days) if named else 'other'}")
        title = say(self._lang, "hours.festival_on", festival=festival, dates=self._dates(days))
        runs = [(words, list(held)) for words, held in groupby(days, key=self.words)]
        if len(runs) == 1:
            return say(self._lang, "hours.preview_line", day=title, hours=runs[0][0])
        told = [self._say("varies", dates=self._dates(held), hours=words) for words, held in runs]
        return say(self._lang, "hours.preview_line", day=title, hours=say(self._lang, "hours.semicolon").join(told))

    def _dates(self, days: Sequence[date]) -> str:
        first, last = (f"{MONTHS[day.month - 1]} {day.day:02}" for day in (days[0], days[-1]))
        return describe_dates(first if first == last else f"{first}-{last}", self._lang)

    def _clock(self, minute: int) -> str:
        if minute <= DAY_MIN:
            return f"{minute // 60:02}:{minute % 60:02}"
        return say(self._lang, "hours.next_day", time=self._clock(minute - DAY_MIN))

    def _say(self, key: str, **values: object) -> str:
        return say(self._lang, f"hours.preview_{key}", **values)


def _sun_of(profile: RegionProfile | None) -> SunMinute:
    if profile is None:
        return lambda _event, _day: 0  # hours by the sun are unknown then, and never asked for
    lon, lat = profile.centre
    return Sun(ZoneInfo(profile.time_zone), lon=lon, lat=lat).minute_of


def _moved(spans: Spans, minutes: int) -> Spans:
    return tuple(Span(span.start + minutes, span.end + minutes, span.state) for span in spans)


def festival_of(days: Sequence[date]) -> str:
    """Return the key of the festival that a run of days off is for, by the dates festivals fall on.

    Those of the moon and the sun by the range they take (see `stations.hours.calendar`): only one is near each.
    National Day holds Mid-Autumn too where it brings more than its seven days or begins in September.
    """
    held = {(day.month, day.day) for day in days}
    if (10, 1) in held:
        return "national_mid_autumn" if len(days) > 7 or days[0].month == 9 else "national"
    if (1, 1) in held:
        return "new_year"
    if (5, 1) in held:
        return "labour"
    for key, first, last in (
        ("qingming", (4, 4), (4, 6)),
        ("spring", (1, 21), (2, 21)),
        ("dragon_boat", (5, 27), (6, 26)),
        ("mid_autumn", (9, 7), (10, 8)),
    ):
        if any(first <= day <= last for day in held):
            return key
    return "other"
