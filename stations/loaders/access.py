"""Which travel mode may go where: the rules of ``access.toml``, applied to the tags of a way or a node."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stations.geo.raw_roads import Permission
from stations.model.keys import TravelMode

RULES_FILE = Path(__file__).parent / "access.toml"
"""The rules as data, with what was decided written beside them."""

MODES = tuple(TravelMode)
"""The order of the modes in every tuple of this module."""

Permissions = tuple[Permission, ...]
"""One permission per mode, in the order of `MODES`."""

_KM_PER_MILE = 1.609344
_SPEED = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?")


@dataclass(frozen=True, slots=True)
class ModeRules:
    """One ``[modes.*]`` table; `access.toml` tells what the rows mean."""

    keys: tuple[str, ...]
    classes: frozenset[str]
    never: frozenset[str]
    closed_by: Mapping[str, frozenset[str]]
    oneway_keys: tuple[str, ...]
    oneway_own_classes: frozenset[str]
    contraflow_keys: tuple[str, ...]
    contraflow_values: frozenset[str]


@dataclass(frozen=True, slots=True)
class LineRules:
    """How line layers that were not made from OSM are read: column synonyms, class names, one-way values."""

    columns: Mapping[str, tuple[str, ...]]
    classes: Mapping[str, str]
    oneway: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AccessRules:
    """The whole of ``access.toml``.

    `keys` are all keys of a way that the rules read: road class, limit, access and one-way keys, conditional or not.
    """

    keys: frozenset[str]

    permission: Mapping[str, Permission]
    closing_keys: frozenset[str]
    road_classes: frozenset[str]
    not_roads: frozenset[str]
    oneway: Mapping[str, int]
    oneway_implied_by: Mapping[str, frozenset[str]]
    modes: Mapping[TravelMode, ModeRules]
    barrier_stops: Mapping[str, frozenset[TravelMode]]
    barrier_unlisted_stops: frozenset[TravelMode]
    barrier_locked: frozenset[str]
    lines: LineRules


@dataclass(frozen=True, slots=True)
class WayAccess:
    """What the tags of one way allow.

    `forward` and `backward` are permissions along the way's nodes and against them, in the order of `MODES`.
    `maxspeed_kmh` is nan where no limit is signed. `conditional` tells that a restriction for some hours was
    ignored. `unknown` lists ``"key=value"`` that the rules do not know.
    """

    forward: Permissions
    backward: Permissions
    maxspeed_kmh: float
    conditional: bool
    unknown: tuple[str, ...]

    @property
    def usable(self) -> bool:
        """Whether any mode may use the way in any direction."""
        return any(self.forward) or any(self.backward)


@cache
def access_rules() -> AccessRules:
    """Return the rules of ``access.toml``, read once."""
    with RULES_FILE.open("rb") as file:
        table = tomllib.load(file)
    access, barriers = table["access"], table["barriers"]
    permission = dict.fromkeys(access["open"], Permission.RIDE)
    permission |= dict.fromkeys(access["closed"], Permission.CLOSED) | dict.fromkeys(access["push"], Permission.PUSH)
    signs = {"forward": 1, "backward": -1, "both": 0}
    modes = {mode: _mode_rules(table["modes"][mode.value]) for mode in MODES}
    implied_by = _sets(table["oneway"]["implied_by"])
    return AccessRules(
        keys=_keys_read(modes, implied_by),
        permission=permission,
        closing_keys=frozenset(access["closing_keys"]),
        road_classes=frozenset(table["roads"]["classes"]),
        not_roads=frozenset(table["roads"]["not_roads"]),
        oneway={value: sign for name, sign in signs.items() for value in table["oneway"][name]},
        oneway_implied_by=implied_by,
        modes=modes,
        barrier_stops={kind: _modes(stopped) for kind, stopped in barriers["stops"].items()},
        barrier_unlisted_stops=_modes(barriers["unlisted_stops"]),
        barrier_locked=frozenset(barriers["locked"]),
        lines=_line_rules(table["lines"]),
    )


def way_access(tags: Mapping[str, str], *, rules: AccessRules) -> WayAccess:
    """Judge a way by its OSM tags, as ``access.toml`` describes.

    Source: the OpenStreetMap wiki, Key:access, Key:oneway and the access restrictions page.
    """
    judged = [_permission(tags, rules=rules, mode=rules.modes[mode]) for mode in MODES]
    signs = [_direction(tags, rules=rules, mode=rules.modes[mode]) for mode in MODES]
    walk = MODES.index(TravelMode.WALK)
    forward, backward = [], []
    for permission, sign in zip(judged, signs, strict=True):
        pushing = permission is Permission.PUSH
        allowed = Permission(min(permission, judged[walk])) if pushing else permission
        direction = signs[walk] if pushing else sign
        forward.append(allowed if direction >= 0 else Permission.CLOSED)
        backward.append(allowed if direction <= 0 else Permission.CLOSED)
    return WayAccess(
        forward=tuple(forward),
        backward=tuple(backward),
        maxspeed_kmh=maxspeed_kmh(tags.get("maxspeed", "")),
        conditional=any(key.endswith(":conditional") for key in tags),
        unknown=_unknown_values(tags, rules=rules),
    )


def barrier_stops(tags: Mapping[str, str], *, rules: AccessRules) -> tuple[bool, ...]:
    """Tell for each mode, in the order of `MODES`, whether the barrier on a node stops it."""
    by_kind = rules.barrier_stops.get(tags["barrier"], rules.barrier_unlisted_stops)
    return tuple(_barrier_stops_mode(tags, mode, rules=rules, by_kind=mode in by_kind) for mode in MODES)


def maxspeed_kmh(text: str) -> float:
    """Read a signed limit in km/h; the lowest of several; nan where there is none in figures (``CN:urban``)."""
    found = []
    for part in text.lower().split(";"):
        match = _SPEED.fullmatch(part.strip())
        if match:
            speed_kmh = float(match[1]) * (_KM_PER_MILE if match[2] == "mph" else 1.0)
            found.append(speed_kmh)
    return min((speed for speed in found if speed > 0), default=math.nan)


def _permission(tags: Mapping[str, str], *, rules: AccessRules, mode: ModeRules) -> Permission:
    road_class = tags.get("highway")
    if road_class not in rules.road_classes or road_class in mode.never:
        return Permission.CLOSED
    for key in mode.keys:
        said = rules.permission.get(tags.get(key, ""))
        if said is None or (said and key in rules.closing_keys):
            continue
        return said
    if any(tags.get(key) in values for key, values in mode.closed_by.items()):
        return Permission.CLOSED
    return Permission.RIDE if road_class in mode.classes else Permission.CLOSED


def _direction(tags: Mapping[str, str], *, rules: AccessRules, mode: ModeRules) -> int:
    """Return 1 where the mode goes along the nodes only, -1 against them only, 0 both ways."""
    own = mode.oneway_own_classes
    keys = (*mode.oneway_keys, "oneway") if tags.get("highway") in own else mode.oneway_keys
    for key in keys:
        if key == "oneway" and any(tags.get(lane) in mode.contraflow_values for lane in mode.contraflow_keys):
            return 0
        sign = rules.oneway.get(tags.get(key, ""))
        if sign is not None:
            return sign
    if "oneway" not in mode.oneway_keys:
        return 0
    return int(any(tags.get(key) in values for key, values in rules.oneway_implied_by.items()))


def _barrier_stops_mode(tags: Mapping[str, str], mode: TravelMode, *, rules: AccessRules, by_kind: bool) -> bool:
    general = []
    for key in rules.modes[mode].keys:
        said = rules.permission.get(tags.get(key, ""))
        if said is None:
            continue
        if key not in rules.closing_keys:
            return said is Permission.CLOSED
        general.append(said)
    if tags.get("locked") in rules.barrier_locked or Permission.CLOSED in general:
        return True
    return by_kind


def _unknown_values(tags: Mapping[str, str], *, rules: AccessRules) -> tuple[str, ...]:
    known: dict[str, Container[str]] = {}
    for mode in rules.modes.values():
        known |= dict.fromkeys(mode.keys, rules.permission) | dict.fromkeys(mode.oneway_keys, rules.oneway)
    known["highway"] = rules.road_classes | rules.not_roads
    return tuple(f"{key}={tags[key]}" for key, values in known.items() if key in tags and tags[key] not in values)


def _keys_read(modes: Mapping[TravelMode, ModeRules], implied_by: Mapping[str, frozenset[str]]) -> frozenset[str]:
    keys = {"highway", "maxspeed", "oneway", *implied_by}
    for mode in modes.values():
        keys.update(mode.keys, mode.closed_by, mode.oneway_keys, mode.contraflow_keys)
    return frozenset(keys) | {f"{key}:conditional" for key in keys}


def _mode_rules(table: Mapping[str, object]) -> ModeRules:
    def words(name: str) -> tuple[str, ...]:
        value = table[name]
        return tuple(value) if isinstance(value, list) else ()

    closed_by = table["closed_by"]
    return ModeRules(
        keys=words("keys"),
        classes=frozenset(words("classes")),
        never=frozenset(words("never")),
        closed_by=_sets(closed_by) if isinstance(closed_by, dict) else {},
        oneway_keys=words("oneway_keys"),
        oneway_own_classes=frozenset(words("oneway_own_classes")),
        contraflow_keys=words("contraflow_keys"),
        contraflow_values=frozenset(words("contraflow_values")),
    )


def _line_rules(table: Mapping[str, Mapping[str, list[str]]]) -> LineRules:
    tag_value = {"forward": "yes", "backward": "-1", "both": "no"}
    return LineRules(
        columns={name: tuple(synonyms) for name, synonyms in table["columns"].items()},
        classes={word: str(road_class) for word, road_class in table["classes"].items()},
        oneway={value: tag_value[name] for name, values in table["oneway"].items() for value in values},
    )


def _modes(words: list[str]) -> frozenset[TravelMode]:
    return frozenset(TravelMode(word) for word in words)


def _sets(table: Mapping[str, list[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(values) for key, values in table.items()}
