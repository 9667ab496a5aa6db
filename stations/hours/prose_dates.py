"""Dates of Chinese prose: from words such as 5月1日至9月30日 or 10月至次年4月 to days of a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from stations.hours.prose_tokens import NotReadError, Token, skip
from stations.hours.wording_dates import MONTHS

_LEAP_YEAR = 2024
YEAR_DAYS = 366
_FIRST = (*((date(_LEAP_YEAR, month, 1) - date(_LEAP_YEAR, 1, 1)).days for month in range(1, 13)), YEAR_DAYS)
_FEBRUARY_28 = 58
_LATER_YEAR = frozenset({"passed", "next_year"})
_JOINS = frozenset({"list", "comma"})


@dataclass(frozen=True, slots=True)
class Dates:
    """Days of every year (0 to 365, counted in a leap year), or days of certain years as first and last date."""

    days: frozenset[int] = frozenset()
    years: tuple[tuple[date, date], ...] = ()


def begins_dates(tokens: Sequence[Token], place: int) -> bool:
    """Whether dates come next: 5月1日, or the 5 of 5-9月."""
    kind = tokens[place].kind
    return kind == "date" or (kind == "number" and _is_month_number(tokens, place))


def _is_month_number(tokens: Sequence[Token], place: int) -> bool:
    while place + 1 < len(tokens) and tokens[place].kind == "number" and tokens[place + 1].kind in {"range", "list"}:
        place += 2
    return place < len(tokens) and tokens[place].kind == "date" and not tokens[place].numbers[0]


def read_dates(tokens: Sequence[Token], place: int, *, loose: bool = False) -> tuple[Dates, int]:
    """Return the dates that begin at `place`, and the place behind them.

    `loose` takes 5.1 and 5/1 for dates, as after a season's name.

    Raises
    ------
    NotReadError
        A day that no calendar has, or a span of dates that is not whole.
    """
    days: set[int] = set()
    years: list[tuple[date, date]] = []
    while True:
        began = place
        first, place = _read_date(tokens, place, loose=loose, before=None)
        last = first
        ahead = skip(tokens, place, frozenset({"passed", "since"}))
        if ahead < len(tokens) and tokens[ahead].kind == "range":
            last, place = _read_date(tokens, skip(tokens, ahead + 1, _LATER_YEAR), loose=loose, before=first)
            place = place + 1 if place < len(tokens) and tokens[place].word == "止" else place
        _add(days, years, first, last, (tokens[began].start, tokens[place - 1].end))
        after = skip(tokens, place, frozenset({"passed"}))
        nearby = after + 1 < len(tokens) and tokens[after].kind in _JOINS
        if not nearby or not (
            begins_dates(tokens, after + 1) or (loose and tokens[after + 1].kind in {"dotted", "slashed"})
        ):
            return Dates(frozenset(days), tuple(years)), place
        place = after + 1


_Written = tuple[int, int, int]


def _read_date(tokens: Sequence[Token], place: int, *, loose: bool, before: _Written | None) -> tuple[_Written, int]:
    """Return year, month and day (0 where not said) at `place`; `before` is the date that the span begins with."""
    if place >= len(tokens):
        raise NotReadError(tokens[-1].start, tokens[-1].end)
    token = tokens[place]
    year = before[0] if before else 0
    if token.kind == "date":
        if not token.numbers[2] and place + 1 < len(tokens) and tokens[place + 1].kind == "number":
            return (token.numbers[0] or year, token.numbers[1], tokens[place + 1].numbers[0]), place + 2
        return (token.numbers[0] or year, *token.numbers[1:]), place + 1  # type: ignore[return-value]  # three numbers
    if token.kind == "month_day" and before and before[2]:
        return (year, before[1], token.numbers[0]), place + 1
    if token.kind == "number" and _is_month_number(tokens, place):
        return (0, token.numbers[0], 0), place + 1
    if loose and token.kind in {"dotted", "slashed"}:
        return (year, token.numbers[0], abs(token.numbers[1])), place + 1
    raise NotReadError(token.start, token.end)


def _add(days: set[int], years: list[tuple[date, date]], first: _Written, last: _Written, at: tuple[int, int]) -> None:
    if first[0] or last[0]:
        try:
            span = (date(first[0], first[1], first[2]), date(last[0], last[1], last[2]))
        except ValueError:
            raise NotReadError(*at) from None
        if span[0] > span[1]:
            raise NotReadError(*at)
        years.append(span)
        return
    start, end = _day_of(first, at, end=False), _day_of(last, at, end=True)
    if bool(first[2]) != bool(last[2]) and first[1] == last[1]:
        raise NotReadError(*at)
    days.update((start + ahead) % YEAR_DAYS for ahead in range((end - start) % YEAR_DAYS + 1))
    if end == _FEBRUARY_28 and start != end:
        days.add(end + 1)  # a span to the end of February is meant in leap years too


def _day_of(written: _Written, at: tuple[int, int], *, end: bool) -> int:
    _, month, day = written
    if not 1 <= month <= 12 or not 0 <= day <= _FIRST[month] - _FIRST[month - 1]:
        raise NotReadError(*at)
    if not day and end:
        return _FIRST[month] - 1
    return _FIRST[month - 1] + max(day, 1) - 1


def write_dates(dates: Dates) -> str:
    """Return `dates` in OSM syntax, e.g. ``May-Sep`` or ``Oct 16-Apr 14``; days of certain years bear the year."""
    written = [_write_run(first, last) for first, last in _runs(dates.days)]
    for begin, end in dates.years:
        written.append(_dated(begin) if begin == end else f"{_dated(begin)}-{_dated(end)}")
    return ",".join(written)


def _runs(days: frozenset[int]) -> list[tuple[int, int]]:
    """Return first and last day of every run, the turn of the year no border."""
    if len(days) == YEAR_DAYS:
        return [(0, YEAR_DAYS - 1)]
    firsts = sorted(day for day in days if (day - 1) % YEAR_DAYS not in days)
    lasts = [next(day + n for n in range(YEAR_DAYS) if (day + n + 1) % YEAR_DAYS not in days) for day in firsts]
    return [(first, last % YEAR_DAYS) for first, last in zip(firsts, lasts, strict=True)]


def _write_run(first: int, last: int) -> str:
    if first in _FIRST and last + 1 in _FIRST:
        begin, end = MONTHS[_FIRST.index(first)], MONTHS[_FIRST.index(last + 1) - 1]
        return begin if begin == end else f"{begin}-{end}"
    begin, end = _month_day(first), _month_day(last)
    return begin if begin == end else f"{begin}-{end}"


def _month_day(day: int) -> str:
    on = date(_LEAP_YEAR, 1, 1) + timedelta(days=day)
    return f"{MONTHS[on.month - 1]} {on.day:02}"


def _dated(day: date) -> str:
    return f"{day.year} {MONTHS[day.month - 1]} {day.day:02}"
