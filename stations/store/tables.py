"""The tables of the database, as they are at the newest migration."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

REGION = Table(
    "region",
    METADATA,
    Column("region_id", Text, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("seeded_at", DateTime(timezone=True)),
)

STATION = Table(
    "station",
    METADATA,
    Column("region_id", Text, ForeignKey("region.region_id"), primary_key=True),
    Column("station_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
    Column("source_lon", Double, nullable=False),
    Column("source_lat", Double, nullable=False),
    Column("source_datum", Text, nullable=False),
    Column("township", Text),
    Column("address", Text),
    Column("services", JSON, nullable=False),
    Column("hours", Text),
    Column("hours_text", Text),
    Column("follows_workdays", Boolean),
    Column("entry", Text, nullable=False),
    Column("entrance_lon", Double),
    Column("entrance_lat", Double),
    Column("entrance_s", Integer),
    Column("entrance_hours", Text),
    Column("ebike_parking", Boolean),
    Column("phone", Text),
    Column("verified_on", Date),
    Column("source", Text, nullable=False),
    Column("notes", Text),
    Column("closed", Text),
    Column("merged_into", Text),
    Column("change_id", Integer, ForeignKey("change.change_id"), nullable=False),
)

CHANGE = Table(
    "change",
    METADATA,
    # Numbered by the one that writes, who is alone: numbers that a database hands out skip, and stay behind a restore.
    Column("change_id", Integer, primary_key=True, autoincrement=False),
    Column("region_id", Text, ForeignKey("region.region_id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("undoes", Integer, ForeignKey("change.change_id"), unique=True),
)

STATION_VERSION = Table(
    "station_version",
    METADATA,
    Column("change_id", Integer, ForeignKey("change.change_id"), primary_key=True),
    Column("station_id", Text, primary_key=True),
    Column("region_id", Text, nullable=False),  # that of the change; a trigger sees to it
    Column("row", Integer),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Index("ix_station_version_region_id", "region_id", "station_id", "change_id"),
)
