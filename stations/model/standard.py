"""The travel modes a region starts with; its `region.toml` then holds them, to be changed there."""

from __future__ import annotations

from stations.model.keys import TravelMode
from stations.model.region import ModeProfile

STANDARD_MODES = {
    # Routing engines' walking speeds run from 3.6 to 5.1 km/h.
    TravelMode.WALK: ModeProfile(TravelMode.WALK, speed_kmh=4.5),
    # Door to door, an assumption nowhere measured; GB 17761-2024 caps the machine at 25 km/h.
    TravelMode.EBIKE: ModeProfile(TravelMode.EBIKE, speed_kmh=15.0, parking_s=60),
    TravelMode.CAR: ModeProfile(
        TravelMode.CAR,
        speed_kmh=30.0,
        parking_s=120,
        traffic_factor=0.75,
        class_speeds_kmh={
            "motorway": 100.0,
            "motorway_link": 50.0,
            "trunk": 80.0,
            "trunk_link": 40.0,
            "primary": 60.0,
            "primary_link": 40.0,
            "secondary": 50.0,
            "secondary_link": 40.0,
            "tertiary": 40.0,
            "unclassified": 40.0,
            "residential": 30.0,
            "living_street": 15.0,
            "service": 15.0,
            "track": 15.0,
        },
    ),
}
