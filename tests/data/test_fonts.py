"""The fonts of prints are what their list says, and are made again the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from data.make_fonts.characters import UNIHAN, standard_characters, wanted_characters
from data.make_fonts.subset import FAMILY, SOURCE, write_font
from stations.maps.glyphs import FONT_FOLDER, missing_characters

ROOT = Path(__file__).parents[2]
FONTS = sorted(FONT_FOLDER.glob("*.otf"))


@pytest.mark.parametrize("path", FONTS, ids=[path.stem for path in FONTS])
def test_a_font_has_every_character_of_the_list(path):
    with TTFont(path) as font:
        told, family = "".join(map(chr, font.getBestCmap())), font["name"].getBestFamilyName()

    assert family == FAMILY
    assert missing_characters(told) == ()
    assert path.stat().st_size < 5e6


def test_both_weights_are_there_with_their_licence():
    weights = []
    for path in FONTS:
        with TTFont(path) as font:
            weights.append(font["OS/2"].usWeightClass)

    assert sorted(weights) == [400, 700]
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONT_FOLDER / "LICENSE.txt").read_text(encoding="utf-8")


@pytest.mark.skipif(not UNIHAN.exists(), reason="Debian's unicode-data is not installed")
def test_the_standard_list_of_characters_is_all_there():
    assert missing_characters("".join(map(chr, standard_characters()))) == ()


@pytest.mark.skipif(
    not UNIHAN.exists() or not SOURCE.exists(), reason="Debian's unicode-data or fonts-noto-cjk is not installed"
)
def test_a_font_is_made_again_the_same(tmp_path):
    wanted = [code for code in wanted_characters(ROOT) if code < 0x3000]
    write_font(tmp_path / "a.otf", "Bold", wanted)
    write_font(tmp_path / "b.otf", "Bold", wanted)

    assert (tmp_path / "a.otf").read_bytes() == (tmp_path / "b.otf").read_bytes()
