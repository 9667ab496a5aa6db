"""Scenarios as people and programs send them: nested in JSON, or as the fields of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Request
from werkzeug.datastructures import MultiDict

from stations.errors import InputError
from stations.model.keys import ServiceKey
from stations.model.queries import Place, read_key
from stations.model.scenarios import NamedScenario, NewSite, Scenario, read_scenario
from stations.services.saved_scenarios import name_scenario
from stations.web.parse import Parameters, flattened, json_body, parameters_of, parse_place, read_number

CHANGES = "changes"


def parse_changes(request: Request) -> tuple[Parameters, Scenario]:
    """Return the parameters of a request and what would be changed: `changes` of a JSON body, else `form_changes`.

    Raises
    ------
    InputError
        They cannot be read, or nothing is changed by what is no JSON body.
    """
    body = json_body(request) if request.is_json else None
    if isinstance(body, dict) and CHANGES in body:
        rest = {name: value for name, value in body.items() if name != CHANGES}
        given: Parameters = MultiDict([*request.args.items(multi=True), *flattened(rest)])
        return given, read_scenario(body[CHANGES])
    given = parameters_of(request)
    changes = form_changes(given)
    if changes.is_empty:
        parse_place(given)  # says which of its two numbers is missing
    return given, changes


def form_changes(given: Parameters) -> Scenario:
    """Return what would be changed, by plain fields.

    They are `lon lat` of one site, or `site_lon site_lat site_name` of several; `without`, `hours_of` with `hours`,
    `service_of` with `add_service`, in pairs as they stand, and `waived`, the stations that would let everybody in.

    Raises
    ------
    InputError
        Fields that belong together are not as many.
    """
    sites = [NewSite(parse_place(given))] if given.get("lon") or given.get("lat") else []
    names = ("site_lon", "site_lat", "site_name")
    for lon, lat, name in _together(given, names):
        place = Place(read_number(lon, "site_lon"), read_number(lat, "site_lat"))
        sites.append(NewSite(place, " ".join(name.split())))
    hours = [(one, text) for one, text in _together(given, ("hours_of", "hours"))]
    services = [
        (one, read_key(ServiceKey, key, name="add_service"))
        for one, key in _together(given, ("service_of", "add_service"))
    ]
    return Scenario(
        sites=tuple(sites),
        without=tuple(dict.fromkeys(given.getlist("without"))),
        hours=tuple(dict(hours).items()),  # the last of each station
        services=tuple(dict.fromkeys(services)),
        no_registration=tuple(dict.fromkeys(given.getlist("waived"))),
    )


def parse_named(request: Request, before: NamedScenario | None = None) -> NamedScenario:
    """Return a scenario with its name, from a JSON body or a form; what is not said is as it was `before`.

    Raises
    ------
    InputError
        A part cannot be read, the name is missing, or nothing is changed.
    """
    if not request.is_json:
        given = request.form
        changes = before.changes if before else form_changes(given)
        return name_scenario(
            given.get("name", ""), changes, note=given.get("note", "").replace("\r\n", "\n"), cost=given.get("cost", "")
        )
    body = _body(request)
    changes = read_scenario(body.get(CHANGES)) if before is None or CHANGES in body else before.changes
    old = {} if before is None else {"name": before.name, "note": before.note, "cost": before.cost}
    name, note, cost = ({**old, **body}.get(part) for part in ("name", "note", "cost"))
    if not isinstance(name or "", str) or not isinstance(note or "", str):
        raise InputError("scenario.unreadable", field="name", part="name, note")
    if isinstance(cost, bool) or not isinstance(cost, int | float | str | None):
        raise InputError("scenario.cost", field="cost", value=str(cost)[:40])
    return name_scenario(str(name or ""), changes, note=str(note or ""), cost="" if cost is None else str(cost))


def parse_version(request: Request) -> int:
    """Return the version that somebody changed.

    Raises
    ------
    InputError
        It is missing, or no whole number.
    """
    version: object = _body(request).get("version") if request.is_json else request.form.get("version")
    if version is None:
        raise InputError("error.missing", field="version", name="version")
    try:
        return int(str(version))
    except ValueError:
        raise InputError("error.number", field="version", name="version", value=str(version)[:40]) from None


def _body(request: Request) -> Mapping[str, object]:
    body = json_body(request)
    if not isinstance(body, dict):
        raise InputError("error.body")
    return body


def _together(given: Parameters, names: Sequence[str]) -> list[tuple[str, ...]]:
    columns = [given.getlist(name) for name in names]
    if len({len(column) for column in columns}) > 1:
        counts = ", ".join(f"{name}: {len(column)}" for name, column in zip(names, columns, strict=True))
        raise InputError("scenario.not_as_many", field=names[-1], counts=counts)
    return list(zip(*columns, strict=True))
