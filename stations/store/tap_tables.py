"""The tables of what riders tap at doors: the taps, the salts of their tokens, and how much each client sent."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, Table, Text

from stations.store.office_tables import UtcMoment
from stations.store.tables import METADATA

TAP = Table(
    "tap",
    METADATA,
    Column("region_id", Text, primary_key=True),
    Column("tap_id", Text, primary_key=True),
    Column("station_id", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", UtcMoment, nullable=False),
    # Tells two devices apart at one station on one day; of whom it is cannot be told once the salt is gone.
    Column("token", LargeBinary, nullable=False),
    Column("counts", Boolean, nullable=False),  # false where a later tap of the same device stands for it
    Index("ix_tap_region_id", "region_id", "at"),
    Index("ix_tap_station_id", "region_id", "station_id", "at"),
)

TAP_SALT = Table(
    "tap_salt",
    METADATA,
    Column("region_id", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
)

TAP_COUNT = Table(
    "tap_count",
    METADATA,
    Column("region_id", Text, primary_key=True),
    Column("client", LargeBinary, primary_key=True),
    Column("hour", UtcMoment, primary_key=True),
    Column("taps", Integer, nullable=False),
)
