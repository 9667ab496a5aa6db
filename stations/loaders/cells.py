"""Cells as people write them: numbers, degrees, dates and blanks, in Chinese and in English."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from stations.model.keys import Datum

Axis = Literal["lon", "lat"]

MOST_CHARACTERS_OF_A_PLACE = 120
EXACT_BELOW = 1e15
"""Below this a number with nothing behind the point is a whole number; floats hold no more digits than that."""

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"([0-9]{1,6})(?:\.0+)?")
_POINT_ZERO = re.compile(r"([0-9]+)\.0+")
_QUOTED_NUMBER = re.compile(r'="([^"]*)"')
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠]")
_ESCAPED_FORMULA = re.compile(r"'+[=+\-@＝＋－＠]")
_INVISIBLE_ENDS = " \t\r\n\f\v\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"

_MARKS = str.maketrans({
    "º": "°", "˚": "°", "′": "'", "’": "'", "‘": "'", "´": "'", "`": "'", "＇": "'", "″": '"', "”": '"', "“": '"',
    "＂": '"', "−": "-", "—": "-", "。": ".",
})  # fmt: skip
_UNIT_WORDS = ((re.compile(r"(?<=\d)\s*度\s*"), "°"), (re.compile(r"(?<=\d)\s*分\s*"), "'"),
               (re.compile(r"(?<=\d)\s*秒\s*"), '"'), (re.compile("''"), '"'),
               (re.compile(r"(\d+)\s*D\s*(\d+)\s*M\s*(\d+(?:\.\d+)?)\s*S"), r"""\1°\2'\3" """))  # fmt: skip
_SIDES: dict[str, tuple[Axis, int]] = {
    "E": ("lon", 1), "W": ("lon", -1), "N": ("lat", 1), "S": ("lat", -1),
    "东经": ("lon", 1), "西经": ("lon", -1), "北纬": ("lat", 1), "南纬": ("lat", -1),
    "经度": ("lon", 1), "纬度": ("lat", 1), "LON": ("lon", 1), "LNG": ("lon", 1), "LAT": ("lat", 1),
    "LONGITUDE": ("lon", 1), "LATITUDE": ("lat", 1),
}  # fmt: skip
_SIDE = "LONGITUDE|LATITUDE|LON|LNG|LAT|经度|纬度|东经|西经|北纬|南纬|[EWNS]"
_DECIMAL = r"\d+(?:\.\d*)?|\.\d+"
_DEGREES = (
    rf"\s*(?:({_SIDE})\s*[:=]?\s*)?([+-]?)"
    rf"(?:(\d+)\s*°\s*(\d+(?:\.\d*)?)\s*(?:'\s*(?:({_DECIMAL})\s*\"?)?)?"  # 116°49'24.6"
    rf"|(\d+):(\d+)(?::({_DECIMAL}))?"  # 116:49:24.6
    rf"|(\d+)[ ]+(\d+)[ ]+({_DECIMAL})"  # 116 49 24.6
    rf"|({_DECIMAL})\s*°?)"  # 116.8235
    r"\s*([EWNS])?\s*"
)
_GROUPS = 13
_ONE_PLACE = re.compile(_DEGREES)
_TWO_PLACES = re.compile(rf"{_DEGREES}(?:[,;、/|\s]+|(?<=[\"EWNS])|(?=[A-Z东西南北经纬])){_DEGREES}")
_BRACKETS = re.compile(r"\s*(?:POINT)?[\s(\[{【〔<]*(.*?)[\s)\]}】〕>]*", re.DOTALL)

_DATE = re.compile(
    r"([0-9]{4})(?:[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})[日号]?)(?:[ T][0-9:.]+)?"
)
_CLOSE_DATE = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_SERIAL_DAY = re.compile(r"[2-6][0-9]{4}")
_FIRST_SERIAL_DAY = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Degrees:
    """An angle in degrees, east and north positive; `axis` is set where the cell itself tells longitude or latitude."""

    value: float
    axis: Axis | None = None


def stripped(text: str) -> str:
    """Return `text` without what cannot be seen at its ends: blanks of any width, line breaks, zero-width signs."""
    return text.strip(_INVISIBLE_ENDS)


def cell_text(value: object) -> str:
    """Return a value of a spreadsheet as text: ``1`` for 1.0, ISO for a day, ``08:30`` for a time, yes or no."""
    match value:
        case str():
            return stripped(value)
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return _number_text(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case time():
            return value.isoformat("minutes")
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{minutes // 60:02}:{minutes % 60:02}"
        case _:
            return str(value)


def csv_cell(text: str) -> str:
    """Return what a cell of a CSV means: ``="007"`` is 007, and one apostrophe before a would-be formula goes."""
    text = stripped(text)
    if text[:1] not in ("=", "'"):
        return text
    if quoted := _QUOTED_NUMBER.fullmatch(text):
        return quoted[1]
    return text[1:] if _ESCAPED_FORMULA.match(text) else text


def plain_text_cell(text: str) -> str:
    """Return a cell of a CSV that no spreadsheet takes for a formula; `csv_cell` gives `text` back."""
    return "'" + text if _FORMULA.match(text) else text


def plain(text: str) -> str:
    """Return `text` with its full-width letters, digits and signs as the ones of ASCII."""
    return text if text.isascii() else stripped(unicodedata.normalize("NFKC", text))


def read_number(text: str) -> float | None:
    """Return the decimal number that `text` is, `None` for anything else (nan, 1_000, 1,5 and the like)."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def read_whole(text: str) -> int | None:
    """Return the whole number of at most six digits that `text` is (``45``, ``45.0``), `None` for anything else."""
    found = _WHOLE.fullmatch(text)
    return int(found[1]) if found else None


def without_point_zero(text: str) -> str:
    """Return ``13800000000`` for ``13800000000.0``, as a spreadsheet makes of a number that is a name."""
    found = _POINT_ZERO.fullmatch(text)
    return found[1] if found else text


def read_degrees(text: str) -> Degrees | None:
    """Return the angle that a cell means: ``116.8235``, ``116°49'24.6"``, ``东经116度49分``, ``E 116:49:24.6``.

    Returns
    -------
    Degrees or None
        `None` where it is no angle, or has 60 minutes or more.
    """
    number = read_number(text)
    if number is not None:
        return Degrees(number)
    found = _ONE_PLACE.fullmatch(_angle_text(text)) if len(text) <= MOST_CHARACTERS_OF_A_PLACE else None
    return _degrees(found.groups()) if found else None


def read_two_degrees(text: str) -> tuple[Degrees, Degrees] | None:
    """Return both angles of a cell in the order in which they stand: ``116.82,35.56``, ``(35.56，116.82)``.

    Returns
    -------
    tuple or None
        `None` where they are not two angles, or both say that they are the same axis.
    """
    if len(text) > MOST_CHARACTERS_OF_A_PLACE:
        return None
    inner = _BRACKETS.fullmatch(_angle_text(text))
    found = _TWO_PLACES.fullmatch(inner[1]) if inner else None
    if not found:
        return None
    first, second = _degrees(found.groups()[:_GROUPS]), _degrees(found.groups()[_GROUPS:])
    if first is None or second is None or (first.axis is not None and first.axis == second.axis):
        return None
    return first, second


def read_date(text: str) -> date | None:
    """Return the day that a cell means: ``2026-03-15``, ``2026/3/15``, ``2026年3月15日``, ``20260315``, ``46096``.

    Five digits are the days that a spreadsheet counts from 30 December 1899.
    """
    text = plain(text)
    if _SERIAL_DAY.fullmatch(text):
        return _FIRST_SERIAL_DAY + timedelta(days=int(text))
    found = _DATE.fullmatch(text) or _CLOSE_DATE.fullmatch(text)
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups() if part is not None))
    except ValueError:  # 30 February
        return None


DATUM_WORDS = {
    Datum.GCJ02: ("gcj", "高德", "腾讯", "火星", "amap"),
    Datum.BD09: ("bd09", "bd-09", "百度", "baidu"),
    Datum.WGS84: ("wgs", "gps", "天地图", "cgcs2000"),
}
"""Words of a heading that say which earth its coordinates were written in."""


def datum_said(heading: str) -> Datum | None:
    """Return the datum that a heading names, `None` where it names none or several."""
    text = plain(heading).casefold()
    said = [datum for datum, words in DATUM_WORDS.items() if any(word in text for word in words)]
    return said[0] if len(said) == 1 else None


def _number_text(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < EXACT_BELOW else repr(value)


def _angle_text(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_MARKS)).upper()
    for unit, mark in _UNIT_WORDS:
        text = unit.sub(mark, text)
    return text.strip()


def _degrees(groups: tuple[str | None, ...]) -> Degrees | None:
    before, sign, *parts, after = groups
    sides = {_SIDES[side] for side in (before, after) if side}
    if len({axis for axis, _ in sides}) > 1 or (sign == "-" and after):
        return None
    numbers = [float(part) for part in parts if part is not None]
    if any(part >= 60 for part in numbers[1:]):
        return None
    value = sum(part / 60**power for power, part in enumerate(numbers))
    axis = next((axis for axis, _ in sides), None)
    westward = sign == "-" or any(direction < 0 for _, direction in sides)
    return Degrees(-value if westward else value, axis)
