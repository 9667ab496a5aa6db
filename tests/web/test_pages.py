"""The pages: what they show without scripts, their headers, and that no text of a file comes alive in them."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from stations.services.build import build_region
from stations.texts import say
from stations.web import create_app

PAGES = ["/", "/stations/e", "/planner/coverage", "/nowhere"]
HAND_OFF = ("https://uri.amap.com/", "https://apis.map.qq.com/", "https://api.map.baidu.com/", "geo:")


class Page(HTMLParser):
    """The tags of a page with their attributes, the contents of its scripts, and its text as a reader sees it."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.scripts, self.shown, self._inside = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag in ("script", "style"):
            self._inside.append(tag)
            if tag == "script":
                self.scripts.append((dict(attributes), ""))

    def handle_endtag(self, tag):
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, text):
        if "script" in self._inside:
            attributes, before = self.scripts[-1]
            self.scripts[-1] = attributes, before + text
        elif not self._inside:
            self.shown.append(text)

    @property
    def text(self):
        return "".join(self.shown)

    def values(self, name):
        return [attributes[name] for _, attributes in self.tags if name in attributes]

    def of(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def read(client):
    def page(path, **options):
        response = client.get(path, **options) if "data" not in options else client.post(path, **options)
        return response, Page(response.text)

    return page


# ---- What they show


def test_the_rider_page_asks_where_and_what(read):
    response, page = read("/")

    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert [tag["value"] for tag in page.of("input") if tag.get("name") == "need"][:3] == ["hungry", "tired", "thirsty"]
    assert [tag["value"] for tag in page.of("option")] == ["walk", "ebike", "car", "", "10", "20", "30", "45"]
    assert page.of("html") == [{"lang": "zh-CN"}]


def test_the_rider_page_keeps_what_its_address_asks(read):
    _, page = read("/?need=toilet&mode=walk&lang=en")

    assert [tag["value"] for tag in page.of("input") if "checked" in tag] == ["toilet"]
    assert [tag["value"] for tag in page.of("option") if "selected" in tag] == ["walk"]
    assert page.of("html") == [{"lang": "en"}]


def test_a_link_may_bear_a_place(read):
    _, page = read("/?place=A村&mode=walk&lang=en")

    assert next(tag["id"] for tag in page.of("li") if tag.get("class") == "card") == "station-e"


MONDAY_NOON, MONDAY_NIGHT = "2026-11-16T12:00", "2026-11-16T03:00"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        # From A on foot: e (24/7, walk in) in 600 s, h (Mo-Fr 08:00-18:00, scan) in 1200 s; g and q are not reached.
        ({"open_on_arrival": "1", "when": MONDAY_NOON}, ["e", "h"]),
        ({"open_on_arrival": "1", "when": MONDAY_NIGHT}, ["e"]),
        ({"always_open": "1", "when": MONDAY_NOON}, ["e"]),
        ({"no_registration": "1", "when": MONDAY_NOON}, ["e", "g"]),
        ({"budget_min": "20", "when": MONDAY_NOON}, ["e"]),  # 600 s there and 600 s back, inclusive
        ({"budget_min": "45", "when": MONDAY_NOON}, ["e", "h"]),
        ({"budget_min": "20", "next": "B村", "when": MONDAY_NOON}, ["e"]),
    ],
)
def test_filters_and_time_count_without_scripts(read, asked, expected):
    response, page = read("/", data={"place": "A村", "mode": "walk", **asked})

    assert [tag["id"] for tag in page.of("li") if tag.get("class") == "card"] == [f"station-{one}" for one in expected]
    assert ("spare" in page.values("class")) == ("budget_min" in asked)
    assert [tag.get("value") for tag in page.of("input") if tag.get("name") == "when" and tag["type"] != "hidden"] == [
        asked["when"]
    ]
    assert response.text.count(" checked") == len(asked.keys() & {"open_on_arrival", "always_open", "no_registration"})


def test_an_empty_night_is_not_empty_without_scripts(read):
    # At night h is shut and the only one with a microwave; it is the first to open.
    _, page = read("/?lang=en", data={"place": "A村", "mode": "walk", "need": "hungry", "when": MONDAY_NIGHT})

    assert say("en", "page.instead_when") in page.text
    assert say("en", "page.next_to_open") in page.text
    assert [tag["id"] for tag in page.of("li") if tag.get("class") == "card"] == ["station-h"]


@pytest.mark.parametrize(
    ("asked", "key", "values"),
    [
        ({"next": "Atlantis"}, "error.place_unknown", {"value": "Atlantis"}),
        ({"when": "garbage"}, "error.when", {"value": "garbage"}),
        ({"budget_min": "x"}, "error.number", {"name": "budget_min", "value": "x"}),
        ({"service": "<b>"}, "error.not_one_of", {}),
    ],
)
def test_what_is_wrong_in_the_form_is_told_beside_it(read, asked, key, values):
    response, page = read("/", data={"place": "A村", "mode": "walk", **asked})

    assert response.status_code == 200
    assert (say("zh", key, **values) if values else "<b>") in page.text
    assert [tag["value"] for tag in page.of("input") if tag.get("name") == "place"] == ["A村"]


def test_a_typed_place_gives_the_list_without_scripts(read):
    # From A on foot: e 600 s = 10 min, h on foot over A-D-E-F 1200 s = 20 min.
    response, page = read("/?lang=en", data={"place": "a村", "mode": "walk"})
    cards = [tag["id"] for tag in page.of("li") if tag.get("class") == "card"]

    assert response.status_code == 200
    assert cards[0] == "station-e"
    assert set(cards) == {"station-e", "station-g", "station-h", "station-q"}
    assert say("en", "state.open") in page.text
    assert say("en", "reason.no_way") in page.text
    assert re.findall(r'<p class="big"><b>(\d+)</b>', response.text) == ["10", "20"]


def test_needs_narrow_the_list_without_scripts(read):
    asked = {"place": "A村", "mode": "walk", "need": ["toilet", "hungry"], "when": "2026-11-16T12:00"}
    _, page = read("/", data=asked)

    assert [tag["id"] for tag in page.of("li") if tag.get("class") == "card"] == ["station-h"]


def test_nothing_that_fits_is_said_without_scripts(read):
    _, page = read("/", data={"place": "A村", "need": "truck"})

    assert say("zh", "page.none") in page.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_place_that_is_not_there_is_named(read, lang):
    response, page = read(f"/?lang={lang}", data={"place": "Atlantis"})

    assert response.status_code == 200
    assert say(lang, "error.place_unknown", value="Atlantis") in page.text
    assert "card" not in page.values("class")
    assert [tag["value"] for tag in page.of("input") if tag.get("name") == "place"] == ["Atlantis"]


def test_nothing_typed_asks_for_a_place(read):
    _, page = read("/?lang=en", data={"place": "  "})

    assert say("en", "page.start_plain") in page.text


def test_a_station_page_shows_its_week_and_how_to_get_in(read):
    response, page = read("/stations/h?lang=en")

    assert response.status_code == 200
    for words in ("站 h", say("en", "kind.courier_outlet"), say("en", "entry.scan"), "08:00–18:00", "Toilet"):
        assert words in page.text
    assert len(re.findall(r'<th scope="row">', response.text)) == 7


def test_a_station_of_unknown_hours_says_so(read):
    _, page = read("/stations/q?lang=en")

    assert say("en", "page.station_hours_unknown") in page.text
    assert say("en", "entry.unknown") in page.text


def test_the_coverage_page_shows_numbers_townships_and_method(read):
    response, page = read("/planner/coverage?mode=walk&minutes=6&lang=en")

    assert response.status_code == 200
    assert "61.5 %" in page.text  # 400 of 650, counted by hand in tests/services/test_coverage.py
    assert "30.8 %" in page.text  # 200 of 650
    assert "镇" in page.text
    assert "3.6 km/h" in page.text
    assert "within 6 min" in page.text


def test_new_sites_are_suggested_where_they_are_asked_for(read):
    # At B, of the places A, B and C, a station reaches A and C too: 200 of 650 are newly covered.
    _, page = read("/planner?mode=walk&minutes=6&new=1&lang=en")
    _, without = read("/planner?mode=walk&minutes=6&lang=en")

    assert say("en", "siting.covered", before="61.5 %", after="92.3 %") in page.text
    assert "B村" in page.text
    assert say("en", "proof.instant") in page.text
    assert say("en", "proof.instant") not in without.text


def test_what_cannot_be_suggested_is_told_on_the_page(read):
    response, page = read("/planner?mode=walk&minutes=6&new=101&lang=en")

    assert response.status_code == 200
    assert say("en", "siting.new", value=101, most=100) in page.text


WHAT = [("need.toilet", "need=toilet"), ("service.aed", "service=aed"), ("", "")]


@pytest.mark.parametrize(("what", "asked"), WHAT)
def test_one_box_asks_for_a_need_or_a_service(client, what, asked):
    answer = client.get(f"/planner?mode=walk&what={what}&need=hungry&when=")

    assert answer.status_code == 302
    assert answer.location == "&".join(filter(None, ["/planner?mode=walk", "when=", asked]))
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_not_measured_says_so(read, lang):
    for path in ("/planner/coverage?mode=walk", "/?x=1"):
        assert say(lang, "trips.not_measured") in read(f"{path}&lang={lang}")[1].text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_measured_says_how(hostile_client, hostile, lang):
    measured, not_measured = say(lang, "trips.measured", text=hostile), say(lang, "trips.not_measured")
    walk, ebike, rider = (
        Page(hostile_client.get(f"{path}&lang={lang}").text).text
        for path in ("/planner/coverage?mode=walk", "/planner/coverage?mode=ebike", "/?x=1")
    )

    assert measured in walk
    assert not_measured not in walk
    assert measured not in ebike
    assert not_measured in ebike
    assert measured in rider  # its speed on foot
    assert rider.count(not_measured) == 2  # its other speeds


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("path", "status", "key", "values"),
    [
        ("/planner/coverage?minutes=-3", 400, "error.minutes", {"value": -3.0, "most": 30}),
        ("/planner/coverage?minutes=31", 400, "error.minutes", {"value": 31.0, "most": 30}),
        ("/planner/coverage?minutes=x", 400, "error.number", {"name": "minutes", "value": "x"}),
        ("/planner/coverage?when=garbage", 400, "error.when", {"value": "garbage"}),
        ("/?mode=sled", 400, "error.not_one_of", {"name": "mode", "value": "sled", "allowed": "walk, ebike, car"}),
        ("/stations/nobody?x=1", 404, "page.gone_title", {}),
        ("/nowhere?x=1", 404, "error.http_404", {}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_on_a_page(read, path, status, key, values, lang):
    response, page = read(f"{path}&lang={lang}")

    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert say(lang, key, **values) in page.text
    assert page.of("html") == [{"lang": "zh-CN" if lang == "zh" else "en"}]


# ---- What every page bears


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_sample_region_says_so_everywhere(read, path, lang):
    response, page = read(f"{path}?lang={lang}")

    assert say(lang, "page.sample") in page.text
    assert {"name": "robots", "content": "noindex"} in page.of("meta")
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert f"· {say(lang, 'page.sample_tag')}" in page.text  # in the title


@pytest.mark.parametrize("path", ["/api/stations", "/api/nowhere"])
def test_answers_of_a_sample_region_are_not_indexed_either(client, path):
    assert client.get(path).headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("path", PAGES)
def test_only_our_own_scripts_may_run(read, path):
    response, page = read(path)
    policy = {part.split()[0]: part.split()[1:] for part in response.headers["Content-Security-Policy"].split(";")}
    (nonce,) = policy["script-src"]

    assert re.fullmatch(r"'nonce-[\w-]{16,}'", nonce)
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    for attributes, _ in page.scripts:
        assert attributes.get("type") == "application/json" or f"'nonce-{attributes['nonce']}'" == nonce
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


def test_every_answer_has_a_nonce_of_its_own(client):
    policies = {client.get("/").headers["Content-Security-Policy"] for _ in range(3)}

    assert len(policies) == 3


@pytest.mark.parametrize("path", [*PAGES, "/api/stations", "/static/common.js"])
def test_headers_keep_positions_to_ourselves(client, path):
    with client.get(path) as response:
        headers = response.headers

    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Permissions-Policy"].startswith("geolocation=(self)")
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", PAGES)
def test_no_page_names_a_foreign_host(read, path):
    response, page = read(path)

    foreign = re.compile(r"(?:https?:)?//|geo:")
    loaded = [value for name in ("src", "srcset", "data", "poster", "action") for value in page.values(name)]
    assert not [value for value in loaded if foreign.match(value)]
    assert not [value for value in page.values("href") if foreign.match(value) and not value.startswith(HAND_OFF)]
    assert not re.findall(r"url\(\s*['\"]?(?:https?:)?//", response.text)
    assert not re.findall(r"<(?:iframe|object|embed|base)\b", response.text)


def test_static_files_are_there_and_may_be_kept(read, client):
    _, page = read("/planner/coverage")
    files = [value for name in ("src", "href") for value in page.values(name) if value.startswith("/static/")]

    assert len(files) > 8
    for file in files:
        with client.get(file) as response:
            assert response.status_code == 200, file
            assert "max-age=31536000" in response.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["../app.py", "%2e%2e/__init__.py", "..%2f..%2fapp.py", "nowhere.js", ""])
def test_static_files_are_only_those(client, path):
    assert client.get(f"/static/{path}").status_code == 404


def test_the_language_link_keeps_what_was_asked(read):
    _, page = read("/planner/coverage?mode=walk&minutes=6&need=toilet&when=2026-11-16T12:00")
    (link,) = [tag["href"] for tag in page.of("a") if tag.get("class") == "language"]
    response, other = read(f"/planner/coverage{link}")

    assert response.status_code == 200
    assert other.of("html") == [{"lang": "en"}]
    assert [tag["value"] for tag in other.of("option") if "selected" in tag] == ["walk", "need.toilet", "toilet"]
    assert [tag["value"] for tag in other.of("input") if tag.get("name") == "when" and tag["type"] != "hidden"] == [
        "2026-11-16T12:00"
    ]


# ---- Text of a file stays text

HOSTILE_PAGES = ["/?lang=zh", "/?lang=en", "/stations/e", "/planner/coverage?mode=walk&minutes=6", "/nowhere"]


@pytest.mark.parametrize("path", HOSTILE_PAGES)
def test_live_text_makes_no_tags(hostile_client, client, path):
    page, plain = Page(hostile_client.get(path).text), Page(client.get(path).text)

    assert len(page.scripts) == len(plain.scripts)
    assert [tag for tag, _ in page.tags].count("b") == [tag for tag, _ in plain.tags].count("b")


def test_live_text_shows_as_itself(hostile_client, hostile):
    for path in ("/stations/e", "/planner/coverage?mode=walk&minutes=6"):
        assert hostile in Page(hostile_client.get(path).text).text
    response = hostile_client.post("/", data={"place": hostile[:10], "mode": "walk"})

    assert Page(response.text).text.count(hostile) >= 4  # a card for every station


def test_live_text_in_the_address_shows_as_itself(client, hostile):
    missing = Page(client.get("/planner/coverage?when=%3Cscript%3Ealert(1)%3C/script%3E").text)
    typed = Page(client.post("/", data={"place": hostile}).text)

    assert "<script>alert(1)</script>" in missing.text
    assert hostile in typed.text
    assert hostile in [tag.get("value") for tag in typed.of("input")]


TURNED = "<b>\u05e9\u200f😀`${1}"
"""Live text that is written from right to left."""
LONG = TURNED * 1000
"""More than 10,000 characters of it."""


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?place={}", 200),
        ("/?lang=zh&when={}", 200),
        ("/stations/{}", 404),
        ("/planner/coverage?mode={}", 400),
        ("/api/places?q={}", 200),
        ("/api/nearest?lon=116.8&lat=35.5&need={}", 400),
        ("/api/nearest?lon={}&lat=35.5", 400),
        ("/api/nearest?lon=116.8&lat=35.5&when={}", 400),
    ],
)
def test_a_question_of_ten_thousand_characters_is_refused_or_cut(client, path, status):
    response = client.get(path.format(quote(LONG)))

    assert response.status_code == status
    assert response.text.count("\u05e9") < 20
    assert response.is_json or "<b>\u05e9" not in response.text


@pytest.fixture(scope="module")
def turned_client(make_town, tmp_path_factory):
    """A client of a town whose stations are named from right to left and bear long notes."""
    made = make_town(tmp_path_factory.mktemp("turned"))
    path = made.settings.region / "stations.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row | {"name": TURNED, "township": TURNED, "notes": LONG} for row in csv.DictReader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    list(build_region(made.settings))
    return create_app(made.settings).test_client()


def test_a_name_from_right_to_left_turns_nothing_beside_it(turned_client, town):
    name = f"<bdi>{escape(TURNED)}</bdi>"
    lon, lat = town.places["F"]
    cards = turned_client.post("/", data={"place": "a村", "mode": "walk"}).text
    page = turned_client.get("/stations/e").text
    answer = turned_client.post("/api/nearest", json={"lon": lon, "lat": lat}).get_json()

    assert cards.count(f"<h3>{name}</h3>") == 4
    assert cards.count(f" · {name}</span></p>") == 4  # the township
    assert page.count(name) == 2  # name and township
    assert f'<bdi class="name">{escape(TURNED)}</bdi>' in page  # those to go to instead
    assert Page(page).text.count(LONG) == 1
    assert {one["properties"]["name"] for one in answer["features"]} == {TURNED}


def test_a_name_from_right_to_left_turns_nothing_on_the_map(turned_client):
    page = turned_client.get("/planner/coverage?mode=walk&minutes=6").text
    gaps = re.findall(r"<bdi>([^<]*)</bdi>", page)

    assert sum("\u05e9" in text for text in gaps) >= 3  # those on the map are set as `named` of common.js
    assert "<b>\u05e9" not in page


def test_facts_for_scripts_are_json_that_no_text_can_leave(hostile_client, hostile):
    page = Page(hostile_client.get("/?lang=zh").text)
    (facts,) = [json.loads(text) for attributes, text in page.scripts if attributes.get("id") == "page"]

    assert facts["region"] == hostile
    assert hostile in facts["attribution"]


def test_answers_hold_live_text_as_json(hostile_client, hostile, town):
    lon, lat = town.places["F"]
    response = hostile_client.get("/api/nearest", query_string={"lon": lon, "lat": lat})

    assert response.mimetype == "application/geo+json"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert {feature["properties"]["name"] for feature in response.get_json()["features"]} == {hostile}


def test_no_name_ends_the_maps_script(hostile_client, hostile):
    page = Page(hostile_client.get("/planner/coverage?mode=walk&minutes=6").text)
    (script,) = [text for attributes, text in page.scripts if "src" not in attributes and attributes.get("nonce")]

    assert "L.map(" in script
    assert not re.search(r"</?(?:script|b)\b", script)


def test_no_name_is_run_as_a_template(hostile_client):
    # folium compiles what it drew as a template once more.
    script = hostile_client.get("/planner/coverage?mode=walk&minutes=6").text

    assert "script\\u003e49" not in script
    assert script.count("script\\u003e\\u007b\\u007b7*7") > 4


def test_the_map_shows_only_the_stations_that_count(client):
    # At night h is shut: of those with a toilet only g is open; q, whose hours nobody knows, has none.
    every = client.get("/planner/coverage?mode=walk").text
    night = client.get("/planner/coverage?mode=walk&need=toilet&when=2026-11-16T03:00").text

    marked = [re.search(r"addStationMarks\(\w+, (\[.*?\])\);", page) for page in (every, night)]
    assert [{row[2] for row in json.loads(found[1])} for found in marked] == [{"e", "g", "h", "q"}, {"g"}]


def test_a_stranger_asks_for_new_sites_only_so_often(town, monkeypatch):
    monkeypatch.setattr("stations.web.rate_limit.MINUTE_S", 10**9)  # no minute ends during the test
    settings = replace(town.settings, rate_limit=1)
    asking = create_app(settings).test_client()
    statuses = [asking.get("/planner?mode=walk&new=1").status_code for _ in range(2)]

    assert statuses == [200, 429]
    assert asking.get("/planner?mode=walk").status_code == 200
