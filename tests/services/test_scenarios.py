"""A scenario is the region that would have been built with its stations: held to one that really was."""

from __future__ import annotations

import csv
import random
import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from stations.errors import InputError, UnknownThingError
from stations.model.keys import Need, ServiceKey, TravelMode
from stations.model.queries import CatchmentQuery, CoverageQuery, Place
from stations.model.scenarios import NewSite, Scenario
from stations.model.siting import SitingQuery
from stations.services.build import build_region
from stations.services.catchments import find_catchments
from stations.services.coverage import compare_placed_and_usable, measure_coverage
from stations.services.gap_places import rank_gaps, rank_unknown
from stations.services.region import load_region
from stations.services.resilience import measure_resilience
from stations.services.scenarios import fit_scenario, region_of, region_with
from stations.services.siting import suggest_sites
from stations.services.week import measure_week
from stations.services.what_if import try_scenario
from stations.settings import read_settings

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT, NOON = datetime(2026, 11, 16, 3, tzinfo=ZONE), datetime(2026, 11, 16, 12, tzinfo=ZONE)
QUESTIONS = [
    CoverageQuery(TravelMode.WALK, 6.0),
    CoverageQuery(TravelMode.WALK, 11.0, when=NIGHT),
    CoverageQuery(TravelMode.WALK, 6.0, needs=(Need.TOILET,), when=NOON),
    CoverageQuery(TravelMode.EBIKE, 5.0, services=(ServiceKey.BED,), when=NIGHT, no_registration=True),
    CoverageQuery(TravelMode.CAR, 3.0, needs=(Need.TIRED,)),
]


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    """The bundled region, built, and its settings."""
    settings = read_settings({"STATIONS_INSTANCE": str(tmp_path_factory.mktemp("bundled"))})
    list(build_region(settings))
    return load_region(settings), settings


def really_built(settings, folder: Path, scenario: Scenario):
    """Return the region built from a list in which the changes were made by hand; its roads are taken over."""
    shutil.copytree(settings.region, folder / "region")
    path = folder / "region" / "stations.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["station_id"]: row for row in csv.DictReader(file)}
    heads = list(next(iter(rows.values())))
    for station_id, hours in scenario.hours:
        rows[station_id] |= {"hours": hours, "hours_text": ""} if "hours_text" in heads else {"hours": hours}
    for station_id, key in scenario.services:
        rows[station_id]["services"] += f";{key}"
    for station_id in scenario.no_registration:
        rows[station_id]["entry"] = "walk_in"
    for station_id in scenario.without:
        del rows[station_id]
    for number, site in enumerate(scenario.sites, start=1):
        offers = ServiceKey if site.services is None else site.services
        rows[f"new-{number}"] = {
            "station_id": f"new-{number}", "name": "新", "kind": "hub", "lon": repr(site.place.lon),
            "lat": repr(site.place.lat), "services": ";".join(offers), "hours": site.hours or "24/7",
            "entry": "walk_in",
        }  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, heads, restval="")
        writer.writeheader()
        writer.writerows(rows.values())
    made = replace(
        settings, region=folder / "region", instance=folder / "instance", database_url=f"sqlite:///{folder}/d"
    )
    (id_,) = (one.name for one in settings.instance.iterdir() if one.is_dir())
    shutil.copytree(settings.instance / id_ / "roads", folder / "instance" / id_ / "roads")
    list(build_region(made))
    return load_region(made)


def told(answer):
    return (answer.whole, answer.townships, answer.states, answer.times_min, answer.stations_counted, answer.speeds)


def hold(ours, built, question):
    """Compare all that planners are told of two regions of the same stations."""
    assert told(measure_coverage(question, ours)) == told(measure_coverage(question, built))
    ours_both, built_both = (compare_placed_and_usable(question, one) for one in (ours, built))
    assert told(ours_both.placed) == told(built_both.placed)
    assert {one.station_id: (one.why, one.weight) for one in ours_both.stations} == {
        one.station_id: (one.why, one.weight) for one in built_both.stations
    }
    keys = (None, *question.needs, *question.services)
    ours_week, built_week = (measure_week(question, one, week=date(2026, 11, 16), rows=keys) for one in (ours, built))
    for one, other in zip(ours_week.rows, built_week.rows, strict=True):
        assert one.shares == pytest.approx(other.shares, abs=1e-12)
        assert one.unknown == pytest.approx(other.unknown, abs=1e-12)
    for rank in (rank_gaps, rank_unknown):
        assert [(gap.points, gap.why, gap.remedy.key) for gap in rank(question, ours)] == [
            (gap.points, gap.why, gap.remedy.key) for gap in rank(question, built)
        ]
    ours_lost, built_lost = measure_resilience(question, ours), measure_resilience(question, built)
    assert ours_lost.covered_twice == built_lost.covered_twice
    assert sorted((one.station_id, one.weight_lost) for one in ours_lost.losses) == sorted(
        (one.station_id, one.weight_lost) for one in built_lost.losses
    )


def test_the_town_of_a_scenario_by_hand(region, town):
    # e and h reach B D E F within 6 min on foot, 100 each. A site at B reaches A B C E; without e, D is left out.
    asked = CoverageQuery(TravelMode.WALK, 6.0)
    at_b = NewSite(Place(*town.places["B"]))

    assert measure_coverage(asked, region_with(Scenario((at_b,)), region)).whole.covered == 600
    assert measure_coverage(asked, region_with(Scenario((at_b,), without=("e",)), region)).whole.covered == 500
    toilet = replace(asked, needs=(Need.TOILET,), when=NIGHT)
    assert measure_coverage(toilet, region).whole.covered == 0
    helped = Scenario(services=(("e", ServiceKey.TOILET),))
    assert measure_coverage(toilet, region_with(helped, region)).whole.covered == 400
    assert measure_coverage(toilet, region_with(Scenario(hours=(("h", "24/7"),)), region)).whole.covered == 100
    waived = replace(asked, no_registration=True)
    assert measure_coverage(waived, region).whole.covered == 400
    without_e = Scenario(without=("e",), no_registration=("h",))
    assert measure_coverage(waived, region_with(without_e, region)).whole.covered == 100


SITES = [("B", None, None), ("D", "Mo-Fr 22:00-06:00", (ServiceKey.TOILET, ServiceKey.REST))]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_scenario_of_the_town_is_the_town_built_so(region, town, tmp_path, question):
    sites = tuple(NewSite(Place(*town.places[at]), at, hours, offers) for at, hours, offers in SITES)
    changes = Scenario(
        sites, without=("e",), hours=(("h", "Mo-Su 00:00-05:00"),), services=(("h", ServiceKey.BED),),
        no_registration=("h", "q"),
    )  # fmt: skip
    ours, built = region_with(changes, region), really_built(town.settings, tmp_path, changes)

    hold(ours, built, question)
    for mode in TravelMode:
        ours_area, built_area = (find_catchments(CatchmentQuery(mode, 6.0), one)[0].area for one in (ours, built))
        assert ours_area.equals(built_area)
    assert np.array_equal(ours.leading(TravelMode.WALK)[0] < 0, built.leading(TravelMode.WALK)[0] < 0)


def test_a_scenario_of_the_bundled_region_is_that_region_built_so(bundled, tmp_path):
    region, settings = bundled
    chosen = [region.stations[number] for number in (3, 40, 90, 120)]
    places = [Place(one.lon, one.lat) for one in region.places[::97][:3]]
    changes = Scenario(
        sites=(NewSite(places[0]), NewSite(places[1], "夜站", "Mo-Su 20:00-08:00"), NewSite(places[2], services=())),
        without=(chosen[0].station_id,),
        hours=((chosen[1].station_id, "24/7"), (chosen[2].station_id, "Mo-Fr 09:00-17:00")),
        services=((chosen[2].station_id, ServiceKey.TOILET), (chosen[3].station_id, ServiceKey.SHOWER)),
    )
    ours, built = region_with(changes, region), really_built(settings, tmp_path, changes)

    for question in (replace(one, minutes=15.0) for one in QUESTIONS):
        hold(ours, built, question)
    asked = SitingQuery(QUESTIONS[2], new=2)
    assert suggest_sites(asked, ours).covered_after == suggest_sites(asked, built).covered_after


def some_scenario(rng, region, places) -> Scenario:
    ids = [one.station_id for one in region.stations]
    hours = (None, "24/7", "Mo-Fr 08:00-18:00", "Mo-Su 20:00-08:00", "PH off; Mo-Su 00:00-24:00")
    sites = [
        NewSite(rng.choice(places), hours=rng.choice(hours), services=rng.choice((None, (), (ServiceKey.TOILET,))))
        for _ in range(rng.randrange(4))
    ]
    return Scenario(
        tuple(sites),
        without=tuple(rng.sample(ids, min(len(ids), rng.randrange(3)))),
        hours=tuple((one, rng.choice(hours[1:])) for one in rng.sample(ids, min(len(ids), rng.randrange(3)))),
        services=tuple((one, ServiceKey.TOILET) for one in rng.sample(ids, min(len(ids), rng.randrange(3)))),
        no_registration=tuple(rng.sample(ids, min(len(ids), rng.randrange(3)))),
    )


@pytest.mark.parametrize("seed", range(12))
def test_what_if_by_hand_tells_what_the_scenario_does(region, town, bundled, seed):
    rng = random.Random(seed)
    for one, places, scale in (
        (region, [Place(*town.places[name]) for name in "ABCDEF"], 1.0),
        (bundled[0], [Place(at.lon, at.lat) for at in bundled[0].places[::50]], 2.0),
    ):
        changes, asked = some_scenario(rng, one, places), rng.choice(QUESTIONS)
        asked = replace(asked, minutes=asked.minutes * scale)
        # A place that the mode cannot reach is refused when tried by hand, and told of a saved one.
        changes = fit_scenario(changes, one, mode=asked.mode).scenario
        quick, whole = try_scenario(asked, changes, one), measure_coverage(asked, region_with(changes, one)).whole

        assert quick.share_after == pytest.approx(whole.covered_share)
        assert quick.unknown_share_after == pytest.approx(whole.unknown_share)
        assert (quick.gained - quick.lost) / whole.weight == pytest.approx(quick.share_after - quick.share_before)


def test_what_was_asked_before_a_scenario_is_as_it_was(region, town):
    before = measure_coverage(QUESTIONS[0], region)
    region_of(Scenario((NewSite(Place(*town.places["B"])),), without=("h",)), region)

    assert told(measure_coverage(QUESTIONS[0], region)) == told(before)
    assert region_of(Scenario(), region) is region


def test_a_region_of_a_scenario_is_kept_for_a_while_and_no_longer(region):
    asked = [Scenario(hours=(("h", f"Mo-Su 0{hour}:00-10:00"),)) for hour in range(8)]
    made = [region_of(one, region) for one in asked]

    assert region_of(asked[-1], region) is made[-1]
    assert region_of(asked[0], region) is not made[0]


def test_where_all_own_stations_are_off_the_public_places_do_not_take_their_place(bundled):
    region, _ = bundled
    asked = CoverageQuery(TravelMode.EBIKE, 15.0)
    own = [one.station_id for one, listed in zip(region.stations, region.arrays.listed, strict=True) if listed]
    left = region
    for first in range(0, len(own), 50):
        left = region_with(Scenario(without=tuple(own[first : first + 50])), left)

    assert len(left.stations) == len(region.stations) - len(own) > 0
    assert measure_coverage(asked, left).whole.covered == 0


def test_what_cannot_be_had_is_told_and_the_rest_is_kept(region, town):
    far = NewSite(Place(town.places["A"][0] - 0.009, town.places["A"][1]), "远")
    at_b = NewSite(Place(*town.places["B"]))
    changes = Scenario((far, at_b), without=("gone", "e"), hours=(("h", "24/7"), ("e", "whenever")))
    fit = fit_scenario(changes, region)

    assert fit.scenario == Scenario((at_b,), without=("e",), hours=(("h", "24/7"),))
    assert [error.key for error in fit.errors] == ["error.station_unknown", "hours.unreadable", "error.candidate_off"]
    with pytest.raises(UnknownThingError):
        region_with(Scenario(without=("gone",)), region)
    with pytest.raises(InputError):
        region_with(Scenario(hours=(("e", "whenever"),)), region)
    with pytest.raises(InputError):
        region_with(Scenario((NewSite(at_b.place, hours="whenever"),)), region)
