"""Chinese opening hours cut into words: every sign of the text belongs to exactly one token."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_NUMERALS = "零〇一二两三四五六七八九"
_SIGNS_OF_NUMBERS = rf"[{_NUMERALS}十廿]"
_CN = rf"{_SIGNS_OF_NUMBERS}{{1,3}}+"
_DAY_SIGN = "一二三四五六日天"
_WEEK = r"(?:[每逢]{0,2}(?:周|星期|礼拜))"
# A further weekday sign in a list is none where it begins a clock time, a date or another word (日出, 天天, 五一).
_MORE = rf"[{_DAY_SIGN}](?![点时月号半十八出落间常期天节])(?<!五(?=一))"
_JOIN = r" ?(?:[、,和及与/]|-+|至|到)? ?"
# 周一至周五,周六休息: a comma or a blank before a whole day name may begin something new.
_JOIN_NAMES = r"(?: ?(?:[、和及与/]|-+|至|到) ?)?"
_DAY_LIST = rf"{_WEEK} ?[{_DAY_SIGN}](?:{_JOIN_NAMES}{_WEEK} ?[{_DAY_SIGN}]|{_JOIN}{_MORE})*"
_DIGIT_LIST = rf"{_WEEK} ?[1-7](?![点时:\d])(?: ?(?:[、,和及与/]|-+|至|到) ?{_WEEK}? ?[1-7](?![点时:月号日\d-]))*"

_COUNTED = r"第(?P<nths>[一二三四五1-5](?:[、,和及/]第?[一二三四五1-5])*)个?|(?P<last>最后)一?个?|(?P<first>首)个?"
_SPOKEN_MINUTE = (
    r" ?(?P<s_minute>\d{1,2})分|(?P<s_two>\d{2})(?![\d点时:.月])|(?P<s_half>半)|(?P<s_quarter>[一三1])刻|整|钟"
)
_CHINESE_MINUTE = rf"(?P<c_half>半)|(?P<c_quarter>[一三])刻|整|钟|(?P<c_minute>{_CN})(?![点时])分?"

# The first that fits is taken; `word` is filled from prose.toml.
_PATTERNS = (
    ("nth", rf"每?个?月(?:的|度)?(?:{_COUNTED})(?P<nth_day>{_WEEK}[{_DAY_SIGN}])"),
    ("date", rf"(?:(?P<year>\d{{4}})年)?(?P<month>\d{{1,2}}|{_CN})月份?(?:(?P<day>\d{{1,2}}|{_CN})[日号])?"),
    ("month_day", rf"(?P<dom>\d{{1,2}}|{_CN})[日号]"),
    ("clock", r"(?P<hour>\d{1,2}) ?: ?(?P<minute>\d{1,2})(?!\d)(?: ?: ?00(?![\d:]))?(?: ?分)?"),
    ("spoken", rf"(?P<s_hour>\d{{1,2}}) ?[点时](?:{_SPOKEN_MINUTE})?"),
    ("chinese", rf"(?P<c_hour>{_CN})[点时](?:{_CHINESE_MINUTE})?"),
    ("short", rf"(?<=[早晚午晨朝])(?P<short_hour>{_CN})"),
    ("days", rf"{_DAY_LIST}|{_DIGIT_LIST}"),
    ("word", ""),
    ("dotted", r"(?P<left>\d{1,2})\.(?P<right>\d{1,2})(?![\d.])"),
    ("slashed", r"(?P<over>\d{1,2})/(?P<under>\d{1,2})(?![\d/])"),
    ("compact", r"(?P<digits>\d{3,4})(?!\d)"),
    ("number", r"(?P<number_digits>\d{1,2})(?!\d)"),
    ("range", r"-+|(?<=\d)一(?=\d)"),
    ("unread", r"\d+|[a-z]+|."),
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text: what it is, where it stands, and the numbers in it.

    `numbers` of a clock time (``clock``, ``dotted``, ``compact``) are hour and minute; of ``date`` year, month and
    day, 0 where not said; of ``days`` the weekdays (0 = Monday); of ``nth`` the weekday and which ones (-1 = last).
    """

    kind: str
    word: str
    start: int
    end: int
    numbers: tuple[int, ...] = ()


class NotReadError(Exception):
    """The part of a text from `start` to `end` (places in the plain text) cannot be read; never leaves the reader."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__(start, end)
        self.start, self.end = start, end


@dataclass(frozen=True, slots=True)
class _Lexicon:
    signs: dict[str, str]
    unknown: frozenset[str]
    kinds: dict[str, str]
    pattern: re.Pattern[str]


@cache
def _lexicon() -> _Lexicon:
    tables = tomllib.loads((files("stations.hours") / "prose.toml").read_text(encoding="utf-8"))
    kinds = {word: kind for kind, words in tables["words"].items() for word in words}
    kinds |= {word: f"period_{kind}" for kind, words in tables["periods"].items() for word in words}
    longest = sorted(kinds, key=len, reverse=True)
    words = "|".join(
        re.escape(word) + (r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else "") for word in longest
    )
    pattern = "|".join(f"(?P<{name}>{words if name == 'word' else own})" for name, own in _PATTERNS)
    return _Lexicon(tables["signs"], frozenset(tables["unknown"]["words"]), kinds, re.compile(pattern, re.DOTALL))


@cache
def season_quarters(word: str) -> frozenset[str]:
    """Return the quarters of the year that a season word names; 春秋 names two."""
    tables = tomllib.loads((files("stations.hours") / "prose.toml").read_text(encoding="utf-8"))
    return frozenset(quarter for sign, quarter in tables["seasons"].items() if sign in word)


def make_plain(text: str) -> tuple[str, tuple[int, ...]]:
    """Return `text` with plain signs, and for each of them its place in `text`."""
    signs = _lexicon().signs
    plain: list[str] = []
    places: list[int] = []
    for place, written in enumerate(text):
        for sign in unicodedata.normalize("NFKC", signs.get(written, written)).lower():
            sign = signs.get(sign, sign)
            sign = " " if sign.isspace() else sign
            if sign != " " or (plain and plain[-1] != " "):
                plain.append(sign)
                places.append(place)
    return "".join(plain), tuple(places)


def says_nothing(plain: str) -> bool:
    """Whether a plain text only says that the hours are not known."""
    return plain.strip(" ;,.()!") in _lexicon().unknown | {""}


def cut(plain: str) -> Iterator[Token]:
    """Cut a plain text into tokens."""
    lexicon = _lexicon()
    for found in lexicon.pattern.finditer(plain):
        name = next(name for name, _ in _PATTERNS if found[name] is not None)
        kind = lexicon.kinds[found[0]] if name == "word" else _KIND_OF.get(name, name)
        yield Token(kind, found[0], *found.span(), _numbers(name, found))


_KIND_OF = {"spoken": "clock", "chinese": "clock", "short": "number"}


def _numbers(name: str, found: re.Match[str]) -> tuple[int, ...]:
    if name in _READERS:
        return _READERS[name](found)
    return ()


def _number(text: str | None) -> int:
    if text is None:
        return 0
    if text.isdecimal() and text.isascii():
        return int(text)
    text = text.replace("廿", "二十")
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (_digit(tens) if tens else 1) + (_digit(ones) if ones else 0)
    return int("".join(str(_digit(sign)) for sign in text))


def _digit(sign: str) -> int:
    # More signs than one before or after 十 are no number of the clock: 99 is refused wherever it is used.
    return (
        99 if len(sign) != 1 or sign not in _NUMERALS else (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9)[_NUMERALS.index(sign)]
    )


def _spoken(found: re.Match[str]) -> tuple[int, int]:
    if found["s_half"]:
        return int(found["s_hour"]), 30
    if found["s_quarter"]:
        return int(found["s_hour"]), 45 if found["s_quarter"] == "三" else 15
    return int(found["s_hour"]), _number(found["s_minute"] or found["s_two"])


def _chinese(found: re.Match[str]) -> tuple[int, int]:
    if found["c_half"]:
        return _number(found["c_hour"]), 30
    if found["c_quarter"]:
        return _number(found["c_hour"]), 45 if found["c_quarter"] == "三" else 15
    return _number(found["c_hour"]), _number(found["c_minute"])


def _clock(found: re.Match[str]) -> tuple[int, int]:
    # 8:3 is no time, as 8:75 is none.
    return int(found["hour"]), int(found["minute"]) if len(found["minute"]) == 2 else 99


def _weekday(sign: str) -> int:
    return min((_DAY_SIGN.find(sign) if sign in _DAY_SIGN else int(sign) - 1), 6)


def _days(found: re.Match[str]) -> tuple[int, ...]:
    """Return the weekdays of a list such as 周一至周三、五."""
    days: list[int] = []
    ranged = False
    for piece in re.finditer(rf"(?P<to>-+|至|到)|(?P<sign>[{_DAY_SIGN}1-7])(?!期)", re.sub(_WEEK, "", found[0])):
        if piece["to"]:
            ranged = True
            continue
        day = _weekday(piece["sign"])
        days += [(days[-1] + ahead) % 7 for ahead in range(1, (day - days[-1]) % 7 + 1)] if ranged and days else [day]
        ranged = False
    return tuple(dict.fromkeys(days))


def _nth(found: re.Match[str]) -> tuple[int, ...]:
    weekday = _weekday(found["nth_day"][-1])
    if found["last"]:
        return weekday, -1
    numbers = [
        int(sign) if sign.isdecimal() else "一二三四五".index(sign) + 1
        for sign in re.findall("[一二三四五1-5]", found["nths"] or "1")
    ]
    return weekday, *numbers


_READERS: dict[str, Callable[[re.Match[str]], tuple[int, ...]]] = {
    "nth": _nth,
    "date": lambda found: (_number(found["year"]), _number(found["month"]), _number(found["day"])),
    "month_day": lambda found: (_number(found["dom"]),),
    "clock": _clock,
    "spoken": _spoken,
    "chinese": _chinese,
    "short": lambda found: (_number(found["short_hour"]),),
    "days": _days,
    "dotted": lambda found: (
        int(found["left"]),
        int(found["right"]) if len(found["right"]) == 2 else -int(found["right"]),
    ),
    "slashed": lambda found: (int(found["over"]), int(found["under"])),
    "compact": lambda found: (int(found["digits"][:-2]), int(found["digits"][-2:])),
    "number": lambda found: (int(found["number_digits"]),),
}


def is_ranged(token: Token) -> bool:
    """Whether a ``days`` token was written as a span of days (周一至周五), not as a list."""
    return re.search(r"[-至到]", token.word) is not None


def skip(tokens: Sequence[Token], place: int, kinds: frozenset[str]) -> int:
    """Return the first place from `place` on whose token is of none of `kinds`."""
    while place < len(tokens) and tokens[place].kind in kinds:
        place += 1
    return place
