"""Accounts, logins, drafts of imports, column mappings and jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name_key", name="pk_account"),
    )
    op.create_table(
        "login_failure",
        sa.Column("failure_id", sa.Text, nullable=False),
        sa.Column("name_hash", sa.Text, nullable=False),
        sa.Column("client_hash", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("failure_id", name="pk_login_failure"),
    )
    op.create_index("ix_login_failure_made_at", "login_failure", ["made_at"])
    op.create_table(
        "draft",
        sa.Column("draft_id", sa.Text, nullable=False),
        sa.Column("region_id", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("draft_id", name="pk_draft"),
    )
    op.create_table(
        "column_mapping",
        sa.Column("region_id", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("columns", sa.JSON, nullable=False),
        sa.Column("remembered_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("region_id", "source", name="pk_column_mapping"),
    )
    _create_job()


def _create_job() -> None:
    op.create_table(
        "job",
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("region_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("arguments", sa.JSON, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("runner", sa.Text),
        sa.Column("heartbeat_at", MOMENT),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("cancel_asked", sa.Boolean, nullable=False),
        sa.Column("progress_key", sa.Text),
        sa.Column("progress_done", sa.Integer),
        sa.Column("progress_total", sa.Integer),
        sa.Column("outcome", sa.JSON),
        sa.Column("error_key", sa.Text),
        sa.Column("error_values", sa.JSON),
        sa.PrimaryKeyConstraint("job_id", name="pk_job"),
    )
    op.create_index("ix_job_region_id", "job", ["region_id", "state"])


def downgrade() -> None:
    for table in ("job", "column_mapping", "draft", "login_failure", "account"):
        op.drop_table(table)
