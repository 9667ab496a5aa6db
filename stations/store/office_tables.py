"""The tables of those who work on the list: accounts, logins, drafts, column mappings, jobs and scenarios."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from stations.store.tables import METADATA


class UtcMoment(TypeDecorator[datetime]):
    """A moment, given and taken in UTC; SQLite keeps no time zone beside it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what is stored."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what was stored."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


ACCOUNT = Table(
    "account",
    METADATA,
    # The name as it is compared: people write it in small and capital letters, half and full width.
    Column("name_key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("made_at", UtcMoment, nullable=False),
    Column("epoch", Integer, nullable=False),
)

LOGIN_FAILURE = Table(
    "login_failure",
    METADATA,
    Column("failure_id", Text, primary_key=True),
    Column("name_hash", Text, nullable=False),
    Column("client_hash", Text, nullable=False),
    Column("made_at", UtcMoment, nullable=False),
    Index("ix_login_failure_made_at", "made_at"),
)

DRAFT = Table(
    "draft",
    METADATA,
    Column("draft_id", Text, primary_key=True),
    Column("region_id", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("options", JSON, nullable=False),
    Column("made_at", UtcMoment, nullable=False),
)

COLUMN_MAPPING = Table(
    "column_mapping",
    METADATA,
    Column("region_id", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("columns", JSON, nullable=False),
    Column("remembered_at", UtcMoment, nullable=False),
)

JOB = Table(
    "job",
    METADATA,
    Column("job_id", Text, primary_key=True),
    Column("region_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("author", Text, nullable=False),
    Column("made_at", UtcMoment, nullable=False),
    Column("started_at", UtcMoment),
    Column("ended_at", UtcMoment),
    Column("runner", Text),
    Column("heartbeat_at", UtcMoment),
    Column("tries", Integer, nullable=False),
    Column("cancel_asked", Boolean, nullable=False),
    Column("progress_key", Text),
    Column("progress_done", Integer),
    Column("progress_total", Integer),
    Column("outcome", JSON(none_as_null=True)),
    Column("error_key", Text),
    Column("error_values", JSON(none_as_null=True)),
    Index("ix_job_region_id", "region_id", "state"),
)

SCENARIO = Table(
    "scenario",
    METADATA,
    Column("region_id", Text, primary_key=True),
    Column("scenario_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),  # as names are compared
    Column("note", Text, nullable=False),
    Column("cost", Double),
    Column("changes", JSON, nullable=False),
    Column("author", Text, nullable=False),
    Column("made_at", UtcMoment, nullable=False),
    Column("changed_at", UtcMoment, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("region_id", "name_key", name="uq_scenario_region_id"),
)

PASSING = frozenset({LOGIN_FAILURE.name, DRAFT.name, JOB.name, "tap", "tap_salt", "tap_count"})
"""Tables of what passes within days; it is in no backup. A salt that is kept longer would let taps be traced."""
