"""What takes seconds is answered one at a time, in the town of `tests/conftest.py`."""

from __future__ import annotations

import threading
from dataclasses import replace
from threading import Event

import pytest

from stations.errors import TooManyError
from stations.model.keys import TravelMode
from stations.model.queries import CoverageQuery
from stations.model.siting import SitingQuery
from stations.services.region import load_region
from stations.web import create_app, planner_export, turns
from stations.web import print as print_pages
from stations.web.server import THREADS_A_WORKER
from stations.web.turns import Turn, answer_sites

ADDRESS = "/api/siting?mode=walk&minutes=5.2&new=1"


def test_who_comes_while_another_is_answered_waits_and_is_then_sent_away():
    turn, inside, go_on, told = Turn("siting.busy", most_waiting=1, longest_wait_s=0.05), Event(), Event(), []

    def slow():
        inside.set()
        assert go_on.wait(20)
        return "answer"

    first = threading.Thread(target=lambda: told.append(turn.take(slow)))
    first.start()
    assert inside.wait(20)
    with pytest.raises(TooManyError) as error:
        turn.take(slow)
    go_on.set()
    first.join()

    assert (told, error.value.key) == (["answer"], "siting.busy")
    assert turn.take(lambda: "next") == "next"


def test_no_more_wait_than_may_and_pages_always_have_a_thread():
    turn, inside, go_on = Turn("siting.busy", most_waiting=0, longest_wait_s=60), Event(), Event()
    first = threading.Thread(target=lambda: turn.take(lambda: inside.set() or go_on.wait(20)))
    first.start()
    assert inside.wait(20)
    with pytest.raises(TooManyError):  # at once
        turn.take(lambda: None)
    go_on.set()
    first.join()

    held = [turns.sites_turn.most_waiting, planner_export.drawing_turn.most_waiting, print_pages.MOST_WAITING]
    assert sum(1 + waiting for waiting in held) < THREADS_A_WORKER


def test_suggestions_are_worked_out_one_at_a_time_and_told_again_at_once(town, monkeypatch):
    region = load_region(town.settings)
    query = SitingQuery(CoverageQuery(TravelMode.WALK, 310 / 60), new=1)
    known = answer_sites(query, region)
    turn = Turn("siting.busy", most_waiting=1, longest_wait_s=0.05)
    monkeypatch.setattr(turns, "sites_turn", turn)

    def ask_meanwhile():
        with pytest.raises(TooManyError):
            answer_sites(replace(query, new=2), region)
        return answer_sites(query, region)

    assert turn.take(ask_meanwhile) is known
    assert create_app(town.settings).test_client().get(ADDRESS).status_code == 200


def test_an_answer_is_not_waited_for_by_who_asks_something_else(town):
    region, inside, go_on = load_region(town.settings), Event(), Event()

    def slow():
        inside.set()
        assert go_on.wait(20)
        return 1

    told = []
    threads = [threading.Thread(target=lambda: told.append(region.keep("slow", slow))) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert inside.wait(20)
    assert region.keep("quick", lambda: 2) == 2  # while the other one is being answered
    inside.clear()
    go_on.set()
    for thread in threads:
        thread.join()

    assert told == [1, 1]
    assert not inside.is_set()  # it was asked once


def test_what_failed_is_asked_again(town):
    region = load_region(town.settings)
    with pytest.raises(ZeroDivisionError):
        region.keep("broken", lambda: 1 // 0)

    assert region.keep("broken", lambda: 3) == 3
