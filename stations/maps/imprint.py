"""The small print at the foot of every sheet: how old, until when, from where, how fast, and for what it may serve."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from stations.model.region import RegionProfile
from stations.texts import say

VALID_MONTHS = 6
"""How long a print may hang after the day of its data, where the region does not say."""
_BLANK = "＿＿＿＿＿＿"


@dataclass(frozen=True, slots=True)
class Imprint:
    """Facts about a print. `version` is that of the program and of the list; `printed_on` is in the region's time."""

    profile: RegionProfile
    printed_on: date
    version: str

    @property
    def valid_until(self) -> str:
        """The ISO day until which the print may hang: the region's own, or half a year after the day of its data."""
        try:
            begun = date.fromisoformat(self.profile.dates.get("stations", ""))
        except ValueError:
            begun = self.printed_on
        year, month = divmod(begun.year * 12 + begun.month - 1 + VALID_MONTHS, 12)
        last = date(year, month + 1, min(begun.day, monthrange(year, month + 1)[1]))
        return self.profile.prints.get("valid_until") or last.isoformat()

    @property
    def brand(self) -> Mapping[str, str]:
        """What the region's stations are called, by language."""
        return {lang: say(lang, "print.brand", region=name) for lang, name in self.profile.names.items()}


def imprint_words(imprint: Imprint, lang: str, *, with_map: bool = True) -> str:
    """Return the small print in one run of sentences; speeds, roads and the map's numbers stand `with_map` alone."""
    profile = imprint.profile
    parts = []
    if "stations" in profile.dates:
        parts.append(say(lang, "print.data_date", date=profile.dates["stations"]))
    parts.append(say(lang, "print.printed", date=imprint.printed_on, until=imprint.valid_until))
    if with_map:
        parts.append(say(lang, "print.speeds", speeds=speed_words(profile, lang)))
    source = profile.sources.get("roads" if with_map else "stations", {}).get(lang)
    if source:
        parts.append(say(lang, "print.roads" if with_map else "print.source", source=source))
    parts.append(say(lang, "print.version", version=imprint.version))
    if with_map:
        slots = {name: profile.prints.get(name) or _BLANK for name in ("review_number", "issuer")}
        parts.append(say(lang, "sheet.official", review=slots["review_number"], issuer=slots["issuer"]))
    return " · ".join(parts)


def speed_words(profile: RegionProfile, lang: str) -> str:
    """Return how fast one is taken to be on foot and by e-bike, and whether that was measured."""
    return say(lang, "hours.and").join(
        say(lang, "print.speed", mode=say(lang, f"mode.{mode}"), speed=f"{one.speed_kmh:g}")
        + say(lang, "print.measured" if one.measured else "print.not_measured")
        for mode, one in profile.modes.items()
        if not one.by_road
    )
