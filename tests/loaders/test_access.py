from __future__ import annotations

import math

import pytest

from stations.geo.raw_roads import Permission
from stations.loaders.access import MODES, access_rules, barrier_stops, maxspeed_kmh, way_access
from stations.model.keys import TravelMode

WALK, EBIKE, CAR = TravelMode


def directions(**tags) -> str:
    """Say for walk, e-bike, car: ``=`` both ways, ``>`` along, ``<`` against, ``-`` closed; ``p`` where pushed."""
    access = way_access({key.replace("__", ":"): value for key, value in tags.items()}, rules=access_rules())
    signs = {(True, True): "=", (True, False): ">", (False, True): "<", (False, False): "-"}
    words = []
    for along, against in zip(access.forward, access.backward, strict=True):
        pushed = "p" if Permission.PUSH in (along, against) else ""
        words.append(pushed + signs[bool(along), bool(against)])
    return " ".join(words)


def test_the_modes_stand_in_the_order_of_the_tables_below():
    assert MODES == (WALK, EBIKE, CAR)


@pytest.mark.parametrize(
    ("road_class", "expected"),
    [
        ("residential", "= = ="),
        ("motorway", "- - >"),
        ("motorway_link", "- - ="),
        ("trunk", "= = ="),
        ("footway", "= - -"),
        ("pedestrian", "= - -"),
        ("path", "= = -"),
        ("cycleway", "= = -"),
        ("track", "= = -"),
        ("steps", "= - -"),
        ("construction", "- - -"),
        ("proposed", "- - -"),
        ("nonsense", "- - -"),
    ],
)
def test_classes(road_class, expected):
    assert directions(highway=road_class) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        # the nearest key decides: foot before access, bicycle before vehicle before access, and so on
        ({"access": "no"}, "- - -"),
        ({"access": "no", "foot": "yes"}, "= - -"),
        ({"access": "private", "bicycle": "permissive"}, "- = -"),
        ({"vehicle": "no"}, "= - -"),
        ({"vehicle": "no", "motor_vehicle": "yes"}, "= - ="),
        ({"motor_vehicle": "no"}, "= = -"),
        ({"motor_vehicle": "no", "motorcar": "yes"}, "= = ="),
        ({"motorcar": "no"}, "= = -"),
        ({"bicycle": "no"}, "= - ="),
        ({"foot": "no"}, "- = ="),
        # values decided for riders
        ({"access": "destination"}, "= = ="),
        ({"access": "delivery"}, "= = ="),
        ({"access": "customers"}, "= = ="),
        ({"access": "residents"}, "- - -"),
        ({"access": "permit"}, "- - -"),
        ({"access": "military"}, "- - -"),
        ({"motor_vehicle": "agricultural"}, "= = -"),
        ({"motor_vehicle": "psv"}, "= = -"),
        ({"bicycle": "use_sidepath"}, "= - ="),
        ({"bicycle": "discouraged"}, "= = ="),
        ({"bicycle": "dismount"}, "= p= ="),
        ({"bicycle": "dismount", "foot": "no"}, "- - ="),
        ({"motorroad": "yes"}, "- - ="),
        ({"motorroad": "yes", "bicycle": "yes"}, "- = ="),
        ({"access": "who_knows"}, "= = ="),
    ],
)
def test_access_on_a_residential_street(tags, expected):
    assert directions(highway="residential", **tags) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "footway", "access": "yes"}, "= - -"),  # the general key closes, it does not open
        ({"highway": "footway", "bicycle": "yes"}, "= = -"),
        ({"highway": "footway", "bicycle": "dismount"}, "= p= -"),
        ({"highway": "pedestrian", "vehicle": "delivery"}, "= = ="),
        ({"highway": "track", "motor_vehicle": "yes"}, "= = ="),
        ({"highway": "steps", "bicycle": "yes"}, "= - -"),
        ({"highway": "construction", "foot": "yes"}, "- - -"),
        ({"highway": "busway", "bicycle": "yes"}, "- = -"),
    ],
)
def test_access_on_other_classes(tags, expected):
    assert directions(**tags) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"oneway": "yes"}, "= > >"),
        ({"oneway": "1"}, "= > >"),
        ({"oneway": "true"}, "= > >"),
        ({"oneway": "-1"}, "= < <"),
        ({"oneway": "no"}, "= = ="),
        ({"oneway": "reversible"}, "= = ="),
        ({"oneway": "yes", "oneway__bicycle": "no"}, "= = >"),
        ({"oneway__bicycle": "yes"}, "= > ="),
        ({"oneway": "yes", "cycleway": "opposite"}, "= = >"),
        ({"oneway": "yes", "cycleway__left": "opposite_lane"}, "= = >"),
        ({"oneway": "yes", "cycleway": "opposite", "oneway__bicycle": "yes"}, "= > >"),
        ({"oneway": "yes", "cycleway": "lane"}, "= > >"),
        ({"oneway__foot": "yes"}, "> = ="),
        ({"oneway": "yes", "oneway__foot": "-1"}, "< > >"),
        ({"oneway": "yes", "bicycle": "dismount"}, "= p= >"),
        ({"junction": "roundabout"}, "= > >"),
        ({"junction": "circular"}, "= > >"),
        ({"junction": "roundabout", "oneway": "no"}, "= = ="),
    ],
)
def test_one_way_rules(tags, expected):
    assert directions(highway="residential", **tags) == expected


@pytest.mark.parametrize(("road_class", "expected"), [("footway", ">"), ("steps", ">"), ("pedestrian", "=")])
def test_a_plain_oneway_is_meant_for_walkers_only_where_nobody_else_goes(road_class, expected):
    assert directions(highway=road_class, oneway="yes").split()[0] == expected


@pytest.mark.parametrize(
    ("tags", "stopped"),
    [
        ({"barrier": "bollard"}, {CAR}),
        ({"barrier": "block"}, {CAR}),
        ({"barrier": "cycle_barrier"}, {CAR}),
        ({"barrier": "bollard", "access": "yes"}, {CAR}),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, set()),
        ({"barrier": "bollard", "bicycle": "no"}, {EBIKE, CAR}),
        ({"barrier": "gate"}, set()),
        ({"barrier": "gate", "access": "private"}, {WALK, EBIKE, CAR}),
        ({"barrier": "gate", "access": "no", "foot": "yes"}, {EBIKE, CAR}),
        ({"barrier": "gate", "locked": "yes"}, {WALK, EBIKE, CAR}),
        ({"barrier": "gate", "locked": "yes", "bicycle": "yes"}, {WALK, CAR}),
        ({"barrier": "gate", "bicycle": "dismount"}, set()),
        ({"barrier": "lift_gate", "motor_vehicle": "private"}, {CAR}),
        ({"barrier": "kissing_gate"}, {EBIKE, CAR}),
        ({"barrier": "kerb"}, set()),
        ({"barrier": "wall"}, {WALK, EBIKE, CAR}),
        ({"barrier": "yes"}, {CAR}),
    ],
)
def test_barriers(tags, stopped):
    assert {
        mode for mode, stops in zip(MODES, barrier_stops(tags, rules=access_rules()), strict=True) if stops
    } == stopped


@pytest.mark.parametrize(
    ("text", "speed_kmh"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("30 mph", 48.28032),
        ("40;60", 40.0),
        ("", math.nan),
        ("CN:urban", math.nan),
        ("none", math.nan),
        ("0", math.nan),
    ],
)
def test_signed_limits(text, speed_kmh):
    assert maxspeed_kmh(text) == pytest.approx(speed_kmh, nan_ok=True)


def test_what_the_rules_do_not_know_is_told():
    access = way_access(
        {"highway": "footpath", "bicycle": "maybe", "access:conditional": "no @ wet"}, rules=access_rules()
    )

    assert set(access.unknown) == {"highway=footpath", "bicycle=maybe"}
    assert access.conditional


def test_every_class_a_mode_uses_is_a_road():
    rules = access_rules()
    for mode in rules.modes.values():
        assert mode.classes | mode.never <= rules.road_classes
    assert set(rules.lines.classes.values()) <= rules.road_classes | rules.not_roads
    assert not rules.road_classes & rules.not_roads
