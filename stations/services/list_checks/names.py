"""How alike the names of stations are: by characters, and by how they sound.

A name has a part of its own (南关社区) and a part that says what it is (党群服务中心). Only the own part tells
stations apart, so it is what is compared; numbers, single letters and words of direction in it tell apart for certain
(三村 and 四村, 东关 and 西关). Edit distance: V. I. Levenshtein 1966, as rapidfuzz computes it, over characters and
over pinyin syllables without tones, each character in its commonest reading, so that a homophone typed by mistake
(鼓楼 and 古楼) is no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pypinyin import Style, lazy_pinyin
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from stations.model.station import Station

COMMON = 4
"""A name that so many stations of a township bear (a chain, "public toilet") tells nothing."""

_KIND_WORDS = re.compile(
    # the longer before those they hold
    "户外劳动者服务站点|户外劳动者服务站|新时代文明实践站|户外劳动者驿站|党群服务中心|便民服务中心|社区服务中心"
    "|物业服务中心|党群服务站|便民服务站|小哥招呼站|新就业群体|骑手驿站|小哥驿站|暖心驿站|爱心驿站|红色驿站|党建驿站"
    "|工会驿站|小哥之家|骑手之家|司机之家|快递网点|快递驿站|菜鸟驿站|小区物业|教育基地|服务中心|服务站点|招呼站|快递站"
    "|服务站|服务点|兖新苑|驿站|站点|网点|物业|党校"
)
_LOOSE = re.compile(r"[\W_]+")
_NUMERALS = str.maketrans("〇零一二两三四五六七八九", "001223456789")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_MARKS = re.compile(r"\d+|(?<![a-z])[a-z](?![a-z])|[东西南北前后上下大小新老内外左右]")
_FIRST_SYLLABLE = 0xE000  # the private use area: one sign for each syllable


@dataclass(frozen=True, slots=True)
class ComparedNames:
    """N names made ready to be compared.

    Attributes
    ----------
    own, sound
        The own part by characters and by syllables (one sign each), str (N,), empty where a name has none.
    kind_words
        What the name says the station is, numbered: equal where that is equal; int64 (N,).
    marks
        Numbers, single letters and directions of the own part, in order, numbered likewise.
    common
        Whether `COMMON` stations or more of one township are called the same; bool (N,).
    """

    own: NDArray[np.object_]
    sound: NDArray[np.object_]
    kind_words: NDArray[np.int64]
    marks: NDArray[np.int64]
    common: NDArray[np.bool_]


def ready_names(stations: Sequence[Station]) -> ComparedNames:
    """Return the names of stations made ready to be compared with each other.

    The township a station is in is left out of its name: one person writes it and another does not.
    """
    plain = [_plain(station) for station in stations]
    own = [_LEADING_ZEROS.sub("", _KIND_WORDS.sub("", name).translate(_NUMERALS)) for name in plain]
    kind_words = ["".join(_KIND_WORDS.findall(name)) for name in plain]
    whole = [(*name, one.township) for *name, one in zip(own, kind_words, stations, strict=True)]
    counts = Counter(whole)
    table = _syllables(own)
    return ComparedNames(
        own=np.array(own, dtype=np.object_),
        sound=np.array([part.translate(table) for part in own], dtype=np.object_),
        kind_words=numbered(kind_words),
        marks=numbered([tuple(_MARKS.findall(part)) for part in own]),
        common=np.array([counts[name] >= COMMON for name in whole], dtype=bool),
    )


def numbered(values: Sequence[Hashable]) -> NDArray[np.int64]:
    """Return values as numbers that are equal where the values are; shape (N,)."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)


def likeness(names: ComparedNames, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how alike the own parts of pairs of names are, 0 to 1; `one` and `other` are numbers of names, shape (P,).

    The greater of the likeness of characters and of syllables, whatever their `marks`; 1 where both have no own part.
    """
    alike = np.zeros(len(one))
    for words in (names.own, names.sound):
        found = cpdist(words[one], words[other], scorer=Levenshtein.normalized_similarity, dtype=np.float32)
        alike = np.maximum(alike, found)
    return alike


def _plain(station: Station) -> str:
    name, township = (unicodedata.normalize("NFKC", words or "") for words in (station.name, station.township))
    return _LOOSE.sub("", (name.replace(township, "", 1) if township else name).casefold())


def _syllables(parts: Sequence[str]) -> dict[int, str]:
    """Return the sign of the syllable of every character that has one."""
    signs = sorted(set().union(*parts))
    readings = {sign: lazy_pinyin(sign, style=Style.NORMAL)[0] for sign in signs if ord(sign) > 0x2E80}
    number = {syllable: order for order, syllable in enumerate(sorted(set(readings.values())))}
    return {ord(sign): chr(_FIRST_SYLLABLE + number[syllable]) for sign, syllable in readings.items()}
