"""Names of townships, communities and roads inside the words of a list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

_TOWNSHIP_ENDINGS = re.compile(r"(?:街道办事处|街道办|办事处|街道|镇|乡)$")
_COMMUNITY_ENDINGS = re.compile(r"(?:社区居民委员会|社区居委会|居民委员会|村民委员会|居委会|村委会|社区|村)$")
_TOWNSHIP_KINDS = ("街道", "镇", "乡")
_SHORTEST = 2

NamesByStart = Mapping[str, tuple[str, ...]]
"""Names by their first two characters, the longest first."""


def plain(words: str | None) -> str:
    """Return words without what people write one way or another: width, case, outer blanks."""
    return unicodedata.normalize("NFKC", words or "").casefold().strip()


def township_stem(name: str | None) -> str:
    """Return a township's name without what it is, e.g. 鼓楼 of 鼓楼街道 or 鼓楼街道办事处."""
    return _stem(plain(name), _TOWNSHIP_ENDINGS)


def community_stem(name: str | None) -> str:
    """Return a community's name without what it is, e.g. 南关 of 南关社区; whole where too little would be left."""
    return _stem(plain(name), _COMMUNITY_ENDINGS)


def by_start(names: Iterable[str]) -> NamesByStart:
    """Return names by how they start, for `names_in`; single characters are left out."""
    found: dict[str, list[str]] = {}
    for name in sorted(set(names), key=lambda name: (-len(name), name)):
        if len(name) >= _SHORTEST:
            found.setdefault(name[:_SHORTEST], []).append(name)
    return {start: tuple(longest_first) for start, longest_first in found.items()}


def names_in(words: str, names: NamesByStart) -> list[str]:
    """Return which of `names` stand in `words`, from left to right; where several do at one place the longest.

    Latin names count only as whole words.
    """
    found = []
    at = 0
    while at < len(words):
        fitting = names.get(words[at : at + _SHORTEST], ())
        name = next((one for one in fitting if words.startswith(one, at) and _whole(words, at, len(one))), "")
        if name:
            found.append(name)
        at += max(1, len(name))
    return found


def township_in(words: str | None, stems: Collection[str]) -> str | None:
    """Return the stem of the township that an address names first, e.g. 鼓楼 of 兖州区鼓楼街道永安路."""
    text = plain(words)
    hits = [(at, -len(stem), stem) for stem in stems for kind in _TOWNSHIP_KINDS if (at := text.find(stem + kind)) >= 0]
    return min(hits)[2] if hits else None


def without_townships(words: str | None, stems: Collection[str]) -> str:
    """Return words without the townships they name, so that a village of the same name is not seen in them."""
    text = plain(words)
    for stem in stems:
        if stem in text:
            for kind in _TOWNSHIP_KINDS:
                text = text.replace(stem + kind, " ")
    return text


def _stem(name: str, endings: re.Pattern[str]) -> str:
    stem = endings.sub("", name)
    return stem if len(stem) >= _SHORTEST else name


def _whole(words: str, at: int, length: int) -> bool:
    """Whether a Latin name is not just a part of a longer word."""
    before, behind = words[at - 1 : at], words[at + length : at + length + 1]
    return not (_latin(words[at]) and _latin(before)) and not (_latin(words[at + length - 1]) and _latin(behind))


def _latin(sign: str) -> bool:
    return sign.isalnum() and ord(sign) < 0x2E80
