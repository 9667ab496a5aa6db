"""What could be done, in words."""

from __future__ import annotations

from collections.abc import Sequence

from stations.hours.wording import describe_hours
from stations.model.siting import NAMED_HOURS, OptionKind, SitingOption
from stations.texts import say


def say_option(option: SitingOption, lang: str) -> str:
    """Return what is to be done at the place of an option, in words of `lang`."""
    return say_change(option.kinds, hours=option.hours, services=option.services, lang=lang)


def say_change(kinds: Sequence[str], *, hours: str | None, services: Sequence[str], lang: str) -> str:
    """Return what is to be done, by the keys of `OptionKind` and of services, in words of `lang`."""
    listed = say(lang, "hours.and").join(say(lang, f"service.{key}") for key in services)
    words = {
        OptionKind.HOURS: lambda: say(lang, "siting.at_hours", hours=describe_hours(hours, lang)),
        OptionKind.SERVICES: lambda: say(lang, "siting.at_services", services=listed),
    }
    said = [words.get(OptionKind(kind), lambda kind=kind: say(lang, f"siting.kind_{kind}"))() for kind in kinds]
    return " · ".join(said)


def say_hours(hours: str, lang: str) -> str:
    """Return which hours of the week a query chooses (`SitingQuery.hours`), in words of `lang`."""
    return say(lang, f"siting.named_{hours}") if hours in NAMED_HOURS else describe_hours(hours, lang)
