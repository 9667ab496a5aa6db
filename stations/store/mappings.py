"""What people said the columns of a list mean, by where the list comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete, insert, select

from stations.store.database import Database
from stations.store.office_tables import COLUMN_MAPPING


@dataclass(frozen=True, slots=True)
class MappingStore:
    """The column mappings of one region; every call is one transaction, and raises `StoreError` as the database does.

    A mapping goes from a column's heading to a field of `Station`.
    """

    database: Database
    region_id: str

    def remember(self, source: str, columns: Mapping[str, str]) -> None:
        """Keep what the columns of lists from `source` mean, in place of what was said before."""
        row = {"region_id": self.region_id, "source": source, "columns": dict(columns)}
        with self.database.writing() as connection:
            connection.execute(delete(COLUMN_MAPPING).where(self._is(source)))
            connection.execute(insert(COLUMN_MAPPING), {**row, "remembered_at": datetime.now(UTC)})

    def recall(self, source: str) -> Mapping[str, str]:
        """Return what was said last; nothing where nothing was said."""
        with self.database.reading() as connection:
            return connection.scalar(select(COLUMN_MAPPING.c.columns).where(self._is(source))) or {}

    def sources(self) -> tuple[str, ...]:
        """Return where lists came from of which something was said, in the order of the letters."""
        with self.database.reading() as connection:
            here = COLUMN_MAPPING.c.region_id == self.region_id
            return tuple(sorted(connection.scalars(select(COLUMN_MAPPING.c.source).where(here))))

    def _is(self, source: str) -> ColumnElement[bool]:
        return (COLUMN_MAPPING.c.region_id == self.region_id) & (COLUMN_MAPPING.c.source == source)
