"""Every word for people, one file per language, same keys: Chinese first, English second."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")


@cache
def words(lang: str) -> dict[str, str]:
    """Return all sentences of `lang` by their dotted key, e.g. ``"error.minutes"``."""
    with (Path(__file__).parent / f"{lang}.toml").open("rb") as file:
        sections = tomllib.load(file)
    return {f"{section}.{key}": text for section, texts in sections.items() for key, text in texts.items()}


def say(lang: str, key: str, /, **values: object) -> str:
    """Return the sentence `key` in `lang`, its ``{names}`` filled with `values`.

    Raises
    ------
    KeyError
        There is no such sentence; a mistake of the program, not of its user.
    """
    return words(lang)[key].format(**values)
