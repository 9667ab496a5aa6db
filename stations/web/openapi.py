"""What the API promises, as OpenAPI 3.1 tells it; written by hand and held to the program by a test."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from stations.model.comparison import MOST_COMPARED
from stations.model.keys import ArrivalState, EntryMethod, Need, ServiceKey, StationKind, TravelMode, TravelReason
from stations.model.queries import MAX_BUDGET_MIN, MAX_CUTOFF_MIN, MAX_LIMIT
from stations.model.scenarios import MOST_CHANGED, MOST_NAME, MOST_NOTE, MOST_SITES
from stations.model.siting import (
    COSTS,
    MOST_JOB_PROOF_S,
    MOST_NEW,
    NAMED_HOURS,
    CandidateSource,
    OptionKind,
    SitingGoal,
)
from stations.model.taps import TapAnswer

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
WHOLE: Json = {"type": "integer"}
NUMBER: Json = {"type": "number"}
FLAG: Json = {"type": "boolean"}
MOMENT: Json = {"type": "string", "format": "date-time"}
DAY: Json = {"type": "string", "format": "date"}
_COSTS = ",".join(f"{kind}={amount:g}" for kind, amount in COSTS.items())


def api_description() -> Json:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Stations",
            "version": "1",
            "description": "Service stations for riders: which can be used soonest, how many people they reach."
            " Coordinates are WGS 84 degrees, lon before lat; null means unknown. A position asked for is used for the"
            " answer, and neither stored nor logged.",
        },
        "paths": _paths(),
        "components": {
            "schemas": {
                "Error": _error(),
                "Station": _object(_station_properties()),
                "FoundStation": _object({**_station_properties(), **_travel_properties()}),
                "Taps": _object(_taps()),
                "Scenario": _scenario(),
            }
        },
    }


def _paths() -> Json:
    place = [_query("lon", NUMBER, required=True), _query("lat", NUMBER, required=True)]
    mode = _query("mode", _keys(TravelMode), "the region's own modes; the e-bike where none is named")
    minutes = _query("minutes", {"type": "number", "exclusiveMinimum": 0, "maximum": MAX_CUTOFF_MIN})
    whose = [_several("need", Need), _several("service", ServiceKey)]
    when = _query("when", MOMENT, "local time of the region without an offset")
    station_id = _query("station_id", TEXT, required=True)
    demand = [_query("no_registration", FLAG, "only stations that let everybody in"), _query("layer", TEXT)]
    coverage = [mode, minutes, *whose, when, *demand]
    anywhere = [_query("lon", NUMBER), _query("lat", NUMBER)]
    nearest = [*place, mode, when, *whose, *_nearest_filters()]
    return {
        "/api/nearest": _both("the stations a rider can use soonest, best first", nearest, _nearest_answer()),
        "/api/stations": {
            "get": _ask("all stations, and when each is open in the coming days", [], _features("Station"))
        },
        "/api/stations/{station_id}": {"get": _ask("one station", [_in_path("station_id")], _feature("Station"))},
        "/api/taps": {"post": _tap()},
        "/api/route": _both("the way to a station", [*place, station_id, mode], {"type": "object"}),
        "/api/what-if": _both(
            "coverage with sites more, stations off or changed: one site by `lon` and `lat`, or several; `hours_of` and"
            " `hours`, `service_of` and `add_service` in pairs; a JSON body may have `changes` of a scenario instead",
            [*anywhere, *coverage, *_changes()],
            {"type": "object"},
        ),
        "/api/catchments": {
            "get": _ask(
                "from where stations are reached within the cutoff; joined over all where none is named",
                [mode, minutes, _query("station_id", {"type": "array", "items": TEXT, "maxItems": 20})],
                {"type": "object"},
            )
        },
        "/api/coverage": {"get": _ask("how much demand is covered, a gap, or unknown", coverage, {"type": "object"})},
        "/api/gaps": {
            "get": _ask(
                "the demand that no usable station reaches in time, as places behind those of unknown state",
                [*coverage, _query("by", {**TEXT, "enum": ["place", "point"]})],
                {"type": "object"},
            )
        },
        "/api/week": {
            "get": _ask(
                "coverage at the 168 full hours of a week, a row for each need and service",
                [mode, minutes, *whose, _query("week", DAY, "any day of it"), *demand],
                {"type": "object"},
            )
        },
        "/api/resilience": {"get": _ask("how much hangs on single stations", coverage, {"type": "object"})},
        "/api/siting": {
            "get": _ask(
                "what helps most beside the stations that count: sites, longer hours, services; what adds most first",
                [*coverage, *_siting()],
                {"type": "object"},
            )
        },
        "/api/places": {"get": _ask("places whose name holds what was typed", [_query("q", TEXT)], {"type": "object"})},
        "/api/basemap": {"get": _ask("roads, water and names to draw a map on", [], {"type": "object"})},
        "/api/jobs": {
            "post": _ask(
                "start the proof of what helps most; for who is logged in",
                [
                    *coverage,
                    *_siting(),
                    _query("kind", {"type": "string", "enum": ["siting"]}, required=True),
                    _query("prove", {**NUMBER, "minimum": 1, "maximum": MOST_JOB_PROOF_S}, "seconds at most"),
                ],
                {"type": "object"},
            )
        },
        "/api/jobs/{job_id}": {
            "get": _ask("how far long work is", [_in_path("job_id")], {"type": "object"}),
            "delete": _ask("break long work off; for who is logged in", [_in_path("job_id")], {"type": "object"}),
        },
        **_scenarios([*coverage, _query("week", DAY, "any day of it")]),
        "/api/openapi.json": {"get": _ask("this document", [], {"type": "object"})},
    }


def _changes() -> list[Json]:
    texts = ("site_name", "without", "hours_of", "hours", "service_of", "add_service", "waived")
    several = {"site_lon": NUMBER, "site_lat": NUMBER, **dict.fromkeys(texts, TEXT)}
    return [{**_query(name, {"type": "array", "items": one}), "explode": True} for name, one in several.items()]


def _siting() -> list[Json]:
    return [
        _query("new", {**WHOLE, "minimum": 1, "maximum": MOST_NEW}, "the budget: as much as so many new sites"),
        _query("options", TEXT, f"what may be done, with commas between: {', '.join(OptionKind)}; sites if unsaid"),
        _query("cost", TEXT, f"what each costs, such as {_COSTS}"),
        *(_query(f"cost.{kind}", NUMBER, "what one of these costs, as a form tells it") for kind in OptionKind),
        _query("budget", NUMBER, "what everything may cost together, in the same unit; in place of new"),
        _query("hours", TEXT, f"hours of the week that count: {', '.join(NAMED_HOURS)}, or opening hours"),
        _query("week", DAY, "any day of the week of hours; else that of when"),
        _query("floor", NUMBER, "the share that is to be covered of every township at least"),
        _query("goal", {"type": "string", "enum": list(SitingGoal)}),
        _query("candidates", {"type": "string", "enum": list(CandidateSource)}, "where one could be"),
        _query("target_share", NUMBER, "with the goal fewest: the share of all demand to reach"),
    ]


def _scenarios(question: list[Json]) -> Json:
    scenario, own = _ref("Scenario"), _in_path("scenario_id")
    chosen = {"type": "array", "items": TEXT, "maxItems": MOST_COMPARED}
    compared = {**_query("scenario", chosen, "ids, beside the region as it is"), "explode": True}

    def written(summary: str, required: list[str]) -> Json:
        asked = _ask(f"{summary}; for who is logged in", [], scenario)
        fields = {**_scenario_fields(), "version": {**WHOLE, "description": "the one that was changed"}}
        asked["requestBody"] = _json_body({"type": "object", "properties": fields, "required": required})
        return asked

    return {
        "/api/scenarios": {
            "get": _ask("all scenarios, the last changed first", [], {"type": "object"}),
            "post": written("keep a scenario under a name", ["name", "changes"]),
        },
        "/api/scenarios/compare": {
            "get": _ask("scenarios side by side with the region as it is", [compared, *question], {"type": "object"})
        },
        "/api/scenarios/{scenario_id}": {
            "get": _ask("one scenario", [own], scenario),
            "put": {**written("change a scenario; what is not said of it stays", ["version"]), "parameters": [own]},
            "delete": _ask("drop a scenario, and answer what it was; for who is logged in", [own], scenario),
        },
    }


def _scenario() -> Json:
    problem = {"code": TEXT, "message": {**TEXT, "description": "a change that does not apply any more"}}
    told = {
        "scenario_id": TEXT,
        "changes_text": {"type": "array", "items": TEXT},
        "problems": {"type": "array", "items": _object(problem)},
        "made_at": MOMENT,
        "changed_at": MOMENT,
        "version": WHOLE,
    }
    return _object({**_scenario_fields(), **told})


def _scenario_fields() -> Json:
    ids = {"type": "array", "items": {**TEXT, "description": "station_id"}, "maxItems": MOST_CHANGED}
    services = {"type": "array", "items": _keys(ServiceKey)}
    site = {
        "lon": NUMBER,
        "lat": NUMBER,
        "name": {**TEXT, "maxLength": MOST_NAME},
        "hours": _or_null({**TEXT, "description": "OSM opening_hours; null: any hour"}),
        "services": _or_null({**services, "description": "null: whatever is asked for"}),
    }
    site_object = {"type": "object", "properties": site, "required": ["lon", "lat"]}
    changes = {
        "sites": {"type": "array", "items": site_object, "maxItems": MOST_SITES},
        "without": ids,
        "hours": {"type": "object", "additionalProperties": TEXT, "description": "by station_id"},
        "services": {"type": "object", "additionalProperties": services, "description": "added or repaired"},
        "no_registration": ids,
    }
    return {
        "name": {**TEXT, "maxLength": MOST_NAME},
        "note": {**TEXT, "maxLength": MOST_NOTE},
        "cost": _or_null(NUMBER),
        "changes": {"type": "object", "properties": changes},
    }


def _nearest_filters() -> list[Json]:
    return [
        _several("entry", EntryMethod),
        _query("no_registration", FLAG, "only walk_in, staffed, ring and door_code"),
        _query("open_on_arrival", FLAG),
        _query("always_open", FLAG, "only what is open and known never to close"),
        _query(
            "budget_min",
            {"type": "number", "exclusiveMinimum": 0, "maximum": MAX_BUDGET_MIN},
            "the minutes there are, for the way there and back (or on) and the wait; only what fits is answered",
        ),
        _query("next_lon", NUMBER, "the next stop: ranked by the detour, waiting counted"),
        _query("next_lat", NUMBER),
        _query("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 10}),
    ]


def _nearest_answer() -> Json:
    found = {"oneOf": [_feature("FoundStation"), {"type": "null"}]}
    instead = {
        "next_to_open": found,
        "nearest_open": found,
        "public": {"type": "array", "items": _feature("FoundStation"), "maxItems": 3},
    }
    answer = _features("FoundStation")
    answer["properties"] |= {
        "region": TEXT,
        "sample": FLAG,
        "dates": {"type": "object"},
        "sources": {"type": "object"},
        "mode": _keys(TravelMode),
        "speed_kmh": NUMBER,
        "measured": _or_null(TEXT),
        "when": MOMENT,
        "origin": _object({"lon": NUMBER, "lat": NUMBER, "snap_m": _or_null(NUMBER), "on_main": FLAG}),
        "budget_min": _or_null(NUMBER),
        "next": _or_null({"type": "object", "description": "lon, lat, snap_m, on_main, direct_s of the next stop"}),
        "instead": _or_null(
            {**_object(instead), "description": "where nothing usable was found; public places are not ours"}
        ),
    }
    return answer


def _station_properties() -> Json:
    return {
        "station_id": TEXT,
        "name": TEXT,
        "kind": _keys(StationKind),
        "township": _or_null(TEXT),
        "address": _or_null(TEXT),
        "services": {"type": "object", "additionalProperties": _or_null(WHOLE)},
        "hours": _or_null({**TEXT, "description": "OSM opening_hours"}),
        "hours_text": _or_null(TEXT),
        "follows_workdays": _or_null(FLAG),
        "entry": _keys(EntryMethod),
        "entrance": _or_null({"type": "array", "items": NUMBER}),
        "entrance_s": _or_null(WHOLE),
        "entrance_hours": _or_null(TEXT),
        "ebike_parking": _or_null(FLAG),
        "phone": _or_null(TEXT),
        "verified_on": _or_null(DAY),
        "source": TEXT,
        "notes": _or_null(TEXT),
    }


def _travel_properties() -> Json:
    return {
        "links": {"type": "object", "additionalProperties": TEXT},
        "travel_s": _or_null(WHOLE),
        "return_s": _or_null(WHOLE),
        "onward_s": _or_null({**WHOLE, "description": "from the station to the next stop"}),
        "detour_s": _or_null({**WHOLE, "description": "what the way by the station takes more than the straight one"}),
        "spare_s": _or_null({**WHOLE, "description": "how long one can stay within budget_min"}),
        "travel_reason": _or_null(_keys(TravelReason)),
        "straight_line_m": WHOLE,
        "to_gate": FLAG,
        "state": _keys(ArrivalState),
        "state_at": {**TEXT, "enum": ["arrival", "departure"]},
        "usable_in_s": _or_null(WHOLE),
        "open_until": _or_null(MOMENT),
        "opens_at": _or_null(MOMENT),
        "holidays_unconfirmed": FLAG,
        "taps": {"$ref": "#/components/schemas/Taps"},
    }


def _taps() -> Json:
    return {
        "got_in_today": _or_null(WHOLE),
        "last_got_in_min": _or_null(WHOLE),
        "reported_locked": _or_null(FLAG),
    }


def _tap() -> Json:
    body = {
        "station_id": TEXT,
        "answer": _keys(TapAnswer),
        "at": {**MOMENT, "description": "when it was tapped, at most 24 hours ago; now where it is not said"},
        "tap_id": {**TEXT, "pattern": "^[A-Za-z0-9_-]{8,64}$", "description": "one that is sent twice counts once"},
    }
    answer = _object({"station_id": TEXT, "taps": {"$ref": "#/components/schemas/Taps"}})
    asked = _ask("what somebody found at a door; without an account and a position", [], answer)
    asked["requestBody"] = _json_body({"type": "object", "properties": body, "required": ["station_id", "answer"]})
    return asked


def _both(summary: str, parameters: list[Json], answer: Json) -> Json:
    """Return what may be asked by address, and by a form or JSON object, which keeps it out of addresses."""
    posted = _ask(summary, [], answer)
    fields = {one["name"]: one["schema"] for one in parameters}
    required = [one["name"] for one in parameters if one["required"]]
    posted["requestBody"] = _json_body({"type": "object", "properties": fields, "required": required})
    return {"get": _ask(summary, parameters, answer), "post": posted}


def _ask(summary: str, parameters: list[Json], answer: Json) -> Json:
    lang = _query("lang", {**TEXT, "enum": ["zh", "en"]})
    error = {"description": "what is wrong", "content": {"application/json": {"schema": _ref("Error")}}}
    return {
        "summary": summary,
        "parameters": [*parameters, lang],
        "responses": {
            "200": {"description": summary, "content": {"application/json": {"schema": answer}}},
            "default": error,
        },
    }


def _json_body(schema: Json) -> Json:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _query(name: str, schema: Json, description: str = "", *, required: bool = False) -> Json:
    told = {"description": description} if description else {}
    return {"name": name, "in": "query", "required": required, "schema": schema, **told}


def _several(name: str, keys: type[StrEnum]) -> Json:
    return {**_query(name, {"type": "array", "items": _keys(keys)}), "explode": True}


def _in_path(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": TEXT}


def _features(name: str) -> Json:
    collection = {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": _feature(name)}}
    return {"type": "object", "properties": collection}


def _feature(name: str) -> Json:
    parts = {"type": {"const": "Feature"}, "id": TEXT, "geometry": {"type": "object"}, "properties": _ref(name)}
    return {"type": "object", "properties": parts}


def _error() -> Json:
    return _object({"error": _object({"code": TEXT, "message": TEXT, "field": _or_null(TEXT)})})


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _keys(keys: Iterable[StrEnum]) -> Json:
    return {"type": "string", "enum": [key.value for key in keys]}


def _or_null(schema: Json) -> Json:
    return {"oneOf": [schema, {"type": "null"}]}
