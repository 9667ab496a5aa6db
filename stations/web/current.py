"""What belongs to the request at hand: its region, and its moment."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app, g

from stations.model.region import RegionProfile
from stations.services.region import LiveRegion, Region


def current_region() -> Region:
    """Return the region to answer this request from, the same one however often it is asked for."""
    if "region" not in g:
        g.region = cast("LiveRegion", current_app.extensions["live_region"]).current()
    return cast("Region", g.region)


def local_now(profile: RegionProfile) -> datetime:
    """Return the second at hand on the clock of a region."""
    return datetime.now(ZoneInfo(profile.time_zone)).replace(microsecond=0)
