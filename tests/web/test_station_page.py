"""One station's page, and what is answered where there is none."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from stations.model.changes import Authorship, ChangeKind, StationChange
from stations.model.keys import ClosureReason
from stations.services.build import build_region
from stations.services.office import Office
from stations.texts import say
from stations.web import create_app


def linked_facts(page):
    (text,) = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)
    return text, json.loads(text)


def test_the_page_tells_programs_what_it_tells_people(client):
    _, facts = linked_facts(client.get("/stations/e").text)

    assert (facts["@context"], facts["@type"], facts["name"]) == ("https://schema.org", "Place", "站 e")
    assert facts["url"] == "http://localhost/stations/e"
    assert {one["name"]: one["value"] for one in facts["amenityFeature"]} == {"歇脚": 4, "饮水": True}
    assert len(facts["openingHoursSpecification"]) == 7  # open all day, every day of the week ahead
    assert "telephone" not in facts


def test_no_text_leaves_the_facts(hostile_client, hostile):
    text, facts = linked_facts(hostile_client.get("/stations/e").text)

    assert facts["name"] == hostile
    assert not re.search("[<>&\u2028\u2029]", text)


def test_the_page_bears_a_code_and_a_text_to_pass_on(client):
    page = client.get("/stations/h?lang=zh").text
    shared = re.search(r'<pre id="share-text"[^>]*>(.*?)</pre>', page, re.DOTALL)[1]

    assert '<svg viewBox="0 0 ' in page
    assert 'class="qr"' in page
    assert shared.splitlines()[0] == "【小镇驿站】站 h"
    assert shared.splitlines()[-1] == "http://localhost/stations/h"
    assert "微波炉 1" in shared
    assert say("zh", "page.share_sample") in shared


def test_the_page_names_where_else_to_go(client):
    # From e on foot: h is 600 m and some millimetres along the street, so over 600 s, told as 11 min; g is off the
    # roads and q on an island, so neither is named.
    page = client.get("/stations/e?lang=zh&mode=walk").text
    others = re.findall(r'<li><a href="/stations/(\w+)\?', page)

    assert others == ["h"]
    assert "<b>11</b>" in page


def test_an_unknown_number_leads_back_to_the_search(client):
    for lang in ("zh", "en"):
        response = client.get(f"/stations/nobody?lang={lang}")

        assert response.status_code == 404
        assert say(lang, "page.gone_title") in response.text
        assert f'href="/?lang={lang}"' in response.text


@pytest.fixture(scope="module")
def closing(make_town, tmp_path_factory):
    """A client of a town, and a way to close its stations."""
    made = make_town(tmp_path_factory.mktemp("closing"))
    list(build_region(made.settings))

    def close(station_id, reason, merged_into=None):
        office = Office(made.settings)
        (before,) = [one for one in office.stations.read().stations if one.station_id == station_id]
        after = replace(before, closed=reason, merged_into=merged_into)
        change = StationChange(before, after)
        office.stations.apply([change], kind=ChangeKind.EDIT, authorship=Authorship("tests"))
        office.close()
        list(build_region(made.settings))
        return create_app(made.settings).test_client()

    return close


@pytest.mark.parametrize(
    ("reason", "status"), [(ClosureReason.CLOSED_FOR_NOW, 200), (ClosureReason.CLOSED_FOR_GOOD, 410)]
)
def test_a_closed_station_says_so_and_where_else_to_go(closing, reason, status):
    response = closing("h", reason).get("/stations/h?lang=zh&mode=walk")

    assert response.status_code == status
    assert say("zh", "page.gone_closed", name="站 h") in response.text
    assert say("zh", f"closure.{reason}") in response.text
    assert re.findall(r'<li><a href="/stations/(\w+)\?', response.text) == ["e"]


def test_a_merged_station_leads_to_the_one_that_took_its_place(closing):
    page = closing("q", ClosureReason.MERGED, "e").get("/stations/q").text

    assert 'href="/stations/e?lang=zh"' in page


def test_a_closed_station_without_the_database_is_still_a_friendly_page(closing, monkeypatch):
    client = closing("g", ClosureReason.CLOSED_FOR_GOOD)
    monkeypatch.setattr("stations.web.pages.find_closed", lambda _station_id, _office: None)
    response = client.get("/stations/g")

    assert response.status_code == 404
    assert say("zh", "page.gone_find") in response.text
