from __future__ import annotations

from itertools import combinations

import numpy as np
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spopt.locate import LSCP, MCLP, PMedian

from stations.geo.cover_rows import NOBODY, CoverRows, cover_block, cover_rows, join_blocks, saving_blocks
from stations.geo.siting import cheapest_options, choose_options, next_best, without_idle
from stations.geo.siting_exact import prove_cheapest, prove_most
from stations.geo.siting_kernels import order_by_gain

SECONDS = 20.0
OLD_PULP = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # spopt makes its model as PuLP 3 wants it


@st.composite
def instances(draw, *, most_rows=12, most_options=7):
    rows, options = draw(st.integers(1, most_rows)), draw(st.integers(1, most_options))
    covers = draw(st.lists(st.lists(st.booleans(), min_size=options, max_size=options), min_size=rows, max_size=rows))
    weight = draw(st.lists(st.integers(0, 50), min_size=rows, max_size=rows))
    return np.array(covers, dtype=bool), np.array(weight, dtype=float), draw(st.integers(1, options))


def saving_rows(seconds, now, weight):
    blocks = list(saving_blocks(seconds, now[None], np.ones(1), weight))
    nothing = cover_block(np.zeros((1, seconds.shape[1]), dtype=bool), np.ones(1))
    return join_blocks([*blocks, nothing], np.ones(seconds.shape[1]))


def covered(covers, weight, chosen):
    return float(weight[covers[:, list(chosen)].any(axis=1)].sum())


def most_covered(covers, weight, count):
    options = range(covers.shape[1])
    return max(covered(covers, weight, chosen) for chosen in combinations(options, min(count, len(options))))


def test_two_sites_are_chosen_by_what_they_add_and_not_by_what_they_cover():
    # site 0 covers 10 + 9, site 1 covers 10 + 8, site 2 covers 7: with two, 0 and then 1 (8) before 2 (7)
    covers = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=bool)
    rows = cover_rows(covers, np.array([10.0, 9.0, 8.0, 7.0]))
    chosen = choose_options(rows, budget=2)

    assert chosen.tolist() == [0, 1]
    assert order_by_gain(rows, chosen).tolist() == [0, 1]
    assert next_best(rows, chosen, not_these=np.zeros(3, dtype=bool)) == [(2, 7.0)] * 2  # there is no other


def test_an_exchange_finds_what_greed_misses():
    # greed takes 1 (6 of the middle), then only one of the outer ones (4): 10; 0 and 2 cover 4 + 3 + 3 + 4 = 14
    covers = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)
    rows = cover_rows(covers, np.array([2.0, 3.5, 3.5, 2.0]))

    assert choose_options(rows, budget=2).tolist() == [0, 2]


def test_demand_that_the_same_sites_cover_is_one_row():
    covers = np.array([[1, 0], [1, 0], [0, 0], [1, 1]], dtype=bool)
    rows = cover_rows(covers, np.array([1.0, 2.0, 4.0, 8.0]))

    assert sorted(rows.weight.tolist()) == [3.0, 8.0]


@given(instances())
@settings(max_examples=150, deadline=None)
def test_the_proven_choice_covers_as_much_as_any(instance):
    covers, weight, count = instance
    rows = cover_rows(covers, weight)
    start = choose_options(rows, budget=count)
    best = most_covered(covers, weight, count)
    proof = prove_most(rows, start, budget=count, seconds=SECONDS)

    assert len(start) <= count
    assert rows.value(start) == pytest.approx(covered(covers, weight, start))
    assert proof.value == pytest.approx(best)
    assert proof.proven
    assert proof.value >= rows.value(start)


@given(instances(), st.floats(0.05, 1))
@settings(max_examples=100, deadline=None)
def test_the_proven_fewest_are_as_few_as_any(instance, share):
    covers, weight, _ = instance
    rows = cover_rows(covers, weight)
    target = share * covered(covers, weight, range(covers.shape[1]))
    if target <= 0:
        return
    enough = [
        size for size in range(1, covers.shape[1] + 1) if most_covered(covers, weight, size) >= target * (1 - 1e-9)
    ]
    start = cheapest_options(rows, target=target)
    proof = prove_cheapest(rows, start, target=target, seconds=SECONDS)

    assert covered(covers, weight, start) >= target * (1 - 1e-9)
    assert proof.value == enough[0]
    assert covered(covers, weight, proof.chosen) >= target * (1 - 1e-9)


@given(
    st.lists(st.lists(st.sampled_from([60.0, 120.0, 300.0, np.inf]), min_size=4, max_size=4), min_size=1, max_size=8),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
@settings(max_examples=100, deadline=None)
def test_least_mean_time_equals_every_choice_tried(seconds, count, random):
    seconds = np.array(seconds)
    now = np.array([random.choice([90.0, 200.0, 600.0]) for _ in seconds])
    weight = np.array([float(random.randint(1, 9)) for _ in seconds])
    rows = saving_rows(seconds, now, weight)
    tried = (seconds[:, list(chosen)].min(axis=1) for chosen in combinations(range(4), count))
    saved = max(weight @ (now - np.minimum(now, least)) for least in tried)

    assert prove_most(rows, choose_options(rows, budget=count), budget=count, seconds=SECONDS).value == pytest.approx(
        saved
    )


@given(
    st.lists(st.lists(st.sampled_from([60.0, 120.0, 300.0, np.inf]), min_size=4, max_size=4), min_size=1, max_size=8),
    st.integers(1, 3),
    st.floats(0, 1),
    st.randoms(use_true_random=False),
)
@settings(max_examples=100, deadline=None)
def test_least_mean_time_with_a_floor_equals_every_choice_that_reaches_it(seconds, count, share, random):
    seconds = np.array(seconds)
    now = np.array([random.choice([200.0, 600.0]) for _ in seconds])  # nothing is within 120 seconds
    weight = np.array([float(random.randint(1, 9)) for _ in seconds])
    near, township = seconds <= 120, np.zeros(len(seconds), dtype=np.int32)
    need = max(1.0, round(share * float(weight.sum())))
    floor = cover_block(near, np.zeros(len(seconds)), floor=township, part=weight)
    rows = join_blocks(
        [*saving_blocks(seconds, now[None], np.ones(1), weight), floor], np.ones(4), need=np.array([need])
    )
    saved = [
        weight @ (now - np.minimum(now, seconds[:, list(chosen)].min(axis=1)))
        for chosen in combinations(range(4), count)
        if weight[near[:, list(chosen)].any(axis=1)].sum() >= need
    ]
    start = choose_options(rows, budget=count)
    proof = prove_most(rows, start if rows.holds(start) else None, budget=count, seconds=SECONDS)

    assert (proof is None) == (not saved)
    if proof is not None:
        assert proof.value == pytest.approx(max(saved))
        assert rows.holds(proof.chosen)


@st.composite
def floored(draw):
    """Rows of up to three townships with a floor each, options of unequal cost, a budget, and what was drawn."""
    covers, weight, _ = draw(instances(most_rows=10, most_options=6))
    count = covers.shape[1]
    area = np.array(draw(st.lists(st.integers(NOBODY, 2), min_size=len(weight), max_size=len(weight))), dtype=np.int32)
    part = np.array(draw(st.lists(st.integers(0, 9), min_size=len(weight), max_size=len(weight))), dtype=float)
    cost = np.array(draw(st.lists(st.sampled_from([1.0, 0.5, 0.3, 0.2]), min_size=count, max_size=count)))
    need = np.array(draw(st.lists(st.integers(1, 12), min_size=3, max_size=3)), dtype=float)
    rows = join_blocks([cover_block(covers, weight, floor=area, part=part)], cost, need=need)
    return rows, draw(st.sampled_from([0.2, 0.5, 1.0, 1.5, 3.0]))


def every_choice(rows):
    """Every choice of options: what it costs and what it is worth, where it reaches the floors."""
    for count in range(len(rows.cost) + 1):
        for chosen in combinations(range(len(rows.cost)), count):
            numbers = np.array(chosen, dtype=np.int64)
            covered = np.isin(np.arange(len(rows.weight)), np.concatenate([[], *map(rows.covered_by, chosen)]))
            reached = [rows.part[covered & (rows.floor == floor)].sum() for floor in range(len(rows.need))]
            if (np.array(reached) >= rows.need).all():
                yield float(rows.cost[numbers].sum()), float(rows.weight[covered].sum())


@given(floored())
@settings(max_examples=200, deadline=None)
def test_with_costs_and_floors_the_proven_choice_is_worth_as_much_as_any(instance):
    rows, budget = instance
    best = max((worth for cost, worth in every_choice(rows) if cost <= budget + 1e-9), default=None)
    start = choose_options(rows, budget=budget)
    proof = prove_most(rows, start if rows.holds(start) else None, budget=budget, seconds=SECONDS)

    assert rows.cost[start].sum() <= budget + 1e-9
    assert (proof is None) == (best is None)
    if proof is not None:
        assert proof.value == pytest.approx(best)
        assert proof.proven
        assert rows.holds(proof.chosen)
        assert rows.cost[proof.chosen].sum() <= budget + 1e-9


@given(floored(), st.floats(0, 1))
@settings(max_examples=150, deadline=None)
def test_with_costs_and_floors_the_proven_cheapest_is_as_cheap_as_any(instance, share):
    rows, _ = instance
    target = share * float(rows.weight.sum())
    enough = [cost for cost, worth in every_choice(rows) if worth >= target * (1 - 1e-9)]
    start = cheapest_options(rows, target=target)

    assert (start is None) == (not enough)
    if start is not None:
        proof = prove_cheapest(rows, start, target=target, seconds=SECONDS)
        assert proof.value == pytest.approx(min(enough))
        assert rows.holds(start)
        assert rows.holds(proof.chosen)
        assert rows.value(proof.chosen) >= target * (1 - 1e-9)


@given(floored(), st.sampled_from([0.0, 0.001, 0.01]))
@settings(max_examples=60, deadline=None)
def test_no_time_limit_returns_less_than_the_start_or_breaks_a_floor(instance, seconds):
    rows, budget = instance
    start = choose_options(rows, budget=budget)
    if not rows.holds(start):
        return
    proof = prove_most(rows, start, budget=budget, seconds=seconds)
    cheapest = prove_cheapest(rows, start, target=rows.value(start), seconds=seconds)

    assert proof.bound >= proof.value >= rows.value(start)
    assert rows.holds(proof.chosen)
    assert cheapest.bound <= cheapest.value <= rows.cost[start].sum() + 1e-9
    assert rows.holds(cheapest.chosen)


@given(
    st.lists(st.lists(st.sampled_from([60.0, 120.0, 300.0, np.inf]), min_size=3, max_size=3), min_size=1, max_size=6),
    st.lists(st.integers(1, 5), min_size=3, max_size=3),
    st.randoms(use_true_random=False),
)
@settings(max_examples=100, deadline=None)
def test_what_is_saved_through_several_hours_is_the_sum_of_each(seconds, hours, random):
    seconds, hours = np.array(seconds), np.array(hours, dtype=float)
    now = np.array([[random.choice([90.0, 200.0, 600.0]) for _ in seconds] for _ in hours])
    weight = np.array([float(random.randint(1, 9)) for _ in seconds])
    nothing = cover_block(np.zeros((1, 3), dtype=bool), np.ones(1))
    rows = join_blocks([nothing, *saving_blocks(seconds, now, hours, weight)], np.ones(3))
    for chosen in [(0,), (1, 2), (0, 1, 2)]:
        after = np.minimum(now, seconds[:, list(chosen)].min(axis=1))
        assert rows.value(np.array(chosen)) == pytest.approx(hours @ (now - after) @ weight)


def test_a_floor_is_reached_before_anything_else():
    # option 0 covers 50 of nowhere, option 1 covers 10 of the township that lacks 5: there is budget for one
    rows = join_blocks(
        [
            cover_block(
                np.eye(2, dtype=bool),
                np.array([50.0, 10.0]),
                floor=np.array([NOBODY, 0], dtype=np.int32),
                part=np.array([50.0, 10.0]),
            )
        ],
        np.ones(2),
        need=np.array([5.0]),
    )

    assert choose_options(rows, budget=1).tolist() == [1]
    assert next_best(rows, np.array([1]), not_these=np.zeros(2, dtype=bool)) == [None]  # 0 would break the floor


def test_an_option_that_adds_nothing_is_dropped_and_the_next_best_is_another():
    covers = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1]], dtype=bool)
    rows = cover_rows(covers, np.array([3.0, 2.0, 1.0]))

    assert without_idle(rows, np.array([0, 1, 2])).tolist() == [0] or without_idle(rows, np.arange(3)).tolist() == [
        1,
        2,
    ]
    assert next_best(rows, np.array([0]), not_these=np.zeros(4, dtype=bool)) == [(1, 3.0)]
    assert next_best(rows, np.array([0]), not_these=np.array([0, 1, 0, 0], dtype=bool)) == [(2, 2.0)]


def test_no_two_have_the_same_next_best_where_there_are_others():
    # 0 and 1 are chosen; in place of either 2 would add 5, and 3 would add 4
    covers = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], dtype=bool)
    rows = cover_rows(covers, np.array([9.0, 8.0, 5.0, 4.0]))

    assert next_best(rows, np.array([0, 1]), not_these=np.zeros(4, dtype=bool)) == [(2, 5.0), (3, 4.0)]


def test_a_proof_prints_nothing(capfd):
    rows = cover_rows(np.eye(3, dtype=bool), np.ones(3))
    prove_most(rows, choose_options(rows, budget=1), budget=1, seconds=SECONDS)

    assert capfd.readouterr() == ("", "")


def test_what_cannot_be_covered_is_no_target():
    rows = cover_rows(np.array([[1, 0], [0, 0]], dtype=bool), np.array([1.0, 1.0]))

    assert cheapest_options(rows, target=2.0) is None


def test_nothing_to_cover_is_no_choice():
    rows = cover_rows(np.zeros((3, 2), dtype=bool), np.ones(3))

    assert choose_options(rows, budget=2).tolist() == []
    assert isinstance(rows, CoverRows)


def test_without_time_the_start_is_kept_and_its_bound_told():
    covers, weight, *_ = plane(seed=3)
    rows = cover_rows(covers, weight)
    start = choose_options(rows, budget=10)
    proof = prove_most(rows, start, budget=10, seconds=0.0)

    assert proof.value >= rows.value(start)
    assert proof.bound >= proof.value


def test_a_solver_that_is_stopped_keeps_the_start_and_tells_its_bound():
    covers, weight, _ = plane(seed=3, points=1500, sites=150, radius=1.0)
    rows = cover_rows(covers, weight)
    start = choose_options(rows, budget=12)
    proof = prove_most(rows, start, budget=12, seconds=SECONDS, stopped=lambda: True)

    assert proof.bound >= proof.value >= rows.value(start)


def plane(*, seed, points=200, sites=40, radius=2.0):
    random = np.random.default_rng(seed)
    at, site = random.uniform(0, 10, (points, 2)), random.uniform(0, 10, (sites, 2))
    metres = np.hypot(*(at[:, None] - site[None]).transpose(2, 0, 1))
    return metres <= radius, random.integers(1, 100, points).astype(float), metres


@OLD_PULP
@pytest.mark.parametrize("seed", [1, 2])
def test_the_proven_most_equals_spopt(seed):
    covers, weight, metres = plane(seed=seed)
    rows = cover_rows(covers, weight)
    proof = prove_most(rows, choose_options(rows, budget=5), budget=5, seconds=60.0)
    theirs = MCLP.from_cost_matrix(metres, weight, service_radius=2.0, p_facilities=5)
    theirs.solve(pulp.PULP_CBC_CMD(msg=False))

    assert proof.proven
    assert proof.value == pytest.approx(pulp.value(theirs.problem.objective))


@OLD_PULP
def test_the_least_mean_time_equals_spopt():
    _, weight, metres = plane(seed=5, points=60, sites=15)
    far = np.full(len(metres), metres.max() + 1)
    rows = saving_rows(metres, far, weight)
    proof = prove_most(rows, choose_options(rows, budget=4), budget=4, seconds=60.0)
    theirs = PMedian.from_cost_matrix(metres, weight, p_facilities=4)
    theirs.solve(pulp.PULP_CBC_CMD(msg=False))

    assert far @ weight - proof.value == pytest.approx(pulp.value(theirs.problem.objective))


@OLD_PULP
@pytest.mark.parametrize("seed", [4, 6])  # of 6 presolve leaves nothing to solve
def test_the_fewest_that_cover_all_are_as_many_as_of_spopt(seed):
    covers, _, metres = plane(seed=seed, points=120, sites=60, radius=2.5)
    covers, metres = covers[covers.any(axis=1)], metres[covers.any(axis=1)]
    rows = cover_rows(covers, np.ones(len(covers)))
    target = float(len(covers))
    proof = prove_cheapest(rows, cheapest_options(rows, target=target), target=target, seconds=60.0)
    theirs = LSCP.from_cost_matrix(metres, 2.5)
    theirs.solve(pulp.PULP_CBC_CMD(msg=False))

    assert proof.proven
    assert proof.value == pytest.approx(pulp.value(theirs.problem.objective))
