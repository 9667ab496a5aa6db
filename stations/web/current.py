"""What belongs to the request at hand: its region."""

from __future__ import annotations

from typing import cast

from flask import current_app, g

from stations.services.region import LiveRegion, Region


def current_region() -> Region:
    """Return the region to answer this request from, the same one however often it is asked for."""
    if "region" not in g:
        g.region = cast("LiveRegion", current_app.extensions["live_region"]).current()
    return cast("Region", g.region)
