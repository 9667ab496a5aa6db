"""Dates and seasons of OSM opening hours in words."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from stations.texts import say

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = rf"(?:{'|'.join(MONTHS)})"
_DAY = rf"(?:\d{{4}} )?{_MONTH}(?: \d{{1,2}})?"
_ITEM = rf"{_DAY}(?:-(?:{_DAY}|\d{{1,2}}))?"
DATES = rf"{_ITEM}(?:,{_ITEM})*"
"""Matches the months and dates that a rule can begin with."""

_END = re.compile(rf"(?:(?P<year>\d{{4}}) )?(?P<month>{_MONTH})?(?: ?(?P<day>\d{{1,2}}))?")
_LEAP_YEAR = 2024


class _End(NamedTuple):
    """One end of a range of dates; year and day are 0 where they are not said."""

    year: int
    month: int
    day: int


def describe_dates(dates: str, lang: str) -> str:
    """Return dates that match `DATES` in words of `lang`: ``May-Sep`` is 5月至9月, ``Oct 01-Oct 03`` 10月1日至3日."""
    return say(lang, "hours.and").join(_describe_range(*_ends(item), lang) for item in dates.split(","))


def count_days(dates: str) -> int:
    """Return how many days of a leap year the dates hold; those of certain years count as one each."""
    return sum(_length(*_ends(item)) for item in dates.split(","))


def _ends(item: str) -> tuple[_End, _End]:
    first, _, last = item.partition("-")
    begin = _end(first, _End(0, 0, 0))
    return begin, _end(last, begin) if last else begin


def _end(text: str, before: _End) -> _End:
    found = _END.fullmatch(text)
    if found is None:
        raise ValueError(text)
    month = MONTHS.index(found["month"]) + 1 if found["month"] else before.month
    return _End(int(found["year"] or before.year), month, int(found["day"] or 0))


def _length(first: _End, last: _End) -> int:
    if first.year:
        return 1
    begin = date(_LEAP_YEAR, first.month, first.day or 1)
    end = date(_LEAP_YEAR, last.month, last.day) if last.day else _month_end(last.month)
    return (end - begin).days % 366 + 1


def _month_end(month: int) -> date:
    lengths = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return date(_LEAP_YEAR, month, lengths[month - 1])


def _describe_range(first: _End, last: _End, lang: str) -> str:
    if first == last:
        return _describe_end(first, lang)
    if first[:2] == last[:2] and first.day and last.day > first.day:
        days = say(lang, "hours.date_days", month=_month(first, lang), first=first.day, last=last.day)
        return _with_year(days, first.year, lang)
    if first.year:
        return say(lang, "hours.date_range", first=_describe_end(first, lang), last=_describe_end(last, lang))
    key = "date_range_next_year" if (last.month, last.day or 31) < (first.month, first.day) else "date_range"
    return say(lang, f"hours.{key}", first=_describe_end(first, lang), last=_describe_end(last, lang))


def _describe_end(end: _End, lang: str) -> str:
    words = say(lang, "hours.date", month=_month(end, lang), day=end.day) if end.day else _month(end, lang)
    return _with_year(words, end.year, lang)


def _with_year(words: str, year: int, lang: str) -> str:
    return say(lang, "hours.date_in_year", date=words, year=year) if year else words


def _month(end: _End, lang: str) -> str:
    return say(lang, f"hours.month_{end.month}")
