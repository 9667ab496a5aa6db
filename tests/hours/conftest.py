"""A hand-typed calendar, and makers of stations and profiles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from stations.hours.calendar import WorkCalendar
from stations.hours.timetable import Timetable
from stations.model.keys import Datum, StationKind
from stations.model.region import RegionProfile
from stations.model.station import Station

# Typed from the three notices (国办发明电〔2023〕7号, 〔2024〕12号, 〔2025〕7号): first and last day off, make-up days.
NOTICES = """
2024-01-01 2024-01-01
2024-02-10 2024-02-17 2024-02-04 2024-02-18
2024-04-04 2024-04-06 2024-04-07
2024-05-01 2024-05-05 2024-04-28 2024-05-11
2024-06-10 2024-06-10
2024-09-15 2024-09-17 2024-09-14
2024-10-01 2024-10-07 2024-09-29 2024-10-12
2025-01-01 2025-01-01
2025-01-28 2025-02-04 2025-01-26 2025-02-08
2025-04-04 2025-04-06
2025-05-01 2025-05-05 2025-04-27
2025-05-31 2025-06-02
2025-10-01 2025-10-08 2025-09-28 2025-10-11
2026-01-01 2026-01-03 2026-01-04
2026-02-15 2026-02-23 2026-02-14 2026-02-28
2026-04-04 2026-04-06
2026-05-01 2026-05-05 2026-05-09
2026-06-19 2026-06-21
2026-09-25 2026-09-27
2026-10-01 2026-10-07 2026-09-20 2026-10-10
"""

TimetableMaker = Callable[..., Timetable]


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    off: set[date] = set()
    makeup: set[date] = set()
    for line in NOTICES.split("\n"):
        days = [date.fromisoformat(text) for text in line.split()]
        if days:
            off |= {days[0] + timedelta(days=n) for n in range((days[1] - days[0]).days + 1)}
            makeup |= set(days[2:])
    return WorkCalendar(frozenset(off), frozenset(makeup), frozenset({2024, 2025, 2026}))


@pytest.fixture(scope="session")
def timetable_of(calendar: WorkCalendar) -> TimetableMaker:
    """Make a timetable of stations given as (hours, entrance_hours, follows_workdays), in Yanzhou or Helsinki."""

    def make(*terms: tuple[str | None, str | None, bool | None], country: str = "CN", **changes: object) -> Timetable:
        stations = [
            Station(
                station_id=f"s{number}",
                name=f"示例站 {number:03}",
                kind=StationKind.HUB,
                lon=116.82,
                lat=35.56,
                source_lon=116.82,
                source_lat=35.56,
                source_datum=Datum.WGS84,
                hours=hours,
                entrance_hours=gate,
                follows_workdays=follows,
            )
            for number, (hours, gate, follows) in enumerate(terms)
        ]
        chinese = country == "CN"
        profile = RegionProfile(
            region_id="test",
            folder=Path(),
            names={"zh": "试", "en": "test"},
            time_zone="Asia/Shanghai" if chinese else "Europe/Helsinki",
            bounds=(116.6, 35.4, 117.0, 35.8) if chinese else (24.8, 60.1, 25.0, 60.3),
            modes={},
            country=country,
            **changes,  # type: ignore[arg-type]
        )
        return Timetable(stations, profile=profile, calendar=calendar if chinese else None)

    return make
