"""History: changes, what each made of which station, and triggers that let no station be written without.

On the way down history is lost, and with it which stations are closed; no station is. The triggers of `station` go with
its table: a later step that makes the table anew on SQLite (a batch that alters it) has to make them anew, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BATCH_ROWS = 5000
FIELDS_BEFORE = (
    "station_id", "name", "kind", "lon", "lat", "source_lon", "source_lat", "source_datum", "township", "address",
    "services", "hours", "hours_text", "follows_workdays", "entry", "entrance_lon", "entrance_lat", "entrance_s",
    "entrance_hours", "ebike_parking", "phone", "verified_on", "source", "notes",
)  # fmt: skip

CHANGE = sa.table(
    "change",
    *(sa.column(name) for name in ("region_id", "kind", "author", "reason", "source")),
    sa.column("change_id", sa.Integer),
    sa.column("made_at", sa.DateTime(timezone=True)),
)
STATION_VERSION = sa.table(
    "station_version",
    sa.column("region_id"),
    sa.column("station_id"),
    sa.column("change_id", sa.Integer),
    sa.column("after", sa.JSON),
)
TYPES = {
    "services": sa.JSON, "follows_workdays": sa.Boolean, "ebike_parking": sa.Boolean, "verified_on": sa.Date,
}  # fmt: skip
STATION = sa.table(
    "station",
    sa.column("region_id"),
    sa.column("change_id", sa.Integer),
    *(sa.column(name, TYPES.get(name)) for name in FIELDS_BEFORE),
)

UNWRITTEN = (
    "no station is written without history: add a change and its station_version first, and write the station with that"
    " change_id"
)
UNDELETED = "no station is deleted without history: add a change and its station_version without an after first"
SQLITE_TRIGGERS = {
    "change_kept_from_update": """BEFORE UPDATE ON change
        BEGIN SELECT RAISE(ABORT, 'history is only added to: table change takes no UPDATE'); END""",
    "change_kept_from_delete": """BEFORE DELETE ON change
        BEGIN SELECT RAISE(ABORT, 'history is only added to: table change takes no DELETE'); END""",
    # What a REPLACE removes fires no trigger of its own here, so whatever it could remove is looked for at INSERT.
    "change_grows": """BEFORE INSERT ON change
        WHEN NEW.change_id <= (SELECT max(change_id) FROM change)
            OR EXISTS (SELECT 1 FROM change WHERE undoes = NEW.undoes)
        BEGIN SELECT RAISE(ABORT, 'a change needs a change_id above all others, and undoes one that is not undone');
        END""",
    "station_version_kept_from_update": """BEFORE UPDATE ON station_version
        BEGIN SELECT RAISE(ABORT, 'history is only added to: table station_version takes no UPDATE'); END""",
    "station_version_kept_from_delete": """BEFORE DELETE ON station_version
        BEGIN SELECT RAISE(ABORT, 'history is only added to: table station_version takes no DELETE'); END""",
    "station_version_grows": """BEFORE INSERT ON station_version
        WHEN NOT EXISTS (SELECT 1 FROM change WHERE change_id = NEW.change_id AND region_id = NEW.region_id)
            OR EXISTS (SELECT 1 FROM station_version WHERE region_id = NEW.region_id
                AND station_id = NEW.station_id AND change_id >= NEW.change_id)
        BEGIN SELECT RAISE(ABORT, 'a station_version needs a change of its region, newer than those of the station');
        END""",
    "station_inserted_with_its_change": f"""BEFORE INSERT ON station
        WHEN NOT EXISTS (SELECT 1 FROM station_version WHERE region_id = NEW.region_id
                AND station_id = NEW.station_id AND change_id = NEW.change_id AND "after" IS NOT NULL)
            OR EXISTS (SELECT 1 FROM station_version WHERE region_id = NEW.region_id
                AND station_id = NEW.station_id AND change_id > NEW.change_id)
            OR EXISTS (SELECT 1 FROM station WHERE region_id = NEW.region_id
                AND station_id = NEW.station_id AND change_id >= NEW.change_id)
        BEGIN SELECT RAISE(ABORT, '{UNWRITTEN}');
        END""",
    "station_updated_with_its_change": f"""BEFORE UPDATE ON station
        WHEN NEW.region_id <> OLD.region_id OR NEW.station_id <> OLD.station_id OR NEW.change_id <= OLD.change_id
            OR NOT EXISTS (SELECT 1 FROM station_version WHERE region_id = NEW.region_id
                AND station_id = NEW.station_id AND change_id = NEW.change_id AND "after" IS NOT NULL)
            OR EXISTS (SELECT 1 FROM station_version WHERE region_id = NEW.region_id
                AND station_id = NEW.station_id AND change_id > NEW.change_id)
        BEGIN SELECT RAISE(ABORT, '{UNWRITTEN}');
        END""",
    "station_deleted_with_its_change": f"""BEFORE DELETE ON station
        WHEN NOT EXISTS (SELECT 1 FROM station_version WHERE region_id = OLD.region_id
                AND station_id = OLD.station_id AND change_id > OLD.change_id AND "after" IS NULL)
        BEGIN SELECT RAISE(ABORT, '{UNDELETED}');
        END""",
}  # fmt: skip

POSTGRES_FUNCTIONS = {
    "history_is_kept": """
        BEGIN
            RAISE EXCEPTION 'history is only added to: table % takes no %', TG_TABLE_NAME, TG_OP;
        END""",
    "change_grows": """
        BEGIN
            IF NEW.change_id <= (SELECT max(change_id) FROM change) THEN
                RAISE EXCEPTION 'a change needs a change_id above all others, not %', NEW.change_id;
            END IF;
            RETURN NEW;
        END""",
    "station_version_grows": """
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM change WHERE change_id = NEW.change_id AND region_id = NEW.region_id)
                OR EXISTS (SELECT 1 FROM station_version WHERE region_id = NEW.region_id
                    AND station_id = NEW.station_id AND change_id > NEW.change_id) THEN
                RAISE EXCEPTION 'a station_version needs a change of its region, newer than those of the station (%)',
                    NEW.station_id;
            END IF;
            RETURN NEW;
        END""",
    "station_bears_its_change": f"""
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM station_version WHERE region_id = NEW.region_id
                    AND station_id = NEW.station_id AND change_id = NEW.change_id AND after IS NOT NULL)
                OR EXISTS (SELECT 1 FROM station_version WHERE region_id = NEW.region_id
                    AND station_id = NEW.station_id AND change_id > NEW.change_id) THEN
                RAISE EXCEPTION '{UNWRITTEN} (%)', NEW.station_id;
            END IF;
            IF TG_OP = 'UPDATE' THEN
                IF NEW.region_id <> OLD.region_id OR NEW.station_id <> OLD.station_id
                    OR NEW.change_id <= OLD.change_id THEN
                    RAISE EXCEPTION '{UNWRITTEN} (%)', OLD.station_id;
                END IF;
            END IF;
            RETURN NEW;
        END""",
    "station_goes_with_its_change": f"""
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM station_version WHERE region_id = OLD.region_id
                    AND station_id = OLD.station_id AND change_id > OLD.change_id AND after IS NULL) THEN
                RAISE EXCEPTION '{UNDELETED} (%)', OLD.station_id;
            END IF;
            RETURN OLD;
        END""",
}  # fmt: skip
POSTGRES_TRIGGERS = {
    "change_kept": """BEFORE UPDATE OR DELETE OR TRUNCATE ON change
        FOR EACH STATEMENT EXECUTE FUNCTION history_is_kept()""",
    "change_grows": "BEFORE INSERT ON change FOR EACH ROW EXECUTE FUNCTION change_grows()",
    "station_version_kept": """BEFORE UPDATE OR DELETE OR TRUNCATE ON station_version
        FOR EACH STATEMENT EXECUTE FUNCTION history_is_kept()""",
    "station_version_grows": """BEFORE INSERT ON station_version
        FOR EACH ROW EXECUTE FUNCTION station_version_grows()""",
    "station_bears_its_change": """BEFORE INSERT OR UPDATE ON station
        FOR EACH ROW EXECUTE FUNCTION station_bears_its_change()""",
    "station_goes_with_its_change": """BEFORE DELETE ON station
        FOR EACH ROW EXECUTE FUNCTION station_goes_with_its_change()""",
    "station_kept_from_truncate": "BEFORE TRUNCATE ON station FOR EACH STATEMENT EXECUTE FUNCTION history_is_kept()",
}  # fmt: skip


def upgrade() -> None:
    _create_tables()
    with op.batch_alter_table("station") as station:
        station.add_column(sa.Column("closed", sa.Text))
        station.add_column(sa.Column("merged_into", sa.Text))
        station.add_column(sa.Column("change_id", sa.Integer))
    _begin_history()
    with op.batch_alter_table("station") as station:
        station.alter_column("change_id", existing_type=sa.Integer, nullable=False)
        station.create_foreign_key("fk_station_change_id_change", "change", ["change_id"], ["change_id"])
    _create_triggers()


def downgrade() -> None:
    _drop_triggers()
    with op.batch_alter_table("station") as station:
        station.drop_constraint("fk_station_change_id_change", type_="foreignkey")
        station.drop_column("change_id")
        station.drop_column("merged_into")
        station.drop_column("closed")
    op.drop_table("station_version")
    op.drop_table("change")


def _create_tables() -> None:
    op.create_table(
        "change",
        sa.Column("change_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("region_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("undoes", sa.Integer),
        sa.PrimaryKeyConstraint("change_id", name="pk_change"),
        sa.ForeignKeyConstraint(["region_id"], ["region.region_id"], name="fk_change_region_id_region"),
        sa.ForeignKeyConstraint(["undoes"], ["change.change_id"], name="fk_change_undoes_change"),
        sa.UniqueConstraint("undoes", name="uq_change_undoes"),
    )
    op.create_table(
        "station_version",
        sa.Column("change_id", sa.Integer, nullable=False),
        sa.Column("station_id", sa.Text, nullable=False),
        sa.Column("region_id", sa.Text, nullable=False),
        sa.Column("row", sa.Integer),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.PrimaryKeyConstraint("change_id", "station_id", name="pk_station_version"),
        sa.ForeignKeyConstraint(["change_id"], ["change.change_id"], name="fk_station_version_change_id_change"),
    )
    op.create_index("ix_station_version_region_id", "station_version", ["region_id", "station_id", "change_id"])


def _begin_history() -> None:
    """Give the stations of every region a first change, of which they are."""
    connection = op.get_bind()
    regions = connection.scalars(sa.select(STATION.c.region_id).distinct().order_by(STATION.c.region_id)).all()
    for change_id, region_id in enumerate(regions, start=1):
        change = {"change_id": change_id, "region_id": region_id, "kind": "seed", "made_at": datetime.now(UTC)}
        connection.execute(CHANGE.insert(), {**change, "author": "terminal", "reason": "", "source": ""})
        for versions in _versions(connection, region_id=region_id, change_id=change_id):
            connection.execute(STATION_VERSION.insert(), versions)
        here = STATION.c.region_id == region_id
        connection.execute(STATION.update().where(here).values(change_id=change_id))


def _versions(connection: sa.Connection, *, region_id: str, change_id: int) -> Iterator[list[dict[str, object]]]:
    columns = [STATION.c[name] for name in FIELDS_BEFORE]
    rows = connection.execute(sa.select(*columns).where(STATION.c.region_id == region_id))
    ids = {"region_id": region_id, "change_id": change_id}
    for batch in rows.mappings().partitions(BATCH_ROWS):
        yield [{**ids, "station_id": row["station_id"], "after": _plain(row)} for row in batch]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    values = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
    return {**values, "closed": None, "merged_into": None}


def _create_triggers() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, body in SQLITE_TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {body}")
        return
    for name, body in POSTGRES_FUNCTIONS.items():
        # A plan made while a table is small is kept by the session: it would read the whole of it for every row.
        settings = "SET enable_seqscan = off"
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {settings} AS $body${body}$body$")
    for name, body in POSTGRES_TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {body}")


def _drop_triggers() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        return
    for name in POSTGRES_FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}() CASCADE")  # and the triggers that call it
