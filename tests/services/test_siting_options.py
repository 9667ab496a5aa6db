"""Longer hours, services and waived registration beside new sites, in the town of `tests/conftest.py`.

Within the cutoff of 310 s e (always open; rest, water) is near B, D, E and F, and h (weekdays 8 to 18; meal_heating,
toilet; by scanning) near F: of 100 residents each. A site at A reaches A, B and D, one at B reaches A, B, C and E, one
at C reaches B, C and F. g offers a toilet, but lies off the roads; of q nothing is known.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from stations.cli.main import main
from stations.errors import InputError
from stations.model.coverage import WEEK_HOURS, Remedy
from stations.model.keys import Need, ServiceKey, TravelMode
from stations.model.queries import CoverageQuery
from stations.model.scenarios import Scenario
from stations.model.siting import OptionKind, SitingGoal, SitingQuery, read_costs, read_options
from stations.services.chosen_hours import week_hours
from stations.services.coverage import measure_coverage
from stations.services.gap_places import rank_gaps
from stations.services.region import load_region
from stations.services.scenarios import region_with
from stations.services.siting import suggest_sites
from stations.services.siting_job import query_of, to_arguments
from stations.services.siting_options import changes_of
from stations.web import create_app

WEEK = date(2026, 11, 16)
ZONE = ZoneInfo("Asia/Shanghai")
SITES, HOURS, SERVICES, REGISTRATION = OptionKind
AT_WORK = 50  # hours of the week at which h is open


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


def asked(*, need=None, when=None, no_registration=False, **given):
    needs = () if need is None else (need,)
    coverage = CoverageQuery(TravelMode.WALK, 310 / 60, needs=needs, when=when, no_registration=no_registration)
    week = WEEK if given.get("hours") else None
    return SitingQuery(coverage, **{"options": (HOURS, SERVICES, REGISTRATION), "week": week, **given})


def demand_hours(query, region, *, hours):
    """What is covered at each hour, added up: the oracle."""
    answers = (measure_coverage(replace(query.coverage, when=hour), region) for hour in hours)
    return sum(answer.whole.covered for answer in answers)


@pytest.mark.parametrize("no_registration", [False, True])
def test_what_a_remedy_changes_covers_its_gap(region, no_registration):
    night = datetime(2026, 11, 16, 3, 0, tzinfo=ZONE)
    query = CoverageQuery(TravelMode.WALK, 11, needs=(Need.TOILET,), when=night, no_registration=no_registration)
    remedy = rank_gaps(replace(query, no_registration=False), region)[0].remedy
    remedy = replace(remedy, changes=("hours", *(["registration"] if no_registration else [])))
    scenario = changes_of(remedy, query, region)

    assert (scenario.stations, bool(scenario.no_registration)) == (("h",), no_registration)
    assert measure_coverage(query, region).whole.covered == 0
    assert measure_coverage(query, region_with(scenario, region)).whole.covered == remedy.weight == 300


def test_a_remedy_adds_the_service_and_one_without_a_station_changes_nothing(region):
    query = CoverageQuery(TravelMode.WALK, 11, needs=(Need.HUNGRY,))
    remedy = Remedy("service", "e", "e", ("service",))

    assert changes_of(remedy, query, region) == Scenario(services=(("e", ServiceKey.MEAL_HEATING),))
    assert changes_of(Remedy("new_site"), query, region).is_empty
    assert changes_of(Remedy("verify", "q", "q"), query, region).is_empty


def test_longer_hours_gain_what_coverage_says_of_each_hour_with_them(region):
    query = asked(need=Need.TOILET, hours="week", options=(HOURS,), budget=0.3)
    answer = suggest_sites(query, region)
    (one,) = answer.suggestions
    changed = region_with(one.option.changes, region)

    assert (one.option.station_id, one.option.kinds, one.option.hours) == ("h", (HOURS,), "24/7")
    assert one.covered == 100  # F
    assert one.covered_hours == 100 * (WEEK_HOURS - AT_WORK)
    assert (answer.covered_before, answer.covered_after) == (100 * AT_WORK, 100 * WEEK_HOURS)
    hours = week_hours(WEEK, region)
    assert demand_hours(query, region, hours=hours) == answer.covered_before
    assert demand_hours(query, changed, hours=hours) == answer.covered_after


@pytest.mark.parametrize("hours", ["night", "day", "work", "Sa-Su 10:00-12:00", "Mo-Fr 17:00-19:00"])
@pytest.mark.parametrize("need", [None, Need.HUNGRY, Need.TOILET])
@pytest.mark.parametrize("no_registration", [False, True])
def test_every_suggestion_does_what_it_says_when_it_is_really_done(region, hours, need, no_registration):
    query = asked(need=need, hours=hours, no_registration=no_registration, options=tuple(OptionKind), new=3)
    answer = suggest_sites(query, region)
    chosen = [hour for hour in week_hours(WEEK, region) if is_chosen(hours, hour)]
    changed, before = region, answer.covered_before

    assert answer.hour_count == len(chosen)
    assert demand_hours(query, region, hours=chosen) == pytest.approx(before)
    for one in answer.suggestions:
        changed = region_with(one.option.changes, changed)
        after = demand_hours(query, changed, hours=chosen)
        assert one.covered_hours == pytest.approx(after - before)
        before = after
    assert answer.covered_after == pytest.approx(before)
    assert answer.cost <= 3


def is_chosen(hours, moment):
    weekday, hour = moment.weekday(), moment.hour
    return {
        "night": hour >= 22 or hour < 6,
        "day": 6 <= hour < 22,
        "work": weekday < 5 and 8 <= hour < 18,
        "Sa-Su 10:00-12:00": weekday >= 5 and 10 <= hour < 12,
        "Mo-Fr 17:00-19:00": weekday < 5 and 17 <= hour < 19,
    }[hours]


def test_a_service_that_most_stations_offer_answers_a_need(region):
    answer = suggest_sites(asked(need=Need.HUNGRY, options=(SERVICES,), budget=0.2), region)
    (one,) = answer.suggestions

    assert (one.option.station_id, one.option.services) == ("e", (ServiceKey.MEAL_HEATING,))
    assert one.covered == 300  # B, D and E; F has h, at any hour
    assert one.option.cost == 0.2


def test_what_lacks_several_things_gets_all_of_them_or_nothing(region):
    night = datetime(2026, 11, 16, 23, tzinfo=ZONE)
    alone = asked(need=Need.TOILET, when=night, no_registration=True, options=(HOURS,), budget=1)
    both = replace(alone, options=(HOURS, REGISTRATION), cost=((HOURS, 0.5),))
    (one,) = suggest_sites(both, region).suggestions

    assert suggest_sites(both, region).changes == 1  # without registration alone nobody would find it open
    assert (one.option.station_id, one.option.kinds) == ("h", (HOURS, REGISTRATION))
    assert one.option.cost == pytest.approx(0.6)
    assert one.option.hours == "Mo-Fr 08:00-18:00,23:00-24:00; Sa-Su 23:00-24:00"
    with pytest.raises(InputError) as error:  # longer hours alone let nobody in
        suggest_sites(alone, region)
    assert error.value.key == "siting.no_options"


def test_costs_decide_between_a_site_and_longer_hours(region):
    # who needs a toilet: a site at B covers four places at all hours, h, open longer, F alone, for less
    query = asked(need=Need.TOILET, hours="week", options=(SITES, HOURS), budget=10)
    cheap = replace(query, cost=((SITES, 10.0), (HOURS, 3.0)), budget=9.0)
    dear = replace(query, cost=((SITES, 10.0), (HOURS, 11.0)))

    assert [one.option.station_id for one in suggest_sites(cheap, region).suggestions] == ["h"]
    assert [one.option.station_id for one in suggest_sites(dear, region).suggestions] == [None]


@pytest.mark.parametrize("goal", list(SitingGoal))
def test_the_next_best_is_none_of_the_suggestions_and_told_once(region, goal):
    query = asked(hours="week", options=(SITES, HOURS), new=1)
    answer = suggest_sites(replace(query, goal=goal, target_share=0.6), region)
    others = [one.next_best for one in answer.suggestions if one.next_best]

    assert not {one.option for one in answer.suggestions} & set(others)
    assert len(set(others)) == len(others)


def test_a_floor_holds_for_every_goal_and_the_proof_keeps_it(region):
    # 镇 has A to F; 4 of 6 are covered, a floor of 0.8 asks for 5
    for goal in SitingGoal:
        for proof_s in (0.0, 5.0):
            query = asked(options=(SITES,), floor=0.8, goal=goal, target_share=0.1, new=1, proof_s=proof_s)
            (township,) = suggest_sites(query, region).townships
            assert township.before == pytest.approx(4 / 6)
            assert township.after >= 0.8


@pytest.mark.parametrize("proof_s", [0.0, 5.0])
@pytest.mark.parametrize(
    ("given", "key", "told"),
    [
        ({"hours": "week", "options": (HOURS,), "new": 1, "floor": 0.9}, "siting.floor_unreachable", "镇 66.7%"),
        ({"options": (SITES,), "need": Need.TOILET, "new": 1, "floor": 0.9}, "siting.floor_budget", "镇 "),
    ],
)
def test_a_floor_that_cannot_be_reached_names_the_township_and_its_best(region, given, key, told, proof_s):
    with pytest.raises(InputError) as error:
        suggest_sites(asked(**given, proof_s=proof_s), region)

    assert (error.value.key, error.value.field) == (key, "floor")
    assert told in error.value.values["townships"]


@pytest.mark.parametrize(
    ("make", "key", "field"),
    [
        (lambda: asked(options=()), "siting.no_option", "options"),
        (lambda: asked(options=read_options("sites,moon", name="options")), "error.not_one_of", "options"),
        (lambda: asked(options=(HOURS,)), "siting.hours_missing", "hours"),
        (lambda: asked(options=(SERVICES,)), "siting.no_options", "options"),
        (lambda: asked(hours="Mo[5] 03:10-03:50"), "siting.no_hours", "hours"),
        (lambda: asked(hours="03:10-03:50"), "siting.no_hours", "hours"),
        (lambda: asked(hours="2027 Jan 01 08:00-12:00"), "siting.no_hours", "hours"),
        (lambda: asked(hours="weekly"), "hours.unreadable", "hours"),
        (lambda: asked(hours="08:00-09:00," * 40), "hours.too_long", "hours"),
        (lambda: asked(cost=((HOURS, 0.0),), hours="week"), "siting.cost", "cost"),
        (lambda: asked(cost=((HOURS, -1.0),), hours="week"), "siting.cost", "cost"),
        (lambda: asked(cost=((HOURS, float("inf")),), hours="week"), "siting.cost", "cost"),
        (lambda: asked(cost=read_costs("hours=much", name="cost"), hours="week"), "siting.costs", "cost"),
        (lambda: asked(cost=read_costs("hours=1,hours=2", name="cost"), hours="week"), "siting.costs", "cost"),
        (lambda: asked(cost=read_costs("moon=1", name="cost"), hours="week"), "error.not_one_of", "cost"),
        (lambda: asked(budget=0.05, hours="week"), "siting.budget", "budget"),
        (lambda: asked(budget=0.0, hours="week"), "siting.cost", "budget"),
        (lambda: asked(floor=1.2), "siting.floor", "floor"),
        (lambda: asked(floor=-0.1), "siting.floor", "floor"),
        (lambda: replace(asked(hours="week"), week=None), "error.missing", "week"),
    ],
)
def test_what_cannot_be_asked_is_told(region, make, key, field):
    with pytest.raises(InputError) as error:
        suggest_sites(make(), region)

    assert (error.value.key, error.value.field) == (key, field)


def test_a_job_is_told_all_that_was_asked(region):
    query = asked(need=Need.HUNGRY, hours="night", floor=0.5, cost=((SITES, 10.0),), budget=25.0, proof_s=5.0)

    assert query_of(json.loads(json.dumps(to_arguments(query))), time_zone="Asia/Shanghai") == query


def test_least_time_counts_the_hours(region):
    # a toilet is at h alone: while it is shut the way to one counts at the table's limit
    query = asked(need=Need.TOILET, hours="week", options=(HOURS,), goal=SitingGoal.TIME, budget=1)
    answer = suggest_sites(query, region)
    saved = (answer.mean_s_before - answer.mean_s_after) * 600 * WEEK_HOURS

    assert [one.option.station_id for one in answer.suggestions] == ["h"]
    assert answer.value == pytest.approx(saved)
    assert answer.suggestions[0].saved_s == pytest.approx(saved)


def test_page_and_terminal_say_the_same(town, tmp_path, capsys):
    asked_by_web = (
        "mode=walk&minutes=5.2&budget=1&options=sites,hours&hours=night&week=2026-11-16&floor=0.5&cost=hours=0.4"
    )
    by_web = create_app(town.settings).test_client().get(f"/api/siting?{asked_by_web}")
    out = tmp_path / "sites.json"
    given = [
        "siting",
        "--mode",
        "walk",
        "--minutes",
        "5.2",
        "--budget",
        "1",
        "--options",
        "sites,hours",
        "--hours",
        "night",
    ]
    given += ["--week", "2026-11-16", "--floor", "0.5", "--cost", "hours=0.4"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATIONS_INSTANCE", str(town.settings.instance))
        region = ["--region", str(town.settings.region)]
        assert main([*region, *given, "--out", str(out)], serve=lambda *_: None) == 0
        assert main([*region, *given], serve=lambda *_: None) == 0
        assert main([*region, "siting", "--mode", "walk"], serve=lambda *_: None) == 2

    assert by_web.status_code == 200
    assert json.loads(out.read_text(encoding="utf-8")) == by_web.get_json()
    assert np.isclose(by_web.get_json()["cost"], 1.0)
    assert by_web.get_json()["features"][0]["properties"]["changes"]
    assert "56" in capsys.readouterr().out  # hours of the nights of a week
