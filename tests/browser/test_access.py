"""Everybody can read and use the pages: axe, keyboard, large type, narrow screens, fingers."""

from __future__ import annotations

import pytest

from stations.model.keys import Role
from stations.services.accounts import add_account
from stations.services.build import build_region
from stations.services.office import Office
from stations.texts import say
from stations.web import create_app

pytestmark = pytest.mark.browser

CENTRE = (116.8235, 35.5567)
PASSWORD = "a long word for the tests 7"
FINDINGS = """async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
    return violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html.slice(0, 200), nodes[0].failureSummary]);
}"""
SMALL = """() => [...document.querySelectorAll(
        "button, a.button, select, summary, input, .foot nav a, .alternatives a, .top a")]
    .map((one) => [one, (one.closest("label.tick") || one).getBoundingClientRect()])
    .filter(([one, box]) => box.width && one.checkVisibility({ visibilityProperty: true })
        && !one.closest(".leaflet-control-attribution") && (box.height < 43.5 || box.width < 43.5))
    .map(([one, box]) => [one.outerHTML.slice(0, 90), box.width, box.height])"""

SMALLEST_TYPE_PX = """() => Math.min(...[...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && !one.closest(".leaflet-container, script, style"))
    .filter((one) => [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
    .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""


def start(page):
    page.wait_for_selector("#locate:visible")


def has_list(page):
    page.wait_for_selector("#answer .card")


def has_filters(page):
    has_list(page)
    page.locator("#filters summary").click()
    page.locator("input[name=no_registration]").check(force=True)
    page.locator("#budget").select_option("30")
    page.wait_for_load_state("networkidle")


def has_map(page):
    has_list(page)
    page.locator("#map-toggle").click()
    page.wait_for_selector(".station-icon")
    page.locator("#answer .card .actions button").first.click()
    page.wait_for_selector("#way-bar:not([hidden])")


def has_nothing(page):
    has_list(page)
    for need in ("ebike", "hurt", "truck"):
        page.locator(f"input[value={need}]").check(force=True)
    page.wait_for_load_state("networkidle")


def has_dialog(page):
    has_list(page)
    page.get_by_role("button", name="导航去").first.click()
    page.get_by_role("button", name=say("zh", "page.go_on")).click()


def has_places(page):
    page.locator("#place").fill("xlz")
    page.wait_for_selector("#places li")


def is_station(page):
    page.wait_for_selector("#map canvas")


def is_there(page):
    page.wait_for_load_state("networkidle")


def has_what_if(page):
    is_there(page)
    page.locator("#add-candidate").click()
    page.locator("#outcome", has_text="→").wait_for()
    page.locator("#week details summary").click()


SCREENS = {
    "start": ("/", False, start),
    "places": ("/", False, has_places),
    "list": ("/", True, has_list),
    "filters": ("/", True, has_filters),
    "map": ("/", True, has_map),
    "nothing": ("/", True, has_nothing),
    "dialog": ("/", True, has_dialog),
    "station": ("/stations/yz003", False, is_station),
    "gone": ("/stations/nowhere", False, is_there),
    "error": ("/nowhere", False, is_there),
    "coverage": ("/planner/coverage?mode=walk", False, is_there),
    "planner": ("/planner?mode=walk&need=toilet&when=2026-11-18T02:00&new=2", False, has_what_if),
    "scenarios": ("/planner/scenarios", False, is_there),
    "login": ("/login", False, is_there),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(visit, axe, screen, scheme):
    path, located, ready = SCREENS[screen]
    window = visit(360, 740, at=CENTRE if located else None, color_scheme=scheme)
    ready(window.go(path))
    window.page.evaluate(axe)

    assert window.page.evaluate(FINDINGS) == []
    if screen in ("gone", "error"):
        window.complaints.clear()  # of the page itself, which is a 404


@pytest.fixture(scope="module")
def office_home(make_town, tmp_path_factory, serve):
    """Address of a town with an account."""
    made = make_town(tmp_path_factory.mktemp("office"))
    list(build_region(made.settings))
    office = Office(made.settings)
    add_account(office, "Zhang", Role.ADMIN, PASSWORD)
    office.close()
    with serve(create_app(made.settings)) as url:
        yield url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_office(visit, axe, office_home, scheme):
    window = visit(1280, 900, url=office_home, color_scheme=scheme)
    page = window.go("/login?next=/manage")
    page.locator("input[name=name]").fill("Zhang")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url("**/manage**")
    found = {}
    for path in ("/manage", "/manage/stations/e", "/manage/import", "/manage/history", "/manage/export"):
        window.go(path)
        page.wait_for_load_state("networkidle")
        page.evaluate(axe)
        found[path] = page.evaluate(FINDINGS)

    assert {path: findings for path, findings in found.items() if findings} == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("screen", ["start", "list", "filters", "map", "station", "gone", "planner"])
def test_every_target_is_large_enough_for_a_finger(visit, screen, lang):
    path, located, ready = SCREENS[screen]
    window = visit(320, 640, at=CENTRE if located else None)
    ready(window.go(f"{path}{'&' if '?' in path else '?'}lang={lang}"))

    assert window.page.evaluate(SMALL) == []
    if screen == "gone":
        window.complaints.clear()  # of the page itself, which is a 404


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("screen", ["start", "list", "filters", "map", "nothing", "station", "gone", "planner"])
def test_type_of_twice_the_size_fits_the_narrowest_screen(visit, screen, lang):
    path, located, ready = SCREENS[screen]
    window = visit(320, 640, at=CENTRE if located else None)
    page = window.go(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    ready(page)
    for zoomed in (False, True):
        if zoomed:  # as a reader does who has set the browser's type to twice its size
            page.evaluate("document.documentElement.style.fontSize = '32px'")
            assert page.evaluate(SMALLEST_TYPE_PX) >= 28, screen
        shown, wanted = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
        assert wanted <= shown, (screen, zoomed)
    if screen == "gone":
        window.complaints.clear()  # of the page itself, which is a 404


def test_a_rider_needs_no_more_than_a_keyboard(visit):
    window = visit()
    page = window.go("/?lang=en")
    page.wait_for_load_state("networkidle")

    def tab_to(selector):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} is not reached by the keyboard")

    tab_to("input[value=toilet]")
    page.keyboard.press("Space")
    tab_to("#place")
    page.keyboard.type("gulou")
    page.wait_for_selector("#places li")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer .card")
    assert page.locator("input[value=toilet]").is_checked()

    tab_to("#filters summary")
    page.keyboard.press("Enter")
    tab_to("input[name=no_registration]")
    page.keyboard.press("Space")
    tab_to("#filters-done")
    page.keyboard.press("Enter")
    assert not page.locator("#filters").evaluate("(one) => one.open")
    tab_to(".card .actions button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#way-close:focus")
    page.keyboard.press("Enter")
    assert page.locator("#way-bar").is_hidden()
    assert page.evaluate("document.activeElement.matches('.card .actions button')")  # back where it came from
