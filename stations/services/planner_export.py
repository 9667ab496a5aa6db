"""Every table and layer of the planner as a file, each with its method sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from stations.errors import UnknownThingError
from stations.loaders.layer_writing import LayerFile
from stations.model.coverage import CoverageShare, WeekRow
from stations.model.keys import Need
from stations.model.queries import CoverageQuery
from stations.services.coverage import compare_placed_and_usable, stations_that_count
from stations.services.gap_places import rank_gaps
from stations.services.geojson import rounded
from stations.services.layer_files import layer_file
from stations.services.layers import (
    Cell,
    Layer,
    as_columns,
    catchment_layer,
    demand_layer,
    gap_layer,
    station_layer,
)
from stations.services.method_sheet import describe_method
from stations.services.region import Region
from stations.services.remedies import rank_remedies
from stations.services.resilience import measure_resilience
from stations.services.week import ALL_ROWS, WeekKey, measure_week
from stations.texts import say

COVERAGE_COLUMNS = (
    "area_id", "area", "weight", "covered", "gap", "unknown", "off_network", "covered_share", "gap_share",
    "unknown_share", "placed_share", "slower_share", "faster_share", "median_min", "p90_min", "within_5_share",
    "within_10_share", "within_15_share", "beyond_table",
)  # fmt: skip
DIFFERENCE_COLUMNS = ("station_id", "name", "kind", "township", "reason", "weight", "weight_alone")
REMEDY_COLUMNS = ("station_id", "name", "kind", "township", "remedy", "weight", "gaps")
WEEK_COLUMNS = ("row_id", "key", "day", "hour", "covered_share", "unknown_share")
LOSS_COLUMNS = ("station_id", "name", "kind", "township", "weight_lost", "covered_twice_share")
SHARE_DIGITS = 6
"""Enough that a share told to a tenth of a percent is the same from a file and on the page."""


def planner_file(name: str, query: CoverageQuery, region: Region, *, made_at: datetime, lang: str = "zh") -> LayerFile:
    """Return what is to be written of a table or layer of the planner.

    Parameters
    ----------
    name
        One of `EXPORTS`.
    made_at
        The moment at hand, which the method tells; the week is the one that holds the hour of the query, else it.

    Raises
    ------
    UnknownThingError
        There is no such table or layer of demand.
    InputError
        The cutoff goes beyond what the table holds.
    """
    if name not in EXPORTS:
        raise UnknownThingError("export.name_unknown", value=name[:40], allowed=", ".join((*EXPORTS, "siting")))
    layer = EXPORTS[name](query, region, made_at, lang)
    method = describe_method(query, region, made_at=made_at, lang=lang, any_hour=name == "week")
    return layer_file(layer, method, lang=lang)


def export_name(name: str, query: CoverageQuery, region: Region) -> str:
    """Return the name of the file, without its ending."""
    when = f"-{query.when:%Y%m%d-%H%M}" if query.when else ""
    sample = "-sample" if region.profile.sample else ""
    return f"{region.profile.region_id}-{name}-{query.mode}-{query.minutes:g}min{when}{sample}"


def in_week(query: CoverageQuery, day: date, region: Region) -> CoverageQuery:
    """Return the question at noon of a day, by which `planner_file` knows the week."""
    return replace(query, when=datetime.combine(day, time(12), ZoneInfo(region.profile.time_zone)))


def coverage_table(query: CoverageQuery, region: Region, made_at: datetime, lang: str) -> Layer:
    """Return the coverage of the whole (at other speeds too) and by township, beside what would be on paper."""
    compared = compare_placed_and_usable(query, region)
    placed, usable = compared.placed, compared.usable
    speeds = (usable.speeds.slower, usable.speeds.faster) if usable.speeds else (None, None)
    rows = [_share_row("region", region.profile.names[lang], usable.whole, placed.whole, speeds)]
    for one, on_paper in zip(usable.townships, placed.townships, strict=True):
        rows.append(_share_row(f"township {one.area}", one.area or "", one, on_paper, (None, None)))
    return _table("coverage", "area_id", COVERAGE_COLUMNS, rows)


def difference_layer(query: CoverageQuery, region: Region, made_at: datetime, lang: str) -> Layer:
    """Return the stations that count on paper and not in use, with why, and the demand that is lost by it."""
    found = compare_placed_and_usable(query, region).stations
    rows = [(one.why, one.weight, one.weight_alone) for one in found]
    return _station_rows("differences", DIFFERENCE_COLUMNS, [one.station_id for one in found], rows, region)


def remedy_layer(query: CoverageQuery, region: Region, made_at: datetime, lang: str) -> Layer:
    """Return what would help at stations that are there, most for its effort first, with all it newly covers."""
    found = rank_remedies(query, region, rank_gaps(query, region))
    rows = [("+".join(one.remedy.changes) or one.remedy.key, one.remedy.weight, one.places) for one in found]
    return _station_rows("remedies", REMEDY_COLUMNS, [one.remedy.station_id or "" for one in found], rows, region)


def counted_layer(query: CoverageQuery, region: Region, made_at: datetime, lang: str) -> Layer:
    """Return the stations that count, and those of which it is not known, see its column `counts`."""
    sure, perhaps = stations_that_count(query, region)
    chosen = np.flatnonzero(sure | perhaps).tolist()
    listed = station_layer(region)
    columns: dict[str, Sequence[Cell]] = {key: [cells[n] for n in chosen] for key, cells in listed.columns.items()}
    columns["counts"] = ["yes" if sure[number] else "unknown" for number in chosen]
    return Layer("stations", listed.key, columns, listed.geometry[chosen])


def week_table(query: CoverageQuery, region: Region, made_at: datetime, lang: str) -> Layer:
    """Return the share covered at each of the 168 hours of a week, for what is asked, else every need and service."""
    asked: tuple[WeekKey, ...] = (*query.needs, *query.services)
    answer = measure_week(query, region, week=(query.when or made_at).date(), rows=asked or ALL_ROWS)
    rows = [cells for row in answer.rows for cells in _week_rows(row, answer.monday, lang)]
    return _table("week", "row_id", WEEK_COLUMNS, rows)


def resilience_layer(query: CoverageQuery, region: Region, made_at: datetime, lang: str) -> Layer:
    """Return what the loss of each station that counts would cost, heaviest first; 0 where nobody would miss it."""
    answer = measure_resilience(query, region)
    lost = {one.station_id: one.weight_lost for one in answer.losses} | dict.fromkeys(answer.missed_by_nobody, 0.0)
    share = rounded(answer.covered_twice_share, SHARE_DIGITS)
    return _station_rows("resilience", LOSS_COLUMNS, list(lost), [(lost[key], share) for key in lost], region)


def _catchments(query: CoverageQuery, region: Region, made_at: datetime, lang: str) -> Layer:
    sure, _ = stations_that_count(query, region)
    return catchment_layer(query, region, np.flatnonzero(sure).tolist())


EXPORTS: Mapping[str, Callable[[CoverageQuery, Region, datetime, str], Layer]] = {
    "coverage": coverage_table,
    "demand": lambda query, region, *_: demand_layer(query, region),
    "gaps": lambda query, region, *_: gap_layer(query, region),
    "stations": counted_layer,
    "catchments": _catchments,
    "week": week_table,
    "resilience": resilience_layer,
    "differences": difference_layer,
    "remedies": remedy_layer,
}


def _share_row(
    area_id: str,
    area: str,
    share: CoverageShare,
    placed: CoverageShare,
    speeds: tuple[CoverageShare | None, CoverageShare | None],
) -> tuple[Cell, ...]:
    others = (one.covered_share if one else None for one in (placed, *speeds))
    shares = (share.covered_share, share.gap_share, share.unknown_share, *others)
    within = (share.share_within.get(minutes) for minutes in (5, 10, 15))
    return (
        area_id, area, share.weight, share.covered, share.gap, share.unknown, share.off_network,
        *(rounded(one, SHARE_DIGITS) for one in shares), rounded(share.median_min), rounded(share.p90_min),
        *(rounded(one, SHARE_DIGITS) for one in within), share.beyond_table,
    )  # fmt: skip


def _week_rows(row: WeekRow, monday: date, lang: str) -> list[tuple[Cell, ...]]:
    kind = "need" if isinstance(row.key, Need) else "service"
    name = say(lang, f"{kind}.{row.key}") if row.key else say(lang, "export.any_station")
    return [
        (
            f"{row.key or 'any'} {hour:03}", name, (monday + timedelta(days=hour // 24)).isoformat(), hour % 24,
            rounded(share, SHARE_DIGITS), None if share is None else rounded(row.unknown[hour], SHARE_DIGITS),
        )
        for hour, share in enumerate(row.shares)
    ]  # fmt: skip


def _station_rows(
    name: str, columns: Sequence[str], ids: Sequence[str], rows: Sequence[Sequence[Cell]], region: Region
) -> Layer:
    """Return a layer of stations at their doors: its first four columns tell which, `rows` hold the others."""
    stations = [region.station(station_id) for station_id in ids]
    told = [
        (one.station_id, one.name, str(one.kind), one.township, *row) for one, row in zip(stations, rows, strict=True)
    ]
    places = np.array([shapely.Point(one.lon, one.lat) for one in stations], dtype=object)
    return Layer(name, "station_id", as_columns(columns, told), places)


def _table(name: str, key: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Layer:
    return Layer(name, key, as_columns(columns, rows), np.full(len(rows), None, dtype=object))
