"""The rider's list in many situations: what comes first, and what is said of it.

`situations_stations.tsv` puts stations into the town (see `Town`): on foot from F, at 1 m/s, it is 150 s to M, 300 s
to H, C and E, 600 s to B, 900 s to A; no road leads to G, and P and Q are an island. `situations.tsv` asks, and tells
the answer with its derivation: the stations in order, each with its state line in Chinese, and in brackets how long
one can stay, the detour (seconds, give or take three), and whether it is reported locked. `instead` is what else is
told when nothing is usable; ``~`` where it is there and not compared.
"""

from __future__ import annotations

import csv
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from stations.maps.style import arrival_words
from stations.model.keys import EntryMethod, ServiceKey, TravelMode
from stations.model.queries import NearestQuery, Place
from stations.model.taps import DoorNews, DoorReport
from stations.services.build import build_region
from stations.services.nearest import find_nearest
from stations.services.region import load_region

SHANGHAI = ZoneInfo("Asia/Shanghai")
HERE = Path(__file__).parent
NEAR_DEGREES = 0.0005
"""About 45 m to the east, for a door that is not at its gate."""


def rows_of(name):
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


SITUATIONS = rows_of("situations.tsv")


@pytest.fixture(scope="module")
def town_of_situations(make_town, tmp_path_factory):
    made = make_town(tmp_path_factory.mktemp("situations"))
    rows = [_listed(row, made.places) for row in rows_of("situations_stations.tsv")]
    with (made.settings.region / "stations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    list(build_region(made.settings))
    return load_region(made.settings), made.places


def _listed(row, places):
    lon, lat = places[row["at"].rstrip("'")]
    gate = places.get(row["gate"], ("", ""))
    return {
        "station_id": row["id"],
        "name": row["id"],
        "kind": row["kind"],
        "lon": round(lon + NEAR_DEGREES, 7) if row["at"].endswith("'") else lon,
        "lat": lat,
        "services": ";".join(filter(None, (row["group"], row["more"]))),
        "hours": row["hours"],
        "follows_workdays": row["follows"],
        "entry": row["entry"],
        "closed": row["closed"],
        "entrance_lon": gate[0],
        "entrance_lat": gate[1],
        "entrance_s": row["walk_s"],
        "entrance_hours": row["gate_hours"],
    }


def _answer(row, region, places):
    asked = {name: value or "1" for name, _, value in (word.partition("=") for word in row["asked"].split())}
    when = datetime.fromisoformat(row["when"]).replace(tzinfo=SHANGHAI)
    locked = asked["locked"].split(",") if "locked" in asked else []
    news = {one: DoorNews(when.date(), reported_locked=True) for one in locked}
    query = NearestQuery(
        origin=Place(*places[asked.get("from", "F")]),
        mode=TravelMode(asked.get("mode", "walk")),
        when=when,
        services=(ServiceKey(row["group"]), *([ServiceKey(asked["service"])] if "service" in asked else [])),
        entries=(EntryMethod(asked["entry"]),) if "entry" in asked else (),
        open_on_arrival="open_on_arrival" in asked,
        always_open="always_open" in asked,
        no_registration="no_registration" in asked,
        limit=int(asked.get("limit", 10)),
        budget_min=float(asked["budget"]) if "budget" in asked else None,
        next_stop=Place(*places[asked["next"]]) if "next" in asked else None,
    )
    return find_nearest(query, region, doors=DoorReport(when, news, frozenset(locked)))


def _line(item, when):
    words = arrival_words(
        "zh", item.arrival, travel_s=item.travel_s, when=when, at="leaving" if item.at_departure else "arrival"
    )
    return f"{item.station.station_id} {words}"


@pytest.mark.parametrize("row", SITUATIONS, ids=[row["name"] for row in SITUATIONS])
def test_situation(town_of_situations, row):
    region, places = town_of_situations
    answer = _answer(row, region, places)
    expected = [line.strip() for line in row["expected"].split("/") if line.strip()]

    assert [_line(item, answer.query.when) for item in answer.found] == [
        re.sub(r" \[.*", "", line) for line in expected
    ], row["why"]
    for item, line in zip(answer.found, expected, strict=True):
        said = dict(re.findall(r"\[(\w+) ?(\d*)\]", line))
        assert item.reported_locked == ("locked" in said)
        assert item.spare_s == (pytest.approx(int(said["spare"]), abs=3) if "spare" in said else None), row["why"]
        assert item.detour_s == (pytest.approx(int(said["detour"]), abs=3) if "detour" in said else None), row["why"]


@pytest.mark.parametrize("row", SITUATIONS, ids=[row["name"] for row in SITUATIONS])
def test_what_is_told_instead(town_of_situations, row):
    region, places = town_of_situations
    instead = _answer(row, region, places).instead
    told = row["instead"].strip()

    if told == "~":
        assert instead is not None
        return
    parts = {part.split()[0]: part.split()[1:] for part in told.split(";") if part}
    found = instead and {
        "next": [instead.next_to_open.station.station_id] if instead.next_to_open else [],
        "open": [instead.nearest_open.station.station_id] if instead.nearest_open else [],
        "public": [item.station.station_id for item in instead.public],
    }
    assert found == ({"next": [], "open": [], "public": []} | parts if told else None), row["why"]


def test_what_is_told_instead_off_the_roads_is_what_is_so_on_setting_out(town_of_situations):
    region, places = town_of_situations
    row = next(row for row in SITUATIONS if row["name"] == "off the roads at night")
    answer = _answer(row, region, places)
    nearest = answer.instead.nearest_open

    assert nearest.at_departure
    assert (nearest.travel_s, nearest.arrival.usable_in_s) == (None, None)
    assert _line(nearest, answer.query.when) == "lg0 出发时开放，全天"
    assert not answer.instead.next_to_open.at_departure


def test_there_are_sixty_situations_at_least():
    assert len(SITUATIONS) >= 60
    assert all(row["why"] or row["name"] == "one way in" for row in SITUATIONS)
