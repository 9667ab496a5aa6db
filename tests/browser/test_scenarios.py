"""Scenarios in a real browser: tried on the desk, saved, opened again, and compared."""

from __future__ import annotations

import pytest

from stations.model.keys import Role
from stations.model.queries import Place
from stations.model.scenarios import NamedScenario, NewSite, Scenario
from stations.services.accounts import add_account
from stations.services.build import build_region
from stations.services.office import Office
from stations.texts import say
from stations.web import create_app
from tests.browser.test_access import FINDINGS

pytestmark = pytest.mark.browser

PASSWORD = "long enough 7"
QUESTION = "mode=walk&minutes=6&lang=en"


@pytest.fixture
def desk(make_town, tmp_path, serve):
    """Address of a town with a steward, and its office."""
    made = make_town(tmp_path)
    list(build_region(made.settings))
    office = Office(made.settings)
    add_account(office, "Li", Role.STEWARD, PASSWORD)
    sites = (NewSite(Place(*made.places["B"]), "北站 <b>"), NewSite(Place(*made.places["C"])))
    office.scenarios.add(NamedScenario("方案一", Scenario(sites, without=("h",)), "备注", 12), author="Li")
    office.scenarios.add(NamedScenario("方案二", Scenario(hours=(("h", "24/7"),))), author="Li")
    with serve(create_app(made.settings)) as url:
        yield url, office
    office.close()


def log_in(window, onward):
    page = window.go(f"/login?lang=en&next={onward}")
    page.locator("input[name=name]").fill("Li")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_load_state("networkidle")
    return page


def test_what_was_tried_is_saved_opened_again_and_compared(visit, desk):
    url, office = desk
    page = log_in(visit(1280, 900, url=url), "/planner?mode=walk")
    page.goto(f"{url}/planner?{QUESTION}")
    page.wait_for_load_state("networkidle")
    page.locator("#changed-station").select_option("h")
    page.locator("#switch-off").click()
    page.locator("#changed-station").select_option("e")
    page.locator("#added-service").select_option("toilet")
    page.locator("#add-service").click()
    page.locator("#add-candidate").click()
    page.locator("#outcome", has_text="→").wait_for()
    page.locator("#save input[name=name]").fill("夜间")
    page.locator("#save button[value=new]").click()
    page.locator("#saved a").wait_for()
    (saved,) = (one for one in office.scenarios.listed() if one.name == "夜间")
    assert (saved.changes.without, len(saved.changes.sites)) == (("h",), 1)
    assert saved.changes.services == (("e", "toilet"),)

    page.locator("#changes li", has_text="off").locator("button").click()
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.locator("#save-over").click()
    assert office.scenarios.get(saved.scenario_id).changes.without == ()

    page.locator("#saved a").click()
    page.wait_for_url("**/planner/scenarios?**")
    assert page.locator(".side thead th").all_inner_texts() == [say("en", "scenario.today"), "夜间"]
    page.locator(".saved .list a.button").first.click()
    page.locator("#outcome", has_text="→").wait_for()
    assert page.locator("#changes li").count() == 2
    assert page.locator(".candidate-icon").count() == 1


def test_who_is_not_logged_in_sees_how_to_and_what_is_open(visit, desk):
    url, office = desk
    (two,) = (one for one in office.scenarios.listed() if one.name == "方案一")
    page = visit(1280, 900, url=url).go(f"/planner?{QUESTION}&scenario={two.scenario_id}")
    page.locator("#outcome", has_text="→").wait_for()

    assert page.locator("#save").count() == 0
    assert "/login?next=" in page.locator("#what-if a").last.get_attribute("href")
    assert page.locator("#changes li").count() == 3
    assert "北站 <b>" in page.locator("#changes").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(visit, desk, axe, scheme):
    url, _ = desk
    window = visit(1280, 900, url=url, color_scheme=scheme)
    page = log_in(window, "/planner/scenarios")
    for path in (f"/planner/scenarios?{QUESTION}", f"/planner?{QUESTION}&new=1"):
        page.goto(f"{url}{path}")
        page.wait_for_load_state("networkidle")
        for summary in page.locator(".saved summary").all():
            summary.click()
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate(axe)
            assert page.evaluate(FINDINGS) == [], (path, width)
            shown, wanted = page.evaluate(
                "[document.documentElement.clientWidth, document.documentElement.scrollWidth]"
            )
            assert wanted <= shown
