"""Which characters prints can hold."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from stations.errors import InputError
from stations.maps.glyphs import check_characters, missing_characters
from stations.texts import LANGUAGES, words

ROOT = Path(__file__).parents[2]


def texts_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


@pytest.mark.parametrize("text", ["兖州区 龙桥街道", "Öljytie ÅÄÖ", "Praça São João", "㑇㑊", "“—…·℃", "a\nb", ""])
def test_what_the_fonts_have_is_not_missing(text):
    assert missing_characters(text) == ()


def test_what_the_fonts_lack_is_named_once_in_order():
    assert missing_characters("站𠮷点🍜𠮷") == ("𠮷", "🍜")


def test_a_letter_with_its_accent_apart_is_the_accented_letter():
    assert missing_characters("a\u0308") == ()


def test_a_text_that_cannot_be_printed_is_refused_by_its_characters():
    with pytest.raises(InputError) as refused:
        check_characters(["好", "𠮷野家\x07"])

    assert refused.value.key == "print.characters"
    assert refused.value.values == {"text": "𠮷野家\x07", "characters": "𠮷 (U+20BB7) U+0007"}


def test_every_name_of_the_bundled_region_can_be_printed():
    texts = [text for name in ("stations", "places", "demand") for text in texts_of(ROOT / f"data/yanzhou/{name}.csv")]

    assert len(texts) > 5000
    assert missing_characters("".join(texts)) == ()


@pytest.mark.real
def test_every_community_of_the_district_can_be_printed(real_data):
    assert missing_characters("".join(texts_of(real_data / "yanzhou_communities.csv"))) == ()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_of_ours_can_be_printed(lang):
    assert missing_characters("".join(words(lang).values())) == ()
