"""Widths of text against FreeType, and lines cut to a width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from stations.maps.font_widths import FONT_FILES, text_width
from stations.maps.sheets.lines import spaced, wrap


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", ["兖州区", "AVATo 8:30–17:30", "Hämeentie", "24 小时", "（示例）", "1,250 m"])
def test_widths_are_those_of_the_font(text, bold):
    font = ImageFont.truetype(str(FONT_FILES[bold]), 1000)
    expected = sum(font.getlength(letter) for letter in text)  # letter by letter, for both without kerning

    assert text_width(text, 1000, bold=bold) == pytest.approx(expected, abs=len(text))


def test_a_character_that_is_not_in_the_font_counts_as_one_em():
    assert text_width("\U00020000", 3) == 3


@pytest.mark.parametrize(
    ("words", "width", "lines"),
    [
        ("一二三四五", 3, ["一二三", "四五"]),  # three ems
        ("一二三，四", 3, ["一二", "三，四"]),  # a comma never begins a line
        ("一二（三）", 3, ["一二", "（三）"]),  # and an opening bracket never ends one
        ("", 3, []),
        ("  一  ", 3, ["一"]),
    ],
)
def test_chinese_breaks_between_characters(words, width, lines):
    assert wrap(words, width + 0.01, 1) == lines


def test_words_break_at_blanks():
    width = text_width("closed on public", 2)

    assert wrap("closed on public holidays", width, 2) == ["closed on public", "holidays"]


@given(st.text(alphabet="一二三四，。（）AbC 1:–", max_size=60), st.floats(4, 40))
def test_no_line_is_wider_and_nothing_is_lost(words, width):
    lines = wrap(words, width, 2)

    assert "".join("".join(lines).split()) == "".join(words.split())
    # a run of closing marks alone may stand out, as there is nothing before which it could break
    assert all(text_width(line, 2) <= width + 1e-6 or set(line) & set("，。）:–（") for line in lines)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Helsinki驿站分布图", "Helsinki 驿站分布图"),
        ("Öljytiö驿站", "Öljytiö 驿站"),
        ("兖州区驿站", "兖州区驿站"),
        ("Oulu 驿站", "Oulu 驿站"),
    ],
)
def test_latin_and_chinese_stand_apart(words, told):
    assert spaced(words) == told
