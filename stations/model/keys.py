"""The keys of kinds, services, needs, entry methods and travel modes, and what answers which need."""

from __future__ import annotations

from enum import StrEnum


class TravelMode(StrEnum):
    """How a rider travels; speeds and access rules stand in the region's profile."""

    WALK = "walk"
    EBIKE = "ebike"
    CAR = "car"


class Datum(StrEnum):
    """Which earth coordinates were written in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class StationKind(StrEnum):
    """Who hosts a station; `PUBLIC_PLACE` is not one of ours."""

    HUB = "hub"
    PARTY_CENTRE = "party_centre"
    COURIER_OUTLET = "courier_outlet"
    PROPERTY_OFFICE = "property_office"
    DRIVER_HOME = "driver_home"
    UNION_POST = "union_post"
    HAILING_POST = "hailing_post"
    EDUCATION_BASE = "education_base"
    PUBLIC_PLACE = "public_place"


class EntryMethod(StrEnum):
    """How a rider gets in."""

    WALK_IN = "walk_in"
    STAFFED = "staffed"
    RING = "ring"
    DOOR_CODE = "door_code"
    SCAN = "scan"
    FACE = "face"
    APP_SIGNUP = "app_signup"
    UNKNOWN = "unknown"


class ClosureReason(StrEnum):
    """Why a station that stays in the list is no longer offered to riders."""

    DUPLICATE = "duplicate"
    NEVER_EXISTED = "never_existed"
    CLOSED_FOR_GOOD = "closed_for_good"
    CLOSED_FOR_NOW = "closed_for_now"
    MERGED = "merged"


class Role(StrEnum):
    """What an account may do; each may also do what those before it may."""

    VIEWER = "viewer"
    STEWARD = "steward"
    ADMIN = "admin"

    def covers(self, other: Role) -> bool:
        """Whether this role may do what `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


NO_REGISTRATION = frozenset({EntryMethod.WALK_IN, EntryMethod.STAFFED, EntryMethod.RING, EntryMethod.DOOR_CODE})


class ServiceKey(StrEnum):
    """What a station can offer."""

    MEAL = "meal"
    MEAL_HEATING = "meal_heating"
    WATER = "water"
    REST = "rest"
    BED = "bed"
    AIRCON = "aircon"
    TOILET = "toilet"
    SHOWER = "shower"
    LAUNDRY = "laundry"
    CHARGING = "charging"
    BATTERY_SWAP = "battery_swap"
    EBIKE_CHARGING = "ebike_charging"
    EBIKE_PARKING = "ebike_parking"
    TRUCK_PARKING = "truck_parking"
    REPAIR = "repair"
    FIRST_AID = "first_aid"
    AED = "aed"
    WIFI = "wifi"
    NURSING_ROOM = "nursing_room"
    WOMEN_ROOM = "women_room"
    PARCEL = "parcel"
    HELP = "help"
    LEGAL = "legal"
    TRAINING = "training"
    PARTY_CHECKIN = "party_checkin"


class Need(StrEnum):
    """What a rider says; in the order in which the buttons stand."""

    HUNGRY = "hungry"
    TIRED = "tired"
    THIRSTY = "thirsty"
    TOILET = "toilet"
    PHONE = "phone"
    EBIKE = "ebike"
    HURT = "hurt"
    WEATHER = "weather"
    TROUBLE = "trouble"
    TRUCK = "truck"


ANSWERS: dict[Need, frozenset[ServiceKey]] = {
    Need.HUNGRY: frozenset({ServiceKey.MEAL, ServiceKey.MEAL_HEATING}),
    Need.TIRED: frozenset({ServiceKey.REST, ServiceKey.BED}),
    Need.THIRSTY: frozenset({ServiceKey.WATER}),
    Need.TOILET: frozenset({ServiceKey.TOILET}),
    Need.PHONE: frozenset({ServiceKey.CHARGING}),
    Need.EBIKE: frozenset({ServiceKey.BATTERY_SWAP, ServiceKey.EBIKE_CHARGING}),
    Need.HURT: frozenset({ServiceKey.FIRST_AID, ServiceKey.AED}),
    Need.WEATHER: frozenset({ServiceKey.AIRCON}),
    Need.TROUBLE: frozenset({ServiceKey.HELP, ServiceKey.LEGAL}),
    Need.TRUCK: frozenset({ServiceKey.TRUCK_PARKING}),
}


class ArrivalState(StrEnum):
    """Whether the door opens for somebody who arrives at a given moment."""

    OPEN = "open"
    OPENS_LATER = "opens_later"
    CLOSES_BEFORE_ARRIVAL = "closes_before_arrival"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class TravelReason(StrEnum):
    """Why a travel time is unknown."""

    OFF_NETWORK = "off_network"
    BEYOND_LIMIT = "beyond_limit"
    NO_WAY = "no_way"
