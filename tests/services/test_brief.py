"""The brief: one page, the numbers of the screen, in either form."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import docx
import pdfplumber
import pytest
from PIL import Image

from stations.maps.brief_docx import BriefWords, write_docx
from stations.model.keys import Need, ServiceKey, TravelMode
from stations.model.queries import CoverageQuery
from stations.model.scenarios import Scenario
from stations.services import brief
from stations.services.brief import write_brief
from stations.services.brief_sentences import three_sentences
from stations.services.coverage import compare_placed_and_usable, measure_coverage
from stations.services.region import load_region
from stations.services.scenarios import region_with
from stations.texts import say

ZONE = ZoneInfo("Asia/Shanghai")
_picture = io.BytesIO()
Image.new("RGB", (8, 8)).save(_picture, "PNG")
PIXEL = _picture.getvalue()
NIGHT = datetime(2026, 11, 16, 3, tzinfo=ZONE)
QUERY = CoverageQuery(TravelMode.WALK, 6.0, needs=(Need.TIRED,), when=NIGHT)
# On foot within 6 min of e: B, D, E, F of A to F with 100 each, and 50 far from any road; h is shut by night
# of A to F with 100 each and 50 far from any road; without e all 400 lose cover; nothing at a station helps A and C
SENTENCES = {
    "zh": (
        "650 居民中，61.5% 步行 6 分钟内有可用的站，30.8%（200）没有，7.7% 不知道。",
        "缺口有 2 处，最大的在A村（100，",
        "少了站 e损失最大（400）。",
        "改动现有的站帮不上；新设一个站，最好在",
    ),
    "en": (
        "Of 650 residents, 61.5% have a usable station within 6 minutes (on foot), 30.8% (200) have none",
        "Gaps: 2, the largest at A村 (100; ",
        "the loss of 站 e would cost most (400).",
        "No change at a station helps; a new site, best at ",
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
    assert say(lang, "sheet.sample_note") in words
    assert "审图号" in words
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert [row[1:5] for row in rows[1:]] == [["600", "66.7%", "33.3%", "0.0%"], ["650", "61.5%", "30.8%", "7.7%"]]
    assert len(document.inline_shapes) == 1


def sentences(region, query, lang="en"):
    return three_sentences(query, region, compare_placed_and_usable(query, region), lang=lang)


def test_the_third_sentence_names_the_cheapest_help_with_its_gain(region):
    query = replace(QUERY, needs=(Need.TOILET,))
    before = measure_coverage(query, region).whole
    after = measure_coverage(query, region_with(Scenario(services=(("e", ServiceKey.TOILET),)), region)).whole

    *_, helped = sentences(region, query)

    gained = f"{after.covered - before.covered:,.0f}"
    shares = f"{before.covered_share:.1%} → {after.covered_share:.1%}"
    assert helped.startswith(f"The cheapest help: add the service at 站 e, which covers {gained} more ({shares}); ")


def test_what_is_mostly_unknown_is_to_be_verified_first(region):
    doubtful = region_with(Scenario(hours=(("e", "24/7 unknown"),)), region)
    whole = measure_coverage(QUERY, doubtful).whole

    assert whole.unknown > whole.gap
    assert sentences(doubtful, QUERY)[2].startswith(
        "The cheapest help: verify hours and way in of 站 e first, on which "
    )
    assert "verify" not in sentences(region, QUERY)[2]


def test_a_region_that_is_all_covered_needs_no_help(region):
    query = CoverageQuery(TravelMode.EBIKE, 30.0)
    covered, missing, helped = sentences(region, query)

    assert measure_coverage(query, region).whole.gap == 0
    assert "On paper" not in covered
    assert missing.startswith("There is no gap. ")
    assert helped == "Nothing is missing."


def test_nothing_that_can_be_used_is_said(region):
    query = CoverageQuery(TravelMode.WALK, 6.0, services=(ServiceKey.AED,))

    assert sentences(region, query)[1].endswith("No station is surely usable.")


@pytest.mark.parametrize("rows", [1, 14, 40])
def test_a_text_document_keeps_to_one_page(rows):
    heights = []
    table = (("", "people"), *((f"township {number}", "1") for number in range(rows)), ("whole", "1"))
    words = BriefWords(
        title="title", question="question", sentences=("a sentence of some length " * 6,) * 3, table=table,
        table_note="note", method_title="method", method=("how it was made " * 8,) * 6, author="x",
        made_on=NIGHT.date(), picture_words="map",
    )  # fmt: skip

    document = docx.Document(io.BytesIO(write_docx(words, lambda height_mm: heights.append(height_mm) or PIXEL)))

    assert heights[0] == pytest.approx({1: 112.0, 14: 66.0, 40: 44.0}[rows], abs=10)
    assert document.core_properties.title == "title"
    assert document.inline_shapes[0]._inline.docPr.get("descr") == "map"


def test_of_many_townships_the_text_document_tells_those_with_the_largest_gaps(region, monkeypatch):
    monkeypatch.setattr(brief, "MOST_ROWS", 0)
    document = docx.Document(io.BytesIO(write_brief(QUERY, region, when=NIGHT, form="docx", lang="en")))

    assert len(document.tables[0].rows) == 2
    assert any("1 more townships" in paragraph.text for paragraph in document.paragraphs)
