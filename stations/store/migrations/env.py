"""Run the migrations on the connection, and in the transaction, that the program hands over."""

from __future__ import annotations

from alembic import context

from stations.store import office_tables, tap_tables  # noqa: F401 their tables stand on the same METADATA
from stations.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite cannot alter a column in place
    transactional_ddl=True,  # true of SQLite too, once the driver is kept from committing by itself
)
with context.begin_transaction():
    context.run_migrations()
