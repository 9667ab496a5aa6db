"""Regions and their stations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "region",
        sa.Column("region_id", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("seeded_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("region_id", name="pk_region"),
    )
    op.create_table(
        "station",
        sa.Column("region_id", sa.Text, nullable=False),
        sa.Column("station_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("lon", sa.Double, nullable=False),
        sa.Column("lat", sa.Double, nullable=False),
        sa.Column("source_lon", sa.Double, nullable=False),
        sa.Column("source_lat", sa.Double, nullable=False),
        sa.Column("source_datum", sa.Text, nullable=False),
        sa.Column("township", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("services", sa.JSON, nullable=False),
        sa.Column("hours", sa.Text),
        sa.Column("hours_text", sa.Text),
        sa.Column("follows_workdays", sa.Boolean),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("entrance_lon", sa.Double),
        sa.Column("entrance_lat", sa.Double),
        sa.Column("entrance_s", sa.Integer),
        sa.Column("entrance_hours", sa.Text),
        sa.Column("ebike_parking", sa.Boolean),
        sa.Column("phone", sa.Text),
        sa.Column("verified_on", sa.Date),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("notes", sa.Text),
        sa.PrimaryKeyConstraint("region_id", "station_id", name="pk_station"),
        sa.ForeignKeyConstraint(["region_id"], ["region.region_id"], name="fk_station_region_id_region"),
    )


def downgrade() -> None:
    op.drop_table("station")
    op.drop_table("region")
