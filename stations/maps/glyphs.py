"""Which characters the fonts of prints have; the list is made with them by `data/make_fonts`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from stations.errors import InputError

FONT_FOLDER = Path(__file__).parent / "fonts"
SHOWN_TEXT = 40


def missing_characters(text: str) -> tuple[str, ...]:
    """Return the characters of `text` that the fonts of prints do not have, each once, in the order of the text.

    Line breaks count as present; a letter that comes with its accent apart counts as the accented letter.
    """
    covered = _covered()
    return tuple(dict.fromkeys(one for one in unicodedata.normalize("NFC", text) if one not in covered))


def check_characters(texts: Iterable[str]) -> None:
    """Refuse texts that cannot be printed, naming the first of them and its characters.

    Raises
    ------
    InputError
        A text has characters that the fonts of prints do not have.
    """
    for text in texts:
        missing = missing_characters(text)
        if missing:
            named = " ".join(name_character(one) for one in missing[:10])
            raise InputError("print.characters", text=text[:SHOWN_TEXT], characters=named)


def name_character(character: str) -> str:
    """Return a character as people can look it up: ``𠮷 (U+20BB7)``; one that cannot be shown, by its number."""
    number = f"U+{ord(character):04X}"
    return f"{character} ({number})" if character.isprintable() else number


@cache
def _covered() -> frozenset[str]:
    lines = (FONT_FOLDER / "coverage.txt").read_text(encoding="ascii").split()
    bounds = ([int(number, 16) for number in line.split("-")] for line in lines)
    return frozenset("\n").union(chr(code) for first, last in bounds for code in range(first, last + 1))
