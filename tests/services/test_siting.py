"""New sites in the town of `tests/conftest.py`, 1 m/s on foot, streets of 300 m; every number is counted by hand.

Streets are a few millimetres longer, so the cutoff is 310 s. Within it of stations e (at E) and h (at H) are B, D, E
and F, 100 residents each; A and C are 600 s away, 50 residents live off the roads. A new site could be at A, B or C.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from stations.cli.main import main
from stations.errors import InputError
from stations.model.keys import TravelMode
from stations.model.queries import CoverageQuery
from stations.model.siting import CandidateSource, SitingGoal, SitingQuery
from stations.services.region import load_region
from stations.services.siting import suggest_sites
from stations.web import create_app


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


def asked(new=1, *, minutes=310 / 60, **given):
    return SitingQuery(CoverageQuery(TravelMode.WALK, minutes), new=new, **given)


def names(answer):
    return [one.option.name for one in answer.suggestions]


def test_the_site_between_two_gaps_covers_both(region):
    answer = suggest_sites(asked(proof_s=10.0), region)

    assert names(answer) == ["B村"]
    first = answer.suggestions[0]
    assert first.covered == 200  # A and C
    assert first.saved_s == pytest.approx(90_000, rel=1e-3)  # 300 s for each of A, B and C
    assert first.relieves == ("e", "h")  # A and B are nearest to e, C to h by a few millimetres
    assert (first.next_best.name, first.next_gain) == ("A村", 100)
    assert (answer.covered_before, answer.covered_after, answer.weight, answer.off_network) == (400, 600, 650, 50)
    assert (answer.mean_s_before, answer.mean_s_after) == pytest.approx((350, 200), rel=1e-3)
    assert answer.at_limit == 0
    assert (answer.value, answer.bound, answer.proven) == (200, 200, True)


def test_without_a_proof_nothing_is_said_to_be_proven(region):
    answer = suggest_sites(asked(), region)

    assert (names(answer), answer.bound, answer.proven) == (["B村"], None, False)


def test_least_mean_time_counts_the_seconds_and_not_the_cutoff(region):
    # A saves 600 s for A alone, C as much for C alone, B 300 s for each of A, B and C
    answer = suggest_sites(asked(goal=SitingGoal.TIME), region)

    assert names(answer) == ["B村"]
    assert answer.value == pytest.approx(90_000, rel=1e-3)


def test_as_few_as_reach_the_share(region):
    answer = suggest_sites(asked(3, goal=SitingGoal.FEWEST, target_share=0.9, proof_s=10.0), region)

    assert names(answer) == ["B村"]
    assert (answer.value, answer.proven) == (1, True)


def test_a_share_that_is_reached_needs_nothing(region):
    assert names(suggest_sites(asked(3, goal=SitingGoal.FEWEST, target_share=0.5), region)) == []


@pytest.mark.parametrize(
    ("make", "key", "field"),
    [
        (lambda: asked(0), "siting.new", "new"),
        (lambda: asked(4), "siting.too_few", "new"),
        (lambda: asked(3, goal=SitingGoal.FEWEST, target_share=1.0), "siting.infeasible", "target"),
        (lambda: asked(goal=SitingGoal.FEWEST, target_share=0.0), "siting.target", "target"),
        (lambda: asked(source=CandidateSource.PUBLIC), "siting.no_candidates", "candidates"),
        (lambda: asked(proof_s=601), "siting.proof", "prove"),
        (lambda: asked(proof_s=float("nan")), "siting.proof", "prove"),
        (lambda: asked(minutes=31), "error.minutes", "minutes"),
    ],
)
def test_what_cannot_be_asked_is_told(region, make, key, field):
    with pytest.raises(InputError) as error:
        suggest_sites(make(), region)

    assert (error.value.key, error.value.field) == (key, field)


def test_the_best_that_can_be_reached_is_told(region):
    with pytest.raises(InputError) as error:
        suggest_sites(asked(2, goal=SitingGoal.FEWEST, target_share=1.0), region)

    assert error.value.values["best"] == "92.3%"  # 600 of 650


def test_a_grid_holds_the_demand(region):
    assert suggest_sites(asked(source=CandidateSource.GRID), region).candidates >= 1


def test_more_candidates_than_can_be_weighed_are_refused_and_none_is_dropped(region):
    many = replace(region, places=region.places * 400, _kept={})
    with pytest.raises(InputError) as error:
        suggest_sites(asked(), many)

    assert (error.value.key, error.value.values["value"]) == ("siting.too_many", 1_200)


def test_page_and_terminal_say_the_same(town, tmp_path, capsys):
    by_web = create_app(town.settings).test_client().get("/api/siting?mode=walk&minutes=5.2&new=1")
    out = tmp_path / "sites.json"
    options = ["--region", str(town.settings.region)]
    given = ["siting", "--mode", "walk", "--minutes", "5.2", "--new", "1"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATIONS_INSTANCE", str(town.settings.instance))
        assert main([*options, *given, "--out", str(out)], serve=lambda *_: None) == 0
        assert main([*options, *given, "--prove", "5"], serve=lambda *_: None) == 0

    assert by_web.status_code == 200
    assert json.loads(out.read_text(encoding="utf-8")) == by_web.get_json()
    assert "B村" in capsys.readouterr().out


@pytest.mark.parametrize("query", ["new=0", "new=x", "new=4", "goal=most", "candidates=moon", "target_share=2"])
def test_the_api_refuses_what_cannot_be_asked(town, query):
    answer = create_app(town.settings).test_client().get(f"/api/siting?mode=walk&minutes=5.2&{query}")

    assert answer.status_code == 400
    assert answer.get_json()["error"]["message"]
