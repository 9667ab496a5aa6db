"""Scenarios that are saved: checked when they are written, found by id or name."""

from __future__ import annotations

from collections.abc import Sequence

from stations.errors import InputError, UnknownThingError
from stations.model.scenarios import NamedScenario, SavedScenario, Scenario, name_key
from stations.services.office import Office
from stations.services.region import Region
from stations.services.scenarios import check_scenario


def list_scenarios(office: Office) -> tuple[SavedScenario, ...]:
    """Return all scenarios of the region, the last changed first."""
    return office.scenarios.listed()


def find_scenarios(office: Office, wanted: Sequence[str]) -> tuple[SavedScenario, ...]:
    """Return scenarios by their ids or names, in that order, each once.

    Raises
    ------
    UnknownThingError
        There is none of an id or name.
    """
    listed = office.scenarios.listed()
    by_id, by_name = {one.scenario_id: one for one in listed}, {name_key(one.name): one for one in listed}
    found: dict[str, SavedScenario] = {}
    for text in wanted:
        one = by_id.get(text) or by_name.get(name_key(text))
        if one is None:
            raise UnknownThingError("scenario.unknown", field="scenario", value=text[:40])
        found[one.scenario_id] = one
    return tuple(found.values())


def save_scenario(office: Office, named: NamedScenario, region: Region, *, author: str) -> SavedScenario:
    """Keep a scenario.

    Raises
    ------
    InputError
        Hours cannot be read, a new site has no road near, or there are too many scenarios.
    UnknownThingError
        A station is not there.
    ConflictError
        There is one of that name.
    """
    check_scenario(named.changes, region)
    return office.scenarios.add(named, author=author)


def change_scenario(
    office: Office, scenario_id: str, named: NamedScenario, region: Region, *, version: int
) -> SavedScenario:
    """Put `named` in the place of a scenario that stood at `version`; raises as `save_scenario` does.

    Changes that stay as they were are not checked again: a station of them may be gone.

    Raises
    ------
    ConflictError
        Somebody changed it since, or there is another one of that name.
    """
    if office.scenarios.get(scenario_id).changes != named.changes:
        check_scenario(named.changes, region)
    return office.scenarios.change(scenario_id, named, version=version)


def remove_scenario(office: Office, scenario_id: str) -> SavedScenario:
    """Drop a scenario and return what it was; raises `UnknownThingError` where there is none."""
    return office.scenarios.remove(scenario_id)


def name_scenario(name: str, changes: Scenario, *, note: str = "", cost: str = "") -> NamedScenario:
    """Return a scenario from what somebody typed.

    Raises
    ------
    InputError
        The name is empty or too long, the note is, the cost is no amount, or nothing is changed.
    """
    try:
        amount = float(cost) if cost.strip() else None
    except ValueError:
        raise InputError("scenario.cost", field="cost", value=cost[:40]) from None
    return NamedScenario(" ".join(name.split()), changes, note.strip(), amount)
