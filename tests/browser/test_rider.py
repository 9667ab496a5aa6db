"""The rider's page in a real browser, as wide as a phone."""

from __future__ import annotations

import re

import pytest

from stations.texts import say

pytestmark = pytest.mark.browser

CENTRE = (116.8235, 35.5567)
ELSEWHERE = (24.94, 60.17)
OFF_THE_ROADS = (116.66, 35.48)


def cards(page):
    return page.locator("#answer .card")


def wait_for_list(page):
    page.wait_for_selector("#answer .card")
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


def found(lang, label, count, mode="ebike", speed=15):
    mode = say(lang, "page.mode_option", mode=say(lang, f"mode.{mode}"), speed=speed)
    return say(lang, "page.found", label=label, count=count, mode=mode)


def is_in_sight(page, selector):
    """Whether something stands whole on the screen, above the bar of the map."""
    box, bar = page.locator(selector).bounding_box(), page.locator("#map-sheet").bounding_box()
    return box["y"] >= 0 and box["y"] + box["height"] <= bar["y"]


def shown(body):
    """Return the ids of the stations that an answer is to be shown with: first what stands in for an empty night."""
    instead = body["instead"] or {"next_to_open": None, "nearest_open": None, "public": []}
    special = [instead["next_to_open"], instead["nearest_open"], *instead["public"]]
    return list(dict.fromkeys(one["id"] for one in [*special, *body["features"]] if one))


def ids(page):
    return [card.get_attribute("id").removeprefix("station-") for card in cards(page).all()]


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

    assert cards(page).count() >= 20
    assert status(page).inner_text() == found("en", "my position", cards(page).count())
    assert page.locator("#locate-note").bounding_box()["height"] <= 1  # said before, not after
    first = cards(page).first
    assert re.fullmatch(r"\d+\s*min", first.locator(".big").inner_text())
    assert first.locator(".state").inner_text().strip()


def test_the_button_locates(visit):
    window = visit()
    page = window.go("/?lang=zh")
    assert page.get_by_text(say("zh", "page.locate_note")).is_visible()
    window.context.set_geolocation({"longitude": CENTRE[0], "latitude": CENTRE[1]})
    page.wait_for_load_state("networkidle")
    assert cards(page).count() == 0  # nobody is located who did not allow it
    window.context.grant_permissions(["geolocation"])
    page.locator("#locate").click()

    assert wait_for_list(page) >= 20
    assert status(page).inner_text() == found("zh", "我的位置", cards(page).count())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_rider_who_refuses_is_told_what_to_do(visit, lang):
    page = visit().go(f"/?lang={lang}")
    page.locator("#locate").click()
    page.wait_for_selector("#status.wrong")

    assert status(page).inner_text() == say(lang, "page.geo_denied")
    assert is_in_sight(page, "#status")
    assert page.locator("#place").is_visible()


def test_a_rider_elsewhere_may_look_from_the_middle(visit):
    page = visit(at=ELSEWHERE).go("/?lang=en")
    page.wait_for_selector("#status.wrong")
    assert say("en", "page.geo_outside", region="Yanzhou District") in status(page).inner_text()
    assert is_in_sight(page, "#status button")
    page.get_by_role("button", name="Look from the middle").click()

    assert wait_for_list(page) > 0


def test_a_typed_place_is_picked(visit):
    page = visit().go("/?lang=en")
    page.locator("#place").fill("兴隆庄")
    page.wait_for_selector("#places li")
    assert page.locator("#places li b").first.inner_text().startswith("兴隆庄")
    page.locator("#places li").first.click()

    assert wait_for_list(page) >= 20
    assert "兴隆庄" in status(page).inner_text()
    assert page.locator("#places").is_hidden()


def test_a_typed_place_is_picked_with_the_keyboard(visit):
    page = visit().go("/?lang=en")
    page.locator("#place").fill("鼓楼")
    page.wait_for_selector("#places li")
    page.keyboard.press("ArrowDown")
    assert page.locator("#places [aria-selected=true]").count() == 1
    page.keyboard.press("Enter")

    assert wait_for_list(page) >= 20


def test_a_place_that_is_not_there_is_told(visit):
    page = visit().go("/?lang=en")
    page.locator("#place").fill("Atlantis")
    page.wait_for_selector("#status.wrong")

    assert status(page).inner_text() == say("en", "page.places_none", query="Atlantis")
    assert cards(page).count() == 0


def test_a_point_is_picked_on_the_map(visit):
    page = visit().go("/?lang=en")
    page.locator("#pick").click()
    page.wait_for_selector("#map-sheet.picking")
    box = page.locator("#map").bounding_box()
    body = ask_again(
        page, lambda: page.mouse.click(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2 - 40)
    )

    assert wait_for_list(page) > 0
    assert ids(page) == shown(body)
    assert say("en", "page.picked") in status(page).inner_text()
    assert page.locator("#pick-bar").is_hidden()


def test_the_middle_of_the_map_is_picked_without_a_pointer(visit):
    page = visit().go("/?lang=en")
    page.locator("#pick").press("Enter")
    page.wait_for_selector("#map-sheet.picking")
    page.keyboard.press("Enter")  # the button that picks the middle has the focus

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
        assert ids(page) == shown(body)
        assert page.locator(".card .services .wanted").count() >= len(services)


def test_no_station_that_fits_can_be_undone(located):
    page = located.page
    for need in ("truck", "hurt", "ebike", "trouble", "weather", "hungry", "phone"):
        body = ask_again(page, lambda need=need: page.locator(f"input[value={need}]").check(force=True))
    assert body["features"] == []
    assert ids(page) == shown(body)  # public places, where there are any
    assert say("en", "page.none") in status(page).inner_text()
    ask_again(page, lambda: page.get_by_role("button", name=say("en", "page.clear_needs")).click())

    assert cards(page).count() >= 20
    assert page.locator("input[name=need]:checked").count() == 0


def test_the_mode_changes_the_list_and_is_remembered(located):
    page = located.page
    body = ask_again(page, lambda: page.locator("#mode").select_option("walk"))
    assert body["mode"] == "walk"
    page.reload()
    wait_for_list(page)

    assert page.locator("#mode").input_value() == "walk"


def test_who_parks_a_truck_comes_by_car_unless_another_mode_was_chosen(located):
    page = located.page
    body = ask_again(page, lambda: page.locator("input[value=truck]").check(force=True))
    assert body["mode"] == "car"
    ask_again(page, lambda: page.locator("input[value=truck]").uncheck(force=True))
    ask_again(page, lambda: page.locator("#mode").select_option("ebike"))
    body = ask_again(page, lambda: page.locator("input[value=truck]").check(force=True))

    assert body["mode"] == "ebike"


def test_off_the_roads_what_is_open_comes_before_what_opens(visit):
    window = visit(at=OFF_THE_ROADS)
    page = window.page
    with page.expect_response("**/api/nearest") as answered:
        window.go("/?lang=en")
    body = answered.value.json()
    wait_for_list(page)

    assert body["origin"]["snap_m"] is None
    assert page.get_by_role("heading", name=say("en", "page.instead_off")).is_visible()
    assert page.locator("#others").inner_text() == say("en", "page.others_off")
    assert ids(page)[0] == body["instead"]["nearest_open"]["id"]


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
    assert page.locator("#map .station-icon").count() == cards(page).count() >= 20
    assert page.locator("#map .origin-icon").count() == 1
    assert page.locator("#map-toggle").get_attribute("aria-expanded") == "true"


def test_a_mark_leads_to_its_card(located):
    page = located.page
    page.locator("#map-toggle").click()
    page.wait_for_selector(".station-icon")
    name = page.locator(".station-icon").last.get_attribute("title").split(" · 关")[0]
    page.locator(".station-icon").last.dispatch_event("click")
    page.wait_for_selector("#map .station-mark.chosen")

    chosen = page.locator(".card.chosen")
    assert chosen.count() == 1
    assert name.startswith(chosen.locator("h3").inner_text())


def test_the_way_to_a_station_is_drawn_with_minutes_and_metres(located):
    page = located.page
    card = cards(page).first
    with page.expect_response("**/api/route") as answered:
        card.get_by_role("button", name="Show the way").click()
    way = answered.value.json()["properties"]
    page.wait_for_selector("#way-bar:not([hidden])")

    words = page.locator("#way-words").inner_text()
    assert words.startswith(f"{-(-way['travel_s'] // 60)} min · ")
    assert card.locator(".big b").inner_text() == str(-(-way["travel_s"] // 60))  # the list and the way agree
    assert card.locator("h3").inner_text() in words
    assert answered.value.request.method == "POST"
    assert page.locator("#map .station-mark.chosen").count() == 1
    page.locator("#way-close").click()
    assert page.locator("#way-bar").is_hidden()


def test_the_list_works_when_the_map_does_not_load(visit):
    window = visit(at=CENTRE, service_workers="block")  # else it may have kept the file by then
    window.page.route("**/leaflet.js*", lambda route: route.abort())
    page = window.go("/?lang=en")
    wait_for_list(page)
    page.locator("#map-toggle").click()
    page.get_by_text(say("en", "page.map_failed")).wait_for()

    ask_again(page, lambda: page.locator("#mode").select_option("walk"))
    assert cards(page).count() >= 20
    page.unroute("**/leaflet.js*")
    page.locator("#map-toggle").click()
    page.locator("#map-toggle").click()
    page.wait_for_selector(".station-icon")  # tried again
    window.complaints.clear()  # the browser's own words on the file that we stopped


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
    assert [link.split("?")[0].split(":")[0] for link in links] == ["https", "https", "geo", "https"]
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

    assert card.locator("h3").inner_text() in page.evaluate("navigator.clipboard.readText()")


def test_more_leads_to_the_station(located):
    page = located.page
    name = cards(page).first.locator("h3").inner_text()
    cards(page).first.get_by_role("link", name="All about").click()
    page.wait_for_url("**/stations/*")

    assert page.locator("h1").inner_text() == name
    assert page.locator("html").get_attribute("lang") == "en"


# ---- Without scripts


def test_the_list_comes_without_scripts(visit):
    page = visit(java_script_enabled=False).go("/?lang=en")
    assert page.locator("#locate").is_hidden()
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

    assert cards(page).first.locator("h3").inner_text() == hostile
    assert page.locator(".station-icon").first.get_attribute("title").startswith(hostile)
    cards(page).first.get_by_role("button", name="Navigate to").click()
    assert hostile in page.locator("#hand-off-title").inner_text()
    assert page.locator("h3 b, h3 img, #hand-off-title b").count() == 0


def test_a_name_from_right_to_left_turns_nothing_beside_it(visit, hostile_home, hostile, town):
    page = visit(at=town.places["F"], url=hostile_home).go("/?lang=en")
    wait_for_list(page)
    card = cards(page).first
    name = card.locator("h3 bdi")
    card.get_by_role("button", name="Navigate to").click()
    title = page.locator("#hand-off-title").inner_text()

    assert name.inner_text() == hostile
    assert name.evaluate("(one) => getComputedStyle(one).unicodeBidi") == "isolate"
    assert title == say("en", "page.navigate_to", name=f"\u2068{hostile}\u2069")


def test_no_name_comes_alive_on_a_station_page(visit, hostile_home, hostile):
    page = visit(url=hostile_home).go("/stations/e?lang=en")
    page.wait_for_selector("#map .station-icon")

    assert page.locator("h1").inner_text() == hostile
    assert hostile in page.locator("#share-text").inner_text()
    assert page.locator("h1 b, h1 img, pre b, pre img").count() == 0
    facts = page.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)")
    assert facts["name"] == hostile


# ---- Time, filters, the next stop


def test_a_budget_fits_there_and_back_and_tells_what_is_left(located):
    page = located.page
    body = ask_again(page, lambda: page.locator("#budget").select_option("30"))
    usable = [one["properties"] for one in body["features"] if one["properties"]["spare_s"] is not None]

    assert usable
    assert all(one["travel_s"] + one["return_s"] + one["spare_s"] <= 1800 for one in usable)
    first = usable[0]
    told = say(
        "en", "page.spare", minutes=-(-(first["travel_s"] + first["return_s"]) // 60), spare=first["spare_s"] // 60
    )
    assert page.locator(f"#station-{first['station_id']} .spare").inner_text() == told


def test_a_next_stop_ranks_by_the_detour(located):
    page = located.page
    page.locator("#filters summary").click()
    page.locator("#next").fill("hcz")
    page.wait_for_selector("#next-places li")
    body = ask_again(page, lambda: page.locator("#next-places li").first.click())

    assert body["next"]["lon"]
    assert say("en", "page.next_label", label=page.locator("#next").input_value()) in status(page).inner_text()
    detours = [one["properties"]["detour_s"] for one in body["features"] if one["properties"]["state"] == "open"]
    timed = [detour for detour in detours if detour is not None]
    assert timed == sorted(timed)
    assert detours[len(timed) :] == [None] * (len(detours) - len(timed))  # at night some are out of the table's reach
    assert page.locator(".card .spare").count() > 0


def test_another_time_is_asked_and_told_and_taken_back(located):
    page = located.page
    page.locator("#filters summary").click()
    body = ask_again(page, lambda: page.locator("#when").fill("2027-01-04T03:10"))

    assert body["when"].startswith("2027-01-04T03:10:00")
    assert "03:10" in status(page).inner_text()
    assert page.locator("#filter-words").inner_text() == say("en", "page.filters_count", count=1)
    ask_again(page, lambda: page.locator("#when-now").click())
    assert page.locator("#filter-words").inner_text() == say("en", "page.filters")


def test_filters_narrow_the_list_and_are_cleared_at_once(located):
    page = located.page
    page.locator("#filters summary").click()
    body = ask_again(page, lambda: page.locator("input[name=no_registration]").check(force=True))
    assert {one["properties"]["entry"] for one in body["features"]} <= {"walk_in", "staffed", "ring", "door_code"}
    body = ask_again(page, lambda: page.locator("input[value=women_room]").check(force=True))
    assert all("women_room" in one["properties"]["services"] for one in body["features"])
    ask_again(page, lambda: page.locator("#filters-clear").click())

    assert page.locator("#filters input:checked").count() == 0


def test_an_empty_night_is_not_empty(located):
    page = located.page
    ask_again(page, lambda: page.locator("#mode").select_option("walk"))
    for need in ("truck", "toilet"):
        ask_again(page, lambda need=need: page.locator(f"input[value={need}]").check(force=True))
    page.locator("#filters summary").click()
    body = ask_again(page, lambda: page.locator("#when").fill("2027-01-04T03:10"))

    assert body["instead"]
    assert page.get_by_role("heading", name=say("en", "page.instead_when")).is_visible()
    assert ids(page) == shown(body)
    page.locator("#map-toggle").click()
    page.wait_for_selector(".station-icon")
    assert page.locator("#map .station-icon").count() == len(shown(body))  # list and map agree


# ---- What leaves the phone


def test_positions_are_rounded_and_stand_in_no_address(visit):
    window = visit(at=(116.82351234, 35.55674321))
    page = window.page
    with page.expect_request("**/api/nearest") as asked:
        window.go("/?lang=en")
    question = asked.value.post_data_json
    wait_for_list(page)

    assert (question["lon"], question["lat"]) == (116.8235, 35.5567)
    assert asked.value.method == "POST"
    assert not [url for url in window.requests if "116.8" in url or "35.55" in url]
    assert page.url == f"{window.home}/?lang=en"
    assert "116.82" not in page.evaluate("JSON.stringify(localStorage)")


def test_without_a_secure_context_it_says_so_and_offers_typing(visit):
    window = visit(at=CENTRE)
    window.page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false });")
    page = window.go("/?lang=zh")
    page.get_by_text(say("zh", "page.geo_insecure")).wait_for()
    page.locator("#place").fill("gulou")
    page.wait_for_selector("#places li")
    page.keyboard.press("Enter")

    assert wait_for_list(page) > 0


def test_a_link_with_a_place_answers_at_once(visit):
    page = visit().go("/?lang=en&place=兴隆庄村")

    assert wait_for_list(page) > 0  # written by the server
    page.locator("#status", has_text="兴隆庄村").wait_for()  # and asked for by the script
