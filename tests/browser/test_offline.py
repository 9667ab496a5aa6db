"""Without a net: the page opens, searches on the phone, keeps what was tapped, and comes back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stations.services.kept_list import KEPT_DAYS, kept_collection
from stations.services.region import load_region
from stations.settings import read_settings
from stations.texts import say
from stations.web import create_app

pytestmark = pytest.mark.browser

ZONE = ZoneInfo("Asia/Shanghai")
SEARCH = """([kept, question, at]) => {
    const answer = window.Stations.search.search(kept, question, Date.parse(at));
    return answer.features.map(({ properties: one }) =>
        [one.station_id, one.travel_s, one.state, one.usable_in_s, one.open_until, one.opens_at, one.spare_s]);
}"""
ARRIVALS = """([hours, course, rows]) => rows.map(([at, travelS]) => {
    const one = window.Stations.search.arrivalAt(hours.courses[course], hours, Date.parse(at), travelS);
    return [one.state, one.usable_in_s, one.open_until, one.opens_at, one.holidays_unconfirmed];
})"""


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


@pytest.mark.parametrize("day", ["2026-11-16", "2026-09-28", "2027-02-08"])  # a plain week, National Day, no notice yet
def test_doors_on_the_phone_are_those_of_the_server(visit, home, tmp_path_factory, day):
    instance = next(tmp_path_factory.getbasetemp().glob("instance*"))  # of `home`
    region = load_region(read_settings({"STATIONS_INSTANCE": str(instance)}))
    monday = datetime.fromisoformat(day).replace(tzinfo=ZONE)
    kept = json.loads(json.dumps(kept_collection(region, now=monday)))
    page = visit().go("/?lang=en")
    moments = [monday + timedelta(hours=hour, minutes=7 * hour % 60) for hour in range(0, 24 * 6, 5)]
    rows = [(moment.isoformat(), travel_s) for moment in moments for travel_s in (0, 1, 599, 2400)]
    course_of = {feature["id"]: feature["properties"]["course"] for feature in kept["features"]}
    compared = 0
    for station_id in {course: station_id for station_id, course in course_of.items()}.values():
        said = page.evaluate(ARRIVALS, [kept["hours"], course_of[station_id], rows])
        for (at, travel_s), (state, usable_in_s, open_until, opens_at, unconfirmed) in zip(rows, said, strict=True):
            moment = datetime.fromisoformat(at)
            expected = region.timetable.arrival(region.number(station_id), when=moment, travel_s=travel_s)
            compared += 1
            assert (state, usable_in_s, unconfirmed) == (
                expected.state,
                expected.usable_in_s,
                expected.holidays_unconfirmed,
            ), (station_id, at, travel_s)
            assert _same_within_the_table(open_until, expected.open_until, monday)
            assert _same_within_the_table(opens_at, expected.opens_at, monday)

    assert compared > 2000


def _same_within_the_table(said, expected, monday):
    if expected is None or expected >= monday + timedelta(days=KEPT_DAYS):
        return said is None
    return datetime.fromisoformat(said) == expected


def test_times_on_the_phone_are_the_straight_line_times_the_factor(visit, region, town):
    # e stands at E (300, 300), open all day; from A (0, 0) that is 424.3 m; times 1.3 at 3.6 km/h = 1 m/s: 551.6 s.
    # Back it is as long, so of 20 minutes there is left: 1200 - 552 - 552 = 96 s.
    lon, lat = town.places["A"]
    monday = datetime(2026, 11, 16, tzinfo=ZONE)
    kept = json.loads(json.dumps(kept_collection(region, now=monday)))
    question = {"lon": lon, "lat": lat, "mode": "walk", "need": [], "service": [], "budget_min": 20}
    page = visit().go("/?lang=en")
    page.evaluate("() => { window.Stations.page.speeds.walk = { speed_kmh: 3.6, parking_s: 0 }; }")
    rows = page.evaluate(SEARCH, [kept, question, (monday + timedelta(hours=12)).isoformat()])

    assert ["e", 552, "open", 552, None, None, 96] in rows


def test_the_page_works_without_a_net_and_comes_back(chromium, town, serve):
    app = create_app(town.settings)
    lon, lat = town.places["B"]
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 10})
    context.grant_permissions(["geolocation"])
    page = context.new_page()
    with serve(app) as home:
        port = int(home.rpartition(":")[2])
        page.goto(f"{home}/?lang=en")
        page.wait_for_selector("#answer .card")
        kept = _kept(page)
    assert {"/?lang=en", "/?lang=zh", "/api/stations", "/api/basemap"} <= kept
    assert not [key for key in kept if "lon" in key or "lat=" in key or "35.5" in key or "nearest" in key]

    page.reload()  # nobody is there to answer
    page.wait_for_selector("#answer .card")
    banner = page.locator("#net")
    assert say("en", "offline.banner", factor=1.3, date="2026-11-01") in banner.inner_text()
    assert say("en", "offline.mark") in banner.inner_text()
    assert page.locator("#list .card").first.get_by_text(say("en", "offline.estimate")).count() == 1

    with serve(app, port=port):
        banner.get_by_role("button").click()
        page.get_by_text(say("en", "page.updated")[:-1]).wait_for()
        assert banner.is_hidden()
        assert _kept(page) == kept  # and still no question among them
    context.close()


def _kept(page):
    """Return the addresses that the browser keeps, once it keeps the list and the base map."""
    return set(
        page.evaluate(
            """async () => {
                await navigator.serviceWorker.ready;
                const kept = [];
                for (let tries = 0; tries < 50; tries += 1) {
                    kept.length = 0;
                    for (const name of await caches.keys()) {
                        const cache = await caches.open(name);
                        for (const { url } of await cache.keys()) {
                            const { pathname, search } = new URL(url);
                            kept.push(pathname + search);
                        }
                    }
                    if (kept.includes("/api/basemap") && kept.includes("/api/stations")) break;
                    await new Promise((done) => setTimeout(done, 200));
                }
                return kept;
            }"""
        )
    )


# ---- At the door


@pytest.fixture
def at_the_door(visit, hostile_home, town):
    """A window at the door of station e, which the server is asked about in vain where it takes no taps."""

    def open_window(answer):
        window = visit(at=town.places["E"], url=hostile_home)
        window.context.set_geolocation(
            {"longitude": town.places["E"][0], "latitude": town.places["E"][1], "accuracy": 20}
        )
        sent = []

        def take(route):
            if answer["away"]:
                route.abort()
            else:
                sent.append(route.request.post_data_json)
                route.fulfill(json={"station_id": "e", "got_in_today": 1})

        window.page.route("**/api/taps", take)
        window.go("/?lang=en").wait_for_selector("#station-e .door")
        return window, sent

    return open_window


def test_the_door_is_asked_about_only_there(at_the_door):
    window, sent = at_the_door({"away": False})
    page = window.page

    assert page.locator(".door").count() == 1  # h is 150 m and more away
    with page.expect_response("**/api/taps"):
        page.locator("#station-e .door").get_by_role("button", name="Got in").click()
    page.get_by_text(say("en", "page.door_thanks")).wait_for()
    (tap,) = sent
    assert set(tap) == {"station_id", "answer", "at", "tap_id"}  # and no position
    assert (tap["station_id"], tap["answer"]) == ("e", "got_in")
    page.reload()
    page.wait_for_selector("#station-e")
    assert page.locator(".door").count() == 0  # one voice an hour


def test_a_rough_position_asks_about_no_door(visit, hostile_home, town):
    window = visit(url=hostile_home)
    lon, lat = town.places["E"]
    window.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 800})
    window.context.grant_permissions(["geolocation"])
    page = window.go("/?lang=en")
    page.wait_for_selector("#station-e")

    assert page.locator(".door").count() == 0
    assert say("en", "page.geo_rough", metres=800)[:-1] in page.locator("#status").inner_text()


def test_a_tap_waits_for_the_net_and_is_sent_once(at_the_door):
    answer = {"away": True}
    window, sent = at_the_door(answer)
    page = window.page
    page.locator("#station-e .door").get_by_role("button", name="Locked").click()
    page.get_by_text(say("en", "page.door_waits")).wait_for()
    assert sent == []

    answer["away"] = False
    page.reload()
    page.wait_for_selector("#station-e")
    page.get_by_text(say("en", "offline.sent", count=1)).wait_for()
    page.reload()
    page.wait_for_selector("#station-e")
    page.wait_for_load_state("networkidle")

    assert [tap["answer"] for tap in sent] == ["locked"]
    window.complaints.clear()  # the browser's own words on the request that we stopped
