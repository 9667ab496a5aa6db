"""Documents: archival PDF, own fonts alone, other people's text never read as source."""

from __future__ import annotations

import io
import json
from datetime import date

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.errors import InputError
from stations.maps.glyphs import missing_characters
from stations.maps.typeset import TypesettingError, compile_pdf, compile_png

WHEN = date(2026, 11, 22)
SOURCE = """#set page(width: 200mm, height: 100mm, margin: 5mm)
#set text(font: "Noto Sans CJK SC", size: 9pt)
#json("given.json").join(parbreak())
"""
LIVE = [
    "#{1+1}",
    "$x$ *bold* _it_ `raw` <label> @ref",
    '#sys.inputs "quoted" \\',
    "= 标题\n- a",
    '#include "x"',
    "//x /* y",
]


def pdf_of(texts):
    return compile_pdf(SOURCE, files={"given.json": json.dumps(texts).encode()}, when=WHEN)


def reader_of(content):
    return pypdf.PdfReader(io.BytesIO(content))


def plain(text):
    return "".join(text.split())


@pytest.mark.parametrize("text", LIVE)
def test_text_of_others_is_never_read_as_source(text):
    read = reader_of(pdf_of([text])).pages[0].extract_text()

    assert plain(read) == plain(text)


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40))
def test_no_ascii_text_breaks_a_document(text):
    assert len(reader_of(pdf_of([text])).pages) == 1


def test_a_document_is_archival_dated_and_bears_its_fonts():
    reader = reader_of(pdf_of(["兖州 bold"]))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    described = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]

    assert described
    assert all("/FontFile3" in one or "/FontFile2" in one for one in described)
    assert "NotoSansCJKsc" in str(fonts[0]["/BaseFont"])
    assert b"pdfaid:part>2<" in reader.trailer["/Root"]["/Metadata"].get_data().replace(b" ", b"")
    assert str(reader.metadata["/CreationDate"]).startswith("D:20261122")


def test_two_runs_give_the_same_bytes():
    assert pdf_of(["兖州"]) == pdf_of(["兖州"])


def test_a_character_that_the_fonts_lack_is_refused_before_setting():
    with pytest.raises(InputError) as refused:
        pdf_of(["好", "站𠮷"])

    assert refused.value.values["characters"] == "𠮷 (U+20BB7)"
    assert missing_characters("站𠮷") == ("𠮷",)


@pytest.mark.parametrize(
    ("source", "word"),
    [("#panic()", "panic"), ('#set text(font: "No such")\nx', "unknown font"), ('#image("no.png")', "not found")],
)
def test_a_mistake_or_a_warning_is_an_error_of_ours(source, word):
    with pytest.raises(TypesettingError) as wrong:
        compile_pdf(source, files={}, when=WHEN)

    assert word in wrong.value.values["why"]


def test_a_page_becomes_a_picture_of_the_size_asked_for():
    # 200 mm at 254 to the inch are 2000 pixels
    picture = compile_png(SOURCE, files={"given.json": b'["x"]'}, when=WHEN, ppi=254)

    assert int.from_bytes(picture[16:20]) == 2000
    assert int.from_bytes(picture[20:24]) == 1000


def test_a_page_that_is_not_there_is_answered_by_the_last():
    two = '#set page(width: 100mm, height: 50mm)\n#set text(font: "Noto Sans CJK SC")\na #pagebreak() b'
    pages = [compile_png(two, files={}, when=WHEN, ppi=40, page=page) for page in (1, 2, 9)]

    assert pages[0] != pages[1]
    assert pages[1] == pages[2]
