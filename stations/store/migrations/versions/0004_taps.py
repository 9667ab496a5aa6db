"""What riders tap at doors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "tap",
        sa.Column("region_id", sa.Text, nullable=False),
        sa.Column("tap_id", sa.Text, nullable=False),
        sa.Column("station_id", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("counts", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("region_id", "tap_id", name="pk_tap"),
    )
    op.create_index("ix_tap_region_id", "tap", ["region_id", "at"])
    op.create_index("ix_tap_station_id", "tap", ["region_id", "station_id", "at"])
    op.create_table(
        "tap_salt",
        sa.Column("region_id", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("region_id", "day", name="pk_tap_salt"),
    )
    op.create_table(
        "tap_count",
        sa.Column("region_id", sa.Text, nullable=False),
        sa.Column("client", sa.LargeBinary, nullable=False),
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("taps", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("region_id", "client", "hour", name="pk_tap_count"),
    )


def downgrade() -> None:
    for table in ("tap_count", "tap_salt", "tap"):
        op.drop_table(table)
