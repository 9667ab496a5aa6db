"""OGC API - Features, Part 1 core, under `/ogc`: what QGIS, GDAL and OWSLib read live."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from stations.errors import InputError
from stations.model.features import Box, FeatureQuery
from stations.model.keys import TravelMode
from stations.model.queries import CoverageQuery
from stations.services.geojson import origin_of
from stations.services.ogc import COLLECTIONS, Collection, find_collection, is_at_hand, read_feature, read_page
from stations.services.region import Region
from stations.web.current import current_region
from stations.web.express import GEOJSON
from stations.web.language import current_language, tell
from stations.web.office import current_office
from stations.web.ogc_api import OPENAPI_TYPE, ogc_description
from stations.web.parse import Parameters, parse_box, parse_coverage, parse_interval, parse_whole

bp = Blueprint("ogc", __name__)
JSON = "application/json"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMS_TO = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}" for part in ("core", "oas30", "geojson")
]
_PAGING = ("bbox", "datetime", "limit", "offset")
_EVERYWHERE = ("lang", "f")
KEEP_PUBLIC = "public, max-age=0, must-revalidate"


@bp.get("/ogc")
@bp.get("/ogc/")
def landing() -> ResponseReturnValue:
    """Answer what there is and where."""
    _read_only(())
    links = [
        _link("self", "", JSON),
        _link("service-desc", "/api", OPENAPI_TYPE),
        _link("conformance", "/conformance", JSON),
        _link("data", "/collections", JSON),
    ]
    profile = current_region().profile
    title = tell("ogc.title", region=profile.names[current_language()])
    return _kept(jsonify(title=title, description=tell("ogc.about"), **origin_of(profile), links=links))


@bp.get("/ogc/conformance")
def conformance() -> ResponseReturnValue:
    """Answer which parts of the standard hold."""
    _read_only(())
    return _kept(jsonify(conformsTo=CONFORMS_TO))


@bp.get("/ogc/api")
def description() -> ResponseReturnValue:
    """Answer what is promised, as OpenAPI 3.0."""
    _read_only(())
    response = jsonify(ogc_description(_address("")))
    response.content_type = OPENAPI_TYPE
    return _kept(response)


@bp.get("/ogc/collections")
def collections() -> ResponseReturnValue:
    """Answer the collections."""
    _read_only(())
    told = [_collection(one, current_region()) for one in COLLECTIONS.values()]
    return _kept(jsonify(links=[_link("self", "/collections", JSON)], collections=told))


@bp.get("/ogc/collections/<name>")
def collection(name: str) -> ResponseReturnValue:
    """Answer one collection."""
    found = find_collection(name)
    _read_only(())
    return _kept(jsonify(_collection(found, current_region())))


@bp.get("/ogc/collections/<name>/items")
def items(name: str) -> ResponseReturnValue:
    """Answer a page of features."""
    found, region = find_collection(name), current_region()
    _read_only((*_PAGING, *found.parameters, *found.properties))
    query = _features_asked(found, region)
    _count(found, query.coverage, region)
    page = read_page(query, region)
    links = [_link("self", f"/collections/{name}/items", GEOJSON, request.args)]
    for relation, offset in (("next", page.next_offset), ("prev", _before(query, found))):
        if offset is not None:
            asked = MultiDict(request.args)
            asked["offset"] = str(offset)
            links.append(_link(relation, f"/collections/{name}/items", GEOJSON, asked))
    links.append(_link("collection", f"/collections/{name}", JSON))
    matched = {} if page.matched is None else {"numberMatched": page.matched}
    return _geojson(
        type="FeatureCollection",
        **origin_of(region.profile),
        **matched,
        numberReturned=len(page.features),
        links=links,
        features=page.features,
    )


@bp.get("/ogc/collections/<name>/items/<path:feature_id>")
def item(name: str, feature_id: str) -> ResponseReturnValue:
    """Answer one feature."""
    found, region = find_collection(name), current_region()
    _read_only(found.parameters)
    query = _coverage_asked(found, region)
    _count(found, query, region)
    feature = read_feature(name, feature_id, query, region)
    path = f"/collections/{name}/items/{quote(feature_id, safe='')}"
    links = [_link("self", path, GEOJSON, request.args), _link("collection", f"/collections/{name}", JSON)]
    return _geojson(**feature, links=links)


def _count(found: Collection, query: CoverageQuery, region: Region) -> None:
    """Count a question for which something is to be computed, as of riders' lists; its further pages are free."""
    if not is_at_hand(found, query, region):
        current_app.extensions["rate_limit"].count(request.remote_addr or "")


def _features_asked(found: Collection, region: Region) -> FeatureQuery:
    given = request.args
    parse_interval(given)  # nothing here bears a time of its own, and then every moment matches
    equal = [(name, tuple(given.getlist(name))) for name in found.properties if name in given]
    return FeatureQuery(
        found.name,
        _coverage_asked(found, region),
        box=_box(given),
        equal=tuple(equal),
        limit=parse_whole(given, "limit", default="100"),
        offset=parse_whole(given, "offset", default="0"),
    )


def _box(given: Parameters) -> Box | None:
    return parse_box(given["bbox"]) if given.get("bbox") else None


def _coverage_asked(found: Collection, region: Region) -> CoverageQuery:
    """Return the question as asked; on foot where it names no mode, which is what a map of gaps is for."""
    named = [(name, text) for name in found.parameters for text in request.args.getlist(name)]
    given = MultiDict(named)
    if not given.get("mode") and TravelMode.WALK in region.profile.modes:
        given["mode"] = TravelMode.WALK.value
    return parse_coverage(given, region.profile)


def _before(query: FeatureQuery, found: Collection) -> int | None:
    return max(0, query.offset - min(query.limit, found.most)) if query.offset else None


def _read_only(names: tuple[str, ...]) -> None:
    """Refuse parameters that mean nothing here, as the standard asks."""
    allowed = (*names, *_EVERYWHERE)
    for name in request.args:
        if name not in allowed:
            raise InputError("ogc.parameter_unknown", field=name[:40], value=name[:40], allowed=", ".join(allowed))
    form = request.args.get("f", "json")
    if form not in ("json", "geojson"):
        raise InputError("error.not_one_of", field="f", name="f", value=form[:40], allowed="json, geojson")


def _collection(found: Collection, region: Region) -> dict[str, Any]:
    links = [
        _link("self", f"/collections/{found.name}", JSON),
        _link("items", f"/collections/{found.name}/items", GEOJSON),
    ]
    return {
        "id": found.name,
        "title": tell(f"ogc.{found.name}"),
        "description": tell(f"ogc.{found.name}_about"),
        "itemType": "feature",
        "extent": {"spatial": {"bbox": [list(region.profile.bounds)], "crs": CRS84}},
        "crs": [CRS84],
        "links": links,
    }


def _link(relation: str, path: str, kind: str, asked: Parameters | None = None) -> dict[str, str]:
    return {"rel": relation, "type": kind, "title": tell(f"ogc.link_{_word(relation)}"), "href": _address(path, asked)}


def _word(relation: str) -> str:
    return relation.replace("-", "_")


def _address(path: str, asked: Parameters | None = None) -> str:
    """Return an address here, with the language of the request where it named one."""
    base = current_office().settings.public_url or request.host_url.rstrip("/")
    kept = [("lang", request.args["lang"])] if "lang" in request.args else []
    query = urlencode(kept if asked is None else list(asked.items(multi=True)))
    return f"{base}/ogc{path}" + (f"?{query}" if query else "")


def _kept(response: Response) -> Response:
    """Let a client keep an answer and ask whether it is still the same."""
    response.add_etag()
    response.headers["Cache-Control"] = KEEP_PUBLIC
    response.make_conditional(request)
    return response


def _geojson(**content: Any) -> Response:
    """Return features that a client may keep and ask whether they still hold; only the time of the answer changes."""
    body = current_app.json.dumps(content)
    response = Response(body, mimetype=GEOJSON, headers={"Cache-Control": KEEP_PUBLIC})
    response.set_etag(hashlib.sha1(body.encode(), usedforsecurity=False).hexdigest(), weak=True)
    if content["type"] == "FeatureCollection":
        made_at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        response.set_data(f'{{"timeStamp":"{made_at}",{body[1:]}')
    response.make_conditional(request)
    return response
