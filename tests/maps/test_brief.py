"""The brief as a page: nothing overlaps or leaves it, however many townships there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from stations.maps.sheets.brief import draw_brief
from stations.model.keys import TravelMode
from stations.model.paper import read_paper
from stations.model.queries import CoverageQuery
from stations.services.region import load_region
from stations.services.sheets import COVERAGE, SheetQuery, gather_coverage

WHEN = datetime(2026, 11, 16, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
A4 = read_paper("A4")


@pytest.mark.parametrize("townships", [1, 10, 40])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_on_the_brief_overlaps_or_leaves_it(town, pdf_of, overlaps, leaving, townships, lang):
    region = load_region(town.settings)
    query = CoverageQuery(TravelMode.WALK, 15.0, when=WHEN)
    asked = SheetQuery(COVERAGE, A4, lang=lang, coverage=query)
    content = gather_coverage(asked, region, when=WHEN, public_url="")
    content = replace(content, townships=content.townships * townships)

    sheet = draw_brief(content, ("一句有六十个字的话" * 8,) * 3, "简报", A4)

    (page,) = sheet.pages
    assert overlaps(page) == []
    assert leaving(page) == []
    assert pdf_of(sheet)
