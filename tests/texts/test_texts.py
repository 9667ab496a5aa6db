"""Both languages say the same things."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from stations.texts import LANGUAGES, say, words

ROOT = Path(__file__).parents[2]


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys():
    assert set(words("zh")) == set(words("en"))


@pytest.mark.parametrize("key", sorted(words("zh")))
def test_both_languages_fill_the_same_names(key):
    assert fields(words("zh")[key]) == fields(words("en")[key])


def test_every_key_that_the_code_raises_is_there():
    raised = r"(?:Error|Problem|Progress|tell|say)\(\s*(?:lang, )?[\"']([a-z]+\.[a-z0-9_]+)[\"']"
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "stations").rglob("*.py")]
    named = {key for text in texts for key in re.findall(raised, text)}

    assert len(named) > 50
    assert named <= set(words("zh"))


def test_every_key_that_a_template_names_is_there():
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").glob("*.html")]
    named = {key for text in texts for key in re.findall(r"\bt\('([a-z]+\.[a-z0-9_]+)'", text)}

    assert len(named) > 50
    assert named <= set(words("zh"))


def test_every_member_of_a_list_of_keys_has_its_word():
    from stations.model import keys

    sections = {
        "mode": keys.TravelMode,
        "kind": keys.StationKind,
        "entry": keys.EntryMethod,
        "service": keys.ServiceKey,
        "need": keys.Need,
        "state": keys.ArrivalState,
        "reason": keys.TravelReason,
    }
    wanted = {f"{section}.{key}" for section, kind in sections.items() for key in kind}

    assert wanted <= set(words("zh"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sentence_is_filled(lang):
    assert "-3" in say(lang, "error.minutes", value=-3, most=30)
