"""Files that were brought and not yet confirmed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, func, insert, select, update

from stations.errors import InputError, UnknownThingError
from stations.store.database import Database
from stations.store.office_tables import DRAFT

KEPT_FOR = timedelta(hours=24)
MOST_BYTES = 20 * 1024 * 1024
MOST_DRAFTS = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """A file as it was brought, and how it is to be read (JSON); `made_at` is UTC."""

    draft_id: str
    author: str
    file_name: str
    content: bytes
    options: Mapping[str, Any]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class DraftStore:
    """The drafts of one region; every call is one transaction, and raises `StoreError` as the database does."""

    database: Database
    region_id: str

    def put(self, author: str, file_name: str, content: bytes, options: Mapping[str, Any]) -> str:
        """Keep a file for a day, drop those that were kept for one, and return the id, which nobody can guess.

        Raises
        ------
        InputError
            The file is larger than 20 MB, or 20 drafts wait already.
        """
        if len(content) > MOST_BYTES:
            raise InputError(
                "draft.too_large",
                field="file",
                file=file_name,
                most=MOST_BYTES >> 20,
                size=f"{len(content) / 2**20:.1f}",
            )
        now = datetime.now(UTC)
        row = {"region_id": self.region_id, "author": author, "file_name": file_name, "content": content}
        draft_id = secrets.token_urlsafe(16)
        with self.database.writing() as connection:
            connection.execute(delete(DRAFT).where(DRAFT.c.made_at < now - KEPT_FOR))
            waiting = connection.scalar(
                select(func.count()).select_from(DRAFT).where(DRAFT.c.region_id == self.region_id)
            )
            if (waiting or 0) >= MOST_DRAFTS:
                raise InputError("draft.too_many", field="file", most=MOST_DRAFTS)
            connection.execute(insert(DRAFT), {**row, "draft_id": draft_id, "options": dict(options), "made_at": now})
        return draft_id

    def get(self, draft_id: str) -> Draft:
        """Return a draft.

        Raises
        ------
        UnknownThingError
            There is none of that id, or it was brought more than a day ago.
        """
        with self.database.reading() as connection:
            row = connection.execute(select(DRAFT).where(self._is(draft_id))).mappings().first()
        if row is None:
            raise _unknown(draft_id)
        return _draft(row)

    def listed(self) -> tuple[Draft, ...]:
        """Return the drafts that wait, newest first, without their content."""
        columns = [column for column in DRAFT.columns if column.name != "content"]
        chosen = select(*columns).where(self._waits()).order_by(DRAFT.c.made_at.desc())
        with self.database.reading() as connection:
            rows = connection.execute(chosen).mappings().all()
        return tuple(_draft({**row, "content": b""}) for row in rows)

    def change(self, draft_id: str, options: Mapping[str, Any]) -> None:
        """Say anew how the file is to be read; raises as `get` does."""
        with self.database.writing() as connection:
            found = connection.execute(update(DRAFT).where(self._is(draft_id)).values(options=dict(options)))
        if found.rowcount == 0:
            raise _unknown(draft_id)

    def remove(self, draft_id: str) -> None:
        """Drop a draft; one that is not there is no error."""
        with self.database.writing() as connection:
            connection.execute(delete(DRAFT).where(self._is(draft_id)))

    def _is(self, draft_id: str) -> ColumnElement[bool]:
        return (DRAFT.c.draft_id == draft_id) & self._waits()

    def _waits(self) -> ColumnElement[bool]:
        return (DRAFT.c.region_id == self.region_id) & (DRAFT.c.made_at >= datetime.now(UTC) - KEPT_FOR)


def _draft(row: RowMapping | Mapping[str, Any]) -> Draft:
    return Draft(
        row["draft_id"], row["author"], row["file_name"], bytes(row["content"]), row["options"], made_at=row["made_at"]
    )


def _unknown(draft_id: str) -> UnknownThingError:
    return UnknownThingError("draft.unknown", field="draft_id", value=draft_id[:40])
