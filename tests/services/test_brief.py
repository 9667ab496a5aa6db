"""The brief: one page, the numbers of the screen, in either form."""

from __future__ import annotations

import io
from datetime import datetime
from zoneinfo import ZoneInfo

import docx
import pdfplumber
import pytest

from stations.model.keys import Need, TravelMode
from stations.model.queries import CoverageQuery
from stations.services.brief import write_brief
from stations.services.region import load_region

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 11, 16, 3, tzinfo=ZONE)
QUERY = CoverageQuery(TravelMode.WALK, 6.0, needs=(Need.TIRED,), when=NIGHT)
# On foot within 6 min of e: B, D, E, F of A to F with 100 each, and 50 far from any road; h is shut by night
SENTENCES = {
    "zh": (
        "居民 650 中，61.5% 能在步行 6 分钟内到可用的站，30.8% 是缺口，7.7% 不知道。",
        "最大的缺口在 A村",
        "少了 站 e 损失最大（400）",
    ),
    "en": (
        "Of 650 (residents), 61.5% reach a usable station within 6 minutes",
        "The largest gap is A村",
        "the loss of 站 e would cost most (400)",
    ),
}


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize("lang", SENTENCES)
def test_the_pdf_is_one_page_with_the_three_sentences(region, lang):
    content = write_brief(QUERY, region, when=NIGHT, form="pdf", lang=lang)

    with pdfplumber.open(io.BytesIO(content)) as book:
        (page,) = book.pages
        words = squeezed(page.extract_text())
    for sentence in (*SENTENCES[lang], "2026-11-16"):
        assert squeezed(sentence) in words
    assert write_brief(QUERY, region, when=NIGHT, form="pdf", lang=lang) == content


@pytest.mark.parametrize("lang", SENTENCES)
def test_the_text_document_says_the_same(region, lang):
    document = docx.Document(io.BytesIO(write_brief(QUERY, region, when=NIGHT, form="docx", lang=lang)))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)

    for sentence in (*SENTENCES[lang], "2026-11-16"):
        assert sentence in words
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert [row[1:5] for row in rows[1:]] == [["600", "66.7%", "33.3%", "0.0%"], ["650", "61.5%", "30.8%", "7.7%"]]
    assert len(document.inline_shapes) == 1
