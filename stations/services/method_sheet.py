"""How an answer on coverage was made, line by line: what goes with every export, so that it can be defended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from stations.loaders.layer_writing import MethodLine
from stations.model.coverage import CoverageShare, SpeedRange
from stations.model.queries import CoverageQuery
from stations.services.coverage import compare_placed_and_usable
from stations.services.region import Region
from stations.texts import say


def describe_method(
    query: CoverageQuery, region: Region, *, made_at: datetime, lang: str, any_hour: bool = False
) -> tuple[MethodLine, ...]:
    """Return the data and their dates, sources, mode and speed, cutoff, hour, limits, and what was unknown.

    Parameters
    ----------
    any_hour
        The answer does not depend on the hour of the query, for it tells all of a week, for what is asked or, where
        nothing is, for every need and service.

    Raises
    ------
    InputError
        The cutoff goes beyond what the table holds.
    UnknownThingError
        The region has no such layer of demand.
    """
    pairs = [*_origin(region, made_at, lang), *_question(query, region, lang, any_hour=any_hour)]
    pairs += _demand(query, region, lang)
    if not any_hour:
        pairs += _counted(query, region, lang)
    pairs += _limits(query, region, lang)
    return tuple(MethodLine(key, say(lang, f"export.{key}"), text) for key, text in pairs)


def _origin(region: Region, made_at: datetime, lang: str) -> Iterator[tuple[str, str]]:
    profile = region.profile
    yield "region", profile.names[lang]
    if profile.sample:
        yield "sample", say(lang, "export.sample_text")
    yield "made_at", f"{made_at:%Y-%m-%d %H:%M} ({profile.time_zone})"
    yield "generation", str(region.generation)
    for name in ("roads", "stations"):
        yield f"date_{name}", profile.dates.get(name) or say(lang, "export.not_said")
        yield f"source_{name}", profile.sources.get(name, {}).get(lang) or say(lang, "export.not_said")


def _question(query: CoverageQuery, region: Region, lang: str, *, any_hour: bool) -> Iterator[tuple[str, str]]:
    mode = region.profile.modes[query.mode]
    yield "mode", say(lang, f"mode.{query.mode}")
    speed = "speed_by_road" if mode.by_road else "speed_text"
    yield "speed", say(lang, f"export.{speed}", speed=f"{mode.speed_kmh:g}", factor=f"{mode.traffic_factor:g}")
    yield "parking", say(lang, "export.seconds", seconds=mode.parking_s)
    yield "measured", mode.measured or say(lang, "export.not_measured")
    yield "cutoff", say(lang, "export.cutoff_text", minutes=f"{query.minutes:g}")
    at_hour = f"{query.when:%Y-%m-%d %H:%M %z}" if query.when else say(lang, "export.hour_any")
    yield "hour", say(lang, "export.hour_week") if any_hour else at_hour
    asked = [say(lang, f"need.{one}") for one in query.needs]
    asked += [say(lang, f"service.{one}") for one in query.services]
    yield "asked", " · ".join(asked) or say(lang, "export.asked_each" if any_hour else "export.asked_any")
    yield "entry", say(lang, "export.entry_free" if query.no_registration else "export.entry_any")


def _demand(query: CoverageQuery, region: Region, lang: str) -> Iterator[tuple[str, str]]:
    if region.layers:
        layer, unsaid = region.layer(query.layer), say(lang, "export.not_said")
        yield "layer", layer.name
        yield "counts", layer.unit.get(lang) or unsaid
        yield "year", layer.year or unsaid
        yield "source_demand", layer.source.get(lang) or unsaid


def _counted(query: CoverageQuery, region: Region, lang: str) -> Iterator[tuple[str, str]]:
    compared = compare_placed_and_usable(query, region)
    answer, placed = compared.usable, compared.placed.whole
    whole = answer.whole
    yield "counted", str(answer.stations_counted)
    yield "counted_unknown", str(answer.stations_unknown)
    yield "placed", _part(placed, placed.covered)
    yield "covered", _part(whole, whole.covered)
    yield "gap", _part(whole, whole.gap)
    yield "unknown", _part(whole, whole.unknown)
    if answer.speeds:
        yield "speed_range", speed_words(answer.speeds, lang)
    by_station = whole.unknown - whole.off_network
    yield "unknown_why", say(lang, "export.unknown_text", off=f"{whole.off_network:,.0f}", station=f"{by_station:,.0f}")


def speed_words(speeds: SpeedRange, lang: str) -> str:
    """Return what coverage is at slower and faster speeds, or why that is not known, as a sentence."""
    if speeds.slower and speeds.faster:
        return say(
            lang,
            "coverage.range",
            slower=f"{speeds.slower_kmh:g}",
            faster=f"{speeds.faster_kmh:g}",
            low=_percent(speeds.slower.covered_share),
            high=_percent(speeds.faster.covered_share),
        )
    speed, cutoff = (
        (speeds.slower_kmh, speeds.slower_cutoff_min)
        if speeds.slower is None
        else (speeds.faster_kmh, speeds.faster_cutoff_min)
    )
    return say(lang, "coverage.range_beyond", speed=f"{speed:g}", cutoff=f"{cutoff:.1f}", limit=f"{speeds.limit_min:g}")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _part(whole: CoverageShare, weight: float) -> str:
    share = f" ({weight / whole.weight:.1%})" if whole.weight else ""
    return f"{weight:,.0f} / {whole.weight:,.0f}{share}"


def _limits(query: CoverageQuery, region: Region, lang: str) -> Iterator[tuple[str, str]]:
    limit_min = region.limit_ms(query.mode) / 60_000
    yield "limits", say(lang, "export.limits_text", limit=f"{limit_min:g}", snap=f"{region.profile.snap_limit_m:g}")
    yield "coordinates", say(lang, "export.coordinates_text")
