"""Every seeded fault is caught, and nothing else is told of."""

from __future__ import annotations

import pytest

from stations.services.list_checks import CHECKS
from tests.checks_table import SOWERS, datum_figures, figures_of, futian_list, helsinki_list

FEW_DRAWS = {8: 4, 20: 2, 168: 1}


@pytest.mark.parametrize("name", ["sample_list", "community_list"])
def test_all_sown_faults_are_caught_and_no_other_row_is_flagged(name, request):
    for figure in figures_of(request.getfixturevalue(name)):
        assert (figure.caught, figure.wrongly) == (figure.sown, 0), (figure.check, figure.told)


def test_every_check_has_faults_sown_for_it():
    sown = {name.split(" ")[0] for name in SOWERS} | {"datum"}

    assert sown == set(CHECKS)


@pytest.mark.parametrize("name", ["sample_list", "community_list"])
def test_a_list_in_another_datum_is_told_and_a_right_one_never(name, request):
    for figure in datum_figures(request.getfixturevalue(name), draws=FEW_DRAWS):
        assert figure.wrongly == 0, figure
        assert figure.caught == figure.sown, figure


def test_roads_alone_tell_the_datum_of_a_whole_list_and_never_a_wrong_one(sample_list):
    for figure in datum_figures(sample_list, words=False, draws=FEW_DRAWS):
        assert figure.wrongly == 0, figure
        assert figure.caught == figure.sown or "168" not in figure.check, figure


@pytest.mark.real
def test_the_real_roads_of_futian_tell_the_datum_alone(real_data, tmp_path):
    for figure in datum_figures(futian_list(real_data, tmp_path), words=False, draws=FEW_DRAWS):
        assert figure.wrongly == 0, figure
        assert figure.caught == figure.sown or ", 8 stations" in figure.check, figure


@pytest.mark.real
def test_the_public_places_of_helsinki_are_clean_and_their_faults_caught(real_data, tmp_path):
    for figure in figures_of(helsinki_list(real_data, tmp_path)):
        assert (figure.caught, figure.wrongly) == (figure.sown, 0), (figure.check, figure.told)
