"""What the scripts say is what the server says: the state line, services and distances of a card."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import render_template_string

from stations.maps.style import arrival_words, service_words
from stations.model.answers import Arrival
from stations.model.keys import ArrivalState, ServiceKey
from stations.web import create_app

pytestmark = pytest.mark.browser

ZONE = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2026, 11, 16, tzinfo=ZONE)  # a Monday
WHEN = (
    MIDNIGHT.replace(hour=14, minute=30),
    MIDNIGHT.replace(hour=23, minute=59),
    datetime(2026, 12, 31, 8, tzinfo=ZONE),
)
LATER = [timedelta(minutes=m) for m in (1, 29, 30, 600)] + [timedelta(days=d, hours=9) for d in (0, 1, 2, 5, 6, 7, 30)]


def arrivals(when):
    """Every state with every moment that its line may tell, with the seconds of the way there."""
    day = when.replace(hour=0, minute=0)
    moments = [when + later for later in LATER] + [day + timedelta(days=days) for days in (1, 2, 3, 8)]
    yield Arrival(ArrivalState.UNKNOWN), None
    yield Arrival(ArrivalState.UNKNOWN), 240
    yield Arrival(ArrivalState.UNKNOWN, holidays_unconfirmed=True), 240
    for state in ArrivalState:
        if state is not ArrivalState.UNKNOWN:
            yield Arrival(state), 240
    for moment in moments:
        yield Arrival(ArrivalState.OPEN, usable_in_s=240, open_until=moment), 240
        for state in (ArrivalState.CLOSED, ArrivalState.CLOSES_BEFORE_ARRIVAL):
            yield Arrival(state, opens_at=moment), 240
        waits = int((moment - when).total_seconds())
        yield Arrival(ArrivalState.OPENS_LATER, usable_in_s=max(waits, 241), opens_at=moment), 240
    for wait_s in (1, 59, 60, 61, 3599, 3600, 3601):
        yield Arrival(ArrivalState.OPENS_LATER, usable_in_s=240 + wait_s, opens_at=when + timedelta(hours=2)), 240


def as_json(arrival, travel_s):
    return {
        "state": arrival.state,
        "travel_s": travel_s,
        "usable_in_s": arrival.usable_in_s,
        "open_until": arrival.open_until and arrival.open_until.isoformat(),
        "opens_at": arrival.opens_at and arrival.opens_at.isoformat(),
        "holidays_unconfirmed": arrival.holidays_unconfirmed,
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_state_line_of_the_script_is_that_of_the_server(visit, lang):
    page = visit().go(f"/?lang={lang}")
    rows = [(arrival, travel_s, when) for when in WHEN for arrival, travel_s in arrivals(when)]
    said = page.evaluate(
        "(rows) => rows.map(([found, when]) => window.Stations.arrivalWords(found, when))",
        [[as_json(arrival, travel_s), when.isoformat()] for arrival, travel_s, when in rows],
    )
    expected = [arrival_words(lang, arrival, travel_s=travel_s, when=when) for arrival, travel_s, when in rows]

    assert len(rows) > 150
    assert len(set(expected)) > 40
    assert said == expected


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_so_on_setting_out_is_said_alike(visit, lang):
    page = visit().go(f"/?lang={lang}")
    rows = [(arrival, when) for when in WHEN for arrival, _ in arrivals(when)]
    said = page.evaluate(
        "(rows) => rows.map(([found, when]) => window.Stations.arrivalWords(found, when))",
        [[as_json(arrival, None) | {"state_at": "departure"}, when.isoformat()] for arrival, when in rows],
    )
    expected = [arrival_words(lang, arrival, travel_s=None, when=when, at="leaving") for arrival, when in rows]

    assert said == expected


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_services_are_counted_alike(visit, lang):
    page = visit().go(f"/?lang={lang}")
    rows = [(service, count) for service in ServiceKey for count in (None, 0, 1, 12)]
    said = page.evaluate("(rows) => rows.map(([key, count]) => window.Stations.serviceWords(key, count))", rows)

    assert said == [service_words(lang, service, count) for service, count in rows]


def test_distances_are_rounded_alike(visit, town):
    metres = [0, 4, 5, 14, 15, 994, 995, 1000, 1049, 1050, 1150, 1250, 2350, 4850, 12_345, 99_950]
    page = visit().go("/?lang=en")
    said = page.evaluate("(metres) => metres.map(window.Stations.distanceWords)", metres)
    with create_app(town.settings).test_request_context("/?lang=en"):
        macro = "{% import '_card.html' as cards with context %}{{ cards.distance(metres) }}"
        expected = [render_template_string(macro, metres=one) for one in metres]

    assert said == expected
