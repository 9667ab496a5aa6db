from __future__ import annotations

import os
from datetime import date

import pytest
from sqlalchemy import create_engine, text

from stations.model.keys import Datum, EntryMethod, ServiceKey, StationKind
from stations.model.station import Station
from stations.store.database import open_database

POSTGRES_URL = os.environ.get("STATIONS_TEST_POSTGRES_URL", "")


@pytest.fixture(params=["sqlite", *(["postgres"] if POSTGRES_URL else [])])
def database_url(request, tmp_path):
    """A database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'stations.sqlite'}"
    engine = create_engine(POSTGRES_URL)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return POSTGRES_URL


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def plain():
    """A station of which only what must be known is known."""

    def make(station_id="s1", **changes):
        facts = {
            "name": "示例站 001",
            "kind": StationKind.HUB,
            "lon": 116.8235,
            "lat": 35.5567,
            "source_lon": 116.8235,
            "source_lat": 35.5567,
            "source_datum": Datum.WGS84,
        }
        return Station(station_id, **{**facts, **changes})

    return make


@pytest.fixture
def full():
    """A station of which everything is known."""
    return Station(
        station_id="s9",
        name="兖新苑 9",
        kind=StationKind.DRIVER_HOME,
        lon=116.1 + 0.2,
        lat=35.5567000000001,
        source_lon=116.30499,
        source_lat=35.55640,
        source_datum=Datum.GCJ02,
        township="鼓楼街道",
        address="文化路 1 号",
        services={ServiceKey.REST: 12, ServiceKey.WATER: None, ServiceKey.BED: 0},
        hours="Mo-Fr 08:00-18:00",
        hours_text="工作日",
        follows_workdays=False,
        entry=EntryMethod.DOOR_CODE,
        entrance_lon=116.301,
        entrance_lat=35.557,
        entrance_s=40,
        entrance_hours="24/7",
        ebike_parking=True,
        phone="+86 537 0000000",
        verified_on=date(2026, 3, 15),
        source="north.csv row 9",
        notes="fee: no",
    )
