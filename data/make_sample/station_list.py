"""Writes the stations: what each offers, its hours, its way in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import cycle
from random import Random

from data.make_sample.plane import dice, to_degrees
from data.make_sample.station_sites import Site
from data.make_sample.station_words import (
    BIG_KINDS,
    COUNTS,
    ENTRIES,
    HOURS,
    KIND_HOURS,
    KIND_NAMES,
    NEVER_VERIFIED,
    SERVICES,
    UNKNOWN_HOURS,
    UNKNOWN_HOURS_TEXTS,
    WEEKDAY_HOURS,
)

COLUMNS = (
    "station_id", "name", "kind", "lon", "lat", "source_datum", "source_lon", "source_lat", "township", "address",
    "services", "hours", "hours_text", "follows_workdays", "entry", "entrance_lon", "entrance_lat", "entrance_s",
    "entrance_hours", "ebike_parking", "phone", "verified_on", "source",
)  # fmt: skip
FIRST_VERIFIED = date(2026, 5, 4)
VERIFIED_DAYS = 178


def list_stations(sites: Sequence[Site]) -> list[dict[str, str]]:
    """Return the rows of `stations.csv`, coordinates in WGS 84 with six decimals; empty is unknown."""
    random = dice("station list")
    askable = [i for i, site in enumerate(sites) if site.kind not in BIG_KINDS and not site.gate_hours]
    no_hours = dict(zip(sorted(random.sample(askable, UNKNOWN_HOURS)), cycle(UNKNOWN_HOURS_TEXTS), strict=False))
    never = set(random.sample(range(len(sites)), NEVER_VERIFIED))
    hours = {kind: _deal(weights, random) for kind, weights in KIND_HOURS.items()}
    entries = {kind: _deal(weights, random) for kind, weights in ENTRIES.items()}
    rows = []
    for i, site in enumerate(sites):
        key = "always" if site.gate_hours else next(hours[site.kind])
        row = _row(site, i + 1, random, entry=next(entries[site.kind]), verified=i not in never)
        unknown = {"hours_text": no_hours.get(i, "")}
        rows.append(row | (unknown if i in no_hours else _hours(key, random)) | _entrance(site))
    return rows


def _row(site: Site, number: int, random: Random, *, entry: str, verified: bool) -> dict[str, str]:
    lon, lat = (f"{degrees:.6f}" for degrees in to_degrees(site.door, 6))
    services = _services(site.kind, random)
    row = dict.fromkeys(COLUMNS, "")
    return row | {
        "station_id": f"yz{number:03d}",
        "name": f"示例站 {number:03d} · {KIND_NAMES[site.kind]}",
        "kind": site.kind,
        "lon": lon,
        "lat": lat,
        "source_datum": "wgs84",
        "source_lon": lon,
        "source_lat": lat,
        "township": site.township,
        "address": f"{site.township}{site.near}附近（示例地址）",
        "services": services,
        "entry": entry,
        "ebike_parking": "yes" if "ebike_parking" in services else random.choice(("yes", "no", "no", "")),
        "verified_on": _verified_on(random) if verified else "",
        "source": "sample",
    }


def _services(kind: str, random: Random) -> str:
    """Return e.g. ``meal_heating:2;rest:12;water``: a number where the thing can be counted."""
    offered = []
    for service, share in SERVICES[kind].items():
        if random.random() >= share:
            continue
        low, high = COUNTS.get(service, (0, 0))
        count = random.randint(low, high * (2 if kind in BIG_KINDS and service != "truck_parking" else 1))
        uncounted = service not in COUNTS or random.random() < 0.06
        offered.append(service if uncounted else f"{service}:{count}")
    return ";".join(offered)


def _hours(key: str, random: Random) -> dict[str, str]:
    expression, words = HOURS[key]
    if key == "always":
        follows = "no"
    elif key in WEEKDAY_HOURS:
        follows = random.choice(("yes", "yes", "yes", "yes", "no", ""))
    else:
        follows = random.choice(("no", "no", ""))
    return {"hours": expression, "hours_text": words, "follows_workdays": follows}


def _entrance(site: Site) -> dict[str, str]:
    if site.gate is None:
        return {}
    lon, lat = to_degrees(site.gate, 6)
    return {
        "entrance_lon": f"{lon:.6f}",
        "entrance_lat": f"{lat:.6f}",
        "entrance_s": "" if site.walk_s is None else str(site.walk_s),
        "entrance_hours": site.gate_hours,
    }


def _deal(weights: Mapping[str, int], random: Random) -> Iterator[str]:
    """Deal shuffled cards, as many of each as its weight, over and over: even the rare ones come up."""
    cards = [key for key, weight in weights.items() for _ in range(weight)]
    random.shuffle(cards)
    return cycle(cards)


def _verified_on(random: Random) -> str:
    return (FIRST_VERIFIED + timedelta(days=random.randrange(VERIFIED_DAYS))).isoformat()
