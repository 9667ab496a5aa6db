"""What the features under `/ogc` promise, as OpenAPI 3.0 tells it, which the standard asks for."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from stations.model.features import DEFAULT_FEATURES, MOST_FEATURES
from stations.model.keys import Need, ServiceKey, TravelMode
from stations.model.queries import MAX_CUTOFF_MIN
from stations.services.ogc import COLLECTIONS, Collection

Json = dict[str, Any]
OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"
_TEXT: Json = {"type": "string"}


def ogc_description(server: str) -> Json:
    """Return the document; `server` is the address that its paths begin at."""
    paths = {
        "/": _asked("what there is and where"),
        "/conformance": _asked("which parts of the standard hold"),
        "/api": _asked("this document"),
        "/collections": _asked("the collections"),
    }
    for one in COLLECTIONS.values():
        paths |= _paths_of(one)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Stations: features", "version": "1", "license": {"name": "MIT"}},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": {"Error": _error(), "Feature": _feature(), "FeatureCollection": _feature_collection()}
        },
    }


def _paths_of(one: Collection) -> Json:
    path, question = f"/collections/{one.name}", [_question(name) for name in one.parameters]
    feature_id = {**_query("featureId", _TEXT), "in": "path", "required": True}
    equal = [_query(name, _TEXT, "only features with this value") for name in one.properties]
    return {
        path: _asked(f"the collection {one.name}"),
        f"{path}/items": _asked(f"a page of {one.name}", [*_paging(one), *question, *equal], "FeatureCollection"),
        f"{path}/items/{{featureId}}": _asked(f"one of {one.name}", [feature_id, *question], "Feature"),
    }


def _paging(one: Collection) -> list[Json]:
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": DEFAULT_FEATURES}
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    few = f"; at most {one.most} come at once" if one.most < MOST_FEATURES else ""
    form = {"style": "form", "explode": False}
    return [
        {**_query("bbox", box, "west,south,east,north, WGS 84 degrees"), **form},
        {**_query("datetime", _TEXT, "no feature bears a time, so every moment matches"), **form},
        {**_query("limit", limit, f"how many at most{few}"), **form},
        _query("offset", {"type": "integer", "minimum": 0, "default": 0}),
    ]


def _question(name: str) -> Json:
    """Return a parameter of the question that features answer."""
    schemas: dict[str, Json] = {
        "mode": {**_keys(TravelMode), "default": TravelMode.WALK.value},
        "minutes": {"type": "number", "minimum": 0, "exclusiveMinimum": True, "maximum": MAX_CUTOFF_MIN, "default": 15},
        "need": {"type": "array", "items": _keys(Need)},
        "service": {"type": "array", "items": _keys(ServiceKey)},
        "when": {"type": "string", "format": "date-time"},
        "no_registration": {"type": "boolean"},
    }
    return _query(name, schemas.get(name, _TEXT))


def _asked(summary: str, parameters: Iterable[Json] = (), answer: str = "") -> Json:
    kind, schema = ("application/geo+json", _ref(answer)) if answer else ("application/json", {"type": "object"})
    everywhere = [_query("lang", {**_TEXT, "enum": ["zh", "en"]}), _query("f", {**_TEXT, "enum": ["json", "geojson"]})]
    error = {"schema": _ref("Error")}
    answers = {
        "200": {"description": summary, "content": {kind: {"schema": schema}}},
        "default": {"description": "what is wrong", "content": {"application/json": error}},
    }
    return {"get": {"summary": summary, "parameters": [*parameters, *everywhere], "responses": answers}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _feature() -> Json:
    shape, told = {"type": "object", "nullable": True}, {"type": "object"}
    parts = {"type": {**_TEXT, "enum": ["Feature"]}, "id": _TEXT, "geometry": shape, "properties": told}
    return {"type": "object", "properties": parts | {"links": _links()}, "required": list(parts)}


def _feature_collection() -> Json:
    count = {"type": "integer", "minimum": 0}
    parts = {"type": {**_TEXT, "enum": ["FeatureCollection"]}, "features": {"type": "array", "items": _ref("Feature")}}
    told = {"timeStamp": {**_TEXT, "format": "date-time"}, "numberMatched": count, "numberReturned": count}
    return {"type": "object", "properties": parts | told | {"links": _links()}, "required": list(parts)}


def _links() -> Json:
    parts = {"href": _TEXT, "rel": _TEXT, "type": _TEXT, "title": _TEXT}
    return {"type": "array", "items": {"type": "object", "properties": parts, "required": ["href", "rel"]}}


def _error() -> Json:
    parts = {"code": _TEXT, "message": _TEXT, "field": {**_TEXT, "nullable": True}}
    error = {"type": "object", "properties": parts, "required": list(parts)}
    return {"type": "object", "properties": {"error": error}, "required": ["error"]}


def _query(name: str, schema: Json, description: str = "") -> Json:
    told = {"description": description} if description else {}
    return {"name": name, "in": "query", "required": False, "schema": schema, **told}


def _keys(keys: type[StrEnum]) -> Json:
    return {"type": "string", "enum": [key.value for key in keys]}
