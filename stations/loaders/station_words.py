"""The words for kinds, ways in, yes and no, and closures, as ``station_words.toml`` has them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from stations.loaders.cells import plain
from stations.model.keys import ClosureReason, EntryMethod, StationKind
from stations.texts import LANGUAGES, say

_LABELS = {"kind": "kind", "entry": "entry", "closed": "closure"}
_LONGEST_UNKNOWN = 8
_BLANKS = re.compile(r"\s+")


@lru_cache(maxsize=8192)
def kind_of(word: str) -> StationKind | None:
    """Return the kind that a word means, `None` where it is no known word."""
    found = _keys("kind").get(_word(word))
    return StationKind(found) if found else None


@lru_cache(maxsize=8192)
def kind_in_name(name: str) -> StationKind | None:
    """Return the kind that the name of a station tells, `None` where it tells none or several."""
    text = _word(name)
    found: set[str] = set()
    for table in ("kind_in_name", "kind_in_name_else"):
        found = found or {kind for kind, words in _content()[table].items() if any(word in text for word in words)}
    return StationKind(found.pop()) if len(found) == 1 else None


def entry_of(word: str) -> EntryMethod | None:
    """Return the way in that a word means, `None` where it is no known word."""
    found = _keys("entry").get(_word(word))
    return EntryMethod(found) if found else None


def closure_of(word: str) -> ClosureReason | None:
    """Return why a station is closed, `None` where the word says that it is open.

    Raises
    ------
    LookupError
        It is no known word.
    """
    found = _keys("closed")[_word(word)]
    return ClosureReason(found) if found else None


def yes_or_no(word: str) -> bool | None:
    """Return what a word means, `None` where it is neither yes nor no."""
    found = _keys("yes_no").get(_word(word))
    return None if found is None else found == "yes"


@lru_cache(maxsize=8192)
def is_unknown(word: str) -> bool:
    """Whether a word says that something is not known: ``不详``, ``/``, ``待定``."""
    return len(word) <= _LONGEST_UNKNOWN and _word(word) in _keys("unknown")


def allowed_words(table: str) -> str:
    """Return the keys that may be written for ``kind``, ``entry`` or ``closed``, set apart by commas."""
    return ", ".join(key for key in _content()[table] if key)


def _word(word: str) -> str:
    return _BLANKS.sub("", plain(word).casefold())


@cache
def _content() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("station_words.toml").read_text(encoding="utf-8"))


@cache
def _keys(table: str) -> Mapping[str, str]:
    lists = _content()[table].items()
    found = {_word(word): key for key, words in lists for word in ([key, *words] if key else words)}
    section = _LABELS.get(table)
    for lang in LANGUAGES if section else ():  # what the program itself shows of a key can be written back
        found |= {_word(say(lang, f"{section}.{key}")): key for key in _content()[table] if key}
    return found
