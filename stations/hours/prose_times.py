"""Clock times of Chinese prose: from words such as 早8点到晚10点 to minutes of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stations.hours.expression import DAY_MIN
from stations.hours.prose_tokens import NotReadError, Token, skip

_BETWEEN = frozenset({"passed", "open", "from"})
_BEFORE_CLOCK = _BETWEEN | {"left"}
_CLOSING = frozenset({"关门", "关闭", "闭馆", "闭店", "闭站", "关站", "锁门"})
_SUN = {"sunrise": "sunrise", "sunset": "sunset"}
_SUN_AFTER, _SUN_BEFORE = 15 * 60, 10 * 60  # when the sun is surely still, and surely already, up
_LAST_MINUTE = DAY_MIN - 1


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a day: minutes (0 to 2880) or the name of a sun event; `first` and `last` are places of the text.

    `plain` tells that the hours were written without a word such as 下午 and without a leading zero, so that an hour
    before noon may be one of the afternoon.
    """

    start: int | str
    end: int | str
    first: int
    last: int
    plain: bool = False

    @property
    def whole_day(self) -> bool:
        """Whether the span is one day from midnight to midnight."""
        return (self.start, self.end) == (0, DAY_MIN)


@dataclass(frozen=True, slots=True)
class _Clock:
    """One clock time as it was written."""

    kind: str
    hour: int
    minute: int
    part: str
    next_day: bool
    padded: bool
    first: int
    last: int


def begins_time(tokens: Sequence[Token], place: int) -> bool:
    """Whether a clock time is what comes next, words without weight passed over."""
    place = skip(tokens, place, _BEFORE_CLOCK | {"comma"})
    if place >= len(tokens):
        return False
    kind = tokens[place].kind
    return kind in {"clock", "dotted", "compact", "all_day", "midnight", "number", *_SUN} or kind.startswith("period_")


def read_span(tokens: Sequence[Token], place: int) -> tuple[Span, int]:
    """Return the span that begins at `place`, and the place behind it.

    Raises
    ------
    NotReadError
        There is none, it is no time of the clock, or it can mean two things.
    """
    if tokens[place].kind == "all_day":
        token = tokens[place]
        return Span(0, DAY_MIN, token.start, token.end), place + 1
    began = place
    opening, place = _read_clock(tokens, place)
    place, joined = _pass_range(tokens, place)
    if place >= len(tokens) or not (joined or _may_follow(opening, tokens, place)):
        raise NotReadError(tokens[began].start, opening.last)
    marked = not joined and _closes(tokens, place)
    closing, place = _read_clock(tokens, place)
    behind = skip(tokens, place, frozenset({"passed"}))
    if behind < len(tokens) and (marked or tokens[behind].kind == "close_at"):
        place = behind + 1
    if place < len(tokens) and tokens[place].kind == "range":
        raise NotReadError(tokens[began].start, tokens[min(place + 1, len(tokens) - 1)].end)
    _check_bare_numbers(opening, closing)
    return _span_of(opening, closing), place


def _pass_range(tokens: Sequence[Token], place: int) -> tuple[int, bool]:
    """Pass over what stands between the two times: 到, 起至, or 开门 with a comma."""
    place = skip(tokens, place, _BETWEEN)
    if place + 1 < len(tokens) and tokens[place].kind == "since" and tokens[place + 1].kind in {"range", "comma"}:
        place += 1
    place = skip(tokens, place, _BETWEEN)
    if place < len(tokens) and tokens[place].kind == "range":
        return skip(tokens, place + 1, _BETWEEN), True
    return place, False


def _may_follow(opening: _Clock, tokens: Sequence[Token], place: int) -> bool:
    """Whether a second time may follow without 至: 早九晚五, or 8点开门，21点关门."""
    if opening.part and tokens[place].kind.startswith("period_"):
        return tokens[place].kind != f"period_{opening.part}" and not _is_span(tokens, place)
    return _closes(tokens, place)


def _is_span(tokens: Sequence[Token], place: int) -> bool:
    try:
        _, after = _read_clock(tokens, place)
    except NotReadError:
        return False
    return after < len(tokens) and tokens[after].kind == "range"


def _closes(tokens: Sequence[Token], place: int) -> bool:
    """Whether a time comes next that 关门 or the like marks as the end."""
    place = skip(tokens, place, frozenset({"comma", "passed"}))
    try:
        _, after = _read_clock(tokens, place)
    except NotReadError:
        return False
    after = skip(tokens, after, frozenset({"passed"}))
    return after < len(tokens) and (tokens[after].kind == "close_at" or tokens[after].word in _CLOSING)


def _read_clock(tokens: Sequence[Token], place: int) -> tuple[_Clock, int]:
    place = skip(tokens, place, _BEFORE_CLOCK | {"comma"})
    part, next_day, first = "", False, None
    while place < len(tokens):
        token = tokens[place]
        first = token.start if first is None else first
        if token.kind.startswith("period_"):
            named = token.kind.removeprefix("period_")
            if part not in {"", named} and (part, named) != ("evening", "dawn"):
                raise NotReadError(first, token.end)  # 早晚8:00 is two times
            part = named
        elif token.kind == "next_day":
            next_day = True
        elif token.kind not in _BEFORE_CLOCK:
            break
        place += 1
    if place >= len(tokens) or first is None:
        raise NotReadError(tokens[-1].start if first is None else first, tokens[-1].end)
    behind = place + 1
    if behind < len(tokens) and tokens[behind].word in {"am", "pm"}:
        part = tokens[behind].kind.removeprefix("period_")
        behind += 1
    return _clock_of(tokens[place], part, next_day, first), behind


def _clock_of(token: Token, part: str, next_day: bool, first: int) -> _Clock:
    if token.kind in _SUN:
        return _Clock(token.kind, 0, 0, part, next_day, False, first, token.end)
    if token.kind == "midnight":
        return _Clock("clock", 24, 0, "", next_day, True, first, token.end)
    if token.kind == "number":
        return _checked(_Clock("number", token.numbers[0], 0, part, next_day, False, first, token.end), token)
    if token.kind in {"clock", "dotted", "compact"}:
        hour, minute = token.numbers
        padded = token.word.startswith("0") or token.kind == "compact"
        return _checked(_Clock(token.kind, hour, minute, part, next_day, padded, first, token.end), token)
    raise NotReadError(first, token.end)


def _checked(clock: _Clock, token: Token) -> _Clock:
    if not (0 <= clock.minute < 60 and clock.hour * 60 + clock.minute <= DAY_MIN):
        raise NotReadError(token.start, token.end)
    return clock


def _check_bare_numbers(opening: _Clock, closing: _Clock) -> None:
    """Refuse hours that stand alone without a sign that they are hours: 8-18 may be a date, 0830 a number."""
    bare = [clock for clock in (opening, closing) if clock.kind == "number" and not clock.part and not clock.next_day]
    if opening in bare and (closing.kind == "clock" or (closing.kind == "number" and closing.part)):
        bare.remove(opening)
    kinds = {opening.kind, closing.kind} - {"number", *_SUN}
    if bare or len(kinds) > 1:
        raise NotReadError(opening.first, closing.last)
    if "compact" in kinds and (opening.minute % 5 or closing.minute % 5 or opening.hour == closing.hour):
        raise NotReadError(opening.first, closing.last)


def _span_of(opening: _Clock, closing: _Clock) -> Span:
    if opening.kind in _SUN or closing.kind in _SUN:
        return _sun_span(opening, closing)
    start = _shift(opening.hour, opening.minute, opening.part)
    end = None if start is None else _end_of(start, opening, closing)
    if start is None or end is None or opening.next_day or start >= DAY_MIN or not start < end <= 2 * DAY_MIN:
        raise NotReadError(opening.first, closing.last)
    if (start, end) == (0, _LAST_MINUTE):
        end = DAY_MIN  # who can only write times of one day writes a whole one so
    plain = not opening.part and not opening.padded and 0 < opening.hour < 12
    if plain and opening.hour < 5 and end <= 12 * 60:
        raise NotReadError(opening.first, closing.last)
    return Span(start, end, opening.first, closing.last, plain)


def _sun_span(opening: _Clock, closing: _Clock) -> Span:
    ends: list[int | str] = []
    for clock in (opening, closing):
        minute = _shift(clock.hour, clock.minute, clock.part)
        if minute is None or clock.next_day:
            raise NotReadError(opening.first, closing.last)
        ends.append(_SUN.get(clock.kind, minute))
    # What runs through the night, or could end before it begins in some season, is not told apart from a mistake.
    latest, earliest = _SUN_AFTER if ends[1] == "sunset" else DAY_MIN, _SUN_BEFORE if ends[0] == "sunrise" else 0
    if ends[0] == "sunset" or ends[1] == "sunrise" or not _within(ends[0], 0, latest):
        raise NotReadError(opening.first, closing.last)
    if not _within(ends[1], earliest, DAY_MIN):
        raise NotReadError(opening.first, closing.last)
    return Span(ends[0], ends[1], opening.first, closing.last)


def _within(end: int | str, first: int, last: int) -> bool:
    return isinstance(end, str) or first <= end <= last


def _shift(hour: int, minute: int, part: str) -> int | None:
    """Return the minute of the day that a clock time means in a part of it; `None` where the two do not agree."""
    if hour not in _HOURS[part]:
        return None
    return (hour + _HOURS[part][hour]) * 60 + minute


def _hours(*stretches: tuple[int, int, int]) -> dict[int, int]:
    """Return what to add to an hour, from stretches of first hour, last hour and what to add."""
    return {hour: added for first, last, added in stretches for hour in range(first, last + 1)}


_HOURS = {
    "": _hours((0, 24, 0)),
    "morning": _hours((0, 12, 0)),
    "dawn": _hours((0, 6, 0), (12, 12, -12), (24, 24, -24)),
    "noon": _hours((10, 14, 0), (1, 2, 12)),
    "afternoon": _hours((12, 24, 0), (1, 11, 12)),
    "evening": _hours((0, 4, 24), (5, 11, 12), (12, 12, 12), (17, 24, 0)),
}


def _end_of(start: int, opening: _Clock, closing: _Clock) -> int | None:
    """Return the minute at which a span ends; `None` where it can mean two things, or nothing."""
    if closing.next_day:
        return _next_day(closing)
    written = closing.hour * 60 + closing.minute
    if closing.part:
        end = _shift(closing.hour, closing.minute, closing.part)
        if end is not None and end <= start and closing.part in {"dawn", "morning"} and start >= 12 * 60:
            end += DAY_MIN
        return end
    if opening.part in {"afternoon", "evening", "noon"} and closing.hour <= 12:
        heard = _shift(closing.hour, closing.minute, "afternoon" if opening.part == "noon" else opening.part)
        if heard is not None and heard > start:
            return heard
    if written > start:
        return written
    if written == start:
        return None
    # 22:00-6:00 ends on the next morning; in 13:30-5:30 the end may be one of the afternoon.
    later = start >= 17 * 60 or (start >= 13 * 60 and written + DAY_MIN // 2 <= start)
    through_night = opening.part == "evening" or (not opening.part and later)
    return written + DAY_MIN if through_night or closing.padded or closing.hour == 0 else None


def _next_day(closing: _Clock) -> int | None:
    part = "" if closing.part == "evening" and closing.hour > 12 else closing.part
    minute = _shift(closing.hour, closing.minute, part)
    return None if minute is None else minute + DAY_MIN
