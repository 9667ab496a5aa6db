"""What riders tap at a door: taken without an account, and without a position."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, Flask, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from stations.errors import InputError
from stations.model.taps import DoorReport
from stations.services.geojson import tap_properties
from stations.services.region import Region
from stations.services.taps import DoorBoard, record_tap
from stations.web.current import current_region
from stations.web.office import current_office
from stations.web.parse import parameters_of, parse_tap

bp = Blueprint("taps", __name__)


def init_app(app: Flask) -> None:
    """Keep the board of this worker; the office must be there."""
    app.extensions["door_board"] = DoorBoard(app.extensions["office"])


def known_doors(app: Flask, region: Region) -> DoorReport:
    """Return what is known of the doors."""
    return cast("DoorBoard", app.extensions["door_board"]).report(region)


@bp.post("/api/taps")
def tap() -> ResponseReturnValue:
    """Take down what somebody found at a door, and answer what is known of it now."""
    if not request.is_json:  # a form can be sent from any site in the world, JSON only from our own pages
        raise InputError("error.body")
    region, moment = current_region(), datetime.now(UTC)
    given = parse_tap(parameters_of(request), region.profile, moment=moment)
    record_tap(given, client=request.remote_addr or "", moment=moment, region=region, office=current_office())
    board = cast("DoorBoard", current_app.extensions["door_board"])
    board.look(region)
    response = jsonify(station_id=given.station_id, taps=tap_properties(board.report(region), given.station_id))
    response.headers["Cache-Control"] = "no-store"
    return response
