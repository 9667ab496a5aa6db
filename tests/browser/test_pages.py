"""Every page in a real browser: from our own host alone, without complaint, on narrow and wide screens."""

from __future__ import annotations

import re

import pytest

from stations.texts import say

pytestmark = pytest.mark.browser

CENTRE = (116.8235, 35.5567)
PAGES = ["/", "/stations/yz001", "/planner/coverage?mode=walk", "/nowhere"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_no_other_host_and_complain_of_nothing(visit, path, lang):
    window = visit(1280, 900, at=CENTRE)
    page = window.go(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    page.wait_for_load_state("networkidle")
    if path == "/":
        page.wait_for_selector("#list .card")
    if path == "/nowhere":
        window.complaints = [said for said in window.complaints if "404" not in said]  # of the page itself

    assert window.requests
    assert window.foreign == []
    assert window.complaints == []
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[lang]
    assert page.get_by_text(say(lang, "page.sample"), exact=True).is_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_is_wider_than_the_screen(visit, lang):
    window = visit(1280, 640, at=CENTRE)
    for path in ["/", "/stations/yz001", "/planner?mode=walk&new=2"]:
        page = window.go(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        if path == "/":
            page.wait_for_selector("#list .card")
        for width in (1280, 360, 320):
            page.set_viewport_size({"width": width, "height": 640})
            page.evaluate("new Promise(requestAnimationFrame)")
            shown, wanted = page.evaluate(
                "[document.documentElement.clientWidth, document.documentElement.scrollWidth]"
            )

            assert wanted <= shown == width, (path, width)


def test_buttons_are_large_enough_for_a_finger(visit):
    page = visit(at=CENTRE).go("/")
    page.wait_for_selector("#list .card")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a.button, select, .need span, summary")]
            .map((one) => [one.getBoundingClientRect(), one.textContent.trim()])
            .filter(([box]) => box.width && (box.height < 43.5 || box.width < 43.5)).map(([, text]) => text)"""
    )

    assert small == []


def test_the_language_is_switched_and_stays(visit):
    page = visit().go("/")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.locator("a.language").click()
    page.wait_for_url("**lang=en")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("a.name").click()
    page.wait_for_load_state()

    assert page.locator("html").get_attribute("lang") == "en"


# ---- The planner's map


IN_MAP = """([look]) => {
    const map = Object.entries(window).find(([name]) => /^map_[0-9a-f]{32}$/.test(name))[1];
    const layers = [];
    map.eachLayer((layer) => layers.push(layer));
    const stations = layers.filter((layer) => layer instanceof L.MarkerClusterGroup).flatMap((one) => one.getLayers());
    const live = (node) => node.querySelectorAll("b, img, script").length;
    return new Function("map", "layers", "stations", "live", look)(map, layers, stations, live);
}"""
COUNTS = "return [stations.length, layers.filter((layer) => layer instanceof L.Polygon).length]"
DRAWN = """return [...document.querySelectorAll(".folium-map canvas")].filter((canvas) => {
    if (!canvas.width || !canvas.height) return false;
    return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value);
}).length"""
POPUPS = """return stations.slice(0, 12).map((marker) => {
    marker.fire("click");
    map.openPopup(marker.getPopup(), marker.getLatLng());
    const shown = marker.getPopup().getElement().querySelector(".leaflet-popup-content");
    return [shown.innerText.split("\\n")[0], live(shown)];
})"""
GAPS = "return [...document.querySelectorAll('.numbered-icon')].map((mark) => [mark.textContent, live(mark)])"


@pytest.fixture
def coverage(visit):
    """Return a maker of windows on the coverage page, its map drawn, and what to look into the map with."""

    def open_coverage(**options):
        page = visit(1280, 900, **options).go("/planner/coverage?mode=walk&minutes=6&lang=en")
        page.wait_for_selector(".folium-map .marker-cluster, .folium-map .station-icon")
        page.wait_for_load_state("networkidle")
        return page, lambda look: page.evaluate(IN_MAP, [look])

    return open_coverage


def test_the_coverage_map_shows_stations_catchments_and_roads(coverage):
    page, look = coverage()
    stations, polygons = look(COUNTS)

    assert stations == 168
    assert polygons >= 1
    assert page.locator(".folium-map").bounding_box()["height"] > 300
    assert look(DRAWN) > 3
    assert all(re.match(r"示例站 \d{3}", text) for text, _ in look(POPUPS))


def test_no_name_comes_alive_on_the_coverage_map(coverage, hostile_home, hostile):
    page, look = coverage(url=hostile_home)
    popups, gaps = look(POPUPS), look(GAPS)

    assert [text for text, _ in popups] == [hostile] * 4
    assert gaps
    assert all(hostile in text for text, _ in gaps)
    assert sum(live for _, live in [*popups, *gaps]) == 0
    assert page.locator(".gaps b").first.inner_text() == hostile


def test_the_form_of_the_planner_computes_and_its_question_outlives_the_language(visit):
    page = visit(1280, 900).go("/planner/coverage?lang=en")
    page.locator("#ask select[name=mode]").select_option("walk")
    page.locator("#ask input[name=minutes]").fill("5")
    page.locator("#ask select[name=what]").select_option("need.toilet")
    page.get_by_role("button", name=say("en", "page.compute")).click()
    page.wait_for_url("**/planner?**minutes=5**")
    assert "within 5 min" in page.locator(".method").inner_text()
    assert re.match(r"\d+\.\d %", page.locator(".number.covered .value").first.inner_text())
    page.locator("a.language").click()
    page.wait_for_url("**lang=zh**")

    asked = [page.locator(f"#ask [name={name}]").input_value() for name in ("mode", "minutes", "what", "lang")]
    assert asked == ["walk", "5", "need.toilet", "zh"]


NIGHT = "/planner?mode=walk&minutes=15&need=toilet&when=2026-11-18T02:00&lang=en"


def test_a_candidate_is_moved_by_keyboard_and_a_station_switched_off(visit):
    page = visit(1280, 900).go(NIGHT)
    page.wait_for_load_state("networkidle")
    outcome = page.locator("#outcome")
    page.locator("#add-candidate").press("Enter")
    outcome.filter(has_text="→").wait_for()
    before = outcome.inner_text()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.wait_for_load_state("networkidle")
    outcome.filter(has_not_text=before).wait_for()

    page.locator("#changed-station").select_option("yz078")
    page.locator("#switch-off").press("Enter")
    page.locator("#changes li", has_text="078").wait_for()
    outcome.filter(has_not_text=" 0 lost").wait_for()
    page.locator("#forget").press("Enter")
    page.locator(".candidate-icon").wait_for(state="detached")

    assert page.locator("#changes li").count() == 0


def test_a_dragged_candidate_tells_what_it_covers(visit):
    page = visit(1280, 900).go(NIGHT)
    page.wait_for_load_state("networkidle")
    page.locator("#add-candidate").click()
    outcome = page.locator("#outcome")
    outcome.filter(has_text="→").wait_for()
    before = outcome.inner_text()
    box = page.locator(".candidate-icon").bounding_box()
    page.mouse.move(box["x"] + 14, box["y"] + 14)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 14, steps=8)
    page.mouse.up()

    outcome.filter(has_not_text=before).wait_for()


def test_a_click_on_the_map_tells_its_demand_and_an_hour_of_the_week_is_gone_to(visit):
    page = visit(1280, 900).go(NIGHT)
    page.wait_for_load_state("networkidle")
    page.locator(".beside .go").first.click()
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".leaflet-popup-content .swatch.gap").last.wait_for()  # the popup before fades away

    strip = page.locator(".week-table .asked .strip svg")
    wide = strip.bounding_box()["width"]
    strip.click(position={"x": wide * (24 * 4 + 12.5) / 168, "y": 10})
    page.wait_for_url("**when=2026-11-20T12%3A00**")

    assert page.locator("#ask [name=what]").input_value() == "need.toilet"


def test_an_hour_of_the_week_is_reached_and_opened_by_keyboard(visit):
    page = visit(1280, 900).go(NIGHT)
    page.wait_for_load_state("networkidle")
    strip = page.locator(".week-table .asked [role=slider]")
    strip.focus()
    assert strip.get_attribute("aria-valuetext").startswith("Toilet, Wed 02:00:")
    for key in ("PageDown", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert strip.get_attribute("aria-valuetext").startswith("Toilet, Thu 03:00:")
    assert "Thu 03:00" in page.locator("#hour-told").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**when=2026-11-19T03%3A00**")


def test_a_finger_finds_an_hour_before_it_is_opened(visit):
    page = visit(820, 1180, has_touch=True).go(NIGHT)
    page.wait_for_load_state("networkidle")
    strip = page.locator(".week-table .asked [role=slider]")
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * (24 * 4 + 12.5) / 168, box["y"] + 10)
    page.locator("#hour-told", has_text="Fri 12:00").wait_for()
    assert "2026-11-18T02" in page.url
    page.locator("#hour-told a").tap()
    page.wait_for_url("**when=2026-11-20T12%3A00**")


def test_a_gap_is_shown_on_the_map_and_found_again_in_the_list(visit):
    page = visit(1280, 900).go(NIGHT)
    page.wait_for_load_state("networkidle")
    page.locator(".beside .go").nth(1).press("Enter")
    back = page.locator(".leaflet-popup-content a")
    back.and_(page.locator(":focus")).wait_for()
    page.locator(".leaflet-popup-content .swatch.gap").wait_for()
    back.press("Enter")

    assert page.evaluate("document.activeElement.id") == "gap-2"
    page.locator(".folium-map").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator(".leaflet-popup-content", has_text=say("en", "planner.here_nothing")).or_(
        page.locator(".leaflet-popup-content .swatch")
    ).first.wait_for()


def test_suggested_sites_stand_on_the_map_with_what_they_reach(visit):
    page = visit(1280, 900).go(f"{NIGHT}&new=2")
    page.wait_for_load_state("networkidle")
    assert page.locator(".site-mark").filter(visible=True).all_inner_texts()[:2] == ["1", "2"]
    page.locator("#siting .go").nth(1).click()
    page.locator(".leaflet-popup-content a").click()

    assert page.evaluate("document.activeElement.id") == "site-2"
    page.locator("#siting .try").first.click()
    page.locator("#outcome", has_text="→").wait_for()
