"""What the planner's desk shows of scenarios: who may save one, and the one that is opened."""

from __future__ import annotations

from stations.errors import StoreError, UnknownThingError
from stations.services.comparison import scenario_object
from stations.services.region import Region
from stations.services.saved_scenarios import find_scenarios
from stations.services.scenarios import fit_scenario
from stations.web.errors import say_error
from stations.web.language import current_language
from stations.web.office import current_office, current_steward
from stations.web.parse import Parameters


def desk_scenario(given: Parameters, region: Region) -> dict[str, object]:
    """Return what the desk needs of scenarios: who may save them, and the one that is opened there.

    The desk goes on without the database.
    """
    found: dict[str, object] = {"planner": None, "opened": None, "opened_problem": ""}
    try:
        found["planner"] = current_steward()
        if given.get("scenario"):
            (saved,) = find_scenarios(current_office(), [given["scenario"]])
            fit = fit_scenario(saved.changes, region).scenario
            found["opened"] = {
                **scenario_object(saved, region, current_language()),
                "applies": fit.to_plain(),
                "names": {one: region.station(one).name for one in fit.stations},
            }
    except (UnknownThingError, StoreError) as error:
        found["opened_problem"] = say_error(error)
    return found
