"""Opening hours as Chinese offices write them, read into OSM syntax; what is not understood stays unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from stations.errors import InputError
from stations.hours.expression import MAX_CHARACTERS, check_hours
from stations.hours.prose_meaning import write_rules
from stations.hours.prose_rules import RuleReader
from stations.hours.prose_tokens import NotReadError, Token, cut, make_plain, says_nothing, skip

MAX_PROSE_CHARACTERS = 300
_SHOWN_CHARACTERS = 40
_OSM_WORD = re.compile(r"24/7|[A-Za-z]{2}")
_FESTIVALS = frozenset({"festival", "fixed_festival"})
_UNREAD = frozenset({"unread", "doubtful"})
_SHORT_WORDS = frozenset({"from", "except_after", "close_at", "since", "list"})
_CLOSING_BRACKETS = ("）", ")")


@dataclass(frozen=True, slots=True)
class HoursReading:
    """What was understood of a text about opening hours.

    `expression` is OSM syntax that `check_hours` accepts; `None` where the text says nothing or not all of it was
    understood, so unknown. `follows_workdays` tells whether the hours keep to the working days of the State Council's
    notices (make-up workdays included); `None` where nothing was said. `not_understood` are the words that could
    not be read, as they were written and in their order.
    """

    expression: str | None
    follows_workdays: bool | None
    not_understood: tuple[str, ...]


@lru_cache(maxsize=4096)
def read_hours(text: str) -> HoursReading:
    """Return what `text`, Chinese prose or OSM syntax, says of opening hours.

    OSM syntax comes back as it is. Hours are only given where every word was understood and can mean one thing: an
    end before its start, an hour no clock shows, seasons without dates, holidays of the lunar year, and conditions
    (预约, 以通知为准) make the whole unknown, and are named. 工作日 means Monday to Friday without public holidays, and
    make-up workdays with them; 周一至周五 says nothing of either. Texts above 300 characters are not read.
    """
    written = " ".join(text.split())
    expression = _as_osm(written)
    if expression is not None:
        return HoursReading(expression, None, ())
    if len(text) > MAX_PROSE_CHARACTERS:
        return HoursReading(None, None, (_shortened(written),))
    plain, places = make_plain(text.strip())
    if says_nothing(plain):
        return HoursReading(None, None, ())
    expression = _as_osm(plain, letters=text)
    if expression is not None:
        return HoursReading(expression, None, ())
    return _read_prose(text.strip(), plain, places)


def _as_osm(written: str, letters: str = "") -> str | None:
    """Return `written` where it is OSM syntax; bare clock times are prose too, and held to its stricter clock."""
    if letters:
        # The plain text has lost its capitals: OSM syntax in full-width signs is tried with plain signs and capitals.
        signs = (make_plain(sign)[0] or " " for sign in letters)
        written = "".join(sign.upper() if own.isupper() else sign for sign, own in zip(signs, letters, strict=True))
    written = re.sub(r"\s+", " ", written).strip(" ;")
    if not _OSM_WORD.search(written) or len(written) > MAX_CHARACTERS or says_nothing(written.lower()):
        return None
    try:
        check_hours(written)
    except InputError:
        return None
    return written


def _read_prose(text: str, plain: str, places: Sequence[int]) -> HoursReading:
    tokens = list(cut(plain))
    unread = _unreadable(tokens)
    follows = _follows_by_words(tokens)
    if not unread:
        reader = RuleReader(tokens)
        try:
            expression = write_rules(reader.read())
            check_hours(expression)
        except NotReadError as error:
            unread = [(error.start, error.end)]
        except InputError:
            unread = [(0, len(plain))]
        else:
            return HoursReading(expression, follows if reader.follows is None else reader.follows, ())
        follows = follows if reader.follows is None else reader.follows
    return HoursReading(None, follows, tuple(_original(text, places, start, end) for start, end in unread))


def _unreadable(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Return the stretches of the text whose words are not known, or are festivals that move with the moon."""
    found: list[tuple[int, int]] = []
    together = False
    for place, token in enumerate(tokens):
        if token.kind in _UNREAD or (token.kind in _FESTIVALS and _is_unreadable_festival(tokens, place)):
            before = tokens[place - 1] if place and _may_be_part(tokens[place - 1]) else token
            first = found.pop()[0] if together else before.start
            found.append((first, token.end))
            together = True
        elif place and tokens[place - 1].kind == "unread" and _may_be_part(token):
            found[-1] = (found[-1][0], token.end)
        else:
            together = together and _holds_together(token)
    return found


def _may_be_part(token: Token) -> bool:
    """Whether a short word beside one that cannot be read may be a part of it: 室外, 自助, 停止入场."""
    return len(token.word) == 1 and token.word.isalpha() and token.kind in _SHORT_WORDS


def _holds_together(token: Token) -> bool:
    """Whether words on both sides of `token` that cannot be read are shown as one: 除夕至初六, a telephone number."""
    return token.kind in {"range", "compact", "number", "from"} or (
        token.kind == "passed" and token.word not in {":", "."}
    )


def _is_unreadable_festival(tokens: Sequence[Token], place: int) -> bool:
    after = skip(tokens, place, _FESTIVALS | {"passed", "list", "holidays"})
    if after < len(tokens) and tokens[after].kind == "usual":
        return False
    dated = skip(tokens, place + 1, frozenset({"passed", "left"}))
    return tokens[place].kind == "festival" or dated >= len(tokens) or tokens[dated].kind not in {"date", "number"}


def _follows_by_words(tokens: Sequence[Token]) -> bool | None:
    return True if any(token.kind in {"workdays", "non_workdays", "follows"} for token in tokens) else None


def _original(text: str, places: Sequence[int], start: int, end: int) -> str:
    if not places or start >= end:
        return _shortened(text)
    behind = places[min(end, len(places)) - 1] + 1
    words = text[places[start] : behind].strip()
    if ("（" in words or "(" in words) and text[behind : behind + 1] in _CLOSING_BRACKETS:
        words += text[behind]
    return _shortened(words)


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
