"""Clock times in prose and in OSM syntax, as they were written: also those that no clock shows."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

DAY_MIN = 24 * 60
LONG_NIGHT_MIN = 14 * 60
"""A span over midnight that is longer, and ends by day, was probably not meant as one."""
DAYBREAK_MIN = 5 * 60

_NEXT_DAY = "次日|翌日|第二天|隔天|凌晨"
_AFTERNOON = "下午|午后|傍晚|晚上|晚间|夜间|夜里|晚|夜"
_PERIODS = f"{_NEXT_DAY}|{_AFTERNOON}|早上|早晨|清晨|早|上午|中午|午间"
_HOUR = rf"(?P<period{{n}}>{_PERIODS})?\s*(?<![\d:.])(?P<hour{{n}}>\d{{{{1,2}}}})"
_MINUTE = r"\s*[点时:](?P<minute{n}>\d{{1,2}}|半)?(?::\d\d)?分?"
_TIME = f"{_HOUR}(?:{_MINUTE})"
_BARE = f"{_HOUR}(?:{_MINUTE})?"
_SPAN = re.compile(_BARE.format(n=1) + r"\s*(?:-+|至|到|~)\s*" + _TIME.format(n=2) + r"(?![\d])")
_ALONE = re.compile(_TIME.format(n="") + r"(?![\d])")
_DASHES = str.maketrans("–—－―～〜∼", "-------")


@dataclass(frozen=True, slots=True)
class WrittenSpan:
    """Opening and closing time in minutes since midnight, as written; `end` above a day where the words say so."""

    text: str
    start_min: int
    end_min: int

    @property
    def length_min(self) -> int:
        """Minutes it is open; what ends before it starts ends on the next day."""
        return (
            (self.end_min - self.start_min) % DAY_MIN
            if self.end_min <= self.start_min
            else self.end_min - self.start_min
        )

    @property
    def empty(self) -> bool:
        """Whether it opens and closes at the same time of day, midnight apart."""
        return self.start_min == self.end_min and self.start_min % DAY_MIN != 0

    @property
    def backwards(self) -> bool:
        """Whether it closes before it opens, and cannot well be meant to go on over midnight."""
        return self.end_min < self.start_min and self.length_min > LONG_NIGHT_MIN and self.end_min >= DAYBREAK_MIN

    @property
    def likely(self) -> str:
        """What was probably meant by a span that is backwards: the afternoon, else the other way round."""
        afternoon_min = self.end_min + DAY_MIN // 2
        if self.start_min < DAY_MIN // 2 and self.start_min < afternoon_min < DAY_MIN:
            return f"{clock(self.start_min)}-{clock(afternoon_min)}"
        return f"{clock(self.end_min)}-{clock(self.start_min)}"


def plain_hours(text: str) -> str:
    """Return a text with one way of writing digits, colons and dashes."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES)


def impossible_times(text: str) -> list[str]:
    """Return the times in a text that no clock shows, e.g. ``25:00`` or ``8:75``; 24:00 is one that does."""
    return [found[0].strip() for found in _ALONE.finditer(plain_hours(text)) if not _on_a_clock(found)]


def written_spans(text: str) -> list[WrittenSpan]:
    """Return the spans in a text whose two ends are clock times, e.g. ``下午2:00-5:00`` as 14:00 to 17:00."""
    spans = []
    for found in _SPAN.finditer(plain_hours(text)):
        start, end = _minutes(found, 1), _minutes(found, 2)
        first, second = found["period1"], found["period2"]
        if first and not second and re.fullmatch(_AFTERNOON, first) and end < start and end + DAY_MIN // 2 > start:
            end += DAY_MIN // 2
        spans.append(WrittenSpan(found[0].strip(), start, end))
    return spans


def clock(minutes: int) -> str:
    """Return minutes since midnight as a clock shows them."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _on_a_clock(found: re.Match[str]) -> bool:
    hour, minute = int(found["hour"]), _minute(found["minute"])
    return minute < 60 and (hour < 24 or (hour == 24 and minute == 0))


def _minutes(found: re.Match[str], number: int) -> int:
    hour, period = int(found[f"hour{number}"]), found[f"period{number}"] or ""
    minutes = 60 * hour + _minute(found[f"minute{number}"])
    if re.fullmatch(_AFTERNOON, period) and hour <= 12:
        late = period[0] in "晚夜"
        if late and hour < 5:
            return minutes + DAY_MIN
        return minutes + (DAY_MIN // 2 if hour < 12 or late else 0)
    if period == "凌晨":
        return minutes % (DAY_MIN // 2) + (DAY_MIN if number == 2 else 0)
    return minutes + (DAY_MIN if re.fullmatch(_NEXT_DAY, period) else 0)


def _minute(written: str | None) -> int:
    return 30 if written == "半" else int(written or 0)
