"""The rider's page in a real browser, as wide as a phone."""

from __future__ import annotations

import re

import pytest

from stations.texts import say

pytestmark = pytest.mark.browser

CENTRE = (116.8235, 35.5567)
ELSEWHERE = (24.94, 60.17)


def cards(page):
    return page.locator("#list .card")


def wait_for_list(page):
    page.wait_for_selector("#list .card")
    page.wait_for_selector("#list:not([aria-busy])", state="attached")
    return cards(page).count()


def status(page):
    return page.locator("#status")


def ask_again(page, act):
    """Do `act` and return the answer that the page got to the question it then asked."""
    with page.expect_response(lambda response: response.url.endswith("/api/nearest")) as answered:
        act()
    body = answered.value.json()
    page.wait_for_selector("#list:not([aria-busy])", state="attached")
    return body


@pytest.fixture
def located(visit):
    """A window whose rider stands in the middle of the town, with the list."""
    window = visit(at=CENTRE)
    window.go("/?lang=en")
    wait_for_list(window.page)
    return window


# ---- Where from


def test_a_rider_who_allowed_it_is_located_and_gets_the_list(located):
    page = located.page

    assert cards(page).count() == 20
    assert status(page).inner_text() == say("en", "page.found", label="my position", count=20)
    assert page.locator("#start").is_hidden()
    first = cards(page).first
    assert re.fullmatch(r"\d+\s*min", first.locator(".big").inner_text())
    assert first.locator(".state").inner_text().strip()


def test_the_button_locates(visit):
    window = visit()
    page = window.go("/?lang=zh")
    assert page.locator("#start").is_visible()
    window.context.set_geolocation({"longitude": CENTRE[0], "latitude": CENTRE[1]})
    window.context.grant_permissions(["geolocation"])
    page.locator("#start [data-act=locate]").click()

    assert wait_for_list(page) == 20
    assert status(page).inner_text() == say("zh", "page.found", label="我的位置", count=20)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_rider_who_refuses_is_told_what_to_do(visit, lang):
    page = visit().go(f"/?lang={lang}")
    page.locator("#start [data-act=locate]").click()
    page.wait_for_selector("#status.wrong")

    assert status(page).inner_text() == say(lang, "page.geo_denied")
    assert page.locator("#start").is_visible()


def test_a_rider_elsewhere_may_look_from_the_middle(visit):
    page = visit(at=ELSEWHERE).go("/?lang=en")
    page.wait_for_selector("#status.wrong")
    assert say("en", "page.geo_outside", region="Yanzhou District") in status(page).inner_text()
    page.get_by_role("button", name="Look from the middle").click()

    assert wait_for_list(page) > 0


def test_a_typed_place_is_picked(visit):
    page = visit().go("/?lang=en")
    page.locator("#place").fill("兴隆庄")
    page.wait_for_selector("#places li")
    assert page.locator("#places li b").first.inner_text().startswith("兴隆庄")
    page.locator("#places li").first.click()

    assert wait_for_list(page) == 20
    assert "兴隆庄" in status(page).inner_text()
    assert page.locator("#places").is_hidden()


def test_a_typed_place_is_picked_with_the_keyboard(visit):
    page = visit().go("/?lang=en")
    page.locator("#place").fill("鼓楼")
    page.wait_for_selector("#places li")
    page.keyboard.press("ArrowDown")
    assert page.locator("#places [aria-selected=true]").count() == 1
    page.keyboard.press("Enter")

    assert wait_for_list(page) == 20


def test_a_place_that_is_not_there_is_told(visit):
    page = visit().go("/?lang=en")
    page.locator("#place").fill("Atlantis")
    page.wait_for_selector("#status.wrong")

    assert status(page).inner_text() == say("en", "page.places_none", query="Atlantis")
    assert cards(page).count() == 0


def test_a_point_is_picked_on_the_map(visit):
    page = visit().go("/?lang=en")
    page.locator("#start [data-act=pick]").click()
    page.wait_for_selector("#map-sheet.picking")
    box = page.locator("#map").bounding_box()
    body = ask_again(
        page, lambda: page.mouse.click(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2 - 40)
    )

    assert wait_for_list(page) == len(body["features"]) > 0
    assert say("en", "page.picked") in status(page).inner_text()
    assert page.locator("#pick-bar").is_hidden()


def test_the_middle_of_the_map_is_picked_without_a_pointer(visit):
    page = visit().go("/?lang=en")
    page.locator("#start [data-act=pick]").click()
    page.locator("#pick-here").press("Enter")

    assert wait_for_list(page) > 0


# ---- What for, and how


def test_needs_change_the_list(located):
    page = located.page
    both = {"hungry": {"meal", "meal_heating"}, "toilet": {"toilet"}}
    for chosen in (["toilet"], ["toilet", "hungry"]):
        body = ask_again(page, lambda need=chosen[-1]: page.locator(f"input[value={need}]").check(force=True))
        services = [set(feature["properties"]["services"]) for feature in body["features"]]

        assert services
        assert all(offered & both[need] for offered in services for need in chosen)
        assert cards(page).count() == len(services)
        assert page.locator(".card .services .wanted").count() >= len(services)


def test_no_station_that_fits_can_be_undone(located):
    page = located.page
    for need in ("truck", "hurt", "ebike", "trouble", "weather", "hungry", "phone"):
        body = ask_again(page, lambda need=need: page.locator(f"input[value={need}]").check(force=True))
    assert body["features"] == []
    assert say("en", "page.none") in status(page).inner_text()
    ask_again(page, lambda: page.get_by_role("button", name=say("en", "page.clear_needs")).click())

    assert cards(page).count() == 20
    assert page.locator("input[name=need]:checked").count() == 0


def test_the_mode_changes_the_list_and_is_remembered(located):
    page = located.page
    body = ask_again(page, lambda: page.locator("#mode").select_option("walk"))
    assert body["mode"] == "walk"
    page.reload()
    wait_for_list(page)

    assert page.locator("#mode").input_value() == "walk"


def test_a_server_that_is_away_is_told_and_asked_again(located):
    page = located.page
    page.route("**/api/nearest", lambda route: route.abort())
    page.locator("#mode").select_option("walk")
    page.wait_for_selector("#status.wrong")
    assert say("en", "page.failed") in status(page).inner_text()
    page.unroute("**/api/nearest")
    ask_again(page, lambda: page.get_by_role("button", name=say("en", "page.retry")).click())

    assert cards(page).count() == 20
    located.complaints.clear()  # the browser's own words on the question that we stopped


# ---- The map and the hand-off


def drawn_canvases(page):
    """Return how many canvases of the map bear something drawn."""
    return page.evaluate(
        """() => [...document.querySelectorAll("#map canvas, .folium-map canvas")].filter((canvas) => {
            if (!canvas.width || !canvas.height) return false;
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            for (let i = 3; i < pixels.length; i += 4) if (pixels[i]) return true;
            return false;
        }).length"""
    )


def test_the_map_shows_the_roads_and_every_card(located):
    page = located.page
    page.locator("#map-toggle").click()
    page.wait_for_selector(".station-icon")
    page.wait_for_selector("#map canvas >> nth=3")

    assert drawn_canvases(page) > 3  # tiles with roads, and the names above them
    assert page.locator("#map .station-icon").count() == cards(page).count() == 20
    assert page.locator("#map .origin-icon").count() == 1
    assert page.locator("#map-toggle").get_attribute("aria-expanded") == "true"


def test_a_card_and_its_mark_lead_to_one_another(located):
    page = located.page
    third = cards(page).nth(2)
    third.get_by_role("button", name="on the map").click()
    page.wait_for_selector("#map .station-mark.chosen")

    assert page.locator("#map .station-mark.chosen").count() == 1
    assert "chosen" in third.get_attribute("class")


def test_a_sample_region_asks_before_it_hands_over(located):
    page = located.page
    before = len(located.requests)
    cards(page).first.get_by_role("button", name="Navigate to").click()
    dialog = page.locator("#hand-off")

    assert dialog.is_visible()
    assert say("en", "page.sample_ask") in dialog.inner_text()
    assert dialog.locator("a").count() == 0
    dialog.get_by_role("button", name=say("en", "page.go_on")).click()
    links = [link.get_attribute("href") for link in dialog.locator("a").all()]
    assert [link.split("?")[0].split(":")[0] for link in links] == ["https", "https", "https", "geo"]
    assert say("en", "page.baidu_note") in dialog.inner_text()
    assert all("noreferrer" in link.get_attribute("rel") for link in dialog.locator("a").all())
    page.locator("#hand-off-close").click()
    assert dialog.is_hidden()
    assert located.requests[before:] == []


def test_a_name_may_be_copied(located):
    page = located.page
    located.context.grant_permissions(["clipboard-read", "clipboard-write", "geolocation"])
    card = cards(page).first
    card.get_by_role("button", name="Navigate to").click()
    page.get_by_role("button", name=say("en", "page.go_on")).click()
    page.get_by_role("button", name=say("en", "page.copy")).click()
    page.get_by_text(say("en", "page.copied"), exact=True).wait_for()

    assert card.locator("h2").inner_text() in page.evaluate("navigator.clipboard.readText()")


def test_more_leads_to_the_station(located):
    page = located.page
    name = cards(page).first.locator("h2").inner_text()
    cards(page).first.get_by_role("link", name="All about").click()
    page.wait_for_url("**/stations/*")

    assert page.locator("h1").inner_text() == name
    assert page.locator("html").get_attribute("lang") == "en"


# ---- Without scripts


def test_the_list_comes_without_scripts(visit):
    page = visit(java_script_enabled=False).go("/?lang=en")
    assert page.locator("[data-act=locate]").first.is_hidden()
    page.locator("#place").fill("兴隆庄")
    page.locator("input[value=toilet]").check(force=True)
    page.get_by_role("button", name=say("en", "page.find")).click()

    assert cards(page).count() > 0
    assert page.locator("input[value=toilet]").is_checked()
    cards(page).first.locator("summary").click()
    assert say("en", "page.sample_ask") in cards(page).first.locator(".links").inner_text()


# ---- Text of a file stays text


def test_no_name_comes_alive_in_the_list_or_on_the_map(visit, hostile_home, hostile, town):
    window = visit(at=town.places["F"], url=hostile_home)
    page = window.go("/?lang=en")
    wait_for_list(page)
    page.locator("#map-toggle").click()
    page.wait_for_selector(".station-icon")

    assert cards(page).first.locator("h2").inner_text() == hostile
    assert page.locator(".station-icon").first.get_attribute("title").startswith(hostile)
    cards(page).first.get_by_role("button", name="Navigate to").click()
    assert hostile in page.locator("#hand-off-title").inner_text()
    assert page.locator("h2 b, h2 img, #hand-off-title b").count() == 0
