"""What a station offers, in the words people list it in: ``免费饮水、休憩、微波炉2台、座位12个、WiFi``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import product
from pathlib import Path

from stations.loaders.cells import plain, read_whole
from stations.model.keys import ServiceKey
from stations.texts import LANGUAGES, say

_SEPARATORS = re.compile(r"[;,、/|+&\n\r\t。·•●■◆★]+")
_JOINED = re.compile(r"\s+|以及|[和及与]")
_ITEM_NUMBER = re.compile(r"(?:^|(?<=[\s;；,，。、]))[(（]?[0-9]{1,2}(?:[)）]|[、.．)）](?![0-9]))|[①-⑳]")
_ITEM_NUMBER_BEHIND_SIGN = re.compile(_ITEM_NUMBER.pattern.replace(r"[\s;", "[\n;"))
_BRACKETED = re.compile(r"([^()]+?)\s*\(([^()]+)\)")
_KEY_AND_COUNT = re.compile(r"([a-z_]+)\s*:\s*(.*)")
_DIGITS = "一二三四五六七八九"
_LONGEST_WORD = 60
_CHINESE_NUMBER = rf"[{_DIGITS}两]?十[{_DIGITS}]?|[{_DIGITS}两]"


@dataclass(frozen=True, slots=True)
class ServiceReading:
    """What a text says of services.

    Attributes
    ----------
    services
        Each with its count, `None` where it is there but not counted.
    unknown
        Words that are no known service; a person is to look at them.
    notes
        What cannot be kept as services and counts, in the words it came in: `unknown`, what is said not to be there
        (``无微波炉``), and numbers that count something else (``沙发2张``).
    twice
        The words of a service that is counted twice.
    bad_counts
        Parts such as ``rest:many`` whose number is none.
    """

    services: dict[ServiceKey, int | None]
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    bad_counts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    services: dict[ServiceKey, int | None] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    bad_counts: list[str] = field(default_factory=list)

    def add(self, word: str, service: ServiceKey, count: int | None) -> None:
        before = self.services.get(service)
        if before is not None and count is not None:
            self.twice.append(word)
        self.services[service] = before if count is None else count

    def miss(self, part: str) -> None:
        self.unknown.append(part)
        self.notes.append(part)


@dataclass(frozen=True, slots=True)
class _Words:
    services: Mapping[str, ServiceKey]
    counted: frozenset[str]
    before: tuple[str, ...]
    after: tuple[str, ...]
    harmless: frozenset[str]
    absent: tuple[str, ...]
    nothing: frozenset[str]
    number_first: re.Pattern[str]
    number_last: re.Pattern[str]
    next_word: re.Pattern[str]
    unit_counts: Mapping[ServiceKey, re.Pattern[str]]


@lru_cache(maxsize=8192)
def read_services(text: str) -> ServiceReading:
    """Return the services that a cell lists, by key (``rest:12;water``) or in words; nothing is dropped.

    Parameters
    ----------
    text
        Parts are set apart by any usual sign or line break; words that follow each other without one are told apart
        where all of them are known.
    """
    found = _Found()
    if plain(text).casefold() not in _words().nothing:
        for part in _parts(text):
            _read_part(part, found)
    return ServiceReading(
        found.services, tuple(found.unknown), tuple(found.notes), tuple(found.twice), tuple(found.bad_counts)
    )


def service_of(text: str) -> ServiceKey | None:
    """Return the one service that a heading or a word names, `None` where it names none."""
    return _service(_plain_word(text))


def _parts(text: str) -> Iterator[str]:
    """Yield the parts of a list as they are written; a sign inside brackets does not part."""
    numbered = _ITEM_NUMBER if _ITEM_NUMBER.match(text) else _ITEM_NUMBER_BEHIND_SIGN  # 座位 10、微波炉 2
    text = numbered.sub("\n", text)
    depth, begin = 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "(（") - (sign in ")）" and depth > 0)
        if depth == 0 and _SEPARATORS.fullmatch(plain(sign) or sign):
            yield from _cleaned(text[begin:place])
            begin = place + 1
    yield from _cleaned(text[begin:])


def _cleaned(part: str) -> Iterator[str]:
    if words := part.split():
        yield " ".join(words)


def _read_part(part: str, found: _Found) -> None:
    text = plain(part).casefold()
    if (keyed := _KEY_AND_COUNT.fullmatch(text)) and keyed[1] in [*ServiceKey]:
        count = read_whole(keyed[2])
        if count is None or "." in keyed[2]:
            found.bad_counts.append(part)
        else:
            found.add(part, ServiceKey(keyed[1]), count)
        return
    if len(text) > 10 * _LONGEST_WORD:
        found.miss(part)
    elif _is_absent(text):
        found.notes.append(part)
    elif not _read_word(text, part, found):
        pieces = _pieces(text)
        for piece in pieces:
            _read_word(piece, piece, found)
        if not pieces:
            found.miss(part)


def _pieces(text: str) -> list[str]:
    """Return the services that follow each other in `text`, where nothing else is in it."""
    pieces = [piece for piece in _JOINED.split(text) if piece]
    if all(_read_word(piece, piece, _Found()) for piece in pieces):
        return pieces
    pieces, place = [], 0
    while word := _words().next_word.match(text, place):
        pieces.append(word[0])
        place = word.end()
    return pieces if place == len(text) else []


def _read_word(text: str, part: str, found: _Found) -> bool:
    """Read one service with or without a number; whether it could be."""
    word, count = _word_and_count(text)
    service = _service(word) if len(word) <= _LONGEST_WORD else None
    if service is None:
        return _read_bracketed(text, part, found)
    if count is not None and not _is_counted(word) and _unit_count(text, service, word) == count:
        found.add(part, service, count)
        return True
    if count is not None and not _is_counted(word):
        found.notes.append(part)
        count = None
    found.add(part, service, count)
    return True


def _read_bracketed(text: str, part: str, found: _Found) -> bool:
    """Read a service with more said of it in brackets: ``热饭(微波炉2台)``, ``手机充电(12个口)``."""
    bracketed = _BRACKETED.fullmatch(text)
    service = _service(_plain_word(bracketed[1])) if bracketed and len(text) <= _LONGEST_WORD else None
    if bracketed is None or service is None:
        return False
    inside = _Found()
    inside.add(part, service, None)
    for inner in _parts(bracketed[2]):
        count = _unit_count(inner, service, "")
        if count is not None:
            inside.add(part, service, count)
        elif inner not in _words().harmless and not _read_word(inner, part, inside):
            return False  # it may say that the service is not here: 充电(维修中)
    for key, count in inside.services.items():
        found.add(part, key, count)
    found.notes.extend(inside.notes)
    found.twice.extend(inside.twice)
    return True


def _unit_count(text: str, service: ServiceKey, word: str) -> int | None:
    """Return the number in `text` (after `word`) where its unit is what the station counts of `service`."""
    pattern = _words().unit_counts.get(service)
    counted = pattern.fullmatch(re.sub(r"[()]", "", _plain_word(text))) if pattern else None
    return _count(counted["count"]) if counted and counted["word"].strip() == word else None


def _word_and_count(text: str) -> tuple[str, int | None]:
    text = _plain_word(text)
    words = _words()
    if len(text) > _LONGEST_WORD or _service(text) is not None:
        return text, None
    for pattern in (words.number_last, words.number_first):
        if (found := pattern.fullmatch(text)) and (count := _count(found["count"])) is not None:
            return found["word"], count
    return text, None


def _count(text: str) -> int | None:
    if text.isascii():
        return read_whole(text)
    tens, ten, ones = text.replace("两", "二").rpartition("十")
    if not ten:
        return _DIGITS.index(ones) + 1
    return (_DIGITS.index(tens) + 1 if tens else 1) * 10 + (_DIGITS.index(ones) + 1 if ones else 0)


def _is_counted(word: str) -> bool:
    return any(form in _words().counted for form in _forms(word))


def _service(word: str) -> ServiceKey | None:
    known = _words().services
    return next((known[form] for form in _forms(word) if form in known), None)


def _forms(word: str) -> Iterator[str]:
    """Yield a word as it is, then without what may stand before it and after it."""
    words = _words()
    seen = [word]
    for form in seen:
        yield form
        seen += [form.removeprefix(sign) for sign in words.before if form.startswith(sign) and form != sign]
        seen += [form.removesuffix(sign) for sign in words.after if form.endswith(sign) and form != sign]
        if len(seen) > 40:  # a text of nothing but such words
            return


def _is_absent(text: str) -> bool:
    """Whether a part says that a service is not here."""
    absent = (text.removeprefix(word) for word in _words().absent if text.startswith(word))
    return any(_service(_word_and_count(rest)[0]) is not None for rest in absent)


def _plain_word(text: str) -> str:
    """Return a word without blanks, and without brackets that say nothing more."""
    text = re.sub(r"\s+", " ", plain(text).casefold()).strip(" .!")
    bracketed = re.fullmatch(r"(.*?)\s*\(([^()]*)\)", text)
    if bracketed and bracketed[2].strip() in _words().harmless:
        return bracketed[1]
    return text


@cache
def _words() -> _Words:
    content = tomllib.loads(Path(__file__).with_name("service_words.toml").read_text(encoding="utf-8"))
    services: dict[str, ServiceKey] = {}
    for key in ServiceKey:
        for word in (key.value, *content["words"].get(key, ()), *content["counted"].get(key, ())):
            services[word] = key
            services.setdefault(word.replace(" ", ""), key)
    for key, lang in product(ServiceKey, LANGUAGES):  # what the program itself shows of a service can be written back
        services.setdefault(say(lang, f"service.{key}").casefold(), key)
    units = "|".join(content["units"])
    count = rf"(?P<count>[0-9]{{1,6}}|{_CHINESE_NUMBER})"
    longest_first = sorted((re.escape(word) for word in services if len(word) > 1), key=len, reverse=True)
    fillers = "|".join(map(re.escape, content["before"]))
    return _Words(
        services=services,
        counted=frozenset(word for words in content["counted"].values() for word in words),
        before=tuple(content["before"]),
        after=tuple(content["after"]),
        harmless=frozenset(content["harmless"]),
        absent=tuple(content["absent"]),
        nothing=frozenset(content["nothing"]),
        number_first=re.compile(rf"{count}\s*(?:{units})?(?P<word>\D+)"),
        number_last=re.compile(rf"(?P<word>\D+?)\s*(?:[:x×*]\s*)?\(?\s*{count}\s*(?:{units})?\s*\)?"),
        unit_counts={
            ServiceKey(key): re.compile(rf"(?P<word>\D*?)\s*{count}\s*(?:{'|'.join(map(re.escape, after))})")
            for key, after in content["count_units"].items()
        },
        next_word=re.compile(rf"(?:{fillers})*(?:{'|'.join(longest_first)})"),
    )
